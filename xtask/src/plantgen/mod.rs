//! Makes the geometry of the sample plants under `scenes/`, bit for bit the same on every machine.
//!
//! [`parts`] are parametric (surfaces of revolution, swept pipes, bevelled boxes) and written as usda text; each plant has
//! a module that says what stands where. What an integrator writes by hand is left alone: `gemba.toml`, and the twin layer
//! of the pump house.

mod bottling;
mod parts;
mod pumphouse;

use std::{fs, path::Path};

use anyhow::Context;

/// A sample plant: the folder under `scenes/`, and every generated file with its path below that folder.
struct SamplePlant {
    folder: &'static str,
    files: fn() -> Vec<(String, String)>,
}

const PLANTS: [SamplePlant; 2] = [
    SamplePlant {
        folder: "bottling",
        files: bottling::files,
    },
    SamplePlant {
        folder: "pumphouse",
        files: pumphouse::files,
    },
];

/// Writes the geometry of every plant below the folder `scenes`.
///
/// # Errors
/// When a file or folder cannot be written.
pub(crate) fn run(scenes: &Path) -> anyhow::Result<()> {
    for plant in &PLANTS {
        for (name, text) in (plant.files)() {
            let path = scenes.join(plant.folder).join(name);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)
                    .with_context(|| format!("cannot make the folder {}", folder.display()))?;
            }
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_committed_plants_are_the_generated_ones() {
        for plant in &PLANTS {
            let folder = crate::root().join("scenes").join(plant.folder);
            for (name, text) in (plant.files)() {
                let committed = fs::read_to_string(folder.join(&name)).unwrap();
                assert!(
                    committed == text,
                    "{}/{name} differs: run `cargo xtask gen-plant`",
                    plant.folder
                );
            }
        }
    }

    /// What the generator does not write: the connections, and the twin layer that was written by hand.
    #[test]
    fn every_committed_file_is_accounted_for() {
        for plant in &PLANTS {
            let folder = crate::root().join("scenes").join(plant.folder);
            let mut known: BTreeSet<String> = (plant.files)().into_iter().map(|(name, _)| name).collect();
            known.extend(["gemba.toml", "plant.usda"].map(str::to_owned));
            for (below, prefix) in [(folder.clone(), ""), (folder.join("components"), "components/")] {
                for entry in fs::read_dir(below).unwrap().map(Result::unwrap) {
                    let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                    assert!(
                        entry.path().is_dir() || known.contains(&name),
                        "{}/{name} is not generated",
                        plant.folder
                    );
                }
            }
        }
    }

    #[test]
    fn the_plants_stay_small_enough_for_a_clone() {
        for (plant, limit_bytes) in PLANTS.iter().zip([6_000_000, 3_000_000]) {
            let bytes: usize = (plant.files)().iter().map(|(_, text)| text.len()).sum();
            assert!(bytes < limit_bytes, "{}: {bytes} bytes", plant.folder);
        }
    }
}
