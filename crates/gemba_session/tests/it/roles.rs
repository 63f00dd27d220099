//! The whole table of roles and operations, in the room itself: what is allowed happens, what is not is answered with
//! its reason and changes nothing.

use std::collections::BTreeSet;

use gemba_model::UnixNanos;
use gemba_session::{
    AnnotationId, ClientKey, ConnectionId, HistoryId, OperationId, OperationKind, OperationNumber,
    ParticipantId, Refusal, Role, Room, RoomName, RoomState, ViewpointId,
    operation::Name,
    room::{Admission, Output, RoomLimits},
    wire::RelayMessage,
};

use crate::samples;

const NOW: UnixNanos = UnixNanos(1_000);

fn join(room: &mut Room, number: u8, role: Role) -> (ConnectionId, ParticipantId) {
    let connection = ConnectionId(u64::from(number));
    let admission = Admission {
        key: ClientKey([number; 32]),
        name: Name::cut(&format!("Person {number}")),
        role,
        resume: None,
    };
    let who = room.join(NOW, connection, admission).unwrap();
    settle(room);
    (connection, who)
}

fn settle(room: &mut Room) {
    if let Some(last) = room.take_unwritten().last() {
        room.on_durable(last.seq);
    }
}

/// Submits and says how it was answered.
fn submit(
    room: &mut Room,
    from: ConnectionId,
    number: u64,
    operation: gemba_session::Operation,
) -> Result<(), Refusal> {
    while room.poll_output().is_some() {}
    room.submit(NOW, from, OperationNumber(number), operation);
    settle(room);
    let mut answer = None;
    while let Some(output) = room.poll_output() {
        match output {
            Output::Refused { to, refusal, .. } if to == from => answer = Some(Err(refusal)),
            Output::Broadcast {
                message: RelayMessage::Entry(entry),
                ..
            } => {
                let is_own =
                    matches!(entry.change, gemba_session::Change::Did { id, .. } if id.number.0 == number);
                if is_own {
                    answer = Some(Ok(()));
                }
            }
            _ => {}
        }
    }
    answer.expect("every operation is answered")
}

/// A room in which a person of `role` could do anything that the role allows.
fn scene(
    role: Role,
) -> (
    Room,
    ConnectionId,
    AnnotationId,
    AnnotationId,
    ViewpointId,
    ParticipantId,
) {
    let name = RoomName::new("table").unwrap();
    let mut room = Room::new(name, RoomLimits::default(), RoomState::new(HistoryId(1)), [], NOW).unwrap();
    let (host, _) = join(&mut room, 1, Role::Host);
    // The person makes things as an editor first, so that there is something of their own.
    let (subject, subject_id) = join(&mut room, 2, Role::Editor);
    let (other, other_id) = join(&mut room, 3, Role::Viewer);
    let (away, away_id) = join(&mut room, 4, Role::Viewer);
    let nothing = OperationId {
        by: subject_id,
        number: OperationNumber(0),
    };
    let make = |kind| samples::of_kind(kind, AnnotationId(nothing), ViewpointId(nothing), other_id, 1);
    for (number, kind) in [
        (1, OperationKind::CreateAnnotation),
        (2, OperationKind::CreateAnnotation),
        (3, OperationKind::SaveViewpoint),
        (4, OperationKind::Follow),
    ] {
        submit(&mut room, subject, number, make(kind)).unwrap();
    }
    let id = |number| OperationId {
        by: subject_id,
        number: OperationNumber(number),
    };
    let (live, deleted) = (AnnotationId(id(1)), AnnotationId(id(2)));
    // The room is about one plant, and the person has another one open.
    for (connection, number, content) in [(other, 1, 9), (subject, 6, 8)] {
        let mark = samples::plant("plant.usda", content);
        let open = gemba_session::Operation::OpenPlant(Box::new(mark));
        submit(&mut room, connection, number, open).unwrap();
    }
    let delete = gemba_session::Operation::DeleteAnnotation { annotation: deleted };
    submit(&mut room, subject, 7, delete).unwrap();
    submit(
        &mut room,
        host,
        1,
        gemba_session::Operation::Remove { whom: away_id },
    )
    .unwrap();
    assert!(room.state().person(away_id).unwrap().is_removed);
    assert_eq!(away, ConnectionId(4));
    if role != Role::Editor {
        let give = gemba_session::Operation::SetRole {
            whom: subject_id,
            role,
        };
        submit(&mut room, host, 2, give).unwrap();
    }
    (room, subject, live, deleted, ViewpointId(id(3)), other_id)
}

