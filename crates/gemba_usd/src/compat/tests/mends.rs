//! One row for each mend: what the layer says, and what must be read. Checked against usd-core 26.11.

use super::*;

/// Opens `layer` as a text file and compares fields, written `path field`, and the codes of the notes.
#[track_caller]
fn check(layer: &[u8], expected: &[(&str, &str)], codes: &[&str]) {
    let folder = folder_with("layer.usda", layer);
    let (stage, issues) = opened(&folder.path().join("layer.usda"));
    for (place, value) in expected {
        let (path, field) = place.split_once(' ').unwrap_or((place, "default"));
        assert_eq!(
            &fact(&stage, path, field),
            value,
            "{place} of {}",
            String::from_utf8_lossy(layer)
        );
    }
    let met: Vec<_> = issues.iter().map(|issue| issue.code.as_ref()).collect();
    assert_eq!(met, codes, "{issues:?}");
}

/// A layer with one prim `/A` that has `body`.
#[track_caller]
fn check_body(body: &str, expected: &[(&str, &str)], codes: &[&str]) {
    check(
        format!("#usda 1.0\ndef \"A\"\n{{\n{body}\n}}\n").as_bytes(),
        expected,
        codes,
    );
}

#[test]
fn an_intact_layer_is_left_alone() {
    check_body(
        "float x = 0.5 # a // b\nstring s = \"// .5 config\"\nasset a = @http://x/7.png@\nint[] i = [1, -2]",
        &[
            ("/A.x", "Float(0.5)"),
            ("/A.s", "String(\"// .5 config\")"),
            ("/A.i", "IntVec([1, -2])"),
        ],
        &[],
    );
}

#[test]
fn slash_comments() {
    check_body(
        "// one\nint x = 1 // two\n/* // three */ int y = 2",
        &[("/A.x", "Int(1)"), ("/A.y", "Int(2)")],
        &["usd.mended-comment"],
    );
}

#[test]
fn numbers_without_a_digit_on_one_side() {
    check_body(
        "float a = .5\nfloat b = 7.\nfloat c = -.5\nfloat d = -7.e2\ndouble3 v = (.1, 2., .3e1)\n\
         float t.timeSamples = { 1.: 2., .5: .25 }",
        &[
            ("/A.a", "Float(0.5)"),
            ("/A.b", "Float(7.0)"),
            ("/A.c", "Float(-0.5)"),
            ("/A.d", "Float(-700.0)"),
            ("/A.v", "Vec3d(Vec3d { x: 0.1, y: 2.0, z: 3.0 })"),
            (
                "/A.t timeSamples",
                "TimeSamples([(0.5, Float(0.25)), (1.0, Float(2.0))])",
            ),
        ],
        &["usd.mended-number"],
    );
}

#[test]
fn floats_for_integers_lose_their_fraction() {
    check_body(
        "int a = 1.7\nint b = -1.7\nint c = 1e3\nint[] d = [1.5, 2]\nint2 e = (1.5, 2)\nuchar f = 3.2\n\
         int64 g = 1e18\nint t.timeSamples = { 1.5: 2.5 }\nfloat h = 1.5\nint[] i = [] (customData = { int j = 2.9 })",
        &[
            ("/A.a", "Int(1)"),
            ("/A.b", "Int(-1)"),
            ("/A.c", "Int(1000)"),
            ("/A.d", "IntVec([1, 2])"),
            ("/A.e", "Vec2i(Vec2i { x: 1, y: 2 })"),
            ("/A.f", "Uchar(3)"),
            ("/A.g", "Int64(1000000000000000000)"),
            ("/A.t timeSamples", "TimeSamples([(1.5, Int(2))])"),
            ("/A.h", "Float(1.5)"),
            ("/A.i customData", "Dictionary({\"j\": Int(2)})"),
        ],
        &["usd.mended-integer"],
    );
}

#[test]
fn stray_bytes_in_text() {
    check(
        b"#usda 1.0\ndef \"A\" (doc = \"m\xb2\")\n{\n    string s = \"Gr\xf6\xdfe\" # caf\xe9\n}\n",
        &[
            ("/A.s", "String(\"Größe\")"),
            ("/A documentation", "String(\"m²\")"),
        ],
        &["usd.mended-encoding"],
    );
}

#[test]
fn strings_for_assets() {
    check_body(
        "asset a = \"foo.png\"\nasset b = 'fo@o.png'\nasset[] c = [\"a.png\", @b.png@]\nstring d = \"foo.png\"",
        &[
            ("/A.a", "asset foo.png"),
            ("/A.b", "asset fo@o.png"),
            ("/A.d", "String(\"foo.png\")"),
        ],
        &["usd.mended-asset"],
    );
}

#[test]
fn config_variability() {
    check_body(
        "config int x = 1\ncustom config int y = 2\ntoken config = \"x\"",
        &[
            ("/A.x variability", "Variability(Uniform)"),
            ("/A.y variability", "Variability(Uniform)"),
            ("/A.config", "Token(\"x\")"),
        ],
        &["usd.mended-config"],
    );
}

