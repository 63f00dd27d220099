//! The building: yard, portal frames, walls of sandwich panels, gates, doors, windows, lamps, roof.
//!
//! The hall lies along X, its walls to the north (+Y) and west (-X) are closed, those to the south and east end at the
//! upstand, so that one looks in. The roof is a variant: open, or closed with roof lights.

use super::{
    Surface as S, floor,
    math::Frame,
    shapes::{bevel_box, box_between, cylinder, revolve},
    solid::{Machine, Solid, body},
};

/// Half the hall's length (X) and depth (Y), in metres.
pub(super) const HALF_LENGTH: f64 = 36.0;
pub(super) const HALF_DEPTH: f64 = 18.0;
/// Top of the walls, and of the ridge above y = 0.
pub(super) const EAVES: f64 = 9.0;
pub(super) const RIDGE: f64 = 10.8;
/// Distance of the portal frames.
pub(super) const BAY: f64 = 8.0;
/// The yard reaches this far south.
const YARD: f64 = 30.0;

/// The yard around the hall.
fn ground() -> Solid {
    let mut solid = Solid::new("Ground");
    solid.block(
        S::Asphalt,
        [-HALF_LENGTH - 8.0, -YARD, -0.3],
        [HALF_LENGTH + 8.0, -HALF_DEPTH - 0.35, -0.002],
        0.0,
    );
    solid.block(
        S::Asphalt,
        [HALF_LENGTH + 0.35, -HALF_DEPTH - 0.35, -0.3],
        [HALF_LENGTH + 8.0, HALF_DEPTH + 1.0, -0.002],
        0.0,
    );
    solid.block(
        S::Asphalt,
        [-HALF_LENGTH - 8.0, -HALF_DEPTH - 0.35, -0.3],
        [-HALF_LENGTH - 0.35, HALF_DEPTH + 1.0, -0.002],
        0.0,
    );
    solid
}

/// Concrete along the walls; south and east with openings where people and trucks pass.
fn upstand() -> Solid {
    let mut solid = Solid::new("Upstand");
    let (l, d, t) = (HALF_LENGTH, HALF_DEPTH, 0.35);
    let mut run = |low: [f64; 2], high: [f64; 2]| {
        solid.block(
            S::Concrete,
            [low[0], low[1], -0.3],
            [high[0], high[1], 0.45],
            0.02,
        );
    };
    run([-l - t, d], [l + t, d + t]);
    run([-l - t, -d], [-l, d]);
    run([l, -d], [l + t, 4.2]);
    run([l, 5.6], [l + t, d]);
    for (x0, x1) in [(-l - t, -14.0), (-12.0, -8.0), (-4.0, 26.5), (33.5, l + t)] {
        run([x0, -d - t], [x1, -d]);
    }
    for (low, high) in [
        ([-l - t - 0.05, -d - t, -0.3], [-l - t, d + t, 0.0]),
        ([l + t, -d - t, -0.3], [l + t + 0.05, d + t, 0.0]),
    ] {
        solid.block(S::Concrete, low, high, 0.0);
    }
    for x in [-14.0, -12.0, -8.0, -4.0, 26.5, 33.5] {
        solid.block(
            S::SafetyYellow,
            [x - 0.06, -d - t - 0.01, 0.0],
            [x + 0.06, -d + 0.01, 0.46],
            0.004,
        );
    }
    solid
}

