//! The palletising robot: four driven axes, and a hand that two passive ones keep level, inside a fence.
//!
//! Every axis at 0 degrees is: upper arm upright, forearm ahead (+X) and raised by [`FOREARM_RAISED_DEG`], hand down. Axis 1
//! turns about Z, axis 2 about Y (positive leans forward), axis 3 about -Y (negative lowers the forearm), axis 4 about Z.
//! `Level3` and `Level2` turn back what axes 3 and 2 do, as the parallel rods of the real arm.

use super::{
    Surface as S,
    math::{Frame, V3, add, scale, sub},
    mesh::Mesh,
    motor::motor,
    shapes::{around, bevel_box, cylinder, prism},
    solid::{Child, Machine, Solid, body},
};

/// Axis 2 from the foot, and the lengths of both arms.
const SHOULDER: V3 = [0.4, 0.0, 1.7];
/// The turntable of axis 1 above the floor.
const TURNTABLE: f64 = 1.21;
/// How the robot is turned where it stands: the tool is turned back by as much, so that rows of cases lie square to the line.
pub(super) const STAND_TURN_DEG: f64 = 116.0;
/// How far above level the forearm points with axes 2 and 3 at 0.
const FOREARM_RAISED_DEG: f64 = 45.0;
/// Layers that stand beside it until the last is laid and the pallet leaves, and their prims in the scene.
pub(super) const LAYERS: usize = 5;
pub(super) const LAYER_NAMES: [&str; LAYERS] = ["Layer_1", "Layer_2", "Layer_3", "Layer_4", "Layer_5"];
const UPPER_ARM: f64 = 1.25;
const FOREARM: f64 = 1.5;

fn foot() -> Solid {
    let mut solid = Solid::new("Foot");
    solid.block(S::Concrete, [-0.75, -0.75, 0.0], [0.75, 0.75, 0.12], 0.02);
    let base = [
        [0.0, 0.77],
        [0.55, 0.77],
        [0.55, 0.82],
        [0.42, 0.87],
        [0.38, 1.07],
        [0.42, 1.15],
        [0.42, TURNTABLE],
        [0.0, TURNTABLE],
    ];
    solid.block(S::StructuralSteel, [-0.5, -0.5, 0.12], [0.5, 0.5, 0.16], 0.006);
    solid.block(S::StructuralSteel, [-0.36, -0.36, 0.16], [0.36, 0.36, 0.72], 0.03);
    solid.block(
        S::StructuralSteel,
        [-0.56, -0.56, 0.72],
        [0.56, 0.56, 0.77],
        0.006,
    );
    solid.turned(S::CastIron, Frame::at([0.0; 3]), &base, 36);
    solid.add_at(
        S::Galvanised,
        &around(&cylinder(0.025, 0.81, 0.85, 0.0, 6), 0.49, 12, 0.0),
        [0.0; 3],
    );
    solid.block(S::BlackPlastic, [-0.6, -0.18, 0.85], [-0.36, 0.18, 1.1], 0.02);
    solid
}

/// What axis 1 turns: the column with the shoulder and the drives of axes 1 and 2.
fn column() -> Solid {
    let mut solid = Solid::new("Column");
    solid.add_at(S::PaintOrange, &cylinder(0.42, 0.0, 0.16, 0.03, 36), [0.0; 3]);
    let side = [
        [-0.38, 0.14],
        [0.5, 0.14],
        [0.66, 0.36],
        [0.62, 0.62],
        [0.4, 0.74],
        [0.1, 0.62],
        [-0.38, 0.34],
    ];
    for y in [-0.3, 0.2] {
        let frame = Frame {
            origin: [0.0, y + 0.1, 0.0],
            x: [1.0, 0.0, 0.0],
            y: [0.0, 0.0, 1.0],
            z: [0.0, -1.0, 0.0],
        };
        solid.sheet(S::PaintOrange, frame, &side, 0.1);
    }
    solid.block(S::PaintOrange, [-0.36, -0.2, 0.14], [0.34, 0.2, 0.34], 0.02);
    let shoulder = [SHOULDER[0], 0.0, SHOULDER[2] - TURNTABLE];
    for y in [-0.38, 0.3] {
        solid.add(
            S::BlackPlastic,
            &cylinder(0.19, 0.0, 0.08, 0.02, 28),
            Frame::along_y([shoulder[0], y, shoulder[2]]),
        );
    }
    solid.take(&motor(0.13), Frame::at([-0.2, 0.0, 0.34]).flipped());
    let out = Frame {
        origin: [shoulder[0], -0.38, shoulder[2]],
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, -1.0],
        z: [0.0, 1.0, 0.0],
    };
    solid.take(&motor(0.14), out);
    solid
}

