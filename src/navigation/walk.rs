//! Walking: a body on floors, stopped by walls, up steps, falling where nothing carries it.
//!
//! Pure functions over anything that answers rays, so that the walk of a test and of a person are the same walk.

use bevy::math::DVec3;

/// Height of the eye over the feet.
pub const EYE_HEIGHT_M: f64 = 1.7;
/// Half the width of the body.
pub const RADIUS_M: f64 = 0.3;
/// The highest step a person takes without climbing.
pub const STEP_M: f64 = 0.4;
/// Fast enough that a stair feels like walking, slow enough that the eye does not jump.
const RISE_M_PER_S: f64 = 3.0;
const GRAVITY_M_PER_S2: f64 = 9.81;
const MAX_FALL_M_PER_S: f64 = 20.0;
/// The longest stretch between two looks at walls: less than the radius, so that nothing is walked through.
const STRIDE_M: f64 = 0.2;
/// Where the body looks for walls, over the feet: above a step, at the hip, at the head.
const WALL_RAYS_M: [f64; 3] = [STEP_M + 0.05, 1.0, EYE_HEIGHT_M];

/// Where a ray met something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RayHit {
    /// Distance from the start of the ray.
    pub distance_m: f64,
    /// Unit normal, turned against the ray.
    pub normal: DVec3,
}

/// What answers rays.
pub trait RayCast {
    /// The nearest thing within `reach_m` along the unit vector `direction`.
    fn cast(&self, from_m: DVec3, direction: DVec3, reach_m: f64) -> Option<RayHit>;
}

/// Who walks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Between the feet, on the floor.
    pub feet_m: DVec3,
    /// Speed downwards.
    pub fall_m_per_s: f64,
}

impl Body {
    /// A body at rest whose eye is at `eye_m`.
    #[must_use]
    pub fn with_eye_at(eye_m: DVec3) -> Self {
        Self {
            feet_m: eye_m - DVec3::Y * EYE_HEIGHT_M,
            fall_m_per_s: 0.0,
        }
    }

    /// Where its eye is.
    #[must_use]
    pub fn eye_m(&self) -> DVec3 {
        self.feet_m + DVec3::Y * EYE_HEIGHT_M
    }

    /// Walks for `dt_secs` with the level velocity `wish_m_per_s`. The ground at `lowest_m` carries everywhere.
    #[must_use]
    pub fn walked(mut self, plant: &impl RayCast, wish_m_per_s: DVec3, dt_secs: f64, lowest_m: f64) -> Self {
        let level = DVec3::new(wish_m_per_s.x, 0.0, wish_m_per_s.z) * dt_secs;
        let strides = (level.length() / STRIDE_M).ceil().max(1.0);
        for _ in 0..strides as u32 {
            self.feet_m += unhindered(plant, self.feet_m, level / strides);
            self.stand_or_fall(plant, dt_secs / strides, lowest_m);
        }
        self
    }

    fn stand_or_fall(&mut self, plant: &impl RayCast, dt_secs: f64, lowest_m: f64) {
        let fall_m_per_s = (self.fall_m_per_s + GRAVITY_M_PER_S2 * dt_secs).min(MAX_FALL_M_PER_S);
        let fall_m = fall_m_per_s * dt_secs;
        let floor_m = floor_below(plant, self.feet_m, STEP_M + fall_m)
            .unwrap_or(f64::MIN)
            .max(lowest_m);
        let drop_m = self.feet_m.y - floor_m;
        if drop_m <= 0.0 {
            self.feet_m.y = (self.feet_m.y + RISE_M_PER_S * dt_secs).min(floor_m);
            self.fall_m_per_s = 0.0;
        } else if drop_m <= fall_m || (self.fall_m_per_s == 0.0 && drop_m <= STEP_M) {
            // Down a step the feet stay on the stair; they only leave it where it ends.
            self.feet_m.y = (self.feet_m.y - RISE_M_PER_S * dt_secs).max(floor_m);
            self.fall_m_per_s = 0.0;
        } else {
            self.feet_m.y -= fall_m;
            self.fall_m_per_s = fall_m_per_s;
        }
    }
}

