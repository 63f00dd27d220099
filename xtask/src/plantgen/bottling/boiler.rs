//! A fire-tube boiler along X: burner and smoke box door at +X, stack at -X, a platform on top.

use super::{
    Surface as S,
    joints::light_flange,
    math::{Frame, polar},
    motor::motor,
    placing::facing_front,
    shapes::{around, bevel_box, cylinder, hex},
    solid::{Machine, Solid, body},
};

/// Axis above the floor, radius over the cladding, and half the shell's length.
const AXIS: f64 = 1.75;
const RADIUS: f64 = 1.3;
const HALF: f64 = 2.6;
/// Sight glasses of the door, from its middle.
const SIGHTS: [[f64; 2]; 3] = [[-0.7, 0.55], [0.7, -0.55], [-0.75, -0.5]];
/// Where steam leaves, from the boiler's origin.
const STEAM_NOZZLE: [f64; 3] = [0.2, 0.0, 3.6];
/// Where feedwater comes in.
const FEED_NOZZLE: [f64; 3] = [-1.2, -1.5, 1.75];

fn shell() -> Solid {
    let mut solid = Solid::new("Shell");
    let axis = Frame::along_x([0.0, 0.0, AXIS]);
    solid.turned(
        S::Insulation,
        axis,
        &[[0.0, -HALF], [RADIUS, -HALF], [RADIUS, HALF], [0.0, HALF]],
        40,
    );
    for k in 0..7 {
        let x = -HALF + 0.02 + (HALF * 2.0 - 0.04) / 6.0 * f64::from(k);
        solid.hoop_band(S::BrushedMetal, Frame::along_x([x, 0.0, AXIS]), RADIUS, 0.014, 48);
    }
    // Screws of the cladding's seam, which runs along the front below the middle.
    for k in 0..13 {
        let x = -HALF + 0.2 + 0.4 * f64::from(k);
        let at = Frame {
            origin: [x, -RADIUS * 0.966, AXIS - RADIUS * 0.259],
            x: [1.0, 0.0, 0.0],
            y: [0.0, -0.259, 0.966],
            z: [0.0, -0.966, -0.259],
        };
        solid.add(S::Galvanised, &cylinder(0.01, 0.0, 0.006, 0.0, 6), at);
    }
    for (x0, x1) in [(-HALF - 0.42, -HALF), (HALF, HALF + 0.3)] {
        solid.turned(
            S::StructuralSteel,
            axis,
            &[
                [0.0, x0],
                [RADIUS - 0.06, x0],
                [RADIUS - 0.03, x0 + 0.03],
                [RADIUS - 0.03, x1],
                [0.0, x1],
            ],
            48,
        );
    }
    for x in [-1.9, 0.0, 1.9] {
        solid.block(
            S::StructuralSteel,
            [x - 0.12, -0.95, 0.22],
            [x + 0.12, 0.95, 0.75],
            0.01,
        );
        solid.block(
            S::StructuralSteel,
            [x - 0.2, -1.0, 0.2],
            [x + 0.2, 1.0, 0.23],
            0.0,
        );
    }
    for y in [-0.85, 0.85] {
        solid.i_beam(
            S::StructuralSteel,
            [-HALF - 0.4, y, 0.12],
            [HALF + 0.5, y, 0.12],
            [0.16, 0.2],
            0.014,
        );
    }
    solid.block(
        S::Concrete,
        [-HALF - 0.6, -1.2, 0.0],
        [HALF + 1.9, 1.2, 0.03],
        0.01,
    );
    solid
}

