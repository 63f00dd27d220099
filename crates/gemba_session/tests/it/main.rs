//! The session in virtual time: rooms, clients, and a network that loses, delays, repeats and mixes up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod convergence;
mod fuzz;
mod plant;
mod presence;
mod refusals;
mod roles;
mod samples;
mod world;
