//! Presence: where people are and what they point at. Unreliable, small, newest wins.
//!
//! A client sends a [`Presence`] as one datagram ([`encode`]) on the room's [`Beat`]; the room keeps the newest of each
//! person and sends in ticks, soon after something came, what each viewer should know ([`PresenceBoard`]); a client
//! reads the ticks into a [`PresenceView`]. Nothing here is stored. The first byte of a datagram is its kind: receivers
//! pass over kinds that they do not know, so that voice and later versions can come beside these.

mod beat;
mod board;
mod codec;
mod quantise;
mod view;

pub use beat::{Beat, SHOW_EVERY};
pub use board::{MAX_DATAGRAM_BYTES, PresenceBoard, Vantage};
pub use codec::{MAX_SAMPLE_BYTES, PresenceError, SampleDatagram, decode, encode};
pub use view::{PresenceView, Seen};

use crate::ids::PrimHash;

/// The first byte of a sample that a client sends, version 1.
pub const KIND_SAMPLE: u8 = 0x01;
/// The first byte of a room's tick, version 1.
pub const KIND_TICK: u8 = 0x02;
/// The first bytes that are kept for voice.
pub const KINDS_OF_VOICE: std::ops::RangeInclusive<u8> = 0x20..=0x2f;

/// How far from the plant's origin a head can be, along each axis: 23 bits of millimetres.
pub const REACH_M: f64 = 8_388.607;
/// How far from the head a hand can be, along each axis.
pub const ARM_REACH_M: f64 = 8.0;
/// The longest ray.
pub const RAY_REACH_M: f32 = 655.35;

/// Where a person is and what they point at, in the plant's space: metres from the origin that every viewer derives
/// from the scene.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Presence {
    /// The head; the desktop's eye.
    pub head: Pose,
    /// Left and right hand, when they are tracked.
    pub hands: [Option<Hand>; 2],
    /// What is pointed along, when something is.
    pub ray: Option<Ray>,
    /// The prim that is looked at or pointed at.
    pub target: Option<PrimHash>,
    /// Whether the person calls attention to the ray's end.
    pub is_pinging: bool,
}

/// A place and a direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Where.
    pub position_m: [f64; 3],
    /// The rotation from the thing's own space (looking along −Z, up along Y) as a unit quaternion x, y, z, w.
    pub rotation: [f32; 4],
}

impl Default for Pose {
    fn default() -> Self {
        Self {
            position_m: [0.0; 3],
            rotation: [0.0, 0.0, 0.0, 1.0],
        }
    }
}

impl Pose {
    /// Where the thing looks: −Z, rotated.
    #[must_use]
    pub fn forward(&self) -> [f64; 3] {
        let [x, y, z, w] = self.rotation.map(f64::from);
        [
            -2.0 * (x * z + w * y),
            -2.0 * (y * z - w * x),
            -(1.0 - 2.0 * (x * x + y * y)),
        ]
    }
}

/// A tracked hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hand {
    /// Where it is.
    pub pose: Pose,
    /// How closed it is, 0 to 1.
    pub grip_ratio: f32,
}

/// A ray that points at something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ray {
    /// Where it starts.
    pub from: RayFrom,
    /// Where it points, in the plant's space; of length 1.
    pub direction: [f32; 3],
    /// How far it reaches.
    pub length_m: f32,
}

/// Where a ray starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RayFrom {
    /// At the head.
    Head,
    /// At the left hand.
    LeftHand,
    /// At the right hand.
    RightHand,
}
