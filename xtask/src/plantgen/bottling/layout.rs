//! What stands where: every machine with its id, its file and its place, and every conveyor with what runs on it.

use super::math::V3;

/// A machine that is a twin.
pub(super) struct Stand {
    pub(super) id: &'static str,
    /// Groups from the site down, such as `Utilities/Steam`.
    pub(super) group: &'static str,
    pub(super) file: &'static str,
    pub(super) model: &'static str,
    pub(super) name: &'static str,
    pub(super) at: V3,
    pub(super) turn_deg: f64,
    /// Where its id is written, from its own origin, and how high.
    pub(super) plate: Option<(V3, f64)>,
}

#[expect(clippy::too_many_arguments, reason = "a row of a table")]
const fn stand(
    group: &'static str,
    id: &'static str,
    file: &'static str,
    model: &'static str,
    name: &'static str,
    at: V3,
    turn_deg: f64,
    plate: Option<(V3, f64)>,
) -> Stand {
    Stand {
        id,
        group,
        file,
        model,
        name,
        at,
        turn_deg,
        plate,
    }
}

const PUMP_PLATE: Option<(V3, f64)> = Some(([-0.3, -0.44, 0.08], 0.09));
const NO_PLATE: Option<(V3, f64)> = None;
const TANK_PLATE: Option<(V3, f64)> = Some(([0.0, -1.47, 3.9], 0.26));
const SMALL_PLATE: Option<(V3, f64)> = Some(([0.0, -1.08, 2.9], 0.22));
const MIXER_PLATE: Option<(V3, f64)> = Some(([0.0, -1.27, 3.4], 0.22));
const FEEDER_PLATE: Option<(V3, f64)> = Some(([-0.1, -0.022, 1.98], 0.07));
const TOWER_PLATE: Option<(V3, f64)> = Some(([-0.5, -1.56, 3.2], 0.28));

