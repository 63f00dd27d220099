//! Truncations and flipped bytes of well-formed files: always a stage or an error, never a panic.

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use super::*;

const SCENE: &str = r#"#usda 1.0
(
    defaultPrim = "Plant"
    metersPerUnit = 1
    upAxis = "Z"
    customLayerData = { string by = "x"; dictionary d = { int[] i = [1, 2] } }
)
def Xform "Plant" (
    kind = "assembly"
    variants = { string lod = "high" }
    prepend variantSets = "lod"
    prepend apiSchemas = ["GeomModelAPI"]
)
{
    double3 xformOp:translate.timeSamples = { 0: (0, 0, 0), 1.5: (1, .5, 7.) }
    uniform token[] xformOpOrder = ["xformOp:translate"]
    double Größe = 3
    prepend rel parts = </Plant/Pump>
    append rel parts = [</Plant/Pipe>]
    def Mesh "Pump" (references = </Plant/Pipe>) // the pump
    {
        point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]
        int[] faceVertexCounts = [3]
        int[] faceVertexIndices = [0, 1, 2.0]
        asset texture = "a@b.png"
        string note = """m² "quoted" text"""
    }
    def Cylinder "Pipe" (active = True) { config double radius = .25 }
    variantSet "lod" = { "high" { def Sphere "S" {} } "low" (doc = 'low') {} }
}
"#;

/// How an attempt to open and walk a file ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Opened,
    Refused,
    /// The reader panicked and was contained. Its debug builds assert on paths that damaged binary layers hold.
    Contained,
}

fn attempt(name: &str, bytes: &[u8]) -> End {
    let folder = folder_with(name, bytes);
    let path = folder.path().join(name);
    let walked = open_stage(&path, &[], |builder| builder).and_then(|(stage, _)| {
        contained(&path, move || {
            drop(stage.traverse(openusd::usd::PrimPredicate::default(), |_| {}));
        })
    });
    match walked {
        Ok(()) => End::Opened,
        Err(OpenError::ReaderFailed { .. }) => End::Contained,
        Err(_) => End::Refused,
    }
}

/// Attempts the file intact, then cut and with flipped bytes; at most `contained_max` may need containing.
#[track_caller]
fn torture(name: &str, bytes: &[u8], seed: u64, contained_max: usize) {
    assert!(attempt(name, bytes) == End::Opened, "the intact file opens");
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut ends = Vec::new();
    for _ in 0..150 {
        ends.push(attempt(name, &bytes[..rng.random_range(0..bytes.len())]));
        let mut flipped = bytes.to_vec();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..flipped.len());
            flipped[at] = rng.random();
        }
        ends.push(attempt(name, &flipped));
    }
    let count = |end| ends.iter().filter(|it| **it == end).count();
    assert!(count(End::Refused) > 0, "damage is noticed");
    assert!(
        count(End::Contained) <= contained_max,
        "{} of {} contained",
        count(End::Contained),
        ends.len()
    );
}

#[test]
fn damaged_text() {
    torture("scene.usda", SCENE.as_bytes(), 1, 0);
}

#[test]
fn damaged_binary() {
    let mended = text::look(SCENE.as_bytes()).text.expect("a mended text");
    torture("scene.usdc", &as_crate(&mended), 2, 6);
}

#[test]
fn damaged_packages() {
    let mended = text::look(SCENE.as_bytes()).text.expect("a mended text");
    torture(
        "scene.usdz",
        &as_package(&[("scene.usdc", &as_crate(&mended))]),
        3,
        6,
    );
}
