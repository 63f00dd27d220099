//! Storage tanks and the plate heat exchanger.

use super::{
    component::{Component, part},
    fittings::HEADER_RADIUS,
    joints::flange,
    materials::Surface,
    math::{Frame, V3, polar, scale},
    mesh::Mesh,
    shapes::{around, bevel_box, box_between, cylinder, hex, pipe, revolve, torus},
};

/// Outer radius of a tank, in metres.
pub(super) const TANK_RADIUS: f64 = 1.5;
/// Height of the low nozzles.
pub(super) const TANK_LOW_NOZZLE: f64 = 1.2;
/// Height of the high nozzle.
pub(super) const TANK_HIGH_NOZZLE: f64 = 4.0;
/// Where the level window looks, in turns: between the front and the right.
const WINDOW_TURN: f64 = -0.17;
/// Heights of 0 % and 100 % in the window.
const WINDOW_SPAN: [f64; 2] = [1.1, 4.1];

pub(in crate::plantgen) fn components() -> Vec<Component> {
    vec![tank(), level_window(), exchanger(), plate_pack()]
}

/// A slab bent around Z between two radii, two angles and two heights.
fn arc_slab(radii: [f64; 2], turns: [f64; 2], heights: [f64; 2], steps: usize) -> Mesh {
    let mut mesh = Mesh::default();
    let point = |k: usize, r: f64, z: f64| -> V3 {
        let [x, y] = polar(r, turns[0] + (turns[1] - turns[0]) * k as f64 / steps as f64);
        [x, y, z]
    };
    let normal = |k: usize| scale(point(k, 1.0, 0.0), 1.0);
    let ([r0, r1], [z0, z1]) = (radii, heights);
    for (r, outward) in [(r1, 1.0), (r0, -1.0)] {
        let columns: Vec<[u32; 2]> = (0..=steps)
            .map(|k| [z0, z1].map(|z| mesh.vertex(point(k, r, z), scale(normal(k), outward))))
            .collect();
        for (k, pair) in columns.windows(2).enumerate() {
            mesh.face_outward(
                &[pair[0][0], pair[1][0], pair[1][1], pair[0][1]],
                scale(normal(k), outward),
            );
        }
    }
    for k in 0..steps {
        mesh.flat(&[
            point(k, r0, z1),
            point(k, r1, z1),
            point(k + 1, r1, z1),
            point(k + 1, r0, z1),
        ]);
        mesh.flat(&[
            point(k + 1, r0, z0),
            point(k + 1, r1, z0),
            point(k, r1, z0),
            point(k, r0, z0),
        ]);
    }
    mesh.flat(&[
        point(0, r0, z0),
        point(0, r1, z0),
        point(0, r1, z1),
        point(0, r0, z1),
    ]);
    let n = steps;
    mesh.flat(&[
        point(n, r0, z1),
        point(n, r1, z1),
        point(n, r1, z0),
        point(n, r0, z0),
    ]);
    mesh
}

fn tank() -> Component {
    let r = TANK_RADIUS;
    let mut profile: Vec<[f64; 2]> = Vec::new();
    for k in 0..=8 {
        let [cos, sin] = polar(1.0, f64::from(k) / 32.0);
        profile.push([if k == 0 { 0.0 } else { r * sin }, 0.9 - 0.42 * cos]);
    }
    for k in (0..=8).rev() {
        let [cos, sin] = polar(1.0, f64::from(k) / 32.0);
        profile.push([if k == 0 { 0.0 } else { r * sin }, 4.3 + 0.42 * cos]);
    }
    let mut bands = Mesh::default();
    for z in [0.9, 4.3] {
        let ring = [
            [r - 0.01, z - 0.03],
            [r + 0.014, z - 0.03],
            [r + 0.014, z + 0.03],
            [r - 0.01, z + 0.03],
            [r - 0.01, z - 0.03],
        ];
        bands.add_at(&revolve(&ring, 48), [0.0; 3]);
    }
    Component {
        name: "Tank",
        parts: vec![
            part("Shell", Surface::StainlessSteel, revolve(&profile, 48)),
            part("Bands", Surface::BrushedMetal, bands),
            part("Legs", Surface::StructuralSteel, legs()),
            part("Nozzles", Surface::Galvanised, nozzles()),
            part("Manway", Surface::BrushedMetal, manway()),
            part("Ladder", Surface::SafetyYellow, ladder()),
            part("WindowFrame", Surface::StructuralSteel, window_frame()),
            part("WindowMarks", Surface::DialWhite, window_marks()),
        ],
    }
}

