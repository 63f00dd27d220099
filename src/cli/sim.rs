//! `gemba sim`: the simulated sample plant, publishing to a broker of yours.

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use clap::Args;
use gemba_sources::{
    ConnectionConfig, read_connections,
    simulator::{Publisher, PublisherOptions},
};

/// What `gemba sim` takes.
#[derive(Args, Debug)]
pub(super) struct SimArgs {
    /// The broker, such as mqtt://127.0.0.1:1883 or mqtts://broker.example.
    #[arg(long)]
    url: String,
    /// The simulated plant does the same for the same seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Messages a second on fast topics, such as speeds and flows.
    #[arg(long, value_name = "HZ")]
    rate: Option<f64>,
}

/// Runs `gemba sim` until it is interrupted.
pub(super) fn run(args: &SimArgs) -> anyhow::Result<ExitCode> {
    super::start_log();
    let mut options = PublisherOptions {
        seed: args.seed,
        ..PublisherOptions::default()
    };
    if let Some(rate_hz) = args.rate {
        let period = Duration::try_from_secs_f64(rate_hz.recip()).ok();
        match period.filter(|period| (Duration::from_millis(1)..Duration::from_secs(3_600)).contains(period))
        {
            Some(period) => options.rates.fast = period,
            None => bail!("a rate of {rate_hz} Hz makes no sense; give one between 0.001 and 1000"),
        }
    }
    let publisher =
        Publisher::start(connection(&args.url)?, options).context("the simulated plant did not start")?;
    loop {
        std::thread::sleep(Duration::from_secs(10));
        let counters = publisher.counters();
        tracing::info!(
            published = counters.published,
            dropped = counters.dropped,
            "simulated plant"
        );
    }
}

/// The connection that `url` names, read as `gemba.toml` would be.
fn connection(url: &str) -> anyhow::Result<ConnectionConfig> {
    let text = format!("[connection.sim]\nurl = {}\n", toml::Value::from(url));
    let (mut connections, issues) = read_connections(&text, Path::new("--url"));
    match connections.by_name.remove("sim") {
        Some(connection) => Ok(connection),
        None => bail!(
            "{}",
            issues.first().map_or_else(
                || "--url names no broker".to_owned(),
                |issue| format!("{}. {}", issue.message, issue.remedy)
            )
        ),
    }
}
