//! The pump house `scenes/pumphouse`: a small plant of pumps, tanks and a heat exchanger.

pub(super) mod building;
pub(super) mod fittings;
pub(super) mod pump;
mod scene;
pub(super) mod utilities;
pub(super) mod vessels;

use super::parts::{component, grain, joints, lettering, materials, math, mesh, placing, shapes, usda};
use materials::Surface;

const SURFACES: [Surface; 24] = [
    Surface::BeaconAmber,
    Surface::BeaconGreen,
    Surface::BeaconRed,
    Surface::BlackPlastic,
    Surface::BrushedMetal,
    Surface::CableBlack,
    Surface::CastIron,
    Surface::Cladding,
    Surface::Concrete,
    Surface::DialWhite,
    Surface::Galvanised,
    Surface::GaugeGlass,
    Surface::Glass,
    Surface::LampWhite,
    Surface::MotorGrey,
    Surface::PaintBlue,
    Surface::PaintGreen,
    Surface::PaintRed,
    Surface::PanelGrey,
    Surface::Rubber,
    Surface::SafetyYellow,
    Surface::Screen,
    Surface::StainlessSteel,
    Surface::StructuralSteel,
];

/// Every generated file: its path below the plant's folder, and its text.
pub(super) fn files() -> Vec<(String, String)> {
    vec![
        ("materials.usda".to_owned(), materials::library(&SURFACES)),
        (
            "components/pump.usda".to_owned(),
            component::file("An end-suction centrifugal pump.", &pump::components()),
        ),
        (
            "components/fittings.usda".to_owned(),
            component::file("Flanges, valves and supports.", &fittings::components()),
        ),
        (
            "components/vessels.usda".to_owned(),
            component::file("Tanks and heat exchangers.", &vessels::components()),
        ),
        (
            "components/utilities.usda".to_owned(),
            component::file("Fans, lights, panels.", &utilities::components()),
        ),
        (
            "components/building.usda".to_owned(),
            component::file("The hall and what stands in it.", &building::components()),
        ),
        ("plant_scene.usda".to_owned(), scene::layer()),
    ]
}
