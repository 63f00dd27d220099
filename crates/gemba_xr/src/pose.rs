//! A place and a direction in space.

use glam::{DQuat, DVec3};

/// Where something is and which way it looks, in a space that the name of the value says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// The place.
    pub at_m: DVec3,
    /// The turn from that space's axes to its own; a unit quaternion.
    pub rotation: DQuat,
}

impl Pose {
    /// No move and no turn.
    pub const IDENTITY: Self = Self {
        at_m: DVec3::ZERO,
        rotation: DQuat::IDENTITY,
    };

    /// From what a runtime reports, in single precision as x, y, z and x, y, z, w. `None` for anything that is no pose: a
    /// runtime that has lost its tracking reports zeros or worse.
    #[must_use]
    pub fn from_reported(at_m: [f32; 3], rotation: [f32; 4]) -> Option<Self> {
        let at_m = DVec3::from(at_m.map(f64::from));
        let rotation = DQuat::from_array(rotation.map(f64::from));
        let is_turn = rotation.is_finite() && (0.9..1.1).contains(&rotation.length());
        (at_m.is_finite() && is_turn).then(|| Self {
            at_m,
            rotation: rotation.normalize(),
        })
    }

    /// This pose, given in a space that lies at `outer`, seen from outside.
    #[must_use]
    pub fn within(self, outer: Self) -> Self {
        Self {
            at_m: outer.at_m + outer.rotation * self.at_m,
            rotation: (outer.rotation * self.rotation).normalize(),
        }
    }

    /// Which way it looks: its own -Z.
    #[must_use]
    pub fn forward(self) -> DVec3 {
        self.rotation * DVec3::NEG_Z
    }

    /// Which way it looks, as seen on a map: level and of unit length. Looking straight up or down, it is where its top points.
    #[must_use]
    pub fn level_forward(self) -> DVec3 {
        let level = |way: DVec3| DVec3::new(way.x, 0.0, way.z).try_normalize();
        let forward = self.forward();
        // Beyond this the level part is noise; the top of the head then tells better where its front is.
        if forward.y.abs() < 0.99 {
            level(forward).unwrap_or(DVec3::NEG_Z)
        } else {
            level(self.rotation * DVec3::Y * -forward.y.signum()).unwrap_or(DVec3::NEG_Z)
        }
    }

    /// The turn about Y of [`Self::level_forward`], to the left of -Z.
    #[must_use]
    pub fn yaw_rad(self) -> f64 {
        let forward = self.level_forward();
        (-forward.x).atan2(-forward.z)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_PI_2;

    use super::*;

    #[test]
    fn what_is_no_pose_is_none() {
        assert!(Pose::from_reported([0.0; 3], [0.0; 4]).is_none());
        assert!(Pose::from_reported([f32::NAN, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]).is_none());
        assert!(Pose::from_reported([1.0, 2.0, 3.0], [0.0, f32::INFINITY, 0.0, 1.0]).is_none());
        let pose = Pose::from_reported([1.0, 2.0, 3.0], [0.0, 0.0, 0.0, 1.001]).expect("nearly a unit");
        assert_eq!(pose.at_m, DVec3::new(1.0, 2.0, 3.0));
        assert!((pose.rotation.length() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_pose_within_another() {
        let outer = Pose {
            at_m: DVec3::X * 10.0,
            rotation: DQuat::from_rotation_y(FRAC_PI_2),
        };
        let inner = Pose {
            at_m: DVec3::NEG_Z,
            rotation: DQuat::IDENTITY,
        };
        let seen = inner.within(outer);
        assert!(
            (seen.at_m - DVec3::new(9.0, 0.0, 0.0)).length() < 1e-12,
            "{seen:?}"
        );
        assert!((seen.forward() - DVec3::NEG_X).length() < 1e-12);
        assert!((seen.yaw_rad() - FRAC_PI_2).abs() < 1e-12);
    }

    #[test]
    fn the_front_of_a_head_that_looks_at_its_feet() {
        for pitch_rad in [-FRAC_PI_2, FRAC_PI_2] {
            let pose = Pose {
                at_m: DVec3::ZERO,
                rotation: DQuat::from_rotation_y(0.7) * DQuat::from_rotation_x(pitch_rad),
            };
            assert!(
                (pose.yaw_rad() - 0.7).abs() < 1e-9,
                "{pitch_rad}: {}",
                pose.yaw_rad()
            );
        }
    }
}
