//! Real buildings on foot: the converted models of the corpus, where it is.

use std::path::PathBuf;

use serde_json::json;

use crate::{process::skip, scripted::Viewer};

/// Over the feet.
const EYE_M: f64 = 1.7;

fn building(file: &str) -> Option<PathBuf> {
    let corpus =
        std::env::var_os("GEMBA_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let file = corpus.join(file);
    if !file.is_file() {
        skip("a walk through a real building: no corpus at $GEMBA_CORPUS or ../shared/corpus");
        return None;
    }
    Some(file)
}

/// Stands at `from` and looks to `to`; metres, Y up.
fn stand(viewer: &mut Viewer, from: [f64; 2], to: [f64; 2], floor_m: f64) {
    let at = |[x, z]: [f64; 2]| [x, floor_m + EYE_M, z];
    viewer.command(json!({ "command": "set_view", "eye_m": at(from), "target_m": at(to) }));
}

#[test]
fn a_real_house_is_walked_up_its_stairs_and_not_through_its_walls() {
    let Some(house) = building("usd/ifc-duplex/duplex.usda") else {
        return;
    };
    let mut viewer = Viewer::start();
    viewer.open(&house);

    // Up the stair of the second flat, from the wooden floor at 0.02 m to the one at 3.12 m, and on to the wall of the room
    // there: its face lies at z = 11.55, half a body's width further.
    stand(&mut viewer, [0.92, 5.0], [0.92, 9.0], 0.02);
    let [x, y, z] = viewer.walk_forward(2.0);
    assert!(
        (1.0..2.5).contains(&(y - EYE_M)) && z > 7.0,
        "on the stair, at ({x}, {y}, {z})"
    );
    let [x, y, z] = viewer.walk_forward(4.0);
    assert!(
        (y - EYE_M - 3.12).abs() < 0.02 && (z - 11.25).abs() < 0.05,
        "upstairs at the wall, at ({x}, {y}, {z})"
    );

    // From behind, the stair is a wall; the outer wall of the living room, whose face lies at x = 8.38, is one too.
    stand(&mut viewer, [0.92, 10.2], [0.92, 6.0], 0.02);
    let [_, y, z] = viewer.walk_forward(4.0);
    assert!(z > 9.9 && (y - EYE_M).abs() < 0.05, "behind the stair, at {z}");
    stand(&mut viewer, [6.0, 3.0], [9.0, 3.0], 0.02);
    let [x, ..] = viewer.walk_forward(4.0);
    assert!(x < 8.1, "in the living room, at {x}");
}

#[test]
fn a_clinic_is_climbed_over_a_landing() {
    let Some(clinic) = building("usd/ifc-clinic/clinic.usda") else {
        return;
    };
    let mut viewer = Viewer::start();
    viewer.open(&clinic);

    // A steel stair: up to the landing at 2.11 m, across it, and back up to the floor at 4.57 m.
    stand(&mut viewer, [-17.4, -37.0], [-17.4, -41.0], 0.0);
    let [x, y, z] = viewer.walk_forward(3.0);
    assert!(
        (y - EYE_M - 2.11).abs() < 0.05 && z < -41.0,
        "on the landing, at ({x}, {y}, {z})"
    );
    stand(&mut viewer, [x, z], [-10.0, z], y - EYE_M);
    let [x, y, z] = viewer.walk_forward(1.0);
    assert!((y - EYE_M - 2.11).abs() < 0.05, "across it, at ({x}, {y}, {z})");
    stand(&mut viewer, [x, z], [x, -30.0], y - EYE_M);
    let [x, y, z] = viewer.walk_forward(3.2);
    assert!(
        (y - EYE_M - 4.57).abs() < 0.1,
        "on the upper floor, at ({x}, {y}, {z})"
    );
}
