//! Where the eye is and what it does about it: pure functions on [`ViewPose`], in f64 metres with Y up.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use bevy::math::{DMat3, DQuat, DVec2, DVec3};
use gemba_usd::doc::Aabb;

/// Vertical field of view unless a camera of the scene says otherwise: what a wide normal lens sees.
pub const DEFAULT_FOV_RAD: f64 = 50.0 * PI / 180.0;

/// Looking straight up or down would leave "right" undefined.
const MAX_PITCH_RAD: f64 = FRAC_PI_2 - 0.01;

/// Where a person looks from, and about what the view turns.
///
/// Positions are in the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewPose {
    /// The eye.
    pub eye_m: DVec3,
    /// Turn about +Y; 0 looks along -Z, positive turns left.
    pub yaw_rad: f64,
    /// Turn about the eye's right; positive looks up.
    pub pitch_rad: f64,
    /// What orbiting turns about and panning holds on to.
    pub pivot_m: DVec3,
    /// Vertical field of view.
    pub fov_rad: f64,
}

impl Default for ViewPose {
    fn default() -> Self {
        Self::looking_at(DVec3::new(4.0, 3.0, 6.0), DVec3::ZERO)
    }
}

impl ViewPose {
    /// The view from `eye_m` towards `target_m`; along -Z when they are the same point.
    #[must_use]
    pub fn looking_at(eye_m: DVec3, target_m: DVec3) -> Self {
        let forward = (target_m - eye_m).try_normalize().unwrap_or(DVec3::NEG_Z);
        let is_steep = forward.x.hypot(forward.z) < 1e-9;
        Self {
            eye_m,
            yaw_rad: if is_steep {
                0.0
            } else {
                (-forward.x).atan2(-forward.z)
            },
            pitch_rad: forward
                .y
                .clamp(-1.0, 1.0)
                .asin()
                .clamp(-MAX_PITCH_RAD, MAX_PITCH_RAD),
            pivot_m: target_m,
            fov_rad: DEFAULT_FOV_RAD,
        }
    }

    /// The view along `direction` at the same pivot, from as far away and through the same lens.
    #[must_use]
    pub fn looking_along(&self, direction: DVec3) -> Self {
        let direction = direction.normalize_or(DVec3::NEG_Z);
        let eye_m = self.pivot_m - direction * self.pivot_depth_m();
        Self {
            fov_rad: self.fov_rad,
            ..Self::looking_at(eye_m, self.pivot_m)
        }
    }

    /// World from eye; the eye looks along its own -Z.
    #[must_use]
    pub fn rotation(&self) -> DQuat {
        DQuat::from_rotation_y(self.yaw_rad) * DQuat::from_rotation_x(self.pitch_rad)
    }

    /// Unit vector of where it looks.
    #[must_use]
    pub fn forward(&self) -> DVec3 {
        self.rotation() * DVec3::NEG_Z
    }

    /// Unit vector to its right, level.
    #[must_use]
    pub fn right(&self) -> DVec3 {
        self.rotation() * DVec3::X
    }

    /// Unit vector through a place of the view: `ndc` is -1 to 1, right and up.
    #[must_use]
    pub fn ray_direction(&self, ndc: DVec2, aspect: f64) -> DVec3 {
        let tan = (self.fov_rad * 0.5).tan();
        (self.rotation() * DVec3::new(ndc.x * tan * aspect, ndc.y * tan, -1.0)).normalize_or(DVec3::NEG_Z)
    }

    /// How far the pivot is in front of the eye, never less than `1e-3`.
    #[must_use]
    pub fn pivot_depth_m(&self) -> f64 {
        (self.pivot_m - self.eye_m).dot(self.forward()).max(1e-3)
    }

    /// Turns by yaw and pitch on the spot.
    pub fn look(&mut self, turn_rad: DVec2) {
        self.yaw_rad = wrapped(self.yaw_rad + turn_rad.x);
        self.pitch_rad = (self.pitch_rad + turn_rad.y).clamp(-MAX_PITCH_RAD, MAX_PITCH_RAD);
    }

    /// Turns eye and view together about the pivot: it keeps its distance and its place in the view.
    pub fn orbit(&mut self, turn_rad: DVec2) {
        let eye_from_pivot = self.rotation().inverse() * (self.eye_m - self.pivot_m);
        self.look(turn_rad);
        self.eye_m = self.pivot_m + self.rotation() * eye_from_pivot;
    }

