//! Whether an operation is allowed in a state: role, ownership, limits, and that its values are sound.

use gemba_model::PrimPath;

use super::{
    Annotation, MAX_ANNOTATION_BYTES, MAX_ANNOTATIONS, MAX_REPLIES, MAX_VIEWPOINTS, Participant, RoomState,
    weight_bytes,
};
use crate::{
    bounded::Text,
    ids::{AnnotationId, ParticipantId},
    operation::{
        Anchor, AnnotationEdit, Camera, MAX_PRIM_PATH_BYTES, Markup, NewAnnotation, Note, Operation,
        OperationKind, Section, TimelineCursor, ViewState,
    },
    refusal::{Limited, Refusal},
    role::Role,
};

/// How far from 1 the length of a direction may be.
const UNIT_TOLERANCE: f32 = 1e-3;

impl RoomState {
    /// Whether `by` may do `operation` now.
    ///
    /// # Errors
    /// The [`Refusal`] that the sender is told.
    pub fn check(&self, by: ParticipantId, operation: &Operation) -> Result<(), Refusal> {
        let kind = operation.kind();
        let person = self.person(by).filter(|person| person.is_present);
        let person = person.ok_or(Refusal::NotJoined)?;
        if !person.role.may(kind) {
            return Err(Refusal::Role {
                role: person.role,
                kind,
            });
        }
        match operation {
            Operation::Select { prims } | Operation::SetIsolation { prims } => paths(prims),
            Operation::CreateAnnotation(new) => self.check_new(new),
            Operation::EditAnnotation { annotation, edit } => self.check_edit(by, person, *annotation, edit),
            Operation::ReplyToAnnotation { annotation, text } => self.check_reply(*annotation, text),
            Operation::ResolveAnnotation { annotation, status } => {
                changes(self.live(*annotation)?.status.value != *status)
            }
            Operation::AssignAnnotation { annotation, assignee } => {
                assignee.map_or(Ok(()), |who| self.known(who))?;
                changes(self.live(*annotation)?.assignee.value != *assignee)
            }
            Operation::DeleteAnnotation { annotation } => {
                owned(self.live(*annotation)?.author, by, person, kind)
            }
            Operation::RestoreAnnotation { annotation } => self.check_restore(by, person, *annotation),
            Operation::SaveViewpoint { name, view } => {
                said(name.as_str(), "the viewpoint has no name; give it one")?;
                below(self.viewpoints.len(), MAX_VIEWPOINTS, Limited::Viewpoints)?;
                view_state(view)
            }
            Operation::DeleteViewpoint { viewpoint } => {
                let found = self.viewpoints.get(viewpoint);
                let found = found.ok_or(Refusal::NoViewpoint(*viewpoint))?;
                owned(found.author, by, person, kind)
            }
            Operation::SetSection(new) => section(new),
            Operation::SetTimeline(cursor) => timeline(cursor),
            Operation::Follow { whom: Some(whom) } => self.other_present(*whom, by, kind),
            Operation::Follow { whom: None } => changes(person.following.is_some()),
            Operation::BringEveryone { camera: to } => camera(to),
            Operation::Present { on } => changes((self.presenter == Some(by)) != *on),
            Operation::Chat { text, prims } => {
                said(text.as_str(), "the message is empty; write something")?;
                paths(prims)
            }
            Operation::SetRole { whom, role } => self.check_role(*whom, *role),
            Operation::Remove { whom } => self.check_remove(*whom, by, kind),
            Operation::Readmit { whom } => {
                let whom = self.person(*whom).ok_or(Refusal::NoParticipant(*whom))?;
                changes(whom.is_removed)
            }
            Operation::OpenPlant(mark) => {
                said(mark.name.as_str(), "the plant has no name; give it its file's")?;
                mark.prim.as_ref().map_or(Ok(()), path)?;
                changes(self.plants.get(&by).is_none_or(|known| **known != **mark))
            }
            Operation::AdoptPlant => changes(self.other_plant(by).is_some()),
            Operation::Leave | Operation::EndSession => Ok(()),
        }
    }

