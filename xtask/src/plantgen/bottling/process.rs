//! Process vessels: tanks in three sizes, mixers with their agitators, the pasteuriser's skid. Fronts look to -Y.

use super::{
    Surface as S,
    joints::vessel_profile,
    math::{Frame, V3, polar},
    motor::{gear_motor, motor},
    placing::facing_front,
    shapes::{around, bevel_box, cylinder, hex, torus},
    solid::{Child, Machine, Solid, body, placed},
};

/// Proportions of a tank, in metres.
struct TankSize {
    radius: f64,
    /// Foot and crown of the shell.
    span: [f64; 2],
}

/// Treated water and sterile product.
const LARGE: TankSize = TankSize {
    radius: 1.45,
    span: [0.75, 5.6],
};
/// Syrup and concentrate stand in the same tank, smaller.
const SMALL_SCALE: f64 = 0.74;
/// Mixers too.
const MIXER_SCALE: f64 = 0.86;

/// Height of the nozzle at the back, low, and at the crown.
const LOW_NOZZLE: f64 = 0.65;

fn shell(name: &'static str, size: &TankSize) -> Solid {
    let (r, [z0, z1]) = (size.radius, size.span);
    let mut solid = Solid::new(name);
    solid.turned(
        S::StainlessSteel,
        Frame::at([0.0; 3]),
        &vessel_profile(r, z0, z1),
        40,
    );
    let depth = 0.38 * r;
    let courses = ((z1 - z0) / 1.4).floor() as usize;
    for k in 0..=courses {
        let z = z0 + depth + (z1 - z0 - 2.0 * depth) * k as f64 / courses as f64;
        solid.hoop_band(S::BrushedMetal, Frame::at([0.0, 0.0, z]), r, 0.014, 40);
    }
    for k in 0..4 {
        let at = Frame::at([0.0; 3]).spun(0.125 + f64::from(k) / 4.0);
        let foot = at.point([r - 0.16, 0.0, 0.0]);
        solid.rod(
            S::StainlessSteel,
            [foot[0], foot[1], 0.03],
            [foot[0], foot[1], z0 + depth + 0.25],
            0.08,
            14,
        );
        solid.add(
            S::StainlessSteel,
            &bevel_box([0.3, 0.3, 0.025], 0.004),
            at.shifted([r - 0.16, 0.0, 0.0125]),
        );
        solid.add(
            S::StainlessSteel,
            &bevel_box([0.08, 0.24, 0.45], 0.006),
            at.shifted([r - 0.05, 0.0, z0 + depth + 0.15]),
        );
    }
    // The outlet below, the manway at the front, what comes in at the crown.
    solid.pipe(
        S::PolishedSteel,
        &[
            [0.0, 0.0, z0 + 0.05],
            [0.0, 0.0, LOW_NOZZLE],
            [0.0, -r * 0.62, LOW_NOZZLE],
        ],
        0.055,
        16,
    );
    let man = z0 + depth + 0.55;
    let door = facing_front([0.45, -(r * r - 0.2025_f64).sqrt() + 0.06, man]);
    solid.add(S::StainlessSteel, &cylinder(0.26, 0.0, 0.12, 0.008, 28), door);
    solid.add(S::PolishedSteel, &cylinder(0.3, 0.12, 0.15, 0.008, 28), door);
    solid.add(
        S::StainlessSteel,
        &around(&hex(0.035, 0.1, 0.185), 0.275, 8, 0.06),
        door,
    );
    solid.add(
        S::BlackPlastic,
        &torus(0.06, 0.012, 16, 6),
        door.shifted([0.0, 0.0, 0.19]),
    );
    for (x, y, radius) in [(-0.45, 0.3, 0.06), (0.35, 0.35, 0.045), (0.0, 0.6, 0.045)] {
        let z = z1 - depth * 0.35;
        solid.rod(S::PolishedSteel, [x, y, z - 0.1], [x, y, z1 + 0.12], radius, 14);
    }
    solid.railing(S::SafetyYellow, &crown(r * 0.8, z1 - depth * 0.52));
    solid.ladder(
        S::StainlessSteel,
        [r + 0.16, 0.0, 0.0],
        [0.0, 1.0, 0.0],
        z1 - depth * 0.5,
    );
    gauge(&mut solid, size);
    solid
}

