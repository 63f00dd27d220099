//! The simulated bottling works: register, steady state, balances, faults, and records.

mod balances;
mod coupling;
mod heads;
mod record;
mod spec;
mod steady;

use std::sync::OnceLock;

use super::*;
use crate::simulator::faults::Fault;

/// 2026-01-05T08:00:00Z.
const START: UnixNanos = UnixNanos(1_767_600_000 * 1_000_000_000);

/// A plant that has warmed up; made once, since that takes a while.
fn plant() -> Bottling {
    static WARM: OnceLock<Bottling> = OnceLock::new();
    WARM.get_or_init(|| Bottling::new(1, START)).clone()
}

/// Lets it run, and forgets what it publishes.
fn run(plant: &mut Bottling, secs: u64) {
    let mut out = Vec::new();
    for _ in 0..secs {
        plant.step(Duration::from_secs(1), &mut out);
        out.clear();
    }
}

fn inject(plant: &mut Bottling, fault: &str) {
    plant.command(Command::Inject(fault.parse::<Fault>().unwrap()));
}

/// What was last shown of every key: twin, key, value.
fn shown(plant: &Bottling) -> Vec<(&'static str, &'static str, f64)> {
    let all = plant.board.all_shown();
    all.map(|(twin, key, value)| (twin.id, key.name, value)).collect()
}
