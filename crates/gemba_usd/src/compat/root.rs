//! A look at the root file before the USD reader sees it, so that the commonest mistakes get a plain answer.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::OpenError;

/// Bytes of the file's start that tell its format.
const HEAD_BYTES: usize = 4096;
/// The end of a zip archive lies in its last 22 bytes plus a comment of at most 65 535.
const ZIP_TAIL_BYTES: u64 = 22 + 65_535;

/// What other files begin with, and how to say what they are.
const MAGICS: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"v/1\x01", "an OpenEXR image"),
    (b"glTF", "a binary glTF model"),
    (b"Kaydara FBX Binary", "an FBX model"),
    (b"ISO-10303-21", "a STEP or IFC model"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office or Revit document"),
    (
        b"version https://git-lfs",
        "a Git LFS pointer, not the file itself",
    ),
    (b"ply\n", "a PLY model"),
    (b"solid ", "an STL model"),
    (b"<?xml", "an XML document"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<html", "an HTML page"),
];

/// Names that say another format.
const EXTENSIONS: &[(&str, &str)] = &[
    ("obj", "a Wavefront OBJ model"),
    ("gltf", "a glTF model"),
    ("glb", "a binary glTF model"),
    ("fbx", "an FBX model"),
    ("stl", "an STL model"),
    ("ifc", "an IFC model"),
    ("step", "a STEP model"),
    ("stp", "a STEP model"),
    ("dwg", "an AutoCAD drawing"),
    ("rvt", "a Revit model"),
    ("dae", "a COLLADA model"),
    ("abc", "an Alembic cache"),
    ("mtlx", "a MaterialX document"),
    ("blend", "a Blender file"),
    ("png", "a PNG image"),
    ("jpg", "a JPEG image"),
    ("jpeg", "a JPEG image"),
    ("zip", "a zip archive"),
    ("toml", "a settings file"),
    ("json", "a JSON document"),
];

/// What the bytes of a layer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Text,
    Crate,
    Package,
    Other,
}

/// The format that `head` begins.
pub(super) fn content_of(head: &[u8]) -> Content {
    if head.starts_with(b"PXR-USDC") {
        return Content::Crate;
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Content::Package;
    }
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    if text.starts_with(b"#usda") || text.starts_with(b"#sdf") {
        Content::Text
    } else {
        Content::Other
    }
}

/// Refuses a root file that cannot be a USD scene.
///
/// # Errors
///
/// [`OpenError`] saying what the file is instead, or what is missing of it.
pub fn check_root(path: &Path) -> Result<(), OpenError> {
    let owned = || path.to_path_buf();
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => OpenError::NotFound { path: owned() },
        _ => OpenError::Unreadable {
            path: owned(),
            source,
        },
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(OpenError::IsFolder { path: owned() });
    }
    if metadata.len() == 0 && metadata.is_file() {
        return Err(OpenError::Empty { path: owned() });
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.by_ref()
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head)
        .map_err(unreadable)?;

    let extension = path
        .extension()
        .map(|it| it.to_string_lossy().to_ascii_lowercase())
        .unwrap_or_default();
    let content = content_of(&head);
    if let Some(found) = other_format(&head, &extension, content) {
        return Err(OpenError::NotUsd {
            path: owned(),
            found,
            remedy: remedy(&extension, content),
        });
    }
    match content {
        Content::Crate => check_crate(path, &mut file, &head, metadata.len()),
        Content::Package => check_zip_tail(path, &mut file, metadata.len()),
        Content::Text | Content::Other => Ok(()),
    }
}

fn remedy(extension: &str, content: Content) -> String {
    let right = match content {
        Content::Text => "usda",
        Content::Crate => "usdc",
        Content::Package => "usdz",
        Content::Other => {
            return "export the scene as .usd, .usda, .usdc or .usdz from the tool that made it".to_owned();
        }
    };
    if is_usd_extension(extension) || extension.is_empty() {
        format!("rename it to .{right}")
    } else {
        format!("rename it to .{right} if it is meant as a scene")
    }
}

fn is_usd_extension(extension: &str) -> bool {
    matches!(extension, "usd" | "usda" | "usdc" | "usdz")
}

/// What the file is instead, or nothing where content and name agree on USD.
fn other_format(head: &[u8], extension: &str, content: Content) -> Option<String> {
    let named = |kind: &str| format!("{kind} (by its content) named .{extension}");
    match (content, extension) {
        (Content::Text, "usda" | "usd") | (Content::Crate, "usdc" | "usd") | (Content::Package, "usdz") => {
            None
        }
        (Content::Text, _) => Some(named("text USD")),
        (Content::Crate, _) => Some(named("binary USD")),
        (Content::Package, "usd" | "usda" | "usdc") => Some(named("a zip archive")),
        (Content::Package, _) => Some("a zip archive".to_owned()),
        (Content::Other, _) => {
            let trimmed = head.trim_ascii_start();
            if let Some((_, kind)) = MAGICS.iter().find(|(magic, _)| trimmed.starts_with(magic)) {
                return Some((*kind).to_owned());
            }
            if let Some((_, kind)) = EXTENSIONS.iter().find(|(name, _)| *name == extension) {
                return Some((*kind).to_owned());
            }
            if extension == "usdz" {
                return Some("a file that is no zip archive, as a .usdz must be".to_owned());
            }
            Some(format!("unknown content that begins with `{}`", printable(head)))
        }
    }
}

/// The first bytes, fit for a message.
fn printable(head: &[u8]) -> String {
    head.iter()
        .take(12)
        .map(|byte| {
            if byte.is_ascii_graphic() {
                char::from(*byte)
            } else {
                '.'
            }
        })
        .collect()
}

/// The table of contents of a crate file lies at its end: a truncated copy has lost it.
fn check_crate(path: &Path, file: &mut File, head: &[u8], len: u64) -> Result<(), OpenError> {
    match super::crate_file::check_sections(file, head, len) {
        Ok(()) => Ok(()),
        Err(reason) => Err(OpenError::Damaged {
            path: path.to_path_buf(),
            reason,
        }),
    }
}

/// A zip archive ends with its directory: a truncated copy has lost it.
fn check_zip_tail(path: &Path, file: &mut File, len: u64) -> Result<(), OpenError> {
    let tail_len = len.min(ZIP_TAIL_BYTES);
    let mut tail = Vec::new();
    let read = file
        .seek(SeekFrom::Start(len - tail_len))
        .and_then(|_| file.by_ref().take(tail_len).read_to_end(&mut tail));
    match read {
        Ok(_) if tail.windows(4).any(|it| it == b"PK\x05\x06") => Ok(()),
        Ok(_) => Err(OpenError::Damaged {
            path: path.to_path_buf(),
            reason: "the zip directory at its end is missing, so the copy is incomplete".to_owned(),
        }),
        Err(source) => Err(OpenError::Unreadable {
            path: path.to_path_buf(),
            source,
        }),
    }
}
