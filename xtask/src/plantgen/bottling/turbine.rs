//! A back-pressure steam turbine, gearbox and generator on one skid along X: steam comes in at -X from above, the
//! generator stands at +X. Shaft, couplings and the four bearings are solids of their own.

use super::{
    Surface as S,
    joints::light_flange,
    math::{Frame, V3},
    motor::motor,
    placing::facing_front,
    shapes::{around, bevel_box, cylinder, hex, pipe, revolve, torus},
    solid::{Machine, Solid, body, placed},
};

/// Shaft above the floor.
const SHAFT: f64 = 1.35;
/// Where the bearings stand along X.
const BEARINGS: [f64; 4] = [-3.05, -0.92, 1.0, 3.3];
/// Where steam comes in, and where it leaves.
const INLET: V3 = [-2.45, 0.0, 3.3];
const EXHAUST: V3 = [-1.35, 1.75, 2.55];

fn on_shaft(x: f64) -> Frame {
    Frame::along_x([x, 0.0, SHAFT])
}

fn skid() -> Solid {
    let mut solid = Solid::new("Skid");
    solid.block(S::Concrete, [-3.9, -1.35, 0.0], [4.1, 1.35, 0.25], 0.03);
    for y in [-1.05, 0.0, 1.05] {
        solid.i_beam(
            S::StructuralSteel,
            [-3.7, y, 0.4],
            [3.9, y, 0.4],
            [0.2, 0.3],
            0.02,
        );
    }
    for x in [-3.6, -2.4, -1.0, 0.4, 1.8, 3.8] {
        solid.i_beam(
            S::StructuralSteel,
            [x, -1.05, 0.4],
            [x, 1.05, 0.4],
            [0.16, 0.28],
            0.016,
        );
        for y in [-1.22, 1.22] {
            solid.block(
                S::StructuralSteel,
                [x - 0.09, y - 0.1, 0.25],
                [x + 0.09, y + 0.1, 0.28],
                0.0,
            );
            solid.add_at(S::Galvanised, &hex(0.05, 0.28, 0.33), [x, y, 0.0]);
        }
    }
    solid.block(S::StructuralSteel, [-3.7, -1.1, 0.55], [3.9, 1.1, 0.57], 0.0);
    // The oil tank in the skid with filters, cooler and pump.
    solid.block(S::PaintGreen, [0.35, -1.75, 0.12], [2.2, -1.2, 0.75], 0.02);
    for x in [0.6, 0.95] {
        solid.add_at(
            S::PaintGreen,
            &revolve(
                &[[0.0, 0.75], [0.13, 0.75], [0.13, 1.25], [0.1, 1.32], [0.0, 1.34]],
                20,
            ),
            [x, -1.5, 0.0],
        );
        solid.add_at(S::Galvanised, &torus(0.13, 0.014, 20, 6), [x, -1.5, 1.18]);
    }
    solid.add(
        S::PaintGreen,
        &cylinder(0.15, 0.0, 0.9, 0.03, 24),
        Frame::along_x([1.2, -1.5, 0.98]),
    );
    solid.take(&motor(0.11), Frame::at([2.05, -1.45, 0.78]).flipped());
    for x in BEARINGS {
        solid.pipe(
            S::PolishedSteel,
            &[
                [1.3, -1.15, 0.7],
                [1.3, -0.95, 0.7],
                [x, -0.95, 0.7],
                [x, -0.95, SHAFT - 0.1],
                [x, -0.3, SHAFT - 0.1],
            ],
            0.022,
            8,
        );
    }
    solid
}

/// Casing halves with their bolted joint, steam chest with the governor valve, exhaust duct.
fn turbine() -> Solid {
    let mut solid = Solid::new("Turbine");
    let casing = [
        [0.0, -2.75],
        [0.34, -2.75],
        [0.36, -2.6],
        [0.56, -2.5],
        [0.6, -2.05],
        [0.78, -1.85],
        [0.8, -1.3],
        [0.62, -1.2],
        [0.4, -1.15],
        [0.0, -1.15],
    ];
    solid.turned(S::Insulation, on_shaft(0.0), &casing, 40);
    // The joint between the halves.
    let joint = [
        [-2.72, -0.48],
        [-2.5, -0.7],
        [-2.02, -0.74],
        [-1.86, -0.93],
        [-1.26, -0.93],
        [-1.18, -0.6],
        [-1.18, 0.6],
        [-1.26, 0.93],
        [-1.86, 0.93],
        [-2.02, 0.74],
        [-2.5, 0.7],
        [-2.72, 0.48],
    ];
    solid.sheet(S::CastIron, Frame::at([0.0, 0.0, SHAFT - 0.05]), &joint, 0.1);
    for (x, y) in [
        (-2.4, 0.65),
        (-2.2, 0.66),
        (-1.8, 0.86),
        (-1.6, 0.87),
        (-1.4, 0.87),
    ] {
        for side in [-1.0, 1.0] {
            solid.add_at(
                S::Galvanised,
                &hex(0.06, SHAFT - 0.11, SHAFT + 0.12),
                [x, side * y, 0.0],
            );
        }
    }
    for (x, y) in [(-2.55, 0.55), (-1.35, 0.75)] {
        for side in [-1.0, 1.0] {
            solid.block(
                S::CastIron,
                [x - 0.1, side * y - 0.1, 0.57],
                [x + 0.1, side * y + 0.1, SHAFT - 0.05],
                0.012,
            );
        }
    }
    steam_ends(&mut solid);
    solid
}

