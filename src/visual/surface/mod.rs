//! UsdPreviewSurface to the engine's standard material. Runs on the loader thread.
//!
//! One material per distinct look, never per entity: see [`SurfaceRecipe`]. Pixels are the work of [`texture`].

pub(crate) mod texture;

use std::collections::HashMap;

use bevy::{asset::AssetHandleProvider, math::Affine2, prelude::*};
use gemba_usd::{
    SceneDoc,
    doc::{self, ColorSource, ScalarSource, TextureRead},
};

use crate::plant::{SurfaceRecipe, color_of};
use texture::{Channel, ImageRecipe, ImageRequest};

/// Prims without material and colour: light warm clay, linear.
const CLAY: [f32; 3] = [0.56, 0.53, 0.49];
/// Roughness of what has no material.
const CLAY_ROUGHNESS: f32 = 0.62;

/// Makes the surfaces of a document.
pub(crate) struct Surfaces<'a> {
    pub(crate) doc: &'a SceneDoc,
    pub(crate) image_handles: &'a AssetHandleProvider,
}

/// What [`Surfaces::prepare`] makes: the images are still to be decoded.
pub(crate) struct SurfacesAndImages {
    pub(crate) surfaces: Vec<StandardMaterial>,
    pub(crate) images: Vec<ImageRequest>,
}

impl Surfaces<'_> {
    /// A material for each recipe, and the images that they wait for.
    pub(crate) fn prepare(&self, recipes: &[SurfaceRecipe]) -> SurfacesAndImages {
        let mut images = Images {
            handles: self.image_handles,
            requests: Vec::new(),
            by_key: HashMap::new(),
        };
        let surfaces = recipes
            .iter()
            .map(|recipe| self.surface(recipe, &mut images))
            .collect();
        SurfacesAndImages {
            surfaces,
            images: images.requests,
        }
    }

    fn surface(&self, recipe: &SurfaceRecipe, images: &mut Images<'_>) -> StandardMaterial {
        let material = recipe
            .material
            .and_then(|material| self.doc.materials.get(material.index()));
        let mut surface = match material {
            Some(material) => previewed(material, images),
            None => clay(),
        };
        let takes_display_color =
            material.is_none_or(|material| matches!(material.base_color, ColorSource::Vertex(_)));
        if takes_display_color {
            let alpha = surface.base_color.alpha();
            if let Some([red, green, blue, opacity]) = recipe.color.map(color_of) {
                surface.base_color = Color::linear_rgba(red, green, blue, opacity * alpha);
            } else if recipe.vertex_colors {
                surface.base_color = Color::linear_rgba(1.0, 1.0, 1.0, alpha);
            }
        }
        if recipe.blend {
            surface.alpha_mode = AlphaMode::Blend;
        }
        if recipe.double_sided {
            surface.double_sided = true;
            surface.cull_mode = None;
        }
        surface
    }
}

fn clay() -> StandardMaterial {
    let [red, green, blue] = CLAY;
    StandardMaterial {
        base_color: Color::linear_rgb(red, green, blue),
        perceptual_roughness: CLAY_ROUGHNESS,
        ..default()
    }
}

fn previewed(material: &doc::Material, images: &mut Images<'_>) -> StandardMaterial {
    let mut surface = StandardMaterial {
        reflectance: reflectance(material.ior),
        clearcoat: material.clearcoat,
        clearcoat_perceptual_roughness: material.clearcoat_roughness,
        alpha_mode: match material.alpha {
            doc::AlphaMode::Opaque => AlphaMode::Opaque,
            doc::AlphaMode::Mask { threshold } => AlphaMode::Mask(threshold),
            doc::AlphaMode::Blend => AlphaMode::Blend,
        },
        ..default()
    };
    set_base(&mut surface, material, images);
    set_metallic_roughness(&mut surface, material, images);
    set_emissive(&mut surface, material, images);
    if let ScalarSource::Texture { read, channel } = &material.occlusion {
        let occlusion = Channel::of(read, *channel);
        surface.occlusion_texture = Some(images.request(ImageRecipe::linear([occlusion; 4], read.wrap)));
    }
    if let Some(read) = &material.normal {
        surface.normal_map_texture = Some(images.request(texture::normal_map(read)));
    }
    if let Some(read) = transforming_read(material) {
        surface.uv_transform = uv_transform(read);
    }
    surface
}

fn set_base(surface: &mut StandardMaterial, material: &doc::Material, images: &mut Images<'_>) {
    let is_opaque = material.alpha == doc::AlphaMode::Opaque;
    let (alpha, alpha_read) = match &material.opacity {
        _ if is_opaque => (1.0, None),
        ScalarSource::Constant(opacity) => (*opacity, None),
        ScalarSource::Texture { read, channel } => (1.0, Some((read, *channel))),
    };
    let (color, color_read) = match &material.base_color {
        ColorSource::Constant(color) | ColorSource::Vertex(color) => (*color, None),
        ColorSource::Texture(read) => ([1.0; 3], Some(read)),
    };
    let [red, green, blue] = color;
    surface.base_color = Color::linear_rgba(red, green, blue, alpha);
    let Some(wrap) = color_read
        .or(alpha_read.map(|(read, _)| read))
        .map(|read| read.wrap)
    else {
        return;
    };
    let channel = |at: u8| color_read.map_or(Channel::Constant(1.0), |read| Channel::of(read, at));
    let alpha = alpha_read.map_or(Channel::Constant(1.0), |(read, at)| Channel::of(read, at));
    let recipe = ImageRecipe::srgb([channel(0), channel(1), channel(2), alpha], wrap);
    surface.base_color_texture = Some(images.request(recipe));
}

