//! Meshes of the document to meshes of the engine. Runs on the loader thread.

use bevy::{
    asset::RenderAssetUsages,
    camera::primitives::Aabb,
    mesh::{Indices, PrimitiveTopology},
    prelude::*,
};
use gemba_usd::{SceneDoc, doc};

use super::draws::{MeshRecipe, VertexColors, color_of};

/// A mesh ready for the GPU, with the box that culls it.
pub(crate) struct PreparedMesh {
    pub(crate) mesh: Mesh,
    pub(crate) aabb: Aabb,
    /// What it was made from.
    pub(crate) source: doc::MeshIndex,
}

/// Makes the mesh of `recipe`.
///
/// It lives on the GPU only: the copy for picking and measuring is the one in the [`SceneDoc`].
pub(crate) fn prepare(doc: &SceneDoc, recipe: &MeshRecipe) -> PreparedMesh {
    let source = &doc.meshes[recipe.mesh.index()];
    let part = &source.parts[recipe.part];
    let first = part.first_index as usize;
    let indices = &source.indices[first..first + part.index_count as usize];
    let mut arrays = if indices.len() == source.indices.len() {
        whole(source, indices)
    } else {
        picked(source, indices)
    };
    if recipe.mirrored {
        arrays
            .indices
            .chunks_exact_mut(3)
            .for_each(|triangle| triangle.swap(1, 2));
    }
    match recipe.colors {
        VertexColors::None => arrays.colors.clear(),
        VertexColors::Own => {}
        VertexColors::Constant(color) => arrays.colors = vec![color_of(color); arrays.positions.len()],
    }
    let aabb = bounds(&arrays.positions);
    let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, arrays.positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, arrays.normals);
    if !arrays.uvs.is_empty() {
        mesh.insert_attribute(Mesh::ATTRIBUTE_UV_0, arrays.uvs);
    }
    if !arrays.colors.is_empty() {
        mesh.insert_attribute(Mesh::ATTRIBUTE_COLOR, arrays.colors);
    }
    mesh.insert_indices(Indices::U32(arrays.indices));
    if recipe.tangents
        && let Err(error) = mesh.generate_tangents()
    {
        tracing::warn!(%error, "a mesh gets no tangents, so its normal map does not show");
    }
    PreparedMesh {
        mesh,
        aabb,
        source: recipe.mesh,
    }
}

struct Arrays {
    positions: Vec<[f32; 3]>,
    normals: Vec<[f32; 3]>,
    uvs: Vec<[f32; 2]>,
    colors: Vec<[f32; 4]>,
    indices: Vec<u32>,
}

/// USD counts V upwards, the engine downwards.
fn flip_v([u, v]: [f32; 2]) -> [f32; 2] {
    [u, 1.0 - v]
}

fn whole(source: &doc::Mesh, indices: &[u32]) -> Arrays {
    Arrays {
        positions: source.positions.clone(),
        normals: source.normals.clone(),
        uvs: source.uvs.iter().copied().map(flip_v).collect(),
        colors: source.colors.clone(),
        indices: indices.to_vec(),
    }
}

/// The vertices that `indices` use, numbered anew.
fn picked(source: &doc::Mesh, indices: &[u32]) -> Arrays {
    const UNUSED: u32 = u32::MAX;
    let mut new_number = vec![UNUSED; source.positions.len()];
    let mut used = Vec::new();
    let indices = indices
        .iter()
        .map(|old| {
            let number = &mut new_number[*old as usize];
            if *number == UNUSED {
                *number = used.len() as u32;
                used.push(*old as usize);
            }
            *number
        })
        .collect();
    Arrays {
        positions: used.iter().map(|old| source.positions[*old]).collect(),
        normals: used.iter().map(|old| source.normals[*old]).collect(),
        uvs: used
            .iter()
            .filter_map(|old| source.uvs.get(*old).copied())
            .map(flip_v)
            .collect(),
        colors: used
            .iter()
            .filter_map(|old| source.colors.get(*old).copied())
            .collect(),
        indices,
    }
}

fn bounds(positions: &[[f32; 3]]) -> Aabb {
    let points = || positions.iter().map(|position| Vec3::from(*position));
    let min = points().reduce(Vec3::min).unwrap_or_default();
    let max = points().reduce(Vec3::max).unwrap_or_default();
    Aabb::from_min_max(min, max)
}
