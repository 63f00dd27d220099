//! What the rest of the app knows of the open plant.

use std::{path::PathBuf, sync::Arc};

use bevy::{
    math::{DMat4, DVec3},
    prelude::*,
};
use gemba_model::PrimPath;
use gemba_usd::{
    SceneDoc,
    doc::{Aabb, MeshIndex, PrimIndex},
};

/// The open plant; absent until the first one is read.
#[derive(Resource, Clone)]
pub struct Plant {
    /// The file as the person named it.
    pub file: PathBuf,
    /// The composed scene.
    pub doc: Arc<SceneDoc>,
    /// Stage units and axes to metres, Y up.
    pub world_from_stage: DMat4,
    /// Near the plant's middle, in world metres: what files and rooms are relative to. It never moves.
    pub origin_m: DVec3,
    /// World box of what is drawn, in metres.
    pub bounds_m: Option<Aabb>,
}

/// How far loading is.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub enum PlantLoad {
    /// Nothing was asked for.
    #[default]
    Idle,
    /// The loader thread is at work.
    Reading {
        /// The file.
        file: PathBuf,
        /// What it does now, for people.
        doing: String,
        /// Part done, 0–1, where it is known.
        ratio: Option<f32>,
    },
    /// Entities appear, a slice a frame.
    Spawning {
        /// Entities so far.
        done: usize,
        /// Entities in all.
        total: usize,
    },
    /// Everything is there.
    Ready,
    /// Nothing can be shown.
    Failed {
        /// The file.
        file: PathBuf,
        /// What happened and what to do.
        message: String,
    },
}

/// Every entity of the plant is spawned.
#[derive(Message, Clone, Copy, Debug)]
pub struct PlantLoaded;

/// Show a scene that was made in memory, as [`ViewerCommand::OpenPlant`](gemba_panels::ViewerCommand::OpenPlant) shows one
/// from a file.
#[derive(Message, Clone)]
pub struct ShowScene {
    /// What to call it.
    pub file: PathBuf,
    /// The scene.
    pub doc: Arc<SceneDoc>,
}

/// The prim that an entity stands for.
#[derive(Component, Clone, Debug)]
pub struct PrimRef {
    /// Its row in [`SceneDoc::prims`].
    pub index: PrimIndex,
    /// Its path.
    pub path: PrimPath,
}

/// The mesh of the document that an entity draws, whole or a part of it: what rays meet.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnMesh(pub MeshIndex);

/// On entities of prims with purpose `guide`: hidden until [`GuidesShown`].
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct GuidePrim;

/// Whether prims of purpose `guide` are shown.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuidesShown(pub bool);

/// Entities by prim: a prim may have several (mesh parts, point instances), or none.
#[derive(Resource, Default)]
pub struct PrimEntities {
    /// Sorted by prim once the plant is spawned.
    rows: Vec<(PrimIndex, Entity)>,
}

impl PrimEntities {
    /// Starts anew with `rows`.
    pub fn reset(&mut self, mut rows: Vec<(PrimIndex, Entity)>) {
        rows.sort_unstable_by_key(|(prim, _)| *prim);
        self.rows = rows;
    }

    /// The entities of the prims in a range of rows, such as [`SceneDoc::subtree`].
    pub fn in_rows(&self, rows: std::ops::Range<usize>) -> impl Iterator<Item = Entity> + '_ {
        let at = |row: usize| self.rows.partition_point(|(prim, _)| prim.index() < row);
        self.rows[at(rows.start)..at(rows.end)]
            .iter()
            .map(|(_, entity)| *entity)
    }
}
