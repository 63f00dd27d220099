//! The filler: valves under a bowl on a carousel, star wheels, guards.

use super::{
    Surface as S,
    carousel::{base, turntable},
    conveyor::CHAIN_TOP,
    math::{Frame, polar},
    motor::motor,
    placing::facing_front,
    shapes::cylinder,
    solid::{Child, Machine, Solid, body, placed, ring},
    station::guard_frame,
};

pub(super) const FILLER_RADIUS: f64 = 1.2;

/// A filling valve over a bottle: body, lift rod with its roller, hose to the bowl, neck gripper. Outward is +X, the
/// bottle's axis at the origin.
fn filling_valve() -> Solid {
    let mut solid = Solid::new("FillingValve");
    let z = CHAIN_TOP + 0.24;
    let body = [
        [0.0, 0.0],
        [0.012, 0.0],
        [0.02, 0.02],
        [0.034, 0.05],
        [0.034, 0.17],
        [0.027, 0.19],
        [0.027, 0.3],
        [0.04, 0.31],
        [0.04, 0.36],
        [0.0, 0.36],
    ];
    solid.turned(S::PolishedSteel, Frame::at([0.0, 0.0, z]), &body, 14);
    solid.add_at(
        S::EnamelBlue,
        &cylinder(0.022, 0.36, 0.43, 0.004, 12),
        [0.0, 0.0, z],
    );
    solid.block(
        S::StainlessSteel,
        [-0.2, -0.02, z + 0.06],
        [-0.03, 0.02, z + 0.1],
        0.004,
    );
    solid.rod(
        S::PolishedSteel,
        [-0.11, 0.0, CHAIN_TOP + 0.02],
        [-0.11, 0.0, z + 0.3],
        0.011,
        8,
    );
    solid.block(
        S::LabelWhite,
        [-0.13, -0.03, CHAIN_TOP + 0.19],
        [-0.016, 0.03, CHAIN_TOP + 0.2],
        0.003,
    );
    for y in [-0.024, 0.024] {
        solid.block(
            S::LabelWhite,
            [-0.02, y - 0.008, CHAIN_TOP + 0.188],
            [0.025, y + 0.008, CHAIN_TOP + 0.202],
            0.003,
        );
    }
    solid
}

/// The bowl over the valves: a ring with a rounded section, its cover and its sight glasses.
fn bowl(radius: f64) -> Solid {
    let mut solid = Solid::new("Bowl");
    let z = CHAIN_TOP + 0.62;
    let (r0, r1) = (radius - 0.3, radius + 0.09);
    let section = [
        [r0, z],
        [r1 - 0.06, z],
        [r1 - 0.015, z + 0.02],
        [r1, z + 0.07],
        [r1, z + 0.25],
        [r1 - 0.02, z + 0.3],
        [r1 - 0.08, z + 0.33],
        [r0 + 0.05, z + 0.33],
        [r0, z + 0.28],
        [r0, z],
    ];
    solid.turned(S::PolishedSteel, Frame::at([0.0; 3]), &section, 40);
    solid.hoop_band(
        S::StainlessSteel,
        Frame::at([0.0, 0.0, z + 0.28]),
        r1 - 0.012,
        0.014,
        40,
    );
    for k in 0..12 {
        let turns = f64::from(k) / 12.0;
        let [x, y] = polar(r1, turns);
        let out = Frame {
            origin: [x, y, z + 0.16],
            x: [0.0, 0.0, 1.0],
            y: [-y / r1, x / r1, 0.0],
            z: [x / r1, y / r1, 0.0],
        };
        solid.add(S::StainlessSteel, &cylinder(0.05, -0.01, 0.016, 0.0, 16), out);
        solid.add(S::GaugeGlass, &cylinder(0.035, 0.0, 0.02, 0.0, 14), out);
    }
    // Spokes and the manifold in the middle, where product comes in from above.
    for k in 0..6 {
        let [x, y] = polar(1.0, f64::from(k) / 6.0);
        solid.rod(
            S::PolishedSteel,
            [x * 0.12, y * 0.12, z + 0.2],
            [x * r0, y * r0, z + 0.14],
            0.03,
            12,
        );
    }
    let manifold = [
        [0.0, CHAIN_TOP + 0.1],
        [0.26, CHAIN_TOP + 0.1],
        [0.26, CHAIN_TOP + 0.2],
        [0.17, CHAIN_TOP + 0.3],
        [0.17, z + 0.1],
        [0.2, z + 0.12],
        [0.2, z + 0.3],
        [0.1, z + 0.42],
        [0.07, z + 0.7],
        [0.0, z + 0.7],
    ];
    solid.turned(S::PolishedSteel, Frame::at([0.0; 3]), &manifold, 28);
    solid
}

pub(super) fn filler() -> Machine {
    let half = [1.9, 1.75];
    let valves = 48;
    let mut roof = Solid::new("FillerTop");
    let z = CHAIN_TOP + 1.55;
    roof.turned(
        S::StainlessSteel,
        Frame::at([0.0, 0.0, z]),
        &[[0.0, 0.0], [0.3, 0.0], [0.3, 0.18], [0.22, 0.24], [0.0, 0.24]],
        28,
    );
    for (x, y) in [(0.6, 0.5), (-0.6, 0.5)] {
        roof.take(&motor(0.13), Frame::at([x, y, z + 0.02]).flipped());
    }
    roof.text(
        S::EnamelBlue,
        "GEMBA",
        0.22,
        facing_front([0.0, -half[1] - 0.022, 2.72]),
    );
    let bottle_ring = ring(FILLER_RADIUS, CHAIN_TOP - 0.012, valves, 0.0);
    let carousel = Child::Pivot {
        name: "Carousel",
        at: [0.0; 3],
        children: vec![
            body("Turntable"),
            body("Bowl"),
            Child::Scatter {
                name: "Valves",
                solid: "FillingValve",
                at: ring(FILLER_RADIUS, 0.0, valves, 0.0),
            },
            Child::Scatter {
                name: "Bottles",
                solid: "goods:FilledBottleSolid",
                at: bottle_ring,
            },
        ],
    };
    let stars = [("InfeedStar", -1.45), ("OutfeedStar", 1.45)].map(|(name, x)| Child::Pivot {
        name,
        at: [x, -1.05, CHAIN_TOP],
        children: vec![placed("Wheel", "station:StarWheel", [0.0; 3])],
    });
    let mut children = vec![
        body("FillerBase"),
        body("FillerGuards"),
        body("FillerTop"),
        placed("Panel", "station:OperatorPanel", [-1.3, -half[1] - 0.2, 0.0]),
        carousel,
    ];
    children.extend(stars);
    children.extend(super::station::lamp([half[0] - 0.15, -half[1] + 0.05, 2.95]));
    let solids = vec![
        base("FillerBase", half),
        guard_frame("FillerGuards", half, 2.9, &[]),
        roof,
        turntable("Turntable", FILLER_RADIUS, 24),
        bowl(FILLER_RADIUS),
        filling_valve(),
    ];
    Machine {
        file: "filler",
        doc: "A rotary filler: 48 valves under a bowl, star wheels, guards.",
        models: vec![("Filler", children)],
        solids,
        decimals: 3,
    }
}
