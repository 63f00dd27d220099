//! What a frame costs: for the status bar, remote control and the benchmarks.
//!
//! CPU time is the time from the first to the last system of the main world. Waiting for the GPU is not in it.

use std::time::{Duration, Instant};

use bevy::prelude::*;

/// Frames that are remembered: four seconds at 60 frames a second.
const REMEMBERED: usize = 240;

/// The last frames.
#[derive(Resource, Default)]
pub struct FrameStats {
    /// Frames since the start.
    pub count: u64,
    cpu: Ring,
    interval: Ring,
    started: Option<Instant>,
}

/// The newest durations, oldest overwritten.
#[derive(Default)]
struct Ring {
    secs: Vec<f32>,
    next: usize,
}

impl Ring {
    fn push(&mut self, duration: Duration) {
        let secs = duration.as_secs_f32();
        if self.secs.len() < REMEMBERED {
            self.secs.push(secs);
        } else if let Some(oldest) = self.secs.get_mut(self.next) {
            *oldest = secs;
        }
        self.next = (self.next + 1) % REMEMBERED;
    }

    fn summary(&self) -> Summary {
        let mut millis: Vec<f32> = self.secs.iter().map(|secs| secs * 1_000.0).collect();
        millis.sort_by(f32::total_cmp);
        let Some(last) = millis.len().checked_sub(1) else {
            return Summary::default();
        };
        let mean_millis = millis.iter().sum::<f32>() / millis.len() as f32;
        Summary {
            mean_millis,
            p99_millis: millis[(last * 99).div_ceil(100)],
        }
    }
}

/// Of the remembered frames.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Arithmetic mean.
    pub mean_millis: f32,
    /// Nearly the longest: one frame in a hundred takes longer.
    pub p99_millis: f32,
}

impl FrameStats {
    /// Time in the systems of the main world.
    #[must_use]
    pub fn cpu(&self) -> Summary {
        self.cpu.summary()
    }

    /// Time from one frame to the next, as a person sees it.
    #[must_use]
    pub fn interval(&self) -> Summary {
        self.interval.summary()
    }
}

/// Keeps [`FrameStats`].
#[derive(Default)]
pub struct FrameStatsPlugin;

impl Plugin for FrameStatsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<FrameStats>()
            .add_systems(First, begin_frame)
            .add_systems(Last, end_frame);
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the clock of this machine is what is measured"
)]
fn begin_frame(mut stats: ResMut<FrameStats>) {
    let now = Instant::now();
    if let Some(before) = stats.started.replace(now) {
        stats.interval.push(now.duration_since(before));
    }
    stats.count += 1;
}

fn end_frame(mut stats: ResMut<FrameStats>) {
    if let Some(started) = stats.started {
        stats.cpu.push(started.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_frames_are_forgotten() {
        let mut ring = Ring::default();
        for _ in 0..REMEMBERED {
            ring.push(Duration::from_secs(9));
        }
        for at in 1..=REMEMBERED as u64 {
            ring.push(Duration::from_millis(at));
        }
        let summary = ring.summary();
        assert!((summary.mean_millis - 120.5).abs() < 0.01, "{summary:?}");
        assert!((summary.p99_millis - 238.0).abs() < 1.1, "{summary:?}");
        assert_eq!(Ring::default().summary(), Summary::default());
    }
}
