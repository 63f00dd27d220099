//! The file of the audit log: lines are joined into the chain in memory, stored with the rooms in one transaction, and
//! only then written to the file.
//!
//! So the store is the file's redo log: [`Tail`] holds the lines of the last transaction and where they belong. After
//! a crash the file ends before, inside or after them, and is made whole from the tail. The file is synced before the
//! next transaction overwrites it.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use gemba_model::UnixNanos;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Record,
    record::{rfc3339, sha256_hex},
    verify::{self, AuditFault},
};

/// The name of the file in the data folder.
pub const FILE: &str = "audit.log";
/// The hash before the first line.
pub(super) const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where the chain ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The length of the file.
    pub(crate) bytes: u64,
    /// How many lines there are.
    pub(crate) lines: u64,
    /// The hash of the last line in hexadecimal digits.
    pub(crate) sha256: String,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            bytes: 0,
            lines: 0,
            sha256: START.to_owned(),
        }
    }
}

/// What the last transaction added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tail {
    /// The chain before.
    pub(crate) before: Head,
    /// The lines, whole.
    pub(crate) text: String,
    /// The chain after.
    pub(crate) after: Head,
}

/// A line as it stands in the file.
#[derive(Serialize)]
struct Line<'a> {
    n: u64,
    prev: &'a str,
    at: String,
    #[serde(flatten)]
    record: &'a Record,
}

impl Tail {
    /// `records` as the next lines of the chain.
    ///
    /// # Errors
    /// When one cannot be written as JSON.
    pub(crate) fn after(head: &Head, at: UnixNanos, records: &[Record]) -> serde_json::Result<Self> {
        let mut after = head.clone();
        let mut text = String::new();
        let at = rfc3339(at);
        for record in records {
            after.lines += 1;
            let line = serde_json::to_string(&Line {
                n: after.lines,
                prev: &after.sha256,
                at: at.clone(),
                record,
            })?;
            after.sha256 = sha256_hex(line.as_bytes());
            text.push_str(&line);
            text.push('\n');
        }
        after.bytes += text.len() as u64;
        Ok(Self {
            before: head.clone(),
            text,
            after,
        })
    }
}

impl Tail {
    /// The hash of line `lines`, when that is the last before these or one of them.
    pub(crate) fn sha256_after(&self, lines: u64) -> Option<String> {
        let of_these = lines.checked_sub(self.before.lines)?;
        if of_these == 0 {
            return Some(self.before.sha256.clone());
        }
        let at = usize::try_from(of_these - 1).ok()?;
        self.text.lines().nth(at).map(|line| sha256_hex(line.as_bytes()))
    }
}

/// Why the audit log cannot be continued.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The file cannot be read or written.
    #[error("cannot use the audit log `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file is not what the relay wrote: it is shorter, or its end is another.
    #[error(
        "the audit log `{}` {what}: keep the file as evidence or restore it from a backup; `--renew-audit` moves it \
         aside and starts a new chain that says so",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// How it differs.
        what: String,
    },
}

/// The open file.
#[derive(Debug)]
pub(crate) struct AuditFile {
    path: PathBuf,
    file: File,
    is_synced: bool,
}

/// What was found and done when the file was opened.
#[derive(Debug, PartialEq)]
pub(crate) struct Opened {
    pub(crate) head: Head,
    /// Bytes of the end that had to be written again.
    pub(crate) restored_bytes: u64,
}

impl AuditFile {
    /// Opens the file in `data` and makes its end what the store remembers.
    ///
    /// # Errors
    /// [`AuditError::Changed`] when it is not what was written.
    pub(crate) fn open(data: &Path, tail: Option<&Tail>) -> Result<(Self, Opened), AuditError> {
        let path = data.join(FILE);
        let failed = |source| AuditError::File {
            path: path.clone(),
            source,
        };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(failed)?;
        let mut audit = Self {
            path: path.clone(),
            file,
            is_synced: false,
        };
        let opened = match tail {
            Some(tail) => audit.redo(tail)?,
            None => audit.adopt()?,
        };
        audit.sync().map_err(failed)?;
        Ok((audit, opened))
    }

    fn failed(&self, source: io::Error) -> AuditError {
        AuditError::File {
            path: self.path.clone(),
            source,
        }
    }

    fn changed(&self, what: impl Into<String>) -> AuditError {
        AuditError::Changed {
            path: self.path.clone(),
            what: what.into(),
        }
    }

