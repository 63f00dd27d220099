//! The ends of the line that do not turn: depalletiser, inspection, case packer.

use super::{
    Surface as S,
    conveyor::{CHAIN_TOP, ROLLER_TOP},
    goods::layer_of_bottles,
    math::Frame,
    mesh::Mesh,
    motor::{gear_motor, motor},
    placing::facing_front,
    shapes::{bevel_box, box_between, cylinder},
    solid::{Child, Machine, Solid, body, placed},
    station::{guard_frame, lamp},
};

/// Four columns with a lift, a gripping head over the pallet, a table that gathers bottles and leads them out along +X.
fn depalletiser_frame() -> Solid {
    let mut solid = Solid::new("DepalletiserFrame");
    for x in [-2.7, -1.05] {
        for y in [-0.85, 0.85] {
            solid.block(
                S::PaintWhite,
                [x - 0.08, y - 0.08, 0.0],
                [x + 0.08, y + 0.08, 3.9],
                0.012,
            );
            solid.block(
                S::StructuralSteel,
                [x - 0.17, y - 0.17, 0.0],
                [x + 0.17, y + 0.17, 0.025],
                0.004,
            );
            solid.block(
                S::PolishedSteel,
                [x - 0.02, y - 0.1, 0.4],
                [x + 0.02, y + 0.1, 3.7],
                0.0,
            );
            solid.block(
                S::CableBlack,
                [x + 0.085, y - 0.05, 0.5],
                [x + 0.12, y + 0.05, 3.6],
                0.0,
            );
        }
    }
    for y in [-0.85, 0.85] {
        solid.block(
            S::PaintWhite,
            [-2.78, y - 0.08, 3.78],
            [-0.97, y + 0.08, 3.98],
            0.012,
        );
    }
    for x in [-2.7, -1.05] {
        solid.block(
            S::PaintWhite,
            [x - 0.08, -0.85, 3.8],
            [x + 0.08, 0.85, 3.96],
            0.012,
        );
    }
    solid.take(&gear_motor(0.34), Frame::at([-1.9, -0.7, 4.18]));
    solid.rod(S::PolishedSteel, [-1.9, -0.75, 4.18], [-1.9, 0.9, 4.18], 0.03, 12);
    for y in [-0.85, 0.85] {
        solid.add(
            S::CastIron,
            &cylinder(0.14, -0.03, 0.03, 0.01, 24),
            Frame::along_y([-1.9, y, 4.12]),
        );
    }
    gathering_table(&mut solid);
    solid
}

/// The table behind the lift, its funnel to one lane, the name on the frame.
fn gathering_table(solid: &mut Solid) {
    // The table behind the lift and the funnel to one lane.
    solid.block(
        S::BeltGrey,
        [-0.95, -0.6, CHAIN_TOP - 0.03],
        [1.5, 0.6, CHAIN_TOP],
        0.0,
    );
    solid.block(
        S::StainlessSteel,
        [-0.98, -0.66, CHAIN_TOP - 0.22],
        [1.5, 0.66, CHAIN_TOP - 0.04],
        0.01,
    );
    for x in [-0.7, 0.4, 1.4] {
        for y in [-0.55, 0.55] {
            solid.block(
                S::StainlessSteel,
                [x - 0.03, y - 0.03, 0.0],
                [x + 0.03, y + 0.03, CHAIN_TOP - 0.2],
                0.004,
            );
        }
    }
    for side in [-1.0, 1.0] {
        for z in [CHAIN_TOP + 0.055, CHAIN_TOP + 0.14] {
            solid.rod(
                S::PolishedSteel,
                [-0.9, side * 0.56, z],
                [0.6, side * 0.56, z],
                0.01,
                8,
            );
            solid.rod(
                S::PolishedSteel,
                [0.6, side * 0.56, z],
                [2.3, side * 0.045, z],
                0.01,
                8,
            );
        }
        for (x, y) in [(-0.8, 0.6), (0.0, 0.6), (0.7, 0.6), (1.5, 0.36)] {
            solid.rod(
                S::StainlessSteel,
                [x, side * y, CHAIN_TOP - 0.1],
                [x, side * y, CHAIN_TOP + 0.18],
                0.012,
                8,
            );
        }
    }
    solid.block(
        S::BeltGrey,
        [1.5, -0.3, CHAIN_TOP - 0.03],
        [2.5, 0.3, CHAIN_TOP],
        0.0,
    );
    solid.block(
        S::StainlessSteel,
        [1.5, -0.33, CHAIN_TOP - 0.2],
        [2.5, 0.33, CHAIN_TOP - 0.04],
        0.01,
    );
    solid.block(S::EnamelBlue, [-2.79, -0.935, 3.3], [-0.96, -0.925, 3.75], 0.0);
    solid.text(S::LabelWhite, "GEMBA", 0.26, facing_front([-1.88, -0.938, 3.52]));
}

