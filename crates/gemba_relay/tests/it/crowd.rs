//! Two hundred people in one room, in a relay of its own process.

use std::{fs, time::Duration};

use gemba_relay::{
    AUDIT_FILE, RelayIdentity, Ways,
    bots::{self, Load},
};
use gemba_session::Role;

use crate::{
    raw::runtime,
    world::{Process, get, grant, joined, link, loopback, metric_in},
};

const PEOPLE: u32 = 200;

#[test]
fn two_hundred_people_lose_nothing_and_take_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Process::start(folder.path(), loopback());
    let identity = RelayIdentity::load_or_create(folder.path()).unwrap();
    let load = Load {
        link: link(&identity, grant("plant", Role::Editor, PEOPLE), relay.address),
        people: PEOPLE,
        first: 0,
        // A machine that also runs two hundred clients bears no more of them.
        presence_hz: 3.0,
        operations_hz: 50.0,
        settles: Duration::ZERO,
        lasts: Duration::from_secs(5),
        ways: Ways::Any,
    };
    let mut report = runtime().block_on(bots::run(&load)).unwrap();
    let mut text = String::new();
    report.write(&mut text).unwrap();
    let (peak_mb, now_mb) = (
        relay.memory_bytes("VmHWM") >> 20,
        relay.memory_bytes("VmRSS") >> 20,
    );
    println!("{text}relay       {now_mb} MB, {peak_mb} MB at the most");
    assert_eq!((report.joined, report.losses), (PEOPLE, 0), "{text}");
    assert_eq!((report.refused, report.unanswered), (0, 0), "{text}");
    let acknowledged = report.operations.count();
    assert!(acknowledged > 100, "{text}");
    assert!(report.presence.count() > 10_000, "{text}");
    assert!(peak_mb < 200, "{peak_mb} MB");
    // Each acknowledged operation is in the room, as someone sees it who comes afterwards, and in the audit log.
    let witness = joined(&link(&identity, grant("plant", Role::Viewer, 1), relay.address));
    let view = witness.view();
    let taken: u64 = view.people.values().map(|person| person.taken.highest().0).sum();
    assert_eq!(taken, acknowledged);
    assert_eq!(view.people.len(), PEOPLE as usize + 1);
    assert_eq!(
        metric_in(&get(relay.metrics, "/metrics"), "slow_readers_total"),
        0
    );
    drop(witness);
    relay.stop();
    let audit = fs::read_to_string(folder.path().join(AUDIT_FILE)).unwrap();
    assert_eq!(
        audit.matches("\"operation\":\"Chat\"").count() as u64,
        acknowledged
    );
}
