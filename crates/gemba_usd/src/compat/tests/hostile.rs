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
