//! Point instancers: how many of what, where the first and last stand, and the box of all.

use serde_json::{Value, json};

use super::{Scene, boxes, number::matrix};
use crate::doc::{Aabb, PointInstancer, PrimIndex};

/// A row for each point instancer.
pub(super) fn instancers(scene: &Scene) -> Vec<Value> {
    scene
        .doc
        .point_instancers
        .iter()
        .filter_map(|instancer| row(scene, instancer))
        .collect()
}

fn row(scene: &Scene, instancer: &PointInstancer) -> Option<Value> {
    let world = *scene.world.get(instancer.prim.index())?;
    let path_of = |prim: &PrimIndex| scene.doc.prims.get(prim.index()).map(|prim| prim.path.clone());
    let place = |at: Option<&crate::doc::PointInstance>| {
        at.map_or(Value::Null, |instance| {
            matrix(world * instance.instancer_from_prototype)
        })
    };
    let indices = scene
        .view(instancer.prim)
        .map_or(0, |view| super::count(&view, "protoIndices"));
    let boxes_of_prototypes: Vec<Option<Aabb>> = instancer
        .prototypes
        .iter()
        .map(|root| prototype_box(scene, *root))
        .collect();
    let all = instancer.instances.iter().filter_map(|instance| {
        let own = boxes_of_prototypes
            .get(instance.prototype as usize)
            .copied()
            .flatten()?;
        Some(own.transformed(world * instance.instancer_from_prototype))
    });
    Some(json!([
        path_of(&instancer.prim)?,
        indices,
        instancer
            .prototypes
            .iter()
            .filter_map(path_of)
            .collect::<Vec<_>>(),
        instancer.instances.len(),
        matrix(world),
        place(instancer.instances.first()),
        place(instancer.instances.last()),
        boxes::json(all.reduce(Aabb::union)),
    ]))
}

/// The box of all that a prototype draws, in the space of its root.
fn prototype_box(scene: &Scene, root: PrimIndex) -> Option<Aabb> {
    let root_from_world = scene.world.get(root.index())?.inverse();
    let drawn = scene.doc.subtree(root).filter_map(|at| {
        let prim = PrimIndex(u32::try_from(at).ok()?);
        scene.doc.prims.get(at)?.mesh?;
        scene.drawn_box(prim, root_from_world * *scene.world.get(at)?)
    });
    drawn.reduce(Aabb::union)
}
