//! Everything that needs a renderer: the twin material, light and sky, effects, labels.

mod camera;
pub mod capture;
pub mod environment;
pub mod headless;
pub mod quality;
pub mod readiness;
pub(crate) mod surface;

use bevy::prelude::*;

use crate::{plant::Plant, schedule::GembaSystems};

/// The material of everything in the plant. Values reach it through the instance's tag, never through a new material.
pub type PlantMaterial = StandardMaterial;

/// A plant material that looks like `surface`.
#[must_use]
pub fn plant_material(surface: StandardMaterial) -> PlantMaterial {
    surface
}

/// Marks the one camera a person looks through.
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct PlantCamera;

/// Renders the plant.
#[derive(Default)]
pub struct VisualPlugin;

impl Plugin for VisualPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins((
            capture::CapturePlugin,
            readiness::ReadinessPlugin,
            environment::EnvironmentPlugin,
        ))
        .add_systems(Startup, (camera::spawn_camera, quality::choose_quality).chain())
        .add_systems(
            Update,
            camera::frame_plant
                .run_if(resource_exists_and_changed::<Plant>)
                .in_set(GembaSystems::Interact),
        );
    }
}
