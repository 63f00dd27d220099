//! Whether the back of a surface can ever be seen.
//!
//! USD lets a viewer leave out the backs of meshes that do not say `doubleSided`, and hardly any exporter says it: sheets
//! of metal and walls of one face would be there from one side only. Leaving backs out is worth its gain where nobody
//! sees them, on closed surfaces that face outward.

/// Whether every edge of the triangles lies between two of them that agree on the outside, and the outside is outside.
///
/// Each edge adds a hash of its ends in order, and takes away the hash in the other order; only where every edge is gone
/// over in both directions is the sum zero (else with a chance of 2⁻⁶⁴). Ends are compared by position, because vertices
/// differ by normal and CAD exports weld nothing.
pub(super) fn faces_outward(positions: &[[f32; 3]], indices: &[u32]) -> bool {
    let hashes: Vec<u64> = positions.iter().map(point_hash).collect();
    let corner = |index: u32| {
        let at = index as usize;
        Some((*hashes.get(at)?, positions.get(at)?.map(f64::from)))
    };
    let Some((_, origin)) = indices.first().and_then(|first| corner(*first)) else {
        return false;
    };
    let (mut open, mut sixfold_volume) = (0_u64, 0.0);
    for triangle in indices.chunks_exact(3) {
        let (Some(a), Some(b), Some(c)) = (corner(triangle[0]), corner(triangle[1]), corner(triangle[2]))
        else {
            return false;
        };
        for (from, to) in [(a.0, b.0), (b.0, c.0), (c.0, a.0)] {
            open = open
                .wrapping_add(edge_hash(from, to))
                .wrapping_sub(edge_hash(to, from));
        }
        sixfold_volume += triple_product(from_to(origin, a.1), from_to(origin, b.1), from_to(origin, c.1));
    }
    open == 0 && sixfold_volume > 0.0
}

fn from_to(from: [f64; 3], to: [f64; 3]) -> [f64; 3] {
    [to[0] - from[0], to[1] - from[1], to[2] - from[2]]
}

/// a · (b × c), six times the volume of the tetrahedron that they span.
fn triple_product(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1])
        + a[1] * (b[2] * c[0] - b[0] * c[2])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
}

fn point_hash(point: &[f32; 3]) -> u64 {
    // Adding zero makes one of the two zeros.
    let [x, y, z] = point.map(|c| u64::from((c + 0.0).to_bits()));
    mixed(mixed(x | (y << 32)) ^ z)
}

fn edge_hash(from: u64, to: u64) -> u64 {
    mixed(mixed(from).wrapping_add(to))
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves half of the output's.
fn mixed(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tetrahedron with its corners shared, or written out for each face.
    fn tetrahedron(is_welded: bool) -> (Vec<[f32; 3]>, Vec<u32>) {
        let points = [
            [0.0, 0.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, 1.0, 0.0],
            [-0.0, 0.0, 1.0],
        ];
        let faces = [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3];
        if is_welded {
            return (points.to_vec(), faces.to_vec());
        }
        let written_out = faces.iter().map(|at| points[*at as usize]).collect();
        (written_out, (0..12).collect())
    }

    #[test]
    fn closed_surfaces_face_outward_welded_or_not() {
        for is_welded in [true, false] {
            let (points, faces) = tetrahedron(is_welded);
            assert!(faces_outward(&points, &faces), "welded: {is_welded}");
        }
    }

    #[test]
    fn what_can_be_seen_from_behind_does_not() {
        let (points, faces) = tetrahedron(true);
        assert!(!faces_outward(&points, &faces[..9]), "a face is missing");
        let inside_out: Vec<u32> = faces.chunks(3).flat_map(|f| [f[0], f[2], f[1]]).collect();
        assert!(!faces_outward(&points, &inside_out), "it faces inward");
        let mut one_turned = faces.clone();
        one_turned.swap(0, 1);
        assert!(!faces_outward(&points, &one_turned), "one face disagrees");
        let sheet_of_two: Vec<u32> = vec![0, 1, 2, 0, 2, 1];
        assert!(!faces_outward(&points, &sheet_of_two), "it holds nothing");
        assert!(!faces_outward(&[], &[]) && !faces_outward(&points, &[0, 1, 9]));
    }
}
