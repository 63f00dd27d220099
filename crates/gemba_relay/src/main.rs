//! `gemba-relay`: the relay, its tokens and its load, without the viewer.

use std::io;

use clap::Parser;
use gemba_relay::cli::Command;

/// Rooms in which people meet in a plant.
#[derive(Debug, Parser)]
#[command(name = "gemba-relay", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

fn main() -> anyhow::Result<()> {
    let levels = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(levels)
        .with_writer(io::stderr)
        .init();
    Cli::parse().command.run(&mut io::stdout().lock())
}
