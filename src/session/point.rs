//! Showing ourselves to the others: the eye, and what we point at.

use std::time::Duration;

use bevy::{
    math::{DQuat, DVec3},
    prelude::*,
};
use gemba_panels::{SessionCommand, ViewerCommand};
use gemba_session::{
    PrimHash,
    presence::{Hand, Pose, Presence, RAY_REACH_M, Ray, RayFrom},
};

use super::Meeting;
use crate::{
    command::Requested,
    inspection::PlantRays,
    navigation::{Eye, NavigationInput, ViewPose, aspect_of},
    plant::{Plant, PrimExtents},
    selection::Selection,
    visual::PlantCamera,
    xr::{InHeadset, Person},
};

/// What we point at, and until when.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(super) struct Pointing(Option<(DVec3, Duration)>);

/// Points at what is under the cursor, else at the selection, else straight ahead.
pub(super) fn point(
    mut requests: MessageReader<Requested>,
    mut pointing: ResMut<Pointing>,
    eye: Res<Eye>,
    input: Res<NavigationInput>,
    rays: PlantRays,
    selection: Res<Selection>,
    extents: PrimExtents,
    cameras: Query<&Camera, With<PlantCamera>>,
    time: Res<Time>,
) {
    for Requested(request) in requests.read() {
        let ViewerCommand::Session(SessionCommand::Point { for_millis }) = request else {
            continue;
        };
        let meets = |direction: DVec3| {
            let hit = rays
                .shown()?
                .pick(eye.pose.eye_m, direction, f64::from(RAY_REACH_M))?;
            Some(eye.pose.eye_m + direction * hit.distance_m)
        };
        let aspect = aspect_of(cameras.iter().next());
        let under_cursor = input.cursor.map(|cursor| eye.pose.ray_direction(cursor, aspect));
        let selected = || {
            let (prim, _) = selection.prim.as_ref()?;
            Some(extents.in_world(*prim)?.center())
        };
        let at_m = under_cursor
            .and_then(meets)
            .or_else(selected)
            .or_else(|| meets(eye.pose.forward()));
        pointing.0 = at_m.map(|at_m| {
            (
                at_m,
                time.elapsed() + Duration::from_millis(u64::from(*for_millis)),
            )
        });
    }
}

/// Shows the others where we are and what we point at, in a plant that is open.
pub(super) fn show_self(
    meeting: Res<Meeting>,
    plant: Option<Res<Plant>>,
    eye: Res<Eye>,
    selection: Res<Selection>,
    headset: InHeadset,
    time: Res<Time>,
    mut pointing: ResMut<Pointing>,
) {
    let Some(plant) = plant.filter(|_| meeting.is_joined()) else {
        return;
    };
    if pointing.0.is_some_and(|(_, until)| until < time.elapsed()) {
        pointing.0 = None;
    }
    let target = selection.prim.as_ref().map(|(_, prim)| PrimHash::of(prim));
    if let Some(person) = headset.person() {
        meeting.show(presence_in_headset(&person, plant.origin_m, target));
        return;
    }
    let at_m = pointing.0.map(|(at_m, _)| at_m);
    meeting.show(presence_of(&eye.pose, plant.origin_m, at_m, target));
}

fn presence_of(pose: &ViewPose, origin_m: DVec3, at_m: Option<DVec3>, target: Option<PrimHash>) -> Presence {
    let quat = |rotation: DQuat| rotation.as_quat().to_array();
    let ray = at_m.and_then(|at_m| {
        let way = at_m - pose.eye_m;
        let direction = way.try_normalize()?;
        Some(Ray {
            from: RayFrom::Head,
            direction: direction.as_vec3().to_array(),
            length_m: (way.length() as f32).min(RAY_REACH_M),
        })
    });
    Presence {
        head: Pose {
            position_m: (pose.eye_m - origin_m).to_array(),
            rotation: quat(pose.rotation()),
        },
        hands: [None; 2],
        is_pinging: ray.is_some(),
        ray,
        target,
    }
}

/// Head and hands as they are, and the ray of the hand that points.
fn presence_in_headset(person: &Person, origin_m: DVec3, target: Option<PrimHash>) -> Presence {
    let pose = |pose: gemba_xr::Pose| Pose {
        position_m: (pose.at_m - origin_m).to_array(),
        rotation: pose.rotation.as_quat().to_array(),
    };
    let ray = person.ray.and_then(|ray| {
        let hand = person.hands[ray.hand.index()]?;
        let way = ray.to_m - hand.pose.at_m;
        Some(Ray {
            from: match ray.hand {
                gemba_xr::profile::Hand::Left => RayFrom::LeftHand,
                gemba_xr::profile::Hand::Right => RayFrom::RightHand,
            },
            direction: way.try_normalize()?.as_vec3().to_array(),
            length_m: (way.length() as f32).min(RAY_REACH_M),
        })
    });
    Presence {
        head: pose(person.head),
        hands: person.hands.map(|hand| {
            hand.map(|hand| Hand {
                pose: pose(hand.pose),
                grip_ratio: hand.grip_ratio,
            })
        }),
        is_pinging: person.ray.is_some_and(|ray| ray.is_gripping) && ray.is_some(),
        ray,
        target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headset_shows_head_hands_and_ray() {
        let origin_m = DVec3::new(500_000.0, 0.0, 4_000_000.0);
        let at = |x, y, z| gemba_xr::Pose {
            at_m: origin_m + DVec3::new(x, y, z),
            rotation: DQuat::IDENTITY,
        };
        let mut person = Person {
            head: at(0.0, 1.7, 0.0),
            hands: [
                None,
                Some(crate::xr::PersonHand {
                    pose: at(0.3, 1.2, -0.4),
                    grip_ratio: 0.0,
                }),
            ],
            ray: Some(crate::xr::PersonRay {
                hand: gemba_xr::profile::Hand::Right,
                to_m: origin_m + DVec3::new(0.3, 1.2, -5.4),
                is_gripping: false,
            }),
        };
        let shown = presence_in_headset(&person, origin_m, None);
        assert!((shown.head.position_m[1] - 1.7).abs() < 1e-6);
        assert!(shown.hands[0].is_none() && shown.hands[1].is_some());
        let ray = shown.ray.unwrap();
        assert_eq!(ray.from, RayFrom::RightHand);
        assert!((ray.length_m - 5.0).abs() < 1e-4 && !shown.is_pinging);
        // A hand that is lost points at nothing.
        person.hands[1] = None;
        assert!(presence_in_headset(&person, origin_m, None).ray.is_none());
    }

    #[test]
    fn what_is_shown_is_relative_to_the_plant() {
        let origin_m = DVec3::new(500_000.0, 0.0, 4_000_000.0);
        let pose = ViewPose::looking_at(origin_m + DVec3::new(1.0, 2.0, 3.0), origin_m);
        let shown = presence_of(&pose, origin_m, Some(origin_m), None);
        let head = DVec3::from(shown.head.position_m);
        assert!(head.distance(DVec3::new(1.0, 2.0, 3.0)) < 1e-6);
        assert!(DVec3::from(shown.head.forward()).distance(pose.forward()) < 1e-6);
        let ray = shown.ray.unwrap();
        let end = head + DVec3::from(ray.direction.map(f64::from)) * f64::from(ray.length_m);
        assert!(end.length() < 1e-3 && shown.is_pinging);
        assert!(presence_of(&pose, origin_m, Some(pose.eye_m), None).ray.is_none());
    }
}
