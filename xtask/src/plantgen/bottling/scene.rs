//! The vendor's scene: cameras, building, machines in their groups, conveyors with their goods, what stands about.

use super::{
    Surface,
    conveyor::{CHAIN_TOP, PALLET_TOP, ROLLER_TOP},
    hall::{self, BAY, EAVES, HALF_DEPTH, HALF_LENGTH, RIDGE},
    layout::{Bed, CONVEYORS, Conveyor, STANDS, Stand},
    materials::Surface as S,
    math::{Frame, V3, add},
    placing::{camera, facing_front, group, model, own_mesh},
    shapes::bevel_box,
    solid::{Solid, points},
    usda::Layer,
    walkway::{DECK, GALLERY_X, GALLERY_Y},
};

/// Surfaces of the scene's own meshes.
pub(super) const SURFACES: [Surface; 3] = [S::BlackPlastic, S::Concrete, S::SafetyYellow];

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
            building(layer);
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
                referenced(layer, "Piping", "piping", "Piping", [0.0; 3], 0.0, "Piping");
            });
        });
    });
    layer.finish()
}

fn cameras(layer: &mut Layer) {
    camera(layer, "Overview", [44.0, -46.0, 30.0], [-1.5, -2.5, 0.5], 30.0);
    camera(layer, "FillingLine", [20.4, -5.7, 2.7], [8.0, -3.0, 1.2], 24.0);
    camera(
        layer,
        "BoilerAndTurbineHall",
        [-13.2, 8.9, 3.1],
        [-25.5, 12.0, 1.9],
        22.0,
    );
    camera(layer, "PumpHouse", [-14.0, -17.0, 3.6], [-29.0, -11.4, 1.0], 22.0);
    camera(layer, "Process", [24.5, 3.5, 4.9], [8.0, 14.0, 2.1], 22.0);
    camera(
        layer,
        "FillerCloseUp",
        [5.2, -4.62, 1.72],
        [6.35, -3.7, 1.36],
        24.0,
    );
    camera(
        layer,
        "ControlRoomWalkway",
        [-6.5, 2.45, DECK + 1.7],
        [14.0, 0.0, 1.6],
        20.0,
    );
    camera(layer, "Palletising", [1.6, -17.0, 3.4], [-5.0, -11.6, 1.4], 24.0);
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
fn instance(layer: &mut Layer, name: &str, file: &str, component: &str, at: V3, turn_deg: V3) {
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
        let board = bevel_box([width, 0.012, height * 1.7], 0.0).placed(Frame::at(at));
        own_mesh(layer, "Board", &board, S::SafetyYellow);
        let front = facing_front(add(at, [0.0, -0.0075, 0.0]));
        let letters = super::lettering::lettering(text, height).placed(front);
        own_mesh(layer, "Text", &letters, S::BlackPlastic);
    });
}

/// One solid or model at many places.
fn scatter(layer: &mut Layer, name: &str, file: &str, path: &str, at: &[(V3, f64)]) {
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
            scatter(layer, "Goods", "goods", it.goods, &goods_on(it));
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
    let beds: Vec<(V3, f64)> = (0..5).map(|k| ([-15.4 + f64::from(k), -3.0, 0.0], 0.0)).collect();
    scatter(layer, "PalletInfeed", "conveyor", "PalletBedSolid", &beds);
    for (k, x) in [-14.8, -13.4].into_iter().enumerate() {
        instance(
            layer,
            &format!("BottlePallet_{}", k + 1),
            "goods",
            "BottlePallet",
            [x, -3.0, PALLET_TOP],
            [0.0; 3],
        );
    }
    instance(
        layer,
        "PalletInLift",
        "goods",
        "BottlePallet",
        [-10.87, -3.0, 0.12],
        [0.0; 3],
    );
    instance(
        layer,
        "FinishedPallet",
        "goods",
        "LoadedPallet",
        [-5.85, -14.95, PALLET_TOP],
        [0.0, 0.0, 90.0],
    );
    let stacked: Vec<(V3, f64)> = super::goods::stacked_cases(3)
        .into_iter()
        .map(|(p, turns)| ([-5.85 - p[1], -12.9 + p[0], p[2] + PALLET_TOP], turns + 0.25))
        .collect();
    instance(
        layer,
        "PalletAtRobot",
        "goods",
        "Pallet",
        [-5.85, -12.9, PALLET_TOP],
        [0.0, 0.0, 90.0],
    );
    scatter(layer, "CasesAtRobot", "goods", "Case", &stacked);
}

