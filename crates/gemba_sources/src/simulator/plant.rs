//! The pump house as a whole: who runs, who holds what, and what is published when.

use std::time::Duration;

use gemba_model::UnixNanos;

use super::{
    controller::{Pi, Valve, slew},
    cooling::{Cooling, Flows},
    hydraulics::{self, OperatingPoint},
    noise::Noise,
    publication::{Json, Publication, Rates},
    pump::Pump,
};

/// The physics is stepped by this much; every rate is a multiple of it.
const TICK: Duration = Duration::from_millis(20);
/// Area of a tank, in m².
const TANK_M2: f64 = 7.07;
/// Height from 0 % to 100 %, in metres.
const TANK_M: f64 = 3.0;
/// Pump P-102 loses its grease this long after it was last well, first and later.
const FAULT_AFTER_SECS: [f64; 2] = [5.0, 75.0];
/// The header is to hold this pressure.
const HEADER_BAR: f64 = 2.85;
const BAR_PER_M: f64 = 0.0981;

/// Topics of one pump.
struct PumpTopics {
    telemetry: &'static str,
    condition: &'static str,
}

const PUMPS: [PumpTopics; 3] = [
    PumpTopics {
        telemetry: "gemba/pumphouse/P-101/telemetry",
        condition: "gemba/pumphouse/P-101/condition",
    },
    PumpTopics {
        telemetry: "gemba/pumphouse/P-102/telemetry",
        condition: "gemba/pumphouse/P-102/condition",
    },
    PumpTopics {
        telemetry: "gemba/pumphouse/P-103/telemetry",
        condition: "gemba/pumphouse/P-103/condition",
    },
];
/// The pump whose bearing runs dry, and the one that stands by for it.
const FAULTY: usize = 1;
const STANDBY: usize = 2;

/// What the plant is like at an instant: for tests and for a first look, not for telemetry.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Plant time since the start.
    pub time: Duration,
    /// Speeds of the pumps in r/min.
    pub speeds_rpm: [f64; 3],
    /// Flows of the pumps in m³/h.
    pub flows_m3_h: [f64; 3],
    /// Bearings of the pumps.
    pub bearings_celsius: [f64; 3],
    /// Contents of TK-201 and TK-202 in m³.
    pub tanks_m3: [f64; 2],
    /// Flow from TK-202 back to TK-201 in m³/h.
    pub return_m3_h: f64,
    /// Positions of FCV-301 and LCV-302 in percent.
    pub valves_pct: [f64; 2],
    /// Pressure in the discharge header.
    pub header_bar: f64,
    /// Red, amber and green.
    pub lamps: [bool; 3],
}

/// The plant. Without IO and clock: time comes in, publications go out.
#[derive(Clone, Debug)]
pub struct PumpHouse {
    rates: Rates,
    started_at: Option<UnixNanos>,
    noise: Noise,
    ticks: u64,
    /// Plant time that is owed to the physics.
    owed: Duration,
    pumps: [Pump; 3],
    point: OperatingPoint,
    tanks_m3: [f64; 2],
    return_m3_h: f64,
    flow_valve: Valve,
    level_valve: Valve,
    pressure_control: Pi,
    flow_control: Pi,
    level_control: Pi,
    demand_rpm: f64,
    cooling: Cooling,
    /// How long the faulty pump has run well.
    well_secs: f64,
    faults: usize,
    phase_secs: f64,
}

