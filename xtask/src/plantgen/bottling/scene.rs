//! The vendor's scene: cameras, building, machines in their groups, conveyors with their goods, what stands about.

use super::{
    Surface, building,
    conveyor::{CHAIN_TOP, PALLET_TOP, ROLLER_TOP, motor_at},
    layout::{Bed, CONVEYORS, Conveyor, STANDS, Stand},
    lettering::lettering,
    materials::Surface as S,
    math::{Frame, V3, add},
    placing::{camera, facing_front, group, model, own_mesh},
    shapes::bevel_box,
    solid::points,
    usda::Layer,
    walkway::DECK,
};

/// Surfaces of the scene's own meshes.
pub(super) const SURFACES: [Surface; 4] = [S::BlackPlastic, S::Concrete, S::FloorResin, S::SafetyYellow];

pub(super) fn layer() -> String {
    let mut layer = Layer::new(
        "The bottling works as its vendor would deliver it: geometry only. Made by `cargo xtask gen-plant`.",
        "Plant",
        &[],
    )
    .sharing_corners(3);
    layer.prim("def Xform \"Plant\"", &model("assembly", "Gemba"), |layer| {
        layer.looks(&SURFACES, "materials.usda");
        layer.prim("def Scope \"Cameras\"", &[], cameras);
        group(layer, "Works", "Bottling works", |layer| {
            building::building(layer);
            area(
                layer,
                "Utilities",
                "Utilities",
                &[
                    ("Steam", "Steam"),
                    ("Power", "Power"),
                    ("Air", "Compressed air"),
                    ("Cooling", "Cooling"),
                ],
            );
            area(
                layer,
                "Process",
                "Process",
                &[
                    ("Water", "Treated water"),
                    ("Blending", "Blending"),
                    ("Pasteur", "Pasteurisation"),
                ],
            );
            area(layer, "Filling", "Filling", &[("Line_1", "Line 1")]);
            group(layer, "Pipework", "Pipework", |layer| {
                hand_valves(layer);
                referenced(layer, "Piping", "piping", "Piping", [0.0; 3], 0.0, "Piping");
            });
        });
    });
    layer.finish()
}

/// Butterfly valves with handwheels over the cooling-water pumps.
fn hand_valves(layer: &mut Layer) {
    layer.prim(
        "def Xform \"HandValves\"",
        &model("component", "Hand valves"),
        |layer| {
            for (k, x) in [-33.26, -31.06, -28.86].into_iter().enumerate() {
                let name = format!("HandValve_{}", k + 1);
                instance(layer, &name, "valve", "HandValve", [x, -13.41, 1.75], [0.0; 3]);
            }
        },
    );
}

fn cameras(layer: &mut Layer) {
    camera(layer, "Overview", [30.0, -47.0, 29.0], [1.5, -4.5, 0.0], 25.0);
    camera(layer, "HallOverview", [34.2, -15.6, 8.4], [-2.0, 2.8, 0.2], 19.0);
    camera(layer, "FillingLine", [20.4, -5.7, 2.7], [8.0, -3.0, 1.2], 24.0);
    camera(
        layer,
        "BoilerAndTurbineHall",
        // Past the column, so that all four bearings are seen.
        [-17.6, 8.2, 2.9],
        [-22.6, 12.6, 1.6],
        20.0,
    );
    camera(layer, "PumpHouse", [-27.0, -16.9, 2.4], [-31.6, -12.9, 0.8], 21.7);
    camera(layer, "Process", [26.6, 9.3, 3.5], [11.0, 14.0, 2.0], 20.0);
    camera(
        layer,
        "FillerCloseUp",
        [5.05, -4.66, 1.52],
        [6.4, -3.85, 1.28],
        22.0,
    );
    camera(
        layer,
        "ControlRoomWalkway",
        [-6.5, 2.45, DECK + 1.7],
        [14.0, 0.0, 1.6],
        20.0,
    );
    camera(layer, "Palletising", [1.3, -17.4, 4.3], [-4.9, -11.6, 1.3], 24.0);
}

/// A component's file, placed and open to overrides.
fn referenced(
    layer: &mut Layer,
    name: &str,
    file: &str,
    component: &str,
    at: V3,
    turn_deg: f64,
    shown: &str,
) {
    let mut metadata = model("component", shown);
    metadata.push(format!(
        "prepend references = @components/{file}.usda@</{component}>"
    ));
    layer.prim(&format!("def Xform \"{name}\""), &metadata, |layer| {
        layer.transform(at, [0.0, 0.0, turn_deg]);
    });
}

