//! Building the pick scene in the background, once for each plant.

use std::{collections::BTreeSet, sync::Arc};

use bevy::{
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task, futures::check_ready},
};

use super::{PickScene, PickSource};
use crate::plant::{
    DrawnMesh, GuidePrim, GuidesShown, Plant, PlantLoaded, PrimFromPart, PrimRef, ViewOrigin, WorldFromPrim,
};

/// The pick scene of the open plant, or the task that builds it.
#[derive(Resource, Default)]
pub struct PickTree {
    scene: Option<Arc<PickScene>>,
    building: Option<Task<PickScene>>,
    revision: u32,
}

impl PickTree {
    /// What answers rays; `None` until it is built.
    #[must_use]
    pub fn scene(&self) -> Option<&Arc<PickScene>> {
        self.scene.as_ref()
    }

    /// Changes whenever another scene answers, or none any more.
    #[must_use]
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Whether it is being built.
    #[must_use]
    pub fn is_building(&self) -> bool {
        self.building.is_some()
    }
}

/// Starts to build when a plant is loaded, and forgets the one before as soon as another is read.
pub(super) fn start_build(
    mut tree: ResMut<PickTree>,
    mut loaded: MessageReader<PlantLoaded>,
    plant: Option<Res<Plant>>,
    origin: Res<ViewOrigin>,
    drawn: Query<(
        &PrimRef,
        &DrawnMesh,
        &WorldFromPrim,
        Has<PrimFromPart>,
        Has<GuidePrim>,
    )>,
) {
    if plant.as_ref().is_none_or(|plant| plant.is_added())
        && (tree.scene.is_some() || tree.building.is_some())
    {
        *tree = PickTree {
            revision: tree.revision + 1,
            ..PickTree::default()
        };
    }
    let Some(plant) = plant.filter(|_| loaded.read().count() > 0) else {
        return;
    };
    let mut sources = Vec::with_capacity(drawn.iter().len());
    let mut seen = BTreeSet::new();
    for (prim, mesh, placed, is_instance, is_guide) in &drawn {
        // A mesh of several materials is several entities and one shape; a point instance is one of many.
        if is_instance || seen.insert(prim.index) {
            sources.push(PickSource {
                prim: prim.index,
                mesh: mesh.0,
                view_from_mesh: placed.0,
                is_guide,
            });
        }
    }
    let (doc, origin_m) = (plant.doc.clone(), origin.at_m());
    tree.building =
        Some(AsyncComputeTaskPool::get().spawn(async move { PickScene::build(doc, origin_m, &sources) }));
}

/// Takes the scene when it is built.
pub(super) fn take_built(mut tree: ResMut<PickTree>, guides: Res<GuidesShown>) {
    if let Some(scene) = tree.building.as_mut().and_then(check_ready) {
        tracing::info!(things = scene.len(), "rays can meet the plant");
        tree.building = None;
        tree.scene = Some(Arc::new(scene));
        tree.revision += 1;
    }
    if tree
        .scene
        .as_ref()
        .is_some_and(|scene| scene.guides_shown != guides.0)
        // Whoever measures in it meets what it was when they began; they are done in seconds.
        && let Some(scene) = tree.scene.as_mut().and_then(Arc::get_mut)
    {
        scene.guides_shown = guides.0;
    }
}
