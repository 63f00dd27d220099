//! `gemba inspect`: the facts of a composed scene, in the format of the golden files of Pixar's library.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;

/// What `gemba inspect` takes.
#[derive(Args, Debug)]
pub(super) struct InspectArgs {
    /// The USD file (usda, usdc, usd or usdz).
    file: PathBuf,
    /// Print all facts as one JSON object; without it, only the counts.
    #[arg(long)]
    json: bool,
}

/// Keys that say how many there are of what.
const COUNTS: [&str; 8] = [
    "upAxis",
    "metersPerUnit",
    "defaultPrim",
    "prims",
    "primsWithoutProxies",
    "totals",
    "types",
    "worldBounds",
];

/// Runs `gemba inspect`.
pub(super) fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    super::start_log();
    let facts = gemba_usd::inspect(&args.file)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{facts}").context("the facts could not be written")?;
        return Ok(ExitCode::SUCCESS);
    }
    for key in COUNTS {
        writeln!(out, "{key:<20} {}", facts[key]).context("the facts could not be written")?;
    }
    Ok(ExitCode::SUCCESS)
}
