//! `gemba check`: everything that is wrong with a plant and its twin layer, worst first.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use gemba_model::Issue;
use gemba_telemetry::binding_issue;
use gemba_twin::Source;
use gemba_usd::OpenOptions;

use crate::telemetry::ConfigSource;

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
    let config = ConfigSource {
        file: args.config.clone(),
        ..ConfigSource::default()
    };
    let (connections, mut issues) = config.read(&args.file);
    let fault_of = |source: &Source| binding_issue(&source.address, source.selector.as_deref());
    let (plan, twin_issues) = gemba_twin::plan_checked(&doc, &connections.names(), &fault_of);
    issues.extend(twin_issues);
    let mut report = gemba_twin::check::report(&doc, &plan, &issues);
    report.issues.sort_by(by_weight_and_place);
    write!(std::io::stdout().lock(), "{report}").context("the report could not be written")?;
    Ok(ExitCode::from(report.exit_code()))
}

fn by_weight_and_place(a: &Issue, b: &Issue) -> std::cmp::Ordering {
    b.severity
        .cmp(&a.severity)
        .then_with(|| a.file.cmp(&b.file))
        .then_with(|| a.line.cmp(&b.line))
        .then_with(|| a.prim.cmp(&b.prim))
}
