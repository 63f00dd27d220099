//! What surrounds a head, rolled out flat: where signs are laid out so that none covers another.
//!
//! A point of it is an angle and not a length, so that a sign is as large to the eye wherever it stands. It turns with nobody: a head
//! that turns sees the signs stay, one that walks sees them move as what they are about.

use glam::{DVec2, DVec3};

use crate::{Pose, panel::BODY_TEXT_DMM};

/// What is laid out around where one looks, to each side and up or down, in radians.
const ASIDE_RAD: f64 = 1.15;
const UP_RAD: f64 = 0.8;

/// The panorama of a head. Points go to the right and down from where it looks, level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panorama {
    head_m: DVec3,
    ahead_rad: f64,
    rad_per_point: f64,
}

/// A sign in space, seen from the head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignPlace {
    /// Its middle, from the head.
    pub middle_m: DVec3,
    /// A point to the right, and a point up: level, and upright to the eye.
    pub right_m: DVec3,
    /// A point up.
    pub up_m: DVec3,
}

impl Panorama {
    /// Around `head`, in points of which `line_points` are a line of text that reads well.
    #[must_use]
    pub fn new(head: Pose, line_points: f64) -> Self {
        Self {
            head_m: head.at_m,
            ahead_rad: head.yaw_rad(),
            rad_per_point: BODY_TEXT_DMM * 1e-3 / line_points.max(1.0),
        }
    }

    /// Half the width and half the height of what is laid out, in points.
    #[must_use]
    pub fn half_points(&self) -> DVec2 {
        DVec2::new(ASIDE_RAD, UP_RAD) / self.rad_per_point
    }

    /// Where `at_m` is seen and how far away; `None` beside what is laid out, and at the head itself.
    #[must_use]
    pub fn see(&self, at_m: DVec3) -> Option<(DVec2, f64)> {
        use std::f64::consts::{PI, TAU};
        let to = at_m - self.head_m;
        let distance_m = to.length();
        let level_m = to.x.hypot(to.z);
        if !(distance_m.is_finite() && level_m > 1e-3) {
            return None;
        }
        // To the left of -Z, as every yaw is.
        let yaw_rad = (-to.x).atan2(-to.z);
        let aside_rad = (self.ahead_rad - yaw_rad + PI).rem_euclid(TAU) - PI;
        let up_rad = to.y.atan2(level_m);
        (aside_rad.abs() <= ASIDE_RAD && up_rad.abs() <= UP_RAD)
            .then(|| (DVec2::new(aside_rad, -up_rad) / self.rad_per_point, distance_m))
    }

    /// Where a sign stands whose middle is seen at `points`, `distance_m` away.
    #[must_use]
    pub fn stand(&self, points: DVec2, distance_m: f64) -> SignPlace {
        let aside_rad = points.x * self.rad_per_point;
        let up_rad = -points.y * self.rad_per_point;
        let yaw_rad = self.ahead_rad - aside_rad;
        let level = DVec3::new(-yaw_rad.sin(), 0.0, -yaw_rad.cos());
        let way = level * up_rad.cos() + DVec3::Y * up_rad.sin();
        let right = level.cross(DVec3::Y);
        let m_per_point = distance_m * self.rad_per_point;
        SignPlace {
            middle_m: way * distance_m,
            right_m: right * m_per_point,
            up_m: right.cross(way) * m_per_point,
        }
    }
}

#[cfg(test)]
mod tests {
    use glam::DQuat;
    use proptest::prelude::*;

    use super::*;

    fn around(yaw_rad: f64) -> Panorama {
        let head = Pose {
            at_m: DVec3::new(5e5, 1.7, -4e6),
            rotation: DQuat::from_rotation_y(yaw_rad) * DQuat::from_rotation_x(-0.4),
        };
        Panorama::new(head, 18.0)
    }

    #[test]
    fn what_is_ahead_is_in_the_middle_however_the_head_nods() {
        let head_m = DVec3::new(5e5, 1.7, -4e6);
        let (points, distance_m) = around(0.0).see(head_m - DVec3::Z * 5.0).expect("ahead");
        assert!(points.length() < 1e-6 && (distance_m - 5.0).abs() < 1e-9);
        let (right, _) = around(0.0)
            .see(head_m + DVec3::new(1.0, 1.0, -5.0))
            .expect("ahead");
        assert!(right.x > 0.0 && right.y < 0.0, "to the right and up: {right}");
        assert_eq!(around(0.0).see(head_m + DVec3::Z), None, "behind");
        assert_eq!(around(0.0).see(head_m), None);
        assert_eq!(around(0.0).see(head_m + DVec3::Y), None, "overhead");
    }

    #[test]
    fn a_line_of_text_reads_well_from_any_distance() {
        for distance_m in [1.0, 30.0] {
            let place = around(0.3).stand(DVec2::ZERO, distance_m);
            let dmm = place.up_m.length() * 18.0 / distance_m * 1e3;
            assert!((dmm - BODY_TEXT_DMM).abs() < 1e-9);
        }
    }

    proptest! {
        /// A sign stands where its anchor is seen, upright and across the line of sight.
        #[test]
        fn a_sign_stands_where_it_is_seen(
            yaw in -7.0..7.0, x in -700.0..700.0, y in -500.0..500.0, away in 0.3..300.0,
        ) {
            let panorama = around(yaw);
            let place = panorama.stand(DVec2::new(x, y), away);
            let (points, distance_m) = panorama.see(panorama.head_m + place.middle_m).expect("within");
            prop_assert!((points - DVec2::new(x, y)).length() < 1e-3, "{}", points);
            prop_assert!((distance_m - away).abs() < 1e-6);
            prop_assert!(place.right_m.dot(place.middle_m).abs() < 1e-6 * away);
            prop_assert!(place.up_m.dot(place.middle_m).abs() < 1e-6 * away);
            prop_assert!(place.right_m.y.abs() < 1e-12 && place.up_m.y > 0.0);
        }
    }
}
