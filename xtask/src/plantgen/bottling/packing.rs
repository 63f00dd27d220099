//! Inspection and the case packer.

use super::{
    Surface as S,
    conveyor::{CHAIN_TOP, ROLLER_TOP},
    goods::CASE,
    math::{Frame, V3},
    mesh::Mesh,
    placing::facing_front,
    shapes::{bevel_box, box_between, cylinder},
    solid::{Child, Machine, Solid, body, placed},
    station::{gear_motor_of, guard_frame, lamp},
};

/// A tunnel over the conveyor with cameras, lights and a pusher with its bin.
fn tunnel() -> Solid {
    let mut solid = Solid::new("InspectionTunnel");
    let top = CHAIN_TOP;
    solid.block(
        S::PaintWhite,
        [-0.75, -0.42, top + 0.32],
        [0.75, 0.42, top + 0.85],
        0.03,
    );
    solid.block(
        S::PaintWhite,
        [-0.75, 0.16, top - 0.05],
        [0.75, 0.42, top + 0.32],
        0.02,
    );
    solid.block(
        S::StainlessSteel,
        [-0.75, -0.42, 0.3],
        [0.75, 0.42, top - 0.26],
        0.02,
    );
    for x in [-0.68, 0.68] {
        for y in [-0.36, 0.36] {
            solid.rod(S::PolishedSteel, [x, y, 0.0], [x, y, 0.32], 0.03, 12);
            solid.bar(S::StainlessSteel, [x, y, top - 0.3], [x, y, top + 0.34], 0.05);
        }
    }
    tunnel_sight(&mut solid, top);
    solid
}

/// Window, light, cameras, panel, pusher and bin of the tunnel.
fn tunnel_sight(solid: &mut Solid, top: f64) {
    // The window that one looks through at the lit bottles, and the light behind them.
    solid.block(
        S::Window,
        [-0.65, -0.4, top - 0.02],
        [0.65, -0.394, top + 0.32],
        0.0,
    );
    solid.block(
        S::LampWhite,
        [-0.3, 0.15, top + 0.02],
        [0.3, 0.158, top + 0.26],
        0.0,
    );
    for (x, y) in [(-0.45, -0.2), (0.0, -0.25), (0.45, -0.2)] {
        solid.block(
            S::BlackPlastic,
            [x - 0.045, y - 0.045, top + 0.2],
            [x + 0.045, y + 0.045, top + 0.36],
            0.01,
        );
        solid.add_at(
            S::GaugeGlass,
            &cylinder(0.025, top + 0.17, top + 0.2, 0.004, 14),
            [x, y, 0.0],
        );
    }
    solid.block(
        S::BlackPlastic,
        [-0.5, -0.44, top + 0.42],
        [0.0, -0.41, top + 0.76],
        0.006,
    );
    solid.block(
        S::Screen,
        [-0.48, -0.445, top + 0.44],
        [-0.02, -0.43, top + 0.74],
        0.0,
    );
    solid.block(
        S::PipeWater,
        [-0.46, -0.447, top + 0.47],
        [-0.3, -0.444, top + 0.7],
        0.0,
    );
    solid.block(
        S::LabelYellow,
        [-0.26, -0.447, top + 0.47],
        [-0.1, -0.444, top + 0.6],
        0.0,
    );
    for (x, surface) in [(0.2, S::PaintGreen), (0.3, S::EnamelRed), (0.5, S::EnamelRed)] {
        solid.add(
            surface,
            &cylinder(0.02, 0.0, 0.03, 0.005, 14),
            facing_front([x, -0.42, top + 0.6]),
        );
    }
    // The pusher behind, the bin in front.
    solid.block(
        S::EnamelBlue,
        [0.95, 0.1, top + 0.03],
        [1.05, 0.45, top + 0.12],
        0.01,
    );
    solid.rod(
        S::PolishedSteel,
        [1.0, 0.05, top + 0.075],
        [1.0, 0.12, top + 0.075],
        0.02,
        10,
    );
    solid.block(S::StainlessSteel, [0.75, -0.95, 0.35], [1.3, -0.2, 0.37], 0.0);
    for (low, high) in [
        ([0.75, -0.95, 0.35], [0.77, -0.2, 0.9]),
        ([1.28, -0.95, 0.35], [1.3, -0.2, 0.9]),
        ([0.77, -0.95, 0.35], [1.28, -0.93, 0.9]),
    ] {
        solid.block(S::EnamelRed, low, high, 0.0);
    }
}

