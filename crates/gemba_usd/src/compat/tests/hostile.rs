//! Input that no reader accepts, or that is made to hurt: always an answer, never a panic, within bounds.

use std::time::{Duration, Instant};

use super::*;

/// Opening a file of this name and content is refused with `code`, in a message that holds each of `words`.
#[track_caller]
fn check(name: &str, bytes: &[u8], code: &str, words: &[&str]) {
    let folder = folder_with(name, bytes);
    let path = folder.path().join(name);
    let started = Instant::now();
    let Err(error) = open_stage(&path, &[], |builder| builder) else {
        panic!("{name} opened")
    };
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{name} took {:?}",
        started.elapsed()
    );
    let message = error.to_string();
    assert_eq!(error.code(), code, "{message}");
    assert!(message.contains(name), "where: {message}");
    for word in words {
        assert!(message.contains(word), "{word}: {message}");
    }
    assert!(!message.contains('\n'), "{message}");
    let issue = error.to_issue();
    assert!(!issue.message.is_empty() && !issue.remedy.is_empty(), "{issue:?}");
}

#[test]
fn files_that_are_not_there_or_no_scene() {
    check(
        "picture.usda",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "usd.not-usd",
        &["PNG image"],
    );
    check("model.obj", b"v 0 0 0\nv 1 0 0\n", "usd.not-usd", &["OBJ"]);
    check("model.gltf", b"{\"asset\":{}}", "usd.not-usd", &["glTF"]);
    check("noise.usda", b"hello world", "usd.not-usd", &["hello"]);
    check("noise.usdz", b"hello world", "usd.not-usd", &["zip"]);
    check(
        "text.usdc",
        b"#usda 1.0\n",
        "usd.not-usd",
        &["rename it to .usda"],
    );
    check("empty.usda", b"", "usd.empty-file", &["empty"]);
    check("five.usdc", b"PXR-U", "usd.not-usd", &["PXR-U"]);
    check(
        "short.usdc",
        b"PXR-USDC\0\x08\0\0",
        "usd.damaged-file",
        &["12 bytes"],
    );
    check(
        "cut.usdz",
        b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "usd.damaged-file",
        &["incomplete"],
    );
    let folder = folder_with("a.usda", b"#usda 1.0\n");
    let refused = |path: &Path| {
        open_stage(path, &[], |builder| builder)
            .map(|_| ())
            .expect_err("refused")
            .code()
    };
    assert_eq!(refused(&folder.path().join("b.usda")), "usd.no-such-file");
    assert_eq!(refused(&folder.path().join("a.usda/b.usda")), "usd.no-such-file");
    assert_eq!(refused(folder.path()), "usd.is-folder");
}

#[test]
fn layers_that_the_reference_refuses() {
    check(
        "rate.usda",
        b"#usda 1.0\n(\n    framesPerSecond = 0\n)\n",
        "usd.rejected-layer",
        &[":3:", "framesPerSecond"],
    );
    check(
        "open.usda",
        b"#usda 1.0\ndef \"A\" {\n",
        "usd.rejected-layer",
        &[],
    );
    check(
        "word.usda",
        b"#usda 1.0\ndef \"A\" { int x = 3 4 }\n",
        "usd.rejected-layer",
        &[],
    );
    check(
        "wide.usda",
        b"#usda 1.0\ndef \"A\" { int x = 1e300 }\n",
        "usd.rejected-layer",
        &[],
    );
}

#[test]
fn deep_nesting_is_refused_with_a_line() {
    for depth in [1_000, 10_000, 200_000] {
        let prims = format!(
            "#usda 1.0\n{}{}",
            "def \"a\"\n{\n".repeat(depth),
            "}\n".repeat(depth)
        );
        check("deep.usda", prims.as_bytes(), "usd.rejected-layer", &["deeper"]);
        let dicts = format!(
            "#usda 1.0\ndef \"A\" (customData = {{ {} {} }}) {{}}\n",
            "dictionary d = {".repeat(depth),
            "}".repeat(depth)
        );
        check("dict.usda", dicts.as_bytes(), "usd.rejected-layer", &["deeper"]);
        let lists = format!(
            "#usda 1.0\ndef \"A\" (x = {}{}) {{}}\n",
            "[".repeat(depth),
            "]".repeat(depth)
        );
        check("list.usda", lists.as_bytes(), "usd.rejected-layer", &["deeper"]);
    }
}

