//! Payload bytes to values: a raw scalar, or what JSON Pointers select, all pointers of a payload in one pass.
//!
//! **Raw scalar** (a source without selector): the payload as UTF-8 text, trimmed. A decimal number is a
//! [`Value::Number`]; `true`, `false`, `on` and `off` in any case are a [`Value::Bool`]; anything else is a
//! [`Value::Text`], without its quotes if it is a JSON string. `NaN` and infinities are errors, and so are a JSON object
//! or array, which need a selector.
//!
//! **JSON** (a source with selector): a JSON number, boolean or string is the value; a string stays a text even when it
//! holds digits (whoever needs a number there says so). The payload is scanned once without building a tree, and to its
//! end: a payload that breaks off is an error even when the selected value came before the break. Of a repeated key
//! the last counts. Outside the standard, `NaN` and infinities (Python writes them) are read over unless selected.
//!
//! **Envelope**: siblings of the selected value, or else keys of the payload's root object, say when it was true and
//! how good it is. `timestamp` or `ts` is RFC 3339 text or an epoch number (unit by size, see [`time`]); `quality` is
//! a word (`good`, `uncertain`, `bad`, …), a boolean, or a number as OPC Classic (192 good, 64 uncertain, 0 bad),
//! Sparkplug B (192, 500 stale, 0) or OPC UA (severity in the top two of 32 bits, above 2^30) write it. A time or quality that cannot be
//! read is left out: it never spoils the value.

mod envelope;
mod pointer;
mod scan;
mod selection;
pub mod time;

use gemba_model::{Quality, UnixNanos, Value};
use thiserror::Error;

pub use pointer::{Pointer, PointerError};
pub use selection::Selection;

/// A value as a payload gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The value.
    pub value: Value,
    /// What the payload says of its quality; good when it says nothing.
    pub quality: Quality,
    /// When it was true, by the source's clock, where the payload says so.
    pub source_time: Option<UnixNanos>,
}

/// Why a payload gives no value.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecodeError {
    /// More bytes than [`Limits::max_payload_bytes`]; nothing of it was read.
    #[error("the payload has {bytes} bytes, more than the {max_bytes} that are read")]
    TooLarge {
        /// Size of the payload.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
    /// A byte sequence that is not UTF-8.
    #[error("the payload is not UTF-8 text at byte {at}")]
    NotUtf8 {
        /// Offset of the first bad byte.
        at: usize,
    },
    /// No bytes, or only white space. MQTT clears a retained value this way.
    #[error("the payload is empty")]
    Empty,
    /// Not JSON, though the source has a selector.
    #[error("the payload is not JSON at byte {at}: expected {expected}")]
    NotJson {
        /// Offset where reading stopped.
        at: usize,
        /// What could have stood there.
        expected: &'static str,
    },
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("the JSON payload is nested more than {MAX_DEPTH} deep at byte {at}")]
    TooDeep {
        /// Offset of the bracket that is too deep.
        at: usize,
    },
    /// The pointer names nothing in this payload.
    #[error("the selector names nothing in the payload")]
    NotFound,
    /// The selected value, or the raw payload, is an object or an array.
    #[error("the value is {kind}, not a number, a switch or a text")]
    NotScalar {
        /// `an object` or `an array`.
        kind: &'static str,
    },
    /// The selected value is `null`.
    #[error("the value is null")]
    Null,
    /// NaN, an infinity, or a number beyond the range of a 64-bit float.
    #[error("the value is not a finite number")]
    NotFinite,
    /// A text longer than [`Limits::max_text_bytes`].
    #[error("the text has {bytes} bytes, more than the {max_bytes} that are kept")]
    TextTooLong {
        /// Size of the text.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
}

impl DecodeError {
    /// What a person can do about it, in one imperative sentence without a full stop.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::TooLarge { .. } => {
                "Publish the value alone on a topic of its own, or raise `max_payload_bytes` of the connection"
            }
            Self::NotUtf8 { .. } => "Publish text or JSON in UTF-8, or bind another topic",
            Self::Empty => "Publish a value; an empty payload only clears a retained one",
            Self::NotJson { .. } => {
                "Publish JSON, or remove the `#/…` selector to read the payload as one scalar"
            }
            Self::TooDeep { .. } => "Publish a flatter payload",
            Self::NotFound => "Compare the selector with a payload of this topic; keys are case-sensitive",
            Self::NotScalar { .. } => {
                "Add to the selector the path of one value inside it, such as `#/value`"
            }
            Self::Null | Self::NotFinite => "Look at the sensor or gateway: it sends no measured value",
            Self::TextTooLong { .. } => "Bind a shorter text",
        }
    }
}

