//! The sample plants as they are committed: nothing is wrong in them, and they hold what they promise.

use std::{collections::BTreeMap, path::PathBuf, sync::OnceLock};

use gemba_model::{Issue, Severity};
use gemba_twin::{BindingPlan, EffectKind, plan};
use gemba_usd::{
    OpenOptions, SceneDoc,
    doc::{MeshIndex, PrimIndex},
    open,
};

struct Plant {
    doc: SceneDoc,
    plan: BindingPlan,
    issues: Vec<Issue>,
}

fn opened(folder: &str) -> Plant {
    let path = PathBuf::from(format!("../../scenes/{folder}/plant.usda"));
    let doc = open(&path, &OpenOptions::default(), &mut |_| {}).expect("a plant");
    let (plan, mut issues) = plan(&doc, &["plant".to_owned()]);
    issues.extend(doc.issues.iter().cloned());
    Plant { doc, plan, issues }
}

fn bottling() -> &'static Plant {
    static PLANT: OnceLock<Plant> = OnceLock::new();
    PLANT.get_or_init(|| opened("bottling"))
}

/// What is more than a note.
fn faults(plant: &Plant) -> Vec<String> {
    plant
        .issues
        .iter()
        .filter(|issue| issue.severity != Severity::Note)
        .map(ToString::to_string)
        .collect()
}

#[test]
fn nothing_is_wrong_in_the_sample_plants() {
    assert_eq!(faults(bottling()), [""; 0]);
    assert_eq!(faults(&opened("pumphouse")), [""; 0]);
}

#[test]
fn the_bottling_works_has_what_it_promises() {
    let Plant { doc, plan, .. } = bottling();
    assert!(plan.twins.len() >= 80, "{} twins", plan.twins.len());
    assert!(plan.points.len() >= 400, "{} points", plan.points.len());
    let bare = |leaf: &str, missing: usize| assert_eq!(missing, 0, "points without {leaf}");
    bare("unit", plan.points.iter().filter(|it| it.unit.is_none()).count());
    bare(
        "name",
        plan.points.iter().filter(|it| it.label == it.name).count(),
    );
    bare("tag", plan.points.iter().filter(|it| it.tag.is_none()).count());
    let mut classes: Vec<&str> = plan
        .twins
        .iter()
        .filter_map(|twin| twin.class.as_deref())
        .collect();
    classes.sort_unstable();
    classes.dedup();
    assert!(classes.len() >= 12, "{classes:?}");
    let mut levels: Vec<&str> = plan
        .twins
        .iter()
        .filter_map(|twin| twin.level.as_deref())
        .collect();
    levels.sort_unstable();
    levels.dedup();
    assert_eq!(
        levels,
        [
            "area",
            "controlModule",
            "enterprise",
            "equipment",
            "processCell",
            "productionLine",
            "productionUnit",
            "site",
            "storageUnit",
            "storageZone",
            "unit",
            "workCell"
        ]
    );
    assert!(doc.cameras.len() >= 6, "{} cameras", doc.cameras.len());
}

#[test]
fn every_kind_of_effect_that_is_drawn_is_in_use() {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for effect in &bottling().plan.effects {
        let kind = match effect.kind {
            EffectKind::Color { .. } => "color",
            EffectKind::Emissive { .. } => "emissive",
            EffectKind::Rotate { .. } => "rotate",
            EffectKind::Translate { .. } => "translate",
            EffectKind::Convey { .. } => "convey",
            EffectKind::Plume { .. } => "plume",
            EffectKind::Visibility { .. } => "visibility",
            EffectKind::Level { .. } => "level",
            EffectKind::Label { .. } => "label",
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let names: Vec<&str> = kinds.keys().copied().collect();
    assert_eq!(
        names,
        [
            "color",
            "convey",
            "emissive",
            "label",
            "level",
            "plume",
            "rotate",
            "translate",
            "visibility"
        ]
    );
    assert_eq!(kinds["convey"], 12, "one a conveyor");
}

/// From the feedwater tank one reaches the turbine's feeders, from the water tanks the last pallet.
#[test]
fn what_feeds_what_leads_through_the_plant() {
    let plan = &bottling().plan;
    let row = |id: &str| {
        plan.twins
            .iter()
            .position(|twin| &*twin.id == id)
            .expect("a twin") as u32
    };
    let reaches = |from: &str, to: &str| {
        let (mut seen, mut open) = (vec![false; plan.twins.len()], vec![row(from)]);
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut seen[at as usize], true) {
                open.extend(
                    plan.flows
                        .iter()
                        .filter(|flow| flow.from.0 == at)
                        .map(|flow| flow.to.0),
                );
            }
        }
        seen[row(to) as usize]
    };
    for (from, to) in [
        ("TK-110", "FD-104"),
        ("TK-201", "CV-312"),
        ("TK-212", "FL-301"),
        ("DP-301", "PL-301"),
        ("CT-101", "HX-201"),
        ("C-102", "CK-301"),
    ] {
        assert!(reaches(from, to), "{from} does not lead to {to}");
    }
    assert!(!reaches("FL-301", "TK-201"), "bottles flow back into water");
}

/// Triangles as drawn: those of every mesh, once for each prim and each point instance that shows it.
#[test]
fn the_bottling_works_draws_one_to_three_million_triangles() {
    let doc = &bottling().doc;
    let of_mesh = |mesh: MeshIndex| doc.meshes[mesh.index()].indices.len() / 3;
    let of_rows = |rows: std::ops::Range<usize>| -> usize {
        doc.prims[rows]
            .iter()
            .filter_map(|prim| prim.mesh)
            .map(of_mesh)
            .sum()
    };
    let of_prims: usize = doc
        .prims
        .iter()
        .filter(|prim| !prim.is_point_prototype)
        .filter_map(|prim| prim.mesh)
        .map(of_mesh)
        .sum();
    let of_points: usize = doc
        .point_instancers
        .iter()
        .filter(|it| !doc.prims[it.prim.index()].is_point_prototype)
        .flat_map(|it| {
            it.instances
                .iter()
                .map(|instance| it.prototypes[instance.prototype as usize])
        })
        .map(|prototype: PrimIndex| of_rows(doc.subtree(prototype)))
        .sum();
    let drawn = of_prims + of_points;
    let stored: usize = doc.meshes.iter().map(|mesh| mesh.indices.len() / 3).sum();
    assert!((1_000_000..3_000_000).contains(&drawn), "{drawn} triangles");
    assert!(stored * 4 < drawn, "{stored} triangles stored for {drawn}");
}
