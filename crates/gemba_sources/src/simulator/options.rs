//! What to simulate, and why that may fail.

use std::{io, path::PathBuf, time::Duration};

use thiserror::Error;

use super::{
    PlantKind, SamplePlant,
    faults::{Command, Fault, FaultError},
};
use gemba_model::UnixNanos;

/// What to simulate, and how fast.
#[derive(Clone, Debug)]
pub struct PublisherOptions {
    /// Which sample plant.
    pub plant: PlantKind,
    /// Seed of the plant's noise.
    pub seed: u64,
    /// Time between two messages of what moves; `None` leaves it at the plant's own.
    pub fast: Option<Duration>,
    /// Plant seconds in a second.
    pub speed: f64,
    /// What goes wrong, counted from the start.
    pub faults: Vec<Fault>,
    /// Where all publications are recorded as JSON lines, beside being published.
    pub record: Option<PathBuf>,
}

impl Default for PublisherOptions {
    /// The pump house in real time, without faults.
    fn default() -> Self {
        Self {
            plant: PlantKind::default(),
            seed: 1,
            fast: None,
            speed: 1.0,
            faults: Vec::new(),
            record: None,
        }
    }
}

/// Why a plant is not simulated.
#[derive(Debug, Error)]
pub enum SimulationError {
    /// One of the faults cannot be injected.
    #[error("a fault cannot be injected")]
    Fault(#[from] FaultError),
    /// The record cannot be written.
    #[error("the record cannot be written")]
    Record(#[source] io::Error),
    /// The system gives no thread or event loop.
    #[error("the simulator got no thread from the system")]
    System(#[source] io::Error),
}

impl PublisherOptions {
    /// The plant, with its faults, whose payloads count their time from `start`.
    pub(super) fn build(&self, start: UnixNanos) -> Result<Box<dyn SamplePlant>, FaultError> {
        let mut plant = self.plant.build(self.seed, start, self.fast);
        for fault in &self.faults {
            plant.command(Command::Inject(fault.clone()))?;
        }
        Ok(plant)
    }
}
