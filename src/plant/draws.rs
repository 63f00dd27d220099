//! What is drawn: prims, mesh parts and point instances as one flat list over shared meshes and surfaces.
//!
//! Runs on the loader thread and knows no Bevy assets. Two draws that look alike name the same mesh and the same surface,
//! so the renderer batches them.

use std::collections::HashMap;

use bevy::math::DMat4;
use gemba_usd::{
    SceneDoc,
    doc::{AlphaMode, ColorSource, MaterialIndex, Mesh, MeshIndex, PointInstancer, Prim, PrimIndex, Purpose},
};

use super::placement::PrimTransforms;

/// More instances than this are not expanded: at 200 bytes an entity, four million fill a gigabyte.
const MAX_DRAWS: usize = 4_000_000;

/// Instancers inside prototypes of instancers, and so on.
const MAX_INSTANCER_DEPTH: usize = 8;

/// A colour as bits, so that equal colours are equal keys.
pub(crate) type ColorBits = [u32; 4];

/// The bits of a linear RGBA colour.
pub(crate) fn color_bits(color: [f32; 4]) -> ColorBits {
    color.map(f32::to_bits)
}

/// The colour of `bits`.
pub(crate) fn color_of(bits: ColorBits) -> [f32; 4] {
    bits.map(f32::from_bits)
}

/// Where a mesh's vertex colours come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum VertexColors {
    /// It has none: the surface says all.
    None,
    /// `displayColor` of the mesh.
    Own,
    /// One colour for all vertices, because everything that draws this mesh has that colour.
    Constant(ColorBits),
}

/// A mesh for the GPU, as it is to be made from one of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MeshRecipe {
    pub(crate) mesh: MeshIndex,
    /// Position in [`Mesh::parts`].
    pub(crate) part: usize,
    /// Winding turned round, for transforms that mirror.
    pub(crate) mirrored: bool,
    pub(crate) colors: VertexColors,
    /// Tangents, for normal maps.
    pub(crate) tangents: bool,
}

/// A surface for the GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SurfaceRecipe {
    /// `None` for prims without a material.
    pub(crate) material: Option<MaterialIndex>,
    pub(crate) double_sided: bool,
    /// `displayColor` where it is not in the vertices.
    pub(crate) color: Option<ColorBits>,
    /// Colours are in the vertices.
    pub(crate) vertex_colors: bool,
    /// `displayOpacity` lets something shine through.
    pub(crate) blend: bool,
}

/// One entity to be.
#[derive(Clone, Debug)]
pub(crate) struct Draw {
    /// What it stands for: the prim, or the outermost instancer.
    pub(crate) prim: PrimIndex,
    /// Where it is in that prim, for point instances.
    pub(crate) prim_from_part: Option<Box<DMat4>>,
    /// Row of [`DrawList::meshes`].
    pub(crate) mesh: usize,
    /// Row of [`DrawList::surfaces`].
    pub(crate) surface: usize,
    /// Shown only on request.
    pub(crate) is_guide: bool,
}

/// Everything to draw, sorted by mesh.
#[derive(Debug, Default)]
pub(crate) struct DrawList {
    pub(crate) meshes: Vec<MeshRecipe>,
    pub(crate) surfaces: Vec<SurfaceRecipe>,
    pub(crate) draws: Vec<Draw>,
    /// Point instances beyond the limit.
    pub(crate) left_out: usize,
}

/// A draw before its mesh and surface are shared.
struct Candidate<'a> {
    draw: Draw,
    source: &'a Prim,
    mesh_index: MeshIndex,
    part: usize,
    mirrored: bool,
    material: Option<MaterialIndex>,
}

impl DrawList {
    /// What `doc` draws with its prims at `transforms`.
    pub(crate) fn new(doc: &SceneDoc, transforms: &PrimTransforms) -> Self {
        let mut collector = Collector {
            doc,
            transforms,
            found: Vec::new(),
            left_out: 0,
        };
        collector.collect();
        let Collector { found, left_out, .. } = collector;
        let baked = baked_colors(doc, &found);
        let blends: Vec<bool> = doc.meshes.iter().map(has_translucent_vertices).collect();
        let mut list = Self {
            left_out,
            ..Self::default()
        };
        let mut meshes = Shared::default();
        let mut surfaces = Shared::default();
        for candidate in found {
            let Some(mesh) = doc.meshes.get(candidate.mesh_index.index()) else {
                continue;
            };
            let (recipe, surface) = recipes(doc, &candidate, mesh, &baked, &blends);
            let mut draw = candidate.draw;
            draw.mesh = meshes.row(recipe);
            draw.surface = surfaces.row(surface);
            list.draws.push(draw);
        }
        list.draws.sort_by_key(|draw| draw.mesh);
        list.meshes = meshes.rows;
        list.surfaces = surfaces.rows;
        list
    }
}