    fn live(&self, id: AnnotationId) -> Result<&Annotation, Refusal> {
        self.annotation(id).ok_or(Refusal::NoAnnotation(id))
    }

    fn known(&self, who: ParticipantId) -> Result<(), Refusal> {
        let person = self.person(who).filter(|person| !person.is_removed);
        person.map(|_| ()).ok_or(Refusal::NoParticipant(who))
    }

    fn other_present(
        &self,
        whom: ParticipantId,
        by: ParticipantId,
        kind: OperationKind,
    ) -> Result<(), Refusal> {
        if whom == by {
            return Err(Refusal::Oneself { kind });
        }
        let person = self.person(whom).filter(|person| person.is_present);
        person.map(|_| ()).ok_or(Refusal::NoParticipant(whom))
    }

    fn check_new(&self, new: &NewAnnotation) -> Result<(), Refusal> {
        below(self.annotations.len(), MAX_ANNOTATIONS, Limited::Annotations)?;
        anchor(&new.anchor)?;
        markup(&new.markup)?;
        if matches!(new.markup, Markup::Text) {
            said(new.text.as_str(), "the note is empty; write something")?;
        }
        self.room_for(0, weight_bytes(&new.text, &new.anchor, &new.markup))
    }

    fn check_edit(
        &self,
        by: ParticipantId,
        person: &Participant,
        id: AnnotationId,
        edit: &AnnotationEdit,
    ) -> Result<(), Refusal> {
        let annotation = self.live(id)?;
        owned(annotation.author, by, person, OperationKind::EditAnnotation)?;
        let (text, place, drawn) = (
            &annotation.text.value,
            &annotation.anchor.value,
            &annotation.markup.value,
        );
        let before = weight_bytes(text, place, drawn);
        let after = match edit {
            AnnotationEdit::Text(text) => {
                if matches!(drawn, Markup::Text) {
                    said(text.as_str(), "the note is empty; write something or delete it")?;
                }
                weight_bytes(text, place, drawn)
            }
            AnnotationEdit::Anchor(place) => {
                anchor(place)?;
                weight_bytes(text, place, drawn)
            }
            AnnotationEdit::Markup(drawn) => {
                markup(drawn)?;
                weight_bytes(text, place, drawn)
            }
        };
        self.room_for(before, after)
    }

    fn check_reply(&self, id: AnnotationId, text: &Note) -> Result<(), Refusal> {
        let annotation = self.live(id)?;
        said(text.as_str(), "the reply is empty; write something")?;
        below(annotation.replies.len(), MAX_REPLIES, Limited::Replies)?;
        self.room_for(0, text.as_str().len() as u64 + 32)
    }

    fn check_restore(
        &self,
        by: ParticipantId,
        person: &Participant,
        id: AnnotationId,
    ) -> Result<(), Refusal> {
        let annotation = self.annotations.get(&id).ok_or(Refusal::NoAnnotation(id))?;
        changes(annotation.is_deleted.value)?;
        owned(annotation.author, by, person, OperationKind::RestoreAnnotation)
    }

    fn room_for(&self, before: u64, after: u64) -> Result<(), Refusal> {
        let held = self.annotation_bytes.saturating_sub(before).saturating_add(after);
        if after > before && held > MAX_ANNOTATION_BYTES {
            return Err(Refusal::Full {
                what: Limited::Bytes,
                limit: MAX_ANNOTATION_BYTES,
            });
        }
        Ok(())
    }

    fn check_role(&self, whom: ParticipantId, role: Role) -> Result<(), Refusal> {
        self.known(whom)?;
        let old = self.person(whom).map(|person| person.role);
        changes(old != Some(role))?;
        let mut hosts = self
            .people
            .iter()
            .filter(|(_, person)| person.role == Role::Host && !person.is_removed);
        if old == Some(Role::Host) && !hosts.any(|(who, _)| *who != whom) {
            return Err(Refusal::LastHost);
        }
        Ok(())
    }

    fn check_remove(
        &self,
        whom: ParticipantId,
        by: ParticipantId,
        kind: OperationKind,
    ) -> Result<(), Refusal> {
        if whom == by {
            return Err(Refusal::Oneself { kind });
        }
        self.known(whom)
    }
}

