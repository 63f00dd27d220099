//! Calls of cargo, with what every call needs.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// `cargo <subcommand>` in the repository.
///
/// openusd declares rust-version 1.96 and builds on 1.95, so the check is switched off where it would refuse
/// (docs/adr/0002-openusd-and-rust-1-95.md).
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg(subcommand).current_dir(crate::root());
    // What cargo told this task about itself would look like a change to build scripts that watch it (ring's does), and
    // calls from here and by hand would take turns in building the same again.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .iter()
            .any(|own| name.to_string_lossy().starts_with(own))
        {
            command.env_remove(name);
        }
    }
    if !matches!(subcommand, "fmt" | "metadata" | "deny") {
        command.arg("--ignore-rust-version");
    }
    command
}

/// Runs `command` with its output shown; an error names what failed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        // Without the variables that were taken from it: they are many, and tell nothing.
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words: Vec<_> = words.map(std::ffi::OsStr::to_string_lossy).collect();
        bail!("`{}` ended with {status}", words.join(" "));
    }
    Ok(())
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir() -> Result<PathBuf> {
    let metadata = metadata(true)?;
    let dir = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target folder")?;
    Ok(dir.into())
}

/// What cargo knows of the workspace; with dependencies unless `without_deps`.
pub(crate) fn metadata(without_deps: bool) -> Result<serde_json::Value> {
    let mut command = cargo("metadata");
    command.args(["--format-version", "1"]).stderr(Stdio::inherit());
    if without_deps {
        command.arg("--no-deps");
    } else {
        // Else cargo fetches what other systems would need.
        command.arg("--filter-platform").arg(host()?);
    }
    let output = command.output().context("cannot start cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata ended with {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")
}

/// The target triple of this machine.
fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("-vV")
        .output()
        .context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc names no host")?;
    Ok(host.to_owned())
}

/// Builds the `gemba` binary and says where it is.
pub(crate) fn build_gemba(release: bool) -> Result<PathBuf> {
    build_gemba_with(release, &[])
}

/// Builds the `gemba` binary with these features and says where it is, until it is built without them.
pub(crate) fn build_gemba_with(release: bool, features: &[&str]) -> Result<PathBuf> {
    let mut build = cargo("build");
    build.args(["--package", "gemba", "--bin", "gemba"]);
    if !features.is_empty() {
        build.args(["--features", &features.join(",")]);
    }
    if release {
        build.arg("--release");
    }
    run(&mut build)?;
    let profile = if release { "release" } else { "debug" };
    Ok(target_dir()?.join(profile).join("gemba"))
}
