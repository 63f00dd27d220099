//! `xformOpOrder` to one matrix. UsdGeomXformable: the last op applies first to a point, so with column vectors the
//! matrices multiply in the written order.

use gemba_model::Issue;
use glam::{DMat3, DMat4, DVec3};
use openusd::sdf::Value;

use super::{prim_view::PrimView, values};

/// The local transform of a prim at the earliest time.
pub(crate) struct LocalTransform {
    pub(crate) parent_from_prim: DMat4,
    pub(crate) resets_xform_stack: bool,
    pub(crate) is_time_varying: bool,
}

/// Reads the transform ops of `view`; ops that cannot be read are left out with an issue.
pub(crate) fn local_transform(view: &PrimView) -> LocalTransform {
    let mut local = LocalTransform {
        parent_from_prim: DMat4::IDENTITY,
        resets_xform_stack: false,
        is_time_varying: false,
    };
    let Some(order) = view.value("xformOpOrder").and_then(values::texts) else {
        return local;
    };
    for token in &order {
        if token == "!resetXformStack!" {
            // What is written before it does not apply.
            local.parent_from_prim = DMat4::IDENTITY;
            local.resets_xform_stack = true;
            continue;
        }
        let (name, inverted) = token
            .strip_prefix("!invert!")
            .map_or((token.as_str(), false), |name| (name, true));
        match view.value(name).as_ref().and_then(|value| op_matrix(name, value)) {
            Some(matrix) if matrix.is_finite() => {
                let matrix = if inverted {
                    invert(view, name, matrix)
                } else {
                    matrix
                };
                local.parent_from_prim *= matrix;
                local.is_time_varying |= view.is_time_varying(name);
            }
            Some(_) => view.report(unusable(name, "is not finite")),
            // An op without a value does nothing: OpenUSD skips it too.
            None if view.has(name) && view.value(name).is_none() => {}
            None => view.report(unusable(
                name,
                "is missing or of a type that the op does not have",
            )),
        }
    }
    local
}

