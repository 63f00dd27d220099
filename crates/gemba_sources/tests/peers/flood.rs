//! A flood: everything is counted, the newest value wins, memory stays where it was.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use gemba_model::TagId;
use gemba_sources::ConnectionConfig;

use crate::{
    replay::{self, Flood},
    support::{PATIENCE, Rig, await_that},
};

const TOPICS: usize = 100;
const PER_SEC: usize = 200_000;
const SECS: usize = 10;

/// Resident memory of this process, where the system tells.
fn resident_bytes() -> Option<usize> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4_096)
}

#[test]
fn memory_is_bounded_when_a_broker_floods() {
    // Two rounds of values, so that the last value of each topic is known.
    let message = |n: usize| {
        (
            format!("plant/{:03}", n % TOPICS),
            format!("{{\"v\":{n},\"text\":\"{n:0160}\"}}"),
        )
    };
    let count = PER_SEC * SECS;
    let flood = Flood {
        messages: (0..2 * TOPICS).map(message).collect(),
        count,
        per_sec: Some(PER_SEC),
        refused: None,
    };
    let (port, peer) = replay::start(flood);
    let topics: Vec<String> = (0..TOPICS).map(|n| message(n).0).collect();
    let bindings: Vec<_> = topics.iter().map(|topic| (topic.as_str(), Some("/v"))).collect();
    let mut config = ConnectionConfig::plain("127.0.0.1", port);
    config.keep_alive = Duration::from_secs(600);
    let rig = Rig::start(config, &bindings);
    await_that("the flood begins", || {
        (rig.status().counters.messages > 0).then_some(())
    });
    let (started, before) = (Instant::now(), resident_bytes());
    let mut most = before;
    let mut changed = Vec::new();
    let mut drained = 0;
    loop {
        // Frames, as the viewer drains.
        changed.clear();
        rig.table.drain_dirty(&mut changed);
        assert!(changed.len() <= TOPICS, "one entry a tag at most");
        drained += changed.len() as u64;
        most = most.max(resident_bytes());
        if rig.status().counters.messages >= count as u64 && changed.is_empty() {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{:?}", rig.status());
        thread::sleep(Duration::from_millis(16));
    }
    let counters = rig.status().counters;
    let rate = count as f64 / started.elapsed().as_secs_f64();
    println!("flood: {count} messages at {rate:.0} a second, memory {before:?} to {most:?} bytes");
    assert_eq!(
        (counters.messages, counters.values, counters.decode_errors),
        (count as u64, count as u64, 0)
    );
    assert_eq!(
        drained + rig.table.counters().overwritten,
        count as u64,
        "no value is lost uncounted"
    );
    for tag in 0..TOPICS {
        let newest = rig
            .table
            .get(TagId(tag as u32))
            .unwrap()
            .value
            .unwrap()
            .as_number();
        assert_eq!(newest, Some((TOPICS + tag) as f64));
    }
    if let (Some(before), Some(most)) = (before, most) {
        // Queued, the flood would take more than 400 MB. Other tests of this process run beside this one.
        assert!(
            most - before.min(most) < 40 << 20,
            "memory grew by {} bytes",
            most - before
        );
    }
    drop(rig);
    // The peer may see the end of the connection as a reset.
    drop(peer.join().unwrap());
}

#[test]
fn a_connection_ends_in_the_middle_of_a_flood() {
    let flood = Flood {
        messages: vec![("plant/t".to_owned(), "{\"v\":1}".to_owned())],
        count: usize::MAX,
        per_sec: None,
        refused: None,
    };
    let (port, peer) = replay::start(flood);
    let rig = Rig::start(
        ConnectionConfig::plain("127.0.0.1", port),
        &[("plant/t", Some("/v"))],
    );
    await_that("the flood begins", || {
        (rig.status().counters.messages > 100_000).then_some(())
    });
    // It is waited for on a thread, so that a connection that goes on for ever fails the test.
    let ends = thread::Builder::new().spawn(move || drop(rig)).unwrap();
    await_that("the connection has ended", || ends.is_finished().then_some(()));
    // The peer sees the end of the connection as an error of the flood that it was sending.
    assert!(peer.join().unwrap().is_err());
}
