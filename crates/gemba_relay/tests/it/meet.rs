//! Being there together through a real relay.

use gemba_relay::{Relay, RelayConfig, Session, Transport, Ways};
use gemba_session::{
    Operation, OperationId, ParticipantId, Role, SessionEvent, SessionPhase,
    presence::{Pose, Presence},
};

use crate::world::{
    World, annotate, chat, get, grant, is_joined, joined, metric_in, options, wait_for, wait_joined,
};

fn at(x_m: f64) -> Presence {
    Presence {
        head: Pose {
            position_m: [x_m, 1.7, 0.0],
            ..Pose::default()
        },
        ..Presence::default()
    }
}

fn sees(session: &Session, who: ParticipantId, x_m: f64) -> bool {
    let mut people = Vec::new();
    session.read_people(&mut people);
    people
        .iter()
        .any(|(seen, it)| *seen == who && (it.presence.head.position_m[0] - x_m).abs() < 0.002)
}

/// Everyone holds the same state, and nothing waits for an answer.
pub(crate) fn wait_equal(sessions: &[&Session]) {
    wait_for("all views equal", || {
        let first = sessions[0].view();
        sessions
            .iter()
            .all(|session| session.link_quality().in_flight == 0 && *session.view() == *first)
    });
}

#[test]
fn two_people_see_each_other_and_what_they_do() {
    let world = World::new();
    let (host, editor) = (world.join(Role::Host), world.join(Role::Editor));
    assert_eq!(host.link_quality().transport, Some(Transport::Quic));
    let (ana, ben) = (host.you().unwrap(), editor.you().unwrap());
    assert_ne!(ana, ben);

    host.show(at(3.0));
    editor.show(at(-4.0));
    wait_for("the editor sees the host", || sees(&editor, ana, 3.0));
    wait_for("the host sees the editor", || sees(&host, ben, -4.0));
    host.show(at(5.0));
    wait_for("the editor sees the host move", || sees(&editor, ana, 5.0));

    let number = editor.submit(annotate("leaks here")).unwrap();
    assert_eq!(
        editor.view().annotations.len(),
        1,
        "shown at once, before any answer"
    );
    let id = gemba_session::AnnotationId(OperationId { by: ben, number });
    wait_for("the host reads the note", || host.view().annotation(id).is_some());
    wait_for("the editor's answer", || {
        std::iter::from_fn(|| editor.poll_event()).any(|event| event == SessionEvent::Done { number })
    });
    // What the role does not allow is refused before it is sent, and the relay has not heard of it.
    assert!(editor.submit(Operation::EndSession).is_err());

    // Someone who comes late holds the same, field by field.
    for line in 0..20 {
        host.submit(chat(&format!("line {line}"))).unwrap();
    }
    let late = world.join(Role::Viewer);
    wait_equal(&[&host, &editor, &late]);
    assert_eq!(late.view().chat.len(), 20);

    editor.undo().unwrap();
    wait_for("the note is gone everywhere", || {
        [&host, &editor, &late]
            .iter()
            .all(|session| session.view().annotation(id).is_none())
    });
    drop(editor);
    wait_for("the host sees that the editor left", || {
        !host.view().person(ben).unwrap().is_present
    });
    assert_eq!(world.metric("participants"), 2);
    assert!(get(world.relay.metrics_address().unwrap(), "/healthz").ends_with("ok\n"));
    assert!(get(world.relay.metrics_address().unwrap(), "/other").starts_with("HTTP/1.1 404"));
}

#[test]
fn where_udp_does_not_pass_the_same_protocol_runs_over_a_websocket() {
    let world = World::with(|config| config.has_quic = false);
    let link = world.link(Role::Host);
    let host = joined(&link);
    assert_eq!(host.link_quality().transport, Some(Transport::WebSocket));
    let mut only = options();
    only.ways = Ways::Only(Transport::WebSocket);
    let other = Session::join(world.link(Role::Editor), only).unwrap();
    wait_joined(&other);
    let (ana, ben) = (host.you().unwrap(), other.you().unwrap());
    host.show(at(1.0));
    other.show(at(2.0));
    wait_for("presence over the WebSocket", || {
        sees(&other, ana, 1.0) && sees(&host, ben, 2.0)
    });
    for line in 0..50 {
        other.submit(chat(&format!("line {line}"))).unwrap();
    }
    wait_equal(&[&host, &other]);
    assert_eq!(host.view().chat.len(), 50);
}

#[test]
fn rooms_do_not_hear_of_each_other() {
    let world = World::new();
    let one = joined(&world.invite(grant("one", Role::Host, 1)));
    let other = joined(&world.invite(grant("other", Role::Host, 1)));
    one.submit(chat("for one")).unwrap();
    other.submit(chat("for the other")).unwrap();
    wait_equal(&[&one]);
    wait_equal(&[&other]);
    assert_eq!(one.view().chat[0].text.as_str(), "for one");
    assert_eq!(other.view().chat.len(), 1);
    assert_eq!(world.metric("rooms"), 2);
}

