//! Units of measure: the UCUM codes that plants use, and how to print them.
//!
//! Source: The Unified Code for Units of Measure, version 2.2 (ucum.org), case-sensitive codes. A code is checked by its
//! grammar: terms of prefix + atom + exponent, joined by `.` and `/`. Values are never converted here.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A unit of measure by its UCUM code, such as `Cel`, `r/min` or `kg/m3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit {
    code: Arc<str>,
    /// Made once: labels show it in every frame.
    symbol: Arc<str>,
}

/// Why a text is no unit.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{code}` is not a UCUM code{}", suggestion.as_ref().map(|s| format!("; did you mean `{s}`?")).unwrap_or_default())]
pub struct UnitError {
    /// What was given.
    pub code: String,
    /// What was probably meant.
    pub suggestion: Option<&'static str>,
}

/// Prefixes of UCUM table 1, longest first so that `da` is tried before `d`.
const PREFIXES: &[&str] = &[
    "da", "Ki", "Mi", "Gi", "Ti", "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "d", "c", "m", "u", "n", "p",
    "f", "a",
];

/// Atoms that take a prefix (UCUM's metric units), as far as plants use them.
const METRIC: &[&str] = &[
    "m", "s", "g", "rad", "K", "C", "cd", "mol", "sr", "Hz", "N", "Pa", "J", "W", "A", "V", "F", "Ohm", "S",
    "Wb", "Cel", "T", "H", "lm", "lx", "Bq", "Gy", "Sv", "l", "L", "ar", "t", "bar", "u", "eV", "pc", "B",
    "bit", "By", "Bd", "kat", "cal", "dyn", "erg", "P", "St", "G", "Np", "m[H2O]", "m[Hg]", "VA", "var",
];

/// Atoms that take no prefix.
const PLAIN: &[&str] = &[
    "%", "[ppm]", "[ppb]", "[pH]", "deg", "'", "''", "gon", "min", "h", "d", "wk", "mo", "a", "r", "circ",
    "atm", "[psi]", "[degF]", "[degR]", "[in_i]", "[ft_i]", "[yd_i]", "[mi_i]", "[gal_us]", "[lb_av]",
    "[oz_av]", "[lbf_av]", "[HP]", "[Btu]", "[cft_i]", "[sin_i]", "[sft_i]", "g%", "10*", "10^", "osm", "AU",
    "[g]", "har", "B[W]", "B[V]", "B[SPL]",
];

/// What people write instead, and the code for it.
const MEANT: &[(&str, &str)] = &[
    ("degC", "Cel"),
    ("°C", "Cel"),
    ("celsius", "Cel"),
    ("C°", "Cel"),
    ("degF", "[degF]"),
    ("°F", "[degF]"),
    ("rpm", "r/min"),
    ("RPM", "r/min"),
    ("psi", "[psi]"),
    ("ppm", "[ppm]"),
    ("°", "deg"),
    ("m³/h", "m3/h"),
    ("m²", "m2"),
    ("m³", "m3"),
    ("ohm", "Ohm"),
    ("Ω", "Ohm"),
    ("µm", "um"),
    ("hour", "h"),
    ("sec", "s"),
    ("percent", "%"),
    ("pct", "%"),
    ("hp", "[HP]"),
    ("Kg", "kg"),
    ("kw", "kW"),
    ("KW", "kW"),
    ("kwh", "kW.h"),
    ("kWh", "kW.h"),
    ("Bar", "bar"),
    ("pa", "Pa"),
    ("hz", "Hz"),
    ("liter", "L"),
    ("pcs", "{pcs}"),
    ("bottles", "{bottles}"),
    ("pH", "[pH]"),
    ("inch", "[in_i]"),
    ("ft", "[ft_i]"),
];

impl Unit {
    /// The unit with this UCUM code; the empty code and `1` are the dimensionless unit.
    ///
    /// # Errors
    /// [`UnitError`] when `code` is not UCUM, with what was probably meant.
    pub fn new(code: impl AsRef<str>) -> Result<Self, UnitError> {
        let code = code.as_ref();
        if code.is_empty() || is_ucum(code) {
            let code = if code.is_empty() { "1" } else { code };
            return Ok(Self {
                code: code.into(),
                symbol: symbol_of(code).into(),
            });
        }
        let suggestion = MEANT
            .iter()
            .find(|(wrong, _)| *wrong == code)
            .map(|(_, right)| *right);
        Err(UnitError {
            code: code.to_owned(),
            suggestion,
        })
    }

    /// The UCUM code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// How a person writes it: `°C` for `Cel`, `rpm` for `r/min`, `bottles/h` for `{bottles}/h`, nothing for `1`.
    #[must_use]
    pub fn symbol(&self) -> &str {
        &self.symbol
    }
}

fn symbol_of(code: &str) -> String {
    match code {
        "1" => String::new(),
        "Cel" => "°C".into(),
        "[degF]" => "°F".into(),
        "deg" => "°".into(),
        code => match composed_symbol(code).as_str() {
            "r/min" => "rpm".into(),
            symbol => symbol.to_owned(),
        },
    }
}

