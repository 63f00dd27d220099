//! Where the `openusd` stage is opened, through the compatibility readers, and variants are selected.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use gemba_model::Issue;
use openusd::{ar, sdf::Value, usd};

use crate::{OpenError, OpenOptions, compat};

/// A composed stage with what belongs to its files.
pub(crate) struct OpenedStage {
    pub(crate) stage: usd::Stage,
    /// Opens assets that are no layers, such as images.
    pub(crate) assets: ar::DefaultResolver,
    /// What the compatibility readers mended; more is added while composition reads layers.
    pub(crate) mends: compat::Mends,
    /// The root file as the person named it.
    pub(crate) root: PathBuf,
    /// The root file's folder as the resolver names it.
    pub(crate) root_folder: PathBuf,
    /// What was wrong on the way.
    pub(crate) issues: Vec<Issue>,
}

/// Opens the stage whose root layer is `path`, with all payloads loaded.
pub(crate) fn open(path: &Path, options: &OpenOptions) -> Result<OpenedStage, OpenError> {
    let resolved = path.canonicalize().map_err(|source| OpenError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let root_folder = resolved.parent().map(Path::to_owned).unwrap_or_default();
    let (stage, mends) = compat::open_stage(path, &options.search_paths, |builder| builder)?;
    let issues = select_variants(&stage, options);
    let assets = ar::DefaultResolver::with_search_paths(
        std::iter::once(root_folder.clone()).chain(options.search_paths.clone()),
    );
    Ok(OpenedStage {
        stage,
        assets,
        mends,
        root: path.to_owned(),
        root_folder,
        issues,
    })
}

/// Writes the selections into the root layer in memory, where they are stronger than what any file says.
fn select_variants(stage: &usd::Stage, options: &OpenOptions) -> Vec<Issue> {
    let mut issues = Vec::new();
    for (prim, set, variant) in &options.variant_selections {
        let selected = stage.override_prim(prim.as_str()).and_then(|over| {
            over.update_metadata("variantSelection", |authored| {
                let mut selections = match authored {
                    Some(Value::VariantSelectionMap(selections)) => selections,
                    _ => HashMap::new(),
                };
                selections.insert(set.clone(), variant.clone());
                Some(Value::VariantSelectionMap(selections))
            })
        });
        if let Err(error) = selected {
            issues.push(
                Issue::error(
                    "usd.variant-not-selected",
                    format!("the variant `{variant}` of `{set}` could not be selected: {error}"),
                    "choose one of the prim's own variant sets and variants",
                )
                .on_prim(prim.clone()),
            );
        }
    }
    issues
}

/// An error with its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
