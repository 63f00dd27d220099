//! Connections against a broker and clients that no one here wrote: mosquitto, mosquitto_pub and paho.
//!
//! Each test runs brokers of its own on free ports of 127.0.0.1. Where a program is missing the test prints `SKIPPED: …`,
//! adds the line to the file named by `GEMBA_SKIPS` and returns; `cargo xtask test` installs all of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, tells what it measured and reads the clock"
)]

mod failures;
mod flood;
mod replay;
mod security;
mod support;
mod values;
