//! One person's presence as bytes.
//!
//! A sample as a client sends it: kind (1), number (2, little-endian as everything here), body. The body, as rooms pass
//! it on unread: flags (1), head (3 × 3 bytes of mm, 6 of rotation), each hand (3 × 2 relative to the head, 4 of
//! rotation, 1 of grip), ray (4 of direction, 2 of length), target (8). Head and two hands: 38 bytes, 41 with kind and
//! number. The flags say what is there, so the length follows from them and nothing is left to trust.

use thiserror::Error;

use super::{Hand, KIND_SAMPLE, Pose, Presence, Ray, RayFrom, quantise};
use crate::ids::PrimHash;

/// The most bytes of a sample: all of it.
pub const MAX_SAMPLE_BYTES: usize = 3 + MAX_BODY_BYTES;
/// The most bytes of a body.
pub(super) const MAX_BODY_BYTES: usize = 1 + HEAD_BYTES + 2 * HAND_BYTES + RAY_BYTES + TARGET_BYTES;

const HEAD_BYTES: usize = 15;
const HAND_BYTES: usize = 11;
const RAY_BYTES: usize = 6;
const TARGET_BYTES: usize = 8;

const LEFT: u8 = 1;
const RIGHT: u8 = 1 << 1;
const RAY: u8 = 1 << 2;
const TARGET: u8 = 1 << 3;
const RAY_FROM_SHIFT: u8 = 4;
const PING: u8 = 1 << 6;
const RESERVED: u8 = 1 << 7;

/// Why bytes are no presence.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PresenceError {
    /// It is of a kind that is not known here.
    #[error("a datagram of unknown kind {kind}")]
    Kind {
        /// The first byte.
        kind: u8,
    },
    /// It ends too early.
    #[error("a datagram of {bytes} bytes ends before what its flags announce")]
    Truncated {
        /// How many came.
        bytes: usize,
    },
    /// It goes on after its end.
    #[error("a datagram has {bytes} bytes too many")]
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// The flags contradict each other or use a reserved bit.
    #[error("the flags {flags:#04x} mean nothing")]
    Flags {
        /// The flags.
        flags: u8,
    },
}

/// A sample as it comes from a client: its number and body, checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleDatagram<'a> {
    /// The client's count, wrapping: the newest wins.
    pub number: u16,
    /// The bytes to pass on.
    pub body: &'a [u8],
    /// What they mean.
    pub presence: Presence,
}

/// Appends the sample with the client's count `number`.
pub fn encode(presence: &Presence, number: u16, out: &mut Vec<u8>) {
    out.push(KIND_SAMPLE);
    out.extend(number.to_le_bytes());
    encode_body(presence, out);
}

/// The sample in a whole datagram.
///
/// # Errors
/// [`PresenceError`] when it is none.
pub fn decode(datagram: &[u8]) -> Result<SampleDatagram<'_>, PresenceError> {
    let truncated = PresenceError::Truncated {
        bytes: datagram.len(),
    };
    let (kind, rest) = datagram.split_first().ok_or(truncated)?;
    if *kind != KIND_SAMPLE {
        return Err(PresenceError::Kind { kind: *kind });
    }
    let (number, body) = rest.split_first_chunk().ok_or(truncated)?;
    let (presence, rest) = decode_body(body)?;
    if !rest.is_empty() {
        return Err(PresenceError::TooLong { bytes: rest.len() });
    }
    Ok(SampleDatagram {
        number: u16::from_le_bytes(*number),
        body,
        presence,
    })
}

pub(super) fn encode_body(presence: &Presence, out: &mut Vec<u8>) {
    let [left, right] = &presence.hands;
    let ray_from = presence.ray.map_or(0, |ray| match ray.from {
        RayFrom::Head => 0,
        RayFrom::LeftHand => 1,
        RayFrom::RightHand => 2,
    });
    let flag = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
    out.push(
        flag(left.is_some(), LEFT)
            | flag(right.is_some(), RIGHT)
            | flag(presence.ray.is_some(), RAY)
            | flag(presence.target.is_some(), TARGET)
            | ray_from << RAY_FROM_SHIFT
            | flag(presence.is_pinging, PING),
    );
    let head = presence.head;
    // Hands are relative to where the receiver will see the head, so its rounding moves no hand.
    let seen_head = head
        .position_m
        .map(|part| quantise::head_metres(quantise::head_code(part)));
    for part in head.position_m {
        out.extend(quantise::head_code(part));
    }
    out.extend(&quantise::rotation_code::<15>(head.rotation).to_le_bytes()[..6]);
    for hand in presence.hands.iter().flatten() {
        for (part, head) in hand.pose.position_m.iter().zip(seen_head) {
            out.extend(quantise::hand_code(part - head));
        }
        out.extend(&quantise::rotation_code::<10>(hand.pose.rotation).to_le_bytes()[..4]);
        let grip = if hand.grip_ratio.is_nan() {
            0.0
        } else {
            hand.grip_ratio
        };
        out.push((grip.clamp(0.0, 1.0) * 255.0).round() as u8);
    }
    if let Some(ray) = &presence.ray {
        out.extend(quantise::direction_code(ray.direction));
        out.extend(quantise::length_code(ray.length_m));
    }
    if let Some(target) = presence.target {
        out.extend(target.0.to_le_bytes());
    }
}