#[test]
fn the_whole_table() {
    use OperationKind as Kind;
    let everyone: BTreeSet<Kind> = [
        Kind::Select,
        Kind::Follow,
        Kind::Chat,
        Kind::Leave,
        Kind::OpenPlant,
    ]
    .into();
    let makers: BTreeSet<Kind> = [
        Kind::CreateAnnotation,
        Kind::EditAnnotation,
        Kind::ReplyToAnnotation,
        Kind::ResolveAnnotation,
        Kind::AssignAnnotation,
        Kind::DeleteAnnotation,
        Kind::RestoreAnnotation,
        Kind::SaveViewpoint,
        Kind::DeleteViewpoint,
        Kind::SetSection,
        Kind::SetIsolation,
        Kind::SetTimeline,
    ]
    .into();
    let leaders: BTreeSet<Kind> = [Kind::BringEveryone, Kind::Present].into();
    let hosts: BTreeSet<Kind> = [
        Kind::SetRole,
        Kind::Remove,
        Kind::Readmit,
        Kind::EndSession,
        Kind::AdoptPlant,
    ]
    .into();
    let mut rows = 0;
    for role in Role::ALL {
        let mut allowed = everyone.clone();
        if matches!(role, Role::Editor | Role::Trainer | Role::Host) {
            allowed.extend(&makers);
        }
        if matches!(role, Role::Trainer | Role::Host) {
            allowed.extend(&leaders);
        }
        if role == Role::Host {
            allowed.extend(&hosts);
        }
        for kind in OperationKind::ALL {
            let (mut room, subject, live, deleted, viewpoint, other) = scene(role);
            let target = if kind == Kind::RestoreAnnotation {
                deleted
            } else {
                live
            };
            let whom = if kind == Kind::Readmit {
                ParticipantId(4)
            } else {
                other
            };
            let operation = samples::of_kind(kind, target, viewpoint, whom, 0);
            let before = room.state().clone();
            let answer = submit(&mut room, subject, 100, operation);
            if allowed.contains(&kind) {
                assert_eq!(answer, Ok(()), "{role} {kind:?}");
                assert_ne!(room.state(), &before);
            } else {
                assert_eq!(answer, Err(Refusal::Role { role, kind }), "{role} {kind:?}");
                assert_eq!(room.state(), &before, "a refused operation changes nothing");
                let text = Refusal::Role { role, kind }.to_string();
                assert!(text.starts_with(&format!("a {role} may not ")), "{text}");
            }
            rows += 1;
        }
    }
    assert_eq!(rows, 120);
}

#[test]
fn others_work_is_changed_only_by_hosts_and_trainers() {
    use OperationKind as Kind;
    for (role, may) in [(Role::Editor, false), (Role::Trainer, true), (Role::Host, true)] {
        for kind in [
            Kind::EditAnnotation,
            Kind::DeleteAnnotation,
            Kind::RestoreAnnotation,
            Kind::DeleteViewpoint,
        ] {
            let (mut room, _, live, deleted, viewpoint, other) = scene(Role::Editor);
            let (stranger, _) = join(&mut room, 9, role);
            let target = if kind == Kind::RestoreAnnotation {
                deleted
            } else {
                live
            };
            let operation = samples::of_kind(kind, target, viewpoint, other, 0);
            let answer = submit(&mut room, stranger, 50, operation);
            let expected = if may {
                Ok(())
            } else {
                Err(Refusal::NotYours { kind })
            };
            assert_eq!(answer, expected, "{role} {kind:?}");
        }
        // Answering, settling and assigning is for everyone who may annotate.
        for kind in [
            Kind::ReplyToAnnotation,
            Kind::ResolveAnnotation,
            Kind::AssignAnnotation,
        ] {
            let (mut room, _, live, _, viewpoint, other) = scene(Role::Editor);
            let (stranger, _) = join(&mut room, 9, role);
            let operation = samples::of_kind(kind, live, viewpoint, other, 0);
            assert_eq!(
                submit(&mut room, stranger, 50, operation),
                Ok(()),
                "{role} {kind:?}"
            );
        }
    }
}
