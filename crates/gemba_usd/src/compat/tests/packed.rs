//! The same mends in binary layers and inside packages.

use super::crate_file::tests::with_replaced_tokens;
use super::*;

const AREA: &str = "#usda 1.0\ndef \"A\" { string unit = \"m_SQUARE_\"\n    double area = 2.5 }\n";

/// What Revit writes: one Latin-1 byte in a token.
fn latin_1_crate() -> Vec<u8> {
    with_replaced_tokens(&as_crate(AREA), b"_SQUARE_", b"\xb2")
}

#[track_caller]
fn check(name: &str, bytes: &[u8]) {
    let folder = folder_with(name, bytes);
    let (stage, mends) = open_stage(&folder.path().join(name), &[], |builder| builder).expect("a stage");
    assert_eq!(fact(&stage, "/A.unit", "default"), "String(\"m²\")");
    assert_eq!(fact(&stage, "/A.area", "default"), "Double(2.5)");
    // A referenced layer is read when its prims are.
    let issues = mends.take();
    assert_eq!(issues.len(), 1, "{issues:?}");
    assert_eq!(issues[0].code, "usd.mended-encoding");
}

#[test]
fn stray_bytes_in_binary_tokens() {
    check("area.usdc", &latin_1_crate());
    check("area.usd", &latin_1_crate());
}

#[test]
fn the_reader_alone_refuses_stray_bytes() {
    let refused = sdf::LayerRegistry::read_bytes(latin_1_crate().into(), "area.usdc");
    assert!(refused.is_err(), "the mend is no longer needed");
}

#[test]
fn an_intact_binary_layer_is_left_alone() {
    assert!(crate_file::mend_tokens(&as_crate(AREA)).is_none());
    assert!(crate_file::mend_tokens(b"PXR-USDC").is_none());
}

#[test]
fn layers_inside_packages() {
    check("root.usdz", &as_package(&[("area.usdc", &latin_1_crate())]));
    let text = b"#usda 1.0\ndef \"A\" { string unit = \"m\xb2\"\n    double area = 2.5 }\n";
    check("text.usdz", &as_package(&[("area.usda", text)]));
    let root = b"#usda 1.0\ndef \"A\" (references = @parts/area.usdc@</A>) {}\n";
    check(
        "nested.usdz",
        &as_package(&[("root.usda", root), ("parts/area.usdc", &latin_1_crate())]),
    );
}
