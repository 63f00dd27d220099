//! A record as bytes, for another process of this viewer.
//!
//! ```text
//! "GEMBAREC"  format u16  length u32  what the caller puts beside   the names of the tags, for one: a TagId is not one
//! samples  from  to  number of tags                                 by postcard, as all that follows
//! of each tag: the last sample that went, blocks as they are, packed or not yet, the rows after them
//! FNV-1a u64 of all before
//! ```
//!
//! Whoever reads trusts nothing: the sum tells what was cut or damaged, and where it is right all the same, every length is held
//! against what is there and against the room for the record. Blocks stay as they are; one that cannot be unpacked has no rows.

mod block;
mod bytes;

use std::io::{self, Write};

use gemba_model::UnixNanos;
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use self::{
    block::{put_block, take_block},
    bytes::{In, put, sum_of},
};
use super::{
    columns::{Block, Columns, ROW_BYTES},
    record::Record,
    track::{BLOCK_ROWS, Track},
};

const MAGIC: &[u8; 8] = b"GEMBAREC";
/// Raised with every change of what is written, and of what the viewer puts beside it.
const FORMAT: u16 = 1;
/// What is put beside a record is names and changes, not samples.
const MOST_BESIDE_BYTES: usize = 64 << 20;

/// Why a record was not written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// It does not take the bytes: a disk that is full.
    #[error("the record cannot be written")]
    Output(#[from] io::Error),
    /// There is no form in bytes for it: a path that is not Unicode.
    #[error("the record cannot be put into bytes")]
    Form(#[from] postcard::Error),
    /// There is more beside the record than is read back.
    #[error("{bytes} bytes are put beside the record, and {MOST_BESIDE_BYTES} is the most")]
    TooMuchBeside {
        /// How much it is.
        bytes: usize,
    },
}

/// Why bytes are no record.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// They are something else.
    #[error("it is no record of a timeline")]
    NotARecord,
    /// A viewer of another version wrote them.
    #[error("it is written in format {found}, and this viewer reads format {FORMAT}")]
    OtherFormat {
        /// Their format.
        found: u16,
    },
    /// They are not what was written.
    #[error("it is cut short or damaged")]
    Damaged,
    /// They are what was written, and no record.
    #[error("it does not hold together: {what}")]
    Contradictory {
        /// What is wrong.
        what: &'static str,
    },
    /// The record takes more memory than there is for it.
    #[error("it takes more than {most_bytes} bytes of memory")]
    TooLarge {
        /// How much there is.
        most_bytes: usize,
    },
}

impl Record {
    /// Writes the record and, before it, `beside`: what else is to be known of it, of which at most 64 MiB.
    ///
    /// # Errors
    /// [`WriteError`] when `out` does not take it, or `beside` cannot be put into bytes.
    pub fn write_to<T: Serialize>(&self, beside: &T, mut out: impl Write) -> Result<(), WriteError> {
        let beside = postcard::to_stdvec(beside)?;
        let length = u32::try_from(beside.len())
            .ok()
            .filter(|_| beside.len() <= MOST_BESIDE_BYTES);
        let Some(length) = length else {
            return Err(WriteError::TooMuchBeside { bytes: beside.len() });
        };
        let mut sum = sum_of(&[], None);
        let mut write = |bytes: &[u8]| {
            sum = sum_of(bytes, Some(sum));
            out.write_all(bytes)
        };
        write(MAGIC)?;
        write(&FORMAT.to_le_bytes())?;
        write(&length.to_le_bytes())?;
        write(&beside)?;
        let mut bytes = Vec::new();
        put(&mut bytes, &(self.samples, self.from, self.to))?;
        put(&mut bytes, &self.tracks.len())?;
        for track in &self.tracks {
            put_track(&mut bytes, track)?;
            write(&bytes)?;
            bytes.clear();
        }
        write(&bytes)?;
        out.write_all(&sum.to_le_bytes())?;
        Ok(())
    }

