//! One scene's facts against the golden ones, class by class.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Numbers agree within this share of the largest number of their row (golden files have seven significant digits).
const TOLERANCE_RATIO: f64 = 2e-5;
/// Scenes whose golden facts were made without MaterialX: what is null there is not known, not absent.
const WITHOUT_MATERIALX: &[&str] = &["openchessset", "MaterialXTest"];

/// Point instancers with prototypes under an `over` or a `class`. usd-core leaves these out of the instancer's box; they are
/// drawn all the same, so the boxes differ on purpose. All else about these instancers is compared.
const UNDEFINED_PROTOTYPES: &[&str] = &["/World/PointInstancerMultiple", "/World/PointInstancerMultiple2"];
/// The column of an instancer's row that holds its box.
const INSTANCER_BOX: usize = 7;

/// A class of facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Units, axes, time, default prim.
    Stage,
    /// How many prims of which type.
    PrimCounts,
    /// Whether each gprim is there, with its type.
    Gprims,
    /// World matrix of each gprim.
    WorldTransforms,
    /// Visibility and purpose of each gprim.
    Visibility,
    /// Points, faces and triangles of each gprim.
    MeshCounts,
    /// World box of each gprim, and of the scene.
    Bounds,
    /// Bound material of each gprim.
    MaterialBindings,
    /// GeomSubsets with their materials.
    Subsets,
    /// Which instances share a prototype.
    Instances,
    /// Point instancers.
    PointInstancers,
    /// World matrices over time.
    Animation,
    /// Shader inputs.
    Materials,
    /// Variant sets, and the counts with other selections.
    Variants,
    /// IFC elements.
    Elements,
}

impl Class {
    /// Its name for people.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Stage => "stage metrics",
            Self::PrimCounts => "prim counts and types",
            Self::Gprims => "gprims there, with type",
            Self::WorldTransforms => "world transforms",
            Self::Visibility => "visibility and purpose",
            Self::MeshCounts => "mesh and face counts",
            Self::Bounds => "bounds",
            Self::MaterialBindings => "material bindings",
            Self::Subsets => "subsets",
            Self::Instances => "instances",
            Self::PointInstancers => "point instancers",
            Self::Animation => "animation",
            Self::Materials => "material inputs",
            Self::Variants => "variants",
            Self::Elements => "IFC elements",
        }
    }
}

/// How many facts agree, and those that do not.
#[derive(Clone, Debug, Default)]
pub(super) struct Agreement {
    /// Facts that agree.
    pub(super) agree: u64,
    /// Each fact that does not, in words.
    pub(super) differences: Vec<String>,
}

impl Agreement {
    /// Facts in all.
    pub(super) fn total(&self) -> u64 {
        self.agree + self.differences.len() as u64
    }

    /// The share that agrees; 1 of nothing.
    pub(super) fn ratio(&self) -> f64 {
        if self.total() == 0 {
            1.0
        } else {
            self.agree as f64 / self.total() as f64
        }
    }

    /// Adds the facts of a scene.
    pub(super) fn add(&mut self, scene: &str, other: Self) {
        self.agree += other.agree;
        self.differences.extend(
            other
                .differences
                .into_iter()
                .map(|difference| format!("{scene}: {difference}")),
        );
    }

    /// One fact.
    fn fact(&mut self, what: &str, golden: &Value, ours: &Value) {
        if same(golden, ours) {
            self.agree += 1;
        } else {
            self.differences
                .push(format!("{what}: golden {} ours {}", short(golden), short(ours)));
        }
    }
}

type Classes = BTreeMap<Class, Agreement>;

