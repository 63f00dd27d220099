//! Doing entries: the only code that changes a room's state.

use std::sync::Arc;

use gemba_model::UnixNanos;
use thiserror::Error;

use super::{
    Annotation, ChatLine, Field, Gathering, MAX_CHAT_LINES, MAX_DELETED, MAX_PEOPLE, Participant, Reply,
    RoomState, Taken, Viewpoint,
};
use crate::{
    ids::{AnnotationId, ClientKey, OperationId, ParticipantId, Seq, ViewpointId},
    operation::{AnnotationEdit, Change, Entry, Leaving, Name, NewAnnotation, Operation, Prims, Status},
    refusal::Refusal,
    role::Role,
};

/// Colours that are given out in turn.
const COLOURS: u32 = 16;

/// Why an entry does not follow the state: it was lost or damaged on the way. The state is as before.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ApplyError {
    /// Entries are missing between.
    #[error("entry {found} came where {expected} was due")]
    Gap {
        /// What was due.
        expected: Seq,
        /// What came.
        found: Seq,
    },
    /// It was done already.
    #[error("entry {found} came a second time")]
    Old {
        /// What came.
        found: Seq,
    },
    /// No room would have taken it.
    #[error("entry {seq} cannot be in this room's log")]
    Refused {
        /// Which.
        seq: Seq,
        /// Why not.
        source: Refusal,
    },
}

