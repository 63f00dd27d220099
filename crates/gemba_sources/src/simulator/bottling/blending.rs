//! Treated water, syrup, and the mixers: blended to Brix by ratio.
//!
//! The water's flow follows the mixers' level; the syrup's follows the water's in the ratio that gives the wanted Brix,
//! trimmed by what the mixers' refractometers read. °Brix is sugar in percent of mass; volumes are taken as additive.

use super::{
    Now,
    board::Board,
    pump::{self, CentrifugalPump, Suction},
    tank::Tank,
    valve::ControlValve,
};
use crate::simulator::{
    controller::{Pi, lag},
    hydraulics::PumpCurve,
};

/// Of the lemonade and of the syrup, and density in kg/m³ of syrup and water.
const BRIX: f64 = 10.2;
const SYRUP_BRIX: f64 = 60.0;
const SYRUP_KG_M3: f64 = 1_286.0;
const WATER_KG_M3: f64 = 998.0;
const MIXER_M3: f64 = 8.0;
const LEVEL_PCT: f64 = 62.0;
/// What the water treatment gives to one tank, in m³/h.
const TREATED_M3_H: f64 = 11.0;
const AGITATOR_RPM: f64 = 58.0;

const WATER: PumpCurve = PumpCurve {
    nominal_rpm: 2_950.0,
    shut_off_head_m: 42.0,
    loss: 0.042,
    best_m3_h: 12.5,
    best_efficiency: 0.68,
    idle_kw: 0.3,
};
const SYRUP: PumpCurve = PumpCurve {
    nominal_rpm: 2_950.0,
    shut_off_head_m: 30.0,
    loss: 1.05,
    best_m3_h: 2.1,
    best_efficiency: 0.48,
    idle_kw: 0.12,
};

#[derive(Clone, Debug)]
struct Mixer {
    id: &'static str,
    volume_m3: f64,
    mass_kg: f64,
    sugar_kg: f64,
    celsius: f64,
    speed_rpm: f64,
}

impl Mixer {
    fn new(id: &'static str, level_pct: f64) -> Self {
        let volume_m3 = MIXER_M3 * level_pct / 100.0;
        let mass_kg = volume_m3 * 1_038.0;
        Self {
            id,
            volume_m3,
            mass_kg,
            sugar_kg: mass_kg * BRIX / 100.0,
            celsius: 18.0,
            speed_rpm: AGITATOR_RPM,
        }
    }

    fn level_pct(&self) -> f64 {
        self.volume_m3 / MIXER_M3 * 100.0
    }

    fn brix(&self) -> f64 {
        self.sugar_kg / self.mass_kg.max(1.0) * 100.0
    }

    /// Takes water and syrup in m³ and gives `out_m3` of the mixture.
    fn step(&mut self, water_m3: f64, syrup_m3: f64, returned: (f64, f64), out_m3: f64, dt_secs: f64) {
        let (returned_m3, returned_celsius) = returned;
        let share = out_m3 / self.volume_m3.max(1e-6);
        let (out_kg, out_sugar_kg) = (self.mass_kg * share, self.sugar_kg * share);
        // What the pasteuriser returns is of the same mixture.
        let returned_kg = returned_m3 * self.mass_kg / self.volume_m3.max(1e-6);
        let returned_sugar_kg = returned_kg * self.brix() / 100.0;
        let inflow_m3 = water_m3 + syrup_m3 + returned_m3;
        let heat = (water_m3 + syrup_m3) * 18.0 + returned_m3 * returned_celsius;
        let mixed_m3 = (self.volume_m3 + inflow_m3).max(1e-6);
        self.celsius = (self.celsius * self.volume_m3 + heat) / mixed_m3;
        self.volume_m3 += inflow_m3 - out_m3;
        self.mass_kg += water_m3 * WATER_KG_M3 + syrup_m3 * SYRUP_KG_M3 + returned_kg - out_kg;
        self.sugar_kg += syrup_m3 * SYRUP_KG_M3 * SYRUP_BRIX / 100.0 + returned_sugar_kg - out_sugar_kg;
        // The agitator stops before it beats the surface.
        let wanted = if self.level_pct() > 18.0 {
            AGITATOR_RPM
        } else {
            0.0
        };
        self.speed_rpm = lag(self.speed_rpm, wanted, 3.0, dt_secs);
    }

    fn torque_pct(&self) -> f64 {
        (self.speed_rpm / AGITATOR_RPM).powi(2) * (22.0 + 0.25 * self.level_pct() + 1.1 * self.brix())
    }

    fn power_kw(&self) -> f64 {
        2.2 * self.torque_pct() / 100.0 * self.speed_rpm / AGITATOR_RPM
    }

    fn report(&self, board: &mut Board) {
        // PackML's execute and idle.
        let state = if self.speed_rpm > 1.0 { 6.0 } else { 4.0 };
        board
            .of(self.id)
            .set("speed_rpm", self.speed_rpm)
            .set("level_pct", self.level_pct())
            .set("brix", self.brix())
            .set("temperature_c", self.celsius)
            .set("torque_pct", self.torque_pct())
            .set("state", state);
    }
}

