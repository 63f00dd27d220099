//! Undo: the operation of the same sender that takes an earlier one back, and whether it still may.
//!
//! An undo is an ordinary operation with an ordinary check. What someone else has written since is left alone.

use super::{Fate, RoomState};
use crate::{
    ids::{AnnotationId, OperationId, Seq, ViewpointId},
    operation::{AnnotationEdit, Operation},
    refusal::Refusal,
};

/// How an operation of one's own can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Inverse {
    /// What takes it back.
    pub operation: Operation,
    /// The entry of the operation that is taken back.
    pub undoes: Seq,
    /// The entry that had written there before, when it is known: the undo writes what that one wrote.
    pub restores: Option<Seq>,
}

impl RoomState {
    /// What would take `operation` back, asked before it is done as entry `seq`. `None` for what cannot be taken back
    /// (a message that was said) and for what is one action to set again (selection, following).
    #[must_use]
    pub fn inverse(&self, id: OperationId, operation: &Operation, seq: Seq) -> Option<Inverse> {
        let back = match operation {
            Operation::CreateAnnotation(_) => Operation::DeleteAnnotation {
                annotation: AnnotationId(id),
            },
            Operation::DeleteAnnotation { annotation } => Operation::RestoreAnnotation {
                annotation: *annotation,
            },
            Operation::RestoreAnnotation { annotation } => Operation::DeleteAnnotation {
                annotation: *annotation,
            },
            Operation::EditAnnotation { annotation, edit } => {
                let it = self.annotation(*annotation)?;
                let edit = match edit {
                    AnnotationEdit::Text(_) => AnnotationEdit::Text(it.text.value.clone()),
                    AnnotationEdit::Anchor(_) => AnnotationEdit::Anchor(it.anchor.value.clone()),
                    AnnotationEdit::Markup(_) => AnnotationEdit::Markup(it.markup.value.clone()),
                };
                Operation::EditAnnotation {
                    annotation: *annotation,
                    edit,
                }
            }
            Operation::ResolveAnnotation { annotation, .. } => Operation::ResolveAnnotation {
                annotation: *annotation,
                status: self.annotation(*annotation)?.status.value,
            },
            Operation::AssignAnnotation { annotation, .. } => Operation::AssignAnnotation {
                annotation: *annotation,
                assignee: self.annotation(*annotation)?.assignee.value,
            },
            Operation::SaveViewpoint { .. } => Operation::DeleteViewpoint {
                viewpoint: ViewpointId(id),
            },
            Operation::DeleteViewpoint { viewpoint } => {
                let it = self.viewpoints.get(viewpoint)?;
                Operation::SaveViewpoint {
                    name: it.name.clone(),
                    view: Box::new(it.view.clone()),
                }
            }
            Operation::SetSection(_) => Operation::SetSection(self.section.value.clone()),
            Operation::SetIsolation { .. } => Operation::SetIsolation {
                prims: self.isolation.value.clone(),
            },
            Operation::SetTimeline(_) => Operation::SetTimeline(self.timeline.value.clone()),
            Operation::SetRole { whom, .. } => Operation::SetRole {
                whom: *whom,
                role: self.person(*whom)?.role,
            },
            Operation::Remove { whom } => Operation::Readmit { whom: *whom },
            Operation::Present { on } => Operation::Present { on: !on },
            Operation::Select { .. }
            | Operation::ReplyToAnnotation { .. }
            | Operation::Follow { .. }
            | Operation::BringEveryone { .. }
            | Operation::Chat { .. }
            | Operation::Readmit { .. }
            | Operation::Leave
            | Operation::EndSession
            | Operation::OpenPlant(_)
            | Operation::AdoptPlant => return None,
        };
        Some(Inverse {
            restores: self.last_write(&back),
            operation: back,
            undoes: seq,
        })
    }

    /// Whether what `inverse` takes back is still as its sender left it.
    ///
    /// # Errors
    /// [`Refusal::ChangedSince`] when someone has written there since.
    pub fn check_undo(&self, inverse: &Inverse) -> Result<(), Refusal> {
        let others_replied = match &inverse.operation {
            Operation::DeleteAnnotation { annotation } => self.annotation(*annotation).is_some_and(|it| {
                let mut replies = it.replies.iter();
                replies.any(|reply| reply.by != it.author)
            }),
            _ => false,
        };
        let is_gone = matches!(self.last_write(&inverse.operation), Some(seq) if seq != inverse.undoes);
        if others_replied || is_gone || self.is_target_missing(&inverse.operation) {
            return Err(Refusal::ChangedSince);
        }
        Ok(())
    }

    /// The entry that wrote last what `operation` would write, where entries are kept for it.
    fn last_write(&self, operation: &Operation) -> Option<Seq> {
        match operation {
            Operation::EditAnnotation { annotation, edit } => {
                self.annotation(*annotation).map(|it| match edit {
                    AnnotationEdit::Text(_) => it.text.seq,
                    AnnotationEdit::Anchor(_) => it.anchor.seq,
                    AnnotationEdit::Markup(_) => it.markup.seq,
                })
            }
            Operation::ResolveAnnotation { annotation, .. } => {
                self.annotation(*annotation).map(|it| it.status.seq)
            }
            Operation::AssignAnnotation { annotation, .. } => {
                self.annotation(*annotation).map(|it| it.assignee.seq)
            }
            Operation::DeleteAnnotation { annotation } | Operation::RestoreAnnotation { annotation } => {
                self.annotations.get(annotation).map(|it| it.is_deleted.seq)
            }
            Operation::DeleteViewpoint { viewpoint } => self.viewpoints.get(viewpoint).map(|it| it.seq),
            Operation::SetSection(_) => Some(self.section.seq),
            Operation::SetIsolation { .. } => Some(self.isolation.seq),
            Operation::SetTimeline(_) => Some(self.timeline.seq),
            _ => None,
        }
    }

    /// Whether `operation` is about something that is not there any more.
    fn is_target_missing(&self, operation: &Operation) -> bool {
        match operation {
            Operation::EditAnnotation { annotation, .. }
            | Operation::ResolveAnnotation { annotation, .. }
            | Operation::AssignAnnotation { annotation, .. }
            | Operation::DeleteAnnotation { annotation } => self.annotation(*annotation).is_none(),
            Operation::RestoreAnnotation { annotation } => !self.annotations.contains_key(annotation),
            Operation::DeleteViewpoint { viewpoint } => !self.viewpoints.contains_key(viewpoint),
            _ => false,
        }
    }

    /// What became of an operation of someone.
    #[must_use]
    pub fn fate(&self, id: OperationId) -> Fate {
        self.person(id.by)
            .map_or(Fate::New, |person| person.taken.fate(id.number))
    }
}
