//! A polygon mesh with one normal a vertex, as USD's `subdivisionScheme = "none"` wants it: hard edges are doubled
//! vertices. Faces are counter-clockwise seen from outside.

use super::math::{Frame, V3, add, cross, dot, scale, sub, unit};

#[derive(Clone, Default)]
pub(in crate::plantgen) struct Mesh {
    pub(in crate::plantgen) positions: Vec<V3>,
    pub(in crate::plantgen) normals: Vec<V3>,
    /// Linear RGB; empty, or one a vertex.
    pub(in crate::plantgen) colors: Vec<V3>,
    /// Texture coordinates; empty, or one a vertex.
    pub(in crate::plantgen) uvs: Vec<[f64; 2]>,
    pub(in crate::plantgen) counts: Vec<u32>,
    pub(in crate::plantgen) indices: Vec<u32>,
}

impl Mesh {
    pub(in crate::plantgen) fn vertex(&mut self, position: V3, normal: V3) -> u32 {
        self.positions.push(position);
        self.normals.push(normal);
        self.positions.len() as u32 - 1
    }

    pub(in crate::plantgen) fn face(&mut self, corners: &[u32]) {
        self.counts.push(corners.len() as u32);
        self.indices.extend_from_slice(corners);
    }

    /// A face whose winding is chosen so that it looks along `outward`.
    pub(in crate::plantgen) fn face_outward(&mut self, corners: &[u32], outward: V3) {
        let points: Vec<V3> = corners.iter().map(|&at| self.positions[at as usize]).collect();
        if dot(newell(&points), outward) >= 0.0 {
            self.face(corners);
        } else {
            let reversed: Vec<u32> = corners.iter().rev().copied().collect();
            self.face(&reversed);
        }
    }

    /// A flat face with vertices of its own.
    pub(in crate::plantgen) fn flat(&mut self, points: &[V3]) {
        let normal = unit(newell(points));
        let corners: Vec<u32> = points.iter().map(|&point| self.vertex(point, normal)).collect();
        self.face(&corners);
    }

    /// Takes in a copy of `other`, placed by `frame`.
    pub(in crate::plantgen) fn add(&mut self, other: &Self, frame: Frame) -> &mut Self {
        let base = self.positions.len() as u32;
        self.positions
            .extend(other.positions.iter().map(|&p| frame.point(p)));
        self.normals
            .extend(other.normals.iter().map(|&n| frame.direction(n)));
        self.colors.extend_from_slice(&other.colors);
        self.uvs.extend_from_slice(&other.uvs);
        self.counts.extend_from_slice(&other.counts);
        self.indices.extend(other.indices.iter().map(|at| at + base));
        self
    }

    /// [`Mesh::add`] with `other`'s own axes, moved.
    pub(in crate::plantgen) fn add_at(&mut self, other: &Self, origin: V3) -> &mut Self {
        self.add(other, Frame::at(origin))
    }

    pub(in crate::plantgen) fn placed(&self, frame: Frame) -> Self {
        let mut out = Self::default();
        out.add(self, frame);
        out
    }

    /// Whether every face is shaded as the flat polygon that it is, which a reader works out by itself.
    pub(in crate::plantgen) fn is_faceted(&self) -> bool {
        let mut first = 0;
        self.counts.iter().all(|&count| {
            let corners = &self.indices[first..first + count as usize];
            first += count as usize;
            let points: Vec<V3> = corners.iter().map(|&at| self.positions[at as usize]).collect();
            let normal = unit(newell(&points));
            corners
                .iter()
                .all(|&at| dot(self.normals[at as usize], normal) > 0.9999)
        })
    }

    /// Lowest and highest corner.
    pub(in crate::plantgen) fn bounds(&self) -> [V3; 2] {
        let fold = |pick: fn(f64, f64) -> f64, start: f64| {
            self.positions.iter().fold([start; 3], |m, p| {
                [pick(m[0], p[0]), pick(m[1], p[1]), pick(m[2], p[2])]
            })
        };
        [fold(f64::min, f64::INFINITY), fold(f64::max, f64::NEG_INFINITY)]
    }
}

/// Twice the area along the normal of a polygon (Newell's method, exact for flat ones).
fn newell(points: &[V3]) -> V3 {
    let Some(&first) = points.first() else {
        return [0.0; 3];
    };
    points.windows(2).fold([0.0; 3], |sum, pair| {
        add(sum, scale(cross(sub(pair[0], first), sub(pair[1], first)), 1.0))
    })
}
