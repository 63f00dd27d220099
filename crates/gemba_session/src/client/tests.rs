//! The client's end against messages made by hand: waits, silence, and a relay that misbehaves.

use std::time::Duration;

use gemba_model::UnixNanos;

use super::*;
use crate::{
    bounded::Blob,
    ids::{ClientKey, HistoryId},
    operation::{Leaving, Name},
    role::Role,
    wire::{self, SNAPSHOT_PART_BYTES, Welcome},
};

fn at(secs: i64) -> UnixNanos {
    UnixNanos(secs * 1_000_000_000)
}

const ME: ParticipantId = ParticipantId(1);

fn joined_entry() -> Entry {
    Entry {
        seq: Seq(1),
        room_time: at(0),
        change: Change::Joined {
            who: ME,
            key: ClientKey([1; 32]),
            name: Name::cut("Me"),
            role: Role::Host,
        },
    }
}

fn welcome(has_snapshot: bool, seq: u64) -> RelayMessage {
    RelayMessage::Welcome(Welcome {
        you: ME,
        has_snapshot,
        seq: Seq(seq),
        room_time: at(1_000),
    })
}

fn joined() -> Client {
    let mut client = Client::new(LinkPolicy::default());
    client.on_connecting();
    assert_eq!(client.on_link_up(at(0)), None);
    client.on_message(at(0), welcome(false, 1)).unwrap();
    assert_eq!(
        *client.phase(),
        SessionPhase::Joining,
        "the announced entry is still missing"
    );
    client
        .on_message(at(0), RelayMessage::Entry(joined_entry()))
        .unwrap();
    assert_eq!(*client.phase(), SessionPhase::Joined { since: at(0) });
    client
}

fn chat(text: &str) -> Operation {
    Operation::Chat {
        text: Text::cut(text),
        prims: crate::operation::Prims::default(),
    }
}

#[test]
fn waits_double_up_to_the_longest() {
    let mut client = joined();
    let mut waits = Vec::new();
    for _ in 0..7 {
        waits.push(client.on_link_lost(at(5), "gone", 1.0).unwrap().as_millis());
        client.on_connecting();
    }
    assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    assert!(client.resume().is_some(), "the room is kept");
    // Back in, and stable for long: short waits again.
    client.on_link_up(at(100));
    client.on_message(at(100), welcome(false, 1)).unwrap();
    let wait = client.on_link_lost(at(111), "gone", 1.0);
    assert_eq!(wait, Some(Duration::from_millis(500)));
}

#[test]
fn a_silent_relay_is_noticed_and_a_talking_one_is_asked_now_and_then() {
    let mut client = joined();
    let pings = |client: &mut Client| std::iter::from_fn(|| client.poll_message()).count();
    assert_eq!(pings(&mut client), 1, "at once");
    // Its clock is asked for often at first, and then only whether it is there.
    let mut asked_until = |millis: std::ops::Range<i64>| {
        for millis in millis.step_by(50) {
            client.on_time(UnixNanos::from_millis(millis)).unwrap();
        }
        pings(&mut client)
    };
    assert_eq!(asked_until(0..2_000), 7);
    assert_eq!(asked_until(2_000..9_950), 4);
    assert_eq!(client.on_time(at(10)), Err(ProtocolFault::Silent));
    let pong = RelayMessage::Pong {
        echo: 0,
        room_time: at(3),
    };
    client.on_message(at(10), pong).unwrap();
    assert_eq!(client.on_time(at(12)), Ok(()));
}

#[test]
fn reasons_that_last_end_the_session_and_others_do_not() {
    for (refusal, is_final) in [
        (JoinRefusal::TokenExpired, true),
        (JoinRefusal::Removed, true),
        (JoinRefusal::Full { limit: 3 }, false),
        (JoinRefusal::Draining, false),
    ] {
        let mut client = Client::new(LinkPolicy::default());
        client.on_link_up(at(0));
        client
            .on_message(at(0), RelayMessage::JoinRefused(refusal.clone()))
            .unwrap();
        let wait = client.on_link_lost(at(0), "the relay hung up", 0.5);
        assert_eq!(wait.is_none(), is_final, "{refusal}");
        if let SessionPhase::Offline { reason, .. } = client.phase() {
            assert_eq!(
                *reason,
                OfflineReason::Refused(refusal),
                "the relay's own reason is kept"
            );
        }
    }
    for (why, is_final) in [(Closing::Removed, true), (Closing::TooSlow, false)] {
        let mut client = joined();
        client.on_message(at(1), RelayMessage::Closing(why)).unwrap();
        assert_eq!(
            client.on_link_lost(at(1), "gone", 0.5).is_none(),
            is_final,
            "{why}"
        );
        assert_eq!(client.submit(at(1), chat("hello")).is_err(), is_final);
    }
}

