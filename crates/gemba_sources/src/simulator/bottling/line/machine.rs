//! One line machine: its PackML controller, its speed by the buffers beside it, micro-stops, jams and scrap.

use super::{
    oee::Oee,
    packml::{Command, State},
};
use crate::simulator::{
    bottling::{Now, board::Board, faults::Kind},
    controller::{lag, slew},
    noise::Noise,
};

/// Why a suspended machine waits: the codes of the key `reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    None = 0,
    Starved = 1,
    Blocked = 2,
}

/// What a machine is, as built.
#[derive(Clone, Copy, Debug)]
pub(super) struct Design {
    pub(super) id: &'static str,
    /// Rated speed in bottles per hour, and bottles in one piece that it makes.
    pub(super) rated_bph: f64,
    pub(super) bottles_a_piece: u32,
    /// Bottles on one turn of its carousel or drive.
    pub(super) bottles_a_turn: f64,
    /// Share of scrap in good order.
    pub(super) scrap: f64,
    /// Mean seconds of production between two micro-stops.
    pub(super) between_stops_secs: f64,
    /// Electrical power idle and at full speed.
    pub(super) power_kw: [f64; 2],
    /// Which buffer its speed holds.
    pub(super) pace: Pace,
}

/// How a machine finds its speed: the line's V-curve has the filler at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Keeps the buffer after it well filled, so that the filler never waits.
    FillAfter,
    /// The filler: full speed, slower only where it is about to stop.
    Leads,
    /// Keeps the buffer before it nearly empty, so that the filler is never blocked.
    EmptyBefore,
}

/// What a machine finds around it in a tick.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    /// Pieces that it can take now, and how full the buffer before it is.
    pub(super) waiting: u32,
    pub(super) before: f64,
    /// Pieces for which there is room, and how full the buffer after it is.
    pub(super) room: u32,
    pub(super) after: f64,
    /// Air, and product for the filler.
    pub(super) is_supplied: bool,
    /// Share of scrap by what others did to the bottles.
    pub(super) more_scrap: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) design: Design,
    pub(super) state: State,
    pub(super) reason: Reason,
    in_state_secs: f64,
    /// State or reason has changed since it was last asked.
    pub(super) has_changed: bool,
    pub(super) speed: f64,
    rate_bph: f64,
    /// Parts of a piece that is being made.
    progress: f64,
    noise: Noise,
    until_stop_secs: f64,
    stop_left_secs: f64,
    /// How long nothing came or nothing could go.
    waits_secs: [f64; 2],
    pub(super) good: u64,
    pub(super) scrap: u64,
    pub(super) oee: Oee,
    pub(super) jam: f64,
}

/// Severity of a jam at which the machine holds; fully grown, its overload clutch aborts it.
const HOLDS_AT: f64 = 0.35;
/// How long an operator takes to see and clear.
const OPERATOR_SECS: f64 = 4.0;

impl Machine {
    pub(super) fn new(design: Design, seed: u64) -> Self {
        let mut noise = Noise::named(seed, design.id);
        let until_stop_secs = design.between_stops_secs * (0.2 + noise.ratio());
        Self {
            design,
            state: State::Execute,
            reason: Reason::None,
            in_state_secs: 0.0,
            has_changed: false,
            speed: 24_000.0 / design.rated_bph,
            rate_bph: 24_000.0,
            progress: 0.0,
            noise,
            until_stop_secs,
            stop_left_secs: 0.0,
            waits_secs: [0.0; 2],
            good: 0,
            scrap: 0,
            oee: Oee::new(design.rated_bph / f64::from(design.bottles_a_piece)),
            jam: 0.0,
        }
    }

