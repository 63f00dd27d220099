//! Annotations as they are asked for: anchored to a prim, drawn in its space.

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};

use super::view::Camera;
use crate::bounded::{Blob, List, Text};

/// The most bytes of an annotation's text or of one reply.
pub const MAX_NOTE_BYTES: usize = 4_000;
/// The most points of one freehand stroke.
pub const MAX_STROKE_POINTS: usize = 1_024;
/// The most bytes of a screenshot.
pub const MAX_IMAGE_BYTES: usize = 192 << 10;

/// The text of an annotation or reply.
pub type Note = Text<MAX_NOTE_BYTES>;
/// An encoded picture (PNG or JPEG), as its bytes.
pub type Image = Blob<MAX_IMAGE_BYTES>;

/// What someone wants to leave in the plant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewAnnotation {
    /// What it hangs on.
    pub anchor: Anchor,
    /// What it says.
    pub text: Note,
    /// What it draws.
    pub markup: Markup,
}

/// The spot of a prim that an annotation hangs on; it moves with the prim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    /// The prim.
    pub prim: PrimPath,
    /// The spot in the prim's own space, in the prim's units.
    pub point_in_prim: [f64; 3],
    /// The surface's direction there, in the prim's own space.
    pub normal_in_prim: [f32; 3],
}

/// What an annotation draws beside its text, in the space of its anchor's prim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Markup {
    /// Nothing.
    Text,
    /// An arrow from here to the anchor.
    Arrow {
        /// Where it starts.
        from_in_prim: [f64; 3],
    },
    /// A line drawn by hand.
    Stroke {
        /// Its points, relative to the anchor's point.
        points_from_anchor: List<[f32; 3], MAX_STROKE_POINTS>,
        /// How thick it is drawn.
        width_m: f32,
    },
    /// What the author saw.
    Screenshot {
        /// The picture.
        image: Image,
        /// From where it was taken.
        camera: Camera,
    },
}

/// Where an annotation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Waits for someone.
    Open,
    /// Someone works on it.
    InProgress,
    /// Settled.
    Resolved,
}

/// One field of an annotation and its new value. The last write in the room's order wins, field by field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AnnotationEdit {
    /// What it says.
    Text(Note),
    /// What it hangs on.
    Anchor(Anchor),
    /// What it draws.
    Markup(Markup),
}