/// Equal keys get equal rows.
struct Shared<K> {
    rows: Vec<K>,
    by_key: HashMap<K, usize>,
}

impl<K> Default for Shared<K> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            by_key: HashMap::new(),
        }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Shared<K> {
    fn row(&mut self, key: K) -> usize {
        let next = self.rows.len();
        let row = *self.by_key.entry(key).or_insert(next);
        if row == next {
            self.rows.push(key);
        }
        row
    }
}

/// Whether the surface takes its colour from the geometry.
fn shows_display_color(doc: &SceneDoc, material: Option<MaterialIndex>) -> bool {
    let material = material.and_then(|material| doc.materials.get(material.index()));
    material.is_none_or(|material| matches!(material.base_color, ColorSource::Vertex(_)))
}

/// The one constant colour that everything drawing a mesh has, for meshes where there is just one.
fn baked_colors(doc: &SceneDoc, found: &[Candidate<'_>]) -> Vec<Option<ColorBits>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Nothing,
        One(ColorBits),
        Several,
    }
    let mut seen = vec![Seen::Nothing; doc.meshes.len()];
    for candidate in found
        .iter()
        .filter(|candidate| shows_display_color(doc, candidate.material))
    {
        let Some(seen) = seen.get_mut(candidate.mesh_index.index()) else {
            continue;
        };
        *seen = match (*seen, candidate.source.display_color.map(color_bits)) {
            (Seen::Nothing, Some(color)) => Seen::One(color),
            (Seen::One(one), Some(color)) if one == color => Seen::One(one),
            _ => Seen::Several,
        };
    }
    seen.into_iter()
        .map(|seen| {
            if let Seen::One(color) = seen {
                Some(color)
            } else {
                None
            }
        })
        .collect()
}

fn has_translucent_vertices(mesh: &Mesh) -> bool {
    mesh.colors.iter().any(|color| color[3] < 0.999)
}

fn recipes(
    doc: &SceneDoc,
    candidate: &Candidate<'_>,
    mesh: &Mesh,
    baked: &[Option<ColorBits>],
    blends: &[bool],
) -> (MeshRecipe, SurfaceRecipe) {
    let material = candidate
        .material
        .and_then(|material| doc.materials.get(material.index()));
    let at = candidate.mesh_index.index();
    let own_color = candidate.source.display_color.map(color_bits);
    let (colors, color) = if !shows_display_color(doc, candidate.material) {
        (VertexColors::None, None)
    } else if !mesh.colors.is_empty() {
        (VertexColors::Own, None)
    } else if let Some(color) = baked[at] {
        (VertexColors::Constant(color), None)
    } else {
        (VertexColors::None, own_color)
    };
    let blend = match colors {
        VertexColors::Own => blends[at],
        VertexColors::Constant(color) => color_of(color)[3] < 0.999,
        VertexColors::None => color.is_some_and(|color| color_of(color)[3] < 0.999),
    };
    let is_opaque = material.is_none_or(|material| material.alpha == AlphaMode::Opaque);
    let recipe = MeshRecipe {
        mesh: candidate.mesh_index,
        part: candidate.part,
        mirrored: candidate.mirrored,
        colors,
        tangents: !mesh.uvs.is_empty() && material.is_some_and(|material| material.normal.is_some()),
    };
    let surface = SurfaceRecipe {
        material: candidate.material,
        double_sided: mesh.double_sided,
        color,
        vertex_colors: colors != VertexColors::None,
        blend: blend && is_opaque,
    };
    (recipe, surface)
}

struct Collector<'a> {
    doc: &'a SceneDoc,
    transforms: &'a PrimTransforms,
    found: Vec<Candidate<'a>>,
    left_out: usize,
}

