//! Vectors, frames and angles, with trigonometry that gives the same bits on every machine.

use std::f64::consts::TAU;

/// Metres, or a direction.
pub(in crate::plantgen) type V3 = [f64; 3];

pub(in crate::plantgen) fn add(a: V3, b: V3) -> V3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(in crate::plantgen) fn sub(a: V3, b: V3) -> V3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(in crate::plantgen) fn scale(a: V3, by: f64) -> V3 {
    [a[0] * by, a[1] * by, a[2] * by]
}

pub(in crate::plantgen) fn dot(a: V3, b: V3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(in crate::plantgen) fn cross(a: V3, b: V3) -> V3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// The unit vector along `a`; `a` itself when it has no length.
pub(in crate::plantgen) fn unit(a: V3) -> V3 {
    let len = dot(a, a).sqrt();
    if len > 0.0 { scale(a, 1.0 / len) } else { a }
}

/// Sine and cosine of an angle in turns, by Taylor series on an eighth of a turn: the platform's own functions may
/// differ in the last bit, and this scene has to be the same everywhere.
pub(in crate::plantgen) fn sin_cos(turns: f64) -> (f64, f64) {
    let quarter = (turns * 4.0).round();
    let x = (turns - quarter * 0.25) * TAU;
    let x2 = x * x;
    let series = |first: f64, start: u32| {
        let mut term = first;
        let mut sum = first;
        for k in 0..9u32 {
            let n = f64::from(start + 2 * k);
            term *= -x2 / ((n + 1.0) * (n + 2.0));
            sum += term;
        }
        sum
    };
    let (sin, cos) = (series(x, 1), series(1.0, 0));
    match quarter.rem_euclid(4.0) as u8 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// A point on the circle of radius `r` at an angle in turns.
pub(in crate::plantgen) fn polar(r: f64, turns: f64) -> [f64; 2] {
    let (sin, cos) = sin_cos(turns);
    [r * cos, r * sin]
}

/// A right-handed orthonormal frame.
#[derive(Clone, Copy)]
pub(in crate::plantgen) struct Frame {
    pub(in crate::plantgen) origin: V3,
    pub(in crate::plantgen) x: V3,
    pub(in crate::plantgen) y: V3,
    pub(in crate::plantgen) z: V3,
}

impl Frame {
    pub(in crate::plantgen) fn at(origin: V3) -> Self {
        Self {
            origin,
            x: [1.0, 0.0, 0.0],
            y: [0.0, 1.0, 0.0],
            z: [0.0, 0.0, 1.0],
        }
    }

    /// Its own Z lies along world X.
    pub(in crate::plantgen) fn along_x(origin: V3) -> Self {
        Self {
            origin,
            x: [0.0, 1.0, 0.0],
            y: [0.0, 0.0, 1.0],
            z: [1.0, 0.0, 0.0],
        }
    }

    /// Its own Z lies along world Y.
    pub(in crate::plantgen) fn along_y(origin: V3) -> Self {
        Self {
            origin,
            x: [0.0, 0.0, 1.0],
            y: [1.0, 0.0, 0.0],
            z: [0.0, 1.0, 0.0],
        }
    }

    /// Turned half a turn about its own X.
    pub(in crate::plantgen) fn flipped(self) -> Self {
        Self {
            y: scale(self.y, -1.0),
            z: scale(self.z, -1.0),
            ..self
        }
    }

    /// Turned about its own Z.
    pub(in crate::plantgen) fn spun(self, turns: f64) -> Self {
        let (sin, cos) = sin_cos(turns);
        let x = add(scale(self.x, cos), scale(self.y, sin));
        Self {
            x,
            y: cross(self.z, x),
            ..self
        }
    }

    /// Moved by an offset in its own axes.
    pub(in crate::plantgen) fn shifted(self, by: V3) -> Self {
        Self {
            origin: self.point(by),
            ..self
        }
    }

    pub(in crate::plantgen) fn direction(&self, v: V3) -> V3 {
        add(add(scale(self.x, v[0]), scale(self.y, v[1])), scale(self.z, v[2]))
    }

    pub(in crate::plantgen) fn point(&self, p: V3) -> V3 {
        add(self.origin, self.direction(p))
    }
}
