//! Prim paths: how a thing in the plant is named on the wire, on disk and in messages.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The absolute path of a prim in the composed stage, such as `/Plant/Utilities/P_101`.
///
/// Cheap to clone. Properties and variant selections are not part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrimPath(Arc<str>);

/// Why a text is no prim path.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PrimPathError {
    /// It does not start with `/`.
    #[error("a prim path starts with `/`, and `{text}` does not")]
    NotAbsolute {
        /// What was given.
        text: String,
    },
    /// It has an empty element, or ends in `/`.
    #[error("`{text}` has an empty element; write one name between two `/`, and none after the last")]
    EmptyElement {
        /// What was given.
        text: String,
    },
}

impl PrimPath {
    /// The path `text`, or why it is none.
    ///
    /// # Errors
    /// [`PrimPathError`] when `text` is relative or has an empty element.
    pub fn new(text: impl AsRef<str>) -> Result<Self, PrimPathError> {
        let text = text.as_ref();
        let Some(rest) = text.strip_prefix('/') else {
            return Err(PrimPathError::NotAbsolute {
                text: text.to_owned(),
            });
        };
        if !rest.is_empty() && rest.split('/').any(str::is_empty) {
            return Err(PrimPathError::EmptyElement {
                text: text.to_owned(),
            });
        }
        Ok(Self(text.into()))
    }

    /// The pseudo-root `/`.
    #[must_use]
    pub fn root() -> Self {
        Self("/".into())
    }

    /// The path as USD writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last element; empty for the root.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The path of the parent; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        match self.0.rfind('/') {
            _ if self.0.len() == 1 => None,
            Some(0) => Some(Self::root()),
            Some(at) => Some(Self(self.0[..at].into())),
            None => None,
        }
    }

    /// Whether this is `ancestor` or lies below it.
    #[must_use]
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        ancestor.0.len() == 1
            || self
                .0
                .strip_prefix(&*ancestor.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for PrimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PrimPath {
    type Error = PrimPathError;
    fn try_from(text: String) -> Result<Self, PrimPathError> {
        Self::new(text)
    }
}

impl From<PrimPath> for String {
    fn from(path: PrimPath) -> Self {
        path.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> PrimPath {
        PrimPath::new(text).expect("a prim path")
    }

    #[test]
    fn names_and_parents() {
        assert_eq!(path("/A/B").name(), "B");
        assert_eq!(path("/A/B").parent(), Some(path("/A")));
        assert_eq!(path("/A").parent(), Some(PrimPath::root()));
        assert_eq!(PrimPath::root().parent(), None);
        assert_eq!(PrimPath::root().name(), "");
    }

    #[test]
    fn ancestors_end_at_an_element() {
        assert!(path("/A/B").starts_with(&path("/A")));
        assert!(path("/A/B").starts_with(&PrimPath::root()));
        assert!(!path("/AB").starts_with(&path("/A")));
    }

    #[test]
    fn what_is_no_path() {
        assert!(PrimPath::new("A").is_err());
        assert!(PrimPath::new("/A//B").is_err());
        assert!(PrimPath::new("/A/").is_err());
    }
}
