//! Variant sets, and what the scene counts with each other variant selected.

use std::path::Path;

use gemba_model::PrimPath;
use openusd::sdf;
use serde_json::{Map, Value, json};

use super::{Scene, boxes, gprims, world_matrices};
use crate::{OpenError, OpenOptions, doc::PrimIndex, open::open_then};

/// Each prim with variant sets: the selection and the names of each set.
pub(super) fn variants(scene: &Scene) -> Vec<Value> {
    scene.own_prims().filter_map(|prim| row(scene, prim)).collect()
}

fn row(scene: &Scene, prim: PrimIndex) -> Option<Value> {
    let path = &scene.doc.prims.get(prim.index())?.path;
    let prim = scene.opened.stage.prim(path.as_str()).ok()?;
    let selections = prim.variant_sets().get_all_variant_selections().ok()?;
    let mut sets = Map::new();
    for (set, selection) in selections {
        let mut names = variant_names(&prim, &set);
        names.sort();
        if !names.is_empty() {
            sets.insert(set, json!([selection, names]));
        }
    }
    (!sets.is_empty()).then(|| json!([path, sets]))
}

/// Names of the variants of `set` over all layers that contribute to `prim`.
fn variant_names(prim: &openusd::usd::Prim, set: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for site in prim.prim_stack().unwrap_or_default() {
        let Ok(path) = site.path.append_variant_selection(set, "") else {
            continue;
        };
        let children = prim.stage().layer(&site.layer).and_then(|layer| {
            layer
                .data()
                .try_field(&path, sdf::ChildrenKey::VariantChildren.as_str())
                .ok()
                .flatten()
                .map(std::borrow::Cow::into_owned)
        });
        if let Some(sdf::Value::TokenVec(children)) = children {
            let new = children
                .iter()
                .map(|name| name.as_str().to_owned())
                .filter(|name| !names.contains(name));
            names.extend(new.collect::<Vec<_>>());
        }
    }
    names
}

/// Whole sets are checked while there are no more checks than this; each opens the scene once more.
const MAX_CHECKS: usize = 12;

/// Counts and bounds with every variant selected in turn, the selected one too.
pub(super) fn checks(path: &Path, variants: &Value) -> Result<Vec<Value>, OpenError> {
    let mut checks = Vec::new();
    for row in variants.as_array().into_iter().flatten() {
        let Some(prim) = row[0].as_str() else { continue };
        for (set, names) in row[1].as_object().into_iter().flatten() {
            if checks.len() + names[1].as_array().map_or(0, Vec::len) > MAX_CHECKS {
                return Ok(checks);
            }
            for variant in names[1]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                checks.push(check(path, prim, set, variant)?);
            }
        }
    }
    Ok(checks)
}

fn check(path: &Path, prim: &str, set: &str, variant: &str) -> Result<Value, OpenError> {
    let selected = PrimPath::new(prim).unwrap_or_else(|_| PrimPath::root());
    let options = OpenOptions {
        variant_selections: vec![(selected, set.to_owned(), variant.to_owned())],
        ..OpenOptions::default()
    };
    let (prims, rows) = open_then(path, &options, &mut |_| {}, |opened, doc| {
        let world = world_matrices(&doc);
        let rows = gprims::gprims(&Scene {
            opened,
            doc: &doc,
            world: &world,
        });
        (doc.scene_prims().len(), rows)
    })?;
    let triangles: u64 = rows.iter().filter_map(|row| row[7].as_u64()).sum();
    let bounds = boxes::union(rows.iter().filter(|row| row[1] == "Mesh").map(|row| &row[8]));
    Ok(json!([prim, set, variant, prims, rows.len(), triangles, bounds]))
}
