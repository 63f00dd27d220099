//! How much of the sky each place of the plant sees, so that a hall is darker than the yard and its metal does not mirror
//! clouds.
//!
//! A grid of cells over the plant is measured once, with rays on background tasks, when the plant can be met by rays; it
//! fades in when it is known. The shader scales the sky's light by it (`shaders/daylight.wgsl`) and gives back what is
//! scattered indoors. Prims that effects move are met where they rest.

mod grid;

use std::sync::Arc;

use bevy::{
    asset::{RenderAssetUsages, uuid_handle},
    math::{DVec3, Vec3},
    prelude::*,
    render::{
        Extract, ExtractSchedule, Render, RenderApp, RenderSystems,
        render_asset::RenderAssets,
        render_resource::BufferId,
        renderer::RenderQueue,
        storage::{GpuShaderBuffer, ShaderBuffer},
    },
    tasks::{AsyncComputeTaskPool, Task, block_on, poll_once},
};
use gemba_usd::{SceneDoc, doc::AlphaMode as SceneAlpha};
use grid::{Grid, MOST_CELLS, Seen, look_around, pack};

use super::{environment::to_sun, readiness::RenderReadiness};
use crate::{
    plant::{Plant, ViewOrigin},
    schedule::GembaSystems,
    selection::{PickScene, PickTree},
};

/// The buffer of the cells, at a fixed address like that of the values.
pub(super) const DAYLIGHT_BUFFER: Handle<ShaderBuffer> = uuid_handle!("f4a2f0d6-6f55-4c0e-9a6a-71a6be3e2a10");

const HEADER_WORDS: usize = 8;
type Header = [u32; HEADER_WORDS];

/// From not known to known: long enough not to startle.
const FADE_SECS: f32 = 0.6;

/// Measures and uploads daylight.
#[derive(Default)]
pub(super) struct DaylightPlugin;

impl Plugin for DaylightPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Daylight>().add_systems(
            Update,
            (start_measuring, take_measured, fade_in)
                .chain()
                .in_set(GembaSystems::Present),
        );
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .init_resource::<Upload>()
                .add_systems(ExtractSchedule, extract)
                .add_systems(Render, write.in_set(RenderSystems::PrepareResources));
        }
    }
}

/// Makes the buffer, in which nothing is known: materials wait for it.
pub(super) fn make_buffer(buffers: &mut Assets<ShaderBuffer>) {
    let bytes = (HEADER_WORDS + MOST_CELLS) * size_of::<u32>();
    let mut buffer = ShaderBuffer::with_size(bytes, RenderAssetUsages::RENDER_WORLD);
    buffer.buffer_description.label = Some("daylight");
    if let Err(error) = buffers.insert(DAYLIGHT_BUFFER.id(), buffer) {
        error!("The daylight's buffer cannot be made, the plant will be invisible: {error}");
    }
}

/// What is known, and what is being found out.
#[derive(Resource, Default)]
struct Daylight {
    /// Relative to `origin_m`.
    grid: Grid,
    /// In the world.
    origin_m: DVec3,
    /// A word for each cell; none while nothing is known.
    cells: Arc<[u32]>,
    /// How much it counts, 0–1.
    strength: f32,
    /// A task for each layer of the grid that is being measured.
    measuring: Vec<Task<Vec<Seen>>>,
    measured: Vec<Vec<Seen>>,
    /// The [`PickTree::revision`] that it is measured in.
    revision: u32,
}

fn start_measuring(mut daylight: ResMut<Daylight>, picks: Res<PickTree>, plant: Option<Res<Plant>>) {
    if picks.revision() == daylight.revision {
        return;
    }
    *daylight = Daylight {
        revision: picks.revision(),
        ..Daylight::default()
    };
    let (Some(scene), Some(plant)) = (picks.scene(), plant) else {
        return;
    };
    let Some(bounds_m) = plant.bounds_m.filter(|_| !scene.is_empty()) else {
        return;
    };
    let relative = |at: DVec3| (at - plant.origin_m).as_vec3();
    let grid = Grid::over(relative(bounds_m.min), relative(bounds_m.max));
    (daylight.grid, daylight.origin_m) = (grid, plant.origin_m);
    daylight.measuring = (0..grid.count.z)
        .map(|z| {
            let (scene, doc, origin_m) = (Arc::clone(scene), Arc::clone(&plant.doc), plant.origin_m);
            AsyncComputeTaskPool::get().spawn(async move {
                let cast = |from: Vec3, direction: Vec3| {
                    solid_distance_m(&scene, &doc, from.as_dvec3() + origin_m, direction)
                };
                look_around(&grid, z, to_sun(), &cast)
            })
        })
        .collect();
}

