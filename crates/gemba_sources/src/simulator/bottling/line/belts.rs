//! The conveyors as twins: where on the accumulating stretches the bottles stand, how fast the belts run, what they draw.

use super::{buffer::Buffer, machine::Machine, packml::State, robot::Robot};
use crate::simulator::{
    bottling::{Now, board::Board},
    controller::lag,
};

/// Which conveyors make up the buffer after a machine, in the order of the flow, and how fast they run.
const STRETCHES: [(usize, &[&str], f64); 6] = [
    (0, &["CV-301"], 0.82),
    (1, &["CV-302"], 0.78),
    (3, &["CV-303"], 0.72),
    (4, &["CV-304", "CV-305"], 0.55),
    (5, &["CV-306", "CV-307"], 0.62),
    (6, &["CV-308", "CV-309", "CV-310"], 0.36),
];

#[derive(Clone, Debug)]
struct Belt {
    id: &'static str,
    speed_m_s: f64,
    load: f64,
    motor_a: f64,
    state: State,
    reason: u8,
    has_changed: bool,
}

impl Belt {
    fn new(id: &'static str) -> Self {
        Self {
            id,
            speed_m_s: 0.0,
            load: 0.0,
            motor_a: 1.0,
            state: State::Execute,
            reason: 0,
            has_changed: false,
        }
    }

    /// Runs at `wanted_m_s`; bottles that wait on a running belt rub on it.
    fn step(&mut self, wanted_m_s: f64, load: f64, standing: f64, dt_secs: f64) {
        self.load = load;
        let is_starved = wanted_m_s < 0.01 && load < 0.5;
        let is_blocked = wanted_m_s < 0.01 && !is_starved;
        self.speed_m_s = lag(self.speed_m_s, wanted_m_s, 0.6, dt_secs);
        let turns = (self.speed_m_s / 0.5).min(1.0);
        self.motor_a = lag(
            self.motor_a,
            turns * (1.1 + 1.2 * load + 1.1 * standing),
            0.5,
            dt_secs,
        );
        let (state, reason) = match (is_starved, is_blocked) {
            (true, _) => (State::Suspended, 1),
            (_, true) => (State::Suspended, 2),
            _ => (State::Execute, 0),
        };
        self.has_changed |= state != self.state || reason != self.reason;
        (self.state, self.reason) = (state, reason);
    }
}

#[derive(Clone, Debug)]
pub(super) struct Belts {
    belts: Vec<Belt>,
    /// Of empty pallets in, and of full pallets out.
    pallets: [Belt; 2],
}

impl Belts {
    pub(super) fn new() -> Self {
        let ids = STRETCHES.iter().flat_map(|(_, ids, _)| ids.iter());
        Self {
            belts: ids.map(|id| Belt::new(id)).collect(),
            pallets: [Belt::new("CV-311"), Belt::new("CV-312")],
        }
    }

    pub(super) fn step(
        &mut self,
        machines: &[Machine; 7],
        buffers: &[Buffer; 7],
        robot: &Robot,
        now: &Now<'_>,
    ) {
        let mut belts = self.belts.iter_mut();
        for (k, ids, speed_m_s) in STRETCHES {
            let buffer = &buffers[k];
            let sections = ids.len() as f64;
            let section = f64::from(buffer.capacity()) / sections;
            let travelling = f64::from(buffer.count() - buffer.waiting()) / sections;
            let next_runs = machines
                .get(k + 1)
                .map_or(robot.machine.speed, |machine| machine.speed)
                > 0.02;
            let is_fed = machines[k].speed > 0.02;
            for n in 0..ids.len() {
                let Some(belt) = belts.next() else { continue };
                // What waits stands at the end: the last section fills first.
                let behind = (ids.len() - 1 - n) as f64;
                let standing = ((f64::from(buffer.waiting()) - behind * section) / section).clamp(0.0, 1.0);
                let load = (standing + travelling / section).min(1.0);
                // A belt stops where nothing comes and nothing can go, or nothing is on it and nothing comes.
                let is_moving = is_fed || (next_runs && load > 0.01);
                let wanted = if is_moving { speed_m_s } else { 0.0 };
                belt.step(wanted, load, standing, now.dt_secs);
            }
        }
        let is_changing = robot.pallet_left_secs > 0.0;
        let wanted = if is_changing { 0.22 } else { 0.0 };
        let dt = now.dt_secs;
        let [empties, full] = &mut self.pallets;
        empties.step(wanted, 1.0, 0.0, dt);
        full.step(wanted, if is_changing { 1.0 } else { 0.0 }, 0.0, dt);
    }

    fn all(&self) -> impl Iterator<Item = &Belt> {
        self.belts.iter().chain(&self.pallets)
    }

    pub(super) fn take_changed(&mut self) -> impl Iterator<Item = &'static str> {
        let belts = self.belts.iter_mut().chain(&mut self.pallets);
        belts.filter_map(|belt| std::mem::take(&mut belt.has_changed).then_some(belt.id))
    }

    /// Three-phase motors: √3·400 V·I·cos φ.
    pub(super) fn powers_kw(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.all().map(|belt| (belt.id, 0.693 * 0.78 * belt.motor_a))
    }

    pub(super) fn report(&self, board: &mut Board) {
        for belt in self.all() {
            board
                .of(belt.id)
                .set("speed_m_s", belt.speed_m_s)
                .set("load_pct", belt.load * 100.0)
                .set("motor_a", belt.motor_a)
                .set("state", belt.state.code())
                .set("reason", f64::from(belt.reason));
        }
    }
}
