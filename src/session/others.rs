//! Where the others are shown: the newest that is known of each, approached smoothly.

use std::sync::Arc;

use bevy::{
    math::{DQuat, DVec3},
    prelude::*,
};
use gemba_model::PrimPath;
use gemba_session::{
    ParticipantId, Role,
    presence::{Pose, Presence, RayFrom, Seen},
};

use super::Meeting;
use crate::{plant::Plant, telemetry::Now};

/// What is shown lags behind what is known by about this; it hides that only some thirty places a second are known.
const APPROACH_SECS: f64 = 0.07;
/// Farther than this nobody walks in a frame: they are shown there at once.
const JUMP_M: f64 = 4.0;

/// Everyone else who is in the room.
#[derive(Resource, Clone, Debug, Default)]
pub struct Others(pub Vec<Other>);

impl Others {
    /// The person of that number.
    #[must_use]
    pub fn of(&self, who: ParticipantId) -> Option<&Other> {
        self.0.iter().find(|other| other.who == who)
    }
}

/// Someone else who is in the room.
#[derive(Clone, Debug)]
pub struct Other {
    /// Their number.
    pub who: ParticipantId,
    /// Their name.
    pub name: Arc<str>,
    /// What they may do.
    pub role: Role,
    /// Which of [`gemba_panels::tokens::color::PEOPLE`] is theirs.
    pub colour: u8,
    /// What they have selected.
    pub selection: Vec<PrimPath>,
    /// Where they are shown; `None` before they were first seen.
    pub shown: Option<Shown>,
    /// How long ago they were last heard of.
    pub heard: Option<std::time::Duration>,
}

/// A person in the plant, in the world before the plant's origin is subtracted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// The head.
    pub head_m: DVec3,
    /// Where it looks: -Z, rotated.
    pub rotation: DQuat,
    /// Tracked hands.
    pub hands_m: [Option<DVec3>; 2],
    /// What is pointed along: from and to.
    pub ray_m: Option<[DVec3; 2]>,
    /// Whether attention is called to the ray's end.
    pub is_pinging: bool,
}

impl Shown {
    /// As it was said, over the origin.
    fn known(presence: &Presence, origin_m: DVec3) -> Self {
        let place = |pose: &Pose| DVec3::from(pose.position_m) + origin_m;
        let head_m = place(&presence.head);
        let hands_m = presence.hands.map(|hand| hand.map(|hand| place(&hand.pose)));
        let [x, y, z, w] = presence.head.rotation.map(f64::from);
        let rotation = DQuat::from_xyzw(x, y, z, w);
        let ray_m = presence.ray.map(|ray| {
            let from_m = match ray.from {
                RayFrom::Head => None,
                RayFrom::LeftHand => hands_m[0],
                RayFrom::RightHand => hands_m[1],
            };
            let from_m = from_m.unwrap_or(head_m);
            let to_m = from_m + DVec3::from(ray.direction.map(f64::from)) * f64::from(ray.length_m);
            [from_m, to_m]
        });
        Self {
            head_m,
            rotation: if rotation.is_finite() && rotation.length_squared() > 1e-6 {
                rotation.normalize()
            } else {
                DQuat::IDENTITY
            },
            hands_m,
            ray_m,
            is_pinging: presence.is_pinging,
        }
    }

    /// A frame of `dt_secs` closer to what is known.
    fn approached(&self, known: &Self, dt_secs: f64) -> Self {
        if self.head_m.distance(known.head_m) > JUMP_M {
            return *known;
        }
        let ratio = 1.0 - (-dt_secs / APPROACH_SECS).exp();
        let between = |from: DVec3, to: DVec3| from.lerp(to, ratio);
        Self {
            head_m: between(self.head_m, known.head_m),
            rotation: self.rotation.slerp(known.rotation, ratio),
            hands_m: [0, 1].map(|side| match (self.hands_m[side], known.hands_m[side]) {
                (Some(from), Some(to)) => Some(between(from, to)),
                (_, to) => to,
            }),
            ray_m: match (self.ray_m, known.ray_m) {
                (Some([from, to]), Some([known_from, known_to])) => {
                    Some([between(from, known_from), between(to, known_to)])
                }
                (_, ray) => ray,
            },
            is_pinging: known.is_pinging,
        }
    }
}

/// Moves the others to where they are known to be.
pub(super) fn see_others(
    meeting: Res<Meeting>,
    plant: Option<Res<Plant>>,
    time: Res<Time>,
    now: Res<Now>,
    mut others: ResMut<Others>,
    mut heard: Local<Vec<(ParticipantId, Seen)>>,
) {
    if meeting.phase().is_none() {
        if !others.0.is_empty() {
            others.0.clear();
        }
        return;
    }
    meeting.read_people(&mut heard);
    let origin_m = plant.map(|plant| plant.origin_m);
    let before = std::mem::take(&mut others.0);
    let present = meeting
        .state()
        .present()
        .filter(|(who, _)| Some(*who) != meeting.you());
    others.0 = present
        .map(|(who, person)| {
            let seen = heard.iter().find(|(of, _)| *of == who).map(|(_, seen)| seen);
            let old = before.iter().find(|other| other.who == who);
            let shown = seen.zip(origin_m).map(|(seen, origin_m)| {
                let known = Shown::known(&seen.presence, origin_m);
                match old.and_then(|old| old.shown) {
                    Some(shown) => shown.approached(&known, time.delta_secs_f64()),
                    None => known,
                }
            });
            Other {
                who,
                name: match old {
                    Some(old) if *old.name == *person.name.as_str() => Arc::clone(&old.name),
                    _ => person.name.as_str().into(),
                },
                role: person.role,
                colour: person.colour,
                selection: person.selection.to_vec(),
                shown,
                heard: seen.map(|seen| now.0.since(seen.recv_time)),
            }
        })
        .collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x_m: f64) -> Shown {
        let mut presence = Presence::default();
        presence.head.position_m = [x_m, 1.7, 0.0];
        Shown::known(&presence, DVec3::new(100.0, 0.0, 0.0))
    }

    #[test]
    fn people_glide_and_jump_only_when_they_are_elsewhere() {
        let mut shown = at(0.0);
        for _ in 0..60 {
            let next = shown.approached(&at(1.0), 1.0 / 60.0);
            assert!(next.head_m.x > shown.head_m.x && next.head_m.x <= 101.0);
            shown = next;
        }
        assert!((shown.head_m.x - 101.0).abs() < 0.01);
        assert_eq!(shown.approached(&at(50.0), 0.001), at(50.0));
    }
}
