//! What the tags of a plant were: a bounded [`Record`] in memory, and reading it back at any instant.
//!
//! Samples of a tag are kept in columns, and whole blocks of them are packed without loss ([`pco`]): a value that changes
//! slowly costs about a byte. Adding a sample never packs, because that takes long: whoever has the time takes blocks from
//! [`Record::next_to_pack`] and puts them back. When the record is as large as it may be, its oldest block goes, whosever it is, and
//! [`Record::extent`] says since when all is there.
//!
//! [`Playback`] is the way through it: it begins anywhere and gives what changes from one instant to the next, for what
//! those changes cost. [`Steps`] is for what changes rarely and is not a sample: the state of a link, a limit that counts.
//!
//! No clock, no thread, no file: instants come in as arguments, and blocks are packed where the caller will. A record is this
//! process's own; [`Record::write_to`] and [`Record::read_from`] hand it to the next one, as bytes.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod columns;
mod packing;
mod playback;
mod record;
mod steps;
mod stored;
mod track;

pub use packing::{BlockToPack, PackedBlock};
pub use playback::Playback;
pub use record::Record;
pub use steps::Steps;
pub use stored::{ReadError, WriteError};
