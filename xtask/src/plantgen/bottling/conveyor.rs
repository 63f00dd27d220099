//! Conveyors as beds of one metre along X, the way they run: a single lane of chain for bottles, a wide table that
//! accumulates them, rollers for cases, double chain for pallets; with legs and a drive.

use super::{
    Surface as S,
    layout::Bed,
    math::{Frame, V3, polar},
    mesh::Mesh,
    shapes::{bevel_box, box_between, cylinder},
    solid::{Child, Machine, Solid, body, placed},
};

/// Top of the chain above the floor.
pub(super) const CHAIN_TOP: f64 = 1.05;
/// Top of the rollers for cases.
pub(super) const ROLLER_TOP: f64 = 0.8;
/// Top of the chains for pallets.
pub(super) const PALLET_TOP: f64 = 0.45;

/// Plates of a chain `width` wide over one metre.
fn chain(width: f64, top: f64) -> Mesh {
    let mut mesh = Mesh::default();
    for k in 0..13 {
        let x = k as f64 / 13.0;
        let low = [x + 0.002, -width / 2.0, top - 0.006];
        mesh.add_at(&box_between(low, [x + 0.0755, width / 2.0, top], 0.0), [0.0; 3]);
    }
    mesh
}

/// Beams, wear strips, the returning chain and the guides of a bed for bottles.
fn bottle_bed(name: &'static str, chain_width: f64, guide: f64) -> Solid {
    let top = CHAIN_TOP;
    let half = chain_width / 2.0;
    let mut solid = Solid::new(name);
    solid.add_at(S::BeltGrey, &chain(chain_width, top), [0.0; 3]);
    solid.block(
        S::BeltGrey,
        [0.0, -half, top - 0.16],
        [1.0, half, top - 0.15],
        0.0,
    );
    for side in [-1.0, 1.0] {
        let y = side * (half + 0.02);
        let low = [0.0, y - 0.003, top - 0.19];
        solid.block(S::StainlessSteel, low, [1.0, y + 0.003, top - 0.02], 0.0);
        solid.block(
            S::StainlessSteel,
            [0.0, (y - side * 0.022).min(y), top - 0.19],
            [1.0, (y - side * 0.022).max(y), top - 0.186],
            0.0,
        );
        for (z, radius) in [(top + 0.055, 0.007), (top + 0.14, 0.007)] {
            let at = side * guide;
            solid.rod(S::PolishedSteel, [0.0, at, z], [1.0, at, z], radius, 8);
            solid.block(
                S::BlackPlastic,
                [0.0, (at - side * 0.009).min(at), z - 0.006],
                [1.0, (at - side * 0.009).max(at), z + 0.006],
                0.0,
            );
        }
        let post = side * (guide + 0.06);
        solid.rod(
            S::StainlessSteel,
            [0.5, post, top - 0.1],
            [0.5, post, top + 0.16],
            0.008,
            8,
        );
        for z in [top + 0.055, top + 0.14] {
            solid.rod(
                S::StainlessSteel,
                [0.5, side * guide, z],
                [0.5, post + side * 0.02, z],
                0.006,
                6,
            );
            solid.add_at(
                S::BlackPlastic,
                &bevel_box([0.03, 0.03, 0.03], 0.004),
                [0.5, post, z],
            );
        }
        solid.block(
            S::BlackPlastic,
            [0.46, (y + side * 0.02).min(post), top - 0.11],
            [0.54, (y + side * 0.02).max(post), top - 0.07],
            0.0,
        );
    }
    solid.block(
        S::StainlessSteel,
        [0.48, -half - 0.02, top - 0.12],
        [0.52, half + 0.02, top - 0.08],
        0.0,
    );
    solid
}