/// Where steam comes in and where it leaves: chest, governor valve, exhaust.
fn steam_ends(solid: &mut Solid) {
    // The steam chest and the governor valve with its servo.
    solid.turned(
        S::CastIron,
        Frame::at([INLET[0], 0.0, 0.0]),
        &[
            [0.0, 1.75],
            [0.26, 1.75],
            [0.3, 1.95],
            [0.3, 2.25],
            [0.2, 2.4],
            [0.14, 2.45],
            [0.14, 3.05],
            [0.0, 3.05],
        ],
        28,
    );
    solid.add_at(S::Galvanised, &light_flange(0.14), [INLET[0], 0.0, 3.08]);
    solid.rod(
        S::CastIron,
        [INLET[0], -0.2, 2.1],
        [INLET[0], -0.75, 2.1],
        0.11,
        18,
    );
    solid.add(
        S::EnamelBlue,
        &cylinder(0.16, 0.0, 0.42, 0.02, 24),
        Frame::along_y([INLET[0], -1.2, 2.1]),
    );
    solid.add(
        S::Galvanised,
        &around(&hex(0.03, -0.02, 0.03), 0.13, 8, 0.0),
        Frame::along_y([INLET[0], -0.76, 2.1]),
    );
    solid.block(
        S::BlackPlastic,
        [INLET[0] - 0.08, -1.12, 2.27],
        [INLET[0] + 0.08, -0.9, 2.45],
        0.015,
    );
    // The exhaust leaves to the back and up.
    let line = [
        [EXHAUST[0] - 0.2, 0.4, SHAFT + 0.2],
        [EXHAUST[0] - 0.2, EXHAUST[1], SHAFT + 0.2],
        [EXHAUST[0] - 0.2, EXHAUST[1], EXHAUST[2]],
    ];
    solid.add_at(S::Insulation, &pipe(&line, 0.3, 0.5, 28), [0.0; 3]);
    solid.add_at(
        S::Galvanised,
        &light_flange(0.3),
        [EXHAUST[0] - 0.2, EXHAUST[1], EXHAUST[2]],
    );
    solid.add(
        S::Galvanised,
        &light_flange(0.3),
        Frame::along_y([EXHAUST[0] - 0.2, 0.95, SHAFT + 0.2]),
    );
}

