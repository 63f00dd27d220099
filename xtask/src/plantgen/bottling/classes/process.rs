//! Classes of the process.

use super::{AMBER_LAMP, Class, GREEN_LAMP, RED_LAMP, TENTHS, WHOLE, effect, label};

pub(super) const CLASSES: &[Class] = &[
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
            GREEN_LAMP,
            AMBER_LAMP,
            RED_LAMP,
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
];
