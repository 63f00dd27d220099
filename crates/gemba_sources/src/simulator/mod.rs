//! The sample plants of `scenes/`, simulated: what their controllers would publish.
//!
//! A [`SamplePlant`] is without IO and without a clock: it is stepped by plant time and gives the publications that fall into
//! it, the same bytes for the same seed. There are two: [`PumpHouse`] of `scenes/pumphouse`, and [`Bottling`] of
//! `scenes/bottling`, which takes [`Fault`]s. [`Publisher`] is the shell that sends publications to a broker, and [`record`]
//! writes them to a file. Nothing here reads from a plant, and nothing in the viewer writes to these.
//!
//! The physics of the pump house is as deep as a person can see: pumps on the affinity laws against one system curve, tank
//! balances, an ε-NTU heat exchanger, first-order bearings and controllers with ramps. That of the bottling works is told in
//! its modules. Units are those of the twin layers; tests hold the two together.

mod bottling;
mod controller;
mod cooling;
mod hydraulics;
mod noise;
mod options;
mod plant;
mod publication;
mod publisher;
mod pump;
mod record;
mod sample;

#[cfg(test)]
mod tests;

pub use bottling::{
    Bottling,
    faults::{Command, Fault, FaultError, FaultFileError, Kind, parse_duration, read_faults},
};
pub use options::{PublisherOptions, SimulationError};
pub use plant::{PumpHouse, Snapshot};
pub use publication::{Publication, Rates, UNBOUND};
pub use publisher::{Publisher, PublisherCounters};
pub use record::{Recorder, record};
pub use sample::{PlantKind, SamplePlant, UnknownPlant};

use bottling::faults;
