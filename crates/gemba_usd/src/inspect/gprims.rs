//! One row for each gprim, and the instances that they stand in.

use serde_json::{Value, json};

use super::{Scene, boxes};
use crate::doc::{Prim, PrimIndex};

/// Concrete types that are a UsdGeomGprim.
const GPRIMS: &[&str] = &[
    "Mesh",
    "Cube",
    "Sphere",
    "Cylinder",
    "Cylinder_1",
    "Cone",
    "Capsule",
    "Capsule_1",
    "Plane",
    "BasisCurves",
    "NurbsCurves",
    "HermiteCurves",
    "Points",
    "NurbsPatch",
    "TetMesh",
    "Volume",
];

/// Rows of all gprims in traversal order.
pub(super) fn gprims(scene: &Scene) -> Vec<Value> {
    let instance_roots: Vec<PrimIndex> = instance_roots(scene).collect();
    let rows = scene
        .doc
        .scene_prims()
        .iter()
        .zip(0..)
        .filter(|(prim, _)| GPRIMS.contains(&&*prim.type_name));
    rows.map(|(prim, at)| row(scene, prim, PrimIndex(at), &instance_roots))
        .collect()
}

fn row(scene: &Scene, prim: &Prim, at: PrimIndex, instance_roots: &[PrimIndex]) -> Value {
    let mesh = prim.mesh.and_then(|mesh| scene.doc.meshes.get(mesh.index()));
    let (points, faces, triangles) = match mesh {
        Some(mesh) => (
            u64::from(mesh.source_points),
            u64::from(mesh.source_faces),
            mesh.source_fan_triangles,
        ),
        None => (
            scene
                .view(at)
                .and_then(|view| super::points(&view))
                .map_or(0, |points| points.len() as u64),
            0,
            0,
        ),
    };
    let nearest = ancestors(scene, at).find_map(|above| instance_roots.binary_search(&above).ok());
    let mut row = vec![
        json!(prim.path),
        json!(prim.type_name),
        scene.world_json(at),
        json!(if prim.visible { "inherited" } else { "invisible" }),
        json!(prim.purpose),
        json!(points),
        json!(faces),
        json!(triangles),
        boxes::json(scene.drawn_box(at, scene.world[at.index()])),
        material_path(scene, at, prim.material),
        nearest.map_or(json!(-1), |nearest| json!(nearest)),
    ];
    let subsets = subsets(scene, at);
    if !subsets.is_empty() {
        row.push(subsets.into());
    }
    row.into()
}

/// `prim` and the prims above it, nearest first.
fn ancestors<'a>(scene: &'a Scene, prim: PrimIndex) -> impl Iterator<Item = PrimIndex> + 'a {
    std::iter::successors(Some(prim), |prim| scene.doc.prims.get(prim.index())?.parent)
}

fn instance_roots<'a>(scene: &'a Scene) -> impl Iterator<Item = PrimIndex> + 'a {
    scene
        .doc
        .scene_prims()
        .iter()
        .zip(0..)
        .filter(|(prim, _)| prim.prototype.is_some())
        .map(|(_, at)| PrimIndex(at))
}

/// Path of each instance with the number of its prototype.
pub(super) fn instances(scene: &Scene) -> Vec<Value> {
    let row = |at: PrimIndex| {
        let prim = &scene.doc.prims[at.index()];
        json!([prim.path, prim.prototype])
    };
    instance_roots(scene).map(row).collect()
}

/// The path of a bound material as `prim` sees it: one that lies in the prototype is named below `prim`'s own instance.
///
/// The document names such materials after the first instance of their prototype.
fn material_path(scene: &Scene, prim: PrimIndex, material: Option<crate::doc::MaterialIndex>) -> Value {
    let Some(material) = material.and_then(|material| scene.doc.materials.get(material.index())) else {
        return Value::Null;
    };
    let path = material.path.as_str();
    for above in ancestors(scene, prim) {
        let own = &scene.doc.prims[above.index()];
        let Some(prototype) = own.prototype else { continue };
        let first =
            instance_roots(scene).find(|root| scene.doc.prims[root.index()].prototype == Some(prototype));
        let Some(first) = first.map(|first| scene.doc.prims[first.index()].path.as_str()) else {
            continue;
        };
        if let Some(rest) = path.strip_prefix(first).filter(|rest| rest.starts_with('/')) {
            return json!(format!("{}{rest}", own.path));
        }
    }
    json!(path)
}

/// Name, family, number of faces and material of each GeomSubset below a mesh.
fn subsets(scene: &Scene, mesh: PrimIndex) -> Vec<Value> {
    let below = scene.doc.subtree(mesh).skip(1);
    let children = below.filter(|at| {
        let prim = &scene.doc.prims[*at];
        prim.parent == Some(mesh) && &*prim.type_name == "GeomSubset"
    });
    let row = |at: usize| {
        let index = PrimIndex(u32::try_from(at).unwrap_or(u32::MAX));
        let prim = &scene.doc.prims[at];
        let view = scene.view(index)?;
        let family = view.text("familyName").unwrap_or_default();
        let faces = super::count(&view, "indices");
        // A subset without a binding of its own shows its mesh's material.
        Some(json!([
            prim.path.name(),
            family,
            faces,
            material_path(scene, index, prim.material)
        ]))
    };
    children.filter_map(row).collect()
}
