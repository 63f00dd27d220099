//! Pictures of what is seen: [`ViewerCommand::SaveScreenshot`] with and without a window.

use std::path::{Path, PathBuf};

use bevy::{
    camera::RenderTarget,
    prelude::*,
    render::view::screenshot::{Screenshot, ScreenshotCaptured},
};
use gemba_panels::ViewerCommand;
use image::RgbImage;

use crate::{
    command::Requested, schedule::GembaSystems, viewer::ViewerOptions, visual::PlantCamera, xr::EyePictures,
};

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
    options: Option<Res<ViewerOptions>>,
    eyes: Option<Res<EyePictures>>,
) {
    // Without a window what is seen is what the headset sees.
    let eyes = eyes.filter(|eyes| eyes.are_seen && options.is_some_and(|options| options.headless.is_some()));
    for Requested(request) in requests.read() {
        let ViewerCommand::SaveScreenshot { file } = request else {
            continue;
        };
        if let Some(eyes) = &eyes {
            take_both_eyes(&mut commands, eyes, file);
            continue;
        }
        let Some(target) = camera.iter().next() else {
            continue;
        };
        let file = file.clone();
        commands.spawn(Screenshot(target.clone())).observe(
            move |captured: On<ScreenshotCaptured>, mut saved: MessageWriter<ScreenshotSaved>| {
                saved.write(report(
                    &file,
                    understood(&captured.image).and_then(|picture| save(&picture, &file)),
                ));
            },
        );
    }
}

/// The eyes of which a picture side by side is to be made.
#[derive(Component)]
struct BothEyes {
    file: PathBuf,
    taken: [Option<RgbImage>; 2],
}

fn take_both_eyes(commands: &mut Commands, eyes: &EyePictures, file: &Path) {
    let UVec2 { x, y } = eyes.drawn_px;
    let both = commands
        .spawn(BothEyes {
            file: file.to_owned(),
            taken: [None, None],
        })
        .id();
    for (index, eye) in eyes.eyes.iter().enumerate() {
        commands.spawn(Screenshot::image(eye.clone())).observe(
            move |captured: On<ScreenshotCaptured>,
                  mut pairs: Query<&mut BothEyes>,
                  mut saved: MessageWriter<ScreenshotSaved>,
                  mut commands: Commands| {
                // Gone where the other eye could not be understood, which is told then.
                let Ok(mut pair) = pairs.get_mut(both) else { return };
                let result = understood(&captured.image).and_then(|picture| {
                    if let Some(taken) = pair.taken.get_mut(index) {
                        *taken = Some(image::imageops::crop_imm(&picture, 0, 0, x, y).to_image());
                    }
                    match &pair.taken {
                        [Some(left), Some(right)] => {
                            save(&side_by_side(left, right), &pair.file).map(|()| true)
                        }
                        _ => Ok(false),
                    }
                });
                if result != Ok(false) {
                    saved.write(report(&pair.file, result.map(drop)));
                    commands.entity(both).despawn();
                }
            },
        );
    }
}

fn side_by_side(left: &RgbImage, right: &RgbImage) -> RgbImage {
    let mut both = RgbImage::new(left.width() + right.width(), left.height().max(right.height()));
    image::imageops::replace(&mut both, left, 0, 0);
    image::imageops::replace(&mut both, right, i64::from(left.width()), 0);
    both
}

/// Says in the log what came of a picture, and to whoever waits for it.
fn report(file: &Path, result: Result<(), String>) -> ScreenshotSaved {
    let error = result.err();
    if let Some(error) = &error {
        tracing::error!(file = %file.display(), "{error}");
    } else {
        tracing::info!(file = %file.display(), "picture saved");
    }
    ScreenshotSaved {
        file: file.to_owned(),
        error,
    }
}

/// A picture from the GPU without its alpha, which holds nothing that belongs into a picture.
fn understood(picture: &Image) -> Result<RgbImage, String> {
    picture
        .clone()
        .try_into_dynamic()
        .map(|picture| picture.to_rgb8())
        .map_err(|error| format!("the picture cannot be understood: {error}"))
}

/// Writes `picture` as PNG, with the folders above it.
fn save(picture: &RgbImage, file: &Path) -> Result<(), String> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("the folder {} cannot be made: {error}", folder.display()))?;
    }
    picture
        .save_with_format(file, image::ImageFormat::Png)
        .map_err(|error| format!("{} cannot be written: {error}", file.display()))
}
