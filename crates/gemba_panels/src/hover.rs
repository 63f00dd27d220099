//! The card beside the cursor: what lies under it, and how it is, before anyone clicks.

use std::sync::Arc;

use egui::{Area, Frame, Grid, Order, Pos2, Rect, RichText, Ui, Vec2};

use crate::{
    inspector::PointRow,
    marks::{mark_ui, quality_mark},
    tokens::{color, hairline, space, type_size},
};

/// Points that are shown; the rest is in the inspector.
pub const MOST_HOVERED_POINTS: usize = 5;

/// What lies under a cursor that rests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HoverModel {
    /// Where the cursor rests, in points.
    pub at: [f32; 2],
    /// What it is called.
    pub name: Arc<str>,
    /// What kind of thing it is; empty when that is not known.
    pub class: Arc<str>,
    /// Those beyond a limit first, at most [`MOST_HOVERED_POINTS`].
    pub points: Vec<PointRow>,
    /// How many points it has beside those.
    pub more: usize,
}

/// Draws the card beside the cursor, inside `free`.
pub(crate) fn hover_ui(ui: &Ui, free: Rect, model: &HoverModel) {
    const BESIDE_PT: f32 = 18.0;
    let cursor = Pos2::from(model.at);
    if !free.contains(cursor) {
        return;
    }
    let id = egui::Id::new("hover-card");
    // As large as it was in the last frame: enough to keep it inside.
    let size = ui
        .ctx()
        .memory(|memory| memory.area_rect(id))
        .map_or(Vec2::new(220.0, 80.0), |rect| rect.size());
    let right = cursor.x + BESIDE_PT;
    let left = if right + size.x > free.right() {
        cursor.x - BESIDE_PT - size.x
    } else {
        right
    };
    let top = (cursor.y + BESIDE_PT).min(free.bottom() - size.y).max(free.top());
    Area::new(id)
        .fixed_pos(Pos2::new(left, top))
        .order(Order::Tooltip)
        .interactable(false)
        .show(ui.ctx(), |ui| {
            Frame::new()
                .fill(color::panel().gamma_multiply(0.96))
                .stroke(hairline())
                .corner_radius(space::RADIUS)
                .inner_margin(space::S)
                .show(ui, |ui| card_ui(ui, model));
        });
}

fn card_ui(ui: &mut Ui, model: &HoverModel) {
    ui.set_max_width(320.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(RichText::new(&*model.name).size(type_size::BODY).strong());
    if !model.class.is_empty() {
        ui.label(RichText::new(&*model.class).small().color(color::text_quiet()));
    }
    if model.points.is_empty() {
        return;
    }
    ui.add_space(space::XS);
    Grid::new("hover-points")
        .num_columns(3)
        .spacing([space::S, 2.0])
        .min_row_height(space::MARK)
        .show(ui, |ui| {
            for point in &model.points {
                mark_ui(ui, quality_mark(point.quality));
                ui.label(RichText::new(&*point.name).color(color::text_quiet()));
                ui.horizontal(|ui| {
                    let value = if point.value.is_empty() {
                        "—"
                    } else {
                        &point.value
                    };
                    ui.label(RichText::new(value).strong());
                    ui.label(RichText::new(&point.unit).color(color::text_quiet()));
                    if let Some(mark) = point.limit.mark() {
                        mark_ui(ui, mark);
                    }
                });
                ui.end_row();
            }
        });
    if model.more > 0 {
        let more = format!("and {} more", model.more);
        ui.label(RichText::new(more).small().color(color::text_quiet()));
    }
}