#[test]
fn operations_wait_for_the_link_but_not_without_end() {
    let mut client = joined();
    client.on_link_lost(at(1), "gone", 1.0);
    while client.poll_message().is_some() {}
    for number in 1..=MAX_IN_FLIGHT as u64 {
        assert_eq!(client.submit(at(2), chat("later")), Ok(OperationNumber(number)));
    }
    assert!(matches!(
        client.submit(at(2), chat("more")),
        Err(Refusal::TooManyInFlight { limit: 64 })
    ));
    assert!(client.poll_message().is_none(), "nothing is sent without a link");
    assert_eq!(client.view(at(2)).chat.len(), 64, "and all of it shows");
    // Back with a snapshot in which two are done and one between them was refused.
    let mut state = client.confirmed().clone();
    for (seq, number) in [(2, 1), (3, 3)] {
        let id = OperationId {
            by: ME,
            number: OperationNumber(number),
        };
        let change = Change::Did {
            id,
            operation: chat("later"),
        };
        let room_time = at(9);
        state
            .apply(&Entry {
                seq: Seq(seq),
                room_time,
                change,
            })
            .unwrap();
    }
    while client.poll_event().is_some() {}
    client.on_link_up(at(10));
    client.on_message(at(10), welcome(true, 3)).unwrap();
    let bytes = wire::encode(&state).unwrap();
    client
        .on_message(
            at(10),
            RelayMessage::SnapshotBegins {
                bytes: bytes.len() as u64,
            },
        )
        .unwrap();
    for part in bytes.chunks(SNAPSHOT_PART_BYTES) {
        client
            .on_message(at(10), RelayMessage::SnapshotPart(Blob::new(part).unwrap()))
            .unwrap();
    }
    assert_eq!(client.in_flight(), 61);
    let sent: Vec<u64> = std::iter::from_fn(|| client.poll_message())
        .filter_map(|message| match message {
            ClientMessage::Submit { number, .. } => Some(number.0),
            _ => None,
        })
        .collect();
    assert_eq!(
        sent,
        (4..=64).collect::<Vec<_>>(),
        "what was not answered is sent once more, in order"
    );
    let events: Vec<SessionEvent> = std::iter::from_fn(|| client.poll_event()).collect();
    let number = OperationNumber(2);
    let refused = SessionEvent::Refused {
        number,
        operation: chat("later"),
        refusal: Refusal::AnswerLost,
    };
    assert!(events.contains(&refused));
    assert!(events.contains(&SessionEvent::Done {
        number: OperationNumber(3)
    }));
}

#[test]
fn a_relay_that_misbehaves_is_left() {
    let entry = |seq| {
        let change = Change::Left {
            who: ME,
            why: Leaving::LinkLost,
        };
        RelayMessage::Entry(Entry {
            seq: Seq(seq),
            room_time: at(1),
            change,
        })
    };
    assert!(matches!(
        joined().on_message(at(1), entry(5)),
        Err(ProtocolFault::Log(ApplyError::Gap { .. }))
    ));
    let mut client = joined();
    assert!(client.resume().is_some());
    assert!(client.on_message(at(1), entry(5)).is_err());
    assert!(client.resume().is_none(), "it asks for everything the next time");
    assert!(
        joined().on_message(at(1), entry(1)).is_ok(),
        "an old one changes nothing"
    );
    assert!(joined().on_message(at(1), welcome(false, 1)).is_err());
    assert!(
        joined()
            .on_message(at(1), RelayMessage::SnapshotBegins { bytes: 9 })
            .is_err()
    );
    let mut client = Client::new(LinkPolicy::default());
    client.on_link_up(at(0));
    assert!(
        client.on_message(at(0), entry(1)).is_err(),
        "an entry before the welcome"
    );
    client.on_message(at(0), welcome(true, 1)).unwrap();
    let too_large = RelayMessage::SnapshotBegins { bytes: u64::MAX };
    assert!(
        client.on_message(at(0), too_large).is_err(),
        "nothing is allocated for it"
    );
    client
        .on_message(at(0), RelayMessage::SnapshotBegins { bytes: 3 })
        .unwrap();
    let part = |bytes: &[u8]| RelayMessage::SnapshotPart(Blob::new(bytes).unwrap());
    assert!(
        client.on_message(at(0), part(&[0; 4])).is_err(),
        "more than announced"
    );
    assert!(matches!(
        client.on_message(at(0), part(&[0xff; 3])),
        Err(ProtocolFault::Snapshot(_))
    ));
}