fn building(layer: &mut Layer) {
    group(layer, "Building", "Building", |layer| {
        layer.prim("def Xform \"Slab\"", &model("component", "Slab"), |layer| {
            own_mesh(layer, "Floor", &hall::floor(), S::Concrete);
            instance(layer, "Grounds", "hall", "Grounds", [0.0; 3], [0.0; 3]);
        });
        layer.prim("def Xform \"Walls\"", &model("component", "Walls"), walls);
        layer.prim("def Xform \"Frame\"", &model("component", "Frame"), frame);
        roof(layer);
        layer.prim("def Xform \"Gallery\"", &model("component", "Gallery"), gallery);
        layer.prim("def Xform \"PipeRack\"", &model("component", "Pipe rack"), rack);
        layer.prim(
            "def Xform \"Furniture\"",
            &model("component", "Furniture"),
            furniture,
        );
        layer.prim("def Xform \"Stock\"", &model("component", "Stock"), stock);
    });
}

fn walls(layer: &mut Layer) {
    let along = (HALF_LENGTH / 1.0) as usize;
    for k in 0..along {
        let x = -HALF_LENGTH + 2.0 * k as f64;
        let kind = if k % 6 == 5 { "Wall" } else { "WindowWall" };
        instance(
            layer,
            &format!("North_{:02}", k + 1),
            "hall",
            kind,
            [x, HALF_DEPTH, 0.0],
            [0.0; 3],
        );
    }
    for k in 0..HALF_DEPTH as usize {
        let y = -HALF_DEPTH + 2.0 * k as f64;
        let kind = if k % 6 == 5 { "Wall" } else { "WindowWall" };
        instance(
            layer,
            &format!("West_{:02}", k + 1),
            "hall",
            kind,
            [-HALF_LENGTH, y, 0.0],
            [0.0, 0.0, 90.0],
        );
    }
    instance(
        layer,
        "WestGate",
        "hall",
        "Gate",
        [-HALF_LENGTH + 0.02, -8.0, 0.0],
        [0.0, 0.0, 90.0],
    );
    instance(
        layer,
        "WestDoor",
        "hall",
        "Door",
        [-HALF_LENGTH + 0.02, 9.1, 0.0],
        [0.0, 0.0, 90.0],
    );
    instance(
        layer,
        "NorthDoor",
        "hall",
        "Door",
        [-13.0, HALF_DEPTH - 0.02, 0.0],
        [0.0; 3],
    );
    instance(
        layer,
        "NorthGate",
        "hall",
        "Gate",
        [15.2, HALF_DEPTH - 0.02, 0.0],
        [0.0; 3],
    );
}

fn frame(layer: &mut Layer) {
    let bays = (2.0 * HALF_LENGTH / BAY) as usize;
    for k in 0..=bays {
        let x = (-HALF_LENGTH + BAY * k as f64).clamp(-HALF_LENGTH + 0.2, HALF_LENGTH - 0.2);
        instance(
            layer,
            &format!("Portal_{}", k + 1),
            "hall",
            "Portal",
            [x, 0.0, 0.0],
            [0.0; 3],
        );
    }
    for k in 0..bays {
        let x = -HALF_LENGTH + BAY * k as f64;
        instance(
            layer,
            &format!("Beams_{}", k + 1),
            "hall",
            "EavesBeams",
            [x, 0.0, 0.0],
            [0.0; 3],
        );
    }
    for (k, x) in [-HALF_LENGTH, HALF_LENGTH - BAY].into_iter().enumerate() {
        instance(
            layer,
            &format!("Bracing_{}", k + 1),
            "hall",
            "Bracing",
            [x, 0.0, 0.0],
            [0.0; 3],
        );
    }
    for k in 0..bays {
        for (row, y) in [-11.0, -3.5, 3.5, 11.0].into_iter().enumerate() {
            let x = -HALF_LENGTH + BAY * (k as f64 + 0.5);
            let name = format!("Lamp_{}_{}", k + 1, row + 1);
            instance(layer, &name, "hall", "HighBay", [x, y, 8.1], [0.0; 3]);
        }
    }
    lamp_rails(layer);
}

