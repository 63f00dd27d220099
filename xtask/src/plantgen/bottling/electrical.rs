//! Substation: an oil transformer with its radiators, and the cubicles of a low-voltage line-up. Fronts look to -Y.

use super::{
    Surface as S,
    math::Frame,
    mesh::Mesh,
    placing::facing_front,
    shapes::{bevel_box, box_between, cylinder, revolve, torus},
    solid::{Child, Machine, Solid, body, placed},
};

fn tank() -> Solid {
    let mut solid = Solid::new("TransformerTank");
    solid.block(S::Concrete, [-1.6, -1.3, 0.0], [1.6, 1.3, 0.15], 0.02);
    for (low, high) in [
        ([-1.9, -1.6, 0.0], [1.9, -1.5, 0.3]),
        ([-1.9, 1.5, 0.0], [1.9, 1.6, 0.3]),
        ([-1.9, -1.5, 0.0], [-1.8, 1.5, 0.3]),
        ([1.8, -1.5, 0.0], [1.9, 1.5, 0.3]),
    ] {
        solid.block(S::Concrete, low, high, 0.01);
    }
    for y in [-0.45, 0.45] {
        solid.i_beam(
            S::Galvanised,
            [-1.2, y, 0.23],
            [1.2, y, 0.23],
            [0.12, 0.16],
            0.012,
        );
    }
    solid.block(S::PaintGreen, [-1.0, -0.48, 0.32], [1.0, 0.48, 1.75], 0.02);
    solid.block(S::PaintGreen, [-1.07, -0.55, 1.75], [1.07, 0.55, 1.81], 0.01);
    for x in [-0.8, -0.4, 0.0, 0.4, 0.8] {
        for y in [-0.52, 0.52] {
            solid.add_at(S::Galvanised, &cylinder(0.02, 1.81, 1.84, 0.0, 6), [x, y, 0.0]);
        }
    }
    for z in [0.7, 1.35] {
        for y in [-0.52, 0.48] {
            solid.block(S::PaintGreen, [-0.98, y, z], [0.98, y + 0.04, z + 0.06], 0.006);
        }
    }
    solid.add(
        S::PaintGreen,
        &revolve(
            &[
                [0.0, -0.7],
                [0.26, -0.7],
                [0.28, -0.66],
                [0.28, 0.66],
                [0.26, 0.7],
                [0.0, 0.7],
            ],
            28,
        ),
        Frame::along_x([0.15, 0.42, 2.5]),
    );
    for x in [-0.35, 0.65] {
        solid.bar(S::PaintGreen, [x, 0.42, 1.8], [x, 0.42, 2.3], 0.07);
    }
    solid.rod(S::PaintGreen, [-0.55, 0.42, 2.25], [-0.75, 0.2, 1.8], 0.04, 10);
    solid.add(
        S::GaugeGlass,
        &cylinder(0.09, 0.0, 0.02, 0.0, 20),
        Frame::along_x([0.85, 0.42, 2.5]),
    );
    solid.block(S::PanelGrey, [-0.3, -0.72, 0.7], [0.25, -0.5, 1.4], 0.015);
    solid.block(S::SafetyYellow, [0.5, -0.56, 1.0], [0.75, -0.55, 1.22], 0.0);
    solid.sheet(
        S::BlackPlastic,
        facing_front([0.625, -0.562, 1.1]),
        &[
            [-0.03, -0.07],
            [0.02, 0.0],
            [-0.005, 0.005],
            [0.03, 0.08],
            [-0.02, 0.01],
            [0.005, 0.0],
        ],
        0.003,
    );
    solid
}

/// A radiator of thin panels; its origin at the tank's side, panels along Y.
fn radiator() -> Solid {
    let mut solid = Solid::new("Radiator");
    for k in 0..9 {
        let x = 0.16 + 0.055 * f64::from(k);
        solid.block(S::PaintGreen, [x, -0.38, 0.55], [x + 0.016, 0.38, 1.6], 0.005);
    }
    for z in [0.62, 1.53] {
        solid.rod(S::PaintGreen, [0.0, 0.0, z], [0.62, 0.0, z], 0.045, 14);
    }
    solid
}

/// A bushing of porcelain sheds with its terminal.
fn bushing() -> Solid {
    let mut solid = Solid::new("Bushing");
    let mut profile = vec![[0.0, 0.0], [0.09, 0.0], [0.09, 0.04]];
    for k in 0..5 {
        let z = 0.06 + 0.075 * f64::from(k);
        profile.extend([
            [0.045, z],
            [0.08 - 0.006 * f64::from(k), z + 0.02],
            [0.045, z + 0.04],
        ]);
    }
    profile.extend([[0.03, 0.45], [0.0, 0.45]]);
    solid.turned(S::EnamelRed, Frame::at([0.0; 3]), &profile, 20);
    solid.add_at(S::Copper, &cylinder(0.02, 0.45, 0.56, 0.003, 10), [0.0; 3]);
    solid
}

