//! A schedule of faults in a file, TOML or JSON.
//!
//! ```toml
//! [[fault]]
//! kind = "bearing-wear"
//! target = "P-121"
//! at = "30s"
//! grow = "2m"
//! ```
//!
//! In JSON the same is `{"fault": [{"kind": "bearing-wear", "target": "P-121", "at": "30s"}]}`.

use serde::Deserialize;
use thiserror::Error;

use super::{Fault, FaultError};

/// Why a schedule cannot be used.
#[derive(Debug, Error)]
pub enum FaultFileError {
    /// It is not the TOML that is wanted.
    #[error("the schedule of faults cannot be read as TOML")]
    Toml(#[from] toml::de::Error),
    /// It is not the JSON that is wanted.
    #[error("the schedule of faults cannot be read as JSON")]
    Json(#[from] serde_json::Error),
    /// One of its faults makes no sense.
    #[error("fault {number} of the schedule makes no sense")]
    Fault {
        /// Which one; the first is 1.
        number: usize,
        /// What is wrong with it.
        source: FaultError,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schedule {
    #[serde(default)]
    fault: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: String,
    target: String,
    #[serde(flatten)]
    options: Options,
}

/// Options of a fault in a file or a command; times are texts such as `30s` or numbers of seconds.
#[derive(Deserialize)]
pub(super) struct Options {
    pub(super) at: Option<Scalar>,
    pub(super) grow: Option<Scalar>,
    #[serde(rename = "for")]
    pub(super) lasts: Option<Scalar>,
    pub(super) every: Option<Scalar>,
    pub(super) bearing: Option<Scalar>,
    pub(super) by: Option<Scalar>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Number(f64),
    Text(String),
}

impl Options {
    pub(super) fn apply(&self, fault: &mut Fault) -> Result<(), FaultError> {
        let options = [
            ("at", &self.at),
            ("grow", &self.grow),
            ("for", &self.lasts),
            ("every", &self.every),
            ("bearing", &self.bearing),
            ("by", &self.by),
        ];
        for (name, value) in options {
            match value {
                Some(Scalar::Number(number)) => fault.set(name, &number.to_string())?,
                Some(Scalar::Text(text)) => fault.set(name, text)?,
                None => {}
            }
        }
        Ok(())
    }
}

/// Reads a schedule of faults: JSON where the text begins with a brace, else TOML.
///
/// # Errors
/// When it is neither, or a fault in it makes no sense.
pub fn read_faults(text: &str) -> Result<Vec<Fault>, FaultFileError> {
    let schedule: Schedule = if text.trim_start().starts_with('{') {
        serde_json::from_str(text)?
    } else {
        toml::from_str(text)?
    };
    let numbered = (1..).zip(&schedule.fault);
    numbered
        .map(|(number, entry)| {
            entry
                .fault()
                .map_err(|source| FaultFileError::Fault { number, source })
        })
        .collect()
}

impl Entry {
    fn fault(&self) -> Result<Fault, FaultError> {
        let mut fault = Fault::new(self.kind.parse()?, &self.target)?;
        self.options.apply(&mut fault)?;
        Ok(fault)
    }
}
