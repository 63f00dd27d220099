//! What a room holds: the value that the authority and every replica compute from the same entries.
//!
//! [`RoomState::check`] says whether an operation is allowed here and now, [`RoomState::apply`] does an entry. Both are
//! functions of the state and their arguments alone, so that the room and all its replicas agree; limits are constants
//! of the protocol for the same reason. Maps hold `Arc`s: a copy for prediction or a snapshot shares everything.

mod apply;
mod check;
mod inverse;
mod stored;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use gemba_model::UnixNanos;
use serde::{Deserialize, Serialize};

pub use apply::ApplyError;
pub use inverse::Inverse;

use crate::{
    bounded::Text,
    ids::{AnnotationId, ClientKey, HistoryId, OperationNumber, ParticipantId, Seq, ViewpointId},
    operation::{
        Anchor, Camera, MAX_CHAT_BYTES, Markup, Name, Note, Prims, Section, Status, TimelineCursor, ViewState,
    },
    plant::PlantMark,
    role::Role,
};

/// The most people that a room remembers.
pub const MAX_PEOPLE: usize = 4_096;
/// The most annotations in a room, deleted ones that can be restored included.
pub const MAX_ANNOTATIONS: usize = 20_000;
/// The most deleted annotations that can be restored; the longest deleted go first.
pub const MAX_DELETED: usize = 500;
/// The most replies to one annotation.
pub const MAX_REPLIES: usize = 200;
/// The most saved viewpoints.
pub const MAX_VIEWPOINTS: usize = 500;
/// The most bytes that annotations hold together.
pub const MAX_ANNOTATION_BYTES: u64 = 64 << 20;
/// Chat messages that a room remembers.
pub const MAX_CHAT_LINES: usize = 500;
/// The most operations of one participant that may wait for an answer.
pub const MAX_IN_FLIGHT: usize = 64;

/// Everything that lasts in a room, after the entry [`RoomState::seq`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoomState {
    /// The life of the log that this is a state of.
    pub history: HistoryId,
    /// The last entry that is in it.
    pub seq: Seq,
    /// The room's clock at that entry.
    pub room_time: UnixNanos,
    /// Everyone who ever joined.
    pub people: BTreeMap<ParticipantId, Arc<Participant>>,
    /// Annotations, those included that are deleted and can be restored.
    pub annotations: BTreeMap<AnnotationId, Arc<Annotation>>,
    /// Bytes that the annotations hold, as far as limits count them.
    pub annotation_bytes: u64,
    /// Saved viewpoints.
    pub viewpoints: BTreeMap<ViewpointId, Arc<Viewpoint>>,
    /// The shared cut through the plant.
    pub section: Field<Section>,
    /// The shared isolation: the prims that stay visible, none for all.
    pub isolation: Field<Prims>,
    /// The shared timeline.
    pub timeline: Field<TimelineCursor>,
    /// Who presents.
    pub presenter: Option<ParticipantId>,
    /// The last time that someone brought everyone somewhere.
    pub gathering: Option<Gathering>,
    /// The newest chat messages, oldest first.
    pub chat: VecDeque<Arc<ChatLine>>,
    /// Whether a host ended the session and none came back since.
    pub is_ended: bool,
    /// What plant the room is about: the first that anyone had open, or the one that a host chose since.
    pub plant: Field<Option<Arc<PlantMark>>>,
    /// Which plant each person has, or had last, open.
    pub plants: BTreeMap<ParticipantId, Arc<PlantMark>>,
}

/// A value with its last writer: the room's order decides which write is the last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Field<T> {
    /// The value.
    pub value: T,
    /// Who wrote it; `None` while nobody has.
    pub by: Option<ParticipantId>,
    /// The entry that wrote it.
    pub seq: Seq,
}

impl<T> Field<T> {
    fn new(value: T, by: ParticipantId, seq: Seq) -> Self {
        Self {
            value,
            by: Some(by),
            seq,
        }
    }
}

