//! How many of what.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Scene;

/// Prims, prims by type, and totals over the gprim rows.
pub(super) fn counts(scene: &Scene, gprims: &[Value], instances: &[Value]) -> Vec<(&'static str, Value)> {
    let doc = scene.doc;
    let mut types: BTreeMap<&str, u64> = BTreeMap::new();
    for prim in doc.scene_prims() {
        *types.entry(&prim.type_name).or_default() += 1;
    }
    let of_type = |name: &str| types.get(name).copied().unwrap_or(0);
    let sum = |column: usize| gprims.iter().filter_map(|row| row[column].as_u64()).sum::<u64>();
    let prototypes: std::collections::BTreeSet<u64> =
        instances.iter().filter_map(|row| row[1].as_u64()).collect();
    let materials = scene
        .own_prims()
        .filter(|prim| &*doc.prims[prim.index()].type_name == "Material")
        .count();
    let totals = json!({
        "gprims": gprims.len(),
        "meshes": of_type("Mesh"),
        "points": sum(5),
        "faces": sum(6),
        "triangles": sum(7),
        "subsets": of_type("GeomSubset"),
        "instances": instances.len(),
        "prototypes": prototypes.len(),
        "pointInstancers": of_type("PointInstancer"),
        "materials": materials,
    });
    vec![
        ("prims", json!(doc.scene_prims().len())),
        ("primsWithoutProxies", json!(scene.own_prims().count())),
        ("types", json!(types)),
        ("totals", totals),
    ]
}
