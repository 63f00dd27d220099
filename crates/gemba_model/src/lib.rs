//! The vocabulary of Gemba: what a sample, a quality, a unit, a prim path and an issue are.
//!
//! Every other crate speaks in these types, so this one knows nothing of USD files, protocols, engines or panels. It
//! does no IO and reads no clock: times come in as arguments.

mod issue;
pub mod nearest;
mod prim_path;
mod sample;
mod time;
mod unit;

pub use issue::{Issue, IssueCode, Severity};
pub use prim_path::{PrimPath, PrimPathError};
pub use sample::{Quality, Sample, TagId, Value};
pub use time::UnixNanos;
pub use unit::{Unit, UnitError};
