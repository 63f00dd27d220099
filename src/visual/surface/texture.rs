//! Images of materials: decoding, putting channels where the engine expects them, and the smaller copies that keep distant
//! textures calm. Runs on the loader thread.

use std::{borrow::Cow, collections::VecDeque, sync::Arc};

use bevy::{
    asset::RenderAssetUsages,
    image::{ImageAddressMode, ImageFilterMode, ImageSampler, ImageSamplerDescriptor},
    prelude::*,
    render::render_resource::{Extent3d, TextureDimension, TextureFormat},
};
use gemba_usd::{
    SceneDoc,
    doc::{Texture, TextureIndex, TextureRead, TextureSource, Wrap},
};
use image::RgbaImage;

/// Longer edges are halved until they fit: a 4096² image with its smaller copies takes 90 MB of graphics memory.
const MAX_EDGE_PX: u32 = 2048;

/// Decoded files kept for the next image made of them.
const KEPT_FILES: usize = 4;

/// Where one channel of an image comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Channel {
    /// The same everywhere.
    Constant(f32),
    /// A channel of a texture, times `scale`, plus `bias`.
    Read {
        texture: TextureIndex,
        channel: u8,
        scale: f32,
        bias: f32,
        fallback: f32,
    },
}

impl Channel {
    /// Channel `channel` of `read`.
    pub(crate) fn of(read: &TextureRead, channel: u8) -> Self {
        let at = usize::from(channel.min(3));
        Self::Read {
            texture: read.texture,
            channel: channel.min(3),
            scale: read.scale[at],
            bias: read.bias[at],
            fallback: read.fallback[at],
        }
    }

    fn key(self) -> [u32; 5] {
        match self {
            Self::Constant(value) => [u32::MAX, 0, value.to_bits(), 0, 0],
            Self::Read {
                texture,
                channel,
                scale,
                bias,
                fallback,
            } => [
                texture.0,
                u32::from(channel),
                scale.to_bits(),
                bias.to_bits(),
                fallback.to_bits(),
            ],
        }
    }
}

/// How to make an image.
#[derive(Clone, Debug)]
pub(crate) struct ImageRecipe {
    channels: [Channel; 4],
    is_srgb: bool,
    wrap: [Wrap; 2],
}

/// Equal for recipes that make the same image.
pub(crate) type ImageKey = ([[u32; 5]; 4], bool, [Wrap; 2]);

impl ImageRecipe {
    /// Colours.
    pub(crate) fn srgb(channels: [Channel; 4], wrap: [Wrap; 2]) -> Self {
        Self {
            channels,
            is_srgb: true,
            wrap,
        }
    }

    /// Numbers.
    pub(crate) fn linear(channels: [Channel; 4], wrap: [Wrap; 2]) -> Self {
        Self {
            channels,
            is_srgb: false,
            wrap,
        }
    }

    pub(crate) fn key(&self) -> ImageKey {
        (self.channels.map(Channel::key), self.is_srgb, self.wrap)
    }
}

/// An image that a material waits for.
pub(crate) struct ImageRequest {
    pub(crate) handle: Handle<Image>,
    pub(crate) recipe: ImageRecipe,
}

/// A normal map as the engine reads it: components from −1…1 stored as 0…1.
pub(crate) fn normal_map(read: &TextureRead) -> ImageRecipe {
    // Many files leave out the scale 2 and bias −1 that UsdPreviewSurface asks for; taken at their word all normals would
    // point into one octant.
    let is_plain = read.scale[..3] == [1.0; 3] && read.bias[..3] == [0.0; 3];
    let channel = |at: u8| match Channel::of(read, at) {
        Channel::Read {
            texture,
            channel,
            scale,
            bias,
            ..
        } => {
            let (scale, bias) = if is_plain {
                (1.0, 0.0)
            } else {
                (scale * 0.5, (bias + 1.0) * 0.5)
            };
            let fallback = if at == 2 { 1.0 } else { 0.5 };
            Channel::Read {
                texture,
                channel,
                scale,
                bias,
                fallback,
            }
        }
        constant @ Channel::Constant(_) => constant,
    };
    ImageRecipe::linear(
        [channel(0), channel(1), channel(2), Channel::Constant(1.0)],
        read.wrap,
    )
}

/// Makes images, keeping the last few decoded files.
pub(crate) struct ImageMaker<'a> {
    doc: &'a SceneDoc,
    kept: VecDeque<(TextureIndex, Option<Arc<RgbaImage>>)>,
}

impl<'a> ImageMaker<'a> {
    pub(crate) fn new(doc: &'a SceneDoc) -> Self {
        Self {
            doc,
            kept: VecDeque::new(),
        }
    }

    /// Makes the image of `recipe`. What cannot be read shows its fallback.
    pub(crate) fn make(&mut self, recipe: &ImageRecipe) -> Image {
        let files = recipe.channels.map(|channel| match channel {
            Channel::Read { texture, .. } => self.file(texture),
            Channel::Constant(_) => None,
        });
        let size = files
            .iter()
            .flatten()
            .map(|file| file.dimensions())
            .max_by_key(|(width, height)| width * height);
        let (width, height) = size.unwrap_or((1, 1));
        let pixels = self.pixels(recipe, &files, width, height);
        with_smaller_copies(pixels, recipe)
    }

