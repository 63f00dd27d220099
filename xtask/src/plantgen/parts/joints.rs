//! What pipes are joined with.

use super::{
    mesh::Mesh,
    shapes::{around, hex, revolve},
};

/// A pair of weld-neck flanges with its bolts, centred on the joint, for a pipe of `radius` along Z.
pub(in crate::plantgen) fn flange(radius: f64) -> Mesh {
    let rim = radius + 0.075;
    let mut mesh = Mesh::default();
    let half = [
        [0.0, 0.003],
        [rim, 0.003],
        [rim, 0.03],
        [radius + 0.03, 0.034],
        [radius + 0.004, 0.075],
        [0.0, 0.075],
    ];
    let other: Vec<[f64; 2]> = half.iter().rev().map(|p| [p[0], -p[1]]).collect();
    mesh.add_at(&revolve(&half, 24), [0.0; 3])
        .add_at(&revolve(&other, 24), [0.0; 3]);
    mesh.add_at(
        &around(&hex(0.03, -0.05, 0.05), radius + 0.05, 8, 1.0 / 16.0),
        [0.0; 3],
    );
    mesh
}
