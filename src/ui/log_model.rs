//! The model of the log panel.

use std::{sync::Arc, time::Duration};

use bevy::prelude::*;
use gemba_model::Severity;
use gemba_panels::LogRow;

use super::Desktop;
use crate::{
    log::LogLines,
    telemetry::{Now, iso_8601},
};

/// Fills the log when lines came.
pub(super) fn fill_log(log: Res<LogLines>, mut desktop: ResMut<Desktop>, mut made: Local<u64>) {
    desktop.model.log.dropped = log.dropped();
    if *made == log.revision() {
        return;
    }
    *made = log.revision();
    desktop.model.log.lines = log
        .lines()
        .iter()
        .map(|line| LogRow {
            time: time_of_day(&iso_8601(line.at)).into(),
            severity: line.severity,
            target: line.target.into(),
            text: Arc::clone(&line.text),
        })
        .collect();
}

/// How long an error stays over the plant: long enough to read what to do.
const SAID_FOR: Duration = Duration::from_secs(12);
/// More at once hide the plant.
const MOST_SAID: usize = 2;

/// Says what has just gone wrong.
pub(super) fn fill_toast(log: Res<LogLines>, now: Res<Now>, mut desktop: ResMut<Desktop>) {
    let errors = &mut desktop.model.toast.errors;
    errors.clear();
    let recent = log
        .lines()
        .iter()
        .rev()
        .take_while(|line| now.0.since(line.at) < SAID_FOR);
    // What the engine and drivers say is for the log: our own words say what to do.
    let newest = recent
        .filter(|line| line.severity == Severity::Error && line.target.starts_with("gemba"))
        .take(MOST_SAID);
    errors.extend(newest.map(|line| Arc::clone(&line.text)));
    errors.reverse();
}

/// Hours, minutes and seconds of a time as ISO 8601 writes it.
fn time_of_day(time: &str) -> &str {
    time.split_once('T')
        .and_then(|(_, clock)| clock.get(..8))
        .unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_its_time_of_day() {
        assert_eq!(time_of_day("2026-11-26T01:02:03.456Z"), "01:02:03");
        assert_eq!(time_of_day("never"), "never");
    }
}
