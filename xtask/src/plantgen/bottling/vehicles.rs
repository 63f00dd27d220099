//! What drives: a fork truck in the hall, a box truck at the dispatch. Both look along +X.

use super::{
    Surface as S,
    math::Frame,
    shapes::{bevel_box, cylinder},
    solid::{Child, Machine, Solid, body},
};

fn wheel(solid: &mut Solid, x: f64, y: f64, radius: f64, width: f64) {
    let at = Frame::along_y([x, y, radius]);
    let half = width / 2.0;
    solid.add(S::Rubber, &cylinder(radius, -half, half, 0.0, 22), at);
    solid.add(
        S::PanelGrey,
        &cylinder(radius * 0.55, -half - 0.012, half + 0.012, 0.0, 14),
        at,
    );
}

/// A counterbalance truck with its mast, guard, seat and forks.
fn fork_truck() -> Solid {
    let mut solid = Solid::new("ForkTruckSolid");
    solid.block(S::PaintOrange, [-1.05, -0.55, 0.32], [0.55, 0.55, 0.85], 0.06);
    solid.block(S::CastIron, [-1.3, -0.55, 0.3], [-0.95, 0.55, 1.05], 0.1);
    solid.block(S::PaintOrange, [-0.95, -0.5, 0.85], [-0.25, 0.5, 1.05], 0.04);
    solid.block(S::BlackPlastic, [-0.7, -0.26, 1.05], [-0.2, 0.26, 1.18], 0.03);
    solid.block(S::BlackPlastic, [-0.8, -0.26, 1.1], [-0.66, 0.26, 1.65], 0.04);
    solid.block(S::BlackPlastic, [0.35, -0.45, 0.85], [0.52, 0.45, 1.2], 0.03);
    solid.bar(S::BlackPlastic, [0.4, 0.0, 1.1], [0.14, 0.0, 1.32], 0.05);
    let tilted = Frame {
        origin: [0.12, 0.0, 1.33],
        x: [0.8, 0.0, 0.6],
        y: [0.0, 1.0, 0.0],
        z: [-0.6, 0.0, 0.8],
    };
    solid.add(S::BlackPlastic, &super::shapes::torus(0.17, 0.016, 20, 5), tilted);
    for y in [-0.5, 0.5] {
        solid.bar(S::BlackPlastic, [0.5, y, 0.85], [0.28, y, 2.12], 0.06);
        solid.bar(S::BlackPlastic, [-0.95, y, 1.05], [-0.8, y, 2.12], 0.06);
        solid.bar(S::BlackPlastic, [0.3, y, 2.12], [-0.82, y, 2.12], 0.06);
    }
    for k in 0..7 {
        let x = -0.76 + 0.17 * f64::from(k);
        solid.bar(S::BlackPlastic, [x, -0.5, 2.12], [x, 0.5, 2.12], 0.035);
    }
    for y in [-0.32, 0.32] {
        solid.channel(S::CastIron, [0.72, y, 0.08], [0.72, y, 2.1], [0.07, 0.14], 0.02);
        solid.rod(
            S::PolishedSteel,
            [0.66, y * 0.6, 0.4],
            [0.66, y * 0.6, 2.0],
            0.03,
            10,
        );
        solid.block(S::CastIron, [0.86, y - 0.06, 0.08], [1.98, y + 0.06, 0.125], 0.0);
        solid.block(S::CastIron, [0.82, y - 0.06, 0.08], [0.87, y + 0.06, 0.62], 0.0);
    }
    for z in [0.35, 0.6, 1.2, 2.05] {
        solid.block(S::CastIron, [0.74, -0.4, z], [0.82, 0.4, z + 0.07], 0.0);
    }
    for y in [-0.3, -0.1, 0.1, 0.3] {
        solid.bar(S::BlackPlastic, [0.79, y, 0.62], [0.79, y, 1.22], 0.03);
    }
    for side in [-1.0, 1.0] {
        wheel(&mut solid, 0.35, side * 0.5, 0.33, 0.2);
        wheel(&mut solid, -0.85, side * 0.46, 0.27, 0.18);
        solid.add_at(
            S::LampWhite,
            &bevel_box([0.06, 0.12, 0.1], 0.0),
            [0.33, side * 0.5, 1.95],
        );
    }
    solid.block(S::BeaconAmber, [-0.5, -0.05, 2.15], [-0.4, 0.05, 2.27], 0.02);
    solid
}

