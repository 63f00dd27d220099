//! The sample plants that can be simulated, behind one trait.

use std::{fmt, str::FromStr, time::Duration};

use gemba_model::{UnixNanos, nearest::suggest};
use thiserror::Error;

use super::{
    Bottling, PumpHouse,
    faults::{Command, FaultError},
    publication::{Publication, Rates},
};

/// A plant without IO and without a clock: time and commands come in, publications go out. The same seed and commands give
/// the same bytes, however time is cut into steps.
pub trait SamplePlant: fmt::Debug + Send {
    /// Lets `dt` of plant time pass and appends what is published in it.
    fn step(&mut self, dt: Duration, out: &mut Vec<Publication>);

    /// Lets a fault begin or end.
    ///
    /// # Errors
    /// When this plant takes no faults.
    fn command(&mut self, command: Command) -> Result<(), FaultError>;
}

impl SamplePlant for PumpHouse {
    fn step(&mut self, dt: Duration, out: &mut Vec<Publication>) {
        Self::step(self, dt, out);
    }

    fn command(&mut self, _: Command) -> Result<(), FaultError> {
        Err(FaultError::NoFaults {
            plant: PlantKind::PumpHouse.name(),
        })
    }
}

impl SamplePlant for Bottling {
    fn step(&mut self, dt: Duration, out: &mut Vec<Publication>) {
        Self::step(self, dt, out);
    }

    fn command(&mut self, command: Command) -> Result<(), FaultError> {
        let clears = matches!(command, Command::Clear { .. });
        let ended = Self::command(self, command);
        if clears {
            tracing::info!(ended, "faults of the simulated plant end");
        }
        Ok(())
    }
}

/// Which sample plant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlantKind {
    /// `scenes/pumphouse`.
    #[default]
    PumpHouse,
    /// `scenes/bottling`.
    Bottling,
}

/// There is no such sample plant.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("there is no sample plant `{name}`; {remedy}")]
pub struct UnknownPlant {
    name: String,
    remedy: String,
}

impl PlantKind {
    const ALL: [Self; 2] = [Self::PumpHouse, Self::Bottling];

    /// As it is written on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PumpHouse => "pumphouse",
            Self::Bottling => "bottling",
        }
    }

    /// Where commands to it are published; only the simulator listens there. `None` for a plant that takes none.
    #[must_use]
    pub fn command_topic(self) -> Option<&'static str> {
        match self {
            Self::PumpHouse => None,
            Self::Bottling => Some("gemba/bottling/sim/command"),
        }
    }

    /// The plant in steady operation, with payloads that count their time from `start`. `fast` is the time between two
    /// messages of what moves; `None` leaves it at the plant's own.
    #[must_use]
    pub fn build(self, seed: u64, start: UnixNanos, fast: Option<Duration>) -> Box<dyn SamplePlant> {
        match self {
            Self::PumpHouse => {
                let rates = Rates::default();
                let rates = Rates {
                    fast: fast.unwrap_or(rates.fast),
                    ..rates
                };
                Box::new(PumpHouse::new(seed).with_rates(rates).starting_at(start))
            }
            Self::Bottling => {
                let plant = Bottling::new(seed, start);
                match fast {
                    Some(fast) => Box::new(plant.with_fast(fast)),
                    None => Box::new(plant),
                }
            }
        }
    }
}

impl fmt::Display for PlantKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PlantKind {
    type Err = UnknownPlant;

    fn from_str(text: &str) -> Result<Self, UnknownPlant> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| UnknownPlant {
            name: text.to_owned(),
            remedy: suggest(text, &Self::ALL.map(Self::name), ""),
        })
    }
}
