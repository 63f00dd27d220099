//! Values to bytes and back, and the sum over them.

use serde::{Deserialize, Serialize};

use super::{ReadError, contradictory};

/// The sum of all bytes: those before have `so_far`, where there are any. FNV-1a of 64 bits, of which each step can be undone:
/// any one byte that is another makes another sum.
pub(super) fn sum_of(bytes: &[u8], so_far: Option<u64>) -> u64 {
    bytes
        .iter()
        .fold(so_far.unwrap_or(0xcbf2_9ce4_8422_2325), |sum, byte| {
            (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Puts a value behind `bytes`.
pub(super) fn put<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) -> Result<(), postcard::Error> {
    *bytes = postcard::to_extend(value, std::mem::take(bytes))?;
    Ok(())
}

/// Puts bytes with their number behind `bytes`.
pub(super) fn put_bytes(bytes: &mut Vec<u8>, value: &[u8]) -> Result<(), postcard::Error> {
    put(bytes, &value.len())?;
    bytes.extend_from_slice(value);
    Ok(())
}

/// What is still to be read.
pub(super) struct In<'a>(pub(super) &'a [u8]);

impl<'a> In<'a> {
    /// The next value; of texts and bytes, no more than is there.
    pub(super) fn take<T: Deserialize<'a>>(&mut self) -> Result<T, ReadError> {
        let (value, rest) =
            postcard::take_from_bytes(self.0).map_err(|_no_form| contradictory("a value is none"))?;
        self.0 = rest;
        Ok(value)
    }

    /// The next `length` bytes.
    pub(super) fn raw(&mut self, length: usize) -> Result<&'a [u8], ReadError> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(ReadError::Damaged)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(ReadError::Damaged)?;
        self.0 = rest;
        Ok(*bytes)
    }
}