    fn pixels(
        &self,
        recipe: &ImageRecipe,
        files: &[Option<Arc<RgbaImage>>; 4],
        width: u32,
        height: u32,
    ) -> RgbaImage {
        if let Some(file) = self.unchanged(recipe, files) {
            return file;
        }
        let tables: [ChannelTable; 4] = std::array::from_fn(|at| {
            // Alpha is never gamma-encoded.
            let is_srgb = recipe.is_srgb && at < 3;
            ChannelTable::new(recipe.channels[at], files[at].as_deref(), self.doc, is_srgb)
        });
        RgbaImage::from_fn(width, height, |x, y| {
            image::Rgba(std::array::from_fn(|at| {
                let table = &tables[at];
                let Some(file) = files[at].as_deref() else {
                    return table.outputs[0];
                };
                let (file_width, file_height) = file.dimensions();
                let pixel = file.get_pixel(
                    (u64::from(x) * u64::from(file_width) / u64::from(width)) as u32,
                    (u64::from(y) * u64::from(file_height) / u64::from(height)) as u32,
                );
                table.outputs[usize::from(pixel.0[table.channel])]
            }))
        })
    }

    /// The file itself, where the recipe changes nothing that shows.
    fn unchanged(&self, recipe: &ImageRecipe, files: &[Option<Arc<RgbaImage>>; 4]) -> Option<RgbaImage> {
        let first = match recipe.channels[0] {
            Channel::Read { texture, .. } => texture,
            Channel::Constant(_) => return None,
        };
        let is_srgb = self.doc.textures.get(first.index())?.is_srgb;
        let is_same = |at: usize| match recipe.channels[at] {
            Channel::Read {
                texture,
                channel,
                scale,
                bias,
                ..
            } => texture == first && usize::from(channel) == at && scale == 1.0 && bias == 0.0,
            Channel::Constant(_) => false,
        };
        let file = files[0].as_ref()?;
        let alpha_is_same = is_same(3)
            || (recipe.channels[3] == Channel::Constant(1.0)
                && file.pixels().all(|pixel| pixel.0[3] == u8::MAX));
        (is_srgb == recipe.is_srgb && (0..3).all(is_same) && alpha_is_same).then(|| RgbaImage::clone(file))
    }

    fn file(&mut self, index: TextureIndex) -> Option<Arc<RgbaImage>> {
        if let Some((_, file)) = self.kept.iter().find(|(kept, _)| *kept == index) {
            return file.clone();
        }
        let texture = self.doc.textures.get(index.index())?;
        let file = match decode(texture) {
            Ok(file) => file.map(Arc::new),
            Err(error) => {
                tracing::warn!(
                    asset = %texture.asset,
                    "an image cannot be decoded: {error}; its fallback colour is shown; export it as PNG or JPEG"
                );
                None
            }
        };
        self.kept.truncate(KEPT_FILES - 1);
        self.kept.push_front((index, file.clone()));
        file
    }
}

/// The pixels of `texture`, `None` when the file is missing (an issue says so already).
fn decode(texture: &Texture) -> Result<Option<RgbaImage>, image::ImageError> {
    let bytes: Cow<'_, [u8]> = match &texture.source {
        TextureSource::File(path) => std::fs::read(path)?.into(),
        TextureSource::Embedded(bytes) => (&**bytes).into(),
        TextureSource::Missing => return Ok(None),
    };
    let mut pixels = image::load_from_memory(&bytes)?.to_rgba8();
    while pixels.width().max(pixels.height()) > MAX_EDGE_PX {
        pixels = halved(&pixels, texture.is_srgb);
    }
    Ok(Some(pixels))
}

/// What each stored value of a channel becomes.
struct ChannelTable {
    channel: usize,
    outputs: [u8; 256],
}

impl ChannelTable {
    fn new(channel: Channel, file: Option<&RgbaImage>, doc: &SceneDoc, is_srgb: bool) -> Self {
        let encode = |value: f32| {
            let value = value.clamp(0.0, 1.0);
            let stored = if is_srgb { srgb_from_linear(value) } else { value };
            (stored * 255.0).round() as u8
        };
        match channel {
            Channel::Constant(value) => Self {
                channel: 0,
                outputs: [encode(value); 256],
            },
            Channel::Read {
                fallback, channel, ..
            } if file.is_none() => Self {
                channel: usize::from(channel),
                outputs: [encode(fallback); 256],
            },
            Channel::Read {
                texture,
                channel,
                scale,
                bias,
                ..
            } => {
                let source_is_srgb = channel < 3
                    && doc
                        .textures
                        .get(texture.index())
                        .is_some_and(|texture| texture.is_srgb);
                let outputs = std::array::from_fn(|stored| {
                    let value = stored as f32 / 255.0;
                    let value = if source_is_srgb {
                        linear_from_srgb(value)
                    } else {
                        value
                    };
                    encode(value * scale + bias)
                });
                Self {
                    channel: usize::from(channel),
                    outputs,
                }
            }
        }
    }
}

