//! How many draws a frame asks the graphics card for, of all cameras: for remote control and the benchmarks.
//!
//! What is drawn together in one call counts once; instances and what multi-draw takes together are no calls of their own.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use bevy::{
    core_pipeline::core_3d::{AlphaMask3d, Opaque3d, Transparent3d},
    pbr::Shadow,
    prelude::*,
    render::{
        Render, RenderApp, RenderSystems,
        render_phase::{BinnedPhaseItem, SortedPhaseItem, ViewBinnedRenderPhases, ViewSortedRenderPhases},
    },
};

/// Draws of the last frame, counted in the render world.
#[derive(Resource, Clone, Default)]
pub struct DrawCount(Arc<Counts>);

#[derive(Default)]
struct Counts {
    opaque: AtomicU32,
    shadow: AtomicU32,
    transparent: AtomicU32,
}

impl DrawCount {
    /// Draws of what is opaque or cut out, into pictures.
    #[must_use]
    pub fn opaque(&self) -> u32 {
        self.0.opaque.load(Ordering::Relaxed)
    }

    /// Draws into shadow maps.
    #[must_use]
    pub fn shadow(&self) -> u32 {
        self.0.shadow.load(Ordering::Relaxed)
    }

    /// Draws of what is seen through.
    #[must_use]
    pub fn transparent(&self) -> u32 {
        self.0.transparent.load(Ordering::Relaxed)
    }
}

/// Keeps [`DrawCount`].
#[derive(Default)]
pub struct DrawCountPlugin;

impl Plugin for DrawCountPlugin {
    fn build(&self, app: &mut App) {
        let count = DrawCount::default();
        app.insert_resource(count.clone());
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .insert_resource(count)
                .add_systems(Render, take.in_set(RenderSystems::Render));
        }
    }
}

fn take(
    count: Res<DrawCount>,
    opaque: Res<ViewBinnedRenderPhases<Opaque3d>>,
    masked: Res<ViewBinnedRenderPhases<AlphaMask3d>>,
    shadow: Res<ViewBinnedRenderPhases<Shadow>>,
    transparent: Res<ViewSortedRenderPhases<Transparent3d>>,
) {
    let counts = &count.0;
    let of_opaque = binned(&opaque) + binned(&masked);
    counts.opaque.store(of_opaque, Ordering::Relaxed);
    counts.shadow.store(binned(&shadow), Ordering::Relaxed);
    counts.transparent.store(sorted(&transparent), Ordering::Relaxed);
}

fn binned<I: BinnedPhaseItem>(phases: &ViewBinnedRenderPhases<I>) -> u32 {
    let draws = phases.values().map(|phase| {
        let single = phase.unbatchable_meshes.values().map(|bin| bin.entities.len());
        phase.multidrawable_meshes.len() + phase.batchable_meshes.len() + single.sum::<usize>()
    });
    u32::try_from(draws.sum::<usize>()).unwrap_or(u32::MAX)
}

fn sorted<I: SortedPhaseItem>(phases: &ViewSortedRenderPhases<I>) -> u32 {
    let draws = phases.values().map(|phase| phase.items.len());
    u32::try_from(draws.sum::<usize>()).unwrap_or(u32::MAX)
}