/// Reads `N` bytes off the front.
fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], PresenceError> {
    let Some((front, rest)) = bytes.split_first_chunk() else {
        return Err(PresenceError::Truncated { bytes: bytes.len() });
    };
    *bytes = rest;
    Ok(*front)
}

/// The presence at the front of `bytes`, and what follows it.
pub(super) fn decode_body(mut bytes: &[u8]) -> Result<(Presence, &[u8]), PresenceError> {
    let bytes = &mut bytes;
    let [flags] = take(bytes)?;
    let from = match (flags >> RAY_FROM_SHIFT) & 3 {
        0 => RayFrom::Head,
        1 => RayFrom::LeftHand,
        2 => RayFrom::RightHand,
        _ => return Err(PresenceError::Flags { flags }),
    };
    if flags & RESERVED != 0 || (flags & RAY == 0 && from != RayFrom::Head) {
        return Err(PresenceError::Flags { flags });
    }
    let mut position_m = [0.0; 3];
    for part in &mut position_m {
        *part = quantise::head_metres(take(bytes)?);
    }
    let [a, b, c, d, e, f] = take(bytes)?;
    let head = Pose {
        position_m,
        rotation: quantise::rotation::<15>(u64::from_le_bytes([a, b, c, d, e, f, 0, 0])),
    };
    let mut hands = [None; 2];
    for (hand, bit) in hands.iter_mut().zip([LEFT, RIGHT]) {
        if flags & bit != 0 {
            *hand = Some(decode_hand(bytes, position_m)?);
        }
    }
    let mut ray = None;
    if flags & RAY != 0 {
        ray = Some(Ray {
            from,
            direction: quantise::direction(take(bytes)?),
            length_m: quantise::length_m(take(bytes)?),
        });
    }
    let mut target = None;
    if flags & TARGET != 0 {
        target = Some(PrimHash(u64::from_le_bytes(take(bytes)?)));
    }
    let presence = Presence {
        head,
        hands,
        ray,
        target,
        is_pinging: flags & PING != 0,
    };
    Ok((presence, bytes))
}

