//! What the panels know of the plant: made anew when the plant, its twins or its issues change, never per frame.

use std::sync::Arc;

use bevy::prelude::*;
use gemba_panels::{IssuesModel, LoadingModel, TreeModel, TreeRow};
use gemba_usd::{
    SceneDoc,
    doc::{Prim, PrimIndex},
};

use super::Desktop;
use crate::{
    binding::{TwinIssues, TwinPlan},
    plant::{Plant, PlantLoad},
    telemetry::Links,
};

/// Numbers of the open plant that are counted once.
#[derive(Resource, Default)]
pub(super) struct PlantFacts {
    pub(super) prims: usize,
    /// Drawn, instances counted.
    pub(super) triangles: u64,
    revision: u64,
}

/// Fills the tree, the bar and the loading card.
pub(super) fn fill_plant(
    plant: Option<Res<Plant>>,
    load: Res<PlantLoad>,
    plan: Res<TwinPlan>,
    mut facts: ResMut<PlantFacts>,
    mut desktop: ResMut<Desktop>,
    mut had_plant: Local<bool>,
) {
    if load.is_changed() {
        desktop.model.loading = loading(&load);
    }
    let has_changed = plant.as_ref().is_some_and(|plant| plant.is_changed()) || plant.is_some() != *had_plant;
    *had_plant = plant.is_some();
    if !has_changed && !plan.is_changed() {
        return;
    }
    facts.revision += 1;
    let model = &mut desktop.model;
    let Some(plant) = plant else {
        (facts.prims, facts.triangles) = (0, 0);
        model.tree = TreeModel {
            revision: facts.revision,
            ..TreeModel::default()
        };
        model.toolbar.plant.clear();
        model.toolbar.cameras.clear();
        return;
    };
    if has_changed {
        (facts.prims, facts.triangles) = (plant.doc.scene_prims().len(), drawn_triangles(&plant.doc));
        model.toolbar.plant = name_of(&plant.file);
        model.toolbar.cameras = cameras(&plant.doc);
        model.tree = TreeModel {
            rows: tree_rows(&plant.doc).into(),
            revision: facts.revision,
            selected: None,
        };
    }
    // Twins are known later than prims: the rows stay, and so does what a person unfolded.
    if !plan.twins.is_empty() {
        let mut rows = model.tree.rows.to_vec();
        for twin in &plan.twins {
            if let Some(row) = rows.get_mut(twin.prim.index()) {
                row.twin = Some(twin.id.clone());
            }
        }
        model.tree.rows = rows.into();
    }
}

/// Fills the issues of scene, twin layer and links.
pub(super) fn fill_issues(
    plant: Option<Res<Plant>>,
    twin_issues: Res<TwinIssues>,
    links: Res<Links>,
    mut desktop: ResMut<Desktop>,
    mut had_plant: Local<bool>,
) {
    let has_changed = plant.as_ref().is_some_and(|plant| plant.is_changed()) || plant.is_some() != *had_plant;
    *had_plant = plant.is_some();
    if !has_changed && !twin_issues.is_changed() && !links.is_changed() {
        return;
    }
    let scene = plant.iter().flat_map(|plant| plant.doc.issues.iter().cloned());
    let issues: Vec<_> = scene
        .chain(twin_issues.0.iter().cloned())
        .chain(links.issues())
        .collect();
    let model = &mut desktop.model.issues;
    // Links change several times a second, their issues hardly ever.
    if *model.issues != *issues {
        *model = IssuesModel {
            issues: issues.into(),
            revision: model.revision + 1,
        };
    }
}

fn loading(load: &PlantLoad) -> LoadingModel {
    match load {
        PlantLoad::Idle => LoadingModel::Empty,
        PlantLoad::Reading { file, doing, ratio } => LoadingModel::Loading {
            file: name_of(file),
            doing: doing.clone(),
            ratio: *ratio,
        },
        PlantLoad::Spawning { done, total } => LoadingModel::Loading {
            file: "the plant".to_owned(),
            doing: "Placing what is drawn".to_owned(),
            ratio: Some(*done as f32 / (*total).max(1) as f32),
        },
        PlantLoad::Ready => LoadingModel::Ready,
        PlantLoad::Failed { file, message } => LoadingModel::Failed {
            file: file.display().to_string(),
            message: message.clone(),
        },
    }
}

fn name_of(file: &std::path::Path) -> String {
    file.file_name().map_or_else(
        || file.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// What to call a prim.
pub(super) fn prim_name(prim: &Prim) -> Arc<str> {
    prim.display_name
        .clone()
        .unwrap_or_else(|| prim.path.name().into())
}

fn cameras(doc: &SceneDoc) -> Vec<(gemba_model::PrimPath, String)> {
    let prims = doc
        .cameras
        .iter()
        .filter_map(|camera| doc.prims.get(camera.prim.index()));
    prims
        .map(|prim| (prim.path.clone(), prim_name(prim).to_string()))
        .collect()
}

fn tree_rows(doc: &SceneDoc) -> Vec<TreeRow> {
    let mut rows: Vec<TreeRow> = Vec::with_capacity(doc.prims.len());
    for prim in doc.scene_prims() {
        let depth = prim
            .parent
            .and_then(|parent| rows.get(parent.index()))
            .map_or(0, |parent| parent.depth + 1);
        rows.push(TreeRow {
            path: prim.path.clone(),
            name: prim_name(prim),
            type_name: prim.type_name.clone(),
            twin: None,
            depth,
            subtree_len: prim.subtree_len,
        });
    }
    rows
}

/// Triangles of a prim's own mesh.
pub(super) fn own_triangles(doc: &SceneDoc, prim: &Prim) -> u64 {
    let mesh = prim.mesh.and_then(|mesh| doc.meshes.get(mesh.index()));
    mesh.map_or(0, |mesh| mesh.indices.len() as u64 / 3)
}

/// Triangles of everything drawn; instancers inside prototypes count once.
fn drawn_triangles(doc: &SceneDoc) -> u64 {
    let of_prims: u64 = doc
        .prims
        .iter()
        .filter(|prim| prim.visible && !prim.is_point_prototype)
        .map(|prim| own_triangles(doc, prim))
        .sum();
    let of_prototype = |root: PrimIndex| -> u64 {
        let rows = doc.prims.get(doc.subtree(root)).unwrap_or_default();
        rows.iter()
            .filter(|prim| prim.visible)
            .map(|prim| own_triangles(doc, prim))
            .sum()
    };
    let of_instancers: u64 = doc
        .point_instancers
        .iter()
        .map(|instancer| {
            let prototypes: Vec<u64> = instancer
                .prototypes
                .iter()
                .map(|root| of_prototype(*root))
                .collect();
            let of_instance = |prototype: u32| prototypes.get(prototype as usize).copied().unwrap_or(0);
            instancer
                .instances
                .iter()
                .map(|instance| of_instance(instance.prototype))
                .sum::<u64>()
        })
        .sum();
    of_prims + of_instancers
}
