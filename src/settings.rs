//! What a person arranged and opened, kept from one run to the next in their own configuration folder.
//!
//! The file is theirs: TOML, written whole or not at all. One that cannot be read is left as it is and said so; the run
//! goes on with what a new person gets. Nothing of a plant is kept but where its file lies.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use bevy::prelude::*;
use gemba_panels::tokens::Theme;
use gemba_xr::comfort::Comfort;
use serde::{Deserialize, Serialize};

use crate::{
    plant::{Plant, PlantLoaded},
    schedule::GembaSystems,
};

/// Plants that are remembered.
const MOST_RECENT: usize = 10;
/// A change is written this long after the last one: a panel that is dragged changes every frame.
const SAVE_AFTER: Duration = Duration::from_secs(1);

/// What is kept.
#[derive(Resource, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The plants that were opened, newest first.
    pub recent: Vec<PathBuf>,
    /// Where the panels are, in the text of [`gemba_panels::Dock`]; empty for where a new person finds them.
    pub arrangement: String,
    /// Lines along edges are drawn.
    pub edges_shown: bool,
    /// The ground of the panels.
    pub theme: Theme,
    /// The hints of a first run were put away.
    pub hints_read: bool,
    /// How one moves in the headset.
    pub comfort: Comfort,
}

impl Settings {
    /// Puts a plant at the front of the recent ones.
    fn remember(&mut self, file: &Path) {
        self.recent.retain(|known| known != file);
        self.recent.insert(0, file.to_owned());
        self.recent.truncate(MOST_RECENT);
    }
}

/// Where the settings are kept; without a file they last for this run.
#[derive(Resource, Clone, Debug, Default)]
pub struct SettingsFile(pub Option<PathBuf>);

impl SettingsFile {
    /// `gemba/settings.toml` in the person's configuration folder.
    #[must_use]
    pub fn own() -> Self {
        Self(own_folder().map(|folder| folder.join("settings.toml")))
    }
}

/// The folder `gemba` where this system keeps a person's settings; `None` where there is no such place.
#[must_use]
pub fn own_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let settings = if cfg!(windows) {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
    };
    settings.map(|settings| settings.join("gemba"))
}

/// Keeps [`Settings`].
#[derive(Default)]
pub struct SettingsPlugin;

impl Plugin for SettingsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<SettingsFile>()
            .init_resource::<Settings>()
            .init_resource::<Unsaved>()
            .add_systems(PreStartup, load)
            .add_systems(
                Update,
                (remember_plant, save_when_quiet)
                    .chain()
                    .in_set(GembaSystems::Present),
            )
            .add_systems(Last, save_at_exit);
    }
}

/// Since when something waits to be written.
#[derive(Resource, Default)]
struct Unsaved(Option<Duration>);

fn load(file: Res<SettingsFile>, mut settings: ResMut<Settings>, mut keeps: ResMut<Unsaved>) {
    let Some(file) = &file.0 else { return };
    match read(file) {
        Ok(read) => *settings = read,
        Err(why) => {
            tracing::warn!(
                file = %file.display(),
                "the settings cannot be read: {why}; correct the file or delete it, it is left as it is"
            );
        }
    }
    keeps.0 = None;
}

/// The settings in `file`; the default ones where there is none yet.
fn read(file: &Path) -> Result<Settings, String> {
    match std::fs::read_to_string(file) {
        Ok(text) => toml::from_str(&text).map_err(|error| error.message().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(error.to_string()),
    }
}

/// Writes beside the file and renames: a run that ends half way leaves the old settings.
fn write(file: &Path, settings: &Settings) -> Result<(), String> {
    let text = toml::to_string_pretty(settings).map_err(|error| error.to_string())?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let beside = file.with_extension("toml.new");
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::rename(&beside, file))
        .map_err(|error| error.to_string())
}

fn remember_plant(
    mut loaded: MessageReader<PlantLoaded>,
    plant: Option<Res<Plant>>,
    mut settings: ResMut<Settings>,
) {
    if loaded.read().count() == 0 {
        return;
    }
    // A scene that was made in memory has no file to come back to.
    let file = plant.and_then(|plant| std::path::absolute(&plant.file).ok());
    if let Some(file) = file.filter(|file| file.is_file()) {
        settings.remember(&file);
    }
}

fn save_when_quiet(
    settings: Res<Settings>,
    file: Res<SettingsFile>,
    time: Res<Time<Real>>,
    mut unsaved: ResMut<Unsaved>,
) {
    if settings.is_changed() && !settings.is_added() {
        unsaved.0 = Some(time.elapsed());
    }
    if unsaved
        .0
        .is_some_and(|since| time.elapsed() >= since + SAVE_AFTER)
    {
        save(&settings, &file, &mut unsaved);
    }
}

fn save_at_exit(
    mut exits: MessageReader<AppExit>,
    settings: Res<Settings>,
    file: Res<SettingsFile>,
    mut unsaved: ResMut<Unsaved>,
) {
    if exits.read().count() > 0 && unsaved.0.is_some() {
        save(&settings, &file, &mut unsaved);
    }
}

fn save(settings: &Settings, file: &SettingsFile, unsaved: &mut Unsaved) {
    unsaved.0 = None;
    let Some(file) = &file.0 else { return };
    // A file that could not be read is somebody's work gone wrong, not ours to replace.
    let is_readable = read(file).is_ok();
    if let Err(why) = is_readable
        .then_some(())
        .ok_or_else(|| "the file there cannot be read".to_owned())
        .and_then(|()| write(file, settings))
    {
        tracing::warn!(file = %file.display(), "the settings cannot be kept: {why}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_and_a_broken_file_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("deep/settings.toml");
        assert_eq!(read(&file), Ok(Settings::default()));
        let mut settings = Settings {
            arrangement: "1 view".to_owned(),
            ..Settings::default()
        };
        settings.remember(Path::new("/plants/a.usda"));
        write(&file, &settings).expect("written");
        assert_eq!(read(&file), Ok(settings));

        std::fs::write(&file, "arrangement = 7").expect("written");
        assert!(read(&file).is_err());
        save(
            &Settings::default(),
            &SettingsFile(Some(file.clone())),
            &mut Unsaved::default(),
        );
        assert_eq!(
            std::fs::read_to_string(&file).expect("still there"),
            "arrangement = 7"
        );
        // What an older or newer version kept does not matter to this one.
        std::fs::write(&file, "from_the_future = 1").expect("written");
        assert_eq!(read(&file), Ok(Settings::default()));
    }

    #[test]
    fn the_newest_plants_come_first_and_once() {
        let mut settings = Settings::default();
        for at in 0..15 {
            settings.remember(Path::new(&format!("/{}.usda", at % 12)));
        }
        assert_eq!(settings.recent.len(), MOST_RECENT);
        assert_eq!(settings.recent[0], Path::new("/2.usda"));
        let twos = settings.recent.iter().filter(|file| file.ends_with("2.usda"));
        assert_eq!(twos.count(), 1);
    }
}
