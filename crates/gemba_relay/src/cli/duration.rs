//! Durations as people write them: `90s`, `30m`, `8h`, `7d`.

use std::time::Duration;

/// The longest that is accepted: a year.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// The duration that `text` is.
///
/// # Errors
/// A sentence that says how to write one.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no duration; write for example 90s, 30m, 8h or 7d, at most 366d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - 1].parse().ok().ok_or_else(wrong)?;
    let duration = Duration::from_secs(count.checked_mul(seconds).ok_or_else(wrong)?);
    if duration.is_zero() || duration > LONGEST {
        return Err(wrong());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [("90s", 90), ("30m", 1_800), ("8h", 28_800), ("7d", 604_800)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)));
        }
        for bad in [
            "",
            "h",
            "8",
            "8w",
            "-1h",
            "0s",
            "367d",
            "8 h",
            "18446744073709551615d",
            "é",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
