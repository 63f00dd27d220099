//! Gliding and flying with the stick, and the tunnel that keeps the stomach calm.

use std::time::Duration;

use glam::{DVec2, DVec3};

use crate::Pose;

/// Below this a stick rests.
const DEAD_RATIO: f64 = 0.15;
/// The tunnel closes this fast, and opens more slowly: a change of view is noticed, a return is not.
const CLOSE_SECS: f64 = 0.15;
const OPEN_SECS: f64 = 0.4;

/// Level velocity for where the stick is (x to the right, y forward), along where the head looks.
#[must_use]
pub fn glide_velocity(stick: DVec2, head: Pose, full_m_per_s: f64) -> DVec3 {
    let forward = head.level_forward();
    let right = forward.cross(DVec3::Y);
    let pushed = pushed(stick);
    (right * pushed.x + forward * pushed.y) * full_m_per_s
}

/// Velocity along where the hand points: forward is where it points, aside is level.
#[must_use]
pub fn fly_velocity(stick: DVec2, hand: Pose, full_m_per_s: f64) -> DVec3 {
    let right = hand.level_forward().cross(DVec3::Y);
    let pushed = pushed(stick);
    (right * pushed.x + hand.forward() * pushed.y) * full_m_per_s
}

/// How far the stick is pushed, 0 at the edge of where it rests and 1 at its end.
fn pushed(stick: DVec2) -> DVec2 {
    if !stick.is_finite() {
        return DVec2::ZERO;
    }
    let length = stick.length();
    let reach = ((length.min(1.0) - DEAD_RATIO) / (1.0 - DEAD_RATIO)).max(0.0);
    stick.normalize_or_zero() * reach
}

/// The tunnel of a moving person.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vignette {
    strength: f64,
}

impl Vignette {
    /// Goes towards what a motion asks for: `speed_ratio` of the full speed, 0–1, times `full_strength`.
    pub fn advance(&mut self, speed_ratio: f64, full_strength: f64, dt: Duration) -> f64 {
        let wished = if speed_ratio.is_finite() {
            // Half the speed already needs most of the tunnel.
            speed_ratio.clamp(0.0, 1.0).sqrt() * full_strength.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let secs = if wished > self.strength {
            CLOSE_SECS
        } else {
            OPEN_SECS
        };
        let step = dt.as_secs_f64() / secs;
        self.strength += (wished - self.strength).clamp(-step, step);
        self.strength
    }

    /// How much of the edge is dark, 0–1.
    #[must_use]
    pub fn strength(&self) -> f64 {
        self.strength
    }

    /// The half angle within which everything is seen, and the one from which on all is dark.
    #[must_use]
    pub fn tunnel_rad(&self) -> (f64, f64) {
        let wide = 1.3;
        let clear_rad = wide + (0.35 - wide) * self.strength;
        (clear_rad, clear_rad + 0.25)
    }
}

#[cfg(test)]
mod tests {
    use glam::DQuat;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn gliding_is_level_however_the_head_nods() {
        let head = Pose {
            at_m: DVec3::ZERO,
            rotation: DQuat::from_rotation_y(0.5) * DQuat::from_rotation_x(-1.0),
        };
        let velocity = glide_velocity(DVec2::Y, head, 1.5);
        assert!(
            velocity.y.abs() < 1e-12 && (velocity.length() - 1.5).abs() < 1e-9,
            "{velocity}"
        );
        let aside = glide_velocity(DVec2::X, head, 1.5);
        assert!(aside.dot(velocity).abs() < 1e-9);
        assert_eq!(
            glide_velocity(DVec2::new(0.1, 0.0), head, 1.5),
            DVec3::ZERO,
            "it rests"
        );
        assert_eq!(glide_velocity(DVec2::new(f64::NAN, 1.0), head, 1.5), DVec3::ZERO);
    }

    #[test]
    fn right_is_right() {
        let velocity = glide_velocity(DVec2::X, Pose::IDENTITY, 1.0);
        assert!((velocity - DVec3::X).length() < 1e-12);
    }

    #[test]
    fn flying_goes_where_the_hand_points() {
        let hand = Pose {
            at_m: DVec3::ZERO,
            rotation: DQuat::from_rotation_x(0.8),
        };
        let velocity = fly_velocity(DVec2::Y, hand, 2.0);
        assert!((velocity - hand.forward() * 2.0).length() < 1e-9);
    }

    proptest! {
        #[test]
        fn the_tunnel_never_jumps_and_never_leaves_its_range(
            ratios in prop::collection::vec(-0.5_f64..1.5, 1..200), full in 0.0_f64..1.0,
        ) {
            let mut vignette = Vignette::default();
            for ratio in ratios {
                let before = vignette.strength();
                let after = vignette.advance(ratio, full, Duration::from_millis(11));
                prop_assert!((after - before).abs() <= 0.011 / CLOSE_SECS + 1e-9);
                prop_assert!((0.0..=full + 1e-9).contains(&after));
                let (clear, dark) = vignette.tunnel_rad();
                prop_assert!(clear > 0.3 && dark > clear);
            }
        }
    }
}
