//! The loading card: what the viewer is doing and how far it is; why nothing can be shown; what to do with no plant.

use egui::{Align2, RichText, Ui};

use crate::{
    marks::{Mark, MarkShape, mark_ui},
    tokens::{color, hairline, space, type_size},
};

/// How far the plant is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LoadingModel {
    /// No plant was asked for.
    #[default]
    Empty,
    /// On the way; the plant can be looked at meanwhile.
    Loading {
        /// The file.
        file: String,
        /// What is being done, for people.
        doing: String,
        /// Part done, 0–1, where it is known.
        ratio: Option<f32>,
    },
    /// Everything is there: no card.
    Ready,
    /// Nothing can be shown.
    Failed {
        /// The file.
        file: String,
        /// What happened and what to do.
        message: String,
    },
}

/// Draws the card over the plant's view, within `view`; nothing when the plant is ready.
pub fn loading_ui(ui: &mut Ui, view: egui::Rect, model: &LoadingModel) {
    let (anchor, at) = match model {
        LoadingModel::Ready => return,
        // Below, out of the way: the camera already moves.
        LoadingModel::Loading { .. } => (
            Align2::CENTER_BOTTOM,
            view.center_bottom() - egui::vec2(0.0, space::L),
        ),
        LoadingModel::Empty | LoadingModel::Failed { .. } => (Align2::CENTER_CENTER, view.center()),
    };
    egui::Area::new(egui::Id::new("gemba-loading"))
        .order(egui::Order::Middle)
        .pivot(anchor)
        .fixed_pos(at)
        .constrain_to(view)
        .show(ui.ctx(), |ui| {
            egui::Frame::new()
                .fill(color::panel())
                .stroke(hairline())
                .corner_radius(6)
                .inner_margin(space::L)
                .show(ui, |ui| {
                    ui.set_width((view.width() - 4.0 * space::L).clamp(160.0, 460.0));
                    card_ui(ui, model);
                });
        });
}

fn card_ui(ui: &mut Ui, model: &LoadingModel) {
    match model {
        LoadingModel::Empty => {
            ui.label(RichText::new("No plant is open").size(type_size::TITLE).strong());
            ui.add(
                egui::Label::new("Drop a USD file here (.usda, .usdc, .usd or .usdz), or start with").wrap(),
            );
            ui.label(RichText::new("gemba view FILE").monospace());
        }
        LoadingModel::Loading { file, doing, ratio } => progress_ui(ui, file, doing, *ratio),
        LoadingModel::Failed { file, message } => {
            ui.horizontal(|ui| {
                mark_ui(
                    ui,
                    Mark {
                        shape: MarkShape::Cross,
                        color: color::error(),
                        word: "failed",
                    },
                );
                ui.label(
                    RichText::new("This plant cannot be shown")
                        .size(type_size::TITLE)
                        .strong(),
                );
            });
            ui.add(egui::Label::new(RichText::new(file).monospace().color(color::text_quiet())).wrap());
            ui.add(egui::Label::new(message.as_str()).wrap().selectable(true));
        }
        LoadingModel::Ready => {}
    }
}

/// What is done, and how far it is.
pub(crate) fn progress_ui(ui: &mut Ui, file: &str, doing: &str, ratio: Option<f32>) {
    ui.label(RichText::new(format!("Opening {file}")).strong());
    // Determinate only where the work is known: a bar that guesses is worse than none.
    match ratio {
        Some(ratio) => {
            let bar = egui::ProgressBar::new(ratio)
                .desired_height(6.0)
                .fill(color::accent());
            ui.add(bar);
            ui.label(format!("{doing}: {:.0} %", ratio * 100.0));
        }
        None => {
            ui.horizontal(|ui| {
                ui.add(egui::Spinner::new().size(space::MARK).color(color::accent()));
                ui.label(doing);
            });
        }
    }
}
