//! Sockets, durability and identity around `gemba_session`: the relay, and a client's link to it.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod audit;
pub mod bots;
pub mod cli;
mod clock;
mod identity;
mod link;
mod relay;
mod store;
mod tls;
mod transport;

pub use audit::{AUDIT_FILE, AuditError, AuditFault, Verified, verify};
pub use identity::{
    Claims, ClientIdentity, ClientIdentityError, Fingerprint, Grant, IdentityError, JoinLink, JoinLinkError,
    RelayIdentity, Revocations, TokenId,
};
pub use link::{JoinOptions, LinkQuality, Session, SessionStartError, Ways};
pub use relay::{Relay, RelayConfig, RelayError, RelayLimits};
pub use store::{StoreError, audit_head};
pub use transport::Transport;
