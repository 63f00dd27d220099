//! Colour ramps: the default one, and those that a twin layer writes.

use crate::plan::RampStop;

/// Kenneth Moreland's smooth cool to warm map, at eighths of the domain, in linear Rec. 709.
///
/// From "Diverging Color Maps for Scientific Visualization" (ISVC 2009), with the paper's Msh interpolation from sRGB
/// (59, 76, 192) over a white of M = 88 to (180, 4, 38). Its steps look even, it never turns dark (so the shading of a
/// surface is not taken for a value), and its ends differ for every common deficiency of colour vision.
const COOL_TO_WARM: [[f32; 3]; 9] = [
    [0.0437, 0.0723, 0.5271],
    [0.1218, 0.2224, 0.8214],
    [0.2667, 0.4320, 0.9891],
    [0.4804, 0.6275, 0.9475],
    [0.7207, 0.7207, 0.7207],
    [0.9094, 0.5541, 0.4174],
    [0.9078, 0.3222, 0.1974],
    [0.7284, 0.1183, 0.0731],
    [0.4564, 0.0012, 0.0194],
];

/// The ramp of an effect that writes none.
pub(crate) fn default_ramp() -> Vec<RampStop> {
    evenly(COOL_TO_WARM.to_vec())
}

/// The ramp with `colors` (flat linear RGB) at `positions`, or why it is none.
pub(crate) fn ramp(colors: &[f64], positions: Option<&[f64]>) -> Result<Vec<RampStop>, String> {
    if !colors.len().is_multiple_of(3) || colors.len() < 6 {
        return Err("the ramp needs two colours or more, of three numbers each".into());
    }
    if colors.iter().any(|channel| *channel < 0.0) {
        return Err("a colour of the ramp is negative".into());
    }
    let colors: Vec<[f32; 3]> = colors
        .chunks_exact(3)
        .map(|c| [c[0] as f32, c[1] as f32, c[2] as f32])
        .collect();
    let Some(positions) = positions else {
        return Ok(evenly(colors));
    };
    if positions.len() != colors.len() {
        return Err(format!(
            "the ramp has {} colours and {} positions",
            colors.len(),
            positions.len()
        ));
    }
    if positions.iter().any(|at| !(0.0..=1.0).contains(at)) || !positions.is_sorted() {
        return Err("the positions of the ramp do not ascend from 0 to 1".into());
    }
    Ok(positions
        .iter()
        .zip(colors)
        .map(|(at, color)| RampStop {
            at: *at as f32,
            color,
        })
        .collect())
}

fn evenly(colors: Vec<[f32; 3]>) -> Vec<RampStop> {
    let last = colors.len().saturating_sub(1).max(1) as f32;
    colors
        .into_iter()
        .enumerate()
        .map(|(at, color)| RampStop {
            at: at as f32 / last,
            color,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_never_turns_dark_and_is_brightest_in_the_middle() {
        let luminance = |[r, g, b]: [f32; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let stops = default_ramp();
        let bright: Vec<f32> = stops.iter().map(|stop| luminance(stop.color)).collect();
        assert!(bright[..5].is_sorted(), "{bright:?}");
        assert!(bright[4..].iter().rev().is_sorted(), "{bright:?}");
        assert!(bright.iter().all(|l| *l > 0.09), "{bright:?}");
        assert_eq!((stops[0].at, stops[8].at), (0.0, 1.0));
    }

    #[test]
    fn ramps_of_a_twin_layer() {
        let two = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        assert_eq!(
            ramp(&two, Some(&[0.25, 1.0])),
            Ok(vec![
                RampStop {
                    at: 0.25,
                    color: [0.0, 0.0, 1.0]
                },
                RampStop {
                    at: 1.0,
                    color: [1.0, 0.0, 0.0]
                }
            ])
        );
        assert_eq!(ramp(&two, None).map(|stops| stops[1].at), Ok(1.0));
        for (colors, positions, why) in [
            (&two[..3], None, "two colours"),
            (&two[..5], None, "three numbers"),
            (&two[..], Some(&[0.0][..]), "2 colours and 1 positions"),
            (&two[..], Some(&[1.0, 0.0][..]), "ascend"),
            (&two[..], Some(&[0.0, 2.0][..]), "ascend"),
            (&[-1.0, 0.0, 0.0, 1.0, 1.0, 1.0][..], None, "negative"),
        ] {
            let error = ramp(colors, positions).expect_err(why);
            assert!(error.contains(why), "{error}");
        }
    }
}
