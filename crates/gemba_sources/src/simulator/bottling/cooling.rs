//! Cooling water with its towers, chillers, and chilled water.
//!
//! - Tower: out = in − ε·(in − wet bulb), ε = 1 − e^(−NTU), NTU with the 0.6th power of the air (Merkel's number, simplified).
//!   The approach to the wet bulb follows. Evaporation is the heat over 2 430 kJ/kg.
//! - Chiller: compressor power is the heat over half of Carnot's figure between evaporator and condenser. Pressures are
//!   those of R-134a on Clausius–Clapeyron's line through its values at 2 °C and 38 °C.
//! - Both circuits are well mixed: m·c·dT/dt is heat in less heat out.

use super::{
    Now,
    board::Board,
    exchanger::KW_PER_M3_H_K,
    pump::{self, CentrifugalPump, Suction},
    valve::ControlValve,
};
use crate::simulator::{
    controller::{Pi, lag, slew},
    hydraulics::PumpCurve,
};

const TOWER_RPM: f64 = 720.0;
const TOWER_NTU: f64 = 0.78;
const TOWER_CELSIUS: f64 = 24.5;
const CHILLED_CELSIUS: f64 = 6.0;
/// Heat that one chiller takes at full load, in kW.
const CHILLER_KW: f64 = 210.0;
/// Heat capacity of the circuits, in kJ/K.
const TOWER_KJ_PER_K: f64 = 46_000.0;
const CHILLED_KJ_PER_K: f64 = 26_000.0;
/// Flow through the open TCV-135, in m³/h, at the chilled water's nominal flow.
const CHILLED_VALVE_M3_H: f64 = 27.0;
const CHILLED_NOMINAL_M3_H: f64 = 42.0;
/// What offices and halls take of the chilled water, in kW.
const BUILDING_KW: f64 = 120.0;
/// Oil coolers of turbine and generator, in kW.
const TURBINE_KW: f64 = 18.0;

const COOLING: PumpCurve = PumpCurve {
    nominal_rpm: 1_480.0,
    shut_off_head_m: 29.0,
    loss: 0.0042,
    best_m3_h: 40.0,
    best_efficiency: 0.77,
    idle_kw: 0.4,
};
const CHILLED: PumpCurve = PumpCurve {
    nominal_rpm: 1_480.0,
    shut_off_head_m: 32.0,
    loss: 0.0042,
    best_m3_h: 44.0,
    best_efficiency: 0.76,
    idle_kw: 0.5,
};

#[derive(Clone, Debug)]
struct Chiller {
    id: &'static str,
    load: f64,
    supply_celsius: f64,
    power_kw: f64,
    condenser_bar: f64,
    evaporator_bar: f64,
}

impl Chiller {
    fn step(
        &mut self,
        wanted: f64,
        return_celsius: f64,
        flow_m3_h: f64,
        cooling_celsius: f64,
        now: &Now<'_>,
    ) {
        self.load = slew(self.load, wanted, [0.02, 0.03], now.dt_secs);
        let heat_kw = self.heat_kw();
        let carried = KW_PER_M3_H_K * flow_m3_h.max(2.0) / 2.0;
        self.supply_celsius = lag(
            self.supply_celsius,
            (return_celsius - heat_kw / carried).max(-5.0),
            12.0,
            now.dt_secs,
        );
        let evaporator = self.supply_celsius - 1.5 - 3.5 * self.load;
        let condenser = cooling_celsius + 3.0 + 8.0 * self.load;
        let lift_k = (condenser - evaporator).max(8.0);
        let performance = 0.5 * (evaporator + 273.15) / lift_k;
        self.power_kw = lag(self.power_kw, 1.5 + heat_kw / performance, 3.0, now.dt_secs);
        self.condenser_bar = lag(self.condenser_bar, refrigerant_bar(condenser), 8.0, now.dt_secs);
        self.evaporator_bar = lag(self.evaporator_bar, refrigerant_bar(evaporator), 8.0, now.dt_secs);
    }

    fn heat_kw(&self) -> f64 {
        CHILLER_KW * self.load
    }
}

/// Saturation pressure of R-134a, absolute: 3.15 bar at 2 °C, 9.63 bar at 38 °C.
fn refrigerant_bar(celsius: f64) -> f64 {
    (10.816 - 2_660.6 / (celsius + 273.15)).exp()
}

