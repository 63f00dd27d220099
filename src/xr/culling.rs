//! What is seen is found once for both eyes: the left eye is culled with a frustum that holds what either sees, and the right eye draws
//! the same. The cameras of panels see nothing and look for nothing, and the window's does not where nobody draws it.
//!
//! The engine culls for each active camera. Those that are not to be culled rest for as long as that takes, and for nothing else.
//! Of what the left eye sees, what is too small to be seen is left out ([`gemba_xr::detail`]).

use std::any::TypeId;

use bevy::{
    camera::{
        primitives::Aabb,
        visibility::{NoFrustumCulling, VisibilitySystems, VisibleEntities},
    },
    light::SimulationLightSystems,
    prelude::*,
};
use gemba_xr::detail::{is_speck, speck_rad};

use super::{
    eyes::EyeCamera,
    frame::Tracked,
    pacing::Pacing,
    panels::px_per_rad,
    runtime::Runtime,
    spectator::{self, Spectator},
};
use crate::visual::PlantCamera;

/// The cameras that rest.
#[derive(Resource, Default)]
struct Resting(Vec<Entity>);

/// How many things were too small in this frame.
#[derive(Resource, Default)]
pub(super) struct Specks(pub(super) usize);

pub(super) fn build(app: &mut App) {
    app.init_resource::<Resting>();
    app.init_resource::<Specks>().add_systems(
        PostUpdate,
        (
            rest.after(spectator::decide)
                .after(VisibilitySystems::UpdateFrusta)
                // It lays out cascades for active cameras, and the render world relies on there being some for each.
                .after(SimulationLightSystems::UpdateDirectionalLightCascades)
                .before(VisibilitySystems::CheckVisibility),
            (wake, leave_specks_out, share)
                .chain()
                .after(VisibilitySystems::CheckVisibility)
                .before(VisibilitySystems::MarkNewlyHiddenEntitiesInvisible)
                .before(SimulationLightSystems::AssignLightsToClusters)
                .before(SimulationLightSystems::UpdateLightFrusta),
        ),
    );
}

fn rest(
    spectator: Res<Spectator>,
    mut cameras: Query<(
        Entity,
        &mut Camera,
        Option<&EyeCamera>,
        Has<Camera2d>,
        Has<PlantCamera>,
    )>,
    mut resting: ResMut<Resting>,
) {
    for (entity, mut camera, eye, is_panel, is_window) in &mut cameras {
        let is_right = eye.is_some_and(|eye| eye.0 == 1);
        if camera.is_active && (is_panel || is_right || is_window && spectator.rests) {
            // Nobody is to think that it changed: it is back before anyone draws.
            camera.bypass_change_detection().is_active = false;
            resting.0.push(entity);
        }
    }
}

fn wake(mut cameras: Query<&mut Camera>, mut resting: ResMut<Resting>) {
    for entity in resting.0.drain(..) {
        if let Ok(mut camera) = cameras.get_mut(entity) {
            camera.bypass_change_detection().is_active = true;
        }
    }
}

fn leave_specks_out(
    tracked: Res<Tracked>,
    runtime: Option<Res<Runtime>>,
    pacing: Res<Pacing>,
    mut eyes: Query<(&EyeCamera, &Camera, &GlobalTransform, &mut VisibleEntities)>,
    things: Query<(&Aabb, &GlobalTransform), Without<NoFrustumCulling>>,
    mut specks: ResMut<Specks>,
) {
    let left = eyes.iter_mut().find(|(eye, ..)| eye.0 == 0);
    let Some((_, _, at, mut seen)) = left.filter(|(_, camera, ..)| camera.is_active) else {
        return;
    };
    let eye_m = at.translation_vec3a();
    let speck_rad = speck_rad(px_per_rad(runtime.as_deref(), &tracked), pacing.ratio()) as f32;
    let drawn = seen.entities.entry(TypeId::of::<Mesh3d>()).or_default();
    let before = drawn.len();
    drawn.retain(|thing| {
        things.get(*thing).map_or(true, |(bounds, at)| {
            let middle_m = at.affine().transform_point3a(bounds.center);
            let radius_m = at.radius_vec3a(bounds.half_extents);
            !is_speck(radius_m, middle_m.distance(eye_m), speck_rad)
        })
    });
    specks.0 = before - drawn.len();
}

fn share(mut eyes: Query<(&EyeCamera, &Camera, &mut VisibleEntities)>) {
    let mut left = None;
    let mut right = None;
    for (eye, camera, seen) in &mut eyes {
        match eye.0 {
            0 => left = Some(seen),
            _ if camera.is_active => right = Some(seen),
            _ => {}
        }
    }
    let (Some(left), Some(mut right)) = (left, right) else {
        return;
    };
    for (class, seen) in &left.entities {
        right.entities.entry(*class).or_default().clone_from(seen);
    }
}
