//! World matrices at the start, middle and end of the time range, for prims whose own transform moves.

use glam::DMat4;
use openusd::usd::TimeCode;
use serde_json::{Value, json};

use super::{
    Scene,
    number::{matrix, rounded},
};
use crate::{
    doc::PrimIndex,
    read::xform::{local_transform, op_times},
};

/// A row for each moving prim.
pub(super) fn animated(scene: &Scene) -> Vec<Value> {
    let moving = scene
        .own_prims()
        .filter(|prim| scene.doc.prims[prim.index()].is_time_varying);
    moving.filter_map(|prim| row(scene, prim)).collect()
}

fn row(scene: &Scene, prim: PrimIndex) -> Option<Value> {
    let [start, end] = match scene.doc.stage.time_range {
        Some(range) => range,
        None => {
            let times = op_times(&scene.view(prim)?);
            [times.first().copied()?, times.last().copied()?]
        }
    };
    let times = [start, (start + end) / 2.0, end];
    let worlds: Option<Vec<Value>> = times
        .iter()
        .map(|time| Some(matrix(world_at(scene, prim, *time)?)))
        .collect();
    Some(json!([
        scene.doc.prims[prim.index()].path,
        times.map(rounded),
        worlds?
    ]))
}

/// The world matrix of `prim` at `time`: ancestors that do not move keep their transform.
fn world_at(scene: &Scene, prim: PrimIndex, time: f64) -> Option<DMat4> {
    let mut world = DMat4::IDENTITY;
    let mut at = Some(prim);
    while let Some(prim) = at {
        let row = scene.doc.prims.get(prim.index())?;
        let local = if row.is_time_varying {
            let view = scene.view(prim)?;
            // Without time codes in a second no time is later than the earliest.
            let moves = scene.doc.stage.time_codes_per_second > 0.0;
            let view = if moves {
                view.at(TimeCode::from(time))
            } else {
                view
            };
            local_transform(&view).parent_from_prim
        } else {
            row.parent_from_prim
        };
        world = local * world;
        at = row.parent.filter(|_| !row.resets_xform_stack);
    }
    Some(world)
}
