//! What a line of the audit log tells.

use gemba_model::UnixNanos;
use gemba_session::{
    ClientKey, Entry, Operation, Role, RoomName,
    operation::{Change, Leaving},
};
use ring::digest;
use serde::Serialize;

/// Something that is noted.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Record {
    /// The relay started.
    RelayStarted { version: &'static str },
    /// The relay stopped as it should.
    RelayStopped,
    /// A torn or missing end of this log was written again from the store.
    EndRestored { bytes: u64 },
    /// A new chain after one that was damaged, by the will of who runs the relay.
    ChainRenewed { after: String },
    /// A connection was let in; the participant's `joined` follows when it was away.
    Admitted {
        room: RoomName,
        who: u32,
        client_key: String,
        token: String,
        remote: String,
        transport: String,
    },
    /// Someone was not let in.
    JoinRefused {
        room: RoomName,
        client_key: String,
        token: Option<String>,
        remote: String,
        reason: String,
    },
    /// As many lines about refusals were left out because they came too fast.
    LeftOut { lines: u64 },
    /// Someone is in the room.
    Joined {
        room: RoomName,
        seq: u64,
        entry_sha256: String,
        who: u32,
        client_key: String,
        name: String,
        role: Role,
    },
    /// Someone's connection ended.
    Left {
        room: RoomName,
        seq: u64,
        entry_sha256: String,
        who: u32,
        why: &'static str,
    },
    /// A host gave someone a role.
    RoleChanged {
        room: RoomName,
        seq: u64,
        entry_sha256: String,
        who: u32,
        number: u64,
        whom: u32,
        role: Role,
    },
    /// Someone did something else.
    Operation {
        room: RoomName,
        seq: u64,
        entry_sha256: String,
        who: u32,
        number: u64,
        operation: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        whom: Option<u32>,
    },
    /// Someone was not allowed to do something.
    OperationRefused {
        room: RoomName,
        who: u32,
        number: u64,
        operation: Option<String>,
        reason: String,
    },
    /// A connection was ended by the relay.
    Dropped {
        room: RoomName,
        token: String,
        reason: String,
    },
}

impl Record {
    /// The line of an entry of a room's log; `bytes` are the entry as it is stored.
    pub(crate) fn of_entry(room: &RoomName, entry: &Entry, bytes: &[u8]) -> Self {
        let (room, seq, entry_sha256) = (room.clone(), entry.seq.0, sha256_hex(bytes));
        match &entry.change {
            Change::Joined { who, key, name, role } => Self::Joined {
                room,
                seq,
                entry_sha256,
                who: who.0,
                client_key: key_hex(*key),
                name: name.to_string(),
                role: *role,
            },
            Change::Left { who, why } => Self::Left {
                room,
                seq,
                entry_sha256,
                who: who.0,
                why: match why {
                    Leaving::LinkLost => "link lost",
                    Leaving::RelayRestarted => "relay restarted",
                    Leaving::Dropped => "dropped",
                    Leaving::TokenEnded => "token ended",
                },
            },
            Change::Did {
                id,
                operation: Operation::SetRole { whom, role },
            } => Self::RoleChanged {
                room,
                seq,
                entry_sha256,
                who: id.by.0,
                number: id.number.0,
                whom: whom.0,
                role: *role,
            },
            Change::Did { id, operation } => Self::Operation {
                room,
                seq,
                entry_sha256,
                who: id.by.0,
                number: id.number.0,
                operation: format!("{:?}", operation.kind()),
                whom: match operation {
                    Operation::Remove { whom } | Operation::Readmit { whom } => Some(whom.0),
                    _ => None,
                },
            },
        }
    }
}

/// The SHA-256 of `bytes` in hexadecimal digits.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// A client's key in hexadecimal digits.
pub(crate) fn key_hex(key: ClientKey) -> String {
    hex(&key.0)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// `at` as RFC 3339 writes it, in UTC to the millisecond.
pub(super) fn rfc3339(at: UnixNanos) -> String {
    let millis = at.as_millis();
    let (days, in_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    // Days to a date of the Gregorian calendar: Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (in_day / 3_600_000, in_day / 60_000 % 60, in_day / 1_000 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
        in_day % 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_read_them() {
        // Reference values of `date -u -d @…`.
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_651_200_123, "2026-11-26T00:00:00.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(rfc3339(UnixNanos::from_millis(millis)), text);
        }
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        // FIPS 180-4's example "abc".
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
