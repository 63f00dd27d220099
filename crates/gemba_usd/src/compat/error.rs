//! Why a scene cannot be shown at all.

use std::path::{Path, PathBuf};

use gemba_model::Issue;

/// Nothing can be shown: the root file is missing, is not USD, or is damaged beyond reading.
///
/// Everything less than that is an [`Issue`] of the scene. `Display` says what happened, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The path names nothing.
    #[error("{}: there is no such file; check the path and its spelling", path.display())]
    NotFound {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The path names a folder.
    #[error("{}: this is a folder; name the scene file in it (.usd, .usda, .usdc or .usdz)", path.display())]
    IsFolder {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The operating system refused to read the file.
    #[error("{}: the file cannot be read; check its permissions and that the disk is there", path.display())]
    Unreadable {
        /// The path as it was given.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file has no bytes.
    #[error("{}: the file is empty; export or copy it again", path.display())]
    Empty {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The content or the name is another format's.
    #[error("{}: this is no USD file but {found}; {remedy}", path.display())]
    NotUsd {
        /// The path as it was given.
        path: PathBuf,
        /// What it looks like, with an article: `a PNG image`.
        found: String,
        /// What to do about it.
        remedy: String,
    },
    /// It begins as USD and ends too early, or contradicts itself.
    #[error("{}: the file is damaged: {reason}; export or copy it again", path.display())]
    Damaged {
        /// The path as it was given.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// The USD reader refused the root layer.
    #[error("{}{}: {reason}; {remedy}", path.display(), line.map(|line| format!(":{line}")).unwrap_or_default())]
    Rejected {
        /// The path as it was given.
        path: PathBuf,
        /// The line, counted from 1, where it is known.
        line: Option<u32>,
        /// What the reader said.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// Reading would not end, or not within what this machine has.
    #[error("{}: {reason}; {remedy}", path.display())]
    TooLarge {
        /// The path as it was given.
        path: PathBuf,
        /// Which bound was met.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// The USD reader failed in a way it should not. Nothing else of the program is affected.
    #[error("{}: the USD reader failed: {reason}; please report this file", path.display())]
    ReaderFailed {
        /// The path as it was given.
        path: PathBuf,
        /// What it said.
        reason: String,
    },
    /// The caller stopped it.
    #[error("opening was cancelled")]
    Cancelled,
    /// The reading thread could not be started, or ended without a result.
    #[error("the thread that reads the plant failed: {reason}; close other programs and try again")]
    Thread {
        /// What happened.
        reason: String,
    },
}

impl OpenError {
    /// The stable code of this error, as in [`Issue::code`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "usd.no-such-file",
            Self::IsFolder { .. } => "usd.is-folder",
            Self::Unreadable { .. } => "usd.unreadable-file",
            Self::Empty { .. } => "usd.empty-file",
            Self::NotUsd { .. } => "usd.not-usd",
            Self::Damaged { .. } => "usd.damaged-file",
            Self::Rejected { .. } => "usd.rejected-layer",
            Self::TooLarge { .. } => "usd.too-large",
            Self::ReaderFailed { .. } => "usd.reader-failed",
            Self::Cancelled => "usd.cancelled",
            Self::Thread { .. } => "usd.reader-thread",
        }
    }

    /// The file it is about.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::NotFound { path }
            | Self::IsFolder { path }
            | Self::Unreadable { path, .. }
            | Self::Empty { path }
            | Self::NotUsd { path, .. }
            | Self::Damaged { path, .. }
            | Self::Rejected { path, .. }
            | Self::TooLarge { path, .. }
            | Self::ReaderFailed { path, .. } => Some(path),
            Self::Cancelled | Self::Thread { .. } => None,
        }
    }

    /// The same as an issue, for `gemba check` and the issues panel.
    #[must_use]
    pub fn to_issue(&self) -> Issue {
        let shown = self
            .path()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        let line = match self {
            Self::Rejected { line, .. } => *line,
            _ => None,
        };
        let place = line.map_or_else(|| format!("{shown}: "), |line| format!("{shown}:{line}: "));
        let text = self.to_string();
        let text = text.strip_prefix(&place).unwrap_or(&text);
        let (message, remedy) = text.rsplit_once("; ").unwrap_or((text, "open it again"));
        let mut issue = Issue::error(self.code(), message, remedy);
        issue.file = (!shown.is_empty()).then_some(shown);
        issue.line = line;
        issue
    }
}
