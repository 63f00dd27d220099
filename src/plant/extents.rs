//! How far a prim reaches: the box of what it and everything below it draws.

use bevy::{
    camera::primitives::Aabb as CullingBox,
    ecs::system::SystemParam,
    math::{DMat4, DVec3},
    prelude::*,
};
use gemba_usd::doc::{Aabb, PrimIndex};

use super::{Plant, PrimEntities, PrimTransforms, ViewOrigin};

/// Finds the boxes of prims.
#[derive(SystemParam)]
pub struct PrimExtents<'w, 's> {
    plant: Option<Res<'w, Plant>>,
    transforms: Res<'w, PrimTransforms>,
    origin: Res<'w, ViewOrigin>,
    entities: Res<'w, PrimEntities>,
    placed: Query<'w, 's, (&'static GlobalTransform, &'static CullingBox)>,
}

impl PrimExtents<'_, '_> {
    /// The box in the world, in metres; `None` when nothing is drawn.
    #[must_use]
    pub fn in_world(&self, prim: PrimIndex) -> Option<Aabb> {
        let plant = self.plant.as_ref()?;
        self.within(plant, prim, self.origin.world_from_view())
    }

    /// The box in the prim's own space; `None` when nothing is drawn or the prim is flat in its own space.
    #[must_use]
    pub fn in_prim(&self, prim: PrimIndex) -> Option<Aabb> {
        let plant = self.plant.as_ref()?;
        let prim_from_view =
            (self.origin.view_from_world() * self.transforms.world_from_prim(prim)).inverse();
        prim_from_view
            .is_finite()
            .then(|| self.within(plant, prim, prim_from_view))
            .flatten()
    }

    /// Where the prim itself is, in the world.
    #[must_use]
    pub fn place_m(&self, prim: PrimIndex) -> DVec3 {
        self.transforms.world_from_prim(prim).w_axis.truncate()
    }

    fn within(&self, plant: &Plant, prim: PrimIndex, space_from_view: DMat4) -> Option<Aabb> {
        self.entities
            .in_rows(plant.doc.subtree(prim))
            .filter_map(|entity| {
                let (global, culling) = self.placed.get(entity).ok()?;
                let (center, half) = (culling.center.as_dvec3(), culling.half_extents.as_dvec3());
                let drawn = Aabb {
                    min: center - half,
                    max: center + half,
                };
                Some(drawn.transformed(space_from_view * DMat4::from(global.affine().as_daffine3())))
            })
            .reduce(Aabb::union)
    }
}