pub(super) fn transformer() -> Machine {
    let mut fence = Solid::new("TransformerFence");
    super::robot::fence(&mut fence, [2.3, -2.2, 0.0], [2.3, 2.0, 0.0]);
    super::robot::fence(&mut fence, [-1.9, -2.2, 0.0], [2.3, -2.2, 0.0]);
    fence.block(S::SafetyYellow, [0.4, -2.24, 1.3], [1.0, -2.23, 1.75], 0.0);
    fence.text(S::BlackPlastic, "20 KV", 0.14, facing_front([0.7, -2.245, 1.52]));
    let children = vec![
        body("TransformerTank"),
        placed("Radiator_1", "Radiator", [1.0, 0.0, 0.0]),
        super::solid::turned("Radiator_2", "Radiator", [-1.0, 0.0, 0.0], [0.0, 0.0, 180.0]),
        Child::Scatter {
            name: "Bushings",
            solid: "Bushing",
            at: [-0.5, 0.0, 0.5].map(|x| ([x, -0.25, 1.81], 0.0)).to_vec(),
        },
        body("TransformerFence"),
    ];
    Machine {
        file: "transformer",
        doc: "An oil transformer behind its fence.",
        models: vec![("Transformer", children)],
        solids: vec![tank(), radiator(), bushing(), fence],
        decimals: 3,
    }
}

/// A cubicle 0.8 m wide and 2.1 m high, its front at y = 0: meters, breaker, handle, louvres.
fn cubicle() -> Solid {
    let mut solid = Solid::new("Cubicle");
    solid.block(S::PanelGrey, [-0.4, 0.0, 0.1], [0.4, 0.9, 2.1], 0.012);
    solid.block(S::BlackPlastic, [-0.4, 0.02, 0.0], [0.4, 0.88, 0.1], 0.0);
    for (low, high) in [(0.14, 0.72), (0.74, 1.34), (1.36, 2.06)] {
        solid.block(S::PaintWhite, [-0.37, -0.018, low], [0.37, 0.002, high], 0.006);
        solid.block(
            S::BlackPlastic,
            [0.3, -0.034, (low + high) / 2.0 - 0.06],
            [0.33, -0.016, (low + high) / 2.0 + 0.06],
            0.005,
        );
    }
    for k in 0..7 {
        let z = 0.2 + 0.035 * f64::from(k);
        solid.block(
            S::BlackPlastic,
            [-0.25, -0.022, z],
            [0.15, -0.016, z + 0.015],
            0.0,
        );
    }
    solid.block(S::BlackPlastic, [-0.22, -0.035, 0.86], [0.14, -0.016, 1.22], 0.01);
    solid.block(S::MotorGrey, [-0.16, -0.05, 0.92], [0.08, -0.03, 1.16], 0.008);
    solid.add(
        S::EnamelRed,
        &cylinder(0.022, 0.0, 0.02, 0.003, 12),
        facing_front([-0.1, -0.05, 1.1]),
    );
    solid.add(
        S::PaintGreen,
        &cylinder(0.022, 0.0, 0.02, 0.003, 12),
        facing_front([0.02, -0.05, 1.1]),
    );
    solid.block(S::BlackPlastic, [-0.25, -0.028, 1.62], [0.05, -0.016, 1.9], 0.006);
    solid.block(S::Screen, [-0.23, -0.031, 1.7], [0.03, -0.026, 1.88], 0.0);
    for x in [0.14, 0.24] {
        solid.add(
            S::DialWhite,
            &cylinder(0.04, 0.0, 0.01, 0.0, 18),
            facing_front([x, -0.018, 1.8]),
        );
        solid.add(
            S::BlackPlastic,
            &torus(0.04, 0.006, 18, 6),
            facing_front([x, -0.026, 1.8]),
        );
    }
    solid
}

pub(super) fn switchgear() -> Machine {
    let mut lamp = Solid::new("RunLamp");
    lamp.add(
        S::BeaconGreen,
        &cylinder(0.022, 0.0, 0.025, 0.006, 14),
        facing_front([0.19, -0.018, 1.66]),
    );
    let mut busbar = Solid::new("Busway");
    let mut duct = Mesh::default();
    duct.add_at(&box_between([-0.4, 0.25, 2.1], [0.4, 0.65, 2.4], 0.01), [0.0; 3]);
    busbar.add_at(S::PanelGrey, &duct, [0.0; 3]);
    busbar.add_at(
        S::SafetyYellow,
        &bevel_box([0.2, 0.004, 0.12], 0.0),
        [0.0, 0.249, 2.25],
    );
    Machine {
        file: "switchgear",
        doc: "A cubicle of a low-voltage line-up.",
        models: vec![("Cubicle", vec![body("Cubicle"), body("Busway"), body("RunLamp")])],
        solids: vec![cubicle(), busbar, lamp],
        decimals: 3,
    }
}
