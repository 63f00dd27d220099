//! What of mouse and keys is the panels' or a note's flag's, so that navigation, selection and shortcuts leave it alone.

use bevy::{ecs::system::SystemParam, prelude::*};
use bevy_egui::input::EguiWantsInput;

use super::ViewRect;
use crate::session::NoteFlags;

/// Asked by everything that reads mouse or keys.
#[derive(SystemParam)]
pub struct PanelClaims<'w> {
    egui: Option<Res<'w, EguiWantsInput>>,
    free: Option<Res<'w, ViewRect>>,
    flags: Option<Res<'w, NoteFlags>>,
}

impl PanelClaims<'_> {
    /// Whether a click, drag or scroll at `cursor`, in logical pixels, is the panels'.
    ///
    /// egui answers for what floats and for drags under way; the panels at the edges share its background with the
    /// plant, so they are known by the part of the window that they leave free.
    #[must_use]
    pub fn pointer(&self, cursor: Option<Vec2>) -> bool {
        let floats = self
            .egui
            .as_ref()
            .is_some_and(|egui| egui.wants_any_pointer_input());
        let is_on_flag = || {
            self.flags
                .as_ref()
                .zip(cursor)
                .is_some_and(|(flags, at)| flags.at(egui::pos2(at.x, at.y)).is_some())
        };
        floats || is_outside(self.free.as_ref().and_then(|free| free.0), cursor) || is_on_flag()
    }

    /// Whether keys are typed into a panel.
    #[must_use]
    pub fn keys(&self) -> bool {
        self.egui
            .as_ref()
            .is_some_and(|egui| egui.wants_any_keyboard_input())
    }
}

fn is_outside(free: Option<egui::Rect>, cursor: Option<Vec2>) -> bool {
    free.zip(cursor)
        .is_some_and(|(free, at)| !free.contains(egui::pos2(at.x, at.y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_are_the_panels() {
        let free = Some(egui::Rect::from_min_max(
            egui::pos2(176.0, 32.0),
            egui::pos2(600.0, 468.0),
        ));
        assert!(!is_outside(free, Some(Vec2::new(400.0, 250.0))));
        assert!(is_outside(free, Some(Vec2::new(40.0, 300.0))));
        assert!(is_outside(free, Some(Vec2::new(400.0, 10.0))));
        assert!(!is_outside(None, Some(Vec2::new(40.0, 300.0))), "no panels");
        assert!(!is_outside(free, None));
    }
}
