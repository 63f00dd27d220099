//! What can be asked of the running plant, as JSON on `gemba/bottling/sim/command`.
//!
//! `{"inject": "bearing-wear", "at": "P-121", "after": "10s", "grow": 120}` and `{"clear": "bearing-wear", "at": "P-121"}`;
//! `{"clear": "all"}` ends every fault, `{"clear": "all", "at": "P-121"}` those of one twin.

use std::fmt;

use serde::Deserialize;

use super::{
    Fault, FaultError, Kind,
    file::{Options, Scalar},
};

/// A command to the simulated plant.
#[derive(Clone, Debug)]
pub enum Command {
    /// A fault begins.
    Inject(Fault),
    /// Faults end.
    Clear {
        /// Of this kind; `None` is all.
        kind: Option<Kind>,
        /// At the twin of this id; `None` is anywhere.
        id: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    inject: Option<String>,
    clear: Option<String>,
    /// The target. The onset, which is `at` on the command line, is `after` here.
    at: Option<String>,
    after: Option<Scalar>,
    grow: Option<Scalar>,
    #[serde(rename = "for")]
    lasts: Option<Scalar>,
    every: Option<Scalar>,
    bearing: Option<Scalar>,
    by: Option<Scalar>,
}

impl Command {
    /// Reads one command.
    ///
    /// # Errors
    /// When it is no command, or its fault makes no sense.
    pub fn from_json(payload: &[u8]) -> Result<Self, FaultError> {
        let unreadable = |reason: &str| FaultError::Command {
            reason: reason.to_owned(),
        };
        let wire: Wire = serde_json::from_slice(payload).map_err(|error| unreadable(&error.to_string()))?;
        match (wire.inject, wire.clear, wire.at) {
            (Some(kind), None, Some(target)) => {
                let mut fault = Fault::new(kind.parse()?, &target)?;
                let options = Options {
                    at: wire.after,
                    grow: wire.grow,
                    lasts: wire.lasts,
                    every: wire.every,
                    bearing: wire.bearing,
                    by: wire.by,
                };
                options.apply(&mut fault)?;
                Ok(Self::Inject(fault))
            }
            (Some(_), None, None) => Err(unreadable("`at` is missing: where")),
            (None, Some(kind), id) => {
                let kind = (kind != "all").then(|| kind.parse()).transpose()?;
                Ok(Self::Clear { kind, id })
            }
            _ => Err(unreadable("it needs either `inject` or `clear`")),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inject(Fault { kind, twin, key, .. }) => {
                write!(f, "inject {kind} at {}", twin.id)?;
                key.map_or(Ok(()), |key| write!(f, "/{key}"))
            }
            Self::Clear { kind, id } => {
                f.write_str("clear ")?;
                match kind {
                    Some(kind) => write!(f, "{kind}")?,
                    None => f.write_str("all")?,
                }
                id.as_ref().map_or(Ok(()), |id| write!(f, " at {id}"))
            }
        }
    }
}
