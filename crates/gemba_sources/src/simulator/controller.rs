//! PI control with clamped output, and what moves at a limited rate.

/// A PI controller whose integral stops where its output is clamped.
#[derive(Clone, Debug)]
pub(super) struct Pi {
    /// Output per unit of error.
    pub(super) gain: f64,
    /// Integral time in seconds.
    pub(super) reset_secs: f64,
    pub(super) output_range: [f64; 2],
    integral: f64,
}

impl Pi {
    /// `start` is the output with no error.
    pub(super) fn new(gain: f64, reset_secs: f64, output_range: [f64; 2], start: f64) -> Self {
        Self {
            gain,
            reset_secs,
            output_range,
            integral: start,
        }
    }

    pub(super) fn step(&mut self, error: f64, dt_secs: f64) -> f64 {
        let [low, high] = self.output_range;
        let wanted = self.integral + self.gain * error;
        let output = wanted.clamp(low, high);
        let is_winding_up = (wanted - output) * self.gain * error > 0.0;
        if !is_winding_up {
            self.integral = (self.integral + self.gain * error * dt_secs / self.reset_secs).clamp(low, high);
        }
        output
    }
}

/// `from` moved towards `to`, at most at the two rates (up, down) per second.
pub(super) fn slew(from: f64, to: f64, rates_per_sec: [f64; 2], dt_secs: f64) -> f64 {
    from + (to - from).clamp(-rates_per_sec[1] * dt_secs, rates_per_sec[0] * dt_secs)
}

/// `from` after `dt_secs` of a first-order lag towards `to`.
pub(super) fn lag(from: f64, to: f64, time_constant_secs: f64, dt_secs: f64) -> f64 {
    from + (to - from) * (dt_secs / time_constant_secs).min(1.0)
}

/// A control valve with its actuator.
#[derive(Clone, Debug)]
pub(super) struct Valve {
    pub(super) command_pct: f64,
    pub(super) position_pct: f64,
}

impl Valve {
    /// Percent per second of a pneumatic actuator.
    const STROKE_PCT_PER_SEC: f64 = 9.0;

    pub(super) fn at(position_pct: f64) -> Self {
        Self {
            command_pct: position_pct,
            position_pct,
        }
    }

    pub(super) fn step(&mut self, command_pct: f64, dt_secs: f64) {
        self.command_pct = command_pct;
        let rate = Self::STROKE_PCT_PER_SEC;
        self.position_pct = slew(self.position_pct, command_pct, [rate, rate], dt_secs);
    }
}