/// Times of the samples of all transform ops, ascending.
pub(crate) fn op_times(view: &PrimView) -> Vec<f64> {
    let order = view
        .value("xformOpOrder")
        .and_then(values::texts)
        .unwrap_or_default();
    let names = order
        .iter()
        .map(|token| token.strip_prefix("!invert!").unwrap_or(token));
    let mut times: Vec<f64> = names
        .flat_map(|name| view.attribute(name).time_sample_times().unwrap_or_default())
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

fn unusable(name: &str, why: &str) -> Issue {
    Issue::warning(
        "usd.bad-xform-op",
        format!("the transform op `{name}` {why}, so it is left out"),
        "give it a value of the type its name asks for, or remove it from xformOpOrder",
    )
}

fn invert(view: &PrimView, name: &str, matrix: DMat4) -> DMat4 {
    if matrix.determinant() == 0.0 {
        view.report(unusable(name, "cannot be inverted"));
        return DMat4::IDENTITY;
    }
    matrix.inverse()
}

/// The matrix of the op `name` (`xformOp:KIND` or `xformOp:KIND:SUFFIX`) with `value`; `None` when they do not fit.
pub(crate) fn op_matrix(name: &str, value: &Value) -> Option<DMat4> {
    let kind = name.strip_prefix("xformOp:")?.split(':').next()?;
    let vec3 = || values::vector::<3>(value).map(DVec3::from);
    let angle = || values::number(value).map(f64::to_radians);
    let euler = |axes: [usize; 3]| {
        vec3().map(|degrees| {
            // `rotateXYZ` turns about X first, so X stands rightmost.
            axes.iter().fold(DMat4::IDENTITY, |matrix, &axis| {
                axis_rotation(axis, degrees[axis].to_radians()) * matrix
            })
        })
    };
    let single = |axis: usize, amount: f64| DVec3::ZERO.with_axis(axis, amount);
    match kind {
        "translate" => vec3().map(DMat4::from_translation),
        "translateX" => values::number(value).map(|x| DMat4::from_translation(single(0, x))),
        "translateY" => values::number(value).map(|y| DMat4::from_translation(single(1, y))),
        "translateZ" => values::number(value).map(|z| DMat4::from_translation(single(2, z))),
        "scale" => vec3().map(DMat4::from_scale),
        "scaleX" => values::number(value).map(|x| DMat4::from_scale(DVec3::ONE.with_axis(0, x))),
        "scaleY" => values::number(value).map(|y| DMat4::from_scale(DVec3::ONE.with_axis(1, y))),
        "scaleZ" => values::number(value).map(|z| DMat4::from_scale(DVec3::ONE.with_axis(2, z))),
        "rotateX" => angle().map(|angle| axis_rotation(0, angle)),
        "rotateY" => angle().map(|angle| axis_rotation(1, angle)),
        "rotateZ" => angle().map(|angle| axis_rotation(2, angle)),
        "rotateXYZ" => euler([0, 1, 2]),
        "rotateXZY" => euler([0, 2, 1]),
        "rotateYXZ" => euler([1, 0, 2]),
        "rotateYZX" => euler([1, 2, 0]),
        "rotateZXY" => euler([2, 0, 1]),
        "rotateZYX" => euler([2, 1, 0]),
        "orient" => match value {
            Value::Quath(_) | Value::Quatf(_) | Value::Quatd(_) => {
                values::vector::<4>(value).map(|wxyz| DMat4::from_mat3(rotation(wxyz)))
            }
            _ => None,
        },
        "transform" => values::vector::<16>(value).map(|rows| {
            // USD's rows are row vectors: read as columns they are already the transpose.
            DMat4::from_cols_array(&rows)
        }),
        _ => None,
    }
}

fn axis_rotation(axis: usize, radians: f64) -> DMat4 {
    match axis {
        0 => DMat4::from_rotation_x(radians),
        1 => DMat4::from_rotation_y(radians),
        _ => DMat4::from_rotation_z(radians),
    }
}

/// The matrix of a quaternion given w first, as `GfMatrix4d::SetRotate` has it: not normalised, so that the rounding of
/// half-precision orientations shows as it does elsewhere, and the zero quaternion is no rotation.
pub(crate) fn rotation([w, x, y, z]: [f64; 4]) -> DMat3 {
    DMat3::from_cols_array(&[
        1.0 - 2.0 * (y * y + z * z),
        2.0 * (x * y + z * w),
        2.0 * (x * z - y * w),
        2.0 * (x * y - z * w),
        1.0 - 2.0 * (x * x + z * z),
        2.0 * (y * z + x * w),
        2.0 * (x * z + y * w),
        2.0 * (y * z - x * w),
        1.0 - 2.0 * (x * x + y * y),
    ])
}

trait WithAxis {
    fn with_axis(self, axis: usize, value: f64) -> Self;
}

impl WithAxis for DVec3 {
    fn with_axis(mut self, axis: usize, value: f64) -> Self {
        self[axis] = value;
        self
    }
}

#[cfg(test)]
mod tests {
    use openusd::gf;

    use super::*;

    fn close(a: DVec3, b: DVec3) -> bool {
        (a - b).length() < 1e-9
    }

    #[test]
    fn ops_move_points_as_usd_says() {
        let x = DVec3::X;
        let vec = |x: f64, y: f64, z: f64| Value::Vec3d(gf::Vec3d { x, y, z });
        let cases = [
            ("xformOp:translate", vec(1.0, 2.0, 3.0), DVec3::new(2.0, 2.0, 3.0)),
            (
                "xformOp:translateY:pivot",
                Value::Float(4.0),
                DVec3::new(1.0, 4.0, 0.0),
            ),
            ("xformOp:scale", vec(2.0, 3.0, 4.0), DVec3::new(2.0, 0.0, 0.0)),
            ("xformOp:rotateZ", Value::Double(90.0), DVec3::Y),
            // About X first, then Y, then Z: X stays, goes to -Z, stays.
            ("xformOp:rotateXYZ", vec(0.0, 90.0, 90.0), DVec3::NEG_Z),
            // About Z first: X goes to Y, and Y stays under the turn about Y.
            ("xformOp:rotateZYX", vec(0.0, 90.0, 90.0), DVec3::Y),
            (
                "xformOp:orient",
                Value::Quatd(gf::Quatd {
                    w: 0.5f64.sqrt(),
                    x: 0.0,
                    y: 0.0,
                    z: 0.5f64.sqrt(),
                }),
                DVec3::Y,
            ),
        ];
        for (name, value, expected) in cases {
            let matrix = op_matrix(name, &value).expect(name);
            assert!(
                close(matrix.transform_point3(x), expected),
                "{name}: {}",
                matrix.transform_point3(x)
            );
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_no_matrix() {
        assert!(op_matrix("xformOp:translate", &Value::Bool(true)).is_none());
        assert!(op_matrix("xformOp:wobble", &Value::Double(1.0)).is_none());
        assert!(op_matrix("translate", &Value::Double(1.0)).is_none());
    }

    #[test]
    fn usd_rows_become_columns() {
        let mut rows = [0.0; 16];
        for at in 0..4 {
            rows[at * 5] = 1.0;
        }
        rows[12..15].copy_from_slice(&[7.0, 8.0, 9.0]);
        let matrix = op_matrix("xformOp:transform", &Value::Matrix4d(gf::Matrix4d(rows))).expect("a matrix");
        assert!(close(
            matrix.transform_point3(DVec3::ZERO),
            DVec3::new(7.0, 8.0, 9.0)
        ));
    }
}
