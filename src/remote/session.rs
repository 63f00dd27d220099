//! `gemba.session`: the room as it is known here, and where the others are.

use bevy::{ecs::system::In, prelude::*, remote::BrpResult};
use gemba_relay::LinkQuality;
use gemba_session::{
    RoomState, SessionPhase,
    operation::Markup,
    state::{Annotation, ChatLine},
};
use serde_json::{Value, json};

use super::methods::no_params;
use crate::session::{Meeting, Other, Others, SharedView, Shown};

/// The state of the session; `{"phase": "none"}` in none.
pub(super) fn session(
    In(params): In<Option<Value>>,
    meeting: Res<Meeting>,
    others: Res<Others>,
    shared: Res<SharedView>,
) -> BrpResult {
    no_params(params)?;
    let state = meeting.state();
    let (phase, reason) = phase_of(meeting.phase());
    let LinkQuality {
        transport,
        round_trip,
        in_flight,
        ..
    } = meeting.link_quality();
    Ok(json!({
        "phase": phase,
        "reason": reason,
        "notice": meeting.notice(),
        "room": &**meeting.room(),
        "seq": state.seq.0,
        "you": meeting.you().map(|you| you.0),
        "your_name": meeting.own().map(|own| own.name.as_str()),
        "your_role": meeting.own().map(|own| own.role.as_str()),
        "following": meeting.following().map(|whom| whom.0),
        "presenter": state.presenter.map(|who| who.0),
        "transport": transport.map(|transport| format!("{transport:?}").to_lowercase()),
        "round_trip_millis": round_trip.map(|time| time.as_secs_f64() * 1e3),
        "in_flight": in_flight,
        "others": others.0.iter().map(|other| person(state, other)).collect::<Vec<_>>(),
        "chat": state.chat.iter().map(|line| chat(state, line)).collect::<Vec<_>>(),
        "annotations": state.annotations.iter().map(|(id, note)| {
            let mut row = annotation(state, note);
            row["annotation"] = json!({ "by": id.0.by.0, "number": id.0.number.0 });
            row
        }).collect::<Vec<_>>(),
        "viewpoints": state.viewpoints.iter().map(|(id, saved)| json!({
            "viewpoint": { "by": id.0.by.0, "number": id.0.number.0 },
            "name": saved.name.as_str(),
            "by": name_of(state, saved.author),
            "cuts": saved.view.section.planes.len(),
            "isolated": &*saved.view.isolation,
        })).collect::<Vec<_>>(),
        "other_plant": meeting.you().and_then(|you| state.other_plant(you)).map(|other| other.to_string()),
        "shared": {
            "cuts": state.section.value.planes.len(),
            "isolated": &*state.isolation.value,
            "led_by": shared.leader().map(|who| who.0),
        },
    }))
}

fn phase_of(phase: Option<&SessionPhase>) -> (&'static str, Option<String>) {
    match phase {
        None => ("none", None),
        Some(SessionPhase::Connecting | SessionPhase::Joining) => ("connecting", None),
        Some(SessionPhase::Joined { .. }) => ("joined", None),
        Some(SessionPhase::Offline { reason, .. }) => ("offline", Some(reason.to_string())),
        Some(SessionPhase::Refused(refusal)) => ("refused", Some(refusal.to_string())),
        Some(SessionPhase::Closed(why)) => ("ended", Some(why.to_string())),
    }
}

fn name_of(state: &RoomState, who: gemba_session::ParticipantId) -> Value {
    json!(state.person(who).map(|person| person.name.as_str()))
}

fn person(state: &RoomState, other: &Other) -> Value {
    let shown = |shown: Shown| {
        json!({
            "head_m": shown.head_m.to_array(),
            "forward": (shown.rotation * bevy::math::DVec3::NEG_Z).to_array(),
            "hands_m": shown.hands_m.map(|hand_m| hand_m.map(|hand_m| hand_m.to_array())),
            "points_at_m": shown.ray_m.map(|[_, to]| to.to_array()),
            "is_pinging": shown.is_pinging,
        })
    };
    json!({
        "person": other.who.0,
        "name": &*other.name,
        "role": other.role.as_str(),
        "selected": other.selection,
        "of_another_plant": state.other_plant(other.who).map(|other| other.of_another()),
        "following": state.person(other.who).and_then(|person| person.following).map(|whom| whom.0),
        "shown": other.shown.map(shown),
        "heard_secs_ago": other.heard.map(|heard| heard.as_secs_f64()),
    })
}

fn chat(state: &RoomState, line: &ChatLine) -> Value {
    json!({ "by": name_of(state, line.by), "text": line.text.as_str(), "prims": &*line.prims })
}

fn annotation(state: &RoomState, note: &Annotation) -> Value {
    json!({
        "by": name_of(state, note.author),
        "text": note.text.value.as_str(),
        "prim": note.anchor.value.prim,
        "markup": match &note.markup.value {
            Markup::Text => "text",
            Markup::Arrow { .. } => "arrow",
            Markup::Stroke { .. } => "stroke",
            Markup::Screenshot { .. } => "picture",
        },
        "picture_bytes": match &note.markup.value {
            Markup::Screenshot { image, .. } => Some(image.len()),
            Markup::Text | Markup::Arrow { .. } | Markup::Stroke { .. } => None,
        },
        "status": format!("{:?}", note.status.value),
        "is_deleted": note.is_deleted.value,
        "assignee": note.assignee.value.map(|who| name_of(state, who)),
        "replies": note.replies.iter().map(|reply| json!({
            "by": name_of(state, reply.by),
            "text": reply.text.as_str(),
        })).collect::<Vec<_>>(),
    })
}
