//! The crate as its callers see it: fixtures in, plans and issues out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod composed;
mod fixture;
mod issues;
mod plans;
mod plants;
mod report;
