//! OpenUSD stage to [`SceneDoc`]: one serialisable value that holds the composed plant, and the issues met on the way.
//!
//! [`open`] is the one entry for the viewer, `gemba check` and the benchmarks. The composed stage never leaves this
//! crate: what comes out knows no `openusd` type, so it can be made in a child process and cached.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

pub mod compat;
pub mod doc;
mod inspect;
mod open;
mod read;
mod stage;
#[cfg(test)]
mod testing;

pub use compat::OpenError;
pub use doc::SceneDoc;
pub use inspect::inspect;
pub use open::{LoadStage, OpenOptions, Progress, open};