#[derive(Clone, Debug)]
struct Tower {
    id: &'static str,
    fan_rpm: f64,
    supply_celsius: f64,
    basin_pct: f64,
    is_filling: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Cooling {
    pub(super) pumps: [CentrifugalPump; 3],
    pub(super) chilled_pumps: [CentrifugalPump; 2],
    towers: [Tower; 2],
    chillers: [Chiller; 2],
    valve: ControlValve,
    supply_celsius: f64,
    return_celsius: f64,
    chilled_supply_celsius: f64,
    chilled_return_celsius: f64,
    fan_control: Pi,
    chilled_control: Pi,
    product_control: Pi,
    pub(super) makeup_m3_h: f64,
}

impl Cooling {
    pub(super) fn new() -> Self {
        let pump = |id, is_called| CentrifugalPump::new(id, COOLING, 3.6, is_called);
        let chilled = |id, is_called| CentrifugalPump::new(id, CHILLED, 3.0, is_called);
        let tower = |id, basin_pct| Tower {
            id,
            fan_rpm: 330.0,
            supply_celsius: TOWER_CELSIUS,
            basin_pct,
            is_filling: false,
        };
        let chiller = |id| Chiller {
            id,
            load: 0.55,
            supply_celsius: CHILLED_CELSIUS,
            power_kw: 28.0,
            condenser_bar: 8.3,
            evaporator_bar: 3.1,
        };
        Self {
            pumps: [pump("P-121", true), pump("P-122", true), pump("P-123", false)],
            chilled_pumps: [chilled("P-131", true), chilled("P-132", false)],
            towers: [tower("CT-101", 72.0), tower("CT-102", 64.0)],
            chillers: [chiller("CH-101"), chiller("CH-102")],
            valve: ControlValve::at("TCV-135", 52.0),
            supply_celsius: TOWER_CELSIUS,
            return_celsius: 28.5,
            chilled_supply_celsius: CHILLED_CELSIUS,
            chilled_return_celsius: 11.0,
            fan_control: Pi::new(-70.0, 180.0, [100.0, TOWER_RPM], 330.0),
            chilled_control: Pi::new(-0.09, 70.0, [0.05, 1.0], 0.55),
            product_control: Pi::new(-3.0, 25.0, [4.0, 100.0], 52.0),
            makeup_m3_h: 0.0,
        }
    }

    /// Chilled water for HX-201: m³/h and °C.
    pub(super) fn chilled(&self) -> (f64, f64) {
        (self.valve.flow_m3_h, self.chilled_supply_celsius)
    }

    /// `product_celsius` is what HX-201 cools the product to, and `product_kw` the heat that takes; `oil_kw` that of the
    /// compressors.
    pub(super) fn step(&mut self, product_celsius: f64, product_kw: f64, oil_kw: f64, now: &Now<'_>) {
        let condensers_kw = self.chill(product_celsius, product_kw, now);
        pump::call(&mut self.pumps, 2);
        // They lift the water out of the pit under the towers.
        let suction = Suction::open(-2.8 + 0.006 * (self.towers[0].basin_pct + self.towers[1].basin_pct));
        let flow = pump::deliver(&mut self.pumps, 1_450.0, (6.0, 0.0026), suction, now);
        let heat_kw = condensers_kw + oil_kw + TURBINE_KW;
        self.reject(heat_kw, flow, now);
    }

    /// Gives the heat at the condensers, in kW.
    fn chill(&mut self, product_celsius: f64, product_kw: f64, now: &Now<'_>) -> f64 {
        let dt = now.dt_secs;
        pump::call(&mut self.chilled_pumps, 1);
        let suction = Suction {
            gauge_bar: 1.5,
            level_m: 1.0,
            vapour_bar: 0.01,
        };
        let flow = pump::deliver(&mut self.chilled_pumps, 1_440.0, (0.0, 0.0138), suction, now);
        let command = self
            .product_control
            .step(super::PRODUCT_CELSIUS - product_celsius, dt);
        self.valve.step(command, now);
        self.valve.flow_m3_h =
            CHILLED_VALVE_M3_H * self.valve.position_pct() / 100.0 * (flow / CHILLED_NOMINAL_M3_H).min(1.2);
        let sensed = now.board.sense("CH-101", "supply_c", self.chilled_supply_celsius);
        let wanted = self.chilled_control.step(CHILLED_CELSIUS - sensed, dt);
        // Without flow the flow switch stops the chillers before they freeze.
        let wanted = if flow > 8.0 { wanted } else { 0.0 };
        for chiller in &mut self.chillers {
            chiller.step(
                wanted,
                self.chilled_return_celsius,
                flow,
                self.supply_celsius,
                now,
            );
        }
        let taken_kw: f64 = self.chillers.iter().map(Chiller::heat_kw).sum();
        let building_kw = BUILDING_KW * (flow / CHILLED_NOMINAL_M3_H).clamp(0.0, 1.0);
        let gained_k = (product_kw + building_kw - taken_kw) * dt / CHILLED_KJ_PER_K;
        self.chilled_supply_celsius += gained_k;
        let rise_k = (product_kw + building_kw) / (KW_PER_M3_H_K * flow.max(4.0));
        self.chilled_return_celsius = lag(
            self.chilled_return_celsius,
            self.chilled_supply_celsius + rise_k,
            8.0,
            dt,
        );
        taken_kw + self.chillers.iter().map(|chiller| chiller.power_kw).sum::<f64>()
    }