/// Compares one scene.
pub(super) fn compare(golden: &Value, ours: &Value) -> Classes {
    let mut classes = Classes::new();
    let stage = classes.entry(Class::Stage).or_default();
    for key in [
        "upAxis",
        "metersPerUnit",
        "timeCodesPerSecond",
        "framesPerSecond",
        "hasTimeRange",
        "start",
        "end",
        "defaultPrim",
    ] {
        stage.fact(key, &golden[key], &ours[key]);
    }
    counts(&mut classes, golden, ours);
    gprims(&mut classes, golden, ours);
    classes.entry(Class::Bounds).or_default().fact(
        "worldBounds",
        &golden["worldBounds"],
        &ours["worldBounds"],
    );
    partition(&mut classes, golden, ours);
    let instancers = |facts: &Value| {
        let mut rows = facts["pointInstancers"].clone();
        for row in rows.as_array_mut().into_iter().flatten() {
            if row[0]
                .as_str()
                .is_some_and(|path| UNDEFINED_PROTOTYPES.contains(&path))
            {
                row[INSTANCER_BOX] = Value::Null;
            }
        }
        serde_json::json!({ "pointInstancers": rows })
    };
    let class = classes.entry(Class::PointInstancers).or_default();
    keyed_rows(
        class,
        "pointInstancers",
        1,
        &instancers(golden),
        &instancers(ours),
    );
    let rows: [(Class, &str, usize); 4] = [
        (Class::Animation, "animated", 1),
        (Class::Variants, "variants", 1),
        (Class::Variants, "variantChecks", 3),
        (Class::Elements, "elements", 1),
    ];
    for (class, key, key_columns) in rows {
        keyed_rows(classes.entry(class).or_default(), key, key_columns, golden, ours);
    }
    keyed_rows(
        classes.entry(Class::Materials).or_default(),
        "materials",
        1,
        golden,
        ours,
    );
    classes.retain(|_, agreement| agreement.total() > 0);
    classes
}

fn counts(classes: &mut Classes, golden: &Value, ours: &Value) {
    let class = classes.entry(Class::PrimCounts).or_default();
    for key in ["prims", "primsWithoutProxies"] {
        class.fact(key, &golden[key], &ours[key]);
    }
    for group in ["types", "totals"] {
        for name in names(&golden[group]).union(&names(&ours[group])) {
            class.fact(
                &format!("{group}.{name}"),
                &golden[group][name],
                &ours[group][name],
            );
        }
    }
}

fn names(object: &Value) -> BTreeSet<&String> {
    object
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys())
        .collect()
}

/// Columns of a gprim row, as `gprimFields` names them, by class.
const GPRIM_COLUMNS: &[(Class, &[usize])] = &[
    (Class::WorldTransforms, &[2]),
    (Class::Visibility, &[3, 4]),
    (Class::MeshCounts, &[5, 6, 7]),
    (Class::Bounds, &[8]),
];

fn gprims(classes: &mut Classes, golden: &Value, ours: &Value) {
    let (theirs, mine) = (by_key(&golden["gprims"], 1), by_key(&ours["gprims"], 1));
    let scene = golden["scene"].as_str().unwrap_or_default();
    let lacks_materialx = WITHOUT_MATERIALX.iter().any(|name| scene.contains(name));
    for (path, row) in &theirs {
        let found = mine.get(path).copied().unwrap_or(&Value::Null);
        classes
            .entry(Class::Gprims)
            .or_default()
            .fact(path, &row[1], &found[1]);
        for (class, columns) in GPRIM_COLUMNS {
            let pick = |row: &Value| {
                columns
                    .iter()
                    .map(|column| row[*column].clone())
                    .collect::<Value>()
            };
            classes
                .entry(*class)
                .or_default()
                .fact(path, &pick(row), &pick(found));
        }
        if !(lacks_materialx && row[9].is_null()) {
            classes
                .entry(Class::MaterialBindings)
                .or_default()
                .fact(path, &row[9], &found[9]);
        }
        let subsets = (by_key(&row[11], 1), by_key(&found[11], 1));
        for (name, subset) in subsets.0 {
            let ours = subsets.1.get(&name).copied().unwrap_or(&Value::Null);
            if !(lacks_materialx && subset[3].is_null()) {
                classes
                    .entry(Class::Subsets)
                    .or_default()
                    .fact(&format!("{path}/{name}"), subset, ours);
            }
        }
    }
    let extra = mine.keys().filter(|path| !theirs.contains_key(*path));
    let class = classes.entry(Class::Gprims).or_default();
    class
        .differences
        .extend(extra.map(|path| format!("{path}: ours alone")));
}

