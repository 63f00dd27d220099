//! Pasteurisation: pumps in series, cooler, heater, holding tube, divert valve, sterile tanks, and the feed of the filler.
//!
//! - Pasteurisation units: PU = t·10^((T − 60)/6.94), t in minutes: 1.393^(T − 60) of Del Vecchio et al. (1951).
//! - The holding tube is thirty stirred tanks in a row, which has the residence times of turbulent flow (Levenspiel, Chemical
//!   Reaction Engineering, 14): what is heated now is measured half a minute later.
//! - What has been held preheats what comes (regenerator of the skid), so the heater only adds the last few kelvin.
//! - Too cold or too few units divert the product back to the mixers until it has been right for a while.

use super::{
    Now,
    blending::Blending,
    board::Board,
    exchanger::Exchanger,
    pump::{self, CentrifugalPump, M_PER_BAR, Suction},
    tank::Tank,
    valve::ControlValve,
};
use crate::simulator::{
    controller::{Pi, lag, slew},
    hydraulics::PumpCurve,
};

const SKID: &str = "PA-201";
const HOLD_CELSIUS: f64 = 73.6;
/// The product is diverted below this temperature or these units, and let through again above that temperature.
const DIVERT_CELSIUS: f64 = 71.2;
const FORWARD_CELSIUS: f64 = 72.4;
const LEAST_UNITS: f64 = 15.0;
const FORWARD_AFTER_SECS: f64 = 20.0;
const TUBE_M3: f64 = 0.105;
const CELLS: usize = 30;
const REGENERATOR: f64 = 0.90;
/// Hot-water circuit of the heater: flow in m³/h, and what it takes to warm by 1 K, in kJ.
const HOT_M3_H: f64 = 14.0;
const HOT_KJ_PER_K: f64 = 1_250.0;
/// Steam through the open TCV-221 in kg/s, what condensing it gives in kJ/kg, and what the skid takes besides in kg/s.
const STEAM_KG_S: f64 = 0.11;
const CONDENSING_KJ_KG: f64 = 2_250.0;
const SKID_KG_S: f64 = 0.012;
const LEVEL_PCT: f64 = 62.0;

const TRANSFER: PumpCurve = PumpCurve {
    nominal_rpm: 2_950.0,
    shut_off_head_m: 26.0,
    loss: 0.03,
    best_m3_h: 12.5,
    best_efficiency: 0.67,
    idle_kw: 0.2,
};
const FEED: PumpCurve = PumpCurve {
    shut_off_head_m: 48.0,
    loss: 0.047,
    best_efficiency: 0.66,
    idle_kw: 0.35,
    ..TRANSFER
};
const FILLER_FEED: PumpCurve = PumpCurve {
    shut_off_head_m: 34.0,
    ..TRANSFER
};

#[derive(Clone, Debug)]
pub(super) struct Pasteur {
    pub(super) transfer: CentrifugalPump,
    pub(super) feed: CentrifugalPump,
    pub(super) filler_feed: [CentrifugalPump; 1],
    cooler: Exchanger,
    heater: Exchanger,
    level_valve: ControlValve,
    steam_valve: ControlValve,
    divert_valve: ControlValve,
    bowl_valve: ControlValve,
    sterile: [Tank; 2],
    flow_control: Pi,
    steam_control: Pi,
    bowl_control: Pi,
    bowl_command_pct: f64,
    hot_celsius: f64,
    tube_celsius: [f64; CELLS],
    outlet_celsius: f64,
    units: f64,
    is_diverting: bool,
    fit_secs: f64,
    flow_m3_h: f64,
    to_bowl_m3_h: f64,
    totalisers_m3: [f64; 2],
    /// Steam that heater and skid take, in kg/s.
    pub(super) steam_kg_s: f64,
    /// Into the sterile tanks and out of them since the start, in m³.
    pub(super) total_m3: [f64; 2],
}