/// The upper arm, upright from axis 2 to axis 3, with the rod that keeps the hand level.
fn upper_arm() -> Solid {
    let mut solid = Solid::new("UpperArm");
    let outline = [
        [-0.17, -0.12],
        [-0.08, -0.2],
        [0.08, -0.2],
        [0.17, -0.12],
        [0.15, 0.3],
        [0.12, 0.9],
        [0.14, UPPER_ARM + 0.06],
        [0.06, UPPER_ARM + 0.14],
        [-0.06, UPPER_ARM + 0.14],
        [-0.14, UPPER_ARM + 0.06],
        [-0.12, 0.9],
        [-0.15, 0.3],
    ];
    let frame = Frame {
        origin: [0.0, 0.14, 0.0],
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
    };
    solid.sheet(S::PaintOrange, frame, &outline, 0.28);
    for (z, r) in [(0.0, 0.15), (UPPER_ARM, 0.12)] {
        solid.add(
            S::CastIron,
            &cylinder(r, -0.17, 0.17, 0.01, 28),
            Frame::along_y([0.0, 0.0, z]),
        );
    }
    solid.rod(
        S::StructuralSteel,
        [-0.24, 0.2, 0.0],
        [-0.24, 0.2, UPPER_ARM],
        0.03,
        12,
    );
    for z in [0.0, UPPER_ARM] {
        solid.block(
            S::StructuralSteel,
            [-0.27, 0.14, z - 0.04],
            [0.0, 0.2, z + 0.04],
            0.008,
        );
    }
    solid.block(S::PaintWhite, [-0.1, -0.145, 0.35], [0.1, -0.139, 0.85], 0.0);
    let upwards = Frame {
        origin: [0.0, -0.147, 0.6],
        x: [0.0, 0.0, 1.0],
        y: [-1.0, 0.0, 0.0],
        z: [0.0, -1.0, 0.0],
    };
    solid.text(S::EnamelBlue, "GEMBA", 0.1, upwards);
    solid
}

/// The forearm, level from axis 3 along +X, with its counterweight of motors behind.
fn forearm() -> Solid {
    let mut solid = Solid::new("Forearm");
    let outline = [
        [-0.42, -0.13],
        [0.1, -0.15],
        [FOREARM, -0.07],
        [FOREARM + 0.07, 0.0],
        [FOREARM, 0.07],
        [0.1, 0.15],
        [-0.42, 0.13],
    ];
    for y in [-0.19, 0.25] {
        let frame = Frame {
            origin: [0.0, y, 0.0],
            x: [1.0, 0.0, 0.0],
            y: [0.0, 0.0, 1.0],
            z: [0.0, -1.0, 0.0],
        };
        solid.sheet(S::PaintOrange, frame, &outline, 0.06);
    }
    solid.block(S::PaintOrange, [0.25, -0.2, -0.06], [1.2, 0.2, 0.06], 0.01);
    solid.block(S::PaintOrange, [-0.42, -0.2, -0.12], [-0.2, 0.2, 0.12], 0.02);
    for y in [-0.1, 0.1] {
        let back = Frame {
            origin: [-0.42, y, 0.0],
            x: [0.0, 0.0, 1.0],
            y: [0.0, 1.0, 0.0],
            z: [1.0, 0.0, 0.0],
        };
        solid.take(&motor(0.085), back);
    }
    solid.rod(
        S::StructuralSteel,
        [0.0, -0.3, 0.16],
        [FOREARM, -0.3, 0.16],
        0.025,
        10,
    );
    solid.rod(S::CableBlack, [-0.1, 0.29, 0.1], [FOREARM, 0.29, 0.08], 0.03, 10);
    solid
}