/// The head that lifts one layer: frame, clamping bars, vacuum plate; its origin where the layer's bottles stand.
fn layer_head() -> Solid {
    let mut solid = Solid::new("LayerHead");
    solid.block(S::PaintOrange, [-0.66, -0.62, 0.3], [0.66, 0.62, 0.38], 0.015);
    solid.block(S::BlackPlastic, [-0.52, -0.5, 0.235], [0.52, 0.5, 0.3], 0.01);
    for (low, high) in [
        ([-0.58, -0.58, 0.03], [-0.53, 0.58, 0.3]),
        ([0.53, -0.58, 0.03], [0.58, 0.58, 0.3]),
        ([-0.53, -0.58, 0.03], [0.53, -0.53, 0.3]),
        ([-0.53, 0.53, 0.03], [0.53, 0.58, 0.3]),
    ] {
        solid.block(S::PaintWhite, low, high, 0.008);
    }
    for y in [-0.75, 0.75] {
        solid.block(S::PaintOrange, [-0.6, y - 0.05, 0.3], [0.6, y + 0.05, 0.4], 0.01);
    }
    solid.take(&gear_motor(0.18), Frame::at([0.2, 0.1, 0.48]));
    solid
}

pub(super) fn depalletiser() -> Machine {
    let head_at = [-1.87, 0.0, 2.2];
    let on_table: Vec<_> = layer_of_bottles()
        .into_iter()
        .map(|(p, t)| ([p[0] - 0.35, p[1], CHAIN_TOP], t))
        .collect();
    let mut fence = Solid::new("Fence");
    for (from, to) in [
        ([-3.2, -1.3, 0.0], [-0.5, -1.3, 0.0]),
        ([-0.5, 1.3, 0.0], [-3.2, 1.3, 0.0]),
    ] {
        super::robot::fence(&mut fence, from, to);
    }
    let mut children = vec![
        body("DepalletiserFrame"),
        Child::Pivot {
            name: "Head",
            at: head_at,
            children: vec![
                body("LayerHead"),
                Child::Scatter {
                    name: "Layer",
                    solid: "goods:StackBottle",
                    at: layer_of_bottles(),
                },
            ],
        },
        Child::Scatter {
            name: "OnTable",
            solid: "goods:StackBottle",
            at: on_table,
        },
        Child::Pivot {
            name: "Drive",
            at: [1.55, -0.36, CHAIN_TOP - 0.1],
            children: vec![placed("Wheel", "station:Sprocket", [0.0; 3])],
        },
        body("Fence"),
        placed("Panel", "station:OperatorPanel", [0.2, -1.05, 0.0]),
    ];
    children.extend(lamp([-1.05, -0.85, 3.98]));
    let solids = vec![depalletiser_frame(), layer_head(), fence];
    Machine {
        file: "depalletiser",
        doc: "A depalletiser that lifts bottles layer by layer.",
        models: vec![("Depalletiser", children)],
        solids,
        decimals: 3,
    }
}

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

/// The carriage with 24 cups that lifts bottles into a case; its origin on the rails.
fn packing_head() -> Solid {
    let mut solid = Solid::new("PackingHead");
    solid.block(S::PaintOrange, [-0.22, -0.62, 0.0], [0.22, 0.62, 0.1], 0.012);
    solid.block(S::PolishedSteel, [-0.05, -0.05, -0.75], [0.05, 0.05, 0.45], 0.006);
    solid.block(S::BrushedMetal, [-0.24, -0.16, -0.8], [0.24, 0.16, -0.74], 0.01);
    for i in 0..6 {
        for j in 0..4 {
            let at = [-0.167 + 0.067 * f64::from(i), -0.1 + 0.067 * f64::from(j), -0.86];
            solid.add_at(S::Rubber, &cylinder(0.02, 0.0, 0.065, 0.0, 8), at);
        }
    }
    solid.take(&motor(0.1), Frame::at([0.0, 0.25, 0.12]).flipped());
    solid.block(S::CableBlack, [-0.3, 0.35, 0.1], [0.3, 0.43, 0.2], 0.01);
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
            name: "Head",
            at: [-0.9, 0.0, 2.36],
            children: vec![body("PackingHead")],
        },
        Child::Scatter {
            name: "Waiting",
            solid: "goods:MassLabelled",
            at: waiting,
        },
        Child::Scatter {
            name: "Cases",
            solid: "goods:Case",
            at: [0.2, 0.95, 1.7, 2.2]
                .map(|x| ([x, 0.0, ROLLER_TOP], 0.0))
                .to_vec(),
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
        packing_head(),
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