/// Corners of the rail around the crown, open towards the ladder.
fn crown(radius: f64, z: f64) -> Vec<V3> {
    (0..=10)
        .map(|k| {
            let [x, y] = polar(radius, 0.06 + 0.88 * f64::from(k) / 10.0);
            [x, y, z]
        })
        .collect()
}

/// The frame and the scale of the level gauge at the front; what fills is a solid of its own.
fn gauge(solid: &mut Solid, size: &TankSize) {
    let (y, [z0, z1]) = (gauge_y(size), gauge_span(size));
    for x in [-0.5, -0.26] {
        solid.block(
            S::StainlessSteel,
            [x - 0.025, y - 0.03, z0 - 0.04],
            [x + 0.025, y + 0.12, z1 + 0.04],
            0.006,
        );
    }
    for z in [z0 - 0.03, z1 + 0.03] {
        solid.block(
            S::StainlessSteel,
            [-0.5, y - 0.03, z - 0.025],
            [-0.26, y + 0.12, z + 0.025],
            0.006,
        );
    }
    for k in 0..=20 {
        let z = z0 + (z1 - z0) * f64::from(k) / 20.0;
        let width = if k % 5 == 0 { 0.07 } else { 0.04 };
        solid.block(
            S::BlackPlastic,
            [-0.225, y - 0.034, z - 0.006],
            [-0.225 + width, y - 0.028, z + 0.006],
            0.0,
        );
    }
    solid.block(
        S::LabelWhite,
        [-0.235, y - 0.03, z0 - 0.04],
        [-0.12, y - 0.024, z1 + 0.04],
        0.0,
    );
    solid.bar(
        S::StainlessSteel,
        [-0.18, y - 0.02, z0],
        [-0.18, y + 0.12, z0],
        0.04,
    );
    solid.bar(
        S::StainlessSteel,
        [-0.18, y - 0.02, z1],
        [-0.18, y + 0.12, z1],
        0.04,
    );
}

fn gauge_y(size: &TankSize) -> f64 {
    -(size.radius * size.radius - 0.2).sqrt() - 0.08
}

fn gauge_span(size: &TankSize) -> V2 {
    let depth = 0.38 * size.radius;
    [size.span[0] + depth, size.span[1] - depth]
}

type V2 = [f64; 2];

/// What fills with the level: its bounds run from 0 % to 100 %.
fn level(name: &'static str, size: &TankSize) -> Solid {
    let (y, [z0, z1]) = (gauge_y(size), gauge_span(size));
    let mut solid = Solid::new(name);
    solid.block(S::GaugeGlass, [-0.475, y - 0.02, z0], [-0.285, y + 0.03, z1], 0.0);
    solid
}

/// Flanged joints of the tank: at its outlet and at its crown.
fn joints(size: &TankSize) -> Child {
    let top = size.span[1] + 0.14;
    let at = |place: V3, axis: usize, radius: f64| (place, axis, radius / 0.05);
    Child::Sized {
        name: "Joints",
        solid: "piping:Joint",
        at: vec![
            at([0.0, -size.radius * 0.62, LOW_NOZZLE], 1, 0.055),
            at([-0.45, 0.3, top], 2, 0.06),
            at([0.35, 0.35, top], 2, 0.045),
            at([0.0, 0.6, top], 2, 0.045),
        ],
    }
}

fn scaled(name: &'static str, solid: &'static str, scale: f64) -> Child {
    Child::Scaled { name, solid, scale }
}

pub(super) fn tanks() -> Machine {
    Machine {
        file: "tank",
        doc: "Standing tanks with manway, ladder, rail and level gauge.",
        models: vec![
            (
                "Tank",
                vec![
                    body("LargeShell"),
                    placed("Level", "LargeLevel", [0.0; 3]),
                    joints(&LARGE),
                ],
            ),
            (
                "SmallTank",
                vec![
                    scaled("Shell", "LargeShell", SMALL_SCALE),
                    scaled("Level", "LargeLevel", SMALL_SCALE),
                ],
            ),
        ],
        solids: vec![shell("LargeShell", &LARGE), level("LargeLevel", &LARGE)],
        decimals: 3,
    }
}