fn decode_hand(bytes: &mut &[u8], head_m: [f64; 3]) -> Result<Hand, PresenceError> {
    let mut position_m = head_m;
    for part in &mut position_m {
        *part += quantise::hand_metres(take(bytes)?);
    }
    let rotation = quantise::rotation::<10>(u64::from(u32::from_le_bytes(take(bytes)?)));
    let [grip] = take(bytes)?;
    Ok(Hand {
        pose: Pose { position_m, rotation },
        grip_ratio: f32::from(grip) / 255.0,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes_of(presence: &Presence) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(presence, 7, &mut bytes);
        bytes
    }

    fn hand(position_m: [f64; 3]) -> Option<Hand> {
        Some(Hand {
            pose: Pose {
                position_m,
                ..Pose::default()
            },
            grip_ratio: 0.5,
        })
    }

    #[test]
    fn head_and_two_hands_are_about_forty_bytes() {
        let presence = Presence {
            hands: [hand([0.2, -0.3, -0.4]), hand([-0.2, -0.3, -0.4])],
            ..Presence::default()
        };
        assert_eq!(bytes_of(&presence).len(), 41);
    }

    #[test]
    fn what_is_no_sample() {
        let good = bytes_of(&Presence::default());
        assert!(decode(&good).is_ok());
        for end in 0..good.len() {
            assert!(decode(&good[..end]).is_err(), "{end}");
        }
        let mut long = good.clone();
        long.push(0);
        assert_eq!(decode(&long), Err(PresenceError::TooLong { bytes: 1 }));
        let with_flags = |flags| {
            let mut bytes = good.clone();
            bytes[3] = flags;
            bytes
        };
        for flags in [RESERVED, 3 << RAY_FROM_SHIFT, 1 << RAY_FROM_SHIFT] {
            assert_eq!(decode(&with_flags(flags)), Err(PresenceError::Flags { flags }));
        }
        let mut other = good.clone();
        other[0] = 9;
        assert_eq!(decode(&other), Err(PresenceError::Kind { kind: 9 }));
    }

    #[test]
    fn numbers_that_are_none_and_places_out_of_reach_still_give_a_place() {
        let presence = Presence {
            head: Pose {
                position_m: [f64::NAN, f64::INFINITY, -1e12],
                rotation: [f32::NAN; 4],
            },
            hands: [hand([f64::NAN; 3]), None],
            ray: Some(Ray {
                from: RayFrom::Head,
                direction: [f32::NAN; 3],
                length_m: f32::INFINITY,
            }),
            ..Presence::default()
        };
        let bytes = bytes_of(&presence);
        let back = decode(&bytes).unwrap().presence;
        assert_eq!(
            back.head.position_m,
            [0.0, super::super::REACH_M, -super::super::REACH_M]
        );
        assert_eq!(back.head.rotation, [0.0, 0.0, 0.0, 1.0]);
        assert!(back.ray.unwrap().direction.iter().all(|part| part.is_finite()));
    }

    /// The angle between two rotations.
    fn angle_rad(a: [f32; 4], b: [f32; 4]) -> f64 {
        let length = |q: [f32; 4]| q.iter().map(|part| f64::from(*part).powi(2)).sum::<f64>().sqrt();
        let dot: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(b)).sum();
        2.0 * (dot.abs() / (length(a) * length(b))).min(1.0).acos()
    }

    prop_compose! {
        fn rotation()(parts in prop::array::uniform4(-1.0_f32..1.0)) -> [f32; 4] {
            if parts.iter().all(|part| part.abs() < 0.1) { [0.0, 0.0, 0.0, 1.0] } else { parts }
        }
    }

    proptest! {
        #[test]
        fn what_comes_back_is_close(
            place in prop::array::uniform3(-8_000.0_f64..8_000.0),
            head_rotation in rotation(),
            hand_rotation in rotation(),
            reach in prop::array::uniform3(-1.5_f64..1.5),
            direction in prop::array::uniform3(-1.0_f32..1.0),
            length_m in 0.0_f32..600.0,
        ) {
            let at: [f64; 3] = std::array::from_fn(|axis| place[axis] + reach[axis]);
            let presence = Presence {
                head: Pose { position_m: place, rotation: head_rotation },
                hands: [None, Some(Hand { pose: Pose { position_m: at, rotation: hand_rotation }, grip_ratio: 0.3 })],
                ray: Some(Ray { from: RayFrom::RightHand, direction, length_m }),
                target: Some(PrimHash(42)),
                is_pinging: true,
            };
            let bytes = bytes_of(&presence);
            let back = decode(&bytes).unwrap();
            prop_assert_eq!(back.number, 7);
            let back = back.presence;
            for axis in 0..3 {
                prop_assert!((back.head.position_m[axis] - place[axis]).abs() <= 0.000_51);
                prop_assert!((back.hands[1].unwrap().pose.position_m[axis] - at[axis]).abs() <= 0.000_13);
            }
            prop_assert!(angle_rad(back.head.rotation, head_rotation) < 0.000_5);
            prop_assert!(angle_rad(back.hands[1].unwrap().pose.rotation, hand_rotation) < 0.006);
            let ray = back.ray.unwrap();
            prop_assert!((ray.length_m - length_m).abs() <= 0.006);
            let length = direction.iter().map(|part| part * part).sum::<f32>().sqrt();
            if length > 0.01 {
                let dot: f32 = ray.direction.iter().zip(direction).map(|(a, b)| a * b / length).sum();
                prop_assert!(dot > 0.999_999);
            }
            prop_assert_eq!((back.target, back.is_pinging, back.hands[0]), (Some(PrimHash(42)), true, None));
        }

        #[test]
        fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(sample) = decode(&bytes) {
                // What was accepted can be sent again and means the same place.
                let again = bytes_of(&sample.presence);
                prop_assert_eq!(decode(&again).unwrap().presence.head.position_m, sample.presence.head.position_m);
            }
        }
    }
}
