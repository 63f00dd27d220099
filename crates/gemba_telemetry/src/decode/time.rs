//! Times as payloads write them: ISO 8601 / RFC 3339 text and epoch numbers.

use gemba_model::UnixNanos;

const NANOS_PER_SEC: i128 = 1_000_000_000;

/// An epoch number, its unit told by its size: seconds, milliseconds, microseconds or nanoseconds since 1970.
///
/// The ranges do not overlap for times from 1973 to 5138. A smaller number is no time (it may be an uptime or a
/// sequence number), so it gives `None`.
#[must_use]
pub fn from_epoch_number(text: &str) -> Option<UnixNanos> {
    match text.parse::<i64>() {
        Ok(whole) => whole.checked_mul(nanos_per_unit(whole)?).map(UnixNanos),
        Err(_not_an_integer) => {
            let number = text.parse::<f64>().ok().filter(|number| number.abs() < 9e18)?;
            // Within the range of `i64`, so `as` only cuts the fraction.
            let scale = nanos_per_unit(number as i64)?;
            let whole = (number.trunc() as i64).checked_mul(scale)?;
            whole
                .checked_add((number.fract() * scale as f64) as i64)
                .map(UnixNanos)
        }
    }
}

fn nanos_per_unit(number: i64) -> Option<i64> {
    match number {
        100_000_000..100_000_000_000 => Some(1_000_000_000),
        100_000_000_000..100_000_000_000_000 => Some(1_000_000),
        100_000_000_000_000..100_000_000_000_000_000 => Some(1_000),
        100_000_000_000_000_000.. => Some(1),
        _ => None,
    }
}

/// RFC 3339 text such as `2026-11-22T02:31:57.123Z` or `…+01:00`; a space may stand for the `T`, and a missing offset
/// reads as UTC. Fractions beyond nanoseconds are cut.
#[must_use]
pub fn from_iso_8601(text: &str) -> Option<UnixNanos> {
    let bytes = text.trim().as_bytes();
    if bytes.len() < 19 || !bytes.is_ascii() {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = bytes.get(from..to)?;
        digits.iter().try_fold(0_i64, |sum, b| {
            b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0'))
        })
    };
    let separators = bytes[4] == b'-' && bytes[7] == b'-' && bytes[13] == b':' && bytes[16] == b':';
    if !separators || !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    // A leap second (60) is folded into the next minute, as Unix time does.
    if !(1..=12).contains(&month)
        || !(1..=days_in(year, month)).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    let mut at = 19;
    let mut nanos = 0_i128;
    if bytes.get(at).is_some_and(|b| matches!(b, b'.' | b',')) {
        let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        let mut scale = NANOS_PER_SEC;
        for b in &bytes[at + 1..at + 1 + digits.min(9)] {
            scale /= 10;
            nanos += i128::from(b - b'0') * scale;
        }
        at += 1 + digits;
    }
    let offset_secs = match &bytes[at..] {
        [] | [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), ..] => {
            let hours = number(at + 1, at + 3)?;
            let minutes = match bytes.len() - at {
                3 => 0,
                5 => number(at + 3, at + 5)?,
                6 if bytes[at + 3] == b':' => number(at + 4, at + 6)?,
                _ => return None,
            };
            if hours > 23 || minutes > 59 {
                return None;
            }
            let secs = hours * 3600 + minutes * 60;
            if *sign == b'-' { -secs } else { secs }
        }
        _ => return None,
    };
    let secs = days_from_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset_secs;
    i64::try_from(i128::from(secs) * NANOS_PER_SEC + nanos)
        .ok()
        .map(UnixNanos)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_795_314_717; // 2026-11-22T02:31:57Z, by `date -d … +%s`

    #[test]
    fn epoch_numbers_tell_their_unit_by_size() {
        for (text, nanos) in [
            ("1795314717", T * 1_000_000_000),
            ("1795314717.25", T * 1_000_000_000 + 250_000_000),
            ("1795314717123", T * 1_000_000_000 + 123_000_000),
            ("1795314717123456", T * 1_000_000_000 + 123_456_000),
            ("1795314717123456789", T * 1_000_000_000 + 123_456_789),
            ("1.795314717e9", T * 1_000_000_000),
        ] {
            assert_eq!(from_epoch_number(text), Some(UnixNanos(nanos)), "{text}");
        }
        for text in ["0", "42", "-1795314717", "nan", "", "9223372036854775808"] {
            assert_eq!(from_epoch_number(text), None, "{text}");
        }
    }

    #[test]
    fn iso_8601_with_fraction_and_offset() {
        let s = 1_000_000_000;
        for (text, nanos) in [
            ("2026-11-22T02:31:57Z", T * s),
            ("2026-11-22 02:31:57", T * s),
            ("2026-11-22T02:31:57.5Z", T * s + 500_000_000),
            ("2026-11-22T03:31:57+01:00", T * s),
            ("2026-11-21T21:01:57.123456789-0530", T * s + 123_456_789),
            ("2026-11-22T03:31:57+01", T * s),
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -s),
            ("2024-02-29T00:00:00Z", 1_709_164_800 * s),
        ] {
            assert_eq!(from_iso_8601(text), Some(UnixNanos(nanos)), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-11-22",
            "2026-13-22T02:31:57Z",
            "2026-02-29T02:31:57Z",
            "2026-11-22T24:31:57Z",
            "2026-11-22T02:31:57.Z",
            "2026-11-22T02:31:57+1:00",
            "2026-11-22T02:31:57 UTC",
            "9999-11-22T02:31:57Z",
        ] {
            assert_eq!(from_iso_8601(text), None, "{text}");
        }
    }
}
