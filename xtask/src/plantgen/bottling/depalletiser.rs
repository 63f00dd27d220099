//! The depalletiser: a lift with a head that takes a pallet of empty bottles apart, layer by layer, and a table that leads
//! them out to one lane.

use super::{
    Surface as S,
    conveyor::{CHAIN_TOP, PALLET_TOP},
    goods::{self, layer_of_bottles},
    math::{Frame, V3},
    placing::facing_front,
    shapes::cylinder,
    solid::{Child, Machine, Solid, body, placed},
    station::{gear_motor_of, lamp},
};

/// Four columns with a lift, a gripping head over the pallet, a table that gathers bottles and leads them out along +X.
fn depalletiser_frame() -> Solid {
    let mut solid = Solid::new("DepalletiserFrame");
    for x in COLUMNS {
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
    for x in COLUMNS {
        solid.block(
            S::PaintWhite,
            [x - 0.08, -0.85, 3.8],
            [x + 0.08, 0.85, 3.96],
            0.012,
        );
    }
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
                [-0.9, side * 0.605, z],
                [0.6, side * 0.605, z],
                0.01,
                8,
            );
            solid.rod(
                S::PolishedSteel,
                [0.6, side * 0.605, z],
                [2.3, side * 0.045, z],
                0.01,
                8,
            );
        }
        for (x, y) in [(-0.8, 0.64), (0.0, 0.64), (0.7, 0.62), (1.5, 0.38)] {
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

/// What goes up and down on the columns: two rails along X that reach over the table, their cross bars, the shoes on the
/// columns; its origin where the head's is.
fn lift() -> Solid {
    let mut solid = Solid::new("HeadLift");
    let (back, front) = (-0.75, 2.22);
    for side in [-1.0_f64, 1.0] {
        let y = side * 0.7;
        solid.block(
            S::PaintWhite,
            [back, y - 0.04, 0.95],
            [front, y + 0.04, 1.07],
            0.01,
        );
        solid.block(
            S::PolishedSteel,
            [back, y - 0.012, 1.07],
            [front, y + 0.012, 1.08],
            0.0,
        );
        for column in COLUMNS {
            let x = column - PALLET;
            let (low, high) = (side * 0.735_f64, side * 0.79);
            solid.block(
                S::CastIron,
                [x - 0.1, low.min(high), 0.88],
                [x + 0.1, low.max(high), 1.16],
                0.008,
            );
        }
    }
    for x in [back, front - 0.06] {
        solid.block(S::PaintWhite, [x, -0.66, 0.97], [x + 0.06, 0.66, 1.05], 0.01);
    }
    solid
}

/// The head that lifts one layer and runs on the rails: frame, clamping bars, vacuum plate; its origin where the layer's
/// bottles stand.
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
    for x in [-0.5, 0.5] {
        for side in [-1.0, 1.0] {
            let y = side * 0.6;
            solid.block(
                S::PaintOrange,
                [x - 0.04, y - 0.03, 0.38],
                [x + 0.04, y + 0.03, 1.1],
                0.008,
            );
            let wheel = cylinder(0.05, -0.02, 0.02, 0.0, 14);
            solid.add(S::Rubber, &wheel, Frame::along_y([x, side * 0.7, 1.13]));
            solid.block(
                S::PaintOrange,
                [x - 0.02, (side * 0.6).min(side * 0.7), 1.11],
                [x + 0.02, (side * 0.6).max(side * 0.7), 1.15],
                0.0,
            );
        }
    }
    solid
}

/// Centres of the columns and of the pallet along X.
const COLUMNS: [f64; 2] = [-2.7, -1.05];
const PALLET: f64 = -1.87;
/// Where the head lays down a layer.
const LAID: f64 = -0.35;
/// Height at which the head carries a layer, its place at rest.
pub(super) const CARRIED: f64 = 2.2;
/// How far it runs along the rails.
#[cfg(test)]
pub(super) const TRAVEL: f64 = LAID - PALLET;
/// Layers of the pallet, as the simulated one has.
pub(super) const LAYERS: usize = 5;
/// Parts of the layer on the table, from the lane backwards: what is behind moves up, so the last is bare first.
pub(super) const STRIPS: [&str; 4] = ["Strip_1", "Strip_2", "Strip_3", "Strip_4"];
pub(super) const LAYER_NAMES: [&str; LAYERS] = ["Layer_1", "Layer_2", "Layer_3", "Layer_4", "Layer_5"];

