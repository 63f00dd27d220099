//! Where prims are: composed in f64, handed to the renderer in f32 relative to the [`ViewOrigin`].
//!
//! Bevy's [`Transform`] stays at its default on plant entities. USD transforms may shear and mirror, which a `Transform`
//! cannot hold, so [`WorldFromPrim`] is written to [`GlobalTransform`] as it is, and only where it changed.

use bevy::{
    math::{Affine3A, DAffine3, DMat4, DVec3},
    prelude::*,
};
use gemba_usd::{
    SceneDoc,
    doc::{PrimIndex, StageMetrics},
};

use super::origin::ViewOrigin;

/// World transform of a plant entity in metres relative to the [`ViewOrigin`].
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[require(GlobalTransform)]
pub struct WorldFromPrim(pub Affine3A);

/// Places an entity relative to the prim that it stands for: a point instance in its instancer.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct PrimFromPart(pub DMat4);

/// World transforms of all prims in f64: metres, Y up.
#[derive(Resource, Clone, Debug, Default)]
pub struct PrimTransforms {
    world_from_prim: Vec<DMat4>,
}

impl PrimTransforms {
    /// The transforms of `doc` at rest.
    #[must_use]
    pub fn at_rest(doc: &SceneDoc) -> Self {
        let mut transforms = Self {
            world_from_prim: vec![DMat4::IDENTITY; doc.prims.len()],
        };
        transforms.compose(doc, 0..doc.prims.len(), |_| None);
        transforms
    }

    /// World transform of `prim`; identity when there is no such prim.
    #[must_use]
    pub fn world_from_prim(&self, prim: PrimIndex) -> DMat4 {
        self.world_from_prim
            .get(prim.index())
            .copied()
            .unwrap_or(DMat4::IDENTITY)
    }

    /// World transform of a part of `prim`, relative to the origin and in the renderer's precision.
    #[must_use]
    pub fn view_from_part(
        &self,
        origin: ViewOrigin,
        prim: PrimIndex,
        prim_from_part: Option<&PrimFromPart>,
    ) -> Affine3A {
        let world_from_prim = self.world_from_prim(prim);
        let world_from_part = prim_from_part.map_or(world_from_prim, |part| world_from_prim * part.0);
        relative_to(origin.at_m(), world_from_part)
    }

    /// Composes the rows of `rows` anew; `offset` is applied in the space of its prim.
    ///
    /// Rows are depth-first, so a parent is always composed before its children, or lies outside `rows` and is right.
    pub(super) fn compose(
        &mut self,
        doc: &SceneDoc,
        rows: std::ops::Range<usize>,
        offset: impl Fn(PrimIndex) -> Option<DAffine3>,
    ) {
        let world_from_stage = doc.stage.world_from_stage();
        for row in rows {
            let Some(prim) = doc.prims.get(row) else { return };
            let world_from_parent = match prim.parent {
                Some(parent) if !prim.resets_xform_stack => self.world_from_prim[parent.index()],
                _ => world_from_stage,
            };
            let world_from_prim = world_from_parent * prim.parent_from_prim;
            let moved = u32::try_from(row).ok().and_then(|row| offset(PrimIndex(row)));
            self.world_from_prim[row] =
                moved.map_or(world_from_prim, |offset| world_from_prim * DMat4::from(offset));
        }
    }
}

/// `world_from_part` with its position relative to `origin_m`, in f32.
#[must_use]
pub fn relative_to(origin_m: DVec3, world_from_part: DMat4) -> Affine3A {
    let mut affine = DAffine3::from_mat4(world_from_part);
    affine.translation -= origin_m;
    Affine3A::from_cols(
        affine.matrix3.x_axis.as_vec3a(),
        affine.matrix3.y_axis.as_vec3a(),
        affine.matrix3.z_axis.as_vec3a(),
        affine.translation.as_vec3a(),
    )
}

/// The origin for a plant around `center_m`: whole metres near a far-away plant, zero near zero so that positions in the
/// viewer read like those in the scene.
#[must_use]
pub fn origin_for(center_m: DVec3) -> DVec3 {
    // One kilometre from zero f32 still resolves 0.06 mm.
    if center_m.is_finite() && center_m.length() > 1_000.0 {
        center_m.round()
    } else {
        DVec3::ZERO
    }
}

/// Metres in one unit of the stage, for lengths such as a light's radius.
#[must_use]
pub fn metres(stage: &StageMetrics, stage_units: f32) -> f32 {
    (f64::from(stage_units) * stage.meters_per_unit) as f32
}

/// Hands changed placements to the renderer.
pub(super) fn write_global_transforms(
    mut changed: Query<(&WorldFromPrim, &mut GlobalTransform), Changed<WorldFromPrim>>,
) {
    changed.par_iter_mut().for_each(|(placement, mut global)| {
        *global = GlobalTransform::from(placement.0);
    });
}
