//! What a person asks of the session, as operations of the room.

use bevy::{math::DVec3, prelude::*};
use gemba_panels::{SessionCommand, ViewerCommand};
use gemba_relay::{JoinLink, JoinOptions};
use gemba_session::{
    Operation, ParticipantId, Role,
    bounded::Text,
    operation::{Anchor, Camera, Markup, Name, NewAnnotation, Note, Prims, Status},
};

use super::{Meeting, SessionIdentity, notes::id_of};
use crate::{
    command::Requested,
    error_chain,
    navigation::Eye,
    plant::{Plant, PrimExtents, PrimTransforms},
    selection::Selection,
};

/// What commands are about, beside the room.
#[derive(bevy::ecs::system::SystemParam)]
pub(super) struct Here<'w, 's> {
    plant: Option<Res<'w, Plant>>,
    eye: Res<'w, Eye>,
    selection: Res<'w, Selection>,
    transforms: Res<'w, PrimTransforms>,
    extents: PrimExtents<'w, 's>,
}

/// Carries out what is asked of the session.
pub(super) fn carry_out(
    mut requests: MessageReader<Requested>,
    mut meeting: ResMut<Meeting>,
    mut identity: ResMut<SessionIdentity>,
    here: Here,
) {
    for Requested(request) in requests.read() {
        let ViewerCommand::Session(command) = request else {
            continue;
        };
        match command {
            SessionCommand::Join { link, name } => {
                join(&mut meeting, &mut identity, &link.0, name.as_deref());
            }
            SessionCommand::Leave => {
                meeting.submit(Operation::Leave);
                meeting.leave();
            }
            SessionCommand::Retry => meeting.retry_now(),
            SessionCommand::Undo => meeting.undo(),
            SessionCommand::GoSolo if meeting.following().is_none() => {}
            other => match operation(other, &here) {
                Ok(Some(operation)) => {
                    meeting.submit(operation);
                }
                Ok(None) => {}
                Err(why) => meeting.say(why),
            },
        }
    }
}

fn join(meeting: &mut Meeting, identity: &mut SessionIdentity, link: &str, name: Option<&str>) {
    let link: JoinLink = match link.parse() {
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
        ..JoinOptions::new(key)
    };
    if let Err(error) = meeting.join(link, options) {
        meeting.say(error_chain(&error));
    } else if let Some(fault) = fault {
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
fn operation(command: &SessionCommand, here: &Here) -> Result<Option<Operation>, String> {
    let selected = here.selection.prim.as_ref().map(|(_, prim)| prim.clone());
    Ok(Some(match command {
        SessionCommand::Follow { person } => Operation::Follow {
            whom: Some(ParticipantId(*person)),
        },
        SessionCommand::GoSolo => Operation::Follow { whom: None },
        SessionCommand::BringEveryone => Operation::BringEveryone {
            camera: camera(here).ok_or("Open a plant before you bring anyone anywhere.")?,
        },
        SessionCommand::Present { on } => Operation::Present { on: *on },
        SessionCommand::Say {
            text,
            links_selection,
        } => Operation::Chat {
            text: Text::new(text.trim()).map_err(|size| format!("The message is too long: {size} bytes."))?,
            prims: linked(selected.filter(|_| *links_selection))?,
        },
        SessionCommand::Annotate { text } => annotate(text, here)?,
        SessionCommand::Reply { annotation, text } => Operation::ReplyToAnnotation {
            annotation: id_of(*annotation),
            text: note(text)?,
        },
        SessionCommand::Resolve { annotation, resolved } => Operation::ResolveAnnotation {
            annotation: id_of(*annotation),
            status: if *resolved { Status::Resolved } else { Status::Open },
        },
        SessionCommand::Assign { annotation, person } => Operation::AssignAnnotation {
            annotation: id_of(*annotation),
            assignee: person.map(ParticipantId),
        },
        SessionCommand::Delete { annotation } => Operation::DeleteAnnotation {
            annotation: id_of(*annotation),
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
        SessionCommand::Join { .. }
        | SessionCommand::Leave
        | SessionCommand::Retry
        | SessionCommand::Undo
        | SessionCommand::Point { .. } => return Ok(None),
    }))
}

fn note(text: &str) -> Result<Note, String> {
    Note::new(text.trim()).map_err(|size| format!("The text is too long: {size} bytes."))
}

fn linked(prim: Option<gemba_model::PrimPath>) -> Result<Prims, String> {
    Prims::new(prim.into_iter().collect()).map_err(|size| size.to_string())
}

/// Our own view, in the room's coordinates.
fn camera(here: &Here) -> Option<Camera> {
    let origin_m = here.plant.as_ref()?.origin_m;
    let pose = &here.eye.pose;
    Some(Camera {
        eye_m: (pose.eye_m - origin_m).to_array(),
        target_m: (pose.eye_m + pose.forward() * pose.pivot_depth_m() - origin_m).to_array(),
        fov_y_rad: 0.0,
    })
}

/// A note that hangs on top of the selected prim.
fn annotate(text: &str, here: &Here) -> Result<Operation, String> {
    let Some((prim, path)) = &here.selection.prim else {
        return Err("Select what the note is about, then write it.".to_owned());
    };
    let world_from_prim = here.transforms.world_from_prim(*prim);
    let top_m = here.extents.in_world(*prim).map_or_else(
        || here.extents.place_m(*prim),
        |bounds| bounds.center().with_y(bounds.max.y),
    );
    let prim_from_world = world_from_prim.inverse();
    let (point, normal) = if prim_from_world.is_finite() {
        (
            prim_from_world.transform_point3(top_m),
            prim_from_world.transform_vector3(DVec3::Y).normalize_or(DVec3::Y),
        )
    } else {
        (DVec3::ZERO, DVec3::Y)
    };
    Ok(Operation::CreateAnnotation(Box::new(NewAnnotation {
        anchor: Anchor {
            prim: path.clone(),
            point_in_prim: point.to_array(),
            normal_in_prim: normal.as_vec3().to_array(),
        },
        text: note(text)?,
        markup: Markup::Text,
    })))
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
