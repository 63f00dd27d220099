//! What a person can do in a room that lasts: typed operations, and the entries of the room's log.
//!
//! An [`Operation`] is what a client asks for. An [`Entry`] is what the room made of it: a place in the order, a time by
//! the room's clock, and the change. Replicas apply entries, nothing else. Variants are only ever added at the end of
//! these enums: they stand on disk.

mod annotation;
mod view;

use gemba_model::{PrimPath, UnixNanos};
use serde::{Deserialize, Serialize};

pub use annotation::{
    Anchor, AnnotationEdit, Image, MAX_IMAGE_BYTES, MAX_NOTE_BYTES, MAX_STROKE_POINTS, Markup, NewAnnotation,
    Note, Status,
};
pub use view::{Camera, MAX_SECTION_PLANES, Section, SectionPlane, TimelineCursor, ViewState};

use crate::{
    bounded::{List, Text},
    ids::{AnnotationId, ClientKey, OperationId, ParticipantId, Seq, ViewpointId},
    plant::PlantMark,
    role::Role,
};

/// The most bytes of a person's name.
pub const MAX_NAME_BYTES: usize = 64;
/// The most bytes of one chat message.
pub const MAX_CHAT_BYTES: usize = 2_000;
/// The most prims of a selection or isolation, and linked from a chat message.
pub const MAX_PRIMS: usize = 256;
/// The most bytes of a prim path in an operation.
pub const MAX_PRIM_PATH_BYTES: usize = 1_024;

/// A person's name, as others see it.
pub type Name = Text<MAX_NAME_BYTES>;
/// Prims by path.
pub type Prims = List<PrimPath, MAX_PRIMS>;

/// One request of a participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Operation {
    /// These prims are my selection now.
    Select {
        /// All of it; empty for none.
        prims: Prims,
    },
    /// Leave a note that stays.
    CreateAnnotation(Box<NewAnnotation>),
    /// Change one field of an annotation.
    EditAnnotation {
        /// Which.
        annotation: AnnotationId,
        /// The field and its new value.
        edit: AnnotationEdit,
    },
    /// Answer in an annotation's thread.
    ReplyToAnnotation {
        /// Which.
        annotation: AnnotationId,
        /// What is said.
        text: Note,
    },
    /// Settle an annotation, or open it again.
    ResolveAnnotation {
        /// Which.
        annotation: AnnotationId,
        /// Its new state.
        status: Status,
    },
    /// Give an annotation to someone, or to no one.
    AssignAnnotation {
        /// Which.
        annotation: AnnotationId,
        /// To whom; `None` to no one.
        assignee: Option<ParticipantId>,
    },
    /// Take an annotation away; it can be restored while the room remembers it.
    DeleteAnnotation {
        /// Which.
        annotation: AnnotationId,
    },
    /// Bring a deleted annotation back.
    RestoreAnnotation {
        /// Which.
        annotation: AnnotationId,
    },
    /// Save a camera with the view state under a name.
    SaveViewpoint {
        /// Its name.
        name: Name,
        /// What it shows.
        view: Box<ViewState>,
    },
    /// Forget a saved viewpoint.
    DeleteViewpoint {
        /// Which.
        viewpoint: ViewpointId,
    },
    /// Cut the plant for everyone who shares the view; no planes for a whole plant.
    SetSection(Section),
    /// Show only these prims to everyone who shares the view; none for all.
    SetIsolation {
        /// The prims that stay visible.
        prims: Prims,
    },
    /// Move the shared timeline.
    SetTimeline(TimelineCursor),
    /// See with someone's eyes; `None` to go solo.
    Follow {
        /// Whom.
        whom: Option<ParticipantId>,
    },
    /// Bring everyone to this camera, now.
    BringEveryone {
        /// Where to.
        camera: Camera,
    },
    /// Start or end presenting: while someone presents, all share the presenter's section, isolation and timeline.
    Present {
        /// Whether the sender presents from now on.
        on: bool,
    },
    /// Say something to the room.
    Chat {
        /// What is said.
        text: Text<MAX_CHAT_BYTES>,
        /// Prims that the text links to.
        prims: Prims,
    },
    /// Give someone a role.
    SetRole {
        /// To whom.
        whom: ParticipantId,
        /// Which.
        role: Role,
    },
    /// Remove someone from the room until a host lets them in again.
    Remove {
        /// Whom.
        whom: ParticipantId,
    },
    /// Let a removed person in again.
    Readmit {
        /// Whom.
        whom: ParticipantId,
    },
    /// Leave for now.
    Leave,
    /// Send everyone home; only a host's return opens the room again.
    EndSession,
    /// I have this plant open. The first one that a room hears of is what it is about.
    OpenPlant(Box<PlantMark>),
    /// The room is about the plant that I have open, from now on.
    AdoptPlant,
}

