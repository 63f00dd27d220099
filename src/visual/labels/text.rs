//! What a label says: the value in its unit, how old it is when that matters, and which limit it has passed.

use std::time::Duration;

use gemba_model::{Quality, Value};
use gemba_telemetry::PassedLimit;
use gemba_twin::{Point, Twin};

use crate::telemetry::PointState;

/// A limit that a value has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Breach {
    /// Below `low`.
    Low,
    /// Above `high`.
    High,
    /// Below `lowLow`.
    LowLow,
    /// Above `highHigh`.
    HighHigh,
}

impl From<PassedLimit> for Breach {
    fn from(passed: PassedLimit) -> Self {
        match passed {
            PassedLimit::Low => Self::Low,
            PassedLimit::High => Self::High,
            PassedLimit::LowLow => Self::LowLow,
            PassedLimit::HighHigh => Self::HighHigh,
        }
    }
}

impl Breach {
    /// How many marks show it.
    pub(super) fn marks(self) -> usize {
        match self {
            Self::High | Self::Low => 1,
            Self::HighHigh | Self::LowLow => 2,
        }
    }

    /// Whether the mark points up.
    pub(super) fn is_high(self) -> bool {
        matches!(self, Self::High | Self::HighHigh)
    }
}

/// The text of `format` (see [`EffectKind::Label`](gemba_twin::EffectKind::Label)) for a point now, with its age when it
/// is stale.
pub(super) fn text(
    format: &str,
    decimals: u8,
    twin: &Twin,
    point: &Point,
    state: &PointState,
    age: Option<Duration>,
) -> String {
    let value = state
        .value()
        .map_or_else(|| "–".to_owned(), |value| value_text(value, decimals));
    let unit = point.unit.as_ref().map_or("", |unit| unit.symbol());
    let mut text = String::with_capacity(32);
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if after.starts_with(&rest[at..=at]) {
            text.push_str(&rest[at..=at]);
            rest = &after[1..];
            continue;
        }
        // The plan has checked the format: a brace that closes nothing does not come up, and is dropped.
        let end = after.find('}').unwrap_or(after.len());
        text.push_str(match &after[..end] {
            "value" => &value,
            "unit" => unit,
            "name" => &twin.name,
            "id" => &twin.id,
            _ => "",
        });
        rest = after.get(end + 1..).unwrap_or_default();
    }
    text.push_str(rest);
    text.truncate(text.trim_end().len());
    if state.quality == Quality::Stale {
        text.push_str(" · ");
        text.push_str(&age.map_or_else(|| "no data".to_owned(), age_text));
    }
    text
}

fn value_text(value: &Value, decimals: u8) -> String {
    match value {
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::Number(number) => format!("{number:.*}", usize::from(decimals)),
        Value::Text(text) => text.to_string(),
    }
}

/// `14 s old`, `3 min old`, `5 h old`, `2 d old`.
pub(super) fn age_text(age: Duration) -> String {
    let secs = age.as_secs();
    match secs {
        0..=119 => format!("{secs} s old"),
        120..=7_199 => format!("{} min old", secs / 60),
        7_200..=172_799 => format!("{} h old", secs / 3_600),
        _ => format!("{} d old", secs / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use gemba_model::{PrimPath, Sample, Unit, UnixNanos};
    use gemba_twin::{Limits, TwinIndex};
    use gemba_usd::doc::PrimIndex;

    use super::*;

    fn check(format: &str, value: Option<Value>, quality: Quality, expected: &str) {
        let twin = Twin {
            id: "P-101".into(),
            class: None,
            level: None,
            name: "Feed pump".into(),
            prim: PrimIndex(0),
            path: PrimPath::root(),
        };
        let point = Point {
            twin: TwinIndex(0),
            name: "t".into(),
            label: "t".into(),
            tag: None,
            unit: Unit::new("Cel").ok(),
            limits: Limits::default(),
            stale_after: Duration::ZERO,
        };
        let sample = Sample {
            value,
            quality: Quality::Good,
            source_time: None,
            recv_time: UnixNanos(0),
        };
        let state = PointState {
            sample: Some(sample),
            quality,
        };
        assert_eq!(
            text(format, 1, &twin, &point, &state, Some(Duration::from_secs(14))),
            expected
        );
    }

    #[test]
    fn formats() {
        let number = || Some(Value::Number(72.25));
        check("{value} {unit}", number(), Quality::Good, "72.2 °C");
        check(
            "{name}: {value} {unit}",
            number(),
            Quality::Stale,
            "Feed pump: 72.2 °C · 14 s old",
        );
        check(
            "{{{id}}} {value}",
            Some(Value::Bool(true)),
            Quality::Bad,
            "{P-101} on",
        );
        check("{value} {unit}", None, Quality::Good, "– °C");
        check("{value}", Some(Value::Text("open".into())), Quality::Good, "open");
    }

    #[test]
    fn ages() {
        for (secs, text) in [
            (0, "0 s old"),
            (119, "119 s old"),
            (120, "2 min old"),
            (7_200, "2 h old"),
            (172_800, "2 d old"),
        ] {
            assert_eq!(age_text(Duration::from_secs(secs)), text);
        }
    }
}
