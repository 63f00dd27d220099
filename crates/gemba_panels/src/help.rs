//! The keys, for people. [`KEYS`] is the one list: the app's input follows it.

use egui::{Grid, RichText, Ui};

use crate::tokens::{color, space};

/// Keys and what they do, by group.
pub const KEYS: &[(&str, &[(&str, &str)])] = &[
    (
        "Everywhere",
        &[
            ("1 2 3", "Orbit, walk, fly"),
            ("F", "Fly to the selection, or see the whole plant"),
            ("Home", "Back to the first view"),
            ("L", "Value labels on or off"),
            ("X", "Lines along edges on or off"),
            ("Space", "Hold this moment, or go on"),
            (", .", "Ten seconds back or on"),
            ("End", "Back to now"),
            ("P", "Point at what is under the cursor, for everyone in the room"),
            ("Esc", "Put the pen away, go solo, or clear the selection"),
            ("Ctrl O", "Open a plant"),
            ("F1", "This list"),
            ("F2", "Panels on or off"),
        ],
    ),
    (
        "Orbit",
        &[
            ("Left drag", "Turn about what is under the cursor"),
            ("Middle drag, Shift + left drag", "Move sideways"),
            ("Wheel", "Closer to what is under the cursor"),
        ],
    ),
    (
        "Walk and fly",
        &[
            ("W A S D, arrows", "Go"),
            ("Left drag", "Look round"),
            ("Shift", "Faster"),
            ("Q E", "Down and up (fly)"),
        ],
    ),
];

/// Draws the list of keys as a window with its own close button.
pub fn help_ui(ui: &mut Ui, open: &mut bool) {
    egui::Window::new("Keys")
        .open(open)
        .collapsible(false)
        .resizable(false)
        .anchor(egui::Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .show(ui.ctx(), |ui| {
            for (group, keys) in KEYS {
                crate::inspector::group_ui(ui, group);
                Grid::new(group)
                    .num_columns(2)
                    .spacing([space::L, space::XS])
                    .show(ui, |ui| {
                        for (key, what) in *keys {
                            ui.label(RichText::new(*key).strong());
                            ui.label(RichText::new(*what).color(color::text()));
                            ui.end_row();
                        }
                    });
            }
        });
}
