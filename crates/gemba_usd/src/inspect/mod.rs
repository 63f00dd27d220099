//! The facts of a composed scene as JSON, in the format of the golden files that Pixar's library is asked for.
//!
//! Counts, geometry and bindings are taken from the [`SceneDoc`], so what is compared is what is shown; only what the
//! document has no use for (variant names, other times, IFC attributes) is asked of the stage. `gemba inspect --json` prints
//! it, `cargo xtask corpus` compares it.

mod boxes;
mod counts;
mod gprims;
mod instancers;
mod materials;
mod number;
mod over_time;
mod variants;

use std::path::Path;

use glam::DMat4;
use serde_json::{Map, Value, json};

use crate::{
    OpenError, OpenOptions, SceneDoc,
    doc::{PrimIndex, UpAxis},
    open::open_then,
    read::{PrimView, values},
    stage::OpenedStage,
};
use number::{matrix, rounded};

/// The facts of the scene at `path`.
///
/// # Errors
/// [`OpenError`] as [`crate::open`].
pub fn inspect(path: &Path) -> Result<Value, OpenError> {
    let mut facts = open_then(path, &OpenOptions::default(), &mut |_| {}, |opened, doc| {
        let world = world_matrices(&doc);
        let scene = Scene {
            opened,
            doc: &doc,
            world: &world,
        };
        scene.facts()
    })?;
    let checks = variants::checks(path, &facts["variants"])?;
    if let (Value::Object(facts), false) = (&mut facts, checks.is_empty()) {
        facts.insert("variantChecks".into(), checks.into());
    }
    Ok(facts)
}

/// An open scene that is asked for its facts.
pub(crate) struct Scene<'a> {
    opened: &'a OpenedStage,
    doc: &'a SceneDoc,
    /// World matrix of each prim in stage units, column vectors.
    world: &'a [DMat4],
}

impl Scene<'_> {
    fn facts(&self) -> Value {
        let stage = &self.doc.stage;
        let [start, end] = stage.time_range.unwrap_or([0.0, 0.0]);
        let mut facts = Map::new();
        let mut add = |key: &str, value: Value| {
            let is_empty_table = value.as_array().is_some_and(Vec::is_empty);
            if !is_empty_table || key == "gprims" {
                facts.insert(key.to_owned(), value);
            }
        };
        add("scene", json!(stage.root_layer));
        add("open", json!(true));
        add(
            "upAxis",
            json!(if stage.up_axis == UpAxis::Z { "Z" } else { "Y" }),
        );
        add("metersPerUnit", rounded(stage.meters_per_unit));
        add("timeCodesPerSecond", rounded(stage.time_codes_per_second));
        add("framesPerSecond", rounded(stage.frames_per_second));
        add("hasTimeRange", json!(stage.time_range.is_some()));
        add("start", rounded(start));
        add("end", rounded(end));
        add(
            "defaultPrim",
            json!(stage.default_prim.as_deref().unwrap_or_default()),
        );
        let gprims = gprims::gprims(self);
        let instances = gprims::instances(self);
        for (key, value) in counts::counts(self, &gprims, &instances) {
            add(key, value);
        }
        add("worldBounds", boxes::union(gprims.iter().map(|row| &row[8])));
        add("gprims", gprims.into());
        add("instances", instances.into());
        add("pointInstancers", instancers::instancers(self).into());
        add("materials", materials::materials(self).into());
        add("variants", variants::variants(self).into());
        add("animated", over_time::animated(self).into());
        add("elements", self.elements().into());
        Value::Object(facts)
    }

    /// What is authored on `prim`; `None` for prims that only an instance has.
    fn view(&self, prim: PrimIndex) -> Option<PrimView<'_>> {
        PrimView::quiet(
            &self.opened.stage,
            self.doc.prims.get(prim.index())?.path.as_str(),
        )
    }

    /// Rows of the prims that stand in the stage itself, outside of instances.
    fn own_prims(&self) -> impl Iterator<Item = PrimIndex> + '_ {
        let rows = self.doc.scene_prims().iter().zip(0..);
        rows.filter(|(prim, _)| !prim.is_instance_proxy)
            .map(|(_, at)| PrimIndex(at))
    }

    /// Converted IFC elements: path, global id, class, type, number of authored `ifc:` attributes.
    fn elements(&self) -> Vec<Value> {
        let element = |prim: PrimIndex| {
            let view = self.view(prim)?;
            let id = view.text("ifc:globalId")?;
            let text = |name: &str| view.text(name).unwrap_or_default();
            let count = view.names().filter(|name| name.starts_with("ifc:")).count();
            let path = self.doc.prims.get(prim.index())?.path.as_str();
            Some(json!([path, id, text("ifc:class"), text("ifc:type"), count]))
        };
        self.own_prims().filter_map(element).collect()
    }

    fn world_json(&self, prim: PrimIndex) -> Value {
        self.world
            .get(prim.index())
            .map_or(Value::Null, |world| matrix(*world))
    }
}

/// `points` of a point-based prim.
fn points(view: &PrimView) -> Option<Vec<[f32; 3]>> {
    view.value("points").and_then(values::vec3s)
}

/// Length of an `int[]`.
fn count(view: &PrimView, name: &str) -> usize {
    view.value(name)
        .and_then(values::ints)
        .map_or(0, |ints| ints.len())
}

/// World matrix of each prim, column vectors, stage units.
fn world_matrices(doc: &SceneDoc) -> Vec<DMat4> {
    let mut world: Vec<DMat4> = Vec::with_capacity(doc.prims.len());
    for prim in &doc.prims {
        let above = match prim.parent {
            Some(parent) if !prim.resets_xform_stack => world[parent.index()],
            _ => DMat4::IDENTITY,
        };
        world.push(above * prim.parent_from_prim);
    }
    world
}
