//! Payloads to values, table by table and against serde_json.

use gemba_model::{Quality, UnixNanos, Value};
use proptest::prelude::*;

use super::*;

fn read(payload: &str, selector: Option<&str>) -> Result<Decoded, DecodeError> {
    let pointer = selector.map(|selector| Pointer::new(selector).unwrap());
    decode_one(payload.as_bytes(), pointer.as_ref(), Limits::default())
}

fn value(payload: &str, selector: Option<&str>) -> Result<Value, DecodeError> {
    read(payload, selector).map(|decoded| decoded.value)
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn raw_scalars() {
    for (payload, expected) in [
        ("21.5", Ok(Value::Number(21.5))),
        (" -3e2\r\n", Ok(Value::Number(-300.0))),
        ("+.5", Ok(Value::Number(0.5))),
        ("7\0", Ok(Value::Number(7.0))),
        ("true", Ok(Value::Bool(true))),
        ("OFF", Ok(Value::Bool(false))),
        ("On", Ok(Value::Bool(true))),
        ("running", Ok(text("running"))),
        ("21,5", Ok(text("21,5"))),
        ("21.5 °C", Ok(text("21.5 °C"))),
        ("\"21.5\"", Ok(text("21.5"))),
        ("\"a\\nb\"", Ok(text("a\nb"))),
        ("\"", Ok(text("\""))),
        ("\"a\"b\"", Ok(text("\"a\"b\""))),
        ("", Err(DecodeError::Empty)),
        (" \n", Err(DecodeError::Empty)),
        ("null", Err(DecodeError::Null)),
        ("NaN", Err(DecodeError::NotFinite)),
        ("-inf", Err(DecodeError::NotFinite)),
        ("Infinity", Err(DecodeError::NotFinite)),
        ("1e999", Err(DecodeError::NotFinite)),
        ("{\"value\":1}", Err(DecodeError::NotScalar { kind: "an object" })),
        ("[1]", Err(DecodeError::NotScalar { kind: "an array" })),
    ] {
        assert_eq!(value(payload, None), expected, "{payload:?}");
    }
}

#[test]
fn selected_values() {
    let payload = r#" { "a" : { "b" : [ 1 , {"c/d": -2.5e1, "e~f":"\u00e9\ud83d\ude00" } ] } , "n" : null, "t":true, "":"x",
        "nan":NaN, "big":1e400, "s":"12" } "#;
    for (selector, expected) in [
        ("/a/b/0", Ok(Value::Number(1.0))),
        ("/a/b/1/c~1d", Ok(Value::Number(-25.0))),
        ("/a/b/1/e~0f", Ok(text("é😀"))),
        ("/t", Ok(Value::Bool(true))),
        ("/", Ok(text("x"))),
        ("/s", Ok(text("12"))),
        ("/n", Err(DecodeError::Null)),
        ("/nan", Err(DecodeError::NotFinite)),
        ("/big", Err(DecodeError::NotFinite)),
        ("/a", Err(DecodeError::NotScalar { kind: "an object" })),
        ("/a/b", Err(DecodeError::NotScalar { kind: "an array" })),
        ("", Err(DecodeError::NotScalar { kind: "an object" })),
        ("/a/b/2", Err(DecodeError::NotFound)),
        ("/a/b/00", Err(DecodeError::NotFound)),
        ("/a/b/-", Err(DecodeError::NotFound)),
        ("/A", Err(DecodeError::NotFound)),
        ("/s/0", Err(DecodeError::NotFound)),
    ] {
        assert_eq!(value(payload, Some(selector)), expected, "{selector}");
    }
    assert_eq!(value("21.5", Some("")), Ok(Value::Number(21.5)));
}

#[test]
fn what_is_not_json_says_where() {
    for (payload, at) in [
        ("hello", 0),
        ("{\"v\":1", 6),
        ("{\"v\":1}}", 7),
        ("{\"v\":01}", 6),
        ("{\"v\":1.}", 7),
        ("{\"v\":+1}", 5),
        ("{\"v\":1,}", 7),
        ("{v:1}", 1),
        ("{\"v\":1,\"w\":\"a\nb\"}", 13),
        ("{\"v\":1,\"w\":\"\\x\"}", 12),
        ("{\"v\":tru}", 5),
        ("{\"v\" 1}", 5),
        ("[1,]", 3),
        ("{'v':1}", 1),
    ] {
        let error = read(payload, Some("/v")).unwrap_err();
        assert!(
            matches!(error, DecodeError::NotJson { at: found, .. } if found == at),
            "{payload}: {error:?}"
        );
    }
    assert_eq!(read(" ", Some("/v")), Err(DecodeError::Empty));
}