#[derive(Clone, Debug)]
pub(super) struct Blending {
    water_tanks: [Tank; 2],
    is_filling: [bool; 2],
    syrup: Tank,
    concentrate: Tank,
    is_refilling: [bool; 2],
    pub(super) pumps: [CentrifugalPump; 1],
    pub(super) syrup_pumps: [CentrifugalPump; 1],
    mixers: [Mixer; 2],
    water_valve: ControlValve,
    syrup_valve: ControlValve,
    level_control: Pi,
    water_control: Pi,
    syrup_control: Pi,
    brix_trim: Pi,
    /// Out of each water tank.
    drawn_m3_h: [f64; 2],
    water_m3_h: f64,
    syrup_m3_h: f64,
    water_totaliser_m3: f64,
    pub(super) treated_m3_h: f64,
    /// Water and syrup that came in, mixture that went out and came back, since the start, in m³.
    pub(super) total_m3: [f64; 4],
}

impl Blending {
    pub(super) fn new() -> Self {
        let tank = |id, capacity, level| Tank::new(id, capacity, 4.0, level, 18.0);
        Self {
            water_tanks: [tank("TK-201", 30.0, 68.0), tank("TK-202", 30.0, 57.0)],
            is_filling: [false, true],
            syrup: Tank::new("TK-211", 6.0, 3.0, 66.0, 20.0),
            concentrate: Tank::new("TK-212", 20.0, 4.5, 71.0, 20.0),
            is_refilling: [false; 2],
            pumps: [CentrifugalPump::new("P-201", WATER, 3.0, true)],
            syrup_pumps: [CentrifugalPump::new("P-211", SYRUP, 2.4, true)],
            mixers: [Mixer::new("M-201", 64.0), Mixer::new("M-202", 60.0)],
            water_valve: ControlValve::at("FCV-211", 60.0),
            syrup_valve: ControlValve::at("FCV-212", 60.0),
            level_control: Pi::new(0.35, 900.0, [0.0, 17.0], 10.4),
            water_control: Pi::new(1.6, 6.0, [0.0, 100.0], 60.0),
            syrup_control: Pi::new(9.0, 6.0, [0.0, 100.0], 60.0),
            brix_trim: Pi::new(0.08, 400.0, [-0.25, 0.25], 0.0),
            drawn_m3_h: [5.2; 2],
            water_m3_h: 10.4,
            syrup_m3_h: 1.65,
            water_totaliser_m3: 0.0,
            treated_m3_h: 0.0,
            total_m3: [0.0; 4],
        }
    }

    /// Liquid over the pump that sucks from the mixers, in metres.
    pub(super) fn mixer_level_m(&self) -> f64 {
        2.4 * (self.mixers[0].level_pct() + self.mixers[1].level_pct()) / 200.0
    }

    pub(super) fn celsius(&self) -> f64 {
        0.5 * (self.mixers[0].celsius + self.mixers[1].celsius)
    }

    /// What can be drawn from the mixers, at most `wanted_m3_h`.
    pub(super) fn available_m3_h(&self, wanted_m3_h: f64, dt_secs: f64) -> f64 {
        let left_m3: f64 = self
            .mixers
            .iter()
            .map(|mixer| (mixer.volume_m3 - 0.05).max(0.0))
            .sum();
        wanted_m3_h.min(left_m3 * 3_600.0 / dt_secs)
    }

    /// `out_m3_h` is drawn from the mixers; `returned` comes back from the pasteuriser, in m³/h and °C.
    pub(super) fn step(&mut self, out_m3_h: f64, returned: (f64, f64), now: &Now<'_>) {
        self.supply(now);
        self.dose(now);
        let hours = now.dt_secs / 3_600.0;
        let levels = self.mixers.each_ref().map(Mixer::level_pct);
        // The emptier mixer takes more, the fuller one gives more.
        let bias = ((levels[0] - levels[1]) / 40.0).clamp(-0.5, 0.5);
        let volumes = self
            .mixers
            .each_ref()
            .map(|mixer| (mixer.volume_m3 - 0.05).max(0.0));
        let all = (volumes[0] + volumes[1]).max(1e-9);
        for (k, mixer) in self.mixers.iter_mut().enumerate() {
            let into = 0.5 + if k == 0 { -bias } else { bias };
            let parts = [self.water_m3_h, self.syrup_m3_h, returned.0].map(|m3_h| m3_h * into * hours);
            let out_m3 = out_m3_h * hours * volumes[k] / all;
            mixer.step(parts[0], parts[1], (parts[2], returned.1), out_m3, now.dt_secs);
        }
        let moved = [self.water_m3_h, self.syrup_m3_h, out_m3_h, returned.0];
        for (total, m3_h) in self.total_m3.iter_mut().zip(moved) {
            *total += m3_h * hours;
        }
    }

