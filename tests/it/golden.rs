//! Six views of the bottling works, drawn and compared with how they looked when someone last looked at them.
//!
//! Only a software renderer draws the same everywhere; elsewhere the test is skipped, loudly. `GEMBA_BLESS=1` draws the
//! golden images anew: look at them before committing them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use image::RgbImage;

use crate::process::skip;

const VIEWS: [&str; 6] = [
    "Overview",
    "HallOverview",
    "FillingLine",
    "BoilerAndTurbineHall",
    "PumpHouse",
    "Process",
];
const SIZE: &str = "320x180";
/// Pictures are compared in squares of this edge: a line that moves by a pixel is no difference.
const SQUARE_PX: u32 = 10;
/// The most that a square may differ, of 255, and the mean over all squares.
const MOST_OF_SQUARE: f32 = 26.0;
const MOST_OF_ALL: f32 = 2.5;

fn golden(view: &str) -> PathBuf {
    PathBuf::from(format!("tests/golden/{view}.png"))
}

/// Mean colours of the squares of a picture.
fn squares(picture: &RgbImage) -> Vec<[f32; 3]> {
    let (across, down) = (picture.width() / SQUARE_PX, picture.height() / SQUARE_PX);
    let mean = |row: u32, column: u32| {
        let mut sum = [0.0; 3];
        for y in 0..SQUARE_PX {
            for x in 0..SQUARE_PX {
                let pixel = picture.get_pixel(column * SQUARE_PX + x, row * SQUARE_PX + y);
                (0..3).for_each(|channel| sum[channel] += f32::from(pixel.0[channel]));
            }
        }
        sum.map(|channel| channel / (SQUARE_PX * SQUARE_PX) as f32)
    };
    (0..down)
        .flat_map(|row| (0..across).map(move |column| (row, column)))
        .map(|(row, column)| mean(row, column))
        .collect()
}

/// The largest difference of a square and the mean of all.
fn difference(one: &RgbImage, other: &RgbImage) -> (f32, f32) {
    let apart: Vec<f32> = squares(one)
        .iter()
        .zip(squares(other))
        .map(|(one, other)| {
            (0..3)
                .map(|channel| (one[channel] - other[channel]).abs())
                .sum::<f32>()
                / 3.0
        })
        .collect();
    let most = apart.iter().copied().fold(0.0, f32::max);
    (most, apart.iter().sum::<f32>() / apart.len().max(1) as f32)
}

#[test]
fn six_views_look_as_they_did() {
    let folder = tempfile::tempdir().expect("a folder");
    // The scene without its twin layer: how it looks depends on no value.
    let run = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .arg("view")
        .arg("scenes/bottling/plant_scene.usda")
        .args([
            "--headless",
            "--no-panels",
            "--quality",
            "lowest",
            "--size",
            SIZE,
            "--every-camera",
        ])
        .arg(folder.path())
        .env("RUST_LOG", "info")
        .output()
        .expect("the viewer");
    let log = String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{log}");
    if !log.contains("llvmpipe") {
        skip("golden images: the adapter is no llvmpipe, and draws a little differently");
        return;
    }
    let is_blessing = std::env::var_os("GEMBA_BLESS").is_some();
    let mut wrong = Vec::new();
    for view in VIEWS {
        let drawn = folder.path().join(format!("camera_Plant_Cameras_{view}.png"));
        let file = golden(view);
        if is_blessing {
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder");
            std::fs::copy(&drawn, &file).expect("the golden image");
            continue;
        }
        let open = |file: &Path| {
            image::open(file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
                .to_rgb8()
        };
        let (one, other) = (open(&drawn), open(&file));
        assert_eq!(one.dimensions(), other.dimensions());
        let (most, mean) = difference(&one, &other);
        eprintln!("{view}: the square that differs most {most:.1}, the mean {mean:.2}");
        if most > MOST_OF_SQUARE || mean > MOST_OF_ALL {
            let kept = std::env::temp_dir().join(format!("gemba_{view}.png"));
            std::fs::copy(&drawn, &kept).expect("kept");
            wrong.push(format!("{view}: {most:.1}, {mean:.2}, see {}", kept.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "views look different; when they are meant to, run this test with GEMBA_BLESS=1: {wrong:#?}"
    );
}

/// A small valve at both ends of a pipeline of 50 km, and a camera a hand's breadth before each.
const PIPELINE: &str = r#"#usda 1.0
(
    defaultPrim = "Pipeline"
    metersPerUnit = 1
    upAxis = "Y"
)
class Xform "Valve" {
    def Cube "Body" { double size = 0.06 }
    def Cylinder "Stem" {
        double radius = 0.01
        double height = 0.08
        token axis = "Y"
        double3 xformOp:translate = (0, 0.06, 0)
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
    def Camera "Eye" {
        double3 xformOp:translate = (0, 0.03, 0.4)
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
}
def Xform "Pipeline" {
    def Xform "Near" (references = </Valve>) {
        double3 xformOp:translate = (0.1234, 1, 0.4567)
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
    def Xform "Far" (references = </Valve>) {
        double3 xformOp:translate = (40000.1234, 1, 30000.4567)
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
}
"#;

/// f32 has steps of 2 mm at 25 km, where both valves are from the plant's middle: pixels here. Only an origin that follows
/// the eye draws them the same.
#[test]
fn both_ends_of_a_long_pipeline_are_drawn_as_exactly() {
    let folder = tempfile::tempdir().expect("a folder");
    let scene = folder.path().join("pipeline.usda");
    std::fs::write(&scene, PIPELINE).expect("the scene");
    let run = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .arg("view")
        .arg(&scene)
        .args(["--headless", "--no-panels", "--quality", "lowest", "--size", SIZE])
        .arg("--every-camera")
        .arg(folder.path())
        .output()
        .expect("the viewer");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let [near, far] = ["Near", "Far"].map(|end| {
        let file = folder.path().join(format!("camera_Pipeline_{end}_Eye.png"));
        image::open(&file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
            .to_rgb8()
    });
    let apart: Vec<u8> = (near.iter().zip(far.iter()))
        .map(|(one, other)| one.abs_diff(*other))
        .collect();
    // A step of 2 mm moves every edge by pixels; what is left is the rounding of edges that are smoothed.
    let far_apart = apart.iter().filter(|apart| **apart > 24).count();
    let is_empty = near.iter().all(|value| *value == near.as_raw()[0]);
    assert!(!is_empty, "nothing is drawn");
    assert!(far_apart < 30, "{far_apart} of {} differ", apart.len());
}

#[test]
fn a_difference_is_one_of_looks_and_not_of_pixels() {
    let grey = RgbImage::from_pixel(40, 40, image::Rgb([120; 3]));
    let mut line = grey.clone();
    (0..40).for_each(|y| line.put_pixel(7, y, image::Rgb([255; 3])));
    let mut moved = grey.clone();
    (0..40).for_each(|y| moved.put_pixel(8, y, image::Rgb([255; 3])));
    assert_eq!(difference(&line, &moved), (0.0, 0.0));
    let mut gone = grey.clone();
    for y in 0..10 {
        (0..10).for_each(|x| gone.put_pixel(x, y, image::Rgb([0; 3])));
    }
    let (most, mean) = difference(&grey, &gone);
    assert!(
        most > MOST_OF_SQUARE && mean > MOST_OF_ALL,
        "a machine that is missing is seen"
    );
}
