//! Hides whole entities; the renderer then neither draws them nor lets them cast shadows.

use bevy::{camera::primitives::Aabb as CullingBox, math::DMat4, prelude::*};
use gemba_usd::doc::Aabb;

use super::{Isolation, Section};
use crate::{
    binding::{HiddenByValue, HiddenChange},
    plant::{GuidePrim, GuidesShown, Plant, PlantLoaded, PrimEntities, PrimRef, ViewOrigin},
};

/// What decides whether an entity of the plant is shown.
type Drawn = (
    &'static PrimRef,
    Has<GuidePrim>,
    &'static GlobalTransform,
    &'static CullingBox,
    &'static mut Visibility,
);

/// Decides on all entities of the plant when what is shown changes, and when a plant that was already cut or isolated
/// while it loaded is complete; on those of a few prims when values hide them or bring them back.
pub(super) fn show_and_hide(
    section: Res<Section>,
    isolation: Res<Isolation>,
    mut hidden: ResMut<HiddenByValue>,
    guides: Res<GuidesShown>,
    plant: Option<Res<Plant>>,
    origin: Res<ViewOrigin>,
    prim_entities: Res<PrimEntities>,
    mut loaded: MessageReader<PlantLoaded>,
    mut entities: Query<Drawn>,
) {
    let is_complete = loaded.read().count() > 0;
    let by_values = hidden.bypass_change_detection().take_changed();
    let is_other = section.is_changed() || isolation.is_changed() || guides.is_changed() || is_complete;
    if plant.is_none() {
        return;
    }
    let shown = Shown {
        section: &section,
        isolation: &isolation,
        hidden: &hidden,
        guides: guides.0,
        world_from_view: origin.world_from_view(),
    };
    match by_values {
        HiddenChange::Rows(changed) if !is_other => {
            for entity in changed.into_iter().flat_map(|rows| prim_entities.in_rows(rows)) {
                if let Ok((prim, is_guide, global, culling, mut visibility)) = entities.get_mut(entity) {
                    visibility.set_if_neq(shown.visibility(prim, is_guide, global, culling));
                }
            }
        }
        _ => entities
            .par_iter_mut()
            .for_each(|(prim, is_guide, global, culling, mut visibility)| {
                visibility.set_if_neq(shown.visibility(prim, is_guide, global, culling));
            }),
    }
}

/// What is shown now.
struct Shown<'a> {
    section: &'a Section,
    isolation: &'a Isolation,
    hidden: &'a HiddenByValue,
    guides: bool,
    world_from_view: DMat4,
}

impl Shown<'_> {
    fn visibility(
        &self,
        prim: &PrimRef,
        is_guide: bool,
        global: &GlobalTransform,
        culling: &CullingBox,
    ) -> Visibility {
        let is_shown = (!is_guide || self.guides)
            && self.isolation.shows(prim.index)
            && !self.hidden.hides(prim.index)
            && (self.section.cuts().is_empty() || !self.is_cut_away(global, culling));
        if is_shown {
            Visibility::Inherited
        } else {
            Visibility::Hidden
        }
    }

    fn is_cut_away(&self, global: &GlobalTransform, culling: &CullingBox) -> bool {
        let (center, half) = (culling.center.as_dvec3(), culling.half_extents.as_dvec3());
        let drawn = Aabb {
            min: center - half,
            max: center + half,
        };
        let world_from_mesh = self.world_from_view * DMat4::from(global.affine().as_daffine3());
        self.section.removes_box(drawn.transformed(world_from_mesh))
    }
}
