//! The lens of an eye: an asymmetric field of view as the matrix that the engine draws with.

use glam::{DVec3, Mat4, Vec4};

use crate::Pose;

/// The field of view of one eye: angles from straight ahead, in radians; left and down are negative in most headsets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fov {
    /// To the left edge.
    pub left_rad: f32,
    /// To the right edge.
    pub right_rad: f32,
    /// To the upper edge.
    pub up_rad: f32,
    /// To the lower edge.
    pub down_rad: f32,
}

impl Fov {
    /// Whether something can be seen through it: finite, below a right angle, right of left and up over down.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let all = [self.left_rad, self.right_rad, self.up_rad, self.down_rad];
        let is_below_right_angle = |angle: &f32| angle.abs() < std::f32::consts::FRAC_PI_2 - 1e-3;
        all.iter()
            .all(|angle| angle.is_finite() && is_below_right_angle(angle))
            && self.right_rad - self.left_rad > 1e-3
            && self.up_rad - self.down_rad > 1e-3
    }

    /// View space (Y up, -Z ahead) to clip space as wgpu and the engine have it: depth 1 at `near_m` and 0 at infinity.
    ///
    /// `None` for a field of view through which nothing is seen: a runtime that has not located the eyes yet reports zeros.
    #[must_use]
    pub fn clip_from_view(&self, near_m: f32) -> Option<Mat4> {
        if !self.is_valid() {
            return None;
        }
        let (left, right) = (self.left_rad.tan(), self.right_rad.tan());
        let (down, up) = (self.down_rad.tan(), self.up_rad.tan());
        let (width, height) = (right - left, up - down);
        Some(Mat4::from_cols(
            Vec4::new(2.0 / width, 0.0, 0.0, 0.0),
            Vec4::new(0.0, 2.0 / height, 0.0, 0.0),
            Vec4::new((right + left) / width, (up + down) / height, 0.0, -1.0),
            Vec4::new(0.0, 0.0, near_m, 0.0),
        ))
    }

    /// The smallest field of view that holds both, for what both eyes share.
    #[must_use]
    pub fn holding(self, other: Self) -> Self {
        Self {
            left_rad: self.left_rad.min(other.left_rad),
            right_rad: self.right_rad.max(other.right_rad),
            up_rad: self.up_rad.max(other.up_rad),
            down_rad: self.down_rad.min(other.down_rad),
        }
    }

    /// Pixels for a radian in the middle of the view, for pictures of `width_px`.
    #[must_use]
    pub fn px_per_rad(&self, width_px: u32) -> f32 {
        width_px as f32 / (self.right_rad.tan() - self.left_rad.tan()).max(1e-3)
    }
}

/// What both eyes see is told in steps of this, in radians and metres.
const STEP: f32 = 1.0 / 64.0;

/// What both eyes see, as one eye would at the place of the first, and how far beside that the other one is. In steps and outwards, so
/// that the last digit of a head that is still changes nothing.
#[must_use]
pub fn seen_by_both(of: (Pose, Fov), other: (Pose, Fov)) -> (Fov, f32) {
    let turn = of.0.rotation.inverse() * other.0.rotation;
    let mut fov = of.1;
    for right in [other.1.left_rad, other.1.right_rad] {
        for up in [other.1.down_rad, other.1.up_rad] {
            let corner = turn * DVec3::new(f64::from(right).tan(), f64::from(up).tan(), -1.0);
            // An eye that looks backwards is none.
            let ahead = (-corner.z).max(0.1);
            let (right_rad, up_rad) = ((corner.x / ahead).atan() as f32, (corner.y / ahead).atan() as f32);
            fov.left_rad = fov.left_rad.min(right_rad);
            fov.right_rad = fov.right_rad.max(right_rad);
            fov.down_rad = fov.down_rad.min(up_rad);
            fov.up_rad = fov.up_rad.max(up_rad);
        }
    }
    let out = |value: f32| (value.abs() / STEP).ceil() * STEP * value.signum();
    let outer = Fov {
        left_rad: out(fov.left_rad),
        right_rad: out(fov.right_rad),
        up_rad: out(fov.up_rad),
        down_rad: out(fov.down_rad),
    };
    (outer, out(of.0.at_m.distance(other.0.at_m) as f32))
}

