//! The eye and how it moves, one step at a time: [`Eye::advance`] is pure over its arguments.

use bevy::{
    math::{DVec2, DVec3},
    prelude::Resource,
};
use gemba_panels::NavigationMode;
use gemba_usd::doc::Aabb;

use super::{
    input::{DragAction, NavigationInput},
    pose::ViewPose,
    walk::{Body, EYE_HEIGHT_M, RayCast, STEP_M, floor_below},
};

const WALK_M_PER_S: f64 = 1.5;
const RUN_FACTOR: f64 = 3.0;
/// A drag over the height of the view turns this far.
const TURN_RAD_PER_HEIGHT: f64 = std::f64::consts::PI;
/// Walking looks at floors and walls this often, however slow the frames are.
const MAX_STEP_SECS: f64 = 1.0 / 60.0;

/// Where the eye is, how it moves, and what it is doing by itself.
#[derive(Resource, Clone, Debug, Default)]
pub struct Eye {
    /// Where it is.
    pub pose: ViewPose,
    /// The view the plant opened with.
    pub home: ViewPose,
    /// How mouse and keys move it.
    pub mode: NavigationMode,
    flight: Option<Flight>,
    body: Option<Body>,
    script: Option<Script>,
}

/// A smooth way from one pose to another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Flight {
    from: ViewPose,
    to: ViewPose,
    done_secs: f64,
    total_secs: f64,
}

/// A walk that nobody's hand is on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Script {
    /// Speed forward.
    pub forward_m_per_s: f64,
    /// Speed to the right.
    pub right_m_per_s: f64,
    /// Turn to the left.
    pub turn_rad_per_s: f64,
    /// For how much longer.
    pub left_secs: f64,
}

/// What surrounds the eye.
pub struct Surroundings<R: RayCast> {
    /// What answers rays; `None` until its trees are built.
    pub rays: Option<R>,
    /// The plant's box.
    pub bounds_m: Option<Aabb>,
    /// Width by height of the view.
    pub aspect: f64,
}

impl<R: RayCast> Surroundings<R> {
    fn cast(&self, from_m: DVec3, direction: DVec3) -> Option<DVec3> {
        let hit = self.rays.as_ref()?.cast(from_m, direction, f64::MAX)?;
        Some(from_m + direction * hit.distance_m)
    }

    /// Nobody falls below the plant.
    fn lowest_m(&self) -> f64 {
        self.bounds_m.map_or(0.0, |bounds| bounds.min.y)
    }
}

impl Eye {
    /// Puts the eye at `pose` at once.
    pub fn jump(&mut self, pose: ViewPose) {
        self.flight = None;
        self.script = None;
        self.body = None;
        self.pose = pose;
    }

    /// Flies to `pose`; any input takes over again.
    pub fn fly(&mut self, pose: ViewPose) {
        // Farther takes longer, but never long: people wait for it.
        let scale_m = self.pose.pivot_depth_m().max(pose.pivot_depth_m()).max(1.0);
        let total_secs = (0.5 + 0.12 * (self.pose.eye_m.distance(pose.eye_m) / scale_m)).min(1.2);
        self.script = None;
        self.body = None;
        self.flight = Some(Flight {
            from: self.pose,
            to: pose,
            done_secs: 0.0,
            total_secs,
        });
        if self.mode == NavigationMode::Walk {
            // What is flown to is looked at, not fallen from.
            self.mode = NavigationMode::Orbit;
        }
    }

    /// Changes how mouse and keys move the eye.
    pub fn set_mode<R: RayCast>(&mut self, mode: NavigationMode, around: &Surroundings<R>) {
        self.script = None;
        self.body = None;
        if mode == NavigationMode::Walk && self.mode != NavigationMode::Walk {
            let landed = self.landing(around);
            self.fly(landed);
        }
        self.mode = mode;
    }

    /// Walks by itself.
    pub fn follow<R: RayCast>(&mut self, script: Script, around: &Surroundings<R>) {
        if self.mode != NavigationMode::Walk {
            let landed = self.landing(around);
            self.jump(landed);
            self.mode = NavigationMode::Walk;
        }
        self.finish_flight();
        self.script = Some(script);
    }

