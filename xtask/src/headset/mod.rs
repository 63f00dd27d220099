//! The viewer in a real OpenXR runtime without a headset: Monado with a simulated head and hands, in a Debian root of its own.
//!
//! The runtime's simulated devices listen on every address, so the runtime, the viewer and whoever drives them live in a network
//! namespace that has only loopback; mounts are private to it and go with it. `cargo xtask test headset` makes the root once (or
//! takes the one that `GEMBA_XR_ROOT` names) and starts this program again in the namespaces ([`run_inside`]).
//!
//! Where the root cannot be made (no Linux, no administrator, no debootstrap, no network) the check is skipped, loudly and counted.

mod devices;
mod lab;
mod remote;
mod scenario;
mod sight;

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{cargo, test::Count};

/// What [`run_inside`] needs.
#[derive(clap::Args)]
pub(crate) struct Inside {
    /// The Debian root with the runtime.
    root: PathBuf,
    /// The viewer.
    gemba: PathBuf,
    /// Where pictures and logs go.
    out: PathBuf,
}

/// Builds the viewer, makes the root, and runs the scenario in namespaces of its own.
pub(crate) fn check() -> Result<Count> {
    let home = cargo::target_dir()?.join("xtask/headset");
    std::fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
    let root = std::env::var_os("GEMBA_XR_ROOT").map_or_else(|| home.join("trixie"), PathBuf::from);
    if let Err(why) = lab::make(&root) {
        return Ok(Count::skipped(format!(
            "the headset, with a real OpenXR runtime: {why:#}"
        )));
    }
    let gemba = cargo::build_gemba(false)?;
    let report = home.join("report.json");
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let status = Command::new("unshare")
        .args(["--net", "--mount", "--propagation", "private", "--"])
        .arg(std::env::current_exe().context("cannot find this program")?)
        .arg("headset-inside")
        .args([&root, &gemba, &home])
        .status()
        .context("cannot start unshare")?;
    let report = std::fs::read_to_string(&report)
        .with_context(|| format!("the run in the namespaces ended with {status} and left no report"))?;
    let rows: Vec<(String, Option<String>)> = serde_json::from_str(&report)?;
    let mut count = Count::default();
    for (name, failure) in rows {
        count += match failure {
            None => Count::passed(),
            Some(why) => Count::failed(format!("headset: {name}: {why}")),
        };
    }
    Ok(count)
}

/// Runs the scenario; called in the namespaces by [`check`]. Writes `report.json` into `out`.
pub(crate) fn run_inside(options: &Inside) -> Result<bool> {
    let lab = lab::Lab::enter(&options.root, &options.gemba, &options.out)?;
    let rows = scenario::run(&lab);
    let report = serde_json::to_string(&rows)?;
    std::fs::write(options.out.join("report.json"), report)?;
    Ok(rows.iter().all(|(_, failure)| failure.is_none()))
}
