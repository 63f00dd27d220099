//! Samples: one value of one tag, with how good it is and when it was.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::UnixNanos;

/// One tag of the open plant: a dense index given at binding time, meaningless on the wire and on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TagId(pub u32);

impl TagId {
    /// The position of this tag in tables that hold one row a tag.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How far a value may be trusted, after OPC UA's severity bits, plus what only the receiver can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// The source vouches for it.
    Good,
    /// The source doubts it.
    Uncertain,
    /// Unusable: the source says so, or the payload could not be read.
    Bad,
    /// Nothing newer came within the point's `staleAfter`, or the link is down for that long.
    Stale,
}

impl Quality {
    /// A mark that tells qualities apart without colour.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Good => "●",
            Self::Uncertain => "◐",
            Self::Bad => "✖",
            Self::Stale => "◌",
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Good => "good",
            Self::Uncertain => "uncertain",
            Self::Bad => "bad",
            Self::Stale => "stale",
        })
    }
}

/// What a tag can be. Numbers keep the engineering unit of their source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A switch.
    Bool(bool),
    /// A finite number in the point's unit.
    Number(f64),
    /// A state or a message.
    Text(Arc<str>),
}

impl Value {
    /// The value as a number: switches are 0 and 1, text is none.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Bool(on) => Some(f64::from(u8::from(*on))),
            Self::Text(_) => None,
        }
    }
}

/// A value, how good it is, and when it was: at the source and here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The newest usable value; `None` when there never was one.
    pub value: Option<Value>,
    /// How far to trust it.
    pub quality: Quality,
    /// When it was true, by the source's clock; `None` when the source does not say.
    pub source_time: Option<UnixNanos>,
    /// When it arrived, by this machine's clock.
    pub recv_time: UnixNanos,
}