fn gearbox() -> Solid {
    let mut solid = Solid::new("Gearbox");
    solid.block(S::EnamelBlue, [-0.35, -0.75, 0.57], [0.55, 0.75, SHAFT], 0.03);
    solid.block(
        S::EnamelBlue,
        [-0.42, -0.82, SHAFT - 0.04],
        [0.62, 0.82, SHAFT + 0.04],
        0.01,
    );
    let lid = [
        [-0.68, 0.0],
        [0.68, 0.0],
        [0.66, 0.28],
        [0.48, 0.48],
        [-0.2, 0.62],
        [-0.5, 0.5],
        [-0.68, 0.2],
    ];
    let frame = Frame {
        origin: [-0.32, 0.0, SHAFT + 0.04],
        x: [0.0, 1.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [1.0, 0.0, 0.0],
    };
    solid.sheet(S::EnamelBlue, frame, &lid, 0.84);
    for x in [-0.3, -0.05, 0.2, 0.46] {
        for y in [-0.77, 0.77] {
            solid.add_at(S::Galvanised, &hex(0.05, SHAFT + 0.04, SHAFT + 0.09), [x, y, 0.0]);
        }
    }
    for (x, sign) in [(-0.34_f64, -1.0), (0.56, 1.0)] {
        solid.add(
            S::CastIron,
            &cylinder(0.2, 0.0, 0.06, 0.01, 28),
            Frame::along_x([x.min(x + sign * 0.06), 0.0, SHAFT]),
        );
        solid.add(
            S::Galvanised,
            &around(&hex(0.03, -0.01, 0.075), 0.165, 8, 0.0),
            Frame::along_x([x.min(x + sign * 0.06), 0.0, SHAFT]),
        );
    }
    solid.add_at(
        S::Galvanised,
        &torus(0.06, 0.016, 20, 6),
        [0.1, 0.0, SHAFT + 0.68],
    );
    solid.add_at(
        S::BlackPlastic,
        &cylinder(0.05, 0.0, 0.14, 0.01, 14),
        [0.3, -0.2, SHAFT + 0.55],
    );
    solid
}

/// Stator housing with ribs, end shields, terminal box, cooler on top.
fn generator() -> Solid {
    let mut solid = Solid::new("Generator");
    let housing = [
        [0.0, 1.35],
        [0.62, 1.35],
        [0.72, 1.42],
        [0.72, 2.9],
        [0.62, 2.97],
        [0.0, 2.97],
    ];
    solid.turned(S::PaintWhite, on_shaft(0.0), &housing, 32);
    for k in 0..9 {
        solid.add(
            S::PaintWhite,
            &revolve(
                &[[0.7, -0.012], [0.765, -0.012], [0.765, 0.012], [0.7, 0.012]],
                32,
            ),
            on_shaft(1.52 + 0.16 * f64::from(k)),
        );
    }
    for y in [-0.62, 0.62] {
        solid.block(
            S::PaintWhite,
            [1.4, y - 0.16, 0.57],
            [2.92, y + 0.16, SHAFT - 0.35],
            0.02,
        );
    }
    solid.block(
        S::PaintWhite,
        [1.45, -0.55, SHAFT + 0.6],
        [2.88, 0.55, SHAFT + 1.25],
        0.03,
    );
    for k in 0..9 {
        let z = SHAFT + 0.74 + 0.05 * f64::from(k);
        for y in [-0.556, 0.55] {
            solid.block(
                S::StructuralSteel,
                [1.55, y, z],
                [2.78, y + 0.006, z + 0.024],
                0.0,
            );
        }
    }
    solid.block(
        S::PanelGrey,
        [1.75, -1.1, SHAFT - 0.15],
        [2.55, -0.7, SHAFT + 0.42],
        0.02,
    );
    for x in [1.9, 2.15, 2.4] {
        solid.rod(S::CableBlack, [x, -0.95, SHAFT - 0.15], [x, -0.95, 0.3], 0.04, 10);
    }
    solid.text(
        S::EnamelBlue,
        "GEMBA 1600 KW",
        0.08,
        facing_front([2.15, -0.556, SHAFT + 0.665]),
    );
    for (x, r) in [(3.05, 0.3), (3.5, 0.2)] {
        solid.turned(
            S::PaintWhite,
            on_shaft(0.0),
            &[[0.0, x], [r, x], [r, x + 0.12], [0.0, x + 0.12]],
            28,
        );
    }
    solid.turned(
        S::PaintWhite,
        on_shaft(0.0),
        &[[0.0, 3.62], [0.26, 3.62], [0.26, 3.95], [0.22, 4.0], [0.0, 4.0]],
        28,
    );
    solid
}

/// A bearing pedestal: foot, split housing, cap bolts, probe. Its origin lies on the shaft.
fn bearing() -> Solid {
    let mut solid = Solid::new("Bearing");
    let foot = SHAFT - 0.57;
    solid.block(
        S::EnamelBlue,
        [-0.13, -0.3, -foot],
        [0.13, 0.3, -foot + 0.07],
        0.01,
    );
    solid.block(
        S::EnamelBlue,
        [-0.11, -0.24, -foot + 0.07],
        [0.11, 0.24, 0.0],
        0.02,
    );
    solid.add(
        S::EnamelBlue,
        &cylinder(0.24, -0.12, 0.12, 0.02, 32),
        Frame::along_x([0.0; 3]),
    );
    for y in [-0.255, 0.255] {
        solid.block(
            S::EnamelBlue,
            [-0.09, y - 0.05, -0.04],
            [0.09, y + 0.05, 0.05],
            0.008,
        );
    }
    solid
}

fn bearing_fittings() -> Solid {
    let mut solid = Solid::new("BearingFittings");
    for y in [-0.255, 0.255] {
        for x in [-0.05, 0.05] {
            solid.add_at(S::Galvanised, &hex(0.04, 0.05, 0.1), [x, y, 0.0]);
        }
    }
    for side in [-1.0, 1.0] {
        let up = Frame {
            origin: [0.0, side * 0.17, 0.17],
            x: [1.0, 0.0, 0.0],
            y: [0.0, 0.707, -side * 0.707],
            z: [0.0, side * 0.707, 0.707],
        };
        solid.add(S::PolishedSteel, &cylinder(0.02, 0.0, 0.12, 0.003, 10), up);
        solid.rod(
            S::CableBlack,
            up.point([0.0, 0.0, 0.12]),
            [0.0, side * 0.45, 0.05],
            0.008,
            6,
        );
    }
    solid.add_at(
        S::BlackPlastic,
        &bevel_box([0.08, 0.05, 0.06], 0.01),
        [0.0, 0.0, 0.27],
    );
    solid
}

/// Shaft ends and couplings between turbine, gearbox and generator; origin on the shaft.
fn rotor() -> Solid {
    let mut solid = Solid::new("Rotor");
    solid.add(
        S::PolishedSteel,
        &cylinder(0.09, -3.35, -1.15, 0.01, 24),
        Frame::along_x([0.0; 3]),
    );
    solid.add(
        S::PolishedSteel,
        &cylinder(0.09, -1.15, 3.62, 0.01, 24),
        Frame::along_x([0.0; 3]),
    );
    for x in [-0.62, 0.78] {
        for (at, r) in [(x - 0.07, 0.22), (x + 0.07, 0.22)] {
            solid.add(
                S::SafetyYellow,
                &cylinder(r, -0.03, 0.03, 0.008, 28),
                Frame::along_x([at, 0.0, 0.0]),
            );
        }
        solid.add(
            S::Galvanised,
            &around(&hex(0.035, -0.13, 0.13), 0.17, 8, 0.0),
            Frame::along_x([x, 0.0, 0.0]),
        );
        solid.block(S::EnamelRed, [x - 0.1, -0.03, 0.2], [x + 0.1, 0.03, 0.226], 0.0);
    }
    solid.add(
        S::CastIron,
        &cylinder(0.17, -3.45, -3.28, 0.01, 24),
        Frame::along_x([0.0; 3]),
    );
    solid
}

/// Guards of expanded metal over the couplings, and the panel with the machine's instruments.
fn guards() -> Solid {
    let mut solid = Solid::new("Guards");
    for x in [-0.62, 0.78] {
        for k in 0..9 {
            let turns = 0.02 + 0.46 * f64::from(k) / 8.0;
            let [y, z] = super::math::polar(0.34, turns);
            solid.bar(
                S::SafetyYellow,
                [x - 0.19, y, SHAFT + z],
                [x + 0.19, y, SHAFT + z],
                0.014,
            );
        }
        for dx in [-0.19, 0.0, 0.19] {
            let mut hoop = Vec::new();
            for k in 0..=8 {
                let [y, z] = super::math::polar(0.34, 0.5 * f64::from(k) / 8.0);
                hoop.push([x + dx, y, SHAFT + z]);
            }
            for pair in hoop.windows(2) {
                solid.bar(S::SafetyYellow, pair[0], pair[1], 0.02);
            }
            for y in [-0.34, 0.34] {
                solid.bar(S::SafetyYellow, [x + dx, y, 0.57], [x + dx, y, SHAFT], 0.02);
            }
        }
    }
    solid.block(S::PanelGrey, [-3.2, -1.95, 0.1], [-2.2, -1.65, 1.85], 0.015);
    solid.block(S::BlackPlastic, [-3.2, -1.95, 0.0], [-2.2, -1.65, 0.1], 0.0);
    for (k, x) in [-3.0, -2.7, -2.4].into_iter().enumerate() {
        for z in [1.6, 1.32] {
            let at = facing_front([x, -1.95, z]);
            solid.add(S::BlackPlastic, &torus(0.085, 0.014, 24, 6), at);
            solid.add(S::DialWhite, &cylinder(0.083, 0.0, 0.006, 0.0, 24), at);
            let needle = at
                .spun(0.45 - 0.1 * k as f64 - 0.3 * (z - 1.3))
                .shifted([0.025, 0.0, 0.009]);
            solid.add(S::EnamelRed, &bevel_box([0.07, 0.006, 0.003], 0.0), needle);
        }
    }
    solid.add(
        S::EnamelRed,
        &cylinder(0.035, 0.0, 0.05, 0.01, 18),
        facing_front([-2.7, -1.95, 0.95]),
    );
    solid
}

pub(super) fn machine() -> Machine {
    let mut children = vec![
        body("Skid"),
        body("Turbine"),
        body("Gearbox"),
        body("Generator"),
        body("Guards"),
        placed("Rotor", "Rotor", [0.0, 0.0, SHAFT]),
    ];
    for (k, x) in BEARINGS.into_iter().enumerate() {
        children.push(placed(&format!("Bearing_{}", k + 1), "Bearing", [x, 0.0, SHAFT]));
        children.push(placed(
            &format!("BearingFittings_{}", k + 1),
            "BearingFittings",
            [x, 0.0, SHAFT],
        ));
    }
    Machine {
        file: "turbine",
        doc: "A steam turbine with gearbox and generator on a skid.",
        models: vec![("SteamTurbine", children)],
        solids: vec![
            skid(),
            turbine(),
            gearbox(),
            generator(),
            bearing(),
            bearing_fittings(),
            rotor(),
            guards(),
        ],
        decimals: 3,
    }
}
