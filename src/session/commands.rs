//! What a person asks of the session, as operations of the room.

use bevy::prelude::*;
use gemba_model::UnixNanos;
use gemba_panels::{
    SessionCommand, ViewerCommand,
    session::{AnnotationStatus, LinkText},
};
use gemba_relay::{JoinLink, JoinOptions};
use gemba_session::{
    Operation, ParticipantId, PlantMark, Role,
    bounded::Text,
    operation::{Anchor, AnnotationEdit, Markup, Name, NewAnnotation, Note, Prims, Status},
};

use super::{
    Meeting, SessionIdentity,
    anchors::Anchors,
    notes::id_of,
    plant_mark::OpenPlantMark,
    viewpoints::{room_camera, room_cursor, view_state, viewpoint_of},
};
use crate::{
    command::Requested,
    error_chain,
    inspection::{Isolation, Section},
    navigation::Eye,
    plant::Plant,
    selection::Selection,
    telemetry::Now,
    timeline::Timeline,
};

/// What commands are about, beside the room.
#[derive(bevy::ecs::system::SystemParam)]
pub(super) struct Here<'w, 's> {
    plant: Option<Res<'w, Plant>>,
    eye: Res<'w, Eye>,
    selection: Res<'w, Selection>,
    section: Res<'w, Section>,
    isolation: Res<'w, Isolation>,
    timeline: Res<'w, Timeline>,
    now: Res<'w, Now>,
    anchors: Anchors<'w, 's>,
}

/// Carries out what is asked of the session.
pub(super) fn carry_out(
    mut requests: MessageReader<Requested>,
    mut meeting: ResMut<Meeting>,
    mut identity: ResMut<SessionIdentity>,
    mark: Res<OpenPlantMark>,
    here: Here,
) {
    for Requested(request) in requests.read() {
        let ViewerCommand::Session(command) = request else {
            continue;
        };
        match command {
            SessionCommand::Join { link, name } => {
                join(&mut meeting, &mut identity, mark.made(), link, name.as_deref());
            }
            SessionCommand::Leave => {
                meeting.submit(Operation::Leave);
                meeting.leave();
            }
            SessionCommand::Retry => meeting.retry_now(),
            SessionCommand::Undo => meeting.undo(),
            SessionCommand::GoSolo if meeting.following().is_none() => {}
            other => match operation(other, &here, meeting.room_time(here.now.0)) {
                Ok(Some(operation)) => {
                    meeting.submit(operation);
                }
                Ok(None) => {}
                Err(why) => meeting.say(why),
            },
        }
    }
}

fn join(
    meeting: &mut Meeting,
    identity: &mut SessionIdentity,
    plant: Option<PlantMark>,
    text: &LinkText,
    name: Option<&str>,
) {
    let link: JoinLink = match text.0.parse() {
        Ok(link) => link,
        Err(wrong) => return meeting.say(wrong_link(&wrong)),
    };
    let (key, fault) = match identity.key() {
        Ok(found) => found,
        Err(none) => return meeting.say(error_chain(&none)),
    };
    let options = JoinOptions {
        name: name
            .filter(|name| !name.trim().is_empty())
            .map(|name| Name::cut(name.trim())),
        plant,
        ..JoinOptions::new(key)
    };
    if let Err(error) = meeting.join(link, options) {
        return meeting.say(error_chain(&error));
    }
    meeting.set_joined_by(text.clone(), name.map(ToOwned::to_owned));
    if let Some(fault) = fault {
        let why = error_chain(&fault);
        meeting.say(format!("Rooms will not know you again after this run: {why}"));
    }
}

fn wrong_link(wrong: &gemba_relay::JoinLinkError) -> String {
    let mut said = error_chain(wrong);
    if let Some(first) = said.get(..1) {
        let upper = first.to_uppercase();
        said.replace_range(..1, &upper);
    }
    said
}

