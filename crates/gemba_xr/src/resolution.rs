//! How many pixels an eye can afford: fewer before a frame comes too late, more again when there is time for long.
//!
//! What a frame costs is taken as `fixed + pixels × price`. Of that only the pixels can be changed at once, so the controller
//! aims below the budget: it drops within two frames and rises by one step a second at most. Steps are few, because each one is
//! a viewport of its own.

use std::time::Duration;

/// Ratios of the full width and height, the finest first.
pub const STEPS: [f32; 6] = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5];

/// A frame that takes more of its budget than this is answered.
const DROP_ABOVE: f64 = 0.85;
/// A finer step is taken only if it is expected to need less than this.
const RISE_BELOW: f64 = 0.75;
/// A frame that comes later than this part of the budget after the one before was missed.
const MISSED_ABOVE: f64 = 1.3;
/// How long all frames must have time to spare before it rises.
const CALM: Duration = Duration::from_secs(1);
/// What was too much is tried again twice a minute at least.
const MOST_PATIENCE: Duration = Duration::from_secs(30);
/// Frames in a row that must be too slow: one alone is a hitch that pixels do not cause.
const SLOW_FRAMES: u32 = 2;

/// What a frame took of its budget, from what can be known without asking the graphics card: the time from one to the next less the
/// wait for the runtime. A runtime that lets one wait for longer than a frame waits for the card, and then all of it counts.
#[must_use]
pub fn took(interval: Duration, waited: Duration, budget: Duration) -> Duration {
    if interval.as_secs_f64() > MISSED_ABOVE * budget.as_secs_f64() {
        interval
    } else {
        interval.saturating_sub(waited)
    }
}

/// The controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    step: usize,
    slow_frames: u32,
    /// How long frames have had time to spare.
    calm: Duration,
    /// Frames to wait after a change: the next ones were begun before it.
    settling: u32,
    /// How long it must be calm before the step that was last too much is tried again.
    patience: Duration,
}

impl Default for Resolution {
    fn default() -> Self {
        Self {
            step: 0,
            slow_frames: 0,
            calm: Duration::ZERO,
            settling: 0,
            patience: CALM,
        }
    }
}

impl Resolution {
    /// The ratio of the full width and height to draw now.
    #[must_use]
    pub fn ratio(&self) -> f32 {
        STEPS.get(self.step).copied().unwrap_or(STEPS[STEPS.len() - 1])
    }

    /// Whether nothing coarser is left: what is too slow now is not the pixels.
    #[must_use]
    pub fn is_coarsest(&self) -> bool {
        self.step + 1 == STEPS.len()
    }

    /// Takes what the last frame took and had, and answers the ratio for the next one.
    pub fn take(&mut self, took: Duration, budget: Duration) -> f32 {
        if budget.is_zero() || self.settling > 0 {
            self.settling = self.settling.saturating_sub(1);
            return self.ratio();
        }
        let load = took.as_secs_f64() / budget.as_secs_f64();
        if load > DROP_ABOVE {
            self.calm = Duration::ZERO;
            self.slow_frames += 1;
            if self.slow_frames >= SLOW_FRAMES {
                self.drop_to(load);
            }
        } else {
            self.slow_frames = 0;
            self.rise_when_calm(load, budget);
        }
        self.ratio()
    }

    /// To the first coarser step that is expected to fit, if all of the time went into pixels.
    fn drop_to(&mut self, load: f64) {
        let now = f64::from(self.ratio());
        let fits = |step: &f32| load * (f64::from(*step) / now).powi(2) <= DROP_ABOVE;
        let coarser = STEPS.iter().skip(self.step + 1).position(fits);
        let next = coarser.map_or(STEPS.len() - 1, |skipped| self.step + 1 + skipped);
        if next != self.step {
            self.go(next);
            // What was too much is tried again less and less often.
            self.patience = (self.patience * 2).min(MOST_PATIENCE);
        }
        self.slow_frames = 0;
    }

    fn rise_when_calm(&mut self, load: f64, budget: Duration) {
        let Some(finer) = self.step.checked_sub(1) else {
            self.calm = Duration::ZERO;
            return;
        };
        let expected = load * f64::from(STEPS[finer] / self.ratio()).powi(2);
        if expected > RISE_BELOW {
            self.calm = Duration::ZERO;
            return;
        }
        self.calm += budget;
        if self.calm >= self.patience {
            self.go(finer);
            if finer == 0 {
                self.patience = CALM;
            }
        }
    }

