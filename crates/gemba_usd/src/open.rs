//! [`open`]: the one way from a file to a [`SceneDoc`].
//!
//! Owns the thread it runs on (composition recurses as deep as the file nests, so the stack is large), progress and
//! cancellation. How a stage is opened is in `stage`, how it is read in `read`.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use gemba_model::PrimPath;

use crate::{
    OpenError, SceneDoc, compat, read,
    stage::{self, OpenedStage},
};

/// Composition recurses once per nesting level; 512 MiB of address space holds about 20 000 levels, and untouched pages
/// cost nothing.
const STACK_BYTES: usize = 512 << 20;

/// What to open and how; the default is the file as it is.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Folders searched for assets after the root file's own folder.
    pub search_paths: Vec<PathBuf>,
    /// Variants to select in place of the authored ones: prim, variant set, variant.
    pub variant_selections: Vec<(PrimPath, String, String)>,
    /// Set to `true` by the caller to give up; [`open`] then returns [`OpenError::Cancelled`] at the next prim.
    pub cancel: Option<Arc<AtomicBool>>,
}

impl OpenOptions {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel
            .as_ref()
            .is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }
}

/// How far opening has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: LoadStage,
    /// How many are done.
    pub done: u64,
    /// How many there are, once known.
    pub total: Option<u64>,
}

/// What opening does, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoadStage {
    /// Reading the root file and its sublayers.
    Reading,
    /// Composing references, payloads, variants and instances.
    Composing,
    /// Reading prims and triangulating their geometry.
    Geometry,
    /// Resolving material bindings and placing instances.
    Materials,
}

impl LoadStage {
    /// What to tell a person who waits.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Reading => "Reading files",
            Self::Composing => "Composing the plant",
            Self::Geometry => "Reading geometry",
            Self::Materials => "Applying materials",
        }
    }
}

/// Composes the stage whose root layer is `path` and reads all that Gemba shows of it.
///
/// Blocks; `progress` is called on the calling thread. What is wrong inside the plant is in [`SceneDoc::issues`].
///
/// # Errors
/// [`OpenError`] when nothing can be shown: the root file is missing, is no USD, or is damaged as a whole.
pub fn open(
    path: &Path,
    options: &OpenOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<SceneDoc, OpenError> {
    open_then(path, options, progress, |_, doc| doc)
}

/// [`open`], and then `then` with the stage still open.
pub(crate) fn open_then<T: Send + 'static>(
    path: &Path,
    options: &OpenOptions,
    progress: &mut dyn FnMut(Progress),
    then: impl FnOnce(&OpenedStage, SceneDoc) -> T + Send + 'static,
) -> Result<T, OpenError> {
    compat::check_root(path)?;
    let thread_error = |reason: String| OpenError::Thread { reason };
    let (reports, reported) = mpsc::sync_channel(64);
    let (result, opened) = mpsc::sync_channel(1);
    let (path, options) = (path.to_owned(), options.clone());
    let reader = move || {
        // A full channel only means that the caller is slow to draw; a newer report follows.
        let report = |progress| {
            reports.try_send(progress).ok();
        };
        let mut stage = None;
        let read = compat::contained(&path, || open_here(&path, &options, &report, &mut stage, then));
        result.send(read.flatten()).ok();
        drop((reports, result));
        // The stage is taken apart after the caller has what it asked for: it takes as long as a twentieth of the opening.
        drop(stage);
    };
    thread::Builder::new()
        .name("usd-open".into())
        .stack_size(STACK_BYTES)
        .spawn(reader)
        .map_err(|error| thread_error(error.to_string()))?;
    reported.iter().for_each(progress);
    opened
        .recv()
        .unwrap_or_else(|_| Err(thread_error("it panicked".to_owned())))
}

fn open_here<T>(
    path: &Path,
    options: &OpenOptions,
    report: &dyn Fn(Progress),
    stage: &mut Option<OpenedStage>,
    then: impl FnOnce(&OpenedStage, SceneDoc) -> T,
) -> Result<T, OpenError> {
    report(Progress {
        stage: LoadStage::Reading,
        done: 0,
        total: None,
    });
    let opened = stage.insert(stage::open(path, options)?);
    let doc = read::read(opened, options, report)?;
    Ok(then(opened, doc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn opened(name: &str, bytes: &[u8], options: &OpenOptions) -> Result<SceneDoc, OpenError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        open(&path, options, &mut |_| {})
    }

    #[test]
    fn what_cannot_be_shown_at_all() {
        let default = OpenOptions::default();
        assert!(matches!(
            opened("a.usda", b"", &default),
            Err(OpenError::Empty { .. })
        ));
        assert!(matches!(
            opened("a.obj", b"v 0 0 0", &default),
            Err(OpenError::NotUsd { .. })
        ));
        assert!(matches!(
            opened("a.usdc", b"PXR-USDC\0\x08", &default),
            Err(OpenError::Damaged { .. })
        ));
        assert!(matches!(
            opened("a.usda", b"#usda 1.0\ndef {{{", &default),
            Err(OpenError::Rejected { line: Some(2), .. })
        ));
        let missing = open(Path::new("/nowhere/at/all.usda"), &default, &mut |_| {});
        assert!(matches!(missing, Err(OpenError::NotFound { .. })));
    }

    #[test]
    fn progress_is_told_and_cancelling_ends() {
        let cancel = OpenOptions {
            cancel: Some(Arc::new(AtomicBool::new(true))),
            ..OpenOptions::default()
        };
        assert!(matches!(
            opened("a.usda", b"#usda 1.0\ndef \"A\" {}", &cancel),
            Err(OpenError::Cancelled)
        ));
    }

    #[test]
    fn variants_are_selected_over_what_is_authored() {
        let scene = br#"#usda 1.0
def "A" (variants = { string size = "small"  string look = "plain" }  prepend variantSets = ["size", "look"]) {
    variantSet "size" = { "small" { def "Small" {} } "big" { def "Big" {} } }
    variantSet "look" = { "plain" { def "Plain" {} } }
}"#;
        let select = ("/A", "size", "big");
        let path = PrimPath::new(select.0).expect("a path");
        let options = OpenOptions {
            variant_selections: vec![(path, select.1.into(), select.2.into())],
            ..OpenOptions::default()
        };
        let doc = opened("a.usda", scene, &options).expect("a scene");
        let paths: Vec<&str> = doc.prims.iter().map(|prim| prim.path.as_str()).collect();
        assert_eq!(paths, ["/A", "/A/Plain", "/A/Big"]);
        assert_eq!(testing::codes(&doc), [""; 0]);
    }
}
