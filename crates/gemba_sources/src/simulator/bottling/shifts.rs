//! Three shifts a day, 06–14, 14–22 and 22–06, by the clock of the payloads (UTC).

/// Which shift it is at this second of the day: 1 early, 2 late, 3 night.
pub(super) fn shift_at(day_secs: f64) -> u8 {
    match day_secs / 3_600.0 {
        hour if (6.0..14.0).contains(&hour) => 1,
        hour if (14.0..22.0).contains(&hour) => 2,
        _ => 3,
    }
}

/// What lights, offices and ventilation draw, in kW: more by day.
pub(super) fn building_kw(day_secs: f64) -> f64 {
    let noon = ((day_secs / 86_400.0 - 0.5) * std::f64::consts::TAU).cos();
    44.0 + 12.0 * noon
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_begin_at_six_fourteen_and_twenty_two() {
        let at = |hour: f64| shift_at(hour * 3_600.0);
        assert_eq!(
            [5.99, 6.0, 13.99, 14.0, 21.99, 22.0, 0.0].map(at),
            [3, 1, 1, 2, 2, 3, 3]
        );
    }
}
