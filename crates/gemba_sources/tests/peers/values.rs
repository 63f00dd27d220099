//! Values from mosquitto_pub and paho through mosquitto into the tag table, good and bad ones.

use std::{fs, thread, time::Instant};

use gemba_model::{Quality, TagId, UnixNanos, Value};
use gemba_sources::{ConnectionConfig, EmbeddedBroker};
use gemba_telemetry::DecodeError;

use crate::support::{
    Mosquitto, PATIENCE, Rig, await_that, find, find_paho, now, paho_publish, publish_until,
};

#[test]
fn values_of_mosquitto_pub_and_paho_arrive() {
    let (Some(broker), Some(python)) = (Mosquitto::open(), find_paho()) else {
        return;
    };
    broker.publish("plant/kept", "7.5", &["-r"]);
    let before = now();
    let rig = Rig::live(
        &broker,
        &[
            ("plant/kept", None),
            ("plant/p1", Some("/speed_rpm")),
            ("plant/p1", Some("/motor/0/bearing_c")),
            ("plant/+/state", None),
            ("hall/#", Some("/on")),
        ],
    );
    // Retained: here as soon as the subscription is in force, without a time of its source.
    let kept = rig.await_value(0, 7.5);
    assert_eq!(kept.source_time, None);
    assert!(kept.recv_time.0 >= before.0 && kept.recv_time.0 <= now().0);

    let payload = r#"{"speed_rpm": 1450, "motor": [{"bearing_c": 61.5}], "ts": "2026-11-22T02:31:57.5Z"}"#;
    paho_publish(
        &python,
        broker.port,
        &[("plant/p1", payload), ("plant/p7/state", "running")],
    );
    let stamped = Some(UnixNanos::from_millis(1_795_314_717_500));
    assert_eq!(rig.await_value(1, 1450.0).source_time, stamped);
    assert_eq!(rig.await_value(2, 61.5).source_time, stamped);
    rig.await_value(3, "running");

    broker.publish("plant/p8/state", "ON", &[]);
    rig.await_value(3, true);
    broker.publish("hall/3/lamp", r#"{"on":false}"#, &["-q", "1"]);
    rig.await_value(4, false);
    broker.publish("hall", r#"{"on":true}"#, &[]);
    rig.await_value(4, true);

    let counters = rig.status().counters;
    assert_eq!(
        (counters.decode_errors, counters.unrouted, counters.reconnects),
        (0, 0, 0)
    );
    assert!(counters.messages >= 6 && counters.values >= 7, "{counters:?}");
}

#[test]
fn bad_payloads_mark_their_tag_and_the_link_lives_on() {
    let Some(broker) = Mosquitto::open() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let big = folder.path().join("big");
    fs::write(&big, vec![b'7'; 5 << 20]).unwrap();
    let rig = Rig::live(
        &broker,
        &[("t/json", Some("/v")), ("t/raw", None), ("t/end", None)],
    );
    publish_until(
        || broker.publish("t/end", "0", &[]),
        "a first value",
        || rig.sample(2),
    );

    let fault = |tag: u32, error: fn(&DecodeError) -> bool| {
        await_that("the fault is known", || {
            rig.table
                .last_fault(TagId(tag))
                .filter(|fault| error(&fault.error))
        })
    };
    let last_is_bad = |tag: u32, value: Value| {
        let sample = rig.sample(tag).unwrap();
        assert_eq!((sample.value, sample.quality), (Some(value), Quality::Bad));
    };
    broker.publish("t/json", r#"{"v": 21.5}"#, &[]);
    rig.await_value(0, 21.5);
    let good = rig.await_value(0, 21.5);
    for (payload, error) in [
        (
            "hello",
            (|e| matches!(e, DecodeError::NotJson { at: 0, .. })) as fn(&DecodeError) -> bool,
        ),
        (r#"{"v": 21.5"#, |e| {
            matches!(e, DecodeError::NotJson { at: 10, .. })
        }),
        (r#"{"w": 1}"#, |e| *e == DecodeError::NotFound),
        (r#"{"v": null}"#, |e| *e == DecodeError::Null),
        (r#"{"v": NaN}"#, |e| *e == DecodeError::NotFinite),
        (r#"{"v": {}}"#, |e| matches!(e, DecodeError::NotScalar { .. })),
    ] {
        broker.publish("t/json", payload, &[]);
        let fault = fault(0, error);
        assert!(
            fault.message().starts_with("topic `t/json`: "),
            "{}",
            fault.message()
        );
        last_is_bad(0, Value::Number(21.5));
    }
    assert!(rig.sample(0).unwrap().recv_time.0 > good.recv_time.0);
    // Text stays text: whoever needs a number says so.
    broker.publish("t/json", r#"{"v": "21.5"}"#, &[]);
    rig.await_value(0, "21.5");

    broker.publish("t/raw", "nan", &[]);
    fault(1, |e| *e == DecodeError::NotFinite);
    broker.publish("t/raw", "", &["-n"]);
    fault(1, |e| *e == DecodeError::Empty);
    broker.publish("t/raw", "1", &[]);
    rig.await_value(1, 1.0);
    broker.publish("t/raw", "", &["-f", big.to_str().unwrap()]);
    fault(1, |e| {
        *e == DecodeError::TooLarge {
            bytes: 5 << 20,
            max_bytes: 1 << 20,
        }
    });
    last_is_bad(1, Value::Number(1.0));

    broker.publish("t/end", "1", &[]);
    rig.await_value(2, 1.0);
    let status = rig.status();
    assert!(status.state.is_live(), "{status:?}");
    assert_eq!(
        (
            status.counters.oversized,
            status.counters.reconnects,
            status.counters.decode_errors
        ),
        (1, 0, 9)
    );
}

#[test]
fn a_topic_that_no_point_uses_is_counted() {
    let Some(broker) = Mosquitto::open() else {
        return;
    };
    // `a/+/b` and `a/x/+` together bring nothing else; `#` under a name does.
    let rig = Rig::live(&broker, &[("a/used", None), ("a/+/b", None)]);
    publish_until(
        || broker.publish("a/used", "1", &[]),
        "a first value",
        || rig.sample(0),
    );
    let before = rig.status().counters;
    broker.publish("a/unused", "1", &[]);
    broker.publish("a/used", "2", &[]);
    rig.await_value(0, 2.0);
    let after = rig.status().counters;
    // The broker is never asked for it, so it does not even come over the wire.
    assert_eq!((after.unrouted, after.messages), (0, before.messages + 1));
}

#[test]
fn the_embedded_broker_serves_foreign_clients_and_ends() {
    let Some(_program) = find("mosquitto_pub") else {
        return;
    };
    let broker = EmbeddedBroker::start().unwrap();
    let port = broker.port();
    let publish = |topic: &str, payload: &str, more: &[&str]| {
        let mut command = std::process::Command::new(find("mosquitto_pub").unwrap());
        command
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &port.to_string(),
                "-t",
                topic,
                "-m",
                payload,
            ])
            .args(more);
        assert!(command.status().unwrap().success());
    };
    // Published before anyone subscribed: a publisher must not be thrown out, a retained value must be kept.
    publish("line/speed", "11", &["-r", "-q", "1"]);
    publish("line/nobody", "1", &["-q", "1"]);
    let rig = Rig::start(
        ConnectionConfig::plain("127.0.0.1", port),
        &[("line/speed", None), ("line/+/state", None)],
    );
    rig.await_live();
    rig.await_value(0, 11.0);
    publish("line/7/state", "on", &["-q", "1"]);
    rig.await_value(1, true);

    let started = Instant::now();
    drop(broker);
    assert!(started.elapsed() < PATIENCE);
    rig.await_reason();
    std::net::TcpStream::connect(("127.0.0.1", port)).expect_err("nothing listens any more");
    let started = Instant::now();
    drop(rig);
    assert!(
        started.elapsed().as_secs() < 5,
        "a source ends at once: {:?}",
        started.elapsed()
    );
    assert!(!thread::panicking());
}