#[cfg(test)]
mod tests {
    /// Whatever either eye sees is in it, with eyes that look straight ahead and with canted ones.
    #[test]
    fn what_both_see_holds_what_each_sees() {
        let eye = |x_m: f64, yaw_rad: f64| {
            let (left_rad, right_rad) = if x_m < 0.0 { (-0.95, 0.7) } else { (-0.7, 0.95) };
            let fov = Fov {
                left_rad,
                right_rad,
                up_rad: 0.8,
                down_rad: -0.9,
            };
            let pose = Pose {
                at_m: DVec3::new(x_m, 1.7, 0.0),
                rotation: DQuat::from_rotation_y(yaw_rad),
            };
            (pose, fov)
        };
        for cant_rad in [0.0, 0.09] {
            let eyes = [eye(-0.032, cant_rad), eye(0.032, -cant_rad)];
            let (fov, apart_m) = seen_by_both(eyes[0], eyes[1]);
            assert!((0.064..0.1).contains(&apart_m));
            for (pose, seen) in eyes {
                for right_rad in [seen.left_rad, seen.right_rad] {
                    for up_rad in [seen.down_rad, seen.up_rad] {
                        let way = DVec3::new(f64::from(right_rad.tan()), f64::from(up_rad.tan()), -1.0);
                        let way = eyes[0].0.rotation.inverse() * pose.rotation * way;
                        let x = (way.x / -way.z).atan() as f32;
                        let y = (way.y / -way.z).atan() as f32;
                        let near = 1e-5;
                        assert!(
                            x >= fov.left_rad - near && x <= fov.right_rad + near,
                            "{x}: {fov:?}"
                        );
                        assert!(y >= fov.down_rad - near && y <= fov.up_rad + near, "{y}: {fov:?}");
                    }
                }
            }
        }
    }

    use glam::Vec3;
    use proptest::prelude::*;

    use glam::DQuat;

    use super::*;

    fn symmetric(half_rad: f32) -> Fov {
        Fov {
            left_rad: -half_rad,
            right_rad: half_rad,
            up_rad: half_rad,
            down_rad: -half_rad,
        }
    }

    #[test]
    fn a_symmetric_eye_is_the_usual_lens() {
        let ours = symmetric(0.7).clip_from_view(0.1).expect("valid");
        let usual = Mat4::perspective_infinite_reverse_rh(1.4, 1.0, 0.1);
        for (ours, usual) in ours.to_cols_array().iter().zip(usual.to_cols_array()) {
            assert!((ours - usual).abs() < 1e-5, "{ours} for {usual}");
        }
    }

    #[test]
    fn eyes_that_are_not_located_have_no_lens() {
        assert_eq!(symmetric(0.0).clip_from_view(0.1), None);
        assert_eq!(symmetric(f32::NAN).clip_from_view(0.1), None);
        assert_eq!(symmetric(1.6).clip_from_view(0.1), None);
    }

    #[test]
    fn parallax_of_a_known_point() {
        // Eyes 64 mm apart see a point 2 m ahead 0.032 / 2 to either side of their own middle.
        let lens = symmetric(0.7).clip_from_view(0.1).expect("valid");
        let seen_x = |eye_x: f32| lens.project_point3(Vec3::new(-eye_x, 0.0, -2.0)).x;
        let expected = 0.064 / 2.0 / 0.7_f32.tan();
        assert!((seen_x(-0.032) - seen_x(0.032) - expected).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn the_edges_of_the_view_are_the_edges_of_the_picture(
            left in -1.2_f32..-0.1, right in 0.1_f32..1.2, up in 0.1_f32..1.2, down in -1.2_f32..-0.1, far_m in 0.2_f32..500.0,
        ) {
            let fov = Fov { left_rad: left, right_rad: right, up_rad: up, down_rad: down };
            let lens = fov.clip_from_view(0.1).expect("valid");
            let low = lens.project_point3(Vec3::new(left.tan(), down.tan(), -1.0) * far_m);
            let high = lens.project_point3(Vec3::new(right.tan(), up.tan(), -1.0) * far_m);
            prop_assert!((low.x + 1.0).abs() < 1e-3 && (low.y + 1.0).abs() < 1e-3, "{}", low);
            prop_assert!((high.x - 1.0).abs() < 1e-3 && (high.y - 1.0).abs() < 1e-3, "{}", high);
            prop_assert!((low.z - 0.1 / far_m).abs() < 1e-4, "{}", low);
        }
    }
}
