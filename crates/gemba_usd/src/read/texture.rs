//! Images: where their bytes are. Decoding is the viewer's work.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use gemba_model::Issue;
use openusd::{
    ar::{self, Resolver},
    sdf::{self, Value},
    usd::TimeCode,
};

use super::{Reader, prim_view::PrimView};
use crate::doc::{Texture, TextureIndex, TextureSource, Wrap};

/// An embedded image larger than this is not an image.
const MAX_EMBEDDED_BYTES: u64 = 1 << 30;

/// Textures by where they lie and how they are decoded.
#[derive(Default)]
pub(crate) struct TextureTable {
    by_asset: HashMap<(String, bool), TextureIndex>,
}

/// The image that the asset attribute `name` of `view` names; colour data.
pub(crate) fn of_attribute(reader: &mut Reader, view: &PrimView, name: &str) -> Option<TextureIndex> {
    if !view.has(name) {
        return None;
    }
    of_property(reader, view, &view.prim.path().append_property(name).ok()?, true)
}

/// The image that the asset attribute at `property` names, through its connections.
pub(crate) fn of_property(
    reader: &mut Reader,
    view: &PrimView,
    property: &sdf::Path,
    is_srgb: bool,
) -> Option<TextureIndex> {
    let stage = view.prim.stage();
    let mut property = property.clone();
    // Interface inputs of the material may hold the file.
    for _ in 0..16 {
        let connected = stage
            .attribute(property.clone())
            .ok()?
            .connections()
            .ok()?
            .into_iter()
            .next();
        match connected {
            Some(connected) => property = connected,
            None => break,
        }
    }
    let attribute = stage.attribute(property.clone()).ok()?;
    let (authored, resolved) = match view
        .reported(attribute.get_at::<Value>(TimeCode::EARLIEST))
        .flatten()?
    {
        Value::AssetPath(asset) => (
            asset.as_str().to_owned(),
            asset.resolved_path().map(str::to_owned),
        ),
        Value::String(text) => (text, None),
        Value::Token(token) => (token.as_str().to_owned(), None),
        _ => return None,
    };
    if authored.is_empty() {
        return None;
    }
    let resolved = resolved.filter(|path| !path.is_empty()).or_else(|| {
        // Tiles and plain strings are not resolved by composition: look beside the layer that says so.
        let layer = attribute.property_stack().ok()?.into_iter().next()?.layer;
        find(&reader.opened.assets, &layer, &authored)
    });
    let key = (resolved.clone().unwrap_or_else(|| authored.clone()), is_srgb);
    if let Some(known) = reader.textures.by_asset.get(&key) {
        return Some(*known);
    }
    let source = match &resolved {
        Some(path) => source(&reader.opened.assets, path),
        None => TextureSource::Missing,
    };
    if source == TextureSource::Missing {
        view.report_about(
            authored.clone(),
            Issue::warning(
                "material.missing-texture",
                format!("the image `{authored}` is not found, so its fallback colour is shown"),
                "put it where the path says, or correct the path",
            ),
        );
    }
    let index = TextureIndex(super::index(reader.doc.textures.len()));
    reader.doc.textures.push(Texture {
        asset: authored,
        source,
        is_srgb,
    });
    reader.textures.by_asset.insert(key, index);
    Some(index)
}

/// `asset` beside `layer`; the first tile of a tiled image.
fn find(assets: &ar::DefaultResolver, layer: &str, asset: &str) -> Option<String> {
    let asset = asset.replace("<UDIM>", "1001").replace('\\', "/");
    let identifier = assets.create_identifier(&asset, Some(&ar::ResolvedPath::new(layer)));
    assets.resolve(&identifier).map(|path| path.to_string())
}

fn source(assets: &ar::DefaultResolver, path: &str) -> TextureSource {
    if !ar::is_package_relative_path(path) {
        let file = PathBuf::from(path);
        return if file.is_file() {
            TextureSource::File(file)
        } else {
            TextureSource::Missing
        };
    }
    let Ok(mut asset) = assets.open_asset(&ar::ResolvedPath::new(path)) else {
        return TextureSource::Missing;
    };
    if asset.size().is_ok_and(|size| size > MAX_EMBEDDED_BYTES) {
        return TextureSource::Missing;
    }
    asset.read_all().map_or(TextureSource::Missing, |bytes| {
        TextureSource::Embedded(Arc::from(bytes))
    })
}

/// `wrapS` and `wrapT` of UsdUVTexture.
pub(crate) fn wrap(text: Option<&str>) -> Wrap {
    match text {
        Some("black") => Wrap::Black,
        Some("clamp") => Wrap::Clamp,
        Some("mirror") => Wrap::Mirror,
        _ => Wrap::Repeat,
    }
}