impl Pasteur {
    pub(super) fn new() -> Self {
        let pump = |id, curve| CentrifugalPump::new(id, curve, 2.6, true);
        Self {
            transfer: pump("P-212", TRANSFER),
            feed: pump("P-221", FEED),
            filler_feed: [pump("P-222", FILLER_FEED)],
            cooler: Exchanger::new("HX-201", 31.0, 330.0),
            heater: Exchanger::new("HX-202", 17.0, 390.0),
            level_valve: ControlValve::at("LCV-223", 60.0),
            steam_valve: ControlValve::at("TCV-221", 38.0),
            divert_valve: ControlValve::at("FCV-222", 100.0),
            bowl_valve: ControlValve::at("LCV-301", 60.0),
            sterile: [
                Tank::new("TK-221", 18.0, 4.0, 63.0, 16.0),
                Tank::new("TK-222", 18.0, 4.0, 61.0, 16.0),
            ],
            flow_control: Pi::new(0.5, 900.0, [20.0, 80.0], 60.0),
            steam_control: Pi::new(3.0, 40.0, [0.0, 100.0], 38.0),
            bowl_control: Pi::new(0.5, 60.0, [-25.0, 25.0], 0.0),
            bowl_command_pct: 60.0,
            hot_celsius: 84.0,
            tube_celsius: [HOLD_CELSIUS; CELLS],
            outlet_celsius: 16.4,
            units: 45.0,
            is_diverting: false,
            fit_secs: FORWARD_AFTER_SECS,
            flow_m3_h: 12.0,
            to_bowl_m3_h: 12.0,
            totalisers_m3: [0.0; 2],
            steam_kg_s: 0.05,
            total_m3: [0.0; 2],
        }
    }

    /// What HX-201 cools the product to, and the heat that it takes from it, in kW.
    pub(super) fn cooled(&self) -> (f64, f64) {
        let sensed = self.cooler.duty.hot_out_celsius;
        (sensed, self.cooler.duty.kw)
    }

    /// Draws from the mixers and gives back what is diverted.
    pub(super) fn step(
        &mut self,
        blending: &mut Blending,
        chilled: (f64, f64),
        steam_bar: f64,
        now: &Now<'_>,
    ) {
        let flow = blending.available_m3_h(self.pump_through(blending.mixer_level_m(), now), now.dt_secs);
        self.flow_m3_h = flow;
        self.cooler
            .exchange((flow, blending.celsius()), chilled, flow, now);
        self.heat(steam_bar, now);
        self.judge(now);
        let forward = flow * self.divert_valve.position_pct() / 100.0;
        self.divert_valve.flow_m3_h = forward;
        self.level_valve.flow_m3_h = flow;
        blending.step(flow, (flow - forward, self.outlet_celsius), now);
        self.store(forward, now);
        let hours = now.dt_secs / 3_600.0;
        self.totalisers_m3[0] += flow * hours;
    }

    /// P-212 and P-221 in series: heads add, the flow is the same. Closed form, since all losses are parabolas.
    fn pump_through(&mut self, mixer_level_m: f64, now: &Now<'_>) -> f64 {
        let level = 0.5 * (self.sterile[0].sensed_pct(now) + self.sterile[1].sensed_pct(now));
        let command = self.flow_control.step(LEVEL_PCT - level, now.dt_secs);
        self.level_valve.step(command, now);
        for pump in [&mut self.transfer, &mut self.feed] {
            pump.is_called = true;
            pump.drive(2_920.0, now.dt_secs);
        }
        let (first, second) = (
            self.transfer.shut_off_and_loss(now),
            self.feed.shut_off_and_loss(now),
        );
        let pipes = 0.035 + self.cooler.loss(now) + self.heater.loss(now);
        let loss = first.1 + second.1 + pipes + self.level_valve.loss(0.0187);
        let driving_m = first.0 + second.0 - 8.0;
        let flow = pump::inert(self.feed.flow_m3_h, (driving_m.max(0.0) / loss).sqrt(), now);
        let first_m = (first.0 - self.transfer.curve.loss * flow.powi(2)).max(0.0);
        let second_m = (second.0 - self.feed.curve.loss * flow.powi(2)).max(0.0);
        self.transfer
            .settle(flow, first_m, Suction::open(0.8 + mixer_level_m), now);
        let between = Suction {
            gauge_bar: (self.transfer.discharge_bar - 0.003 * flow.powi(2) / M_PER_BAR).max(-0.9),
            ..Suction::open(0.0)
        };
        self.feed.settle(flow, second_m, between, now);
        flow
    }

