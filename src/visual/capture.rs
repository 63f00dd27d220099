//! Pictures of what is seen: [`ViewerCommand::SaveScreenshot`] with and without a window.

use std::path::PathBuf;

use bevy::{
    camera::RenderTarget,
    prelude::*,
    render::view::screenshot::{Screenshot, ScreenshotCaptured},
};
use gemba_panels::ViewerCommand;

use crate::{command::Requested, schedule::GembaSystems, visual::PlantCamera};

/// A picture was written, or could not be.
#[derive(Message, Clone, Debug)]
pub struct ScreenshotSaved {
    /// The file that was asked for.
    pub file: PathBuf,
    /// Why there is none.
    pub error: Option<String>,
}

/// Takes pictures.
pub struct CapturePlugin;

impl Plugin for CapturePlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ScreenshotSaved>()
            .add_systems(Update, take_screenshots.in_set(GembaSystems::Present));
    }
}

fn take_screenshots(
    mut commands: Commands,
    mut requests: MessageReader<Requested>,
    camera: Query<&RenderTarget, With<PlantCamera>>,
) {
    for Requested(request) in requests.read() {
        let ViewerCommand::SaveScreenshot { file } = request else {
            continue;
        };
        let Some(target) = camera.iter().next() else {
            continue;
        };
        let file = file.clone();
        commands.spawn(Screenshot(target.clone())).observe(
            move |captured: On<ScreenshotCaptured>, mut saved: MessageWriter<ScreenshotSaved>| {
                let error = save(&captured.image, &file).err();
                if let Some(error) = &error {
                    tracing::error!(file = %file.display(), "{error}");
                } else {
                    tracing::info!(file = %file.display(), "picture saved");
                }
                saved.write(ScreenshotSaved {
                    file: file.clone(),
                    error,
                });
            },
        );
    }
}

/// Writes `picture` as PNG, with the folders above it.
fn save(picture: &Image, file: &std::path::Path) -> Result<(), String> {
    let picture = picture
        .clone()
        .try_into_dynamic()
        .map_err(|error| format!("the picture cannot be understood: {error}"))?;
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("the folder {} cannot be made: {error}", folder.display()))?;
    }
    // Alpha holds nothing that belongs into a picture.
    picture
        .to_rgb8()
        .save_with_format(file, image::ImageFormat::Png)
        .map_err(|error| format!("{} cannot be written: {error}", file.display()))
}
