//! `Mesh` prims: what is authored, checked before anything is allocated from it.
//!
//! Here a prim becomes a [`MeshSource`]; [`builders`] make triangles of it on other threads, by [`build`]. Equal sources share one mesh, because CAD
//! exports write the same part out again and again.

pub(crate) mod build;
mod builders;
mod closed;
mod hash;
mod primvar;

use gemba_model::Issue;
use openusd::sdf;

use super::{Reader, issues::prim_path, prim_view::PrimView, values};
use crate::doc::{MaterialIndex, Mesh, MeshIndex};

pub(crate) use builders::{BuiltMesh, MeshBuilders};
pub(crate) use primvar::{Interpolation, Primvar};

/// What a `Mesh` prim says about its surface.
#[derive(Default)]
pub(crate) struct MeshSource {
    pub(crate) points: Vec<[f32; 3]>,
    pub(crate) face_counts: Vec<i32>,
    pub(crate) corner_points: Vec<i32>,
    pub(crate) hole_faces: Vec<i32>,
    pub(crate) normals: Option<Primvar<[f32; 3]>>,
    pub(crate) uvs: Option<Primvar<[f32; 2]>>,
    pub(crate) colors: Option<Primvar<[f32; 3]>>,
    pub(crate) opacities: Option<Primvar<f32>>,
    pub(crate) is_left_handed: bool,
    pub(crate) is_double_sided: bool,
    /// `subdivisionScheme` is not `none`: smooth where no normals are authored.
    pub(crate) is_smooth: bool,
    pub(crate) subsets: Vec<Subset>,
    pub(crate) is_time_varying: bool,
}

/// A GeomSubset of the family `materialBind`.
pub(crate) struct Subset {
    pub(crate) faces: Vec<i32>,
    pub(crate) material: Option<MaterialIndex>,
}

/// A mesh and the constant colour that its prim carries.
pub(crate) struct ReadMesh {
    pub(crate) mesh: MeshIndex,
    pub(crate) display_color: Option<[f32; 4]>,
}

/// Reads the `Mesh` prim of `view`.
pub(crate) fn read(reader: &mut Reader, view: &PrimView) -> ReadMesh {
    let mut source = source(reader, view);
    let display_color = take_constant_color(&mut source);
    let key = hash::content_hash(&source);
    let mesh = match reader.mesh_by_content.get(&key) {
        Some(mesh) => *mesh,
        None => {
            let mesh = reader.add_mesh(Mesh::default());
            reader
                .mesh_builders
                .build(mesh, prim_path(view.prim.path()), source);
            reader.mesh_by_content.insert(key, mesh);
            mesh
        }
    };
    ReadMesh { mesh, display_color }
}

fn source(reader: &mut Reader, view: &PrimView) -> MeshSource {
    let wrong_type = |name: &str| {
        Issue::warning(
            "mesh.wrong-type",
            format!("`{name}` is of a type that a mesh does not have"),
            "write it with the type that the Mesh schema declares",
        )
    };
    let ints = |name: &str| match view.value(name) {
        Some(value) => values::ints(value).unwrap_or_else(|| {
            view.report(wrong_type(name));
            Vec::new()
        }),
        None => Vec::new(),
    };
    let points = view.value("points").map(|value| {
        values::vec3s(value).unwrap_or_else(|| {
            view.report(wrong_type("points"));
            Vec::new()
        })
    });
    let normals = Primvar::read(view, "primvars:normals", values::vec3s)
        .or_else(|| Primvar::read_with_default(view, "normals", Interpolation::Vertex, values::vec3s));
    MeshSource {
        points: points.unwrap_or_default(),
        face_counts: ints("faceVertexCounts"),
        corner_points: ints("faceVertexIndices"),
        hole_faces: ints("holeIndices"),
        normals,
        uvs: primvar::read_uvs(view, reader.uv_names_for(view).as_slice()),
        colors: Primvar::read(view, "primvars:displayColor", values::vec3s),
        opacities: Primvar::read(view, "primvars:displayOpacity", values::floats),
        is_left_handed: view.text("orientation").as_deref() == Some("leftHanded"),
        is_double_sided: view.boolean("doubleSided").unwrap_or(false),
        is_smooth: view.text("subdivisionScheme").as_deref() != Some("none"),
        subsets: subsets(reader, view),
        is_time_varying: ["points", "faceVertexIndices"]
            .iter()
            .any(|name| view.is_time_varying(name)),
    }
}

fn subsets(reader: &mut Reader, view: &PrimView) -> Vec<Subset> {
    let children = view.reported(view.prim.child_names()).unwrap_or_default();
    let mut subsets = Vec::new();
    for name in children {
        let Ok(path) = view.prim.path().append_path(name.as_str()) else {
            continue;
        };
        if let Some(subset) = subset(reader, &path) {
            subsets.push(subset);
        }
    }
    subsets
}

fn subset(reader: &mut Reader, path: &sdf::Path) -> Option<Subset> {
    let opened = reader.opened;
    let issues = std::rc::Rc::clone(&reader.issues);
    let view = PrimView::new(&opened.stage, path, &issues)?;
    let type_name = view.reported(view.prim.type_name()).flatten()?;
    let is_active = view.reported(view.prim.is_active()).unwrap_or(false);
    if type_name.as_str() != "GeomSubset"
        || !is_active
        || view.text("familyName").as_deref() != Some("materialBind")
    {
        return None;
    }
    if view.text("elementType").is_some_and(|element| element != "face") {
        return None;
    }
    let faces = view.value("indices").and_then(values::ints).unwrap_or_default();
    let material = reader.direct_material(&view);
    Some(Subset { faces, material })
}

/// Takes a colour that is the same all over out of `source`, so that meshes of different colours share their triangles.
fn take_constant_color(source: &mut MeshSource) -> Option<[f32; 4]> {
    let varies = |interpolation: Interpolation| interpolation != Interpolation::Constant;
    if source
        .colors
        .as_ref()
        .is_some_and(|colors| varies(colors.interpolation))
        || source
            .opacities
            .as_ref()
            .is_some_and(|opacities| varies(opacities.interpolation))
    {
        return None;
    }
    constant_color(source.colors.take().as_ref(), source.opacities.take().as_ref())
}

/// The colour and opacity that constant primvars give; `None` when neither is authored.
pub(crate) fn constant_color(
    colors: Option<&Primvar<[f32; 3]>>,
    opacities: Option<&Primvar<f32>>,
) -> Option<[f32; 4]> {
    let color = colors.and_then(|colors| colors.values.first().copied());
    let opacity = opacities.and_then(|opacities| opacities.values.first().copied());
    if color.is_none() && opacity.is_none() {
        return None;
    }
    // UsdGeomGprim's fallback for `displayColor` is left to the viewer; Hydra's is this grey.
    let [r, g, b] = color.unwrap_or([0.18, 0.18, 0.18]);
    Some([r, g, b, opacity.unwrap_or(1.0)].map(|channel| if channel.is_finite() { channel } else { 0.0 }))
}
