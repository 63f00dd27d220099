//! The model of the log panel.

use bevy::prelude::*;
use gemba_panels::LogRow;

use super::Desktop;
use crate::{log::LogLines, telemetry::iso_8601};

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
            text: std::sync::Arc::clone(&line.text),
        })
        .collect();
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
