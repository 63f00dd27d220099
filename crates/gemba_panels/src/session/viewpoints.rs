//! The viewpoints of the room: the present view saved under a name, and the list of those that were saved.
//!
//! Rows have one height, and only those in sight are laid out.

use egui::{Button, Label, RichText, ScrollArea, Ui, UiBuilder};

use super::{
    SessionCommand, SessionModel, ViewpointRow,
    parts::{ask, quiet_ui, seen_text, write_ui},
};
use crate::{
    ViewerCommand,
    inspector::age_text,
    tokens::{color, space, type_size},
    tree::close_button_ui,
};

/// Height of a row: a line for the name and a line for who, when and what.
const ROW_PT: f32 = 2.0 * space::ROW;
/// The most bytes of a name that a room takes.
const MAX_NAME_BYTES: usize = 64;

/// The name being typed.
#[derive(Clone, Debug, Default)]
pub struct ViewpointsView {
    name: String,
}

/// Draws the viewpoints.
pub fn viewpoints_ui(
    ui: &mut Ui,
    model: &SessionModel,
    view: &mut ViewpointsView,
    commands: &mut Vec<ViewerCommand>,
) {
    if model.may.annotate {
        let name = write_ui(
            ui,
            &mut view.name,
            MAX_NAME_BYTES,
            "Name of this view",
            "Save view",
        );
        if let Some(name) = name {
            ask(commands, SessionCommand::SaveViewpoint { name });
        }
    } else {
        quiet_ui(ui, "An editor, a trainer or the host may save viewpoints.");
    }
    ui.add_space(space::S);
    if model.viewpoints.is_empty() {
        nothing_ui(ui);
        return;
    }
    ScrollArea::vertical()
        .id_salt("session-viewpoints")
        .auto_shrink([false, false])
        .show_rows(ui, ROW_PT, model.viewpoints.len(), |ui, range| {
            for row in model.viewpoints.get(range).unwrap_or_default() {
                ui.push_id(row.key, |ui| row_ui(ui, row, commands));
            }
        });
}

/// What a viewpoint is, for those who see none.
fn nothing_ui(ui: &mut Ui) {
    ui.vertical_centered(|ui| {
        ui.add_space(space::M);
        ui.label(RichText::new("No viewpoints yet").size(type_size::TITLE));
    });
    quiet_ui(
        ui,
        "A viewpoint keeps what you see now under a name: where you look from, what cuts the plant, what is isolated, \
         and where the timeline stands. Anyone in the room can come back to it.",
    );
}

fn row_ui(ui: &mut Ui, row: &ViewpointRow, commands: &mut Vec<ViewerCommand>) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW_PT), egui::Sense::hover());
    ui.painter().rect_filled(rect, space::RADIUS, color::stripe());
    let inside = rect.shrink2(egui::vec2(space::S, 0.0));
    let viewpoint = row.key;
    ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.horizontal(|ui| {
            ui.set_height(space::ROW);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if row.is_ours_to_change {
                    let delete = close_button_ui(ui, &format!("Delete viewpoint {}", row.name));
                    if delete.on_hover_text("Undo brings it back").clicked() {
                        ask(commands, SessionCommand::DeleteViewpoint { viewpoint });
                    }
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let name = RichText::new(&*row.name).strong().color(color::accent());
                    let go = Button::new(name).truncate().frame(false);
                    let hint = "Fly there and see what it shows";
                    if ui.add(go).on_hover_text(hint).clicked() {
                        ask(commands, SessionCommand::GoToViewpoint { viewpoint });
                    }
                });
            });
        });
        ui.horizontal(|ui| {
            ui.set_height(space::ROW - space::XS);
            let small = |text: String| Label::new(RichText::new(text).small().color(color::text_quiet()));
            ui.label(RichText::new(&*row.by).small().color(color::person(row.colour)));
            ui.add(small(format!("{} ago", age_text(row.age))));
            let seen = seen_text(row.cuts, row.isolated);
            ui.add(small(seen).truncate());
        });
    });
}
