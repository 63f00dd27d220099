//! How many pixels the eyes can afford now: fewer before frames come too late.

use std::time::{Duration, Instant};

use bevy::prelude::*;
use gemba_xr::resolution::{Resolution, took};

/// What frames take, and what is drawn for it.
#[derive(Resource, Default)]
pub(crate) struct Pacing {
    resolution: Resolution,
    /// The size of an eye was said by the person: it stays.
    is_fixed: bool,
    /// From one frame to the next, as the headset wants it; 0 before it has said.
    pub(crate) budget: Duration,
    waited_at: Option<Instant>,
}

impl Pacing {
    /// Of eyes whose size is said, or may change.
    pub(super) fn new(is_fixed: bool) -> Self {
        Self {
            is_fixed,
            ..default()
        }
    }

    /// Ratio of the full width and height of an eye.
    pub(crate) fn ratio(&self) -> f32 {
        if self.is_fixed {
            1.0
        } else {
            self.resolution.ratio()
        }
    }

    /// The pixels of an eye that are drawn, of the `full` ones.
    pub(super) fn drawn_px(&self, full: UVec2) -> UVec2 {
        (full.as_vec2() * self.ratio()).round().as_uvec2().max(UVec2::ONE)
    }

    /// Takes that a wait for the next frame, which lasted `waited`, has ended at `now`.
    pub(super) fn take(&mut self, now: Instant, waited: Duration, budget: Duration) {
        self.budget = budget;
        if let Some(before) = self.waited_at.replace(now) {
            let interval = now.saturating_duration_since(before);
            self.resolution.take(took(interval, waited, budget), budget);
        }
    }

    /// Forgets when the last frame was: there was a pause.
    pub(super) fn pause(&mut self) {
        self.waited_at = None;
    }
}
