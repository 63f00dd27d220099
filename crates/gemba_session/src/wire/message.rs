//! What client and relay say to each other on the stream. The protocol's version changes whenever one of these does.

use gemba_model::UnixNanos;
use serde::{Deserialize, Serialize};

use crate::{
    bounded::{Blob, Text},
    ids::{ClientKey, HistoryId, OperationNumber, ParticipantId, RoomName, Seq},
    operation::{Entry, Name, Operation},
    refusal::{Closing, JoinRefusal, Refusal},
};

/// The version that is spoken here.
pub const PROTOCOL_VERSION: u16 = 3;
/// The most bytes of a token.
pub const MAX_TOKEN_BYTES: usize = 2_048;
/// The most bytes of a proof.
pub const MAX_PROOF_BYTES: usize = 64;
/// Bytes of a part of a snapshot.
pub const SNAPSHOT_PART_BYTES: usize = 64 << 10;

/// What a client says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ClientMessage {
    /// The first message: let me in. Always the first variant, with the version as its first field.
    Hello(Box<Hello>),
    /// Do this.
    Submit {
        /// The operation's number among the client's.
        number: OperationNumber,
        /// What to do.
        operation: Operation,
    },
    /// Are you there, and what time is it?
    Ping {
        /// Comes back unchanged.
        echo: u64,
    },
    /// I go.
    Goodbye,
}

/// How a client asks to be let in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`] of the client.
    pub protocol: u16,
    /// Which room.
    pub room: RoomName,
    /// The right to come in, as the relay signed it.
    pub token: Text<MAX_TOKEN_BYTES>,
    /// How the room knows the client again.
    pub key: ClientKey,
    /// The key's signature over this connection, so that a token and key overheard elsewhere are worth nothing.
    pub proof: Blob<MAX_PROOF_BYTES>,
    /// The name to show, where the token leaves it open.
    pub name: Option<Name>,
    /// What the client has of the room already.
    pub resume: Option<Resume>,
}

/// How far a client that comes back has followed the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Of which life of the log.
    pub history: HistoryId,
    /// Up to which entry.
    pub seq: Seq,
}

/// What a relay says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RelayMessage {
    /// Come in.
    Welcome(Welcome),
    /// Stay out.
    JoinRefused(JoinRefusal),
    /// The room's state follows in parts.
    SnapshotBegins {
        /// How many bytes in all.
        bytes: u64,
    },
    /// The next part.
    SnapshotPart(Blob<SNAPSHOT_PART_BYTES>),
    /// The next entry of the room's log. One's own operation among them is its acknowledgement.
    Entry(Entry),
    /// An operation of yours was not done.
    Refused {
        /// Which.
        number: OperationNumber,
        /// Why not.
        refusal: Refusal,
    },
    /// I am here.
    Pong {
        /// As it came.
        echo: u64,
        /// The room's clock.
        room_time: UnixNanos,
    },
    /// How the room is.
    Notice(Notice),
    /// I hang up.
    Closing(Closing),
}

/// What someone who is let in should know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// Who the client is.
    pub you: ParticipantId,
    /// Whether a snapshot follows; otherwise the entries after the client's own do.
    pub has_snapshot: bool,
    /// The last entry that the client will have then.
    pub seq: Seq,
    /// The room's clock.
    pub room_time: UnixNanos,
}

/// How a room is, when that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    /// Nothing can be stored.
    ReadOnly {
        /// Why, and what to do.
        why: Text<200>,
    },
    /// It can again.
    Writable,
    /// The relay stops soon.
    Draining,
}

/// The version in the bytes of a [`Hello`], when at least those are as they have always been: to say which versions
/// do not fit when the rest cannot be read.
#[must_use]
pub fn protocol_of_hello(frame: &[u8]) -> Option<u16> {
    let ((variant, protocol), _) = postcard::take_from_bytes::<(u32, u16)>(frame).ok()?;
    (variant == 0).then_some(protocol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    #[test]
    fn the_version_can_be_read_of_a_greeting_that_cannot() {
        let hello = ClientMessage::Hello(Box::new(Hello {
            protocol: 9,
            room: RoomName::new("a").unwrap(),
            token: Text::default(),
            key: ClientKey([1; 32]),
            proof: Blob::new([2; 64]).unwrap(),
            name: None,
            resume: None,
        }));
        let bytes = wire::encode(&hello).unwrap();
        assert_eq!(protocol_of_hello(&bytes), Some(9));
        assert_eq!(protocol_of_hello(&bytes[..3]), Some(9));
        assert_eq!(
            protocol_of_hello(&wire::encode(&ClientMessage::Goodbye).unwrap()),
            None
        );
    }
}
