//! The bottling works `scenes/bottling`: utilities, process and one line for 24 000 bottles an hour in a hall of
//! 72 × 36 m.
//!
//! Each machine has a file of its own with an abstract `Parts`; [`layout`] says what stands where, [`scene`] writes the
//! vendor's scene, [`twins`] the twin layer over it.

mod boiler;
mod building;
mod carousel;
mod classes;
mod common;
mod conveyor;
mod cooling;
mod depalletiser;
mod electrical;
mod filler;
mod floor;
mod goods;
mod hall;
mod layout;
mod motor;
mod packing;
mod pipes;
mod process;
mod robot;
mod rotary;
mod scene;
mod station;
mod turbine;
mod twins;
mod vehicles;
mod walkway;

use super::{
    parts::{component, grain, joints, lettering, materials, math, mesh, placing, shapes, solid, usda},
    pumphouse,
};
use materials::Surface;
use solid::Machine;

fn machines() -> Vec<Machine> {
    vec![
        boiler::machine(),
        rotary::capper(),
        filler::filler(),
        rotary::labeller(),
        rotary::rinser(),
        common::exchangers(),
        common::furniture(),
        common::pumps(),
        common::valves(),
        conveyor::machine(),
        cooling::chiller(),
        cooling::compressor(),
        cooling::receiver(),
        cooling::tower(),
        depalletiser::machine(),
        electrical::switchgear(),
        electrical::transformer(),
        goods::machine(),
        hall::machine(),
        packing::case_packer(),
        packing::inspector(),
        pipes::machine(),
        process::feed_tank(),
        process::mixer(),
        process::pasteuriser(),
        process::tanks(),
        robot::machine(),
        station::machine(),
        turbine::machine(),
        vehicles::machine(),
        walkway::machine(),
    ]
}

/// Every generated file: its path below the plant's folder, and its text.
pub(super) fn files() -> Vec<(String, String)> {
    let machines = machines();
    let mut surfaces: Vec<Surface> = machines
        .iter()
        .flat_map(|machine| &machine.solids)
        .flat_map(|solid| solid.meshes.keys().copied())
        .chain(scene::SURFACES)
        .collect();
    surfaces.sort_unstable();
    surfaces.dedup();
    let mut files = vec![("materials.usda".to_owned(), materials::library(&surfaces))];
    files.extend(machines.iter().map(Machine::write));
    files.push(("plant_scene.usda".to_owned(), scene::layer()));
    files.push(("plant.usda".to_owned(), twins::layer()));
    files
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use math::dot;

    #[test]
    fn solids_are_sound() {
        for machine in machines() {
            for solid in &machine.solids {
                assert!(
                    !solid.meshes.is_empty(),
                    "{}: {} is empty",
                    machine.file,
                    solid.name
                );
                for (surface, mesh) in &solid.meshes {
                    let name = format!("{}: {} {}", machine.file, solid.name, surface.name());
                    assert!(mesh.counts.iter().all(|&corners| corners >= 3), "{name}");
                    let [low, high] = mesh.bounds();
                    assert!(
                        (0..3).all(|axis| low[axis] > -50.0 && high[axis] < 50.0),
                        "{name}"
                    );
                    for normal in &mesh.normals {
                        assert!(
                            (dot(*normal, *normal) - 1.0).abs() < 2e-3,
                            "{name}: normal {normal:?}"
                        );
                    }
                }
            }
        }
    }

    /// A name that occurs twice would be one prim with the opinions of both.
    #[test]
    fn names_are_unique() {
        let mut files = BTreeSet::new();
        for machine in machines() {
            assert!(files.insert(machine.file), "{}", machine.file);
            let mut names = BTreeSet::new();
            for solid in &machine.solids {
                assert!(names.insert(solid.name), "{}: {}", machine.file, solid.name);
            }
        }
        let mut ids = BTreeSet::new();
        let stands = layout::STANDS.iter().map(|stand| stand.id);
        for id in stands.chain(layout::CONVEYORS.iter().map(|conveyor| conveyor.id)) {
            assert!(ids.insert(id), "{id}");
        }
    }
}
