//! Being in one plant together, as far as no socket, clock or disk is needed: what people can do, who may do it, in
//! which order it happened, and how all of it looks as bytes.
//!
//! - [`operation`] is what a person can do, [`role`] who may, [`refusal`] why not, [`state`] what a room holds.
//! - [`room`] is the authority: it gives every operation its place in one order.
//! - [`client`] is a participant's end: a replica of the room with prediction, roll-back, undo and a way back after a
//!   lost link.
//! - [`plant`] is which plant they are in.
//! - [`presence`] is where people are and what they point at: small, unreliable, newest wins.
//! - [`wire`] is frames and messages; sizes are checked before anything is allocated.
//!
//! Time and bytes come in as arguments. `gemba_relay` puts sockets and a disk around it; the viewer draws it.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

pub mod bounded;
mod budget;
pub mod client;
mod ids;
pub mod operation;
pub mod plant;
pub mod presence;
pub mod refusal;
pub mod role;
pub mod room;
pub mod state;
pub mod wire;

pub use budget::{Allowance, Budget};
pub use client::{Client, SessionEvent, SessionPhase};
pub use ids::{
    AnnotationId, ClientKey, ConnectionId, HistoryId, MAX_ROOM_NAME_BYTES, OperationId, OperationNumber,
    ParticipantId, PrimHash, RoomName, RoomNameError, Seq, ViewpointId,
};
pub use operation::{Change, Entry, Operation, OperationKind};
pub use plant::{OtherPlant, PlantMark};
pub use refusal::{Closing, JoinRefusal, Refusal};
pub use role::Role;
pub use room::Room;
pub use state::RoomState;
