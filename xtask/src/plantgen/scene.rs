//! Where everything in the pump house stands, and the pipes between: `plant_scene.usda`.
//!
//! X runs along the hall, Y from the open front to the back wall, Z up. Water goes from TK-201 through the suction
//! header to the pumps, through the discharge header, the control valve FCV-301 and the heat exchanger to TK-202, and back
//! through LCV-302.

use super::{
    building::{self, HALF_DEPTH, HALF_LENGTH},
    fittings::{BRANCH_RADIUS, HEADER_RADIUS},
    lettering::lettering,
    materials::Surface,
    math::{Frame, V3, add, cross, polar, sub, unit},
    mesh::Mesh,
    pump::{DISCHARGE, SHAFT_HEIGHT, SUCTION},
    shapes::{bevel_box, box_between, cylinder, pipe},
    usda::{Layer, number, tuple},
    utilities::{LAMP_FOOT, LAMP_HEIGHT},
    vessels::{PORT_X, PORT_Z, TANK_HIGH_NOZZLE, TANK_LOW_NOZZLE, TANK_RADIUS},
};

const PUMPS: [(&str, f64); 3] = [("P-101", 1.0), ("P-102", 3.5), ("P-103", 6.0)];
const PUMP_Y: f64 = -1.5;
const TANKS: [(&str, &str, f64); 2] = [
    ("TK-201", "Cold water tank", -9.0),
    ("TK-202", "Warm water tank", -5.0),
];
const TANK_Y: f64 = 3.6;
const EXCHANGER: V3 = [8.61, 4.3, 0.0];
const COOLER: V3 = [10.7, 4.75, 0.0];
const FLOW_VALVE: V3 = [8.8, 0.9, 1.1];
const LEVEL_VALVE: V3 = [-7.6, -0.2, TANK_LOW_NOZZLE];
const PANEL: V3 = [-2.0, -2.2, 0.0];
const WALL_FAN: V3 = [1.0, HALF_DEPTH - 0.12, 4.1];
const TRAY_Z: f64 = 3.15;
const SUCTION_Y: f64 = 0.9;
const RISER_TOP: f64 = 2.55;

/// `plant_scene.usda`.
pub(super) fn layer() -> String {
    let doc =
        "The pump house as its vendor would deliver it: geometry only. Made by `cargo xtask gen-plant`.";
    let mut layer = Layer::new(doc, "Plant", &[]);
    let metadata = model("assembly", "Pump house");
    layer.prim("def Xform \"Plant\"", &metadata, |layer| {
        layer.looks(
            &[
                Surface::BlackPlastic,
                Surface::CableBlack,
                Surface::Concrete,
                Surface::Galvanised,
                Surface::PaintBlue,
                Surface::PaintGreen,
                Surface::Rubber,
                Surface::SafetyYellow,
                Surface::StainlessSteel,
                Surface::StructuralSteel,
            ],
            "materials.usda",
        );
        cameras(layer);
        hall(layer);
        pump_row(layer);
        tank_farm(layer);
        heat_recovery(layer);
        piping(layer);
        utilities(layer);
    });
    layer.finish()
}

fn model(kind: &str, display_name: &str) -> Vec<String> {
    vec![
        format!("kind = \"{kind}\""),
        format!("displayName = \"{display_name}\""),
    ]
}

/// Where a referenced component is written.
struct Place<'a> {
    file: &'a str,
    component: &'a str,
    at: V3,
    turn_deg: V3,
    is_instance: bool,
}

fn place(layer: &mut Layer, name: &str, place: &Place) {
    let mut metadata = vec![format!(
        "prepend references = @components/{}.usda@</{}>",
        place.file, place.component
    )];
    if place.is_instance {
        metadata.push("instanceable = true".to_owned());
    }
    layer.prim(&format!("def Xform \"{name}\""), &metadata, |layer| {
        layer.transform(place.at, place.turn_deg);
    });
}

fn instance(layer: &mut Layer, name: &str, file: &str, component: &str, at: V3, turn_deg: V3) {
    place(
        layer,
        name,
        &Place {
            file,
            component,
            at,
            turn_deg,
            is_instance: true,
        },
    );
}

