//! What a picture of both eyes shows: where a red thing is in it, and where an eye should see a place.

use std::{ops::Range, path::Path};

use anyhow::{Context, Result, ensure};
use image::RgbImage;
use serde_json::Value;

/// What one eye sees, or a screen shows.
pub(super) struct Eye {
    width: usize,
    height: usize,
    rgb: Vec<[u8; 3]>,
}

/// The two halves of a picture of both eyes.
pub(super) fn read(file: &Path) -> Result<[Eye; 2]> {
    let picture = image::open(file)
        .with_context(|| format!("cannot read {}", file.display()))?
        .to_rgb8();
    let half = picture.width() / 2;
    ensure!(half > 0 && picture.height() > 0, "{} is empty", file.display());
    Ok([0, half].map(|from| Eye::of(&picture, from..from + half)))
}

impl Eye {
    /// The columns of a picture.
    pub(super) fn of(picture: &RgbImage, columns: Range<u32>) -> Self {
        Self {
            width: columns.len(),
            rgb: (0..picture.height())
                .flat_map(|y| columns.clone().map(move |x| (x, y)))
                .map(|(x, y)| picture.get_pixel(x, y).0)
                .collect(),
            height: picture.height() as usize,
        }
    }

    /// How much of it is not of the most frequent colour.
    pub(super) fn detail_ratio(&self) -> f64 {
        let mut counts = std::collections::HashMap::new();
        for pixel in &self.rgb {
            *counts.entry(*pixel).or_insert(0_usize) += 1;
        }
        let most = counts.values().copied().max().unwrap_or(0);
        1.0 - most as f64 / self.rgb.len() as f64
    }

    /// How many pixels differ from the other eye's.
    pub(super) fn differs_ratio(&self, other: &Self) -> f64 {
        let differing = self.rgb.iter().zip(&other.rgb).filter(|(one, two)| one != two);
        differing.count() as f64 / self.rgb.len() as f64
    }

    /// The middle of what is red, from the left and the top, 0–1.
    pub(super) fn red_middle(&self) -> Result<[f64; 2]> {
        let (mut x, mut y, mut count) = (0.0, 0.0, 0.0);
        for (at, [red, green, blue]) in self.rgb.iter().enumerate() {
            if *red > 60 && u16::from(*red) > 2 * u16::from(*green.max(blue)) {
                x += (at % self.width) as f64 + 0.5;
                y += (at / self.width) as f64 + 0.5;
                count += 1.0;
            }
        }
        ensure!(count > 20.0, "nothing red is seen");
        Ok([x / count / self.width as f64, y / count / self.height as f64])
    }
}

/// Where eye `index` of `gemba.xr`'s answer sees the place `at_m`, from the left and the top, 0–1.
pub(super) fn seen_at(state: &Value, index: usize, at_m: [f64; 3]) -> Result<[f64; 2]> {
    let eye = &state["eyes"][index];
    let numbers = |value: &Value| -> Result<Vec<f64>> {
        let list = value.as_array().with_context(|| format!("no eye in {state}"))?;
        Ok(list.iter().filter_map(Value::as_f64).collect())
    };
    let (from, turn, fov) = (
        numbers(&eye["at_m"])?,
        numbers(&eye["rotation"])?,
        numbers(&eye["left_right_up_down_rad"])?,
    );
    let ([fx, fy, fz], [x, y, z, w], [left, right, up, down]) = (&from[..], &turn[..], &fov[..]) else {
        anyhow::bail!("an eye is not whole: {eye}");
    };
    // By the inverse of the eye's turn: v' = v + 2w(q × v) + 2 q × (q × v), with q reversed.
    let v = [at_m[0] - fx, at_m[1] - fy, at_m[2] - fz];
    let q = [-x, -y, -z];
    let cross = |a: [f64; 3], b: [f64; 3]| {
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    };
    let once = cross(q, v);
    let twice = cross(q, once);
    let seen: [f64; 3] = std::array::from_fn(|axis| v[axis] + 2.0 * w * once[axis] + 2.0 * twice[axis]);
    ensure!(seen[2] < 0.0, "it is behind the eye");
    let (tan_x, tan_y) = (seen[0] / -seen[2], seen[1] / -seen[2]);
    Ok([
        (tan_x - left.tan()) / (right.tan() - left.tan()),
        (up.tan() - tan_y) / (up.tan() - down.tan()),
    ])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ahead_is_the_middle_and_a_turned_eye_sees_it_aside() {
        let state = |rotation: [f64; 4]| {
            json!({"eyes": [{
                "at_m": [1.0, 1.6, 0.0],
                "rotation": rotation,
                "left_right_up_down_rad": [-0.7, 0.7, 0.7, -0.7],
            }]})
        };
        let ahead = seen_at(&state([0.0, 0.0, 0.0, 1.0]), 0, [1.0, 1.6, -3.0]).expect("seen");
        assert!((ahead[0] - 0.5).abs() < 1e-9 && (ahead[1] - 0.5).abs() < 1e-9);
        // Turned by 0.35 to the left, what was ahead is seen at 0.35 to the right.
        let turned = seen_at(
            &state([0.0, 0.175_f64.sin(), 0.0, 0.175_f64.cos()]),
            0,
            [1.0, 1.6, -3.0],
        )
        .expect("seen");
        let expected = 0.5 + 0.5 * 0.35_f64.tan() / 0.7_f64.tan();
        assert!((turned[0] - expected).abs() < 1e-9, "{turned:?}");
    }
}
