//! What the controllers publish: topics, payloads and rates.

use std::{fmt::Write as _, time::Duration};

use gemba_model::UnixNanos;

/// One MQTT message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Where it goes.
    pub topic: &'static str,
    /// JSON, or one scalar as text.
    pub payload: String,
    /// The broker keeps it for those who come later.
    pub retain: bool,
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

    fn write(&mut self, key: &str, value: std::fmt::Arguments<'_>) {
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