/// The highest floor that a foot can take, from a step above the feet to `depth_m` below them.
///
/// Five rays, so that a grating or a gap narrower than the body carries.
#[must_use]
pub fn floor_below(plant: &impl RayCast, feet_m: DVec3, depth_m: f64) -> Option<f64> {
    const FOOT_M: f64 = 0.6 * RADIUS_M;
    let feet = [
        DVec3::ZERO,
        DVec3::X * FOOT_M,
        DVec3::NEG_X * FOOT_M,
        DVec3::Z * FOOT_M,
        DVec3::NEG_Z * FOOT_M,
    ];
    let lifted_m = STEP_M + 0.02;
    feet.into_iter()
        .filter_map(|foot| {
            let from_m = feet_m + foot + DVec3::Y * lifted_m;
            plant
                .cast(from_m, DVec3::NEG_Y, lifted_m + depth_m)
                .map(|hit| from_m.y - hit.distance_m)
        })
        .reduce(f64::max)
}

/// How much of `wish_m` walls allow; what a wall stops slides along it.
fn unhindered(plant: &impl RayCast, feet_m: DVec3, wish_m: DVec3) -> DVec3 {
    let mut done_m = DVec3::ZERO;
    let mut left_m = wish_m;
    // A corner is two walls.
    for _ in 0..2 {
        let length_m = left_m.length();
        let Some(direction) = left_m.try_normalize() else {
            break;
        };
        let Some(wall) = nearest_wall(plant, feet_m + done_m, direction, length_m + RADIUS_M) else {
            return done_m + left_m;
        };
        let free_m = (wall.distance_m - RADIUS_M).clamp(0.0, length_m);
        done_m += direction * free_m;
        left_m -= direction * free_m;
        let level_normal = DVec3::new(wall.normal.x, 0.0, wall.normal.z).normalize_or(-direction);
        left_m -= level_normal * left_m.dot(level_normal).min(0.0);
    }
    done_m
}

fn nearest_wall(plant: &impl RayCast, feet_m: DVec3, direction: DVec3, reach_m: f64) -> Option<RayHit> {
    let aside = DVec3::new(-direction.z, 0.0, direction.x) * (0.8 * RADIUS_M);
    let starts = [DVec3::ZERO, aside, -aside];
    WALL_RAYS_M
        .iter()
        .flat_map(|height_m| starts.map(|start| feet_m + start + DVec3::Y * *height_m))
        .filter_map(|from_m| plant.cast(from_m, direction, reach_m))
        .reduce(|one, other| {
            if other.distance_m < one.distance_m {
                other
            } else {
                one
            }
        })
}

#[cfg(test)]
mod tests {
    use gemba_usd::doc::Aabb;

    use super::*;

    /// Axis-aligned boxes, answered exactly.
    struct Boxes(Vec<Aabb>);

    impl RayCast for Boxes {
        fn cast(&self, from_m: DVec3, direction: DVec3, reach_m: f64) -> Option<RayHit> {
            self.0
                .iter()
                .filter_map(|aabb| enter(aabb, from_m, direction))
                .filter(|hit| hit.distance_m <= reach_m)
                .reduce(|one, other| {
                    if other.distance_m < one.distance_m {
                        other
                    } else {
                        one
                    }
                })
        }
    }

    fn enter(aabb: &Aabb, from_m: DVec3, direction: DVec3) -> Option<RayHit> {
        let low = (aabb.min - from_m) / direction;
        let high = (aabb.max - from_m) / direction;
        let (near, far) = (low.min(high), low.max(high));
        let distance_m = near.max_element();
        if distance_m < 0.0 || distance_m > far.min_element() {
            return None;
        }
        let axis = (0..3).find(|&axis| near[axis] == distance_m)?;
        let mut normal = DVec3::ZERO;
        normal[axis] = -direction[axis].signum();
        Some(RayHit { distance_m, normal })
    }

