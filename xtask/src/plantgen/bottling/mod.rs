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
mod electrical;
mod filler;
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
        electrical::switchgear(),
        electrical::transformer(),
        goods::machine(),
        hall::machine(),
        packing::case_packer(),
        packing::depalletiser(),
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
