//! A block as bytes.

use std::sync::Arc;

use pco::data_types::Number;
use serde::{Deserialize, Serialize};

use super::{
    ReadError,
    bytes::{In, put, put_bytes},
    contradictory,
};
use crate::{
    columns::{Block, Column},
    track::BLOCK_ROWS,
};

const SAME: u8 = 0;
const PACKED: u8 = 1;
const PLAIN: u8 = 2;

/// Puts `block`, which may be empty, behind `bytes`.
pub(super) fn put_block(bytes: &mut Vec<u8>, block: &Block) -> Result<(), postcard::Error> {
    put(bytes, &block.len)?;
    if block.len == 0 {
        return Ok(());
    }
    put(bytes, &(block.from, block.to))?;
    put_column(bytes, &block.times)?;
    put_column(bytes, &block.ages)?;
    put_column(bytes, &block.numbers)?;
    put_column(bytes, &block.marks)?;
    put(bytes, &block.texts.len())?;
    for text in block.texts.iter() {
        put(bytes, &**text)?;
    }
    Ok(())
}

fn put_column<T: Number + Serialize>(bytes: &mut Vec<u8>, column: &Column<T>) -> Result<(), postcard::Error> {
    match column {
        Column::Same(value) => put(bytes, &(SAME, value)),
        Column::Packed(packed) => {
            put(bytes, &PACKED)?;
            put_bytes(bytes, packed)
        }
        Column::Plain(values) => {
            put(bytes, &PLAIN)?;
            values.iter().try_for_each(|value| put(bytes, value))
        }
    }
}

/// Reads a block of at most [`BLOCK_ROWS`] rows. Only what is packed is not looked at: that takes as long as to look back through
/// all of it.
pub(super) fn take_block(rest: &mut In<'_>) -> Result<Block, ReadError> {
    let len: usize = rest.take()?;
    if len > BLOCK_ROWS {
        return Err(contradictory("a block is too long"));
    }
    let mut block = Block::default();
    if len == 0 {
        return Ok(block);
    }
    block.len = len;
    (block.from, block.to) = rest.take()?;
    if block.from > block.to {
        return Err(contradictory("a block goes back in time"));
    }
    block.times = take_column(rest, len)?;
    block.ages = take_column(rest, len)?;
    block.numbers = take_column(rest, len)?;
    block.marks = take_column(rest, len)?;
    let texts: usize = rest.take()?;
    if texts > len {
        return Err(contradictory("a block has more texts than rows"));
    }
    block.texts = (0..texts)
        .map(|_| rest.take::<&str>().map(Arc::from))
        .collect::<Result<_, _>>()?;
    Ok(block)
}

fn take_column<'a, T: Number + Deserialize<'a>>(
    rest: &mut In<'a>,
    len: usize,
) -> Result<Column<T>, ReadError> {
    match rest.take::<u8>()? {
        SAME => Ok(Column::Same(rest.take()?)),
        PACKED => {
            let packed: &[u8] = rest.take()?;
            if packed.len() >= len * size_of::<T>() {
                return Err(contradictory("a packed column is larger than it were plain"));
            }
            Ok(Column::Packed(packed.into()))
        }
        PLAIN => {
            let rows = (0..len).map(|_| rest.take());
            Ok(Column::Plain(rows.collect::<Result<_, _>>()?))
        }
        _ => Err(contradictory("a column is of no kind")),
    }
}
