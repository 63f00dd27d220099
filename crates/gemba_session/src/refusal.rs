//! Why a room does not do what someone asked, and why it does not let someone in. Every reason says what to do.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    bounded::Text,
    ids::{AnnotationId, ParticipantId, ViewpointId},
    operation::OperationKind,
    role::Role,
};

/// Why an operation is not done. Nothing has changed.
#[derive(Clone, Debug, Error, PartialEq, Serialize, Deserialize)]
pub enum Refusal {
    /// The sender's role does not allow it.
    #[error("a {role} may not {}; ask a host for another role", kind.in_words())]
    Role {
        /// The sender's role.
        role: Role,
        /// What was tried.
        kind: OperationKind,
    },
    /// It is someone else's.
    #[error("only its author, a host or a trainer may {}; reply to it instead", kind.in_words())]
    NotYours {
        /// What was tried.
        kind: OperationKind,
    },
    /// There is no such annotation, or it is deleted.
    #[error("the annotation is not there any more; restore it first or make a new one")]
    NoAnnotation(AnnotationId),
    /// There is no such viewpoint.
    #[error("the viewpoint is not there any more; save a new one")]
    NoViewpoint(ViewpointId),
    /// There is no such person, or they are not here now.
    #[error("participant {0} is not in the room; choose someone who is")]
    NoParticipant(ParticipantId),
    /// Something that only makes sense for others was tried on oneself.
    #[error("you cannot {} yourself; choose someone else", kind.in_words())]
    Oneself {
        /// What was tried.
        kind: OperationKind,
    },
    /// The room would be without a host.
    #[error("you are the only host; make someone else a host first")]
    LastHost,
    /// There is nothing to change.
    #[error("it is so already")]
    NoChange,
    /// A number is not finite, or a direction has no length.
    #[error("a coordinate is not a finite number; place it again")]
    NotFinite,
    /// The text is empty, or a path is too long.
    #[error("{what}")]
    Malformed {
        /// What is wrong and what to do.
        what: Text<128>,
    },
    /// The room has as many as it takes.
    #[error("the room is full: {limit} {} at most; delete some first", what.in_words())]
    Full {
        /// Of what.
        what: Limited,
        /// How many there may be.
        limit: u64,
    },
    /// The room cannot store anything at present.
    #[error("the room is read-only: {why}")]
    ReadOnly {
        /// Why, and what to do.
        why: Text<200>,
    },
    /// The sender asks for more than its share.
    #[error("too many operations in a short time; wait {wait_millis} ms and try again")]
    TooFast {
        /// When there is room again.
        wait_millis: u32,
    },
    /// The operation was refused while the link was down, and the reason was lost with it.
    #[error("it was refused while the link was lost; try again")]
    AnswerLost,
    /// There is no open room to do it in.
    #[error("the session is offline or ended; it can be done again when the room is back")]
    NotJoined,
    /// Too much waits for an answer.
    #[error("{limit} operations wait for the room's answer; wait until the link is better")]
    TooManyInFlight {
        /// How many may wait.
        limit: u32,
    },
    /// Someone else has changed it since.
    #[error("someone changed it since; it is not undone")]
    ChangedSince,
    /// There is nothing that can be undone.
    #[error("there is nothing of yours to undo")]
    NothingToUndo,
}

/// What a room has a limited number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limited {
    /// People who ever joined.
    People,
    /// People at once.
    PeoplePresent,
    /// Annotations.
    Annotations,
    /// Replies to one annotation.
    Replies,
    /// Saved viewpoints.
    Viewpoints,
    /// Bytes of everything that annotations hold.
    Bytes,
}

impl Limited {
    /// What it is, in the plural.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::People => "people on its list",
            Self::PeoplePresent => "people at once",
            Self::Annotations => "annotations",
            Self::Replies => "replies to one annotation",
            Self::Viewpoints => "viewpoints",
            Self::Bytes => "bytes of annotations",
        }
    }
}

/// Why someone may not come in.
#[derive(Clone, Debug, Error, PartialEq, Serialize, Deserialize)]
pub enum JoinRefusal {
    /// The two speak different versions.
    #[error(
        "the relay speaks version {relay} of the session protocol and this program {client}; use the same release"
    )]
    Version {
        /// The relay's.
        relay: u16,
        /// The client's.
        client: u16,
    },
    /// The token is not one of this relay's.
    #[error("the join link is not valid on this relay; ask for a new one")]
    TokenInvalid,
    /// The token's time is over.
    #[error("the join link has expired; ask for a new one")]
    TokenExpired,
    /// The token was taken back.
    #[error("the join link was revoked; ask for a new one")]
    TokenRevoked,
    /// The token is for another room.
    #[error("the join link is for another room; use the link of this one")]
    TokenForOtherRoom,
    /// As many clients as the token is for have used it already.
    #[error("the join link is used by someone else already; ask for one of your own")]
    TokenUsed,
    /// The client does not hold the key that it claims.
    #[error("the client did not prove its key; start the program again")]
    ProofInvalid,
    /// The host removed this person.
    #[error("a host removed you from the room; ask to be let in again")]
    Removed,
    /// The session is over.
    #[error("the host ended the session; wait until a host opens it again")]
    Ended,
    /// There are as many people as the room takes.
    #[error("the room is full ({limit} people); try again later")]
    Full {
        /// How many it takes.
        limit: u32,
    },
    /// The room cannot note that someone came.
    #[error("the room is read-only and cannot take new people: {why}")]
    ReadOnly {
        /// Why, and what to do.
        why: Text<200>,
    },
    /// The relay stops.
    #[error("the relay is stopping; it is tried again by itself")]
    Draining,
    /// The relay cannot open the room.
    #[error("the relay cannot open the room: {why}")]
    Unavailable {
        /// Why.
        why: Text<200>,
    },
    /// What answers at the link's address is another relay. No relay says this: the client sees it.
    #[error(
        "another relay answers there than the join link names: its certificate is another; ask for a new link, and \
         tell who runs the relay"
    )]
    OtherRelay,
}

impl JoinRefusal {
    /// Whether trying again by itself makes sense.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Full { .. } | Self::ReadOnly { .. } | Self::Draining | Self::Unavailable { .. }
        )
    }
}

/// Why the relay ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Closing {
    /// Said goodbye.
    Goodbye,
    /// The same client joined over another connection.
    Replaced,
    /// A host removed the participant.
    Removed,
    /// The host ended the session.
    Ended,
    /// The client read too slowly.
    TooSlow,
    /// The client asked for too much.
    Flooding,
    /// The client broke the protocol.
    Protocol,
    /// The token was revoked or expired.
    TokenEnded,
    /// The relay stops.
    Draining,
    /// The room could not go on.
    RoomFailed,
}

impl Closing {
    /// Whether the client may come back by itself.
    #[must_use]
    pub fn is_passing(self) -> bool {
        matches!(
            self,
            Self::TooSlow | Self::Flooding | Self::Protocol | Self::Draining | Self::RoomFailed
        )
    }
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Goodbye => "you left",
            Self::Replaced => "you joined from elsewhere",
            Self::Removed => "a host removed you from the room",
            Self::Ended => "the host ended the session",
            Self::TooSlow => "this end read too slowly",
            Self::Flooding => "this end sent too much",
            Self::Protocol => "the two ends did not understand each other",
            Self::TokenEnded => "the join link was revoked or has expired",
            Self::Draining => "the relay is stopping",
            Self::RoomFailed => "the relay could not keep the room",
        })
    }
}
