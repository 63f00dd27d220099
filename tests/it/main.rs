//! Integration tests of the app, in one binary because each would link the engine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "remote")]
mod broker_outage;
#[cfg(feature = "remote")]
mod first_minutes;
#[cfg(feature = "remote")]
mod golden;
#[cfg(feature = "remote")]
mod house;
mod live;
mod plant;
#[cfg(feature = "remote")]
mod process;
#[cfg(feature = "remote")]
mod remote;
#[cfg(feature = "remote")]
mod scripted;
#[cfg(feature = "remote")]
mod session;
mod timeline;
#[cfg(all(feature = "remote", target_os = "linux"))]
mod window;
