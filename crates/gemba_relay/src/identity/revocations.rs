//! Tokens that were taken back: one name a line in a file, so that another process can add to it while a relay runs.
//!
//! A relay looks once a second whether the file has changed. Lines that are no names are passed over: a line may be
//! torn by a crash, and what is read must not end because of it.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{TokenId, append_line};

const FILE: &str = "revoked-tokens.txt";
/// The most bytes that are read: some 700 000 tokens.
const MAX_BYTES: u64 = 16 << 20;

/// The tokens that were taken back.
#[derive(Debug)]
pub struct Revocations {
    path: PathBuf,
    stamp: Option<(SystemTime, u64)>,
    revoked: BTreeSet<TokenId>,
}

impl Revocations {
    /// What stands in `data` now.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn load(data: &Path) -> io::Result<Self> {
        let mut list = Self {
            path: data.join(FILE),
            stamp: None,
            revoked: BTreeSet::new(),
        };
        list.refresh()?;
        Ok(list)
    }

    /// Adds a token in `data`, durably. A running relay notices within two seconds.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn revoke(data: &Path, token: &TokenId) -> io::Result<()> {
        // The line before may have been torn; this one must not hang on it.
        append_line(&data.join(FILE), &format!("\n{token}"))
    }

    /// Reads the file again when it has changed. Returns whether it had.
    ///
    /// # Errors
    /// When it is there and cannot be read; what was known before stays.
    pub fn refresh(&mut self) -> io::Result<bool> {
        let metadata = match fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let stamp = (metadata.modified()?, metadata.len());
        if self.stamp == Some(stamp) {
            return Ok(false);
        }
        if metadata.len() > MAX_BYTES {
            let what = format!("`{}` is larger than {MAX_BYTES} bytes", self.path.display());
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
        }
        let text = fs::read(&self.path)?;
        // Nothing is ever taken off: a file that was cut must not let anyone in again while this relay runs.
        self.revoked
            .extend(String::from_utf8_lossy(&text).lines().filter_map(TokenId::new));
        self.stamp = Some(stamp);
        Ok(true)
    }

    /// Whether the token was taken back.
    #[must_use]
    pub fn has(&self, token: &TokenId) -> bool {
        self.revoked.contains(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_process_revokes_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let mut list = Revocations::load(folder.path()).unwrap();
        let (one, other) = (TokenId::random(), TokenId::random());
        Revocations::revoke(folder.path(), &one).unwrap();
        assert!(!list.has(&one));
        assert!(list.refresh().unwrap());
        assert!(list.has(&one) && !list.has(&other));
        assert!(!list.refresh().unwrap(), "nothing new");
        // A torn line harms only itself.
        append_line(&folder.path().join(FILE), "torn\u{0}").unwrap();
        Revocations::revoke(folder.path(), &other).unwrap();
        list.refresh().unwrap();
        assert!(list.has(&one) && list.has(&other));
    }
}
