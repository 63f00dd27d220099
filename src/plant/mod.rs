//! The open plant: loading on a thread, spawning in slices, prim ↔ entity, moving prims.
//!
//! Entities are flat: each drawn prim is one root entity whose world transform is composed in f64 from the
//! [`SceneDoc`](gemba_usd::SceneDoc) and made relative to the [`ViewOrigin`], so a plant at UTM coordinates does not jitter
//! and 100 000 static prims cost no transform propagation. Effects that move a prim go through [`PrimMotions`].
//!
//! Called by: every other plugin reads [`Plant`], [`PlantLoad`] and [`PrimRef`]. Opening goes through
//! [`ViewerCommand::OpenPlant`](gemba_panels::ViewerCommand::OpenPlant).

mod components;
mod draws;
mod extents;
mod geometry;
mod lights;
mod load;
mod motion;
mod origin;
mod placement;
mod spawn;

use bevy::{prelude::*, transform::TransformSystems, transform::systems::sync_simple_transforms};

use crate::schedule::GembaSystems;

pub use components::{
    DrawnMesh, GuidePrim, GuidesShown, Plant, PlantLoad, PlantLoaded, PrimEntities, PrimRef, ShowScene,
};
pub(crate) use draws::{SurfaceRecipe, color_of};
pub use extents::PrimExtents;
pub use lights::NITS_PER_UNIT;
pub use motion::PrimMotions;
pub use origin::{StandsAt, ViewOrigin, ViewOriginSystems};
pub use placement::{PrimFromPart, PrimTransforms, WorldFromPrim, metres, origin_for, relative_to};

/// Loads, spawns and moves the plant.
#[derive(Default)]
pub struct PlantPlugin;

impl Plugin for PlantPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<PlantLoaded>()
            .add_message::<ShowScene>()
            .init_resource::<PlantLoad>()
            .init_resource::<PrimEntities>()
            .init_resource::<PrimMotions>()
            .init_resource::<PrimTransforms>()
            .init_resource::<ViewOrigin>()
            .init_resource::<GuidesShown>()
            .init_resource::<spawn::Spawning>()
            .add_systems(
                Update,
                (
                    (spawn::open_requested, spawn::take_pieces)
                        .chain()
                        .in_set(GembaSystems::Ingest),
                    spawn::show_guides.in_set(GembaSystems::Interact),
                    motion::apply_motions.in_set(GembaSystems::Present),
                ),
            )
            .configure_sets(
                First,
                (ViewOriginSystems::Move, ViewOriginSystems::Follow).chain(),
            )
            .add_systems(
                First,
                origin::follow_origin
                    .run_if(resource_changed::<ViewOrigin>)
                    .in_set(ViewOriginSystems::Follow),
            )
            .add_systems(
                PostUpdate,
                (
                    origin::place_standing.before(TransformSystems::Propagate),
                    placement::write_global_transforms
                        .in_set(TransformSystems::Propagate)
                        .after(sync_simple_transforms),
                ),
            );
    }
}