    fn heat(&mut self, steam_bar: f64, now: &Now<'_>) {
        let dt = now.dt_secs;
        let flow = self.flow_m3_h;
        let held = self.tube_celsius[CELLS - 1];
        let cold = self.cooler.duty.hot_out_celsius;
        let preheated = cold + REGENERATOR * (held - cold);
        self.outlet_celsius = lag(self.outlet_celsius, held - REGENERATOR * (held - cold), 6.0, dt);
        self.heater
            .exchange((HOT_M3_H, self.hot_celsius), (flow, preheated), flow, now);
        let heated = self.heater.duty.cold_out_celsius;
        // Feed-forward by flow and feedback by the heater's outlet.
        let command = self.steam_control.step(HOLD_CELSIUS - heated, dt);
        self.steam_valve
            .step(command * (flow / 12.0).clamp(0.05, 1.3), now);
        let pressed = (steam_bar / 10.5).clamp(0.0, 1.2);
        let heating_kg_s = STEAM_KG_S * self.steam_valve.position_pct() / 100.0 * pressed;
        self.steam_valve.flow_m3_h = heating_kg_s * 3_600.0 * 0.177;
        self.steam_kg_s = heating_kg_s + SKID_KG_S * pressed;
        let gained_kw =
            heating_kg_s * CONDENSING_KJ_KG - self.heater.duty.kw - 0.02 * (self.hot_celsius - 20.0);
        self.hot_celsius = (self.hot_celsius + gained_kw * dt / HOT_KJ_PER_K).min(115.0);
        let share = (flow / 3_600.0 * dt / (TUBE_M3 / CELLS as f64)).min(1.0);
        let mut inflow = heated;
        for cell in &mut self.tube_celsius {
            let before = *cell;
            *cell += (inflow - *cell) * share;
            // What stands in the tube cools slowly.
            *cell += (24.0 - *cell) * dt / 4_000.0;
            inflow = before;
        }
    }

    fn judge(&mut self, now: &Now<'_>) {
        let held = self.tube_celsius[CELLS - 1];
        let sensed = now.board.sense(SKID, "hold_c", held);
        let minutes = TUBE_M3 / self.flow_m3_h.max(0.5) * 60.0;
        self.units = (minutes * 10_f64.powf((sensed - 60.0) / 6.94)).min(999.0);
        let is_unfit = sensed < DIVERT_CELSIUS || self.units < LEAST_UNITS;
        let is_fit = sensed > FORWARD_CELSIUS && self.units > LEAST_UNITS + 3.0;
        self.fit_secs = if is_fit { self.fit_secs + now.dt_secs } else { 0.0 };
        self.is_diverting = if self.is_diverting {
            self.fit_secs < FORWARD_AFTER_SECS
        } else {
            is_unfit
        };
        self.divert_valve
            .step(if self.is_diverting { 0.0 } else { 100.0 }, now);
    }

