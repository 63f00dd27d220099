//! An end-suction centrifugal pump on a baseplate. Its shaft lies along X, [`SHAFT_HEIGHT`] above the floor: fan cowl at
//! -X, suction flange at +X, discharge flange pointing up.
//!
//! Four components: the body, which every pump shares as an instance; the rotor, which turns; the bearing frame and the
//! casing, which take the colour of their temperature. The last three are placed with their origin on the shaft.

use super::{
    component::{Component, part},
    joints::flange,
    materials::Surface,
    math::{Frame, V3, polar},
    mesh::Mesh,
    shapes::{around, bevel_box, box_between, cylinder, hex, prism, revolve, torus, tube},
};

/// Shaft above the floor, in metres.
pub(super) const SHAFT_HEIGHT: f64 = 0.65;
/// Centre of the suction flange's face, from the pump's origin.
pub(super) const SUCTION: V3 = [0.76, 0.0, SHAFT_HEIGHT];
/// Centre of the discharge flange's face, from the pump's origin.
pub(super) const DISCHARGE: V3 = [0.41, 0.24, 1.1];
/// Radius of both nozzles.
pub(super) const NOZZLE_RADIUS: f64 = 0.084;

pub(in crate::plantgen) fn components() -> Vec<Component> {
    vec![body(), rotor(), bearing_frame(), casing()]
}

fn on_shaft(x: f64) -> Frame {
    Frame::along_x([x, 0.0, SHAFT_HEIGHT])
}

fn body() -> Component {
    let mut nozzles = Mesh::default();
    nozzles.add(&flange(NOZZLE_RADIUS), Frame::along_x(SUCTION));
    nozzles.add(&flange(NOZZLE_RADIUS), Frame::at(DISCHARGE));
    let mut plates = Mesh::default();
    plates.add_at(&bevel_box([0.004, 0.12, 0.07], 0.001), [-0.62, 0.245, 0.66]);
    plates.add_at(&bevel_box([0.12, 0.004, 0.05], 0.001), [0.14, -0.31, 0.22]);
    Component {
        name: "PumpBody",
        parts: vec![
            part(
                "Plinth",
                Surface::Concrete,
                box_between([-1.35, -0.42, 0.0], [0.75, 0.42, 0.15], 0.02),
            ),
            part("Baseplate", Surface::StructuralSteel, baseplate()),
            part("Motor", Surface::MotorGrey, motor()),
            part("FanCowl", Surface::BlackPlastic, fan_cowl()),
            part("Guard", Surface::SafetyYellow, coupling_guard()),
            part("CoverBolts", Surface::Galvanised, cover_bolts()),
            part("Nozzles", Surface::CastIron, nozzles),
            part("Nameplates", Surface::BrushedMetal, plates),
        ],
    }
}

fn baseplate() -> Mesh {
    let mut mesh = Mesh::default();
    for y in [-0.27, 0.27] {
        mesh.add_at(&bevel_box([1.9, 0.07, 0.1], 0.008), [-0.3, y, 0.2]);
    }
    for x in [-1.2, -0.55, 0.05, 0.6] {
        mesh.add_at(&bevel_box([0.08, 0.5, 0.09], 0.006), [x, 0.0, 0.2]);
    }
    mesh.add(
        &bevel_box([1.84, 0.6, 0.012], 0.003),
        Frame::at([-0.3, 0.0, 0.256]),
    );
    // Feet under the motor, the bearing frame and the volute.
    for (x, y, top, size) in [
        (-0.82, 0.19, 0.47, 0.1),
        (-0.82, -0.19, 0.47, 0.1),
        (-0.44, 0.19, 0.47, 0.1),
        (-0.44, -0.19, 0.47, 0.1),
        (0.1, 0.0, 0.56, 0.12),
        (0.42, 0.13, 0.5, 0.09),
        (0.42, -0.13, 0.5, 0.09),
    ] {
        mesh.add(
            &box_between(
                [x - size / 2.0, y - 0.04, 0.26],
                [x + size / 2.0, y + 0.04, top],
                0.006,
            ),
            Frame::at([0.0; 3]),
        );
    }
    for x in [-1.15, -0.3, 0.55] {
        for y in [-0.27, 0.27] {
            mesh.add_at(&hex(0.04, 0.25, 0.275), [x, y, 0.0]);
        }
    }
    mesh
}

