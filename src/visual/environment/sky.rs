//! A clear sky as a function, and cube maps made of any such function.
//!
//! Pure arithmetic on the processor: no asset files, the same picture on every adapter. 1 is what the camera shows as white.

use std::f32::consts::{PI, TAU};

use bevy::{
    asset::RenderAssetUsages,
    image::{ImageFilterMode, ImageSampler, ImageSamplerDescriptor},
    prelude::*,
    render::render_resource::{
        Extent3d, TextureDimension, TextureFormat, TextureViewDescriptor, TextureViewDimension,
    },
};

/// Light from a direction (unit length, Y up), linear RGB.
pub(super) trait Radiance: Sync {
    /// Light from `direction`.
    fn from(&self, direction: Vec3) -> Vec3;
}

/// A calm clear day: pale at the horizon, blue above, warm haze below and around the sun.
pub(super) struct ClearSky {
    pub(super) to_sun: Vec3,
}

impl Radiance for ClearSky {
    fn from(&self, direction: Vec3) -> Vec3 {
        const ZENITH: Vec3 = Vec3::new(0.22, 0.36, 0.60);
        const MIDDLE: Vec3 = Vec3::new(0.47, 0.61, 0.79);
        const HORIZON: Vec3 = Vec3::new(0.80, 0.83, 0.85);
        const GROUND: Vec3 = Vec3::new(0.46, 0.44, 0.41);
        let up = direction.y;
        let sky = HORIZON
            .lerp(MIDDLE, smooth(0.0, 0.34, up))
            .lerp(ZENITH, smooth(0.15, 0.95, up));
        let below = HORIZON.lerp(GROUND, smooth(0.02, 0.5, -up));
        let toward_sun = direction.dot(self.to_sun).max(0.0);
        let glow = Vec3::new(1.0, 0.90, 0.74) * (0.16 * toward_sun.powi(6) + 0.55 * toward_sun.powi(80));
        let above = if up >= 0.0 { sky } else { below };
        above + glow * smooth(-0.08, 0.05, up)
    }
}

/// Hermite step from 0 at `low` to 1 at `high`.
fn smooth(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Cube maps that light and surround a scene.
pub(super) struct SkyImages {
    /// What is seen behind everything.
    pub(super) background: Image,
    /// Mean light by normal.
    pub(super) diffuse: Image,
    /// Reflections, rougher in each smaller copy.
    pub(super) specular: Image,
}

impl SkyImages {
    /// Makes the cube maps of `radiance`; `background_edge_px` is as fine as its detail needs.
    pub(super) fn of(radiance: &dyn Radiance, background_edge_px: u32) -> Self {
        const DIFFUSE_EDGE_PX: u32 = 16;
        const SPECULAR_EDGE_PX: u32 = 64;
        let directions = spiral(1024);
        let diffuse = cube(&[DIFFUSE_EDGE_PX], |normal, _| {
            let (mut light, mut weight) = (Vec3::ZERO, 0.0);
            for direction in &directions {
                let cosine = direction.dot(normal);
                if cosine > 0.0 {
                    light += radiance.from(*direction) * cosine;
                    weight += cosine;
                }
            }
            light / weight
        });
        let levels: Vec<u32> = (0..=SPECULAR_EDGE_PX.ilog2())
            .map(|level| SPECULAR_EDGE_PX >> level)
            .collect();
        let last = levels.len() - 1;
        let specular = cube(&levels, |normal, level| match level {
            0 => radiance.from(normal),
            _ => reflected(radiance, normal, level as f32 / last as f32),
        });
        Self {
            background: cube(&[background_edge_px], |direction, _| radiance.from(direction)),
            diffuse,
            specular,
        }
    }
}

/// Light that a surface of perceptual roughness `roughness` reflects towards its normal: GGX lobe, importance-sampled
/// (Karis, Real Shading in Unreal Engine 4, 2013).
fn reflected(radiance: &dyn Radiance, normal: Vec3, roughness: f32) -> Vec3 {
    const SAMPLES: u32 = 96;
    let alpha_squared = roughness.powi(4);
    let (tangent, bitangent) = normal.any_orthonormal_pair();
    let (mut light, mut weight) = (Vec3::ZERO, 0.0);
    for at in 0..SAMPLES {
        let share = (at as f32 + 0.5) / SAMPLES as f32;
        // The golden ratio spreads the angles evenly whatever their number.
        let angle = TAU * (at as f32 * 0.618_034).fract();
        let cosine = ((1.0 - share) / (1.0 + (alpha_squared - 1.0) * share)).sqrt();
        let sine = (1.0 - cosine * cosine).max(0.0).sqrt();
        let half = tangent * (sine * angle.cos()) + bitangent * (sine * angle.sin()) + normal * cosine;
        let direction = 2.0 * normal.dot(half) * half - normal;
        let cosine = direction.dot(normal);
        if cosine > 0.0 {
            light += radiance.from(direction) * cosine;
            weight += cosine;
        }
    }
    if weight > 0.0 {
        light / weight
    } else {
        radiance.from(normal)
    }
}

/// Evenly spread directions (Fibonacci spiral).
pub(in crate::visual) fn spiral(count: u32) -> Vec<Vec3> {
    let golden = PI * (3.0 - 5.0_f32.sqrt());
    (0..count)
        .map(|at| {
            let up = 1.0 - 2.0 * (at as f32 + 0.5) / count as f32;
            let radius = (1.0 - up * up).sqrt();
            let angle = golden * at as f32;
            Vec3::new(radius * angle.cos(), up, radius * angle.sin())
        })
        .collect()
}

/// A cube map with a copy for each edge length; `light` gets direction and number of the copy.
fn cube(edges_px: &[u32], light: impl Fn(Vec3, usize) -> Vec3) -> Image {
    let edge_px = edges_px.first().copied().unwrap_or(1);
    let mut bytes = Vec::new();
    for face in 0..6 {
        for (level, edge) in edges_px.iter().enumerate() {
            for y in 0..*edge {
                for x in 0..*edge {
                    let texel = light(direction_of(face, x, y, *edge), level);
                    bytes.extend_from_slice(&shared_exponent(texel).to_le_bytes());
                }
            }
        }
    }
    let size = Extent3d {
        width: edge_px,
        height: edge_px,
        depth_or_array_layers: 6,
    };
    let mut image = Image::new_uninit(
        size,
        TextureDimension::D2,
        TextureFormat::Rgb9e5Ufloat,
        RenderAssetUsages::RENDER_WORLD,
    );
    image.data = Some(bytes);
    image.texture_descriptor.mip_level_count = edges_px.len() as u32;
    image.texture_view_descriptor = Some(TextureViewDescriptor {
        dimension: Some(TextureViewDimension::Cube),
        ..default()
    });
    image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
        mag_filter: ImageFilterMode::Linear,
        min_filter: ImageFilterMode::Linear,
        mipmap_filter: ImageFilterMode::Linear,
        ..ImageSamplerDescriptor::default()
    });
    image
}

