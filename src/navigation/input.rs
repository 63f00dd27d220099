//! What a person asks of the eye this frame, as one plain value: mouse and keys, a script and a test all fill it.

use bevy::{
    input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit},
    math::{DVec2, DVec3},
    prelude::*,
    window::{CursorMoved, PrimaryWindow},
};

use crate::{session::Pen, ui::PanelClaims};

/// One frame of wishes.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct NavigationInput {
    /// Where the cursor is, in normalised device coordinates (-1 to 1, right and up).
    pub cursor: Option<DVec2>,
    /// What the drag under way does.
    pub drag: DragAction,
    /// The drag began this frame.
    pub is_drag_start: bool,
    /// How far it went this frame in heights of the view, right and up.
    pub dragged: DVec2,
    /// Wheel steps, positive towards the plant.
    pub zoom_steps: f64,
    /// Right, up and forward, each -1 to 1.
    pub go: DVec3,
    /// Turn to the left, in radians a second.
    pub turn_rad_per_s: f64,
    /// Run.
    pub is_fast: bool,
}

impl NavigationInput {
    /// Whether a person does anything at all.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.drag != DragAction::None
            || self.zoom_steps != 0.0
            || self.go != DVec3::ZERO
            || self.turn_rad_per_s != 0.0
    }
}

/// What dragging the mouse does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DragAction {
    /// No drag.
    #[default]
    None,
    /// Turn: about the pivot in orbit, on the spot on foot.
    Turn,
    /// Move sideways.
    Pan,
}

/// Reads mouse and keys, unless the panels want them.
pub(super) fn read_input(
    mut input: ResMut<NavigationInput>,
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    keys: Option<Res<ButtonInput<KeyCode>>>,
    motion: Option<Res<AccumulatedMouseMotion>>,
    cursor: Option<MessageReader<CursorMoved>>,
    scroll: Option<Res<AccumulatedMouseScroll>>,
    panels: PanelClaims,
    pen: Option<Res<Pen>>,
    windows: Query<&Window, With<PrimaryWindow>>,
) {
    let was = input.drag;
    *input = NavigationInput::default();
    let (Some(buttons), Some(keys), Ok(window)) = (buttons, keys, windows.single()) else {
        return;
    };
    let panels_want_pointer = panels.pointer(window.cursor_position());
    let is_shifted = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    let size = window.size().as_dvec2().max(DVec2::ONE);
    input.cursor = window.cursor_position().map(|at| {
        let at = at.as_dvec2() / size * 2.0 - 1.0;
        DVec2::new(at.x, -at.y)
    });
    // The pen takes the left button alone: whoever draws still pans and zooms.
    let is_drawn = pen.is_some_and(|pen| pen.shape().is_some()) && buttons.pressed(MouseButton::Left);
    input.drag = drag_action(was, &buttons, is_shifted, panels_want_pointer || is_drawn);
    input.is_drag_start = input.drag != DragAction::None && was == DragAction::None;
    if let Some(mut cursor) = cursor {
        let moved = moved(
            cursor.read().map(|moved| moved.delta),
            motion.map(|motion| motion.delta),
        );
        if input.drag != DragAction::None && !input.is_drag_start {
            input.dragged = DVec2::new(moved.x.into(), (-moved.y).into()) / size.y;
        }
    }
    if let Some(scroll) = scroll.filter(|_| !panels_want_pointer) {
        let steps_per_unit = match scroll.unit {
            MouseScrollUnit::Line => 1.0,
            // What one notch of a wheel scrolls on most systems.
            MouseScrollUnit::Pixel => 1.0 / 50.0,
        };
        input.zoom_steps = f64::from(scroll.delta.y) * steps_per_unit;
    }
    if !panels.keys() {
        input.go = direction(&keys);
        input.is_fast = is_shifted;
    }
}

/// How far a drag went: as the cursor did. What the device says counts only where the cursor cannot go on, at the edge of the screen: a
/// tablet, a virtual machine or a remote desktop tells where it is and not how far it went, and would throw the view about.
fn moved(cursor: impl Iterator<Item = Option<Vec2>>, device: Option<Vec2>) -> Vec2 {
    cursor
        .flatten()
        .reduce(|sum, delta| sum + delta)
        .or(device)
        .unwrap_or_default()
}

/// A drag goes on until its button is released, wherever the cursor is; it cannot begin on a panel.
fn drag_action(
    was: DragAction,
    buttons: &ButtonInput<MouseButton>,
    is_shifted: bool,
    panels_want_pointer: bool,
) -> DragAction {
    let is_held = buttons.any_pressed([MouseButton::Left, MouseButton::Middle, MouseButton::Right]);
    if !is_held {
        return DragAction::None;
    }
    if was != DragAction::None {
        return was;
    }
    let is_pressed = buttons.any_just_pressed([MouseButton::Left, MouseButton::Middle, MouseButton::Right]);
    if panels_want_pointer || !is_pressed {
        return DragAction::None;
    }
    if buttons.pressed(MouseButton::Left) && !is_shifted {
        DragAction::Turn
    } else {
        DragAction::Pan
    }
}

fn direction(keys: &ButtonInput<KeyCode>) -> DVec3 {
    if keys.any_pressed([
        KeyCode::ControlLeft,
        KeyCode::ControlRight,
        KeyCode::AltLeft,
        KeyCode::SuperLeft,
    ]) {
        return DVec3::ZERO;
    }
    let axis = |more: &[KeyCode], less: &[KeyCode]| {
        let held = |keys_of: &[KeyCode]| f64::from(u8::from(keys.any_pressed(keys_of.iter().copied())));
        held(more) - held(less)
    };
    DVec3::new(
        axis(
            &[KeyCode::KeyD, KeyCode::ArrowRight],
            &[KeyCode::KeyA, KeyCode::ArrowLeft],
        ),
        axis(
            &[KeyCode::KeyE, KeyCode::PageUp],
            &[KeyCode::KeyQ, KeyCode::PageDown],
        ),
        axis(
            &[KeyCode::KeyW, KeyCode::ArrowUp],
            &[KeyCode::KeyS, KeyCode::ArrowDown],
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_goes_as_far_as_the_cursor() {
        let right = |x: f32| Some(Vec2::new(x, 0.0));
        let cursor = [None, right(3.0), right(4.0)];
        // A tablet says that it is at 900 of 1 000.
        assert_eq!(Some(moved(cursor.into_iter(), right(900.0))), right(7.0));
        let at_the_edge = moved([].into_iter(), right(5.0));
        assert_eq!(Some(at_the_edge), right(5.0));
        assert_eq!(moved([].into_iter(), None), Vec2::ZERO);
    }
}
