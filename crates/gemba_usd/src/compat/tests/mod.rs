//! Layers that the reference reader accepts, mended to the values it reads; and input that must be refused.

mod fuzz;
mod hostile;
mod mends;
mod packed;

use std::path::Path;

use openusd::sdf;
use openusd::usd::Stage;
use tempfile::TempDir;

use super::*;

/// A folder holding one file.
pub(super) fn folder_with(name: &str, bytes: &[u8]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join(name), bytes).expect("a file");
    folder
}

pub(super) fn opened(path: &Path) -> (Stage, Vec<gemba_model::Issue>) {
    let (stage, mends) = open_stage(path, &[], |builder| builder).unwrap_or_else(|error| panic!("{error}"));
    let issues = mends.take();
    (stage, issues)
}

/// The composed opinion of `field` at `path`, as text.
pub(super) fn fact(stage: &Stage, path: &str, field: &str) -> String {
    match stage.field::<sdf::Value>(path, field).expect("a field") {
        Some(sdf::Value::PathListOp(op)) => list_op(&op),
        Some(sdf::Value::AssetPath(asset)) => format!("asset {}", asset.authored_path),
        Some(value) => format!("{value:?}"),
        None => "absent".to_owned(),
    }
}

/// The lists of `op` that matter, such as `prepend /B delete /C`.
fn list_op(op: &sdf::ListOp<sdf::Path>) -> String {
    let lists = [
        ("explicit", &op.explicit_items),
        ("add", &op.added_items),
        ("prepend", &op.prepended_items),
        ("append", &op.appended_items),
        ("delete", &op.deleted_items),
        ("order", &op.ordered_items),
    ];
    let lists = lists.iter().filter(|(_, items)| !items.is_empty());
    lists
        .map(|(name, items)| {
            format!(
                "{name} {}",
                items.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ")
            )
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// A text layer as a binary one.
pub(super) fn as_crate(layer: &str) -> Vec<u8> {
    text::rebuild(layer).expect("a layer that parses")
}

/// Stored entries as a package; data is not aligned to 64 bytes, which only matters for mapping.
pub(super) fn as_package(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = openusd::usdz::ArchiveWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.add_layer(name, bytes).expect("an entry");
    }
    writer.finish().expect("a package").into_inner()
}