pub(super) fn inspector() -> Machine {
    let mut children = vec![
        body("InspectionTunnel"),
        Child::Pivot {
            name: "Drive",
            at: [-0.5, -0.46, 0.6],
            children: vec![body("EncoderWheel")],
        },
    ];
    children.extend(lamp([0.6, -0.3, CHAIN_TOP + 0.85]));
    let mut wheel = Solid::new("EncoderWheel");
    wheel.add(
        S::CastIron,
        &super::carousel::star(0.06, 8),
        Frame::along_y([0.0; 3]),
    );
    let solids = vec![tunnel(), wheel];
    Machine {
        file: "inspector",
        doc: "An inspection tunnel with cameras, pusher and bin.",
        models: vec![("Inspector", children)],
        solids,
        decimals: 3,
    }
}

/// Gantry, infeed lanes, blank magazine and the run of cases of a packer that works along +X.
fn packer_body() -> Solid {
    let mut solid = Solid::new("PackerBody");
    solid.block(S::PaintWhite, [-2.45, -1.05, 0.15], [2.45, 1.05, 0.62], 0.03);
    solid.block(S::StainlessSteel, [-2.5, -1.1, 0.62], [2.5, 1.1, 0.66], 0.01);
    for k in 0..7 {
        let y = -0.36 + 0.12 * f64::from(k);
        solid.block(
            S::StainlessSteel,
            [-2.4, y - 0.004, CHAIN_TOP],
            [-0.5, y + 0.004, CHAIN_TOP + 0.12],
            0.0,
        );
    }
    solid.block(
        S::BeltGrey,
        [-2.5, -0.4, CHAIN_TOP - 0.05],
        [-0.45, 0.4, CHAIN_TOP],
        0.0,
    );
    solid.block(
        S::StainlessSteel,
        [-2.5, -0.42, 0.66],
        [-0.45, 0.42, CHAIN_TOP - 0.05],
        0.01,
    );
    for k in 0..24 {
        let x = -0.3 + 0.115 * f64::from(k);
        solid.rod(
            S::Galvanised,
            [x, -0.24, ROLLER_TOP - 0.025],
            [x, 0.24, ROLLER_TOP - 0.025],
            0.025,
            8,
        );
    }
    // The magazine of blanks at the back.
    for k in 0..18 {
        let y = 0.72 + 0.016 * f64::from(k);
        solid.block(S::Cardboard, [-0.2, y, 1.0], [0.62, y + 0.008, 1.52], 0.0);
    }
    solid.block(S::StainlessSteel, [-0.25, 0.66, 0.96], [0.67, 1.05, 1.0], 0.004);
    for y in [-0.55, 0.55] {
        solid.block(
            S::PaintOrange,
            [-2.0, y - 0.06, 2.22],
            [2.0, y + 0.06, 2.36],
            0.012,
        );
        solid.block(
            S::PolishedSteel,
            [-2.0, y - 0.02, 2.2],
            [2.0, y + 0.02, 2.22],
            0.0,
        );
        for x in [-1.95, 1.95] {
            solid.block(
                S::PaintWhite,
                [x - 0.06, y - 0.06, 0.66],
                [x + 0.06, y + 0.06, 2.36],
                0.01,
            );
        }
    }
    for x in [-2.3, -0.8, 0.8, 2.3] {
        for y in [-0.9, 0.9] {
            solid.rod(S::PolishedSteel, [x, y, 0.0], [x, y, 0.16], 0.035, 12);
        }
    }
    solid.text(S::EnamelBlue, "GEMBA", 0.2, facing_front([0.0, -1.172, 2.6]));
    solid
}