/// The wrist block that stays level, and the hand that axis 4 turns: a clamp for a row of cases.
fn wrist() -> Solid {
    let mut solid = Solid::new("Wrist");
    solid.block(S::PaintOrange, [-0.12, -0.13, -0.28], [0.12, 0.13, 0.1], 0.02);
    solid.block(
        S::StructuralSteel,
        [-0.03, -0.31, -0.03],
        [0.03, -0.13, 0.19],
        0.008,
    );
    solid.take(&motor(0.08), Frame::at([0.0, 0.0, 0.1]).flipped());
    solid.add_at(S::PolishedSteel, &cylinder(0.1, -0.36, -0.28, 0.01, 24), [0.0; 3]);
    solid
}

fn hand() -> Solid {
    let mut solid = Solid::new("Hand");
    solid.add_at(S::BrushedMetal, &cylinder(0.13, -0.05, 0.0, 0.01, 24), [0.0; 3]);
    solid.block(S::BrushedMetal, [-0.62, -0.06, -0.13], [0.62, 0.06, -0.05], 0.01);
    for x in [-0.4, 0.0, 0.4] {
        solid.block(
            S::BrushedMetal,
            [x - 0.03, -0.2, -0.13],
            [x + 0.03, 0.2, -0.08],
            0.006,
        );
    }
    for side in [-1.0, 1.0] {
        let y = side * 0.165;
        solid.block(
            S::StainlessSteel,
            [-0.62, y - 0.012, -0.42],
            [0.62, y + 0.012, -0.1],
            0.004,
        );
        solid.block(
            S::Rubber,
            [-0.6, y - side * 0.016 - 0.005, -0.38],
            [0.6, y - side * 0.016 + 0.005, -0.2],
            0.0,
        );
        for x in [-0.35, 0.35] {
            solid.rod(
                S::EnamelBlue,
                [x, side * 0.18, -0.16],
                [x, side * 0.34, -0.16],
                0.03,
                10,
            );
        }
        for k in 0..10 {
            let x = -0.54 + 0.12 * f64::from(k);
            solid.bar(S::StainlessSteel, [x, y, -0.42], [x, y - side * 0.1, -0.43], 0.02);
        }
    }
    solid
}

/// Posts and panels of wire from `from` to `to`, 2.2 m high.
pub(super) fn fence(solid: &mut Solid, from: V3, to: V3) {
    let way = sub(to, from);
    let length = (way[0] * way[0] + way[1] * way[1]).sqrt();
    let panels = (length / 1.25).ceil().max(1.0);
    for k in 0..=panels as usize {
        let foot = add(from, scale(way, k as f64 / panels));
        solid.bar(S::SafetyYellow, foot, add(foot, [0.0, 0.0, 2.2]), 0.05);
        solid.add_at(
            S::SafetyYellow,
            &bevel_box([0.14, 0.14, 0.012], 0.0),
            add(foot, [0.0, 0.0, 0.006]),
        );
    }
    for z in [0.2, 1.2, 2.18] {
        solid.bar(
            S::BlackPlastic,
            add(from, [0.0, 0.0, z]),
            add(to, [0.0, 0.0, z]),
            0.025,
        );
    }
    let wires = (length / 0.15) as usize;
    for k in 1..wires {
        let foot = add(from, scale(way, k as f64 / wires as f64));
        solid.bar(
            S::BlackPlastic,
            add(foot, [0.0, 0.0, 0.2]),
            add(foot, [0.0, 0.0, 2.18]),
            0.006,
        );
    }
}

fn arm() -> Child {
    let hand = Child::Pivot {
        name: "Axis4",
        at: [0.0, 0.0, -0.36],
        children: vec![Child::Mount {
            name: "Tool",
            turn_deg: [0.0, 0.0, -STAND_TURN_DEG],
            children: vec![
                body("Hand"),
                Child::Scatter {
                    name: "Cases",
                    solid: "goods:Case",
                    at: [-0.405, 0.0, 0.405].map(|x| ([x, 0.0, -0.4], 0.0)).to_vec(),
                },
            ],
        }],
    };
    let level3 = Child::Pivot {
        name: "Level3",
        at: [0.0; 3],
        children: vec![Child::Pivot {
            name: "Level2",
            at: [0.0; 3],
            children: vec![body("Wrist"), hand],
        }],
    };
    let end = Child::Pivot {
        name: "End",
        at: [FOREARM, 0.0, 0.0],
        children: vec![Child::Mount {
            name: "Lowered",
            turn_deg: [0.0, FOREARM_RAISED_DEG, 0.0],
            children: vec![level3],
        }],
    };
    let axis3 = Child::Pivot {
        name: "Axis3",
        at: [0.0, 0.0, UPPER_ARM],
        children: vec![Child::Mount {
            name: "Raised",
            turn_deg: [0.0, -FOREARM_RAISED_DEG, 0.0],
            children: vec![body("Forearm"), end],
        }],
    };
    let axis2 = Child::Pivot {
        name: "Axis2",
        at: [SHOULDER[0], 0.0, SHOULDER[2] - TURNTABLE],
        children: vec![body("UpperArm"), axis3],
    };
    Child::Pivot {
        name: "Axis1",
        at: [0.0, 0.0, TURNTABLE],
        children: vec![body("Column"), axis2],
    }
}

