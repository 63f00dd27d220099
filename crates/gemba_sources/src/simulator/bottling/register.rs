//! What there is at the bottling works: twins, the messages of their classes, the keys in them and their limits.
//!
//! This table is the only place that names what is published: topics, payloads, the checks of fault targets and the tests
//! all come from it. It agrees with the twin layer of `scenes/bottling`. Units stand in the keys' suffixes.

use std::fmt;

/// Which of a twin's messages a key is in. The order is that in which they are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Message {
    /// What moves, at the fast rate.
    Telemetry,
    /// What wears, once a second.
    Condition,
    /// What state it is in: once a second, and at once when it changes.
    State,
    /// What it draws, every five seconds.
    Energy,
}

impl Message {
    pub(super) const ALL: [Self; 4] = [Self::Telemetry, Self::Condition, Self::State, Self::Energy];
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Telemetry => "telemetry",
            Self::Condition => "condition",
            Self::State => "state",
            Self::Energy => "energy",
        })
    }
}

/// One value in a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) message: Message,
    pub(super) decimals: usize,
    /// Standard deviation of its sensor's noise.
    pub(super) noise: f64,
    /// Low-low, low, high and high-high limit; infinite where there is none.
    pub(super) limits: [f64; 4],
}

const NO_LIMITS: [f64; 4] = [f64::NEG_INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY];

const fn key(message: Message, name: &'static str, decimals: usize, noise: f64) -> Key {
    Key {
        name,
        message,
        decimals,
        noise,
        limits: NO_LIMITS,
    }
}

const fn fast(name: &'static str, decimals: usize, noise: f64) -> Key {
    key(Message::Telemetry, name, decimals, noise)
}

const fn worn(name: &'static str, decimals: usize, noise: f64) -> Key {
    key(Message::Condition, name, decimals, noise)
}

const fn state(name: &'static str, decimals: usize) -> Key {
    key(Message::State, name, decimals, 0.0)
}

const fn energy(name: &'static str, decimals: usize) -> Key {
    key(Message::Energy, name, decimals, 0.0)
}

impl Key {
    const fn low(mut self, low: f64) -> Self {
        self.limits[1] = low;
        self
    }

    const fn low_low(mut self, low_low: f64, low: f64) -> Self {
        self.limits[0] = low_low;
        self.low(low)
    }

    const fn high(mut self, high: f64) -> Self {
        self.limits[2] = high;
        self
    }

    const fn high_high(mut self, high: f64, high_high: f64) -> Self {
        self.limits[3] = high_high;
        self.high(high)
    }
}

/// What a twin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Pump,
    Boiler,
    Turbine,
    Compressor,
    Receiver,
    Chiller,
    CoolingTower,
    Transformer,
    Feeder,
    Tank,
    Mixer,
    Exchanger,
    Pasteuriser,
    Valve,
    FlowMeter,
    LineMachine,
    Depalletiser,
    CasePacker,
    Filler,
    Capper,
    Inspector,
    Robot,
    Conveyor,
    /// An area or a process cell.
    Unit,
    Line,
    Site,
}

impl Class {
    /// The keys of this class's messages, in the order in which they are written.
    pub(super) const fn keys(self) -> &'static [Key] {
        match self {
            Self::Pump => PUMP,
            Self::Boiler => BOILER,
            Self::Turbine => TURBINE,
            Self::Compressor => COMPRESSOR,
            Self::Receiver => RECEIVER,
            Self::Chiller => CHILLER,
            Self::CoolingTower => COOLING_TOWER,
            Self::Transformer => TRANSFORMER,
            Self::Feeder => FEEDER,
            Self::Tank => TANK,
            Self::Mixer => MIXER,
            Self::Exchanger => EXCHANGER,
            Self::Pasteuriser => PASTEURISER,
            Self::Valve => VALVE,
            Self::FlowMeter => FLOW_METER,
            Self::LineMachine => MACHINE,
            Self::Depalletiser => DEPALLETISER,
            Self::CasePacker => CASE_PACKER,
            Self::Filler => FILLER,
            Self::Capper => CAPPER,
            Self::Inspector => INSPECTOR,
            Self::Robot => ROBOT,
            Self::Conveyor => CONVEYOR,
            Self::Unit => UNIT,
            Self::Line => LINE,
            Self::Site => SITE,
        }
    }

    /// A machine with a PackML state machine that can jam.
    pub(super) const fn is_line_machine(self) -> bool {
        matches!(
            self,
            Self::LineMachine
                | Self::Depalletiser
                | Self::CasePacker
                | Self::Filler
                | Self::Capper
                | Self::Inspector
                | Self::Robot
        )
    }
}

