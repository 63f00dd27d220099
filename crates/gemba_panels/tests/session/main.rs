//! The session's panels, used as a person does: found by accessible label, clicked and typed in, and asked what they
//! asked for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../drive/mod.rs"]
mod drive;

mod chat;
mod desktop;
mod join;
mod notes;
mod pen;
mod people;
mod room;
mod shared;
mod viewpoints;