/// The operation that a command asks for; `None` for those that are no operation.
fn operation(
    command: &SessionCommand,
    here: &Here,
    room_time: UnixNanos,
) -> Result<Option<Operation>, String> {
    let selected = here.selection.prim.as_ref().map(|(_, prim)| prim.clone());
    Ok(Some(match command {
        SessionCommand::Follow { person } => Operation::Follow {
            whom: Some(ParticipantId(*person)),
        },
        SessionCommand::GoSolo => Operation::Follow { whom: None },
        SessionCommand::BringEveryone => Operation::BringEveryone {
            camera: room_camera(
                &here.eye,
                here.plant
                    .as_ref()
                    .ok_or("Open a plant before you bring anyone anywhere.")?,
            ),
        },
        SessionCommand::Present { on } => Operation::Present { on: *on },
        SessionCommand::Say {
            text,
            links_selection,
        } => Operation::Chat {
            text: Text::new(text.trim()).map_err(|size| format!("The message is too long: {size} bytes."))?,
            prims: linked(selected.filter(|_| *links_selection))?,
        },
        SessionCommand::Annotate { text } => annotate(text, here.anchors.on_selection()?, Markup::Text)?,
        SessionCommand::Draw {
            text,
            shape,
            prim,
            points_m,
        } => {
            let (anchor, markup) = here.anchors.drawn(prim, *shape, points_m)?;
            annotate(text, anchor, markup)?
        }
        SessionCommand::Reply { annotation, text } => Operation::ReplyToAnnotation {
            annotation: id_of(*annotation),
            text: note(text)?,
        },
        SessionCommand::SetStatus { annotation, status } => Operation::ResolveAnnotation {
            annotation: id_of(*annotation),
            status: match status {
                AnnotationStatus::Open => Status::Open,
                AnnotationStatus::InProgress => Status::InProgress,
                AnnotationStatus::Resolved => Status::Resolved,
            },
        },
        SessionCommand::Edit { annotation, text } => Operation::EditAnnotation {
            annotation: id_of(*annotation),
            edit: AnnotationEdit::Text(note(text)?),
        },
        SessionCommand::Assign { annotation, person } => Operation::AssignAnnotation {
            annotation: id_of(*annotation),
            assignee: person.map(ParticipantId),
        },
        SessionCommand::Delete { annotation } => Operation::DeleteAnnotation {
            annotation: id_of(*annotation),
        },
        SessionCommand::SaveViewpoint { name } => Operation::SaveViewpoint {
            name: Name::new(name.trim()).map_err(|size| format!("The name is too long: {size} bytes."))?,
            view: Box::new(view_state(
                &here.eye,
                here.plant
                    .as_ref()
                    .ok_or("Open a plant before you save a viewpoint.")?,
                &here.section,
                &here.isolation,
                room_cursor(&here.timeline, here.now.0, room_time),
            )?),
        },
        SessionCommand::DeleteViewpoint { viewpoint } => Operation::DeleteViewpoint {
            viewpoint: viewpoint_of(*viewpoint),
        },
        SessionCommand::GiveRole { person, role } => Operation::SetRole {
            whom: ParticipantId(*person),
            role: Role::from_word(role).ok_or_else(|| {
                format!("There is no role `{role}`; there are viewer, editor, host, trainee and trainer.")
            })?,
        },
        SessionCommand::Remove { person } => Operation::Remove {
            whom: ParticipantId(*person),
        },
        SessionCommand::End => Operation::EndSession,
        SessionCommand::AdoptPlant => Operation::AdoptPlant,
        SessionCommand::Join { .. }
        | SessionCommand::Leave
        | SessionCommand::Retry
        | SessionCommand::Undo
        | SessionCommand::Point { .. }
        | SessionCommand::TakePen { .. }
        | SessionCommand::DropPen
        | SessionCommand::Capture { .. }
        | SessionCommand::OpenNote { .. }
        | SessionCommand::GoToViewpoint { .. }
        | SessionCommand::Detach { .. } => return Ok(None),
    }))
}

fn annotate(text: &str, anchor: Anchor, markup: Markup) -> Result<Operation, String> {
    Ok(Operation::CreateAnnotation(Box::new(NewAnnotation {
        anchor,
        text: note(text)?,
        markup,
    })))
}

/// The text of a note as the room takes it.
pub(super) fn note(text: &str) -> Result<Note, String> {
    Note::new(text.trim()).map_err(|size| format!("The text is too long: {size} bytes."))
}

fn linked(prim: Option<gemba_model::PrimPath>) -> Result<Prims, String> {
    Prims::new(prim.into_iter().collect()).map_err(|size| size.to_string())
}

/// What is selected here is shown to the others.
pub(super) fn share_selection(
    mut meeting: ResMut<Meeting>,
    selection: Res<Selection>,
    mut shared: Local<Option<Option<gemba_model::PrimPath>>>,
) {
    if !meeting.is_joined() {
        *shared = None;
        return;
    }
    let selected = selection.prim.as_ref().map(|(_, prim)| prim.clone());
    if shared.as_ref() == Some(&selected) {
        return;
    }
    let known = meeting.own().and_then(|own| own.selection.first().cloned());
    if known != selected
        && let Ok(prims) = linked(selected.clone())
    {
        meeting.submit(Operation::Select { prims });
    }
    *shared = Some(selected);
}
