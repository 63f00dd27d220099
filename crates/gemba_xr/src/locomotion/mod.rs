//! Moving about: where the play space stands in the plant.
//!
//! A headset reports poses in its own space (`STAGE` or `LOCAL_FLOOR`: floor at 0, Y up). [`Rig`] is where that space lies in the
//! plant. Every way to move changes the rig and nothing else, so that a step in the room stays a step in the plant.

mod arc;
mod glide;
#[cfg(test)]
mod testing;
mod turn;

use glam::{DQuat, DVec3};

pub use arc::{Arc, ArcPath, Landing, Refusal, Stance};
pub use glide::{Vignette, fly_velocity, glide_velocity};
pub use turn::{Flick, SnapTurn, StickFlick};

use crate::{Pose, comfort::Posture};

/// Where a ray met something solid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Met {
    /// Distance from the start of the ray.
    pub distance_m: f64,
    /// Unit normal, turned against the ray.
    pub normal: DVec3,
}

/// Where the play space lies in the plant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rig {
    /// The middle of the play space's floor, in the plant.
    pub origin_m: DVec3,
    /// The turn about Y, to the left.
    pub yaw_rad: f64,
    /// How much higher than measured the eyes are: a seated person sees as one who stands.
    pub lift_m: f64,
}

impl Default for Rig {
    fn default() -> Self {
        Self {
            origin_m: DVec3::ZERO,
            yaw_rad: 0.0,
            lift_m: 0.0,
        }
    }
}

impl Rig {
    /// The play space as a pose in the plant.
    #[must_use]
    pub fn world_from_stage(&self) -> Pose {
        Pose {
            at_m: self.origin_m + DVec3::Y * self.lift_m,
            rotation: DQuat::from_rotation_y(self.yaw_rad),
        }
    }

    /// A reported pose in the plant.
    #[must_use]
    pub fn in_world(&self, in_stage: Pose) -> Pose {
        in_stage.within(self.world_from_stage())
    }

    /// Where the person stands whose head is reported at `head_in_stage`: below the head, on the floor of the play space.
    #[must_use]
    pub fn feet_m(&self, head_in_stage: Pose) -> DVec3 {
        let head = self.in_world(head_in_stage).at_m;
        DVec3::new(head.x, self.origin_m.y, head.z)
    }

    /// Stands the person at `feet_m`, wherever in the play space they are, looking the way they look.
    #[must_use]
    pub fn with_feet_at(self, feet_m: DVec3, head_in_stage: Pose) -> Self {
        Self {
            origin_m: self.origin_m + (feet_m - self.feet_m(head_in_stage)),
            ..self
        }
    }

    /// Turns the person by `angle_rad` to the left, on the spot: about the head, not about the middle of the room.
    #[must_use]
    pub fn turned(self, angle_rad: f64, head_in_stage: Pose) -> Self {
        let feet_m = self.feet_m(head_in_stage);
        Self {
            yaw_rad: wrapped(self.yaw_rad + angle_rad),
            ..self
        }
        .with_feet_at(feet_m, head_in_stage)
    }

    /// Turns the person so that they look along `yaw_rad`: for named views, where the desktop's camera looks.
    #[must_use]
    pub fn facing(self, yaw_rad: f64, head_in_stage: Pose) -> Self {
        let now_rad = self.in_world(head_in_stage).yaw_rad();
        self.turned(yaw_rad - now_rad, head_in_stage)
    }

    /// Sets the height of the eyes. `None` for a head that is not tracked well enough to tell: on the floor, or absurdly high.
    #[must_use]
    pub fn calibrated(
        self,
        posture: Posture,
        standing_eye_height_m: f64,
        head_in_stage: Pose,
    ) -> Option<Self> {
        const PLAUSIBLE_M: std::ops::Range<f64> = 0.3..2.6;
        let lift_m = match posture {
            Posture::Standing => 0.0,
            Posture::Seated => {
                let measured_m = head_in_stage.at_m.y;
                if !PLAUSIBLE_M.contains(&measured_m) {
                    return None;
                }
                standing_eye_height_m - measured_m
            }
        };
        Some(Self { lift_m, ..self })
    }
}

/// An angle in −π..π.
fn wrapped(angle_rad: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    (angle_rad + PI).rem_euclid(TAU) - PI
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_PI_2;

    use proptest::prelude::*;

    use super::*;

    fn head(x: f64, y: f64, z: f64, yaw_rad: f64) -> Pose {
        Pose {
            at_m: DVec3::new(x, y, z),
            rotation: DQuat::from_rotation_y(yaw_rad),
        }
    }

    #[test]
    fn a_seated_person_sees_as_one_who_stands() {
        let seated = head(0.2, 1.1, 0.0, 0.0);
        let rig = Rig::default()
            .calibrated(Posture::Seated, 1.65, seated)
            .expect("plausible");
        assert!((rig.in_world(seated).at_m.y - 1.65).abs() < 1e-12);
        // The feet stay on the floor.
        assert_eq!(rig.feet_m(seated).y, 0.0);
        let standing = rig.calibrated(Posture::Standing, 1.65, seated).expect("always");
        assert_eq!(standing.lift_m, 0.0);
        let on_the_table = head(0.0, 0.02, 0.0, 0.0);
        assert_eq!(rig.calibrated(Posture::Seated, 1.65, on_the_table), None);
    }

    #[test]
    fn a_named_view_is_faced() {
        let at = head(0.4, 1.7, -0.3, 0.9);
        let rig = Rig::default().facing(FRAC_PI_2, at);
        assert!((rig.in_world(at).yaw_rad() - FRAC_PI_2).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn a_turn_leaves_the_head_where_it_is(
            x in -2.0..2.0, z in -2.0..2.0, head_yaw in -3.0..3.0, rig_yaw in -3.0..3.0, angle in -3.0..3.0,
        ) {
            let at = head(x, 1.7, z, head_yaw);
            let rig = Rig { origin_m: DVec3::new(5e5, 12.0, -4e6), yaw_rad: rig_yaw, lift_m: 0.4 };
            let before = rig.in_world(at);
            let after = rig.turned(angle, at).in_world(at);
            prop_assert!(before.at_m.distance(after.at_m) < 1e-8);
            let turned = wrapped(after.yaw_rad() - before.yaw_rad() - angle);
            prop_assert!(turned.abs() < 1e-9, "{}", turned);
        }

        #[test]
        fn a_teleport_puts_the_feet_where_it_aims(
            x in -2.0..2.0, z in -2.0..2.0, yaw in -3.0..3.0, to_x in -1e3..1e3, to_y in -50.0..50.0, to_z in -1e3..1e3,
        ) {
            let at = head(x, 1.7, z, 0.3);
            let rig = Rig { origin_m: DVec3::new(3.0, 1.0, 2.0), yaw_rad: yaw, lift_m: 0.2 };
            let to_m = DVec3::new(to_x, to_y, to_z);
            let there = rig.with_feet_at(to_m, at);
            prop_assert!(there.feet_m(at).distance(to_m) < 1e-9);
            prop_assert!((there.in_world(at).at_m.y - to_y - 1.9).abs() < 1e-9);
        }
    }
}
