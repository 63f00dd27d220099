//! Classes of the filling line.

use super::{AMBER_LAMP, CAROUSEL, Class, DRIVE, Effect, GREEN_LAMP, HUNDREDTHS, RED_LAMP, effect, label};

/// A part of the layer on the depalletiser's table.
const fn strip(
    name: &'static str,
    target: &'static [&'static str],
    details: &'static [&'static str],
) -> Effect {
    effect(name, "visibility", "tableBottles", target, details)
}

/// A layer of the pallet in the depalletiser.
const fn layer(
    name: &'static str,
    target: &'static [&'static str],
    details: &'static [&'static str],
) -> Effect {
    effect(name, "visibility", "palletLayers", target, details)
}

pub(super) const CLASSES: &[Class] = &[
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
            GREEN_LAMP,
            AMBER_LAMP,
            RED_LAMP,
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
        points: &[
            "telemetry;head_x_m;m;Head, way from the pallet;",
            "telemetry;head_z_m;m;Head, height of its layer;",
            "telemetry;carried_bottles;{bottles};Bottles in the head;",
            "telemetry;table_bottles;{bottles};Bottles on the table;",
            "telemetry;pallet_layers;1;Layers on the pallet;",
        ],
        effects: &[
            DRIVE,
            // At rest the head carries its layer 2.2 m above the floor, over the pallet.
            effect(
                "lift",
                "translate",
                "headZ",
                &["Lift"],
                &[
                    "token axis = \"Z\"",
                    "double2 domain = (0, 3)",
                    "double2 range = (-2.2, 0.8)",
                ],
            ),
            effect(
                "travel",
                "translate",
                "headX",
                &["Lift/Head"],
                &["token axis = \"X\"", "double2 domain = (0, 1.52)"],
            ),
            effect(
                "load",
                "visibility",
                "carriedBottles",
                &["Lift/Head/Layer"],
                &["double2 domain = (1, 247)"],
            ),
            strip("strip1", &["OnTable/Strip_1"], &["double2 domain = (1, 247)"]),
            strip("strip2", &["OnTable/Strip_2"], &["double2 domain = (62, 247)"]),
            strip("strip3", &["OnTable/Strip_3"], &["double2 domain = (124, 247)"]),
            strip("strip4", &["OnTable/Strip_4"], &["double2 domain = (185, 247)"]),
            layer("layer1", &["Layer_1"], &["double2 domain = (1, 5)"]),
            layer("layer2", &["Layer_2"], &["double2 domain = (2, 5)"]),
            layer("layer3", &["Layer_3"], &["double2 domain = (3, 5)"]),
            layer("layer4", &["Layer_4"], &["double2 domain = (4, 5)"]),
            layer("layer5", &["Layer_5"], &["double2 domain = (5, 5)"]),
        ],
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
        points: &[
            "telemetry;head_x_m;m;Head, way from the lanes;",
            "telemetry;head_z_m;m;Head, height of its bottles;",
            "telemetry;carried_bottles;{bottles};Bottles in the head;",
            "telemetry;case_bottles;{bottles};Bottles in the case;",
            "telemetry;case_x_m;m;Case, way from where it is packed;",
        ],
        effects: &[
            DRIVE,
            effect(
                "travel",
                "translate",
                "headX",
                &["Carriage"],
                &["token axis = \"X\"", "double2 domain = (0, 0.9)"],
            ),
            // At rest the feet of the bottles in the head would be 1.31 m above the floor.
            effect(
                "lift",
                "translate",
                "headZ",
                &["Carriage/Head"],
                &[
                    "token axis = \"Z\"",
                    "double2 domain = (0, 2)",
                    "double2 range = (-1.31, 0.69)",
                ],
            ),
            effect(
                "load",
                "visibility",
                "carriedBottles",
                &["Carriage/Head/Bottles"],
                &["double2 domain = (1, 24)"],
            ),
            effect(
                "advance",
                "translate",
                "caseX",
                &["Cases"],
                &["token axis = \"X\"", "double2 domain = (0, 0.75)"],
            ),
            effect(
                "packed",
                "visibility",
                "caseBottles",
                &["Cases/Bottles"],
                &["double2 domain = (1, 24)"],
            ),
        ],
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
            "telemetry;carried_cases;{cases};Cases in its hand;",
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
            effect(
                "load",
                "visibility",
                "carriedCases",
                &["Axis1/Axis2/Axis3/Raised/End/Lowered/Level3/Level2/Axis4/Tool/Cases"],
                &["double2 domain = (1, 3)"],
            ),
            GREEN_LAMP,
            AMBER_LAMP,
            RED_LAMP,
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
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plantgen::bottling::{depalletiser, packing};

    /// The numbers of an effect's attribute.
    fn pair(class: &str, effect: &str, name: &str) -> [f64; 2] {
        let class = CLASSES.iter().find(|it| it.name == class).unwrap();
        let effect = class.effects.iter().find(|it| it.name == effect).unwrap();
        let start = format!("double2 {name} = (");
        let text = effect
            .details
            .iter()
            .find_map(|it| it.strip_prefix(&start))
            .unwrap();
        let numbers: Vec<f64> = text
            .trim_end_matches(')')
            .split(", ")
            .map(|number| number.parse().unwrap())
            .collect();
        [numbers[0], numbers[1]]
    }

    /// A value that is the place at rest moves nothing, and the ends of a way are those of the machine.
    #[test]
    fn heads_go_the_ways_that_their_machines_have() {
        let near = |one: f64, other: f64| assert!((one - other).abs() < 1e-9, "{one} {other}");
        for (class, effect, way) in [
            ("Depalletiser", "travel", depalletiser::TRAVEL),
            ("CasePacker", "travel", packing::WAYS[0]),
            ("CasePacker", "advance", packing::WAYS[1]),
        ] {
            let [from, to] = pair(class, effect, "domain");
            near(from, 0.0);
            near(to, way);
        }
        for (class, rest) in [
            ("Depalletiser", depalletiser::CARRIED),
            ("CasePacker", packing::CARRIED),
        ] {
            let (domain, range) = (pair(class, "lift", "domain"), pair(class, "lift", "range"));
            near(range[0] - domain[0], -rest);
            near(range[1] - domain[1], -rest);
        }
    }
}
