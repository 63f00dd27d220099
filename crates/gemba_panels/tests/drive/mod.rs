//! Draws a panel in a window and keeps what it asks for.

use std::{cell::RefCell, rc::Rc};

use egui_kittest::Harness;
use gemba_model::PrimPath;
use gemba_panels::{ViewerCommand, tokens};

/// What the panels asked for so far.
pub(crate) type Asked = Rc<RefCell<Vec<ViewerCommand>>>;

/// Draws a panel in a window and settles it.
pub(crate) fn harness<'a>(
    mut draw: impl FnMut(&mut egui::Ui, &mut Vec<ViewerCommand>) + 'a,
) -> (Harness<'a>, Asked) {
    let asked = Asked::default();
    let sink = asked.clone();
    let mut is_styled = false;
    let mut harness = Harness::builder().with_size([900.0, 700.0]).build_ui(move |ui| {
        // The style of a frame is set before it: the app has done so before its first.
        if !is_styled {
            tokens::apply(ui.ctx());
            ui.ctx().request_repaint();
            is_styled = true;
            return;
        }
        draw(ui, &mut sink.borrow_mut());
    });
    harness.run_ok();
    (harness, asked)
}

/// A prim path that is one.
pub(crate) fn path(text: &str) -> PrimPath {
    PrimPath::new(text).expect("a prim path")
}
