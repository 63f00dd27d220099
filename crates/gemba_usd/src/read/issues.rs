//! The issue log: what was wrong, with floods folded into one line.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use gemba_model::{Issue, PrimPath};

/// Collects issues; equal code and subject is one issue with a count.
#[derive(Default)]
pub(crate) struct IssueLog {
    entries: Vec<(Issue, u64)>,
    by_subject: HashMap<(String, String), usize>,
    files: FileNames,
}

/// How files are named to the person: as they named the root, not as the resolver spells it.
#[derive(Clone, Default)]
pub(crate) struct FileNames {
    /// Folder of the root file as the resolver names it.
    pub(crate) resolved: PathBuf,
    /// The same folder as the person named it.
    pub(crate) named: PathBuf,
}

impl FileNames {
    /// The layer or asset `identifier` as the person would name it.
    pub(crate) fn name(&self, identifier: &str) -> String {
        let identifier = written_file(identifier);
        match Path::new(identifier).strip_prefix(&self.resolved) {
            Ok(rest) if !self.resolved.as_os_str().is_empty() => {
                self.named.join(rest).to_string_lossy().into_owned()
            }
            _ => identifier.to_owned(),
        }
    }
}

/// The file behind a layer: a mended layer may be named with one more `.usd` than its file has.
pub(crate) fn written_file(identifier: &str) -> &str {
    match identifier.strip_suffix(".usd") {
        Some(file) if !Path::new(identifier).exists() && Path::new(file).exists() => file,
        _ => identifier,
    }
}

impl IssueLog {
    pub(crate) fn new(files: FileNames) -> Self {
        Self {
            files,
            ..Self::default()
        }
    }

    pub(crate) fn files(&self) -> &FileNames {
        &self.files
    }

    /// Adds `issue`, which is about `subject`: an asset, a type name. Later ones with the same code and subject are counted.
    pub(crate) fn add_about(&mut self, subject: impl Into<String>, issue: Issue) {
        match self.by_subject.entry((issue.code.to_string(), subject.into())) {
            std::collections::hash_map::Entry::Occupied(at) => {
                if let Some((_, count)) = self.entries.get_mut(*at.get()) {
                    *count += 1;
                }
            }
            std::collections::hash_map::Entry::Vacant(at) => {
                at.insert(self.entries.len());
                self.entries.push((issue, 1));
            }
        }
    }

    /// Adds `issue`, which is about its prim alone.
    pub(crate) fn add(&mut self, issue: Issue) {
        let subject = issue.prim.as_ref().map(ToString::to_string).unwrap_or_default();
        self.add_about(subject, issue);
    }

    /// Adds what the compatibility readers found in one file.
    pub(crate) fn add_mended(&mut self, mut issue: Issue) {
        issue.file = issue.file.map(|file| self.files.name(&file));
        let subject = format!("{:?} {:?} {}", issue.file, issue.line, issue.message);
        self.add_about(subject, issue);
    }

    /// The issues in the order they were met.
    pub(crate) fn finish(self) -> Vec<Issue> {
        let counted = |(mut issue, count): (Issue, u64)| {
            if count > 1 {
                issue
                    .message
                    .push_str(&format!(" (and {} more like it)", count - 1));
            }
            issue
        };
        self.entries.into_iter().map(counted).collect()
    }
}

/// The prim part of a USD path; the root when it is none.
pub(crate) fn prim_path(path: &openusd::sdf::Path) -> PrimPath {
    let path = if path.is_property_path() {
        path.prim_path()
    } else {
        path.clone()
    };
    PrimPath::new(path.as_str()).unwrap_or_else(|_| PrimPath::root())
}
