//! Whether the GPU has everything it needs: pipelines compile while frames go on, and a picture taken too early misses what
//! waits for them.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use bevy::{
    prelude::*,
    render::{
        Render, RenderApp, RenderSystems,
        render_resource::{PipelineCache, PipelineDescriptor},
    },
};

/// Frames without a waiting pipeline that count as ready.
const QUIET_FRAMES: u32 = 4;

/// Counts frames in a row in which no pipeline was waiting.
#[derive(Resource, Clone, Default)]
pub struct RenderReadiness(Arc<Counts>);

#[derive(Default)]
struct Counts {
    quiet_frames: AtomicU32,
    pipelines: AtomicU32,
}

impl RenderReadiness {
    /// Whether a picture that is taken now lacks nothing: visibility, shadows and materials each may ask for pipelines a frame
    /// after something appeared.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.quiet_frames() >= QUIET_FRAMES
    }

    /// Pipelines that were made since the start.
    #[must_use]
    pub fn pipelines(&self) -> u32 {
        self.0.pipelines.load(Ordering::Relaxed)
    }

    /// Frames drawn since a pipeline last waited.
    fn quiet_frames(&self) -> u32 {
        self.0.quiet_frames.load(Ordering::Relaxed)
    }

    /// Starts counting anew, because something else is to be seen.
    pub fn restart(&self) {
        self.0.quiet_frames.store(0, Ordering::Relaxed);
    }
}

/// Keeps [`RenderReadiness`].
pub struct ReadinessPlugin;

impl Plugin for ReadinessPlugin {
    fn build(&self, app: &mut App) {
        let readiness = RenderReadiness::default();
        app.insert_resource(readiness.clone());
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .insert_resource(readiness)
                .add_systems(Render, count_quiet_frames.in_set(RenderSystems::Cleanup));
        }
    }
}

fn count_quiet_frames(cache: Res<PipelineCache>, readiness: Res<RenderReadiness>) {
    let before = readiness.pipelines();
    let pipelines = u32::try_from(cache.pipelines().count()).unwrap_or(u32::MAX);
    readiness.0.pipelines.store(pipelines, Ordering::Relaxed);
    if pipelines > before {
        for pipeline in cache.pipelines().skip(before as usize) {
            let label = match &pipeline.descriptor {
                PipelineDescriptor::RenderPipelineDescriptor(render) => &render.label,
                PipelineDescriptor::ComputePipelineDescriptor(compute) => &compute.label,
            };
            tracing::debug!(pipelines, "a pipeline is made: {label:?}");
        }
    }
    if cache.waiting_pipelines().next().is_none() {
        readiness.0.quiet_frames.fetch_add(1, Ordering::Relaxed);
    } else {
        readiness.restart();
    }
}