/// A part with prims that an effect moves, colours or fills.
fn part(layer: &mut Layer, name: &str, file: &str, component: &str, at: V3) {
    place(
        layer,
        name,
        &Place {
            file,
            component,
            at,
            turn_deg: [0.0; 3],
            is_instance: false,
        },
    );
}

fn own_mesh(layer: &mut Layer, name: &str, mesh: &Mesh, surface: Surface) {
    layer.mesh(name, mesh, &format!("/Plant/Looks/{}", surface.name()));
}

fn group(layer: &mut Layer, name: &str, display_name: &str, body: impl FnOnce(&mut Layer)) {
    layer.prim(
        &format!("def Xform \"{name}\""),
        &model("group", display_name),
        body,
    );
}

fn component(
    layer: &mut Layer,
    name: &str,
    display_name: &str,
    at: V3,
    turn_deg: f64,
    body: impl FnOnce(&mut Layer),
) {
    layer.prim(
        &format!("def Xform \"{name}\""),
        &model("component", display_name),
        |layer| {
            layer.transform(at, [0.0, 0.0, turn_deg]);
            body(layer);
        },
    );
}

fn cameras(layer: &mut Layer) {
    layer.prim("def Scope \"Cameras\"", &[], |layer| {
        camera(layer, "Overview", [14.2, -12.6, 8.4], [0.2, 0.9, 1.0], 26.0);
        camera(layer, "PumpRow", [7.9, -5.6, 2.5], [2.9, -1.2, 0.9], 28.0);
        camera(layer, "TankFarm", [-1.2, -5.4, 3.1], [-7.4, 3.0, 1.9], 26.0);
        camera(layer, "HeatRecovery", [4.6, -2.2, 2.9], [9.4, 4.2, 1.3], 28.0);
    });
}

fn camera(layer: &mut Layer, name: &str, eye: V3, target: V3, focal_length_mm: f64) {
    let back = unit(sub(eye, target));
    let right = unit(cross([0.0, 0.0, 1.0], back));
    let up = cross(back, right);
    layer.prim(&format!("def Camera \"{name}\""), &[], |layer| {
        layer.line("float2 clippingRange = (0.05, 500)");
        layer.line(&format!("float focalLength = {}", number(focal_length_mm, 2)));
        layer.line("float horizontalAperture = 36");
        layer.line("float verticalAperture = 20.25");
        let row = |v: V3, w: f64| tuple(&[v[0], v[1], v[2], w], 9);
        let rows = [row(right, 0.0), row(up, 0.0), row(back, 0.0), row(eye, 1.0)].join(", ");
        layer.line(&format!("matrix4d xformOp:transform = ({rows})"));
        layer.line("uniform token[] xformOpOrder = [\"xformOp:transform\"]");
    });
}