const PUMP: &[Key] = &[
    fast("speed_rpm", 1, 1.0).high(3100.0),
    fast("flow_m3_h", 2, 0.02),
    fast("suction_bar", 3, 0.003),
    fast("discharge_bar", 3, 0.006),
    fast("power_kw", 2, 0.02),
    worn("bearing_de_c", 2, 0.05).high_high(80.0, 95.0),
    worn("bearing_nde_c", 2, 0.05).high_high(80.0, 95.0),
    worn("vibration_mm_s", 2, 0.05).high_high(4.5, 7.1),
    worn("npsh_margin_m", 2, 0.02).low_low(0.0, 0.5),
];
const BOILER: &[Key] = &[
    fast("steam_bar", 3, 0.006).low(9.0).high_high(11.5, 12.5),
    fast("steam_flow_t_h", 3, 0.01),
    fast("drum_level_pct", 2, 0.1)
        .low_low(20.0, 35.0)
        .high_high(70.0, 85.0),
    fast("burner_pct", 1, 0.1),
    fast("flue_gas_c", 1, 0.2).high(240.0),
    energy("gas_m3_h", 1),
];
const TURBINE: &[Key] = &[
    fast("speed_rpm", 1, 0.2).high_high(3060.0, 3150.0),
    fast("power_kw", 1, 0.5),
    fast("steam_flow_t_h", 3, 0.01),
    fast("inlet_bar", 3, 0.006),
    fast("exhaust_bar", 3, 0.003),
    fast("governor_pct", 2, 0.0),
    worn("bearing_1_c", 2, 0.05).high_high(85.0, 95.0),
    worn("bearing_2_c", 2, 0.05).high_high(85.0, 95.0),
    worn("bearing_3_c", 2, 0.05).high_high(85.0, 95.0),
    worn("bearing_4_c", 2, 0.05).high_high(85.0, 95.0),
    worn("vibration_1_mm_s", 3, 0.03).high_high(4.5, 7.1),
    worn("vibration_2_mm_s", 3, 0.03).high_high(4.5, 7.1),
    worn("vibration_3_mm_s", 3, 0.03).high_high(4.5, 7.1),
    worn("vibration_4_mm_s", 3, 0.03).high_high(4.5, 7.1),
    worn("vib_1x_mm_s", 3, 0.02),
    worn("vib_2x_mm_s", 3, 0.01),
    worn("vib_bpfo_mm_s", 3, 0.004),
    worn("oil_c", 2, 0.05),
    worn("oil_bar", 3, 0.004).low_low(0.9, 1.2),
];
const COMPRESSOR: &[Key] = &[
    fast("pressure_bar", 3, 0.004),
    fast("load", 0, 0.0),
    fast("motor_power_kw", 2, 0.1),
    fast("flow_m3_min", 2, 0.02),
    worn("oil_c", 2, 0.05).high_high(95.0, 105.0),
    worn("vibration_mm_s", 2, 0.04),
    worn("filter_dp_mbar", 1, 0.2).high(50.0),
];
const RECEIVER: &[Key] = &[fast("pressure_bar", 3, 0.003)
    .low_low(5.5, 6.2)
    .high_high(8.2, 9.0)];
