//! Where the plant's clock stands, and how it goes on.

use std::time::Duration;

use bevy::prelude::*;
use gemba_model::UnixNanos;

use super::History;
use crate::telemetry::Now;

/// The fastest that the past is played.
const MOST_SPEED: f32 = 240.0;

/// Where the plant's clock stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Cursor {
    /// Now.
    #[default]
    Live,
    /// An instant that has been.
    Past {
        /// Which, by this machine's clock.
        at: UnixNanos,
        /// How many times faster than it was it goes on; 0 stands still.
        speed: f32,
    },
}

/// The cursor. Setting it shows in the next frame.
#[derive(Resource, Debug, Default)]
pub struct Timeline {
    cursor: Cursor,
    has_jumped: bool,
}

impl Timeline {
    /// Where it stands.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Whether what is shown is the present.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.cursor == Cursor::Live
    }

    /// Back to now.
    pub fn go_live(&mut self) {
        self.cursor = Cursor::Live;
    }

    /// To an instant that has been, and on from there at `speed`: 0 stands still, and the past is not played backwards.
    pub fn go_to(&mut self, at: UnixNanos, speed: f32) {
        let speed = if speed.is_finite() {
            speed.clamp(0.0, MOST_SPEED)
        } else {
            0.0
        };
        // To hold it or play on from where it stands is no jump. People and scripts name instants by milliseconds.
        self.cursor = match self.cursor {
            Cursor::Past { at: before, .. } if before.as_millis() == at.as_millis() => {
                Cursor::Past { at: before, speed }
            }
            _ => {
                self.has_jumped = true;
                Cursor::Past { at, speed }
            }
        };
    }

    /// Whether it was put elsewhere since this was last asked.
    pub(super) fn take_jump(&mut self) -> bool {
        std::mem::take(&mut self.has_jumped)
    }

    /// Goes on when `passed` of real time has passed up to `now`, not before `from`; gives how much of the plant's time that
    /// is. Who has caught up with the present is live.
    fn advance(&mut self, passed: Duration, now: UnixNanos, from: Option<UnixNanos>) -> Duration {
        let Cursor::Past { at, speed } = self.cursor else {
            return passed;
        };
        let step = if self.has_jumped {
            Duration::ZERO
        } else {
            passed.mul_f32(speed)
        };
        let on = at.after(step).max(from.unwrap_or(at));
        self.cursor = if on >= now {
            Cursor::Live
        } else {
            Cursor::Past { at: on, speed }
        };
        step
    }
}

/// The instant that is shown: ages and trends are told by it.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlantClock {
    /// Which, by this machine's clock.
    pub at: UnixNanos,
    /// How much of the plant's time passed since the last frame.
    pub step: Duration,
}

pub(super) fn advance_clock(
    now: Res<Now>,
    time: Res<Time>,
    history: Res<History>,
    mut timeline: ResMut<Timeline>,
    mut clock: ResMut<PlantClock>,
    mut last: Local<Option<UnixNanos>>,
) {
    let passed = last
        .replace(now.0)
        .map_or(Duration::ZERO, |last| now.0.since(last));
    let from = history.record().extent().map(|(from, _)| from);
    let step = timeline.bypass_change_detection().advance(passed, now.0, from);
    *clock = match timeline.cursor() {
        // What turns live keeps to the frames, which leave out what a machine slept.
        Cursor::Live => PlantClock {
            at: now.0,
            step: time.delta(),
        },
        Cursor::Past { at, .. } => PlantClock { at, step },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: i64) -> UnixNanos {
        UnixNanos(secs * 1_000_000_000)
    }

    fn advance(timeline: &mut Timeline, now: i64) -> Duration {
        timeline.advance(Duration::from_secs(1), secs(now), Some(secs(10)))
    }

    #[test]
    fn the_past_goes_on_as_fast_as_asked_and_ends_at_the_present() {
        let mut timeline = Timeline::default();
        timeline.go_to(secs(50), 4.0);
        assert_eq!(
            advance(&mut timeline, 60),
            Duration::ZERO,
            "the first frame shows what was asked for"
        );
        assert!(timeline.take_jump());
        assert_eq!(advance(&mut timeline, 61), Duration::from_secs(4));
        assert_eq!(
            timeline.cursor(),
            Cursor::Past {
                at: secs(54),
                speed: 4.0
            }
        );
        timeline.go_to(secs(54).after(Duration::from_micros(1)), 0.0);
        assert!(!timeline.take_jump(), "it only stands still there");
        assert_eq!(advance(&mut timeline, 62), Duration::ZERO);
        timeline.go_to(secs(54), 100.0);
        advance(&mut timeline, 63);
        assert!(timeline.is_live());
    }

    #[test]
    fn nobody_stands_before_what_is_known_or_runs_backwards() {
        let mut timeline = Timeline::default();
        timeline.go_to(secs(3), f32::NAN);
        advance(&mut timeline, 60);
        assert_eq!(
            timeline.cursor(),
            Cursor::Past {
                at: secs(10),
                speed: 0.0
            }
        );
        timeline.go_to(secs(70), -1.0);
        advance(&mut timeline, 60);
        assert!(timeline.is_live(), "the future is not known");
    }
}