/// World direction of a texel. Cube maps are left-handed: the engine negates Z when it samples them, so Z is negated here.
fn direction_of(face: u32, x: u32, y: u32, edge: u32) -> Vec3 {
    let across = 2.0 * (x as f32 + 0.5) / edge as f32 - 1.0;
    let down = 2.0 * (y as f32 + 0.5) / edge as f32 - 1.0;
    let in_cube = match face {
        0 => Vec3::new(1.0, -down, -across),
        1 => Vec3::new(-1.0, -down, across),
        2 => Vec3::new(across, 1.0, down),
        3 => Vec3::new(across, -1.0, -down),
        4 => Vec3::new(across, -down, 1.0),
        _ => Vec3::new(-across, -down, -1.0),
    };
    (in_cube * Vec3::new(1.0, 1.0, -1.0)).normalize_or(Vec3::Y)
}

/// Three nine-bit mantissas with one exponent (Khronos `EXT_texture_shared_exponent`).
fn shared_exponent(color: Vec3) -> u32 {
    const BIAS: i32 = 15;
    const MANTISSA_BITS: i32 = 9;
    const LARGEST: f32 = 65_408.0;
    let color = if color.is_finite() {
        color.clamp(Vec3::ZERO, Vec3::splat(LARGEST))
    } else {
        Vec3::ZERO
    };
    let largest = color.max_element();
    if largest <= 0.0 {
        return 0;
    }
    let mut exponent = (largest.log2().floor() as i32).max(-BIAS - 1) + 1 + BIAS;
    let step = |exponent: i32| 2.0_f32.powi(exponent - BIAS - MANTISSA_BITS);
    if (largest / step(exponent)).round() >= 512.0 {
        exponent += 1;
    }
    let mantissas = (color / step(exponent)).round();
    (mantissas.x as u32) | (mantissas.y as u32) << 9 | (mantissas.z as u32) << 18 | (exponent as u32) << 27
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_exponents_keep_colours() {
        let decode = |bits: u32| {
            let step = 2.0_f32.powi((bits >> 27) as i32 - 24);
            Vec3::new(
                (bits & 511) as f32,
                (bits >> 9 & 511) as f32,
                (bits >> 18 & 511) as f32,
            ) * step
        };
        for color in [
            Vec3::new(1.0, 0.5, 0.25),
            Vec3::new(0.3, 300.0, 7.0),
            Vec3::splat(0.001),
            Vec3::ZERO,
        ] {
            let error = (decode(shared_exponent(color)) - color).abs().max_element();
            assert!(error <= color.max_element() / 256.0, "{color} is off by {error}");
        }
    }

    #[test]
    fn an_even_sky_lights_evenly() {
        struct Even;
        impl Radiance for Even {
            fn from(&self, _: Vec3) -> Vec3 {
                Vec3::splat(0.5)
            }
        }
        assert!((reflected(&Even, Vec3::Z, 0.7) - Vec3::splat(0.5)).length() < 1e-4);
    }

    #[test]
    fn faces_look_along_their_axes() {
        // Bevy samples with Z negated, so the +Z face holds what is seen along −Z.
        assert!(direction_of(4, 0, 0, 1).distance(Vec3::NEG_Z) < 1e-6);
        assert!(direction_of(2, 0, 0, 1).distance(Vec3::Y) < 1e-6);
    }
}
