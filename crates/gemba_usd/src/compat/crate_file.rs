//! The binary (`.usdc`) layer: its table of contents, and tokens that are not UTF-8.
//!
//! Exporters write names in the code page of their machine (Revit's "m²" as one Latin-1 byte). The reference reader keeps
//! such bytes; `openusd` refuses the file. The mend decodes the TOKENS section, reads each stray byte as Windows-1252,
//! and appends a new section and a new table of contents to the file: no other offset moves.
//! Layout: Pixar's `crateFile.h`; the section compression is LZ4 blocks behind a chunk count (`fastCompression.cpp`).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::encoding;

/// Magic, version, offset of the table of contents, and the shortest reserve any writer leaves.
const BOOTSTRAP_BYTES: usize = 32;
const SECTION_BYTES: usize = 32;
/// A crate has six sections; more than this is no table of contents.
const SECTIONS_MAX: u64 = 64;
/// LZ4 expands at most 255 times.
const LZ4_RATIO_MAX: usize = 255;

/// One row of the table of contents.
#[derive(Clone, Debug)]
struct Section {
    name: [u8; 16],
    start: u64,
    size: u64,
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// Checks that the table of contents and all sections lie inside the file.
pub(super) fn check_sections(file: &mut File, head: &[u8], len: u64) -> Result<(), String> {
    if len < BOOTSTRAP_BYTES as u64 {
        return Err(format!(
            "it has {len} bytes, fewer than the header of a binary USD file"
        ));
    }
    let toc = u64_at(head, 16).unwrap_or_default();
    if toc < BOOTSTRAP_BYTES as u64 || toc.saturating_add(8) > len {
        return Err(format!(
            "its table of contents should be at byte {toc}, but it has {len} bytes"
        ));
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(toc))
        .and_then(|_| {
            file.by_ref()
                .take(8 + SECTIONS_MAX * SECTION_BYTES as u64)
                .read_to_end(&mut bytes)
        })
        .map_err(|error| error.to_string())?;
    sections(&bytes, len).map(|_| ())
}

/// The rows of the table of contents that `bytes` begins with, in a file of `len` bytes.
fn sections(bytes: &[u8], len: u64) -> Result<Vec<Section>, String> {
    let count = u64_at(bytes, 0).unwrap_or_default();
    if count == 0 || count > SECTIONS_MAX {
        return Err(format!("its table of contents lists {count} sections"));
    }
    let mut rows = Vec::new();
    for index in 0..usize::try_from(count).unwrap_or_default() {
        let row = 8 + index * SECTION_BYTES;
        let (Some(name), Some(start), Some(size)) = (
            bytes.get(row..row + 16),
            u64_at(bytes, row + 16),
            u64_at(bytes, row + 24),
        ) else {
            return Err("its table of contents is cut off".to_owned());
        };
        if start.checked_add(size).is_none_or(|end| end > len) {
            let name = String::from_utf8_lossy(name);
            let name = name.trim_end_matches('\0');
            return Err(format!("its section {name} reaches past the end of the file"));
        }
        let mut fixed = [0; 16];
        fixed.copy_from_slice(name);
        rows.push(Section {
            name: fixed,
            start,
            size,
        });
    }
    Ok(rows)
}

/// A binary layer whose tokens were mended.
pub(super) struct MendedCrate {
    /// The whole file.
    pub(super) bytes: Vec<u8>,
    /// How many tokens held stray bytes.
    pub(super) tokens: usize,
    /// The first of them, as it reads now.
    pub(super) example: String,
}

/// The TOKENS section of a file.
struct Tokens {
    rows: Vec<Section>,
    /// Its row in the table of contents.
    row: usize,
    count: u64,
    /// The tokens, each ended by a zero byte.
    plain: Vec<u8>,
}

fn read_tokens(file: &[u8]) -> Option<Tokens> {
    let toc = u64_at(file, 16)?;
    let rows = sections(file.get(usize::try_from(toc).ok()?..)?, file.len() as u64).ok()?;
    let row = rows.iter().position(|row| row.name.starts_with(b"TOKENS\0"))?;
    let section = &rows[row];
    let start = usize::try_from(section.start).ok()?;
    let section = file.get(start..start.checked_add(usize::try_from(section.size).ok()?)?)?;
    let count = u64_at(section, 0)?;
    let plain_len = usize::try_from(u64_at(section, 8)?).ok()?;
    let packed_len = usize::try_from(u64_at(section, 16)?).ok()?;
    let plain = decompress(section.get(24..24usize.checked_add(packed_len)?)?, plain_len)?;
    Some(Tokens {
        rows,
        row,
        count,
        plain,
    })
}

/// The file with its tokens in UTF-8, or nothing where they already are or the file cannot be understood.
pub(super) fn mend_tokens(file: &[u8]) -> Option<MendedCrate> {
    let Tokens {
        rows,
        row,
        count,
        plain,
    } = read_tokens(file)?;
    if std::str::from_utf8(&plain).is_ok() {
        return None;
    }
    let mut tokens = 0;
    let mut example = String::new();
    let mut mended = Vec::with_capacity(plain.len() + 64);
    for token in plain.strip_suffix(b"\0")?.split(|byte| *byte == 0) {
        let text = encoding::to_utf8(token);
        if let std::borrow::Cow::Owned(text) = &text {
            tokens += 1;
            if example.is_empty() {
                example.clone_from(text);
            }
        }
        mended.extend_from_slice(text.as_bytes());
        mended.push(0);
    }
    Some(MendedCrate {
        bytes: with_tokens(file, &rows, row, count, &mended),
        tokens,
        example,
    })
}

/// `file` with `plain` as its TOKENS section, which is row `row` of its table of contents.
fn with_tokens(file: &[u8], rows: &[Section], row: usize, count: u64, plain: &[u8]) -> Vec<u8> {
    let packed = compress(plain);
    let mut bytes = Vec::with_capacity(file.len() + packed.len() + 512);
    bytes.extend_from_slice(file);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let start = bytes.len() as u64;
    for number in [count, plain.len() as u64, packed.len() as u64] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&packed);
    let size = bytes.len() as u64 - start;
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let toc = bytes.len() as u64;
    bytes.extend_from_slice(&(rows.len() as u64).to_le_bytes());
    for (index, section) in rows.iter().enumerate() {
        let (start, size) = if index == row {
            (start, size)
        } else {
            (section.start, section.size)
        };
        bytes.extend_from_slice(&section.name);
        bytes.extend_from_slice(&start.to_le_bytes());
        bytes.extend_from_slice(&size.to_le_bytes());
    }
    bytes[16..24].copy_from_slice(&toc.to_le_bytes());
    bytes
}