/// The kinds of operation, for the table of roles, the audit log and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OperationKind {
    /// [`Operation::Select`].
    Select,
    /// [`Operation::CreateAnnotation`].
    CreateAnnotation,
    /// [`Operation::EditAnnotation`].
    EditAnnotation,
    /// [`Operation::ReplyToAnnotation`].
    ReplyToAnnotation,
    /// [`Operation::ResolveAnnotation`].
    ResolveAnnotation,
    /// [`Operation::AssignAnnotation`].
    AssignAnnotation,
    /// [`Operation::DeleteAnnotation`].
    DeleteAnnotation,
    /// [`Operation::RestoreAnnotation`].
    RestoreAnnotation,
    /// [`Operation::SaveViewpoint`].
    SaveViewpoint,
    /// [`Operation::DeleteViewpoint`].
    DeleteViewpoint,
    /// [`Operation::SetSection`].
    SetSection,
    /// [`Operation::SetIsolation`].
    SetIsolation,
    /// [`Operation::SetTimeline`].
    SetTimeline,
    /// [`Operation::Follow`].
    Follow,
    /// [`Operation::BringEveryone`].
    BringEveryone,
    /// [`Operation::Present`].
    Present,
    /// [`Operation::Chat`].
    Chat,
    /// [`Operation::SetRole`].
    SetRole,
    /// [`Operation::Remove`].
    Remove,
    /// [`Operation::Readmit`].
    Readmit,
    /// [`Operation::Leave`].
    Leave,
    /// [`Operation::EndSession`].
    EndSession,
    /// [`Operation::OpenPlant`].
    OpenPlant,
    /// [`Operation::AdoptPlant`].
    AdoptPlant,
}

impl Operation {
    /// The kind of this operation.
    #[must_use]
    pub fn kind(&self) -> OperationKind {
        match self {
            Self::Select { .. } => OperationKind::Select,
            Self::CreateAnnotation(_) => OperationKind::CreateAnnotation,
            Self::EditAnnotation { .. } => OperationKind::EditAnnotation,
            Self::ReplyToAnnotation { .. } => OperationKind::ReplyToAnnotation,
            Self::ResolveAnnotation { .. } => OperationKind::ResolveAnnotation,
            Self::AssignAnnotation { .. } => OperationKind::AssignAnnotation,
            Self::DeleteAnnotation { .. } => OperationKind::DeleteAnnotation,
            Self::RestoreAnnotation { .. } => OperationKind::RestoreAnnotation,
            Self::SaveViewpoint { .. } => OperationKind::SaveViewpoint,
            Self::DeleteViewpoint { .. } => OperationKind::DeleteViewpoint,
            Self::SetSection(_) => OperationKind::SetSection,
            Self::SetIsolation { .. } => OperationKind::SetIsolation,
            Self::SetTimeline(_) => OperationKind::SetTimeline,
            Self::Follow { .. } => OperationKind::Follow,
            Self::BringEveryone { .. } => OperationKind::BringEveryone,
            Self::Present { .. } => OperationKind::Present,
            Self::Chat { .. } => OperationKind::Chat,
            Self::SetRole { .. } => OperationKind::SetRole,
            Self::Remove { .. } => OperationKind::Remove,
            Self::Readmit { .. } => OperationKind::Readmit,
            Self::Leave => OperationKind::Leave,
            Self::EndSession => OperationKind::EndSession,
            Self::OpenPlant(_) => OperationKind::OpenPlant,
            Self::AdoptPlant => OperationKind::AdoptPlant,
        }
    }
}

