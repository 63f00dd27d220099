//! Fans, the dry cooler, the stack light and the local control panel.

use super::{
    component::{Component, part},
    materials::Surface,
    math::{Frame, add, polar, scale},
    mesh::Mesh,
    shapes::{around, bevel_box, box_between, cylinder, hex, pierced_plate, revolve, torus},
};

/// Height of one lamp of a stack light, in metres.
pub(super) const LAMP_HEIGHT: f64 = 0.24;
/// Height of the lowest lamp's foot above the stack light's own foot.
pub(super) const LAMP_FOOT: f64 = 0.42;

pub(in crate::plantgen) fn components() -> Vec<Component> {
    vec![
        fan_frame(),
        fan_rotor(),
        cooler(),
        stack_light(),
        lamp("LampRed", Surface::BeaconRed),
        lamp("LampAmber", Surface::BeaconAmber),
        lamp("LampGreen", Surface::BeaconGreen),
        panel(),
        cable_tray(),
    ]
}

/// A square axial fan that looks along -Y, 1.2 m wide, origin at its hub.
fn fan_frame() -> Component {
    let out = Frame {
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
        origin: [0.0; 3],
    };
    let mut plate = pierced_plate(0.6, 0.5, -0.02, 0.02, 40).placed(out);
    let shroud = [
        [0.52, -0.16],
        [0.52, 0.06],
        [0.535, 0.07],
        [0.5, 0.07],
        [0.495, 0.05],
        [0.495, -0.16],
        [0.52, -0.16],
    ];
    plate.add(&revolve(&shroud, 48), out);
    let mut guard = Mesh::default();
    for radius in [0.13, 0.2, 0.27, 0.34, 0.41, 0.48] {
        guard.add(&torus(radius, 0.005, 32, 3), out.shifted([0.0, 0.0, 0.1]));
    }
    guard.add(
        &around(&bevel_box([0.42, 0.012, 0.008], 0.0), 0.3, 8, 0.0),
        out.shifted([0.0, 0.0, 0.1]),
    );
    guard.add(&cylinder(0.1, 0.092, 0.11, 0.004, 28), out);
    let mut motor = cylinder(0.1, -0.3, -0.1, 0.012, 24).placed(out);
    motor.add(
        &bevel_box([1.0, 0.05, 0.03], 0.004),
        out.shifted([0.0, 0.0, -0.18]),
    );
    motor.add(
        &bevel_box([0.05, 1.0, 0.03], 0.004),
        out.shifted([0.0, 0.0, -0.18]),
    );
    Component {
        name: "FanFrame",
        parts: vec![
            part("Shroud", Surface::Galvanised, plate),
            part("Guard", Surface::CableBlack, guard),
            part("Motor", Surface::MotorGrey, motor),
        ],
    }
}

/// The wheel of the fan: turns about Y.
fn fan_rotor() -> Component {
    let out = Frame {
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
        origin: [0.0; 3],
    };
    let hub = [
        [0.0, -0.06],
        [0.1, -0.06],
        [0.11, -0.05],
        [0.11, 0.02],
        [0.085, 0.045],
        [0.0, 0.055],
    ];
    let mut blades = Mesh::default();
    for k in 0..5 {
        blades.add(&blade(), out.spun(f64::from(k) / 5.0));
    }
    Component {
        name: "FanRotor",
        parts: vec![
            part("Hub", Surface::CastIron, revolve(&hub, 28).placed(out)),
            part("Blades", Surface::SafetyYellow, blades),
        ],
    }
}

/// A twisted blade along X, the flow along Z.
fn blade() -> Mesh {
    let stations: Vec<[[f64; 3]; 4]> = (0..=6)
        .map(|k| {
            let share = f64::from(k) / 6.0;
            let (r, chord) = (0.1 + 0.375 * share, 0.17 + 0.1 * share);
            let [cos, sin] = polar(1.0, 0.125 - 0.075 * share);
            let (along, across) = ([0.0, cos, sin], [0.0, -sin, cos]);
            // Swept back towards the tip.
            let center = [r, -0.05 * share * share, -0.01];
            let corner = |u: f64, v: f64| {
                add(
                    center,
                    add(scale(along, u * chord / 2.0), scale(across, v * 0.004)),
                )
            };
            [
                corner(-1.0, -1.0),
                corner(1.0, -1.0),
                corner(1.0, 1.0),
                corner(-1.0, 1.0),
            ]
        })
        .collect();
    let mut mesh = Mesh::default();
    for pair in stations.windows(2) {
        for side in 0..4 {
            let next = (side + 1) % 4;
            mesh.flat(&[pair[0][side], pair[0][next], pair[1][next], pair[1][side]]);
        }
    }
    let (first, last) = (stations[0], stations[6]);
    mesh.flat(&[first[3], first[2], first[1], first[0]]);
    mesh.flat(&last);
    mesh
}

