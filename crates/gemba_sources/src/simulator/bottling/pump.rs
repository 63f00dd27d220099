//! Centrifugal pumps: suction and cavitation, bearings, vibration, protection.
//!
//! - NPSHa = (p_atm + p_suction − p_vapour)/ρg + z − k_s·q², NPSHr grows with the square of flow and of speed, and is where
//!   the head has dropped by 3 % (NPSH3, ISO 9906). Below it the head collapses, and the bubbles shake the pump.
//! - Vibration adds the independent causes as the root of the sum of squares; limits after ISO 20816-7.
//! - Bearings warm towards what their friction makes of them, with a time constant of a small housing.

use super::{Now, board::Board, faults::Kind};
use crate::simulator::{
    controller::{lag, slew},
    hydraulics::{PumpCurve, parallel},
};

/// Metres of water in a bar, and the atmosphere in bar.
pub(super) const M_PER_BAR: f64 = 10.197;
pub(super) const ATMOSPHERE_BAR: f64 = 1.013;
/// Acceleration and coasting of the drive, in r/min per second.
const RAMP_RPM_PER_SEC: [f64; 2] = [300.0, 350.0];
/// Loss of a completely blocked strainer at best flow, in multiples of the suction's head: enough to boil the liquid.
const BLOCKED: f64 = 3.0;
/// Head that the clean suction loses at best flow, in metres.
const SUCTION_LOSS_M: f64 = 0.3;
const WARMING_SECS: f64 = 90.0;
const HALL_CELSIUS: f64 = 26.0;
/// How much warmer than the hall a healthy bearing is at nominal speed, and a ruined one more than that, in K.
const FRICTION_K: f64 = 34.0;
const WORN_K: f64 = 52.0;
/// The column of liquid in the pipes takes this long to follow.
const INERTIA_SECS: f64 = 0.6;
/// Efficiency of the motor.
const MOTOR: f64 = 0.92;
/// The protection stops it above these after that time, and lets it go below that temperature when mended.
const TRIP_CELSIUS: f64 = 95.0;
const TRIP_MM_S: f64 = 7.1;
const TRIP_AFTER_SECS: f64 = 5.0;
const RELEASE_CELSIUS: f64 = 70.0;

/// What one pump sucks from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suction {
    /// Pressure over the liquid.
    pub(super) gauge_bar: f64,
    /// Liquid above the pump's eye, in metres.
    pub(super) level_m: f64,
    /// Absolute vapour pressure of the liquid.
    pub(super) vapour_bar: f64,
}