impl OperationKind {
    /// Every kind.
    pub const ALL: [Self; 24] = [
        Self::Select,
        Self::CreateAnnotation,
        Self::EditAnnotation,
        Self::ReplyToAnnotation,
        Self::ResolveAnnotation,
        Self::AssignAnnotation,
        Self::DeleteAnnotation,
        Self::RestoreAnnotation,
        Self::SaveViewpoint,
        Self::DeleteViewpoint,
        Self::SetSection,
        Self::SetIsolation,
        Self::SetTimeline,
        Self::Follow,
        Self::BringEveryone,
        Self::Present,
        Self::Chat,
        Self::SetRole,
        Self::Remove,
        Self::Readmit,
        Self::Leave,
        Self::EndSession,
        Self::OpenPlant,
        Self::AdoptPlant,
    ];

    /// The kind in words, after "may not": `delete an annotation`.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::CreateAnnotation => "annotate",
            Self::EditAnnotation => "edit an annotation",
            Self::ReplyToAnnotation => "reply to an annotation",
            Self::ResolveAnnotation => "resolve an annotation",
            Self::AssignAnnotation => "assign an annotation",
            Self::DeleteAnnotation => "delete an annotation",
            Self::RestoreAnnotation => "restore an annotation",
            Self::SaveViewpoint => "save a viewpoint",
            Self::DeleteViewpoint => "delete a viewpoint",
            Self::SetSection => "set the section",
            Self::SetIsolation => "isolate prims",
            Self::SetTimeline => "move the timeline",
            Self::Follow => "follow",
            Self::BringEveryone => "bring everyone",
            Self::Present => "present",
            Self::Chat => "chat",
            Self::SetRole => "give roles",
            Self::Remove => "remove people",
            Self::Readmit => "let removed people in again",
            Self::Leave => "leave",
            Self::EndSession => "end the session",
            Self::OpenPlant => "say which plant is open",
            Self::AdoptPlant => "make the room about another plant",
        }
    }
}

/// One line of a room's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the order: each entry is one after the one before.
    pub seq: Seq,
    /// When the room took it, by the room's clock; never earlier than the entry before.
    pub room_time: UnixNanos,
    /// What changed.
    pub change: Change,
}

impl Entry {
    /// How many bytes it has on the wire and on disk.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        // What cannot be encoded weighs as much as anything may.
        postcard::experimental::serialized_size(self).unwrap_or(usize::MAX / 2)
    }
}

/// What an entry changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Someone came in.
    Joined {
        /// Who: a new number at the first join, the old one ever after.
        who: ParticipantId,
        /// How the room knows the client again.
        key: ClientKey,
        /// The name that others see.
        name: Name,
        /// The role that the token gives; a role given by a host in the room wins over it.
        role: Role,
    },
    /// Someone's connection ended.
    Left {
        /// Who.
        who: ParticipantId,
        /// Why.
        why: Leaving,
    },
    /// A participant did something.
    Did {
        /// Who and which of their operations.
        id: OperationId,
        /// What.
        operation: Operation,
    },
}

/// Why someone is no longer there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaving {
    /// The connection was lost.
    LinkLost,
    /// The relay was restarted.
    RelayRestarted,
    /// The participant read too slowly, flooded the room or broke the protocol.
    Dropped,
    /// The participant's token was revoked or expired.
    TokenEnded,
}
