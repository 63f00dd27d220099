//! What is seen is found once for both eyes: the left eye is culled with a frustum that holds what either sees, and the right eye draws
//! the same. The cameras of panels see nothing and look for nothing.
//!
//! The engine culls for each active camera. Those that are not to be culled rest for as long as that takes, and for nothing else.

use bevy::{
    camera::visibility::{VisibilitySystems, VisibleEntities},
    light::SimulationLightSystems,
    prelude::*,
};

use super::eyes::EyeCamera;

/// The cameras that rest.
#[derive(Resource, Default)]
struct Resting(Vec<Entity>);

pub(super) fn build(app: &mut App) {
    app.init_resource::<Resting>().add_systems(
        PostUpdate,
        (
            rest.after(VisibilitySystems::UpdateFrusta)
                // It lays out cascades for active cameras, and the render world relies on there being some for each.
                .after(SimulationLightSystems::UpdateDirectionalLightCascades)
                .before(VisibilitySystems::CheckVisibility),
            (wake, share)
                .chain()
                .after(VisibilitySystems::CheckVisibility)
                .before(VisibilitySystems::MarkNewlyHiddenEntitiesInvisible)
                .before(SimulationLightSystems::AssignLightsToClusters)
                .before(SimulationLightSystems::UpdateLightFrusta),
        ),
    );
}

fn rest(
    mut cameras: Query<(Entity, &mut Camera, Option<&EyeCamera>, Has<Camera2d>)>,
    mut resting: ResMut<Resting>,
) {
    for (entity, mut camera, eye, is_panel) in &mut cameras {
        if camera.is_active && (is_panel || eye.is_some_and(|eye| eye.0 == 1)) {
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
