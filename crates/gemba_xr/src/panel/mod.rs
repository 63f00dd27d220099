//! A panel as a quad in space: where it stands, where a ray meets it, and how large its text must be to be read.
//!
//! Sizes of text and targets are thought of in *distance-independent millimetres* (dmm): 1 dmm is a millimetre seen from a metre,
//! 2 mm seen from two. 25 dmm reads well, 20 is the least, a target for a ray wants 60.

mod pointer;

use std::time::Duration;

use glam::{DQuat, DVec2, DVec3};

pub use pointer::{PanelPointer, PointerDo};

use crate::Pose;

/// The height of a line of body text that reads well at arm's length and across a machine, in dmm.
pub const BODY_TEXT_DMM: f64 = 25.0;
/// The smallest text.
pub const LEAST_TEXT_DMM: f64 = 20.0;

/// A panel in the plant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelQuad {
    /// Its middle, and the way its face looks: the face is towards the pose's own +Z, right is +X, up is +Y.
    pub pose: Pose,
    /// Width and height in space.
    pub size_m: DVec2,
    /// Width and height of what is drawn on it, in egui points.
    pub size_points: DVec2,
}

/// Where a ray meets a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelHit {
    /// From the left and from the top, each 0–1 within the panel.
    pub uv: DVec2,
    /// The same in egui points.
    pub at_points: DVec2,
    /// How far along the ray.
    pub distance_m: f64,
}

impl PanelHit {
    /// Whether it is on the panel and not beside it.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        (0.0..=1.0).contains(&self.uv.x) && (0.0..=1.0).contains(&self.uv.y)
    }
}

impl PanelQuad {
    /// A panel of `size_points` whose text of `text_points` reads well from `distance_m`: each line is [`BODY_TEXT_DMM`] high.
    #[must_use]
    pub fn legible(pose: Pose, size_points: DVec2, text_points: f64, distance_m: f64) -> Self {
        let m_per_point = BODY_TEXT_DMM * 1e-3 * distance_m / text_points.max(1.0);
        Self {
            pose,
            size_m: size_points * m_per_point,
            size_points,
        }
    }

    /// Metres of one egui point.
    #[must_use]
    pub fn m_per_point(&self) -> f64 {
        self.size_m.x / self.size_points.x.max(1.0)
    }

    /// How large `points` look from `distance_m`, in dmm.
    #[must_use]
    pub fn dmm(&self, points: f64, distance_m: f64) -> f64 {
        points * self.m_per_point() / distance_m.max(1e-3) * 1e3
    }

    /// Pixels for each egui point that make the panel as sharp as an eye with `px_per_rad` can show from `distance_m`; bounded,
    /// because a nose at the panel would ask for a picture without end.
    #[must_use]
    pub fn px_per_point(&self, px_per_rad: f64, distance_m: f64) -> f64 {
        (px_per_rad * self.m_per_point() / distance_m.max(0.1)).clamp(1.0, 4.0)
    }

    /// Where the ray meets the panel's plane from the front, on the panel or beside it. `None` from behind, along, or away.
    #[must_use]
    pub fn meet(&self, from_m: DVec3, direction: DVec3) -> Option<PanelHit> {
        let direction = direction.try_normalize()?;
        let to_panel = self.pose.rotation.inverse();
        let from = to_panel * (from_m - self.pose.at_m);
        let along = to_panel * direction;
        if from.z <= 0.0 || along.z >= -1e-6 {
            return None;
        }
        let distance_m = from.z / -along.z;
        let at = from + along * distance_m;
        let uv = DVec2::new(at.x / self.size_m.x + 0.5, 0.5 - at.y / self.size_m.y);
        uv.is_finite().then(|| PanelHit {
            uv,
            at_points: uv * self.size_points,
            distance_m,
        })
    }

    /// The place of a point of the panel in the plant.
    #[must_use]
    pub fn place_m(&self, uv: DVec2) -> DVec3 {
        let at = DVec3::new((uv.x - 0.5) * self.size_m.x, (0.5 - uv.y) * self.size_m.y, 0.0);
        self.pose.at_m + self.pose.rotation * at
    }
}

/// Upright at `at_m`, its face to the eye: for what stands in the plant.
#[must_use]
pub fn facing(at_m: DVec3, eye_m: DVec3) -> Pose {
    let to_eye = eye_m - at_m;
    let rotation = DQuat::from_rotation_y(to_eye.x.atan2(to_eye.z));
    Pose { at_m, rotation }
}

