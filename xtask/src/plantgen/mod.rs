//! Makes the geometry of the sample plant `scenes/pumphouse`, bit for bit the same on every machine.
//!
//! Parts are parametric (surfaces of revolution, swept pipes, bevelled boxes) and written as usda text: `materials.usda`,
//! `components/*.usda` and `plant_scene.usda`. The twin layer `plant.usda` and `gemba.toml` are written by hand, as an
//! integrator would, and are left alone.

mod building;
mod component;
mod fittings;
mod lettering;
mod materials;
mod math;
mod mesh;
mod pump;
mod scene;
mod shapes;
mod usda;
mod utilities;
mod vessels;

use std::{fs, path::Path};

use anyhow::Context;

/// Every generated file: its path below the plant's folder, and its text.
#[must_use]
pub(crate) fn files() -> Vec<(&'static str, String)> {
    vec![
        ("materials.usda", materials::library()),
        (
            "components/pump.usda",
            component::file("An end-suction centrifugal pump.", &pump::components()),
        ),
        (
            "components/fittings.usda",
            component::file("Flanges, valves and supports.", &fittings::components()),
        ),
        (
            "components/vessels.usda",
            component::file("Tanks and heat exchangers.", &vessels::components()),
        ),
        (
            "components/utilities.usda",
            component::file("Fans, lights, panels.", &utilities::components()),
        ),
        (
            "components/building.usda",
            component::file("The hall and what stands in it.", &building::components()),
        ),
        ("plant_scene.usda", scene::layer()),
    ]
}

/// Writes the plant's geometry into the folder `out`.
///
/// # Errors
/// When a file or folder cannot be written.
pub(crate) fn run(out: &Path) -> anyhow::Result<()> {
    for (name, text) in files() {
        let path = out.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_plant_is_the_generated_one() {
        let plant = crate::root().join("scenes/pumphouse");
        for (name, text) in files() {
            let committed = fs::read_to_string(plant.join(name)).unwrap();
            assert!(committed == text, "{name} differs: run `cargo xtask gen-plant`");
        }
    }

    #[test]
    fn the_plant_stays_small_enough_for_a_clone() {
        let bytes: usize = files().iter().map(|(_, text)| text.len()).sum();
        assert!(bytes < 3_000_000, "{bytes} bytes");
    }
}
