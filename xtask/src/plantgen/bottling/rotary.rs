//! Rinser, capper and labeller: what they have on the table that all carousels share.

use super::{
    Surface as S,
    carousel::{base, turntable},
    conveyor::CHAIN_TOP,
    math::Frame,
    mesh::Mesh,
    shapes::{bevel_box, box_between, cylinder},
    solid::{Child, Machine, Solid, body, placed, ring},
    station::guard_frame,
};

/// A gripper that turns a bottle upside down over a nozzle.
fn rinse_gripper() -> Solid {
    let mut solid = Solid::new("RinseGripper");
    let z = CHAIN_TOP + 0.45;
    solid.block(
        S::PolishedSteel,
        [-0.16, -0.014, z],
        [-0.02, 0.014, z + 0.03],
        0.003,
    );
    for y in [-0.022, 0.022] {
        solid.block(
            S::LabelWhite,
            [-0.03, y - 0.007, z - 0.004],
            [0.028, y + 0.007, z + 0.034],
            0.003,
        );
    }
    solid.rod(
        S::PolishedSteel,
        [0.0, 0.0, z - 0.3],
        [0.0, 0.0, z - 0.04],
        0.007,
        8,
    );
    solid.add_at(
        S::PolishedSteel,
        &cylinder(0.013, z - 0.06, z - 0.03, 0.003, 10),
        [0.0; 3],
    );
    solid.rod(
        S::PolishedSteel,
        [-0.16, 0.0, z - 0.5],
        [-0.16, 0.0, z + 0.2],
        0.012,
        8,
    );
    solid
}

pub(super) fn rinser() -> Machine {
    let (radius, heads, half) = (0.8, 32, [1.3, 1.3]);
    let mut column = Solid::new("RinserColumn");
    column.turned(
        S::PolishedSteel,
        Frame::at([0.0; 3]),
        &[
            [0.0, CHAIN_TOP - 0.05],
            [0.3, CHAIN_TOP - 0.05],
            [0.26, CHAIN_TOP + 0.1],
            [0.26, CHAIN_TOP + 0.6],
            [0.6, CHAIN_TOP + 0.68],
            [0.66, CHAIN_TOP + 0.72],
            [0.64, CHAIN_TOP + 0.76],
            [0.12, CHAIN_TOP + 0.86],
            [0.1, CHAIN_TOP + 1.1],
            [0.0, CHAIN_TOP + 1.1],
        ],
        36,
    );
    let turned_bottles = ring(radius, CHAIN_TOP + 0.645, heads, 0.0);
    let carousel = Child::Pivot {
        name: "Carousel",
        at: [0.0; 3],
        children: vec![
            body("Turntable"),
            body("RinserColumn"),
            Child::Scatter {
                name: "Grippers",
                solid: "RinseGripper",
                at: ring(radius, 0.0, heads, 0.0),
            },
            Child::Scatter {
                name: "Bottles",
                solid: "TurnedBottle",
                at: turned_bottles,
            },
        ],
    };
    let mut children = vec![
        body("RinserBase"),
        body("RinserGuards"),
        placed("Panel", "station:OperatorPanel", [0.8, -half[1] - 0.2, 0.0]),
        carousel,
    ];
    children.extend(
        [("InfeedStar", -1.0), ("OutfeedStar", 1.0)].map(|(name, x)| Child::Pivot {
            name,
            at: [x, -0.75, CHAIN_TOP],
            children: vec![placed("Wheel", "station:SmallStarWheel", [0.0; 3])],
        }),
    );
    children.extend(super::station::lamp([half[0] - 0.15, -half[1] + 0.05, 2.45]));
    let solids = vec![
        base("RinserBase", half),
        guard_frame("RinserGuards", half, 2.4, &[]),
        turntable("Turntable", radius, 16),
        column,
        rinse_gripper(),
        super::goods::turned_bottle(),
    ];
    Machine {
        file: "rinser",
        doc: "A rotary rinser: 32 grippers that turn bottles over nozzles.",
        models: vec![("Rinser", children)],
        solids,
        decimals: 3,
    }
}

/// A capping head: servo motor, spindle, chuck.
fn capping_head() -> Solid {
    let mut solid = Solid::new("CappingHead");
    let z = CHAIN_TOP + 0.24;
    let spindle = [
        [0.0, z],
        [0.024, z],
        [0.03, z + 0.02],
        [0.03, z + 0.08],
        [0.018, z + 0.1],
        [0.018, z + 0.26],
        [0.045, z + 0.28],
        [0.045, z + 0.42],
        [0.0, z + 0.42],
    ];
    solid.turned(S::PolishedSteel, Frame::at([0.0; 3]), &spindle, 16);
    solid.add_at(
        S::BlackPlastic,
        &bevel_box([0.085, 0.085, 0.2], 0.012),
        [0.0, 0.0, z + 0.52],
    );
    solid.add_at(
        S::PaintOrange,
        &cylinder(0.025, 0.0, 0.03, 0.004, 12),
        [0.0, 0.0, z + 0.62],
    );
    solid
}