/// A pair of legs with feet that level, `width` apart.
fn legs(name: &'static str, width: f64, top: f64) -> Solid {
    let mut solid = Solid::new(name);
    let y = width / 2.0 + 0.02;
    for side in [-1.0, 1.0] {
        solid.block(
            S::StainlessSteel,
            [-0.025, side * y - 0.025, 0.09],
            [0.025, side * y + 0.025, top - 0.17],
            0.004,
        );
        solid.rod(
            S::Galvanised,
            [0.0, side * y, 0.012],
            [0.0, side * y, 0.12],
            0.01,
            8,
        );
        solid.turned(
            S::BlackPlastic,
            Frame::at([0.0, side * y, 0.0]),
            &[[0.0, 0.0], [0.05, 0.0], [0.05, 0.008], [0.016, 0.03], [0.0, 0.03]],
            14,
        );
    }
    solid.block(S::StainlessSteel, [-0.02, -y, 0.32], [0.02, y, 0.36], 0.003);
    solid
}

/// Width of a bed, and its top.
const fn size(bed: Bed) -> [f64; 2] {
    match bed {
        Bed::Bottle => [0.0826, CHAIN_TOP],
        Bed::Wide => [0.62, CHAIN_TOP],
        Bed::Roller => [0.5, ROLLER_TOP],
        Bed::Pallet => [0.86, PALLET_TOP],
    }
}

/// Where the gear motor of a bed's drive is, from the drive's origin: all have the same, `station:GearMotor`.
pub(super) fn motor_at(bed: Bed) -> V3 {
    let [width, top] = size(bed);
    [0.0, -width / 2.0 - 0.13, top - 0.085]
}

/// A drive with its motor.
fn whole_drive(solid: &'static str, bed: Bed) -> Vec<Child> {
    vec![body(solid), placed("Motor", "station:GearMotor", motor_at(bed))]
}

/// The drive at the end of a bed, without its motor, which is on the side of -Y.
fn drive(name: &'static str, bed: Bed) -> Solid {
    let mut solid = Solid::new(name);
    let [width, top] = size(bed);
    let y = width / 2.0 + 0.03;
    let shaft = top - 0.085;
    solid.rod(
        S::PolishedSteel,
        [0.0, -y - 0.1, shaft],
        [0.0, y + 0.03, shaft],
        0.015,
        12,
    );
    for side in [-1.0, 1.0] {
        solid.add(
            S::BlackPlastic,
            &bevel_box([0.1, 0.1, 0.03], 0.01),
            Frame::along_y([0.0, side * y, shaft]),
        );
    }
    solid.block(
        S::SafetyYellow,
        [-0.11, y, top - 0.2],
        [0.11, y + 0.045, top - 0.01],
        0.008,
    );
    solid
}

/// Rollers between side channels.
fn roller_bed() -> Solid {
    let top = ROLLER_TOP;
    let mut solid = Solid::new("RollerBedSolid");
    for side in [-1.0, 1.0] {
        let (from, to) = ([0.0, side * 0.25, top - 0.05], [1.0, side * 0.25, top - 0.05]);
        solid.bar(S::PaintWhite, from, to, 0.004);
        solid.block(
            S::PaintWhite,
            [0.0, side * 0.25 - 0.003, top - 0.1],
            [1.0, side * 0.25 + 0.003, top + 0.01],
            0.0,
        );
        solid.rod(
            S::PolishedSteel,
            [0.0, side * 0.17, top + 0.1],
            [1.0, side * 0.17, top + 0.1],
            0.01,
            8,
        );
        for x in [0.25, 0.75] {
            solid.bar(
                S::StainlessSteel,
                [x, side * 0.26, top - 0.06],
                [x, side * 0.26, top + 0.1],
                0.02,
            );
            solid.bar(
                S::StainlessSteel,
                [x, side * 0.17, top + 0.1],
                [x, side * 0.26, top + 0.1],
                0.016,
            );
        }
    }
    for k in 0..10 {
        let x = 0.05 + 0.1 * f64::from(k);
        solid.rod(
            S::Galvanised,
            [x, -0.247, top - 0.03],
            [x, 0.247, top - 0.03],
            0.03,
            12,
        );
    }
    solid
}