const CHILLER: &[Key] = &[
    fast("supply_c", 2, 0.02).high(8.0),
    fast("return_c", 2, 0.02),
    fast("load_pct", 1, 0.1),
    fast("power_kw", 2, 0.05),
    worn("condenser_bar", 3, 0.01).high(17.0),
    worn("evaporator_bar", 3, 0.005).low(2.5),
];
const COOLING_TOWER: &[Key] = &[
    fast("fan_rpm", 1, 0.5),
    fast("supply_c", 2, 0.02).high(29.0),
    fast("return_c", 2, 0.02),
    worn("vibration_mm_s", 2, 0.05).high_high(6.0, 9.0),
    worn("basin_pct", 2, 0.1).low(30.0),
];
const TRANSFORMER: &[Key] = &[
    fast("load_pct", 2, 0.05).high(90.0),
    fast("power_kw", 1, 0.2),
    fast("oil_c", 2, 0.03).high_high(85.0, 95.0),
    fast("winding_c", 2, 0.05).high(105.0),
];
const FEEDER: &[Key] = &[
    fast("power_kw", 2, 0.1),
    fast("current_a", 1, 0.3).high(900.0),
    fast("voltage_v", 1, 0.2).low(380.0).high(420.0),
    fast("power_factor", 3, 0.001).low(0.85),
    energy("energy_kwh", 3),
];
const TANK: &[Key] = &[
    fast("level_pct", 2, 0.03)
        .low_low(10.0, 20.0)
        .high_high(88.0, 95.0),
    fast("volume_m3", 3, 0.0),
    fast("temperature_c", 2, 0.02),
];
const MIXER: &[Key] = &[
    fast("speed_rpm", 1, 0.1),
    fast("level_pct", 2, 0.05),
    fast("brix", 3, 0.006).low(9.8).high(10.6),
    fast("temperature_c", 2, 0.02),
    fast("torque_pct", 1, 0.2).high(85.0),
    state("state", 0),
];
const EXCHANGER: &[Key] = &[
    fast("hot_in_c", 2, 0.02),
    fast("hot_out_c", 2, 0.02),
    fast("cold_in_c", 2, 0.02),
    fast("cold_out_c", 2, 0.02),
    fast("flow_m3_h", 2, 0.02),
    fast("dp_mbar", 1, 1.0).high_high(800.0, 1100.0),
];
const PASTEURISER: &[Key] = &[
    fast("hold_c", 2, 0.02).low_low(70.0, 71.5).high(76.0),
    fast("flow_m3_h", 2, 0.02),
    fast("pu", 2, 0.05).low(15.0),
    fast("divert", 0, 0.0),
    fast("steam_valve_pct", 2, 0.0),
    fast("outlet_c", 2, 0.02),
    state("state", 0),
];
const VALVE: &[Key] = &[
    fast("position_pct", 2, 0.02),
    fast("setpoint_pct", 2, 0.0),
    fast("flow_m3_h", 2, 0.02),
    fast("travel_deviation_pct", 2, 0.02).high_high(5.0, 10.0),
];
const FLOW_METER: &[Key] = &[fast("flow_m3_h", 3, 0.01), fast("totaliser_m3", 3, 0.0)];