impl Suction {
    /// Out of an open vessel of cool liquid.
    pub(super) fn open(level_m: f64) -> Self {
        Self {
            gauge_bar: 0.0,
            level_m,
            vapour_bar: 0.025,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct CentrifugalPump {
    pub(super) id: &'static str,
    pub(super) curve: PumpCurve,
    /// NPSH3 at best flow and nominal speed, in metres.
    npshr_m: f64,
    pub(super) is_called: bool,
    pub(super) is_tripped: bool,
    pub(super) speed_rpm: f64,
    pub(super) flow_m3_h: f64,
    pub(super) power_kw: f64,
    pub(super) discharge_bar: f64,
    suction_bar: f64,
    /// NPSHa without the suction's loss.
    suction_m: f64,
    npsh_margin_m: f64,
    bearings_celsius: [f64; 2],
    vibration_mm_s: f64,
    over_limit_secs: f64,
}

impl CentrifugalPump {
    pub(super) fn new(id: &'static str, curve: PumpCurve, npshr_m: f64, is_called: bool) -> Self {
        Self {
            id,
            curve,
            npshr_m,
            is_called,
            is_tripped: false,
            speed_rpm: if is_called { 0.95 * curve.nominal_rpm } else { 0.0 },
            flow_m3_h: 0.0,
            power_kw: 0.0,
            discharge_bar: 0.0,
            suction_bar: 0.0,
            suction_m: 8.0,
            npsh_margin_m: 3.0,
            bearings_celsius: [HALL_CELSIUS; 2],
            vibration_mm_s: 0.0,
            over_limit_secs: 0.0,
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.is_called && !self.is_tripped
    }

    /// Its drive follows the demand where it is called.
    pub(super) fn drive(&mut self, demand_rpm: f64, dt_secs: f64) {
        let target = if self.is_running() { demand_rpm } else { 0.0 };
        self.speed_rpm = slew(self.speed_rpm, target, RAMP_RPM_PER_SEC, dt_secs);
    }

    /// Shut-off head in m and loss in m / (m³/h)² as they are now: of the curve, the suction and the bubbles.
    pub(super) fn shut_off_and_loss(&self, now: &Now<'_>) -> (f64, f64) {
        let head = self.curve.shut_off_m(self.speed_rpm) * self.head_ratio();
        (head, self.curve.loss + self.suction_loss(now))
    }

    /// What is left of the head: 97 % where NPSHa is NPSH3, by definition; below, it falls steeply.
    fn head_ratio(&self) -> f64 {
        (1.0 - 0.03 * (-self.npsh_margin_m / 0.5).exp()).max(0.3)
    }

    fn suction_loss(&self, now: &Now<'_>) -> f64 {
        let blocked = now.faults.severity(Kind::Cavitation, self.id);
        let loss_m = SUCTION_LOSS_M + BLOCKED * self.suction_m * blocked.powi(2);
        loss_m / self.curve.best_m3_h.powi(2)
    }

    /// Takes the flow that the system has found, and what becomes of suction, bearings and protection.
    pub(super) fn settle(&mut self, flow_m3_h: f64, head_m: f64, suction: Suction, now: &Now<'_>) {
        self.flow_m3_h = flow_m3_h;
        let ratio = self.speed_rpm / self.curve.nominal_rpm;
        let eye_m = suction.level_m - self.suction_loss(now) * flow_m3_h.powi(2);
        self.suction_bar = suction.gauge_bar + eye_m / M_PER_BAR;
        // A pump that stands is shut off from its header by its check valve.
        let made_m = if flow_m3_h > 0.0 {
            head_m
        } else {
            self.curve.shut_off_m(self.speed_rpm).min(head_m)
        };
        self.discharge_bar = suction.gauge_bar + (suction.level_m + made_m) / M_PER_BAR;
        self.suction_m = ((ATMOSPHERE_BAR + suction.gauge_bar - suction.vapour_bar) * M_PER_BAR
            + suction.level_m)
            .max(0.0);
        let available_m = self.suction_m - self.suction_loss(now) * flow_m3_h.powi(2);
        let flow_ratio = flow_m3_h / self.curve.best_m3_h;
        let required_m = self.npshr_m * (0.4 * ratio.powi(2) + 0.6 * flow_ratio.powi(2));
        self.npsh_margin_m = lag(self.npsh_margin_m, available_m - required_m, 0.8, now.dt_secs);
        self.power_kw = self.curve.shaft_power_kw(flow_m3_h, self.speed_rpm, made_m) / MOTOR;
        self.wear(ratio, flow_ratio, now);
        self.protect(now);
    }

    fn wear(&mut self, ratio: f64, flow_ratio: f64, now: &Now<'_>) {
        let worn = [1, 2].map(|bearing| now.faults.wear(self.id, bearing));
        let worst = worn[0].max(worn[1]);
        let unbalance = 1.3 * ratio.powi(2);
        let off_best = 0.8 * (flow_ratio - ratio).abs();
        let rattle = 6.4 * worst.powf(1.2) * ratio;
        let bubbles = 6.4 * ((1.0 - self.npsh_margin_m) / 1.4).clamp(0.0, 1.0) * ratio;
        let total = (unbalance.powi(2) + off_best.powi(2) + rattle.powi(2) + bubbles.powi(2)).sqrt();
        self.vibration_mm_s = lag(self.vibration_mm_s, total, 0.6, now.dt_secs);
        for (k, celsius) in self.bearings_celsius.iter_mut().enumerate() {
            // Roughness heats only when it is advanced, so it is heard before it is felt.
            let advanced = ((worn[k] - 0.3) / 0.7).max(0.0).powf(1.2) + 0.12 * worn[1 - k];
            let friction = FRICTION_K * if k == 0 { 1.0 } else { 0.88 };
            let warm = HALL_CELSIUS + (friction * ratio + WORN_K * advanced) * ratio + 0.5 * bubbles;
            *celsius = lag(*celsius, warm, WARMING_SECS, now.dt_secs);
        }
    }

    fn protect(&mut self, now: &Now<'_>) {
        let hottest = self.bearings_celsius[0].max(self.bearings_celsius[1]);
        let is_over = hottest > TRIP_CELSIUS || self.vibration_mm_s > TRIP_MM_S;
        self.over_limit_secs = if is_over {
            self.over_limit_secs + now.dt_secs
        } else {
            0.0
        };
        self.is_tripped |= self.over_limit_secs > TRIP_AFTER_SECS;
        let is_mended = [1, 2]
            .iter()
            .all(|bearing| now.faults.wear(self.id, *bearing) == 0.0);
        if self.is_tripped && is_mended && hottest < RELEASE_CELSIUS {
            self.is_tripped = false;
        }
    }

    pub(super) fn report(&self, board: &mut Board) {
        board
            .of(self.id)
            .set("speed_rpm", self.speed_rpm)
            .set("flow_m3_h", self.flow_m3_h)
            .set("suction_bar", self.suction_bar)
            .set("discharge_bar", self.discharge_bar)
            .set("power_kw", self.power_kw)
            .set("bearing_de_c", self.bearings_celsius[0])
            .set("bearing_nde_c", self.bearings_celsius[1])
            .set("vibration_mm_s", self.vibration_mm_s)
            .set("npsh_margin_m", self.npsh_margin_m);
    }
}

/// A flow on its way to what the curves say, in m³/h; it ends where the check valve shuts.
pub(super) fn inert(from_m3_h: f64, to_m3_h: f64, now: &Now<'_>) -> f64 {
    let flow = lag(from_m3_h, to_m3_h, INERTIA_SECS, now.dt_secs);
    if to_m3_h == 0.0 && flow < 0.02 { 0.0 } else { flow }
}

/// Calls the first `wanted` pumps that can run, and no other.
pub(super) fn call(pumps: &mut [CentrifugalPump], wanted: usize) {
    let mut called = 0;
    for pump in pumps {
        pump.is_called = pump.is_tripped || called < wanted;
        called += usize::from(pump.is_running());
    }
}

/// Parallel pumps against a static head and a loss, in m and m / (m³/h)². All suck from the same. Gives the total flow.
pub(super) fn deliver<const N: usize>(
    pumps: &mut [CentrifugalPump; N],
    demand_rpm: f64,
    system: (f64, f64),
    suction: Suction,
    now: &Now<'_>,
) -> f64 {
    for pump in pumps.iter_mut() {
        pump.drive(demand_rpm, now.dt_secs);
    }
    let (static_m, loss) = system;
    let units = pumps.each_ref().map(|pump| pump.shut_off_and_loss(now));
    let (mut head_m, mut flows) =
        parallel(units, |head| ((head - static_m).max(0.0) / loss.max(1e-9)).sqrt());
    let highest_m = units.iter().map(|unit| unit.0).fold(0.0, f64::max);
    if highest_m <= static_m.max(0.05) {
        (head_m, flows) = (highest_m, [0.0; N]);
    }
    for (pump, flow) in pumps.iter_mut().zip(flows) {
        let flow = inert(pump.flow_m3_h, flow, now);
        pump.settle(flow, head_m, suction, now);
    }
    pumps.iter().map(|pump| pump.flow_m3_h).sum()
}