/// Rows of a table by their first columns joined.
fn by_key(rows: &Value, key_columns: usize) -> BTreeMap<String, &Value> {
    let key = |row: &Value| {
        (0..key_columns)
            .map(|at| text(&row[at]))
            .collect::<Vec<_>>()
            .join(" ")
    };
    rows.as_array()
        .into_iter()
        .flatten()
        .map(|row| (key(row), row))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn keyed_rows(class: &mut Agreement, key: &str, key_columns: usize, golden: &Value, ours: &Value) {
    let (theirs, mine) = (by_key(&golden[key], key_columns), by_key(&ours[key], key_columns));
    for (name, row) in &theirs {
        class.fact(
            &format!("{key} {name}"),
            row,
            mine.get(name).copied().unwrap_or(&Value::Null),
        );
    }
    let extra = mine.keys().filter(|name| !theirs.contains_key(*name));
    class
        .differences
        .extend(extra.map(|name| format!("{key} {name}: ours alone")));
}

/// Prototype numbers mean nothing but equality: each instance is compared by the first instance of its prototype.
fn partition(classes: &mut Classes, golden: &Value, ours: &Value) {
    let first_of = |facts: &Value| {
        let mut first: BTreeMap<String, String> = BTreeMap::new();
        let rows = by_key(&facts["instances"], 1);
        let mut leader = BTreeMap::new();
        for (path, row) in rows {
            let number = row[1].to_string();
            let leading = first.entry(number).or_insert_with(|| path.clone()).clone();
            leader.insert(path, Value::from(leading));
        }
        leader
    };
    let (theirs, mine) = (first_of(golden), first_of(ours));
    let class = classes.entry(Class::Instances).or_default();
    for (path, leader) in &theirs {
        class.fact(path, leader, mine.get(path).unwrap_or(&Value::Null));
    }
    class.differences.extend(
        mine.keys()
            .filter(|path| !theirs.contains_key(*path))
            .map(|path| format!("{path}: ours alone")),
    );
}

/// Equal, numbers within the tolerance of the largest number of their array.
fn same(golden: &Value, ours: &Value) -> bool {
    same_within(golden, ours, scale(golden).max(scale(ours)))
}

fn same_within(golden: &Value, ours: &Value, scale: f64) -> bool {
    match (golden, ours) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE_RATIO * scale.max(a.abs()) + 1e-9,
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => {
            // The scale of a row of numbers is that row's own.
            let row_scale = |row: &[Value]| {
                row.iter()
                    .filter_map(Value::as_f64)
                    .fold(0.0, |most: f64, x| most.max(x.abs()))
            };
            let scale = row_scale(a).max(row_scale(b));
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_within(a, b, scale))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same_within(a, b, 0.0)))
        }
        _ => golden == ours,
    }
}

fn scale(value: &Value) -> f64 {
    value.as_f64().map_or(0.0, f64::abs)
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_agree_within_their_row() {
        assert!(same(&json!([100.0, 0.0]), &json!([100.0005, 0.0004])));
        assert!(!same(&json!([100.0, 0.0]), &json!([101.0, 0.0])));
        assert!(!same(&json!(0.001), &json!(0.002)));
        assert!(same(&json!(3), &json!(3.0)));
        assert!(!same(&json!(null), &json!("/A")));
    }

    #[test]
    fn a_missing_gprim_disagrees_in_every_class() {
        let golden =
            json!({ "gprims": [["/A", "Mesh", [1], "inherited", "default", 3, 1, 1, [0], null, -1]] });
        let classes = compare(&golden, &json!({ "gprims": [] }));
        for class in [
            Class::Gprims,
            Class::WorldTransforms,
            Class::MeshCounts,
            Class::Bounds,
        ] {
            assert!(classes[&class].ratio() < 1.0, "{}", class.label());
        }
    }

    #[test]
    fn prototype_numbers_mean_equality_only() {
        let golden = json!({ "instances": [["/A", 0], ["/B", 0], ["/C", 1]] });
        let agree = compare(
            &golden,
            &json!({ "instances": [["/A", 7], ["/B", 7], ["/C", 3]] }),
        );
        assert_eq!(agree[&Class::Instances].ratio(), 1.0);
        let differ = compare(
            &golden,
            &json!({ "instances": [["/A", 7], ["/B", 3], ["/C", 3]] }),
        );
        assert!(differ[&Class::Instances].ratio() < 1.0);
    }
}
