//! The boiler house: drum boiler, feedwater tank and pumps.
//!
//! - Drum pressure: dp/dt = (ṁ_made − ṁ_taken) / C, with C the steam that the hot water stores per bar.
//! - Made: ṁ = η·Q_fuel / (h_steam − h_feedwater), enthalpies of IAPWS-IF97 at 11.5 bar, 250 °C and 102 °C.
//! - Drum level: water balance, with shrink and swell by the rate of pressure.
//! - Three-element feedwater: the flow follows the steam's, trimmed by the level.

use super::{
    Now,
    board::Board,
    pump::{self, ATMOSPHERE_BAR, CentrifugalPump, M_PER_BAR, Suction},
    tank::Tank,
};
use crate::simulator::{
    controller::{Pi, lag, slew},
    hydraulics::PumpCurve,
};

const BOILER: &str = "B-101";
const STEAM_BAR: f64 = 10.5;
/// The burner goes out above this.
const OUT_BAR: f64 = 11.1;
/// Gas heat at full fire, in kW, and its heating value in kWh/m³.
const FULL_FIRE_KW: f64 = 9_000.0;
const GAS_KWH_M3: f64 = 10.3;
/// What a kilogram of superheated steam has over its feedwater, in kJ: 2943 − 428.
const KJ_PER_KG: f64 = 2_515.0;
/// Steam stored per bar, in kg.
const KG_PER_BAR: f64 = 220.0;
/// Water per percent of level, in kg.
const KG_PER_PCT: f64 = 60.0;
/// What the level swells by when the pressure falls at 1 bar/s, in percent.
const SWELL_PCT: f64 = 60.0;
const LEVEL_PCT: f64 = 52.0;
/// m³/h of hot water in a kg/s.
const M3_H_PER_KG_S: f64 = 3_600.0 / 957.0;
/// Share of the steam that comes back as condensate.
const CONDENSATE: f64 = 0.86;

const FEED: PumpCurve = PumpCurve {
    nominal_rpm: 2_950.0,
    shut_off_head_m: 185.0,
    loss: 0.31,
    best_m3_h: 9.5,
    best_efficiency: 0.62,
    idle_kw: 0.8,
};

#[derive(Clone, Debug)]
pub(super) struct Steam {
    pub(super) pressure_bar: f64,
    water_kg: f64,
    burner_pct: f64,
    is_lit: bool,
    flue_celsius: f64,
    pressure_rate: f64,
    pub(super) made_kg_s: f64,
    pub(super) taken_kg_s: f64,
    condensate_kg_s: f64,
    pressure_control: Pi,
    level_control: Pi,
    flow_control: Pi,
    makeup_control: Pi,
    pub(super) makeup_m3_h: f64,
    feedwater: Tank,
    pub(super) pumps: [CentrifugalPump; 2],
    /// Kilograms since the start: made, taken, fed, and gas burnt in m³.
    pub(super) total: [f64; 4],
}

impl Steam {
    pub(super) fn new() -> Self {
        Self {
            pressure_bar: STEAM_BAR,
            water_kg: LEVEL_PCT * KG_PER_PCT,
            burner_pct: 70.0,
            is_lit: true,
            flue_celsius: 195.0,
            pressure_rate: 0.0,
            made_kg_s: 2.2,
            taken_kg_s: 2.2,
            condensate_kg_s: 1.9,
            pressure_control: Pi::new(45.0, 70.0, [8.0, 100.0], 66.0),
            level_control: Pi::new(0.04, 240.0, [-0.7, 0.7], 0.0),
            flow_control: Pi::new(14.0, 5.0, [1_200.0, 3_020.0], 2_750.0),
            makeup_control: Pi::new(0.25, 600.0, [0.0, 6.0], 1.2),
            makeup_m3_h: 1.2,
            feedwater: Tank::new("TK-110", 14.0, 2.6, 66.0, 101.0),
            pumps: [
                CentrifugalPump::new("P-111", FEED, 2.2, true),
                CentrifugalPump::new("P-112", FEED, 2.2, false),
            ],
            total: [0.0; 4],
        }
    }

    /// `taken_kg_s` is what turbine and process take.
    pub(super) fn step(&mut self, taken_kg_s: f64, now: &Now<'_>) {
        self.taken_kg_s = taken_kg_s;
        self.fire(now);
        let fed_kg_s = self.feed(now);
        self.water_kg = (self.water_kg + (fed_kg_s - self.made_kg_s) * now.dt_secs).max(0.0);
        let rate = (self.made_kg_s - taken_kg_s) / KG_PER_BAR;
        self.pressure_bar += rate * now.dt_secs;
        self.pressure_rate = lag(self.pressure_rate, rate, 4.0, now.dt_secs);
        let moved = [self.made_kg_s, taken_kg_s, fed_kg_s, self.gas_m3_h() / 3_600.0];
        for (total, rate) in self.total.iter_mut().zip(moved) {
            *total += rate * now.dt_secs;
        }
    }