/// A truck with a box body: cab, chassis, curtain sides with the plant's name, an open back at -X.
fn box_truck() -> Solid {
    let mut solid = Solid::new("BoxTruckSolid");
    for y in [-0.42, 0.42] {
        solid.channel(S::CastIron, [-4.1, y, 0.85], [4.1, y, 0.85], [0.08, 0.24], 0.012);
    }
    // Floor, roof and walls of the body; the doors are open.
    solid.block(S::Wood, [-4.2, -1.25, 1.0], [1.9, 1.25, 1.12], 0.0);
    solid.block(S::PaintWhite, [-4.2, -1.27, 3.6], [1.92, 1.27, 3.7], 0.02);
    solid.block(S::PaintWhite, [1.84, -1.27, 1.0], [1.92, 1.27, 3.6], 0.0);
    for y in [-1.27, 1.23] {
        solid.block(S::CapBlue, [-4.2, y, 1.12], [1.84, y + 0.04, 3.6], 0.0);
        solid.block(
            S::Galvanised,
            [-4.2, y - 0.005, 0.98],
            [1.84, y + 0.045, 1.12],
            0.0,
        );
    }
    for side in [-1.0, 1.0] {
        let side_y = side * 1.276;
        let frame = Frame {
            origin: [-1.2, side_y, 2.4],
            x: [-side, 0.0, 0.0],
            y: [0.0, 0.0, 1.0],
            z: [0.0, side, 0.0],
        };
        solid.text(S::LabelWhite, "GEMBA LEMONADE", 0.42, frame);
        solid.block(
            S::PaintWhite,
            [-4.75, side * 1.3 - 0.03, 1.0],
            [-4.2, side * 1.3 + 0.03, 3.6],
            0.0,
        );
        solid.block(
            S::BlackPlastic,
            [-2.0, side * 1.15 - 0.04, 0.5],
            [0.4, side * 1.15 + 0.04, 0.85],
            0.0,
        );
        for (x, width) in [(-3.1, 0.5), (3.1, 0.3)] {
            wheel(&mut solid, x, side * 1.0, 0.5, width);
        }
        solid.block(
            S::BlackPlastic,
            [2.5, side * 1.2 - 0.1, 0.98],
            [3.7, side * 1.2 + 0.1, 1.08],
            0.0,
        );
        solid.block(
            S::LampWhite,
            [4.2, side * 0.95 - 0.16, 0.75],
            [4.235, side * 0.95 + 0.16, 0.95],
            0.0,
        );
        solid.block(
            S::BeaconRed,
            [-4.24, side * 0.95 - 0.14, 0.8],
            [-4.2, side * 0.95 + 0.14, 0.92],
            0.0,
        );
        solid.block(
            S::BlackPlastic,
            [3.7, side * 1.38 - 0.1, 1.9],
            [3.8, side * 1.38 + 0.1, 2.4],
            0.0,
        );
    }
    cab(&mut solid);
    solid
}

/// The truck's cab.
fn cab(solid: &mut Solid) {
    solid.block(S::PaintWhite, [2.05, -1.22, 0.95], [4.15, 1.22, 2.0], 0.08);
    let roofline = [[2.05, 2.0], [4.15, 2.0], [3.75, 2.95], [2.3, 3.05], [2.05, 2.95]];
    let side = Frame {
        origin: [0.0, 1.2, 0.0],
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
    };
    solid.sheet(S::PaintWhite, side, &roofline, 2.4);
    let screen = Frame {
        origin: [3.962, 0.0, 2.48],
        x: [0.0, 1.0, 0.0],
        y: [-0.388, 0.0, 0.922],
        z: [0.922, 0.0, 0.388],
    };
    solid.add(S::GaugeGlass, &bevel_box([2.1, 0.72, 0.02], 0.0), screen);
    for y in [-1.205, 1.205] {
        solid.block(S::GaugeGlass, [2.75, y - 0.006, 2.1], [3.6, y + 0.006, 2.75], 0.0);
    }
    solid.block(S::BlackPlastic, [4.14, -1.0, 1.05], [4.2, 1.0, 1.75], 0.0);
    solid.block(S::StructuralSteel, [4.0, -1.24, 0.45], [4.25, 1.24, 0.75], 0.04);
}

pub(super) fn machine() -> Machine {
    Machine {
        file: "vehicles",
        doc: "A fork truck and a box truck.",
        models: vec![
            ("ForkTruck", vec![body("ForkTruckSolid")]),
            (
                "LadenForkTruck",
                vec![
                    body("ForkTruckSolid"),
                    Child::Scatter {
                        name: "Cases",
                        solid: "goods:Case",
                        at: super::goods::stacked_cases(4)
                            .into_iter()
                            .map(|(p, turns)| ([1.28 - p[1], p[0], p[2] + 0.1], turns + 0.25))
                            .collect(),
                    },
                    super::solid::turned("Pallet", "goods:Pallet", [1.28, 0.0, 0.1], [0.0, 0.0, 90.0]),
                ],
            ),
            ("BoxTruck", vec![body("BoxTruckSolid")]),
        ],
        solids: vec![fork_truck(), box_truck()],
        decimals: 3,
    }
}