fn hall(layer: &mut Layer) {
    group(layer, "Hall", "Hall", |layer| {
        own_mesh(layer, "Floor", &building::floor(), Surface::Concrete);
        own_mesh(layer, "Joints", &building::joints(), Surface::Rubber);
        own_mesh(layer, "Markings", &building::markings(), Surface::SafetyYellow);
        own_mesh(layer, "Upstand", &building::upstand(), Surface::Concrete);
        layer.prim("def Xform \"Walls\"", &[], |layer| {
            for k in 0..12 {
                let at = [-HALF_LENGTH + 2.0 * f64::from(k), HALF_DEPTH, 0.0];
                instance(
                    layer,
                    &format!("Back_{:02}", k + 1),
                    "building",
                    "WallPanel",
                    at,
                    [0.0; 3],
                );
            }
            for k in 0..7 {
                let at = [-HALF_LENGTH, -HALF_DEPTH + 2.0 * f64::from(k), 0.0];
                instance(
                    layer,
                    &format!("Left_{:02}", k + 1),
                    "building",
                    "WallPanel",
                    at,
                    [0.0, 0.0, 90.0],
                );
            }
        });
        layer.prim("def Xform \"Frame\"", &[], |layer| {
            for (k, at) in columns().into_iter().enumerate() {
                instance(
                    layer,
                    &format!("Column_{:02}", k + 1),
                    "building",
                    "Column",
                    at,
                    [0.0; 3],
                );
            }
            for k in 0..4 {
                let at = [-HALF_LENGTH + 6.0 * f64::from(k), HALF_DEPTH - 0.3, 0.0];
                instance(
                    layer,
                    &format!("Beam_{:02}", k + 1),
                    "building",
                    "EavesBeam",
                    at,
                    [0.0; 3],
                );
            }
            for k in 0..2 {
                let at = [-HALF_LENGTH + 0.3, -HALF_DEPTH + 0.7 + 6.5 * f64::from(k), 0.0];
                instance(
                    layer,
                    &format!("Beam_{:02}", k + 5),
                    "building",
                    "EavesBeam",
                    at,
                    [0.0, 0.0, 90.0],
                );
            }
        });
        layer.prim("def Xform \"Furniture\"", &[], |layer| {
            for (k, x) in [-9.0, -4.5, 4.0, 9.0].into_iter().enumerate() {
                let at = [x, HALF_DEPTH - 0.5, 4.95];
                instance(
                    layer,
                    &format!("Lamp_{:02}", k + 1),
                    "building",
                    "WallLamp",
                    at,
                    [0.0; 3],
                );
            }
            for (k, x) in [-0.9, 2.25, 4.75, 8.1].into_iter().enumerate() {
                instance(
                    layer,
                    &format!("Bollard_{:02}", k + 1),
                    "building",
                    "Bollard",
                    [x, -3.3, 0.0],
                    [0.0; 3],
                );
            }
            for (k, (at, turn)) in [
                ([-3.0, HALF_DEPTH - 0.14, 1.15], 0.0),
                ([-HALF_LENGTH + 0.14, -2.2, 1.15], 90.0),
            ]
            .into_iter()
            .enumerate()
            {
                instance(
                    layer,
                    &format!("Extinguisher_{:02}", k + 1),
                    "building",
                    "Extinguisher",
                    at,
                    [0.0, 0.0, turn],
                );
            }
        });
        scatter(
            layer,
            "Grating",
            "Grating",
            &(0..14)
                .map(|k| [-0.6 + 0.6 * f64::from(k), -3.61, 0.003])
                .collect::<Vec<_>>(),
        );
        scatter(layer, "Anchors", "Anchor", &anchors());
        sign(
            layer,
            "HallSign",
            "PUMP HOUSE 1",
            0.42,
            Frame {
                origin: [-7.0, HALF_DEPTH - 0.04, 5.0],
                x: [1.0, 0.0, 0.0],
                y: [0.0, 0.0, 1.0],
                z: [0.0, -1.0, 0.0],
            },
        );
    });
}

fn columns() -> Vec<V3> {
    let back = (0..5).map(|k| [-HALF_LENGTH + 0.3 + 5.85 * f64::from(k), HALF_DEPTH - 0.3, 0.0]);
    let left = [-HALF_DEPTH + 0.3, -0.1]
        .into_iter()
        .map(|y| [-HALF_LENGTH + 0.3, y, 0.0]);
    back.chain(left).collect()
}

/// Four studs at every column's foot and at every tank leg.
fn anchors() -> Vec<V3> {
    let mut points = Vec::new();
    let mut square = |center: V3, half: f64, z: f64| {
        for (sx, sy) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
            points.push([center[0] + sx * half, center[1] + sy * half, z]);
        }
    };
    columns().into_iter().for_each(|at| square(at, 0.19, 0.03));
    for (_, _, x) in TANKS {
        for k in 0..4 {
            let [dx, dy] = polar(TANK_RADIUS - 0.13, 0.125 + 0.25 * f64::from(k));
            square([x + dx, TANK_Y + dy, 0.0], 0.12, 0.025);
        }
    }
    points
}

fn scatter(layer: &mut Layer, name: &str, component: &str, points: &[V3]) {
    layer.prim(&format!("def PointInstancer \"{name}\""), &[], |layer| {
        layer.line(&format!("rel prototypes = <Prototypes/{component}>"));
        layer.line(&format!(
            "int[] protoIndices = [{}]",
            vec!["0"; points.len()].join(",")
        ));
        let positions: Vec<String> = points.iter().map(|point| tuple(point, 4)).collect();
        layer.line(&format!("point3f[] positions = [{}]", positions.join(",")));
        layer.prim("def Scope \"Prototypes\"", &[], |layer| {
            part(layer, component, "building", component, [0.0; 3]);
        });
    });
}

/// Black letters, flat, in `frame`.
fn sign(layer: &mut Layer, name: &str, text: &str, height: f64, frame: Frame) {
    own_mesh(
        layer,
        name,
        &lettering(text, height).placed(frame),
        Surface::BlackPlastic,
    );
}

