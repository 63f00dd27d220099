//! The pump house of `scenes/pumphouse`, simulated: what its controllers would publish.
//!
//! [`PumpHouse`] is the plant without IO and without a clock: it is stepped by plant time and gives the publications that
//! fall into it, the same bytes for the same seed. [`Publisher`] is the shell that sends them to a broker. Nothing here
//! reads from a plant, and nothing in the viewer writes to this one.
//!
//! The physics is as deep as a person can see: pumps on the affinity laws against one system curve, tank balances, an
//! ε-NTU heat exchanger, first-order bearings and controllers with ramps. Units are those of the twin layer
//! `scenes/pumphouse/plant.usda`; a test holds the two together.

mod controller;
mod cooling;
mod hydraulics;
mod noise;
mod plant;
mod publication;
mod publisher;
mod pump;

#[cfg(test)]
mod tests;

pub use plant::{PumpHouse, Snapshot};
pub use publication::{Publication, Rates, UNBOUND};
pub use publisher::{Publisher, PublisherCounters, PublisherOptions};
