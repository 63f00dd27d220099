//! Solid lines in space: a ring of points around each point of a path, joined.
//!
//! The rings are carried along the path without twisting (parallel transport, as by Bishop 1975).

use std::f32::consts::TAU;

use bevy::{
    asset::RenderAssetUsages,
    mesh::{Indices, PrimitiveTopology},
    prelude::*,
};

/// Points of a ring: round enough for a line as thick as a finger.
const SIDES: u16 = 8;

/// One point of a path, in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ring {
    /// Where.
    pub at: Vec3,
    /// How far the surface is from there.
    pub radius: f32,
}

/// A tube along `path`; `None` when it has no length. Both ends are closed.
pub(super) fn tube(path: &[Ring]) -> Option<Mesh> {
    let mut rings: Vec<Ring> = Vec::with_capacity(path.len());
    for ring in path {
        // A step of nothing has no direction; a change of radius on the spot is meant.
        let is_step = rings
            .last()
            .is_none_or(|last| last.at.distance(ring.at) > 1e-6 || last.radius != ring.radius);
        if is_step && ring.at.is_finite() {
            rings.push(*ring);
        }
    }
    let directions = directions(&rings)?;
    let mut positions = Vec::new();
    let mut normals = Vec::new();
    let mut side = directions[0].any_orthonormal_vector();
    for (ring, direction) in rings.iter().zip(&directions) {
        side = side
            .reject_from(*direction)
            .normalize_or(direction.any_orthonormal_vector());
        let other = direction.cross(side);
        for step in 0..SIDES {
            let angle = TAU * f32::from(step) / f32::from(SIDES);
            let normal = side * angle.cos() + other * angle.sin();
            positions.push(ring.at + normal * ring.radius);
            normals.push(normal);
        }
    }
    let mut indices: Vec<u32> = Vec::new();
    let sides = u32::from(SIDES);
    for ring in 0..rings.len() as u32 - 1 {
        for step in 0..sides {
            let (here, next) = (ring * sides + step, ring * sides + (step + 1) % sides);
            indices.extend([here, next, here + sides, next, next + sides, here + sides]);
        }
    }
    let last = (rings.len() as u32 - 1) * sides;
    for step in 1..sides - 1 {
        indices.extend([0, step + 1, step]);
        indices.extend([last, last + step, last + step + 1]);
    }
    Some(
        Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
            .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
            .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
            .with_inserted_indices(Indices::U32(indices)),
    )
}

/// Which way the path goes at each ring: the mean of the ways before and after.
fn directions(rings: &[Ring]) -> Option<Vec<Vec3>> {
    let steps: Vec<Vec3> = rings
        .windows(2)
        .map(|pair| (pair[1].at - pair[0].at).normalize_or_zero())
        .collect();
    let first = *steps.iter().find(|step| **step != Vec3::ZERO)?;
    let mut before = first;
    Some(
        (0..rings.len())
            .map(|at| {
                let after = steps.get(at).copied().filter(|step| *step != Vec3::ZERO);
                let direction = (before + after.unwrap_or(before)).normalize_or(before);
                before = after.unwrap_or(before);
                direction
            })
            .collect(),
    )
}

/// The path of an arrow from `from` to `to`: a shaft and a head, `radius` thick at the shaft.
pub(super) fn arrow(from: Vec3, to: Vec3, radius: f32) -> [Ring; 4] {
    let length = from.distance(to);
    let head = (radius * 9.0).min(length * 0.5);
    let neck = to + (from - to).normalize_or_zero() * head;
    let ring = |at, radius| Ring { at, radius };
    [
        ring(from, radius),
        ring(neck, radius),
        ring(neck, radius * 3.2),
        ring(to, 0.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(mesh: &Mesh) -> Vec<Vec3> {
        mesh.attribute(Mesh::ATTRIBUTE_POSITION)
            .and_then(|values| values.as_float3())
            .expect("positions")
            .iter()
            .map(|at| Vec3::from(*at))
            .collect()
    }

    /// Six times the volume, by the divergence theorem: positive when every face looks outwards.
    fn volume(mesh: &Mesh) -> f32 {
        let positions = positions(mesh);
        let Some(Indices::U32(indices)) = mesh.indices() else {
            panic!("indices")
        };
        indices
            .chunks(3)
            .map(|corner| {
                let [a, b, c] = [0, 1, 2].map(|at| positions[corner[at] as usize]);
                a.dot(b.cross(c)) / 6.0
            })
            .sum()
    }

    #[test]
    fn a_straight_tube_is_a_prism_that_looks_outwards() {
        let ring = |x| Ring {
            at: Vec3::new(x, 2.0, 3.0),
            radius: 0.1,
        };
        let mesh = tube(&[ring(0.0), ring(1.0), ring(1.0), ring(3.0)]).expect("a tube");
        let octagon = 2.0 * 2.0_f32.sqrt() * 0.01;
        assert!((volume(&mesh) - octagon * 3.0).abs() < 1e-4, "{}", volume(&mesh));
        for at in positions(&mesh) {
            let from_axis = at.with_x(0.0).distance(Vec3::new(0.0, 2.0, 3.0));
            assert!((from_axis - 0.1).abs() < 1e-5);
        }
    }

    #[test]
    fn an_arrow_ends_at_what_it_points_to() {
        let path = arrow(Vec3::ZERO, Vec3::X, 0.02);
        assert_eq!((path[3].at, path[3].radius), (Vec3::X, 0.0));
        assert!(path[2].radius > path[1].radius);
        assert!(volume(&tube(&path).expect("a tube")) > 0.0);
    }

    #[test]
    fn paths_without_length_are_nothing() {
        let here = Ring {
            at: Vec3::ONE,
            radius: 0.1,
        };
        assert!(tube(&[]).is_none());
        assert!(tube(&[here, here]).is_none());
        assert!(
            tube(&[
                here,
                Ring {
                    at: Vec3::NAN,
                    ..here
                }
            ])
            .is_none()
        );
    }
}
