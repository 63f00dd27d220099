//! What a room refuses besides roles, and what it does when it cannot store: one room, no network.

use gemba_model::{PrimPath, UnixNanos};
use gemba_session::{
    AnnotationId, ClientKey, ConnectionId, Entry, HistoryId, Operation, OperationId, OperationNumber,
    ParticipantId, Refusal, Role, Room, RoomName, RoomState, Seq,
    bounded::{Blob, List, Text},
    operation::{
        Anchor, AnnotationEdit, Change, Leaving, Markup, Name, NewAnnotation, Note, Section, SectionPlane,
        Status,
    },
    refusal::{Closing, JoinRefusal},
    room::{Admission, Output, RoomLimits},
    state::Inverse,
    wire::{Notice, RelayMessage, Resume},
};

use crate::samples;

const NOW: UnixNanos = UnixNanos(1_000);

struct Stage {
    room: Room,
    disk: Vec<Entry>,
}

impl Stage {
    fn new() -> Self {
        let name = RoomName::new("stage").unwrap();
        let limits = RoomLimits {
            people_present: 3,
            ..RoomLimits::default()
        };
        Self {
            room: Room::new(name, limits, RoomState::new(HistoryId(1)), [], NOW).unwrap(),
            disk: Vec::new(),
        }
    }

    fn try_join(&mut self, connection: u64, key: u8, role: Role) -> Result<ParticipantId, JoinRefusal> {
        self.try_resume(connection, key, role, None)
    }

    fn try_resume(
        &mut self,
        connection: u64,
        key: u8,
        role: Role,
        resume: Option<Resume>,
    ) -> Result<ParticipantId, JoinRefusal> {
        let admission = Admission {
            key: ClientKey([key; 32]),
            name: Name::cut("Ana"),
            role,
            resume,
        };
        let joined = self.room.join(NOW, ConnectionId(connection), admission);
        self.settle();
        joined
    }

    fn settle(&mut self) {
        let entries = self.room.take_unwritten();
        if let Some(last) = entries.last() {
            self.room.on_durable(last.seq);
        }
        self.disk.extend(entries);
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.room.poll_output()).collect()
    }

    fn submit(&mut self, connection: u64, number: u64, operation: Operation) -> Result<(), Refusal> {
        self.outputs();
        self.room
            .submit(NOW, ConnectionId(connection), OperationNumber(number), operation);
        self.settle();
        let refused = self.outputs().into_iter().find_map(|output| match output {
            Output::Refused { refusal, .. } => Some(refusal),
            _ => None,
        });
        refused.map_or(Ok(()), Err)
    }
}

fn annotation(by: u32, number: u64) -> AnnotationId {
    AnnotationId(OperationId {
        by: ParticipantId(by),
        number: OperationNumber(number),
    })
}

fn with_markup(markup: Markup) -> Operation {
    let Operation::CreateAnnotation(mut new) = samples::note("drawn") else {
        panic!("a note is an annotation")
    };
    new.markup = markup;
    Operation::CreateAnnotation(new)
}

