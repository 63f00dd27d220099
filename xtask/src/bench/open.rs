//! Opening a plant cold against usd-core doing the same.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Options, json_lines, python, table::Row};
use crate::{cargo, corpus};

/// Scenes of the corpus that are large enough to measure, by what they stress.
const SCENES: &[(&str, &str)] = &[
    ("usd/ifc-clinic/clinic.usda", "27 781 prims, 6 648 instances"),
    ("usd/ifc-duplex/duplex.usda", "3 034 prims"),
    ("usd/openchessset/chess_set.usda", "0.8 M triangles, references"),
    (
        "usd/intent-vfx/scenes/teapotScene.usd",
        "sublayers, nested instancing",
    ),
];

/// Runs both sides in turn, each in a process of its own.
pub(super) fn run(options: &Options) -> Result<Vec<Row>> {
    let Some(corpus) = corpus::corpus() else {
        bail!("the scenes are in the corpus, and there is none at $GEMBA_CORPUS")
    };
    let python = python()?;
    let ours = build()?;
    let mut rows = Vec::new();
    for (scene, stresses) in SCENES {
        let file = corpus.join(scene);
        let mut measured = Vec::new();
        for _ in 0..options.runs.max(1) {
            let mine = one(Command::new(&ours).arg(&file))?;
            let reference = crate::root().join("xtask/py/open_reference.py");
            let theirs = one(Command::new(python.tool("python3")).arg(reference).arg(&file))?;
            measured.push((mine, theirs));
        }
        let figures = |key: &str| {
            let mine = measured
                .iter()
                .filter_map(|(mine, _)| mine[key].as_f64())
                .collect();
            let theirs = measured
                .iter()
                .filter_map(|(_, theirs)| theirs[key].as_f64())
                .collect();
            (median(mine), median(theirs))
        };
        let name = Path::new(scene).file_stem().unwrap_or_default().to_string_lossy();
        let (seconds, reference) = figures("seconds");
        rows.push(Row::less(
            format!("open {name}, cold ({stresses})"),
            "s",
            seconds,
            reference,
            "usd-core",
            1.0,
        ));
        let (bytes, reference) = figures("peak_bytes");
        rows.push(Row::less(
            format!("peak memory of opening {name}"),
            "MB",
            bytes / 1e6,
            reference / 1e6,
            "usd-core",
            1.0,
        ));
    }
    Ok(rows)
}

/// Builds the program that opens one file.
fn build() -> Result<std::path::PathBuf> {
    let mut build = cargo::cargo("bench");
    build.args([
        "--package",
        "gemba_usd",
        "--bench",
        "open",
        "--no-run",
        "--message-format",
        "json",
        "--quiet",
    ]);
    let artifacts = json_lines(&mut build)?;
    let executable = artifacts
        .iter()
        .rev()
        .find_map(|line| line["executable"].as_str());
    Ok(executable
        .context("cargo names no program for the benchmark")?
        .into())
}

fn one(command: &mut Command) -> Result<Value> {
    json_lines(command)?
        .pop()
        .with_context(|| format!("{command:?} printed no figures"))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
