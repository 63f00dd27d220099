//! The bottling works of `scenes/bottling`, simulated: utilities, process and one line of 24 000 bottles an hour.
//!
//! [`Bottling`] is the plant without IO and without a clock, as the pump house is: plant time comes in, publications go out,
//! the same bytes for the same seed and faults, however time is cut. It is stepped by [`TICK`]. Before its first instant it
//! has run for a quarter of an hour, so that it begins in the steady state that its physics has, not in one written down.
//!
//! What feeds what: boiler → turbine and pasteuriser; compressors → receiver → filler and case packer; towers → chillers →
//! cooler of the product; water and syrup → mixers → cooler → heater → holding tube → sterile tanks → filler's bowl → bottles.
//! So a fault travels as it would: a worn transfer pump trips, the sterile tanks run dry, the filler starves, the OEE falls.
//!
//! Every controller reads through [`Board::sense`], so a sensor that lies misleads it. Noise is drawn from streams of its own
//! for each thing, so a fault changes nothing that it does not reach.

mod air;
mod blending;
mod board;
mod cooling;
mod energy;
mod exchanger;
pub(super) mod faults;
mod line;
mod pasteur;
mod power;
mod pump;
mod register;
mod shifts;
mod steam;
mod tank;
mod turbine;
mod valve;

#[cfg(test)]
mod tests;

use std::time::Duration;

use gemba_model::UnixNanos;

use self::{
    air::Air,
    blending::Blending,
    board::Board,
    cooling::Cooling,
    energy::Meters,
    faults::{Command, Faults},
    line::Line,
    pasteur::Pasteur,
    power::Power,
    register::{Message, SITE_ID},
    steam::Steam,
    turbine::Turbine,
};
use super::publication::Publication;

/// The physics is stepped by this much; every rate is a multiple of it.
const TICK: Duration = Duration::from_millis(50);
const TICK_SECS: f64 = 0.05;
/// Telemetry five times a second, condition and state once, energy every five seconds.
const FAST: Duration = Duration::from_millis(200);
const SLOW: Duration = Duration::from_secs(1);
const ENERGY: Duration = Duration::from_secs(5);
/// How long it has run before its first instant.
const WARM_UP_TICKS: u32 = 20 * 900;
/// What the product is cooled to before it is pasteurised.
const PRODUCT_CELSIUS: f64 = 10.0;
/// Level that the filler's bowl is held at.
const BOWL_PCT: f64 = 60.0;

/// One step of the physics: how long it is, when, what is wrong, and what the sensors say.
pub(in crate::simulator) struct Now<'a> {
    dt_secs: f64,
    day_secs: f64,
    faults: &'a Faults,
    board: &'a Board,
}

/// Steam, water and electricity of all machines.
#[derive(Clone, Debug)]
struct Machinery {
    steam: Steam,
    turbine: Turbine,
    power: Power,
    air: Air,
    cooling: Cooling,
    blending: Blending,
    pasteur: Pasteur,
    line: Line,
    meters: Meters,
    shift: u8,
}

/// The plant. Without IO and clock: time comes in, publications go out.
#[derive(Clone, Debug)]
pub struct Bottling {
    started_at: UnixNanos,
    fast: Duration,
    /// Ticks since the first instant.
    ticks: u64,
    /// Plant time that is owed to the physics.
    owed: Duration,
    faults: Faults,
    board: Board,
    machinery: Machinery,
}

impl Bottling {
    /// A plant in steady operation, whose payloads count their time from `start`. The seed decides its noise and stops.
    #[must_use]
    pub fn new(seed: u64, start: UnixNanos) -> Self {
        let mut plant = Self {
            started_at: start,
            fast: FAST,
            ticks: 0,
            owed: Duration::ZERO,
            faults: Faults::default(),
            board: Board::new(seed),
            machinery: Machinery::new(seed),
        };
        let first_secs = -f64::from(WARM_UP_TICKS) * TICK_SECS;
        for tick in 0..WARM_UP_TICKS {
            plant.tick(first_secs + f64::from(tick) * TICK_SECS);
        }
        plant.machinery.line.take_changed();
        plant.machinery.report(&mut plant.board);
        plant.board.show_all();
        plant
    }

    /// With this time between two messages of telemetry, rounded to whole ticks of 50 ms.
    #[must_use]
    pub fn with_fast(mut self, fast: Duration) -> Self {
        self.fast = fast;
        self
    }

    /// Lets a fault begin, or faults end. Says how many were ended.
    pub fn command(&mut self, command: Command) -> usize {
        match command {
            Command::Inject(fault) => {
                self.faults.inject(fault);
                0
            }
            Command::Clear { kind, id } => self.faults.clear(kind, id.as_deref()),
        }
    }

    /// Lets `dt` of plant time pass and appends what is published in it. How time is cut into steps changes nothing.
    pub fn step(&mut self, dt: Duration, out: &mut Vec<Publication>) {
        self.owed += dt;
        while self.owed >= TICK {
            self.owed -= TICK;
            self.tick(self.ticks as f64 * TICK_SECS);
            self.publish(out);
            self.ticks += 1;
        }
    }

