//! Rows to the prims of the document: inheritance, bindings, and what hangs on each prim.

use std::collections::HashMap;

use gemba_model::{Issue, PrimPath};
use glam::DMat4;

use super::{Reader, Row, binding, facts::Special, instancer};
use crate::doc::{Camera, Light, PointInstance, PointInstancer, Prim, PrimIndex, Purpose, SceneDoc};

/// What a prim gets from the ones above it.
#[derive(Clone, Copy)]
struct Inherited {
    is_visible: bool,
    purpose: Purpose,
    display_color: Option<[f32; 4]>,
    is_below_instancer: bool,
    /// This row, or the nearest one above, that has material bindings.
    binding_row: Option<u32>,
}

/// Fills the document's prims and the tables that point at them; rows from `defined` on are undefined prototypes.
pub(crate) fn place(reader: &mut Reader, rows: Vec<Row>, defined: usize) {
    let inherited = inherit(&rows, defined);
    let subtree_lens = subtree_lens(&rows);
    home_materials(reader, &rows);
    let mut doc = std::mem::take(&mut reader.doc);
    doc.prims.reserve_exact(rows.len());
    let mut prototypes: HashMap<&str, u32> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        let own = inherited[at];
        let facts = &row.facts;
        let path = PrimPath::new(&row.path).unwrap_or_else(|_| PrimPath::root());
        let is_shown = facts.mesh.is_some() || &*facts.type_name == "GeomSubset";
        let material = is_shown
            .then(|| binding::resolve(&rows, &inherited_bindings(&inherited), at))
            .flatten();
        doc.prims.push(Prim {
            path,
            parent: row.parent.map(PrimIndex),
            subtree_len: subtree_lens[at],
            type_name: facts.type_name.clone(),
            display_name: facts.display_name.clone(),
            kind: facts.kind.clone(),
            parent_from_prim: facts.parent_from_prim,
            resets_xform_stack: facts.resets_xform_stack,
            is_time_varying: facts.is_time_varying,
            visible: own.is_visible,
            purpose: own.purpose,
            is_instance_proxy: row.is_instance_proxy,
            prototype: facts.prototype.as_ref().map(|prototype| {
                let next = super::index(prototypes.len());
                *prototypes.entry(prototype.as_str()).or_insert(next)
            }),
            is_point_prototype: own.is_below_instancer,
            is_undefined: at >= defined,
            mesh: facts.mesh,
            material,
            display_color: own.display_color,
        });
        place_special(&mut doc, PrimIndex(super::index(at)), row);
    }
    reader.doc = doc;
    place_instancers(reader, &rows);
}

/// Looks up the nearest row with bindings, at or above a row.
fn inherited_bindings(inherited: &[Inherited]) -> impl Fn(usize) -> Option<usize> {
    move |row| inherited[row].binding_row.map(|row| row as usize)
}

fn inherit(rows: &[Row], defined: usize) -> Vec<Inherited> {
    let root = Inherited {
        is_visible: true,
        purpose: Purpose::Default,
        display_color: None,
        is_below_instancer: false,
        binding_row: None,
    };
    let mut inherited: Vec<Inherited> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let above = row.parent.map_or(root, |parent| inherited[parent as usize]);
        let parent_is_instancer = row
            .parent
            .is_some_and(|parent| matches!(rows[parent as usize].facts.special, Special::PointInstancer(_)));
        let facts = &row.facts;
        inherited.push(Inherited {
            is_visible: above.is_visible && !facts.is_invisible,
            purpose: facts.purpose.unwrap_or(above.purpose),
            display_color: facts.display_color.or(above.display_color),
            is_below_instancer: above.is_below_instancer || parent_is_instancer || at >= defined,
            binding_row: if facts.bindings.is_some() {
                Some(super::index(at))
            } else {
                above.binding_row
            },
        });
    }
    inherited
}

fn subtree_lens(rows: &[Row]) -> Vec<u32> {
    let mut lens = vec![1u32; rows.len()];
    for at in (0..rows.len()).rev() {
        if let Some(parent) = rows[at].parent {
            lens[parent as usize] += lens[at];
        }
    }
    lens
}

