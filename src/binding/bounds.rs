//! Boxes of prims at rest, for filling tanks and placing labels.

use bevy::math::{DMat4, DVec3};
use gemba_usd::{
    SceneDoc,
    doc::{Aabb, PrimIndex, Purpose},
};

/// World transforms and boxes of all prims at rest, in metres with Y up, relative to the plant's origin.
pub(crate) struct RestBounds {
    world_from_prim: Vec<DMat4>,
    subtree: Vec<Option<Aabb>>,
}

impl RestBounds {
    /// Reads `doc` once.
    pub(crate) fn new(doc: &SceneDoc, origin_m: DVec3) -> Self {
        let world_from_stage = DMat4::from_translation(-origin_m) * doc.stage.world_from_stage();
        let mut world_from_prim: Vec<DMat4> = Vec::with_capacity(doc.prims.len());
        for prim in &doc.prims {
            let parent = prim.parent.filter(|_| !prim.resets_xform_stack);
            let world_from_parent = parent.and_then(|parent| world_from_prim.get(parent.index()).copied());
            world_from_prim.push(world_from_parent.unwrap_or(world_from_stage) * prim.parent_from_prim);
        }
        let subtree = subtree_boxes(doc, &world_from_prim);
        Self {
            world_from_prim,
            subtree,
        }
    }

    /// The box of `prim` and all that is drawn below it.
    pub(crate) fn of(&self, prim: PrimIndex) -> Option<Aabb> {
        self.subtree.get(prim.index()).copied().flatten()
    }

    /// World transform of `prim` at rest.
    pub(crate) fn world_from_prim(&self, prim: PrimIndex) -> DMat4 {
        self.world_from_prim
            .get(prim.index())
            .copied()
            .unwrap_or(DMat4::IDENTITY)
    }
}

fn subtree_boxes(doc: &SceneDoc, world_from_prim: &[DMat4]) -> Vec<Option<Aabb>> {
    let mut boxes: Vec<Option<Aabb>> = doc
        .prims
        .iter()
        .zip(world_from_prim)
        .map(|(prim, world_from_prim)| {
            let is_drawn = prim.visible
                && !prim.is_point_prototype
                && matches!(prim.purpose, Purpose::Default | Purpose::Render);
            let mesh = doc.meshes.get(prim.mesh.filter(|_| is_drawn)?.index())?;
            mesh.bounds.map(|bounds| bounds.transformed(*world_from_prim))
        })
        .collect();
    // Children come after their parent, so a pass from the end has joined all of a prim's children before the prim.
    for row in (0..boxes.len()).rev() {
        let Some(parent) = doc.prims[row].parent.map(PrimIndex::index) else {
            continue;
        };
        boxes[parent] = match (boxes[parent], boxes[row]) {
            (Some(one), Some(other)) => Some(one.union(other)),
            (one, other) => one.or(other),
        };
    }
    boxes
}
