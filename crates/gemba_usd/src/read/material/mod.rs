//! `Material` prims to [`Material`]s: UsdPreviewSurface in full, other shaders by their base colour.

pub(crate) mod network;
mod surface;

use std::collections::HashMap;

use gemba_model::{Issue, PrimPath};
use openusd::sdf;

use super::{Reader, prim_view::PrimView};
use crate::doc::{AlphaMode, ColorSource, Material, MaterialIndex, ScalarSource};

/// Materials by where they were read.
#[derive(Default)]
pub(crate) struct MaterialTable {
    by_source: HashMap<sdf::Path, Option<MaterialIndex>>,
    /// For each material, the primvar that its textures read.
    uv_names: Vec<Option<String>>,
}

impl Reader<'_> {
    /// The material at `target`, read once; `None` with an issue when it is no active Material.
    pub(crate) fn material_at(&mut self, binder: &PrimView, target: &sdf::Path) -> Option<MaterialIndex> {
        if let Some(known) = self.materials.by_source.get(target) {
            return *known;
        }
        let found = self.read_material(target);
        if found.is_none() {
            binder.report_about(
                target.as_str(),
                Issue::warning(
                    "material.missing",
                    format!(
                        "it is bound to {target}, which is no active Material, so it keeps its display colour"
                    ),
                    "bind it to a Material that is defined and active",
                ),
            );
        }
        self.materials.by_source.insert(target.clone(), found);
        found
    }

    fn read_material(&mut self, path: &sdf::Path) -> Option<MaterialIndex> {
        let issues = std::rc::Rc::clone(&self.issues);
        let view = PrimView::new(&self.opened.stage, path, &issues)?;
        let type_name = view.reported(view.prim.type_name()).flatten()?;
        if type_name.as_str() != "Material" || !view.reported(view.prim.is_active())? {
            return None;
        }
        let (material, uv_name) = surface::read(self, &view);
        let index = MaterialIndex(super::index(self.doc.materials.len()));
        self.doc.materials.push(material);
        self.materials.uv_names.push(uv_name);
        Some(index)
    }

    /// The names of the texture coordinates that the material bound to `view`, or to a prim above it, reads.
    pub(crate) fn uv_names_for(&self, view: &PrimView) -> Vec<String> {
        let bound = view
            .prim
            .path()
            .ancestors_below_root()
            .find_map(|path| self.bound_at.get(&path).copied());
        let name = bound
            .and_then(|material| self.materials.uv_names.get(material.index()))
            .cloned()
            .flatten();
        name.into_iter().collect()
    }
}

/// UsdPreviewSurface's fallbacks.
fn plain(path: PrimPath) -> Material {
    Material {
        path,
        base_color: ColorSource::Constant([0.18; 3]),
        emissive: ColorSource::Constant([0.0; 3]),
        metallic: ScalarSource::Constant(0.0),
        roughness: ScalarSource::Constant(0.5),
        opacity: ScalarSource::Constant(1.0),
        occlusion: ScalarSource::Constant(1.0),
        normal: None,
        ior: 1.5,
        clearcoat: 0.0,
        clearcoat_roughness: 0.01,
        alpha: AlphaMode::Opaque,
    }
}
