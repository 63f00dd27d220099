//! Gemba's own tasks. `cargo xtask demo` shows the product, `cargo xtask test` runs every check there is.
//!
//! Everything a task needs from the system it installs or names ([`system`]); everything it needs from PyPI goes into a
//! virtual environment under the target folder ([`python`]). Nothing is written beside the target folder but `out/`.

#![allow(clippy::print_stdout, reason = "a task speaks to the person who runs it")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod bench;
mod cargo;
mod corpus;
mod demo;
mod headset;
mod pictures;
mod plantgen;
mod python;
mod remote;
mod system;
mod test;
mod tidy;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Gemba's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set up, build, and show the sample plant live.
    Demo(demo::Options),
    /// Run every check, cheapest first.
    Test(test::Options),
    /// Check the house: direction of dependencies, file sizes, single versions, licences.
    Tidy,
    /// Compare every corpus scene with its golden facts.
    Corpus(corpus::Options),
    /// Measure, each figure beside a reference from the same run.
    Bench(bench::Options),
    /// The part of the check `headset` that runs in its own namespaces.
    #[command(hide = true)]
    HeadsetInside(headset::Inside),
    /// Take the pictures of README and guide anew.
    Pictures(pictures::Options),
    /// Make the geometry of the sample plants under `scenes`.
    GenPlant,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Tidy => tidy::run(),
        Task::Corpus(options) => corpus::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::HeadsetInside(options) => headset::run_inside(&options),
        Task::Pictures(options) => pictures::run(&options),
        Task::GenPlant => plantgen::run(&root().join("scenes")).map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository: where cargo runs this now. What was compiled in is the place of another clone when two
/// share a target folder.
fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map(PathBuf::from).unwrap_or(xtask)
}
