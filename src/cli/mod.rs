//! The command line: what each subcommand does and its exit code.

use std::process::ExitCode;

use clap::Parser;

/// An open, local-first 3D twin viewer for industrial plants.
#[derive(Parser, Debug)]
#[command(version)]
struct Cli {}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let _cli = Cli::parse();
    ExitCode::SUCCESS
}
