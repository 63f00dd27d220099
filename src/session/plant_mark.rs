//! Which plant is open, said so that people who meet know whether they speak of the same one.
//!
//! The mark is a SHA-256 over the content of every layer that took part, strongest first, and over no path: the same files
//! are the same plant on every machine. It is made on a background task after the plant is shown; whoever is in a room
//! already says it as soon as it is known.

use std::path::{Path, PathBuf};

use bevy::{
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task, futures::check_ready},
};
use gemba_model::PrimPath;
use gemba_relay::plant_content;
use gemba_session::{PlantMark, bounded::Text};

use super::Meeting;
use crate::plant::{Plant, PlantLoaded};

/// The mark of the open plant, once it is made.
#[derive(Resource, Default)]
pub(super) struct OpenPlantMark {
    making: Option<Task<Option<PlantMark>>>,
    made: Option<PlantMark>,
}

impl OpenPlantMark {
    /// What to say when one goes into a room now.
    pub(super) fn made(&self) -> Option<PlantMark> {
        self.made.clone()
    }
}

/// Makes the mark of each plant that is opened, and says it in the room.
pub(super) fn mark_plant(
    mut loaded: MessageReader<PlantLoaded>,
    plant: Option<Res<Plant>>,
    mut mark: ResMut<OpenPlantMark>,
    meeting: Res<Meeting>,
) {
    if loaded.read().count() > 0
        && let Some(plant) = plant
    {
        let (file, layers) = (plant.file.clone(), plant.doc.layers.clone());
        let prim = plant.doc.stage.default_prim.clone();
        mark.made = None;
        mark.making =
            Some(AsyncComputeTaskPool::get().spawn(async move { mark_of(&file, &layers, prim.as_deref()) }));
    }
    let Some(task) = &mut mark.making else { return };
    if let Some(made) = check_ready(task) {
        mark.making = None;
        mark.made = made;
        if let Some(made) = mark.made() {
            meeting.say_plant(made);
        }
    }
}

/// `None` for a scene that was made in memory, and when a file cannot be read any more.
fn mark_of(file: &Path, layers: &[String], prim: Option<&str>) -> Option<PlantMark> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in layers.iter().map(|layer| file_of(layer)) {
        // A package counts once, however many of its layers took part.
        if !files.contains(&path) && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return None;
    }
    let content = plant_content(files.iter().map(PathBuf::as_path))
        .inspect_err(|error| {
            tracing::warn!(file = %file.display(), %error, "the plant cannot be told from others in a room");
        })
        .ok()?;
    let name = file.file_name()?.to_string_lossy();
    Some(PlantMark {
        name: Text::cut(&name),
        prim: prim.and_then(|prim| PrimPath::new(format!("/{}", prim.trim_start_matches('/'))).ok()),
        content,
    })
}

/// The file that a layer's identifier is in: `plant.usdz[scene.usda]` is in `plant.usdz`.
fn file_of(layer: &str) -> PathBuf {
    layer
        .split_once('[')
        .filter(|_| layer.ends_with(']'))
        .map_or(layer, |(package, _)| package)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_are_the_same_plant_wherever_they_lie() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let mark = |folder: &Path, twin_layer: &str| {
            let files = [("plant.usda", twin_layer), ("scene.usda", "#usda 1.0\n")];
            let layers: Vec<String> = files
                .iter()
                .map(|(name, text)| {
                    let path = folder.join(name);
                    std::fs::write(&path, text).unwrap();
                    path.to_string_lossy().into_owned()
                })
                .collect();
            mark_of(&folder.join("plant.usda"), &layers, Some("Plant")).unwrap()
        };
        let one = mark(folders[0].path(), "#usda 1.0\n# one\n");
        assert_eq!(one, mark(folders[1].path(), "#usda 1.0\n# one\n"));
        assert_eq!(one.prim, PrimPath::new("/Plant").ok());
        let other = mark(folders[1].path(), "#usda 1.0\n# two\n");
        assert!(!other.is_same(&one) && other.is_akin(&one));
        assert_eq!(
            mark_of(Path::new("made in memory"), &["anonymous:1".to_owned()], None),
            None
        );
    }

    #[test]
    fn a_package_is_one_file() {
        assert_eq!(file_of("/a/plant.usdz[scene.usda]"), Path::new("/a/plant.usdz"));
        assert_eq!(file_of("/a/[old]/plant.usda"), Path::new("/a/[old]/plant.usda"));
    }
}
