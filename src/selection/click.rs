//! A click: press and release on one spot of the plant, without a drag.

use bevy::{math::DVec2, prelude::*, window::PrimaryWindow};
use gemba_panels::ViewerCommand;

use crate::{
    command::Requested, inspection::PlantRays, navigation::Eye, plant::Plant, session::Pen, ui::PanelClaims,
};

/// A hand that clicks moves the mouse by less than this.
const CLICK_PX: f32 = 4.0;

/// Asks to select what was clicked, or nothing when the click met nothing.
pub(super) fn select_clicked(
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    panels: PanelClaims,
    pen: Option<Res<Pen>>,
    windows: Query<&Window, With<PrimaryWindow>>,
    eye: Res<Eye>,
    plant: Option<Res<Plant>>,
    rays: PlantRays,
    mut pressed_at: Local<Option<Vec2>>,
    mut requests: MessageWriter<Requested>,
) {
    let (Some(buttons), Ok(window)) = (buttons, windows.single()) else {
        return;
    };
    let is_drawn = pen.is_some_and(|pen| pen.shape().is_some());
    if buttons.just_pressed(MouseButton::Left) {
        *pressed_at = window
            .cursor_position()
            .filter(|at| !panels.pointer(Some(*at)) && !is_drawn);
    }
    if !buttons.just_released(MouseButton::Left) {
        return;
    }
    let (Some(from), Some(at)) = (pressed_at.take(), window.cursor_position()) else {
        return;
    };
    let (Some(plant), Some(shown)) = (plant, rays.shown()) else {
        return;
    };
    if from.distance(at) > CLICK_PX {
        return;
    }
    let size = window.size().as_dvec2().max(DVec2::ONE);
    let ndc = at.as_dvec2() / size * 2.0 - 1.0;
    let direction = eye.pose.ray_direction(DVec2::new(ndc.x, -ndc.y), size.x / size.y);
    let hit = shown.pick(eye.pose.eye_m, direction, f64::MAX);
    let prim = hit.and_then(|hit| plant.doc.prims.get(hit.prim.index()));
    requests.write(Requested(match prim {
        Some(prim) => ViewerCommand::SelectPrim {
            prim: prim.path.clone(),
        },
        None => ViewerCommand::ClearSelection,
    }));
}
