//! Opinions of a twin layer that reach no prim: composition drops them without a word, so they are looked for here.
//!
//! Two ways to lose them: an `over` whose path no `def` backs (the vendor renamed the prim, or a slip of the pen), and an
//! opinion below an instance (USD ignores those; the instance prim itself can be overridden). The layers searched are
//! those of the root layer stack, where a twin layer is; what a referenced file loses inside of itself is its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gemba_model::{Issue, PrimPath};
use openusd::{
    sdf,
    usd::{PrimStatus, Stage},
};

use super::{issues::IssueLog, text_lines::LineTable};
use crate::SceneDoc;

/// Reports lost twin opinions of the opened `stage`, whose prims `doc` holds.
pub(crate) fn lost_twins(stage: &Stage, doc: &SceneDoc, lines: &mut LineTable, log: &mut IssueLog) {
    let rows: HashMap<&str, usize> = doc
        .prims
        .iter()
        .enumerate()
        .map(|(row, prim)| (prim.path.as_str(), row))
        .collect();
    // By layer and path, each prim once, in an order that does not change from run to run.
    let mut missing: BTreeMap<sdf::Path, String> = BTreeMap::new();
    let mut ignored: BTreeMap<String, String> = BTreeMap::new();
    let mut classes: BTreeSet<sdf::Path> = BTreeSet::new();
    for identifier in stage.layer_stack() {
        let Some(layer) = stage.layer(&identifier) else {
            continue;
        };
        for path in layer.data().spec_paths() {
            let text = path.as_str();
            if text.contains('{') || text == "/" {
                // What a variant says reaches a prim when the variant is chosen.
                continue;
            }
            if let Some((prim, property)) = text.split_once('.') {
                let is_ignored = || {
                    rows.get(prim)
                        .and_then(|row| doc.prims.get(*row))
                        .is_some_and(|it| it.is_instance_proxy)
                };
                if property.starts_with("gemba:") && is_ignored() {
                    ignored
                        .entry(prim.to_owned())
                        .or_insert_with(|| identifier.clone());
                }
            } else if !rows.contains_key(text) {
                if is_class(layer.data(), &path) {
                    classes.insert(path.clone());
                }
                missing.entry(path.clone()).or_insert_with(|| identifier.clone());
            }
        }
    }
    // Templates are not shown, and are not meant to be. The composed status cannot tell: an `over` that inherits a class
    // is composed as a class itself.
    missing.retain(|path, _| !classes.iter().any(|class| path.has_prefix(class)));
    for (path, layer) in missing {
        if let Some(issue) = missing_issue(stage, doc, &rows, &path) {
            report(lines, log, &layer, path.as_str(), issue);
        }
    }
    for (path, layer) in ignored {
        report(lines, log, &layer, &path, ignored_issue(doc, &rows, &path));
    }
}

fn is_class(data: &dyn sdf::AbstractData, path: &sdf::Path) -> bool {
    matches!(
        data.try_field(path, "specifier").ok().flatten().as_deref(),
        Some(sdf::Value::Specifier(sdf::Specifier::Class))
    )
}

/// An issue with the path of the prim that is to blame: many twins below one missing prim are one issue.
type Blamed = (String, Issue);

fn report(lines: &mut LineTable, log: &mut IssueLog, layer: &str, path: &str, (blamed, issue): Blamed) {
    let mut issue = issue.in_file(log.files().name(layer));
    issue.line = lines.prim_line(layer, path);
    issue.prim = PrimPath::new(path).ok();
    log.add_about(blamed, issue);
}

