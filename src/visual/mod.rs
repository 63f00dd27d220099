//! Everything that needs a renderer: the twin material, light and sky, values, labels.

mod batching;
mod camera;
pub mod capture;
mod daylight;
mod edges;
pub mod environment;
pub mod flows;
pub mod headless;
pub mod labels;
pub(crate) mod on_screen;
pub mod plumes;
pub mod quality;
pub mod readiness;
mod section;
pub(crate) mod surface;
mod twin_material;
mod values;

use bevy::prelude::*;

pub use edges::EdgesShown;
pub use twin_material::{PlantMaterial, TwinExtension, TwinMaterialPlugin, VALUES_BUFFER, plant_material};
pub use values::ValuesPlugin;

/// Marks the one camera a person looks through.
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct PlantCamera;

/// Renders the plant.
#[derive(Default)]
pub struct VisualPlugin;

impl Plugin for VisualPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins((
            TwinMaterialPlugin,
            batching::BatchingPlugin,
            ValuesPlugin,
            section::SectionPlugin,
            daylight::DaylightPlugin,
            edges::EdgesPlugin,
            capture::CapturePlugin,
            readiness::ReadinessPlugin,
            environment::EnvironmentPlugin,
            quality::QualityPlugin,
        ))
        .add_systems(Startup, camera::spawn_camera);
    }
}
