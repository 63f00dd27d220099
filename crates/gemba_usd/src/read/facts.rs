//! What is read of one prim, before anything is inherited.

use std::sync::Arc;

use gemba_model::Issue;
use glam::DMat4;
use openusd::sdf;

use super::{
    Reader, binding::Bindings, camera, gprim, instancer, known_types, light, mesh, prim_view::PrimView, twin,
    xform,
};
use crate::doc::{Camera, Light, MeshIndex, Purpose};

/// One prim of the stage or of a prototype.
pub(crate) struct PrimFacts {
    /// The prototype, when it is an instance.
    pub(crate) prototype: Option<sdf::Path>,
    pub(crate) type_name: Arc<str>,
    pub(crate) display_name: Option<Arc<str>>,
    pub(crate) kind: Option<Arc<str>>,
    pub(crate) parent_from_prim: DMat4,
    pub(crate) resets_xform_stack: bool,
    pub(crate) is_time_varying: bool,
    /// `visibility = "invisible"` on this prim itself.
    pub(crate) is_invisible: bool,
    /// Authored purpose.
    pub(crate) purpose: Option<Purpose>,
    pub(crate) mesh: Option<MeshIndex>,
    /// Constant `displayColor` and `displayOpacity` of this prim itself.
    pub(crate) display_color: Option<[f32; 4]>,
    pub(crate) bindings: Option<Bindings>,
    pub(crate) special: Special,
    pub(crate) twin: Option<twin::TwinFacts>,
}

/// What some prims are besides geometry; the `prim` index inside is set when the row is placed.
pub(crate) enum Special {
    None,
    Light(Light),
    Camera(Camera),
    PointInstancer(Box<instancer::InstancerFacts>),
}

impl PrimFacts {
    pub(crate) fn empty() -> Self {
        Self {
            prototype: None,
            type_name: "".into(),
            display_name: None,
            kind: None,
            parent_from_prim: DMat4::IDENTITY,
            resets_xform_stack: false,
            is_time_varying: false,
            is_invisible: false,
            purpose: None,
            mesh: None,
            display_color: None,
            bindings: None,
            special: Special::None,
            twin: None,
        }
    }
}

/// Reads the prim of `view`.
pub(crate) fn read(reader: &mut Reader, view: &PrimView) -> PrimFacts {
    let mut facts = PrimFacts::empty();
    let type_name = view.reported(view.prim.type_name()).flatten();
    let type_name = type_name.as_ref().map_or("", |name| name.as_str());
    facts.type_name = reader.shared(type_name);
    facts.prototype = view.reported(view.prim.prototype()).flatten();
    facts.kind = view.metadata_text("kind").map(|kind| reader.shared(&kind));
    facts.display_name = view
        .metadata_text("displayName")
        .filter(|name| Some(name.as_str()) != view.prim.path().name())
        .map(Arc::from);
    facts.is_invisible = view.text("visibility").as_deref() == Some("invisible");
    facts.purpose = view.text("purpose").and_then(|text| purpose(view, &text));
    if view.has("xformOpOrder") {
        let local = xform::local_transform(view);
        facts.parent_from_prim = local.parent_from_prim;
        facts.resets_xform_stack = local.resets_xform_stack;
        facts.is_time_varying = local.is_time_varying;
    }
    facts.bindings = Bindings::read(reader, view);
    facts.twin = twin::read(reader, view);
    read_typed(reader, view, type_name, &mut facts);
    facts
}

/// What depends on the type of the prim.
fn read_typed(reader: &mut Reader, view: &PrimView, type_name: &str, facts: &mut PrimFacts) {
    match type_name {
        "Mesh" => {
            let read = mesh::read(reader, view);
            facts.mesh = Some(read.mesh);
            facts.display_color = read.display_color;
        }
        "Camera" => facts.special = Special::Camera(camera::read(view)),
        "PointInstancer" => facts.special = Special::PointInstancer(Box::new(instancer::read(view))),
        _ => {
            if let Some(light) = light::read(reader, view, type_name) {
                facts.special = Special::Light(light);
            } else if let Some(mesh) = gprim::read(reader, view, type_name) {
                facts.mesh = Some(mesh);
            } else {
                note_undrawn(view, type_name);
            }
        }
    }
    if type_name != "Mesh" {
        facts.display_color = own_display_color(view);
    }
}

/// Constant colour primvars also inherit, so they count on any prim; varying ones are the mesh's own.
fn own_display_color(view: &PrimView) -> Option<[f32; 4]> {
    use super::values;
    if !view.has("primvars:displayColor") && !view.has("primvars:displayOpacity") {
        return None;
    }
    let constant = |interpolation: mesh::Interpolation| interpolation == mesh::Interpolation::Constant;
    let colors = mesh::Primvar::read(view, "primvars:displayColor", values::vec3s);
    let opacities = mesh::Primvar::read(view, "primvars:displayOpacity", values::floats);
    mesh::constant_color(
        colors.filter(|colors| constant(colors.interpolation)).as_ref(),
        opacities
            .filter(|opacities| constant(opacities.interpolation))
            .as_ref(),
    )
}

fn purpose(view: &PrimView, text: &str) -> Option<Purpose> {
    match text {
        "default" => Some(Purpose::Default),
        "render" => Some(Purpose::Render),
        "proxy" => Some(Purpose::Proxy),
        "guide" => Some(Purpose::Guide),
        other => {
            view.report(Issue::warning(
                "usd.unknown-purpose",
                format!("`{other}` is no purpose, so the prim is shown as default"),
                "write default, render, proxy or guide",
            ));
            None
        }
    }
}

/// Geometry that Gemba does not draw is named once for each type.
fn note_undrawn(view: &PrimView, type_name: &str) {
    let is_geometry = matches!(
        type_name,
        "BasisCurves"
            | "NurbsCurves"
            | "HermiteCurves"
            | "NurbsPatch"
            | "Points"
            | "TetMesh"
            | "Volume"
            | "OpenVDBAsset"
            | "ParticleField"
    );
    if is_geometry {
        view.report_about(
            type_name,
            Issue::note(
                "usd.not-drawn",
                format!("a {type_name} is in the hierarchy and is not drawn"),
                "export it as a Mesh when it has to be seen",
            ),
        );
    } else if !type_name.is_empty() && !known_types::is_known(type_name) {
        view.report_about(
            type_name,
            Issue::note(
                "usd.unknown-type",
                format!("`{type_name}` is a type that Gemba does not know; its children are shown"),
                "nothing, unless its geometry is missed: then export it as a Mesh",
            ),
        );
    }
}