/// Ten levels of ten references each, as children.
fn laughs(levels: usize, flags: &str) -> String {
    let mut layer = "#usda 1.0\ndef \"L0\" { def \"x\" {} }\n".to_owned();
    for level in 1..levels {
        let child = |at| format!("def \"c{at}\" ({flags} references = </L{}>) {{}}\n", level - 1);
        layer += &format!(
            "def \"L{level}\" {{\n{}}}\n",
            (0..10).map(child).collect::<String>()
        );
    }
    layer
}

#[test]
fn references_that_multiply_are_refused() {
    check(
        "laughs.usda",
        laughs(12, "").as_bytes(),
        "usd.rejected-layer",
        &["prims", "instanceable"],
    );
    let mut diamond = "#usda 1.0\ndef \"L0\" {}\ndef \"R0\" {}\n".to_owned();
    for level in 1..40 {
        let both = format!("(references = [</L{0}>, </R{0}>]) {{}}", level - 1);
        diamond += &format!("def \"L{level}\" {both}\ndef \"R{level}\" {both}\n");
    }
    check(
        "diamond.usda",
        diamond.as_bytes(),
        "usd.rejected-layer",
        &["places"],
    );
    let mut chain = "#usda 1.0\ndef \"L0\" {}\n".to_owned();
    for level in 1..20_000 {
        chain += &format!("def \"L{level}\" (references = </L{}>) {{}}\n", level - 1);
    }
    check("chain.usda", chain.as_bytes(), "usd.rejected-layer", &["places"]);
}

/// Walks all prims and gives their number and the codes of the issues.
fn walk(path: &Path) -> (usize, Vec<String>, usize) {
    let started = Instant::now();
    let (stage, mends) = open_stage(path, &[], |builder| builder).expect("a stage");
    let mut prims = 0;
    stage
        .traverse(openusd::usd::PrimPredicate::default(), |_| prims += 1)
        .expect("a walk");
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
    let codes = mends
        .take()
        .into_iter()
        .map(|issue| issue.code.into_owned())
        .collect();
    (prims, codes, stage.composition_errors().len())
}

#[test]
fn instances_may_multiply() {
    let folder = folder_with("laughs.usda", laughs(12, "instanceable = true").as_bytes());
    let (prims, codes, _) = walk(&folder.path().join("laughs.usda"));
    assert_eq!((prims, codes.len()), (123, 0));
}

#[test]
fn references_that_multiply_across_files_end() {
    let folder = folder_with(
        "l0.usda",
        b"#usda 1.0\n(defaultPrim = \"A\")\ndef \"A\" { def \"x\" {} }\n",
    );
    for level in 1..12 {
        let child = |at| format!("def \"c{at}\" (references = @l{}.usda@) {{}}\n", level - 1);
        let children: String = (0..30).map(child).collect();
        let layer = format!("#usda 1.0\n(defaultPrim = \"A\")\ndef \"A\" {{\n{children}}}\n");
        std::fs::write(folder.path().join(format!("l{level}.usda")), layer).expect("a file");
    }
    let (prims, codes, errors) = walk(&folder.path().join("l11.usda"));
    assert!(prims < 50_000, "{prims}");
    assert_eq!(codes, ["usd.endless-composition"]);
    assert!(errors > 0);
}

#[test]
fn cycles_end_with_a_composition_error() {
    for layer in [
        "def \"A\" (references = </A>) {}",
        "def \"A\" { def \"B\" (references = </A>) {} }",
        "def \"A\" (inherits = </B>) {}\ndef \"B\" (specializes = </A>) {}",
        "def \"A\" (references = @other.usda@</A>) {}",
        "def \"A\" { def \"C\" (payload = @other.usda@</A>) {} }",
    ] {
        let folder = folder_with("cycle.usda", format!("#usda 1.0\n{layer}\n").as_bytes());
        let other = layer.replace("other.usda", "cycle.usda");
        std::fs::write(folder.path().join("other.usda"), format!("#usda 1.0\n{other}\n")).expect("a file");
        let (prims, codes, errors) = walk(&folder.path().join("cycle.usda"));
        assert!(
            prims < 10 && codes.is_empty() && errors > 0,
            "{layer}: {prims} {codes:?} {errors}"
        );
    }
    let folder = folder_with(
        "cycle.usda",
        b"#usda 1.0\n(subLayers = [@other.usda@])\ndef \"A\" {}\n",
    );
    std::fs::write(
        folder.path().join("other.usda"),
        "#usda 1.0\n(subLayers = [@cycle.usda@])\n",
    )
    .expect("a file");
    let (prims, _, errors) = walk(&folder.path().join("cycle.usda"));
    assert!(prims == 1 && errors > 0);
}