    /// Whether it is moving by itself.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.flight.is_some() || self.script.is_some()
    }

    /// One frame of `dt_secs`.
    pub fn advance<R: RayCast>(&mut self, input: &NavigationInput, around: &Surroundings<R>, dt_secs: f64) {
        if input.is_active() {
            self.script = None;
            // What was flown to is not wanted any more; the eye stays where it got to.
            self.flight = None;
        }
        if self.advance_flight(dt_secs) {
            return;
        }
        match self.mode {
            NavigationMode::Orbit => self.orbit(input, around, dt_secs),
            NavigationMode::Walk => self.walk(input, around, dt_secs),
            NavigationMode::Fly => self.fly_freely(input, around, dt_secs),
        }
    }

    fn advance_flight(&mut self, dt_secs: f64) -> bool {
        let Some(flight) = &mut self.flight else {
            return false;
        };
        flight.done_secs += dt_secs;
        let ratio = (flight.done_secs / flight.total_secs).clamp(0.0, 1.0);
        let eased = ratio * ratio * ratio * (ratio * (ratio * 6.0 - 15.0) + 10.0);
        self.pose = flight.from.toward(&flight.to, eased);
        if ratio >= 1.0 {
            self.flight = None;
        }
        true
    }

    fn finish_flight(&mut self) {
        if let Some(flight) = self.flight.take() {
            self.pose = flight.to;
        }
    }

    fn orbit<R: RayCast>(&mut self, input: &NavigationInput, around: &Surroundings<R>, dt_secs: f64) {
        if let Some(cursor) = input
            .cursor
            .filter(|_| input.is_drag_start || input.zoom_steps != 0.0)
        {
            let under_cursor = self.under(cursor, around);
            if input.is_drag_start {
                self.pose.pivot_m = under_cursor;
            }
            if input.zoom_steps != 0.0 {
                self.pose.zoom(under_cursor, input.zoom_steps);
            }
        }
        match input.drag {
            DragAction::Turn => {
                // The plant follows the hand: a drag to the right turns it to the right.
                self.pose
                    .orbit(DVec2::new(-input.dragged.x, input.dragged.y) * TURN_RAD_PER_HEIGHT);
            }
            DragAction::Pan => self.pose.pan(input.dragged),
            DragAction::None => {}
        }
        if input.go != DVec3::ZERO {
            let step = self.free_step(input, self.pose.pivot_depth_m().clamp(1.0, 200.0) * 0.5, dt_secs);
            self.pose.eye_m += step;
            self.pose.pivot_m += step;
        }
    }

    fn fly_freely<R: RayCast>(&mut self, input: &NavigationInput, around: &Surroundings<R>, dt_secs: f64) {
        self.look(input, dt_secs);
        let size_m = around.bounds_m.map_or(20.0, |bounds| bounds.size().length());
        let step = self.free_step(input, (size_m * 0.08).clamp(2.0, 60.0), dt_secs);
        let wheel = self.pose.forward() * (size_m * 0.02).clamp(0.2, 20.0) * input.zoom_steps;
        self.pose.eye_m += step + wheel;
        self.keep_pivot_ahead();
    }

    fn free_step(&self, input: &NavigationInput, m_per_s: f64, dt_secs: f64) -> DVec3 {
        let fast = if input.is_fast { RUN_FACTOR } else { 1.0 };
        let way = self.pose.right() * input.go.x + DVec3::Y * input.go.y + self.pose.forward() * input.go.z;
        way.clamp_length_max(1.0) * m_per_s * fast * dt_secs
    }

    fn look(&mut self, input: &NavigationInput, dt_secs: f64) {
        if input.drag != DragAction::None {
            self.pose
                .look(DVec2::new(-input.dragged.x, input.dragged.y) * (0.5 * TURN_RAD_PER_HEIGHT));
        }
        self.pose.look(DVec2::new(input.turn_rad_per_s * dt_secs, 0.0));
    }

    fn walk<R: RayCast>(&mut self, input: &NavigationInput, around: &Surroundings<R>, dt_secs: f64) {
        self.look(input, dt_secs);
        let steps = (dt_secs / MAX_STEP_SECS).ceil().max(1.0);
        for _ in 0..steps as u32 {
            self.walk_step(input, around, dt_secs / steps);
        }
        self.keep_pivot_ahead();
    }

    fn walk_step<R: RayCast>(&mut self, input: &NavigationInput, around: &Surroundings<R>, dt_secs: f64) {
        let (wish, turn_rad_per_s) = self.wish(input, dt_secs);
        self.pose.look(DVec2::new(turn_rad_per_s * dt_secs, 0.0));
        let mut body = self.body.unwrap_or_else(|| Body::with_eye_at(self.pose.eye_m));
        match &around.rays {
            Some(rays) => body = body.walked(rays, wish, dt_secs, around.lowest_m()),
            // Until walls and floors are known the body walks on the level it is at.
            None => body.feet_m += wish * dt_secs,
        }
        self.body = Some(body);
        self.pose.eye_m = body.eye_m();
    }

    /// Level velocity wished for, and the turn to the left in radians a second.
    fn wish(&mut self, input: &NavigationInput, dt_secs: f64) -> (DVec3, f64) {
        let right = self.pose.right();
        let forward = DVec3::Y.cross(right);
        if let Some(script) = &mut self.script {
            let wish = forward * script.forward_m_per_s + right * script.right_m_per_s;
            let turn = script.turn_rad_per_s;
            script.left_secs -= dt_secs;
            if script.left_secs <= 1e-9 {
                self.script = None;
            }
            return (wish, turn);
        }
        let fast = if input.is_fast { RUN_FACTOR } else { 1.0 };
        let way = right * input.go.x + forward * input.go.z;
        (way.clamp_length_max(1.0) * WALK_M_PER_S * fast, 0.0)
    }

    /// Orbit after a walk turns about something in front of the eye.
    fn keep_pivot_ahead(&mut self) {
        let depth_m = self.pose.pivot_depth_m().clamp(1.0, 1_000.0);
        self.pose.pivot_m = self.pose.eye_m + self.pose.forward() * depth_m;
    }

    /// What the cursor points at: the plant, else as far away as the pivot.
    fn under<R: RayCast>(&self, cursor: DVec2, around: &Surroundings<R>) -> DVec3 {
        let direction = self.pose.ray_direction(cursor, around.aspect);
        around.cast(self.pose.eye_m, direction).unwrap_or_else(|| {
            let cosine = direction.dot(self.pose.forward()).max(0.05);
            self.pose.eye_m + direction * (self.pose.pivot_depth_m() / cosine)
        })
    }

    /// Where a person stands who begins to walk here: on the floor below, or on the spot that is looked at from afar.
    fn landing<R: RayCast>(&self, around: &Surroundings<R>) -> ViewPose {
        const NEAR_FLOOR_M: f64 = 4.0;
        let mut pose = self.pose;
        let below = around.cast(pose.eye_m, DVec3::NEG_Y).map(|floor| floor.y);
        let is_low = below.is_some_and(|floor_m| pose.eye_m.y - floor_m <= NEAR_FLOOR_M);
        if !is_low && let Some(seen) = around.cast(pose.eye_m, pose.forward()) {
            // A step back from what is looked at, so that a wall is not stood in.
            let back = DVec3::new(pose.forward().x, 0.0, pose.forward().z).normalize_or_zero();
            pose.eye_m = seen - back * 1.5;
        }
        let feet_m = pose.eye_m + DVec3::Y * STEP_M;
        let floor_m = around
            .rays
            .as_ref()
            .and_then(|rays| floor_below(rays, feet_m, f64::from(f32::MAX)));
        pose.eye_m.y = floor_m.unwrap_or_else(|| around.lowest_m()) + EYE_HEIGHT_M;
        pose.pitch_rad = 0.0;
        pose.pivot_m = pose.eye_m + pose.forward() * 3.0;
        pose
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::navigation::walk::RayHit;

    /// The ground, and a wall at x = 5.
    struct Yard;

    impl RayCast for Yard {
        fn cast(&self, from_m: DVec3, direction: DVec3, reach_m: f64) -> Option<RayHit> {
            let to = |distance_m: f64, normal| RayHit { distance_m, normal };
            let ground = (direction.y < 0.0).then(|| to(from_m.y / -direction.y, DVec3::Y));
            let wall = (direction.x > 0.0).then(|| to((5.0 - from_m.x) / direction.x, DVec3::NEG_X));
            [ground, wall]
                .into_iter()
                .flatten()
                .filter(|hit| hit.distance_m >= 0.0 && hit.distance_m <= reach_m)
                .min_by(|one, other| one.distance_m.total_cmp(&other.distance_m))
        }
    }

    fn yard() -> Surroundings<Yard> {
        Surroundings {
            rays: Some(Yard),
            bounds_m: None,
            aspect: 1.5,
        }
    }

    fn settle(eye: &mut Eye, input: &NavigationInput, secs: f64) {
        for _ in 0..(secs * 30.0) as u32 {
            eye.advance(input, &yard(), 1.0 / 30.0);
        }
    }

    #[test]
    fn a_flight_arrives_and_input_ends_it() {
        let mut eye = Eye::default();
        let to = ViewPose::looking_at(DVec3::new(-20.0, 5.0, 0.0), DVec3::ZERO);
        eye.fly(to);
        settle(&mut eye, &NavigationInput::default(), 2.0);
        assert_eq!(eye.pose, to);
        eye.fly(ViewPose::default());
        settle(
            &mut eye,
            &NavigationInput {
                zoom_steps: 1e-9,
                ..NavigationInput::default()
            },
            0.2,
        );
        assert!(!eye.is_under_way());
        assert!(eye.pose.eye_m.distance(to.eye_m) < 1.0);
    }

    #[test]
    fn walking_begins_on_the_ground_and_ends_at_the_wall() {
        let mut eye = Eye {
            pose: ViewPose::looking_at(DVec3::new(-3.0, 3.0, 0.0), DVec3::new(9.0, 3.0, 0.0)),
            ..Eye::default()
        };
        eye.set_mode(NavigationMode::Walk, &yard());
        settle(&mut eye, &NavigationInput::default(), 2.0);
        assert!((eye.pose.eye_m.y - EYE_HEIGHT_M).abs() < 1e-6, "{:?}", eye.pose);
        settle(
            &mut eye,
            &NavigationInput {
                go: DVec3::Z,
                ..NavigationInput::default()
            },
            10.0,
        );
        assert!((eye.pose.eye_m.x - 4.7).abs() < 1e-3, "{:?}", eye.pose);
    }

    #[test]
    fn a_script_walks_its_way_and_stops() {
        let mut eye = Eye {
            pose: ViewPose::looking_at(DVec3::new(-8.0, 1.7, 0.0), DVec3::new(9.0, 1.7, 0.0)),
            ..Eye::default()
        };
        let script = Script {
            forward_m_per_s: 1.0,
            right_m_per_s: 0.0,
            turn_rad_per_s: 0.0,
            left_secs: 2.0,
        };
        eye.follow(script, &yard());
        assert!(eye.is_under_way());
        settle(&mut eye, &NavigationInput::default(), 3.0);
        assert!(!eye.is_under_way());
        assert!((eye.pose.eye_m.x + 6.0).abs() < 0.05, "{:?}", eye.pose);
    }

    #[test]
    fn orbiting_turns_about_what_is_under_the_cursor() {
        let mut eye = Eye {
            pose: ViewPose::looking_at(DVec3::new(-3.0, 3.0, 0.0), DVec3::ZERO),
            ..Eye::default()
        };
        let start = NavigationInput {
            cursor: Some(DVec2::new(0.2, -0.4)),
            drag: DragAction::Turn,
            is_drag_start: true,
            ..NavigationInput::default()
        };
        eye.advance(&start, &yard(), 0.016);
        let pivot_m = eye.pose.pivot_m;
        assert!(pivot_m.y.abs() < 1e-9, "on the ground: {pivot_m}");
        let distance_m = eye.pose.eye_m.distance(pivot_m);
        let on = NavigationInput {
            is_drag_start: false,
            dragged: DVec2::new(0.2, 0.05),
            ..start
        };
        eye.advance(&on, &yard(), 0.016);
        assert!((eye.pose.eye_m.distance(pivot_m) - distance_m).abs() < 1e-9);
    }
}