/// A lying tank on high legs with a deaerator's dome.
pub(super) fn feed_tank() -> Machine {
    let mut solid = Solid::new("FeedTank");
    let (r, z) = (0.85, 3.1);
    let axis = Frame::along_x([0.0, 0.0, z]);
    solid.turned(S::Insulation, axis, &vessel_profile(r, -2.0, 2.0), 40);
    for x in [-1.6, -0.8, 0.0, 0.8, 1.6] {
        solid.hoop_band(S::BrushedMetal, Frame::along_x([x, 0.0, z]), r, 0.014, 40);
    }
    solid.turned(
        S::Insulation,
        Frame::at([0.6, 0.0, 0.0]),
        &[
            [0.0, z + 0.7],
            [0.42, z + 0.7],
            [0.42, z + 1.5],
            [0.38, z + 1.62],
            [0.0, z + 1.7],
        ],
        32,
    );
    for x in [-1.3, 1.3] {
        solid.block(
            S::StructuralSteel,
            [x - 0.12, -0.75, z - 0.95],
            [x + 0.12, 0.75, z - 0.5],
            0.01,
        );
        for y in [-0.65, 0.65] {
            solid.i_beam(
                S::StructuralSteel,
                [x, y, 0.02],
                [x, y, z - 0.9],
                [0.16, 0.16],
                0.012,
            );
            solid.block(
                S::StructuralSteel,
                [x - 0.15, y - 0.15, 0.0],
                [x + 0.15, y + 0.15, 0.02],
                0.0,
            );
        }
        solid.bar(S::StructuralSteel, [x, -0.65, 0.4], [x, 0.65, z - 1.1], 0.06);
    }
    for y in [-0.65, 0.65] {
        solid.bar(S::StructuralSteel, [-1.3, y, 0.4], [1.3, y, z - 1.1], 0.06);
    }
    solid.rod(S::Galvanised, [0.6, 0.0, z + 1.65], [0.6, 0.0, z + 2.6], 0.06, 14);
    for x in [-1.0, 0.2] {
        solid.rod(S::PipeWater, [x, 0.0, z - 0.8], [x, 0.0, 1.4], 0.06, 14);
    }
    for z in [z - 0.5, z + 0.5] {
        solid.bar(S::StainlessSteel, [-1.75, -r - 0.03, z], [-1.75, -0.55, z], 0.05);
    }
    let mut glass = Solid::new("FeedLevel");
    glass.block(
        S::GaugeGlass,
        [-1.82, -r - 0.06, z - 0.5],
        [-1.68, -r - 0.01, z + 0.5],
        0.0,
    );
    Machine {
        file: "feedtank",
        doc: "A feedwater tank with deaerator on its frame.",
        models: vec![(
            "FeedTank",
            vec![body("FeedTank"), placed("Level", "FeedLevel", [0.0; 3])],
        )],
        solids: vec![solid, glass],
        decimals: 3,
    }
}

pub(super) fn mixer() -> Machine {
    let top = LARGE.span[1] * MIXER_SCALE;
    let mut lantern = Solid::new("Drive");
    lantern.add_at(
        S::StainlessSteel,
        &cylinder(0.28, top - 0.12, top + 0.05, 0.01, 28),
        [0.0, -0.1, 0.0],
    );
    for k in 0..4 {
        let [x, y] = polar(0.2, 0.125 + f64::from(k) / 4.0);
        solid_bar(&mut lantern, [x, y - 0.1, top + 0.05], [x, y - 0.1, top + 0.45]);
    }
    lantern.add_at(
        S::EnamelBlue,
        &cylinder(0.25, top + 0.45, top + 0.5, 0.01, 28),
        [0.0, -0.1, 0.0],
    );
    lantern.add_at(
        S::EnamelBlue,
        &bevel_box([0.34, 0.34, 0.36], 0.04),
        [0.0, -0.1, top + 0.68],
    );
    lantern.take(&motor(0.18), Frame::at([0.0, -0.1, top + 0.86]).flipped());
    let mut agitator = Solid::new("Agitator");
    agitator.add_at(S::PolishedSteel, &cylinder(0.05, 0.05, 0.45, 0.0, 16), [0.0; 3]);
    agitator.add_at(S::SafetyYellow, &cylinder(0.11, 0.2, 0.3, 0.012, 20), [0.0; 3]);
    agitator.add_at(
        S::Galvanised,
        &around(&hex(0.03, 0.17, 0.33), 0.08, 6, 0.0),
        [0.0; 3],
    );
    agitator.block(S::EnamelRed, [0.1, -0.02, 0.21], [0.125, 0.02, 0.29], 0.0);
    Machine {
        file: "mixer",
        doc: "A mixing vessel with its agitator.",
        models: vec![(
            "Mixer",
            vec![
                scaled("Shell", "tank:LargeShell", MIXER_SCALE),
                body("Drive"),
                scaled("Level", "tank:LargeLevel", MIXER_SCALE),
                placed("Agitator", "Agitator", [0.0, -0.1, top]),
            ],
        )],
        solids: vec![lantern, agitator],
        decimals: 3,
    }
}

