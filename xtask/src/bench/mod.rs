//! `cargo xtask bench`: every figure beside a reference from the same run, because machines are noisy and ratios hold.
//!
//! Each benchmark is its own release program that prints JSON lines; this runs them, in turn with their references, and
//! writes one table with the machine and the commit.

mod open;
mod table;

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use table::Row;

use crate::{cargo, python::Python};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these benchmarks: open, ingest, frame, relay, simulator, headset.
    names: Vec<String>,
    /// How often to run each program that is measured as a whole.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Measure the viewer in the headset as developers build it, which takes no build of its own.
    #[arg(long)]
    dev: bool,
}

/// A benchmark by name.
type Benchmark = (&'static str, fn(&Options) -> Result<Vec<Row>>);

const BENCHMARKS: &[Benchmark] = &[
    ("open", open::run),
    ("ingest", ingest),
    ("frame", frame),
    ("relay", relay),
    ("simulator", simulator),
    ("headset", headset),
];

/// Measures and prints the table.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let known = |name: &String| BENCHMARKS.iter().any(|(known, _)| known == name);
    if let Some(unknown) = options.names.iter().find(|name| !known(name)) {
        bail!(
            "there is no benchmark `{unknown}`; there are open, ingest, frame, relay, simulator and headset"
        );
    }
    let mut rows = Vec::new();
    for (name, measure) in BENCHMARKS {
        if options.names.is_empty() || options.names.iter().any(|chosen| chosen == name) {
            println!("measuring {name} …");
            rows.extend(measure(options).with_context(|| format!("benchmark {name}"))?);
        }
    }
    table::report(&rows)?;
    Ok(true)
}

/// Messages decoded into the tag table against rumqttc drained, same broker, same run.
fn ingest(_: &Options) -> Result<Vec<Row>> {
    rows_of(cargo::cargo("bench").args(["--quiet", "--package", "gemba_sources", "--bench", "ingest"]))
}

/// Plant time of the simulated sample plants against real time.
fn simulator(_: &Options) -> Result<Vec<Row>> {
    rows_of(cargo::cargo("bench").args(["--quiet", "--package", "gemba_sources", "--bench", "simulator"]))
}

/// CPU time of a frame with values changing against a bare scene of as many entities, same run.
fn frame(_: &Options) -> Result<Vec<Row>> {
    rows_of(cargo::cargo("bench").args(["--quiet", "--package", "gemba", "--bench", "frame"]))
}

/// People in one room against nats-server fanning out the same poses in the same run, operations, and a full room.
fn relay(_: &Options) -> Result<Vec<Row>> {
    crate::system::ensure(&[crate::system::RELAY_BENCH])?;
    rows_of(cargo::cargo("bench").args(["--quiet", "--package", "gemba_relay", "--bench", "relay"]))
}

/// CPU time of a frame of both eyes against the desktop's, same plant, same run.
fn headset(options: &Options) -> Result<Vec<Row>> {
    Ok(serde_json::from_value(crate::headset::cost(!options.dev)?)?)
}

/// Rows that a benchmark prints as JSON lines:
/// `{"what", "unit", "value", "reference", "against", "aim", "is_more_better"}`.
fn rows_of(command: &mut Command) -> Result<Vec<Row>> {
    json_lines(command)?
        .into_iter()
        .map(|line| Ok(serde_json::from_value(line)?))
        .collect()
}

/// The JSON objects that a program prints, a line each; other lines are passed over.
fn json_lines(command: &mut Command) -> Result<Vec<Value>> {
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} ended with {}", output.status);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .lines()
        .filter(|line| line.starts_with('{'))
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect())
}

/// The references from PyPI, which a benchmark cannot do without.
fn python() -> Result<Python> {
    crate::system::ensure(&[crate::system::TESTS])?;
    Python::set_up()
}