fn set_metallic_roughness(surface: &mut StandardMaterial, material: &doc::Material, images: &mut Images<'_>) {
    let mut wrap = None;
    let mut channel_of = |source: &ScalarSource, factor: &mut f32| match source {
        ScalarSource::Constant(value) => {
            *factor = *value;
            Channel::Constant(1.0)
        }
        ScalarSource::Texture { read, channel } => {
            *factor = 1.0;
            wrap = wrap.or(Some(read.wrap));
            Channel::of(read, *channel)
        }
    };
    let roughness = channel_of(&material.roughness, &mut surface.perceptual_roughness);
    let metallic = channel_of(&material.metallic, &mut surface.metallic);
    let Some(wrap) = wrap else { return };
    let one = Channel::Constant(1.0);
    let recipe = ImageRecipe::linear([one, roughness, metallic, one], wrap);
    surface.metallic_roughness_texture = Some(images.request(recipe));
}

fn set_emissive(surface: &mut StandardMaterial, material: &doc::Material, images: &mut Images<'_>) {
    match &material.emissive {
        ColorSource::Constant([red, green, blue]) | ColorSource::Vertex([red, green, blue]) => {
            surface.emissive = LinearRgba::rgb(*red, *green, *blue);
        }
        ColorSource::Texture(read) => {
            surface.emissive = LinearRgba::WHITE;
            let channel = |at| Channel::of(read, at);
            let recipe = ImageRecipe::srgb(
                [channel(0), channel(1), channel(2), Channel::Constant(1.0)],
                read.wrap,
            );
            surface.emissive_texture = Some(images.request(recipe));
        }
    }
}

/// The engine's `reflectance` for an index of refraction: F0 = 0.16 · reflectance².
fn reflectance(ior: f32) -> f32 {
    let f0 = ((ior - 1.0) / (ior + 1.0)).powi(2);
    (f0 / 0.16).sqrt().clamp(0.0, 1.0)
}

/// The engine has one UV transform a material, USD one a texture: the first that transforms wins.
fn transforming_read(material: &doc::Material) -> Option<&TextureRead> {
    fn scalar(source: &ScalarSource) -> Option<&TextureRead> {
        if let ScalarSource::Texture { read, .. } = source {
            Some(read)
        } else {
            None
        }
    }
    fn color(source: &ColorSource) -> Option<&TextureRead> {
        if let ColorSource::Texture(read) = source {
            Some(read)
        } else {
            None
        }
    }
    [
        color(&material.base_color),
        material.normal.as_ref(),
        scalar(&material.roughness),
        scalar(&material.metallic),
        color(&material.emissive),
        scalar(&material.opacity),
    ]
    .into_iter()
    .flatten()
    .find(|read| read.uv_scale != [1.0; 2] || read.uv_rotation_deg != 0.0 || read.uv_translation != [0.0; 2])
}

/// UsdTransform2d (scale, then rotate, then translate) seen from texture coordinates whose V points down.
fn uv_transform(read: &TextureRead) -> Affine2 {
    let flip = Affine2::from_mat2_translation(Mat2::from_diagonal(Vec2::new(1.0, -1.0)), Vec2::Y);
    let transform = Affine2::from_scale_angle_translation(
        Vec2::from(read.uv_scale),
        read.uv_rotation_deg.to_radians(),
        Vec2::from(read.uv_translation),
    );
    flip * transform * flip
}

/// Images asked for so far; equal recipes share one.
struct Images<'a> {
    handles: &'a AssetHandleProvider,
    requests: Vec<ImageRequest>,
    by_key: HashMap<texture::ImageKey, usize>,
}

impl Images<'_> {
    fn request(&mut self, recipe: ImageRecipe) -> Handle<Image> {
        let next = self.requests.len();
        let at = *self.by_key.entry(recipe.key()).or_insert(next);
        if at == next {
            self.requests.push(ImageRequest {
                handle: self.handles.reserve_handle().typed(),
                recipe,
            });
        }
        self.requests[at].handle.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glass_reflects_four_percent() {
        assert!((reflectance(1.5) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn uv_transforms_apply_with_v_up() {
        let read = TextureRead {
            texture: doc::TextureIndex(0),
            scale: [1.0; 4],
            bias: [0.0; 4],
            fallback: [0.0; 4],
            wrap: [doc::Wrap::Repeat; 2],
            uv_scale: [2.0, 2.0],
            uv_rotation_deg: 0.0,
            uv_translation: [0.0, 0.25],
        };
        // V up: (0.5, 0.25) → (1.0, 0.75). V down: (0.5, 0.75) → (1.0, 0.25).
        let mapped = uv_transform(&read).transform_point2(Vec2::new(0.5, 0.75));
        assert!(mapped.distance(Vec2::new(1.0, 0.25)) < 1e-6, "{mapped}");
    }
}
