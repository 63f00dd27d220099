//! What is seen: cameras, sections, the timeline's cursor, and all of it together as a viewpoint.

use std::time::Duration;

use gemba_model::UnixNanos;
use serde::{Deserialize, Serialize};

use super::Prims;
use crate::bounded::{List, Text};

/// The most planes that cut the plant at once.
pub const MAX_SECTION_PLANES: usize = 6;

/// An eye in the plant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Where it is, in the plant's space.
    pub eye_m: [f64; 3],
    /// What it looks at, in the plant's space.
    pub target_m: [f64; 3],
    /// Its vertical field of view; 0 for the viewer's own.
    pub fov_y_rad: f32,
}

/// A plane that cuts away what lies on the side it points to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SectionPlane {
    /// Where it points to, in the plant's space; of length 1.
    pub normal: [f32; 3],
    /// Its distance from the plant's origin along the normal.
    pub offset_m: f64,
}

/// How the plant is cut; whole without planes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// What cuts it.
    pub planes: List<SectionPlane, MAX_SECTION_PLANES>,
}

/// Where the plant's clock stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum TimelineCursor {
    /// Now.
    #[default]
    Live,
    /// A past instant.
    Past {
        /// Which, by the room's clock.
        at: UnixNanos,
        /// How fast it goes on from there; 0 for standing still.
        speed: f32,
        /// When it stood there, by the room's clock: who hears of it later goes on from where it is by then.
        since: UnixNanos,
    },
    /// Inside a what-if run.
    Scenario {
        /// Its name.
        name: Text<64>,
        /// The instant.
        at: UnixNanos,
        /// How fast it goes on from there; 0 for standing still.
        speed: f32,
    },
}

impl TimelineCursor {
    /// The past instant at which it stands at `room_time`; `None` when it is live or in a scenario.
    #[must_use]
    pub fn past_at(&self, room_time: UnixNanos) -> Option<UnixNanos> {
        let Self::Past { at, speed, since } = self else {
            return None;
        };
        let passed = room_time.since(*since).as_secs_f64() * f64::from(speed.max(0.0));
        // No instant lies more than a century after another.
        Some(at.after(Duration::from_secs_f64(passed.clamp(0.0, 3.2e9))))
    }
}

/// A camera and what it shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewState {
    /// The eye.
    pub camera: Camera,
    /// How the plant is cut.
    pub section: Section,
    /// The prims that stay visible; none for all.
    pub isolation: Prims,
    /// Where the timeline stands.
    pub timeline: TimelineCursor,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_goes_on_for_those_who_hear_of_it_later() {
        let secs = |secs: i64| UnixNanos(secs * 1_000_000_000);
        let cursor = |speed| TimelineCursor::Past {
            at: secs(100),
            speed,
            since: secs(500),
        };
        assert_eq!(cursor(4.0).past_at(secs(510)), Some(secs(140)));
        assert_eq!(cursor(0.0).past_at(secs(510)), Some(secs(100)));
        assert_eq!(
            cursor(1.0).past_at(secs(490)),
            Some(secs(100)),
            "a clock that is behind"
        );
        assert!(cursor(f32::MAX).past_at(UnixNanos(i64::MAX)).is_some());
        assert_eq!(TimelineCursor::Live.past_at(secs(510)), None);
    }
}
