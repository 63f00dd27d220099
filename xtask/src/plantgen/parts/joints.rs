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

/// [`flange`] with fewer facets, for machines that have many.
pub(in crate::plantgen) fn light_flange(radius: f64) -> Mesh {
    let rim = radius * 1.35 + 0.035;
    let mut mesh = revolve(&[[0.0, -0.03], [rim, -0.03], [rim, 0.03], [0.0, 0.03]], 20);
    mesh.add_at(
        &around(&hex(0.024, -0.045, 0.045), (radius + rim) / 2.0, 8, 1.0 / 16.0),
        [0.0; 3],
    );
    mesh
}

/// The profile of a lying or standing vessel with dished (Klöpper) heads, from `z0` to `z1` over the heads.
pub(in crate::plantgen) fn vessel_profile(radius: f64, z0: f64, z1: f64) -> Vec<[f64; 2]> {
    let depth = 0.38 * radius;
    let arc = |k: usize| super::math::polar(1.0, k as f64 / 24.0);
    let mut profile: Vec<[f64; 2]> = (0..=6)
        .map(|k| {
            let [cos, sin] = arc(k);
            [if k == 0 { 0.0 } else { radius * sin }, z0 + depth * (1.0 - cos)]
        })
        .collect();
    profile.extend((0..=6).rev().map(|k| {
        let [cos, sin] = arc(k);
        [if k == 0 { 0.0 } else { radius * sin }, z1 - depth * (1.0 - cos)]
    }));
    profile
}
