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
    /// The reference's, from the same run; `None` where the aim is the figure itself.
    reference: Option<f64>,
    /// What the reference is.
    against: Option<String>,
    /// What to reach, by the ratio or else by the figure: at most this, or at least this where more is better. `None`
    /// for what is told beside.
    aim: Option<f64>,
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
            reference: Some(reference),
            against: Some(against.into()),
            aim: Some(aim),
            is_more_better: false,
        }
    }

    fn line(&self) -> String {
        let ratio = self.reference.map(|reference| self.value / reference);
        let reference = self.reference.map_or_else(
            || "–".to_owned(),
            |reference| {
                let against = self.against.as_deref().unwrap_or("reference");
                format!("{reference:.3} {} ({against})", self.unit)
            },
        );
        let (aim, reached) = self.aim.map_or_else(
            || ("–".to_owned(), "–"),
            |aim| {
                let figure = ratio.unwrap_or(self.value);
                let is_reached = if self.is_more_better {
                    figure >= aim
                } else {
                    figure <= aim
                };
                let sign = if self.is_more_better { "≥" } else { "≤" };
                (format!("{sign} {aim}"), if is_reached { "yes" } else { "no" })
            },
        );
        format!(
            "| {} | {:.3} {} | {reference} | {} | {aim} | {reached} |",
            self.what,
            self.value,
            self.unit,
            ratio.map_or_else(|| "–".to_owned(), |ratio| format!("**{ratio:.2}**")),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> Row {
        serde_json::from_str(json).expect("a row")
    }

    #[test]
    fn the_aim_is_of_the_ratio_where_there_is_one_and_of_the_figure_else() {
        let line = row(r#"{"what":"a","unit":"ms","value":3,"reference":4,"against":"b","aim":0.5}"#).line();
        assert_eq!(line, "| a | 3.000 ms | 4.000 ms (b) | **0.75** | ≤ 0.5 | no |");
        let line = row(r#"{"what":"a","unit":"/s","value":6,"reference":null,"against":null,"aim":5,"is_more_better":true}"#)
            .line();
        assert_eq!(line, "| a | 6.000 /s | – | – | ≥ 5 | yes |");
        let line = row(r#"{"what":"a","unit":"ms","value":3,"reference":4,"against":"b","aim":null}"#).line();
        assert_eq!(line, "| a | 3.000 ms | 4.000 ms (b) | **0.75** | – | – |");
    }
}
