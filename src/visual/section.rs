//! Cuts the plant open on the GPU: the planes of [`Section`] in one small buffer that every plant material reads.
//!
//! Moving a plane writes 112 bytes. Only when the first plane comes, or the last one goes, do the materials change: while
//! the plant is cut its surfaces may discard (also where they cast shadows), and back faces are drawn, because what one
//! sees of a solid that is cut open is its inside; the shader paints that as the cut face.

use bevy::{
    asset::{RenderAssetUsages, uuid_handle},
    math::{DVec3, Vec4},
    prelude::*,
    render::{
        Extract, ExtractSchedule, Render, RenderApp, RenderSystems,
        render_asset::RenderAssets,
        render_resource::{BufferId, Face},
        renderer::RenderQueue,
        storage::{GpuShaderBuffer, ShaderBuffer},
    },
};

use super::{EdgesShown, PlantMaterial};
use crate::{
    inspection::{MOST_CUTS, Section},
    plant::ViewOrigin,
    schedule::GembaSystems,
};

/// The buffer of the planes, at a fixed address like that of the values.
pub(super) const SECTION_BUFFER: Handle<ShaderBuffer> = uuid_handle!("b1c64e0a-93d5-4e43-8d27-0f3b6c7d9a55");

/// How much of the ink edges get.
const EDGE_INK: f32 = 0.75;

/// How many planes there are and how dark edges are, then the planes, as four floats each.
type Packed = [[f32; 4]; 1 + MOST_CUTS];

/// Uploads [`Section`].
#[derive(Default)]
pub(super) struct SectionPlugin;

impl Plugin for SectionPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, prepare_surfaces.in_set(GembaSystems::Present));
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .init_resource::<Planes>()
                .add_systems(ExtractSchedule, extract_planes)
                .add_systems(Render, write_planes.in_set(RenderSystems::PrepareResources));
        }
    }
}

/// Makes the buffer, without planes: materials wait for it.
pub(super) fn make_buffer(buffers: &mut Assets<ShaderBuffer>) {
    let mut buffer = ShaderBuffer::with_size(size_of::<Packed>(), RenderAssetUsages::RENDER_WORLD);
    buffer.buffer_description.label = Some("section");
    if let Err(error) = buffers.insert(SECTION_BUFFER.id(), buffer) {
        error!("The section's buffer cannot be made, the plant will be invisible: {error}");
    }
}

/// Lets surfaces discard while the plant is cut, and lets them be as they were afterwards.
fn prepare_surfaces(
    section: Res<Section>,
    mut materials: ResMut<Assets<PlantMaterial>>,
    mut changes: MessageReader<AssetEvent<PlantMaterial>>,
    mut was_cut: Local<bool>,
) {
    let is_cut = !section.cuts().is_empty();
    // A plant that is still opening brings materials later.
    let has_new = changes
        .read()
        .filter(|change| is_cut && matches!(change, AssetEvent::Added { .. }))
        .count()
        > 0;
    if is_cut == *was_cut && !has_new {
        return;
    }
    *was_cut = is_cut;
    for (_, material) in materials.iter_mut() {
        let (alpha_mode, cull_mode) = look(&material.base, is_cut);
        (material.base.alpha_mode, material.base.cull_mode) = (alpha_mode, cull_mode);
    }
}

/// Opaque surfaces are masked ones that let everything pass, as long as something cuts: the scene's reader makes no mask
/// at zero, so the way back is known.
fn look(surface: &StandardMaterial, is_cut: bool) -> (AlphaMode, Option<Face>) {
    let alpha_mode = match surface.alpha_mode {
        AlphaMode::Opaque if is_cut => AlphaMode::Mask(0.0),
        AlphaMode::Mask(cutoff) if cutoff == 0.0 && !is_cut => AlphaMode::Opaque,
        other => other,
    };
    let cull_mode = (!is_cut && !surface.double_sided).then_some(Face::Back);
    (alpha_mode, cull_mode)
}

/// What the buffer holds or is about to hold.
#[derive(Resource, Default)]
struct Planes {
    packed: Packed,
    written: Option<(BufferId, Packed)>,
}

fn extract_planes(
    section: Extract<Res<Section>>,
    origin: Extract<Res<ViewOrigin>>,
    edges: Extract<Res<EdgesShown>>,
    mut planes: ResMut<Planes>,
) {
    planes.packed = packed(&section, origin.at_m());
    planes.packed[0][1] = if edges.0 { EDGE_INK } else { 0.0 };
}

/// The planes relative to the origin, as the shader reads them.
fn packed(section: &Section, origin_m: DVec3) -> Packed {
    let mut packed = Packed::default();
    packed[0][0] = section.cuts().len() as f32;
    for (row, plane) in packed[1..].iter_mut().zip(section.cuts()) {
        let offset_m = plane.offset_m - plane.normal.dot(origin_m);
        *row = Vec4::from((plane.normal.as_vec3(), offset_m as f32)).to_array();
    }
    packed
}

fn write_planes(
    mut planes: ResMut<Planes>,
    buffers: Res<RenderAssets<GpuShaderBuffer>>,
    queue: Res<RenderQueue>,
) {
    let Some(gpu) = buffers.get(SECTION_BUFFER.id()) else {
        return;
    };
    let wanted = Some((gpu.buffer.id(), planes.packed));
    if planes.written != wanted {
        queue.write_buffer(&gpu.buffer, 0, bytemuck::cast_slice(planes.packed.as_flattened()));
        planes.written = wanted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspection::CutPlane;

    #[test]
    fn planes_are_packed_relative_to_the_origin() {
        let plane = CutPlane {
            normal: DVec3::Y,
            offset_m: 1_003.0,
        };
        let packed = packed(&Section::new([plane].into_iter()), DVec3::new(5.0, 1_000.0, 0.0));
        assert_eq!(packed[0][0], 1.0);
        assert_eq!(packed[1], [0.0, 1.0, 0.0, 3.0]);
        assert_eq!(packed[2], [0.0; 4]);
    }

    #[test]
    fn surfaces_are_afterwards_as_they_were() {
        for (alpha_mode, double_sided) in [
            (AlphaMode::Opaque, false),
            (AlphaMode::Opaque, true),
            (AlphaMode::Mask(0.5), false),
            (AlphaMode::Blend, true),
        ] {
            let surface = StandardMaterial {
                alpha_mode,
                double_sided,
                cull_mode: (!double_sided).then_some(Face::Back),
                ..default()
            };
            let (cut_alpha, cut_cull) = look(&surface, true);
            assert_ne!(cut_alpha, AlphaMode::Opaque);
            assert_eq!(cut_cull, None);
            let cut = StandardMaterial {
                alpha_mode: cut_alpha,
                cull_mode: cut_cull,
                ..surface.clone()
            };
            assert_eq!(look(&cut, false), (surface.alpha_mode, surface.cull_mode));
        }
    }
}