    fn store(&mut self, forward_m3_h: f64, now: &Now<'_>) {
        let dt = now.dt_secs;
        let level_m = 0.5 * (self.sterile[0].level_m() + self.sterile[1].level_m());
        let loss = 0.04 + self.bowl_valve.loss(0.0086);
        let suction = Suction::open(0.6 + level_m);
        let flow = pump::deliver(&mut self.filler_feed, 2_900.0, (6.0, loss), suction, now);
        let drawn = self
            .sterile
            .each_ref()
            .map(|tank| tank.available_m3_h(flow / 2.0, dt));
        let hours = dt / 3_600.0;
        for (tank, out) in self.sterile.iter_mut().zip(drawn) {
            tank.step(forward_m3_h / 2.0, self.outlet_celsius, out, now);
        }
        self.to_bowl_m3_h = drawn[0] + drawn[1];
        self.bowl_valve.flow_m3_h = self.to_bowl_m3_h;
        self.totalisers_m3[1] += self.to_bowl_m3_h * hours;
        self.total_m3[0] += forward_m3_h * hours;
        self.total_m3[1] += self.to_bowl_m3_h * hours;
    }

    /// The filler's bowl asks for product: gives what came, in m³/h. The valve follows the filler's speed (0–1) at once and
    /// is trimmed by the level.
    pub(super) fn fill_bowl(&mut self, bowl_level_pct: f64, filler_speed: f64, now: &Now<'_>) -> f64 {
        let sensed = now.board.sense("FL-301", "bowl_level_pct", bowl_level_pct);
        let trim = self.bowl_control.step(super::BOWL_PCT - sensed, now.dt_secs);
        // An equal-percentage valve passes half the flow a fifth of its travel below.
        let forward = if filler_speed > 0.02 {
            62.0 + 20.4 * filler_speed.log2()
        } else {
            0.0
        };
        let wanted = (forward + trim).clamp(0.0, 100.0);
        // Slower than the actuator, so that only a valve that sticks deviates.
        self.bowl_command_pct = slew(self.bowl_command_pct, wanted, [7.0, 7.0], now.dt_secs);
        self.bowl_valve.step(self.bowl_command_pct, now);
        self.to_bowl_m3_h
    }

    /// What the sterile tanks hold, have leaked and have spilled, in m³.
    #[cfg(test)]
    pub(super) fn sterile_m3(&self) -> [f64; 3] {
        let sum = |of: fn(&Tank) -> f64| self.sterile.iter().map(of).sum::<f64>();
        [
            sum(|tank| tank.volume_m3),
            sum(|tank| tank.leaked_m3),
            sum(|tank| tank.spilled_m3),
        ]
    }

    /// The skid's controls and the pump of its hot water.
    pub(super) fn skid_kw(&self) -> f64 {
        1.1 + 0.9 * f64::from(u8::from(self.flow_m3_h > 0.5))
    }

    pub(super) fn report(&self, board: &mut Board) {
        for pump in [&self.transfer, &self.feed, &self.filler_feed[0]] {
            pump.report(board);
        }
        for valve in [
            &self.level_valve,
            &self.steam_valve,
            &self.divert_valve,
            &self.bowl_valve,
        ] {
            valve.report(board);
        }
        self.cooler.report(board);
        self.heater.report(board);
        self.sterile.iter().for_each(|tank| tank.report(board));
        // PackML's held while it diverts, execute while it gives.
        let state = if self.is_diverting { 11.0 } else { 6.0 };
        board
            .of(SKID)
            .set("hold_c", self.tube_celsius[CELLS - 1])
            .set("flow_m3_h", self.flow_m3_h)
            .set("pu", self.units)
            .set("divert", f64::from(u8::from(self.is_diverting)))
            .set("steam_valve_pct", self.steam_valve.position_pct())
            .set("outlet_c", self.outlet_celsius)
            .set("state", state);
        let meters = [("FT-211", self.flow_m3_h, 0), ("FT-221", self.to_bowl_m3_h, 1)];
        for (id, flow, k) in meters {
            board
                .of(id)
                .set("flow_m3_h", flow)
                .set("totaliser_m3", self.totalisers_m3[k]);
        }
    }
}
