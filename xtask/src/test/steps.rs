//! The steps of `cargo xtask test`, cheapest first.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use super::{Context, Count, count::libtest};
use crate::{cargo, corpus, tidy};

/// One step.
pub(super) struct Step {
    /// Its name on the command line.
    pub(super) name: &'static str,
    /// What it checks.
    pub(super) what: &'static str,
    /// Does it.
    pub(super) run: fn(&Context) -> Result<Count>,
}

/// Every step, in order.
pub(super) fn all() -> Vec<Step> {
    let step = |name, what, run| Step { name, what, run };
    vec![
        step("format", "rustfmt", |_| {
            one(cargo::cargo("fmt").args(["--all", "--check"]))
        }),
        step("spelling", "typos", spelling),
        step("tidy", "directions, sizes, single versions, licences", |_| {
            Ok(if tidy::run()? {
                Count::passed()
            } else {
                Count::failed("tidy".into())
            })
        }),
        step("advisories", "cargo-deny, where it is installed", advisories),
        step("lint", "clippy, warnings are errors", |_| {
            one(cargo::cargo("clippy").args([
                "--workspace",
                "--all-targets",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ]))
        }),
        step("tests", "unit, property, protocol, peer and app tests", tests),
        step(
            "schemas",
            "usd-core knows the schemas, and its validators find nothing in the sample plants",
            schemas,
        ),
        step("corpus", "every corpus scene against its golden facts", |_| {
            corpus::check()
        }),
        step(
            "demo",
            "the demo without a display: pictures and live values",
            |_| demo(),
        ),
        step(
            "headset",
            "the viewer in a real OpenXR runtime with a simulated headset",
            |_| crate::headset::check(),
        ),
        step(
            "pictures",
            "the pictures of README and guide show what is seen",
            |_| crate::pictures::check(),
        ),
        step("docs", "the documentation builds without a warning", |_| {
            one(cargo::cargo("doc")
                .args(["--workspace", "--no-deps", "--quiet"])
                .env("RUSTDOCFLAGS", "-D warnings"))
        }),
    ]
}

/// The twin layers that come with Gemba.
const SAMPLE_PLANTS: [&str; 2] = ["scenes/bottling/plant.usda", "scenes/pumphouse/plant.usda"];

/// A command that is one check.
fn one(command: &mut Command) -> Result<Count> {
    cargo::run(command)?;
    Ok(Count::passed())
}

fn spelling(context: &Context) -> Result<Count> {
    let Some(python) = &context.python else {
        return Ok(Count::skipped("typos is not installed".into()));
    };
    one(Command::new(python.tool("typos")).current_dir(crate::root()))
}

/// Licences are always checked by tidy; the advisory database is fetched from the network, so this may be skipped.
fn advisories(_: &Context) -> Result<Count> {
    let mut deny = cargo::cargo("deny");
    if !deny
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
    {
        return Ok(Count::skipped(
            "cargo-deny is not installed (`cargo install cargo-deny`); advisories are not checked".into(),
        ));
    }
    one(cargo::cargo("deny").args(["check", "bans", "licenses", "sources"]))
}

/// Runs cargo's tests, shows what is not plainly good as it goes, and counts them.
///
/// The whole workspace at once: chosen crates alone would see other features of their dependencies, and the larger of
/// these would be compiled again for each choice.
fn tests(context: &Context) -> Result<Count> {
    let mut command = cargo::cargo("test");
    command.args(["--workspace", "--no-fail-fast"]);
    command.env("GEMBA_SKIPS", &context.skips).stdout(Stdio::piped());
    if let Some(python) = &context.python {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let dirs = std::iter::once(python.bin().to_owned()).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(dirs)?);
    }
    let mut child = command.spawn().context("cannot start cargo test")?;
    let stdout = child.stdout.take().context("cargo test has no output")?;
    let mut output = String::new();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if !line.trim().is_empty() && !line.ends_with(" ... ok") {
            println!("      {line}");
        }
        output.push_str(&line);
        output.push('\n');
    }
    let status = child.wait()?;
    let mut count = libtest(&output);
    if !status.success() && count.failed == 0 {
        count += Count::failed(format!("cargo test ended with {status}"));
    }
    Ok(count)
}

fn schemas(context: &Context) -> Result<Count> {
    let Some(python) = &context.python else {
        return Ok(Count::skipped("usd-core is not installed".into()));
    };
    let root = crate::root();
    let mut count = Count::default();
    for script in ["check_schemas.py", "validate_usd.py"] {
        let mut check = Command::new(python.tool("python3"));
        check
            .arg(root.join("xtask/py").join(script))
            .env("PXR_PLUGINPATH_NAME", root.join("assets/usd/gemba"))
            .args(SAMPLE_PLANTS)
            .current_dir(&root);
        count += one(&mut check)?;
    }
    Ok(count)
}

/// The demo as a person without a display sees it, shortened; what it wrote is looked at.
fn demo() -> Result<Count> {
    let gemba = cargo::build_gemba(false)?;
    let out = cargo::target_dir()?.join("xtask/demo");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let mut demo = Command::new(gemba);
    cargo::run(
        // Small and without the cameras, because the software renderer draws millions of triangles.
        demo.args([
            "demo",
            "--headless",
            "--overview-only",
            "--size",
            "640x360",
            "--out",
        ])
        .arg(&out)
        .current_dir(crate::root()),
    )?;
    let mut pictures = 0;
    for entry in out.read_dir().context("the demo wrote no folder")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "png") {
            pictures += 1;
            if path.metadata()?.len() < 20_000 {
                bail!("{} is too small to show a plant", path.display());
            }
        }
    }
    let values = std::fs::read_to_string(out.join("values.json")).context("the demo wrote no values.json")?;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&values).context("values.json is no list")?;
    let good = rows
        .iter()
        .filter(|row| row["quality"] == "good" && !row["value"].is_null())
        .count();
    println!("      {pictures} pictures, {good} of {} values good", rows.len());
    if pictures == 0 || rows.is_empty() || good * 10 < rows.len() * 9 {
        bail!(
            "the demo shows {pictures} pictures and {good} good values of {}",
            rows.len()
        );
    }
    Ok(Count::passed())
}
