//! What text cannot say to `openusd`, put right in the parsed layer.
//!
//! Placeholders are plain names; after parsing, a property whose name carries one is renamed, and the targets of the
//! later statements on a relationship are folded into the first as the reference reader does: each list edit keeps its
//! own list, and an explicit list replaces all.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Cursor;

use openusd::sdf::{self, FileFormat as _};
use openusd::usda::parser::Parser;
use openusd::usdc::UsdcFileFormat;

const NAME_MARK: &str = "gembaUtf8_";
const LIST_OP_MARK: &str = "_gembaListOp";
/// The field that lists a prim's properties in `openusd`'s parsed text layers.
const PROPERTY_CHILDREN: &str = "propertyChildren";

/// A stand-in for a property name with letters beyond ASCII; namespaces stay.
pub(super) fn name_placeholder(name: &str) -> String {
    name.split(':')
        .map(|part| {
            if part.is_ascii() {
                return part.to_owned();
            }
            part.bytes().fold(NAME_MARK.to_owned(), |mut out, byte| {
                // Writing to a string does not fail.
                write!(out, "{byte:02x}").unwrap_or_default();
                out
            })
        })
        .collect::<Vec<_>>()
        .join(":")
}

/// A stand-in for the name of a relationship in its `times`-th statement.
pub(super) fn list_op_placeholder(name: &str, times: u32) -> String {
    format!("{name}{LIST_OP_MARK}{times}")
}

/// The true name and which statement on it this is (1 for the first and only).
fn restore(name: &str) -> (String, u32) {
    let (name, times) = match name.rsplit_once(LIST_OP_MARK) {
        Some((name, times)) => (name, times.parse().unwrap_or(1)),
        None => (name, 1),
    };
    (
        name.split(':').map(restore_part).collect::<Vec<_>>().join(":"),
        times,
    )
}

fn restore_part(part: &str) -> String {
    let decode = || {
        let hex = part.strip_prefix(NAME_MARK)?;
        let bytes = (0..hex.len() / 2).map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok());
        String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
    };
    decode().unwrap_or_else(|| part.to_owned())
}

/// The layer of `text`, its placeholders put right, as a binary layer. Nothing where the text does not parse: then the
/// reader gets the text and reports.
#[expect(
    clippy::iter_over_hash_type,
    reason = "the specs go from one map to another; later statements are sorted"
)]
pub(crate) fn rebuild(text: &str) -> Option<Vec<u8>> {
    let parsed = Parser::new(text).parse().ok()?;
    let mut specs: HashMap<sdf::Path, sdf::SpecData> = HashMap::with_capacity(parsed.len());
    let mut later: Vec<(u32, sdf::Path, sdf::SpecData)> = Vec::new();
    for (path, mut spec) in parsed {
        restore_children(&mut spec);
        match restored_path(&path)? {
            None => {
                specs.insert(path, spec);
            }
            Some((path, 1)) => {
                specs.insert(path, spec);
            }
            Some((path, times)) => later.push((times, path, spec)),
        }
    }
    later.sort_by_key(|(times, _, _)| *times);
    for (_, path, spec) in later {
        match specs.get_mut(&path) {
            Some(first) => fold(first, spec),
            None => {
                specs.insert(path, spec);
            }
        }
    }
    let data = sdf::Data::from_specs(specs);
    let mut sink = Cursor::new(Vec::new());
    UsdcFileFormat.write(&data, &mut sink).ok()?;
    Some(sink.into_inner())
}

/// The true path of a property spec with a placeholder, and which statement it is; the outer nothing is a failure.
fn restored_path(path: &sdf::Path) -> Option<Option<(sdf::Path, u32)>> {
    let text = path.as_str();
    if !text.contains(NAME_MARK) && !text.contains(LIST_OP_MARK) {
        return Some(None);
    }
    let (prim, name) = text.rsplit_once('.')?;
    let (name, times) = restore(name);
    Some(Some((sdf::Path::new(&format!("{prim}.{name}")).ok()?, times)))
}

fn restore_children(spec: &mut sdf::SpecData) {
    let Some(sdf::Value::TokenVec(names)) = spec.get(PROPERTY_CHILDREN) else {
        return;
    };
    if !names
        .iter()
        .any(|name| name.as_str().contains(NAME_MARK) || name.as_str().contains(LIST_OP_MARK))
    {
        return;
    }
    let mut restored: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let (name, _) = restore(name.as_str());
        if !restored.contains(&name) {
            restored.push(name);
        }
    }
    spec.add(PROPERTY_CHILDREN, sdf::Value::token_vec(restored));
}

/// Adds the fields of a later statement; list edits accumulate.
fn fold(first: &mut sdf::SpecData, later: sdf::SpecData) {
    for (key, value) in later.fields {
        first.add_list_op(key, value);
    }
}