/// A component's file as an instance.
pub(super) fn instance(layer: &mut Layer, name: &str, file: &str, component: &str, at: V3, turn_deg: V3) {
    let metadata = [
        "instanceable = true".to_owned(),
        format!("prepend references = @components/{file}.usda@</{component}>"),
    ];
    layer.prim(&format!("def Xform \"{name}\""), &metadata, |layer| {
        layer.transform(at, turn_deg);
    });
}

/// The prim's name of a twin.
pub(super) fn prim_name(id: &str) -> String {
    id.replace('-', "_")
}

fn area(layer: &mut Layer, name: &str, shown: &str, cells: &[(&str, &str)]) {
    group(layer, name, shown, |layer| {
        for (cell, shown) in cells {
            group(layer, cell, shown, |layer| {
                let path = format!("{name}/{cell}");
                STANDS
                    .iter()
                    .filter(|stand| stand.group == path)
                    .for_each(|stand| machine(layer, stand));
                if *cell == "Line_1" {
                    CONVEYORS.iter().for_each(|it| conveyor(layer, it));
                    line_extras(layer);
                }
            });
        }
    });
}

fn machine(layer: &mut Layer, stand: &Stand) {
    let mut metadata = model("component", stand.name);
    metadata.push(format!(
        "prepend references = @components/{}.usda@</{}>",
        stand.file, stand.model
    ));
    layer.prim(
        &format!("def Xform \"{}\"", prim_name(stand.id)),
        &metadata,
        |layer| {
            layer.transform(stand.at, [0.0, 0.0, stand.turn_deg]);
            if let Some((at, height)) = stand.plate {
                id_plate(layer, stand.id, at, height);
            }
        },
    );
}

/// A yellow plate with the id, looking to the machine's front.
fn id_plate(layer: &mut Layer, text: &str, at: V3, height: f64) {
    let width = height * (0.95 * text.len() as f64 + 0.5);
    layer.prim("def Xform \"IdPlate\"", &[], |layer| {
        // The letters lie at y = 0, which is short to write.
        layer.transform(add(at, [0.0, -0.008, 0.0]), [0.0; 3]);
        let board = bevel_box([width, 0.012, height * 1.7], 0.0).placed(Frame::at([0.0, 0.008, 0.0]));
        own_mesh(layer, "Board", &board, S::SafetyYellow);
        let letters = lettering(text, height).placed(facing_front([0.0; 3]));
        own_mesh(layer, "Text", &letters, S::BlackPlastic);
    });
}

/// One solid or model at many places.
pub(super) fn scatter(layer: &mut Layer, name: &str, file: &str, path: &str, at: &[(V3, f64)]) {
    layer.prim(&format!("def PointInstancer \"{name}\""), &[], |layer| {
        points(layer, at);
        layer.line("rel prototypes = <Prototypes/Item>");
        layer.prim("def Scope \"Prototypes\"", &[], |layer| {
            let metadata = [format!(
                "prepend references = @components/{file}.usda@</Parts/{path}>"
            )];
            layer.prim("def Xform \"Item\"", &metadata, |_| {});
        });
    });
}

/// Places along a lane from its start, `pitch` apart, between the ends of the bed.
fn lane(length: f64, pitch: f64, start: f64, y: f64, z: f64) -> Vec<(V3, f64)> {
    let mut places = Vec::new();
    let mut x = start;
    while x < length - 0.3 * pitch {
        places.push(([x, y, z], 0.0));
        x += pitch;
    }
    places
}

fn goods_on(it: &Conveyor) -> Vec<(V3, f64)> {
    let (length, pitch) = (it.length_m as f64, it.pitch_m);
    match it.bed {
        Bed::Bottle => lane(length, pitch, 0.05, 0.0, CHAIN_TOP),
        Bed::Wide => (0..8)
            .flat_map(|k| {
                let shift = if k % 2 == 0 { 0.0 } else { pitch / 2.0 };
                let y = 0.0745 * (f64::from(k) - 3.5);
                lane(length, pitch, 0.04 + shift, y, CHAIN_TOP)
            })
            .collect(),
        Bed::Roller => lane(length, pitch, 0.3, 0.0, ROLLER_TOP),
        Bed::Pallet => lane(
            length - 0.6,
            pitch,
            if it.pitch_m < 1.9 { 0.7 } else { 2.6 },
            0.0,
            PALLET_TOP,
        ),
    }
}

/// What stands on a conveyor, below the one prim that moves.
fn goods(layer: &mut Layer, it: &Conveyor) {
    let places = goods_on(it);
    if it.goods != "LoadedPallet" {
        scatter(layer, "Goods", "goods", it.goods, &places);
        return;
    }
    layer.prim("def Xform \"Goods\"", &[], |layer| {
        for (k, (at, _)) in places.into_iter().enumerate() {
            let name = format!("Pallet_{}", k + 1);
            instance(layer, &name, "goods", "LoadedPallet", at, [0.0, 0.0, 90.0]);
        }
    });
}

