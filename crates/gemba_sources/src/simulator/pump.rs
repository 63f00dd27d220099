//! One pump: its drive, its bearing, and what its sensors say.

use super::{
    controller::{lag, slew},
    hydraulics::NOMINAL_RPM,
    noise::Noise,
};

/// Acceleration and coasting of the drive, in r/min per second.
const RAMP_RPM_PER_SEC: [f64; 2] = [140.0, 190.0];
/// How much a healthy bearing is warmer than the hall at nominal speed, in K.
const FRICTION_K: f64 = 30.0;
/// How much more a bearing that has lost its grease warms, in K.
const FAULT_K: f64 = 77.0;
/// How fast a bearing warms and cools, in seconds.
const WARMING_SECS: f64 = 22.0;
const COOLING_SECS: f64 = 30.0;

#[derive(Clone, Debug)]
pub(super) struct Pump {
    /// The controller wants it to run.
    pub(super) is_called: bool,
    /// Stopped by its own protection until the bearing has cooled.
    pub(super) is_tripped: bool,
    /// The bearing has lost its grease.
    pub(super) has_fault: bool,
    pub(super) speed_rpm: f64,
    pub(super) bearing_celsius: f64,
    pub(super) vibration_mm_per_s: f64,
    /// Seconds for which the bearing has been above the trip limit.
    over_limit_secs: f64,
}

impl Pump {
    /// The bearing trips above this after [`Self::TRIP_AFTER_SECS`].
    pub(super) const TRIP_CELSIUS: f64 = 95.0;
    pub(super) const TRIP_AFTER_SECS: f64 = 9.0;
    /// Released again below this.
    const RELEASE_CELSIUS: f64 = 45.0;

    pub(super) fn new(is_called: bool, hall_celsius: f64) -> Self {
        let speed_rpm = if is_called { 1425.0 } else { 0.0 };
        Self {
            is_called,
            is_tripped: false,
            has_fault: false,
            speed_rpm,
            bearing_celsius: hall_celsius + FRICTION_K * (speed_rpm / NOMINAL_RPM).powi(2),
            vibration_mm_per_s: 0.0,
            over_limit_secs: 0.0,
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.is_called && !self.is_tripped
    }

    pub(super) fn step(&mut self, demand_rpm: f64, hall_celsius: f64, noise: &mut Noise, dt_secs: f64) {
        let target = if self.is_running() { demand_rpm } else { 0.0 };
        self.speed_rpm = slew(self.speed_rpm, target, RAMP_RPM_PER_SEC, dt_secs);
        let ratio = self.speed_rpm / NOMINAL_RPM;
        let fault_k = if self.has_fault { FAULT_K } else { 0.0 };
        let warm = hall_celsius + (FRICTION_K + fault_k) * ratio.powi(2);
        let time_constant = if warm > self.bearing_celsius {
            WARMING_SECS
        } else {
            COOLING_SECS
        };
        self.bearing_celsius = lag(self.bearing_celsius, warm, time_constant, dt_secs);
        // Imbalance grows with the square of speed, a dry bearing roughens with its temperature.
        let roughness = 3.2 * ratio * ((self.bearing_celsius - 70.0) / 25.0).clamp(0.0, 1.6);
        let steady = 1.5 * ratio.powi(2) + if self.has_fault { roughness } else { 0.0 };
        let measured = (steady + noise.around_zero(0.12 * ratio)).max(0.0);
        self.vibration_mm_per_s = lag(self.vibration_mm_per_s, measured, 0.6, dt_secs);
        self.protect(dt_secs);
    }

    fn protect(&mut self, dt_secs: f64) {
        let is_hot = self.bearing_celsius > Self::TRIP_CELSIUS;
        self.over_limit_secs = if is_hot {
            self.over_limit_secs + dt_secs
        } else {
            0.0
        };
        if self.over_limit_secs > Self::TRIP_AFTER_SECS {
            self.is_tripped = true;
        }
        if self.is_tripped && self.bearing_celsius < Self::RELEASE_CELSIUS {
            // Someone greased it while it stood.
            self.is_tripped = false;
            self.has_fault = false;
        }
    }
}