/// At `at_m`, its face to the eye however high that is: for what is read where it stands.
#[must_use]
pub fn toward(at_m: DVec3, eye_m: DVec3) -> Pose {
    let upright = facing(at_m, eye_m);
    let to_eye = (eye_m - at_m).normalize_or(DVec3::Z);
    Pose {
        rotation: upright.rotation * DQuat::from_rotation_x(-to_eye.y.clamp(-1.0, 1.0).asin()),
        ..upright
    }
}

/// Before a person, `distance_m` ahead and a little below the eyes, tilted to face them: where a panel opens.
#[must_use]
pub fn before(head: Pose, distance_m: f64) -> Pose {
    const BELOW_RAD: f64 = 0.2;
    let ahead = head.level_forward() * BELOW_RAD.cos() - DVec3::Y * BELOW_RAD.sin();
    let upright = facing(head.at_m + ahead * distance_m, head.at_m);
    Pose {
        rotation: upright.rotation * DQuat::from_rotation_x(-BELOW_RAD),
        ..upright
    }
}

/// Before a person and staying there while they look elsewhere for a moment: where `now` goes in `elapsed`. It moves once it is far to
/// the side of where they look, and then until it is ahead, so that it neither swims with the head nor is left behind.
#[must_use]
pub fn accompany(
    now: Option<Pose>,
    is_moving: &mut bool,
    head: Pose,
    distance_m: f64,
    elapsed: Duration,
) -> Pose {
    const AWAY_RAD: f64 = 0.6;
    const AHEAD_RAD: f64 = 0.05;
    /// Two thirds of the way in this.
    const EASE: f64 = 0.25;
    let wanted = before(head, distance_m);
    let Some(now) = now else {
        *is_moving = false;
        return wanted;
    };
    let (to_now, to_wanted) = (now.at_m - head.at_m, wanted.at_m - head.at_m);
    let apart_rad = to_now.angle_between(to_wanted);
    let is_off = !(0.5..2.0).contains(&(to_now.length() / distance_m));
    *is_moving = is_off || apart_rad > if *is_moving { AHEAD_RAD } else { AWAY_RAD };
    if !*is_moving {
        return toward(now.at_m, head.at_m);
    }
    let part = 1.0 - (-elapsed.as_secs_f64() / EASE).exp();
    let way = to_now.normalize_or(head.forward());
    let turned = DQuat::from_rotation_arc(way, to_wanted.normalize_or(way));
    let way = DQuat::IDENTITY.slerp(turned, part) * way;
    toward(head.at_m + way * distance_m, head.at_m)
}