fn owned(
    author: ParticipantId,
    by: ParticipantId,
    person: &Participant,
    kind: OperationKind,
) -> Result<(), Refusal> {
    if author != by && !person.role.may_change_others_work() {
        return Err(Refusal::NotYours { kind });
    }
    Ok(())
}

fn changes(does: bool) -> Result<(), Refusal> {
    if does { Ok(()) } else { Err(Refusal::NoChange) }
}

fn malformed(what: &str) -> Refusal {
    Refusal::Malformed {
        what: Text::cut(what),
    }
}

fn said(text: &str, otherwise: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(malformed(otherwise));
    }
    Ok(())
}

fn below(count: usize, limit: usize, what: Limited) -> Result<(), Refusal> {
    if count >= limit {
        return Err(Refusal::Full {
            what,
            limit: limit as u64,
        });
    }
    Ok(())
}

fn paths(prims: &[PrimPath]) -> Result<(), Refusal> {
    prims.iter().try_for_each(path)
}

fn path(prim: &PrimPath) -> Result<(), Refusal> {
    if prim.as_str().len() > MAX_PRIM_PATH_BYTES {
        return Err(malformed(
            "a prim path has more than 1024 bytes; choose a prim higher up",
        ));
    }
    Ok(())
}

fn finite(numbers: &[f64]) -> Result<(), Refusal> {
    if numbers.iter().all(|number| number.is_finite()) {
        return Ok(());
    }
    Err(Refusal::NotFinite)
}

fn finite_f32(numbers: &[f32]) -> Result<(), Refusal> {
    if numbers.iter().all(|number| number.is_finite()) {
        return Ok(());
    }
    Err(Refusal::NotFinite)
}

fn anchor(anchor: &Anchor) -> Result<(), Refusal> {
    path(&anchor.prim)?;
    finite(&anchor.point_in_prim)?;
    finite_f32(&anchor.normal_in_prim)
}

fn markup(markup: &Markup) -> Result<(), Refusal> {
    match markup {
        Markup::Text => Ok(()),
        Markup::Arrow { from_in_prim } => finite(from_in_prim),
        Markup::Stroke {
            points_from_anchor,
            width_m,
        } => {
            if points_from_anchor.len() < 2 {
                return Err(malformed("a stroke has fewer than two points; draw a longer one"));
            }
            finite_f32(&[*width_m])?;
            points_from_anchor.iter().try_for_each(|point| finite_f32(point))
        }
        Markup::Screenshot { image, camera: from } => {
            let is_picture = image.starts_with(b"\x89PNG\r\n\x1a\n") || image.starts_with(b"\xff\xd8\xff");
            if !is_picture {
                return Err(malformed("the screenshot is neither PNG nor JPEG; take it again"));
            }
            camera(from)
        }
    }
}

fn camera(camera: &Camera) -> Result<(), Refusal> {
    finite(&camera.eye_m)?;
    finite(&camera.target_m)?;
    finite_f32(&[camera.fov_y_rad])
}

fn section(section: &Section) -> Result<(), Refusal> {
    section.planes.iter().try_for_each(|plane| {
        finite(&[plane.offset_m])?;
        finite_f32(&plane.normal)?;
        let length = plane.normal.iter().map(|part| part * part).sum::<f32>().sqrt();
        if (length - 1.0).abs() > UNIT_TOLERANCE {
            return Err(malformed(
                "a section plane's normal is not of length 1; place it again",
            ));
        }
        Ok(())
    })
}

fn timeline(cursor: &TimelineCursor) -> Result<(), Refusal> {
    match cursor {
        TimelineCursor::Live => Ok(()),
        TimelineCursor::Past { speed, .. } | TimelineCursor::Scenario { speed, .. } => finite_f32(&[*speed]),
    }
}

fn view_state(view: &ViewState) -> Result<(), Refusal> {
    camera(&view.camera)?;
    section(&view.section)?;
    paths(&view.isolation)?;
    timeline(&view.timeline)
}
