//! `gemba sim`: a simulated sample plant, publishing to a broker of yours, or recorded to a file.

use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, bail};
use clap::Args;
use gemba_sources::{
    ConnectionConfig, read_connections,
    simulator::{self, Fault, PlantKind, Publisher, PublisherOptions},
};

/// What `gemba sim` takes.
#[derive(Args, Debug)]
pub(super) struct SimArgs {
    /// The broker, such as mqtt://127.0.0.1:1883 or mqtts://broker.example.
    #[arg(long, required_unless_present = "record")]
    url: Option<String>,
    /// Which sample plant: pumphouse or bottling.
    #[arg(long, default_value_t = PlantKind::PumpHouse)]
    plant: PlantKind,
    /// The simulated plant does the same for the same seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Messages a second on fast topics, such as speeds and flows.
    #[arg(long, value_name = "HZ")]
    rate: Option<f64>,
    /// Plant seconds in a second.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    speed: f64,
    /// What goes wrong, such as bearing-wear@P-121:at=30s,grow=120s. Can be given several times.
    #[arg(long = "fault", value_name = "KIND@TARGET[:OPTION=VALUE,…]")]
    faults: Vec<Fault>,
    /// A schedule of faults, TOML or JSON.
    #[arg(long = "faults", value_name = "FILE")]
    schedule: Option<PathBuf>,
    /// End after this much plant time, such as 90s, 10m or 8h.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, required_unless_present = "url")]
    lasting: Option<Duration>,
    /// Write all publications as JSON lines; without --url, as fast as possible.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// Runs `gemba sim` until its time is over or it is interrupted.
pub(super) fn run(args: &SimArgs) -> anyhow::Result<ExitCode> {
    super::start_log();
    let options = options(args)?;
    match (&args.url, &args.record, args.lasting) {
        (Some(url), _, lasting) => publish(url, options, lasting)?,
        (None, Some(path), Some(lasting)) => record(path, &options, lasting)?,
        (None, ..) => bail!("give --url, or --record with --for"),
    }
    Ok(ExitCode::SUCCESS)
}

fn options(args: &SimArgs) -> anyhow::Result<PublisherOptions> {
    if !(0.001..=10_000.0).contains(&args.speed) {
        bail!(
            "a speed of {} makes no sense; give one between 0.001 and 10000",
            args.speed
        );
    }
    let mut faults = args.faults.clone();
    if let Some(path) = &args.schedule {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the schedule {} cannot be read", path.display()))?;
        faults.extend(simulator::read_faults(&text).with_context(|| path.display().to_string())?);
    }
    Ok(PublisherOptions {
        plant: args.plant,
        seed: args.seed,
        fast: args.rate.map(period).transpose()?,
        speed: args.speed,
        faults,
        record: args.record.clone(),
    })
}

fn publish(url: &str, options: PublisherOptions, lasting: Option<Duration>) -> anyhow::Result<()> {
    let mut left = lasting.map(|lasting| lasting.div_f64(options.speed));
    let publisher =
        Publisher::start(connection(url)?, options).context("the simulated plant did not start")?;
    while left.is_none_or(|left| !left.is_zero()) {
        let nap = left.unwrap_or(Duration::MAX).min(Duration::from_secs(10));
        std::thread::sleep(nap);
        left = left.map(|left| left.saturating_sub(nap));
        let counters = publisher.counters();
        tracing::info!(
            published = counters.published,
            dropped = counters.dropped,
            "simulated plant"
        );
    }
    Ok(())
}

fn record(path: &Path, options: &PublisherOptions, lasting: Duration) -> anyhow::Result<()> {
    let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    let lines = simulator::record(options, lasting, BufWriter::new(file))?;
    tracing::info!(lines, file = %path.display(), "recorded");
    Ok(())
}

fn duration(text: &str) -> Result<Duration, String> {
    simulator::parse_duration(text).ok_or_else(|| "write a time such as 90s, 10m or 8h".to_owned())
}

fn period(rate_hz: f64) -> anyhow::Result<Duration> {
    let sensible = Duration::from_millis(1)..Duration::from_secs(3_600);
    match Duration::try_from_secs_f64(rate_hz.recip()).ok() {
        Some(period) if sensible.contains(&period) => Ok(period),
        _ => bail!("a rate of {rate_hz} Hz makes no sense; give one between 0.001 and 1000"),
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