/// Two metres of wall along X that look along -Y: panels a metre high with dark joints; `window` from the fifth up.
fn wall(name: &'static str, has_window: bool) -> Solid {
    let mut solid = Solid::new(name);
    // The sheet behind the panels leaves the window open.
    let sheets = if has_window {
        vec![[0.45, 5.2], [7.1, EAVES]]
    } else {
        vec![[0.45, EAVES]]
    };
    for [low, high] in sheets {
        solid.block(S::StructuralSteel, [0.0, 0.03, low], [2.0, 0.1, high], 0.0);
    }
    for k in 0..9 {
        let (low, high) = (0.45 + 0.95 * f64::from(k), 0.45 + 0.95 * f64::from(k + 1));
        if has_window && (5..7).contains(&k) {
            continue;
        }
        solid.block(
            S::PaintWhite,
            [0.006, 0.0, low + 0.008],
            [1.994, 0.06, high - 0.008],
            0.006,
        );
    }
    if has_window {
        let (low, high) = (0.45 + 0.95 * 5.0, 0.45 + 0.95 * 7.0);
        solid.block(
            S::Window,
            [0.04, -0.01, low + 0.05],
            [1.96, 0.028, high - 0.05],
            0.0,
        );
        for z in [low + 0.025, high - 0.025] {
            solid.block(S::DoorGrey, [0.0, -0.025, z - 0.03], [2.0, 0.03, z + 0.03], 0.0);
        }
        for x in [0.0, 0.985] {
            solid.block(S::DoorGrey, [x, -0.025, low], [x + 0.03, 0.03, high], 0.0);
        }
    }
    solid.block(
        S::StructuralSteel,
        [0.0, -0.02, EAVES - 0.12],
        [2.0, 0.12, EAVES + 0.06],
        0.0,
    );
    solid
}

/// A sectional gate of 4 by 4.5 metres in its frame, with stripes at both sides. It looks along -Y.
fn gate() -> Solid {
    let mut solid = Solid::new("Gate");
    for k in 0..6 {
        let z = 0.02 + 0.745 * f64::from(k);
        solid.block(S::DoorGrey, [-2.0, -0.05, z], [2.0, 0.0, z + 0.735], 0.015);
        if k == 2 {
            for x in [-1.5, -0.5, 0.5, 1.5] {
                solid.block(
                    S::Window,
                    [x - 0.35, -0.056, z + 0.15],
                    [x + 0.35, -0.045, z + 0.58],
                    0.0,
                );
            }
        }
    }
    for x in [-2.12, 2.12] {
        for k in 0..9 {
            let surface = if k % 2 == 0 {
                S::SafetyYellow
            } else {
                S::BlackPlastic
            };
            let z = 0.5 * f64::from(k);
            solid.block(surface, [x - 0.12, -0.09, z], [x + 0.12, 0.0, z + 0.5], 0.0);
        }
    }
    solid.block(S::DoorGrey, [-2.24, -0.09, 4.5], [2.24, 0.0, 4.8], 0.01);
    solid
}

fn door() -> Solid {
    let mut solid = Solid::new("Door");
    solid.block(S::DoorGrey, [-0.5, -0.04, 0.01], [0.5, 0.0, 2.1], 0.008);
    for x in [-0.55, 0.55] {
        solid.block(
            S::PaintWhite,
            [x - 0.05, -0.06, 0.0],
            [x + 0.05, 0.0, 2.15],
            0.004,
        );
    }
    solid.block(S::PaintWhite, [-0.6, -0.06, 2.11], [0.6, 0.0, 2.2], 0.004);
    solid.block(S::PolishedSteel, [-0.45, -0.1, 1.0], [0.45, -0.06, 1.04], 0.01);
    solid.block(S::Window, [-0.2, -0.046, 1.35], [0.2, -0.035, 1.9], 0.0);
    solid.block(S::PaintGreen, [-0.3, -0.08, 2.3], [0.3, -0.03, 2.55], 0.004);
    solid.text(
        S::LampWhite,
        "EXIT",
        0.14,
        super::placing::facing_front([0.0, -0.083, 2.425]),
    );
    solid
}

