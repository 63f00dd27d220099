//! USD values to numbers and vectors, whatever precision they were written in.

use openusd::{gf, sdf::Value};

/// A scalar number; booleans and text are none.
pub(crate) fn number(value: &Value) -> Option<f64> {
    Some(match value {
        Value::Uchar(v) => f64::from(*v),
        Value::Int(v) => f64::from(*v),
        Value::Uint(v) => f64::from(*v),
        Value::Int64(v) => *v as f64,
        Value::Uint64(v) => *v as f64,
        Value::Half(v) => f64::from(v.to_f32()),
        Value::Float(v) => f64::from(*v),
        Value::Double(v) => *v,
        Value::TimeCode(v) => v.0,
        _ => return None,
    })
}

/// Token, string or asset path.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Token(token) => Some(token.as_str().to_owned()),
        Value::AssetPath(asset) => Some(asset.as_str().to_owned()),
        _ => None,
    }
}

/// Token or string arrays.
pub(crate) fn texts(value: Value) -> Option<Vec<String>> {
    match value {
        Value::TokenVec(tokens) => Some(tokens.iter().map(|token| token.as_str().to_owned()).collect()),
        Value::StringVec(strings) => Some(strings),
        Value::AssetPathVec(assets) => Some(assets.iter().map(|asset| asset.as_str().to_owned()).collect()),
        _ => None,
    }
}

/// The components of a vector, quaternion (w first) or matrix (row by row).
pub(crate) fn components(value: &Value) -> Option<Vec<f64>> {
    let half = |v: gf::f16| f64::from(v.to_f32());
    Some(match value {
        Value::Vec2h(v) => vec![half(v.x), half(v.y)],
        Value::Vec2f(v) => vec![v.x.into(), v.y.into()],
        Value::Vec2d(v) => vec![v.x, v.y],
        Value::Vec2i(v) => vec![v.x.into(), v.y.into()],
        Value::Vec3h(v) => vec![half(v.x), half(v.y), half(v.z)],
        Value::Vec3f(v) => vec![v.x.into(), v.y.into(), v.z.into()],
        Value::Vec3d(v) => vec![v.x, v.y, v.z],
        Value::Vec3i(v) => vec![v.x.into(), v.y.into(), v.z.into()],
        Value::Vec4h(v) => vec![half(v.x), half(v.y), half(v.z), half(v.w)],
        Value::Vec4f(v) => vec![v.x.into(), v.y.into(), v.z.into(), v.w.into()],
        Value::Vec4d(v) => vec![v.x, v.y, v.z, v.w],
        Value::Vec4i(v) => vec![v.x.into(), v.y.into(), v.z.into(), v.w.into()],
        Value::Quath(v) => vec![half(v.w), half(v.x), half(v.y), half(v.z)],
        Value::Quatf(v) => vec![v.w.into(), v.x.into(), v.y.into(), v.z.into()],
        Value::Quatd(v) => vec![v.w, v.x, v.y, v.z],
        Value::Matrix2d(v) => v.0.to_vec(),
        Value::Matrix3d(v) => v.0.to_vec(),
        Value::Matrix4d(v) => v.0.to_vec(),
        _ => return None,
    })
}

/// Exactly `N` components.
pub(crate) fn vector<const N: usize>(value: &Value) -> Option<[f64; N]> {
    components(value)?.try_into().ok()
}