fn legs() -> Mesh {
    let mut leg = cylinder(0.08, 0.03, 1.3, 0.0, 18);
    leg.add_at(&bevel_box([0.32, 0.32, 0.025], 0.005), [0.0, 0.0, 0.0125]);
    leg.add_at(&bevel_box([0.1, 0.3, 0.5], 0.01), [0.06, 0.0, 1.15]);
    around(&leg, TANK_RADIUS - 0.13, 4, 0.125)
}

fn nozzles() -> Mesh {
    let mut mesh = Mesh::default();
    let stub = cylinder(HEADER_RADIUS, -0.1, 0.12, 0.0, 24);
    for (turn, z) in [
        (0.75, TANK_LOW_NOZZLE),
        (0.5, TANK_LOW_NOZZLE),
        (0.25, TANK_HIGH_NOZZLE),
    ] {
        let [x, y] = polar(TANK_RADIUS, turn);
        let out = Frame::along_x([0.0; 3]);
        let turned = Frame::at([x, y, z]).spun(turn);
        let frame = Frame {
            origin: turned.origin,
            x: turned.direction(out.x),
            y: turned.direction(out.y),
            z: turned.direction(out.z),
        };
        mesh.add(&stub, frame)
            .add(&flange(HEADER_RADIUS), frame.shifted([0.0, 0.0, 0.15]));
    }
    // A vent with a swan neck on the roof.
    mesh.add_at(&cylinder(0.14, 4.66, 4.75, 0.01, 24), [0.4, 0.4, 0.0]);
    mesh.add(
        &pipe(
            &[
                [0.4, 0.4, 4.7],
                [0.4, 0.4, 5.05],
                [0.72, 0.4, 5.05],
                [0.72, 0.4, 4.92],
            ],
            0.05,
            0.1,
            14,
        ),
        Frame::at([0.0; 3]),
    );
    mesh
}

fn manway() -> Mesh {
    let turn = -0.33;
    let [x, y] = polar(TANK_RADIUS - 0.04, turn);
    let turned = Frame::at([x, y, 1.75]).spun(turn);
    let frame = Frame {
        z: turned.x,
        x: turned.y,
        y: turned.z,
        ..turned
    };
    let mut mesh = cylinder(0.27, 0.0, 0.12, 0.0, 32).placed(frame);
    mesh.add(&cylinder(0.33, 0.12, 0.15, 0.006, 32), frame)
        .add(&cylinder(0.33, 0.156, 0.186, 0.006, 32), frame);
    mesh.add(&around(&hex(0.035, 0.1, 0.21), 0.3, 12, 0.0), frame);
    mesh.add(&torus(0.07, 0.01, 20, 6), frame.shifted([0.0, 0.0, 0.2]));
    mesh
}

fn ladder() -> Mesh {
    let mut mesh = Mesh::default();
    let frame = Frame::at([0.0; 3]).spun(0.1);
    let x = TANK_RADIUS + 0.22;
    for y in [-0.22, 0.22] {
        mesh.add(&bevel_box([0.045, 0.02, 4.9], 0.003), frame.shifted([x, y, 2.65]));
        for z in [1.2, 2.6, 4.0] {
            mesh.add(
                &bevel_box([0.24, 0.02, 0.04], 0.0),
                frame.shifted([x - 0.11, y, z]),
            );
        }
    }
    for k in 0..17 {
        let rung = Frame::along_y([0.0; 3]);
        let at = frame.shifted([x, 0.0, 0.4 + 0.28 * f64::from(k)]);
        let frame = Frame {
            origin: at.origin,
            x: at.direction(rung.x),
            y: at.direction(rung.y),
            z: at.direction(rung.z),
        };
        mesh.add(&cylinder(0.013, -0.22, 0.22, 0.0, 8), frame);
    }
    mesh
}

fn window_frame() -> Mesh {
    let [z0, z1] = WINDOW_SPAN;
    let (r0, r1) = (TANK_RADIUS - 0.01, TANK_RADIUS + 0.05);
    let (t0, t1) = (WINDOW_TURN - 0.035, WINDOW_TURN + 0.035);
    let mut mesh = arc_slab([r0, r1], [t0 - 0.006, t0], [z0 - 0.05, z1 + 0.05], 1);
    mesh.add_at(
        &arc_slab([r0, r1], [t1, t1 + 0.006], [z0 - 0.05, z1 + 0.05], 1),
        [0.0; 3],
    );
    mesh.add_at(&arc_slab([r0, r1], [t0, t1], [z0 - 0.05, z0], 6), [0.0; 3]);
    mesh.add_at(&arc_slab([r0, r1], [t0, t1], [z1, z1 + 0.05], 6), [0.0; 3]);
    mesh
}