/// The symbols of the components, joined. What a rate counts stands in front of it, whichever component it was written
/// at: `1/h{bottles}` and `/h{bottles}` read like `{bottles}/h`.
fn composed_symbol(code: &str) -> String {
    let rate = code.strip_prefix("1/").or_else(|| code.strip_prefix('/'));
    let rest = rate.unwrap_or(code);
    let mut counted = None;
    let mut symbol = String::with_capacity(code.len());
    for component in rest.split_inclusive(['.', '/']) {
        let (component, joint) = match component.strip_suffix(['.', '/']) {
            Some(before) => (before, &component[before.len()..]),
            None => (component, ""),
        };
        let (base, annotation) = component.split_once('{').unwrap_or((component, ""));
        let things = annotation.trim_end_matches('}');
        symbol.push_str(&simple_symbol(base));
        if rate.is_some() && counted.is_none() && !base.is_empty() && !things.is_empty() {
            counted = Some(things);
        } else {
            if !base.is_empty() && !things.is_empty() {
                symbol.push(' ');
            }
            symbol.push_str(things);
        }
        symbol.push_str(if joint == "." { "·" } else { joint });
    }
    match counted {
        Some(things) => format!("{things}/{symbol}"),
        None => format!("{}{symbol}", &code[..code.len() - rest.len()]),
    }
}

/// The symbol of a component without its annotation.
fn simple_symbol(base: &str) -> String {
    base.replace("Ohm", "Ω")
        .replace("m2", "m²")
        .replace("m3", "m³")
        .replace("[psi]", "psi")
        .replace("[ppm]", "ppm")
        .replace("Cel", "°C")
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl TryFrom<String> for Unit {
    type Error = UnitError;
    fn try_from(code: String) -> Result<Self, UnitError> {
        Self::new(code)
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.code().to_owned()
    }
}

/// UCUM §2: a term is components joined by `.` and `/`; a leading `/` is allowed.
fn is_ucum(code: &str) -> bool {
    code.strip_prefix('/')
        .unwrap_or(code)
        .split(['.', '/'])
        .all(is_component)
}

/// A simple unit with an optional exponent and annotation, or a plain number.
fn is_component(component: &str) -> bool {
    let (simple, annotation) = match component.find('{') {
        Some(at) => (&component[..at], Some(&component[at..])),
        None => (component, None),
    };
    if annotation.is_some_and(|a| !a.ends_with('}') || a.len() < 3 || a[1..a.len() - 1].contains(['{', '}']))
    {
        return false;
    }
    if simple.is_empty() {
        return annotation.is_some();
    }
    if simple.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    if is_simple(simple) {
        return true;
    }
    let base = simple.trim_end_matches(|c: char| c.is_ascii_digit());
    let base = base.strip_suffix(['+', '-']).unwrap_or(base);
    base.len() < simple.len() && is_simple(base)
}

fn is_simple(atom: &str) -> bool {
    PLAIN.contains(&atom)
        || METRIC.contains(&atom)
        || PREFIXES.iter().any(|prefix| {
            atom.strip_prefix(prefix)
                .is_some_and(|rest| METRIC.contains(&rest))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_a_plant_are_units() {
        for code in [
            "Cel",
            "r/min",
            "bar",
            "kPa",
            "m3/h",
            "kW",
            "kW.h",
            "mm/s",
            "%",
            "l/min",
            "kg/m3",
            "A",
            "V",
            "Hz",
            "{bottles}/h",
            "1",
            "m/s2",
            "[psi]",
            "deg",
            "rad/s",
            "t/h",
            "uS/cm",
            "mbar",
            "10*3/h",
            "N.m",
            "/min",
            "dB",
            "g",
        ] {
            assert!(Unit::new(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn what_people_write_instead_is_named() {
        let error = Unit::new("degC").expect_err("not UCUM");
        assert_eq!(error.suggestion, Some("Cel"));
        assert_eq!(
            error.to_string(),
            "`degC` is not a UCUM code; did you mean `Cel`?"
        );
        assert!(Unit::new("furlongs").is_err());
        assert!(Unit::new("m//s").is_err());
        assert!(Unit::new("{").is_err());
    }

    #[test]
    fn symbols_read_well() {
        for (code, symbol) in [
            ("Cel", "°C"),
            ("r/min", "rpm"),
            ("m3/h", "m³/h"),
            ("1", ""),
            ("kW.h", "kW·h"),
            ("/min", "/min"),
            ("1/h", "1/h"),
            ("kW/m2", "kW/m²"),
        ] {
            let unit = Unit::new(code);
            assert_eq!(unit.as_ref().map(Unit::symbol), Ok(symbol), "{code}");
        }
    }

    #[test]
    fn annotations_read_as_words_wherever_they_stand() {
        for (code, symbol) in [
            ("{bottles}", "bottles"),
            ("{bottles}/h", "bottles/h"),
            ("{bottles}/h.m2", "bottles/h·m²"),
            ("1/h{bottles}", "bottles/h"),
            ("/h{bottles}", "bottles/h"),
            ("/min{r}", "rpm"),
            ("1/min{r}", "rpm"),
            ("{r}/min", "rpm"),
            ("kg{dry}/h", "kg dry/h"),
            ("m3/h{water}", "m³/h water"),
            ("kW.h/{bottle}", "kW·h/bottle"),
            ("{m2}/d", "m2/d"),
            ("/{shift}", "/shift"),
        ] {
            let unit = Unit::new(code);
            assert_eq!(unit.as_ref().map(Unit::symbol), Ok(symbol), "{code}");
        }
    }
}