fn place_special(doc: &mut SceneDoc, prim: PrimIndex, row: &Row) {
    match &row.facts.special {
        Special::Light(light) => doc.lights.push(Light {
            prim,
            ..light.clone()
        }),
        Special::Camera(camera) => doc.cameras.push(Camera {
            prim,
            ..camera.clone()
        }),
        Special::None | Special::PointInstancer(_) => {}
    }
    if let Some(twin) = &row.facts.twin {
        doc.twins.push(twin.placed(prim, |path| on_stage(row, path)));
    }
}

/// A path as composed on the stage: targets inside a prototype are moved to the instance at hand.
fn on_stage(row: &Row, path: &str) -> PrimPath {
    let moved = row.instance.as_ref().and_then(|instance| {
        let rest = path.strip_prefix(instance.0.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{}{rest}", instance.1))
    });
    PrimPath::new(moved.as_deref().unwrap_or(path)).unwrap_or_else(|_| PrimPath::root())
}

/// Materials of prototypes are named after their first instance.
fn home_materials(reader: &mut Reader, rows: &[Row]) {
    let mut homes: HashMap<&str, &str> = HashMap::new();
    for instance in rows.iter().filter_map(|row| row.instance.as_ref()) {
        homes.entry(instance.0.as_str()).or_insert(instance.1.as_str());
    }
    for material in &mut reader.doc.materials {
        let path = material.path.as_str();
        let root_len = path
            .get(1..)
            .and_then(|rest| rest.find('/'))
            .map_or(path.len(), |at| at + 1);
        if let Some(home) = homes.get(&path[..root_len]) {
            let moved = PrimPath::new(format!("{home}{}", &path[root_len..]));
            material.path = moved.unwrap_or_else(|_| PrimPath::root());
        }
    }
}

fn place_instancers(reader: &mut Reader, rows: &[Row]) {
    let instancers: Vec<(usize, &Row)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| matches!(row.facts.special, Special::PointInstancer(_)))
        .collect();
    if instancers.is_empty() {
        return;
    }
    let row_of_path: HashMap<&str, u32> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| (row.path.as_str(), super::index(at)))
        .collect();
    for (at, row) in instancers {
        let Special::PointInstancer(facts) = &row.facts.special else {
            continue;
        };
        let mut prototypes = Vec::new();
        // Prototypes that are not there leave a gap in the numbering of `protoIndices`.
        let mut slots: Vec<Option<(u32, DMat4)>> = Vec::new();
        for target in &facts.prototypes {
            let path = on_stage(row, target.as_str());
            let found = row_of_path.get(path.as_str()).copied();
            slots.push(found.map(|prototype| {
                prototypes.push(PrimIndex(prototype));
                (
                    super::index(prototypes.len() - 1),
                    rows[prototype as usize].facts.parent_from_prim,
                )
            }));
            if found.is_none() {
                reader.issues.borrow_mut().add(missing_prototype(row, &path));
            }
        }
        let instances = instancer_instances(facts, &slots);
        reader.doc.point_instancers.push(PointInstancer {
            prim: PrimIndex(super::index(at)),
            prototypes,
            instances,
        });
    }
}

fn instancer_instances(
    facts: &instancer::InstancerFacts,
    slots: &[Option<(u32, DMat4)>],
) -> Vec<PointInstance> {
    let placed = |(slot, instancer_from_point): &(u32, DMat4)| {
        let (prototype, instancer_from_root) = (*slots.get(*slot as usize)?)?;
        Some(PointInstance {
            prototype,
            instancer_from_prototype: *instancer_from_point * instancer_from_root,
        })
    };
    facts.instances.iter().filter_map(placed).collect()
}

fn missing_prototype(row: &Row, target: &PrimPath) -> Issue {
    let issue = Issue::warning(
        "instancer.missing-prototype",
        format!("its prototype {target} is not there, so its instances are not drawn"),
        "point `prototypes` at a prim that is active and defined",
    );
    match PrimPath::new(&row.path) {
        Ok(path) => issue.on_prim(path),
        Err(_) => issue,
    }
}
