//! The GPU side of [`Values`]: one storage buffer, written once a frame with what changed.
//!
//! Extraction drains the changes into a mirror in the render world, and one system writes the changed runs into the
//! existing buffer by the render queue. The buffer asset itself is replaced only when a plan needs more room, because a
//! new GPU buffer means new bind groups for every material.

use bevy::{
    asset::RenderAssetUsages,
    prelude::*,
    render::{
        ExtractSchedule, MainWorld, Render, RenderApp, RenderSystems,
        render_asset::RenderAssets,
        render_resource::BufferId,
        renderer::RenderQueue,
        storage::{GpuShaderBuffer, ShaderBuffer},
    },
};

use super::twin_material::{PlantMaterial, VALUES_BUFFER};
use crate::{
    binding::{RECORD_BYTES, RECORD_WORDS, SlotIndex, Values},
    schedule::GembaSystems,
};

/// Room for this many slots from the start, 128 KiB: most plants never grow it.
const FIRST_CAPACITY_SLOTS: usize = 4096;
/// Changed runs with fewer unchanged slots between them are written as one.
const MERGE_GAP_SLOTS: u32 = 64;
/// Above this many writes one write of the whole span is cheaper: each write allocates a staging buffer.
const MAX_WRITES: usize = 16;

/// Uploads [`Values`].
#[derive(Default)]
pub struct ValuesPlugin;

impl Plugin for ValuesPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(BufferRoom {
            slots: 0,
            has_stale_materials: false,
        })
        .add_systems(Update, grow_buffer.in_set(GembaSystems::Present));
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .init_resource::<Mirror>()
                .add_systems(ExtractSchedule, extract_changes)
                .add_systems(Render, write_changes.in_set(RenderSystems::PrepareResources));
        }
    }
}

/// How many slots the buffer asset has room for.
#[derive(Resource)]
struct BufferRoom {
    slots: usize,
    /// The buffer was replaced in the last frame: materials still bind the old one.
    has_stale_materials: bool,
}

/// Replaces the buffer when the plan has outgrown it, and a frame later makes every material bind the new one.
fn grow_buffer(
    values: Res<Values>,
    mut room: ResMut<BufferRoom>,
    mut buffers: ResMut<Assets<ShaderBuffer>>,
    mut materials: ResMut<Assets<PlantMaterial>>,
) {
    if room.has_stale_materials {
        room.has_stale_materials = false;
        // Visiting a material marks it as changed, which makes its bind group anew.
        let visited = materials.iter_mut().count();
        debug!("{visited} materials bind the larger values buffer");
    }
    if values.len() <= room.slots {
        return;
    }
    let is_first = room.slots == 0;
    room.slots = values.len().next_power_of_two().max(FIRST_CAPACITY_SLOTS);
    room.has_stale_materials = !is_first;
    let mut buffer = ShaderBuffer::with_size(room.slots * RECORD_BYTES, RenderAssetUsages::RENDER_WORLD);
    buffer.buffer_description.label = Some("twin values");
    if let Err(error) = buffers.insert(VALUES_BUFFER.id(), buffer) {
        error!("The values buffer cannot be made, live values will not show: {error}");
    }
}

/// What the GPU buffer holds or is about to hold.
#[derive(Resource, Default)]
struct Mirror {
    records: Vec<[u32; RECORD_WORDS]>,
    /// Slots to write, ascending within one frame.
    changed: Vec<SlotIndex>,
    /// The [`Values::revision`] of `records`.
    revision: u32,
    /// The buffer that was last written, and so holds all of `records` but `changed`.
    written: Option<BufferId>,
    taken: Vec<[u32; RECORD_WORDS]>,
}

fn extract_changes(mut main_world: ResMut<MainWorld>, mut mirror: ResMut<Mirror>) {
    let Some(mut values) = main_world.get_resource_mut::<Values>() else {
        return;
    };
    let mirror = &mut *mirror;
    if mirror.revision != values.revision() || mirror.records.len() != values.len() {
        mirror.revision = values.revision();
        mirror.records.clear();
        mirror.records.resize(values.len(), [0; RECORD_WORDS]);
        mirror.changed.clear();
        mirror.written = None;
    }
    if values.changed().is_empty() {
        return;
    }
    let from = mirror.changed.len();
    mirror.taken.clear();
    values.take_changes(&mut mirror.changed, &mut mirror.taken);
    for (slot, words) in mirror.changed[from..].iter().zip(&mirror.taken) {
        mirror.records[slot.index()] = *words;
    }
}

fn write_changes(
    mut mirror: ResMut<Mirror>,
    buffers: Res<RenderAssets<GpuShaderBuffer>>,
    queue: Res<RenderQueue>,
) {
    let mirror = &mut *mirror;
    let Some(gpu) = buffers.get(VALUES_BUFFER.id()) else {
        return;
    };
    if mirror.records.is_empty() || gpu.buffer.size() < (mirror.records.len() * RECORD_BYTES) as u64 {
        return;
    }
    if mirror.written != Some(gpu.buffer.id()) {
        mirror.written = Some(gpu.buffer.id());
        mirror.changed.clear();
        queue.write_buffer(&gpu.buffer, 0, bytemuck::cast_slice(&mirror.records));
        return;
    }
    for run in runs(&mut mirror.changed) {
        let first = run.start as usize;
        let bytes = bytemuck::cast_slice(&mirror.records[first..run.end as usize]);
        queue.write_buffer(&gpu.buffer, (first * RECORD_BYTES) as u64, bytes);
    }
    mirror.changed.clear();
}

/// The runs of slots to write for `changed`: few writes, and no more than the span of what changed.
fn runs(changed: &mut [SlotIndex]) -> Vec<std::ops::Range<u32>> {
    changed.sort_unstable();
    let mut runs: Vec<std::ops::Range<u32>> = Vec::new();
    for slot in changed.iter() {
        match runs.last_mut() {
            Some(run) if slot.0 <= run.end + MERGE_GAP_SLOTS => run.end = slot.0 + 1,
            _ => runs.push(slot.0..slot.0 + 1),
        }
    }
    if runs.len() > MAX_WRITES {
        let end = runs.last().map_or(0, |last| last.end);
        runs.truncate(1);
        runs.iter_mut().for_each(|all| all.end = end);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs_of(slots: &[u32]) -> Vec<std::ops::Range<u32>> {
        runs(&mut slots.iter().map(|slot| SlotIndex(*slot)).collect::<Vec<_>>())
    }

    #[test]
    fn neighbours_are_written_together() {
        assert_eq!(runs_of(&[9, 1, 2, 400, 401, 400]), [1..10, 400..402]);
        assert!(runs_of(&[]).is_empty());
    }

    #[test]
    fn scattered_changes_are_one_write() {
        let slots: Vec<u32> = (0..100).map(|at| 5 + at * 1000).collect();
        let runs = runs_of(&slots);
        assert_eq!((runs.len(), runs.first()), (1, Some(&(5..99_006))));
    }
}