/// A portal frame across the hall at x = 0: columns with haunches, rafters to the ridge, foot plates, safety bands.
fn portal() -> Solid {
    let mut solid = Solid::new("Portal");
    let y = HALF_DEPTH - 0.35;
    for side in [-1.0, 1.0] {
        let (foot, knee) = ([0.0, side * y, 0.03], [0.0, side * y, EAVES]);
        solid.i_beam(S::StructuralSteel, foot, knee, [0.3, 0.36], 0.02);
        solid.i_beam(
            S::StructuralSteel,
            [0.0, side * (y + 0.1), EAVES],
            [0.0, 0.0, RIDGE],
            [0.2, 0.42],
            0.018,
        );
        let low = [0.0, side * (y - 0.1), EAVES - 0.85];
        solid.i_beam(
            S::StructuralSteel,
            low,
            [0.0, side * (y - 2.6), EAVES + 0.02],
            [0.18, 0.1],
            0.014,
        );
        solid.block(
            S::Galvanised,
            [-0.28, side * y - 0.3, 0.0],
            [0.28, side * y + 0.3, 0.03],
            0.004,
        );
        for k in 0..8 {
            let surface = if k % 2 == 0 {
                S::SafetyYellow
            } else {
                S::BlackPlastic
            };
            let z = 0.1 + 0.18 * f64::from(k);
            solid.block(
                surface,
                [-0.155, side * y - 0.185, z],
                [0.155, side * y + 0.185, z + 0.18],
                0.0,
            );
        }
    }
    solid.block(
        S::Galvanised,
        [-0.12, -0.02, RIDGE - 0.25],
        [0.12, 0.02, RIDGE + 0.2],
        0.0,
    );
    solid
}

/// Eight metres of beams between two frames, along X: eaves on both sides, and the bracing of a bay.
fn eaves_beams() -> Solid {
    let mut solid = Solid::new("EavesBeams");
    for y in [-HALF_DEPTH + 0.35, HALF_DEPTH - 0.35] {
        solid.i_beam(
            S::StructuralSteel,
            [0.0, y, EAVES - 0.2],
            [BAY, y, EAVES - 0.2],
            [0.16, 0.22],
            0.012,
        );
    }
    solid.i_beam(
        S::StructuralSteel,
        [0.0, 0.0, RIDGE - 0.2],
        [BAY, 0.0, RIDGE - 0.2],
        [0.14, 0.18],
        0.012,
    );
    solid
}

fn bracing() -> Solid {
    let mut solid = Solid::new("Bracing");
    let y = HALF_DEPTH - 0.2;
    for (a, b) in [
        ([0.0, y, 0.6], [BAY, y, EAVES - 0.4]),
        ([BAY, y, 0.6], [0.0, y, EAVES - 0.4]),
    ] {
        solid.rod(S::Galvanised, a, b, 0.02, 8);
    }
    for side in [-1.0, 1.0] {
        let at = |x: f64, part: f64| {
            let y = side * (HALF_DEPTH - 0.4) * (1.0 - part);
            [x, y, EAVES + (RIDGE - EAVES) * part]
        };
        for k in 0..3 {
            let (a, b) = (f64::from(k) / 3.0, f64::from(k + 1) / 3.0);
            solid.rod(S::Galvanised, at(0.0, a), at(BAY, b), 0.014, 6);
            solid.rod(S::Galvanised, at(BAY, a), at(0.0, b), 0.014, 6);
        }
    }
    solid
}

/// A hall lamp, hanging: its foot is the lamp's lower face.
fn high_bay() -> Solid {
    let mut solid = Solid::new("HighBay");
    solid.turned(
        S::PaintWhite,
        Frame::at([0.0; 3]),
        &[
            [0.2, 0.0],
            [0.27, 0.0],
            [0.24, 0.12],
            [0.1, 0.2],
            [0.1, 0.36],
            [0.0, 0.36],
            [0.0, 0.3],
            [0.08, 0.3],
        ],
        24,
    );
    solid.add_at(S::LampWhite, &cylinder(0.2, 0.005, 0.02, 0.0, 24), [0.0; 3]);
    solid.rod(S::Galvanised, [0.0, 0.0, 0.36], [0.0, 0.0, 1.1], 0.008, 6);
    solid
}

