//! Irregularity that is the same everywhere: hashes of a lattice and smooth noise between its points.

/// A number in 0–1 from a lattice point, the same everywhere.
pub(in crate::plantgen) fn hash(x: i32, y: i32, salt: u32) -> f64 {
    let mut h = (x as u32).wrapping_mul(0x9E37_79B1)
        ^ (y as u32).wrapping_mul(0x85EB_CA77)
        ^ salt.wrapping_mul(0xC2B2_AE3D);
    h ^= h >> 15;
    h = h.wrapping_mul(0x2C1B_3C6D);
    h ^= h >> 12;
    h = h.wrapping_mul(0x297A_2D39);
    h ^= h >> 15;
    f64::from(h) / f64::from(u32::MAX)
}

/// Smooth noise in 0–1.
pub(in crate::plantgen) fn noise(x: f64, y: f64, salt: u32) -> f64 {
    let (fx, fy) = (x.floor(), y.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - fx), ease(y - fy));
    let (ix, iy) = (fx as i32, fy as i32);
    let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
    mix(
        mix(hash(ix, iy, salt), hash(ix + 1, iy, salt), u),
        mix(hash(ix, iy + 1, salt), hash(ix + 1, iy + 1, salt), u),
        v,
    )
}