    fn reject(&mut self, heat_kw: f64, flow_m3_h: f64, now: &Now<'_>) {
        let dt = now.dt_secs;
        let rise_k = heat_kw / (KW_PER_M3_H_K * flow_m3_h.max(6.0));
        self.return_celsius = lag(self.return_celsius, self.supply_celsius + rise_k, 15.0, dt);
        let sensed = now.board.sense("CT-101", "supply_c", self.supply_celsius);
        let fan_rpm = self.fan_control.step(TOWER_CELSIUS - sensed, dt);
        let wet_bulb = wet_bulb_celsius(now.day_secs);
        let mut rejected_kw = 0.0;
        self.makeup_m3_h = 0.0;
        for tower in &mut self.towers {
            tower.fan_rpm = lag(tower.fan_rpm, fan_rpm, 6.0, dt);
            // Some air moves by itself.
            let units = TOWER_NTU * (tower.fan_rpm / TOWER_RPM).max(0.04).powf(0.6);
            let cooled_k = (1.0 - (-units).exp()) * (self.return_celsius - wet_bulb);
            tower.supply_celsius = lag(tower.supply_celsius, self.return_celsius - cooled_k, 20.0, dt);
            let kw = KW_PER_M3_H_K * flow_m3_h / 2.0 * cooled_k;
            rejected_kw += kw;
            tower.is_filling = tower.basin_pct < if tower.is_filling { 78.0 } else { 60.0 };
            let makeup_m3_h = if tower.is_filling { 3.0 } else { 0.0 };
            self.makeup_m3_h += makeup_m3_h;
            // A third more than what evaporates is blown down. The basin holds 4 m³.
            let lost_m3_h = kw.max(0.0) / 2_430.0 * 3.6 * 1.33;
            let change = (makeup_m3_h - lost_m3_h) / 3_600.0 * dt / 4.0 * 100.0;
            tower.basin_pct = (tower.basin_pct + change).clamp(0.0, 100.0);
        }
        self.supply_celsius += (heat_kw - rejected_kw) * dt / TOWER_KJ_PER_K;
    }

    /// Consumers besides the pumps.
    pub(super) fn powers_kw(&self) -> [(&'static str, f64); 4] {
        let fan_kw = |tower: &Tower| 7.5 * (tower.fan_rpm / TOWER_RPM).powi(3) + 0.2;
        [
            (self.chillers[0].id, self.chillers[0].power_kw),
            (self.chillers[1].id, self.chillers[1].power_kw),
            (self.towers[0].id, fan_kw(&self.towers[0])),
            (self.towers[1].id, fan_kw(&self.towers[1])),
        ]
    }

    pub(super) fn report(&self, board: &mut Board) {
        for chiller in &self.chillers {
            board
                .of(chiller.id)
                .set("supply_c", chiller.supply_celsius)
                .set("return_c", self.chilled_return_celsius)
                .set("load_pct", chiller.load * 100.0)
                .set("power_kw", chiller.power_kw)
                .set("condenser_bar", chiller.condenser_bar)
                .set("evaporator_bar", chiller.evaporator_bar);
        }
        for tower in &self.towers {
            board
                .of(tower.id)
                .set("fan_rpm", tower.fan_rpm)
                .set("supply_c", tower.supply_celsius)
                .set("return_c", self.return_celsius)
                .set("vibration_mm_s", 0.5 + 1.6 * tower.fan_rpm / TOWER_RPM)
                .set("basin_pct", tower.basin_pct);
        }
        self.valve.report(board);
        let pumps = self.pumps.iter().chain(&self.chilled_pumps);
        pumps.for_each(|pump| pump.report(board));
    }
}

/// Wet bulb of a mild day: coolest at four in the morning.
fn wet_bulb_celsius(day_secs: f64) -> f64 {
    16.5 - 1.8 * ((day_secs / 86_400.0 - 4.0 / 24.0) * std::f64::consts::TAU).cos()
}