/// On the inside of the wrist of a hand, as a watch: read by turning the palm up.
#[must_use]
pub fn on_wrist(grip: Pose) -> Pose {
    let over = Pose {
        at_m: DVec3::new(0.0, 0.06, 0.06),
        rotation: DQuat::from_rotation_x(-std::f64::consts::FRAC_PI_4),
    };
    over.within(grip)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn panel() -> PanelQuad {
        PanelQuad {
            pose: Pose {
                at_m: DVec3::new(0.0, 1.5, -2.0),
                rotation: DQuat::IDENTITY,
            },
            size_m: DVec2::new(1.0, 0.5),
            size_points: DVec2::new(400.0, 200.0),
        }
    }

    #[test]
    fn what_is_said_neither_swims_nor_stays_behind() {
        let frame = Duration::from_millis(11);
        let mut is_moving = false;
        let looking = |yaw_rad: f64| Pose {
            at_m: DVec3::new(1.0, 1.7, 2.0),
            rotation: DQuat::from_rotation_y(yaw_rad),
        };
        let first = accompany(None, &mut is_moving, looking(0.0), 1.2, frame);
        let glance = accompany(Some(first), &mut is_moving, looking(0.4), 1.2, frame);
        assert!(glance.at_m.distance(first.at_m) < 1e-9, "a glance moves nothing");
        let mut pose = glance;
        let mut longest_m: f64 = 0.0;
        for _ in 0..200 {
            let next = accompany(Some(pose), &mut is_moving, looking(2.5), 1.2, frame);
            longest_m = longest_m.max(next.at_m.distance(pose.at_m));
            assert!((next.at_m.distance(looking(0.0).at_m) - 1.2).abs() < 1e-9);
            pose = next;
        }
        let ahead = before(looking(2.5), 1.2);
        assert!(pose.at_m.distance(ahead.at_m) < 0.1, "it is ahead again");
        assert!(longest_m < 0.15 && !is_moving, "{longest_m} m in a frame");
        // Who is put elsewhere finds it before them.
        let far = Pose {
            at_m: DVec3::new(40.0, 1.7, 0.0),
            ..looking(2.5)
        };
        let there = accompany(Some(pose), &mut is_moving, far, 1.2, frame);
        assert!((there.at_m.distance(far.at_m) - 1.2).abs() < 1e-9);
    }

    #[test]
    fn the_middle_and_the_corners() {
        let eye = DVec3::new(0.0, 1.5, 0.0);
        let middle = panel().meet(eye, DVec3::NEG_Z).expect("ahead");
        assert_eq!(middle.at_points, DVec2::new(200.0, 100.0));
        assert!((middle.distance_m - 2.0).abs() < 1e-12);
        let top_left = DVec3::new(-0.5, 1.75, -2.0);
        let corner = panel().meet(eye, top_left - eye).expect("ahead");
        assert!(corner.at_points.length() < 1e-9, "{corner:?}");
        let beside = panel()
            .meet(eye, DVec3::new(1.0, 0.0, -2.0))
            .expect("on the plane");
        assert!(!beside.is_inside());
    }

    #[test]
    fn from_behind_and_away_nothing_is_met() {
        let behind = DVec3::new(0.0, 1.5, -4.0);
        assert_eq!(panel().meet(behind, DVec3::Z), None);
        assert_eq!(panel().meet(DVec3::new(0.0, 1.5, 0.0), DVec3::Z), None);
        assert_eq!(panel().meet(DVec3::new(0.0, 1.5, 0.0), DVec3::X), None);
        assert_eq!(panel().meet(DVec3::ZERO, DVec3::ZERO), None);
    }

    #[test]
    fn text_is_read_from_where_it_is_meant_for() {
        let panel = PanelQuad::legible(Pose::IDENTITY, DVec2::new(360.0, 500.0), 18.0, 1.5);
        assert!((panel.dmm(18.0, 1.5) - BODY_TEXT_DMM).abs() < 1e-9);
        assert!(panel.dmm(18.0, 1.8) > LEAST_TEXT_DMM);
        // A Quest-like eye: 2 064 pixels over 96°.
        let px_per_point = panel.px_per_point(2_064.0 / 2.2, 1.0);
        assert!((1.0..4.0).contains(&px_per_point), "{px_per_point}");
    }

    #[test]
    fn a_panel_opens_before_the_person_and_faces_them() {
        let head = Pose {
            at_m: DVec3::new(3.0, 1.7, 2.0),
            rotation: DQuat::from_rotation_y(1.1),
        };
        let pose = before(head, 1.2);
        assert!((pose.at_m.distance(head.at_m) - 1.2).abs() < 1e-9);
        let face = pose.rotation * DVec3::Z;
        assert!(face.dot((head.at_m - pose.at_m).normalize()) > 0.999, "{face}");
        let quad = PanelQuad { pose, ..panel() };
        let hit = quad.meet(head.at_m, pose.at_m - head.at_m).expect("seen");
        assert!((hit.uv - DVec2::splat(0.5)).length() < 1e-9);
    }

    #[test]
    fn a_panel_turns_its_face_to_whoever_reads_it() {
        let at_m = DVec3::new(2.0, 0.9, -3.0);
        for eye_m in [DVec3::new(0.0, 1.7, 0.0), DVec3::new(2.5, 0.2, -6.0)] {
            let pose = toward(at_m, eye_m);
            let face = pose.rotation * DVec3::Z;
            assert!(face.dot((eye_m - at_m).normalize()) > 1.0 - 1e-12, "{face}");
            // Its top stays up.
            assert!((pose.rotation * DVec3::X).y.abs() < 1e-12);
        }
    }

    proptest! {
        /// A ray to any place of a panel, however it stands, meets that place.
        #[test]
        fn a_ray_meets_what_it_is_aimed_at(
            u in 0.0..1.0, v in 0.0..1.0, yaw in -3.0..3.0, pitch in -1.0..1.0, away in 0.2..10.0, aside in -1.0..1.0,
        ) {
            let quad = PanelQuad {
                pose: Pose {
                    at_m: DVec3::new(5e5, 3.0, -4e6),
                    rotation: DQuat::from_rotation_y(yaw) * DQuat::from_rotation_x(pitch),
                },
                ..panel()
            };
            let eye_m = quad.pose.at_m + quad.pose.rotation * DVec3::new(aside, 0.1, away);
            let place_m = quad.place_m(DVec2::new(u, v));
            let hit = quad.meet(eye_m, place_m - eye_m).expect("from the front");
            prop_assert!(hit.is_inside() || u < 1e-6 || v < 1e-6);
            prop_assert!((hit.uv - DVec2::new(u, v)).length() < 1e-6, "{:?}", hit);
            prop_assert!((hit.distance_m - eye_m.distance(place_m)).abs() < 1e-6);
        }
    }
}