/// Every machine but the conveyors.
#[rustfmt::skip]
pub(super) const STANDS: &[Stand] = &[
    stand("Utilities/Steam", "B-101", "boiler", "SteamBoiler", "Steam boiler", [-30.5, 12.0, 0.0], 0.0, Some(([2.75, -1.3, 2.5], 0.2))),
    stand("Utilities/Steam", "P-111", "pump", "CentrifugalPump", "Feedwater pump", [-29.84, 3.0, 0.0], 180.0, PUMP_PLATE),
    stand("Utilities/Steam", "P-112", "pump", "CentrifugalPump", "Feedwater pump, standby", [-29.84, 1.0, 0.0], 180.0, PUMP_PLATE),
    stand("Utilities/Steam", "TK-110", "feedtank", "FeedTank", "Feedwater tank", [-32.0, 3.0, 0.0], 0.0, Some(([0.2, -0.87, 3.1], 0.2))),
    stand("Utilities/Steam", "FCV-115", "valve", "ControlValve", "Steam control valve", [-26.0, 12.0, 5.6], 0.0, NO_PLATE),
    stand("Utilities/Power", "TG-101", "turbine", "SteamTurbine", "Turbine generator", [-19.5, 12.0, 0.0], 0.0, Some(([-0.2, -1.37, 0.12], 0.14))),
    stand("Utilities/Power", "TR-101", "transformer", "Transformer", "Transformer", [-32.6, -2.8, 0.0], 0.0, Some(([-0.4, -0.57, 1.55], 0.12))),
    stand("Utilities/Power", "FD-101", "switchgear", "Cubicle", "Feeder utilities", [-28.8, -2.6, 0.0], 0.0, FEEDER_PLATE),
    stand("Utilities/Power", "FD-102", "switchgear", "Cubicle", "Feeder process", [-28.0, -2.6, 0.0], 0.0, FEEDER_PLATE),
    stand("Utilities/Power", "FD-103", "switchgear", "Cubicle", "Feeder filling line", [-27.2, -2.6, 0.0], 0.0, FEEDER_PLATE),
    stand("Utilities/Power", "FD-104", "switchgear", "Cubicle", "Feeder building", [-26.4, -2.6, 0.0], 0.0, FEEDER_PLATE),
    stand("Utilities/Air", "C-101", "compressor", "AirCompressor", "Air compressor", [-21.5, -2.6, 0.0], 0.0, Some(([-0.8, -0.73, 1.55], 0.14))),
    stand("Utilities/Air", "C-102", "compressor", "AirCompressor", "Air compressor", [-18.2, -2.6, 0.0], 0.0, Some(([-0.8, -0.73, 1.55], 0.14))),
    stand("Utilities/Air", "V-101", "receiver", "AirReceiver", "Air receiver", [-15.6, -2.4, 0.0], 0.0, Some(([0.0, -0.67, 2.55], 0.14))),
    stand("Utilities/Cooling", "CT-101", "coolingtower", "CoolingTower", "Cooling tower", [-32.0, -22.4, 0.0], 0.0, TOWER_PLATE),
    stand("Utilities/Cooling", "CT-102", "coolingtower", "CoolingTower", "Cooling tower", [-28.0, -22.4, 0.0], 0.0, TOWER_PLATE),
    stand("Utilities/Cooling", "P-121", "pump", "CentrifugalPump", "Cooling-water pump", [-33.5, -13.0, 0.0], -90.0, PUMP_PLATE),
    stand("Utilities/Cooling", "P-122", "pump", "CentrifugalPump", "Cooling-water pump", [-31.3, -13.0, 0.0], -90.0, PUMP_PLATE),
    stand("Utilities/Cooling", "P-123", "pump", "CentrifugalPump", "Cooling-water pump, standby", [-29.1, -13.0, 0.0], -90.0, PUMP_PLATE),
    stand("Utilities/Cooling", "CH-101", "chiller", "Chiller", "Chiller", [-24.5, -10.2, 0.0], 0.0, Some(([-0.6, -0.8, 0.12], 0.16))),
    stand("Utilities/Cooling", "CH-102", "chiller", "Chiller", "Chiller", [-24.5, -13.6, 0.0], 0.0, Some(([-0.6, -0.8, 0.12], 0.16))),
    stand("Utilities/Cooling", "P-131", "pump", "CentrifugalPump", "Chilled-water pump", [-19.84, -10.52, 0.0], 180.0, PUMP_PLATE),
    stand("Utilities/Cooling", "P-132", "pump", "CentrifugalPump", "Chilled-water pump", [-19.84, -13.92, 0.0], 180.0, PUMP_PLATE),
    stand("Utilities/Cooling", "TCV-135", "valve", "ControlValve", "Chilled-water control valve", [-17.5, -10.76, 2.6], 0.0, NO_PLATE),
    stand("Process/Water", "TK-201", "tank", "Tank", "Treated water tank", [-8.0, 14.8, 0.0], 0.0, TANK_PLATE),
    stand("Process/Water", "TK-202", "tank", "Tank", "Treated water tank", [-4.2, 14.8, 0.0], 0.0, TANK_PLATE),
    stand("Process/Water", "P-201", "pump", "CentrifugalPump", "Treated water pump", [-6.0, 11.3, 0.0], 90.0, PUMP_PLATE),
    stand("Process/Water", "FT-201", "valve", "FlowMeter", "Water flow", [-1.0, 10.4, 2.6], 0.0, NO_PLATE),
    stand("Process/Blending", "TK-211", "tank", "SmallTank", "Syrup tank", [0.5, 14.6, 0.0], 0.0, SMALL_PLATE),
    stand("Process/Blending", "TK-212", "tank", "SmallTank", "Concentrate tank", [3.4, 14.6, 0.0], 0.0, SMALL_PLATE),
    stand("Process/Blending", "P-211", "pump", "CentrifugalPump", "Syrup pump", [1.8, 11.3, 0.0], 90.0, PUMP_PLATE),
    stand("Process/Blending", "FCV-211", "valve", "ControlValve", "Water dosing valve", [3.5, 10.4, 2.6], 0.0, NO_PLATE),
    stand("Process/Blending", "FCV-212", "valve", "ControlValve", "Syrup dosing valve", [4.7, 10.1, 2.1], 0.0, NO_PLATE),
    stand("Process/Blending", "M-201", "mixer", "Mixer", "Mixer", [7.4, 14.1, 0.0], 0.0, MIXER_PLATE),
    stand("Process/Blending", "M-202", "mixer", "Mixer", "Mixer", [11.4, 14.1, 0.0], 0.0, MIXER_PLATE),
    stand("Process/Blending", "P-212", "pump", "CentrifugalPump", "Mixer discharge pump", [9.6, 11.3, 0.0], 90.0, PUMP_PLATE),
    stand("Process/Blending", "FT-211", "valve", "FlowMeter", "Blend flow", [11.3, 10.3, 2.1], 0.0, NO_PLATE),
    stand("Process/Pasteur", "P-221", "pump", "CentrifugalPump", "Pasteuriser feed pump", [15.0, 11.3, 0.0], 90.0, PUMP_PLATE),
    stand("Process/Pasteur", "HX-201", "exchanger", "PlateHeatExchanger", "Cooler", [17.5, 12.5, 0.0], 0.0, Some(([0.0, -0.012, 1.3], 0.1))),
    stand("Process/Pasteur", "HX-202", "exchanger", "PlateHeatExchanger", "Heater", [20.0, 12.5, 0.0], 0.0, Some(([0.0, -0.012, 1.3], 0.1))),
    stand("Process/Pasteur", "PA-201", "pasteuriser", "Pasteuriser", "Pasteuriser", [23.5, 13.0, 0.0], 0.0, Some(([-1.7, -1.225, 1.86], 0.09))),
    stand("Process/Pasteur", "TCV-221", "valve", "ControlValve", "Steam valve of the heater", [20.0, 10.1, 2.4], 90.0, NO_PLATE),
    stand("Process/Pasteur", "FCV-222", "valve", "ControlValve", "Divert valve", [24.5, 13.2, 2.9], 0.0, NO_PLATE),
    stand("Process/Pasteur", "TK-221", "tank", "Tank", "Sterile product tank", [28.8, 14.8, 0.0], 0.0, TANK_PLATE),
    stand("Process/Pasteur", "TK-222", "tank", "Tank", "Sterile product tank", [32.4, 14.8, 0.0], 0.0, TANK_PLATE),
    stand("Process/Pasteur", "P-222", "pump", "CentrifugalPump", "Product pump", [30.6, 11.3, 0.0], 90.0, PUMP_PLATE),
    stand("Process/Pasteur", "FT-221", "valve", "FlowMeter", "Product flow", [30.36, 9.6, 4.7], 90.0, NO_PLATE),
    stand("Process/Pasteur", "LCV-223", "valve", "ControlValve", "Sterile level valve", [30.2, 13.2, 6.1], 0.0, NO_PLATE),
    stand("Filling/Line_1", "DP-301", "depalletiser", "Depalletiser", "Depalletiser", [-9.0, -3.0, 0.0], 0.0, Some(([-1.88, -0.94, 3.4], 0.16))),
    stand("Filling/Line_1", "RN-301", "rinser", "Rinser", "Rinser", [2.0, -3.0, 0.0], 0.0, Some(([-0.6, -1.33, 2.25], 0.16))),
    stand("Filling/Line_1", "FL-301", "filler", "Filler", "Filler", [6.4, -3.0, 0.0], 0.0, Some(([1.25, -1.78, 2.75], 0.16))),
    stand("Filling/Line_1", "CP-301", "capper", "Capper", "Capper", [9.4, -3.0, 0.0], 0.0, Some(([-0.3, -1.03, 2.35], 0.14))),
    stand("Filling/Line_1", "IN-301", "inspector", "Inspector", "Inspector", [13.6, -3.0, 0.0], 0.0, Some(([0.4, -0.43, 1.86], 0.09))),
    stand("Filling/Line_1", "LB-301", "labeller", "Labeller", "Labeller", [22.0, -10.5, 0.0], 180.0, Some(([0.0, -1.63, 2.15], 0.16))),
    stand("Filling/Line_1", "CK-301", "casepacker", "CasePacker", "Case packer", [9.8, -10.5, 0.0], 180.0, Some(([-1.6, -1.18, 2.55], 0.16))),
    stand("Filling/Line_1", "PL-301", "robot", "PalletisingRobot", "Palletising robot", [-3.9, -12.46, 0.0], super::robot::STAND_TURN_DEG, NO_PLATE),
    stand("Filling/Line_1", "LCV-301", "valve", "ControlValve", "Bowl level valve", [6.9, 2.4, 6.0], 90.0, NO_PLATE),
];