/// The door of the smoke box: rim of bolts, hinges, sight glasses, the burner's flange.
fn front_door() -> Solid {
    let mut solid = Solid::new("FrontDoor");
    let x = HALF + 0.3;
    let at = Frame::along_x([x, 0.0, AXIS]);
    let plate = [
        [0.0, 0.0],
        [RADIUS - 0.02, 0.0],
        [RADIUS - 0.02, 0.05],
        [RADIUS - 0.16, 0.09],
        [0.0, 0.09],
    ];
    solid.turned(S::EnamelBlue, at, &plate, 48);
    solid.add(
        S::Galvanised,
        &around(&hex(0.045, 0.04, 0.09), RADIUS - 0.08, 28, 0.0),
        at,
    );
    for z in [AXIS - 0.6, AXIS + 0.6] {
        solid.block(
            S::CastIron,
            [x + 0.04, 0.75, z - 0.06],
            [x + 0.16, 1.36, z + 0.06],
            0.012,
        );
        solid.rod(
            S::PolishedSteel,
            [x + 0.08, 1.33, z - 0.12],
            [x + 0.08, 1.33, z + 0.12],
            0.04,
            14,
        );
    }
    for [y, z] in SIGHTS {
        let glass = Frame::along_x([x + 0.08, y, AXIS + z]);
        solid.add(S::CastIron, &cylinder(0.09, 0.0, 0.06, 0.01, 20), glass);
    }
    solid.add(
        S::CastIron,
        &cylinder(0.46, 0.08, 0.16, 0.012, 36),
        Frame::along_x([x, 0.0, AXIS - 0.25]),
    );
    solid.add(
        S::Galvanised,
        &around(&hex(0.035, 0.15, 0.19), 0.41, 12, 0.0),
        Frame::along_x([x, 0.0, AXIS - 0.25]),
    );
    solid
}

/// The glasses in the door, behind which the flame is.
fn flame() -> Solid {
    let mut solid = Solid::new("Flame");
    for [y, z] in SIGHTS {
        let glass = Frame::along_x([HALF + 0.38, y, AXIS + z]);
        solid.add(S::GaugeGlass, &cylinder(0.058, 0.0, 0.066, 0.0, 20), glass);
    }
    solid
}

/// Two gauge glasses at the front, from 0 % to 100 % of the drum's level.
fn drum_glass() -> Solid {
    let mut solid = Solid::new("DrumGlass");
    for x in [1.65, 2.0] {
        let y = -RADIUS - 0.1;
        solid.block(
            S::GaugeGlass,
            [x - 0.03, y - 0.02, AXIS + 0.05],
            [x + 0.03, y + 0.02, AXIS + 0.75],
            0.0,
        );
    }
    solid
}

/// The burner: head, scroll of the blower, motor, air damper, gas train on a stand.
fn burner() -> Solid {
    let mut solid = Solid::new("Burner");
    let (x, z) = (HALF + 0.45, AXIS - 0.25);
    let head = [
        [0.0, 0.0],
        [0.34, 0.0],
        [0.34, 0.35],
        [0.28, 0.42],
        [0.28, 0.62],
        [0.0, 0.62],
    ];
    solid.turned(S::EnamelRed, Frame::along_x([x, 0.0, z]), &head, 32);
    let scroll: Vec<[f64; 2]> = (0..28)
        .map(|k| {
            let t = f64::from(k) / 28.0;
            polar(0.4 + 0.16 * t, t)
        })
        .collect();
    let side = Frame {
        origin: [x + 0.68, 0.22, z + 0.05],
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
    };
    solid.sheet(S::EnamelRed, side, &scroll, 0.44);
    let out = Frame {
        origin: [x + 0.68, 0.5, z + 0.05],
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
    };
    solid.take(&motor(0.17), out);
    solid.block(
        S::BlackPlastic,
        [x + 0.5, -0.62, z - 0.28],
        [x + 0.98, -0.22, z + 0.2],
        0.02,
    );
    for k in 0..6 {
        let at = z - 0.22 + 0.07 * f64::from(k);
        solid.block(
            S::BrushedMetal,
            [x + 0.53, -0.63, at],
            [x + 0.95, -0.615, at + 0.02],
            0.0,
        );
    }
    gas_train(&mut solid, x, z);
    solid
}

