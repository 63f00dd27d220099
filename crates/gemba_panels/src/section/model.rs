//! What cuts the plant, and planes across the axes among it.

use std::sync::Arc;

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};

/// X, Y and Z.
const AXES: usize = 3;
/// How well a plane's normal lies along an axis to be shown as the one across it: within 2.5°.
const ALONG_RATIO: f64 = 0.999;

/// A plane that cuts away what lies on the side that it points to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SectionCut {
    /// Where it points to, in the viewer's world, Y up; of length 1.
    pub normal: [f64; 3],
    /// Its distance from the world's origin along the normal.
    pub offset_m: f64,
}

/// How the plant is cut, and what of it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SectionModel {
    /// The plant's lowest and highest corner, in the viewer's world; equal where nothing is loaded.
    pub bounds_m: [[f64; 3]; 2],
    /// What cuts it.
    pub planes: Vec<SectionCut>,
    /// The prims that are left to be seen; none for all.
    pub isolated: Vec<PrimPath>,
    /// How many prims were hidden one by one.
    pub hidden: usize,
    /// What is selected, to be isolated or hidden.
    pub selected: Option<PrimPath>,
    /// Who sets all of this for us: whoever presents, while we do not see for ourselves.
    pub led_by: Option<Arc<str>>,
}

impl SectionCut {
    /// A plane across an axis that cuts away the larger numbers, or the smaller ones.
    pub(super) fn across(axis: usize, position_m: f64, is_upward: bool) -> Self {
        let sign = if is_upward { 1.0 } else { -1.0 };
        let mut normal = [0.0; 3];
        normal[axis] = sign;
        Self {
            normal,
            offset_m: sign * position_m,
        }
    }

    pub(super) fn is_across(&self, axis: usize) -> bool {
        self.normal[axis].abs() >= ALONG_RATIO
    }

    pub(super) fn is_upward(&self, axis: usize) -> bool {
        self.normal[axis] > 0.0
    }

    /// Where a plane across this axis meets it.
    pub(super) fn position_m(&self, axis: usize) -> f64 {
        self.offset_m / self.normal[axis]
    }
}

impl SectionModel {
    /// The plane that the panel moves across this axis: the first of those that lie so.
    pub(super) fn across(&self, axis: usize) -> Option<usize> {
        self.planes.iter().position(|plane| plane.is_across(axis))
    }

    /// Those that the panel does not move.
    pub(super) fn others(&self) -> Vec<usize> {
        let moved: Vec<usize> = (0..AXES).filter_map(|axis| self.across(axis)).collect();
        (0..self.planes.len()).filter(|at| !moved.contains(at)).collect()
    }

    pub(super) fn has_extent(&self) -> bool {
        let [least_m, most_m] = self.bounds_m;
        (0..AXES).any(|axis| most_m[axis] > least_m[axis])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_stays_where_it_is_when_it_is_flipped() {
        for axis in 0..3 {
            for is_upward in [true, false] {
                let plane = SectionCut::across(axis, -3.5, is_upward);
                assert!(plane.is_across(axis) && plane.is_upward(axis) == is_upward);
                assert!((plane.position_m(axis) + 3.5).abs() < 1e-12);
            }
        }
    }
}