/// Two chains on beams, wide enough for a pallet across.
fn pallet_bed() -> Solid {
    let top = PALLET_TOP;
    let mut solid = Solid::new("PalletBedSolid");
    for y in [-0.38, 0.0, 0.38] {
        solid.block(
            S::PaintOrange,
            [0.0, y - 0.05, top - 0.2],
            [1.0, y + 0.05, top - 0.02],
            0.006,
        );
        for k in 0..14 {
            let x = 0.01 + k as f64 / 14.0;
            solid.block(
                S::CastIron,
                [x, y - 0.025, top - 0.02],
                [x + 0.055, y + 0.025, top],
                0.0,
            );
        }
    }
    for x in [0.1, 0.9] {
        solid.block(
            S::StructuralSteel,
            [x - 0.04, -0.45, top - 0.28],
            [x + 0.04, 0.45, top - 0.2],
            0.004,
        );
        for y in [-0.4, 0.4] {
            solid.block(
                S::StructuralSteel,
                [x - 0.04, y - 0.04, 0.01],
                [x + 0.04, y + 0.04, top - 0.28],
                0.0,
            );
            solid.block(
                S::Galvanised,
                [x - 0.08, y - 0.07, 0.0],
                [x + 0.08, y + 0.07, 0.012],
                0.0,
            );
        }
    }
    solid
}

/// A turning plate where one lane passes to another.
fn corner() -> Solid {
    let mut solid = Solid::new("CornerSolid");
    let top = CHAIN_TOP;
    solid.add_at(
        S::PolishedSteel,
        &cylinder(0.55, top - 0.02, top, 0.004, 40),
        [0.0; 3],
    );
    solid.add_at(
        S::StainlessSteel,
        &cylinder(0.5, top - 0.16, top - 0.03, 0.01, 32),
        [0.0; 3],
    );
    solid.add_at(
        S::StainlessSteel,
        &cylinder(0.06, 0.03, top - 0.1, 0.0, 16),
        [0.0; 3],
    );
    solid.add_at(S::StainlessSteel, &cylinder(0.3, 0.0, 0.03, 0.008, 28), [0.0; 3]);
    for z in [top + 0.055, top + 0.14] {
        let mut line = Vec::new();
        for k in 0..=14 {
            let [x, y] = polar(0.56, -0.02 + 0.54 * f64::from(k) / 14.0);
            line.push([x, y, z]);
        }
        for pair in line.windows(2) {
            solid.bar(S::PolishedSteel, pair[0], pair[1], 0.014);
        }
    }
    for k in 0..5 {
        let [x, y] = polar(0.6, 0.12 * f64::from(k));
        solid.rod(S::StainlessSteel, [x, y, top - 0.1], [x, y, top + 0.16], 0.009, 8);
    }
    solid
}

pub(super) fn machine() -> Machine {
    Machine {
        file: "conveyor",
        doc: "Beds, legs and drives of conveyors; a bed is one metre along X.",
        models: vec![
            ("BottleBed", vec![body("BottleBedSolid")]),
            ("WideBed", vec![body("WideBedSolid")]),
            ("RollerBed", vec![body("RollerBedSolid")]),
            ("PalletBed", vec![body("PalletBedSolid")]),
            ("Corner", vec![body("CornerSolid")]),
            ("BottleLegs", vec![body("BottleLegsSolid")]),
            ("WideLegs", vec![body("WideLegsSolid")]),
            ("RollerLegs", vec![body("RollerLegsSolid")]),
            ("BottleDrive", whole_drive("BottleDriveSolid", Bed::Bottle)),
            ("WideDrive", whole_drive("WideDriveSolid", Bed::Wide)),
            ("RollerDrive", whole_drive("RollerDriveSolid", Bed::Roller)),
            ("PalletDrive", whole_drive("PalletDriveSolid", Bed::Pallet)),
        ],
        solids: vec![
            bottle_bed("BottleBedSolid", 0.0826, 0.042),
            bottle_bed("WideBedSolid", 0.62, 0.315),
            corner(),
            roller_bed(),
            pallet_bed(),
            legs("BottleLegsSolid", 0.0826, CHAIN_TOP),
            legs("WideLegsSolid", 0.62, CHAIN_TOP),
            legs("RollerLegsSolid", 0.5, ROLLER_TOP + 0.08),
            drive("BottleDriveSolid", Bed::Bottle),
            drive("WideDriveSolid", Bed::Wide),
            drive("RollerDriveSolid", Bed::Roller),
            drive("PalletDriveSolid", Bed::Pallet),
        ],
        decimals: 3,
    }
}