/// Rails that carry the lamps from frame to frame.
fn lamp_rails(layer: &mut Layer) {
    let mut rails = Solid::new("LampRails");
    for y in [-11.0, -3.5, 3.5, 11.0] {
        rails.bar(
            S::BlackPlastic,
            [-HALF_LENGTH, y, 9.2],
            [HALF_LENGTH, y, 9.2],
            0.06,
        );
    }
    for mesh in rails.meshes.values() {
        own_mesh(layer, "LampRails", mesh, S::BlackPlastic);
    }
}

/// The roof is a variant: open, so that one looks in, or closed with its roof lights.
fn roof(layer: &mut Layer) {
    let mut metadata = model("component", "Roof");
    metadata.push("variants = {".to_owned());
    metadata.push("    string roof = \"open\"".to_owned());
    metadata.push("}".to_owned());
    metadata.push("prepend variantSets = \"roof\"".to_owned());
    layer.prim("def Xform \"Roof\"", &metadata, |layer| {
        layer.prim("variantSet \"roof\" =", &[], |layer| {
            layer.prim("\"closed\"", &[], |layer| {
                let bays = (2.0 * HALF_LENGTH / BAY) as usize;
                for k in 0..bays {
                    let x = -HALF_LENGTH + BAY * k as f64;
                    let south = [x, -HALF_DEPTH - 0.3, EAVES + 0.25];
                    let north = [x + BAY, HALF_DEPTH + 0.3, EAVES + 0.25];
                    instance(
                        layer,
                        &format!("South_{}", k + 1),
                        "hall",
                        "RoofSlope",
                        south,
                        [0.0; 3],
                    );
                    instance(
                        layer,
                        &format!("North_{}", k + 1),
                        "hall",
                        "RoofSlope",
                        north,
                        [0.0, 0.0, 180.0],
                    );
                }
            });
            layer.prim("\"open\"", &[], |_| {});
        });
    });
    debug_assert!(RIDGE > EAVES);
}

fn gallery(layer: &mut Layer) {
    let fields = ((GALLERY_X[1] - GALLERY_X[0]) / 3.0) as usize;
    for k in 0..fields {
        let x = GALLERY_X[0] + 3.0 * k as f64;
        let kind = if k == 8 { "DeckWithGate" } else { "Deck" };
        instance(
            layer,
            &format!("Deck_{}", k + 1),
            "walkway",
            kind,
            [x, 0.0, 0.0],
            [0.0; 3],
        );
    }
    for k in 0..=fields / 2 {
        let x = GALLERY_X[0] + 6.0 * k as f64;
        instance(
            layer,
            &format!("Posts_{}", k + 1),
            "walkway",
            "Posts",
            [x, 0.0, 0.0],
            [0.0; 3],
        );
    }
    instance(layer, "Stairs", "walkway", "Stairs", [0.0; 3], [0.0; 3]);
    let room = [19.0, GALLERY_Y[1] + 0.03, DECK];
    instance(layer, "ControlRoom", "walkway", "ControlRoom", room, [0.0; 3]);
    for (k, x) in [17.9, 20.4].into_iter().enumerate() {
        instance(
            layer,
            &format!("Desk_{}", k + 1),
            "furniture",
            "Desk",
            [x, room[1] + 1.5, DECK],
            [0.0, 0.0, 180.0],
        );
    }
}