/// A frame for a text that is read from the front.
fn facing_front(origin: V3) -> Frame {
    Frame {
        origin,
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
    }
}

/// A yellow plate with a black text on it, standing at `at` and looking to the front.
fn plate(layer: &mut Layer, name: &str, text: &str, at: V3) {
    let width = 0.12 * text.len() as f64 + 0.12;
    layer.prim(&format!("def Xform \"{name}\""), &[], |layer| {
        let board = bevel_box([width, 0.012, 0.22], 0.004).placed(Frame::at(at));
        own_mesh(layer, "Board", &board, Surface::SafetyYellow);
        sign(
            layer,
            "Text",
            text,
            0.12,
            facing_front(add(at, [0.0, -0.0075, 0.0])),
        );
    });
}

fn pump_row(layer: &mut Layer) {
    group(layer, "PumpRow", "Pump row", |layer| {
        for (id, x) in PUMPS {
            let display = format!("Circulation pump {id}");
            component(
                layer,
                &id.replace('-', "_"),
                &display,
                [x, PUMP_Y, 0.0],
                90.0,
                |layer| {
                    instance(layer, "Body", "pump", "PumpBody", [0.0; 3], [0.0; 3]);
                    part(
                        layer,
                        "BearingFrame",
                        "pump",
                        "BearingFrame",
                        [0.0, 0.0, SHAFT_HEIGHT],
                    );
                    part(layer, "Rotor", "pump", "PumpRotor", [0.0, 0.0, SHAFT_HEIGHT]);
                },
            );
        }
        for (id, x) in PUMPS {
            // On the front of the plinth, and on the floor before it.
            sign(
                layer,
                &format!("Sign_{}", id.replace('-', "_")),
                id,
                0.1,
                facing_front([x, PUMP_Y - 1.352, 0.075]),
            );
            let floor = Frame::at([x, PUMP_Y - 2.55, 0.005]);
            own_mesh(
                layer,
                &format!("Stencil_{}", id.replace('-', "_")),
                &lettering(id, 0.26).placed(floor),
                Surface::SafetyYellow,
            );
        }
    });
}

fn tank_farm(layer: &mut Layer) {
    group(layer, "TankFarm", "Tank farm", |layer| {
        for (id, display_name, x) in TANKS {
            component(
                layer,
                &id.replace('-', "_"),
                display_name,
                [x, TANK_Y, 0.0],
                0.0,
                |layer| {
                    instance(layer, "Body", "vessels", "Tank", [0.0; 3], [0.0; 3]);
                    part(layer, "LevelWindow", "vessels", "LevelWindow", [0.0; 3]);
                    own_mesh(
                        layer,
                        "Lettering",
                        &wrapped(id, 0.36, 3.45),
                        Surface::BlackPlastic,
                    );
                },
            );
        }
    });
}

/// A text around a tank, read from the front.
fn wrapped(text: &str, height: f64, z: f64) -> Mesh {
    let mut mesh = lettering(text, height);
    let radius = TANK_RADIUS + 0.006;
    for (position, normal) in mesh.positions.iter_mut().zip(&mut mesh.normals) {
        // 0.68 turns: to the left of the low nozzle, clear of the manway and the level window.
        let turn = 0.73 + position[0] / (radius * std::f64::consts::TAU);
        let ([x, y], [nx, ny]) = (polar(radius, turn), polar(1.0, turn));
        *position = [x, y, z + position[1]];
        *normal = [nx, ny, 0.0];
    }
    mesh
}

