//! Where everything in the pump house stands, and the pipes between: `plant_scene.usda`.
//!
//! X runs along the hall, Y from the open front to the back wall, Z up. Water goes from TK-201 through the suction
//! header to the pumps, through the discharge header, the control valve FCV-301 and the heat exchanger to TK-202, and back
//! through LCV-302.

mod hall;
mod machines;
mod piping;

use super::{building::HALF_DEPTH, materials::Surface, math::V3, usda::Layer, vessels::TANK_LOW_NOZZLE};

use super::placing::{camera, model};

const PUMPS: [(&str, f64); 3] = [("P-101", 1.0), ("P-102", 3.5), ("P-103", 6.0)];

const PUMP_Y: f64 = -1.5;

const TANKS: [(&str, &str, f64); 2] = [
    ("TK-201", "Return water tank", -9.0),
    ("TK-202", "Cooled water tank", -5.0),
];

const TANK_Y: f64 = 3.6;

const EXCHANGER: V3 = [8.61, 4.3, 0.0];

const COOLER: V3 = [10.7, 4.75, 0.0];

const FLOW_VALVE: V3 = [8.8, 0.9, 1.1];

const LEVEL_VALVE: V3 = [-7.6, -0.2, TANK_LOW_NOZZLE];

const PANEL: V3 = [-2.0, -2.2, 0.0];

const WALL_FAN: V3 = [1.0, HALF_DEPTH - 0.12, 4.1];

const TRAY_Z: f64 = 3.15;

const SUCTION_Y: f64 = 0.9;

const RISER_TOP: f64 = 2.55;

/// `plant_scene.usda`.
pub(in crate::plantgen) fn layer() -> String {
    let doc =
        "The pump house as its vendor would deliver it: geometry only. Made by `cargo xtask gen-plant`.";
    let mut layer = Layer::new(doc, "Plant", &[]);
    let metadata = model("assembly", "Pump house");
    layer.prim("def Xform \"Plant\"", &metadata, |layer| {
        layer.looks(
            &[
                Surface::BlackPlastic,
                Surface::CableBlack,
                Surface::Concrete,
                Surface::Galvanised,
                Surface::PaintBlue,
                Surface::PaintGreen,
                Surface::Rubber,
                Surface::SafetyYellow,
                Surface::StainlessSteel,
                Surface::StructuralSteel,
            ],
            "materials.usda",
        );
        cameras(layer);
        hall::hall(layer);
        machines::pump_row(layer);
        machines::tank_farm(layer);
        machines::cooling(layer);
        piping::piping(layer);
        machines::utilities(layer);
    });
    layer.finish()
}

fn cameras(layer: &mut Layer) {
    layer.prim("def Scope \"Cameras\"", &[], |layer| {
        camera(layer, "Overview", [14.2, -12.6, 8.4], [0.2, 0.9, 1.0], 26.0);
        camera(layer, "PumpRow", [7.9, -5.6, 2.5], [2.9, -1.2, 0.9], 28.0);
        camera(layer, "TankFarm", [-3.4, -6.2, 3.1], [-7.1, 3.0, 1.9], 26.0);
        camera(layer, "Cooling", [12.4, -2.6, 3.1], [8.9, 4.2, 1.2], 28.0);
    });
}
