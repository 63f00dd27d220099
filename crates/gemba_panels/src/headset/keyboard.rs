//! A keyboard to type on by ray.

use egui::{Align, CornerRadius, Layout, Ui, UiBuilder, Vec2};

use crate::tokens::{color, outline, space};

/// Width and height of the keyboard, in points.
pub const KEYBOARD_SIZE_PT: [f32; 2] = [520.0, 218.0];
const KEY_PT: f32 = 36.0;
const GAP_PT: f32 = 4.0;

/// What is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStroke {
    /// A character.
    Text(char),
    /// Take the character before the cursor away.
    Backspace,
    /// What is typed is finished.
    Enter,
    /// One to the left.
    Left,
    /// One to the right.
    Right,
    /// Put the keyboard away.
    Done,
}

/// How the keys are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyboardView {
    is_shifted: bool,
    has_signs: bool,
}

const LETTERS: [&str; 4] = ["1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm,."];
const SIGNS: [&str; 4] = ["1234567890_", "!\"#$%&/()=", "+*~^°{}[]", "<>|\\;:?@'"];

/// Draws the keyboard into all of `ui` and adds what is typed.
pub fn keyboard_ui(ui: &mut Ui, view: &mut KeyboardView, typed: &mut Vec<KeyStroke>) {
    let whole = ui.max_rect();
    ui.painter()
        .rect_filled(whole, CornerRadius::ZERO, color::panel());
    ui.painter()
        .rect_stroke(whole, CornerRadius::ZERO, outline(), egui::StrokeKind::Inside);
    let inner = UiBuilder::new().max_rect(whole.shrink(space::S));
    ui.scope_builder(inner, |ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(GAP_PT);
        let rows = if view.has_signs { SIGNS } else { LETTERS };
        for row in rows {
            let width_pt = row.chars().count() as f32 * (KEY_PT + GAP_PT) - GAP_PT;
            ui.horizontal(|ui| {
                ui.add_space(((ui.available_width() - width_pt) * 0.5).max(0.0));
                for sign in row.chars() {
                    let sign = if view.is_shifted {
                        sign.to_ascii_uppercase()
                    } else {
                        sign
                    };
                    if key_ui(ui, &sign.to_string(), KEY_PT) {
                        typed.push(KeyStroke::Text(sign));
                        view.is_shifted = false;
                    }
                }
            });
        }
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            last_row_ui(ui, view, typed);
        });
    });
}

fn last_row_ui(ui: &mut Ui, view: &mut KeyboardView, typed: &mut Vec<KeyStroke>) {
    let shift = if view.is_shifted { "SHIFT" } else { "Shift" };
    if key_ui(ui, shift, 58.0) {
        view.is_shifted = !view.is_shifted;
    }
    if key_ui(ui, if view.has_signs { "abc" } else { "?#+" }, 44.0) {
        view.has_signs = !view.has_signs;
    }
    for (word, width_pt, stroke) in [
        ("Left", 44.0, KeyStroke::Left),
        ("Space", 108.0, KeyStroke::Text(' ')),
        ("Right", 48.0, KeyStroke::Right),
        ("Delete", 58.0, KeyStroke::Backspace),
        ("Enter", 54.0, KeyStroke::Enter),
        ("Done", 52.0, KeyStroke::Done),
    ] {
        if key_ui(ui, word, width_pt) {
            typed.push(stroke);
        }
    }
}

fn key_ui(ui: &mut Ui, word: &str, width_pt: f32) -> bool {
    ui.add_sized([width_pt, KEY_PT], egui::Button::new(word))
        .clicked()
}