    /// Moves sideways so that the pivot follows a drag of `drag`, in heights of the view, right and up.
    pub fn pan(&mut self, drag: DVec2) {
        let m_per_view_height = 2.0 * self.pivot_depth_m() * (self.fov_rad * 0.5).tan();
        let rotation = self.rotation();
        let step = (rotation * DVec3::X * -drag.x + rotation * DVec3::Y * -drag.y) * m_per_view_height;
        self.eye_m += step;
    }

    /// Goes `steps` of a wheel closer to `toward_m`, each a sixth of the way, and turns about it from now on.
    pub fn zoom(&mut self, toward_m: DVec3, steps: f64) {
        const KEPT_PER_STEP: f64 = 5.0 / 6.0;
        let from_target = self.eye_m - toward_m;
        let distance_m = from_target.length();
        let wanted_m = distance_m * KEPT_PER_STEP.powf(steps);
        // Never through it, and never so close that a step outwards would not leave it.
        let kept_m = wanted_m.max(self.pivot_depth_m().min(0.02).min(distance_m));
        self.eye_m = toward_m + from_target.normalize_or(DVec3::Z) * kept_m;
        self.pivot_m = toward_m;
    }

    /// Part `ratio` (0–1) of the way to `to`, by the shorter turn.
    #[must_use]
    pub fn toward(&self, to: &Self, ratio: f64) -> Self {
        let blend = |from: f64, to: f64| from + (to - from) * ratio;
        Self {
            eye_m: self.eye_m.lerp(to.eye_m, ratio),
            yaw_rad: wrapped(self.yaw_rad + wrapped(to.yaw_rad - self.yaw_rad) * ratio),
            pitch_rad: blend(self.pitch_rad, to.pitch_rad),
            pivot_m: self.pivot_m.lerp(to.pivot_m, ratio),
            fov_rad: blend(self.fov_rad, to.fov_rad),
        }
    }

    /// The nearest place from which all of `aabb` is inside `window`, keeping the direction of the view.
    #[must_use]
    pub fn framing(&self, aabb: Aabb, window: &ViewWindow) -> Self {
        /// What is left free of the window, all round.
        const FILLED_RATIO: f64 = 0.94;
        let eye_from_world = DMat3::from_quat(self.rotation().inverse());
        let center = aabb.center();
        let seen: Vec<DVec3> = corners(aabb)
            .map(|corner| eye_from_world * (corner - center))
            .collect();
        let tan = (self.fov_rad * 0.5).tan();
        let half = window.half_size * FILLED_RATIO;
        let across = fit(
            seen.iter().map(|at| (at.x, at.z)),
            window.center.x,
            half.x,
            tan * window.aspect,
        );
        let upward = fit(seen.iter().map(|at| (at.y, at.z)), window.center.y, half.y, tan);
        let radius_m = aabb.size().length() * 0.5;
        let depth_m = across.depth.max(upward.depth).max(radius_m * 0.5).max(1e-3);
        let offset = DVec3::new(-across.offset_at(depth_m), -upward.offset_at(depth_m), depth_m);
        Self {
            eye_m: center + self.rotation() * offset,
            pivot_m: center,
            ..*self
        }
    }
}

/// How far away and how far aside points have to be to lie inside a window, along one axis of the view.
struct Fit {
    /// Nearest distance that has a solution.
    depth: f64,
    low_slope: f64,
    low: f64,
    high_slope: f64,
    high: f64,
}

impl Fit {
    /// The middle of the offsets that keep all points inside at this distance.
    fn offset_at(&self, depth: f64) -> f64 {
        0.5 * (self.low_slope * depth + self.low + self.high_slope * depth + self.high)
    }
}

/// Each point (aside, towards the eye) bounds the offset from both sides by a line in the distance; where the bounds
/// meet is the nearest distance.
fn fit(points: impl Iterator<Item = (f64, f64)>, center: f64, half: f64, tan: f64) -> Fit {
    let (low_slope, high_slope) = ((center - half) * tan, (center + half) * tan);
    let (low, high) = points.fold((f64::MIN, f64::MAX), |(low, high), (aside, toward)| {
        (
            low.max(-low_slope * toward - aside),
            high.min(-high_slope * toward - aside),
        )
    });
    Fit {
        depth: (low - high) / (high_slope - low_slope),
        low_slope,
        low,
        high_slope,
        high,
    }
}

/// The part of the view that shows the plant, in normalised device coordinates (-1 to 1, right and up).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewWindow {
    /// Middle of the part.
    pub center: DVec2,
    /// Half its width and height.
    pub half_size: DVec2,
    /// Width by height of the whole view.
    pub aspect: f64,
}