/// A person that the room knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// How the room knows the client again.
    pub key: ClientKey,
    /// The name that others see; unlike every other in the room.
    pub name: Name,
    /// What the person may do.
    pub role: Role,
    /// Whether a host gave the role: then it outlasts the token's.
    pub has_given_role: bool,
    /// Which colour of the viewer's palette is theirs.
    pub colour: u8,
    /// Whether the person is connected.
    pub is_present: bool,
    /// Whether a host removed the person.
    pub is_removed: bool,
    /// What the person has selected.
    pub selection: Prims,
    /// Whose eyes the person sees with.
    pub following: Option<ParticipantId>,
    /// Which of the person's operations the room has taken.
    pub taken: Taken,
}

/// An annotation as the room holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Who made it.
    pub author: ParticipantId,
    /// When, by the room's clock.
    pub created: UnixNanos,
    /// What it says.
    pub text: Field<Note>,
    /// What it hangs on.
    pub anchor: Field<Anchor>,
    /// What it draws.
    pub markup: Field<Markup>,
    /// Where it stands.
    pub status: Field<Status>,
    /// Whose it is to settle.
    pub assignee: Field<Option<ParticipantId>>,
    /// Whether it is deleted; it can be restored while it is here.
    pub is_deleted: Field<bool>,
    /// What was answered, in order.
    pub replies: Vec<Reply>,
}

/// An answer in an annotation's thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// Whose.
    pub by: ParticipantId,
    /// When, by the room's clock.
    pub at: UnixNanos,
    /// What.
    pub text: Note,
}

/// A saved viewpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewpoint {
    /// Who saved it.
    pub author: ParticipantId,
    /// When, by the room's clock.
    pub created: UnixNanos,
    /// Its name.
    pub name: Name,
    /// What it shows.
    pub view: ViewState,
    /// The entry that made it.
    pub seq: Seq,
}

/// Someone brings everyone somewhere. A new `seq` is a new call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gathering {
    /// Who.
    pub by: ParticipantId,
    /// Where to.
    pub camera: Camera,
    /// The entry that did it.
    pub seq: Seq,
}

/// A chat message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatLine {
    /// The entry that said it.
    pub seq: Seq,
    /// Whose.
    pub by: ParticipantId,
    /// When, by the room's clock.
    pub at: UnixNanos,
    /// What.
    pub text: Text<MAX_CHAT_BYTES>,
    /// Prims that the text links to.
    pub prims: Prims,
}

/// Which operations of a participant the room has taken: the highest number, and which of the 64 up to it. As wide as
/// [`MAX_IN_FLIGHT`], so a client that comes back learns of each of its waiting operations what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    highest: OperationNumber,
    /// Bit `n` stands for `highest - n`.
    window: u64,
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The room has not judged it.
    New,
    /// It is in the log.
    Taken,
    /// A later one is in the log and this one is not: it was refused.
    Refused,
}

impl Taken {
    /// The highest number taken.
    #[must_use]
    pub fn highest(&self) -> OperationNumber {
        self.highest
    }

    /// What became of operation `number`. Numbers further back than the window count as taken: no client waits for them.
    #[must_use]
    pub fn fate(&self, number: OperationNumber) -> Fate {
        match self.highest.0.checked_sub(number.0) {
            None => Fate::New,
            Some(back) if back < 64 && self.window & (1 << back) == 0 => Fate::Refused,
            Some(_) => Fate::Taken,
        }
    }

    fn take(&mut self, number: OperationNumber) {
        let Some(ahead) = number.0.checked_sub(self.highest.0) else {
            return;
        };
        self.window = if ahead < 64 { self.window << ahead | 1 } else { 1 };
        self.highest = number;
    }
}

impl Annotation {
    /// Bytes that limits count.
    fn weight_bytes(&self) -> u64 {
        let replies: usize = self
            .replies
            .iter()
            .map(|reply| reply.text.as_str().len() + 32)
            .sum();
        weight_bytes(&self.text.value, &self.anchor.value, &self.markup.value) + replies as u64
    }
}

/// Bytes of an annotation without replies, as limits count them.
fn weight_bytes(text: &Note, anchor: &Anchor, markup: &Markup) -> u64 {
    let drawn = match markup {
        Markup::Text => 0,
        Markup::Arrow { .. } => 24,
        Markup::Stroke {
            points_from_anchor, ..
        } => points_from_anchor.len() * 12,
        Markup::Screenshot { image, .. } => image.len(),
    };
    (200 + text.as_str().len() + anchor.prim.as_str().len() + drawn) as u64
}

