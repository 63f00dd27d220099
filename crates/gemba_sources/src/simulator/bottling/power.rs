//! The substation: transformer and feeders.
//!
//! - Current: I = P / (√3·U·cos φ).
//! - Transformer: oil and hot-spot temperature after IEC 60076-7, with load factor K: the oil's rise goes with
//!   ((1 + R·K²)/(1 + R))^0.8 and three hours, the winding's over the oil with K^1.6 and seven minutes.

use super::{
    Now,
    board::Board,
    energy::{FEEDERS, Meters},
};
use crate::simulator::controller::lag;

const TRANSFORMER: &str = "TR-101";
const RATED_KVA: f64 = 800.0;
/// Ratio of load losses to no-load losses, and rises at rated load in K.
const LOSS_RATIO: f64 = 6.0;
const OIL_K: f64 = 48.0;
const WINDING_K: f64 = 27.0;
const ROOM_CELSIUS: f64 = 24.0;
const OIL_SECS: f64 = 10_800.0;
const WINDING_SECS: f64 = 420.0;
/// cos φ of the feeders at their usual load.
const POWER_FACTORS: [f64; 4] = [0.895, 0.905, 0.915, 0.965];
const NOMINAL_V: f64 = 400.0;
/// Voltage lost at rated load, and gained while the generator is on the busbar, as shares.
const DROP: f64 = 0.03;
const SUPPORT: f64 = 0.012;

#[derive(Clone, Debug)]
pub(super) struct Power {
    power_kw: f64,
    load: f64,
    oil_k: f64,
    winding_k: f64,
    voltage_v: f64,
}

impl Power {
    pub(super) fn new() -> Self {
        Self {
            power_kw: 400.0,
            load: 0.55,
            oil_k: 23.0,
            winding_k: 10.0,
            voltage_v: 398.0,
        }
    }

    /// `has_generator` while it is on the busbar.
    pub(super) fn step(&mut self, meters: &Meters, has_generator: bool, now: &Now<'_>) {
        self.power_kw = meters.feeders.iter().map(|feeder| feeder.0).sum();
        let apparent_kva: f64 = meters
            .feeders
            .iter()
            .zip(POWER_FACTORS)
            .map(|(feeder, factor)| feeder.0 / factor)
            .sum();
        self.load = apparent_kva / RATED_KVA;
        let oil = OIL_K * ((1.0 + LOSS_RATIO * self.load.powi(2)) / (1.0 + LOSS_RATIO)).powf(0.8);
        self.oil_k = lag(self.oil_k, oil, OIL_SECS, now.dt_secs);
        let winding = WINDING_K * self.load.powf(1.6);
        self.winding_k = lag(self.winding_k, winding, WINDING_SECS, now.dt_secs);
        let support = if has_generator { SUPPORT } else { 0.0 };
        let voltage = NOMINAL_V * (1.01 + support - DROP * self.load);
        self.voltage_v = lag(self.voltage_v, voltage, 0.5, now.dt_secs);
    }

    pub(super) fn report(&self, meters: &Meters, board: &mut Board) {
        board
            .of(TRANSFORMER)
            .set("load_pct", self.load * 100.0)
            .set("power_kw", self.power_kw)
            .set("oil_c", ROOM_CELSIUS + self.oil_k)
            .set("winding_c", ROOM_CELSIUS + self.oil_k + self.winding_k);
        for (k, (id, _)) in FEEDERS.iter().enumerate() {
            let (kw, kwh) = meters.feeders[k];
            let factor = POWER_FACTORS[k];
            let current_a = kw * 1_000.0 / (3_f64.sqrt() * self.voltage_v * factor);
            board
                .of(id)
                .set("power_kw", kw)
                .set("current_a", current_a)
                .set("voltage_v", self.voltage_v)
                .set("power_factor", factor)
                .set("energy_kwh", kwh);
        }
    }
}
