//! Whether a picture shows what another shows.

use std::path::Path;

use anyhow::{Context, Result};
use image::imageops::{FilterType, resize};

/// Pictures are compared as stamps of this size: values, bottles and shadows differ from run to run, what is where does
/// not.
const STAMP: (u32, u32) = (32, 18);

/// How far two pictures are apart: the mean over their stamps' pixels and channels, 0–255.
pub(super) fn apart(one: &Path, other: &Path) -> Result<f32> {
    let stamp = |file: &Path| -> Result<Vec<f32>> {
        let picture = image::open(file)
            .with_context(|| format!("cannot read {}", file.display()))?
            .to_rgb8();
        let stamp = resize(&picture, STAMP.0, STAMP.1, FilterType::Triangle);
        Ok(stamp.pixels().flat_map(|pixel| pixel.0.map(f32::from)).collect())
    };
    let (one, other) = (stamp(one)?, stamp(other)?);
    let sum: f32 = one.iter().zip(&other).map(|(a, b)| (a - b).abs()).sum();
    Ok(sum / one.len() as f32)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::apart;

    #[test]
    fn a_label_is_no_other_picture_and_another_place_is() {
        let folder = std::env::temp_dir().join(format!("gemba-likeness-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let hall = RgbImage::from_fn(640, 360, |x, y| {
            if y < 180 {
                Rgb([190, 200, 210])
            } else {
                Rgb([90 + (x / 8) as u8, 100, 90])
            }
        });
        let mut labelled = hall.clone();
        for y in 40..60 {
            (100..180).for_each(|x| labelled.put_pixel(x, y, Rgb([20, 22, 28])));
        }
        let elsewhere = image::imageops::rotate180(&hall);
        let files = [
            ("hall", &hall),
            ("labelled", &labelled),
            ("elsewhere", &elsewhere),
        ]
        .map(|(name, it)| {
            let file = folder.join(format!("{name}.png"));
            it.save(&file).expect("saved");
            file
        });
        let near = apart(&files[0], &files[1]).expect("two pictures");
        let far = apart(&files[0], &files[2]).expect("two pictures");
        assert!(near < 2.0 && far > 40.0, "{near} {far}");
        assert!(apart(&files[0], &folder.join("none.png")).is_err());
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
