//! Air and cooling: screw compressors, the receiver, chillers, cooling tower cells. Fronts look to -Y.

use super::{
    Surface as S,
    joints::{light_flange, vessel_profile},
    math::{Frame, polar},
    mesh::Mesh,
    motor::motor,
    placing::facing_front,
    shapes::{around, bevel_box, cylinder, hex, prism, torus},
    solid::{Machine, Solid, body, placed},
};

/// A fan wheel about Z with pitched blades.
fn fan(name: &'static str, radius: f64, blades: usize, surface: S) -> Solid {
    let mut solid = Solid::new(name);
    let r = radius;
    solid.add_at(
        S::CastIron,
        &cylinder(0.16 * r, -0.05 * r - 0.03, 0.05 * r + 0.03, 0.01, 20),
        [0.0; 3],
    );
    for k in 0..blades {
        let root = Frame::at([0.0; 3]).spun(k as f64 / blades as f64);
        // A blade pitched by about 25 degrees.
        let pitched = Frame {
            origin: root.origin,
            x: root.x,
            y: root.direction([0.0, 0.906, 0.423]),
            z: root.direction([0.0, -0.423, 0.906]),
        };
        let outline = [
            [0.14 * r, -0.07 * r],
            [0.97 * r, -0.15 * r],
            [0.98 * r, 0.13 * r],
            [0.14 * r, 0.06 * r],
        ];
        solid.sheet(surface, pitched, &outline, 0.012);
    }
    solid
}

/// A lamp in a front at `at` that looks to -Y: lit while the machine runs loaded.
fn run_lamp(at: [f64; 3]) -> Solid {
    let mut solid = Solid::new("RunLamp");
    solid.add(
        S::BeaconGreen,
        &cylinder(0.028, -0.004, 0.022, 0.006, 16),
        facing_front(at),
    );
    solid
}

fn compressor_cabinet() -> Solid {
    let mut solid = Solid::new("CompressorCabinet");
    solid.block(S::StructuralSteel, [-1.2, -0.68, 0.0], [1.2, 0.68, 0.14], 0.01);
    solid.block(S::EnamelBlue, [-1.22, -0.7, 0.14], [1.22, 0.7, 1.9], 0.04);
    for (x0, x1) in [(-1.18, -0.42), (-0.4, 0.38), (0.4, 1.18)] {
        solid.block(S::PaintWhite, [x0, -0.716, 0.2], [x1, -0.695, 1.84], 0.008);
        for z in [0.45, 1.6] {
            solid.block(
                S::BlackPlastic,
                [x1 - 0.09, -0.73, z],
                [x1 - 0.04, -0.712, z + 0.12],
                0.006,
            );
        }
    }
    for k in 0..14 {
        let z = 0.35 + 0.035 * f64::from(k);
        solid.block(
            S::BlackPlastic,
            [-1.08, -0.722, z],
            [-0.52, -0.714, z + 0.016],
            0.0,
        );
    }
    solid.block(S::BlackPlastic, [-0.2, -0.735, 1.25], [0.2, -0.712, 1.6], 0.008);
    solid.block(S::Screen, [-0.17, -0.739, 1.33], [0.17, -0.73, 1.57], 0.0);
    solid.add(
        S::EnamelRed,
        &cylinder(0.028, 0.0, 0.04, 0.008, 16),
        facing_front([0.3, -0.716, 1.3]),
    );
    solid.text(
        S::LabelWhite,
        "AIR 90 KW",
        0.12,
        facing_front([0.79, -0.7185, 1.65]),
    );
    // The ring of the cooling fan on the roof with its grille, the air outlet behind.
    solid.add_at(S::BlackPlastic, &torus(0.44, 0.035, 32, 8), [0.55, 0.0, 1.93]);
    for r in [0.12, 0.2, 0.28, 0.36] {
        solid.add_at(S::BlackPlastic, &torus(r, 0.006, 18, 3), [0.55, 0.0, 1.985]);
    }
    for k in 0..4 {
        let [x, y] = polar(0.43, f64::from(k) / 8.0);
        solid.bar(
            S::BlackPlastic,
            [0.55 - x, -y, 1.985],
            [0.55 + x, y, 1.985],
            0.012,
        );
    }
    solid.pipe(
        S::PipeAir,
        &[[-0.8, 0.3, 1.88], [-0.8, 0.3, 2.3], [-0.8, 0.9, 2.3]],
        0.05,
        14,
    );
    solid.add_at(S::Galvanised, &light_flange(0.05), [-0.8, 0.3, 2.02]);
    solid
}

