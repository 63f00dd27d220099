//! Planes that cut the plant open.

use bevy::{math::DVec3, prelude::*};
use gemba_panels::SectionCut;
use gemba_usd::doc::Aabb;

/// The most planes that cut at once: a box has six sides.
pub const MOST_CUTS: usize = gemba_session::operation::MAX_SECTION_PLANES;

/// A plane that cuts away what lies on the side it points to; in the viewer's world, metres, Y up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutPlane {
    /// Where it points to; of length 1.
    pub normal: DVec3,
    /// Its distance from the world's zero along the normal.
    pub offset_m: f64,
}

impl CutPlane {
    /// How far `at_m` lies on the side that is cut away; negative on the other.
    fn beyond_m(&self, at_m: DVec3) -> f64 {
        self.normal.dot(at_m) - self.offset_m
    }
}

impl From<&SectionCut> for CutPlane {
    fn from(cut: &SectionCut) -> Self {
        Self {
            normal: DVec3::from(cut.normal),
            offset_m: cut.offset_m,
        }
    }
}

impl From<&CutPlane> for SectionCut {
    fn from(plane: &CutPlane) -> Self {
        Self {
            normal: plane.normal.to_array(),
            offset_m: plane.offset_m,
        }
    }
}

/// How the plant is cut; whole without planes.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Section {
    cuts: Vec<CutPlane>,
}

impl Section {
    /// A section by `planes`. Those that point nowhere are left out, and so is what goes beyond [`MOST_CUTS`], with a
    /// warning: the plant is rather shown than hidden.
    #[must_use]
    pub fn new(planes: impl Iterator<Item = CutPlane>) -> Self {
        let mut cuts = Vec::new();
        for plane in planes {
            let length = plane.normal.length();
            let is_usable = length.is_finite() && length > 1e-9 && plane.offset_m.is_finite();
            if !is_usable || cuts.len() == MOST_CUTS {
                tracing::warn!(
                    ?plane,
                    "a plane of the section is left out: at most {MOST_CUTS} finite planes cut"
                );
                continue;
            }
            cuts.push(CutPlane {
                normal: plane.normal / length,
                offset_m: plane.offset_m / length,
            });
        }
        Self { cuts }
    }

    /// The planes, at most [`MOST_CUTS`].
    #[must_use]
    pub fn cuts(&self) -> &[CutPlane] {
        &self.cuts
    }

    /// Whether this place is cut away.
    #[must_use]
    pub fn removes(&self, at_m: DVec3) -> bool {
        self.cuts.iter().any(|plane| plane.beyond_m(at_m) > 0.0)
    }

    /// Whether all of a box is cut away by one plane.
    #[must_use]
    pub fn removes_box(&self, bounds_m: Aabb) -> bool {
        self.cuts.iter().any(|plane| {
            // The corner that lies deepest on the side that stays.
            let deepest = DVec3::from_array(std::array::from_fn(|axis| {
                if plane.normal[axis] > 0.0 {
                    bounds_m.min[axis]
                } else {
                    bounds_m.max[axis]
                }
            }));
            plane.beyond_m(deepest) > 0.0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(normal: [f64; 3], offset_m: f64) -> CutPlane {
        CutPlane {
            normal: DVec3::from(normal),
            offset_m,
        }
    }

    #[test]
    fn what_lies_where_a_plane_points_is_cut_away() {
        let section = Section::new([plane([0.0, 2.0, 0.0], 6.0)].into_iter());
        assert!(section.removes(DVec3::new(5.0, 3.1, 0.0)));
        assert!(!section.removes(DVec3::new(5.0, 2.9, 0.0)));
        let slab = |from: f64, to: f64| Aabb {
            min: DVec3::new(-1.0, from, -1.0),
            max: DVec3::new(1.0, to, 1.0),
        };
        assert!(section.removes_box(slab(3.1, 4.0)));
        assert!(!section.removes_box(slab(2.0, 4.0)), "cut through is not gone");
        assert!(!section.removes_box(slab(0.0, 1.0)));
    }

    #[test]
    fn planes_that_mean_nothing_hide_nothing() {
        let wrong = [
            plane([0.0; 3], 1.0),
            plane([f64::NAN, 0.0, 1.0], 0.0),
            plane([1.0, 0.0, 0.0], f64::INFINITY),
        ];
        assert_eq!(Section::new(wrong.into_iter()), Section::default());
        let many = (0..20_u8).map(|at| plane([1.0, 0.0, 0.0], f64::from(at)));
        assert_eq!(Section::new(many).cuts().len(), MOST_CUTS);
    }
}
