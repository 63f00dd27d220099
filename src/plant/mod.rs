//! The open plant: loading on a thread, spawning in slices, prim ↔ entity, moving prims.
//!
//! Entities are flat: each drawn prim is one root entity whose world transform is composed in f64 from the
//! [`SceneDoc`](gemba_usd::SceneDoc) and made relative to [`Plant::origin_m`], so a plant at UTM coordinates does not jitter
//! and 100 000 static prims cost no transform propagation. Effects that move a prim go through `PrimMotions`.

mod components;

use bevy::prelude::*;

pub use components::{Plant, PlantLoad, PlantLoaded, PrimEntities, PrimRef};

/// Loads, spawns and moves the plant.
pub struct PlantPlugin;

impl Plugin for PlantPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<PlantLoaded>()
            .init_resource::<PlantLoad>()
            .init_resource::<PrimEntities>();
    }
}