/// The dry cooler's coil box, open at the front for a fan at (0, 0, 1.05).
fn cooler() -> Component {
    let mut housing = Mesh::default();
    for x in [-0.72, 0.72] {
        housing.add_at(&bevel_box([0.06, 1.2, 1.9], 0.01), [x, 0.6, 0.95]);
    }
    housing.add_at(&bevel_box([1.5, 1.2, 0.06], 0.01), [0.0, 0.6, 1.87]);
    housing.add_at(&bevel_box([1.38, 0.05, 0.4], 0.01), [0.0, 0.03, 0.24]);
    housing.add_at(&bevel_box([1.38, 0.05, 0.24], 0.01), [0.0, 0.03, 1.74]);
    for x in [-0.645, 0.645] {
        housing.add_at(&bevel_box([0.09, 0.05, 1.2], 0.006), [x, 0.03, 1.05]);
    }
    let mut fins = box_between([-0.69, 0.75, 0.1], [0.69, 1.1, 1.84], 0.0);
    for k in 0..56 {
        fins.add_at(
            &bevel_box([0.006, 0.4, 1.7], 0.0),
            [-0.66 + 0.024 * f64::from(k), 0.92, 0.97],
        );
    }
    Component {
        name: "DryCooler",
        parts: vec![
            part("Housing", Surface::PanelGrey, housing),
            part("Fins", Surface::BrushedMetal, fins),
        ],
    }
}

/// Pole, foot and cap of a stack light; the lamps are components of their own.
fn stack_light() -> Component {
    let mut mesh = cylinder(0.1, 0.0, 0.03, 0.006, 24);
    mesh.add_at(&cylinder(0.028, 0.02, LAMP_FOOT - 0.05, 0.0, 14), [0.0; 3]);
    mesh.add_at(
        &cylinder(0.117, LAMP_FOOT - 0.06, LAMP_FOOT - 0.004, 0.012, 28),
        [0.0; 3],
    );
    let top = LAMP_FOOT + 3.0 * LAMP_HEIGHT;
    mesh.add_at(&cylinder(0.124, top + 0.002, top + 0.05, 0.02, 28), [0.0; 3]);
    for k in 1..3 {
        let z = LAMP_FOOT + f64::from(k) * LAMP_HEIGHT;
        mesh.add_at(&cylinder(0.128, z - 0.008, z + 0.008, 0.003, 28), [0.0; 3]);
    }
    Component {
        name: "StackLight",
        parts: vec![part("Body", Surface::BlackPlastic, mesh)],
    }
}

/// A ribbed lens, standing on its foot.
fn lamp(name: &'static str, surface: Surface) -> Component {
    let mut profile = vec![[0.0, 0.01], [0.112, 0.01]];
    for k in 0..5 {
        let z = 0.016 + 0.041 * f64::from(k);
        profile.extend([[0.12, z + 0.009], [0.12, z + 0.028], [0.113, z + 0.038]]);
    }
    profile.extend([[0.112, LAMP_HEIGHT - 0.01], [0.0, LAMP_HEIGHT - 0.01]]);
    Component {
        name,
        parts: vec![part("Lens", surface, revolve(&profile, 24))],
    }
}