    /// Plant time since the start.
    #[must_use]
    pub fn time(&self) -> Duration {
        Duration::from_millis(self.ticks.saturating_mul(50))
    }

    fn tick(&mut self, secs: f64) {
        self.faults.step(TICK_SECS);
        self.board.update_lies(&self.faults);
        let start_secs = (self.started_at.as_millis() / 1_000) as f64;
        let now = Now {
            dt_secs: TICK_SECS,
            day_secs: (start_secs + secs).rem_euclid(86_400.0),
            faults: &self.faults,
            board: &self.board,
        };
        self.machinery.step(&now);
    }

    fn publish(&mut self, out: &mut Vec<Publication>) {
        let changed = self.machinery.line.take_changed();
        let due = |period: Duration| {
            let every = (period.as_nanos() / TICK.as_nanos()).max(1);
            u128::from(self.ticks).is_multiple_of(every)
        };
        let (is_fast, is_slow, is_energy) = (due(self.fast), due(SLOW), due(ENERGY));
        if !is_fast && !is_slow && changed.is_empty() {
            return;
        }
        self.machinery.report(&mut self.board);
        let time = self.time();
        let is_due = |id: &str, message| match message {
            Message::Telemetry => is_fast,
            Message::Condition => is_slow,
            Message::State => is_slow || changed.contains(&id),
            Message::Energy => is_energy,
        };
        let stamp = self.started_at.after(time);
        let instant = (stamp, time, self.ticks);
        self.board.publish(
            instant,
            &self.faults,
            |twin, message| is_due(twin.id, message),
            out,
        );
    }
}

impl Machinery {
    fn new(seed: u64) -> Self {
        Self {
            steam: Steam::new(),
            turbine: Turbine::new(seed),
            power: Power::new(),
            air: Air::new(),
            cooling: Cooling::new(),
            blending: Blending::new(),
            pasteur: Pasteur::new(),
            line: Line::new(seed),
            meters: Meters::default(),
            shift: 0,
        }
    }

    fn step(&mut self, now: &Now<'_>) {
        let shift = shifts::shift_at(now.day_secs);
        if shift != self.shift {
            self.shift = shift;
            self.line.start_shift();
        }
        self.steam
            .step(self.turbine.steam_kg_s + self.pasteur.steam_kg_s, now);
        self.turbine.step(self.steam.pressure_bar, now);
        self.air.step(self.line.air_m3_min(), now);
        let (cooled_celsius, cooled_kw) = self.pasteur.cooled();
        self.cooling
            .step(cooled_celsius, cooled_kw, self.air.oil_heat_kw(), now);
        let chilled = self.cooling.chilled();
        self.pasteur
            .step(&mut self.blending, chilled, self.steam.pressure_bar, now);
        let product_m3_h = self
            .pasteur
            .fill_bowl(self.line.bowl_level_pct(), self.line.filler_speed(), now);
        self.line.step(product_m3_h, self.air.receiver_bar, now);
        self.read_meters(now);
        self.power.step(&self.meters, self.turbine.is_on_grid(), now);
    }

    fn read_meters(&mut self, now: &Now<'_>) {
        let pumps = self
            .steam
            .pumps
            .iter()
            .chain(&self.cooling.pumps)
            .chain(&self.cooling.chilled_pumps)
            .chain(&self.blending.pumps)
            .chain(&self.blending.syrup_pumps)
            .chain([&self.pasteur.transfer, &self.pasteur.feed])
            .chain(&self.pasteur.filler_feed)
            .map(|pump| (pump.id, pump.power_kw));
        let treatment_kw = 0.8 + 0.45 * self.blending.treated_m3_h;
        let others = [
            ("B-101", self.steam.fan_kw()),
            ("TG-101", 3.5),
            ("WATER", treatment_kw),
            ("PA-201", self.pasteur.skid_kw()),
            ("building", shifts::building_kw(now.day_secs)),
        ];
        let consumers = pumps
            .chain(others)
            .chain(self.air.powers_kw())
            .chain(self.cooling.powers_kw())
            .chain(self.blending.powers_kw())
            .chain(self.line.powers_kw());
        self.meters.read(consumers, now.dt_secs);
    }

    /// Puts everything that is true on the board.
    fn report(&self, board: &mut Board) {
        self.steam.report(board);
        self.turbine.report(board);
        self.air.report(board);
        self.cooling.report(board);
        self.blending.report(board);
        self.pasteur.report(board);
        self.line.report(self.shift, board);
        self.power.report(&self.meters, board);
        for id in Meters::units() {
            let (kw, kwh) = self.meters.within(id);
            board.of(id).set("power_kw", kw).set("energy_kwh", kwh);
        }
        let (kw, kwh) = self.meters.all();
        let water_m3_h = self.steam.makeup_m3_h + self.cooling.makeup_m3_h + self.blending.treated_m3_h;
        let bottles = self.line.good()[1] as f64;
        board
            .of(SITE_ID)
            .set("power_kw", kw)
            .set("steam_t_h", self.steam.taken_kg_s * 3.6)
            .set("water_m3_h", water_m3_h)
            .set("bottles_per_kwh", if kwh > 0.0 { bottles / kwh } else { 0.0 });
    }
}