/// The layer on the table.
fn on_table() -> Child {
    let layer = layer_of_bottles();
    let strip = |x: f64| (0..3).find(|k| x > 0.24 - 0.24 * f64::from(*k)).unwrap_or(3) as usize;
    let strips = STRIPS.into_iter().enumerate().map(|(k, name)| Child::Scatter {
        name,
        solid: "goods:StackBottle",
        at: layer
            .iter()
            .filter(|(p, _)| strip(p[0]) == k)
            .map(|(p, t)| ([p[0] + LAID, p[1], CHAIN_TOP], *t))
            .collect(),
    });
    Child::Pivot {
        name: "OnTable",
        at: [0.0; 3],
        children: strips.collect(),
    }
}

/// One layer of the pallet in the lift, with the sheet on it. Inside, below the sheet, nobody sees a bottle.
fn layer_on_pallet(k: usize, name: &'static str) -> Child {
    let is_seen = |p: &V3| p[0].abs() > 0.43 || p[1].abs() > 0.43;
    Child::Pivot {
        name,
        at: [PALLET, 0.0, PALLET_TOP + pallet_height(k)],
        children: vec![
            Child::Scatter {
                name: "Bottles",
                solid: "goods:StackBottle",
                at: layer_of_bottles()
                    .into_iter()
                    .filter(|(p, _)| is_seen(p))
                    .collect(),
            },
            body("LayerSheet"),
        ],
    }
}

/// The foot of a layer above the foot of its pallet.
fn pallet_height(layer: usize) -> f64 {
    goods::PALLET[2] + 0.004 + 0.22 * layer as f64
}

pub(super) fn machine() -> Machine {
    let mut fence = Solid::new("Fence");
    for (from, to) in [
        ([-3.2, -1.3, 0.0], [-0.5, -1.3, 0.0]),
        ([-0.5, 1.3, 0.0], [-3.2, 1.3, 0.0]),
    ] {
        super::robot::fence(&mut fence, from, to);
    }
    let mut children = vec![
        body("DepalletiserFrame"),
        gear_motor_of("LiftMotor", 0.34, [-1.9, -0.7, 4.18]),
        Child::Pivot {
            name: "Lift",
            at: [PALLET, 0.0, CARRIED],
            children: vec![
                body("HeadLift"),
                Child::Pivot {
                    name: "Head",
                    at: [0.0; 3],
                    children: vec![
                        body("LayerHead"),
                        gear_motor_of("HeadMotor", 0.18, [0.2, 0.1, 0.48]),
                        Child::Scatter {
                            name: "Layer",
                            solid: "goods:StackBottle",
                            at: layer_of_bottles(),
                        },
                    ],
                },
            ],
        },
        on_table(),
        placed("Pallet", "goods:Pallet", [PALLET, 0.0, PALLET_TOP]),
        Child::Pivot {
            name: "Drive",
            at: [1.55, -0.36, CHAIN_TOP - 0.1],
            children: vec![placed("Wheel", "station:Sprocket", [0.0; 3])],
        },
        body("Fence"),
        placed("Panel", "station:OperatorPanel", [0.2, -1.05, 0.0]),
    ];
    let layers = LAYER_NAMES.into_iter().enumerate();
    children.extend(layers.map(|(k, name)| layer_on_pallet(k, name)));
    children.extend(lamp([-1.05, -0.85, 3.98]));
    let mut sheet = Solid::new("LayerSheet");
    sheet.block(S::Cardboard, [-0.52, -0.5, 0.2165], [0.52, 0.5, 0.2195], 0.0);
    let solids = vec![depalletiser_frame(), lift(), layer_head(), sheet, fence];
    Machine {
        file: "depalletiser",
        doc: "A depalletiser that lifts bottles layer by layer.",
        models: vec![("Depalletiser", children)],
        solids,
        decimals: 3,
    }
}
