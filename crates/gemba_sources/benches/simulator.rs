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
        let mut best_secs = f64::INFINITY;
        for _ in 0..ROUNDS {
            let options = PublisherOptions {
                plant,
                ..PublisherOptions::default()
            };
            let started = Instant::now();
            record(&options, PLANT_TIME, io::sink()).unwrap();
            best_secs = best_secs.min(started.elapsed().as_secs_f64());
        }
        let line = serde_json::json!({
            "what": format!("simulated {plant}, ten minutes from its start"),
            "unit": "plant s/s",
            "value": PLANT_TIME.as_secs_f64() / best_secs,
            "reference": 1.0,
            "against": "real time",
            "aim": 200.0,
            "is_more_better": true,
        });
        println!("{line}");
    }
}
