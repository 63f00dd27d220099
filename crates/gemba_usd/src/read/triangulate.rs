//! Polygons to triangles: fans where the face is convex, ear clipping where it is not.

use earcut::{Earcut, utils3d::project3d_to_2d};
use glam::Vec3;

/// Splits faces; keeps its buffers between faces.
#[derive(Default)]
pub(crate) struct Triangulator {
    corners: Vec<[f32; 3]>,
    flat: Vec<[f32; 2]>,
    triangles: Vec<u32>,
    earcut: Earcut<f32>,
}

impl Triangulator {
    /// Calls `emit` with corner numbers of each triangle of the polygon `corners`, in its winding: always `n - 2`
    /// triangles, so that counts can be checked.
    pub(crate) fn face(&mut self, corners: &[Vec3], mut emit: impl FnMut([usize; 3])) {
        let count = corners.len();
        match count {
            0..3 => {}
            3 => emit([0, 1, 2]),
            4 => {
                // The diagonal that stays inside: between the corners where the face turns the right way on both sides.
                if is_inside_diagonal(corners, 0, 2) || !is_inside_diagonal(corners, 1, 3) {
                    emit([0, 1, 2]);
                    emit([0, 2, 3]);
                } else {
                    emit([1, 2, 3]);
                    emit([1, 3, 0]);
                }
            }
            _ if is_convex(corners) || !self.clip_ears(corners) => {
                (1..count - 1).for_each(|at| emit([0, at, at + 1]));
            }
            _ => {
                for triangle in self.triangles.chunks_exact(3) {
                    emit([triangle[0] as usize, triangle[1] as usize, triangle[2] as usize]);
                }
            }
        }
    }

    /// Fills `triangles`; `false` when the polygon is degenerate or crosses itself, so that no full set was found.
    fn clip_ears(&mut self, corners: &[Vec3]) -> bool {
        self.corners.clear();
        self.corners
            .extend(corners.iter().map(|corner| corner.to_array()));
        self.triangles.clear();
        if !project3d_to_2d(&self.corners, corners.len(), &mut self.flat) {
            return false;
        }
        self.earcut
            .earcut(self.flat.iter().copied(), &[] as &[u32], &mut self.triangles);
        if self.triangles.len() != (corners.len() - 2) * 3 {
            return false;
        }
        // Ear clipping may turn the polygon around; keep the authored winding.
        let normal = newell_normal(corners);
        let clipped: Vec3 = self
            .triangles
            .chunks_exact(3)
            .map(|t| triangle_normal(corners, t))
            .sum();
        if clipped.dot(normal) < 0.0 {
            self.triangles
                .chunks_exact_mut(3)
                .for_each(|triangle| triangle.swap(1, 2));
        }
        true
    }
}

fn triangle_normal(corners: &[Vec3], triangle: &[u32]) -> Vec3 {
    let at = |slot: usize| corners[triangle[slot] as usize];
    (at(1) - at(0)).cross(at(2) - at(0))
}

/// Newell's normal: area-weighted, good for faces that are not flat; not unit length.
pub(crate) fn newell_normal(corners: &[Vec3]) -> Vec3 {
    // Relative to the first corner, because plants stand far from the origin.
    let Some(&origin) = corners.first() else {
        return Vec3::ZERO;
    };
    (1..corners.len().saturating_sub(1))
        .map(|at| (corners[at] - origin).cross(corners[at + 1] - origin))
        .sum::<Vec3>()
        * 0.5
}

fn is_convex(corners: &[Vec3]) -> bool {
    let normal = newell_normal(corners);
    let count = corners.len();
    // Every corner turns left, and the corners turn once around: a star also turns left everywhere, but twice.
    let mut turned_rad = 0.0;
    for at in 0..count {
        let to_here = corners[at] - corners[(at + count - 1) % count];
        let onwards = corners[(at + 1) % count] - corners[at];
        let turn = to_here.cross(onwards).dot(normal);
        if turn < 0.0 {
            return false;
        }
        turned_rad += to_here.angle_between(onwards);
    }
    // A corner without length turns by no number; such a face is as good as convex.
    turned_rad.is_nan() || turned_rad <= 3.0 * std::f32::consts::PI
}

/// The two triangles on the diagonal `a`–`c` of a quad both face its way.
fn is_inside_diagonal(corners: &[Vec3], a: usize, c: usize) -> bool {
    let (b, d) = ((a + 1) % 4, (c + 1) % 4);
    let first = (corners[b] - corners[a]).cross(corners[c] - corners[a]);
    let second = (corners[c] - corners[a]).cross(corners[d] - corners[a]);
    first.dot(second) >= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(corners: &[[f32; 2]]) -> Vec<[usize; 3]> {
        let corners: Vec<Vec3> = corners.iter().map(|&[x, y]| Vec3::new(x, y, 0.0)).collect();
        let mut triangles = Vec::new();
        Triangulator::default().face(&corners, |triangle| triangles.push(triangle));
        triangles
    }

    fn signed_areas(corners: &[[f32; 2]]) -> Vec<f32> {
        split(corners)
            .iter()
            .map(|&[a, b, c]| {
                let (a, b, c) = (corners[a], corners[b], corners[c]);
                0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]))
            })
            .collect()
    }

    #[test]
    fn areas_add_up_and_face_the_same_way() {
        let cases: &[(&str, &[[f32; 2]], f32)] = &[
            ("triangle", &[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], 0.5),
            ("square", &[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], 1.0),
            (
                "arrowhead, notch at corner 2",
                &[[0.0, 0.0], [2.0, 0.0], [0.5, 0.5], [0.0, 2.0]],
                1.0,
            ),
            (
                "arrowhead, notch at corner 1",
                &[[0.0, 2.0], [0.5, 0.5], [2.0, 0.0], [0.0, 0.0]],
                -1.0,
            ),
            (
                "L",
                &[
                    [0.0, 0.0],
                    [2.0, 0.0],
                    [2.0, 1.0],
                    [1.0, 1.0],
                    [1.0, 2.0],
                    [0.0, 2.0],
                ],
                3.0,
            ),
            (
                "L clockwise",
                &[
                    [0.0, 2.0],
                    [1.0, 2.0],
                    [1.0, 1.0],
                    [2.0, 1.0],
                    [2.0, 0.0],
                    [0.0, 0.0],
                ],
                -3.0,
            ),
            (
                "hexagon",
                &[
                    [1.0, 0.0],
                    [2.0, 0.0],
                    [3.0, 1.0],
                    [2.0, 2.0],
                    [1.0, 2.0],
                    [0.0, 1.0],
                ],
                4.0,
            ),
        ];
        for (name, corners, area) in cases {
            let areas = signed_areas(corners);
            assert_eq!(areas.len(), corners.len() - 2, "{name}");
            assert!(
                (areas.iter().sum::<f32>() - area).abs() < 1e-5,
                "{name}: {areas:?}"
            );
            assert!(areas.iter().all(|part| part * area >= 0.0), "{name}: {areas:?}");
        }
    }

    #[test]
    fn degenerate_faces_still_have_their_count() {
        assert_eq!(split(&[[0.0, 0.0], [1.0, 0.0]]).len(), 0);
        assert_eq!(split(&[[0.0, 0.0]; 6]).len(), 4);
        assert_eq!(
            split(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [1.5, 0.0]]).len(),
            3
        );
    }
}