    fn fire(&mut self, now: &Now<'_>) {
        let pressure = now.board.sense(BOILER, "steam_bar", self.pressure_bar);
        let wanted = self.pressure_control.step(STEAM_BAR - pressure, now.dt_secs);
        // Least fire still makes more than the process alone takes: then the burner goes out for a while. Without water it
        // does not burn at all.
        self.is_lit = pressure < if self.is_lit { OUT_BAR } else { STEAM_BAR - 0.2 };
        let is_safe = self.level_pct() > 18.0;
        let wanted = if self.is_lit && is_safe { wanted } else { 0.0 };
        self.burner_pct = slew(self.burner_pct, wanted, [2.5, 4.0], now.dt_secs);
        let fuel_kw = FULL_FIRE_KW * self.burner_pct / 100.0;
        let made = fuel_kw * self.efficiency() / KJ_PER_KG;
        self.made_kg_s = lag(self.made_kg_s, made, 9.0, now.dt_secs);
        let flue = 120.0 + 112.0 * (self.burner_pct / 100.0);
        self.flue_celsius = lag(self.flue_celsius, flue, 45.0, now.dt_secs);
    }

    /// The flue takes more at full fire.
    fn efficiency(&self) -> f64 {
        0.935 - 0.035 * self.burner_pct / 100.0
    }

    fn feed(&mut self, now: &Now<'_>) -> f64 {
        let level = now.board.sense(BOILER, "drum_level_pct", self.level_pct());
        let wanted_kg_s = self.taken_kg_s + self.level_control.step(LEVEL_PCT - level, now.dt_secs);
        let flow: f64 = self.pumps.iter().map(|pump| pump.flow_m3_h).sum();
        let demand_rpm = self
            .flow_control
            .step(wanted_kg_s.max(0.0) * M3_H_PER_KG_S - flow, now.dt_secs);
        pump::call(&mut self.pumps, 1);
        let tank = &self.feedwater;
        // The tank floats on low-pressure steam: its water is about to boil, only its height keeps the pumps from it.
        let vapour_bar = vapour_bar(tank.celsius);
        let suction = Suction {
            gauge_bar: (vapour_bar - ATMOSPHERE_BAR).max(0.0),
            level_m: 4.0 + tank.level_m(),
            vapour_bar,
        };
        let static_m = self.pressure_bar * M_PER_BAR / 0.957 + 2.0 - suction.gauge_bar * M_PER_BAR;
        let flow = pump::deliver(&mut self.pumps, demand_rpm, (static_m, 0.1), suction, now);
        let fed_m3_h = tank.available_m3_h(flow, now.dt_secs);

        self.condensate_kg_s = lag(
            self.condensate_kg_s,
            CONDENSATE * self.taken_kg_s,
            40.0,
            now.dt_secs,
        );
        let error = 66.0 - self.feedwater.sensed_pct(now);
        self.makeup_m3_h = self.makeup_control.step(error, now.dt_secs);
        let condensate_m3_h = self.condensate_kg_s * M3_H_PER_KG_S;
        let inflow = condensate_m3_h + self.makeup_m3_h;
        // Steam of the deaerator brings the cold make-up to the boil.
        self.feedwater.step(inflow, 101.0, fed_m3_h, now);
        fed_m3_h / M3_H_PER_KG_S
    }

    fn level_pct(&self) -> f64 {
        (self.water_kg / KG_PER_PCT - SWELL_PCT * self.pressure_rate).clamp(0.0, 100.0)
    }

    pub(super) fn gas_m3_h(&self) -> f64 {
        FULL_FIRE_KW * self.burner_pct / 100.0 / GAS_KWH_M3
    }

    /// Burner fan and controls.
    pub(super) fn fan_kw(&self) -> f64 {
        2.0 + 16.0 * (self.burner_pct / 100.0).powi(2)
    }

    /// Steam and water that the boiler holds, in kg.
    #[cfg(test)]
    pub(super) fn stored_kg(&self) -> [f64; 2] {
        [self.pressure_bar * KG_PER_BAR, self.water_kg]
    }

    pub(super) fn report(&self, board: &mut Board) {
        board
            .of(BOILER)
            .set("steam_bar", self.pressure_bar)
            .set("steam_flow_t_h", self.taken_kg_s * 3.6)
            .set("drum_level_pct", self.level_pct())
            .set("burner_pct", self.burner_pct)
            .set("flue_gas_c", self.flue_celsius)
            .set("gas_m3_h", self.gas_m3_h());
        self.feedwater.report(board);
        self.pumps.iter().for_each(|pump| pump.report(board));
    }
}

/// Vapour pressure of water, absolute, by Antoine's equation up to 100 °C (NIST Chemistry WebBook).
fn vapour_bar(celsius: f64) -> f64 {
    10_f64.powf(4.654_3 - 1_435.264 / (celsius + 273.15 - 64.848))
}
