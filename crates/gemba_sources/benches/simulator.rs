//! Plant seconds in a second: how much faster than real time the sample plants run, publications written but not sent.
//!
//! Prints a JSON line for each, as `cargo xtask bench` reads them: `cargo bench -p gemba_sources --bench simulator`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark fails by panicking, prints its figures and reads the clock"
)]

use std::{
    io,
    time::{Duration, Instant},
};

use gemba_sources::simulator::{PlantKind, PublisherOptions, record};

const PLANT_TIME: Duration = Duration::from_secs(600);
const ROUNDS: usize = 3;

fn main() {
    for plant in [PlantKind::PumpHouse, PlantKind::Bottling] {
        let mut best = (f64::INFINITY, 0);
        for _ in 0..ROUNDS {
            let options = PublisherOptions {
                plant,
                ..PublisherOptions::default()
            };
            let started = Instant::now();
            let lines = record(&options, PLANT_TIME, io::sink()).unwrap();
            let secs = started.elapsed().as_secs_f64();
            best = if secs < best.0 { (secs, lines) } else { best };
        }
        let (secs, lines) = best;
        let speed = PLANT_TIME.as_secs_f64() / secs;
        let per_second = lines as f64 / secs;
        println!(
            "{{\"name\":\"simulator {plant}\",\"plant_seconds_per_second\":{speed:.0},\"messages_per_second\":{per_second:.0}}}"
        );
    }
}