fn rack(layer: &mut Layer) {
    for k in 0..12 {
        let x = -33.0 + 6.0 * f64::from(k);
        instance(
            layer,
            &format!("Trestle_{}", k + 1),
            "walkway",
            "Trestle",
            [x, 0.0, 0.0],
            [0.0; 3],
        );
        if k < 11 {
            instance(
                layer,
                &format!("Stringers_{}", k + 1),
                "walkway",
                "Stringers",
                [x, 0.0, 0.0],
                [0.0; 3],
            );
        }
    }
    let trays: Vec<(V3, f64)> = (0..66)
        .map(|k| ([-33.0 + f64::from(k), 7.85, 6.1], 0.0))
        .collect();
    scatter(layer, "CableTrays", "furniture", "CableTray", &trays);
}

fn furniture(layer: &mut Layer) {
    let mut bollards: Vec<(V3, f64)> = Vec::new();
    for x in [-14.6, -11.4, -8.6, -3.4, 25.9, 34.1] {
        bollards.push(([x, -17.0, 0.0], 0.0));
    }
    for y in [-15.8, -13.0, -10.2, -7.4] {
        bollards.push(([26.0, y, 0.0], 0.0));
    }
    for x in [-33.8, -30.0, -26.2] {
        bollards.push(([x, -25.0, 0.0], 0.0));
    }
    scatter(layer, "Bollards", "furniture", "Bollard", &bollards);
    for (k, x) in [-24.0, -1.4, 22.6].into_iter().enumerate() {
        instance(
            layer,
            &format!("Extinguisher_{}", k + 1),
            "furniture",
            "Extinguisher",
            [x, HALF_DEPTH - 0.12, 0.9],
            [0.0; 3],
        );
        instance(
            layer,
            &format!("ExitSign_{}", k + 1),
            "furniture",
            "ExitSign",
            [x, HALF_DEPTH - 0.03, 2.6],
            [0.0; 3],
        );
    }
    instance(
        layer,
        "HoseStation",
        "furniture",
        "HoseStation",
        [14.0, HALF_DEPTH - 0.05, 0.0],
        [0.0; 3],
    );
    for (k, (x, y)) in [(13.0, 5.9), (-2.6, 5.9), (-14.6, 10.2)].into_iter().enumerate() {
        instance(
            layer,
            &format!("LocalPanel_{}", k + 1),
            "furniture",
            "Cabinet",
            [x, y, 0.0],
            [0.0; 3],
        );
    }
    let bumpers: Vec<(V3, f64)> = [
        (-33.0, 9.75),
        (-30.8, 9.75),
        (-23.0, 10.1),
        (-20.8, 10.1),
        (-18.6, 10.1),
    ]
    .map(|(x, y)| ([x, y, 0.0], 0.0))
    .into();
    scatter(layer, "Bumpers", "hall", "Bumper", &bumpers);
}

/// Pallets that wait: empty bottles in the west, loaded ones at the dispatch and in the yard.
fn stock(layer: &mut Layer) {
    for (k, (x, y)) in [(-11.2, -14.6), (-9.9, -14.6)].into_iter().enumerate() {
        instance(
            layer,
            &format!("EmptyPallets_{}", k + 1),
            "goods",
            "Pallet",
            [x, y, 0.0],
            [0.0, 0.0, 90.0],
        );
        instance(
            layer,
            &format!("EmptyPalletsUpper_{}", k + 1),
            "goods",
            "Pallet",
            [x, y, 0.144],
            [0.0, 0.0, 90.0],
        );
    }
    let mut count = 0;
    for i in 0..5 {
        for j in 0..3 {
            count += 1;
            let at = [28.1 + 1.4 * f64::from(i), -14.9 + 1.45 * f64::from(j), 0.0];
            instance(
                layer,
                &format!("Loaded_{count:02}"),
                "goods",
                "LoadedPallet",
                at,
                [0.0, 0.0, 90.0],
            );
        }
    }
    for (k, y) in [-7.6, -6.2].into_iter().enumerate() {
        instance(
            layer,
            &format!("Bottles_{}", k + 1),
            "goods",
            "BottlePallet",
            [-15.8, y, 0.0],
            [0.0; 3],
        );
    }
    for k in 0..3 {
        let at = [20.5 + 1.5 * f64::from(k), -20.6, 0.0];
        instance(
            layer,
            &format!("Yard_{}", k + 1),
            "goods",
            "LoadedPallet",
            at,
            [0.0; 3],
        );
    }
}
