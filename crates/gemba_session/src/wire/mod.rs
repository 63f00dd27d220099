//! Bytes on the stream: a length of four bytes (little-endian), then a message in postcard's encoding.
//!
//! The length is checked against the limit of the moment before anything is allocated for it, and every text, list and
//! blob inside against its own. A frame that is refused ends the connection: what follows cannot be trusted.

mod message;

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

pub use message::{
    ClientMessage, Hello, MAX_PROOF_BYTES, MAX_TOKEN_BYTES, Notice, PROTOCOL_VERSION, RelayMessage, Resume,
    SNAPSHOT_PART_BYTES, Welcome, protocol_of_hello,
};

/// The most bytes of a frame before the client is let in.
pub const MAX_HELLO_BYTES: usize = 4 << 10;
/// The most bytes of any later frame, in both directions.
pub const MAX_FRAME_BYTES: usize = 256 << 10;
/// The most bytes of a snapshot.
pub const MAX_SNAPSHOT_BYTES: u64 = 128 << 20;

/// Bytes of the length before each frame.
const LENGTH_BYTES: usize = 4;

/// Why bytes are no message.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WireError {
    /// It announces more than is accepted.
    #[error("a frame of {bytes} bytes came where {limit} are accepted")]
    TooLarge {
        /// What it announces.
        bytes: usize,
        /// What is accepted.
        limit: usize,
    },
    /// It is no message of this protocol, or holds a value that is too large.
    #[error("a frame is no message of this protocol ({detail})")]
    Malformed {
        /// What the decoder says.
        detail: String,
    },
    /// It goes on after the message.
    #[error("a frame has {bytes} bytes after its message")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
}

/// `message` as a frame.
///
/// # Errors
/// [`WireError::TooLarge`] when it is larger than a receiver accepts.
pub fn frame<T: Serialize>(message: &T) -> Result<Vec<u8>, WireError> {
    let malformed = |error: postcard::Error| WireError::Malformed {
        detail: error.to_string(),
    };
    let bytes = postcard::to_extend(message, vec![0; LENGTH_BYTES]).map_err(malformed)?;
    finish(bytes)
}

fn finish(mut bytes: Vec<u8>) -> Result<Vec<u8>, WireError> {
    let length = bytes.len() - LENGTH_BYTES;
    let too_large = WireError::TooLarge {
        bytes: length,
        limit: MAX_FRAME_BYTES,
    };
    if length > MAX_FRAME_BYTES {
        return Err(too_large);
    }
    let Ok(length) = u32::try_from(length) else {
        return Err(too_large);
    };
    bytes[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// The value that `bytes` are, all of them.
///
/// # Errors
/// [`WireError`] when they are none.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    let (value, rest) = postcard::take_from_bytes(bytes).map_err(|error| WireError::Malformed {
        detail: error.to_string(),
    })?;
    if !rest.is_empty() {
        return Err(WireError::TrailingBytes { bytes: rest.len() });
    }
    Ok(value)
}

/// `value` as bytes without a length: for disks.
///
/// # Errors
/// [`WireError::Malformed`] when the encoder gives up.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, WireError> {
    postcard::to_stdvec(value).map_err(|error| WireError::Malformed {
        detail: error.to_string(),
    })
}

/// Cuts a stream of bytes into frames. Holds at most one frame and what came with its end.
#[derive(Debug)]
pub struct FrameReader {
    buffer: Vec<u8>,
    /// Bytes at the front of the buffer that are used up.
    used: usize,
    limit: usize,
}

impl FrameReader {
    /// A reader that accepts frames of at most `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            buffer: Vec::new(),
            used: 0,
            limit,
        }
    }

    /// Accepts frames of at most `limit` bytes from now on.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Takes bytes off the network. Call [`FrameReader::next_frame`] until it has none before the next push, so that
    /// not more than a frame is held.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.used > 0 {
            self.buffer.drain(..self.used);
            self.used = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, without its length.
    ///
    /// # Errors
    /// [`WireError::TooLarge`] as soon as the length of one that is too large is known.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, WireError> {
        let held = &self.buffer[self.used..];
        let Some((length, rest)) = held.split_first_chunk::<LENGTH_BYTES>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        if length > self.limit {
            return Err(WireError::TooLarge {
                bytes: length,
                limit: self.limit,
            });
        }
        if rest.len() < length {
            return Ok(None);
        }
        let start = self.used + LENGTH_BYTES;
        self.used = start + length;
        Ok(Some(&self.buffer[start..start + length]))
    }

    /// The next whole message.
    ///
    /// # Errors
    /// [`WireError`] when the next frame is none.
    pub fn next_message<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WireError> {
        self.next_frame()?.map(decode).transpose()
    }

    /// Bytes that wait for the rest of their frame.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.buffer.len() - self.used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_whole_however_the_bytes_are_cut() {
        let messages: Vec<ClientMessage> = (0..20).map(|at| ClientMessage::Ping { echo: 1 << at }).collect();
        let bytes: Vec<u8> = messages
            .iter()
            .flat_map(|message| frame(message).unwrap())
            .collect();
        for step in 1..9 {
            let mut reader = FrameReader::new(MAX_HELLO_BYTES);
            let mut read: Vec<ClientMessage> = Vec::new();
            for part in bytes.chunks(step) {
                reader.push(part);
                while let Some(message) = reader.next_message().unwrap() {
                    read.push(message);
                }
            }
            assert_eq!(read, messages, "{step}");
            assert_eq!(reader.held_bytes(), 0);
        }
    }

    #[test]
    fn a_frame_that_is_too_large_is_refused_by_its_length_alone() {
        let mut reader = FrameReader::new(100);
        reader.push(&101_u32.to_le_bytes());
        assert_eq!(
            reader.next_frame(),
            Err(WireError::TooLarge {
                bytes: 101,
                limit: 100
            })
        );
        assert!(frame(&vec![0_u8; MAX_FRAME_BYTES]).is_err());
    }

    #[test]
    fn a_message_fills_its_frame() {
        let mut bytes = frame(&ClientMessage::Goodbye).unwrap();
        bytes.push(0);
        bytes[0] += 1;
        let mut reader = FrameReader::new(100);
        reader.push(&bytes);
        assert_eq!(
            reader.next_message::<ClientMessage>(),
            Err(WireError::TrailingBytes { bytes: 1 })
        );
    }
}