fn solid_bar(solid: &mut Solid, from: V3, to: V3) {
    solid.bar(S::StainlessSteel, from, to, 0.05);
}

/// Skid of the pasteuriser: holding tube in rows, hot-water set, balance tank, cabinet.
fn skid() -> Solid {
    let mut solid = Solid::new("PasteuriserSkid");
    for y in [-1.1, 1.1] {
        solid.block(
            S::StainlessSteel,
            [-2.3, y - 0.05, 0.12],
            [2.3, y + 0.05, 0.26],
            0.006,
        );
    }
    for x in [-2.25, -0.8, 0.8, 2.25] {
        solid.block(
            S::StainlessSteel,
            [x - 0.05, -1.05, 0.12],
            [x + 0.05, 1.05, 0.26],
            0.006,
        );
        for y in [-1.1, 1.1] {
            solid.rod(S::PolishedSteel, [x, y, 0.02], [x, y, 0.13], 0.025, 10);
            solid.add_at(
                S::StainlessSteel,
                &cylinder(0.07, 0.0, 0.02, 0.005, 14),
                [x, y, 0.0],
            );
        }
    }
    for x in [-2.1, 0.35] {
        for y in [0.1, 1.05] {
            solid.block(
                S::StainlessSteel,
                [x - 0.035, y - 0.035, 0.26],
                [x + 0.035, y + 0.035, 2.2],
                0.006,
            );
        }
        for k in 0..6 {
            let z = 0.62 + 0.28 * f64::from(k);
            solid.block(
                S::StainlessSteel,
                [x - 0.025, 0.1, z - 0.075],
                [x + 0.025, 1.05, z - 0.045],
                0.0,
            );
        }
    }
    skid_vessels(&mut solid);
    solid
}

/// Balance tank, hot-water vessel and pump of the skid.
fn skid_vessels(solid: &mut Solid) {
    // The balance tank, its pump and the hot-water vessel.
    solid.turned(
        S::PolishedSteel,
        Frame::at([1.2, -0.55, 0.0]),
        &vessel_profile(0.4, 0.5, 1.75),
        32,
    );
    for k in 0..3 {
        let [x, y] = polar(0.33, f64::from(k) / 3.0);
        solid.rod(
            S::PolishedSteel,
            [1.2 + x, y - 0.55, 0.26],
            [1.2 + x, y - 0.55, 0.8],
            0.025,
            10,
        );
    }
    solid.turned(
        S::Insulation,
        Frame::at([1.65, 0.6, 0.0]),
        &vessel_profile(0.3, 0.5, 1.9),
        28,
    );
    solid.take(
        &motor(0.15),
        Frame {
            origin: [-0.6, -0.65, 0.5],
            x: [0.0, 0.0, 1.0],
            y: [0.0, 1.0, 0.0],
            z: [1.0, 0.0, 0.0],
        },
    );
    solid.add(
        S::PolishedSteel,
        &cylinder(0.16, 0.03, 0.16, 0.03, 28),
        Frame::along_x([-0.5, -0.65, 0.5]),
    );
    solid.block(S::StainlessSteel, [-1.1, -0.78, 0.26], [-0.4, -0.52, 0.36], 0.006);
    solid.pipe(
        S::PolishedSteel,
        &[[-0.3, -0.65, 0.5], [1.2, -0.65, 0.5], [1.2, -0.65, 0.65]],
        0.026,
        12,
    );
}

/// Length and radius of the holding tube's legs, rows up and legs across.
const LEG: [f64; 2] = [2.25, 0.038];
const ROWS: usize = 6;
const COLUMNS: usize = 5;

fn tube_leg() -> Solid {
    let mut solid = Solid::new("TubeLeg");
    solid.rod(S::PolishedSteel, [0.0; 3], [LEG[0], 0.0, 0.0], LEG[1], 16);
    solid
}

