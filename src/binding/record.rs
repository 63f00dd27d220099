//! One record of the values buffer: what the twin material shows on one instance.
//!
//! The layout is the shader's (`shaders/twin.wgsl`): 32 bytes, colours as 16-bit unorm. Packing rounds; two looks that
//! pack alike are the same picture, so they count as unchanged.

use gemba_model::Quality;

/// Words of one [`ValueRecord`].
pub const RECORD_WORDS: usize = 8;
/// Bytes of one [`ValueRecord`] in the buffer.
pub const RECORD_BYTES: usize = RECORD_WORDS * 4;

const HAS_COLOR: u32 = 4;
const HAS_EMISSIVE: u32 = 8;
const HAS_LEVEL: u32 = 16;

/// What a slot shows now, before packing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Linear RGB over the surface's own colour.
    pub color: Option<[f32; 3]>,
    /// Light the surface gives off.
    pub emissive: Option<Emission>,
    /// Liquid in the shell.
    pub level: Option<Fill>,
    /// The worst quality of the points behind this look.
    pub quality: Quality,
}

impl Look {
    /// Nothing to show: the surface as the plant's author made it.
    pub const NONE: Self = Self {
        color: None,
        emissive: None,
        level: None,
        quality: Quality::Good,
    };
}

/// Light that a surface gives off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Emission {
    /// Linear RGB.
    pub color: [f32; 3],
    /// Luminance factor, 0 is dark.
    pub strength: f32,
}

/// How far a shell is full.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// Linear RGB of the content.
    pub color: [f32; 3],
    /// Height of the content's surface along the viewer's Y, relative to the plant's origin.
    pub surface_y_m: f32,
}

/// A [`Look`] as the shader reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValueRecord([u32; RECORD_WORDS]);

impl ValueRecord {
    /// Packs `look`.
    #[must_use]
    pub fn of(look: &Look) -> Self {
        let mut flags = quality_code(look.quality);
        let mut words = [0; RECORD_WORDS];
        if let Some(color) = look.color {
            flags |= HAS_COLOR;
            put_color(&mut words[0..2], color);
        }
        if let Some(emission) = look.emissive {
            flags |= HAS_EMISSIVE;
            put_color(&mut words[2..4], emission.color);
            words[7] = emission.strength.max(0.0).to_bits();
        }
        if let Some(fill) = look.level {
            flags |= HAS_LEVEL;
            put_color(&mut words[4..6], fill.color);
            words[6] = fill.surface_y_m.to_bits();
        }
        words[1] |= flags << 16;
        Self(words)
    }

    /// The record as the buffer holds it.
    #[must_use]
    pub fn words(&self) -> &[u32; RECORD_WORDS] {
        &self.0
    }
}

/// Matches the constants of the shader.
fn quality_code(quality: Quality) -> u32 {
    match quality {
        Quality::Good => 0,
        Quality::Uncertain => 1,
        Quality::Bad => 2,
        Quality::Stale => 3,
    }
}

fn put_color(words: &mut [u32], [red, green, blue]: [f32; 3]) {
    words[0] = unorm(red) | (unorm(green) << 16);
    words[1] |= unorm(blue);
}

/// 16-bit unorm; what is not a number becomes 0.
fn unorm(part: f32) -> u32 {
    (part.clamp(0.0, 1.0) * 65535.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_show_is_all_zero() {
        assert_eq!(ValueRecord::of(&Look::NONE), ValueRecord::default());
    }

    #[test]
    fn parts_do_not_overlap() {
        let color = [1.0, 0.5, 0.0];
        let full = Look {
            color: Some(color),
            emissive: Some(Emission {
                color: [0.0, 1.0, 0.0],
                strength: 3.0,
            }),
            level: Some(Fill {
                color: [0.0, 0.0, 1.0],
                surface_y_m: -2.5,
            }),
            quality: Quality::Stale,
        };
        let words = *ValueRecord::of(&full).words();
        assert_eq!(words[0], 0xffff | (32768 << 16));
        assert_eq!(words[1], (3 | HAS_COLOR | HAS_EMISSIVE | HAS_LEVEL) << 16);
        assert_eq!(words[2], 0xffff_0000);
        assert_eq!(words[3], 0);
        assert_eq!(words[4], 0);
        assert_eq!(words[5], 0xffff);
        assert_eq!(f32::from_bits(words[6]), -2.5);
        assert_eq!(f32::from_bits(words[7]), 3.0);
    }

    #[test]
    fn a_colour_that_is_no_number_is_black() {
        let look = Look {
            color: Some([f32::NAN, 2.0, -1.0]),
            ..Look::NONE
        };
        assert_eq!(ValueRecord::of(&look).words()[0], 0xffff_0000);
    }
}
