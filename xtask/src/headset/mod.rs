//! The viewer in a real OpenXR runtime without a headset: Monado with a simulated head and hands, in a Debian root of its own.
//!
//! The runtime's simulated devices listen on every address, so the runtime, the viewer and whoever drives them live in a network
//! namespace that has only loopback; mounts are private to it and go with it. `cargo xtask test headset` makes the root once (or
//! takes the one that `GEMBA_XR_ROOT` names) and starts this program again in the namespaces ([`run_inside`]).
//!
//! Where the root cannot be made (no Linux, no administrator, no debootstrap, no network) the check is skipped, loudly and counted.

mod cost;
mod devices;
mod frames;
mod gallery;
mod hand;
mod lab;
mod life;
mod origins;
mod panels;
mod past;
mod remote;
mod scenario;
mod screen;
mod sight;
mod together;
mod travel;
mod visit;
mod window;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

use anyhow::{Context, Result, ensure};

use crate::{cargo, pictures::Finish, test::Count};

/// What [`run_inside`] needs.
#[derive(clap::Args)]
pub(crate) struct Inside {
    /// The Debian root with the runtime.
    root: PathBuf,
    /// The viewer.
    gemba: PathBuf,
    /// Where pictures and logs go.
    out: PathBuf,
    /// Take the pictures of the guide in place of the scenario.
    #[arg(long)]
    gallery: Option<Finish>,
    /// Measure what a frame costs in place of the scenario.
    #[arg(long)]
    cost: bool,
}

/// Builds the viewer, makes the root, and runs the scenario in namespaces of its own.
pub(crate) fn check() -> Result<Count> {
    let home = cargo::target_dir()?.join("xtask/headset");
    let root = home_of_root(&home)?;
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
    let status = inside(&root, &gemba, &home, &[])?;
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

/// Starts this program again in namespaces of its own.
fn inside(root: &Path, gemba: &Path, home: &Path, more: &[&str]) -> Result<ExitStatus> {
    Command::new("unshare")
        .args(["--net", "--mount", "--propagation", "private", "--"])
        .arg(std::env::current_exe().context("cannot find this program")?)
        .arg("headset-inside")
        .args([root, gemba, home])
        .args(more)
        .status()
        .context("cannot start unshare")
}

/// The pictures that [`gallery`] takes, by name.
pub(crate) use gallery::NAMES as PICTURES;

/// Takes the pictures of the guide through both eyes, and gives where they are; or why they cannot be taken here.
pub(crate) fn gallery(finish: Finish) -> Result<Result<Vec<(&'static str, PathBuf)>, String>> {
    let home = cargo::target_dir()?.join("xtask/headset");
    let root = home_of_root(&home)?;
    if let Err(why) = lab::make(&root) {
        return Ok(Err(format!("{why:#}")));
    }
    let gemba = cargo::build_gemba(false)?;
    copy_works(&home)?;
    let status = inside(&root, &gemba, &home, &["--gallery", finish.name()])?;
    ensure!(status.success(), "the pictures were not taken: {status}");
    Ok(Ok(PICTURES
        .map(|name| (name, home.join(format!("{name}.png"))))
        .into()))
}

/// What a frame of both eyes costs: rows for the table of benchmarks.
pub(crate) fn cost(is_release: bool) -> Result<serde_json::Value> {
    let home = cargo::target_dir()?.join("xtask/headset");
    let root = home_of_root(&home)?;
    lab::make(&root)?;
    let gemba = cargo::build_gemba_with(is_release, &["count-allocations"])?;
    copy_works(&home)?;
    let status = inside(&root, &gemba, &home, &["--cost"])?;
    ensure!(status.success(), "nothing was measured: {status}");
    Ok(serde_json::from_str(&std::fs::read_to_string(home.join(COST))?)?)
}

/// Where the run in the namespaces leaves what it measured.
const COST: &str = "cost.json";

/// The bottling works, where the root can see them.
fn copy_works(home: &Path) -> Result<()> {
    let works = home.join("works");
    std::fs::create_dir_all(&works)?;
    let from = crate::root().join("scenes/bottling");
    cargo::run(Command::new("cp").arg("-r").arg(from.join(".")).arg(&works))
}

/// Where the Debian root is.
fn home_of_root(home: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(home).with_context(|| format!("cannot make {}", home.display()))?;
    Ok(std::env::var_os("GEMBA_XR_ROOT").map_or_else(|| home.join("trixie"), PathBuf::from))
}

/// Runs the scenario; called in the namespaces by [`check`]. Writes `report.json` into `out`.
pub(crate) fn run_inside(options: &Inside) -> Result<bool> {
    let lab = lab::Lab::enter(&options.root, &options.gemba, &options.out)?;
    if let Some(finish) = options.gallery {
        return gallery::take(&lab, finish).map(|()| true);
    }
    if options.cost {
        std::fs::write(options.out.join(COST), cost::measure(&lab)?.to_string())?;
        return Ok(true);
    }
    let rows = scenario::run(&lab);
    let report = serde_json::to_string(&rows)?;
    std::fs::write(options.out.join("report.json"), report)?;
    Ok(rows.iter().all(|(_, failure)| failure.is_none()))
}
