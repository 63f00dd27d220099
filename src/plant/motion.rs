//! Moving prims: effects say where a prim is relative to its place at rest, and only its subtree is composed again.

use std::collections::{BTreeMap, BTreeSet};

use bevy::{math::DAffine3, prelude::*};
use gemba_usd::doc::PrimIndex;

use super::components::PrimRef;
use super::{
    Plant,
    components::PrimEntities,
    origin::ViewOrigin,
    placement::{PrimFromPart, PrimTransforms, WorldFromPrim},
};

/// Where moved prims are, relative to their place at rest.
///
/// Set in [`GembaSystems::Derive`](crate::schedule::GembaSystems::Derive); carried out in
/// [`GembaSystems::Present`](crate::schedule::GembaSystems::Present) of the same frame.
#[derive(Resource, Default)]
pub struct PrimMotions {
    prim_from_moved: BTreeMap<PrimIndex, DAffine3>,
    changed: BTreeSet<PrimIndex>,
}

impl PrimMotions {
    /// Moves `prim` and everything below it by `prim_from_moved`, in the prim's own space and units: a rotation turns it
    /// about its own origin, a translation is along its own axes.
    pub fn set(&mut self, prim: PrimIndex, prim_from_moved: DAffine3) {
        if !prim_from_moved.is_finite() {
            return;
        }
        if self.prim_from_moved.insert(prim, prim_from_moved) != Some(prim_from_moved) {
            self.changed.insert(prim);
        }
    }

    /// Puts `prim` back to its place at rest.
    pub fn clear(&mut self, prim: PrimIndex) {
        if self.prim_from_moved.remove(&prim).is_some() {
            self.changed.insert(prim);
        }
    }

    /// Forgets everything, for another plant.
    pub(super) fn reset(&mut self) {
        self.prim_from_moved.clear();
        self.changed.clear();
    }
}

/// Composes the subtrees of changed motions again and places their entities.
pub(super) fn apply_motions(
    plant: Option<Res<Plant>>,
    mut motions: ResMut<PrimMotions>,
    mut transforms: ResMut<PrimTransforms>,
    origin: Res<ViewOrigin>,
    entities: Res<PrimEntities>,
    mut placed: Query<(&PrimRef, &mut WorldFromPrim, Option<&PrimFromPart>)>,
) {
    if motions.changed.is_empty() {
        return;
    }
    let Some(plant) = plant else { return };
    let changed = std::mem::take(&mut motions.changed);
    let mut composed_to = 0;
    for prim in changed {
        let rows = plant.doc.subtree(prim);
        // Rows are depth-first and `changed` is sorted: what starts before `composed_to` lies in a subtree just done.
        if rows.start < composed_to {
            continue;
        }
        composed_to = rows.end;
        transforms.compose(&plant.doc, rows.clone(), |prim| {
            motions.prim_from_moved.get(&prim).copied()
        });
        for entity in entities.in_rows(rows) {
            if let Ok((prim, mut placement, part)) = placed.get_mut(entity) {
                placement.set_if_neq(WorldFromPrim(
                    transforms.view_from_part(*origin, prim.index, part),
                ));
            }
        }
    }
}