impl RoomState {
    /// An empty room with a history of its own.
    #[must_use]
    pub fn new(history: HistoryId) -> Self {
        Self {
            history,
            ..Self::default()
        }
    }

    /// The participant, when the room knows one of that number.
    #[must_use]
    pub fn person(&self, who: ParticipantId) -> Option<&Participant> {
        self.people.get(&who).map(|person| &**person)
    }

    /// The participant of that client.
    #[must_use]
    pub fn person_of_key(&self, key: ClientKey) -> Option<(ParticipantId, &Participant)> {
        let found = self.people.iter().find(|(_, person)| person.key == key);
        found.map(|(who, person)| (*who, &**person))
    }

    /// Those who are connected.
    pub fn present(&self) -> impl Iterator<Item = (ParticipantId, &Participant)> {
        let people = self.people.iter().map(|(who, person)| (*who, &**person));
        people.filter(|(_, person)| person.is_present)
    }

    /// The annotation, when it is there and not deleted.
    #[must_use]
    pub fn annotation(&self, id: AnnotationId) -> Option<&Annotation> {
        let annotation = self.annotations.get(&id)?;
        (!annotation.is_deleted.value).then_some(annotation)
    }

    /// The number that the next new participant gets.
    #[must_use]
    pub fn next_participant(&self) -> ParticipantId {
        let last = self.people.last_key_value().map_or(0, |(who, _)| who.0);
        ParticipantId(last + 1)
    }

    /// A name like `wanted` that nobody else in the room has: `Ana`, `Ana 2`.
    #[must_use]
    pub fn free_name(&self, wanted: &Name, key: ClientKey) -> Name {
        let is_free = |name: &Name| {
            let mut others = self.people.values().filter(|person| person.key != key);
            !others.any(|person| person.name == *name)
        };
        if is_free(wanted) {
            return wanted.clone();
        }
        let short = Text::<56>::cut(wanted.as_str());
        let mut numbered = (2..=MAX_PEOPLE + 2).map(|number| Name::cut(&format!("{short} {number}")));
        numbered.find(is_free).unwrap_or_else(|| wanted.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_an_operation() {
        let mut taken = Taken::default();
        let number = OperationNumber;
        assert_eq!(taken.fate(number(1)), Fate::New);
        taken.take(number(1));
        taken.take(number(3));
        assert_eq!(taken.fate(number(1)), Fate::Taken);
        assert_eq!(taken.fate(number(2)), Fate::Refused);
        assert_eq!(taken.fate(number(3)), Fate::Taken);
        assert_eq!(taken.fate(number(4)), Fate::New);
        taken.take(number(66));
        assert_eq!(taken.fate(number(3)), Fate::Taken);
        assert_eq!(taken.fate(number(4)), Fate::Refused);
        taken.take(number(500));
        assert_eq!(
            taken.fate(number(66)),
            Fate::Taken,
            "too far back to be waited for"
        );
        assert_eq!(taken.highest(), number(500));
    }

    #[test]
    fn names_are_unlike_each_other() {
        let mut state = RoomState::default();
        let name = Name::cut("Ana");
        for (id, key) in [(1, 1), (2, 2), (3, 3)] {
            let key = ClientKey([key; 32]);
            let person = Participant {
                key,
                name: state.free_name(&name, key),
                role: Role::Viewer,
                has_given_role: false,
                colour: 0,
                is_present: true,
                is_removed: false,
                selection: Prims::default(),
                following: None,
                taken: Taken::default(),
            };
            state.people.insert(ParticipantId(id), Arc::new(person));
        }
        let names: Vec<_> = state.people.values().map(|person| person.name.as_str()).collect();
        assert_eq!(names, ["Ana", "Ana 2", "Ana 3"]);
        assert_eq!(
            state.free_name(&name, ClientKey([1; 32])),
            name,
            "one's own name is free"
        );
    }
}
