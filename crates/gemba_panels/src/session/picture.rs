//! The picture of a note: as wide as the panel, and in full over the view.

use egui::{CursorIcon, Image, ScrollArea, Sense, Ui, Vec2, Window, load::SizedTexture};

use super::Picture;
use crate::tokens::space;

/// Draws the picture as wide as there is room, and in full in a window while `is_full_shown`.
pub(super) fn picture_ui(ui: &mut Ui, number: usize, picture: Picture, is_full_shown: &mut bool) {
    let full_pt = full_size_pt(picture.size_px, ui.ctx().pixels_per_point());
    let scale = (ui.available_width() / full_pt.x).min(1.0);
    let name = format!("Picture of note {number}");
    let small = image(picture, full_pt * scale)
        .sense(Sense::click())
        .alt_text(name.as_str());
    let small = ui
        .add(small)
        .on_hover_text("See it in full")
        .on_hover_cursor(CursorIcon::ZoomIn);
    if small.clicked() {
        *is_full_shown = !*is_full_shown;
    }
    if !*is_full_shown {
        return;
    }
    // The frame and the title are part of a window's size.
    let chrome_pt = ui.spacing().window_margin.sum() + Vec2::new(space::XS, 2.0 * space::ROW + space::XS);
    let most_pt = ui.ctx().content_rect().size() - Vec2::splat(2.0 * space::L);
    let alone = format!("{name}, in full");
    Window::new(name)
        .id(egui::Id::new("gemba-picture"))
        .open(is_full_shown)
        .collapsible(false)
        .fixed_size((full_pt + chrome_pt).min(most_pt))
        .anchor(egui::Align2::CENTER_CENTER, Vec2::ZERO)
        .show(ui.ctx(), |ui| {
            ScrollArea::both()
                .auto_shrink([false, false])
                .show(ui, |ui| ui.add(image(picture, full_pt).alt_text(alone)));
        });
}

fn image(picture: Picture, size_pt: Vec2) -> Image<'static> {
    Image::from_texture(SizedTexture::new(picture.texture, size_pt)).fit_to_exact_size(size_pt)
}

/// One pixel of the picture for one of the screen.
fn full_size_pt(size_px: [u32; 2], px_per_pt: f32) -> Vec2 {
    let [width_px, height_px] = size_px.map(|px| px.max(1) as f32);
    Vec2::new(width_px, height_px) / px_per_pt
}
