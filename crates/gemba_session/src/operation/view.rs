//! What is seen: cameras, sections, the timeline's cursor, and all of it together as a viewpoint.

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
        /// Which.
        at: UnixNanos,
        /// How fast it goes on from there; 0 for standing still.
        speed: f32,
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
