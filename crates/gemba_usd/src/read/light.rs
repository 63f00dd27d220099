//! UsdLux lights.

use super::{Reader, prim_view::PrimView, texture};
use crate::doc::{Light, LightKind, PrimIndex};

/// Reads the light of `view`, or `None` when its type is none; its `prim` is set when it is placed.
pub(crate) fn read(reader: &mut Reader, view: &PrimView, type_name: &str) -> Option<Light> {
    // Before 2021 the inputs had no namespace.
    let number = |name: &str, fallback: f64| {
        let value = view
            .number(&format!("inputs:{name}"))
            .or_else(|| view.number(name));
        value.filter(|number| number.is_finite()).unwrap_or(fallback)
    };
    let size = |name: &str, fallback: f64| number(name, fallback).max(0.0) as f32;
    let kind = match type_name {
        "DistantLight" => LightKind::Distant {
            angle_deg: size("angle", 0.53),
        },
        "DomeLight" | "DomeLight_1" => LightKind::Dome {
            texture: texture::of_attribute(reader, view, "inputs:texture:file"),
        },
        "SphereLight" => {
            let is_point = view.boolean("treatAsPoint").unwrap_or(false);
            LightKind::Sphere {
                radius: if is_point { 0.0 } else { size("radius", 0.5) },
            }
        }
        "DiskLight" => LightKind::Disk {
            radius: size("radius", 0.5),
        },
        "RectLight" => LightKind::Rect {
            width: size("width", 1.0),
            height: size("height", 1.0),
        },
        "CylinderLight" => {
            let is_line = view.boolean("treatAsLine").unwrap_or(false);
            LightKind::Cylinder {
                radius: if is_line { 0.0 } else { size("radius", 0.5) },
                length: size("length", 1.0),
            }
        }
        _ => return None,
    };
    // The schema gives a sun 50 000 nits, every other light 1.
    let intensity = number(
        "intensity",
        if type_name == "DistantLight" {
            50_000.0
        } else {
            1.0
        },
    );
    let boolean = |name: &str| {
        view.boolean(&format!("inputs:{name}"))
            .or_else(|| view.boolean(name))
            .unwrap_or(false)
    };
    let mut color = view
        .vector::<3>("inputs:color")
        .or_else(|| view.vector::<3>("color"))
        .unwrap_or([1.0; 3]);
    if boolean("enableColorTemperature") {
        let tint = blackbody(number("colorTemperature", 6500.0));
        color = [0, 1, 2].map(|at| color[at] * tint[at]);
    }
    Some(Light {
        prim: PrimIndex(0),
        kind,
        color: color.map(|channel| {
            if channel.is_finite() {
                channel.max(0.0) as f32
            } else {
                0.0
            }
        }),
        intensity: (intensity * number("exposure", 0.0).exp2()) as f32,
        normalize: boolean("normalize"),
    })
}

/// Linear Rec. 709 colour of a black body with luminance 1.
///
/// Planck's law weighted with the multi-lobe fit of the CIE 1931 observer in Wyman, Sloan, Shirley, "Simple Analytic
/// Approximations to the CIE XYZ Color Matching Functions", JCGT 2(2), 2013; then relative to 6500 K, which USD shows as
/// white.
fn blackbody(kelvin: f64) -> [f64; 3] {
    let luminous = |kelvin: f64| {
        let [r, g, b] = planckian_rgb(kelvin);
        let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        [r, g, b].map(|channel| (channel / luminance).max(0.0))
    };
    let white = luminous(6500.0);
    let color = luminous(kelvin.clamp(1000.0, 40_000.0));
    let scaled = [0, 1, 2].map(|at| color[at] / white[at]);
    let luminance = 0.2126 * scaled[0] + 0.7152 * scaled[1] + 0.0722 * scaled[2];
    scaled.map(|channel| channel / luminance)
}

fn planckian_rgb(kelvin: f64) -> [f64; 3] {
    let mut xyz = [0.0; 3];
    for nanometres in (380..=780).step_by(5).map(f64::from) {
        // Second radiation constant hc/k = 0.014387769 m K.
        let power = nanometres.powi(-5) / (0.014_387_769 / (nanometres * 1e-9 * kelvin)).exp_m1();
        let observer = observer(nanometres);
        xyz = [0, 1, 2].map(|at| xyz[at] + power * observer[at]);
    }
    let [x, y, z] = xyz;
    // IEC 61966-2-1, XYZ to linear Rec. 709.
    [
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    ]
}

fn observer(nanometres: f64) -> [f64; 3] {
    let lobe = |height: f64, middle: f64, below: f64, above: f64| {
        let t = (nanometres - middle) * if nanometres < middle { below } else { above };
        height * (-0.5 * t * t).exp()
    };
    [
        lobe(0.362, 442.0, 0.0624, 0.0374)
            + lobe(1.056, 599.8, 0.0264, 0.0323)
            + lobe(-0.065, 501.1, 0.0490, 0.0382),
        lobe(0.821, 568.8, 0.0213, 0.0247) + lobe(0.286, 530.9, 0.0613, 0.0322),
        lobe(1.217, 437.0, 0.0845, 0.0278) + lobe(0.681, 459.0, 0.0385, 0.0725),
    ]
}

#[cfg(test)]
mod tests {
    use super::blackbody;

    #[test]
    fn white_at_6500_warm_below_cold_above() {
        let white = blackbody(6500.0);
        assert!(
            white.iter().all(|channel| (channel - 1.0).abs() < 1e-6),
            "{white:?}"
        );
        let [r, g, b] = blackbody(2700.0);
        assert!(r > g && g > b && b < 0.4, "{:?}", [r, g, b]);
        let [r, g, b] = blackbody(10_000.0);
        assert!(r < g && g < b, "{:?}", [r, g, b]);
    }
}