pub(super) fn machine() -> Machine {
    let mut reach = Mesh::default();
    reach.add_at(&prism(&circle(2.9, 32), 0.0, 2.5), [0.0; 3]);
    let mut cabinet = Solid::new("Cabinet");
    cabinet.block(S::PanelGrey, [-0.4, -0.3, 0.1], [0.4, 0.3, 1.7], 0.015);
    cabinet.block(S::BlackPlastic, [-0.4, -0.3, 0.0], [0.4, 0.3, 0.1], 0.0);
    cabinet.block(S::PanelGrey, [-0.37, -0.312, 0.13], [0.37, -0.298, 1.67], 0.006);
    cabinet.block(S::BlackPlastic, [0.28, -0.33, 0.8], [0.31, -0.3, 1.0], 0.006);
    cabinet.block(S::SafetyYellow, [-0.1, -0.316, 1.35], [0.1, -0.311, 1.5], 0.0);
    cabinet.add(
        S::EnamelRed,
        &cylinder(0.03, 0.0, 0.03, 0.006, 14),
        super::placing::facing_front([-0.2, -0.312, 1.2]),
    );
    let mut children = vec![
        body("Foot"),
        arm(),
        Child::Guide {
            name: "Reach",
            mesh: reach,
        },
    ];
    children.extend(super::station::lamp([-0.4, 0.0, 0.77]));
    let solids = vec![
        foot(),
        column(),
        upper_arm(),
        forearm(),
        wrist(),
        hand(),
        cell_fence(),
        cabinet,
    ];
    Machine {
        file: "robot",
        doc: "A palletising robot of four axes with its hand, cabinet and fence.",
        models: vec![
            ("PalletisingRobot", children),
            (
                "Cell",
                vec![
                    body("CellFence"),
                    super::solid::placed("Cabinet", "Cabinet", [1.2, 3.4, 0.0]),
                ],
            ),
        ],
        solids,
        decimals: 3,
    }
}

fn circle(radius: f64, corners: usize) -> Vec<[f64; 2]> {
    (0..corners)
        .map(|k| super::math::polar(radius, k as f64 / corners as f64))
        .collect()
}

/// The fence around the robot's reach, open where cases come in (+X), pallets come in (-X) and pallets leave (-Y); light
/// curtains stand in the openings.
fn cell_fence() -> Solid {
    let mut solid = Solid::new("CellFence");
    for (from, to) in [
        ([-4.3, 2.9, 0.0], [2.3, 2.9, 0.0]),
        ([2.3, 2.45, 0.0], [2.3, 2.9, 0.0]),
        ([2.3, -2.7, 0.0], [2.3, 1.45, 0.0]),
        ([-1.2, -2.7, 0.0], [2.3, -2.7, 0.0]),
        ([-4.3, -2.7, 0.0], [-2.7, -2.7, 0.0]),
        ([-4.3, -2.7, 0.0], [-4.3, -0.75, 0.0]),
        ([-4.3, 0.75, 0.0], [-4.3, 2.9, 0.0]),
    ] {
        fence(&mut solid, from, to);
    }
    solid.add_at(
        S::SafetyYellow,
        &super::packing::light_curtain(1.5),
        [-4.3, 0.0, 0.0],
    );
    let across = Frame {
        origin: [-1.95, -2.7, 0.0],
        x: [0.0, 1.0, 0.0],
        y: [-1.0, 0.0, 0.0],
        z: [0.0, 0.0, 1.0],
    };
    solid.add(S::SafetyYellow, &super::packing::light_curtain(1.5), across);
    solid
}
