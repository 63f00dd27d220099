//! Numbers as few bits. Every input gives a code: what is not finite becomes 0, what is out of range its nearest end.

use super::{ARM_REACH_M, RAY_REACH_M};

/// Largest code of a head's coordinate: 24 bits with sign, in millimetres.
const HEAD_CODE_MAX: f64 = 8_388_607.0;
/// Codes of a hand's coordinate for one metre: 16 bits with sign over ±[`ARM_REACH_M`], a quarter of a millimetre.
const HAND_CODES_A_METRE: f64 = 32_767.0 / ARM_REACH_M;
/// The largest that the three smaller parts of a unit quaternion can be.
const SMALL_PART_MAX: f64 = std::f64::consts::FRAC_1_SQRT_2;

fn code(value: f64, max: f64) -> i32 {
    if value.is_nan() {
        return 0;
    }
    // Within ±2^23 after the clamp, so the conversion is exact.
    value.round().clamp(-max, max) as i32
}

/// A coordinate in millimetres as three bytes.
pub(super) fn head_code(metres: f64) -> [u8; 3] {
    let [a, b, c, _] = code(metres * 1_000.0, HEAD_CODE_MAX).to_le_bytes();
    [a, b, c]
}

/// The coordinate of three bytes.
pub(super) fn head_metres([a, b, c]: [u8; 3]) -> f64 {
    let sign = if c & 0x80 == 0 { 0 } else { 0xff };
    f64::from(i32::from_le_bytes([a, b, c, sign])) / 1_000.0
}

/// A hand's coordinate relative to the head as two bytes.
pub(super) fn hand_code(metres: f64) -> [u8; 2] {
    let code = code(metres * HAND_CODES_A_METRE, 32_767.0);
    i16::try_from(code).unwrap_or_default().to_le_bytes()
}

/// The coordinate of two bytes.
pub(super) fn hand_metres(code: [u8; 2]) -> f64 {
    f64::from(i16::from_le_bytes(code)) / HAND_CODES_A_METRE
}

/// A unit quaternion as two bits for its largest part and `BITS` for each other, lowest first ("smallest three").
pub(super) fn rotation_code<const BITS: u32>(rotation: [f32; 4]) -> u64 {
    let mut parts = rotation.map(f64::from);
    let length = parts.iter().map(|part| part * part).sum::<f64>().sqrt();
    if !length.is_finite() || length < 1e-6 {
        parts = [0.0, 0.0, 0.0, 1.0];
    } else {
        parts = parts.map(|part| part / length);
    }
    let mut largest = 3;
    for at in 0..3 {
        if parts[at].abs() > parts[largest].abs() {
            largest = at;
        }
    }
    // q and -q are the same rotation: the largest part is always taken as positive.
    let sign = if parts[largest] < 0.0 { -1.0 } else { 1.0 };
    let max = f64::from((1_u32 << (BITS - 1)) - 1);
    let mut bits = largest as u64;
    let mut shift = 2;
    for (_, part) in parts.iter().enumerate().filter(|(at, _)| *at != largest) {
        let code = code(sign * part / SMALL_PART_MAX * max, max);
        let unsigned = u64::from((code + (1 << (BITS - 1))).unsigned_abs());
        bits |= unsigned << shift;
        shift += BITS;
    }
    bits
}

/// The unit quaternion of a code.
pub(super) fn rotation<const BITS: u32>(bits: u64) -> [f32; 4] {
    let largest = usize::try_from(bits & 3).unwrap_or_default();
    let max = f64::from((1_u32 << (BITS - 1)) - 1);
    let mask = (1_u64 << BITS) - 1;
    let mut parts = [0.0_f64; 4];
    let mut shift = 2;
    let mut rest = 1.0;
    for at in (0..4).filter(|at| *at != largest) {
        let unsigned = (bits >> shift) & mask;
        let part = (unsigned as f64 - f64::from(1_u32 << (BITS - 1))) / max * SMALL_PART_MAX;
        parts[at] = part;
        rest -= part * part;
        shift += BITS;
    }
    parts[largest] = rest.max(0.0).sqrt();
    let length = parts.iter().map(|part| part * part).sum::<f64>().sqrt();
    parts.map(|part| (part / length) as f32)
}

/// A direction as two 16-bit coordinates on the unfolded octahedron (Cigolle and others, JCGT 2014).
pub(super) fn direction_code(direction: [f32; 3]) -> [u8; 4] {
    let [x, y, z] = direction.map(f64::from);
    let sum = x.abs() + y.abs() + z.abs();
    let (u, v) = if !sum.is_finite() || sum < 1e-9 {
        (0.0, 0.0)
    } else if z >= 0.0 {
        (x / sum, y / sum)
    } else {
        (
            (1.0 - (y / sum).abs()).copysign(x),
            (1.0 - (x / sum).abs()).copysign(y),
        )
    };
    let [a, b] = i16::try_from(code(u * 32_767.0, 32_767.0))
        .unwrap_or_default()
        .to_le_bytes();
    let [c, d] = i16::try_from(code(v * 32_767.0, 32_767.0))
        .unwrap_or_default()
        .to_le_bytes();
    [a, b, c, d]
}

/// The direction of a code, of length 1.
pub(super) fn direction([a, b, c, d]: [u8; 4]) -> [f32; 3] {
    let u = (f64::from(i16::from_le_bytes([a, b])) / 32_767.0).max(-1.0);
    let v = (f64::from(i16::from_le_bytes([c, d])) / 32_767.0).max(-1.0);
    let z = 1.0 - u.abs() - v.abs();
    let (x, y) = if z >= 0.0 {
        (u, v)
    } else {
        ((1.0 - v.abs()).copysign(u), (1.0 - u.abs()).copysign(v))
    };
    let length = (x * x + y * y + z * z).sqrt();
    [x, y, z].map(|part| (part / length) as f32)
}

/// A length in centimetres as two bytes.
pub(super) fn length_code(metres: f32) -> [u8; 2] {
    let clamped = if metres.is_nan() {
        0.0
    } else {
        metres.clamp(0.0, RAY_REACH_M)
    };
    let code = code(f64::from(clamped) * 100.0, 65_535.0);
    u16::try_from(code).unwrap_or_default().to_le_bytes()
}

/// The length of two bytes.
pub(super) fn length_m(code: [u8; 2]) -> f32 {
    f32::from(u16::from_le_bytes(code)) / 100.0
}
