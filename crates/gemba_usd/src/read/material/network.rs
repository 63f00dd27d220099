//! Shader networks: from an input to the value or the shader output that feeds it, through node graphs and interfaces.

use openusd::{
    sdf::{self, Value},
    usd::{Stage, TimeCode},
};

use crate::read::values;

/// Longer chains of connections are circles.
const MAX_HOPS: usize = 64;

/// What feeds an input.
pub(crate) enum Source {
    /// A value.
    Value(Value),
    /// An output of a shader: the shader and the output's name without `outputs:`.
    Output(sdf::Path, String),
}

/// What feeds the attribute at `property`; `None` when nothing does.
pub(crate) fn source(stage: &Stage, property: sdf::Path) -> Option<Source> {
    let mut property = property;
    for _ in 0..MAX_HOPS {
        let attribute = stage.attribute(property.clone()).ok()?;
        let Some(connected) = attribute.connections().ok()?.into_iter().next() else {
            return attribute
                .get_at::<Value>(TimeCode::EARLIEST)
                .ok()
                .flatten()
                .map(Source::Value);
        };
        if let Some((prim, name)) = connected.split_property()
            && let Some(output) = name.strip_prefix("outputs:")
            && is_shader(stage, &prim)
        {
            return Some(Source::Output(prim, output.to_owned()));
        }
        property = connected;
    }
    None
}

fn is_shader(stage: &Stage, path: &sdf::Path) -> bool {
    let type_name = stage
        .prim(path.clone())
        .ok()
        .and_then(|prim| prim.type_name().ok().flatten());
    type_name.is_some_and(|name| name.as_str() == "Shader")
}

/// What feeds `inputs:NAME` of `shader`.
pub(crate) fn input(stage: &Stage, shader: &sdf::Path, name: &str) -> Option<Source> {
    source(stage, shader.append_property(format!("inputs:{name}")).ok()?)
}

/// The value of `inputs:NAME`, when it is a plain value.
pub(crate) fn input_value(stage: &Stage, shader: &sdf::Path, name: &str) -> Option<Value> {
    match input(stage, shader, name)? {
        Source::Value(value) => Some(value),
        Source::Output(..) => None,
    }
}

/// `inputs:NAME` as a finite number.
pub(crate) fn number(stage: &Stage, shader: &sdf::Path, name: &str) -> Option<f32> {
    let value = input_value(stage, shader, name)?;
    values::number(&value)
        .map(|number| number as f32)
        .filter(|number| number.is_finite())
}

/// `inputs:NAME` as text.
pub(crate) fn text(stage: &Stage, shader: &sdf::Path, name: &str) -> Option<String> {
    values::text(&input_value(stage, shader, name)?)
}

/// `inputs:NAME` as a finite vector.
pub(crate) fn vector<const N: usize>(stage: &Stage, shader: &sdf::Path, name: &str) -> Option<[f32; N]> {
    let vector = values::vector::<N>(&input_value(stage, shader, name)?)?;
    vector
        .iter()
        .all(|c| c.is_finite())
        .then(|| vector.map(|c| c as f32))
}

/// The shader's `info:id`.
pub(crate) fn shader_id(stage: &Stage, shader: &sdf::Path) -> Option<String> {
    let property = shader.append_property("info:id").ok()?;
    let value = stage.attribute(property).ok()?.get::<Value>().ok().flatten()?;
    values::text(&value)
}
