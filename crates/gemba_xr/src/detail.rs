//! What is too small to be drawn: detail goes before frames do.
//!
//! A thing that is seen smaller than a pixel that is drawn is hardly there; once pixels had to be given up
//! ([`crate::resolution`]), small things are given up with them, more of them the fewer pixels are left.

/// Things smaller than so many drawn pixels are left out while all pixels are drawn.
const SPECK_PX: f64 = 1.0;
/// So many more for each tenth of the width that is given up.
const MORE_PX_PER_TENTH: f64 = 0.6;

/// The angle below which a thing is left out, in radians: `px_per_rad` pixels of the full picture for each radian in the middle of
/// the view, of whose width `ratio` is drawn. 0 for a picture that has no size yet.
#[must_use]
pub fn speck_rad(px_per_rad: f64, ratio: f32) -> f64 {
    let ratio = f64::from(ratio).clamp(0.1, 1.0);
    let drawn_px_per_rad = px_per_rad * ratio;
    if drawn_px_per_rad < 1.0 {
        return 0.0;
    }
    let specks_px = SPECK_PX + MORE_PX_PER_TENTH * (1.0 - ratio) * 10.0;
    specks_px / drawn_px_per_rad
}

/// Whether a thing within `radius_m` of its middle, `distance_m` away, is smaller than `speck_rad`.
#[must_use]
pub fn is_speck(radius_m: f32, distance_m: f32, speck_rad: f32) -> bool {
    let nearest_m = distance_m - radius_m;
    nearest_m > 0.0 && 2.0 * radius_m < speck_rad * nearest_m
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolution::STEPS;

    #[test]
    fn a_sharp_picture_shows_a_bolt_across_the_room_and_no_bolt_across_the_yard() {
        // A headset of today: 20 pixels for a degree.
        let speck = speck_rad(20.0_f64.to_degrees(), 1.0) as f32;
        assert!(!is_speck(0.01, 10.0, speck));
        assert!(is_speck(0.01, 60.0, speck));
        assert!(!is_speck(30.0, 2.0, speck), "who stands in it sees it");
    }

    #[test]
    fn fewer_pixels_show_fewer_things() {
        let specks: Vec<f64> = STEPS.iter().map(|step| speck_rad(1_000.0, *step)).collect();
        assert!(
            specks.is_sorted_by(|finer, coarser| finer < coarser),
            "{specks:?}"
        );
        // At half the width a thing must be four of the larger pixels: eight of the sharp picture's.
        assert!((specks[5] - 0.008).abs() < 1e-6);
        assert_eq!(speck_rad(0.0, 1.0), 0.0);
    }
}
