//! Pipes from tank to pump to tank, with what is in them and what carries them.

use super::super::{
    fittings::{BRANCH_RADIUS, HEADER_RADIUS},
    materials::Surface,
    math::V3,
    mesh::Mesh,
    placing::{component, group, instance, own_mesh, part, plate},
    pump::{DISCHARGE, SUCTION},
    shapes::{bevel_box, box_between, pipe},
    usda::Layer,
    vessels::{PORT_X, PORT_Z, TANK_HIGH_NOZZLE, TANK_LOW_NOZZLE, TANK_RADIUS},
};
use super::{
    COOLER, EXCHANGER, FLOW_VALVE, LEVEL_VALVE, PUMP_Y, PUMPS, RISER_TOP, SUCTION_Y, TANK_Y, TANKS, TRAY_Z,
};

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

fn cooled_line() -> Vec<V3> {
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

pub(super) fn piping(layer: &mut Layer) {
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
        own_mesh(
            layer,
            "CooledWater",
            &header(&cooled_line()),
            Surface::StainlessSteel,
        );
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