    /// Reads what [`Record::write_to`] wrote, into `most_bytes` of memory: the oldest goes where that is less.
    ///
    /// # Errors
    /// [`ReadError`] when it is anything else.
    pub fn read_from<T: DeserializeOwned>(bytes: &[u8], most_bytes: usize) -> Result<(Self, T), ReadError> {
        let mut rest = In(bytes.strip_prefix(MAGIC).ok_or(ReadError::NotARecord)?);
        let found = u16::from_le_bytes(rest.array()?);
        if found != FORMAT {
            return Err(ReadError::OtherFormat { found });
        }
        let (summed, sum) = bytes.split_last_chunk().ok_or(ReadError::Damaged)?;
        if sum_of(summed, None) != u64::from_le_bytes(*sum) {
            return Err(ReadError::Damaged);
        }
        let length = u32::from_le_bytes(rest.array()?) as usize;
        if length > MOST_BESIDE_BYTES {
            return Err(ReadError::TooLarge { most_bytes });
        }
        let beside = rest.raw(length)?;
        let beside = postcard::from_bytes(beside).map_err(|_no_form| contradictory("what is beside it"))?;
        // The sum is not a value.
        let end = rest.0.len().saturating_sub(size_of::<u64>());
        let mut rest = In(rest.0.get(..end).unwrap_or_default());
        let record = read_record(&mut rest, most_bytes)?;
        Ok((record, beside))
    }

    /// Adds a block that was read behind those of a track.
    fn append(&mut self, tag: u32, block: Block) -> Result<(), ReadError> {
        let Some(track) = self.tracks.get_mut(tag as usize) else {
            return Ok(());
        };
        if track.last_time().is_some_and(|last| last > block.from) {
            return Err(contradictory("a tag goes back in time"));
        }
        self.to = self.to.max(block.to);
        self.bytes += block.bytes();
        track.append(block);
        self.list_oldest(tag);
        self.keep_to_size();
        Ok(())
    }

    /// Adds the rows that were read behind the blocks of a track.
    fn append_open(&mut self, tag: u32, rows: Columns) -> Result<(), ReadError> {
        let Some(track) = self.tracks.get_mut(tag as usize) else {
            return Ok(());
        };
        if let Some(first) = rows.time(0)
            && track.last_time().is_some_and(|last| last > first)
        {
            return Err(contradictory("a tag goes back in time"));
        }
        self.bytes += rows.len() * ROW_BYTES;
        track.go_on_with(rows);
        self.to = track.last_time().map_or(self.to, |last| last.max(self.to));
        self.keep_to_size();
        Ok(())
    }
}

fn contradictory(what: &'static str) -> ReadError {
    ReadError::Contradictory { what }
}

fn put_track(bytes: &mut Vec<u8>, track: &Track) -> Result<(), postcard::Error> {
    let mut before = Columns::default();
    if let Some(sample) = &track.before {
        before.push(sample, sample.recv_time);
    }
    put_block(bytes, &before.plain())?;
    put(bytes, &track.blocks().len())?;
    for (_, block) in track.blocks() {
        put_block(bytes, block)?;
    }
    put_block(bytes, &track.open.plain())
}

fn read_record(rest: &mut In<'_>, most_bytes: usize) -> Result<Record, ReadError> {
    let (samples, from, to): (u64, Option<UnixNanos>, UnixNanos) = rest.take()?;
    let tags: usize = rest.take()?;
    // A tag that never had a sample takes memory too, and a few bytes here.
    if tags > most_bytes.max(1 << 20) / size_of::<Track>() {
        return Err(ReadError::TooLarge { most_bytes });
    }
    let mut record = Record::new(tags, most_bytes);
    (record.samples, record.from, record.to) = (samples, from, to);
    for tag in (0..).take(tags) {
        let before = take_block(rest)?.rows();
        if let Some(track) = record.tracks.get_mut(tag as usize) {
            track.before = before.get(0);
        }
        if before.len() > 1 {
            return Err(contradictory("more than one sample went last"));
        }
        let blocks: usize = rest.take()?;
        for _ in 0..blocks {
            let block = take_block(rest)?;
            if block.len == 0 {
                return Err(contradictory("a block has no rows"));
            }
            record.append(tag, block)?;
        }
        let open = take_block(rest)?;
        if open.len >= BLOCK_ROWS {
            return Err(contradictory("rows are in no block that are one"));
        }
        record.append_open(tag, open.rows())?;
        // Rows that are in no block do not go; they may take as much again.
        if record.bytes > most_bytes.saturating_mul(2) {
            return Err(ReadError::TooLarge { most_bytes });
        }
    }
    record.list_to_pack();
    if !rest.0.is_empty() {
        return Err(contradictory("something follows it"));
    }
    if record.from.is_none() && record.tracks.iter().any(|track| !track.is_empty()) {
        return Err(contradictory("it has samples and no beginning"));
    }
    Ok(record)
}