impl ViewWindow {
    /// The whole view.
    #[must_use]
    pub fn whole(aspect: f64) -> Self {
        Self {
            center: DVec2::ZERO,
            half_size: DVec2::ONE,
            aspect,
        }
    }

    /// The vertical field of view of the whole view, in radians, at which this part of it holds the frame of a camera: what
    /// a picture through it shows is not to lie behind a panel. Never narrower than the camera's own `fov_rad`; `aspect`
    /// is the frame's width by height.
    #[must_use]
    pub fn fov_holding(&self, fov_rad: f64, aspect: f64) -> f64 {
        /// What of a frame has to be seen: nothing that matters lies further out (SMPTE ST 2046-1, safe title area).
        const SAFE_RATIO: f64 = 0.9;
        /// Wider than this, things at the edge are drawn out of shape.
        const WIDEST_RAD: f64 = 1.75;
        let upward = (fov_rad * 0.5).tan();
        let free = (self.half_size - self.center.abs()).max(DVec2::splat(0.05));
        let needed = SAFE_RATIO * upward * DVec2::new(aspect / self.aspect, 1.0) / free;
        let held = 2.0 * needed.max_element().atan();
        held.min(WIDEST_RAD).max(fov_rad)
    }
}

/// The view a plant opens with when the scene has no camera: from a corner, from above, down the longer side.
#[must_use]
pub fn overview(aabb: Aabb, window: &ViewWindow) -> ViewPose {
    let size = aabb.size();
    // Flat plants are seen from higher up, tall ones nearly level.
    let flatness = 1.0 - (size.y / size.x.max(size.z).max(1e-9)).min(1.0);
    let pitch_rad = -(16.0 + 16.0 * flatness).to_radians();
    let yaw_rad = if size.x >= size.z { 32_f64 } else { 58.0 }.to_radians();
    let pose = ViewPose {
        yaw_rad,
        pitch_rad,
        ..ViewPose::default()
    };
    pose.framing(aabb, window)
}

/// The angle in -π to π.
fn wrapped(angle_rad: f64) -> f64 {
    (angle_rad + PI).rem_euclid(TAU) - PI
}