    fn slab(min: [f64; 3], max: [f64; 3]) -> Aabb {
        Aabb {
            min: DVec3::from(min),
            max: DVec3::from(max),
        }
    }

    fn floor() -> Aabb {
        slab([-50.0, -1.0, -50.0], [50.0, 0.0, 50.0])
    }

    fn walk(plant: &Boxes, mut body: Body, wish_m_per_s: DVec3, secs: f64) -> Body {
        for _ in 0..(secs * 60.0) as u32 {
            body = body.walked(plant, wish_m_per_s, 1.0 / 60.0, -10.0);
        }
        body
    }

    fn standing() -> Body {
        Body {
            feet_m: DVec3::ZERO,
            fall_m_per_s: 0.0,
        }
    }

    #[test]
    fn walks_on_the_level() {
        let body = walk(&Boxes(vec![floor()]), standing(), DVec3::X * 1.5, 2.0);
        assert!((body.feet_m - DVec3::X * 3.0).length() < 1e-6, "{body:?}");
    }

    #[test]
    fn a_wall_stops_and_is_slid_along() {
        let plant = Boxes(vec![floor(), slab([2.0, 0.0, -50.0], [2.1, 3.0, 50.0])]);
        let body = walk(&plant, standing(), DVec3::X * 1.5, 5.0);
        assert!((body.feet_m.x - (2.0 - RADIUS_M)).abs() < 1e-6, "{body:?}");
        let body = walk(&plant, standing(), DVec3::new(1.5, 0.0, 1.5), 5.0);
        assert!(
            body.feet_m.x <= 2.0 - RADIUS_M + 1e-6 && body.feet_m.z > 7.0,
            "{body:?}"
        );
    }

    #[test]
    fn running_does_not_pass_a_thin_wall() {
        let plant = Boxes(vec![floor(), slab([2.0, 0.0, -50.0], [2.001, 3.0, 50.0])]);
        let body = standing().walked(&plant, DVec3::X * 40.0, 0.5, -10.0);
        assert!(body.feet_m.x < 2.0, "{body:?}");
    }

    #[test]
    fn a_step_is_climbed_and_a_ledge_is_not() {
        let at_height = |height_m: f64| {
            let plant = Boxes(vec![floor(), slab([2.0, 0.0, -50.0], [50.0, height_m, 50.0])]);
            walk(&plant, standing(), DVec3::X * 1.5, 4.0)
        };
        let step = at_height(0.35);
        assert!(
            (step.feet_m.y - 0.35).abs() < 1e-6 && step.feet_m.x > 5.0,
            "{step:?}"
        );
        let ledge = at_height(0.8);
        assert!(ledge.feet_m.y.abs() < 1e-6 && ledge.feet_m.x < 2.0, "{ledge:?}");
    }

    #[test]
    fn falls_to_the_floor_and_not_through_the_lowest_ground() {
        let above = Body {
            feet_m: DVec3::Y * 6.0,
            fall_m_per_s: 0.0,
        };
        let landed = walk(&Boxes(vec![floor()]), above, DVec3::ZERO, 3.0);
        assert!(
            landed.feet_m.y.abs() < 1e-6 && landed.fall_m_per_s == 0.0,
            "{landed:?}"
        );
        let lowest = walk(&Boxes(Vec::new()), above, DVec3::ZERO, 5.0);
        assert!((lowest.feet_m.y + 10.0).abs() < 1e-6, "{lowest:?}");
    }

    #[test]
    fn stairs_are_walked_down_without_falling() {
        let steps = (0..10).map(|at| {
            let at = f64::from(at);
            slab([at * 0.3, -20.0, -5.0], [at * 0.3 + 0.3, -at * 0.18, 5.0])
        });
        let body = walk(&Boxes(steps.collect()), standing(), DVec3::X * 1.0, 2.0);
        assert!(body.feet_m.y < -0.9 && body.feet_m.x > 1.9, "{body:?}");
    }
}