#[test]
fn a_relay_that_stops_and_comes_back_is_rejoined_with_everything_there() {
    let world = World::new();
    let (host, editor) = (world.join(Role::Host), world.join(Role::Editor));
    let me = editor.you();
    editor.submit(annotate("kept")).unwrap();
    wait_equal(&[&host, &editor]);
    let World { folder, relay } = world;
    let address = relay.address();
    relay.stop();
    wait_for("both are offline", || !is_joined(&host) && !is_joined(&editor));
    assert!(
        matches!(
            editor.phase(),
            SessionPhase::Offline { .. } | SessionPhase::Connecting
        ),
        "{:?}",
        editor.phase()
    );
    assert_eq!(editor.view().annotations.len(), 1, "the room stays in sight");
    // What is done meanwhile waits.
    editor.submit(annotate("while away")).unwrap();
    assert_eq!(editor.link_quality().in_flight, 1);

    let mut config = RelayConfig::new(address, folder.path().to_owned());
    config.metrics = Some(crate::world::loopback());
    let relay = Relay::start(config).unwrap();
    wait_joined(&host);
    wait_joined(&editor);
    wait_equal(&[&host, &editor]);
    assert_eq!(editor.you(), me, "the same participant");
    let texts: Vec<String> = host
        .view()
        .annotations
        .values()
        .map(|note| note.text.value.to_string())
        .collect();
    assert_eq!(texts, ["kept", "while away"], "sent once");
    let text = get(relay.metrics_address().unwrap(), "/metrics");
    assert_eq!(metric_in(&text, "joins_total"), 2);
}

#[test]
fn ten_thousand_notes_are_joined_in_a_second_or_so() {
    // The bound is wide: this is a test that it works at this size, the benchmark says how fast.
    let world = World::with(|config| {
        config.limits.operations.per_second = 1_000_000;
        config.limits.operations.burst = 1_000_000;
        config.limits.bytes.per_second = 1 << 30;
        config.limits.bytes.burst = 1 << 30;
    });
    let host = world.join(Role::Host);
    let mut made = 0;
    while made < 10_000 {
        match host.submit(annotate(&format!("note {made}"))) {
            Ok(_) => made += 1,
            Err(gemba_session::Refusal::TooManyInFlight { .. }) => {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            Err(refusal) => panic!("{refusal}"),
        }
        while host.poll_event().is_some() {}
    }
    wait_equal(&[&host]);
    let begun = std::time::Instant::now();
    let late = world.join(Role::Viewer);
    assert_eq!(late.view().annotations.len(), 10_000);
    println!("10 000 notes: joined within {:?}", begun.elapsed());
    wait_equal(&[&host, &late]);
    // Compacted on the way: a restart reads a snapshot and a short log.
    let World { folder, relay } = world;
    let address = relay.address();
    relay.stop();
    let relay = Relay::start(RelayConfig::new(address, folder.path().to_owned())).unwrap();
    wait_joined(&host);
    wait_joined(&late);
    wait_equal(&[&host, &late]);
    assert_eq!(late.view().annotations.len(), 10_000);
    drop(relay);
}

#[test]
fn a_room_that_nobody_is_in_is_put_away_and_comes_back_as_it_was() {
    let world = World::with(|config| config.limits.room_idle = std::time::Duration::ZERO);
    let link = world.link(Role::Host);
    let options = options();
    for visit in 1..=3 {
        let host = Session::join(link.clone(), options.clone()).unwrap();
        wait_joined(&host);
        assert_eq!(host.view().annotations.len(), visit - 1);
        host.submit(annotate("again")).unwrap();
        wait_equal(&[&host]);
        assert_eq!(world.metric("rooms"), 1);
        drop(host);
        wait_for("the room is put away", || world.metric("rooms") == 0);
    }
}

#[test]
fn a_relay_that_stops_says_so_first() {
    let world = World::new();
    let host = world.join(Role::Host);
    let World { folder: _kept, relay } = world;
    relay.stop();
    let mut told = Vec::new();
    wait_for("offline by the relay's own word", || {
        told.extend(std::iter::from_fn(|| host.poll_event()));
        told.iter().any(|event| {
            matches!(
                event,
                SessionEvent::WentOffline {
                    reason: gemba_session::client::OfflineReason::Closed(gemba_session::Closing::Draining)
                }
            )
        })
    });
    let notice = SessionEvent::Notice(gemba_session::wire::Notice::Draining);
    assert!(told.contains(&notice), "{told:?}");
}

#[test]
fn a_second_relay_on_the_same_folder_or_port_says_what_is_in_its_way() {
    let world = World::new();
    let why = |config: RelayConfig| {
        let error = Relay::start(config).err().expect("it must not start");
        format!("{:#}", anyhow::Error::from(error))
    };
    let same_folder = RelayConfig::new(crate::world::loopback(), world.folder.path().to_owned());
    let text = why(same_folder);
    assert!(
        text.contains("another relay runs with this data folder"),
        "{text}"
    );
    let other = tempfile::tempdir().unwrap();
    let text = why(RelayConfig::new(world.relay.address(), other.path().to_owned()));
    assert!(text.contains("choose another `--listen`"), "{text}");
    // The first one has noticed nothing.
    world.join(Role::Host);
}

#[test]
fn bots_fill_a_room_and_say_what_they_saw() {
    let world = World::new();
    let bots = |link: &str, more: &[&str]| {
        let arguments = ["bot", "--join", link, "--people", "8", "--secs", "1"];
        crate::world::run(&[arguments.as_slice(), more].concat())
    };
    for more in [["--operations", "20"].as_slice(), &["--websocket"]] {
        let link = world.invite(grant("plant", Role::Editor, 8)).to_string();
        let (is_good, text) = bots(&link, more);
        assert!(is_good, "{text}");
        assert!(text.contains("8 in, ") && text.contains("0 links lost"), "{text}");
        assert!(text.contains("0 refused, 0 unanswered"), "{text}");
        // The places of the link are taken by the keys of these eight.
        let (is_good, text) = bots(&link, more);
        assert!(
            !is_good && text.contains("none of 8 bots came in: the join link is used"),
            "{text}"
        );
    }
    assert!(world.metric("presence_received_total") > 100);
    assert!(world.metric("presence_sent_total") > 100);
}