/// What a conveyor is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bed {
    Bottle,
    Wide,
    Roller,
    Pallet,
}

/// A conveyor that runs along its own +X.
pub(super) struct Conveyor {
    pub(super) id: &'static str,
    pub(super) bed: Bed,
    pub(super) at: V3,
    pub(super) turn_deg: f64,
    pub(super) length_m: usize,
    /// The solid of the goods' file, or its model `LoadedPallet`, and how far one is behind the other.
    pub(super) goods: &'static str,
    pub(super) pitch_m: f64,
}

const fn conveyor(
    id: &'static str,
    bed: Bed,
    at: [f64; 2],
    turn_deg: f64,
    length_m: usize,
    goods: &'static str,
    pitch_m: f64,
) -> Conveyor {
    Conveyor {
        id,
        bed,
        at: [at[0], at[1], 0.0],
        turn_deg,
        length_m,
        goods,
        pitch_m,
    }
}

/// Every conveyor of the line, in the order in which bottles meet them.
#[rustfmt::skip]
pub(super) const CONVEYORS: &[Conveyor] = &[
    conveyor("CV-301", Bed::Bottle, [-6.5, -3.0], 0.0, 7, "EmptyBottleSolid", 0.1),
    conveyor("CV-302", Bed::Bottle, [3.4, -3.0], 0.0, 1, "EmptyBottleSolid", 0.1),
    conveyor("CV-303", Bed::Bottle, [10.35, -3.0], 0.0, 5, "CappedBottleSolid", 0.1),
    conveyor("CV-304", Bed::Wide, [15.4, -3.0], 0.0, 8, "MassBottle", 0.0667),
    conveyor("CV-305", Bed::Bottle, [24.1, -3.5], -90.0, 6, "CappedBottleSolid", 0.1),
    conveyor("CV-306", Bed::Bottle, [20.3, -10.5], 180.0, 3, "LabelledBottleSolid", 0.1),
    conveyor("CV-307", Bed::Wide, [17.3, -10.5], 180.0, 5, "MassLabelled", 0.08),
    conveyor("CV-308", Bed::Roller, [7.3, -10.5], 180.0, 3, "Case", 0.75),
    conveyor("CV-309", Bed::Roller, [4.3, -10.5], 180.0, 4, "Case", 0.6),
    conveyor("CV-310", Bed::Roller, [0.3, -10.5], 180.0, 4, "Case", 0.5),
    conveyor("CV-311", Bed::Pallet, [-10.4, -12.46], 0.0, 4, "Pallet", 1.35),
    conveyor("CV-312", Bed::Pallet, [-5.85, -11.9], -90.0, 4, "LoadedPallet", 2.0),
];
