//! Pictures that notes carry: what one sees between the panels, small enough for everyone's line.

use std::io::Cursor;

use bevy::{
    camera::RenderTarget,
    prelude::*,
    render::view::screenshot::{Screenshot, ScreenshotCaptured},
};
use gemba_panels::{SessionCommand, ViewerCommand};
use gemba_session::{
    Operation,
    operation::{Image as Picture, MAX_IMAGE_BYTES, Markup, NewAnnotation},
};
use image::{DynamicImage, codecs::jpeg::JpegEncoder, imageops::FilterType};

use super::{Meeting, anchors::Anchors, commands::note, viewpoints::room_camera};
use crate::{command::Requested, navigation::Eye, plant::Plant, ui::ViewRect, visual::PlantCamera};

/// Wide enough to read a name plate on it.
const WIDEST_PX: u32 = 1_280;
/// Tried in turn until the picture fits.
const QUALITIES: [u8; 4] = [82, 70, 55, 40];

/// Takes the picture that a note is to carry; the note is made when the picture is there.
pub(super) fn take_picture(
    mut commands: Commands,
    mut requests: MessageReader<Requested>,
    mut meeting: ResMut<Meeting>,
    anchors: Anchors,
    eye: Res<Eye>,
    plant: Option<Res<Plant>>,
    free: Res<ViewRect>,
    cameras: Query<(&Camera, &RenderTarget), With<PlantCamera>>,
) {
    for Requested(request) in requests.read() {
        let ViewerCommand::Session(SessionCommand::Capture { text }) = request else {
            continue;
        };
        let (Some(plant), Some((camera, target))) = (&plant, cameras.iter().next()) else {
            meeting.say("Open a plant before you take a picture of it.");
            continue;
        };
        let made = anchors
            .on_selection()
            .and_then(|anchor| Ok((anchor, note(text)?)));
        let (anchor, text) = match made {
            Ok(made) => made,
            Err(why) => {
                meeting.say(why);
                continue;
            }
        };
        let seen_from = room_camera(&eye, plant);
        // The part of the picture between the panels, as ratios of it.
        let size = camera.logical_viewport_size().unwrap_or(Vec2::ONE).max(Vec2::ONE);
        let part = free.0.map(|free| {
            [
                free.min.x / size.x,
                free.min.y / size.y,
                free.max.x / size.x,
                free.max.y / size.y,
            ]
        });
        commands.spawn(Screenshot(target.clone())).observe(
            move |captured: On<ScreenshotCaptured>, mut meeting: ResMut<Meeting>| match encoded(
                &captured.image,
                part,
            ) {
                Ok(image) => {
                    meeting.submit(Operation::CreateAnnotation(Box::new(NewAnnotation {
                        anchor: anchor.clone(),
                        text: text.clone(),
                        markup: Markup::Screenshot {
                            image,
                            camera: seen_from,
                        },
                    })));
                }
                Err(why) => meeting.say(why),
            },
        );
    }
}

/// The part of `picture` as JPEG of at most [`MAX_IMAGE_BYTES`].
fn encoded(picture: &Image, part: Option<[f32; 4]>) -> Result<Picture, String> {
    let picture = picture
        .clone()
        .try_into_dynamic()
        .map_err(|error| format!("The picture cannot be understood: {error}."))?;
    shrunk(&picture, part)
}

fn shrunk(picture: &DynamicImage, part: Option<[f32; 4]>) -> Result<Picture, String> {
    let (width, height) = (picture.width(), picture.height());
    let [left, top, right, bottom] = part.unwrap_or([0.0, 0.0, 1.0, 1.0]);
    let px = |ratio: f32, of: u32| (ratio.clamp(0.0, 1.0) * of as f32).round() as u32;
    let (left, top) = (px(left, width), px(top, height));
    let (right, bottom) = (px(right, width), px(bottom, height));
    let mut shown = picture.crop_imm(
        left,
        top,
        right.saturating_sub(left).max(1),
        bottom.saturating_sub(top).max(1),
    );
    if shown.width() > WIDEST_PX {
        shown = shown.resize(WIDEST_PX, u32::MAX, FilterType::Triangle);
    }
    loop {
        let flat = shown.to_rgb8();
        for quality in QUALITIES {
            let mut bytes = Cursor::new(Vec::new());
            flat.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))
                .map_err(|error| format!("The picture cannot be packed: {error}."))?;
            if bytes.get_ref().len() <= MAX_IMAGE_BYTES {
                return Picture::new(bytes.into_inner()).map_err(|size| size.to_string());
            }
        }
        // A picture of nothing but noise: half the size is a quarter of the bytes.
        shown = shown.resize(shown.width() / 2, u32::MAX, FilterType::Triangle);
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    #[test]
    fn the_part_between_the_panels_is_kept() {
        let mut picture = RgbImage::new(400, 200);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            let is_inside = (100..300).contains(&x) && (20..180).contains(&y);
            *pixel = Rgb(if is_inside { [250; 3] } else { [0; 3] });
        }
        let part = Some([0.25, 0.1, 0.75, 0.9]);
        let packed = shrunk(&picture.into(), part).expect("a picture");
        let read = image::load_from_memory(&packed).expect("a JPEG").to_rgb8();
        assert_eq!(read.dimensions(), (200, 160));
        assert!(read.pixels().all(|pixel| pixel.0[0] > 240));
    }

    #[test]
    fn noise_is_shrunk_until_it_fits() {
        let mut seed = 1_u32;
        let noise = RgbImage::from_fn(3_000, 2_000, |_, _| {
            Rgb([0; 3].map(|_: u8| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            }))
        });
        let packed = shrunk(&noise.into(), None).expect("a picture");
        assert!(packed.len() <= MAX_IMAGE_BYTES);
        let read = image::load_from_memory(&packed).expect("a JPEG");
        assert!(read.width() <= WIDEST_PX && read.width() > 100);
    }
}
