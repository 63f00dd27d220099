//! Drives the motions of prims: what follows a value, and what turns by itself.

use bevy::prelude::*;

use super::{Bindings, TwinPlan};
use crate::{plant::PrimMotions, telemetry::Points, timeline::PlantClock};

/// Poses the prims whose points changed, and those that turn by themselves.
pub(super) fn move_prims(
    points: Res<Points>,
    plan: Res<TwinPlan>,
    mut bindings: ResMut<Bindings>,
    mut motions: ResMut<PrimMotions>,
    clock: Res<PlantClock>,
) {
    let Bindings {
        moved,
        moved_of_point,
        turning,
        is_turning,
        ..
    } = bindings.bypass_change_detection();
    for point in points.changed() {
        for &row in moved_of_point.of(point.0 as usize) {
            let prim = &mut moved[row as usize];
            if prim.follow(&plan, *point, points.get(*point)) {
                motions.set(prim.prim, prim.prim_from_moved(&plan));
            }
            if prim.is_turning() && !is_turning[row as usize] {
                is_turning[row as usize] = true;
                turning.push(row);
            }
        }
    }
    let secs = clock.step.as_secs_f64();
    turning.retain(|row| {
        let prim = &mut moved[*row as usize];
        is_turning[*row as usize] = prim.is_turning();
        if prim.is_turning() {
            prim.advance(secs);
            motions.set(prim.prim, prim.prim_from_moved(&plan));
        }
        prim.is_turning()
    });
}
