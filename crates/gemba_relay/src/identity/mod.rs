//! Who is who: the relay by its certificate, a right to come in by the relay's signature, a client by its own key.
//!
//! A relay keeps two secrets in its data folder, each a PEM file that only its user can read: the key that signs
//! tokens and the key of its certificate. The certificate signs itself; whoever holds a join link knows its
//! fingerprint and needs no authority. All signatures are Ed25519 by ring, the library that does TLS here too.

mod client_key;
mod files;
mod join_link;
mod revocations;
mod token;

pub use client_key::{ClientIdentity, ClientIdentityError};
pub(crate) use client_key::{EXPORTER_BYTES, EXPORTER_LABEL, is_proof};
use files::append_line;
pub use files::{IdentityError, RelayIdentity};
pub(crate) use join_link::DEFAULT_PORT;
pub use join_link::{Fingerprint, JoinLink, JoinLinkError};
pub use revocations::Revocations;
pub use token::{Claims, Grant, TokenId};
