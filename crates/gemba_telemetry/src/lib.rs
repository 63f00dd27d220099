//! Sans-IO telemetry: payload decoding, topic filters, the tag table, staleness and the link state machine.
//!
//! Nothing here opens a socket, reads a clock or starts a thread: bytes, times and random numbers come in as
//! arguments, so every rule is tested in virtual time. `gemba_sources` is the IO shell around it; the app drains the
//! [`TagTable`] once per frame.
//!
//! The path of one message: a source thread gives topic and payload to [`TopicRouter::deliver`], which finds the
//! groups of tags that the topic feeds, reads all their selectors in one pass over the payload ([`decode`]) and
//! publishes one sample a tag into the [`TagTable`].
//!
//! [`LimitJudge`] says which limits count as passed, with deadband and delays.
//!
//! Deliberately absent: history and alarms with a life cycle (other crates), trees of parsed JSON, queues that can grow.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

pub mod decode;
mod limits;
mod link;
mod staleness;
mod table;
pub mod topic;

pub use decode::{DecodeError, Decoded, Decoder, Pointer, PointerError, Selection};
pub use limits::{Judged, LimitJudge, LimitRule, PassedLimit};
pub use link::{LinkMachine, LinkReason, LinkState, RefusedBecause, RetryPolicy, TlsFault};
pub use staleness::effective_quality;
pub use table::{TableCounters, TagFault, TagTable};
pub use topic::{Delivery, FilterError, TopicFilter, TopicRouter, binding_issue};