fn heat_recovery(layer: &mut Layer) {
    group(layer, "HeatRecovery", "Heat recovery", |layer| {
        component(layer, "HX_401", "Plate heat exchanger", EXCHANGER, 0.0, |layer| {
            instance(layer, "Body", "vessels", "HeatExchanger", [0.0; 3], [0.0; 3]);
            part(layer, "PlatePack", "vessels", "PlatePack", [0.0; 3]);
        });
        component(layer, "FN_501", "Dry cooler", COOLER, 0.0, |layer| {
            instance(layer, "Body", "utilities", "DryCooler", [0.0; 3], [0.0; 3]);
            instance(
                layer,
                "Frame",
                "utilities",
                "FanFrame",
                [0.0, 0.0, 1.05],
                [0.0; 3],
            );
            part(layer, "Rotor", "utilities", "FanRotor", [0.0, 0.0, 1.05]);
        });
        component(layer, "FN_502", "Hall ventilation", WALL_FAN, 0.0, |layer| {
            instance(layer, "Frame", "utilities", "FanFrame", [0.0; 3], [0.0; 3]);
            part(layer, "Rotor", "utilities", "FanRotor", [0.0; 3]);
        });
        plate(
            layer,
            "Sign_HX_401",
            "HX-401",
            [EXCHANGER[0], EXCHANGER[1] - 0.02, 2.25],
        );
        plate(
            layer,
            "Sign_FN_501",
            "FN-501",
            [COOLER[0], COOLER[1] - 0.02, 2.05],
        );
        plate(
            layer,
            "Sign_FN_502",
            "FN-502",
            [WALL_FAN[0], WALL_FAN[1] - 0.02, 3.3],
        );
    });
}

fn control_valve(layer: &mut Layer, id: &str, display_name: &str, at: V3, turn_deg: f64) {
    component(
        layer,
        &id.replace('-', "_"),
        display_name,
        at,
        turn_deg,
        |layer| {
            instance(layer, "Body", "fittings", "ControlValve", [0.0; 3], [0.0; 3]);
            part(layer, "Stem", "fittings", "ValveStem", [0.0; 3]);
        },
    );
}

/// The corners of each header.
fn suction_line() -> Vec<V3> {
    let (x, z) = (TANKS[0].2, SUCTION[2]);
    let start = TANK_Y - TANK_RADIUS - 0.1;
    vec![
        [x, start, TANK_LOW_NOZZLE],
        [x, SUCTION_Y, TANK_LOW_NOZZLE],
        [x, SUCTION_Y, z],
        [6.6, SUCTION_Y, z],
    ]
}

fn discharge_line() -> Vec<V3> {
    let y = PUMP_Y + DISCHARGE[0];
    let x = EXCHANGER[0] + PORT_X;
    vec![
        [0.3, y, RISER_TOP],
        [x, y, RISER_TOP],
        [x, y, FLOW_VALVE[2]],
        [x, 2.6, FLOW_VALVE[2]],
        [x, 2.6, PORT_Z[1]],
        [x, EXCHANGER[1] - 0.1, PORT_Z[1]],
    ]
}

fn warm_line() -> Vec<V3> {
    let (x, rack_y) = (EXCHANGER[0] - PORT_X, 6.1);
    let tank = TANKS[1].2;
    vec![
        [x, EXCHANGER[1] - 0.1, PORT_Z[0]],
        [x, 3.4, PORT_Z[0]],
        [7.3, 3.4, PORT_Z[0]],
        [7.3, 3.4, TANK_HIGH_NOZZLE],
        [7.3, rack_y, TANK_HIGH_NOZZLE],
        [tank, rack_y, TANK_HIGH_NOZZLE],
        [tank, TANK_Y + TANK_RADIUS + 0.1, TANK_HIGH_NOZZLE],
    ]
}

fn return_line() -> Vec<V3> {
    let (from, to, z) = (TANKS[1].2, TANKS[0].2 - TANK_RADIUS - 0.1, TANK_LOW_NOZZLE);
    vec![
        [from, TANK_Y - TANK_RADIUS - 0.1, z],
        [from, LEVEL_VALVE[1], z],
        [to - 0.6, LEVEL_VALVE[1], z],
        [to - 0.6, TANK_Y, z],
        [to, TANK_Y, z],
    ]
}

fn cooling_lines() -> [Vec<V3>; 2] {
    let (left, right, y) = (EXCHANGER[0] - PORT_X, EXCHANGER[0] + PORT_X, EXCHANGER[1] - 0.1);
    let side = COOLER[0] + 0.72;
    [
        vec![
            [right, y, PORT_Z[0]],
            [right, 3.7, PORT_Z[0]],
            [side + 0.28, 3.7, PORT_Z[0]],
            [side + 0.28, 5.5, PORT_Z[0]],
            [side, 5.5, PORT_Z[0]],
        ],
        vec![
            [left, y, PORT_Z[1]],
            [left, 3.1, PORT_Z[1]],
            [left, 3.1, 2.45],
            [10.2, 3.1, 2.45],
            [10.2, 5.4, 2.45],
            [10.2, 5.4, 1.85],
        ],
    ]
}