/// Pipe, filter, two valves, regulator, on a stand.
fn gas_train(solid: &mut Solid, x: f64, z: f64) {
    // The gas train in yellow: pipe, filter, two valves, regulator.
    let gas = [
        [x + 0.3, -1.9, 0.75],
        [x + 0.3, -0.55, 0.75],
        [x + 0.3, -0.55, z - 0.1],
        [x + 0.3, -0.2, z - 0.1],
    ];
    solid.pipe(S::PipeGas, &gas, 0.04, 14);
    for y in [-1.65, -1.3, -0.95] {
        solid.block(
            S::PipeGas,
            [x + 0.22, y - 0.1, 0.67],
            [x + 0.38, y + 0.1, 0.84],
            0.015,
        );
        solid.block(
            S::BlackPlastic,
            [x + 0.25, y - 0.06, 0.84],
            [x + 0.35, y + 0.06, 1.0],
            0.012,
        );
        for dy in [-0.13, 0.13] {
            solid.add(
                S::Galvanised,
                &cylinder(0.075, -0.012, 0.012, 0.0, 16),
                Frame::along_y([x + 0.3, y + dy, 0.75]),
            );
        }
    }
    for y in [-1.75, -0.8] {
        solid.bar(S::StructuralSteel, [x + 0.3, y, 0.0], [x + 0.3, y, 0.7], 0.05);
    }
}

/// The stack, which the flue gas leaves.
fn stack() -> Solid {
    let mut solid = Solid::new("Stack");
    let stack_x = -HALF - 0.15;
    let stack = [
        [0.0, 2.7],
        [0.42, 2.7],
        [0.42, 2.95],
        [0.36, 3.2],
        [0.36, 12.6],
        [0.4, 12.65],
        [0.4, 12.75],
        [0.0, 12.75],
    ];
    solid.turned(S::Insulation, Frame::at([stack_x, 0.0, 0.0]), &stack, 24);
    for k in 0..6 {
        solid.hoop_band(
            S::BrushedMetal,
            Frame::at([stack_x, 0.0, 3.8 + 1.6 * f64::from(k)]),
            0.36,
            0.016,
            24,
        );
    }
    solid
}

/// Safety valves, steam stop valve, level glasses, manhole.
fn fittings() -> Solid {
    let mut solid = Solid::new("Fittings");
    let top = AXIS + RADIUS;
    let neck = [
        [0.0, top - 0.1],
        [0.15, top - 0.1],
        [0.15, STEAM_NOZZLE[2] - 0.3],
        [0.0, STEAM_NOZZLE[2] - 0.3],
    ];
    solid.turned(S::CastIron, Frame::at([STEAM_NOZZLE[0], 0.0, 0.0]), &neck, 20);
    for z in [top + 0.12, STEAM_NOZZLE[2]] {
        solid.add_at(S::Galvanised, &light_flange(0.15), [STEAM_NOZZLE[0], 0.0, z]);
    }
    solid.add_at(
        S::CastIron,
        &cylinder(0.2, top + 0.14, STEAM_NOZZLE[2] - 0.02, 0.06, 24),
        [STEAM_NOZZLE[0], 0.0, 0.0],
    );
    shell_fittings(&mut solid, top);
    solid
}