impl PumpHouse {
    /// A plant in steady operation. The seed decides its noise and where its users are in their cycle.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut noise = Noise::new(seed);
        let phase_secs = 20.0 * noise.ratio();
        let cooling = Cooling::new();
        let pumps = [true, true, false].map(|is_called| Pump::new(is_called, cooling.hall_celsius));
        let (flow_valve, level_valve) = (Valve::at(58.0), Valve::at(60.0));
        let speeds = pumps.each_ref().map(|pump| pump.speed_rpm);
        Self {
            rates: Rates::default(),
            started_at: None,
            noise,
            ticks: 0,
            owed: Duration::ZERO,
            point: hydraulics::operating_point(speeds, flow_valve.position_pct, 3.0),
            pumps,
            tanks_m3: [0.58 * TANK_M2 * TANK_M, 0.60 * TANK_M2 * TANK_M],
            return_m3_h: 110.0,
            flow_valve,
            level_valve,
            pressure_control: Pi::new(120.0, 5.0, [700.0, 1500.0], 1425.0),
            flow_control: Pi::new(0.12, 8.0, [12.0, 100.0], 58.0),
            level_control: Pi::new(-14.0, 90.0, [4.0, 100.0], 60.0),
            demand_rpm: 1425.0,
            cooling,
            well_secs: 0.0,
            faults: 0,
            phase_secs,
        }
    }

    /// With these rates, rounded to whole ticks of 20 ms.
    #[must_use]
    pub fn with_rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    /// Payloads carry their time as `ts`, counted from here.
    #[must_use]
    pub fn starting_at(mut self, time: UnixNanos) -> Self {
        self.started_at = Some(time);
        self
    }

    /// Lets `dt` of plant time pass and appends what is published in it. How time is cut into steps changes nothing.
    pub fn step(&mut self, dt: Duration, out: &mut Vec<Publication>) {
        self.owed += dt;
        while self.owed >= TICK {
            self.owed -= TICK;
            let is_due = |period: Duration| {
                let every = (period.as_nanos() / TICK.as_nanos()).max(1);
                u128::from(self.ticks).is_multiple_of(every)
            };
            let (is_fast_due, is_slow_due) = (is_due(self.rates.fast), is_due(self.rates.slow));
            self.tick(TICK.as_secs_f64());
            self.ticks += 1;
            let first = out.len();
            if is_fast_due {
                self.publish_fast(out);
            }
            if is_slow_due {
                self.publish_slow(out);
            }
            let time = self.time();
            out[first..]
                .iter_mut()
                .for_each(|publication| publication.time = time);
        }
    }

    /// What the plant is like now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            time: self.time(),
            speeds_rpm: self.pumps.each_ref().map(|pump| pump.speed_rpm),
            flows_m3_h: self.point.flows_m3_h,
            bearings_celsius: self.pumps.each_ref().map(|pump| pump.bearing_celsius),
            tanks_m3: self.tanks_m3,
            return_m3_h: self.return_m3_h,
            valves_pct: [self.flow_valve.position_pct, self.level_valve.position_pct],
            header_bar: self.point.header_m * BAR_PER_M,
            lamps: self.lamps(),
        }
    }

    /// Plant time since the start.
    #[must_use]
    pub fn time(&self) -> Duration {
        TICK * u32::try_from(self.ticks).unwrap_or(u32::MAX)
    }

    /// A sine over plant time with this period.
    fn wave(&self, period_secs: f64) -> f64 {
        ((self.ticks as f64 * TICK.as_secs_f64() + self.phase_secs) / period_secs * std::f64::consts::TAU)
            .sin()
    }

    fn levels_pct(&self) -> [f64; 2] {
        self.tanks_m3.map(|m3| m3 / (TANK_M2 * TANK_M) * 100.0)
    }

    fn tick(&mut self, dt_secs: f64) {
        self.run_schedule(dt_secs);
        let header_bar = self.point.header_m * BAR_PER_M;
        let wanted_rpm = self.pressure_control.step(HEADER_BAR - header_bar, dt_secs);
        self.demand_rpm = slew(self.demand_rpm, wanted_rpm, [90.0, 90.0], dt_secs);
        for pump in &mut self.pumps {
            pump.step(
                self.demand_rpm,
                self.cooling.hall_celsius,
                &mut self.noise,
                dt_secs,
            );
        }
        let levels_m = self.tanks_m3.map(|m3| m3 / TANK_M2);
        let speeds = self.pumps.each_ref().map(|pump| pump.speed_rpm);
        self.point =
            hydraulics::operating_point(speeds, self.flow_valve.position_pct, 4.0 - levels_m[0] * 0.5);
        if self.tanks_m3[0] <= 0.05 {
            self.point.flows_m3_h = [0.0; 3];
        }
        let forward_m3_h: f64 = self.point.flows_m3_h.iter().sum();
        self.return_m3_h = hydraulics::return_flow(self.level_valve.position_pct, levels_m[1], levels_m[0]);
        let moved_m3 = (forward_m3_h - self.return_m3_h) / 3600.0 * dt_secs;
        self.tanks_m3 = [self.tanks_m3[0] - moved_m3, self.tanks_m3[1] + moved_m3];

        // The users call for more and for less; the cooled tank's level follows its own slow wave.
        let flow_wanted = 112.0 + 22.0 * self.wave(70.0);
        let command = self.flow_control.step(flow_wanted - forward_m3_h, dt_secs);
        self.flow_valve.step(command, dt_secs);
        let level_wanted = 60.0 + 9.0 * self.wave(300.0);
        let command = self
            .level_control
            .step(level_wanted - self.levels_pct()[1], dt_secs);
        self.level_valve.step(command, dt_secs);

        let flows = Flows {
            forward_m3_h,
            return_m3_h: self.return_m3_h,
            return_tank_m3: self.tanks_m3[0],
            cooled_tank_m3: self.tanks_m3[1],
            load_kw: 330.0 + 45.0 * self.wave(110.0),
            pumps_kw: (0..3).map(|k| self.power_kw(k)).sum(),
        };
        self.cooling.step(&flows, dt_secs);
    }

    /// Calls the standby pump when the faulty one trips, and hands back when that one has been well for a while.
    fn run_schedule(&mut self, dt_secs: f64) {
        let is_faulty_out = self.pumps[FAULTY].is_tripped;
        self.pumps[STANDBY].is_called =
            is_faulty_out || self.pumps[FAULTY].speed_rpm < self.demand_rpm - 60.0;
        let is_well = self.pumps[FAULTY].is_running() && !self.pumps[FAULTY].has_fault;
        self.well_secs = if is_well { self.well_secs + dt_secs } else { 0.0 };
        if self.well_secs > FAULT_AFTER_SECS[self.faults.min(1)] {
            self.pumps[FAULTY].has_fault = true;
            self.faults += 1;
        }
    }

    fn power_kw(&self, pump: usize) -> f64 {
        hydraulics::PUMP_HOUSE.shaft_power_kw(
            self.point.flows_m3_h[pump],
            self.pumps[pump].speed_rpm,
            self.point.header_m,
        )
    }

    /// Red flashes at 1 Hz for a trip or a high-high limit, amber is a high limit, green is neither.
    fn lamps(&self) -> [bool; 3] {
        let hottest = self
            .pumps
            .iter()
            .map(|pump| pump.bearing_celsius)
            .fold(0.0, f64::max);
        let highest = self.levels_pct().into_iter().fold(0.0, f64::max);
        let is_urgent = self.pumps.iter().any(|pump| pump.is_tripped) || hottest > 95.0 || highest > 95.0;
        let is_high = hottest > 80.0 || highest > 85.0;
        let is_flash_on = self.time().as_millis() % 1000 < 500;
        [
            is_urgent && is_flash_on,
            is_high || is_urgent,
            !is_high && !is_urgent,
        ]
    }

    fn stamp(&self) -> Json {
        let elapsed_nanos = i64::try_from(self.time().as_nanos()).unwrap_or(i64::MAX);
        Json::new(
            self.started_at
                .map(|start| UnixNanos(start.0.saturating_add(elapsed_nanos))),
        )
    }

    fn publish_fast(&mut self, out: &mut Vec<Publication>) {
        let header_bar = self.point.header_m * BAR_PER_M;
        for (k, topics) in PUMPS.iter().enumerate() {
            let pump = &self.pumps[k];
            let is_turning = if pump.speed_rpm > 1.0 { 1.0 } else { 0.0 };
            let speed = pump.speed_rpm + self.noise.around_zero(1.2) * is_turning;
            let flow = (self.point.flows_m3_h[k] + self.noise.around_zero(0.3) * is_turning).max(0.0);
            let power = (self.power_kw(k) + self.noise.around_zero(0.04) * is_turning).max(0.0);
            // A pump that stands is shut off from the header by its check valve.
            let own_bar = hydraulics::SHUT_OFF_HEAD_M * (speed / hydraulics::NOMINAL_RPM).powi(2) * BAR_PER_M;
            let json = self
                .stamp()
                .number("speed_rpm", speed.max(0.0), 1)
                .number("flow_m3_h", flow, 2)
                .number("discharge_bar", own_bar.min(header_bar) + 0.1, 3)
                .number("power_kw", power, 2)
                .boolean("running", self.pumps[k].is_running());
            out.push(message(topics.telemetry, json.finish()));
        }
        let fans = [
            (
                "gemba/pumphouse/FN-501/telemetry",
                self.cooling.cooler_rpm,
                960.0,
                7.1,
            ),
            (
                "gemba/pumphouse/FN-502/telemetry",
                self.cooling.ventilation_rpm,
                720.0,
                3.4,
            ),
        ];
        for (topic, speed_rpm, nominal_rpm, nominal_a) in fans {
            let current =
                Cooling::fan_current_a(speed_rpm, nominal_rpm, nominal_a) + self.noise.around_zero(0.02);
            let json = self
                .stamp()
                .number("speed_rpm", speed_rpm, 1)
                .number("current_a", current, 2);
            out.push(message(topic, json.finish()));
        }
        let flow: f64 = self.point.flows_m3_h.iter().sum::<f64>() + self.noise.around_zero(0.4);
        out.push(message(
            "gemba/pumphouse/FT-303/flow",
            format!("{:.2}", flow.max(0.0)),
        ));
        let valves = [
            (
                "gemba/pumphouse/FCV-301/position",
                "gemba/pumphouse/FCV-301/command",
                &self.flow_valve,
            ),
            (
                "gemba/pumphouse/LCV-302/position",
                "gemba/pumphouse/LCV-302/command",
                &self.level_valve,
            ),
        ];
        for (position, command, valve) in valves {
            out.push(message(position, format!("{:.2}", valve.position_pct)));
            out.push(message(command, format!("{:.2}", valve.command_pct)));
        }
    }

    fn publish_slow(&mut self, out: &mut Vec<Publication>) {
        for (pump, topics) in self.pumps.iter().zip(&PUMPS) {
            let bearing = Json::inner().number("temp_c", pump.bearing_celsius, 2).number(
                "vibration_mm_s",
                pump.vibration_mm_per_s,
                2,
            );
            let json = self
                .stamp()
                .object("bearing", bearing)
                .boolean("tripped", pump.is_tripped);
            out.push(kept(topics.condition, json.finish()));
        }
        let tanks = [
            (
                "gemba/pumphouse/TK-201/level",
                "gemba/pumphouse/TK-201/state",
                self.cooling.return_tank_celsius,
            ),
            (
                "gemba/pumphouse/TK-202/level",
                "gemba/pumphouse/TK-202/state",
                self.cooling.cooled_tank_celsius,
            ),
        ];
        let (levels, volumes) = (self.levels_pct(), self.tanks_m3);
        for (k, (level, state, celsius)) in tanks.into_iter().enumerate() {
            let ripple = self.noise.around_zero(0.03);
            out.push(kept(level, format!("{:.2}", levels[k] + ripple)));
            let json = self
                .stamp()
                .number("volume_m3", volumes[k], 3)
                .number("temp_c", celsius, 2);
            out.push(kept(state, json.finish()));
        }
        let cooling = &self.cooling;
        let json = self
            .stamp()
            .object(
                "process",
                side(cooling.return_tank_celsius, cooling.process_out_celsius),
            )
            .object(
                "coolant",
                side(cooling.coolant_in_celsius, cooling.coolant_out_celsius),
            )
            .number("duty_kw", cooling.duty_kw, 1);
        out.push(kept("gemba/pumphouse/HX-401/telemetry", json.finish()));
        let mode = if self.pumps[FAULTY].is_tripped {
            "AUTO - P-102 TRIPPED"
        } else {
            "AUTO"
        };
        let json = self
            .stamp()
            .number("header_bar", self.point.header_m * BAR_PER_M, 3)
            .number("hall_c", cooling.hall_celsius, 2)
            .text("mode", mode);
        out.push(kept("gemba/pumphouse/LCP-701/telemetry", json.finish()));
        let topics = [
            "gemba/pumphouse/BC-601/lamp/red",
            "gemba/pumphouse/BC-601/lamp/amber",
            "gemba/pumphouse/BC-601/lamp/green",
        ];
        for (topic, is_lit) in topics.into_iter().zip(self.lamps()) {
            out.push(kept(topic, if is_lit { "1" } else { "0" }.to_owned()));
        }
    }
}

/// One side of the heat exchanger.
fn side(inlet_celsius: f64, outlet_celsius: f64) -> Json {
    Json::inner()
        .number("in_c", inlet_celsius, 2)
        .number("out_c", outlet_celsius, 2)
}

fn message(topic: &'static str, payload: String) -> Publication {
    Publication {
        topic: topic.into(),
        time: Duration::ZERO,
        payload,
        retain: false,
    }
}

fn kept(topic: &'static str, payload: String) -> Publication {
    Publication {
        topic: topic.into(),
        time: Duration::ZERO,
        payload,
        retain: true,
    }
}
