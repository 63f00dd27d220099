//! Hides whole entities; the renderer then neither draws them nor lets them cast shadows.

use bevy::{camera::primitives::Aabb as CullingBox, math::DMat4, prelude::*};
use gemba_usd::doc::Aabb;

use super::{Isolation, Section};
use crate::plant::{GuidePrim, GuidesShown, Plant, PlantLoaded, PrimRef};

/// Decides on all entities of the plant when what is shown changes, and when a plant that was already cut or isolated
/// while it loaded is complete.
pub(super) fn show_and_hide(
    section: Res<Section>,
    isolation: Res<Isolation>,
    guides: Res<GuidesShown>,
    plant: Option<Res<Plant>>,
    mut loaded: MessageReader<PlantLoaded>,
    mut entities: Query<(
        &PrimRef,
        Has<GuidePrim>,
        &GlobalTransform,
        &CullingBox,
        &mut Visibility,
    )>,
) {
    let is_complete = loaded.read().count() > 0;
    if !(section.is_changed() || isolation.is_changed() || guides.is_changed() || is_complete) {
        return;
    }
    let Some(plant) = plant else { return };
    let world_from_view = DMat4::from_translation(plant.origin_m);
    entities
        .par_iter_mut()
        .for_each(|(prim, is_guide, global, culling, mut visibility)| {
            let is_cut_away = || {
                let (center, half) = (culling.center.as_dvec3(), culling.half_extents.as_dvec3());
                let drawn = Aabb {
                    min: center - half,
                    max: center + half,
                };
                let world_from_mesh = world_from_view * DMat4::from(global.affine().as_daffine3());
                section.removes_box(drawn.transformed(world_from_mesh))
            };
            let is_shown = (!is_guide || guides.0)
                && isolation.shows(prim.index)
                && (section.cuts().is_empty() || !is_cut_away());
            visibility.set_if_neq(if is_shown {
                Visibility::Inherited
            } else {
                Visibility::Hidden
            });
        });
}
