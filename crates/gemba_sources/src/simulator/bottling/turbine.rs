//! The back-pressure turbine with its generator, and the steam valve before it.
//!
//! - Steam: ṁ = K·g·p₁ through the governor valve (choked nozzles), and through FCV-115 before it by Stodola's ellipse
//!   ṁ = C·x·√(p_b² − p₁²), so p₁ = p_b·Cx/√((Cx)² + (Kg)²).
//! - Work: η·c_p·T₁·(1 − (p₂/p₁)^((κ−1)/κ)) per kilogram, superheated steam as a gas of κ = 1.3 (Traupel, Thermische
//!   Turbomaschinen).
//! - Rotor: J·ω·dω/dt = P_steam − P_loss − P_generator. On the grid the speed is the grid's, and the governor adds its
//!   droop: 5 % of frequency is 100 % of valve.
//! - Bearings are 6319 (8 balls of 33.3 mm on 147.5 mm): an outer race sounds at BPFO = Z/2·f·(1 − d/D) = 3.10·f
//!   (Randall & Antoni 2011), 155 Hz here. The amplitude of that band is `vib_bpfo_mm_s`.

use super::{Now, board::Board, faults::Kind, pump::ATMOSPHERE_BAR, valve::ControlValve};
use crate::simulator::{
    controller::{Pi, lag, slew},
    noise::Noise,
};

const TURBINE: &str = "TG-101";
const NOMINAL_RPM: f64 = 3_000.0;
/// kg/s per bar of the open governor valve, and of the open FCV-115 on Stodola's ellipse.
const NOZZLES: f64 = 0.291;
const STEAM_VALVE: f64 = 0.93;
const INLET_BAR: f64 = 9.8;
const TARGET_KW: f64 = 430.0;
/// c_p·T₁ in kJ/kg at 250 °C, and (κ − 1)/κ.
const ENTHALPY_KJ_KG: f64 = 2.0 * 523.0;
const EXPONENT: f64 = 0.3 / 1.3;
const GENERATOR: f64 = 0.955;
/// Rotor of turbine and generator, in kg·m².
const INERTIA_KG_M2: f64 = 60.0;
/// Windage and bearings at nominal speed, in kW.
const LOSS_KW: f64 = 16.0;
const DROOP: f64 = 0.05;
/// First bending mode of the rotor, in r/min; it is passed on the way up and down.
const CRITICAL_RPM: f64 = 1_850.0;
const WORN_K: f64 = 48.0;
const WARMING_SECS: f64 = 60.0;
const TRIP_AFTER_SECS: f64 = 3.0;

/// Where the set is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    OnGrid,
    Tripped,
    RunningUp,
}

#[derive(Clone, Debug)]
pub(super) struct Turbine {
    noise: Noise,
    mode: Mode,
    grid_hz: f64,
    pub(super) speed_rpm: f64,
    governor: f64,
    load_control: Pi,
    speed_control: Pi,
    inlet_control: Pi,
    valve: ControlValve,
    inlet_bar: f64,
    exhaust_bar: f64,
    pub(super) steam_kg_s: f64,
    pub(super) power_kw: f64,
    /// Heat drop that became work, in kW; with `loss_kw` it makes the electrical power.
    pub(super) shaft_kw: f64,
    bearings_celsius: [f64; 4],
    vibrations_mm_s: [f64; 4],
    /// 1×, 2× and BPFO at the second bearing.
    spectrum_mm_s: [f64; 3],
    oil_celsius: f64,
    oil_bar: f64,
    over_limit_secs: f64,
}

