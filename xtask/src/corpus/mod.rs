//! `cargo xtask corpus`: every scene of the corpus against the golden facts that Pixar's library computed.
//!
//! The facts of our side are what `gemba inspect --json` prints, so the binary that people run is what is compared. The
//! corpus is at `$GEMBA_CORPUS`, by default `../shared/corpus` beside the repository; without it this is a loud skip.

mod compare;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use compare::{Agreement, Class, compare};
use serde_json::Value;

use crate::{cargo, test::Count};

/// Agreement that each class must reach over the whole corpus.
const REQUIRED_RATIO: f64 = 0.99;
/// Differences shown for each class; the file has them all.
const SHOWN: usize = 5;

/// What to compare.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only scenes whose path contains this.
    filter: Option<String>,
    /// Compare with a release build.
    #[arg(long)]
    release: bool,
    /// Compare what this program prints for `inspect --json FILE`, and build nothing.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// Compares, prints the table, and says whether every class agrees as it must.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let Some(corpus) = corpus() else {
        println!("SKIPPED: no corpus at $GEMBA_CORPUS or ../shared/corpus");
        return Ok(true);
    };
    Ok(compare_all(&corpus, options)?.is_good())
}

/// The same as a step of `cargo xtask test`.
pub(crate) fn check() -> Result<Count> {
    let Some(corpus) = corpus() else {
        return Ok(Count::skipped(
            "the corpus scenes: no corpus at $GEMBA_CORPUS or ../shared/corpus".into(),
        ));
    };
    compare_all(
        &corpus,
        &Options {
            filter: None,
            release: false,
            program: None,
        },
    )
}

/// The folder of the corpus, where there is one.
pub(crate) fn corpus() -> Option<PathBuf> {
    let dir = std::env::var_os("GEMBA_CORPUS")
        .map_or_else(|| crate::root().join("../shared/corpus"), PathBuf::from);
    dir.join("MANIFEST.json").is_file().then_some(dir)
}

/// One scene of the corpus: its file and the golden facts.
pub(crate) struct Scene {
    /// Path in the corpus, for people.
    pub(crate) name: String,
    /// The file.
    pub(crate) file: PathBuf,
    /// What usd-core says of it.
    golden: PathBuf,
}

/// Every scene of the corpus.
pub(crate) fn scenes(corpus: &Path) -> Result<Vec<Scene>> {
    let manifest = read_json(&corpus.join("MANIFEST.json"))?;
    let scenes = manifest["scenes"]
        .as_array()
        .context("MANIFEST.json has no scenes")?;
    let scene = |row: &Value| {
        let (path, golden) = (row["path"].as_str()?, row["golden"].as_str()?);
        Some(Scene {
            name: path.to_owned(),
            file: corpus.join(path),
            golden: corpus.join(golden),
        })
    };
    Ok(scenes.iter().filter_map(scene).collect())
}

fn compare_all(corpus: &Path, options: &Options) -> Result<Count> {
    let gemba = match &options.program {
        Some(program) => program.clone(),
        None => cargo::build_gemba(options.release)?,
    };
    let chosen = |scene: &Scene| {
        options
            .filter
            .as_ref()
            .is_none_or(|filter| scene.name.contains(filter))
    };
    let mut by_class: BTreeMap<Class, Agreement> = BTreeMap::new();
    let mut count = Count::default();
    for scene in scenes(corpus)?.into_iter().filter(chosen) {
        let golden = read_json(&scene.golden)?;
        let ours = inspect(&gemba, &scene.file);
        let opens = golden["open"] == true;
        match (ours, opens) {
            (Ok(ours), true) => {
                count += Count::passed();
                for (class, agreement) in compare(&golden, &ours) {
                    by_class.entry(class).or_default().add(&scene.name, agreement);
                }
            }
            (Err(_), false) => count += Count::passed(),
            (Ok(_), false) => {
                count += Count::failed(format!("{}: opens, and the reference rejects it", scene.name));
            }
            (Err(error), true) => count += Count::failed(format!("{}: {error:#}", scene.name)),
        }
    }
    print(&by_class);
    write_differences(&by_class)?;
    for (class, agreement) in &by_class {
        count += match agreement.ratio() {
            ratio if ratio >= REQUIRED_RATIO => Count::passed(),
            ratio => Count::failed(format!(
                "corpus: {} agrees to {:.2} %",
                class.label(),
                ratio * 100.0
            )),
        };
    }
    Ok(count)
}

/// What `gemba inspect --json` prints for `file`.
fn inspect(gemba: &Path, file: &Path) -> Result<Value> {
    let output = Command::new(gemba)
        .args(["inspect", "--json"])
        .arg(file)
        .env("RUST_LOG", "error")
        .stderr(Stdio::piped())
        .output()
        .context("cannot start gemba inspect")?;
    if !output.status.success() {
        anyhow::bail!(
            "gemba inspect ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    serde_json::from_slice(&output.stdout).context("gemba inspect printed no JSON")
}

fn read_json(file: &Path) -> Result<Value> {
    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", file.display()))
}

fn print(by_class: &BTreeMap<Class, Agreement>) {
    println!("\n{:<28} {:>9} {:>9} {:>9}", "facts", "agree", "of", "%");
    for (class, agreement) in by_class {
        let (agree, of) = (agreement.agree, agreement.total());
        println!(
            "{:<28} {agree:>9} {of:>9} {:>9.3}",
            class.label(),
            agreement.ratio() * 100.0
        );
    }
    for (class, agreement) in by_class
        .iter()
        .filter(|(_, agreement)| !agreement.differences.is_empty())
    {
        println!("\n{} differs:", class.label());
        agreement
            .differences
            .iter()
            .take(SHOWN)
            .for_each(|difference| println!("  {difference}"));
        if agreement.differences.len() > SHOWN {
            println!("  … and {} more", agreement.differences.len() - SHOWN);
        }
    }
}

fn write_differences(by_class: &BTreeMap<Class, Agreement>) -> Result<()> {
    let file = cargo::target_dir()?.join("xtask/corpus-differences.txt");
    let rows: Vec<String> = by_class
        .iter()
        .flat_map(|(class, agreement)| {
            agreement
                .differences
                .iter()
                .map(move |row| format!("{}\t{row}", class.label()))
        })
        .collect();
    if let Some(dir) = file.parent() {
        std::fs::create_dir_all(dir)?;
    }
    std::fs::write(&file, rows.join("\n"))?;
    println!("\nAll differences: {}", file.display());
    Ok(())
}