impl<'a> Collector<'a> {
    fn collect(&mut self) {
        let doc = self.doc;
        for (row, prim) in doc.prims.iter().enumerate() {
            if let Ok(row) = u32::try_from(row)
                && !prim.is_point_prototype
            {
                self.push_parts(
                    PrimIndex(row),
                    prim,
                    None,
                    self.transforms.world_from_prim(PrimIndex(row)),
                );
            }
        }
        for instancer in &doc.point_instancers {
            let Some(prim) = doc.prims.get(instancer.prim.index()) else {
                continue;
            };
            if prim.visible && !prim.is_point_prototype {
                self.expand(instancer, instancer.prim, DMat4::IDENTITY, 0);
            }
        }
    }

    /// Adds the parts of what `source` draws, standing for `stands_for`.
    fn push_parts(
        &mut self,
        stands_for: PrimIndex,
        source: &'a Prim,
        prim_from_part: Option<DMat4>,
        world_from_part: DMat4,
    ) {
        let Some(mesh_index) = source.mesh else { return };
        if !source.visible || source.purpose == Purpose::Proxy {
            return;
        }
        let Some(mesh) = self.doc.meshes.get(mesh_index.index()) else {
            return;
        };
        for (part, range) in mesh.parts.iter().enumerate() {
            if range.index_count == 0 {
                continue;
            }
            if self.found.len() >= MAX_DRAWS {
                self.left_out += 1;
                continue;
            }
            let draw = Draw {
                prim: stands_for,
                prim_from_part: prim_from_part.map(Box::new),
                mesh: 0,
                surface: 0,
                is_guide: source.purpose == Purpose::Guide,
            };
            self.found.push(Candidate {
                draw,
                source,
                mesh_index,
                part,
                mirrored: world_from_part.determinant() < 0.0,
                material: range.material.or(source.material),
            });
        }
    }

    /// Adds all instances of `instancer`, placed in the space of the prim `stands_for`.
    fn expand(
        &mut self,
        instancer: &'a PointInstancer,
        stands_for: PrimIndex,
        prim_from_instancer: DMat4,
        depth: usize,
    ) {
        let doc = self.doc;
        let world_from_prim = self.transforms.world_from_prim(stands_for);
        let prototypes: Vec<Vec<(usize, DMat4)>> = instancer
            .prototypes
            .iter()
            .map(|root| subtree_in_root(doc, *root))
            .collect();
        for instance in &instancer.instances {
            let Some(rows) = prototypes.get(instance.prototype as usize) else {
                continue;
            };
            let prim_from_prototype = prim_from_instancer * instance.instancer_from_prototype;
            for (row, root_from_row) in rows {
                let prim_from_part = prim_from_prototype * *root_from_row;
                let source = &doc.prims[*row];
                self.push_parts(
                    stands_for,
                    source,
                    Some(prim_from_part),
                    world_from_prim * prim_from_part,
                );
                let nested = doc
                    .point_instancers
                    .iter()
                    .filter(|nested| nested.prim.index() == *row);
                for nested in nested.filter(|_| &*source.type_name == "PointInstancer") {
                    if depth < MAX_INSTANCER_DEPTH && source.visible {
                        self.expand(nested, stands_for, prim_from_part, depth + 1);
                    }
                }
            }
        }
    }
}

/// Rows below `root` that draw something, with their place in the root's own space. What lies below an instancer in there
/// is drawn through that instancer.
fn subtree_in_root(doc: &SceneDoc, root: PrimIndex) -> Vec<(usize, DMat4)> {
    let rows = doc.subtree(root);
    let start = rows.start;
    let mut root_from_row = vec![DMat4::IDENTITY; rows.len()];
    let mut drawn = Vec::new();
    let mut skip_to = 0;
    for row in rows {
        let prim = &doc.prims[row];
        if row > start
            && let Some(parent) = prim.parent
        {
            root_from_row[row - start] = root_from_row[parent.index() - start] * prim.parent_from_prim;
        }
        if row < skip_to {
            continue;
        }
        let is_instancer = &*prim.type_name == "PointInstancer";
        if prim.mesh.is_some() || is_instancer {
            drawn.push((row, root_from_row[row - start]));
        }
        if is_instancer {
            skip_to = row + prim.subtree_len as usize;
        }
    }
    drawn
}
