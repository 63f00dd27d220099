//! Scenes written out in tests.

use crate::{OpenOptions, SceneDoc, doc::Prim, open};

/// The document of a scene with these files; the first is the root.
pub(crate) fn doc_of(files: &[(&str, &str)]) -> SceneDoc {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    open(
        &folder.path().join(files[0].0),
        &OpenOptions::default(),
        &mut |_| {},
    )
    .expect("a scene that opens")
}

/// The document of one layer, whose header is added.
pub(crate) fn doc(usda: &str) -> SceneDoc {
    doc_of(&[("scene.usda", &format!("#usda 1.0\n{usda}"))])
}

/// The prim at `path`.
pub(crate) fn prim<'a>(doc: &'a SceneDoc, path: &str) -> &'a Prim {
    doc.prims
        .iter()
        .find(|prim| prim.path.as_str() == path)
        .unwrap_or_else(|| {
            let paths: Vec<&str> = doc.prims.iter().map(|prim| prim.path.as_str()).collect();
            panic!("no prim {path} among {paths:?}")
        })
}

/// The codes of all issues, sorted.
pub(crate) fn codes(doc: &SceneDoc) -> Vec<&str> {
    let mut codes: Vec<&str> = doc.issues.iter().map(|issue| &*issue.code).collect();
    codes.sort_unstable();
    codes
}