/// The hopper with its elevator, and the chute that brings caps down.
fn cap_feed(half_y: f64) -> Solid {
    let mut solid = Solid::new("CapFeed");
    let (x, y) = (0.2, half_y + 0.75);
    let hopper = [
        [0.12, 1.0],
        [0.5, 1.55],
        [0.52, 1.95],
        [0.5, 1.95],
        [0.48, 1.56],
        [0.1, 1.0],
        [0.12, 1.0],
    ];
    solid.turned(S::StainlessSteel, Frame::at([x, y, 0.0]), &hopper, 28);
    solid.turned(
        S::CapBlue,
        Frame::at([x, y, 0.0]),
        &[[0.0, 1.5], [0.47, 1.62], [0.3, 1.78], [0.0, 1.85]],
        20,
    );
    for (dx, dy) in [(0.4, 0.4), (-0.4, 0.4), (0.4, -0.4), (-0.4, -0.4)] {
        solid.bar(
            S::StainlessSteel,
            [x + dx, y + dy, 0.0],
            [x + dx * 0.8, y + dy * 0.8, 1.6],
            0.05,
        );
    }
    solid.add_at(
        S::StainlessSteel,
        &cylinder(0.3, 2.3, 2.52, 0.02, 28),
        [0.0, half_y - 0.25, 0.0],
    );
    solid.bar(
        S::StainlessSteel,
        [x, y - 0.3, 1.2],
        [0.05, half_y - 0.1, 2.4],
        0.14,
    );
    for side in [-0.03, 0.03] {
        solid.rod(
            S::PolishedSteel,
            [side, half_y - 0.4, 2.3],
            [side, 0.35, 1.55],
            0.008,
            8,
        );
    }
    solid.bar(S::CapBlue, [0.0, half_y - 0.4, 2.3], [0.0, 0.35, 1.55], 0.03);
    solid
}

pub(super) fn capper() -> Machine {
    let (radius, heads, half) = (0.42, 12, [0.9, 1.0]);
    let mut turret = Solid::new("Turret");
    turret.turned(
        S::BrushedMetal,
        Frame::at([0.0; 3]),
        &[
            [0.0, CHAIN_TOP - 0.05],
            [0.2, CHAIN_TOP - 0.05],
            [0.18, CHAIN_TOP + 0.45],
            [0.5, CHAIN_TOP + 0.5],
            [0.5, CHAIN_TOP + 0.56],
            [0.2, CHAIN_TOP + 0.6],
            [0.2, CHAIN_TOP + 1.15],
            [0.0, CHAIN_TOP + 1.15],
        ],
        32,
    );
    let carousel = Child::Pivot {
        name: "Carousel",
        at: [0.0; 3],
        children: vec![
            body("Turntable"),
            body("Turret"),
            Child::Scatter {
                name: "Heads",
                solid: "CappingHead",
                at: ring(radius, 0.0, heads, 0.0),
            },
            Child::Scatter {
                name: "Bottles",
                solid: "goods:CappedBottleSolid",
                at: ring(radius, CHAIN_TOP - 0.012, heads, 0.0),
            },
        ],
    };
    let mut children = vec![
        body("CapperBase"),
        body("CapperGuards"),
        body("CapFeed"),
        placed("Panel", "station:OperatorPanel", [0.4, -half[1] - 0.2, 0.0]),
        carousel,
    ];
    children.extend(super::station::lamp([half[0] - 0.15, -half[1] + 0.05, 2.55]));
    let solids = vec![
        base("CapperBase", half),
        guard_frame("CapperGuards", half, 2.5, &[]),
        cap_feed(half[1]),
        turntable("Turntable", radius + 0.04, 12),
        turret,
        capping_head(),
    ];
    Machine {
        file: "capper",
        doc: "A rotary capper: 12 servo heads, hopper and chute for caps.",
        models: vec![("Capper", children)],
        solids,
        decimals: 3,
    }
}