#[test]
fn values_that_make_no_sense_are_refused_with_what_to_do() {
    let mut stage = Stage::new();
    stage.try_join(1, 1, Role::Host).unwrap();
    let long = format!("/{}", "a".repeat(1_100));
    let nan_anchor = Operation::CreateAnnotation(Box::new(NewAnnotation {
        anchor: Anchor {
            prim: PrimPath::root(),
            point_in_prim: [f64::NAN, 0.0, 0.0],
            normal_in_prim: [0.0; 3],
        },
        text: Note::cut("x"),
        markup: Markup::Text,
    }));
    let flat = SectionPlane {
        normal: [0.0; 3],
        offset_m: 0.0,
    };
    let short_stroke = Markup::Stroke {
        points_from_anchor: List::new(vec![[0.0; 3]]).unwrap(),
        width_m: 0.01,
    };
    let no_picture = Markup::Screenshot {
        image: Blob::new(b"GIF89a").unwrap(),
        camera: samples::camera(0.0),
    };
    let cases = [
        (samples::note("  "), "note is empty"),
        (nan_anchor, "not a finite number"),
        (with_markup(short_stroke), "fewer than two points"),
        (with_markup(no_picture), "neither PNG nor JPEG"),
        (
            Operation::Select {
                prims: samples::prims(&[&long]),
            },
            "more than 1024 bytes",
        ),
        (
            Operation::SetSection(Section {
                planes: List::new(vec![flat]).unwrap(),
            }),
            "not of length 1",
        ),
        (
            Operation::Chat {
                text: Text::cut(""),
                prims: samples::prims(&[]),
            },
            "message is empty",
        ),
        (
            Operation::Follow {
                whom: Some(ParticipantId(1)),
            },
            "cannot follow yourself",
        ),
        (
            Operation::Follow {
                whom: Some(ParticipantId(8)),
            },
            "not in the room",
        ),
        (Operation::Follow { whom: None }, "so already"),
        (
            Operation::DeleteAnnotation {
                annotation: annotation(1, 1),
            },
            "not there any more",
        ),
        (
            Operation::SetRole {
                whom: ParticipantId(1),
                role: Role::Viewer,
            },
            "only host",
        ),
        (
            Operation::Remove {
                whom: ParticipantId(1),
            },
            "cannot remove people yourself",
        ),
    ];
    for (number, (operation, words)) in (1..).zip(cases) {
        let text = stage.submit(1, number, operation).unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(
        stage.room.state().seq,
        Seq(1),
        "nothing but the joining has happened"
    );
}

#[test]
fn the_same_operation_twice_is_done_once() {
    let mut stage = Stage::new();
    stage.try_join(1, 1, Role::Host).unwrap();
    assert_eq!(stage.submit(1, 5, samples::note("once")), Ok(()));
    assert_eq!(stage.submit(1, 5, samples::note("once")), Ok(()));
    assert_eq!(
        stage.submit(1, 4, samples::note("overtaken")),
        Err(Refusal::AnswerLost)
    );
    assert_eq!(stage.room.state().annotations.len(), 1);
}

#[test]
fn field_by_field_the_last_write_wins() {
    let mut stage = Stage::new();
    stage.try_join(1, 1, Role::Host).unwrap();
    stage.try_join(2, 2, Role::Host).unwrap();
    stage.submit(1, 1, samples::note("first")).unwrap();
    let id = annotation(1, 1);
    let text = |text| Operation::EditAnnotation {
        annotation: id,
        edit: AnnotationEdit::Text(Note::cut(text)),
    };
    stage.submit(1, 2, text("one's")).unwrap();
    stage.submit(2, 1, text("other's")).unwrap();
    let resolve = Operation::ResolveAnnotation {
        annotation: id,
        status: Status::Resolved,
    };
    stage.submit(1, 3, resolve).unwrap();
    let it = stage.room.state().annotation(id).unwrap();
    assert_eq!(
        (it.text.value.as_str(), it.text.by),
        ("other's", Some(ParticipantId(2)))
    );
    assert_eq!(
        (it.status.value, it.status.by),
        (Status::Resolved, Some(ParticipantId(1)))
    );
    // The one's undo of the text leaves the other's alone; that of the status is still good.
    let undo = |operation, seq| Inverse {
        operation,
        undoes: Seq(seq),
        restores: None,
    };
    assert_eq!(
        stage.room.state().check_undo(&undo(text("first"), 4)),
        Err(Refusal::ChangedSince)
    );
    let reopen = Operation::ResolveAnnotation {
        annotation: id,
        status: Status::Open,
    };
    assert_eq!(stage.room.state().check_undo(&undo(reopen, 6)), Ok(()));
}

#[test]
fn every_operation_that_can_be_undone_comes_back_to_what_was() {
    use gemba_session::OperationKind as Kind;
    let mut stage = Stage::new();
    stage.try_join(1, 1, Role::Host).unwrap();
    stage.try_join(2, 2, Role::Viewer).unwrap();
    stage.submit(1, 1, samples::note("it")).unwrap();
    let other = ParticipantId(2);
    let make = |kind| {
        samples::of_kind(
            kind,
            annotation(1, 1),
            gemba_session::ViewpointId(annotation(1, 2).0),
            other,
            1,
        )
    };
    stage.submit(1, 2, make(Kind::SaveViewpoint)).unwrap();
    let mut number = 10;
    for kind in [
        Kind::EditAnnotation,
        Kind::ResolveAnnotation,
        Kind::AssignAnnotation,
        Kind::DeleteAnnotation,
        Kind::SetSection,
        Kind::SetIsolation,
        Kind::SetTimeline,
        Kind::SetRole,
        Kind::Present,
    ] {
        let before = stage.room.state().clone();
        let id = OperationId {
            by: ParticipantId(1),
            number: OperationNumber(number),
        };
        let inverse = before.inverse(id, &make(kind), before.seq.next()).unwrap();
        stage.submit(1, number, make(kind)).unwrap();
        assert_eq!(stage.room.state().check_undo(&inverse), Ok(()), "{kind:?}");
        stage.submit(1, number + 1, inverse.operation).unwrap();
        number += 2;
        let after = stage.room.state();
        let old = before.annotation(annotation(1, 1)).unwrap();
        let new = after.annotation(annotation(1, 1)).unwrap();
        assert_eq!(
            (&old.text.value, old.status.value, old.assignee.value),
            (&new.text.value, new.status.value, new.assignee.value),
            "{kind:?}"
        );
        assert_eq!(before.section.value, after.section.value);
        assert_eq!(before.isolation.value, after.isolation.value);
        assert_eq!(before.timeline.value, after.timeline.value);
        assert_eq!(before.presenter, after.presenter);
        assert_eq!(
            before.person(other).unwrap().role,
            after.person(other).unwrap().role
        );
        assert_eq!(before.annotation_bytes, after.annotation_bytes);
    }
}

#[test]
fn who_may_come_in() {
    let mut stage = Stage::new();
    let host = stage.try_join(1, 1, Role::Host).unwrap();
    let ana = stage.try_join(2, 2, Role::Viewer).unwrap();
    stage.try_join(3, 3, Role::Viewer).unwrap();
    assert_eq!(
        stage.try_join(4, 4, Role::Viewer),
        Err(JoinRefusal::Full { limit: 3 })
    );
    // The same client again takes its own place, and the old connection ends.
    stage.outputs();
    assert_eq!(stage.try_join(5, 2, Role::Viewer), Ok(ana));
    let closed = Output::Close {
        connection: ConnectionId(2),
        why: Closing::Replaced,
    };
    assert!(stage.outputs().contains(&closed));
    // A role that a host gives outlasts the token's.
    let editor = Operation::SetRole {
        whom: ana,
        role: Role::Editor,
    };
    stage.submit(1, 1, editor).unwrap();
    stage.room.disconnect(NOW, ConnectionId(5), Leaving::LinkLost);
    stage.settle();
    assert_eq!(stage.try_join(6, 2, Role::Viewer), Ok(ana));
    assert_eq!(stage.room.state().person(ana).unwrap().role, Role::Editor);
    // Removed, then let in again.
    stage.submit(1, 2, Operation::Remove { whom: ana }).unwrap();
    assert_eq!(stage.try_join(7, 2, Role::Viewer), Err(JoinRefusal::Removed));
    stage.submit(1, 3, Operation::Readmit { whom: ana }).unwrap();
    assert_eq!(stage.try_join(8, 2, Role::Viewer), Ok(ana));
    // After the end only a host opens the room again.
    stage.submit(1, 4, Operation::EndSession).unwrap();
    assert_eq!(stage.room.connections(), 0);
    assert_eq!(stage.try_join(9, 2, Role::Viewer), Err(JoinRefusal::Ended));
    assert_eq!(stage.try_join(10, 1, Role::Host), Ok(host));
    assert_eq!(stage.try_join(11, 2, Role::Viewer), Ok(ana));
}

#[test]
fn nothing_is_shown_before_it_is_durable() {
    let mut stage = Stage::new();
    stage.try_join(1, 1, Role::Host).unwrap();
    stage.try_join(2, 2, Role::Viewer).unwrap();
    stage.outputs();
    stage
        .room
        .submit(NOW, ConnectionId(1), OperationNumber(1), samples::note("wait"));
    let batch = stage.room.take_unwritten();
    assert_eq!(batch.len(), 1);
    assert!(stage.outputs().is_empty());
    assert!(stage.room.state().annotations.is_empty());
    stage.room.on_durable(batch[0].seq);
    let is_told = |output: &Output| matches!(output, Output::Broadcast { to, .. } if to.len() == 2);
    assert!(stage.outputs().iter().any(is_told));
}

#[test]
fn a_full_disk_makes_the_room_read_only_until_there_is_space() {
    let mut stage = Stage::new();
    let host = stage.try_join(1, 1, Role::Host).unwrap();
    stage.try_join(2, 2, Role::Viewer).unwrap();
    stage.outputs();
    stage
        .room
        .submit(NOW, ConnectionId(1), OperationNumber(1), samples::note("lost"));
    assert_eq!(stage.room.take_unwritten().len(), 1);
    // A third comes while the write is under way.
    let admission = Admission {
        key: ClientKey([3; 32]),
        name: Name::cut("Late"),
        role: Role::Viewer,
        resume: None,
    };
    stage.room.join(NOW, ConnectionId(3), admission).unwrap();
    let why = "the disk of the relay is full; free some space";
    stage.room.on_write_failed(why);
    let outputs = stage.outputs();
    let is_refused = |output: &Output| {
        matches!(
            output,
            Output::Refused {
                refusal: Refusal::ReadOnly { .. },
                ..
            }
        )
    };
    assert!(outputs.iter().any(is_refused));
    let stays_out = |output: &Output| {
        matches!(
            output,
            Output::Send {
                to: ConnectionId(3),
                message: RelayMessage::JoinRefused(JoinRefusal::ReadOnly { .. })
            }
        )
    };
    assert!(outputs.iter().any(stays_out));
    let is_noted = |output: &Output| matches!(output, Output::Broadcast { message: RelayMessage::Notice(Notice::ReadOnly { why: said }), .. } if said.as_str() == why);
    assert!(outputs.iter().any(is_noted));
    // Nothing is taken, the reason is clear, presence goes on, and who was here may come back.
    let refusal = stage.submit(1, 2, samples::note("again")).unwrap_err();
    assert!(refusal.to_string().contains(why), "{refusal}");
    let role_first = stage.submit(2, 1, samples::note("never")).unwrap_err();
    assert!(matches!(role_first, Refusal::Role { .. }), "{role_first}");
    assert!(matches!(
        stage.try_join(4, 4, Role::Viewer),
        Err(JoinRefusal::ReadOnly { .. })
    ));
    stage.room.disconnect(NOW, ConnectionId(1), Leaving::LinkLost);
    assert_eq!(stage.try_join(5, 1, Role::Host), Ok(host));
    stage.room.disconnect(NOW, ConnectionId(2), Leaving::LinkLost);
    assert!(!stage.room.has_unwritten());
    // Space again: who has gone meanwhile is noted now.
    stage.outputs();
    stage.room.on_store_back(NOW, Vec::new()).unwrap();
    stage.settle();
    let last = &stage.disk.last().unwrap().change;
    assert!(
        matches!(
            last,
            Change::Left {
                who: ParticipantId(2),
                ..
            }
        ),
        "{last:?}"
    );
    assert_eq!(stage.submit(5, 3, samples::note("now")), Ok(()));
}

#[test]
fn a_restarted_relay_notes_who_is_gone() {
    let mut stage = Stage::new();
    stage.try_join(1, 1, Role::Host).unwrap();
    stage.submit(1, 1, samples::note("stays")).unwrap();
    let name = RoomName::new("stage").unwrap();
    let state = RoomState::new(HistoryId(1));
    let mut room = Room::new(name, RoomLimits::default(), state, stage.disk.clone(), NOW).unwrap();
    let entries = room.take_unwritten();
    let why = Leaving::RelayRestarted;
    let who = ParticipantId(1);
    assert_eq!(entries[0].change, Change::Left { who, why });
    room.on_durable(entries[0].seq);
    assert_eq!(room.state().annotations.len(), 1);
    assert_eq!(room.state().present().count(), 0);
    // A log with a hole is no log.
    let name = RoomName::new("stage").unwrap();
    let state = RoomState::new(HistoryId(1));
    let holed = [stage.disk[0].clone(), stage.disk[1].clone(), entries[0].clone()];
    let holed = [holed[0].clone(), holed[2].clone()];
    assert!(Room::new(name, RoomLimits::default(), state, holed, NOW).is_err());
}

#[test]
fn who_comes_back_gets_only_what_is_missing() {
    let mut stage = Stage::new();
    stage.try_join(1, 1, Role::Host).unwrap();
    for number in 1..=5 {
        stage.submit(1, number, samples::note("x")).unwrap();
    }
    stage.outputs();
    let here = stage.room.state().clone();
    let back = |history, seq| {
        Some(Resume {
            history: HistoryId(history),
            seq: Seq(seq),
        })
    };
    let kinds = |stage: &mut Stage| {
        let outputs = stage.outputs();
        let entries = outputs.iter().filter(|output| {
            matches!(
                output,
                Output::Send {
                    message: RelayMessage::Entry(_),
                    ..
                }
            )
        });
        (
            entries.count(),
            outputs
                .iter()
                .any(|output| matches!(output, Output::Snapshot { .. })),
        )
    };
    stage
        .try_resume(2, 2, Role::Viewer, back(1, here.seq.0 - 2))
        .unwrap();
    assert_eq!(kinds(&mut stage), (3, false), "two old entries and the joining");
    stage.try_resume(3, 3, Role::Viewer, back(9, here.seq.0)).unwrap();
    assert_eq!(kinds(&mut stage), (0, true), "another history");
    stage.room.disconnect(NOW, ConnectionId(3), Leaving::LinkLost);
    stage.settle();
    stage.outputs();
    stage
        .try_resume(4, 4, Role::Viewer, back(1, here.seq.0 + 99))
        .unwrap();
    assert_eq!(kinds(&mut stage), (0, true), "from the future");
}