fn conveyor(layer: &mut Layer, it: &Conveyor) {
    let (bed, legs, drive) = match it.bed {
        Bed::Bottle => ("BottleBedSolid", Some("BottleLegsSolid"), "BottleDriveSolid"),
        Bed::Wide => ("WideBedSolid", Some("WideLegsSolid"), "WideDriveSolid"),
        Bed::Roller => ("RollerBedSolid", Some("RollerLegsSolid"), "RollerDriveSolid"),
        Bed::Pallet => ("PalletBedSolid", None, "PalletDriveSolid"),
    };
    let shown = format!("Conveyor {}", it.id);
    layer.prim(
        &format!("def Xform \"{}\"", prim_name(it.id)),
        &model("component", &shown),
        |layer| {
            layer.transform(it.at, [0.0, 0.0, it.turn_deg]);
            let beds: Vec<(V3, f64)> = (0..it.length_m).map(|k| ([k as f64, 0.0, 0.0], 0.0)).collect();
            scatter(layer, "Beds", "conveyor", bed, &beds);
            if let Some(legs) = legs {
                let feet: Vec<(V3, f64)> = (0..it.length_m.div_ceil(2) + 1)
                    .map(|k| {
                        (
                            [(2.0 * k as f64).clamp(0.12, it.length_m as f64 - 0.12), 0.0, 0.0],
                            0.0,
                        )
                    })
                    .collect();
                scatter(layer, "Legs", "conveyor", legs, &feet);
            }
            scatter(
                layer,
                "Drive",
                "conveyor",
                drive,
                &[([it.length_m as f64 - 0.25, 0.0, 0.0], 0.0)],
            );
            let motor_at = add([it.length_m as f64 - 0.25, 0.0, 0.0], motor_at(it.bed));
            scatter(layer, "Motor", "station", "GearMotor", &[(motor_at, 0.0)]);
            goods(layer, it);
            let (y, z) = match it.bed {
                Bed::Bottle => (-0.075, CHAIN_TOP - 0.1),
                Bed::Wide => (-0.345, CHAIN_TOP - 0.1),
                Bed::Roller => (-0.262, ROLLER_TOP - 0.045),
                Bed::Pallet => (-0.44, PALLET_TOP - 0.11),
            };
            id_plate(layer, it.id, [0.45, y, z], 0.05);
        },
    );
}

/// What belongs to the line and is no twin: corners, the fence of the robot, pallets that wait.
fn line_extras(layer: &mut Layer) {
    instance(
        layer,
        "Corner_1",
        "conveyor",
        "Corner",
        [23.95, -2.95, 0.0],
        [0.0; 3],
    );
    instance(
        layer,
        "Corner_2",
        "conveyor",
        "Corner",
        [24.1, -10.0, 0.0],
        [0.0, 0.0, -90.0],
    );
    instance(layer, "RobotCell", "robot", "Cell", [-3.9, -12.46, 0.0], [0.0; 3]);
    let beds: Vec<(V3, f64)> = (0..2).map(|k| ([-12.3 + f64::from(k), -3.0, 0.0], 0.0)).collect();
    scatter(layer, "PalletInfeed", "conveyor", "PalletBedSolid", &beds);
    for (k, x) in [-11.2, -9.8].into_iter().enumerate() {
        let name = format!("BottlePallet_{}", k + 1);
        instance(layer, &name, "goods", "BottlePallet", [x, -7.0, 0.0], [0.0; 3]);
    }
    // Where the robot lays the rows down: a pallet across the first metre of CV-312.
    let at_robot = [-5.85, -12.45, PALLET_TOP];
    instance(layer, "PalletAtRobot", "goods", "Pallet", at_robot, [0.0; 3]);
    layer.prim("def Xform \"CasesAtRobot\"", &[], |layer| {
        let stacked = super::goods::stacked_cases(super::robot::LAYERS);
        for (k, name) in super::robot::LAYER_NAMES.into_iter().enumerate() {
            let (low, high) = [k, k + 1].map(|k| super::goods::layer_height(k) - 0.01).into();
            let of_layer: Vec<(V3, f64)> = stacked
                .iter()
                .filter(|(place, _)| (low..high).contains(&place[2]))
                .map(|(place, turns)| (add(at_robot, *place), *turns))
                .collect();
            scatter(layer, name, "goods", "Case", &of_layer);
        }
    });
}
