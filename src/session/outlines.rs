//! Lines of other people: what they point along, and a box about what they have selected, in their colours.

use bevy::{
    gizmos::config::{GizmoConfig, GizmoConfigGroup, GizmoLineConfig},
    prelude::*,
};
use gemba_model::PrimPath;
use gemba_panels::tokens::color::person_in_plant;
use gemba_session::ParticipantId;
use gemba_usd::doc::{Aabb, PrimIndex};

use super::{Others, avatars::colour_of};
use crate::{
    plant::{Plant, PrimEntities, PrimExtents, PrimTransforms, ViewOrigin},
    selection::{edges_in_view, view_from_prim},
};

/// Rays and boxes of others; always seen, because what is pointed at may lie behind a wall.
#[derive(Default, Reflect, GizmoConfigGroup)]
pub(super) struct PeopleLines;

pub(super) fn add_lines(app: &mut App) {
    app.insert_gizmo_config(
        PeopleLines,
        GizmoConfig {
            line: GizmoLineConfig {
                width: 2.5,
                ..default()
            },
            depth_bias: -1.0,
            ..default()
        },
    );
}

/// Draws what others point along, with rings that run out from where it ends.
pub(super) fn draw_rays(
    others: Res<Others>,
    origin: Res<ViewOrigin>,
    eye: Res<crate::navigation::Eye>,
    time: Res<Time>,
    mut lines: Gizmos<PeopleLines>,
) {
    for other in &others.0 {
        let Some([from_m, to_m]) = other.shown.and_then(|shown| shown.ray_m) else {
            continue;
        };
        let colour = colour_of(person_in_plant(other.colour));
        let [from, to] = [from_m, to_m].map(|at_m| origin.in_view(at_m));
        // From the chin, so that the one who follows does not look along it.
        lines.line(from - Vec3::Y * 0.12, to, colour);
        let towards_us = eye.pose.rotation().as_quat();
        let size_m = (eye.pose.eye_m.distance(to_m) as f32 * 0.03).max(0.05);
        let beat = (time.elapsed_secs() * 1.2).fract();
        for ratio in [0.25, 0.25 + 0.75 * beat] {
            let fade = if ratio > 0.25 { 1.0 - beat } else { 1.0 };
            lines.circle(
                Isometry3d::new(to, towards_us),
                size_m * ratio,
                colour.with_alpha(fade),
            );
        }
    }
}

/// What someone has selected, and its box in its own space.
pub(super) struct SelectedByOther {
    who: ParticipantId,
    path: PrimPath,
    colour: u8,
    found: Option<(PrimIndex, Aabb)>,
}

/// Draws boxes about what others have selected; each is found once for each selection.
pub(super) fn draw_selections(
    others: Res<Others>,
    plant: Option<Res<Plant>>,
    entities: Res<PrimEntities>,
    extents: PrimExtents,
    transforms: Res<PrimTransforms>,
    origin: Res<ViewOrigin>,
    mut boxes: Local<Vec<SelectedByOther>>,
    mut lines: Gizmos<PeopleLines>,
) {
    let Some(plant) = plant else {
        boxes.clear();
        return;
    };
    if entities.is_changed() {
        boxes.clear();
    }
    let selected = || {
        others
            .0
            .iter()
            .flat_map(|other| other.selection.iter().map(move |path| (other, path)))
    };
    let is_known = |boxes: &[SelectedByOther], who, path: &PrimPath| {
        boxes.iter().any(|known| known.who == who && known.path == *path)
    };
    boxes.retain(|known| selected().any(|(other, path)| other.who == known.who && *path == known.path));
    for (other, path) in selected() {
        if is_known(&boxes, other.who, path) {
            continue;
        }
        let prim = plant.doc.find(path);
        boxes.push(SelectedByOther {
            who: other.who,
            path: path.clone(),
            colour: other.colour,
            found: prim.and_then(|prim| Some((prim, extents.in_prim(prim)?))),
        });
    }
    for known in boxes.iter() {
        let Some((prim, aabb)) = known.found else { continue };
        let colour = colour_of(person_in_plant(known.colour)).with_alpha(0.9);
        for [from, to] in edges_in_view(aabb, view_from_prim(*origin, &transforms, prim)) {
            lines.line(from, to, colour);
        }
    }
}
