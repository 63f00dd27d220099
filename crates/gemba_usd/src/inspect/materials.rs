//! Materials outside of instances: the surface shader and what is on its inputs.

use openusd::{sdf, usd::Stage};
use serde_json::{Map, Value, json};

use super::{Scene, number::rounded};
use crate::read::{
    PrimView,
    network::{self, Source},
    values,
};

/// Path, surface shader id and authored inputs of each material.
pub(super) fn materials(scene: &Scene) -> Vec<Value> {
    let stage = &scene.opened.stage;
    let prims = scene.own_prims().map(|prim| &scene.doc.prims[prim.index()]);
    let materials = prims.filter(|prim| &*prim.type_name == "Material");
    materials
        .map(|prim| {
            let shader = sdf::path(prim.path.as_str())
                .ok()
                .and_then(|path| surface(stage, &path));
            let id = shader
                .as_ref()
                .and_then(|shader| network::shader_id(stage, shader));
            let inputs = shader
                .filter(|_| id.is_some())
                .map(|shader| inputs(stage, &shader))
                .unwrap_or_default();
            json!([prim.path, id, inputs])
        })
        .collect()
}

/// The shader on the universal surface output.
fn surface(stage: &Stage, material: &sdf::Path) -> Option<sdf::Path> {
    match network::source(stage, material.append_property("outputs:surface").ok()?)? {
        Source::Output(shader, _) => Some(shader),
        Source::Value(_) => None,
    }
}

fn inputs(stage: &Stage, shader: &sdf::Path) -> Map<String, Value> {
    let mut inputs = Map::new();
    let Some(view) = PrimView::quiet(stage, shader.as_str()) else {
        return inputs;
    };
    for name in view.names().filter_map(|name| name.strip_prefix("inputs:")) {
        let value = match network::input(stage, shader, name) {
            Some(Source::Output(prim, output)) => json!(format!("@{}.{output}", prim.as_str())),
            Some(Source::Value(value)) => json_of(&value),
            None => Value::Null,
        };
        inputs.insert(name.to_owned(), value);
    }
    inputs
}

fn json_of(value: &sdf::Value) -> Value {
    if let Some(number) = values::number(value) {
        return rounded(number);
    }
    if let Some(text) = values::text(value) {
        return json!(text);
    }
    match (values::components(value), value) {
        (Some(components), _) => components.into_iter().map(rounded).collect(),
        (None, sdf::Value::Bool(on)) => json!(on),
        _ => Value::Null,
    }
}
