//! The audit log: who came, who was refused and what was done, one line of JSON each, each with the SHA-256 of the
//! line before.
//!
//! A line that was changed, taken out or put in breaks the chain from there on; [`verify`] says where. Lines cut off
//! the end leave a chain that is whole, so the store remembers the last hash and length beside the rooms.
//!
//! Contents are not repeated here: an operation's line holds the hash of its entry in the room's log, so that the log
//! proves who did what and when without keeping what people wrote once the room has forgotten it.

mod chain;
mod record;
mod verify;

pub use chain::{AuditError, FILE as AUDIT_FILE};
pub(crate) use chain::{AuditFile, Head, Tail};
pub(crate) use record::{Record, key_hex};
pub use verify::{AuditFault, Verified, verify};
