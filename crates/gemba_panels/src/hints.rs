//! What a person needs to know in the first minute, until they put it away.

use egui::{Align2, Area, Frame, Order, Pos2, Rect, RichText, Ui};

use crate::{
    ViewerCommand,
    tokens::{color, hairline, space},
};

/// What to try, and by what.
const HINTS: [(&str, &str); 5] = [
    ("Drag", "turns the plant about what is under the cursor"),
    ("Wheel", "goes closer to what is under the cursor"),
    ("Click", "selects a thing and shows its values on the right"),
    ("2, then W A S D", "walks: floors carry you, walls stop you"),
    ("F1", "lists all keys"),
];

/// Draws the hints at the foot of `free`.
pub(crate) fn hints_ui(ui: &Ui, free: Rect, commands: &mut Vec<ViewerCommand>) {
    let foot = Pos2::new(free.center().x, free.bottom() - space::L);
    Area::new("first-hints".into())
        .order(Order::Middle)
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(foot)
        .constrain_to(free)
        .show(ui.ctx(), |ui| {
            Frame::new()
                .fill(color::panel().gamma_multiply(0.96))
                .stroke(hairline())
                .corner_radius(space::RADIUS)
                .inner_margin(space::M)
                .show(ui, |ui| {
                    egui::Grid::new("hints")
                        .spacing([space::M, space::XS])
                        .show(ui, |ui| {
                            for (by, what) in HINTS {
                                ui.label(RichText::new(by).strong().color(color::accent()));
                                ui.label(what);
                                ui.end_row();
                            }
                        });
                    ui.add_space(space::XS);
                    if ui.button("Got it").clicked() {
                        commands.push(ViewerCommand::PutHintsAway);
                    }
                });
        });
}
