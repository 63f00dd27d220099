//! What pipes are joined, stopped and held with: flanges, valves, supports and instruments in the line.

use super::{
    component::{Component, part},
    joints::flange,
    materials::Surface,
    math::{Frame, V3},
    mesh::Mesh,
    shapes::{around, bevel_box, box_between, cylinder, hex, revolve, torus},
};

/// Radius of the headers (DN 200).
pub(super) const HEADER_RADIUS: f64 = 0.11;
/// Radius of the branches (DN 150).
pub(super) const BRANCH_RADIUS: f64 = 0.084;
/// Half the face-to-face length of a control valve.
pub(super) const CONTROL_VALVE_HALF: f64 = 0.3;

pub(in crate::plantgen) fn components() -> Vec<Component> {
    vec![
        Component {
            name: "FlangeHeader",
            parts: vec![part("Joint", Surface::Galvanised, flange(HEADER_RADIUS))],
        },
        Component {
            name: "FlangeBranch",
            parts: vec![part("Joint", Surface::Galvanised, flange(BRANCH_RADIUS))],
        },
        control_valve(),
        valve_stem(),
        hand_valve(),
        check_valve(),
        support(),
        rack_bracket(),
        gauge(),
        flow_meter(),
    ]
}

/// Globe control valve with a diaphragm actuator: pipe along X, origin on the pipe's axis, actuator up.
fn control_valve() -> Component {
    let globe = [
        [0.0, -0.22],
        [0.1, -0.22],
        [0.115, -0.16],
        [0.15, -0.1],
        [0.165, 0.0],
        [0.15, 0.1],
        [0.115, 0.16],
        [0.1, 0.22],
        [0.0, 0.22],
    ];
    let mut body = revolve(&globe, 28).placed(Frame::along_x([0.0; 3]));
    let bonnet = [
        [0.0, 0.1],
        [0.1, 0.1],
        [0.1, 0.17],
        [0.13, 0.17],
        [0.13, 0.2],
        [0.07, 0.215],
        [0.045, 0.29],
        [0.0, 0.29],
    ];
    body.add_at(&revolve(&bonnet, 24), [0.0; 3]);
    let mut joints = Mesh::default();
    for x in [-CONTROL_VALVE_HALF, CONTROL_VALVE_HALF] {
        joints.add(&flange(HEADER_RADIUS), Frame::along_x([x, 0.0, 0.0]));
    }
    joints.add(
        &around(&hex(0.022, 0.19, 0.225), 0.108, 8, 0.02),
        Frame::at([0.0; 3]),
    );
    let mut yoke = Mesh::default();
    for y in [-0.075, 0.075] {
        yoke.add_at(&bevel_box([0.04, 0.022, 0.34], 0.005), [0.0, y, 0.44]);
    }
    yoke.add_at(&cylinder(0.1, 0.6, 0.625, 0.006, 24), [0.0; 3]);
    yoke.add_at(&cylinder(0.09, 0.255, 0.28, 0.006, 24), [0.0; 3]);
    let diaphragm = [
        [0.0, 0.62],
        [0.12, 0.625],
        [0.2, 0.68],
        [0.225, 0.7],
        [0.225, 0.73],
        [0.2, 0.75],
        [0.14, 0.82],
        [0.07, 0.85],
        [0.0, 0.855],
    ];
    let mut actuator = revolve(&diaphragm, 32);
    actuator.add_at(&around(&hex(0.02, 0.69, 0.74), 0.211, 12, 0.0), [0.0; 3]);
    actuator.add_at(&cylinder(0.018, 0.85, 0.9, 0.004, 12), [0.0; 3]);
    let mut positioner = bevel_box([0.11, 0.07, 0.16], 0.012).placed(Frame::at([0.0, -0.135, 0.46]));
    positioner.add(
        &cylinder(0.03, 0.0, 0.018, 0.003, 16),
        Frame::along_y([0.0, -0.19, 0.48]),
    );
    let mut scale = bevel_box([0.004, 0.03, 0.2], 0.0).placed(Frame::at([0.026, 0.075, 0.44]));
    for k in 0..=4 {
        scale.add_at(
            &bevel_box([0.006, 0.02, 0.004], 0.0),
            [0.03, 0.07, 0.36 + 0.04 * f64::from(k)],
        );
    }
    Component {
        name: "ControlValve",
        parts: vec![
            part("Body", Surface::CastIron, body),
            part("Joints", Surface::Galvanised, joints),
            part("Yoke", Surface::StructuralSteel, yoke),
            part("Actuator", Surface::SafetyYellow, actuator),
            part("Positioner", Surface::BlackPlastic, positioner),
            part("Scale", Surface::BrushedMetal, scale),
        ],
    }
}

