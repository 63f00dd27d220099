//! A plant of boxes that answers rays exactly.

use glam::DVec3;

use super::Met;

/// Axis-aligned boxes by their corners.
#[derive(Clone, Debug, Default)]
pub(crate) struct Boxes(Vec<(DVec3, DVec3)>);

impl Boxes {
    /// A floor with its top at 0.
    pub(crate) fn floor() -> Self {
        Self::default().and([-50.0, -1.0, -50.0], [50.0, 0.0, 50.0])
    }

    /// One more box.
    pub(crate) fn and(mut self, min: [f64; 3], max: [f64; 3]) -> Self {
        self.0.push((min.into(), max.into()));
        self
    }

    /// The nearest face along the ray.
    pub(crate) fn cast(&self, from_m: DVec3, direction: DVec3, reach_m: f64) -> Option<Met> {
        self.0
            .iter()
            .filter_map(|(min, max)| enter(*min, *max, from_m, direction))
            .filter(|met| met.distance_m <= reach_m)
            .min_by(|one, other| one.distance_m.total_cmp(&other.distance_m))
    }
}

fn enter(min: DVec3, max: DVec3, from_m: DVec3, direction: DVec3) -> Option<Met> {
    let low = (min - from_m) / direction;
    let high = (max - from_m) / direction;
    let (near, far) = (low.min(high), low.max(high));
    let distance_m = near.max_element();
    if distance_m < 0.0 || distance_m > far.min_element() {
        return None;
    }
    let axis = (0..3).find(|&axis| near[axis] == distance_m)?;
    let mut normal = DVec3::ZERO;
    normal[axis] = -direction[axis].signum();
    Some(Met { distance_m, normal })
}
