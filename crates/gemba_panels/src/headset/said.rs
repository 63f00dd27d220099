//! What the viewer has to say to who wears the headset: how far the plant is, why nothing can be shown, what has just gone wrong.

use egui::{Align, Frame, Layout, Margin, RichText, Ui};
use gemba_model::Severity;

use crate::{
    DesktopModel, LoadingModel,
    loading::progress_ui,
    marks::{Mark, MarkShape, mark_ui, severity_mark},
    tokens::{color, hairline, space, type_size},
};

/// Width and height of what it is said on, in points; clear where nothing is said.
pub const SAID_SIZE_PT: [f32; 2] = [440.0, 260.0];

/// Whether there is anything to say.
#[must_use]
pub fn has_to_say(model: &DesktopModel) -> bool {
    model.loading != LoadingModel::Ready || !model.toast.errors.is_empty()
}

/// Says it, on cards from the top of `ui`; nothing is to be clicked, because nobody may be able to.
pub fn said_ui(ui: &mut Ui, model: &DesktopModel) {
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        match &model.loading {
            LoadingModel::Ready => {}
            LoadingModel::Loading { file, doing, ratio } => {
                card_ui(ui, |ui| progress_ui(ui, file, doing, *ratio));
            }
            LoadingModel::Empty => card_ui(ui, |ui| {
                ui.label(RichText::new("No plant is open").size(type_size::TITLE).strong());
                ui.add(egui::Label::new("Open one on the desktop: it will be around you.").wrap());
            }),
            LoadingModel::Failed { file, message } => card_ui(ui, |ui| {
                ui.horizontal(|ui| {
                    let failed = Mark {
                        shape: MarkShape::Cross,
                        color: color::error(),
                        word: "failed",
                    };
                    mark_ui(ui, failed);
                    let title = RichText::new("This plant cannot be shown");
                    ui.label(title.size(type_size::TITLE).strong());
                });
                ui.add(egui::Label::new(RichText::new(file).color(color::text_quiet())).wrap());
                ui.add(egui::Label::new(message).wrap());
            }),
        }
        // What the card has said is not said again.
        let is_new = |error: &&std::sync::Arc<str>| match &model.loading {
            LoadingModel::Failed { message, .. } => !error.contains(message.as_str()),
            _ => true,
        };
        for error in model.toast.errors.iter().filter(is_new) {
            card_ui(ui, |ui| {
                ui.horizontal_top(|ui| {
                    mark_ui(ui, severity_mark(Severity::Error));
                    ui.vertical(|ui| ui.add(egui::Label::new(&**error).wrap()));
                });
            });
        }
    });
}

fn card_ui(ui: &mut Ui, inside: impl FnOnce(&mut Ui)) {
    Frame::new()
        .fill(color::panel())
        .stroke(hairline())
        .corner_radius(space::RADIUS)
        .inner_margin(Margin::same(12))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            inside(ui);
        });
}
