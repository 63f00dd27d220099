//! The key by which rooms know this person again, kept in their own configuration folder.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bevy::prelude::Resource;
use gemba_relay::{ClientIdentity, ClientIdentityError};

use crate::settings;

/// Where the key is, and the key once it was needed.
#[derive(Resource, Debug, Default)]
pub struct SessionIdentity {
    file: Option<PathBuf>,
    key: Option<Arc<ClientIdentity>>,
}

impl SessionIdentity {
    /// The key in `file`, or in the configuration folder where none is named.
    #[must_use]
    pub fn in_file(file: Option<PathBuf>) -> Self {
        Self { file, key: None }
    }

    /// This key, and no file.
    #[must_use]
    pub fn of(key: ClientIdentity) -> Self {
        Self {
            file: None,
            key: Some(Arc::new(key)),
        }
    }

    /// The key; the first time it is read, or made and kept. What went wrong with keeping it comes beside a key for this
    /// run only.
    pub(super) fn key(
        &mut self,
    ) -> Result<(Arc<ClientIdentity>, Option<ClientIdentityError>), ClientIdentityError> {
        if let Some(key) = &self.key {
            return Ok((Arc::clone(key), None));
        }
        let file = self.file.clone().or_else(own_file);
        let kept = file.map(|file| kept(&file)).transpose();
        let (key, fault) = match kept {
            Ok(Some(key)) => (key, None),
            Ok(None) => (ClientIdentity::generate()?, None),
            Err(fault) => (ClientIdentity::generate()?, Some(fault)),
        };
        let key = Arc::new(key);
        self.key = Some(Arc::clone(&key));
        Ok((key, fault))
    }
}

fn kept(file: &Path) -> Result<ClientIdentity, ClientIdentityError> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|source| ClientIdentityError::File {
            path: file.to_owned(),
            source,
        })?;
    }
    ClientIdentity::load_or_create(file)
}

/// `session-key.pem` beside the person's settings.
fn own_file() -> Option<PathBuf> {
    settings::own_folder().map(|folder| folder.join("session-key.pem"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_and_one_that_cannot_be_kept_is_for_this_run() {
        let folder = tempfile::tempdir().unwrap();
        let of = |file: PathBuf| SessionIdentity::in_file(Some(file));
        let file = folder.path().join("deep/session-key.pem");
        let (first, fault) = of(file.clone()).key().unwrap();
        assert!(fault.is_none());
        let mut again = of(file);
        assert_eq!(again.key().unwrap().0.key(), first.key());
        assert_eq!(again.key().unwrap().0.key(), first.key());

        let not_a_folder = folder.path().join("file");
        std::fs::write(&not_a_folder, "x").unwrap();
        let (other, fault) = of(not_a_folder.join("session-key.pem")).key().unwrap();
        assert!(fault.is_some());
        assert_ne!(other.key(), first.key());
    }
}
