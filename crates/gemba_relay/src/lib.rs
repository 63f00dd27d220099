//! Sockets, durability and identity around `gemba_session`: the relay, and a client's link to it.
//!
//! Owns tokio, sockets, the rooms on disk, keys and tokens. What is allowed, in which order things happen and how they
//! look as bytes is decided in `gemba_session`; scenes and engines are unknown here.
//!
//! - [`Relay`] is the authority's shell, [`cli`] its commands, [`verify`] checks its audit log.
//! - [`RelayIdentity`] makes tokens and links, [`ClientIdentity`] is who a client is.
//! - [`Session`] is a participant's link, for programs that know nothing of sockets.
//! - [`bots`] are participants for load.
//!
//! # Use
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//!
//! use gemba_relay::{ClientIdentity, Grant, JoinLink, JoinOptions, Relay, RelayConfig, Session};
//! use gemba_session::{
//!     Operation, Role, RoomName, SessionEvent, SessionPhase,
//!     bounded::Text,
//!     operation::{Name, Prims},
//!     presence::Presence,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let data = folder.path().to_owned();
//! let relay = Relay::start(RelayConfig::new("127.0.0.1:0".parse()?, data))?;
//! let grant = Grant {
//!     room: RoomName::new("line-1")?,
//!     role: Role::Host,
//!     name: Name::cut("Ana"),
//!     lasts: Duration::from_secs(3_600),
//!     clients: 1,
//! };
//! let (_, link) = relay.identity().join_link(grant, "127.0.0.1", relay.address().port())?;
//!
//! // In the viewer: a link as it was pasted, and a key that makes this the same person the next time
//! // (`ClientIdentity::load_or_create` keeps it in a file).
//! let link: JoinLink = link.to_string().parse()?;
//! let options = JoinOptions::new(Arc::new(ClientIdentity::generate()?));
//! let session = Session::join(link, options)?;
//!
//! // Once per frame; nothing here waits for the network.
//! # let deadline = std::time::Instant::now() + Duration::from_secs(20);
//! let mut people = Vec::new();
//! loop {
//!     session.show(Presence::default());
//!     session.read_people(&mut people);
//!     while let Some(event) = session.poll_event() {
//!         match event {
//!             SessionEvent::Joined { you } => {
//!                 println!("we are {you}, {}", session.view().people[&you].role);
//!                 let (text, prims) = (Text::cut("hello"), Prims::default());
//!                 session.submit(Operation::Chat { text, prims })?;
//!             }
//!             SessionEvent::WentOffline { reason } => println!("offline: {reason}"),
//!             SessionEvent::Refused { refusal, .. } => println!("not done: {refusal}"),
//!             _ => {}
//!         }
//!     }
//!     if !session.view().chat.is_empty() && session.link_quality().in_flight == 0 {
//!         break;
//!     }
//! #   assert!(std::time::Instant::now() < deadline, "{:?}", session.phase());
//! #   std::thread::sleep(Duration::from_millis(5));
//! }
//! assert!(matches!(session.phase(), SessionPhase::Joined { .. }));
//! drop(session); // Says goodbye and joins its thread.
//! relay.stop(); // Stores what waits.
//! # Ok(())
//! # }
//! ```
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod alarm;
mod audit;
pub mod bots;
pub mod cli;
mod clock;
mod identity;
mod link;
mod plant_content;
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
pub use plant_content::plant_content;
pub use relay::{Relay, RelayConfig, RelayError, RelayLimits};
pub use store::{AuditEnd, StoreError, compare_audit_end};
pub use transport::Transport;