/// What moves in a control valve: drawn closed, lifts by 0.16 m.
fn valve_stem() -> Component {
    let mut stem = cylinder(0.013, 0.0, 0.46, 0.0, 12).placed(Frame::at([0.0, 0.0, 0.17]));
    stem.add_at(&hex(0.045, 0.33, 0.36), [0.0; 3]);
    let mut pointer = cylinder(0.055, 0.345, 0.365, 0.004, 24);
    pointer.add_at(&bevel_box([0.012, 0.1, 0.016], 0.002), [0.022, 0.045, 0.355]);
    Component {
        name: "ValveStem",
        parts: vec![
            part("Stem", Surface::StainlessSteel, stem),
            part("Pointer", Surface::PaintRed, pointer),
        ],
    }
}

/// Butterfly valve between flanges with a handwheel: pipe along Z, handwheel towards -Y.
fn hand_valve() -> Component {
    let mut body = cylinder(BRANCH_RADIUS + 0.06, -0.03, 0.03, 0.006, 28);
    body.add(
        &cylinder(0.03, 0.0, 0.14, 0.0, 14),
        Frame::along_y([0.0, -0.27, 0.0]),
    );
    body.add_at(&bevel_box([0.09, 0.08, 0.12], 0.012), [0.0, -0.29, 0.0]);
    let mut joints = Mesh::default();
    for z in [-0.034, 0.034] {
        let ring = [
            [0.0, -0.012],
            [BRANCH_RADIUS + 0.075, -0.012],
            [BRANCH_RADIUS + 0.075, 0.012],
            [0.0, 0.012],
        ];
        joints.add_at(&revolve(&ring, 28), [0.0, 0.0, z]);
    }
    joints.add_at(
        &around(&hex(0.026, -0.075, 0.075), BRANCH_RADIUS + 0.05, 8, 1.0 / 16.0),
        [0.0; 3],
    );
    let wheel_at = Frame::along_y([0.0, -0.37, 0.0]);
    let mut wheel = torus(0.12, 0.011, 28, 8).placed(wheel_at);
    wheel.add(
        &around(&bevel_box([0.11, 0.014, 0.01], 0.003), 0.06, 4, 0.0),
        wheel_at,
    );
    wheel.add(&cylinder(0.022, -0.015, 0.06, 0.004, 14), wheel_at);
    Component {
        name: "HandValve",
        parts: vec![
            part("Body", Surface::CastIron, body),
            part("Joints", Surface::Galvanised, joints),
            part("Handwheel", Surface::PaintRed, wheel),
        ],
    }
}

/// Swing check valve: pipe along Z.
fn check_valve() -> Component {
    let shell = [
        [0.0, -0.16],
        [0.09, -0.16],
        [0.13, -0.09],
        [0.14, 0.0],
        [0.12, 0.1],
        [0.09, 0.16],
        [0.0, 0.16],
    ];
    let mut body = revolve(&shell, 28);
    body.add(
        &cylinder(0.075, 0.0, 0.17, 0.01, 20),
        Frame::along_y([0.0, 0.0, 0.03]),
    );
    let mut joints = Mesh::default();
    for z in [-0.2, 0.2] {
        joints.add_at(&flange(BRANCH_RADIUS), [0.0, 0.0, z]);
    }
    joints.add(
        &around(&hex(0.02, 0.16, 0.19), 0.055, 6, 0.0),
        Frame::along_y([0.0, 0.0, 0.03]),
    );
    Component {
        name: "CheckValve",
        parts: vec![
            part("Body", Surface::PaintBlue, body),
            part("Joints", Surface::Galvanised, joints),
        ],
    }
}