pub(super) fn compressor() -> Machine {
    Machine {
        file: "compressor",
        doc: "A screw compressor in its cabinet.",
        models: vec![(
            "AirCompressor",
            vec![
                body("CompressorCabinet"),
                placed("RunLamp", "RunLamp", [0.0; 3]),
                placed("Fan", "RoofFan", [0.55, 0.0, 1.93]),
            ],
        )],
        solids: vec![
            compressor_cabinet(),
            run_lamp([-0.25, -0.716, 1.3]),
            fan("RoofFan", 0.41, 7, S::MotorGrey),
        ],
        decimals: 3,
    }
}

/// The needle of the receiver's gauge, at 0 bar; it turns about Y.
fn needle() -> Solid {
    let mut solid = Solid::new("Needle");
    let at = facing_front([0.0; 3]).spun(0.625);
    solid.add(
        S::EnamelRed,
        &bevel_box([0.08, 0.009, 0.005], 0.0),
        at.shifted([0.02, 0.0, 0.0]),
    );
    solid.add(S::BlackPlastic, &cylinder(0.01, -0.004, 0.006, 0.0, 10), at);
    solid
}

pub(super) fn receiver() -> Machine {
    let mut solid = Solid::new("Receiver");
    solid.turned(
        S::EnamelBlue,
        Frame::at([0.0; 3]),
        &vessel_profile(0.65, 0.45, 3.2),
        36,
    );
    for k in 0..3 {
        let leg = Frame::at([0.0; 3]).spun(f64::from(k) / 3.0 + 0.25);
        solid.add(
            S::EnamelBlue,
            &bevel_box([0.1, 0.14, 0.85], 0.008),
            leg.shifted([0.58, 0.0, 0.43]),
        );
        solid.add(
            S::EnamelBlue,
            &bevel_box([0.2, 0.22, 0.02], 0.0),
            leg.shifted([0.6, 0.0, 0.01]),
        );
    }
    for (z, turns) in [(0.95, 0.5), (2.75, 0.0)] {
        let [x, y] = polar(1.0, turns);
        solid.rod(S::EnamelBlue, [x * 0.6, y, z], [x * 0.85, y, z], 0.06, 14);
        solid.add(
            S::Galvanised,
            &light_flange(0.06),
            Frame::along_x([x * 0.85, y, z]),
        );
    }
    let hatch = facing_front([0.0, -0.62, 1.2]);
    solid.add(S::EnamelBlue, &cylinder(0.24, 0.0, 0.12, 0.01, 28), hatch);
    solid.add(S::CastIron, &cylinder(0.28, 0.12, 0.16, 0.008, 28), hatch);
    solid.add(
        S::Galvanised,
        &around(&hex(0.03, 0.1, 0.19), 0.25, 10, 0.0),
        hatch,
    );
    solid.rod(S::Copper, [0.0, 0.0, 3.18], [0.0, 0.0, 3.34], 0.02, 10);
    solid.add_at(S::Copper, &cylinder(0.035, 3.3, 3.5, 0.01, 14), [0.0; 3]);
    let dial = facing_front([0.0, -0.72, 2.2]);
    solid.rod(S::Copper, [0.0, -0.6, 2.2], [0.0, -0.72, 2.2], 0.014, 8);
    solid.add(S::BlackPlastic, &torus(0.075, 0.014, 24, 6), dial);
    solid.add(S::DialWhite, &cylinder(0.073, 0.0, 0.01, 0.0, 24), dial);
    solid.block(S::BrushedMetal, [-0.12, -0.66, 1.62], [0.12, -0.645, 1.8], 0.0);
    Machine {
        file: "receiver",
        doc: "A compressed-air receiver.",
        models: vec![(
            "AirReceiver",
            vec![body("Receiver"), placed("Needle", "Needle", [0.0, -0.735, 2.2])],
        )],
        solids: vec![solid, needle()],
        decimals: 3,
    }
}

/// A screw compressor with its starter and pipes.
fn screw() -> Solid {
    let mut solid = Solid::new("Screw");
    let x = 0.0;
    solid.turned(
        S::CastIron,
        Frame::along_x([x, -0.25, 1.45]),
        &[
            [0.0, -0.5],
            [0.2, -0.5],
            [0.26, -0.4],
            [0.26, 0.1],
            [0.2, 0.14],
            [0.22, 0.2],
            [0.22, 0.5],
            [0.18, 0.56],
            [0.0, 0.56],
        ],
        28,
    );
    solid.block(S::PanelGrey, [x - 0.15, -0.36, 1.66], [x + 0.2, -0.1, 1.86], 0.02);
    solid.pipe(
        S::Copper,
        &[
            [x + 0.3, -0.25, 1.6],
            [x + 0.3, -0.25, 1.85],
            [x + 0.3, 0.3, 1.85],
            [x + 0.3, 0.3, 1.35],
        ],
        0.045,
        12,
    );
    solid.rod(S::Copper, [x - 0.3, -0.3, 1.0], [x - 0.3, -0.27, 1.3], 0.06, 12);
    for dx in [-0.25, 0.25] {
        solid.block(
            S::StructuralSteel,
            [x + dx - 0.05, -0.4, 1.06],
            [x + dx + 0.05, -0.1, 1.24],
            0.008,
        );
    }
    solid
}

