//! Publications as JSON lines: `{"t": 12.35, "topic": "…", "payload": …}`, with `t` in seconds of plant time.

use std::{
    io::{self, Write},
    time::Duration,
};

use gemba_model::UnixNanos;

use super::{PublisherOptions, SimulationError, publication::Publication};

/// Where a record without a broker begins, so that the same command writes the same bytes on every day: a Monday in the
/// early shift, 2026-01-05T08:00:00Z.
const RECORD_START: UnixNanos = UnixNanos(1_767_600_000 * 1_000_000_000);
/// Plant time between two writes.
const CHUNK: Duration = Duration::from_secs(1);

/// Writes publications as lines.
#[derive(Debug)]
pub struct Recorder<W> {
    out: W,
    lines: u64,
}

impl<W: Write> Recorder<W> {
    /// Writes to `out`, which should be buffered.
    pub fn new(out: W) -> Self {
        Self { out, lines: 0 }
    }

    /// One line. Payloads are JSON, an object or a number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, publication: &Publication) -> io::Result<()> {
        let Publication {
            topic, payload, time, ..
        } = publication;
        let secs = time.as_secs_f64();
        writeln!(
            self.out,
            "{{\"t\":{secs:.3},\"topic\":\"{topic}\",\"payload\":{payload}}}"
        )?;
        self.lines += 1;
        Ok(())
    }

    /// Writes what is still held back, and says how many lines there are.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<u64> {
        self.out.flush()?;
        Ok(self.lines)
    }
}

/// Runs a plant for `lasting` of plant time as fast as this machine can, and records all that it publishes. Says how many
/// lines that are.
///
/// # Errors
/// When a fault cannot be injected or the record not be written.
pub fn record(
    options: &PublisherOptions,
    lasting: Duration,
    out: impl Write,
) -> Result<u64, SimulationError> {
    let mut plant = options.build(RECORD_START)?;
    let mut recorder = Recorder::new(out);
    let mut publications = Vec::new();
    let mut left = lasting;
    while !left.is_zero() {
        let step = left.min(CHUNK);
        left -= step;
        plant.step(step, &mut publications);
        for publication in publications.drain(..) {
            recorder.write(&publication).map_err(SimulationError::Record)?;
        }
    }
    recorder.finish().map_err(SimulationError::Record)
}
