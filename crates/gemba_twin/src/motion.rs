//! What one unit of a value is as an angle, a speed of turning, a length or a speed along a way.

use std::f64::consts::{PI, TAU};

/// How a value turns its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rotation {
    /// Radians, or radians a second, for one unit of the value.
    pub(crate) rad_per_unit: f64,
    /// The value is a speed, not an angle.
    pub(crate) is_speed: bool,
}

/// How a value of the UCUM unit `code` turns its target; `None` when the unit is no rotation.
///
/// Counts per time (`/min`, `{bottles}/h`, `Hz`) are one turn a count: a ratio makes it less.
pub(crate) fn rotation(code: &str) -> Option<Rotation> {
    if let Some(rad_per_unit) = angle_rad(code) {
        return Some(Rotation {
            rad_per_unit,
            is_speed: false,
        });
    }
    let speed = |rad_per_unit| {
        Some(Rotation {
            rad_per_unit,
            is_speed: true,
        })
    };
    match code {
        "Hz" => return speed(TAU),
        "mHz" => return speed(TAU * 1e-3),
        "kHz" => return speed(TAU * 1e3),
        _ => {}
    }
    let (turned, time) = code.split_once('/')?;
    let (time, counted) = time
        .split_once('{')
        .map_or((time, ""), |(time, counted)| (time, counted));
    let is_count = turned.is_empty() || turned == "1" || (turned.starts_with('{') && counted.is_empty());
    let rad = if is_count { TAU } else { angle_rad(turned)? };
    speed(rad / time_secs(time)?)
}

fn angle_rad(code: &str) -> Option<f64> {
    match code {
        "r" | "{r}" | "circ" => Some(TAU),
        "rad" => Some(1.0),
        "mrad" => Some(1e-3),
        "deg" => Some(PI / 180.0),
        "gon" => Some(PI / 200.0),
        _ => None,
    }
}

fn time_secs(code: &str) -> Option<f64> {
    match code {
        "ms" => Some(1e-3),
        "s" => Some(1.0),
        "min" => Some(60.0),
        "h" => Some(3_600.0),
        "d" => Some(86_400.0),
        _ => None,
    }
}

/// Metres a second in one unit of the UCUM unit `code`; `None` when it is no speed along a way.
pub(crate) fn speed_m_per_s(code: &str) -> Option<f64> {
    let (way, time) = code.split_once('/')?;
    Some(length_m(way)? / time_secs(time)?)
}

/// Metres in one unit of the UCUM unit `code`; `None` when it is no length.
pub(crate) fn length_m(code: &str) -> Option<f64> {
    match code {
        "um" => Some(1e-6),
        "mm" => Some(1e-3),
        "cm" => Some(1e-2),
        "dm" => Some(1e-1),
        "m" => Some(1.0),
        "km" => Some(1e3),
        "[in_i]" => Some(0.0254),
        "[ft_i]" => Some(0.3048),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_turn() {
        let cases = [
            ("r/min", TAU / 60.0, true),
            ("/min{r}", TAU / 60.0, true),
            ("{r}/min", TAU / 60.0, true),
            ("/min", TAU / 60.0, true),
            ("Hz", TAU, true),
            ("r/s", TAU, true),
            ("deg/s", PI / 180.0, true),
            ("rad/s", 1.0, true),
            ("{bottles}/h", TAU / 3_600.0, true),
            ("deg", PI / 180.0, false),
            ("rad", 1.0, false),
            ("r", TAU, false),
        ];
        for (code, rad_per_unit, is_speed) in cases {
            let got = rotation(code).unwrap_or_else(|| panic!("{code}"));
            assert!((got.rad_per_unit - rad_per_unit).abs() < 1e-12, "{code}: {got:?}");
            assert_eq!(got.is_speed, is_speed, "{code}");
        }
        for code in ["Cel", "m/s", "%", "kW", "r/m", "l/min", "1", "{bottles}"] {
            assert_eq!(rotation(code), None, "{code}");
        }
    }
    #[test]
    fn units_that_go_along_a_way() {
        for (code, m_per_s) in [
            ("m/s", 1.0),
            ("m/min", 1.0 / 60.0),
            ("mm/s", 1e-3),
            ("km/h", 1e3 / 3600.0),
        ] {
            let got = speed_m_per_s(code).unwrap_or_else(|| panic!("{code}"));
            assert!((got - m_per_s).abs() < 1e-12, "{code}: {got}");
        }
        for code in ["m", "r/min", "m3/h", "s/m", "%", "m/kg"] {
            assert_eq!(speed_m_per_s(code), None, "{code}");
        }
    }
}