impl Turbine {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            noise: Noise::named(seed, TURBINE),
            mode: Mode::OnGrid,
            grid_hz: 50.0,
            speed_rpm: NOMINAL_RPM,
            governor: 0.66,
            load_control: Pi::new(0.000_3, 12.0, [0.0, 1.0], 0.66),
            speed_control: Pi::new(0.000_8, 20.0, [0.0, 0.35], 0.05),
            inlet_control: Pi::new(9.0, 14.0, [5.0, 100.0], 60.0),
            valve: ControlValve::at("FCV-115", 60.0),
            inlet_bar: INLET_BAR,
            exhaust_bar: 1.2,
            steam_kg_s: 2.1,
            power_kw: TARGET_KW,
            shaft_kw: TARGET_KW,
            bearings_celsius: [63.0, 66.0, 58.0, 56.0],
            vibrations_mm_s: [1.6, 1.8, 1.4, 1.2],
            spectrum_mm_s: [1.5, 0.4, 0.1],
            oil_celsius: 46.0,
            oil_bar: 1.8,
            over_limit_secs: 0.0,
        }
    }

    pub(super) fn step(&mut self, boiler_bar: f64, now: &Now<'_>) {
        // The grid's frequency wanders back to 50 Hz (Ornstein–Uhlenbeck), by some 15 mHz as in the European grid.
        let dt = now.dt_secs;
        self.grid_hz += (50.0 - self.grid_hz) * dt / 40.0 + self.noise.around_zero(0.0035) * dt.sqrt();
        self.govern(now);
        self.expand(boiler_bar, now);
        self.turn(dt);
        self.wear(now);
        self.protect(now);
    }

    fn govern(&mut self, now: &Now<'_>) {
        let dt = now.dt_secs;
        let wanted = match self.mode {
            Mode::OnGrid => {
                let load = self.load_control.step(TARGET_KW - self.power_kw, dt);
                load - (self.grid_hz - 50.0) / 50.0 / DROOP
            }
            Mode::RunningUp => {
                // 12 r/min each second: through the critical speed, then gently to synchronism.
                let target = (self.speed_rpm + 40.0).min(NOMINAL_RPM * self.grid_hz / 50.0);
                self.speed_control.step(target - self.speed_rpm, dt)
            }
            Mode::Tripped => 0.0,
        };
        // The stop valve shuts within a third of a second.
        let close = if self.mode == Mode::Tripped { 3.0 } else { 0.25 };
        self.governor = slew(self.governor, wanted.clamp(0.0, 1.0), [0.06, close], dt);
        let inlet = now.board.sense(TURBINE, "inlet_bar", self.inlet_bar);
        let command = self.inlet_control.step(INLET_BAR - inlet, dt);
        self.valve.step(command, now);
    }

    fn expand(&mut self, boiler_bar: f64, now: &Now<'_>) {
        let boiler_abs = (boiler_bar + ATMOSPHERE_BAR).max(0.0);
        let through = STEAM_VALVE * self.valve.position_pct() / 100.0;
        let nozzles = NOZZLES * self.governor;
        let inlet_abs = boiler_abs * through / (through.powi(2) + nozzles.powi(2)).sqrt().max(1e-6);
        self.inlet_bar = lag(self.inlet_bar, inlet_abs - ATMOSPHERE_BAR, 0.7, now.dt_secs);
        self.steam_kg_s = nozzles * (self.inlet_bar + ATMOSPHERE_BAR).max(0.0);
        // Superheated steam has some 0.21 m³/kg here; it scales with pressure.
        self.valve.flow_m3_h = self.steam_kg_s * 3_600.0 * 0.21 * 11.5 / boiler_abs.max(0.5);
        let exhaust = 1.0 + 0.09 * self.steam_kg_s;
        self.exhaust_bar = lag(self.exhaust_bar, exhaust, 3.0, now.dt_secs);
        let ratio = (self.exhaust_bar + ATMOSPHERE_BAR) / (self.inlet_bar + ATMOSPHERE_BAR).max(0.1);
        let drop_kj_kg = ENTHALPY_KJ_KG * (1.0 - ratio.min(1.0).powf(EXPONENT));
        // Blades are best near nominal flow and speed.
        let load = self.steam_kg_s / 2.4;
        let speed = self.speed_rpm / NOMINAL_RPM;
        let efficiency = 0.73 * (1.0 - 0.3 * (1.0 - load).powi(2)) * (speed * (2.0 - speed)).max(0.0);
        self.shaft_kw = self.steam_kg_s * drop_kj_kg * efficiency;
    }

    fn turn(&mut self, dt_secs: f64) {
        let loss_kw = LOSS_KW * (self.speed_rpm / NOMINAL_RPM).powi(2);
        if self.mode == Mode::OnGrid {
            self.speed_rpm = lag(self.speed_rpm, NOMINAL_RPM * self.grid_hz / 50.0, 0.4, dt_secs);
            self.power_kw = (self.shaft_kw - loss_kw) * GENERATOR;
            return;
        }
        self.power_kw = 0.0;
        let omega = (self.speed_rpm * std::f64::consts::TAU / 60.0).max(3.0);
        // Dry friction stops it in the end.
        let torque_nm = (self.shaft_kw - loss_kw) * 1_000.0 / omega - 18.0;
        let gained = torque_nm / INERTIA_KG_M2 * dt_secs * 60.0 / std::f64::consts::TAU;
        self.speed_rpm = (self.speed_rpm + gained).max(0.0);
        if self.mode == Mode::RunningUp {
            // Below what the nozzles can be set to, the turning gear and warming steam bring it along.
            self.speed_rpm = (self.speed_rpm + 2.0 * dt_secs).min(3_040.0);
            if (self.speed_rpm - NOMINAL_RPM * self.grid_hz / 50.0).abs() < 3.0 {
                self.mode = Mode::OnGrid;
                self.load_control = Pi::new(0.000_3, 12.0, [0.0, 1.0], self.governor);
            }
        }
    }

    fn wear(&mut self, now: &Now<'_>) {
        let dt = now.dt_secs;
        let ratio = self.speed_rpm / NOMINAL_RPM;
        let shaft_oil_bar = 1.85 * ratio.powi(2);
        // The auxiliary pump starts where the shaft's own no longer suffices.
        self.oil_bar = lag(self.oil_bar, shaft_oil_bar.max(1.45), 1.5, dt);
        self.oil_celsius = lag(self.oil_celsius, 32.0 + 14.0 * ratio, 150.0, dt);
        let amplification = |rpm: f64| {
            let r = rpm / CRITICAL_RPM;
            r.powi(2) / ((1.0 - r.powi(2)).powi(2) + (0.24 * r).powi(2)).sqrt()
        };
        let resonance = amplification(self.speed_rpm) / amplification(NOMINAL_RPM);
        let base = [1.5, 1.75, 1.3, 1.1];
        let rises = [17.0, 20.0, 13.0, 11.0];
        for k in 0..4 {
            let worn = now.faults.wear(TURBINE, k as u8 + 1);
            let race = 0.12 + 6.6 * worn.powf(1.1);
            let [once, twice] = [base[k] * resonance, 0.26 * base[k] * (1.0 + worn)];
            let parts = [once, twice * ratio, race * ratio, 0.4 * ratio];
            let total = parts.iter().map(|part| part.powi(2)).sum::<f64>().sqrt();
            self.vibrations_mm_s[k] = lag(self.vibrations_mm_s[k], total, 0.8, dt);
            // What the other bearings do arrives at the second one's pick-up weakly.
            if k == 1 {
                let others = [1, 3, 4].map(|bearing| now.faults.wear(TURBINE, bearing));
                let heard = 0.2 * 6.6 * others.into_iter().fold(0.0, f64::max).powf(1.1) * ratio;
                let heard = [once, twice * ratio, race * ratio + heard];
                for (part, target) in self.spectrum_mm_s.iter_mut().zip(heard) {
                    *part = lag(*part, target, 0.8, dt);
                }
            }
            let advanced = ((worn - 0.35) / 0.65).max(0.0);
            let warm = self.oil_celsius + (rises[k] + WORN_K * advanced) * ratio.powi(2);
            self.bearings_celsius[k] = lag(self.bearings_celsius[k], warm, WARMING_SECS, dt);
        }
    }

    /// Overspeed, hot bearing, vibration or no oil shut the stop valve; it opens again when mended and cooled.
    fn protect(&mut self, now: &Now<'_>) {
        let sensed = |name, value| now.board.sense(TURBINE, name, value);
        let names = ["bearing_1_c", "bearing_2_c", "bearing_3_c", "bearing_4_c"];
        let hottest = names
            .into_iter()
            .zip(self.bearings_celsius)
            .map(|(name, celsius)| sensed(name, celsius))
            .fold(0.0, f64::max);
        // On the way through the critical speed the vibration's limit is raised, as machines of this kind do.
        let limit_mm_s = if self.mode == Mode::OnGrid { 7.1 } else { 18.0 };
        let worst = self.vibrations_mm_s.into_iter().fold(0.0, f64::max);
        let is_over = hottest > 95.0
            || worst > limit_mm_s
            || sensed("oil_bar", self.oil_bar) < 0.9
            || sensed("speed_rpm", self.speed_rpm) > 3_150.0;
        self.over_limit_secs = if is_over {
            self.over_limit_secs + now.dt_secs
        } else {
            0.0
        };
        if self.over_limit_secs > TRIP_AFTER_SECS {
            self.mode = Mode::Tripped;
        }
        let is_mended = now.faults.severity(Kind::BearingWear, TURBINE) == 0.0;
        if self.mode == Mode::Tripped && is_mended && !is_over && hottest < 80.0 {
            self.mode = Mode::RunningUp;
            self.speed_control = Pi::new(0.000_8, 20.0, [0.0, 0.35], 0.05);
        }
    }

    pub(super) fn is_on_grid(&self) -> bool {
        self.mode == Mode::OnGrid
    }

    pub(super) fn report(&self, board: &mut Board) {
        self.valve.report(board);
        let (celsius, vibration) = (self.bearings_celsius, self.vibrations_mm_s);
        board
            .of(TURBINE)
            .set("speed_rpm", self.speed_rpm)
            .set("power_kw", self.power_kw)
            .set("steam_flow_t_h", self.steam_kg_s * 3.6)
            .set("inlet_bar", self.inlet_bar)
            .set("exhaust_bar", self.exhaust_bar)
            .set("governor_pct", self.governor * 100.0)
            .set("bearing_1_c", celsius[0])
            .set("bearing_2_c", celsius[1])
            .set("bearing_3_c", celsius[2])
            .set("bearing_4_c", celsius[3])
            .set("vibration_1_mm_s", vibration[0])
            .set("vibration_2_mm_s", vibration[1])
            .set("vibration_3_mm_s", vibration[2])
            .set("vibration_4_mm_s", vibration[3])
            .set("vib_1x_mm_s", self.spectrum_mm_s[0])
            .set("vib_2x_mm_s", self.spectrum_mm_s[1])
            .set("vib_bpfo_mm_s", self.spectrum_mm_s[2])
            .set("oil_c", self.oil_celsius)
            .set("oil_bar", self.oil_bar);
    }
}
