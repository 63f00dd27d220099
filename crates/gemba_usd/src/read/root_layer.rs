//! What only the opened file itself can say, and does not.
//!
//! USD takes units and axes of a stage from its root layer alone (session layers aside): a twin layer over a scene in
//! metres with Z up is in centimetres with Y up unless it says so itself. And a layer of `over`s alone defines nothing: it
//! composes to an empty stage without a word.

use gemba_model::Issue;
use openusd::{pcp::CompositionDiagnostic as Diagnostic, sdf, usd::Stage};

use super::{issues::IssueLog, values};
use crate::SceneDoc;

/// Reports what the root layer of the opened `stage` lacks for `doc` to be what its author meant.
pub(crate) fn check(stage: &Stage, doc: &SceneDoc, log: &mut IssueLog) {
    let root = stage.root_layer().identifier().to_owned();
    let issues = [nothing_defined(stage, doc), unsaid_metrics(stage, &root, log)];
    for issue in issues.into_iter().flatten() {
        let issue = issue.in_file(log.files().name(&root));
        log.add(issue);
    }
}

/// An issue when no layer defines a prim.
fn nothing_defined(stage: &Stage, doc: &SceneDoc) -> Option<Issue> {
    // A sublayer that is missing or damaged is named already, and the definitions may be in it.
    let is_lost = |diagnostic: &Diagnostic| {
        matches!(
            diagnostic,
            Diagnostic::UnresolvedSublayer { .. } | Diagnostic::MalformedSublayer { .. }
        )
    };
    if !doc.scene_prims().is_empty() || stage.composition_errors().iter().any(is_lost) {
        return None;
    }
    let mut has_prim = false;
    for identifier in stage.layer_stack() {
        let Some(layer) = stage.layer(&identifier) else {
            continue;
        };
        for path in layer.data().spec_paths() {
            match specifier(layer.data(), &path) {
                Some(sdf::Specifier::Def) => return None,
                Some(_) => has_prim = true,
                None => {}
            }
        }
    }
    if !has_prim {
        return Some(Issue::warning(
            "usd.empty",
            "the file has no prims, so nothing is shown",
            "open the file that holds the scene, or add that as a sublayer, in the parentheses below the first line: \
             `subLayers = [@./scene.usda@]`",
        ));
    }
    Some(Issue::warning(
        "usd.nothing-defined",
        "no prim is defined, so nothing is shown: there are only `over`s, which change prims that another layer defines",
        "add the scene that they change as a sublayer, in the parentheses below the first line: \
         `subLayers = [@./scene.usda@]`",
    ))
}

fn specifier(data: &dyn sdf::AbstractData, path: &sdf::Path) -> Option<sdf::Specifier> {
    match data.try_field(path, "specifier").ok().flatten().as_deref() {
        Some(sdf::Value::Specifier(specifier)) => Some(*specifier),
        _ => None,
    }
}

/// An issue when a sublayer says units or axes that the root layer does not say, and that are not the fallback anyway.
fn unsaid_metrics(stage: &Stage, root: &str, log: &IssueLog) -> Option<Issue> {
    let (up_axis, up_layer) = unsaid(stage, root, "upAxis", |value| {
        let axis = values::text(value)?;
        (axis != "Y").then(|| format!("upAxis = \"{axis}\""))
    })
    .unzip();
    let (meters_per_unit, unit_layer) = unsaid(stage, root, "metersPerUnit", |value| {
        let meters = values::number(value)?;
        (meters != 0.01).then(|| format!("metersPerUnit = {meters}"))
    })
    .unzip();
    let sublayer = log.files().name(&up_layer.or(unit_layer)?);
    let (missing, effect) = match (&up_axis, &meters_per_unit) {
        (Some(_), Some(_)) => ("`upAxis` and `metersPerUnit`", "with Y up and in centimetres"),
        (Some(_), None) => ("`upAxis`", "with Y up"),
        _ => ("`metersPerUnit`", "in centimetres"),
    };
    let lines: Vec<String> = [up_axis, meters_per_unit]
        .into_iter()
        .flatten()
        .map(|line| format!("`{line}`"))
        .collect();
    Some(Issue::warning(
        "usd.metrics-in-sublayer-only",
        format!(
            "the file does not say {missing}, and USD does not take them from its sublayer `{sublayer}`: the plant is shown \
             {effect}"
        ),
        format!(
            "add {}, as the sublayer has it, in the parentheses below the first line",
            lines.join(" and ")
        ),
    ))
}

/// The line that the strongest sublayer has for `field`, and the layer, when the root layer has none.
fn unsaid(
    stage: &Stage,
    root: &str,
    field: &str,
    line: impl Fn(&sdf::Value) -> Option<String>,
) -> Option<(String, String)> {
    let said = |identifier: &str| -> Option<sdf::Value> {
        let layer = stage.layer(identifier)?;
        let value = layer.data().try_field(&sdf::Path::abs_root(), field);
        value.ok().flatten().map(|value| value.into_owned())
    };
    if said(root).is_some() {
        return None;
    }
    let stack = stage.layer_stack();
    let (layer, value) = stack
        .into_iter()
        .find_map(|layer| said(&layer).map(|value| (layer, value)))?;
    Some((line(&value)?, layer))
}
