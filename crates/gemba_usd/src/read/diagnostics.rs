//! What composition met, as issues.

use gemba_model::{Issue, PrimPath};
use openusd::{pcp::CompositionDiagnostic as Diagnostic, usd::Stage};

use super::issues::{IssueLog, prim_path};
use crate::compat::TextMistake;

/// Adds what composition of `stage` met so far; the same asset missing in many places is one issue.
pub(crate) fn composition(stage: &Stage, log: &mut IssueLog) {
    for diagnostic in stage.composition_errors() {
        let (subject, issue) = issue(&diagnostic, log);
        log.add_about(subject, issue);
    }
}

fn issue(diagnostic: &Diagnostic, log: &IssueLog) -> (String, Issue) {
    let name = |layer: &str| log.files().name(layer);
    match diagnostic {
        Diagnostic::UnresolvedLayer {
            asset_path,
            introduced_by,
            site_path,
            ..
        } => (
            asset_path.clone(),
            Issue::error(
                "usd.missing-reference",
                format!("the file `{asset_path}` is not found"),
                "put it where the path says, counted from the folder of the file that names it, or correct the path there",
            )
            .in_file(name(introduced_by))
            .on_prim(prim_path(site_path)),
        ),
        Diagnostic::MalformedLayer {
            asset_path,
            introduced_by,
            site_path,
            reason,
            ..
        } => (
            asset_path.clone(),
            damaged("usd.damaged-reference", asset_path, introduced_by, reason, log)
                .on_prim(prim_path(site_path)),
        ),
        Diagnostic::UnresolvedSublayer {
            asset_path,
            introduced_by,
        } => (
            asset_path.clone(),
            Issue::error(
                "usd.missing-sublayer",
                format!("the sublayer `{asset_path}` is not found, so nothing that it says is shown"),
                "put it where the path says, correct the path, or remove it from subLayers",
            )
            .in_file(name(introduced_by)),
        ),
        Diagnostic::MalformedSublayer {
            asset_path,
            introduced_by,
            reason,
        } => (
            asset_path.clone(),
            damaged("usd.damaged-sublayer", asset_path, introduced_by, reason, log),
        ),
        Diagnostic::SublayerCycle {
            root_layer,
            seen_layer,
        } => (
            seen_layer.clone(),
            Issue::error(
                "usd.sublayer-cycle",
                format!(
                    "the sublayers go round in a circle: `{}` is met again and left out there",
                    name(seen_layer)
                ),
                "remove it from subLayers where the circle closes",
            )
            .in_file(name(root_layer)),
        ),
        Diagnostic::UnresolvedPrimPath {
            target_layer,
            prim_path: target,
            introduced_by,
            site_path,
            ..
        } => (
            format!("{target_layer}<{target}>"),
            Issue::error(
                "usd.missing-target-prim",
                format!("`{}` has no prim {target}", name(target_layer)),
                "correct the prim path of the reference, or add the prim",
            )
            .in_file(name(introduced_by))
            .on_prim(prim_path(site_path)),
        ),
        Diagnostic::UnresolvedDefaultPrim {
            layer_id, site_path, ..
        } => (
            layer_id.clone(),
            Issue::error(
                "usd.no-default-prim",
                format!(
                    "`{}` is referenced as a whole and does not say which prim is meant",
                    name(layer_id)
                ),
                "set defaultPrim in that file, or name the prim in the reference",
            )
            .in_file(name(layer_id))
            .on_prim(prim_path(site_path)),
        ),
        Diagnostic::ArcCycle(chain) => (
            chain.composing.to_string(),
            Issue::error(
                "usd.reference-cycle",
                "it refers to itself in a circle; the last step is left out",
                "remove one of the references in the circle",
            )
            .on_prim(prim_path(&chain.composing)),
        ),
        Diagnostic::InvalidExternalTargetPath {
            property,
            target,
            layer,
            ..
        } => (
            layer.clone(),
            Issue::warning(
                "usd.target-outside-reference",
                format!(
                    "`{property}` points at {target}, outside what is referenced, so the target is dropped"
                ),
                "move the target below the referenced prim",
            )
            .in_file(name(layer))
            .on_prim(prim_path(property)),
        ),
        other => {
            let message = other.to_string();
            (
                message.clone(),
                Issue::warning("usd.composition", message, "mend the file that is named")
                    .on_prim(PrimPath::root()),
            )
        }
    }
}

/// A layer that was found and cannot be read: the place in it where the reader says one, else the file that names it.
fn damaged(code: &'static str, asset_path: &str, introduced_by: &str, reason: &str, log: &IssueLog) -> Issue {
    let name = |layer: &str| log.files().name(layer);
    match TextMistake::of(reason) {
        Some(mistake) => Issue::error(
            code,
            format!("nothing of this file is shown: {}", mistake.message),
            "correct this line",
        )
        .in_file(
            mistake
                .layer
                .map_or_else(|| asset_path.to_owned(), |layer| name(&layer)),
        )
        .at_line(mistake.line),
        None => Issue::error(
            code,
            format!("the file `{asset_path}` cannot be understood as USD: {reason}"),
            "export it again",
        )
        .in_file(name(introduced_by)),
    }
}