/// A bend from the origin to `to`, which swings out along +X.
fn tube_bend(name: &'static str, to: V3) -> Solid {
    let mut solid = Solid::new(name);
    let corners = [[0.0; 3], [0.16, 0.0, 0.0], [0.16, to[1], to[2]], to];
    solid.add_at(
        S::PolishedSteel,
        &super::shapes::pipe(&corners, LEG[1], 0.095, 14),
        [0.0; 3],
    );
    solid
}

/// Rows of tube with bends at both ends, from the cold end at the front below to the hot end above. Bends lead across, and
/// up at the end of a row.
fn holding_tube() -> Child {
    let x0 = -2.0;
    let place = |k: usize| {
        let (row, column) = (k / COLUMNS, k % COLUMNS);
        let column = if row % 2 == 0 {
            column
        } else {
            COLUMNS - 1 - column
        };
        [0.2 + 0.2 * column as f64, 0.62 + 0.28 * row as f64]
    };
    let (mut legs, mut across, mut up) = (Vec::new(), Vec::new(), Vec::new());
    for k in 0..ROWS * COLUMNS {
        let [y, z] = place(k);
        legs.push(([x0, y, z], 0.0));
        if k + 1 == ROWS * COLUMNS {
            continue;
        }
        let [y2, z2] = place(k + 1);
        let is_far = k % 2 == 0;
        let (x, turns) = if is_far { (x0 + LEG[0], 0.0) } else { (x0, 0.5) };
        if z2 > z {
            up.push(([x, y, z], turns));
        } else {
            // Turned half about Z, the bend leads to the other side: it starts at its far end.
            let start = if is_far { y.min(y2) } else { y.max(y2) };
            across.push(([x, start, z], turns));
        }
    }
    let scatter = |name, solid, at| Child::Scatter { name, solid, at };
    Child::Pivot {
        name: "HoldingTube",
        at: [0.0; 3],
        children: vec![
            scatter("Legs", "TubeLeg", legs),
            scatter("Across", "BendAcross", across),
            scatter("Up", "BendUp", up),
        ],
    }
}

fn skid_cabinet() -> Solid {
    let mut solid = Solid::new("PasteuriserCabinet");
    solid.block(S::StainlessSteel, [-2.1, -1.2, 0.26], [-1.3, -0.85, 2.0], 0.015);
    solid.block(
        S::StainlessSteel,
        [-2.07, -1.212, 0.3],
        [-1.33, -1.198, 1.96],
        0.006,
    );
    solid.block(S::BlackPlastic, [-1.95, -1.218, 1.3], [-1.45, -1.208, 1.7], 0.006);
    solid.block(S::Screen, [-1.93, -1.222, 1.32], [-1.47, -1.215, 1.68], 0.0);
    for (x, high) in [(-1.9, 0.12), (-1.8, 0.2), (-1.7, 0.26)] {
        solid.block(
            S::LabelYellow,
            [x, -1.224, 1.36],
            [x + 0.06, -1.22, 1.36 + high],
            0.0,
        );
    }
    // The recorder that food law asks for.
    solid.block(S::BlackPlastic, [-1.9, -1.225, 0.9], [-1.5, -1.208, 1.2], 0.008);
    solid.add(
        S::DialWhite,
        &cylinder(0.13, 0.0, 0.008, 0.0, 28),
        facing_front([-1.7, -1.225, 1.05]),
    );
    solid.add(
        S::EnamelRed,
        &torus(0.085, 0.003, 28, 4),
        facing_front([-1.7, -1.234, 1.05]),
    );
    solid.add(
        S::EnamelRed,
        &cylinder(0.03, 0.0, 0.045, 0.01, 16),
        facing_front([-1.45, -1.212, 0.75]),
    );
    solid.take(&gear_motor(0.16), Frame::at([0.9, 0.95, 0.9]));
    solid
}

pub(super) fn pasteuriser() -> Machine {
    let mut children = vec![
        body("PasteuriserSkid"),
        holding_tube(),
        body("PasteuriserCabinet"),
    ];
    children.extend(super::station::lamp([-1.4, -1.05, 2.0]));
    let solids = vec![
        skid(),
        tube_leg(),
        tube_bend("BendAcross", [0.0, 0.2, 0.0]),
        tube_bend("BendUp", [0.0, 0.0, 0.28]),
        skid_cabinet(),
    ];
    Machine {
        file: "pasteuriser",
        doc: "A pasteuriser's skid: holding tube, balance tank, hot-water set, cabinet.",
        models: vec![("Pasteuriser", children)],
        solids,
        decimals: 3,
    }
}
