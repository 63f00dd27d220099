//! The session in virtual time: rooms, clients, and a network that loses, delays, repeats and mixes up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod convergence;
mod fuzz;
mod refusals;
mod roles;
mod samples;
mod world;