    /// One tick. Gives how many pieces it took, and how many of them are good.
    pub(super) fn step(&mut self, around: &Around, now: &Now<'_>) -> (u32, u32) {
        let dt = now.dt_secs;
        self.drive(around, now);
        let per_tick =
            self.design.rated_bph * self.speed / 3_600.0 / f64::from(self.design.bottles_a_piece) * dt;
        self.progress += if self.state == State::Execute {
            per_tick
        } else {
            0.0
        };
        let taken = (self.progress as u32).min(around.waiting).min(around.room);
        self.progress = (self.progress - f64::from(taken)).min(1.0);
        let scrap = self.design.scrap + around.more_scrap + 0.05 * self.jam;
        let bad = (0..taken).filter(|_| self.noise.ratio() < scrap).count() as u32;
        let good = taken - bad;
        // Cases come one by one, some seconds apart.
        let smooth_secs = if self.design.bottles_a_piece > 1 {
            25.0
        } else {
            5.0
        };
        let made_bph = f64::from(taken * self.design.bottles_a_piece) / dt * 3_600.0;
        self.rate_bph = lag(self.rate_bph, made_bph, smooth_secs, dt);
        self.good += u64::from(good * self.design.bottles_a_piece);
        self.scrap += u64::from(bad * self.design.bottles_a_piece);
        self.oee.count(self.state == State::Execute, taken, good, dt);
        (taken, good)
    }

    /// One tick of a machine whose pieces are made elsewhere: `made` of them now.
    pub(super) fn run(&mut self, around: &Around, made: u32, now: &Now<'_>) {
        self.drive(around, now);
        self.good += u64::from(made * self.design.bottles_a_piece);
        self.oee
            .count(self.state == State::Execute, made, made, now.dt_secs);
    }

    fn drive(&mut self, around: &Around, now: &Now<'_>) {
        self.jam = now.faults.severity(Kind::Jam, self.design.id);
        self.control(around, now.dt_secs);
        let is_running = self.state == State::Execute;
        let target = if is_running {
            self.wanted_speed(around)
        } else {
            0.0
        };
        self.speed = slew(self.speed, target, [0.3, 0.9], now.dt_secs);
    }

    /// The part of a piece that is being made, 0–1; 1 while it waits for what it needs.
    pub(super) fn begun_piece(&self) -> f64 {
        self.progress
    }

    pub(super) fn in_state_secs(&self) -> f64 {
        self.in_state_secs
    }

    fn control(&mut self, around: &Around, dt_secs: f64) {
        self.in_state_secs += dt_secs;
        self.stop_left_secs = (self.stop_left_secs - dt_secs).max(0.0);
        let is_without = around.waiting == 0 || !around.is_supplied;
        let conditions = [is_without, around.room == 0];
        for (wait, is_true) in self.waits_secs.iter_mut().zip(conditions) {
            *wait = if is_true { *wait + dt_secs } else { 0.0 };
        }
        if self.state.is_acting() {
            if self.in_state_secs >= self.state.acting_secs() {
                self.enter(self.state.completed());
            }
            if self.jam < 1.0 || self.state == State::Aborting {
                return;
            }
        }
        if let Some(command) = self.command(around, dt_secs)
            && let Some(next) = self.state.commanded(command)
        {
            self.enter(next);
        }
        if self.state == State::Execute {
            self.set_reason(Reason::None);
        }
    }

    /// What its controller, or the operator beside it, commands now.
    fn command(&mut self, around: &Around, dt_secs: f64) -> Option<Command> {
        let is_attended = self.in_state_secs >= OPERATOR_SECS;
        if self.jam >= 1.0 {
            return (self.state != State::Aborted).then_some(Command::Abort);
        }
        match self.state {
            State::Execute => self.interrupt(around, dt_secs),
            State::Suspended if self.jam >= HOLDS_AT => Some(Command::Hold),
            State::Suspended => self.resume(around),
            State::Held if self.jam < HOLDS_AT && self.stop_left_secs <= 0.0 => Some(Command::Unhold),
            // A machine that was aborted starts again when the jam is out.
            State::Aborted if self.jam == 0.0 && is_attended => Some(Command::Clear),
            State::Stopped if self.jam == 0.0 => Some(Command::Reset),
            State::Idle => Some(Command::Start),
            _ => None,
        }
    }

