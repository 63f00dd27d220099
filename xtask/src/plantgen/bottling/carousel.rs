//! Rotary machines of the line: a table, a carousel with its heads, star wheels, guards with windows, a panel, a lamp.
//!
//! Bottles run along +X past the machine's axis at the origin; the front, where people stand, is -Y.

use super::{
    Surface as S,
    conveyor::CHAIN_TOP,
    math::{Frame, polar},
    mesh::Mesh,
    shapes::{around, cylinder, prism},
    solid::Solid,
};

/// A wheel with pockets for bottles.
pub(super) fn star(radius: f64, pockets: usize) -> Mesh {
    let outline: Vec<[f64; 2]> = (0..pockets)
        .flat_map(|k| {
            let at = k as f64;
            let n = pockets as f64;
            [
                (radius, 0.0),
                (radius, 0.42),
                (radius - 0.022, 0.5),
                (radius - 0.033, 0.6),
                (radius - 0.033, 0.75),
                (radius - 0.022, 0.88),
            ]
            .map(|(r, part)| polar(r, (at + part) / n))
        })
        .collect();
    prism(&outline, -0.008, 0.008)
}

pub(super) fn star_wheel(name: &'static str, radius: f64, pockets: usize) -> Solid {
    let mut solid = Solid::new(name);
    for z in [0.05, 0.16] {
        solid.add_at(S::LabelWhite, &star(radius, pockets), [0.0, 0.0, z]);
    }
    solid.add_at(
        S::PolishedSteel,
        &cylinder(0.045, -0.15, 0.26, 0.01, 16),
        [0.0; 3],
    );
    solid.add_at(S::SafetyYellow, &cylinder(0.07, 0.17, 0.2, 0.006, 16), [0.0; 3]);
    solid
}

/// The stainless base with doors, feet, and the table that water runs off.
pub(super) fn base(name: &'static str, [half_x, half_y]: [f64; 2]) -> Solid {
    let mut solid = Solid::new(name);
    let top = CHAIN_TOP - 0.12;
    solid.block(
        S::StainlessSteel,
        [-half_x + 0.05, -half_y + 0.05, 0.22],
        [half_x - 0.05, half_y - 0.05, top - 0.04],
        0.02,
    );
    solid.block(
        S::StainlessSteel,
        [-half_x, -half_y, top - 0.04],
        [half_x, half_y, top],
        0.012,
    );
    let doors = (half_x * 2.0 / 0.8).floor().max(1.0);
    let width = (half_x * 2.0 - 0.2) / doors;
    for side in [-1.0, 1.0] {
        let y = side * (half_y - 0.045);
        for k in 0..doors as usize {
            let x = -half_x + 0.1 + width * k as f64;
            let (low, high) = (
                [x + 0.015, y - 0.012, 0.27],
                [x + width - 0.015, y + 0.012, top - 0.09],
            );
            solid.block(S::BrushedMetal, low, high, 0.006);
            solid.block(
                S::BlackPlastic,
                [x + width - 0.09, y - 0.025, 0.5],
                [x + width - 0.06, y + 0.025, 0.64],
                0.006,
            );
        }
    }
    for x in [-half_x + 0.15, half_x - 0.15] {
        for y in [-half_y + 0.15, half_y - 0.15] {
            solid.rod(S::PolishedSteel, [x, y, 0.02], [x, y, 0.24], 0.03, 12);
            solid.add_at(
                S::StainlessSteel,
                &cylinder(0.08, 0.0, 0.025, 0.006, 16),
                [x, y, 0.0],
            );
        }
    }
    solid
}

/// The plate that carries the heads, with lightening holes' covers as a ring of bolts.
pub(super) fn turntable(name: &'static str, radius: f64, bolts: usize) -> Solid {
    let mut solid = Solid::new(name);
    let z = CHAIN_TOP - 0.03;
    let plate = [
        [0.0, z - 0.05],
        [radius - 0.12, z - 0.05],
        [radius - 0.06, z - 0.03],
        [radius - 0.045, z],
        [radius - 0.06, z + 0.006],
        [0.0, z + 0.006],
    ];
    solid.turned(S::BrushedMetal, Frame::at([0.0; 3]), &plate, 40);
    solid.add_at(
        S::PolishedSteel,
        &around(&cylinder(0.012, z, z + 0.018, 0.0, 6), radius - 0.2, bolts, 0.0),
        [0.0; 3],
    );
    solid
}
