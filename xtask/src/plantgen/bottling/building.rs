//! The building in the scene: what of its parts stands where, and what stands and hangs about in it.

use super::{
    floor,
    hall::{BAY, EAVES, HALF_DEPTH, HALF_LENGTH},
    lettering::lettering,
    materials::Surface as S,
    math::V3,
    placing::{facing_front, group, model, own_mesh},
    scene::{instance, scatter},
    solid::Solid,
    usda::Layer,
    walkway::{DECK, GALLERY_X, GALLERY_Y},
};

pub(super) fn building(layer: &mut Layer) {
    group(layer, "Building", "Building", |layer| {
        layer.prim("def Xform \"Slab\"", &model("component", "Slab"), |layer| {
            for (name, surface, mesh) in floor::surfaces() {
                own_mesh(layer, name, &mesh, surface);
            }
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
        layer.prim(
            "def Xform \"Logistics\"",
            &model("component", "Logistics"),
            sign_and_trucks,
        );
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

/// The works' name on the north wall, and the trucks.
fn sign_and_trucks(layer: &mut Layer) {
    let letters =
        lettering("GEMBA BOTTLING WORKS", 0.95).placed(facing_front([4.0, HALF_DEPTH - 0.01, 8.15]));
    own_mesh(layer, "Sign", &letters, S::BlackPlastic);
    let turned = |turn: f64| [0.0, 0.0, turn];
    instance(
        layer,
        "ForkTruck",
        "vehicles",
        "LadenForkTruck",
        [29.0, -8.2, 0.0],
        turned(-70.0),
    );
    instance(
        layer,
        "ParkedForkTruck",
        "vehicles",
        "ForkTruck",
        [-11.0, -10.0, 0.0],
        turned(15.0),
    );
    instance(
        layer,
        "BoxTruck",
        "vehicles",
        "BoxTruck",
        [30.4, -23.6, 0.0],
        turned(-90.0),
    );
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