/// Floor stand of a pipe 1 m high along X; the origin lies on the pipe's axis.
fn support() -> Component {
    let mut mesh = cylinder(0.038, -0.98, -0.15, 0.0, 14);
    mesh.add_at(&bevel_box([0.22, 0.22, 0.015], 0.004), [0.0, 0.0, -0.99]);
    mesh.add_at(&bevel_box([0.12, 0.26, 0.02], 0.004), [0.0, 0.0, -0.14]);
    for y in [-0.118, 0.118] {
        mesh.add_at(&bevel_box([0.05, 0.012, 0.15], 0.003), [0.0, y, -0.06]);
    }
    Component {
        name: "PipeSupport",
        parts: vec![part("Stand", Surface::StructuralSteel, mesh)],
    }
}

/// Bracket of a high pipe along X, held from the side of +Y; the origin lies on the pipe's axis.
fn rack_bracket() -> Component {
    let mut mesh = box_between([-0.04, -0.2, -0.2], [0.04, 0.9, -0.115], 0.006);
    mesh.add_at(&bevel_box([0.16, 0.02, 0.4], 0.004), [0.0, 0.89, -0.1]);
    let clamp = torus(HEADER_RADIUS + 0.006, 0.009, 20, 6);
    mesh.add(&clamp, Frame::along_x([0.0; 3]));
    Component {
        name: "RackBracket",
        parts: vec![part("Bracket", Surface::StructuralSteel, mesh)],
    }
}

/// Pressure gauge on a stub: the dial looks along -Y, the origin lies on the pipe's surface.
fn gauge() -> Component {
    let dial = [0.0, -0.02, 0.2];
    let face = |y: f64| Frame::along_y([dial[0], y, dial[2]]);
    let mut case = cylinder(0.075, 0.0, 0.045, 0.006, 28).placed(face(-0.03));
    case.add_at(&cylinder(0.011, -0.01, 0.14, 0.0, 10), [0.0; 3]);
    case.add_at(&hex(0.03, 0.02, 0.05), [0.0; 3]);
    let disc = cylinder(0.064, -0.001, 0.0, 0.0, 28).placed(face(-0.0305));
    let mut marks = Mesh::default();
    let dial_frame = Frame {
        origin: [dial[0], -0.0325, dial[2]],
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
    };
    for k in 0..=10 {
        let turn = 0.625 - 0.75 * f64::from(k) / 10.0;
        marks.add(
            &bevel_box([0.012, 0.003, 0.001], 0.0),
            dial_frame.spun(turn).shifted([0.052, 0.0, 0.0]),
        );
    }
    marks.add(
        &bevel_box([0.055, 0.004, 0.001], 0.0),
        dial_frame.spun(0.3).shifted([0.018, 0.0, 0.001]),
    );
    Component {
        name: "PressureGauge",
        parts: vec![
            part("Case", Surface::BrushedMetal, case),
            part("Dial", Surface::DialWhite, disc),
            part("Marks", Surface::BlackPlastic, marks),
        ],
    }
}

/// Magnetic flow meter: pipe along X, transmitter up.
fn flow_meter() -> Component {
    let mut body = cylinder(HEADER_RADIUS + 0.05, -0.14, 0.14, 0.02, 32).placed(Frame::along_x([0.0; 3]));
    body.add_at(&cylinder(0.03, 0.1, 0.25, 0.0, 14), [0.0; 3]);
    body.add(
        &cylinder(0.085, -0.08, 0.08, 0.012, 28),
        Frame::along_y([0.0, 0.0, 0.31]),
    );
    let mut joints = Mesh::default();
    for x in [-0.22, 0.22] {
        joints.add(&flange(HEADER_RADIUS), Frame::along_x([x, 0.0, 0.0]));
    }
    let window: V3 = [0.0, -0.083, 0.31];
    Component {
        name: "FlowMeter",
        parts: vec![
            part("Body", Surface::PaintBlue, body),
            part("Joints", Surface::Galvanised, joints),
            part(
                "Display",
                Surface::Screen,
                cylinder(0.055, -0.002, 0.004, 0.0, 24).placed(Frame::along_y(window)),
            ),
        ],
    }
}