fn corners(aabb: Aabb) -> impl Iterator<Item = DVec3> {
    (0..8).map(move |at| {
        let pick = |bit: usize, low: f64, high: f64| if at & bit == 0 { low } else { high };
        DVec3::new(
            pick(1, aabb.min.x, aabb.max.x),
            pick(2, aabb.min.y, aabb.max.y),
            pick(4, aabb.min.z, aabb.max.z),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: DVec3, other: DVec3) -> bool {
        one.distance(other) < 1e-9
    }

    #[test]
    fn a_side_is_looked_at_from_as_far_away() {
        let pose = ViewPose {
            fov_rad: 0.4,
            ..ViewPose::looking_at(DVec3::new(3.0, 4.0, 0.0), DVec3::ZERO)
        };
        let top = pose.looking_along(DVec3::NEG_Y);
        assert!(top.eye_m.abs_diff_eq(DVec3::Y * 5.0, 1e-9));
        assert!(top.pitch_rad < -1.5);
        assert_eq!((top.pivot_m, top.fov_rad), (DVec3::ZERO, 0.4));
        let right = pose.looking_along(DVec3::NEG_X * 7.0);
        assert!(right.eye_m.abs_diff_eq(DVec3::X * 5.0, 1e-9));
    }

    #[test]
    fn looking_at_looks_at() {
        let pose = ViewPose::looking_at(DVec3::new(1.0, 2.0, 3.0), DVec3::new(-4.0, 0.5, 9.0));
        assert!(near(
            pose.forward(),
            (DVec3::new(-4.0, 0.5, 9.0) - pose.eye_m).normalize()
        ));
        assert!(pose.right().y.abs() < 1e-12);
    }

    #[test]
    fn orbit_keeps_the_distance_and_the_place_in_the_view() {
        let mut pose = ViewPose::looking_at(DVec3::new(5.0, 4.0, 3.0), DVec3::ZERO);
        pose.pivot_m = DVec3::new(1.0, 0.0, -1.0);
        let before = pose.rotation().inverse() * (pose.pivot_m - pose.eye_m);
        pose.orbit(DVec2::new(0.7, -0.2));
        assert!(near(
            before,
            pose.rotation().inverse() * (pose.pivot_m - pose.eye_m)
        ));
        pose.orbit(DVec2::new(0.0, 9.0));
        assert!(pose.pitch_rad < FRAC_PI_2);
    }

    #[test]
    fn zoom_keeps_what_is_under_the_cursor_under_the_cursor() {
        let mut pose = ViewPose::looking_at(DVec3::new(0.0, 1.0, 10.0), DVec3::ZERO);
        let under_cursor = pose.eye_m + pose.ray_direction(DVec2::new(0.5, 0.3), 1.6) * 8.0;
        pose.zoom(under_cursor, 3.0);
        assert!(near(
            pose.ray_direction(DVec2::new(0.5, 0.3), 1.6),
            (under_cursor - pose.eye_m).normalize()
        ));
        assert!((pose.eye_m.distance(under_cursor) - 8.0 * (5.0_f64 / 6.0).powi(3)).abs() < 1e-9);
        for _ in 0..200 {
            pose.zoom(under_cursor, 1.0);
        }
        let closest_m = pose.eye_m.distance(under_cursor);
        assert!(closest_m > 0.0);
        pose.zoom(under_cursor, -1.0);
        assert!(pose.eye_m.distance(under_cursor) > closest_m);
    }

    #[test]
    fn pan_moves_the_pivot_with_the_drag() {
        let mut pose = ViewPose::looking_at(DVec3::new(0.0, 0.0, 10.0), DVec3::ZERO);
        pose.pan(DVec2::new(0.5, 0.0));
        let at = pose.rotation().inverse() * (pose.pivot_m - pose.eye_m);
        let ndc_y_per_height = at.x / (-at.z * (pose.fov_rad * 0.5).tan());
        assert!(
            (ndc_y_per_height - 1.0).abs() < 1e-9,
            "half a height is one unit of device coordinates"
        );
    }

    #[test]
    fn a_cameras_frame_is_held_by_what_panels_leave_free() {
        let (fov_rad, aspect) = (0.8, 16.0 / 9.0);
        // The same shape, or a wider one: as the camera has it.
        for whole in [aspect, 2.4] {
            assert_eq!(ViewWindow::whole(whole).fov_holding(fov_rad, aspect), fov_rad);
        }
        let between_panels = ViewWindow {
            center: DVec2::new(-0.06, 0.0),
            half_size: DVec2::new(0.53, 0.86),
            aspect,
        };
        let held = between_panels.fov_holding(fov_rad, aspect);
        let across = |fov_rad: f64| (fov_rad * 0.5).tan() * aspect;
        let at_edge = 0.9 * across(fov_rad) / across(held);
        assert!((at_edge - 0.47).abs() < 1e-9, "{at_edge}");
        // Hardly anything free: not so wide that nothing is recognised.
        let sliver = ViewWindow {
            half_size: DVec2::new(0.02, 1.0),
            ..between_panels
        };
        assert!(sliver.fov_holding(fov_rad, aspect) <= 1.75);
        assert_eq!(
            sliver.fov_holding(2.2, aspect),
            2.2,
            "the camera's own is wider still"
        );
    }

    #[test]
    fn framing_holds_all_corners_inside_the_window() {
        let aabb = Aabb {
            min: DVec3::new(-20.0, 0.0, -3.0),
            max: DVec3::new(40.0, 9.0, 11.0),
        };
        let window = ViewWindow {
            center: DVec2::new(-0.1, 0.05),
            half_size: DVec2::new(0.55, 0.9),
            aspect: 1.78,
        };
        let pose = overview(aabb, &window);
        let tan = (pose.fov_rad * 0.5).tan();
        let mut widest = 0.0_f64;
        for corner in corners(aabb) {
            let at = pose.rotation().inverse() * (corner - pose.eye_m);
            assert!(at.z < 0.0, "in front of the eye");
            let ndc = DVec2::new(at.x / (-at.z * tan * window.aspect), at.y / (-at.z * tan)) - window.center;
            widest = widest.max((ndc / window.half_size).abs().max_element());
        }
        assert!(
            (0.93..=0.95).contains(&widest),
            "fills the window without leaving it: {widest}"
        );
        assert!(pose.eye_m.y > aabb.min.y);
    }

    #[test]
    fn the_shorter_turn_is_taken() {
        let from = ViewPose {
            yaw_rad: 3.0,
            ..ViewPose::default()
        };
        let to = ViewPose {
            yaw_rad: -3.0,
            ..ViewPose::default()
        };
        assert!(from.toward(&to, 0.5).yaw_rad.abs() > 3.0);
        assert!(near(from.toward(&to, 1.0).eye_m, to.eye_m));
    }
}
