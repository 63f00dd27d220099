//! Parametric solids: surfaces of revolution, swept tubes, bevelled boxes, prisms and pierced plates.

use super::{
    math::{Frame, V3, add, cross, dot, polar, scale, sub, unit},
    mesh::Mesh,
};

/// Neighbouring faces that turn less than about 35 degrees are shaded as one curved surface.
const SMOOTH_COS: f64 = 0.82;

/// Revolves a profile of (radius, height) about Z. The outside lies to the right of the profile's direction, so a closed
/// solid starts and ends on the axis and runs upwards; a ring repeats its first point at the end.
pub(in crate::plantgen) fn revolve(profile: &[[f64; 2]], segments: usize) -> Mesh {
    let mut mesh = Mesh::default();
    let count = profile.len() - 1;
    let normals: Vec<[f64; 2]> = profile
        .windows(2)
        .map(|pair| {
            let n = unit([pair[1][1] - pair[0][1], pair[0][0] - pair[1][0], 0.0]);
            [n[0], n[1]]
        })
        .collect();
    let is_ring = profile[0] == profile[count] && profile[0][0] > 0.0;
    let blended = |at: usize, neighbour: Option<usize>| match neighbour {
        Some(other) => {
            let (a, b) = (normals[at], normals[other]);
            if a[0] * b[0] + a[1] * b[1] > SMOOTH_COS {
                let n = unit([a[0] + b[0], a[1] + b[1], 0.0]);
                [n[0], n[1]]
            } else {
                a
            }
        }
        None => normals[at],
    };
    let mut previous: Option<([f64; 2], Vec<u32>)> = None;
    for at in 0..count {
        let (a, b) = (profile[at], profile[at + 1]);
        let before = if at > 0 {
            Some(at - 1)
        } else {
            is_ring.then_some(count - 1)
        };
        let after = if at + 1 < count {
            Some(at + 1)
        } else {
            is_ring.then_some(0)
        };
        let (na, nb) = (blended(at, before), blended(at, after));
        if a[0] == 0.0 && b[0] == 0.0 {
            previous = None;
            continue;
        }
        let start = match previous.take() {
            Some((normal, ring)) if normal == na && a[0] > 0.0 => ring,
            _ => ring(&mut mesh, a, na, segments),
        };
        let end = ring(&mut mesh, b, nb, segments);
        join_rings(&mut mesh, &start, &end, a[1] == b[1]);
        previous = Some((nb, end));
    }
    mesh
}

/// One vertex on the axis, or a circle of them.
fn ring(mesh: &mut Mesh, point: [f64; 2], normal: [f64; 2], segments: usize) -> Vec<u32> {
    if point[0] == 0.0 {
        return vec![mesh.vertex(
            [0.0, 0.0, point[1]],
            [0.0, 0.0, if normal[1] < 0.0 { -1.0 } else { 1.0 }],
        )];
    }
    (0..segments)
        .map(|k| {
            let turns = k as f64 / segments as f64;
            let ([x, y], [nx, ny]) = (polar(point[0], turns), polar(normal[0], turns));
            mesh.vertex([x, y, point[1]], [nx, ny, normal[1]])
        })
        .collect()
}

fn join_rings(mesh: &mut Mesh, start: &[u32], end: &[u32], is_flat: bool) {
    let next = |ring: &[u32], k: usize| ring[(k + 1) % ring.len()];
    match (start.len(), end.len()) {
        (1, n) if is_flat => {
            let cap: Vec<u32> = end.iter().rev().copied().collect();
            debug_assert_eq!(cap.len(), n);
            mesh.face(&cap);
        }
        (_, 1) if is_flat => mesh.face(start),
        (1, n) => (0..n).for_each(|k| mesh.face(&[start[0], next(end, k), end[k]])),
        (n, 1) => (0..n).for_each(|k| mesh.face(&[start[k], next(start, k), end[0]])),
        (n, _) => (0..n).for_each(|k| mesh.face(&[start[k], next(start, k), next(end, k), end[k]])),
    }
}

