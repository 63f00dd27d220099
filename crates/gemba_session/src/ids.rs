//! How rooms, people, operations and what they make are named. Nothing here is ever an entity of an engine.

use std::fmt;

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::bounded::Text;

/// A person in a room: given by the room at the first join, kept for as long as the room lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ParticipantId(pub u32);

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The place of an entry in the room's order. The first entry is 1; 0 is the empty room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seq(pub u64);

impl Seq {
    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of an operation among those of its sender, ascending from 1. With the sender it is the operation's
/// idempotent id: sent twice it is done once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OperationNumber(pub u64);

/// The idempotent id of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OperationId {
    /// Who sent it.
    pub by: ParticipantId,
    /// Its number among the sender's operations.
    pub number: OperationNumber,
}

/// An annotation, named by the operation that made it: no two people can make the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AnnotationId(pub OperationId);

/// A saved viewpoint, named by the operation that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ViewpointId(pub OperationId);

/// The public key by which a room knows a client again: Ed25519, made by the client, proven at each join. Whoever
/// holds its other half is the same participant, after a lost link as after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClientKey(pub [u8; 32]);

/// One life of a room's log, drawn at random when the room is made. Sequence numbers of different histories do not
/// compare: a client that comes back to a relay whose data was replaced starts from a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HistoryId(pub u64);

/// One connection to a room, numbered by the relay; meaningless on the wire and on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// A prim in presence messages: FNV-1a (64 bit) of its path, because a path at 30 Hz is too long. Operations carry
/// whole paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PrimHash(pub u64);

impl PrimHash {
    /// The hash of `prim`: the same on every machine and in every version.
    #[must_use]
    pub fn of(prim: &PrimPath) -> Self {
        let bytes = prim.as_str().bytes();
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        }))
    }
}

/// The most bytes of a room's name.
pub const MAX_ROOM_NAME_BYTES: usize = 64;

/// The name of a room: 1 to 64 of `a-z`, `0-9`, `-`, `_` and `.`, as it stands in a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Text<MAX_ROOM_NAME_BYTES>", into = "Text<MAX_ROOM_NAME_BYTES>")]
pub struct RoomName(Text<MAX_ROOM_NAME_BYTES>);

/// Why a text is no name of a room.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{text}` is no name of a room; use 1 to 64 of the characters a-z, 0-9, `-`, `_` and `.`")]
pub struct RoomNameError {
    /// As much as fits of what was given.
    pub text: String,
}

impl RoomName {
    /// The name, when it is one.
    ///
    /// # Errors
    /// [`RoomNameError`] when `text` is empty, too long or has other characters.
    pub fn new(text: &str) -> Result<Self, RoomNameError> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        match Text::new(text) {
            Ok(name) if !text.is_empty() && text.bytes().all(plain) => Ok(Self(name)),
            Ok(_) | Err(_) => Err(RoomNameError {
                text: Text::<MAX_ROOM_NAME_BYTES>::cut(text).to_string(),
            }),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<Text<MAX_ROOM_NAME_BYTES>> for RoomName {
    type Error = RoomNameError;
    fn try_from(text: Text<MAX_ROOM_NAME_BYTES>) -> Result<Self, RoomNameError> {
        Self::new(text.as_str())
    }
}

impl From<RoomName> for Text<MAX_ROOM_NAME_BYTES> {
    fn from(name: RoomName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_rooms() {
        for good in ["a", "line-1", "north_shift.2026"] {
            assert_eq!(RoomName::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "A", "a/b", "a b", "é", &"a".repeat(65)] {
            assert!(RoomName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hashes_of_prims_are_those_of_fnv_1a() {
        // Reference value of FNV-1a 64 for "/a", by hand from the definition's offset and prime.
        let by_definition = (0xcbf2_9ce4_8422_2325_u64 ^ 0x2f).wrapping_mul(0x0100_0000_01b3) ^ 0x61;
        let prim = PrimPath::new("/a").unwrap();
        assert_eq!(
            PrimHash::of(&prim).0,
            by_definition.wrapping_mul(0x0100_0000_01b3)
        );
    }
}
