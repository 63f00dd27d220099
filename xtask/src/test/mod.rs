//! `cargo xtask test`: every check there is, cheapest first, and one line at the end that counts them all.

mod count;
mod steps;

use std::time::{Duration, Instant};

use anyhow::Result;

pub(crate) use count::Count;

use crate::{python::Python, system};

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these steps, by name; all when none is named. `cargo xtask test --list` names them.
    steps: Vec<String>,
    /// List the steps and stop.
    #[arg(long)]
    list: bool,
}

/// What a step may use.
pub(crate) struct Context {
    /// The references from PyPI; `None` where they cannot be had, which is counted as skips.
    python: Option<Python>,
    /// Tests that cannot run for want of something append a line with the reason here.
    skips: std::path::PathBuf,
}

/// Runs the steps. True when none failed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let all = steps::all();
    if options.list {
        all.iter()
            .for_each(|step| println!("{:<16} {}", step.name, step.what));
        return Ok(true);
    }
    if let Some(unknown) = options
        .steps
        .iter()
        .find(|name| all.iter().all(|step| step.name != **name))
    {
        anyhow::bail!("there is no step `{unknown}`; `cargo xtask test --list` names them");
    }
    let chosen: Vec<_> = all
        .iter()
        .filter(|step| options.steps.is_empty() || options.steps.iter().any(|name| name == step.name))
        .collect();

    let (context, mut total) = set_up()?;
    let started = Instant::now();
    for (at, step) in chosen.iter().enumerate() {
        println!(
            "\n[{}/{}] {} — {} ({} so far)",
            at + 1,
            chosen.len(),
            step.name,
            step.what,
            clock(started.elapsed())
        );
        let count = match (step.run)(&context) {
            Ok(count) => count,
            Err(error) => {
                println!("FAILED {}: {error:#}", step.name);
                Count::failed(format!("{}: {error:#}", step.name))
            }
        };
        println!("      {}: {count}", step.name);
        total += count;
    }
    total += count::skips_in(&context.skips)?;

    println!("\n{} in all, {} steps", clock(started.elapsed()), chosen.len());
    total.skips.iter().for_each(|reason| println!("SKIPPED {reason}"));
    total.failures.iter().for_each(|what| println!("FAILED {what}"));
    println!("{total}");
    Ok(total.is_good())
}

/// Installs what the checks need. What cannot be had is a failure (programs) or a counted skip (PyPI).
fn set_up() -> Result<(Context, Count)> {
    let mut total = Count::default();
    if let Err(error) = system::ensure(&[system::VIEWER, system::TESTS]) {
        println!("FAILED set-up: {error:#}");
        total += Count::failed(format!("set-up: {error:#}"));
    }
    let python = match Python::set_up() {
        Ok(python) => Some(python),
        Err(error) => {
            total += Count::skipped(format!("checks against usd-core, paho-mqtt and typos: {error:#}"));
            None
        }
    };
    let skips = crate::cargo::target_dir()?.join("xtask/skips");
    if let Some(dir) = skips.parent() {
        std::fs::create_dir_all(dir)?;
    }
    std::fs::write(&skips, "")?;
    Ok((Context { python, skips }, total))
}

fn clock(elapsed: Duration) -> String {
    let secs = elapsed.as_secs();
    format!("{}:{:02} min", secs / 60, secs % 60)
}