/// A solid cylinder from `z0` to `z1` with a small chamfer.
pub(in crate::plantgen) fn cylinder(radius: f64, z0: f64, z1: f64, chamfer: f64, segments: usize) -> Mesh {
    if chamfer == 0.0 {
        return revolve(&[[0.0, z0], [radius, z0], [radius, z1], [0.0, z1]], segments);
    }
    let inner = radius - chamfer;
    revolve(
        &[
            [0.0, z0],
            [inner, z0],
            [radius, z0 + chamfer],
            [radius, z1 - chamfer],
            [inner, z1],
            [0.0, z1],
        ],
        segments,
    )
}

/// A round bar bent to a ring about Z.
pub(in crate::plantgen) fn torus(radius: f64, bar: f64, segments: usize, sides: usize) -> Mesh {
    let mut profile: Vec<[f64; 2]> = (0..sides)
        .map(|k| {
            let [x, z] = polar(bar, k as f64 / sides as f64);
            [radius + x, z]
        })
        .collect();
    profile.push(profile[0]);
    revolve(&profile, segments)
}

/// A pipe's centre line: every corner is a right angle, replaced by an arc of radius `bend`.
pub(in crate::plantgen) fn rounded(corners: &[V3], bend: f64, steps: usize) -> Vec<V3> {
    let mut line = vec![corners[0]];
    for triple in corners.windows(3) {
        let (before, after) = (unit(sub(triple[1], triple[0])), unit(sub(triple[2], triple[1])));
        debug_assert!(dot(before, after).abs() < 1e-9, "pipe corners are right angles");
        let center = add(triple[1], scale(sub(after, before), bend));
        for k in 0..=steps {
            let [cos, sin] = polar(1.0, 0.25 * k as f64 / steps as f64);
            line.push(add(
                center,
                add(scale(after, -bend * cos), scale(before, bend * sin)),
            ));
        }
    }
    line.push(corners[corners.len() - 1]);
    line
}

/// A round tube along `line` with one radius a point, closed at both ends.
pub(in crate::plantgen) fn tube(line: &[V3], radii: &[f64], segments: usize) -> Mesh {
    let mut mesh = Mesh::default();
    let last = line.len() - 1;
    let tangent = |at: usize| unit(sub(line[(at + 1).min(last)], line[at.saturating_sub(1)]));
    let mut side = perpendicular(tangent(0));
    let mut rings: Vec<Vec<u32>> = Vec::new();
    for (at, &center) in line.iter().enumerate() {
        let along = tangent(at);
        side = unit(sub(side, scale(along, dot(side, along))));
        let up = cross(along, side);
        let ring = (0..segments)
            .map(|k| {
                let [cos, sin] = polar(1.0, k as f64 / segments as f64);
                let normal = add(scale(side, cos), scale(up, sin));
                mesh.vertex(add(center, scale(normal, radii[at])), normal)
            })
            .collect();
        rings.push(ring);
    }
    for pair in rings.windows(2) {
        join_rings(&mut mesh, &pair[0], &pair[1], false);
    }
    for (ring, outward) in [
        (&rings[0], scale(tangent(0), -1.0)),
        (&rings[last], tangent(last)),
    ] {
        let points: Vec<V3> = ring.iter().map(|&at| mesh.positions[at as usize]).collect();
        let cap: Vec<u32> = points.iter().map(|&point| mesh.vertex(point, outward)).collect();
        mesh.face_outward(&cap, outward);
    }
    mesh
}

/// [`tube`] of one radius along right-angled corners.
pub(in crate::plantgen) fn pipe(corners: &[V3], radius: f64, bend: f64, segments: usize) -> Mesh {
    let line = rounded(corners, bend, 6);
    tube(&line, &vec![radius; line.len()], segments)
}

fn perpendicular(v: V3) -> V3 {
    let helper = if v[2].abs() < 0.9 {
        [0.0, 0.0, 1.0]
    } else {
        [1.0, 0.0, 0.0]
    };
    unit(cross(helper, v))
}