/// One chunk is the count 0 and an LZ4 block; more are the count and, for each, its length (i32) and its block.
fn decompress(packed: &[u8], plain_len: usize) -> Option<Vec<u8>> {
    if plain_len > packed.len().saturating_mul(LZ4_RATIO_MAX) {
        return None;
    }
    let (&chunks, mut rest) = packed.split_first()?;
    if chunks == 0 {
        return lz4_flex::block::decompress(rest, plain_len)
            .ok()
            .filter(|plain| plain.len() == plain_len);
    }
    let mut plain = Vec::with_capacity(plain_len);
    for _ in 0..chunks {
        let (len, after) = rest.split_first_chunk::<4>()?;
        let len = usize::try_from(i32::from_le_bytes(*len)).ok()?;
        let block = after.get(..len)?;
        rest = &after[len..];
        let left = plain_len.checked_sub(plain.len())?;
        plain.extend_from_slice(&lz4_flex::block::decompress(block, left).ok()?);
    }
    (plain.len() == plain_len).then_some(plain)
}

/// LZ4 allows 2 113 929 216 bytes in a block; tokens stay far below, so one chunk always does.
fn compress(plain: &[u8]) -> Vec<u8> {
    let mut packed = vec![0];
    packed.extend_from_slice(&lz4_flex::block::compress(plain));
    packed
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `file` with each occurrence of `from` in its tokens replaced by `to`, which may be no UTF-8.
    pub(in crate::compat) fn with_replaced_tokens(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
        let Tokens {
            rows,
            row,
            count,
            plain,
        } = read_tokens(file).expect("tokens");
        let mut replaced = Vec::new();
        let mut at = 0;
        while at < plain.len() {
            if plain[at..].starts_with(from) {
                replaced.extend_from_slice(to);
                at += from.len();
            } else {
                replaced.push(plain[at]);
                at += 1;
            }
        }
        with_tokens(file, &rows, row, count, &replaced)
    }

    #[test]
    fn chunks_decompress() {
        let plain: Vec<u8> = (0..5_000_u32)
            .flat_map(|number| (number / 7).to_le_bytes())
            .collect();
        assert_eq!(decompress(&compress(&plain), plain.len()), Some(plain.clone()));
        let (first, second) = plain.split_at(9_000);
        let mut packed = vec![2];
        for chunk in [first, second] {
            let block = lz4_flex::block::compress(chunk);
            packed.extend_from_slice(&i32::try_from(block.len()).expect("a short block").to_le_bytes());
            packed.extend_from_slice(&block);
        }
        assert_eq!(decompress(&packed, plain.len()), Some(plain.clone()));
        assert_eq!(decompress(&packed, plain.len() - 1), None);
        assert_eq!(decompress(&packed[..packed.len() / 2], plain.len()), None);
        assert_eq!(decompress(&packed, usize::MAX), None);
    }
}
