//! Numbers with the seven significant digits of the golden files.

use glam::{DMat4, DVec3};
use serde_json::{Value, json};

use crate::doc::Aabb;

/// `number` with seven significant digits; null when it is not finite.
pub(super) fn rounded(number: f64) -> Value {
    if !number.is_finite() {
        return Value::Null;
    }
    let digits: f64 = format!("{number:.6e}").parse().unwrap_or(number);
    if digits == digits.trunc() && digits.abs() < 1e15 {
        json!(digits as i64)
    } else {
        json!(digits)
    }
}

/// Row vectors, row by row, as USD writes a matrix: the columns of ours.
pub(super) fn matrix(matrix: DMat4) -> Value {
    matrix.to_cols_array().into_iter().map(rounded).collect()
}

/// Lowest corner, then highest.
pub(super) fn corners(aabb: Aabb) -> Value {
    let numbers = |v: DVec3| v.to_array().map(rounded);
    numbers(aabb.min).into_iter().chain(numbers(aabb.max)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_significant_digits() {
        assert_eq!(rounded(1.0 / 3.0), json!(0.3333333));
        assert_eq!(rounded(100.0), json!(100));
        assert_eq!(rounded(-0.0), json!(0));
        assert_eq!(rounded(123_456_789.0), json!(123_456_800));
        assert_eq!(rounded(f64::NAN), Value::Null);
    }
}
