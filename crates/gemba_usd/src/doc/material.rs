//! Surface materials after UsdPreviewSurface.

use std::{path::PathBuf, sync::Arc};

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};

use super::TextureIndex;

/// A UsdPreviewSurface, metallic workflow; specular workflow is converted when read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// The Material prim.
    pub path: PrimPath,
    /// `diffuseColor`, linear RGB.
    pub base_color: ColorSource,
    /// `emissiveColor`, linear RGB.
    pub emissive: ColorSource,
    /// `metallic`, 0–1.
    pub metallic: ScalarSource,
    /// `roughness`, 0–1.
    pub roughness: ScalarSource,
    /// `opacity`, 0–1.
    pub opacity: ScalarSource,
    /// `occlusion`, 0–1.
    pub occlusion: ScalarSource,
    /// `normal`, as a tangent-space map.
    pub normal: Option<TextureRead>,
    /// `ior`.
    pub ior: f32,
    /// `clearcoat`, 0–1.
    pub clearcoat: f32,
    /// `clearcoatRoughness`, 0–1.
    pub clearcoat_roughness: f32,
    /// How `opacity` is used.
    pub alpha: AlphaMode,
}

/// How `opacity` is used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum AlphaMode {
    /// Fully opaque.
    Opaque,
    /// Cut out below the threshold.
    Mask {
        /// `opacityThreshold`.
        threshold: f32,
    },
    /// Blended.
    Blend,
}

/// A colour, or where to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ColorSource {
    /// Linear RGB.
    Constant([f32; 3]),
    /// From an image.
    Texture(TextureRead),
    /// From the geometry's `displayColor`, else this linear RGB.
    Vertex([f32; 3]),
}

/// A number, or where to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ScalarSource {
    /// The number.
    Constant(f32),
    /// One channel of an image: 0 red … 3 alpha.
    Texture {
        /// The image.
        read: TextureRead,
        /// The channel.
        channel: u8,
    },
}

/// A UsdUVTexture with its UsdTransform2d.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextureRead {
    /// The image.
    pub texture: TextureIndex,
    /// `scale`, RGBA.
    pub scale: [f32; 4],
    /// `bias`, RGBA.
    pub bias: [f32; 4],
    /// `fallback`, RGBA, used when the image cannot be read.
    pub fallback: [f32; 4],
    /// `wrapS` and `wrapT`.
    pub wrap: [Wrap; 2],
    /// UsdTransform2d scale, rotation in degrees, translation.
    pub uv_scale: [f32; 2],
    /// Counter-clockwise, in degrees.
    pub uv_rotation_deg: f32,
    /// In texture space.
    pub uv_translation: [f32; 2],
}

/// What happens outside 0–1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wrap {
    /// Black.
    Black,
    /// The edge goes on.
    Clamp,
    /// Again and again; also `useMetadata`.
    #[default]
    Repeat,
    /// Back and forth.
    Mirror,
}

/// An image that materials use; decoding is the viewer's work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Texture {
    /// The asset path as authored, for messages.
    pub asset: String,
    /// Where the bytes are.
    pub source: TextureSource,
    /// Colour data that is to be decoded from sRGB.
    pub is_srgb: bool,
}

/// Where an image's bytes are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TextureSource {
    /// A file.
    File(PathBuf),
    /// Inside a usdz package.
    Embedded(Arc<[u8]>),
    /// Not found; the issue says so.
    Missing,
}
