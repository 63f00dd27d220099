//! The picture of the note that is opened: decoded once, for as long as the note is open.

use bevy::prelude::*;
use bevy_egui::EguiContexts;
use gemba_panels::session::{AnnotationKey, Picture};
use gemba_session::operation::Markup;
use image::{ImageReader, Limits};

use super::Desktop;
use crate::session::{Meeting, notes::id_of};

/// Wider or higher pictures are no screenshots of ours and are not decoded: a few bytes can claim a gigabyte.
const LARGEST_PX: u32 = 4_096;

/// The picture that is shown.
#[derive(Resource, Default)]
pub(super) struct NotePicture {
    of: Option<AnnotationKey>,
    texture: Option<egui::TextureHandle>,
}

impl NotePicture {
    /// The picture of a note, when it is the one that is opened.
    pub(super) fn of(&self, note: AnnotationKey) -> Option<Picture> {
        let texture = self.texture.as_ref().filter(|_| self.of == Some(note))?;
        let [width, height] = texture.size();
        Some(Picture {
            texture: texture.id(),
            size_px: [width, height].map(|px| u32::try_from(px).unwrap_or(LARGEST_PX)),
        })
    }
}

/// Loads the picture of the note that is opened, and forgets the one before.
pub(super) fn load_picture(
    mut contexts: EguiContexts,
    meeting: Res<Meeting>,
    desktop: Res<Desktop>,
    mut picture: ResMut<NotePicture>,
) {
    let opened = desktop.view.session.notes.opened();
    if picture.of == opened {
        return;
    }
    // Without a camera there is nothing to draw on yet.
    let Ok(ctx) = contexts.ctx_mut() else { return };
    let bytes = opened.and_then(|key| {
        let note = meeting.state().annotation(id_of(key))?;
        match &note.markup.value {
            Markup::Screenshot { image, .. } => Some(image.clone()),
            Markup::Text | Markup::Arrow { .. } | Markup::Stroke { .. } => None,
        }
    });
    let decoded = bytes.and_then(|bytes| match decoded(&bytes) {
        Ok(decoded) => Some(decoded),
        Err(error) => {
            tracing::warn!(%error, "the picture of a note cannot be shown");
            None
        }
    });
    *picture = NotePicture {
        of: opened,
        texture: decoded.map(|image| ctx.load_texture("note", image, egui::TextureOptions::LINEAR)),
    };
}

/// A picture from someone else's machine: what it claims is checked before anything is reserved for it.
fn decoded(bytes: &[u8]) -> Result<egui::ColorImage, image::ImageError> {
    let mut reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_PX);
    limits.max_image_height = Some(LARGEST_PX);
    reader.limits(limits);
    let picture = reader.decode()?.to_rgb8();
    let size = [picture.width() as usize, picture.height() as usize];
    Ok(egui::ColorImage::from_rgb(size, picture.as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(width, height)
            .write_to(&mut bytes, image::ImageFormat::Png)
            .expect("a PNG");
        bytes.into_inner()
    }

    #[test]
    fn pictures_are_decoded_within_limits() {
        assert_eq!(decoded(&png(30, 20)).expect("a picture").size, [30, 20]);
        assert!(decoded(&png(LARGEST_PX + 1, 1)).is_err());
        assert!(decoded(b"\x89PNG\r\n\x1a\n and no more").is_err());
        assert!(decoded(&[]).is_err());
    }
}