pub(super) fn chiller() -> Machine {
    let mut solid = Solid::new("ChillerSkid");
    for y in [-0.75, 0.75] {
        solid.channel(
            S::StructuralSteel,
            [-2.2, y, 0.12],
            [2.2, y, 0.12],
            [0.08, 0.24],
            0.012,
        );
    }
    // Condenser above, evaporator below with its insulation.
    for (y, z, r, surface) in [(0.3, 1.05, 0.36, S::EnamelBlue), (-0.32, 0.66, 0.42, S::Rubber)] {
        let axis = Frame::along_x([0.0, y, z]);
        solid.turned(surface, axis, &vessel_profile(r, -2.0, 2.0), 32);
        for x in [-1.75, 1.75] {
            solid.add(
                S::EnamelBlue,
                &cylinder(r + 0.06, -0.035, 0.035, 0.006, 32),
                Frame::along_x([x, y, z]),
            );
            solid.add(
                S::Galvanised,
                &around(&hex(0.03, -0.06, 0.06), r + 0.03, 10, 0.0),
                Frame::along_x([x, y, z]),
            );
        }
        for x in [-1.2, 1.2] {
            solid.block(
                S::StructuralSteel,
                [x - 0.06, y - 0.3, 0.2],
                [x + 0.06, y + 0.3, z - r * 0.85],
                0.01,
            );
        }
    }
    // Cooling water at -X, chilled water at +X.
    for (end, y, z) in [(-1.0, 0.3, 1.05), (1.0, -0.32, 0.66)] {
        for dz in [-0.15, 0.15] {
            let (from, to) = ([end * 1.95, y, z + dz], [end * 2.3, y, z + dz]);
            solid.rod(S::PipeWater, from, to, 0.08, 16);
            solid.add(S::Galvanised, &light_flange(0.08), Frame::along_x(to));
        }
    }
    solid.block(S::PanelGrey, [1.0, -1.0, 0.9], [1.9, -0.76, 1.95], 0.015);
    solid.bar(S::StructuralSteel, [1.1, -0.8, 0.2], [1.1, -0.8, 0.9], 0.06);
    solid.bar(S::StructuralSteel, [1.8, -0.8, 0.2], [1.8, -0.8, 0.9], 0.06);
    solid.block(S::BlackPlastic, [1.25, -1.012, 1.45], [1.65, -0.998, 1.75], 0.005);
    solid.block(S::Screen, [1.28, -1.016, 1.48], [1.62, -1.008, 1.72], 0.0);
    solid.text(
        S::EnamelBlue,
        "CHILLER 450 KW",
        0.07,
        facing_front([1.45, -1.002, 1.86]),
    );
    Machine {
        file: "chiller",
        doc: "A water-cooled chiller with two screw compressors.",
        models: vec![(
            "Chiller",
            vec![
                body("ChillerSkid"),
                placed("Screw_1", "Screw", [-0.75, 0.0, 0.0]),
                placed("Screw_2", "Screw", [0.65, 0.0, 0.0]),
                body("RunLamp"),
            ],
        )],
        solids: vec![solid, screw(), run_lamp([1.75, -1.0, 1.62])],
        decimals: 3,
    }
}

