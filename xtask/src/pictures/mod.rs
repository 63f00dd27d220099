//! The pictures of README and guide, taken of the bottling works as it runs, so that they show what there is.
//!
//! `cargo xtask test pictures` takes each of them and fails where the kept one shows something else;
//! `cargo xtask pictures` takes them in the best quality and keeps them.

mod likeness;
mod rows;
mod stage;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail};
use rows::{PICTURES, Picture, Story};
use stage::Stage;

use crate::{cargo, headset, system, test::Count};

/// Which pictures.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Take only these, by name; all without it.
    names: Vec<String>,
}

/// How finely pictures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Finish {
    /// As they are kept.
    Kept,
    /// A ninth of the pixels, for a software renderer in a hurry.
    Sketch,
}

impl Finish {
    /// What it is called on a command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Sketch => "sketch",
        }
    }
}

/// The name of all pictures through the eyes of the headset.
const HEADSET: &str = "headset";
/// Larger than this a picture is a burden to the repository.
const MOST_BYTES: u64 = 600_000;
/// The most that a picture may be apart from the kept one, see [`likeness::apart`]. What a sketch lacks is less;
/// another place, or panels arranged anew, are more.
const MOST_APART: f32 = 10.0;

/// What the pictures are taken with, besides the viewer.
const NEEDS: &[system::Need] = &[
    system::program("mosquitto", "mosquitto", "the broker between plant and viewer"),
    system::program("pngquant", "pngquant", "256 colours, a third of the size"),
];

/// Takes the pictures and keeps them.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let is_wanted = |name: &str| options.names.is_empty() || options.names.iter().any(|it| it == name);
    for name in &options.names {
        if name != HEADSET && PICTURES.iter().all(|picture| picture.name != name) {
            let names: Vec<&str> = PICTURES.iter().map(|picture| picture.name).collect();
            bail!(
                "there is no picture {name}; those there are: {}, and {HEADSET} for those through its eyes",
                names.join(", ")
            );
        }
    }
    system::ensure(&[system::VIEWER, NEEDS])?;
    let gemba = cargo::build_gemba(false)?;
    let keep = |name: &str, drawn: &Path| {
        shrink(drawn, &kept(name))?;
        println!("{}", kept(name).display());
        Ok(())
    };
    each(&gemba, Finish::Kept, is_wanted, |picture, drawn| {
        keep(picture.name, drawn)
    })?;
    if is_wanted(HEADSET) {
        let taken = headset::gallery(Finish::Kept)?;
        for (name, drawn) in taken.map_err(|why| anyhow!("the headset's pictures cannot be taken: {why}"))? {
            keep(name, &drawn)?;
        }
    }
    Ok(true)
}

/// Takes the pictures as a software renderer draws them in little time, and compares them with those that are kept.
pub(crate) fn check() -> Result<Count> {
    let gemba = cargo::build_gemba(false)?;
    let mut count = known()?;
    each(
        &gemba,
        Finish::Sketch,
        |_| true,
        |picture, drawn| {
            count += compared(picture.name, drawn)?;
            Ok(())
        },
    )?;
    match headset::gallery(Finish::Sketch)? {
        Err(why) => count += Count::skipped(format!("the pictures through the headset: {why}")),
        Ok(taken) => {
            for (name, drawn) in taken {
                count += compared(name, &drawn)?;
            }
        }
    }
    Ok(count)
}

/// Whether a picture shows what the kept one of this name shows.
fn compared(name: &str, drawn: &Path) -> Result<Count> {
    let apart = likeness::apart(drawn, &kept(name))?;
    println!("      {name}: {apart:.1} apart");
    Ok(if apart <= MOST_APART {
        Count::passed()
    } else {
        let group = if headset::PICTURES.contains(&name) {
            HEADSET
        } else {
            name
        };
        Count::failed(format!(
            "docs/images/{name}.png shows something else than {0}: look at both; if {0} is as it should be, \
             `cargo xtask pictures {group}` keeps it",
            drawn.display()
        ))
    })
}

/// Every picture of the documentation is one of those that are taken.
fn known() -> Result<Count> {
    let taken: BTreeSet<String> = PICTURES
        .iter()
        .map(|picture| picture.name)
        .chain(headset::PICTURES)
        .map(|name| format!("{name}.png"))
        .collect();
    let folder = crate::root().join("docs/images");
    let mut there = BTreeSet::new();
    for entry in folder.read_dir().context("cannot read docs/images")? {
        there.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    let odd: Vec<&String> = taken.symmetric_difference(&there).collect();
    Ok(if odd.is_empty() {
        Count::passed()
    } else {
        Count::failed(format!(
            "docs/images and the rows of xtask/src/pictures do not fit together: {odd:?}"
        ))
    })
}

/// Takes those that are wanted, story by story.
fn each(
    gemba: &Path,
    finish: Finish,
    is_wanted: impl Fn(&str) -> bool,
    mut taken: impl FnMut(&Picture, &Path) -> Result<()>,
) -> Result<()> {
    let wanted: Vec<&Picture> = PICTURES
        .iter()
        .filter(|picture| is_wanted(picture.name))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let folder = cargo::target_dir()?.join("pictures");
    let mut stage = Stage::set(gemba, &folder, finish)?;
    for story in Story::ALL {
        let told: Vec<&&Picture> = wanted.iter().filter(|picture| picture.story == story).collect();
        if let Some(first) = told.first() {
            stage.tell(story, first)?;
        }
        for picture in told {
            taken(picture, &stage.take(picture)?)?;
        }
    }
    Ok(())
}

fn kept(name: &str) -> PathBuf {
    crate::root().join(format!("docs/images/{name}.png"))
}

/// 256 colours where they are enough; a picture that is still too large is an error, not a burden.
fn shrink(drawn: &Path, kept: &Path) -> Result<()> {
    // Dithering costs more than it shows where there is much detail.
    for more in [&["--quality", "40-90"][..], &["--nofs", "--quality", "20-80"]] {
        cargo::run(
            Command::new("pngquant")
                .args(["--force", "--speed", "1"])
                .args(more)
                .arg("--output")
                .arg(kept)
                .arg(drawn),
        )?;
        if std::fs::metadata(kept)?.len() <= MOST_BYTES {
            return Ok(());
        }
    }
    let bytes = std::fs::metadata(kept)?.len();
    bail!("{} has {bytes} bytes, more than {MOST_BYTES}", kept.display());
}
