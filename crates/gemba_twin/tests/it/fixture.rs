//! Composed scenes made by hand, in a text of one statement a line:
//!
//! ```text
//! /Plant/P_101                                   a prim (parents are made)
//! = GembaTwinAPI GembaPointAPI:speed             its applied schemas
//! gemba:twin:id "P-101"                          an attribute: text, number, (numbers) or true
//! gemba:effect:spin:target </Plant/P_101/Impeller>
//! ```
//!
//! The line of an opinion is the line in the text; its file is `twin.usda`.

use std::collections::BTreeMap;

use gemba_model::{Issue, PrimPath, Severity};
use gemba_twin::{BindingPlan, plan};
use gemba_usd::{
    SceneDoc,
    doc::{Prim, PrimIndex, Purpose, StageMetrics, TwinOpinions, TwinProperty, TwinRelationship, TwinValue},
};

/// The scene that `text` describes.
pub(crate) fn scene(text: &str) -> SceneDoc {
    let mut paths: BTreeMap<String, Option<TwinOpinions>> = BTreeMap::new();
    let mut current = String::new();
    for (row, line) in text.lines().enumerate() {
        let (line, number) = (line.trim(), row as u32 + 1);
        if line.starts_with('/') {
            current = line.to_owned();
            for (at, _) in line.match_indices('/').skip(1) {
                paths.entry(line[..at].to_owned()).or_default();
            }
            paths.entry(current.clone()).or_default();
        } else if !line.is_empty() {
            let opinions = paths
                .get_mut(&current)
                .expect("a prim first")
                .get_or_insert_with(|| TwinOpinions {
                    prim: PrimIndex(0),
                    api_schemas: Vec::new(),
                    attributes: BTreeMap::new(),
                    relationships: BTreeMap::new(),
                    file: Some("twin.usda".to_owned()),
                    line: Some(number),
                });
            add(opinions, line, number);
        }
    }
    let mut doc = SceneDoc {
        stage: StageMetrics {
            root_layer: "twin.usda".into(),
            meters_per_unit: 0.01,
            ..StageMetrics::default()
        },
        ..SceneDoc::default()
    };
    for (row, (path, opinions)) in paths.iter().enumerate() {
        let subtree = paths
            .keys()
            .filter(|other| *other == path || other.starts_with(&format!("{path}/")))
            .count();
        let parent = path
            .rfind('/')
            .and_then(|at| paths.keys().position(|other| *other == path[..at]));
        doc.prims.push(prim(path, parent, subtree));
        if let Some(opinions) = opinions {
            doc.twins.push(TwinOpinions {
                prim: PrimIndex(row as u32),
                ..opinions.clone()
            });
        }
    }
    doc
}

fn prim(path: &str, parent: Option<usize>, subtree: usize) -> Prim {
    Prim {
        path: PrimPath::new(path).expect("a path"),
        parent: parent.map(|row| PrimIndex(row as u32)),
        subtree_len: subtree as u32,
        type_name: "Xform".into(),
        display_name: None,
        kind: None,
        parent_from_prim: Default::default(),
        resets_xform_stack: false,
        is_time_varying: false,
        visible: true,
        purpose: Purpose::Default,
        is_instance_proxy: false,
        prototype: None,
        is_point_prototype: false,
        is_undefined: false,
        mesh: None,
        material: None,
        display_color: None,
    }
}

fn add(opinions: &mut TwinOpinions, line: &str, number: u32) {
    let (name, value) = line.split_once(' ').expect("a name and a value");
    let (file, line) = (opinions.file.clone(), Some(number));
    if name == "=" {
        opinions
            .api_schemas
            .extend(value.split_whitespace().map(str::to_owned));
    } else if value.starts_with('<') {
        let targets = value
            .split_whitespace()
            .map(|it| PrimPath::new(it.trim_matches(['<', '>'])).expect("a path"));
        let targets = targets.collect();
        opinions
            .relationships
            .insert(name.to_owned(), TwinRelationship { targets, file, line });
    } else {
        opinions.attributes.insert(
            name.to_owned(),
            TwinProperty {
                value: attribute(value),
                file,
                line,
            },
        );
    }
}

fn attribute(text: &str) -> TwinValue {
    if let Some(text) = text.strip_prefix('"') {
        return TwinValue::Text(text.trim_end_matches('"').to_owned());
    }
    if let Some(list) = text.strip_prefix('(') {
        let numbers = list.trim_end_matches(')').split_terminator(',');
        return TwinValue::Numbers(numbers.map(|it| it.trim().parse().expect("a number")).collect());
    }
    text.parse()
        .map(TwinValue::Bool)
        .unwrap_or_else(|_| TwinValue::Number(text.parse().expect("a number")))
}

/// The plan of a scene whose `gemba.toml` names the connections `plant` and `line2`.
pub(crate) fn planned(text: &str) -> (BindingPlan, Vec<Issue>) {
    plan(&scene(text), &["plant".to_owned(), "line2".to_owned()])
}

/// A pump with a speed; `more` is added to it.
pub(crate) fn pump(more: &str) -> String {
    format!(
        "/Plant/P_101/Impeller
         /Plant/P_101
         = GembaTwinAPI GembaPointAPI:speed
         gemba:twin:id \"P-101\"
         gemba:point:speed:source \"plant:acme/{{id}}#/speed_rpm\"
         gemba:point:speed:unit \"r/min\"
         {more}"
    )
}

/// What an issue must be: severity, code, line (0 for none), and parts of its message and remedy.
pub(crate) type Expected<'a> = (Severity, &'a str, u32, &'a str, &'a str);

/// Asserts that exactly these issues come of `text`, in this order.
pub(crate) fn check(text: &str, expected: &[Expected<'_>]) {
    let (_, issues) = planned(text);
    let seen: Vec<String> = issues.iter().map(ToString::to_string).collect();
    assert_eq!(issues.len(), expected.len(), "{text}\n{seen:#?}");
    for (issue, (severity, code, line, message, remedy)) in issues.iter().zip(expected) {
        assert_eq!((issue.severity, &*issue.code), (*severity, *code), "{issue}");
        assert_eq!(issue.line.unwrap_or(0), *line, "{issue}");
        assert_eq!(issue.file.as_deref(), Some("twin.usda"), "{issue}");
        assert!(issue.prim.is_some(), "{issue}");
        assert!(issue.message.contains(message), "`{message}` is not in: {issue}");
        assert!(issue.remedy.contains(remedy), "`{remedy}` is not in: {issue}");
        assert!(
            !issue.message.ends_with('.') && !issue.remedy.ends_with('.'),
            "{issue}"
        );
    }
}
