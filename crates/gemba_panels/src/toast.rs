//! What has just gone wrong, over the plant for a while: nobody has to look into the log to hear of it.

use egui::{Align2, Frame, Margin, Order, Rect, RichText, Ui};
use gemba_model::Severity;

use crate::{
    marks::{mark_ui, severity_mark},
    tokens::{color, space},
};

/// What has just gone wrong, the newest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToastModel {
    /// In words for people.
    pub errors: Vec<std::sync::Arc<str>>,
}

/// Draws it in the lower left corner of `view`; true when a person asks for the log.
pub fn toast_ui(ui: &Ui, view: Rect, model: &ToastModel) -> bool {
    if model.errors.is_empty() {
        return false;
    }
    let mut is_asked = false;
    egui::Area::new("gemba-toast".into())
        .order(Order::Middle)
        .pivot(Align2::LEFT_BOTTOM)
        .fixed_pos(view.left_bottom() + egui::vec2(space::M, -space::M))
        .constrain_to(view)
        .show(ui.ctx(), |ui| {
            ui.set_max_width((view.width() * 0.5).max(240.0));
            for error in &model.errors {
                let card = Frame::new()
                    .fill(color::sunken())
                    .stroke(egui::Stroke::new(1.0, color::error()))
                    .corner_radius(space::RADIUS)
                    .inner_margin(Margin::symmetric(12, 8));
                card.show(ui, |ui| {
                    ui.horizontal_top(|ui| {
                        mark_ui(ui, severity_mark(Severity::Error));
                        ui.vertical(|ui| {
                            ui.label(RichText::new(&**error).color(color::text()));
                            is_asked |= ui.link("Show the log").clicked();
                        });
                    });
                });
            }
        });
    is_asked
}
