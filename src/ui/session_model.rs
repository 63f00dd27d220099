//! The model of the session: people, chat and notes in the words of the panels.

use std::{sync::Arc, time::Duration};

use bevy::prelude::*;
use gemba_model::UnixNanos;
use gemba_panels::session::{
    AnnotationRow, AnnotationStatus, ChatRow, MarkupRow, PersonRow, SessionPhase as Shown, SessionRights,
    SharedView as SharedRow, ViewpointKey, ViewpointRow,
};
use gemba_session::{
    AnnotationId, OperationKind, ParticipantId, RoomState, SessionPhase,
    operation::{Markup, Status, TimelineCursor},
    state::{Annotation, Participant},
};

use super::{Desktop, note_picture::NotePicture};
use crate::{
    selection::Selection,
    session::{
        Meeting, Others, Pen, SharedView,
        notes::{id_of, key_of, numbered},
        viewpoints::viewpoint_of,
    },
    telemetry::Now,
};

/// Ages do not have to change faster.
const REFRESH: Duration = Duration::from_millis(250);
/// Chat that is shown.
const CHAT_ROWS: usize = 200;

/// What the rows were last made of.
#[derive(Default)]
pub(super) struct Made {
    state: Arc<RoomState>,
    you: Option<ParticipantId>,
    refresh_at: Duration,
}

/// Fills the session. Rows of notes and chat are made anew when the room changed, ages four times a second.
pub(super) fn fill_session(
    meeting: Res<Meeting>,
    others: Res<Others>,
    selection: Res<Selection>,
    own: (Res<Pen>, Res<SharedView>, Res<NotePicture>),
    now: Res<Now>,
    time: Res<Time<Real>>,
    mut made: Local<Made>,
    mut desktop: ResMut<Desktop>,
) {
    let (pen, shared, picture) = own;
    let is_changed = !Arc::ptr_eq(&made.state, meeting.state()) || made.you != meeting.you();
    let is_due = is_changed || pen.is_changed() || shared.is_changed() || picture.is_changed();
    if !is_due && time.elapsed() < made.refresh_at {
        return;
    }
    made.refresh_at = time.elapsed() + REFRESH;
    let model = &mut desktop.model.session;
    model.phase = shown(meeting.phase(), now.0);
    model.room = Arc::clone(meeting.room());
    model.you = meeting.you().map(|you| you.0);
    model.may = rights(meeting.own());
    model.following = meeting.following().map(|whom| whom.0);
    model.notice = meeting.notice().map(str::to_owned);
    let quality = meeting.link_quality();
    (model.round_trip, model.in_flight) = (quality.round_trip, quality.in_flight);
    model.selected = selection.prim.as_ref().map(|(_, prim)| prim.clone());
    let state = meeting.state();
    let room_time = meeting.room_time(now.0);
    model.presenter = state.presenter.map(|who| who.0);
    model.people = people(state, &meeting, &others);
    model.other_plant = meeting
        .you()
        .and_then(|you| state.other_plant(you))
        .map(|other| other.to_string());
    model.pen = pen.shape();
    model.shared = shared_view(state, &meeting, &shared);
    if is_changed {
        let own = meeting.own().zip(meeting.you());
        model.chat = chat(state);
        model.annotations = annotations(state, own);
        model.viewpoints = viewpoints(state, own);
        (made.state, made.you) = (Arc::clone(state), meeting.you());
    }
    let lines = state.chat.iter().rev().take(CHAT_ROWS).rev();
    for (row, line) in model.chat.iter_mut().zip(lines) {
        row.age = room_time.since(line.at);
    }
    for row in &mut model.annotations {
        if let Some(note) = state.annotations.get(&id_of(row.key)) {
            row.age = room_time.since(note.created);
        }
        if let MarkupRow::Picture(shown) = &mut row.markup {
            *shown = picture.of(row.key);
        }
    }
    for row in &mut model.viewpoints {
        if let Some(viewpoint) = state.viewpoints.get(&viewpoint_of(row.key)) {
            row.age = room_time.since(viewpoint.created);
        }
    }
}

fn shown(phase: Option<&SessionPhase>, now: UnixNanos) -> Shown {
    match phase {
        None => Shown::None,
        Some(SessionPhase::Connecting | SessionPhase::Joining) => Shown::Connecting,
        Some(SessionPhase::Joined { .. }) => Shown::Joined,
        Some(SessionPhase::Offline { retry_at, reason, .. }) => Shown::Offline {
            reason: reason.to_string(),
            retry_in: retry_at.since(now),
        },
        Some(SessionPhase::Refused(refusal)) => Shown::Refused {
            reason: refusal.to_string(),
        },
        Some(SessionPhase::Closed(why)) => Shown::Ended {
            reason: why.to_string(),
        },
    }
}

fn rights(own: Option<&Participant>) -> SessionRights {
    let may = |kind| own.is_some_and(|own| own.role.may(kind));
    SessionRights {
        annotate: may(OperationKind::CreateAnnotation),
        lead: may(OperationKind::BringEveryone),
        manage: may(OperationKind::SetRole),
    }
}

