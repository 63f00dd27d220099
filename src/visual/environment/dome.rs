//! The dome light of a scene: an even colour, or a latitude-longitude image around everything.

use bevy::{
    math::{DMat4, Mat3, Vec3},
    prelude::*,
};
use gemba_usd::{
    SceneDoc,
    doc::{Light, LightKind, Texture, TextureSource},
};

use super::sky::{Radiance, SkyImages};

/// An environment that is read and filtered off the frame.
pub(super) struct Dome {
    units: Vec3,
    texture: Option<Texture>,
    dome_from_world: Mat3,
}

impl Dome {
    /// The environment of `light`, when it is a dome.
    pub(super) fn of(doc: &SceneDoc, light: &Light, world_from_prim: DMat4) -> Option<Self> {
        let LightKind::Dome { texture } = light.kind else {
            return None;
        };
        let world_from_dome = Mat3::from_mat4(world_from_prim.as_mat4());
        let columns = [
            world_from_dome.x_axis,
            world_from_dome.y_axis,
            world_from_dome.z_axis,
        ];
        let [x, y, z] = columns.map(|column| column.normalize_or_zero());
        Some(Self {
            units: Vec3::from(light.color) * light.intensity,
            texture: texture
                .and_then(|texture| doc.textures.get(texture.index()))
                .cloned(),
            dome_from_world: Mat3::from_cols(x, y, z).transpose(),
        })
    }

    /// Reads the image and makes the cube maps.
    pub(super) fn images(self) -> SkyImages {
        let Some(pixels) = self.texture.as_ref().and_then(read) else {
            return SkyImages::of(&Even(self.units), 4);
        };
        let panorama = Panorama {
            pixels,
            units: self.units,
            dome_from_world: self.dome_from_world,
        };
        SkyImages::of(&panorama, 512)
    }
}

struct Even(Vec3);

impl Radiance for Even {
    fn from(&self, _direction: Vec3) -> Vec3 {
        self.0
    }
}

struct Panorama {
    pixels: image::Rgb32FImage,
    units: Vec3,
    dome_from_world: Mat3,
}

impl Radiance for Panorama {
    /// Longitude runs from +180° at the left edge to −180° at the right, zero along +Z, as OpenEXR defines it and UsdLux
    /// takes over.
    fn from(&self, direction: Vec3) -> Vec3 {
        let direction = self.dome_from_world * direction;
        let longitude = direction.x.atan2(direction.z);
        let latitude = direction.y.clamp(-1.0, 1.0).asin();
        let (width, height) = self.pixels.dimensions();
        let across = 0.5 - longitude / std::f32::consts::TAU;
        let down = 0.5 - latitude / std::f32::consts::PI;
        let x = ((across * width as f32) as u32).min(width - 1);
        let y = ((down * height as f32) as u32).min(height - 1);
        Vec3::from(self.pixels.get_pixel(x, y).0) * self.units
    }
}

fn read(texture: &Texture) -> Option<image::Rgb32FImage> {
    let bytes = match &texture.source {
        TextureSource::File(path) => std::fs::read(path).map_err(|error| error.to_string()),
        TextureSource::Embedded(bytes) => Ok(bytes.to_vec()),
        TextureSource::Missing => return None,
    };
    let decoded = bytes.and_then(|bytes| image::load_from_memory(&bytes).map_err(|error| error.to_string()));
    match decoded {
        Ok(picture) => {
            let mut pixels = picture.to_rgb32f();
            pixels
                .pixels_mut()
                .flat_map(|pixel| &mut pixel.0)
                .for_each(|value| {
                    *value = Color::srgb(*value, 0.0, 0.0).to_linear().red;
                });
            Some(pixels)
        }
        Err(error) => {
            tracing::warn!(
                asset = %texture.asset,
                "the image of the dome light cannot be read: {error}; its colour is used; export it as PNG or JPEG"
            );
            None
        }
    }
}