    fn supply(&mut self, now: &Now<'_>) {
        self.treated_m3_h = 0.0;
        let tanks = self.water_tanks.iter_mut().zip(&mut self.is_filling);
        for ((tank, is_filling), drawn) in tanks.zip(self.drawn_m3_h) {
            *is_filling = tank.sensed_pct(now) < if *is_filling { 80.0 } else { 55.0 };
            let inflow = if *is_filling { TREATED_M3_H } else { 0.0 };
            self.treated_m3_h += inflow;
            tank.step(inflow, 18.0, drawn, now);
        }
        self.water_totaliser_m3 += self.water_m3_h * now.dt_secs / 3_600.0;
        // Concentrate tops up the syrup; a tanker fills the concentrate.
        let [tops_up, is_delivering] = &mut self.is_refilling;
        *tops_up = self.syrup.sensed_pct(now) < if *tops_up { 80.0 } else { 45.0 };
        let topped = if *tops_up {
            self.concentrate.available_m3_h(5.0, now.dt_secs)
        } else {
            0.0
        };
        self.syrup.step(topped, 20.0, self.syrup_m3_h, now);
        *is_delivering = self.concentrate.sensed_pct(now) < if *is_delivering { 84.0 } else { 34.0 };
        let delivered = if *is_delivering { 14.0 } else { 0.0 };
        self.concentrate.step(delivered, 20.0, topped, now);
    }

    fn dose(&mut self, now: &Now<'_>) {
        let dt = now.dt_secs;
        let level = self
            .mixers
            .iter()
            .map(|mixer| now.board.sense(mixer.id, "level_pct", mixer.level_pct()))
            .sum::<f64>()
            / 2.0;
        // Full mixers take nothing more, wherever the valves stand.
        let is_full = self.mixers.iter().any(|mixer| mixer.level_pct() > 97.0);
        let wanted = self.level_control.step(LEVEL_PCT - level, dt);
        let command = self.water_control.step(wanted - self.water_m3_h, dt);
        self.water_valve.step(command, now);
        let level_m = self.water_tanks[0].level_m().max(self.water_tanks[1].level_m());
        let loss = 0.05 + self.water_valve.loss(0.0135);
        let flow = pump::deliver(
            &mut self.pumps,
            2_920.0,
            (3.0, loss),
            Suction::open(0.5 + level_m),
            now,
        );
        let wanted = if is_full { 0.0 } else { flow / 2.0 };
        self.drawn_m3_h = self
            .water_tanks
            .each_ref()
            .map(|tank| tank.available_m3_h(wanted, dt));
        self.water_m3_h = self.drawn_m3_h[0] + self.drawn_m3_h[1];
        self.water_valve.flow_m3_h = self.water_m3_h;

        let brix = self
            .mixers
            .iter()
            .map(|mixer| now.board.sense(mixer.id, "brix", mixer.brix()))
            .sum::<f64>()
            / 2.0;
        let trim = self.brix_trim.step(BRIX - brix, dt);
        let measured = now.board.sense("FT-201", "flow_m3_h", self.water_m3_h);
        let wanted = measured * syrup_ratio() * (1.0 + trim);
        let command = self.syrup_control.step(wanted - self.syrup_m3_h, dt);
        self.syrup_valve.step(command, now);
        let loss = 1.0 + self.syrup_valve.loss(0.45);
        let suction = Suction::open(0.5 + self.syrup.level_m());
        let flow = pump::deliver(&mut self.syrup_pumps, 2_920.0, (2.0, loss), suction, now);
        let drawn = self.syrup.available_m3_h(flow, dt);
        // An interlock shuts the syrup off where no water comes.
        self.syrup_m3_h = if is_full || self.water_m3_h < 0.3 {
            0.0
        } else {
            drawn
        };
        self.syrup_valve.flow_m3_h = self.syrup_m3_h;
    }

    pub(super) fn powers_kw(&self) -> [(&'static str, f64); 2] {
        self.mixers.each_ref().map(|mixer| (mixer.id, mixer.power_kw()))
    }

    /// What is in the mixers, in m³.
    #[cfg(test)]
    pub(super) fn mixed_m3(&self) -> f64 {
        self.mixers.iter().map(|mixer| mixer.volume_m3).sum()
    }

    pub(super) fn report(&self, board: &mut Board) {
        let tanks = self.water_tanks.iter().chain([&self.syrup, &self.concentrate]);
        tanks.for_each(|tank| tank.report(board));
        let pumps = self.pumps.iter().chain(&self.syrup_pumps);
        pumps.for_each(|pump| pump.report(board));
        self.water_valve.report(board);
        self.syrup_valve.report(board);
        self.mixers.iter().for_each(|mixer| mixer.report(board));
        board
            .of("FT-201")
            .set("flow_m3_h", self.water_m3_h)
            .set("totaliser_m3", self.water_totaliser_m3);
    }
}

/// Syrup per water, by volume, that gives [`BRIX`]: sugar over mass solved for the ratio.
fn syrup_ratio() -> f64 {
    let part = BRIX / 100.0;
    part * WATER_KG_M3 / (SYRUP_KG_M3 * (SYRUP_BRIX / 100.0 - part))
}
