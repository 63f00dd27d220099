//! The command line: what each subcommand does and its exit code.
//!
//! Standard output carries what was asked for; everything else, log lines included, goes to standard error.

mod check;
mod demo;
mod inspect;
mod sim;
mod view;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// An open, local-first 3D twin viewer for industrial plants.
#[derive(Parser, Debug)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Open a plant and show it live.
    View(view::ViewArgs),
    /// Read a plant and its twin layer and print everything that is wrong.
    Check(check::CheckArgs),
    /// Print the facts of a composed scene.
    Inspect(inspect::InspectArgs),
    /// Show the sample plant live: its own broker, its own simulated plant.
    Demo(demo::DemoArgs),
    /// Publish what the sample plant's controllers would, to a broker.
    Sim(sim::SimArgs),
    /// Rooms in which people meet in a plant.
    #[command(flatten)]
    Meet(gemba_relay::cli::Command),
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::View(args) => view::run(args),
        Command::Check(args) => check::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Demo(args) => demo::run(args),
        Command::Sim(args) => sim::run(&args),
        Command::Meet(command) => meet(command),
    };
    result.unwrap_or_else(|error| {
        eprintln!("gemba: {}", crate::error_chain(&*error));
        ExitCode::FAILURE
    })
}

fn meet(command: gemba_relay::cli::Command) -> anyhow::Result<ExitCode> {
    start_log();
    command.run(&mut std::io::stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}

/// Sends log lines to standard error, filtered by `RUST_LOG`; the viewer's engine does so itself.
fn start_log() {
    bevy::app::App::new().add_plugins(crate::log::plugin());
}