/// What runs on the rails along X: a beam with its drive, and the guide of the mast; its origin on the rails.
fn carriage() -> Solid {
    let mut solid = Solid::new("PackerCarriage");
    for (low, high) in [
        ([-0.22, -0.62, 0.0], [-0.07, 0.62, 0.1]),
        ([0.07, -0.62, 0.0], [0.22, 0.62, 0.1]),
        ([-0.07, -0.62, 0.0], [0.07, -0.07, 0.1]),
        ([-0.07, 0.07, 0.0], [0.07, 0.62, 0.1]),
    ] {
        solid.block(S::PaintOrange, low, high, 0.012);
    }
    for y in [-0.07, 0.055] {
        solid.block(S::StainlessSteel, [-0.07, y, -0.12], [0.07, y + 0.015, 0.22], 0.0);
    }
    solid.block(S::CableBlack, [-0.3, 0.35, 0.1], [0.3, 0.43, 0.2], 0.01);
    solid
}

/// The mast that goes up and down in the carriage, with 24 cups; its origin where the carriage's is.
fn packing_head() -> Solid {
    let mut solid = Solid::new("PackingHead");
    solid.block(S::PolishedSteel, [-0.05, -0.05, -0.75], [0.05, 0.05, 0.7], 0.006);
    solid.block(S::BrushedMetal, [-0.24, -0.16, -0.8], [0.24, 0.16, -0.74], 0.01);
    for [x, y, _] in cups() {
        solid.add_at(S::Rubber, &cylinder(0.02, 0.0, 0.065, 0.0, 8), [x, y, CUP]);
    }
    solid
}

/// Below the rails: the rim of the cups, and the foot of a bottle that hangs in one by its cap.
const CUP: f64 = -0.86;
const HUNG: f64 = CUP - 0.19;
/// Height of the rails, and where the head is at rest along them: over the lanes.
const RAILS: f64 = 2.36;
const OVER_LANES: f64 = -0.9;
/// Where a case is packed, and how far one is behind the other.
const PACKED_AT: f64 = 0.0;
const CASE_PITCH: f64 = 0.75;
/// How far the head goes from the lanes to the case, and a case to where the next is packed.
#[cfg(test)]
pub(super) const WAYS: [f64; 2] = [PACKED_AT - OVER_LANES, CASE_PITCH];
/// The foot of a bottle that hangs in the head at rest: what the head's height is counted from.
#[cfg(test)]
pub(super) const CARRIED: f64 = RAILS + HUNG;

/// Centres of the cups, six by four.
fn cups() -> impl Iterator<Item = V3> {
    (0..6)
        .flat_map(|i| (0..4).map(move |j| [-0.167 + 0.067 * f64::from(i), -0.1 + 0.067 * f64::from(j), 0.0]))
}

/// Bottles as they hang in the cups or stand in a case, their feet at `z`.
fn two_dozen(name: &'static str, x: f64, z: f64) -> Child {
    Child::Scatter {
        name,
        solid: "goods:MassLabelled",
        at: cups().map(|[dx, y, _]| ([x + dx, y, z], 0.0)).collect(),
    }
}

