//! Everything that needs a renderer: the twin material, light and sky, effects, labels.

use bevy::prelude::*;

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
pub struct VisualPlugin;

impl Plugin for VisualPlugin {
    fn build(&self, _app: &mut App) {}
}