/// IEC 61966-2-1.
fn linear_from_srgb(stored: f32) -> f32 {
    if stored <= 0.040_45 {
        stored / 12.92
    } else {
        ((stored + 0.055) / 1.055).powf(2.4)
    }
}

/// IEC 61966-2-1.
fn srgb_from_linear(value: f32) -> f32 {
    if value <= 0.003_130_8 {
        value * 12.92
    } else {
        1.055 * value.powf(1.0 / 2.4) - 0.055
    }
}

/// Half the size; each pixel is the mean of four, taken in linear light.
fn halved(pixels: &RgbaImage, is_srgb: bool) -> RgbaImage {
    let to_linear: [f32; 256] = std::array::from_fn(|stored| {
        let value = stored as f32 / 255.0;
        if is_srgb { linear_from_srgb(value) } else { value }
    });
    // 4096 steps are finer than 8 bits of sRGB anywhere.
    let to_stored: Vec<u8> = (0..=4096)
        .map(|step| {
            let value = step as f32 / 4096.0;
            ((if is_srgb { srgb_from_linear(value) } else { value }) * 255.0).round() as u8
        })
        .collect();
    let (width, height) = pixels.dimensions();
    let (last_x, last_y) = (width - 1, height - 1);
    RgbaImage::from_fn((width / 2).max(1), (height / 2).max(1), |x, y| {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| {
            pixels
                .get_pixel((2 * x + dx).min(last_x), (2 * y + dy).min(last_y))
                .0
        });
        image::Rgba(std::array::from_fn(|at| {
            if at == 3 {
                return (four.iter().map(|pixel| u32::from(pixel[at])).sum::<u32>() / 4) as u8;
            }
            let mean = four
                .iter()
                .map(|pixel| to_linear[usize::from(pixel[at])])
                .sum::<f32>()
                * 0.25;
            to_stored[(mean * 4096.0) as usize]
        }))
    })
}

/// `pixels` and its halves down to one pixel, as one image.
fn with_smaller_copies(pixels: RgbaImage, recipe: &ImageRecipe) -> Image {
    let (width, height) = pixels.dimensions();
    let mut bytes = pixels.as_raw().clone();
    let mut copies = 1;
    let mut copy = pixels;
    while copy.width().max(copy.height()) > 1 {
        copy = halved(&copy, recipe.is_srgb);
        bytes.extend_from_slice(copy.as_raw());
        copies += 1;
    }
    let format = if recipe.is_srgb {
        TextureFormat::Rgba8UnormSrgb
    } else {
        TextureFormat::Rgba8Unorm
    };
    let size = Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    };
    let mut image = Image::new_uninit(
        size,
        TextureDimension::D2,
        format,
        RenderAssetUsages::RENDER_WORLD,
    );
    image.texture_descriptor.mip_level_count = copies;
    image.data = Some(bytes);
    image.sampler = sampler(recipe.wrap);
    image
}

fn sampler([wrap_s, wrap_t]: [Wrap; 2]) -> ImageSampler {
    let mode = |wrap| match wrap {
        // A black border needs a feature that few adapters have; the edge is the nearest to it.
        Wrap::Black | Wrap::Clamp => ImageAddressMode::ClampToEdge,
        Wrap::Repeat => ImageAddressMode::Repeat,
        Wrap::Mirror => ImageAddressMode::MirrorRepeat,
    };
    ImageSampler::Descriptor(ImageSamplerDescriptor {
        address_mode_u: mode(wrap_s),
        address_mode_v: mode(wrap_t),
        mag_filter: ImageFilterMode::Linear,
        min_filter: ImageFilterMode::Linear,
        mipmap_filter: ImageFilterMode::Linear,
        anisotropy_clamp: 8,
        ..ImageSamplerDescriptor::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_keeps_the_mean_light() {
        let checkers = RgbaImage::from_fn(2, 2, |x, y| {
            let value = if (x + y) % 2 == 0 { 255 } else { 0 };
            image::Rgba([value, value, value, 255])
        });
        // Half the light is 188 in sRGB, not 128.
        assert_eq!(halved(&checkers, true).get_pixel(0, 0).0, [188, 188, 188, 255]);
        assert_eq!(halved(&checkers, false).get_pixel(0, 0).0[0], 128);
    }

    #[test]
    fn copies_end_at_one_pixel() {
        let recipe = ImageRecipe::linear([Channel::Constant(0.5); 4], [Wrap::Repeat; 2]);
        let image = with_smaller_copies(RgbaImage::new(8, 2), &recipe);
        assert_eq!(image.texture_descriptor.mip_level_count, 4);
        assert_eq!(image.data.map(|data| data.len()), Some(4 * (16 + 4 + 2 + 1)));
    }
}
