//! What of mouse and keys is the panels' or a note's flag's, so that navigation, selection and shortcuts leave it alone.

use bevy::{ecs::system::SystemParam, prelude::*};
use bevy_egui::EguiContext;

use super::ViewRect;
use crate::{session::NoteFlags, visual::PlantCamera};

/// What the panels in the window want of mouse and keys, as the last frame left them. Panels in the plant belong to whoever wears the
/// headset: a hand that points at one takes nothing from who sits at the window.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(crate) struct WindowWants {
    pub(crate) pointer: bool,
    keys: bool,
}

/// Asks the panels in the window.
pub(super) fn ask(mut contexts: Query<&mut EguiContext, With<PlantCamera>>, mut wants: ResMut<WindowWants>) {
    let wants = &mut *wants;
    *wants = WindowWants::default();
    for mut context in &mut contexts {
        let context = context.get_mut();
        let is_popup_open = context.any_popup_open();
        wants.pointer |= context.is_pointer_over_egui()
            || context.egui_wants_pointer_input()
            || context.egui_is_using_pointer()
            || is_popup_open;
        wants.keys |= context.egui_wants_keyboard_input() || is_popup_open;
    }
}

/// Asked by everything that reads mouse or keys.
#[derive(SystemParam)]
pub struct PanelClaims<'w> {
    wants: Option<Res<'w, WindowWants>>,
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
        let floats = self.wants.as_ref().is_some_and(|wants| wants.pointer);
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
        self.wants.as_ref().is_some_and(|wants| wants.keys)
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