fn piping(layer: &mut Layer) {
    group(layer, "Piping", "Piping", |layer| {
        let header = |line: &[V3]| pipe(line, HEADER_RADIUS, 0.25, 24);
        own_mesh(
            layer,
            "SuctionHeader",
            &header(&suction_line()),
            Surface::PaintGreen,
        );
        own_mesh(
            layer,
            "DischargeHeader",
            &header(&discharge_line()),
            Surface::PaintGreen,
        );
        own_mesh(layer, "WarmWater", &header(&warm_line()), Surface::StainlessSteel);
        own_mesh(layer, "Return", &header(&return_line()), Surface::PaintGreen);
        let mut cooling = Mesh::default();
        cooling_lines().iter().for_each(|line| {
            cooling.add_at(&pipe(line, 0.05, 0.13, 16), [0.0; 3]);
        });
        own_mesh(layer, "CoolingLoop", &cooling, Surface::PaintBlue);
        let mut branches = Mesh::default();
        for (_, x) in PUMPS {
            let (suction, riser) = (x, x - DISCHARGE[1]);
            let riser_y = PUMP_Y + DISCHARGE[0];
            branches.add_at(
                &pipe(
                    &[
                        [suction, PUMP_Y + SUCTION[0], SUCTION[2]],
                        [suction, SUCTION_Y, SUCTION[2]],
                    ],
                    BRANCH_RADIUS,
                    0.1,
                    20,
                ),
                [0.0; 3],
            );
            branches.add_at(
                &pipe(
                    &[[riser, riser_y, DISCHARGE[2]], [riser, riser_y, RISER_TOP]],
                    BRANCH_RADIUS,
                    0.1,
                    20,
                ),
                [0.0; 3],
            );
        }
        own_mesh(layer, "Branches", &branches, Surface::PaintGreen);
        control_valve(layer, "FCV_301", "Flow control valve", FLOW_VALVE, 90.0);
        control_valve(layer, "LCV_302", "Level control valve", LEVEL_VALVE, 0.0);
        component(
            layer,
            "FT_303",
            "Flow meter",
            [7.3, PUMP_Y + DISCHARGE[0], RISER_TOP],
            0.0,
            |layer| {
                instance(layer, "Body", "fittings", "FlowMeter", [0.0; 3], [0.0; 3]);
            },
        );
        valves(layer);
        joints(layer);
        supports(layer);
        plate(
            layer,
            "Sign_FCV_301",
            "FCV-301",
            [FLOW_VALVE[0], FLOW_VALVE[1] - 0.62, FLOW_VALVE[2] + 0.28],
        );
        plate(
            layer,
            "Sign_LCV_302",
            "LCV-302",
            [
                LEVEL_VALVE[0] + 0.75,
                LEVEL_VALVE[1] - 0.13,
                TANK_LOW_NOZZLE + 0.05,
            ],
        );
    });
}

/// Isolating and check valves of every pump.
fn valves(layer: &mut Layer) {
    layer.prim("def Xform \"Valves\"", &[], |layer| {
        for (k, (_, x)) in PUMPS.into_iter().enumerate() {
            let (riser, y) = (x - DISCHARGE[1], PUMP_Y + DISCHARGE[0]);
            let number = k + 1;
            instance(
                layer,
                &format!("Check_{number}"),
                "fittings",
                "CheckValve",
                [riser, y, 1.42],
                [0.0; 3],
            );
            instance(
                layer,
                &format!("Discharge_{number}"),
                "fittings",
                "HandValve",
                [riser, y, 1.92],
                [0.0; 3],
            );
            instance(
                layer,
                &format!("Suction_{number}"),
                "fittings",
                "HandValve",
                [x, 0.1, SUCTION[2]],
                [-90.0, 0.0, 0.0],
            );
            instance(
                layer,
                &format!("Gauge_{number}"),
                "fittings",
                "PressureGauge",
                [riser, y - BRANCH_RADIUS + 0.02, 2.2],
                [0.0; 3],
            );
        }
    });
}

