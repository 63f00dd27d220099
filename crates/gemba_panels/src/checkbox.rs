//! The checkbox of all panels: found by its outline while it is empty.

use egui::{Checkbox, Response, Ui};

use crate::tokens::outline;

/// Draws a checkbox with its word; one that is not enabled shows what is so and takes no click.
pub(crate) fn checkbox_ui(ui: &mut Ui, is_enabled: bool, is_on: &mut bool, word: &str) -> Response {
    // Set for this one and put back, not in a scope: a row that wraps would not know how wide it is.
    let stroke = std::mem::replace(&mut ui.visuals_mut().widgets.inactive.bg_stroke, outline());
    let response = ui.add_enabled(is_enabled, Checkbox::new(is_on, word));
    ui.visuals_mut().widgets.inactive.bg_stroke = stroke;
    response
}