impl RoomState {
    /// Does an entry.
    ///
    /// # Errors
    /// [`ApplyError`] when it is not the one that follows.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        let expected = self.seq.next();
        if entry.seq < expected {
            return Err(ApplyError::Old { found: entry.seq });
        }
        if entry.seq > expected {
            return Err(ApplyError::Gap {
                expected,
                found: entry.seq,
            });
        }
        let refused = |source| ApplyError::Refused {
            seq: entry.seq,
            source,
        };
        match &entry.change {
            Change::Joined { who, key, name, role } => {
                self.join(*who, *key, name, *role).map_err(refused)?;
            }
            Change::Left { who, why } => self.leave(*who, *why).map_err(refused)?,
            Change::Did { id, operation } => {
                self.check(id.by, operation).map_err(refused)?;
                self.act(*id, operation, entry.room_time, entry.seq);
                self.with_person(id.by, |person| person.taken.take(id.number));
            }
        }
        self.seq = entry.seq;
        self.room_time = entry.room_time;
        Ok(())
    }

    /// Does an operation ahead of the room: a guess at what its entry will do. The place in the order is not known
    /// yet, so the next one stands in for it.
    ///
    /// # Errors
    /// The [`Refusal`] that is to be expected from the room.
    pub fn predict(
        &mut self,
        id: OperationId,
        operation: &Operation,
        room_time: UnixNanos,
    ) -> Result<(), Refusal> {
        self.check(id.by, operation)?;
        self.act(id, operation, room_time, self.seq.next());
        Ok(())
    }

    fn join(&mut self, who: ParticipantId, key: ClientKey, name: &Name, role: Role) -> Result<(), Refusal> {
        let is_stranger = !self.people.contains_key(&who);
        let no_room = self.people.len() >= MAX_PEOPLE || who != self.next_participant();
        if is_stranger && no_room {
            return Err(Refusal::NoParticipant(who));
        }
        let person = self.people.entry(who).or_insert_with(|| {
            Arc::new(Participant {
                key,
                name: name.clone(),
                role,
                has_given_role: false,
                colour: u8::try_from(who.0 % COLOURS).unwrap_or_default(),
                is_present: false,
                is_removed: false,
                selection: Prims::default(),
                following: None,
                taken: Taken::default(),
            })
        });
        if person.key != key || person.is_removed || person.is_present {
            return Err(Refusal::NoParticipant(who));
        }
        let person = Arc::make_mut(person);
        person.is_present = true;
        person.name = name.clone();
        if !person.has_given_role {
            person.role = role;
        }
        if self.person(who).is_some_and(|person| person.role == Role::Host) {
            self.is_ended = false;
        }
        Ok(())
    }

    fn leave(&mut self, who: ParticipantId, _: Leaving) -> Result<(), Refusal> {
        if !self.person(who).is_some_and(|person| person.is_present) {
            return Err(Refusal::NoParticipant(who));
        }
        self.go(who);
        Ok(())
    }

    /// `who` is no longer here: nobody follows them, they present nothing and have nothing selected.
    fn go(&mut self, who: ParticipantId) {
        self.with_person(who, |person| {
            person.is_present = false;
            person.following = None;
            person.selection = Prims::default();
        });
        let followers: Vec<ParticipantId> = self
            .people
            .iter()
            .filter(|(_, person)| person.following == Some(who))
            .map(|(follower, _)| *follower)
            .collect();
        for follower in followers {
            self.with_person(follower, |person| person.following = None);
        }
        if self.presenter == Some(who) {
            self.presenter = None;
        }
    }

    fn with_person(&mut self, who: ParticipantId, change: impl FnOnce(&mut Participant)) {
        if let Some(person) = self.people.get_mut(&who) {
            change(Arc::make_mut(person));
        }
    }

    fn with_annotation(&mut self, id: AnnotationId, change: impl FnOnce(&mut Annotation)) {
        if let Some(annotation) = self.annotations.get_mut(&id) {
            let before = annotation.weight_bytes();
            change(Arc::make_mut(annotation));
            let after = annotation.weight_bytes();
            self.annotation_bytes = self.annotation_bytes.saturating_sub(before).saturating_add(after);
        }
    }

    /// Does a checked operation.
    fn act(&mut self, id: OperationId, operation: &Operation, at: UnixNanos, seq: Seq) {
        let by = id.by;
        match operation {
            Operation::CreateAnnotation(_)
            | Operation::EditAnnotation { .. }
            | Operation::ReplyToAnnotation { .. }
            | Operation::ResolveAnnotation { .. }
            | Operation::AssignAnnotation { .. }
            | Operation::DeleteAnnotation { .. }
            | Operation::RestoreAnnotation { .. } => self.act_on_annotation(id, operation, at, seq),
            Operation::Select { prims } => self.with_person(by, |person| person.selection = prims.clone()),
            Operation::SaveViewpoint { name, view } => {
                let viewpoint = Viewpoint {
                    author: by,
                    created: at,
                    name: name.clone(),
                    view: (**view).clone(),
                    seq,
                };
                self.viewpoints.insert(ViewpointId(id), Arc::new(viewpoint));
            }
            Operation::DeleteViewpoint { viewpoint } => {
                self.viewpoints.remove(viewpoint);
            }
            Operation::SetSection(section) => self.section = Field::new(section.clone(), by, seq),
            Operation::SetIsolation { prims } => self.isolation = Field::new(prims.clone(), by, seq),
            Operation::SetTimeline(cursor) => self.timeline = Field::new(cursor.clone(), by, seq),
            Operation::Follow { whom } => self.with_person(by, |person| person.following = *whom),
            Operation::BringEveryone { camera } => {
                self.gathering = Some(Gathering {
                    by,
                    camera: *camera,
                    seq,
                });
            }
            Operation::Present { on } => self.presenter = on.then_some(by),
            Operation::Chat { text, prims } => {
                if self.chat.len() >= MAX_CHAT_LINES {
                    self.chat.pop_front();
                }
                self.chat.push_back(Arc::new(ChatLine {
                    seq,
                    by,
                    at,
                    text: text.clone(),
                    prims: prims.clone(),
                }));
            }
            Operation::SetRole { whom, role } => self.give_role(*whom, *role),
            Operation::Remove { whom } => {
                self.go(*whom);
                self.with_person(*whom, |person| person.is_removed = true);
            }
            Operation::Readmit { whom } => self.with_person(*whom, |person| person.is_removed = false),
            Operation::Leave => self.go(by),
            Operation::EndSession => {
                let present: Vec<ParticipantId> = self.present().map(|(who, _)| who).collect();
                for who in present {
                    self.go(who);
                }
                self.is_ended = true;
            }
            Operation::OpenPlant(mark) => {
                let mark = Arc::new((**mark).clone());
                if self.plant.value.is_none() {
                    self.plant = Field::new(Some(Arc::clone(&mark)), by, seq);
                }
                self.plants.insert(by, mark);
            }
            Operation::AdoptPlant => self.plant = Field::new(self.plants.get(&by).cloned(), by, seq),
        }
    }

    fn give_role(&mut self, whom: ParticipantId, role: Role) {
        self.with_person(whom, |person| {
            person.role = role;
            person.has_given_role = true;
        });
        let may_present = role.may(crate::operation::OperationKind::Present);
        if self.presenter == Some(whom) && !may_present {
            self.presenter = None;
        }
    }

    fn act_on_annotation(&mut self, id: OperationId, operation: &Operation, at: UnixNanos, seq: Seq) {
        let by = id.by;
        match operation {
            Operation::CreateAnnotation(new) => self.create(id, new, at, seq),
            Operation::EditAnnotation { annotation, edit } => {
                self.with_annotation(*annotation, |it| match edit {
                    AnnotationEdit::Text(text) => it.text = Field::new(text.clone(), by, seq),
                    AnnotationEdit::Anchor(anchor) => it.anchor = Field::new(anchor.clone(), by, seq),
                    AnnotationEdit::Markup(markup) => it.markup = Field::new(markup.clone(), by, seq),
                });
            }
            Operation::ReplyToAnnotation { annotation, text } => self.with_annotation(*annotation, |it| {
                it.replies.push(Reply {
                    by,
                    at,
                    text: text.clone(),
                });
            }),
            Operation::ResolveAnnotation { annotation, status } => {
                self.with_annotation(*annotation, |it| it.status = Field::new(*status, by, seq));
            }
            Operation::AssignAnnotation { annotation, assignee } => {
                self.with_annotation(*annotation, |it| it.assignee = Field::new(*assignee, by, seq));
            }
            Operation::DeleteAnnotation { annotation } => {
                self.with_annotation(*annotation, |it| it.is_deleted = Field::new(true, by, seq));
                self.forget_longest_deleted();
            }
            Operation::RestoreAnnotation { annotation } => {
                self.with_annotation(*annotation, |it| it.is_deleted = Field::new(false, by, seq));
            }
            _ => {}
        }
    }

    fn create(&mut self, id: OperationId, new: &NewAnnotation, at: UnixNanos, seq: Seq) {
        let by = id.by;
        let annotation = Annotation {
            author: by,
            created: at,
            text: Field::new(new.text.clone(), by, seq),
            anchor: Field::new(new.anchor.clone(), by, seq),
            markup: Field::new(new.markup.clone(), by, seq),
            status: Field::new(Status::Open, by, seq),
            assignee: Field::new(None, by, seq),
            is_deleted: Field::new(false, by, seq),
            replies: Vec::new(),
        };
        self.annotation_bytes = self.annotation_bytes.saturating_add(annotation.weight_bytes());
        self.annotations.insert(AnnotationId(id), Arc::new(annotation));
    }

    fn forget_longest_deleted(&mut self) {
        let deleted = self.annotations.iter().filter(|(_, it)| it.is_deleted.value);
        let (mut count, mut longest) = (0, None);
        for (id, it) in deleted {
            count += 1;
            longest = longest
                .min(Some((it.is_deleted.seq, *id)))
                .or(Some((it.is_deleted.seq, *id)));
        }
        if let Some((_, id)) = longest.filter(|_| count > MAX_DELETED)
            && let Some(gone) = self.annotations.remove(&id)
        {
            self.annotation_bytes = self.annotation_bytes.saturating_sub(gone.weight_bytes());
        }
    }
}