/// A box centred on the origin with bevelled edges, shaded so that its faces stay flat.
pub(in crate::plantgen) fn bevel_box(size: V3, bevel: f64) -> Mesh {
    let mut mesh = Mesh::default();
    let half = scale(size, 0.5);
    let sign = |bits: usize, axis: usize| if bits >> axis & 1 == 1 { 1.0 } else { -1.0 };
    // One vertex for each corner (bits: the sign on each axis) and each of the three faces that meet there.
    let mut at = [[0u32; 3]; 8];
    for (bits, corner) in at.iter_mut().enumerate() {
        for (axis, slot) in corner.iter_mut().enumerate() {
            let position =
                std::array::from_fn(|k| sign(bits, k) * if k == axis { half[k] } else { half[k] - bevel });
            let normal = std::array::from_fn(|k| if k == axis { sign(bits, k) } else { 0.0 });
            *slot = mesh.vertex(position, normal);
        }
    }
    for axis in 0..3 {
        let (b, c) = ((axis + 1) % 3, (axis + 2) % 3);
        for side in [0usize, 1] {
            let bits = |sb: usize, sc: usize| side << axis | sb << b | sc << c;
            let quad = [bits(0, 0), bits(1, 0), bits(1, 1), bits(0, 1)].map(|bits| at[bits][axis]);
            let mut outward = [0.0; 3];
            outward[axis] = if side == 1 { 1.0 } else { -1.0 };
            mesh.face_outward(&quad, outward);
        }
        // The four edges along `axis`, between the faces of `b` and `c`.
        for (sb, sc) in [(0usize, 0usize), (1, 0), (1, 1), (0, 1)]
            .into_iter()
            .filter(|_| bevel > 0.0)
        {
            let low = sb << b | sc << c;
            let high = low | 1 << axis;
            let mut outward = [0.0; 3];
            (outward[b], outward[c]) = (sign(low, b), sign(low, c));
            mesh.face_outward(&[at[low][b], at[high][b], at[high][c], at[low][c]], outward);
        }
    }
    if bevel > 0.0 {
        for (bits, corner) in at.iter().enumerate() {
            mesh.face_outward(corner, std::array::from_fn(|k| sign(bits, k)));
        }
    }
    mesh
}

/// [`bevel_box`] between two corners.
pub(in crate::plantgen) fn box_between(low: V3, high: V3, bevel: f64) -> Mesh {
    bevel_box(sub(high, low), bevel).placed(Frame::at(scale(add(low, high), 0.5)))
}

/// Extrudes a counter-clockwise outline in XY from `z0` to `z1`.
pub(in crate::plantgen) fn prism(outline: &[[f64; 2]], z0: f64, z1: f64) -> Mesh {
    let mut mesh = Mesh::default();
    let n = outline.len();
    let side_normal = |k: usize| {
        let (a, b) = (outline[k % n], outline[(k + 1) % n]);
        unit([b[1] - a[1], a[0] - b[0], 0.0])
    };
    let blend = |a: V3, b: V3| {
        if dot(a, b) > SMOOTH_COS {
            unit(add(a, b))
        } else {
            a
        }
    };
    for k in 0..n {
        let (a, b) = (outline[k], outline[(k + 1) % n]);
        let own = side_normal(k);
        let (na, nb) = (blend(own, side_normal(k + n - 1)), blend(own, side_normal(k + 1)));
        let quad = [
            ([a[0], a[1], z0], na),
            ([b[0], b[1], z0], nb),
            ([b[0], b[1], z1], nb),
            ([a[0], a[1], z1], na),
        ]
        .map(|(point, normal)| mesh.vertex(point, normal));
        mesh.face(&quad);
    }
    mesh.flat(&outline.iter().map(|p| [p[0], p[1], z1]).collect::<Vec<_>>());
    mesh.flat(&outline.iter().rev().map(|p| [p[0], p[1], z0]).collect::<Vec<_>>());
    mesh
}

/// A hexagonal bolt head or nut on Z.
pub(in crate::plantgen) fn hex(across: f64, z0: f64, z1: f64) -> Mesh {
    let outline: Vec<[f64; 2]> = (0..6)
        .map(|k| polar(across / 1.732, f64::from(k) / 6.0))
        .collect();
    prism(&outline, z0, z1)
}