#[test]
fn undo_takes_back_ones_own_newest() {
    let mut client = joined();
    assert_eq!(client.undo(at(1)), Err(Refusal::NothingToUndo));
    let set = |offset_m: f64| {
        let plane = crate::operation::SectionPlane {
            normal: [1.0, 0.0, 0.0],
            offset_m,
        };
        Operation::SetSection(crate::operation::Section {
            planes: crate::bounded::List::new(vec![plane]).unwrap(),
        })
    };
    let done = |client: &mut Client, seq, by, number, operation| {
        let id = OperationId { by, number };
        let entry = Entry {
            seq: Seq(seq),
            room_time: at(1),
            change: Change::Did { id, operation },
        };
        client.on_message(at(1), RelayMessage::Entry(entry)).unwrap();
    };
    let first = client.submit(at(1), set(1.0)).unwrap();
    done(&mut client, 2, ME, first, set(1.0));
    let second = client.submit(at(1), set(2.0)).unwrap();
    done(&mut client, 3, ME, second, set(2.0));
    let undo = client.undo(at(1)).unwrap();
    assert_eq!(client.view(at(1)).section.value.planes[0].offset_m, 1.0);
    done(&mut client, 4, ME, undo, set(1.0));
    let undo = client.undo(at(1)).unwrap();
    assert!(
        client.view(at(1)).section.value.planes.is_empty(),
        "one after the other, back to the start"
    );
    let whole = Operation::SetSection(crate::operation::Section::default());
    done(&mut client, 5, ME, undo, whole.clone());
    assert_eq!(client.undo(at(1)), Err(Refusal::NothingToUndo));
    // What someone else wrote since is left alone.
    let third = client.submit(at(1), set(3.0)).unwrap();
    done(&mut client, 6, ME, third, set(3.0));
    let other = Entry {
        seq: Seq(7),
        room_time: at(1),
        change: Change::Joined {
            who: ParticipantId(2),
            key: ClientKey([2; 32]),
            name: Name::cut("Other"),
            role: Role::Host,
        },
    };
    client.on_message(at(1), RelayMessage::Entry(other)).unwrap();
    done(&mut client, 8, ParticipantId(2), OperationNumber(1), set(9.0));
    assert_eq!(client.undo(at(1)), Err(Refusal::ChangedSince));
}

#[test]
fn another_history_forgets_what_could_be_undone() {
    let mut client = joined();
    let number = client.submit(at(1), Operation::Present { on: true }).unwrap();
    let id = OperationId { by: ME, number };
    let change = Change::Did {
        id,
        operation: Operation::Present { on: true },
    };
    client
        .on_message(
            at(1),
            RelayMessage::Entry(Entry {
                seq: Seq(2),
                room_time: at(1),
                change,
            }),
        )
        .unwrap();
    client.on_link_lost(at(2), "gone", 0.0);
    client.on_link_up(at(3));
    client.on_message(at(3), welcome(true, 1)).unwrap();
    let mut state = RoomState::new(HistoryId(5));
    state.apply(&joined_entry()).unwrap();
    let bytes = wire::encode(&state).unwrap();
    client
        .on_message(
            at(3),
            RelayMessage::SnapshotBegins {
                bytes: bytes.len() as u64,
            },
        )
        .unwrap();
    client
        .on_message(at(3), RelayMessage::SnapshotPart(Blob::new(bytes).unwrap()))
        .unwrap();
    assert_eq!(client.undo(at(3)), Err(Refusal::NothingToUndo));
}

#[test]
fn a_clock_that_is_set_back_delays_neither_questions_nor_the_end() {
    let hour = 3_600;
    let mut client = joined();
    client.on_time(at(1)).unwrap();
    while client.poll_message().is_some() {}
    client.on_time(at(1 - hour)).unwrap();
    assert_eq!(client.poll_message(), None, "no two questions at once");
    client.on_time(at(3 - hour)).unwrap();
    assert!(matches!(client.poll_message(), Some(ClientMessage::Ping { .. })));
    client.on_time(at(10 - hour)).unwrap();
    assert_eq!(client.on_time(at(11 - hour)), Err(ProtocolFault::Silent));
}
