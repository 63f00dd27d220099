//! Walking an audit log from its first line to the first that does not fit.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use serde::Deserialize;
use thiserror::Error;

use super::{
    chain::{FILE, Head},
    record::sha256_hex,
};

/// A line longer than this is none of ours.
const MAX_LINE_BYTES: u64 = 64 << 10;

/// What is wrong with an audit log, at its first bad line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AuditFault {
    /// The line is not one that a relay writes.
    #[error("line {line} is no line of an audit log")]
    Unreadable {
        /// Which, from 1.
        line: u64,
    },
    /// The line does not continue the one before: that one was changed, or lines are missing or put in.
    #[error(
        "line {line} does not continue the line before it: one of the two was changed, or lines between them are gone"
    )]
    Broken {
        /// Which, from 1.
        line: u64,
    },
    /// The last line has no end: the relay was killed while it wrote it. The next start repairs it.
    #[error("line {line} is torn; starting the relay repairs it")]
    Torn {
        /// Which, from 1.
        line: u64,
    },
    /// The chain is whole as far as it goes, and the store remembers another end.
    #[error(
        "the log ends after line {line}, and the relay wrote {expected} lines: the end was cut off or written anew"
    )]
    OtherEnd {
        /// The last line that is there.
        line: u64,
        /// How many the relay wrote.
        expected: u64,
    },
}

/// A log without fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many lines.
    pub lines: u64,
    /// The hash of the last.
    pub sha256: String,
}

#[derive(Deserialize)]
struct Link {
    n: u64,
    prev: String,
}

/// Walks the audit log in `data`.
///
/// # Errors
/// When the file cannot be read; the inner error is the first fault found.
pub fn verify(data: &Path) -> io::Result<Result<Verified, AuditFault>> {
    let (head, fault) = walk(BufReader::new(File::open(data.join(FILE))?))?;
    Ok(match fault {
        Some(fault) => Err(fault),
        None => Ok(Verified {
            lines: head.lines,
            sha256: head.sha256,
        }),
    })
}

/// The end of the chain as far as it is whole, and what stands after it.
pub(super) fn walk(mut file: impl BufRead) -> io::Result<(Head, Option<AuditFault>)> {
    let mut head = Head::default();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = io::Read::take(&mut file, MAX_LINE_BYTES).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok((head, None));
        }
        let line = head.lines + 1;
        let Some(text) = bytes.strip_suffix(b"\n") else {
            let is_long = bytes.len() as u64 == MAX_LINE_BYTES;
            let fault = if is_long {
                AuditFault::Unreadable { line }
            } else {
                AuditFault::Torn { line }
            };
            return Ok((head, Some(fault)));
        };
        let Ok(link) = serde_json::from_slice::<Link>(text) else {
            return Ok((head, Some(AuditFault::Unreadable { line })));
        };
        if link.n != line || link.prev != head.sha256 {
            return Ok((head, Some(AuditFault::Broken { line })));
        }
        head = Head {
            bytes: head.bytes + bytes.len() as u64,
            lines: line,
            sha256: sha256_hex(text),
        };
    }
}

#[cfg(test)]
mod tests {
    use gemba_model::UnixNanos;

    use super::{
        super::{Record, Tail},
        *,
    };

    #[test]
    fn the_first_bad_line_is_named() {
        let records = vec![Record::RelayStopped; 5];
        let text = Tail::after(&Head::default(), UnixNanos(0), &records)
            .unwrap()
            .text;
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let check = |text: String, expected: Option<AuditFault>| {
            assert_eq!(walk(text.as_bytes()).unwrap().1, expected, "{text}");
        };
        check(text.clone(), None);
        check(String::new(), None);
        // Changing line 2 shows at line 3, whose link to it breaks.
        let changed = text.replacen(lines[1], &lines[1].replace("1970", "1971"), 1);
        check(changed, Some(AuditFault::Broken { line: 3 }));
        check(
            [lines[0], lines[2]].concat(),
            Some(AuditFault::Broken { line: 2 }),
        );
        check(
            [lines[0], lines[2], lines[1]].concat(),
            Some(AuditFault::Broken { line: 2 }),
        );
        check(
            [lines[0], lines[0]].concat(),
            Some(AuditFault::Broken { line: 2 }),
        );
        check(
            [lines[0], "nonsense\n"].concat(),
            Some(AuditFault::Unreadable { line: 2 }),
        );
        check(
            [lines[0], &lines[1][..20]].concat(),
            Some(AuditFault::Torn { line: 2 }),
        );
        check("x".repeat(70_000), Some(AuditFault::Unreadable { line: 1 }));
    }
}