#[test]
fn truth_values() {
    check(
        b"#usda 1.0\ndef \"A\" (active = True\ninstanceable = yes)\n{\n    bool a = Yes\n    bool b = 2\n    bool[] c = [no, 1]\n    bool d = 1\n}\n\
          def \"B\" (active = 0) {}\ndef \"C\" (active = 1) {}\ndef \"D\" (active = False) {}\n",
        &[
            ("/A active", "Bool(true)"),
            ("/A instanceable", "Bool(true)"),
            ("/A.a", "Bool(true)"),
            ("/A.b", "Bool(true)"),
            ("/A.c", "BoolVec([false, true])"),
            ("/A.d", "Bool(true)"),
            ("/B active", "Bool(false)"),
            ("/C active", "Bool(true)"),
            ("/D active", "Bool(false)"),
        ],
        &["usd.mended-bool"],
    );
}

#[test]
fn headers_and_marks() {
    for header in ["#usda 1.0 made by hand", "#usda 1.2", "#sdf 1.4.32"] {
        check(
            format!("{header}\ndef \"A\" {{ int x = 1 }}\n").as_bytes(),
            &[("/A.x", "Int(1)")],
            &["usd.mended-header"],
        );
    }
    check(
        "\u{feff}#usda 1.0\ndef \"A\" { int x = 1 }\n".as_bytes(),
        &[("/A.x", "Int(1)")],
        &["usd.mended-byte-order-mark"],
    );
    check(
        b"#usda 1.0\n#usda 1.0 again\ndef \"A\" { int x = 1 }\n",
        &[("/A.x", "Int(1)")],
        &["usd.mended-header"],
    );
}

#[test]
fn escaped_quotes_in_triple_quoted_strings() {
    check_body(
        r#"string s = """a "b" \"""""#,
        &[("/A.s", "String(\"a \\\"b\\\" \\\"\")")],
        &["usd.mended-quote"],
    );
}

#[test]
fn names_beyond_ascii() {
    check_body(
        "double Größe = 3\ndouble ifc:Höhe.timeSamples = { 1: 2 }\nrel Wände = </A>\n\
         customData = { string Maß = \"x\" }\nint x = 1"
            .replace("customData = { string Maß = \"x\" }\n", "")
            .as_str(),
        &[
            ("/A.Größe", "Double(3.0)"),
            ("/A.ifc:Höhe timeSamples", "TimeSamples([(1.0, Double(2.0))])"),
            ("/A.Wände targetPaths", "explicit /A"),
            ("/A.x", "Int(1)"),
        ],
        &["usd.mended-name"],
    );
    check(
        "#usda 1.0\ndef \"A\" (customData = { string Maß = \"x\" }) {}\n".as_bytes(),
        &[("/A customData", "Dictionary({\"Maß\": String(\"x\")})")],
        &["usd.mended-name"],
    );
}

#[test]
fn list_edits_of_a_relationship_accumulate() {
    check_body(
        "prepend rel r = </B>\nappend rel r = </C>\ndelete rel r = </D>\n\
         rel explicit = </B>\nprepend rel explicit = </C>\n\
         prepend rel last = </B>\nrel last = </C>\nrel bare\nprepend rel bare = </B>",
        &[
            ("/A.r targetPaths", "prepend /B append /C delete /D"),
            ("/A.explicit targetPaths", "prepend /C"),
            ("/A.last targetPaths", "explicit /C"),
            ("/A.bare targetPaths", "prepend /B"),
        ],
        &["usd.mended-list-ops"],
    );
}

#[test]
fn notes_name_file_line_and_count() {
    let folder = folder_with("layer.usda", b"#usda 1.0\ndef \"A\"\n{\n    // a\n    // b\n}\n");
    let (_, issues) = opened(&folder.path().join("layer.usda"));
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].line, Some(4));
    assert!(
        issues[0]
            .file
            .as_ref()
            .is_some_and(|file| file.ends_with("layer.usda"))
    );
    assert!(issues[0].message.contains("2 places"), "{}", issues[0].message);
}

#[test]
fn referenced_and_sublayered_files_are_mended() {
    let folder = folder_with(
        "root.usda",
        b"#usda 1.0\n(subLayers = [@sub.usda@])\ndef \"R\" (payload = @p.usda@</A>) {}\n",
    );
    std::fs::write(
        folder.path().join("sub.usda"),
        "#usda 1.0\n// c\ndef \"S\" { double Größe = .5 }\n",
    )
    .expect("a file");
    std::fs::write(
        folder.path().join("p.usda"),
        "#usda 1.0\ndef \"A\" { config int x = 1.5 }\n",
    )
    .expect("a file");
    let path = folder.path().join("root.usda");
    let (stage, mends) = open_stage(&path, &[], |builder| builder).expect("a stage");
    assert_eq!(fact(&stage, "/S.Größe", "default"), "Double(0.5)");
    assert_eq!(fact(&stage, "/R.x", "default"), "Int(1)");
    let codes: Vec<_> = mends
        .take()
        .into_iter()
        .map(|issue| issue.code.into_owned())
        .collect();
    assert_eq!(
        codes,
        [
            "usd.mended-comment",
            "usd.mended-name",
            "usd.mended-number",
            "usd.mended-config",
            "usd.mended-integer"
        ]
    );
}