/// Single or double number arrays, and arrays of vectors flattened.
pub(crate) fn numbers(value: &Value) -> Option<Vec<f64>> {
    Some(match value {
        Value::UcharVec(v) => v.iter().map(|v| f64::from(*v)).collect(),
        Value::IntVec(v) => v.iter().map(|v| f64::from(*v)).collect(),
        Value::UintVec(v) => v.iter().map(|v| f64::from(*v)).collect(),
        Value::Int64Vec(v) => v.iter().map(|v| *v as f64).collect(),
        Value::Uint64Vec(v) => v.iter().map(|v| *v as f64).collect(),
        Value::HalfVec(v) => v.iter().map(|v| f64::from(v.to_f32())).collect(),
        Value::FloatVec(v) => v.iter().map(|v| f64::from(*v)).collect(),
        Value::DoubleVec(v) => v.clone(),
        Value::Vec2fVec(v) => v.iter().flat_map(|v| [v.x, v.y]).map(f64::from).collect(),
        Value::Vec2dVec(v) => v.iter().flat_map(|v| [v.x, v.y]).collect(),
        Value::Vec3fVec(v) => v.iter().flat_map(|v| [v.x, v.y, v.z]).map(f64::from).collect(),
        Value::Vec3dVec(v) => v.iter().flat_map(|v| [v.x, v.y, v.z]).collect(),
        Value::Vec4fVec(v) => v
            .iter()
            .flat_map(|v| [v.x, v.y, v.z, v.w])
            .map(f64::from)
            .collect(),
        Value::Vec4dVec(v) => v.iter().flat_map(|v| [v.x, v.y, v.z, v.w]).collect(),
        _ => return components(value),
    })
}

/// `int[]`.
pub(crate) fn ints(value: Value) -> Option<Vec<i32>> {
    match value {
        Value::IntVec(v) => Some(v),
        Value::UintVec(v) => v.into_iter().map(|v| i32::try_from(v).ok()).collect(),
        Value::Int64Vec(v) => v.into_iter().map(|v| i32::try_from(v).ok()).collect(),
        _ => None,
    }
}

/// `int64[]`, for ids.
pub(crate) fn ids(value: Value) -> Option<Vec<i64>> {
    match value {
        Value::Int64Vec(v) => Some(v),
        Value::IntVec(v) => Some(v.into_iter().map(i64::from).collect()),
        _ => None,
    }
}

/// `float[]` in any precision; a scalar counts as one.
pub(crate) fn floats(value: Value) -> Option<Vec<f32>> {
    match value {
        Value::FloatVec(v) => Some(v),
        Value::DoubleVec(v) => Some(v.into_iter().map(|v| v as f32).collect()),
        Value::HalfVec(v) => Some(v.into_iter().map(gf::f16::to_f32).collect()),
        scalar => number(&scalar).map(|v| vec![v as f32]),
    }
}

/// `float2[]` in any precision.
pub(crate) fn vec2s(value: Value) -> Option<Vec<[f32; 2]>> {
    match value {
        Value::Vec2fVec(v) => Some(v.into_iter().map(Into::into).collect()),
        Value::Vec2dVec(v) => Some(v.into_iter().map(|v| [v.x as f32, v.y as f32]).collect()),
        Value::Vec2hVec(v) => Some(v.into_iter().map(|v| [v.x.to_f32(), v.y.to_f32()]).collect()),
        // `texCoord3f[]`: the third coordinate is for volumes.
        Value::Vec3fVec(v) => Some(v.into_iter().map(|v| [v.x, v.y]).collect()),
        _ => None,
    }
}

/// `float3[]` in any precision; a single vector counts as one.
pub(crate) fn vec3s(value: Value) -> Option<Vec<[f32; 3]>> {
    match value {
        Value::Vec3fVec(v) => Some(v.into_iter().map(Into::into).collect()),
        Value::Vec3dVec(v) => Some(
            v.into_iter()
                .map(|v| [v.x as f32, v.y as f32, v.z as f32])
                .collect(),
        ),
        Value::Vec3hVec(v) => Some(
            v.into_iter()
                .map(|v| [v.x.to_f32(), v.y.to_f32(), v.z.to_f32()])
                .collect(),
        ),
        scalar => vector::<3>(&scalar).map(|v| vec![v.map(|v| v as f32)]),
    }
}

/// `quath[]` or `quatf[]`, w first.
pub(crate) fn quats(value: Value) -> Option<Vec<[f64; 4]>> {
    match value {
        Value::QuathVec(v) => Some(
            v.into_iter()
                .map(|q| [q.w, q.x, q.y, q.z].map(|c| f64::from(c.to_f32())))
                .collect(),
        ),
        Value::QuatfVec(v) => Some(
            v.into_iter()
                .map(|q| [q.w, q.x, q.y, q.z].map(f64::from))
                .collect(),
        ),
        Value::QuatdVec(v) => Some(v.into_iter().map(|q| [q.w, q.x, q.y, q.z]).collect()),
        _ => None,
    }
}