    fn go(&mut self, step: usize) {
        self.step = step;
        self.calm = Duration::ZERO;
        self.slow_frames = 0;
        self.settling = 2;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_wait_is_no_work_unless_the_card_is_waited_for() {
        let millis = Duration::from_millis;
        let budget = millis(11);
        assert_eq!(took(millis(11), millis(7), budget), millis(4));
        assert_eq!(
            took(millis(22), millis(15), budget),
            millis(22),
            "a frame was missed"
        );
        assert_eq!(took(millis(5), millis(9), budget), Duration::ZERO);
    }

    use proptest::prelude::*;

    use super::*;

    const BUDGET: Duration = Duration::from_micros(11_111);

    /// Runs frames of which `fixed_ms` do not depend on pixels and `pixel_ms` do, at full resolution.
    fn run(resolution: &mut Resolution, fixed_ms: f64, pixel_ms: f64, frames: u32) -> (u32, u32) {
        let (mut late, mut changes) = (0, 0);
        for _ in 0..frames {
            let ratio = resolution.ratio();
            let took_ms = fixed_ms + pixel_ms * f64::from(ratio * ratio);
            let took = Duration::from_secs_f64(took_ms / 1e3);
            late += u32::from(took > BUDGET);
            changes += u32::from(resolution.take(took, BUDGET) != ratio);
        }
        (late, changes)
    }

    #[test]
    fn a_light_scene_stays_sharp() {
        let mut resolution = Resolution::default();
        assert_eq!(run(&mut resolution, 2.0, 5.0, 1_000), (0, 0));
        assert_eq!(resolution.ratio(), 1.0);
    }

    #[test]
    fn a_heavy_scene_drops_within_two_frames() {
        let mut resolution = Resolution::default();
        let (late, _) = run(&mut resolution, 1.0, 14.0, 600);
        assert!(late <= 2 + 2, "{late} frames came late");
        assert!(resolution.ratio() < 1.0);
    }

    #[test]
    fn one_hitch_changes_nothing() {
        let mut resolution = Resolution::default();
        resolution.take(Duration::from_millis(60), BUDGET);
        resolution.take(Duration::from_millis(5), BUDGET);
        assert_eq!(resolution.ratio(), 1.0);
    }

    #[test]
    fn it_comes_back_when_the_load_goes() {
        let mut resolution = Resolution::default();
        run(&mut resolution, 1.0, 20.0, 100);
        assert!(resolution.ratio() < 0.8);
        run(&mut resolution, 1.0, 3.0, 5_000);
        assert_eq!(resolution.ratio(), 1.0);
    }

    #[test]
    fn a_second_of_calm_is_a_second_on_every_headset() {
        for hertz in [2, 72, 90, 120] {
            let budget = Duration::from_secs(1) / hertz;
            let mut resolution = Resolution::default();
            while !resolution.is_coarsest() {
                resolution.take(budget * 20, budget);
            }
            // Two seconds, because it has been too much once, and the frames that were begun before the change.
            let mut frames = 0;
            while resolution.is_coarsest() {
                frames += 1;
                resolution.take(budget / 10, budget);
            }
            assert!(
                (2 * hertz..=2 * hertz + 3).contains(&frames),
                "{frames} frames at {hertz} Hz"
            );
        }
    }

    #[test]
    fn what_pixels_do_not_cause_is_told() {
        let mut resolution = Resolution::default();
        run(&mut resolution, 30.0, 1.0, 100);
        assert!(resolution.is_coarsest());
    }

    proptest! {
        /// A steady load settles: at most one change in ten seconds after the first, and it fits if any step does.
        #[test]
        fn a_steady_load_settles(fixed_ms in 0.0_f64..8.0, pixel_ms in 0.5_f64..30.0) {
            let mut resolution = Resolution::default();
            run(&mut resolution, fixed_ms, pixel_ms, 900);
            let (late, changes) = run(&mut resolution, fixed_ms, pixel_ms, 9_000);
            prop_assert!(changes <= 20, "{} changes", changes);
            let coarsest_ms = fixed_ms + pixel_ms * 0.25;
            if coarsest_ms < 0.85 * 11.111 {
                prop_assert!(late <= 40, "{} late frames of 9000", late);
            }
        }
    }
}
