//! The twin layer over the scene.

use super::usda::Layer;

pub(super) fn layer() -> String {
    Layer::new("The bottling works with its telemetry.", "Plant", &["subLayers = [@./plant_scene.usda@]".to_owned()]).finish()
}