/// The keys of every line machine, then those of its kind.
macro_rules! machine {
    ($($more:expr),*) => {
        &[
            fast("rate_bph", 0, 20.0),
            fast("speed_pct", 1, 0.0),
            fast("angle_rpm", 2, 0.01),
            $($more,)*
            state("state", 0),
            state("reason", 0),
            state("state_since_s", 1),
            state("good_count", 0),
            state("scrap_count", 0),
            state("oee_pct", 2).low(65.0),
            state("availability_pct", 2),
            state("performance_pct", 2),
            state("quality_pct", 2),
            state("infeed_pct", 1),
            energy("power_kw", 2),
        ]
    };
}
const MACHINE: &[Key] = machine!();
const DEPALLETISER: &[Key] = machine!(
    fast("head_x_m", 3, 0.0),
    fast("head_z_m", 3, 0.0),
    fast("carried_bottles", 0, 0.0),
    fast("table_bottles", 0, 0.0),
    fast("pallet_layers", 0, 0.0)
);
const CASE_PACKER: &[Key] = machine!(
    fast("head_x_m", 3, 0.0),
    fast("head_z_m", 3, 0.0),
    fast("carried_bottles", 0, 0.0),
    fast("case_bottles", 0, 0.0),
    fast("case_x_m", 3, 0.0)
);
const FILLER: &[Key] = machine!(
    fast("fill_mean_ml", 2, 0.1).low(497.0).high(505.0),
    fast("bowl_level_pct", 2, 0.1),
    fast("bowl_bar", 3, 0.003)
);
const CAPPER: &[Key] = machine!(fast("torque_nm", 3, 0.02).low(1.4).high(2.2));
const INSPECTOR: &[Key] = machine!(fast("reject_pct", 3, 0.0).high(2.0));
const ROBOT: &[Key] = &[
    fast("a1_deg", 3, 0.0),
    fast("a2_deg", 3, 0.0),
    fast("a3_deg", 3, 0.0),
    fast("a4_deg", 3, 0.0),
    fast("carried_cases", 0, 0.0),
    fast("pallet_layers", 0, 0.0),
    worn("gearbox_c", 2, 0.05).high(75.0),
    state("state", 0),
    state("reason", 0),
    state("state_since_s", 1),
    state("good_count", 0),
    state("oee_pct", 2),
    energy("power_kw", 2),
];
const CONVEYOR: &[Key] = &[
    fast("speed_m_s", 3, 0.001),
    fast("load_pct", 1, 0.1),
    fast("motor_a", 2, 0.02).high(6.0),
    state("state", 0),
    state("reason", 0),
];
const UNIT: &[Key] = &[state("power_kw", 2), state("energy_kwh", 3)];
const LINE: &[Key] = &[
    state("power_kw", 2),
    state("energy_kwh", 3),
    state("oee_pct", 2),
    state("rate_bph", 0),
    state("good_count", 0),
    state("scrap_count", 0),
    state("shift", 0),
];
const SITE: &[Key] = &[
    state("power_kw", 2),
    state("steam_t_h", 3),
    state("water_m3_h", 2),
    state("bottles_per_kwh", 2),
];

/// One real thing, and where it belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twin {
    pub(super) id: &'static str,
    pub(super) class: Class,
    /// The area that it is in; empty for the site. An area is in itself.
    pub(super) area: &'static str,
    /// The process cell or line that it is in; empty for the site and its areas. A cell is in itself.
    pub(super) cell: &'static str,
}

impl Twin {
    /// Where a message of it goes. The site, which is in no area, has a shorter one.
    pub(super) fn topic(&self, message: Message) -> String {
        let Self { id, area, .. } = self;
        match *area {
            "" => format!("gemba/bottling/{id}/{message}"),
            area => format!("gemba/bottling/{area}/{id}/{message}"),
        }
    }

    /// Whether it is `id`, or in the cell, line or area of that id, or in the site.
    pub(super) fn is_within(&self, id: &str) -> bool {
        id == self.id || id == self.cell || id == self.area || id == SITE_ID
    }
}

/// The id of the site.
pub(super) const SITE_ID: &str = "WORKS";

const fn twin(area: &'static str, cell: &'static str, id: &'static str, class: Class) -> Twin {
    Twin {
        id,
        class,
        area,
        cell,
    }
}

const fn utility(cell: &'static str, id: &'static str, class: Class) -> Twin {
    twin("utilities", cell, id, class)
}

const fn process(cell: &'static str, id: &'static str, class: Class) -> Twin {
    twin("process", cell, id, class)
}

const fn line(id: &'static str, class: Class) -> Twin {
    twin("filling", "LINE-1", id, class)
}