/// What to say of a prim that has specs and is not in the document; `None` when that is as it should be.
fn missing_issue(
    stage: &Stage,
    doc: &SceneDoc,
    rows: &HashMap<&str, usize>,
    path: &sdf::Path,
) -> Option<Blamed> {
    let status = stage.prim_status(path.clone()).ok()?;
    if !is_twin(stage, path) {
        return None;
    }
    if !status.contains(PrimStatus::ACTIVE.union(PrimStatus::LOADED)) {
        let issue = Issue::note(
            "twin.inactive-prim",
            "the twin layer binds a prim that is inactive or not loaded, so it is not shown",
            "set `active = true` on the prim and those above it if it should be shown",
        );
        return Some((path.as_str().to_owned(), issue));
    }
    let (existing, blamed) = split_at_missing(rows, path.as_str());
    let name = blamed.rsplit('/').next().unwrap_or_default();
    let message = format!("the twin layer names a prim that does not exist: the scene has no <{blamed}>");
    let remedy = match similar_child(doc, rows, existing, name) {
        Some(near) => format!("did you mean <{near}>? Write the path as the scene has it"),
        None => "write the path of a prim that the scene has, or `def` in place of `over` to make a new one"
            .to_owned(),
    };
    Some((
        blamed.to_owned(),
        Issue::error("twin.missing-prim", message, remedy),
    ))
}

fn ignored_issue(doc: &SceneDoc, rows: &HashMap<&str, usize>, path: &str) -> Blamed {
    let is_instance = |ancestor: &&str| {
        rows.get(ancestor)
            .and_then(|row| doc.prims.get(*row))
            .is_some_and(|prim| !prim.is_instance_proxy)
    };
    let ends = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
    let instance = ends
        .filter(|ancestor| !ancestor.is_empty())
        .find(is_instance)
        .unwrap_or(path)
        .to_owned();
    let issue = Issue::warning(
        "twin.below-instance",
        format!("what the twin layer says below the instance <{instance}> has no effect: USD ignores it"),
        format!("say it on <{instance}> itself, or set `instanceable = false` there"),
    );
    (instance, issue)
}

/// Whether the composed prim carries a Gemba schema or property.
fn is_twin(stage: &Stage, path: &sdf::Path) -> bool {
    let Ok(prim) = stage.prim(path.clone()) else {
        return false;
    };
    let schemas = prim.authored_api_schemas().unwrap_or_default();
    schemas.iter().any(|name| name.as_str().starts_with("Gemba"))
        || prim
            .authored_property_names()
            .unwrap_or_default()
            .iter()
            .any(|name| name.as_str().starts_with("gemba:"))
}

/// The deepest prim above `path` that the scene has (`/` for none), and the path of the first one it has not.
fn split_at_missing<'a>(rows: &HashMap<&str, usize>, path: &'a str) -> (&'a str, &'a str) {
    let mut existing = "/";
    for end in path
        .match_indices('/')
        .map(|(at, _)| at)
        .skip(1)
        .chain([path.len()])
    {
        if !rows.contains_key(&path[..end]) {
            return (existing, &path[..end]);
        }
        existing = &path[..end];
    }
    (existing, path)
}

/// The child of `parent` whose name differs from `name` in letter case and punctuation alone, or in one character.
fn similar_child<'a>(
    doc: &'a SceneDoc,
    rows: &HashMap<&str, usize>,
    parent: &str,
    name: &str,
) -> Option<&'a PrimPath> {
    let parent = rows.get(parent).copied();
    let is_child = |row: Option<usize>| row == parent;
    let children = doc
        .prims
        .iter()
        .filter(|prim| is_child(prim.parent.map(crate::doc::PrimIndex::index)));
    let wanted = letters(name);
    let mut near = children.filter(|prim| differ_by_one_at_most(&letters(prim.path.name()), &wanted));
    near.next().map(|prim| &prim.path)
}

fn letters(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Equal but for one character that is added, left out, replaced or swapped with its neighbour.
fn differ_by_one_at_most(a: &[char], b: &[char]) -> bool {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    match (&a[..a.len() - end], &b[..b.len() - end]) {
        ([], []) | ([_], []) | ([], [_]) | ([_], [_]) => true,
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => false,
    }
}
