//! `Camera` prims. UsdGeomCamera gives apertures and focal length in tenths of a stage unit.

use super::prim_view::PrimView;
use crate::doc::{Camera, PrimIndex, Projection};

/// Reads the camera of `view`; its `prim` is set when it is placed. Fallbacks are UsdGeomCamera's: a 35 mm film frame.
pub(crate) fn read(view: &PrimView) -> Camera {
    let positive = |name: &str, fallback: f64| {
        view.number(name)
            .filter(|number| number.is_finite() && *number > 0.0)
            .unwrap_or(fallback)
    };
    let vertical_aperture = positive("verticalAperture", 15.2908);
    let horizontal_aperture = positive("horizontalAperture", 20.955);
    let focal_length = positive("focalLength", 50.0);
    let projection = if view.text("projection").as_deref() == Some("orthographic") {
        Projection::Orthographic {
            height: (vertical_aperture / 10.0) as f32,
        }
    } else {
        Projection::Perspective {
            vertical_fov_rad: (2.0 * (vertical_aperture / (2.0 * focal_length)).atan()) as f32,
        }
    };
    let [near, far] = view
        .vector::<2>("clippingRange")
        .filter(|[near, far]| near.is_finite() && far.is_finite() && near < far)
        .unwrap_or([1.0, 1_000_000.0]);
    Camera {
        prim: PrimIndex(0),
        projection,
        aspect: (horizontal_aperture / vertical_aperture) as f32,
        clipping_range: [near as f32, far as f32],
    }
}