/// Every twin that publishes, in the order in which they do.
pub(super) const TWINS: &[Twin] = &[
    twin("", "", SITE_ID, Class::Site),
    twin("utilities", "", "utilities", Class::Unit),
    utility("STEAM", "STEAM", Class::Unit),
    utility("STEAM", "B-101", Class::Boiler),
    utility("STEAM", "P-111", Class::Pump),
    utility("STEAM", "P-112", Class::Pump),
    utility("STEAM", "TK-110", Class::Tank),
    utility("STEAM", "FCV-115", Class::Valve),
    utility("POWER", "POWER", Class::Unit),
    utility("POWER", "TG-101", Class::Turbine),
    utility("POWER", "TR-101", Class::Transformer),
    utility("POWER", "FD-101", Class::Feeder),
    utility("POWER", "FD-102", Class::Feeder),
    utility("POWER", "FD-103", Class::Feeder),
    utility("POWER", "FD-104", Class::Feeder),
    utility("AIR", "AIR", Class::Unit),
    utility("AIR", "C-101", Class::Compressor),
    utility("AIR", "C-102", Class::Compressor),
    utility("AIR", "V-101", Class::Receiver),
    utility("COOLING", "COOLING", Class::Unit),
    utility("COOLING", "CT-101", Class::CoolingTower),
    utility("COOLING", "CT-102", Class::CoolingTower),
    utility("COOLING", "P-121", Class::Pump),
    utility("COOLING", "P-122", Class::Pump),
    utility("COOLING", "P-123", Class::Pump),
    utility("COOLING", "CH-101", Class::Chiller),
    utility("COOLING", "CH-102", Class::Chiller),
    utility("COOLING", "P-131", Class::Pump),
    utility("COOLING", "P-132", Class::Pump),
    utility("COOLING", "TCV-135", Class::Valve),
    twin("process", "", "process", Class::Unit),
    process("WATER", "WATER", Class::Unit),
    process("WATER", "TK-201", Class::Tank),
    process("WATER", "TK-202", Class::Tank),
    process("WATER", "P-201", Class::Pump),
    process("WATER", "FT-201", Class::FlowMeter),
    process("BLENDING", "BLENDING", Class::Unit),
    process("BLENDING", "TK-211", Class::Tank),
    process("BLENDING", "TK-212", Class::Tank),
    process("BLENDING", "P-211", Class::Pump),
    process("BLENDING", "FCV-211", Class::Valve),
    process("BLENDING", "FCV-212", Class::Valve),
    process("BLENDING", "M-201", Class::Mixer),
    process("BLENDING", "M-202", Class::Mixer),
    process("BLENDING", "FT-211", Class::FlowMeter),
    process("BLENDING", "P-212", Class::Pump),
    process("PASTEUR", "PASTEUR", Class::Unit),
    process("PASTEUR", "HX-201", Class::Exchanger),
    process("PASTEUR", "HX-202", Class::Exchanger),
    process("PASTEUR", "PA-201", Class::Pasteuriser),
    process("PASTEUR", "P-221", Class::Pump),
    process("PASTEUR", "TCV-221", Class::Valve),
    process("PASTEUR", "FCV-222", Class::Valve),
    process("PASTEUR", "TK-221", Class::Tank),
    process("PASTEUR", "TK-222", Class::Tank),
    process("PASTEUR", "P-222", Class::Pump),
    process("PASTEUR", "FT-221", Class::FlowMeter),
    process("PASTEUR", "LCV-223", Class::Valve),
    twin("filling", "", "filling", Class::Unit),
    line("LINE-1", Class::Line),
    line("DP-301", Class::Depalletiser),
    line("RN-301", Class::LineMachine),
    line("FL-301", Class::Filler),
    line("CP-301", Class::Capper),
    line("LB-301", Class::LineMachine),
    line("IN-301", Class::Inspector),
    line("CK-301", Class::CasePacker),
    line("PL-301", Class::Robot),
    line("CV-301", Class::Conveyor),
    line("CV-302", Class::Conveyor),
    line("CV-303", Class::Conveyor),
    line("CV-304", Class::Conveyor),
    line("CV-305", Class::Conveyor),
    line("CV-306", Class::Conveyor),
    line("CV-307", Class::Conveyor),
    line("CV-308", Class::Conveyor),
    line("CV-309", Class::Conveyor),
    line("CV-310", Class::Conveyor),
    line("CV-311", Class::Conveyor),
    line("CV-312", Class::Conveyor),
    line("LCV-301", Class::Valve),
];

/// The twin of this id.
pub(super) fn find(id: &str) -> Option<&'static Twin> {
    TWINS.iter().find(|twin| twin.id == id)
}
