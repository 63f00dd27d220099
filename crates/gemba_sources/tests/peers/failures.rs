//! Brokers that are not there, die, come back, or break the rules.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use gemba_model::Quality;
use gemba_sources::{ConnectionConfig, LinkStatus};
use gemba_telemetry::{LinkReason, LinkState, effective_quality};

use crate::replay::{self, Flood};
use crate::support::{Mosquitto, Rig, await_that, free_port, now, publish_until};

const STALE_AFTER: Duration = Duration::from_secs(1);

fn shown(rig: &Rig) -> Quality {
    effective_quality(
        rig.sample(0).as_ref(),
        STALE_AFTER,
        Some(&rig.status().state),
        now(),
    )
}

#[test]
fn a_broker_that_is_not_there_is_waited_for() {
    let port = free_port();
    let rig = Rig::start(ConnectionConfig::plain("127.0.0.1", port), &[("v", None)]);
    let reason = rig.await_reason();
    assert!(matches!(reason, LinkReason::Unreachable { .. }), "{reason:?}");
    let issue = rig
        .status()
        .issues()
        .pop()
        .expect("a link that is down is an issue")
        .to_string();
    assert!(
        issue.contains("`plant`") && issue.contains("cannot be reached") && issue.contains("`url`"),
        "{issue}"
    );
    assert_eq!(shown(&rig), Quality::Stale);
    let attempts = |status: &LinkStatus| match status.state {
        LinkState::Waiting { attempt, .. } => attempt,
        _ => 0,
    };
    await_that("it is tried again", || {
        (attempts(&rig.status()) >= 3).then_some(())
    });
    let Some(broker) = Mosquitto::with(port, "allow_anonymous true", |_| ()) else {
        return;
    };
    rig.await_live();
    publish_until(
        || broker.publish("v", "1", &[]),
        "a value",
        || (shown(&rig) == Quality::Good).then_some(()),
    );
    assert_eq!(rig.status().counters.reconnects, 0);
}

#[test]
fn values_turn_stale_when_the_broker_dies_and_live_when_it_is_back() {
    let Some(mut broker) = Mosquitto::open() else {
        return;
    };
    let rig = Rig::live(&broker, &[("v/+", None)]);
    publish_until(
        || broker.publish("v/a", "1", &[]),
        "a value",
        || (shown(&rig) == Quality::Good).then_some(()),
    );
    for round in 1..=2 {
        broker.kill();
        let died = Instant::now();
        let reason = rig.await_reason();
        // The second, when it was tried again already.
        assert!(
            matches!(reason, LinkReason::Closed | LinkReason::Unreachable { .. }),
            "{reason:?}"
        );
        await_that("the value turns stale", || {
            (shown(&rig) == Quality::Stale).then_some(())
        });
        // A second for a busy machine on top of the limit.
        assert!(
            died.elapsed() < STALE_AFTER + Duration::from_secs(1),
            "{:?}",
            died.elapsed()
        );
        assert!(
            rig.sample(0).unwrap().value.is_some(),
            "the last value is still known"
        );
        broker.restart();
        rig.await_live();
        publish_until(
            || broker.publish("v/b", "2", &[]),
            "a value",
            || (shown(&rig) == Quality::Good).then_some(()),
        );
        assert_eq!(rig.status().counters.reconnects, round);
    }
}

#[test]
fn a_source_ends_at_once_whatever_its_link_does() {
    // Takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    for port in [port, free_port()] {
        let rig = Rig::start(ConnectionConfig::plain("127.0.0.1", port), &[("v", None)]);
        let started = Instant::now();
        drop(rig);
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{:?}",
            started.elapsed()
        );
    }
    let rig = Rig::start(ConnectionConfig::plain("127.0.0.1", port), &[("v", None)]);
    // rumqttc gives a connection five seconds.
    let reason = rig.await_reason();
    assert!(matches!(reason, LinkReason::Unreachable { .. }), "{reason:?}");
}

#[test]
fn what_is_no_broker_is_named_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || {
        // Ends with the process: it is asked again and again.
        for mut socket in listener.incoming().filter_map(Result::ok) {
            let mut request = [0; 64];
            assert!(socket.read(&mut request).unwrap() > 0);
            write!(socket, "HTTP/1.1 400 Bad Request\r\n\r\n{:200}", "").unwrap();
        }
    };
    thread::Builder::new().spawn(serve).unwrap();
    let rig = Rig::start(ConnectionConfig::plain("127.0.0.1", port), &[("v", None)]);
    let reason = rig.await_reason();
    assert!(matches!(reason, LinkReason::Protocol { .. }), "{reason:?}");
}

#[test]
fn a_subscription_that_is_refused_is_an_issue_and_the_others_work() {
    // mosquitto lets everyone subscribe to everything and is silent later; other brokers refuse.
    let messages = vec![("open/v".to_owned(), "1".to_owned())];
    let (port, _peer) = replay::start(Flood {
        messages,
        count: 1,
        per_sec: None,
        refused: Some(0),
    });
    let rig = Rig::start(
        ConnectionConfig::plain("127.0.0.1", port),
        &[("open/v", None), ("closed/v", None)],
    );
    rig.await_value(0, 1.0);
    let issues = rig.status().issues();
    let [issue] = issues.as_slice() else {
        panic!("{issues:?}")
    };
    assert_eq!(&*issue.code, "telemetry.subscription-refused");
    assert!(issue.message.contains("`closed/v`"), "{issue}");
    assert!(rig.status().state.is_live());
}

#[test]
fn a_packet_above_the_limit_closes_the_link_and_says_so() {
    let Some(broker) = Mosquitto::open() else {
        return;
    };
    let mut config = ConnectionConfig::plain("127.0.0.1", broker.port);
    config.max_packet_bytes = 2_000;
    let rig = Rig::start(config, &[("v", None)]);
    rig.await_live();
    let payload = "7".repeat(3_000);
    // The message counts as lost; the link is back for the next one.
    let reason = publish_until(
        || broker.publish("v", &payload, &[]),
        "the link is closed",
        || match rig.status().state {
            LinkState::Waiting { reason, .. } => Some(reason),
            _ => None,
        },
    );
    assert!(
        matches!(reason, LinkReason::PacketTooLarge { bytes } if bytes >= 3_000),
        "{reason:?}"
    );
    publish_until(|| broker.publish("v", "1", &[]), "a value", || rig.sample(0));
}
