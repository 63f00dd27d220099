//! The compatibility readers: what other USD tools write and `openusd` 0.8 refuses, mended on the way in.
//!
//! [`open_stage`] is called by the loader and by nothing else. It looks at the root file first ([`check_root`]), puts a
//! resolver in front of the reader that mends each layer as it is read (root, sublayers, references and payloads, inside
//! packages too), and turns what the reader says into an [`OpenError`]. An intact layer passes through untouched.
//!
//! The measure is Pixar's reference reader: what it accepts is mended to the same values. Beyond it, stray bytes in text
//! and a byte order mark are read too, because the tools that write them are common.
//! This module does not repair scenes that no reader accepts.

mod bound;
mod crate_file;
mod encoding;
mod error;
mod mistake;
mod resolver;
mod root;
mod text;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use openusd::ar::DefaultResolver;
use openusd::usd::{Stage, StageBuilder};

pub use error::OpenError;
pub(crate) use mistake::TextMistake;
pub use resolver::Mends;
pub use root::check_root;

use resolver::MendingResolver;

/// Opens the stage at `root`, mending its layers.
///
/// References without `./` are looked for beside the root file and then in `search_paths`. `configure` may add to the
/// builder, but not replace its resolver. The standard schemas are registered. Layers that composition reads later are
/// mended too: take from [`Mends`] again at the end.
///
/// # Errors
///
/// [`OpenError`] where the root layer cannot be read.
pub fn open_stage(
    root: &Path,
    search_paths: &[PathBuf],
    configure: impl FnOnce(StageBuilder) -> StageBuilder,
) -> Result<(Stage, Mends), OpenError> {
    check_root(root)?;
    // Resolved paths are canonical; the search for what a root inside a linked folder names begins in both.
    let canonical = root.canonicalize().map_err(|source| OpenError::Unreadable {
        path: root.to_path_buf(),
        source,
    })?;
    let folder = canonical.parent().map(Path::to_path_buf);
    let mends = Mends::default();
    let resolver = MendingResolver::new(
        DefaultResolver::with_search_paths(folder.iter().chain(search_paths)),
        mends.clone(),
    );
    let builder = Stage::builder()
        .schema_registry(openusd_schemas::schema_registry())
        .resolver(resolver);
    let name = canonical.to_string_lossy().into_owned();
    let opened = contained(root, || configure(builder).open(&name))?;
    match opened {
        Ok(stage) => Ok((stage, mends)),
        Err(error) => Err(rejected(root, &name, &mends, &error)),
    }
}

/// Runs a part of loading so that a panic of the USD reader becomes an error of this one file.
///
/// # Errors
///
/// [`OpenError::ReaderFailed`] where `part` panicked.
pub fn contained<T>(root: &Path, part: impl FnOnce() -> T) -> Result<T, OpenError> {
    catch_unwind(AssertUnwindSafe(part)).map_err(|payload| {
        let reason = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "it stopped without a message".to_owned());
        OpenError::ReaderFailed {
            path: root.to_path_buf(),
            reason,
        }
    })
}

/// What the reader said about the root layer, as an error that says where and what to do.
fn rejected(root: &Path, name: &str, mends: &Mends, error: &openusd::Error) -> OpenError {
    let path = root.to_path_buf();
    if let Some(refusal) = mends.refusal(name) {
        return OpenError::Rejected {
            path,
            line: Some(refusal.line),
            reason: refusal.message,
            remedy: refusal.remedy.to_owned(),
        };
    }
    let said = error.to_string();
    let mistake = TextMistake::of(&said);
    OpenError::Rejected {
        path,
        line: mistake.as_ref().map(|mistake| mistake.line),
        reason: mistake.map_or_else(|| one_line(&said), |mistake| mistake.message),
        remedy: "correct the file, or export it again".to_owned(),
    }
}

/// The first sentence of a message that may span lines with a picture of the place.
fn one_line(message: &str) -> String {
    message
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("the layer could not be read")
        .to_owned()
}