fn motor() -> Mesh {
    let mut mesh = Mesh::default();
    // Forty fins: a gear-like outline drawn along the shaft.
    let outline: Vec<[f64; 2]> = (0..40)
        .flat_map(|k| {
            let at = f64::from(k) / 40.0;
            [(0.198, 0.0), (0.232, 0.002), (0.232, 0.009), (0.198, 0.011)]
                .map(|(r, turn)| polar(r, at + turn))
        })
        .collect();
    mesh.add(&prism(&outline, -0.27, 0.27), on_shaft(-0.62));
    let shield: Vec<[f64; 2]> = vec![
        [0.0, 0.0],
        [0.235, 0.0],
        [0.235, 0.035],
        [0.215, 0.06],
        [0.12, 0.075],
        [0.075, 0.095],
        [0.0, 0.095],
    ];
    mesh.add(&revolve(&shield, 36), on_shaft(-0.37));
    let rear: Vec<[f64; 2]> = vec![
        [0.0, -0.05],
        [0.2, -0.05],
        [0.235, -0.02],
        [0.235, 0.02],
        [0.0, 0.02],
    ];
    mesh.add(&revolve(&rear, 36), on_shaft(-0.89));
    // Terminal box with its lid and glands, and a lifting eye.
    mesh.add_at(&bevel_box([0.24, 0.2, 0.13], 0.012), [-0.55, 0.0, 0.93]);
    mesh.add_at(&bevel_box([0.25, 0.21, 0.02], 0.006), [-0.55, 0.0, 1.0]);
    for y in [-0.05, 0.05] {
        mesh.add(
            &cylinder(0.022, 0.0, 0.05, 0.004, 12),
            Frame::along_x([-0.72, y, 0.93]),
        );
    }
    mesh.add(&torus(0.035, 0.011, 20, 8), Frame::along_y([-0.78, 0.0, 0.915]));
    mesh
}

fn fan_cowl() -> Mesh {
    let mut mesh = Mesh::default();
    let shell = [
        [0.226, -0.17],
        [0.226, -0.02],
        [0.245, 0.02],
        [0.25, 0.02],
        [0.25, -0.14],
        [0.238, -0.175],
        [0.226, -0.17],
    ];
    let reversed: Vec<[f64; 2]> = shell.iter().rev().copied().collect();
    mesh.add(&revolve(&reversed, 36), on_shaft(-0.93));
    for radius in [0.06, 0.105, 0.15, 0.195] {
        mesh.add(&torus(radius, 0.005, 28, 4), on_shaft(-1.1));
    }
    let spoke = bevel_box([0.2, 0.012, 0.006], 0.0);
    mesh.add(&around(&spoke, 0.13, 6, 0.0), on_shaft(-1.1));
    mesh.add(&cylinder(0.045, -0.006, 0.006, 0.002, 20), on_shaft(-1.1));
    mesh
}

/// A cage over the upper two thirds, so that the coupling is seen turning.
fn coupling_guard() -> Mesh {
    let mut mesh = Mesh::default();
    for x in [-0.265, -0.15, -0.035] {
        let arc: Vec<V3> = (0..=20)
            .map(|k| {
                let [y, z] = polar(0.15, -0.09 + 0.68 * f64::from(k) / 20.0);
                [x, y, SHAFT_HEIGHT + z]
            })
            .collect();
        mesh.add(&tube(&arc, &vec![0.009; arc.len()], 6), Frame::at([0.0; 3]));
    }
    for k in 0..12 {
        let [y, z] = polar(0.15, -0.09 + 0.68 * f64::from(k) / 11.0);
        mesh.add(
            &cylinder(0.006, -0.125, 0.125, 0.0, 6),
            on_shaft(-0.15).shifted([y, z, 0.0]),
        );
    }
    for y in [-0.13, 0.13] {
        mesh.add(
            &box_between([-0.28, y - 0.02, 0.26], [-0.02, y + 0.02, 0.575], 0.004),
            Frame::at([0.0; 3]),
        );
    }
    mesh
}

fn casing() -> Component {
    let down = Frame::at([0.0, 0.0, -SHAFT_HEIGHT]);
    Component {
        name: "Casing",
        parts: vec![part("Volute", Surface::PaintBlue, volute().placed(down))],
    }
}