    fn interrupt(&mut self, around: &Around, dt_secs: f64) -> Option<Command> {
        self.until_stop_secs -= dt_secs;
        if self.jam >= HOLDS_AT {
            return Some(Command::Hold);
        }
        if self.until_stop_secs <= 0.0 {
            // Poisson, with a stop of five to twenty seconds: a fallen bottle, a label edge.
            let mean = self.design.between_stops_secs;
            self.until_stop_secs = 40.0 - mean * (1.0 - self.noise.ratio()).max(1e-9).ln();
            self.stop_left_secs = 5.0 + 15.0 * self.noise.ratio();
            return Some(Command::Hold);
        }
        if self.waits_secs[0] > 1.5 || !around.is_supplied {
            self.set_reason(Reason::Starved);
            return Some(Command::Suspend);
        }
        if self.waits_secs[1] > 0.4 {
            self.set_reason(Reason::Blocked);
            return Some(Command::Suspend);
        }
        None
    }

    /// A suspended machine waits until it can run for a while.
    fn resume(&mut self, around: &Around) -> Option<Command> {
        let is_fed = around.waiting > 0 && around.before > 0.12 && around.is_supplied;
        let is_free = around.room > 0 && around.after < 0.9;
        let reason = match (is_fed, is_free) {
            (true, true) => return Some(Command::Unsuspend),
            (false, _) if self.reason != Reason::Blocked || is_free => Reason::Starved,
            _ => Reason::Blocked,
        };
        self.set_reason(reason);
        None
    }

    fn enter(&mut self, state: State) {
        if state == self.state {
            return;
        }
        self.state = state;
        self.in_state_secs = 0.0;
        self.has_changed = true;
        if !matches!(state, State::Suspending | State::Suspended | State::Unsuspending) {
            self.set_reason(Reason::None);
        }
    }

    fn set_reason(&mut self, reason: Reason) {
        self.has_changed |= self.reason != reason;
        self.reason = reason;
    }

    fn wanted_speed(&self, around: &Around) -> f64 {
        let nominal = 24_000.0 / self.design.rated_bph;
        let wanted = match self.design.pace {
            Pace::FillAfter => nominal + 1.5 * (0.65 - around.after),
            Pace::Leads => {
                let fed = (around.before / 0.15).min(1.0);
                let free = ((1.0 - around.after) / 0.15).min(1.0);
                0.55 + 0.45 * fed.min(free)
            }
            Pace::EmptyBefore => nominal + 1.5 * (around.before - 0.3),
        };
        wanted.clamp(0.3, 1.0) * (1.0 - 0.5 * self.jam)
    }

    pub(super) fn power_kw(&self) -> f64 {
        let [idle, full] = self.design.power_kw;
        let drives = if self.state == State::Aborted { 0.4 } else { 1.0 };
        idle * drives + (full - idle) * self.speed * (1.0 + 0.4 * self.jam)
    }

    pub(super) fn rate_bph(&self) -> f64 {
        self.rate_bph
    }

    pub(super) fn start_shift(&mut self) {
        self.good = 0;
        self.scrap = 0;
    }

    /// `infeed_pct` is how full the buffer before it is.
    pub(super) fn report(&self, infeed_pct: f64, board: &mut Board) {
        let indicators = self.oee.indicators();
        board
            .of(self.design.id)
            .set("rate_bph", self.rate_bph)
            .set("speed_pct", self.speed * 100.0)
            .set(
                "angle_rpm",
                self.design.rated_bph * self.speed / 60.0 / self.design.bottles_a_turn,
            )
            .set("state", self.state.code())
            .set("reason", f64::from(self.reason as u8))
            .set("state_since_s", self.in_state_secs)
            .set("good_count", self.good as f64)
            .set("scrap_count", self.scrap as f64)
            .set("oee_pct", indicators.oee() * 100.0)
            .set("availability_pct", indicators.availability * 100.0)
            .set("performance_pct", indicators.performance * 100.0)
            .set("quality_pct", indicators.quality * 100.0)
            .set("infeed_pct", infeed_pct)
            .set("power_kw", self.power_kw());
    }
}
