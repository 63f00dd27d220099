//! What lies under a cursor that rests.

use std::time::Duration;

use bevy::{math::DVec2, prelude::*, window::PrimaryWindow};
use gemba_panels::{HoverModel, MOST_HOVERED_POINTS};
use gemba_twin::TwinIndex;
use gemba_usd::doc::PrimIndex;

use super::{Desktop, PanelClaims, plant_model::prim_name, twin_model::PointFacts};
use crate::{inspection::PlantRays, navigation::Eye, plant::Plant, session::Pen};

/// A cursor that passes over the plant asks for nothing.
const REST: Duration = Duration::from_millis(350);
/// A hand that rests still trembles.
const TREMBLE_PX: f32 = 3.0;

/// Where the cursor rests since when, and what lies there.
#[derive(Default)]
pub(super) struct Resting {
    at: Option<Vec2>,
    since: Duration,
    found: Option<(PrimIndex, Option<TwinIndex>)>,
    is_asked: bool,
}

/// Finds what lies under a cursor that rests, once, and shows how it is until the cursor moves on.
pub(super) fn fill_hover(
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    panels: PanelClaims,
    pen: Res<Pen>,
    windows: Query<&Window, With<PrimaryWindow>>,
    eye: Res<Eye>,
    rays: PlantRays,
    plant: Option<Res<Plant>>,
    mut facts: PointFacts,
    time: Res<Time<Real>>,
    mut resting: Local<Resting>,
    mut desktop: ResMut<Desktop>,
) {
    let window = windows.single().ok();
    let is_pressed = buttons.is_some_and(|buttons| buttons.get_pressed().len() > 0);
    let cursor = window
        .and_then(Window::cursor_position)
        .filter(|at| !is_pressed && pen.shape().is_none() && !panels.pointer(Some(*at)));
    let has_moved = match (cursor, resting.at) {
        (Some(now), Some(before)) => now.distance(before) > TREMBLE_PX,
        (None, None) => false,
        _ => true,
    };
    if has_moved {
        *resting = Resting {
            at: cursor,
            since: time.elapsed(),
            ..Resting::default()
        };
    }
    let (Some(at), Some(window), Some(plant)) = (resting.at, window, &plant) else {
        desktop.model.hover = None;
        return;
    };
    if time.elapsed() < resting.since + REST {
        desktop.model.hover = None;
        return;
    }
    if !resting.is_asked {
        resting.is_asked = true;
        let size = window.size().as_dvec2().max(DVec2::ONE);
        let ndc = at.as_dvec2() / size * 2.0 - 1.0;
        let direction = eye.pose.ray_direction(DVec2::new(ndc.x, -ndc.y), size.x / size.y);
        resting.found = rays
            .shown()
            .and_then(|shown| shown.pick(eye.pose.eye_m, direction, f64::MAX))
            .map(|hit| (hit.prim, facts.bindings.twin_of(&plant.doc, hit.prim)));
    }
    desktop.model.hover = resting
        .found
        .and_then(|(prim, twin)| card(&mut facts, plant, prim, twin, at));
}

fn card(
    facts: &mut PointFacts,
    plant: &Plant,
    prim: PrimIndex,
    twin: Option<TwinIndex>,
    at: Vec2,
) -> Option<HoverModel> {
    let found = plant.doc.prims.get(prim.index())?;
    let known = twin.and_then(|at| Some((at, facts.plan.twins.get(at.0 as usize)?.clone())));
    let Some((index, twin)) = known else {
        return Some(HoverModel {
            at: at.into(),
            name: prim_name(found),
            class: found.type_name.clone(),
            ..HoverModel::default()
        });
    };
    let mut points = facts.rows_of(index);
    // Stable: within the same urgency the plan's order stays.
    points.sort_by_key(|row| (row.limit.mark().is_none(), !row.limit.is_worst()));
    let more = points.len().saturating_sub(MOST_HOVERED_POINTS);
    points.truncate(MOST_HOVERED_POINTS);
    let name = if *twin.name == *twin.id {
        twin.name.clone()
    } else {
        format!("{}  {}", twin.id, twin.name).into()
    };
    Some(HoverModel {
        at: at.into(),
        name,
        class: twin.class.clone().unwrap_or_default(),
        points,
        more,
    })
}