fn window_marks() -> Mesh {
    let [z0, z1] = WINDOW_SPAN;
    let start = WINDOW_TURN + 0.042;
    let mut mesh = Mesh::default();
    for k in 0..=20 {
        let z = z0 + (z1 - z0) * f64::from(k) / 20.0;
        let reach = if k % 10 == 0 {
            0.016
        } else if k % 2 == 0 {
            0.011
        } else {
            0.006
        };
        mesh.add_at(
            &arc_slab(
                [TANK_RADIUS, TANK_RADIUS + 0.008],
                [start, start + reach],
                [z - 0.008, z + 0.008],
                1,
            ),
            [0.0; 3],
        );
    }
    mesh
}

/// What fills with the level; its bounds run from 0 % to 100 %.
fn level_window() -> Component {
    let glass = arc_slab(
        [TANK_RADIUS + 0.004, TANK_RADIUS + 0.03],
        [WINDOW_TURN - 0.035, WINDOW_TURN + 0.035],
        WINDOW_SPAN,
        8,
    );
    Component {
        name: "LevelWindow",
        parts: vec![part("Glass", Surface::GaugeGlass, glass)],
    }
}

/// Ports of the heat exchanger on its head plate, which looks along -Y: offset in X and the two heights.
pub(super) const PORT_X: f64 = 0.19;
pub(super) const PORT_Z: [f64; 2] = [0.45, 1.65];

fn exchanger() -> Component {
    let mut frame = box_between([-0.38, 0.0, 0.12], [0.38, 0.06, 1.98], 0.012);
    frame.add_at(
        &box_between([-0.38, 0.95, 0.2], [0.38, 1.0, 1.9], 0.012),
        [0.0; 3],
    );
    frame.add_at(
        &box_between([-0.06, 1.62, 0.0], [0.06, 1.72, 2.1], 0.01),
        [0.0; 3],
    );
    for x in [-0.3, 0.3] {
        frame.add_at(
            &box_between([x - 0.06, -0.02, 0.0], [x + 0.06, 0.1, 0.13], 0.008),
            [0.0; 3],
        );
    }
    let mut bars = box_between([-0.05, 0.03, 1.98], [0.05, 1.7, 2.08], 0.006);
    bars.add_at(
        &box_between([-0.03, 0.03, 0.13], [0.03, 1.7, 0.19], 0.006),
        [0.0; 3],
    );
    for x in [-0.35, 0.35] {
        for k in 0..5 {
            let at = Frame::along_y([x, 0.0, 0.3 + 0.37 * f64::from(k)]);
            bars.add(&cylinder(0.014, -0.06, 1.12, 0.0, 8), at);
            bars.add(&hex(0.045, -0.035, 0.0), at)
                .add(&hex(0.045, 1.0, 1.035), at);
        }
    }
    let mut ports = Mesh::default();
    for x in [-PORT_X, PORT_X] {
        for z in PORT_Z {
            let at = Frame::along_y([x, -0.09, z]);
            ports.add(&flange(0.084), at);
            ports.add(&cylinder(0.084, 0.0, 0.1, 0.0, 20), at);
        }
    }
    Component {
        name: "HeatExchanger",
        parts: vec![
            part("Frame", Surface::PaintBlue, frame),
            part("Bars", Surface::Galvanised, bars),
            part("Ports", Surface::Galvanised, ports),
            part(
                "Nameplate",
                Surface::BrushedMetal,
                bevel_box([0.2, 0.004, 0.12], 0.001).placed(Frame::at([0.0, -0.003, 1.05])),
            ),
        ],
    }
}

fn plate_pack() -> Component {
    let mut plates = Mesh::default();
    let mut gaskets = Mesh::default();
    for k in 0..40 {
        let y = 0.068 + 0.022 * f64::from(k);
        plates.add_at(&bevel_box([0.6, 0.012, 1.74], 0.0), [0.0, y, 1.05]);
        gaskets.add_at(&bevel_box([0.575, 0.01, 1.71], 0.0), [0.0, y + 0.011, 1.05]);
    }
    Component {
        name: "PlatePack",
        parts: vec![
            part("Plates", Surface::BrushedMetal, plates),
            part("Gaskets", Surface::Rubber, gaskets),
        ],
    }
}