/// How far the nearest thing is that light does not pass.
fn solid_distance_m(scene: &PickScene, doc: &SceneDoc, from_m: DVec3, direction: Vec3) -> Option<f32> {
    let is_solid = |prim: gemba_usd::doc::PrimIndex| {
        let material = doc.prims.get(prim.index()).and_then(|prim| prim.material);
        let material = material.and_then(|material| doc.materials.get(material.index()));
        material.is_none_or(|material| material.alpha != SceneAlpha::Blend)
    };
    scene
        .pick_where(from_m, direction.as_dvec3(), f64::INFINITY, |prim, _| {
            is_solid(prim)
        })
        .map(|hit| hit.distance_m as f32)
}

fn take_measured(mut daylight: ResMut<Daylight>, readiness: Res<RenderReadiness>, picks: Res<PickTree>) {
    if picks.is_building() || !daylight.measuring.is_empty() {
        // A picture that is taken now would be of another light.
        readiness.restart();
    }
    let Daylight {
        measuring, measured, ..
    } = &mut *daylight;
    // In order, so that the layers follow each other; those behind go on meanwhile.
    while let Some(layer) = measuring.first_mut().and_then(|task| block_on(poll_once(task))) {
        drop(measuring.remove(0));
        measured.push(layer);
    }
    if measuring.is_empty() && !measured.is_empty() {
        let cells = measured.drain(..).flatten().collect();
        daylight.cells = pack(&daylight.grid, cells).into();
        let Grid { cell_m, count, .. } = daylight.grid;
        tracing::debug!(cells = daylight.cells.len(), ?count, cell_m, "daylight is known");
    }
}

fn fade_in(mut daylight: ResMut<Daylight>, time: Res<Time<Real>>, readiness: Res<RenderReadiness>) {
    if !daylight.cells.is_empty() && daylight.strength < 1.0 {
        daylight.strength = (daylight.strength + time.delta_secs() / FADE_SECS).min(1.0);
        readiness.restart();
    }
}

/// What the GPU buffer holds or is about to hold.
#[derive(Resource, Default)]
struct Upload {
    header: Header,
    cells: Arc<[u32]>,
    written: Option<(BufferId, Header)>,
    has_new_cells: bool,
}

fn extract(daylight: Extract<Res<Daylight>>, origin: Extract<Res<ViewOrigin>>, mut upload: ResMut<Upload>) {
    upload.header = header(
        &daylight.grid,
        origin.in_view(daylight.origin_m),
        daylight.strength,
    );
    if !Arc::ptr_eq(&upload.cells, &daylight.cells) {
        upload.cells = Arc::clone(&daylight.cells);
        upload.has_new_cells = true;
    }
}

/// `from_m` is where what the grid is relative to is drawn.
fn header(grid: &Grid, from_m: Vec3, strength: f32) -> Header {
    let [x, y, z] = (grid.first + from_m).to_array().map(f32::to_bits);
    let [nx, ny, nz] = grid.count.to_array();
    [x, y, z, grid.cell_m.to_bits(), nx, ny, nz, strength.to_bits()]
}

fn write(mut upload: ResMut<Upload>, buffers: Res<RenderAssets<GpuShaderBuffer>>, queue: Res<RenderQueue>) {
    let Some(gpu) = buffers.get(DAYLIGHT_BUFFER.id()) else {
        return;
    };
    let is_same_buffer = upload.written.is_some_and(|(id, _)| id == gpu.buffer.id());
    if upload.has_new_cells || !is_same_buffer {
        let offset = (HEADER_WORDS * size_of::<u32>()) as u64;
        queue.write_buffer(&gpu.buffer, offset, bytemuck::cast_slice(&upload.cells));
        upload.has_new_cells = false;
    }
    let wanted = Some((gpu.buffer.id(), upload.header));
    if upload.written != wanted {
        queue.write_buffer(&gpu.buffer, 0, bytemuck::cast_slice(&upload.header));
        upload.written = wanted;
    }
}
