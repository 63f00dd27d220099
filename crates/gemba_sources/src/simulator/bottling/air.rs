//! Compressed air: two oil-flooded screw compressors on load/unload control, and the receiver.
//!
//! - Receiver: dp/dt = (Q_in − Q_out)·p_atm/V, flows as free air, isothermal.
//! - Each compressor loads below its band and unloads above; the second has the lower band, so it comes only when needed.
//! - Unloaded, a screw still draws about 30 % of its power (CAGI).

use super::{Now, board::Board, faults::Kind, pump::ATMOSPHERE_BAR};
use crate::simulator::controller::lag;

const RECEIVER: &str = "V-101";
const RECEIVER_M3: f64 = 6.0;
/// Free air at 7.4 bar with a clean filter, in m³/min.
const DELIVERY_M3_MIN: f64 = 12.0;
const LOADED_KW: f64 = 74.0;
const UNLOADED_KW: f64 = 23.0;
/// Free air out of a burst hose at 7.4 bar, in m³/min: a choked nozzle, so it follows the absolute pressure.
const LEAK_M3_MIN: f64 = 30.0;
/// What is always taken, by valves all over the plant.
const IDLE_M3_MIN: f64 = 1.6;

#[derive(Clone, Debug)]
struct Compressor {
    id: &'static str,
    band_bar: [f64; 2],
    is_loaded: bool,
    /// Follows loading and unloading of the intake valve.
    intake: f64,
    flow_m3_min: f64,
    power_kw: f64,
    pressure_bar: f64,
    oil_celsius: f64,
    vibration_mm_s: f64,
    filter_mbar: f64,
}

impl Compressor {
    fn new(id: &'static str, band_bar: [f64; 2], is_loaded: bool) -> Self {
        Self {
            id,
            band_bar,
            is_loaded,
            intake: f64::from(u8::from(is_loaded)),
            flow_m3_min: 0.0,
            power_kw: UNLOADED_KW,
            pressure_bar: 7.2,
            oil_celsius: 76.0,
            vibration_mm_s: 2.6,
            filter_mbar: 18.0,
        }
    }

    fn step(&mut self, receiver_bar: f64, now: &Now<'_>) {
        let dt = now.dt_secs;
        let sensed = now.board.sense(RECEIVER, "pressure_bar", receiver_bar);
        self.is_loaded = if self.is_loaded {
            sensed < self.band_bar[1]
        } else {
            sensed < self.band_bar[0]
        };
        self.intake = lag(self.intake, f64::from(u8::from(self.is_loaded)), 0.8, dt);
        let blocked = now.faults.severity(Kind::BlockedFilter, self.id);
        self.filter_mbar = lag(
            self.filter_mbar,
            (6.0 + 14.0 * self.intake) * (1.0 + 2.6 * blocked),
            3.0,
            dt,
        );
        let p_abs = receiver_bar + ATMOSPHERE_BAR;
        // Slip grows a little with pressure; a starved intake takes in thinner air.
        self.flow_m3_min = DELIVERY_M3_MIN * self.intake * (1.06 - 0.007 * p_abs) * (1.0 - 0.22 * blocked);
        let loaded_kw = LOADED_KW * (p_abs / 8.4).powf(0.55) * (1.0 + 0.05 * blocked);
        self.power_kw = UNLOADED_KW + (loaded_kw - UNLOADED_KW) * self.intake;
        self.pressure_bar = receiver_bar + 0.18 * self.intake;
        let oil = 68.0 + 14.0 * self.intake + 19.0 * blocked * self.intake.max(0.6);
        self.oil_celsius = lag(self.oil_celsius, oil, 110.0, dt);
        let shake = 2.2 + 0.6 * self.intake + 1.1 * blocked;
        self.vibration_mm_s = lag(self.vibration_mm_s, shake, 1.5, dt);
    }

    fn report(&self, board: &mut Board) {
        board
            .of(self.id)
            .set("pressure_bar", self.pressure_bar)
            .set("load", f64::from(u8::from(self.is_loaded)))
            .set("motor_power_kw", self.power_kw)
            .set("flow_m3_min", self.flow_m3_min)
            .set("oil_c", self.oil_celsius)
            .set("vibration_mm_s", self.vibration_mm_s)
            .set("filter_dp_mbar", self.filter_mbar);
    }
}

#[derive(Clone, Debug)]
pub(super) struct Air {
    compressors: [Compressor; 2],
    pub(super) receiver_bar: f64,
    /// Free air made and taken since the start, in m³.
    pub(super) total_m3: [f64; 2],
}

impl Air {
    pub(super) fn new() -> Self {
        Self {
            compressors: [
                Compressor::new("C-101", [7.1, 7.7], true),
                Compressor::new("C-102", [6.75, 7.35], false),
            ],
            receiver_bar: 7.3,
            total_m3: [0.0; 2],
        }
    }

    /// `line_m3_min` is what the line takes.
    pub(super) fn step(&mut self, line_m3_min: f64, now: &Now<'_>) {
        for compressor in &mut self.compressors {
            compressor.step(self.receiver_bar, now);
        }
        let made: f64 = self
            .compressors
            .iter()
            .map(|compressor| compressor.flow_m3_min)
            .sum();
        let p_abs = self.receiver_bar + ATMOSPHERE_BAR;
        let leak = LEAK_M3_MIN * now.faults.severity(Kind::Leak, RECEIVER) * p_abs / 8.4;
        // Cylinders and nozzles take less of thinner air, and none without pressure.
        let pressed = (self.receiver_bar / 7.0).clamp(0.0, 1.2);
        let taken = (IDLE_M3_MIN + line_m3_min) * pressed + leak * (self.receiver_bar / 0.3).clamp(0.0, 1.0);
        let minutes = now.dt_secs / 60.0;
        self.receiver_bar += (made - taken) * ATMOSPHERE_BAR / RECEIVER_M3 * minutes;
        self.total_m3[0] += made * minutes;
        self.total_m3[1] += taken * minutes;
    }

    pub(super) fn powers_kw(&self) -> [(&'static str, f64); 2] {
        self.compressors
            .each_ref()
            .map(|compressor| (compressor.id, compressor.power_kw))
    }

    /// Heat of compression that the cooling water takes from the oil: most of the power (CAGI).
    pub(super) fn oil_heat_kw(&self) -> f64 {
        0.72 * self
            .compressors
            .iter()
            .map(|compressor| compressor.power_kw)
            .sum::<f64>()
    }

    /// Free air in the receiver, in m³.
    #[cfg(test)]
    pub(super) fn stored_m3(&self) -> f64 {
        self.receiver_bar * RECEIVER_M3 / ATMOSPHERE_BAR
    }

    pub(super) fn report(&self, board: &mut Board) {
        for compressor in &self.compressors {
            compressor.report(board);
        }
        board.of(RECEIVER).set("pressure_bar", self.receiver_bar);
    }
}
