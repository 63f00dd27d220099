//! Triangles, made from meshes and from the analytic gprims alike.

use glam::{DMat4, DVec3};
use serde::{Deserialize, Serialize};

use super::MaterialIndex;

/// A triangulated surface in the space and units of its prim.
///
/// All vertex arrays have the same length. Triangles are counter-clockwise seen from outside whatever the authored
/// orientation was, and every index is in range and every position finite: [`crate::open`] checks, the viewer relies on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mesh {
    /// Vertex positions.
    pub positions: Vec<[f32; 3]>,
    /// Unit normals, authored or computed (flat for polygonal, smooth for subdivision surfaces).
    pub normals: Vec<[f32; 3]>,
    /// First texture coordinates with V up as in USD; empty when there are none.
    pub uvs: Vec<[f32; 2]>,
    /// Linear RGBA of `displayColor` and `displayOpacity`; empty when constant (see [`super::Prim::display_color`]) or absent.
    pub colors: Vec<[f32; 4]>,
    /// Three indices a triangle.
    pub indices: Vec<u32>,
    /// Runs of `indices` by material, from GeomSubsets; one part over everything when there are none.
    pub parts: Vec<MeshPart>,
    /// Seen from behind too: authored so, or no closed surface that faces outward.
    pub double_sided: bool,
    /// Tight box of the authored points; `None` when there are none.
    pub bounds: Option<Aabb>,
    /// Points as authored; 0 for shapes that have none.
    pub source_points: u32,
    /// Faces as authored, the degenerate ones too; 0 for shapes that have none.
    pub source_faces: u32,
    /// Sum over the authored faces of `corners - 2`, holes included: what a fan over each face would give.
    pub source_fan_triangles: u64,
    /// The points have several time samples; the first is shown.
    pub is_time_varying: bool,
}

/// A run of triangles with one material.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeshPart {
    /// First entry in [`Mesh::indices`].
    pub first_index: u32,
    /// Number of entries, a multiple of three.
    pub index_count: u32,
    /// The subset's own binding; `None` takes the prim's.
    pub material: Option<MaterialIndex>,
}

/// An axis-aligned box.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aabb {
    /// Lowest corner.
    pub min: DVec3,
    /// Highest corner.
    pub max: DVec3,
}

impl Aabb {
    /// The tight box of `points`; `None` for no points.
    #[must_use]
    pub fn of_points(points: impl IntoIterator<Item = DVec3>) -> Option<Self> {
        points.into_iter().fold(None, |aabb: Option<Self>, point| {
            Some(aabb.map_or(
                Self {
                    min: point,
                    max: point,
                },
                |aabb| Self {
                    min: aabb.min.min(point),
                    max: aabb.max.max(point),
                },
            ))
        })
    }

    /// The box of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// The box of the eight transformed corners.
    #[must_use]
    pub fn transformed(self, transform: DMat4) -> Self {
        let corner = |at: usize| {
            let pick = |bit: usize, low: f64, high: f64| if at & bit == 0 { low } else { high };
            transform.transform_point3(DVec3::new(
                pick(1, self.min.x, self.max.x),
                pick(2, self.min.y, self.max.y),
                pick(4, self.min.z, self.max.z),
            ))
        };
        let first = corner(0);
        (1..8).map(corner).fold(
            Self {
                min: first,
                max: first,
            },
            |aabb, point| Self {
                min: aabb.min.min(point),
                max: aabb.max.max(point),
            },
        )
    }

    /// The middle.
    #[must_use]
    pub fn center(self) -> DVec3 {
        (self.min + self.max) * 0.5
    }

    /// Edge lengths.
    #[must_use]
    pub fn size(self) -> DVec3 {
        self.max - self.min
    }
}