fn volute() -> Mesh {
    let mut line: Vec<V3> = Vec::new();
    let mut radii = Vec::new();
    for k in 0..=44 {
        let turn = 0.06 + 0.94 * f64::from(k) / 44.0;
        let bore = 0.048 + 0.04 * turn;
        let [y, z] = polar(0.152 + bore, turn);
        line.push([0.41, y, SHAFT_HEIGHT + z]);
        radii.push(bore);
    }
    for z in [0.08, 0.2, 0.34, 0.43] {
        line.push([0.41, 0.24, SHAFT_HEIGHT + z]);
        radii.push(if z < 0.3 { 0.087 } else { NOZZLE_RADIUS });
    }
    let mut mesh = tube(&line, &radii, 20);
    let casing = [
        [0.0, -0.11],
        [0.15, -0.11],
        [0.205, -0.085],
        [0.205, 0.06],
        [0.17, 0.09],
        [0.11, 0.13],
        [0.092, 0.2],
        [0.088, 0.34],
        [0.0, 0.34],
    ];
    mesh.add(&revolve(&casing, 40), on_shaft(0.41));
    mesh.add(
        &cylinder(0.015, 0.0, 0.05, 0.003, 10),
        Frame::at([0.41, 0.0, SHAFT_HEIGHT + 0.26]),
    );
    mesh
}

fn cover_bolts() -> Mesh {
    let mut mesh = Mesh::default();
    mesh.add(&around(&hex(0.03, -0.135, -0.1), 0.178, 12, 0.02), on_shaft(0.41));
    mesh
}

fn rotor_frame(x: f64) -> Frame {
    Frame::along_x([x, 0.0, 0.0])
}

fn rotor() -> Component {
    let mut hubs = Mesh::default();
    for (x0, x1) in [(-0.255, -0.17), (-0.13, -0.045)] {
        hubs.add(&cylinder(0.1, x0, x1, 0.008, 32), rotor_frame(0.0));
    }
    hubs.add(&around(&hex(0.03, -0.27, -0.03), 0.07, 6, 0.0), rotor_frame(0.0));
    let mut marks = Mesh::default();
    for x in [-0.2125, -0.0875] {
        marks.add(
            &around(&bevel_box([0.006, 0.05, 0.07], 0.002), 0.1, 2, 0.0),
            rotor_frame(x),
        );
    }
    let mut fan = cylinder(0.06, -0.02, 0.04, 0.006, 20).placed(rotor_frame(-1.05));
    let blade = bevel_box([0.15, 0.008, 0.06], 0.002);
    fan.add(&around(&blade, 0.125, 7, 0.0), rotor_frame(-1.04));
    let mut elastomer = Mesh::default();
    elastomer.add(&cylinder(0.088, -0.172, -0.128, 0.004, 24), rotor_frame(0.0));
    Component {
        name: "PumpRotor",
        parts: vec![
            part(
                "Shaft",
                Surface::StainlessSteel,
                cylinder(0.028, -1.08, 0.02, 0.003, 16).placed(rotor_frame(0.0)),
            ),
            part("Coupling", Surface::CastIron, hubs),
            part("Elastomer", Surface::Rubber, elastomer),
            part("Marks", Surface::DialWhite, marks),
            part("Fan", Surface::MotorGrey, fan),
        ],
    }
}

fn bearing_frame() -> Component {
    let profile = [
        [0.0, 0.0],
        [0.075, 0.0],
        [0.1, 0.012],
        [0.1, 0.05],
        [0.088, 0.065],
        [0.088, 0.15],
        [0.1, 0.175],
        [0.13, 0.2],
        [0.19, 0.25],
        [0.205, 0.262],
        [0.205, 0.292],
        [0.0, 0.292],
    ];
    let mut housing = revolve(&profile, 36).placed(rotor_frame(0.005));
    let rib = bevel_box([0.07, 0.012, 0.16], 0.003);
    housing.add(&around(&rib, 0.12, 6, 0.083), rotor_frame(0.16));
    housing.add_at(&cylinder(0.02, 0.0, 0.06, 0.004, 12), [0.1, 0.0, 0.08]);
    let mut fittings = Mesh::default();
    fittings.add_at(&cylinder(0.028, 0.0, 0.05, 0.008, 16), [0.1, 0.0, 0.138]);
    fittings.add(
        &around(&hex(0.018, -0.012, 0.004), 0.085, 6, 0.0),
        rotor_frame(0.002),
    );
    Component {
        name: "BearingFrame",
        parts: vec![
            part("Housing", Surface::PaintBlue, housing),
            part("Fittings", Surface::BrushedMetal, fittings),
        ],
    }
}