/// Flanges along the headers: position and which way the pipe runs (`X`, `Y` or `Z`).
fn joints(layer: &mut Layer) {
    let discharge_y = PUMP_Y + DISCHARGE[0];
    let headers: [(V3, char); 15] = [
        ([6.6, SUCTION_Y, SUCTION[2]], 'X'),
        ([-1.5, SUCTION_Y, SUCTION[2]], 'X'),
        ([-5.6, SUCTION_Y, SUCTION[2]], 'X'),
        ([0.3, discharge_y, RISER_TOP], 'X'),
        ([2.0, discharge_y, RISER_TOP], 'X'),
        ([4.5, discharge_y, RISER_TOP], 'X'),
        ([8.8, discharge_y, 1.75], 'Z'),
        ([8.8, 2.0, FLOW_VALVE[2]], 'Y'),
        ([7.3, 3.4, 1.2], 'Z'),
        ([7.3, 3.4, 3.2], 'Z'),
        ([4.0, 6.1, TANK_HIGH_NOZZLE], 'X'),
        ([0.0, 6.1, TANK_HIGH_NOZZLE], 'X'),
        ([-3.6, 6.1, TANK_HIGH_NOZZLE], 'X'),
        ([-9.4, LEVEL_VALVE[1], TANK_LOW_NOZZLE], 'X'),
        ([-5.0, 0.8, TANK_LOW_NOZZLE], 'Y'),
    ];
    layer.prim("def Xform \"Flanges\"", &[], |layer| {
        for (k, (at, axis)) in headers.into_iter().enumerate() {
            flange(layer, &format!("Header_{:02}", k + 1), "FlangeHeader", at, axis);
        }
        for (k, (_, x)) in PUMPS.into_iter().enumerate() {
            flange(
                layer,
                &format!("Branch_{:02}", k + 1),
                "FlangeBranch",
                [x, 0.6, SUCTION[2]],
                'Y',
            );
        }
    });
}

fn flange(layer: &mut Layer, name: &str, component: &str, at: V3, axis: char) {
    let turn_deg = match axis {
        'X' => [0.0, 90.0, 0.0],
        'Y' => [-90.0, 0.0, 0.0],
        _ => [0.0; 3],
    };
    instance(layer, name, "fittings", component, at, turn_deg);
}

fn supports(layer: &mut Layer) {
    layer.prim("def Xform \"Supports\"", &[], |layer| {
        // Stands are made for a pipe 1 m above the floor: lower pipes sink theirs into a plinth that the floor hides.
        let stands: [(V3, f64); 6] = [
            ([8.8, -0.1, 1.1], 90.0),
            ([8.8, 1.9, 1.1], 90.0),
            ([-6.2, LEVEL_VALVE[1], TANK_LOW_NOZZLE], 0.0),
            ([-8.9, LEVEL_VALVE[1], TANK_LOW_NOZZLE], 0.0),
            ([-11.2, 1.6, TANK_LOW_NOZZLE], 90.0),
            ([-5.0, 1.2, TANK_LOW_NOZZLE], 90.0),
        ];
        for (k, (at, turn)) in stands.into_iter().enumerate() {
            instance(
                layer,
                &format!("Stand_{:02}", k + 1),
                "fittings",
                "PipeSupport",
                at,
                [0.0, 0.0, turn],
            );
        }
        for (k, x) in [5.5, 2.5, -1.5, -4.2].into_iter().enumerate() {
            instance(
                layer,
                &format!("Bracket_{:02}", k + 1),
                "fittings",
                "RackBracket",
                [x, 6.1, TANK_HIGH_NOZZLE],
                [0.0; 3],
            );
        }
        let mut saddles = Mesh::default();
        for x in [-7.4, -3.5, 2.25, 4.75] {
            saddles.add_at(
                &box_between(
                    [x - 0.06, SUCTION_Y - 0.12, 0.0],
                    [x + 0.06, SUCTION_Y + 0.12, SUCTION[2] - 0.07],
                    0.01,
                ),
                [0.0; 3],
            );
            saddles.add_at(&bevel_box([0.24, 0.34, 0.02], 0.004), [x, SUCTION_Y, 0.01]);
        }
        own_mesh(layer, "Saddles", &saddles, Surface::StructuralSteel);
        own_mesh(layer, "Gantry", &gantry(), Surface::StructuralSteel);
    });
}