/// A control cabinet that looks along -Y, 1.2 m wide and 2 m high.
fn panel() -> Component {
    let mut cabinet = box_between([-0.6, 0.0, 0.1], [0.6, 0.42, 2.0], 0.012);
    for x in [-0.295, 0.295] {
        cabinet.add_at(&bevel_box([0.575, 0.03, 1.84], 0.008), [x, -0.014, 1.05]);
    }
    let mut fittings = box_between([-0.58, 0.02, 0.0], [0.58, 0.4, 0.1], 0.0);
    for x in [-0.05, 0.05] {
        fittings.add_at(&bevel_box([0.022, 0.03, 0.16], 0.006), [x, -0.045, 1.05]);
    }
    fittings.add_at(&bevel_box([0.4, 0.014, 0.3], 0.006), [-0.31, -0.033, 1.52]);
    for k in 0..7 {
        fittings.add_at(
            &bevel_box([0.3, 0.012, 0.012], 0.002),
            [0.31, -0.033, 0.3 + 0.03 * f64::from(k)],
        );
    }
    let face = |x: f64, z: f64| Frame {
        origin: [x, -0.03, z],
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
    };
    let (mut dials, mut marks, mut red, mut green) =
        (Mesh::default(), Mesh::default(), Mesh::default(), Mesh::default());
    for (at, x) in [0.13, 0.31, 0.49].into_iter().enumerate() {
        let dial = face(x, 1.6);
        fittings.add(&torus(0.07, 0.012, 24, 5), dial.shifted([0.0, 0.0, 0.006]));
        dials.add(&cylinder(0.068, 0.0, 0.006, 0.0, 28), dial);
        for k in 0..=8 {
            let tick = dial
                .spun(0.6 - 0.7 * f64::from(k) / 8.0)
                .shifted([0.054, 0.0, 0.007]);
            marks.add(&bevel_box([0.014, 0.003, 0.002], 0.0), tick);
        }
        let needle = dial.spun(0.42 - 0.07 * at as f64).shifted([0.02, 0.0, 0.009]);
        marks.add(&bevel_box([0.06, 0.004, 0.002], 0.0), needle);
        for (row, z) in [1.36, 1.25].into_iter().enumerate() {
            let button = face(x, z);
            fittings.add(&cylinder(0.024, 0.0, 0.008, 0.002, 20), button);
            let cap = cylinder(0.018, 0.0, 0.02, 0.004, 20);
            if row == 0 {
                green.add(&cap, button)
            } else {
                red.add(&cap, button)
            };
        }
    }
    red.add(&cylinder(0.035, 0.0, 0.05, 0.012, 24), face(-0.31, 1.18));
    let mut yellow = cylinder(0.06, 0.0, 0.006, 0.002, 28).placed(face(-0.31, 1.18));
    yellow.add(&prism_triangle(), face(0.31, 0.85));
    let screen = bevel_box([0.36, 0.004, 0.25], 0.0).placed(Frame::at([-0.31, -0.041, 1.52]));
    Component {
        name: "ControlPanel",
        parts: vec![
            part("Cabinet", Surface::PanelGrey, cabinet),
            part("Fittings", Surface::BlackPlastic, fittings),
            part("Dials", Surface::DialWhite, dials),
            part("Marks", Surface::CableBlack, marks),
            part("Stops", Surface::PaintRed, red),
            part("Starts", Surface::PaintGreen, green),
            part("Warnings", Surface::SafetyYellow, yellow),
            part("Display", Surface::Screen, screen),
        ],
    }
}

fn prism_triangle() -> Mesh {
    super::shapes::prism(&[[-0.07, -0.05], [0.07, -0.05], [0.0, 0.075]], 0.0, 0.002)
}

/// One metre of ladder tray along X with three cables in it.
fn cable_tray() -> Component {
    let mut tray = Mesh::default();
    for y in [-0.15, 0.15] {
        tray.add_at(&bevel_box([1.0, 0.014, 0.08], 0.0), [0.5, y, 0.04]);
    }
    for k in 0..4 {
        tray.add_at(
            &bevel_box([0.04, 0.3, 0.014], 0.0),
            [0.125 + 0.25 * f64::from(k), 0.0, 0.012],
        );
    }
    let mut cables = Mesh::default();
    for (y, r) in [(-0.1, 0.017), (-0.05, 0.022), (0.01, 0.022), (0.08, 0.014)] {
        cables.add(&cylinder(r, 0.0, 1.0, 0.0, 8), Frame::along_x([0.0, y, 0.02 + r]));
    }
    tray.add_at(&hex(0.02, 0.0, 0.02), [0.02, 0.13, 0.0]);
    Component {
        name: "CableTray",
        parts: vec![
            part("Tray", Surface::Galvanised, tray),
            part("Cables", Surface::CableBlack, cables),
        ],
    }
}
