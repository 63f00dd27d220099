//! `gemba check`: everything that is wrong with a plant, worst first.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use gemba_model::{Issue, Severity};
use gemba_usd::OpenOptions;

/// What `gemba check` takes.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// The USD file (usda, usdc, usd or usdz).
    file: PathBuf,
    /// Connections and settings; by default `gemba.toml` beside FILE.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Runs `gemba check`; the exit code is 1 when there is an error.
pub(super) fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    super::start_log();
    let doc = gemba_usd::open(&args.file, &OpenOptions::default(), &mut |_| {})?;
    let mut issues = doc.issues.clone();
    issues.sort_by(by_weight_and_place);
    let count = |severity| issues.iter().filter(|issue| issue.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut out = std::io::stdout().lock();
    let mut print = || {
        issues.iter().try_for_each(|issue| writeln!(out, "{issue}"))?;
        writeln!(
            out,
            "{}: {} prims, {errors} errors, {warnings} warnings",
            args.file.display(),
            doc.prims.len()
        )
    };
    print().context("the report could not be written")?;
    Ok(if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn by_weight_and_place(a: &Issue, b: &Issue) -> std::cmp::Ordering {
    b.severity
        .cmp(&a.severity)
        .then_with(|| a.file.cmp(&b.file))
        .then_with(|| a.line.cmp(&b.line))
        .then_with(|| a.prim.cmp(&b.prim))
}