fn tower_casing() -> Solid {
    let mut solid = Solid::new("TowerCasing");
    let h = 1.5;
    for x in [-1.35, 1.35] {
        for y in [-1.35, 1.35] {
            solid.block(
                S::Concrete,
                [x - 0.2, y - 0.2, 0.0],
                [x + 0.2, y + 0.2, 0.35],
                0.02,
            );
        }
    }
    solid.block(
        S::PaintWhite,
        [-h - 0.05, -h - 0.05, 0.35],
        [h + 0.05, h + 0.05, 0.95],
        0.03,
    );
    solid.block(S::PaintWhite, [-h, -h, 2.25], [h, h, 3.75], 0.02);
    for x in [-h + 0.06, h - 0.06] {
        for y in [-h + 0.06, h - 0.06] {
            solid.block(
                S::Galvanised,
                [x - 0.06, y - 0.06, 0.9],
                [x + 0.06, y + 0.06, 2.3],
                0.0,
            );
        }
    }
    // Louvres around, ribs on the casing.
    for k in 0..9 {
        let z = 1.0 + 0.14 * f64::from(k);
        let slat = [[-h + 0.1, 0.0], [h - 0.1, 0.0], [h - 0.1, 0.16], [-h + 0.1, 0.16]];
        for side in 0..4 {
            let turned = Frame::at([0.0, 0.0, z])
                .spun(f64::from(side) / 4.0)
                .shifted([0.0, -h + 0.02, 0.0]);
            let tilted = Frame {
                origin: turned.origin,
                x: turned.x,
                y: turned.direction([0.0, 0.6, 0.8]),
                z: turned.direction([0.0, -0.8, 0.6]),
            };
            solid.sheet(S::PaintWhite, tilted, &slat, 0.008);
        }
    }
    solid.block(
        S::BlackPlastic,
        [-h + 0.3, -h + 0.3, 0.95],
        [h - 0.3, h - 0.3, 2.25],
        0.0,
    );
    for side in 0..4 {
        for k in 0..7 {
            let at = Frame::at([0.0; 3]).spun(f64::from(side) / 4.0).shifted([
                -1.26 + 0.42 * f64::from(k),
                -h - 0.015,
                3.0,
            ]);
            solid.add(S::PaintWhite, &bevel_box([0.05, 0.03, 1.4], 0.0), at);
        }
    }
    tower_top(&mut solid, h);
    solid
}

/// Fan stack, motor, grille, ladder, rail and nozzles of a cell.
fn tower_top(solid: &mut Solid, h: f64) {
    solid.turned(
        S::PaintWhite,
        Frame::at([0.0; 3]),
        &[
            [1.32, 3.74],
            [1.36, 3.74],
            [1.3, 4.0],
            [1.34, 4.45],
            [1.31, 4.45],
            [1.27, 4.0],
            [1.32, 3.74],
        ],
        40,
    );
    solid.rod(S::Galvanised, [-1.28, 0.0, 3.95], [1.28, 0.0, 3.95], 0.05, 10);
    solid.take(&motor(0.2), Frame::at([0.0, 0.0, 4.0]));
    for k in 0..6 {
        let [x, y] = polar(1.31, f64::from(k) / 12.0);
        solid.bar(S::Galvanised, [-x, -y, 4.47], [x, y, 4.47], 0.014);
    }
    for r in [0.35, 0.65, 0.95, 1.25] {
        solid.add_at(S::Galvanised, &torus(r, 0.008, 24, 3), [0.0, 0.0, 4.48]);
    }
    solid.ladder(S::SafetyYellow, [0.8, -h - 0.22, 0.0], [1.0, 0.0, 0.0], 3.75);
    solid.railing(
        S::SafetyYellow,
        &[
            [0.4, -h + 0.04, 3.75],
            [-h + 0.04, -h + 0.04, 3.75],
            [-h + 0.04, h - 0.04, 3.75],
            [h - 0.04, h - 0.04, 3.75],
            [h - 0.04, -h + 0.04, 3.75],
            [1.2, -h + 0.04, 3.75],
        ],
    );
    solid.rod(S::PipeWater, [-1.1, h, 2.9], [-1.1, h + 0.5, 2.9], 0.11, 18);
    solid.rod(S::PipeWater, [1.0, h, 0.6], [1.0, h + 0.5, 0.6], 0.11, 18);
    for (x, z) in [(-1.1, 2.9), (1.0, 0.6)] {
        solid.add(
            S::Galvanised,
            &light_flange(0.11),
            Frame::along_y([x, h + 0.5, z]),
        );
    }
}

pub(super) fn tower() -> Machine {
    let mut water = Solid::new("BasinWater");
    let mut sheet = Mesh::default();
    sheet.add_at(
        &prism(&[[-1.4, -1.4], [1.4, -1.4], [1.4, 1.4], [-1.4, 1.4]], 0.9, 0.955),
        [0.0; 3],
    );
    water.add_at(S::GaugeGlass, &sheet, [0.0; 3]);
    Machine {
        file: "coolingtower",
        doc: "A cooling tower cell with its fan.",
        models: vec![(
            "CoolingTower",
            vec![
                body("TowerCasing"),
                body("BasinWater"),
                placed("Fan", "TowerFan", [0.0, 0.0, 4.2]),
            ],
        )],
        solids: vec![tower_casing(), water, fan("TowerFan", 1.24, 6, S::EnamelBlue)],
        decimals: 3,
    }
}
