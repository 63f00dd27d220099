//! What a plant is made of, as one hash: two viewers with the same files have the same plant open, wherever the files lie.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use ring::digest::{Context, Digest, SHA256};

/// SHA-256 over the SHA-256 of each file's bytes, in the order given, and over no path.
///
/// # Errors
/// The first file that cannot be read.
pub fn plant_content<'a>(files: impl IntoIterator<Item = &'a Path>) -> io::Result<[u8; 32]> {
    let mut whole = Context::new(&SHA256);
    for file in files {
        whole.update(digest(file)?.as_ref());
    }
    let mut content = [0; 32];
    content.copy_from_slice(whole.finish().as_ref());
    Ok(content)
}

fn digest(file: &Path) -> io::Result<Digest> {
    let mut reader = File::open(file)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 256 << 10];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(context.finish()),
            read => context.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_counts_and_places_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let (one, same, other) = (file("a", "text"), file("b", "text"), file("c", "more"));
        let of = |files: &[&Path]| plant_content(files.iter().copied()).unwrap();
        assert_eq!(of(&[&one]), of(&[&same]));
        assert_ne!(of(&[&one]), of(&[&other]));
        assert_ne!(of(&[&one, &other]), of(&[&other, &one]), "layers have an order");
        assert!(plant_content([folder.path().join("none").as_path()]).is_err());
    }
}
