//! The live values as rows, for `--dump-values`, tables and remote control.

use gemba_model::{Quality, UnixNanos, Value};
use gemba_twin::BindingPlan;
use serde::Serialize;

use super::Points;

/// One point with its newest sample.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValueRow {
    /// The twin's id.
    pub twin: String,
    /// The point's name.
    pub point: String,
    /// The newest value; `null` when there never was one.
    pub value: Option<Value>,
    /// UCUM code of its unit.
    pub unit: Option<String>,
    /// How far to trust it now.
    pub quality: Quality,
    /// When it was true, by the source's clock, ISO 8601 in UTC.
    pub source_time: Option<String>,
    /// When it arrived, by this machine's clock, ISO 8601 in UTC.
    pub recv_time: Option<String>,
}

/// A row for each point of `plan`, in its order.
#[must_use]
pub fn dump(plan: &BindingPlan, points: &Points) -> Vec<ValueRow> {
    (0..)
        .map(gemba_twin::PointIndex)
        .zip(&plan.points)
        .map(|(index, point)| {
            let state = points.get(index);
            let sample = state.and_then(|state| state.sample.as_ref());
            ValueRow {
                twin: plan
                    .twins
                    .get(point.twin.0 as usize)
                    .map(|twin| twin.id.to_string())
                    .unwrap_or_default(),
                point: point.name.to_string(),
                value: sample.and_then(|sample| sample.value.clone()),
                unit: point.unit.as_ref().map(|unit| unit.code().to_owned()),
                quality: state.map_or(Quality::Stale, |state| state.quality),
                source_time: sample.and_then(|sample| sample.source_time).map(iso_8601),
                recv_time: sample.map(|sample| iso_8601(sample.recv_time)),
            }
        })
        .collect()
}

/// `2026-11-22T03:04:05.678Z`: ISO 8601 in UTC with milliseconds, proleptic Gregorian.
///
/// The civil date of a day number after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
#[must_use]
pub fn iso_8601(time: UnixNanos) -> String {
    let millis = time.as_millis();
    let (days, millis_of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (secs, millis) = (millis_of_day / 1_000, millis_of_day % 1_000);
    let (hour, minute, second) = (secs / 3_600, secs / 60 % 60, secs % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_iso_8601_in_utc() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_316_645_678, "2026-11-22T03:04:05.678Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso_8601(UnixNanos::from_millis(millis)), text);
        }
    }
}
