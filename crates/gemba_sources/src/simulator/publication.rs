//! What the controllers publish: topics, payloads and rates.

use std::{
    fmt::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use gemba_model::UnixNanos;

/// One MQTT message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Where it goes.
    pub topic: Arc<str>,
    /// JSON, or one scalar as text.
    pub payload: String,
    /// The broker keeps it for those who come later.
    pub retain: bool,
    /// Plant time since the start.
    pub time: Duration,
}

/// How often the controllers publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Between two publications of speeds, flows, pressures and positions.
    pub fast: Duration,
    /// Between two publications of temperatures, levels and lamps.
    pub slow: Duration,
}

impl Default for Rates {
    /// 10 Hz and 2 Hz.
    fn default() -> Self {
        Self {
            fast: Duration::from_millis(100),
            slow: Duration::from_millis(500),
        }
    }
}

/// Published, and bound by no point of the twin layer: (topic, JSON Pointer). Real plants publish more than one shows.
pub const UNBOUND: &[(&str, &str)] = &[
    ("gemba/pumphouse/P-101/telemetry", "/running"),
    ("gemba/pumphouse/P-102/telemetry", "/running"),
    ("gemba/pumphouse/P-103/telemetry", "/running"),
    ("gemba/pumphouse/P-101/condition", "/tripped"),
    ("gemba/pumphouse/P-102/condition", "/tripped"),
    ("gemba/pumphouse/P-103/condition", "/tripped"),
];

/// A time as RFC 3339 text in UTC, to the millisecond.
pub(super) struct Rfc3339(pub(super) UnixNanos);

impl fmt::Display for Rfc3339 {
    /// The date by Howard Hinnant's `civil_from_days`: years begin in March, eras have 400 years.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let (secs, millis) = (of_day / 1_000, of_day % 1_000);
        let (hour, minute, second) = (secs / 3_600, secs / 60 % 60, secs % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
        )
    }
}

/// A flat or nested JSON object being written, numbers with a fixed number of digits.
pub(super) struct Json(String);

impl Json {
    /// Starts with `ts` in milliseconds since 1970 where the plant knows the wall clock.
    pub(super) fn new(time: Option<UnixNanos>) -> Self {
        let mut json = Self(String::from("{"));
        if let Some(time) = time {
            json.write("ts", format_args!("{}", time.as_millis()));
        }
        json
    }

    /// Starts with `ts` as RFC 3339 text in UTC.
    pub(super) fn stamped(time: UnixNanos) -> Self {
        let mut json = Self(String::with_capacity(160));
        json.0.push('{');
        json.write("ts", format_args!("\"{}\"", Rfc3339(time)));
        json
    }

    fn write(&mut self, key: &str, value: fmt::Arguments<'_>) {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        // Writing to a String cannot fail.
        write!(self.0, "\"{key}\":{value}").unwrap_or_default();
    }

    pub(super) fn number(mut self, key: &str, value: f64, decimals: usize) -> Self {
        self.write(key, format_args!("{value:.decimals$}"));
        self
    }

    pub(super) fn boolean(mut self, key: &str, value: bool) -> Self {
        self.write(key, format_args!("{value}"));
        self
    }

    /// `value` needs no escapes.
    pub(super) fn text(mut self, key: &str, value: &str) -> Self {
        self.write(key, format_args!("\"{value}\""));
        self
    }

    pub(super) fn object(mut self, key: &str, inner: Self) -> Self {
        let inner = inner.finish();
        self.write(key, format_args!("{inner}"));
        self
    }

    /// An object inside another, without a time of its own.
    pub(super) fn inner() -> Self {
        Self::new(None)
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_and_decoders_read_them() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (1_795_314_717_500, "2026-11-22T02:31:57.500Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Rfc3339(UnixNanos::from_millis(millis)).to_string(), text);
        }
    }
}