/// A square plate of half width `half` with a round hole; `segments` is a multiple of eight.
pub(in crate::plantgen) fn pierced_plate(half: f64, hole: f64, z0: f64, z1: f64, segments: usize) -> Mesh {
    let mut mesh = Mesh::default();
    let outer = |k: usize| {
        let [x, y] = polar(1.0, k as f64 / segments as f64);
        let reach = half / x.abs().max(y.abs());
        [x * reach, y * reach]
    };
    let inner = |k: usize| polar(hole, k as f64 / segments as f64);
    for k in 0..segments {
        let (a, b, c, d) = (inner(k), outer(k), outer(k + 1), inner(k + 1));
        mesh.flat(&[a, b, c, d].map(|p| [p[0], p[1], z1]));
        mesh.flat(&[d, c, b, a].map(|p| [p[0], p[1], z0]));
        mesh.flat(&[
            [b[0], b[1], z0],
            [c[0], c[1], z0],
            [c[0], c[1], z1],
            [b[0], b[1], z1],
        ]);
        mesh.flat(&[
            [d[0], d[1], z0],
            [a[0], a[1], z0],
            [a[0], a[1], z1],
            [d[0], d[1], z1],
        ]);
    }
    mesh
}

/// Copies of `part` on a circle about Z.
pub(in crate::plantgen) fn around(part: &Mesh, radius: f64, count: usize, first_turns: f64) -> Mesh {
    let mut mesh = Mesh::default();
    for k in 0..count {
        let frame = Frame::at([0.0; 3])
            .spun(first_turns + k as f64 / count as f64)
            .shifted([radius, 0.0, 0.0]);
        mesh.add(part, frame);
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Volume enclosed by a closed mesh, positive when faces look outward.
    fn volume(mesh: &Mesh) -> f64 {
        let mut at = 0;
        let mut sum = 0.0;
        for &count in &mesh.counts {
            let corner = |k: usize| mesh.positions[mesh.indices[at + k] as usize];
            for k in 1..count as usize - 1 {
                sum += dot(corner(0), cross(corner(k), corner(k + 1))) / 6.0;
            }
            at += count as usize;
        }
        sum
    }

    fn check(name: &str, mesh: &Mesh, expected_m3: f64) {
        let found = volume(mesh);
        assert!(
            (found - expected_m3).abs() < 0.02 * expected_m3,
            "{name}: {found} m³, expected {expected_m3}"
        );
        for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
            assert!(
                (dot(*normal, *normal) - 1.0).abs() < 1e-9,
                "{name}: normal {normal:?} at {position:?}"
            );
        }
    }

    #[test]
    fn solids_are_closed_and_look_outward() {
        use std::f64::consts::PI;
        check("cylinder", &cylinder(0.5, 0.0, 2.0, 0.0, 96), PI * 0.25 * 2.0);
        check("torus", &torus(1.0, 0.2, 96, 48), 2.0 * PI * PI * 0.04);
        check("box", &bevel_box([1.0, 2.0, 3.0], 0.001), 6.0);
        check("sharp box", &bevel_box([1.0, 2.0, 3.0], 0.0), 6.0);
        check(
            "prism",
            &prism(
                &[
                    [0.0, 0.0],
                    [2.0, 0.0],
                    [2.0, 1.0],
                    [1.0, 1.0],
                    [1.0, 2.0],
                    [0.0, 2.0],
                ],
                0.0,
                1.0,
            ),
            3.0,
        );
        check("hexagon", &hex(1.0, 0.0, 1.0), 0.866);
        check(
            "plate",
            &pierced_plate(1.0, 0.5, 0.0, 0.1, 96),
            (4.0 - PI * 0.25) * 0.1,
        );
        let corners = [[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [3.0, 3.0, 0.0], [3.0, 3.0, 3.0]];
        let length = 9.0 - 4.0 * 0.5 + PI * 0.5;
        check("pipe", &pipe(&corners, 0.1, 0.5, 96), PI * 0.01 * length);
    }

    #[test]
    fn sine_and_cosine_are_those_of_the_circle() {
        for k in -50..50 {
            let turns = f64::from(k) * 0.037;
            let (sin, cos) = super::super::math::sin_cos(turns);
            let (expected_sin, expected_cos) = (turns * std::f64::consts::TAU).sin_cos();
            assert!(
                (sin - expected_sin).abs() < 1e-12 && (cos - expected_cos).abs() < 1e-12,
                "{turns} turns"
            );
        }
    }
}
