//! The table of figures.

use std::process::Command;

use anyhow::Result;
use serde::Deserialize;

use crate::cargo;

/// One figure with its reference.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    /// What was measured.
    what: String,
    /// Unit of both figures.
    unit: String,
    /// Ours.
    value: f64,
    /// The reference's, from the same run.
    reference: f64,
    /// What the reference is.
    against: String,
    /// The ratio to reach: at most this, or at least this where more is better.
    aim: f64,
    /// More is better.
    #[serde(default)]
    is_more_better: bool,
}

impl Row {
    /// A figure of which less is better.
    pub(super) fn less(
        what: String,
        unit: &str,
        value: f64,
        reference: f64,
        against: &str,
        aim: f64,
    ) -> Self {
        Self {
            what,
            unit: unit.into(),
            value,
            reference,
            against: against.into(),
            aim,
            is_more_better: false,
        }
    }

    fn line(&self) -> String {
        let ratio = self.value / self.reference;
        let (sign, reached) = if self.is_more_better {
            ("≥", ratio >= self.aim)
        } else {
            ("≤", ratio <= self.aim)
        };
        format!(
            "| {} | {:.3} {} | {:.3} {} ({}) | **{ratio:.2}** | {sign} {} | {} |",
            self.what,
            self.value,
            self.unit,
            self.reference,
            self.unit,
            self.against,
            self.aim,
            if reached { "yes" } else { "no" }
        )
    }
}

/// Prints the table and keeps it under the target folder.
pub(super) fn report(rows: &[Row]) -> Result<()> {
    let commit = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .current_dir(crate::root())
        .output();
    let commit = commit
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    let mut text = format!("{}; commit {commit}\n\n", machine());
    text.push_str(
        "| what | ours | reference, same run | ratio | aim | reached |\n|---|---|---|---|---|---|\n",
    );
    rows.iter()
        .for_each(|row| text.push_str(&format!("{}\n", row.line())));
    println!("\n{text}");
    let file = cargo::target_dir()?.join("xtask/bench.md");
    if let Some(dir) = file.parent() {
        std::fs::create_dir_all(dir)?;
    }
    std::fs::write(&file, text)?;
    println!("kept in {}", file.display());
    Ok(())
}

/// Processor and number of cores, as Linux tells.
fn machine() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| {
        line.strip_prefix("model name")?
            .split_once(": ")
            .map(|(_, name)| name)
    });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{}, {cores} cores", model.unwrap_or("unknown processor"))
}