/// Safety valves, manhole, gauge cocks and the feedwater nozzle.
fn shell_fittings(solid: &mut Solid, top: f64) {
    for (x, y) in [(1.0, 0.25), (1.0, -0.25)] {
        let valve = [
            [0.0, top - 0.1],
            [0.07, top - 0.1],
            [0.07, top + 0.15],
            [0.11, top + 0.16],
            [0.11, top + 0.3],
            [0.07, top + 0.36],
            [0.06, top + 0.68],
            [0.0, top + 0.7],
        ];
        solid.turned(S::EnamelRed, Frame::at([x, y, 0.0]), &valve, 18);
        solid.pipe(
            S::Galvanised,
            &[
                [x, y, top + 0.24],
                [x + 0.45, y, top + 0.24],
                [x + 0.45, y, top + 1.9],
            ],
            0.06,
            12,
        );
    }
    solid.add_at(
        S::CastIron,
        &cylinder(0.3, top - 0.15, top + 0.1, 0.02, 28),
        [-1.2, 0.0, 0.0],
    );
    solid.add_at(
        S::Galvanised,
        &around(&hex(0.04, top + 0.08, top + 0.14), 0.25, 12, 0.0),
        [-1.2, 0.0, 0.0],
    );
    for x in [1.65, 2.0] {
        let y = -RADIUS - 0.1;
        for z in [AXIS + 0.02, AXIS + 0.78] {
            solid.add_at(S::Copper, &bevel_box([0.08, 0.08, 0.06], 0.012), [x, y, z]);
            solid.rod(S::Copper, [x, y, z], [x, -0.9, z], 0.02, 8);
        }
    }
    solid.rod(
        S::CastIron,
        FEED_NOZZLE,
        [FEED_NOZZLE[0], -1.2, FEED_NOZZLE[2]],
        0.05,
        14,
    );
    solid.add(S::Galvanised, &light_flange(0.05), Frame::along_y(FEED_NOZZLE));
}

/// The platform on top with its rails, the ladder, the name, the cabinet beside the burner.
fn platform() -> Solid {
    let mut solid = Solid::new("Platform");
    let top = AXIS + RADIUS + 0.14;
    for (y0, y1) in [(-1.05, -0.42), (0.42, 1.05)] {
        solid.grating([-2.4, y0], [2.4, y1], top);
        for y in [y0, y1] {
            solid.channel(
                S::StructuralSteel,
                [-2.4, y, top - 0.06],
                [2.4, y, top - 0.06],
                [0.04, 0.12],
                0.006,
            );
        }
        for x in [-2.2, 0.0, 2.2] {
            let outer = if y0 < 0.0 { y0 } else { y1 };
            solid.bar(
                S::StructuralSteel,
                [x, outer, top - 0.1],
                [x, outer * 0.94, AXIS + 0.7],
                0.05,
            );
        }
    }
    solid.railing(S::SafetyYellow, &[[-2.4, -1.05, top], [1.5, -1.05, top]]);
    solid.railing(
        S::SafetyYellow,
        &[
            [2.2, -1.05, top],
            [2.4, -1.05, top],
            [2.4, 1.05, top],
            [-2.4, 1.05, top],
            [-2.4, -1.05, top],
        ],
    );
    solid.ladder(S::SafetyYellow, [1.85, -1.5, 0.0], [1.0, 0.0, 0.0], top);
    solid.block(
        S::EnamelBlue,
        [-1.4, -RADIUS - 0.03, AXIS - 0.16],
        [1.2, -RADIUS + 0.05, AXIS + 0.16],
        0.006,
    );
    solid.text(
        S::LabelWhite,
        "GEMBA STEAM 8 T-H",
        0.16,
        facing_front([-0.1, -RADIUS - 0.033, AXIS]),
    );
    let x = HALF + 2.5;
    solid.block(S::PanelGrey, [x, 0.7, 0.1], [x + 0.4, 1.5, 1.9], 0.012);
    solid.block(S::BlackPlastic, [x, 0.7, 0.0], [x + 0.4, 1.5, 0.1], 0.0);
    solid.block(S::Screen, [x + 0.05, 0.692, 1.35], [x + 0.35, 0.702, 1.6], 0.0);
    solid
}

pub(super) fn machine() -> Machine {
    Machine {
        file: "boiler",
        doc: "A fire-tube steam boiler with burner, gas train, stack and platform.",
        models: vec![(
            "SteamBoiler",
            vec![
                body("Shell"),
                body("FrontDoor"),
                body("Burner"),
                body("Stack"),
                body("Fittings"),
                body("Platform"),
                body("Flame"),
                body("DrumGlass"),
            ],
        )],
        solids: vec![
            shell(),
            front_door(),
            burner(),
            stack(),
            fittings(),
            platform(),
            flame(),
            drum_glass(),
        ],
        decimals: 3,
    }
}