/// A case with its flaps open, its foot at the origin.
fn open_case() -> Solid {
    let [l, w, h] = CASE.map(|it| it / 2.0);
    let (h, t) = (2.0 * h, 0.005);
    let mut solid = Solid::new("OpenCase");
    solid.block(S::Cardboard, [-l, -w, 0.0], [l, w, t], 0.0);
    for (low, high) in [
        ([-l, -w, t], [l, -w + t, h]),
        ([-l, w - t, t], [l, w, h]),
        ([-l, -w + t, t], [-l + t, w - t, h]),
        ([l - t, -w + t, t], [l, w - t, h]),
    ] {
        solid.block(S::Cardboard, low, high, 0.0);
    }
    // Flaps lean outward by a quarter of a right angle.
    let (sin, cos) = (0.3827, 0.9239);
    for side in [-1.0, 1.0] {
        let long = Frame {
            origin: [0.0, side * (w - t), h],
            x: [-side, 0.0, 0.0],
            y: [0.0, side * sin, cos],
            z: [0.0, side * cos, -sin],
        };
        let across = Frame {
            origin: [side * (l - t), 0.0, h],
            x: [0.0, side, 0.0],
            y: [side * sin, 0.0, cos],
            z: [side * cos, 0.0, -sin],
        };
        solid.add(S::Cardboard, &box_between([-l, 0.0, 0.0], [l, w, t], 0.0), long);
        solid.add(S::Cardboard, &box_between([-w, 0.0, 0.0], [w, w, t], 0.0), across);
    }
    solid
}

pub(super) fn case_packer() -> Machine {
    let half = [2.5, 1.15];
    let mut waiting: Vec<_> = Vec::new();
    for lane in 0..6 {
        for k in 0..24 {
            let (x, y) = (-2.35 + 0.072 * f64::from(k), -0.3 + 0.12 * f64::from(lane));
            waiting.push(([x, y, CHAIN_TOP], 0.0));
        }
    }
    let mut children = vec![
        body("PackerBody"),
        body("PackerGuards"),
        Child::Pivot {
            name: "Carriage",
            at: [OVER_LANES, 0.0, RAILS],
            children: vec![
                body("PackerCarriage"),
                gear_motor_of("Motor", 0.15, [0.3, 0.36, 0.0]),
                Child::Pivot {
                    name: "Head",
                    at: [0.0; 3],
                    children: vec![body("PackingHead"), two_dozen("Bottles", 0.0, HUNG)],
                },
            ],
        },
        Child::Scatter {
            name: "Waiting",
            solid: "goods:MassLabelled",
            at: waiting,
        },
        Child::Pivot {
            name: "Cases",
            at: [PACKED_AT, 0.0, ROLLER_TOP],
            children: vec![
                body("OpenCase"),
                two_dozen("Bottles", 0.0, 0.005),
                Child::Scatter {
                    name: "Closed",
                    solid: "goods:Case",
                    at: [1.0, 2.0].map(|k| ([k * CASE_PITCH, 0.0, 0.0], 0.0)).to_vec(),
                },
            ],
        },
        placed("Panel", "station:OperatorPanel", [1.4, -half[1] - 0.25, 0.0]),
        Child::Pivot {
            name: "Drive",
            at: [-2.3, -0.5, CHAIN_TOP - 0.1],
            children: vec![placed("Wheel", "station:Sprocket", [0.0; 3])],
        },
    ];
    children.extend(lamp([half[0] - 0.2, -half[1] + 0.05, 2.75]));
    let solids = vec![
        packer_body(),
        guard_frame("PackerGuards", half, 2.7, &[]),
        carriage(),
        packing_head(),
        open_case(),
    ];
    Machine {
        file: "casepacker",
        doc: "A case packer: lanes, a head with 24 cups, a magazine of blanks.",
        models: vec![("CasePacker", children)],
        solids,
        decimals: 3,
    }
}

/// A light curtain with muting lamps, standing on both sides of an opening of `width` along Y.
pub(super) fn light_curtain(width: f64) -> Mesh {
    let mut mesh = Mesh::default();
    for y in [-width / 2.0, width / 2.0] {
        mesh.add_at(
            &box_between([-0.04, y - 0.04, 0.0], [0.04, y + 0.04, 1.6], 0.008),
            [0.0; 3],
        );
        mesh.add_at(&bevel_box([0.1, 0.1, 0.06], 0.01), [0.0, y, 1.63]);
    }
    mesh
}
