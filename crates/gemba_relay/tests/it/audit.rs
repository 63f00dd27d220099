//! The audit log as whoever checks it finds it.

use std::fs;

use gemba_relay::{AUDIT_FILE, Relay, RelayConfig};
use gemba_session::{Operation, Role};

use crate::{
    meet::wait_equal,
    world::{World, annotate, joined, loopback, run, wait_for},
};

#[test]
fn what_was_done_is_noted_and_what_was_changed_is_found() {
    let world = World::new();
    let data = world.folder.path().to_owned();
    let folder = data.to_str().unwrap().to_owned();
    let host = joined(&world.link(Role::Host));
    let viewer = joined(&world.link(Role::Viewer));
    host.submit(annotate("secret words")).unwrap();
    wait_equal(&[&host, &viewer]);
    let whom = viewer.you().unwrap();
    host.submit(Operation::SetRole {
        whom,
        role: Role::Editor,
    })
    .unwrap();
    wait_equal(&[&host, &viewer]);
    viewer.submit(annotate("as an editor")).unwrap();
    wait_equal(&[&host, &viewer]);
    let verify = || run(&["relay", "audit", "verify", "--data", &folder]);
    let World { folder: _kept, relay } = world;
    relay.stop();

    let (is_good, text) = verify();
    assert!(is_good && text.contains("unbroken to the end"), "{text}");
    let path = data.join(AUDIT_FILE);
    let log = fs::read_to_string(&path).unwrap();
    for kind in [
        "relay_started",
        "admitted",
        "joined",
        "role_changed",
        "CreateAnnotation",
        "relay_stopped",
    ] {
        assert!(log.contains(kind), "{kind} in\n{log}");
    }
    assert!(!log.contains("secret words"), "contents stand in the rooms alone");

    let lines: Vec<&str> = log.split_inclusive('\n').collect();
    let find = |kind: &str| lines.iter().position(|line| line.contains(kind)).unwrap();
    let changed = find("role_changed");
    let without = |at: usize| [lines[..at].concat(), lines[at + 1..].concat()].concat();
    let last = lines.len() - 1;
    for (bad, says) in [
        (
            log.replace("\"role\":\"editor\"", "\"role\":\"viewer\""),
            format!("line {} ", changed + 2),
        ),
        (without(changed), format!("line {} ", changed + 1)),
        // The end cut off, and the last line written anew: the chain is whole, the store knows better.
        (lines[..changed].concat(), "the end was cut off".to_owned()),
        (
            log.replace("relay_stopped", "relay_stepped"),
            "the end was cut off".to_owned(),
        ),
        (log[..log.len() - 10].to_owned(), "is torn".to_owned()),
    ] {
        fs::write(&path, &bad).unwrap();
        let (is_good, text) = verify();
        assert!(!is_good && text.contains(&says), "{says}: {text}");
    }
    // What the last transaction wrote and a crash can take away is another matter: the store still has it.
    fs::write(&path, lines[..last].concat()).unwrap();
    let (is_good, text) = verify();
    assert!(
        is_good && text.contains("killed before it wrote 1 more"),
        "{text}"
    );
    // A relay does not go on as if nothing had happened, unless it is told to, and then the log says so.
    fs::write(&path, lines[..changed].concat()).unwrap();
    let mut config = RelayConfig::new(loopback(), data.clone());
    let refused = Relay::start(config.clone())
        .err()
        .map(|error| format!("{:#}", anyhow::Error::from(error)));
    assert!(
        refused
            .as_ref()
            .is_some_and(|text| text.contains("--renew-audit")),
        "{refused:?}"
    );
    config.renew_audit = true;
    Relay::start(config).unwrap().stop();
    let (is_good, text) = verify();
    assert!(is_good, "{text}");
    assert!(fs::read_to_string(&path).unwrap().contains("chain_renewed"));
    let aside = fs::read_dir(&data).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_str().is_some_and(|name| name.starts_with("audit-"))
    });
    assert_eq!(aside.count(), 1, "the old log is kept");
}

#[test]
fn refusals_are_noted_with_their_reason() {
    let world = World::new();
    let host = joined(&world.link(Role::Host));
    let link = world.link(Role::Viewer);
    let _first = joined(&link);
    let second = gemba_relay::Session::join(link, crate::world::options()).unwrap();
    wait_for("the refusal", || {
        matches!(second.phase(), gemba_session::SessionPhase::Refused(_))
    });
    let path = world.folder.path().join(AUDIT_FILE);
    wait_for("its line", || {
        fs::read_to_string(&path)
            .unwrap()
            .lines()
            .any(|line| line.contains("join_refused") && line.contains("used by someone else"))
    });
    drop(host);
}