/// Nesting beyond which a payload is refused, as in `serde_json`.
pub const MAX_DEPTH: usize = 128;

/// Sizes beyond which a payload is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a whole payload.
    pub max_payload_bytes: usize,
    /// Bytes of one text value: the tag table keeps one for each tag.
    pub max_text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_payload_bytes: 1 << 20,
            max_text_bytes: 4 << 10,
        }
    }
}

/// Reads payloads; keeps its buffers between them, so one is made for each source thread.
#[derive(Debug, Default)]
pub struct Decoder {
    limits: Limits,
    findings: Vec<scan::Finding>,
}

impl Decoder {
    /// A decoder with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            findings: Vec::new(),
        }
    }

    /// One result for each selector of `selection`, in their order.
    pub fn decode(
        &mut self,
        selection: &Selection,
        payload: &[u8],
    ) -> impl ExactSizeIterator<Item = Result<Decoded, DecodeError>> {
        let Self { limits, findings } = self;
        let text = text_of(payload, limits);
        let raw = match text {
            Ok(text) if selection.wants_raw() => raw_scalar(text, limits),
            Ok(_) => Err(DecodeError::NotFound),
            Err(error) => Err(error),
        };
        let root = match text {
            Ok(text) if selection.wants_json() => scan::scan(selection, text, findings),
            Ok(_) => Err(DecodeError::NotFound),
            Err(error) => Err(error),
        };
        (0..selection.len()).map(move |slot| {
            if selection.is_raw(slot) {
                raw.clone()
            } else {
                root.and_then(|stamp| findings[slot].take(stamp, limits))
            }
        })
    }
}

fn text_of<'p>(payload: &'p [u8], limits: &Limits) -> Result<&'p str, DecodeError> {
    let max_bytes = limits.max_payload_bytes;
    if payload.len() > max_bytes {
        return Err(DecodeError::TooLarge {
            bytes: payload.len(),
            max_bytes,
        });
    }
    std::str::from_utf8(payload).map_err(|error| DecodeError::NotUtf8 {
        at: error.valid_up_to(),
    })
}

/// Reads one selector from one payload; for many payloads keep a [`Decoder`].
///
/// # Errors
/// [`DecodeError`] when the payload gives no value.
pub fn decode_one(
    payload: &[u8],
    selector: Option<&Pointer>,
    limits: Limits,
) -> Result<Decoded, DecodeError> {
    let selection = Selection::new([selector.cloned()]);
    Decoder::new(limits)
        .decode(&selection, payload)
        .next()
        .unwrap_or(Err(DecodeError::NotFound))
}

fn raw_scalar(text: &str, limits: &Limits) -> Result<Decoded, DecodeError> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let value = match text.as_bytes() {
        [] => return Err(DecodeError::Empty),
        [b'{', ..] => return Err(DecodeError::NotScalar { kind: "an object" }),
        [b'[', ..] => return Err(DecodeError::NotScalar { kind: "an array" }),
        b"null" => return Err(DecodeError::Null),
        [b'"', .., b'"'] => match scan::json_string(text) {
            Some(inner) => bounded(Value::Text(inner.into()), limits)?,
            None => bounded(Value::Text(text.into()), limits)?,
        },
        _ => match raw_word(text) {
            Some(on) => Value::Bool(on),
            None => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Number(number),
                Ok(_not_finite) => return Err(DecodeError::NotFinite),
                Err(_no_number) => bounded(Value::Text(text.into()), limits)?,
            },
        },
    };
    Ok(Decoded {
        value,
        quality: Quality::Good,
        source_time: None,
    })
}

fn raw_word(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("on") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") || text.eq_ignore_ascii_case("off") {
        Some(false)
    } else {
        None
    }
}

/// Refuses a text that is too long to keep.
fn bounded(value: Value, limits: &Limits) -> Result<Value, DecodeError> {
    match &value {
        Value::Text(text) if text.len() > limits.max_text_bytes => Err(DecodeError::TextTooLong {
            bytes: text.len(),
            max_bytes: limits.max_text_bytes,
        }),
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests;