/// Portals that carry the discharge header and the cable tray over the pumps.
fn gantry() -> Mesh {
    let mut mesh = Mesh::default();
    let (front, back) = (PUMP_Y - 0.75, PUMP_Y + DISCHARGE[0] + 0.35);
    for x in [-0.35, 7.75] {
        for y in [front, back] {
            mesh.add_at(
                &box_between(
                    [x - 0.06, y - 0.06, 0.0],
                    [x + 0.06, y + 0.06, TRAY_Z - 0.1],
                    0.008,
                ),
                [0.0; 3],
            );
            mesh.add_at(&bevel_box([0.26, 0.26, 0.02], 0.004), [x, y, 0.01]);
        }
        mesh.add_at(
            &box_between(
                [x - 0.06, front - 0.06, TRAY_Z - 0.12],
                [x + 0.06, back + 0.06, TRAY_Z],
                0.008,
            ),
            [0.0; 3],
        );
        let y = PUMP_Y + DISCHARGE[0];
        mesh.add_at(
            &box_between(
                [x - 0.02, y - 0.02, RISER_TOP + 0.1],
                [x + 0.02, y + 0.02, TRAY_Z - 0.1],
                0.0,
            ),
            [0.0; 3],
        );
    }
    mesh.add_at(
        &box_between(
            [-0.35, front - 0.04, TRAY_Z - 0.1],
            [7.75, front + 0.04, TRAY_Z - 0.02],
            0.006,
        ),
        [0.0; 3],
    );
    mesh.add_at(
        &box_between(
            [-0.35, back - 0.04, TRAY_Z - 0.1],
            [7.75, back + 0.04, TRAY_Z - 0.02],
            0.006,
        ),
        [0.0; 3],
    );
    mesh
}

fn utilities(layer: &mut Layer) {
    group(layer, "Utilities", "Utilities", |layer| {
        component(layer, "LCP_701", "Local control panel", PANEL, 0.0, |layer| {
            instance(layer, "Body", "utilities", "ControlPanel", [0.0; 3], [0.0; 3]);
            plate(layer, "Sign", "LCP-701", [0.0, -0.025, 1.86]);
        });
        component(
            layer,
            "BC_601",
            "Stack light",
            add(PANEL, [-0.42, 0.2, 2.0]),
            0.0,
            |layer| {
                instance(layer, "Body", "utilities", "StackLight", [0.0; 3], [0.0; 3]);
                for (k, colour) in ["Green", "Amber", "Red"].into_iter().enumerate() {
                    let z = LAMP_FOOT + LAMP_HEIGHT * k as f64;
                    part(
                        layer,
                        colour,
                        "utilities",
                        &format!("Lamp{colour}"),
                        [0.0, 0.0, z],
                    );
                }
            },
        );
        cabling(layer);
    });
}

fn cabling(layer: &mut Layer) {
    let y = PUMP_Y - 0.55;
    layer.prim("def Xform \"CableTray\"", &[], |layer| {
        for k in 0..9 {
            let at = [PANEL[0] + 0.3 + f64::from(k), y, TRAY_Z];
            instance(
                layer,
                &format!("Tray_{:02}", k + 1),
                "utilities",
                "CableTray",
                at,
                [0.0; 3],
            );
        }
    });
    let mut cables = Mesh::default();
    for (_, x) in PUMPS {
        let (top, end) = (TRAY_Z + 0.04, 0.93);
        // From the tray down beside the terminal box and into its gland, which looks at the fan.
        for dx in [-0.05, 0.05] {
            let gland = PUMP_Y - 0.76;
            let line = [
                [x + dx, y, top],
                [x + dx, y, top + 0.12],
                [x + dx, gland - 0.1, top + 0.12],
                [x + dx, gland - 0.1, end],
                [x + dx, gland + 0.05, end],
            ];
            cables.add_at(&pipe(&line, 0.014, 0.06, 6), [0.0; 3]);
        }
    }
    own_mesh(layer, "MotorCables", &cables, Surface::CableBlack);
    let mut risers = Mesh::default();
    for dx in [-0.3, 0.0, 0.3] {
        let at = [PANEL[0] + 0.6 + dx * 0.5, PANEL[1] + 0.2, 0.0];
        risers.add_at(&cylinder(0.03, 2.0, TRAY_Z, 0.0, 14), at);
    }
    own_mesh(layer, "Conduits", &risers, Surface::Galvanised);
}
