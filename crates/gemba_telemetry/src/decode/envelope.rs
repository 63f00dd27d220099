//! The envelope around a value: when it was true and how good it is.

use gemba_model::{Quality, UnixNanos};

use super::{scan, time};

/// Time and quality as one object of the payload states them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) time: Option<UnixNanos>,
    pub(super) quality: Option<Quality>,
}

impl Stamp {
    /// Takes in one member of the object: its key and its value as JSON text.
    pub(super) fn note(&mut self, key: &str, json: &str) {
        match key {
            "timestamp" | "ts" => self.time = read_time(json),
            "quality" => self.quality = read_quality(json),
            _ => {}
        }
    }

    /// Whether [`Stamp::note`] would look at this key.
    pub(super) fn wants(key: &str) -> bool {
        matches!(key, "timestamp" | "ts" | "quality")
    }

    /// What this one leaves open, `outer` fills.
    pub(super) fn or(self, outer: Self) -> Self {
        Self {
            time: self.time.or(outer.time),
            quality: self.quality.or(outer.quality),
        }
    }
}

fn read_time(json: &str) -> Option<UnixNanos> {
    match scan::json_string(json) {
        Some(text) => time::from_iso_8601(&text).or_else(|| time::from_epoch_number(text.trim())),
        None => time::from_epoch_number(json),
    }
}

/// Words and numbers of OPC Classic, OPC UA, Sparkplug B and common gateways. A word nobody knows is a doubt.
fn read_quality(json: &str) -> Option<Quality> {
    if let Some(word) = scan::json_string(json) {
        return Some(match word.to_ascii_lowercase().as_str() {
            "good" | "ok" | "valid" => Quality::Good,
            "bad" | "invalid" | "error" | "fault" | "failure" => Quality::Bad,
            "stale" => Quality::Stale,
            _ => Quality::Uncertain,
        });
    }
    match json {
        "true" => return Some(Quality::Good),
        "false" => return Some(Quality::Bad),
        _ => {}
    }
    let code = json.parse::<u32>().ok()?;
    Some(match code {
        500 => Quality::Stale,
        // OPC UA part 4 §7.39: severity in the top two bits.
        0x8000_0000.. => Quality::Bad,
        0x4000_0000.. => Quality::Uncertain,
        // OPC Data Access: quality in bits 6 and 7 of the low byte.
        _ => match code & 0xC0 {
            0xC0 => Quality::Good,
            0x40 => Quality::Uncertain,
            _ => Quality::Bad,
        },
    })
}