fn name_of(state: &RoomState, who: ParticipantId) -> Arc<str> {
    state
        .person(who)
        .map_or_else(|| "someone".into(), |person| person.name.as_str().into())
}

fn colour_of(state: &RoomState, who: ParticipantId) -> u8 {
    state.person(who).map_or(0, |person| person.colour)
}

fn people(state: &RoomState, meeting: &Meeting, others: &Others) -> Vec<PersonRow> {
    let mut rows: Vec<PersonRow> = state
        .present()
        .map(|(who, person)| PersonRow {
            person: who.0,
            name: person.name.as_str().into(),
            role: person.role.as_str(),
            colour: person.colour,
            is_you: Some(who) == meeting.you(),
            following: person.following.map(|whom| name_of(state, whom)),
            selected: person.selection.first().cloned(),
            of_another: state.other_plant(who).map(|other| other.of_another()),
            seen: others.of(who).and_then(|other| other.heard),
        })
        .collect();
    rows.sort_by(|one, other| (!one.is_you, &one.name).cmp(&(!other.is_you, &other.name)));
    rows
}

fn chat(state: &RoomState) -> Vec<ChatRow> {
    let newest = state.chat.iter().rev().take(CHAT_ROWS).rev();
    newest
        .map(|line| ChatRow {
            by: name_of(state, line.by),
            colour: colour_of(state, line.by),
            age: Duration::ZERO,
            text: line.text.as_str().into(),
            prims: line.prims.to_vec(),
        })
        .collect()
}

/// What someone else who presents shows to us.
fn shared_view(state: &RoomState, meeting: &Meeting, shared: &SharedView) -> Option<SharedRow> {
    let by = state.presenter.filter(|who| Some(*who) != meeting.you())?;
    Some(SharedRow {
        by: name_of(state, by),
        cuts: state.section.value.planes.len(),
        isolated: state.isolation.value.len(),
        timeline: match state.timeline.value {
            TimelineCursor::Live => "live",
            TimelineCursor::Past { .. } => "past",
            TimelineCursor::Scenario { .. } => "scenario",
        },
        is_detached: shared.is_detached(by),
    })
}

/// The saved viewpoints, newest first.
fn viewpoints(state: &RoomState, own: Option<(&Participant, ParticipantId)>) -> Vec<ViewpointRow> {
    let mut saved: Vec<_> = state.viewpoints.iter().collect();
    saved.sort_by_key(|(_, viewpoint)| std::cmp::Reverse(viewpoint.seq));
    saved
        .into_iter()
        .map(|(id, viewpoint)| ViewpointRow {
            key: ViewpointKey {
                by: id.0.by.0,
                number: id.0.number.0,
            },
            name: viewpoint.name.as_str().into(),
            by: name_of(state, viewpoint.author),
            colour: colour_of(state, viewpoint.author),
            age: Duration::ZERO,
            cuts: viewpoint.view.section.planes.len(),
            isolated: viewpoint.view.isolation.len(),
            is_ours_to_change: own.is_some_and(|(own, you)| {
                viewpoint.author == you && own.role.may(OperationKind::DeleteViewpoint)
                    || own.role.may_change_others_work()
            }),
        })
        .collect()
}

fn annotations(state: &RoomState, own: Option<(&Participant, ParticipantId)>) -> Vec<AnnotationRow> {
    numbered(state)
        .into_iter()
        .map(|(number, id, note)| annotation(state, own, number, id, note))
        .collect()
}

fn annotation(
    state: &RoomState,
    own: Option<(&Participant, ParticipantId)>,
    number: usize,
    id: AnnotationId,
    note: &Annotation,
) -> AnnotationRow {
    let reply = |reply: &gemba_session::state::Reply| (name_of(state, reply.by), reply.text.as_str().into());
    AnnotationRow {
        key: key_of(id),
        number,
        by: name_of(state, note.author),
        colour: colour_of(state, note.author),
        age: Duration::ZERO,
        text: note.text.value.as_str().into(),
        prim: note.anchor.value.prim.clone(),
        status: match note.status.value {
            Status::Open => AnnotationStatus::Open,
            Status::InProgress => AnnotationStatus::InProgress,
            Status::Resolved => AnnotationStatus::Resolved,
        },
        markup: match note.markup.value {
            Markup::Text => MarkupRow::Text,
            Markup::Arrow { .. } => MarkupRow::Arrow,
            Markup::Stroke { .. } => MarkupRow::Stroke,
            Markup::Screenshot { .. } => MarkupRow::Picture(None),
        },
        assignee: note.assignee.value.map(|who| (who.0, name_of(state, who))),
        replies: note.replies.iter().map(reply).collect(),
        is_ours_to_change: own.is_some_and(|(own, you)| {
            note.author == you && own.role.may(OperationKind::DeleteAnnotation)
                || own.role.may_change_others_work()
        }),
    }
}