/// A reel of labels with its stand, cutting drum and glue roller. Its bottle side is +Y.
fn label_station() -> Solid {
    let mut solid = Solid::new("LabelStation");
    solid.block(S::PaintWhite, [-0.45, -0.9, 0.2], [0.45, -0.1, 0.98], 0.02);
    solid.block(
        S::StainlessSteel,
        [-0.46, -0.91, 0.98],
        [0.46, -0.09, 1.01],
        0.006,
    );
    for (x, y, r, z) in [(-0.2, -0.62, 0.24, 1.12), (0.26, -0.66, 0.2, 1.12)] {
        solid.add_at(
            S::LabelYellow,
            &cylinder(r, z - 0.07, z + 0.07, 0.0, 32),
            [x, y, 0.0],
        );
        solid.add_at(
            S::Cardboard,
            &cylinder(0.05, z - 0.072, z + 0.075, 0.0, 14),
            [x, y, 0.0],
        );
        solid.add_at(
            S::BrushedMetal,
            &cylinder(r + 0.02, z - 0.085, z - 0.072, 0.0, 32),
            [x, y, 0.0],
        );
    }
    solid.add_at(
        S::PolishedSteel,
        &cylinder(0.13, 1.02, 1.25, 0.006, 28),
        [0.0, -0.16, 0.0],
    );
    solid.add_at(
        S::Rubber,
        &cylinder(0.07, 1.02, 1.24, 0.004, 20),
        [0.24, -0.24, 0.0],
    );
    for (x, y) in [(-0.05, -0.36), (0.1, -0.42), (-0.3, -0.3)] {
        solid.add_at(
            S::PolishedSteel,
            &cylinder(0.025, 1.01, 1.24, 0.003, 14),
            [x, y, 0.0],
        );
    }
    solid.block(
        S::LabelYellow,
        [-0.201, -0.385, 1.05],
        [-0.045, -0.384, 1.19],
        0.0,
    );
    for x in [-0.35, 0.35] {
        for y in [-0.8, -0.2] {
            solid.rod(S::PolishedSteel, [x, y, 0.0], [x, y, 0.22], 0.025, 10);
        }
    }
    solid
}

pub(super) fn labeller() -> Machine {
    let (radius, heads, half) = (0.48, 20, [1.65, 1.6]);
    let mut plates = Solid::new("BottlePlate");
    let z = CHAIN_TOP - 0.03;
    plates.add_at(
        S::BlackPlastic,
        &cylinder(0.036, z, z + 0.02, 0.003, 14),
        [0.0; 3],
    );
    plates.add_at(
        S::PolishedSteel,
        &cylinder(0.018, z + 0.245, z + 0.6, 0.004, 12),
        [0.0; 3],
    );
    plates.add_at(
        S::Rubber,
        &cylinder(0.016, z + 0.236, z + 0.246, 0.0, 12),
        [0.0; 3],
    );
    let mut head = Solid::new("LabellerHead");
    head.add_at(
        S::BrushedMetal,
        &cylinder(radius + 0.09, z + 0.6, z + 0.72, 0.02, 44),
        [0.0; 3],
    );
    head.add_at(S::StainlessSteel, &cylinder(0.14, z, z + 0.6, 0.0, 24), [0.0; 3]);
    let carousel = Child::Pivot {
        name: "Carousel",
        at: [0.0; 3],
        children: vec![
            body("Turntable"),
            body("LabellerHead"),
            Child::Scatter {
                name: "Plates",
                solid: "BottlePlate",
                at: ring(radius, 0.0, heads, 0.0),
            },
            Child::Scatter {
                name: "Bottles",
                solid: "goods:LabelledBottleSolid",
                at: ring(radius, z + 0.02, heads, 0.0),
            },
        ],
    };
    let mut children = vec![
        body("LabellerBase"),
        body("LabellerGuards"),
        super::solid::turned("Station_1", "LabelStation", [0.1, -0.52, 0.0], [0.0, 0.0, 0.0]),
        super::solid::turned("Station_2", "LabelStation", [0.56, 0.1, 0.0], [0.0, 0.0, 90.0]),
        placed("Panel", "station:OperatorPanel", [-0.8, -half[1] - 0.25, 0.0]),
        carousel,
    ];
    children.extend(super::station::lamp([half[0] - 0.15, -half[1] + 0.05, 2.35]));
    let solids = vec![
        base("LabellerBase", [0.95, 0.95]),
        guard_frame("LabellerGuards", half, 2.3, &[]),
        label_station(),
        turntable("Turntable", radius + 0.08, 12),
        head,
        plates,
    ];
    let mut guide = Mesh::default();
    guide.add_at(&box_between([-2.0, -2.3, 0.0], [2.0, -1.2, 2.0], 0.0), [0.0; 3]);
    children.push(Child::Guide {
        name: "ServiceSpace",
        mesh: guide,
    });
    Machine {
        file: "labeller",
        doc: "A rotary labeller with two stations for reels of labels.",
        models: vec![("Labeller", children)],
        solids,
        decimals: 3,
    }
}