/// Eight metres of roof over one slope, from the eaves at y = 0 of its own to the ridge, with purlins below.
fn roof_slope(name: &'static str, light: bool) -> Solid {
    let mut solid = Solid::new(name);
    let (run, rise) = (HALF_DEPTH + 0.3, RIDGE - EAVES + 0.05);
    for k in 0..10 {
        let part = (f64::from(k) + 0.1) / 10.0;
        let (y, z) = (run * part, rise * part);
        solid.block(S::Galvanised, [0.0, y, z - 0.2], [BAY, y + 0.06, z], 0.0);
    }
    let slope = (rise * rise + run * run).sqrt();
    let frame = Frame {
        origin: [0.0; 3],
        x: [1.0, 0.0, 0.0],
        y: [0.0, run / slope, rise / slope],
        z: [0.0, -rise / slope, run / slope],
    };
    for k in 0..8 {
        let x = f64::from(k);
        let is_light = light && (k == 3 || k == 4);
        let surface = if is_light { S::RoofLight } else { S::PaintWhite };
        solid.add(
            surface,
            &box_between([x + 0.01, 0.0, 0.0], [x + 0.99, slope, 0.1], 0.0),
            frame,
        );
        solid.add(
            S::StructuralSteel,
            &box_between([x - 0.01, 0.0, 0.02], [x + 0.01, slope, 0.14], 0.0),
            frame,
        );
    }
    solid
}

/// A bumper's rail of the kind that keeps trucks off machines, two metres along X.
fn bumper() -> Solid {
    let mut solid = Solid::new("Bumper");
    for x in [0.1, 1.9] {
        solid.block(
            S::SafetyYellow,
            [x - 0.06, -0.06, 0.0],
            [x + 0.06, 0.06, 0.5],
            0.01,
        );
        solid.block(
            S::SafetyYellow,
            [x - 0.12, -0.12, 0.0],
            [x + 0.12, 0.12, 0.012],
            0.0,
        );
    }
    solid.add(
        S::SafetyYellow,
        &revolve(&[[0.0, 0.0], [0.07, 0.0], [0.07, 2.0], [0.0, 2.0]], 16),
        Frame::along_x([0.0, 0.0, 0.38]),
    );
    for x in [0.5, 1.0, 1.5] {
        solid.add_at(
            S::BlackPlastic,
            &bevel_box([0.18, 0.146, 0.146], 0.01),
            [x, 0.0, 0.38],
        );
    }
    solid
}

pub(super) fn machine() -> Machine {
    let mut grounds = vec![body("Ground"), body("Joints"), body("Markings"), body("Upstand")];
    grounds.extend(floor::drains());
    let mut solids = vec![
        ground(),
        upstand(),
        wall("WallSolid", false),
        wall("WindowWallSolid", true),
        gate(),
        door(),
        portal(),
        eaves_beams(),
        bracing(),
        high_bay(),
        roof_slope("RoofSlopeSolid", true),
        bumper(),
    ];
    solids.extend(floor::solids());
    Machine {
        file: "hall",
        doc: "Parts of the building.",
        models: vec![
            ("Grounds", grounds),
            ("Wall", vec![body("WallSolid")]),
            ("WindowWall", vec![body("WindowWallSolid")]),
            ("Gate", vec![body("Gate")]),
            ("Door", vec![body("Door")]),
            ("Portal", vec![body("Portal")]),
            ("EavesBeams", vec![body("EavesBeams")]),
            ("Bracing", vec![body("Bracing")]),
            ("HighBay", vec![body("HighBay")]),
            ("RoofSlope", vec![body("RoofSlopeSolid")]),
            ("Bumper", vec![body("Bumper")]),
        ],
        solids,
        decimals: 3,
    }
}
