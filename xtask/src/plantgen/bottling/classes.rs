//! Templates of the twin layer: for each class its level, its points and how they show.
//!
//! A point is written as `message;key;unit;display name;limits`. Its name is its key in camel case without the unit.

/// A USD class that twins inherit.
pub(super) struct Class {
    pub(super) name: &'static str,
    /// The class that this one refines; empty for none.
    pub(super) base: &'static str,
    pub(super) level: &'static str,
    pub(super) points: &'static [&'static str],
    pub(super) effects: &'static [Effect],
}

/// An effect: its name, its kind, its point, its targets below the twin's prim, and what else it needs, as usda.
pub(super) struct Effect {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) point: &'static str,
    pub(super) targets: &'static [&'static str],
    pub(super) details: &'static [&'static str],
}

const fn effect(
    name: &'static str,
    kind: &'static str,
    point: &'static str,
    targets: &'static [&'static str],
    details: &'static [&'static str],
) -> Effect {
    Effect {
        name,
        kind,
        point,
        targets,
        details,
    }
}

const fn label(point: &'static str, decimals: &'static [&'static str]) -> Effect {
    effect("tag", "label", point, &[], decimals)
}

const WHOLE: &[&str] = &["string format = \"{id}  {value} {unit}\"", "int decimals = 0"];
const TENTHS: &[&str] = &["string format = \"{id}  {value} {unit}\""];
const HUNDREDTHS: &[&str] = &["string format = \"{id}  {value} {unit}\"", "int decimals = 2"];

/// Painted blue while it is well, then amber, then red.
const HEAT: &[&str] = &[
    "double2 domain = (40, 100)",
    "color3f[] rampColors = [(0.01, 0.1, 0.33), (0.02, 0.28, 0.42), (0.85, 0.42, 0.02), (0.8, 0.02, 0.01)]",
    "float[] rampPositions = [0, 0.4, 0.67, 0.92]",
];
/// From what is normal to the trip limit of ISO 20816-3.
const SHAKE: &[&str] = &[
    "double2 domain = (0, 8)",
    "color3f[] rampColors = [(0.01, 0.1, 0.33), (0.02, 0.28, 0.42), (0.85, 0.42, 0.02), (0.8, 0.02, 0.01)]",
    "float[] rampPositions = [0, 0.3, 0.57, 0.9]",
];
const GREEN: &[&str] = &["color3f color = (0.03, 1, 0.15)", "float strength = 5"];
const GREEN_BY_SPEED: &[&str] = &[
    "double2 domain = (0, 20)",
    "color3f color = (0.03, 1, 0.15)",
    "float strength = 5",
];
const GREEN_BY_STATE: &[&str] = &[
    "double2 domain = (5, 6)",
    "color3f color = (0.03, 1, 0.15)",
    "float strength = 5",
];
/// Starved or blocked.
const AMBER: &[&str] = &[
    "double2 domain = (0, 1)",
    "color3f color = (1, 0.42, 0.02)",
    "float strength = 6",
];
/// Aborted (9) and held (11); states above are on the way out of one of them.
const RED: &[&str] = &[
    "double2 domain = (8, 9)",
    "color3f color = (1, 0.04, 0.02)",
    "float strength = 6",
];

const CAROUSEL: Effect = effect("turn", "rotate", "angle", &["Carousel"], &["token axis = \"Z\""]);
const DRIVE: Effect = effect(
    "turn",
    "rotate",
    "angle",
    &["Drive"],
    &["token axis = \"Y\"", "double ratio = 4"],
);

pub(super) const CLASSES: &[Class] = &[
    Class {
        name: "CentrifugalPump",
        base: "",
        level: "equipment",
        points: &[
            "telemetry;speed_rpm;r/min;Speed;high 3100",
            "telemetry;flow_m3_h;m3/h;Flow;",
            "telemetry;suction_bar;bar;Suction pressure;",
            "telemetry;discharge_bar;bar;Discharge pressure;",
            "telemetry;power_kw;kW;Shaft power;",
            "condition;bearing_de_c;Cel;Bearing temperature, drive end;high 80 highHigh 95",
            "condition;bearing_nde_c;Cel;Bearing temperature, non-drive end;high 80 highHigh 95",
            "condition;vibration_mm_s;mm/s;Vibration (RMS);high 4.5 highHigh 7.1",
            "condition;npsh_margin_m;m;NPSH margin;lowLow 0 low 0.5",
        ],
        effects: &[
            effect("spin", "rotate", "speed", &["Rotor"], &["token axis = \"X\""]),
            effect("heat", "color", "bearingDe", &["BearingFrame"], HEAT),
            effect("shake", "color", "vibration", &["Casing"], SHAKE),
            label("speed", WHOLE),
        ],
    },
    Class {
        name: "SteamBoiler",
        base: "",
        level: "unit",
        points: &[
            "telemetry;steam_bar;bar;Steam pressure;low 9 high 11.5 highHigh 12.5",
            "telemetry;steam_flow_t_h;t/h;Steam flow;",
            "telemetry;drum_level_pct;%;Drum level;lowLow 20 low 35 high 70 highHigh 85",
            "telemetry;burner_pct;%;Burner load;",
            "telemetry;flue_gas_c;Cel;Flue gas temperature;high 240",
            "energy;gas_m3_h;m3/h;Gas;",
        ],
        effects: &[
            effect(
                "fire",
                "emissive",
                "burner",
                &["Flame"],
                &[
                    "double2 domain = (0, 100)",
                    "color3f color = (1, 0.33, 0.04)",
                    "float strength = 8",
                ],
            ),
            effect(
                "drum",
                "level",
                "drumLevel",
                &["DrumGlass"],
                &["double2 domain = (0, 100)", "color3f color = (0.05, 0.4, 0.75)"],
            ),
            label("steam", TENTHS),
        ],
    },
    Class {
        name: "SteamTurbine",
        base: "",
        level: "unit",
        points: &[
            "telemetry;speed_rpm;r/min;Speed;high 3060 highHigh 3150",
            "telemetry;power_kw;kW;Power;",
            "telemetry;steam_flow_t_h;t/h;Steam flow;",
            "telemetry;inlet_bar;bar;Inlet pressure;",
            "telemetry;exhaust_bar;bar;Exhaust pressure;",
            "telemetry;governor_pct;%;Governor valve;",
            "condition;bearing_1_c;Cel;Bearing 1 temperature;high 85 highHigh 95",
            "condition;bearing_2_c;Cel;Bearing 2 temperature;high 85 highHigh 95",
            "condition;bearing_3_c;Cel;Bearing 3 temperature;high 85 highHigh 95",
            "condition;bearing_4_c;Cel;Bearing 4 temperature;high 85 highHigh 95",
            "condition;vibration_1_mm_s;mm/s;Bearing 1 vibration;high 4.5 highHigh 7.1",
            "condition;vibration_2_mm_s;mm/s;Bearing 2 vibration;high 4.5 highHigh 7.1",
            "condition;vibration_3_mm_s;mm/s;Bearing 3 vibration;high 4.5 highHigh 7.1",
            "condition;vibration_4_mm_s;mm/s;Bearing 4 vibration;high 4.5 highHigh 7.1",
            "condition;vib_1x_mm_s;mm/s;Vibration at 1x;",
            "condition;vib_2x_mm_s;mm/s;Vibration at 2x;",
            "condition;vib_bpfo_mm_s;mm/s;Vibration at BPFO (outer race);",
            "condition;oil_c;Cel;Oil temperature;",
            "condition;oil_bar;bar;Oil pressure;lowLow 0.9 low 1.2",
        ],
        effects: &[
            effect("spin", "rotate", "speed", &["Rotor"], &["token axis = \"X\""]),
            effect("heat1", "color", "bearing1", &["Bearing_1"], HEAT),
            effect("heat2", "color", "bearing2", &["Bearing_2"], HEAT),
            effect("heat3", "color", "bearing3", &["Bearing_3"], HEAT),
            effect("heat4", "color", "bearing4", &["Bearing_4"], HEAT),
            effect("shake1", "color", "vibration1", &["BearingFittings_1"], SHAKE),
            effect("shake2", "color", "vibration2", &["BearingFittings_2"], SHAKE),
            effect("shake3", "color", "vibration3", &["BearingFittings_3"], SHAKE),
            effect("shake4", "color", "vibration4", &["BearingFittings_4"], SHAKE),
            label("power", WHOLE),
        ],
    },
    Class {
        name: "AirCompressor",
        base: "",
        level: "equipment",
        points: &[
            "telemetry;pressure_bar;bar;Pressure;",
            "telemetry;load;1;Loaded;",
            "telemetry;motor_power_kw;kW;Motor power;",
            "telemetry;flow_m3_min;m3/min;Flow;",
            "condition;oil_c;Cel;Oil temperature;high 95 highHigh 105",
            "condition;vibration_mm_s;mm/s;Vibration (RMS);",
            "condition;filter_dp_mbar;mbar;Filter pressure drop;high 50",
        ],
        effects: &[
            effect("run", "emissive", "load", &["RunLamp"], GREEN),
            label("pressure", HUNDREDTHS),
        ],
    },
    Class {
        name: "AirReceiver",
        base: "",
        level: "storageUnit",
        points: &["telemetry;pressure_bar;bar;Pressure;lowLow 5.5 low 6.2 high 8.2 highHigh 9"],
        effects: &[
            effect(
                "gauge",
                "rotate",
                "pressure",
                &["Needle"],
                &[
                    "token axis = \"Y\"",
                    "double2 domain = (0, 10)",
                    "double2 range = (0, 270)",
                ],
            ),
            label("pressure", HUNDREDTHS),
        ],
    },
    Class {
        name: "Chiller",
        base: "",
        level: "equipment",
        points: &[
            "telemetry;supply_c;Cel;Supply temperature;high 8",
            "telemetry;return_c;Cel;Return temperature;",
            "telemetry;load_pct;%;Load;",
            "telemetry;power_kw;kW;Power;",
            "condition;condenser_bar;bar;Condenser pressure;high 17",
            "condition;evaporator_bar;bar;Evaporator pressure;low 2.5",
        ],
        effects: &[
            effect(
                "run",
                "emissive",
                "load",
                &["RunLamp"],
                &[
                    "double2 domain = (0, 20)",
                    "color3f color = (0.03, 1, 0.15)",
                    "float strength = 5",
                ],
            ),
            label("supply", TENTHS),
        ],
    },
    Class {
        name: "CoolingTower",
        base: "",
        level: "equipment",
        points: &[
            "telemetry;fan_rpm;r/min;Fan speed;",
            "telemetry;supply_c;Cel;Supply temperature;high 29",
            "telemetry;return_c;Cel;Return temperature;",
            "condition;vibration_mm_s;mm/s;Fan vibration (RMS);high 6 highHigh 9",
            "condition;basin_pct;%;Basin level;low 30",
        ],
        effects: &[
            effect("spin", "rotate", "fan", &["Fan"], &["token axis = \"Z\""]),
            effect(
                "water",
                "translate",
                "basin",
                &["BasinWater"],
                &[
                    "token axis = \"Z\"",
                    "double2 domain = (0, 100)",
                    "double2 range = (-0.35, 0)",
                ],
            ),
            label("supply", TENTHS),
        ],
    },
    Class {
        name: "Transformer",
        base: "",
        level: "equipment",
        points: &[
            "telemetry;load_pct;%;Load;high 90",
            "telemetry;power_kw;kW;Power;",
            "telemetry;oil_c;Cel;Oil temperature;high 85 highHigh 95",
            "telemetry;winding_c;Cel;Winding temperature;high 105",
        ],
        effects: &[
            effect(
                "heat",
                "color",
                "oil",
                &["Radiator_1", "Radiator_2"],
                &[
                    "double2 domain = (40, 100)",
                    "color3f[] rampColors = [(0.055, 0.24, 0.115), (0.3, 0.3, 0.05), (0.85, 0.42, 0.02), (0.8, 0.02, 0.01)]",
                    "float[] rampPositions = [0.3, 0.6, 0.75, 0.92]",
                ],
            ),
            label("load", WHOLE),
        ],
    },
    Class {
        name: "Feeder",
        base: "",
        level: "equipment",
        points: &[
            "telemetry;power_kw;kW;Power;",
            "telemetry;current_a;A;Current;high 900",
            "telemetry;voltage_v;V;Voltage;low 380 high 420",
            "telemetry;power_factor;1;Power factor;low 0.85",
            "energy;energy_kwh;kW.h;Energy;",
        ],
        effects: &[
            effect(
                "live",
                "emissive",
                "voltage",
                &["RunLamp"],
                &[
                    "double2 domain = (0, 380)",
                    "color3f color = (0.03, 1, 0.15)",
                    "float strength = 4",
                ],
            ),
            label("power", WHOLE),
        ],
    },
    Class {
        name: "Tank",
        base: "",
        level: "storageUnit",
        points: &[
            "telemetry;level_pct;%;Level;lowLow 10 low 20 high 88 highHigh 95",
            "telemetry;volume_m3;m3;Volume;",
            "telemetry;temperature_c;Cel;Temperature;",
        ],
        effects: &[
            effect(
                "fill",
                "level",
                "level",
                &["Level"],
                &["double2 domain = (0, 100)", "color3f color = (0.03, 0.32, 0.75)"],
            ),
            label("level", TENTHS),
        ],
    },
    Class {
        name: "Mixer",
        base: "",
        level: "unit",
        points: &[
            "telemetry;speed_rpm;r/min;Agitator speed;",
            "telemetry;level_pct;%;Level;",
            "telemetry;brix;1;Brix;low 9.8 high 10.6",
            "telemetry;temperature_c;Cel;Temperature;",
            "telemetry;torque_pct;%;Torque;high 85",
            "state;state;1;State (PackML);",
        ],
        effects: &[
            effect("spin", "rotate", "speed", &["Agitator"], &["token axis = \"Z\""]),
            effect(
                "fill",
                "level",
                "level",
                &["Level"],
                &["double2 domain = (0, 100)", "color3f color = (0.75, 0.6, 0.08)"],
            ),
            effect(
                "tag",
                "label",
                "brix",
                &[],
                &["string format = \"{id}  {value} °Bx\"", "int decimals = 2"],
            ),
        ],
    },
    Class {
        name: "PlateHeatExchanger",
        base: "",
        level: "equipment",
        points: &[
            "telemetry;hot_in_c;Cel;Hot side in;",
            "telemetry;hot_out_c;Cel;Hot side out;",
            "telemetry;cold_in_c;Cel;Cold side in;",
            "telemetry;cold_out_c;Cel;Cold side out;",
            "telemetry;flow_m3_h;m3/h;Flow;",
            "telemetry;dp_mbar;mbar;Pressure drop;high 800 highHigh 1100",
        ],
        effects: &[
            effect(
                "heat",
                "color",
                "coldOut",
                &["PlatePack"],
                &["double2 domain = (0, 90)"],
            ),
            label("coldOut", TENTHS),
        ],
    },
    Class {
        name: "Pasteuriser",
        base: "",
        level: "unit",
        points: &[
            "telemetry;hold_c;Cel;Holding temperature;lowLow 70 low 71.5 high 76",
            "telemetry;flow_m3_h;m3/h;Flow;",
            "telemetry;pu;1;Pasteurisation units;low 15",
            "telemetry;divert;1;Diverted;",
            "telemetry;steam_valve_pct;%;Steam valve;",
            "telemetry;outlet_c;Cel;Outlet temperature;",
            "state;state;1;State (PackML);",
        ],
        effects: &[
            effect(
                "heat",
                "color",
                "hold",
                &["HoldingTube"],
                &["double2 domain = (20, 90)"],
            ),
            effect("green", "emissive", "state", &["LampGreen"], GREEN_BY_STATE),
            effect("amber", "emissive", "divert", &["LampAmber"], AMBER),
            effect("red", "emissive", "state", &["LampRed"], RED),
            label("hold", TENTHS),
        ],
    },
    Class {
        name: "ControlValve",
        base: "",
        level: "controlModule",
        points: &[
            "telemetry;position_pct;%;Position;",
            "telemetry;setpoint_pct;%;Set-point;",
            "telemetry;flow_m3_h;m3/h;Flow;",
            "telemetry;travel_deviation_pct;%;Travel deviation;high 5 highHigh 10",
        ],
        effects: &[
            effect(
                "travel",
                "translate",
                "position",
                &["Stem"],
                &[
                    "token axis = \"Z\"",
                    "double2 domain = (0, 100)",
                    "double2 range = (0, 0.16)",
                ],
            ),
            label("position", WHOLE),
        ],
    },
    Class {
        name: "FlowMeter",
        base: "",
        level: "controlModule",
        points: &[
            "telemetry;flow_m3_h;m3/h;Flow;",
            "telemetry;totaliser_m3;m3;Totaliser;",
        ],
        effects: &[label("flow", TENTHS)],
    },
    Class {
        name: "LineMachine",
        base: "",
        level: "workCell",
        points: &[
            "telemetry;rate_bph;{bottles}/h;Rate;",
            "telemetry;speed_pct;%;Speed;",
            "telemetry;angle_rpm;r/min;Carousel speed;",
            "state;state;1;State (PackML);",
            "state;reason;1;Reason (1 starved, 2 blocked);",
            "state;state_since_s;s;Time in state;",
            "state;good_count;{bottles};Good;",
            "state;scrap_count;{bottles};Scrap;",
            "state;oee_pct;%;OEE;low 65",
            "state;availability_pct;%;Availability;",
            "state;performance_pct;%;Performance;",
            "state;quality_pct;%;Quality;",
            "state;infeed_pct;%;Buffer before it;",
            "energy;power_kw;kW;Power;",
        ],
        effects: &[
            effect("green", "emissive", "speed", &["LampGreen"], GREEN_BY_SPEED),
            effect("amber", "emissive", "reason", &["LampAmber"], AMBER),
            effect("red", "emissive", "state", &["LampRed"], RED),
            effect(
                "tag",
                "label",
                "rate",
                &[],
                &["string format = \"{id}  {value} bottles/h\"", "int decimals = 0"],
            ),
        ],
    },
    Class {
        name: "Depalletiser",
        base: "LineMachine",
        level: "",
        points: &[],
        effects: &[DRIVE],
    },
    Class {
        name: "Rinser",
        base: "LineMachine",
        level: "",
        points: &[],
        effects: &[
            CAROUSEL,
            effect(
                "stars",
                "rotate",
                "angle",
                &["InfeedStar", "OutfeedStar"],
                &["token axis = \"-Z\"", "double ratio = 3.5556"],
            ),
        ],
    },
    Class {
        name: "Filler",
        base: "LineMachine",
        level: "",
        points: &[
            "telemetry;fill_mean_ml;mL;Mean fill;low 497 high 505",
            "telemetry;bowl_level_pct;%;Bowl level;",
            "telemetry;bowl_bar;bar;Bowl pressure;",
        ],
        effects: &[
            CAROUSEL,
            effect(
                "stars",
                "rotate",
                "angle",
                &["InfeedStar", "OutfeedStar"],
                &["token axis = \"-Z\"", "double ratio = 4"],
            ),
        ],
    },
    Class {
        name: "Capper",
        base: "LineMachine",
        level: "",
        points: &["telemetry;torque_nm;N.m;Closing torque;low 1.4 high 2.2"],
        effects: &[CAROUSEL],
    },
    Class {
        name: "Labeller",
        base: "LineMachine",
        level: "",
        points: &[],
        effects: &[CAROUSEL],
    },
    Class {
        name: "Inspector",
        base: "LineMachine",
        level: "",
        points: &["telemetry;reject_pct;%;Rejected;high 2"],
        effects: &[DRIVE],
    },
    Class {
        name: "CasePacker",
        base: "LineMachine",
        level: "",
        points: &[],
        effects: &[DRIVE],
    },
    Class {
        name: "PalletisingRobot",
        base: "",
        level: "workCell",
        points: &[
            "telemetry;a1_deg;deg;Axis 1;",
            "telemetry;a2_deg;deg;Axis 2;",
            "telemetry;a3_deg;deg;Axis 3;",
            "telemetry;a4_deg;deg;Axis 4;",
            "telemetry;pallet_layers;1;Layers on the pallet;",
            "condition;gearbox_c;Cel;Gearbox temperature;high 75",
            "state;state;1;State (PackML);",
            "state;reason;1;Reason (1 starved, 2 blocked);",
            "state;state_since_s;s;Time in state;",
            "state;good_count;{cases};Cases;",
            "state;oee_pct;%;OEE;",
            "energy;power_kw;kW;Power;",
        ],
        effects: &[
            effect("axis1", "rotate", "a1", &["Axis1"], &["token axis = \"Z\""]),
            effect("axis2", "rotate", "a2", &["Axis1/Axis2"], &["token axis = \"Y\""]),
            effect(
                "axis3",
                "rotate",
                "a3",
                &["Axis1/Axis2/Axis3"],
                &["token axis = \"-Y\""],
            ),
            effect(
                "level3",
                "rotate",
                "a3",
                &["Axis1/Axis2/Axis3/Raised/End/Lowered/Level3"],
                &["token axis = \"Y\""],
            ),
            effect(
                "level2",
                "rotate",
                "a2",
                &["Axis1/Axis2/Axis3/Raised/End/Lowered/Level3/Level2"],
                &["token axis = \"-Y\""],
            ),
            effect(
                "axis4",
                "rotate",
                "a4",
                &["Axis1/Axis2/Axis3/Raised/End/Lowered/Level3/Level2/Axis4"],
                &["token axis = \"Z\""],
            ),
            effect(
                "heat",
                "color",
                "gearbox",
                &["Axis1/Column"],
                &[
                    "double2 domain = (40, 85)",
                    "color3f[] rampColors = [(0.78, 0.18, 0.01), (0.78, 0.18, 0.01), (0.8, 0.02, 0.01)]",
                    "float[] rampPositions = [0, 0.7, 1]",
                ],
            ),
            effect("green", "emissive", "state", &["LampGreen"], GREEN_BY_STATE),
            effect("amber", "emissive", "reason", &["LampAmber"], AMBER),
            effect("red", "emissive", "state", &["LampRed"], RED),
            effect(
                "tag",
                "label",
                "palletLayers",
                &[],
                &["string format = \"{id}  layer {value}\"", "int decimals = 0"],
            ),
        ],
    },
    Class {
        name: "Conveyor",
        base: "",
        level: "equipment",
        points: &[
            "telemetry;speed_m_s;m/s;Speed;",
            "telemetry;load_pct;%;Load of its belt;",
            "telemetry;motor_a;A;Motor current;high 6",
            "state;state;1;State (PackML);",
            "state;reason;1;Reason (1 starved, 2 blocked);",
        ],
        effects: &[
            effect(
                "run",
                "convey",
                "speed",
                &["Goods"],
                &["token axis = \"X\"", "double pitch = 0.1"],
            ),
            label("speed", HUNDREDTHS),
        ],
    },
    Class {
        name: "Area",
        base: "",
        level: "area",
        points: &["state;power_kw;kW;Power;", "state;energy_kwh;kW.h;Energy;"],
        effects: &[],
    },
    Class {
        name: "Cell",
        base: "",
        level: "processCell",
        points: &["state;power_kw;kW;Power;", "state;energy_kwh;kW.h;Energy;"],
        effects: &[],
    },
    Class {
        name: "Line",
        base: "",
        level: "productionLine",
        points: &[
            "state;power_kw;kW;Power;",
            "state;energy_kwh;kW.h;Energy;",
            "state;oee_pct;%;OEE;low 65",
            "state;rate_bph;{bottles}/h;Rate;",
            "state;good_count;{bottles};Good;",
            "state;scrap_count;{bottles};Scrap;",
            "state;shift;1;Shift;",
        ],
        effects: &[],
    },
    Class {
        name: "Site",
        base: "",
        level: "site",
        points: &[
            "state;power_kw;kW;Power;",
            "state;steam_t_h;t/h;Steam;",
            "state;water_m3_h;m3/h;Water;",
            "state;bottles_per_kwh;{bottles}/kW.h;Bottles per kilowatt hour;",
        ],
        effects: &[],
    },
];