#[test]
fn hostile_payloads_are_refused() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(
        read(&deep, Some("/v")),
        Err(DecodeError::TooDeep { at: MAX_DEPTH })
    );
    let big = vec![b'1'; 5 << 20];
    let refused = Err(DecodeError::TooLarge {
        bytes: 5 << 20,
        max_bytes: 1 << 20,
    });
    assert_eq!(decode_one(&big, None, Limits::default()), refused);
    assert_eq!(
        decode_one(b"ab\xff", None, Limits::default()),
        Err(DecodeError::NotUtf8 { at: 2 })
    );
    let long = "x".repeat(5_000);
    let refused = Err(DecodeError::TextTooLong {
        bytes: 5_000,
        max_bytes: 4_096,
    });
    assert_eq!(value(&long, None), refused);
    assert_eq!(value(&format!("{{\"v\":\"{long}\"}}"), Some("/v")), refused);
    assert!(
        value("{\"v\":\"\\ud800\"}", Some("/v")).is_err(),
        "a lone surrogate is no text"
    );
}

#[test]
fn an_envelope_stamps_the_values_beside_it() {
    let t = |millis: i64| Some(UnixNanos::from_millis(millis));
    let stamp = |payload: &str, selector: &str| {
        let decoded = read(payload, Some(selector)).unwrap();
        (decoded.source_time, decoded.quality)
    };
    use Quality::{Bad, Good, Stale, Uncertain};
    for (payload, selector, expected) in [
        (
            r#"{"value":1,"timestamp":"2026-11-22T02:31:57.5Z"}"#,
            "/value",
            (t(1_795_314_717_500), Good),
        ),
        (
            r#"{"ts":1795314717500,"value":1,"quality":"BAD"}"#,
            "/value",
            (t(1_795_314_717_500), Bad),
        ),
        (
            r#"{"value":1,"ts":"1795314717"}"#,
            "/value",
            (t(1_795_314_717_000), Good),
        ),
        (
            r#"{"m":{"value":1,"quality":"doubtful"},"ts":1795314717}"#,
            "/m/value",
            (t(1_795_314_717_000), Uncertain),
        ),
        (
            r#"{"m":{"value":1,"ts":1795314718},"ts":1795314717,"quality":false}"#,
            "/m/value",
            (t(1_795_314_718_000), Bad),
        ),
        (r#"{"value":1,"quality":192}"#, "/value", (None, Good)),
        (r#"{"value":1,"quality":64}"#, "/value", (None, Uncertain)),
        (r#"{"value":1,"quality":0}"#, "/value", (None, Bad)),
        (r#"{"value":1,"quality":500}"#, "/value", (None, Stale)),
        (r#"{"value":1,"quality":2147483648}"#, "/value", (None, Bad)),
        (r#"{"value":1,"quality":1073741824}"#, "/value", (None, Uncertain)),
        (r#"{"value":1,"quality":null,"ts":12}"#, "/value", (None, Good)),
        (
            r#"{"value":1,"other":{"ts":1795314717,"quality":"bad"}}"#,
            "/value",
            (None, Good),
        ),
        // The `t` of a temperature is no time.
        (r#"{"value":1,"t":1795314717}"#, "/value", (None, Good)),
    ] {
        assert_eq!(stamp(payload, selector), expected, "{payload}");
    }
}

#[test]
fn many_selectors_are_read_in_one_pass_and_keep_their_order() {
    let selectors = ["/b", "/a/0", "/missing", "/b", ""].map(|s| Some(Pointer::new(s).unwrap()));
    let selection = Selection::new(selectors.into_iter().chain([None]));
    let mut decoder = Decoder::default();
    // Twice, so that nothing of the first payload is left in the second.
    for (payload, first) in [
        ("{\"a\":[7],\"b\":1,\"b\":2}", Value::Number(2.0)),
        ("{\"a\":[7],\"b\":\"x\"}", text("x")),
    ] {
        let values: Vec<_> = decoder
            .decode(&selection, payload.as_bytes())
            .map(|r| r.map(|d| d.value))
            .collect();
        let object = Err(DecodeError::NotScalar { kind: "an object" });
        let expected = [
            Ok(first.clone()),
            Ok(Value::Number(7.0)),
            Err(DecodeError::NotFound),
            Ok(first),
            object.clone(),
            object,
        ];
        assert_eq!(values, expected);
    }
    assert!(decoder.decode(&selection, b"{").all(|result| result.is_err()));
}

/// What `serde_json`'s tree gives for the same question.
fn reference(json: &serde_json::Value, pointer: &str) -> Result<Value, DecodeError> {
    match json.pointer(pointer) {
        None => Err(DecodeError::NotFound),
        Some(serde_json::Value::Null) => Err(DecodeError::Null),
        Some(serde_json::Value::Bool(on)) => Ok(Value::Bool(*on)),
        Some(serde_json::Value::Number(number)) => Ok(Value::Number(number.as_f64().unwrap())),
        Some(serde_json::Value::String(found)) => Ok(text(found)),
        Some(serde_json::Value::Array(_)) => Err(DecodeError::NotScalar { kind: "an array" }),
        Some(serde_json::Value::Object(_)) => Err(DecodeError::NotScalar { kind: "an object" }),
    }
}

fn keys() -> impl Strategy<Value = String> {
    prop_oneof!["[ab01]", "~", "/", "ts", "\"\\\\", "é\u{7}", ""]
}

fn trees() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        proptest::num::f64::NORMAL.prop_map(Into::into),
        "\\PC{0,6}|[\"\\\\/\u{0}-\u{1f}]{1,3}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            proptest::collection::vec((keys(), inner), 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn pointers() -> impl Strategy<Value = String> {
    proptest::collection::vec(keys(), 0..4).prop_map(|keys| {
        keys.iter()
            .map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1")))
            .collect()
    })
}

proptest! {
    #[test]
    fn selecting_agrees_with_serde_json(
        tree in trees(),
        pointers in proptest::collection::vec(pointers(), 1..6),
        pretty in any::<bool>(),
    ) {
        let payload = if pretty { serde_json::to_string_pretty(&tree) } else { serde_json::to_string(&tree) }.unwrap();
        let selection = Selection::new(pointers.iter().map(|pointer| Some(Pointer::new(pointer).unwrap())));
        let mut decoder = Decoder::default();
        for (pointer, result) in pointers.iter().zip(decoder.decode(&selection, payload.as_bytes())) {
            prop_assert_eq!(result.map(|decoded| decoded.value), reference(&tree, pointer), "{} in {}", pointer, payload);
        }
    }

    /// Whatever is done to a JSON text, it is taken for JSON exactly when serde_json takes it, and nothing panics.
    #[test]
    fn broken_json_is_refused_as_serde_json_refuses_it(
        tree in trees(),
        at in any::<proptest::sample::Index>(),
        with in prop_oneof!["", "[{}\\[\\],:\"0-9eE.+\\- ]", "\\PC"],
        cut in 0_usize..3,
    ) {
        let payload = serde_json::to_string(&tree).unwrap();
        let from = payload.floor_char_boundary(at.index(payload.len() + 1));
        let to = payload.ceil_char_boundary((from + cut).min(payload.len()));
        let broken = format!("{}{with}{}", &payload[..from], &payload[to..]);
        let ours = read(&broken, Some("/no-such-key"));
        let theirs = serde_json::from_str::<serde_json::Value>(&broken);
        let is_json = match ours {
            Err(DecodeError::NotFound) => true,
            Err(DecodeError::NotJson { .. } | DecodeError::Empty) => false,
            other => return Err(TestCaseError::fail(format!("{other:?} for {broken}"))),
        };
        // serde_json refuses numbers beyond f64 and lone surrogates in what it keeps; here only a selected one matters.
        let out_of_range = theirs.as_ref().is_err_and(|error| {
            let text = error.to_string();
            text.starts_with("number out of range") || text.contains("surrogate") || text.contains("hex escape")
        });
        prop_assert!(is_json == theirs.is_ok() || (is_json && out_of_range), "{broken}: {ours:?} but {theirs:?}");
    }

    #[test]
    fn no_bytes_make_it_panic(payload in proptest::collection::vec(any::<u8>(), 0..64), selector in pointers()) {
        let pointer = Pointer::new(&selector).unwrap();
        for selector in [None, Some(&pointer)] {
            if let Ok(decoded) = decode_one(&payload, selector, Limits::default())
                && let Value::Number(number) = decoded.value
            {
                prop_assert!(number.is_finite());
            }
        }
    }
}
