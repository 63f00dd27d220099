//! The relay with real sockets, files and processes, on loopback alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, prints what it measured and reads the clock"
)]

mod audit;
mod crowd;
mod disk;
mod flood;
mod frames;
mod kill;
mod meet;
mod network;
mod plant;
mod proxy;
mod raw;
mod tokens;
mod world;