    /// Makes the end of the file that of the last transaction.
    fn redo(&mut self, tail: &Tail) -> Result<Opened, AuditError> {
        let head = tail.after.clone();
        let length = self.file.metadata().map_err(|error| self.failed(error))?.len();
        if length < tail.before.bytes {
            let missing = tail.before.bytes - length;
            return Err(self.changed(format!("is {missing} bytes shorter than it was")));
        }
        if length > head.bytes {
            return Err(self.changed("is longer than the relay wrote it"));
        }
        let mut end = Vec::new();
        self.file
            .seek(SeekFrom::Start(tail.before.bytes))
            .and_then(|_| self.file.read_to_end(&mut end))
            .map_err(|error| self.failed(error))?;
        let text = tail.text.as_bytes();
        // A crash of the machine may leave zeros where a length was stored before the bytes.
        let is_ours = |(at, byte): (usize, &u8)| *byte == text[at] || *byte == 0;
        if !end.iter().enumerate().all(is_ours) {
            return Err(self.changed("has another end than the relay wrote"));
        }
        let restored_bytes = if end == text { 0 } else { text.len() as u64 };
        if restored_bytes > 0 {
            self.write_at(tail.before.bytes, text)
                .map_err(|error| self.failed(error))?;
        }
        Ok(Opened { head, restored_bytes })
    }

    /// Continues a file that the store knows nothing of: its chain must be whole but for a torn last line.
    fn adopt(&mut self) -> Result<Opened, AuditError> {
        let read = File::open(&self.path).map_err(|error| self.failed(error))?;
        let (head, fault) = verify::walk(io::BufReader::new(read)).map_err(|error| self.failed(error))?;
        match fault {
            None => {}
            Some(AuditFault::Torn { .. }) => {
                self.file
                    .set_len(head.bytes)
                    .map_err(|error| self.failed(error))?;
            }
            Some(fault) => return Err(self.changed(format!("is damaged ({fault})"))),
        }
        Ok(Opened {
            head,
            restored_bytes: 0,
        })
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.is_synced = false;
        self.file.seek(SeekFrom::Start(at))?;
        self.file.write_all(bytes)
    }

    /// Writes the lines of a transaction that is durable.
    ///
    /// # Errors
    /// [`AuditError::File`]; the store still holds the lines then.
    pub(crate) fn append(&mut self, tail: &Tail) -> Result<(), AuditError> {
        self.write_at(tail.before.bytes, tail.text.as_bytes())
            .map_err(|error| self.failed(error))
    }

    /// Makes what was appended durable. To be called before the store forgets the lines.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if !self.is_synced {
            self.file.sync_data()?;
            self.is_synced = true;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn records(count: u32) -> Vec<Record> {
        (0..count).map(|_| Record::RelayStopped).collect()
    }

    #[test]
    fn wherever_the_file_was_cut_in_the_last_transaction_it_is_whole_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let at = UnixNanos::from_millis(1_800_000_000_000);
        let first = Tail::after(&Head::default(), at, &records(2)).unwrap();
        let second = Tail::after(&first.after, at, &records(3)).unwrap();
        let whole = format!("{}{}", first.text, second.text);
        for cut in first.text.len()..=whole.len() {
            for zeros in [0, 1] {
                let mut bytes = whole.as_bytes()[..cut].to_vec();
                bytes.resize((cut + zeros).min(whole.len()), 0);
                fs::write(&path, &bytes).unwrap();
                let (_, opened) = AuditFile::open(folder.path(), Some(&second)).unwrap();
                assert_eq!(opened.head, second.after);
                assert_eq!(opened.restored_bytes > 0, cut < whole.len(), "{cut}");
                assert_eq!(fs::read_to_string(&path).unwrap(), whole);
            }
        }
        for bad in [
            whole[..first.text.len() - 1].to_owned(),
            format!("{whole} "),
            whole.replace("relay_stopped", "relay_stepped"),
            String::new(),
        ] {
            fs::write(&path, &bad).unwrap();
            let error = AuditFile::open(folder.path(), Some(&second)).unwrap_err();
            assert!(matches!(error, AuditError::Changed { .. }), "{bad}");
            assert_eq!(fs::read_to_string(&path).unwrap(), bad, "evidence is left alone");
        }
    }

    #[test]
    fn the_hashes_of_the_last_transaction_are_known() {
        let first = Tail::after(&Head::default(), UnixNanos(0), &records(2)).unwrap();
        let second = Tail::after(&first.after, UnixNanos(0), &records(3)).unwrap();
        assert_eq!(second.sha256_after(1), None);
        assert_eq!(second.sha256_after(2), Some(first.after.sha256));
        let third = Tail::after(&second.before, UnixNanos(0), &records(1)).unwrap();
        assert_eq!(second.sha256_after(3), Some(third.after.sha256));
        assert_eq!(second.sha256_after(5), Some(second.after.sha256.clone()));
        assert_eq!(second.sha256_after(6), None);
    }

    #[test]
    fn a_file_without_its_store_is_continued_after_its_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let tail = Tail::after(&Head::default(), UnixNanos(0), &records(2)).unwrap();
        fs::write(&path, format!("{}{{\"n\":3,", tail.text)).unwrap();
        let (_, opened) = AuditFile::open(folder.path(), None).unwrap();
        assert_eq!(opened.head, tail.after);
        assert_eq!(fs::read_to_string(&path).unwrap(), tail.text);
        fs::write(&path, tail.text.replacen("stopped", "stepped", 1)).unwrap();
        assert!(AuditFile::open(folder.path(), None).is_err());
    }
}
