//! What the sensors say: one slot for each key of the register, with the noise and the faults of its sensor, and the
//! messages that are made of them.

use std::{sync::Arc, time::Duration};

use gemba_model::UnixNanos;

use super::{
    faults::{Faults, Kind},
    register::{Key, Message, TWINS, Twin},
};
use crate::simulator::{
    noise,
    publication::{Json, Publication},
};

/// A message of a twin: its topic, and where its values are.
#[derive(Clone, Debug)]
struct Telegram {
    twin: &'static Twin,
    message: Message,
    topic: Arc<str>,
    /// First slot of the twin.
    first: usize,
}

/// A sensor that lies: what it shows in place of the truth.
#[derive(Clone, Debug)]
struct Lie {
    slot: usize,
    kind: Kind,
    /// The value that it is frozen at.
    frozen: f64,
    /// What it has drifted by.
    drift: f64,
}

/// All values that the plant shows.
#[derive(Clone, Debug)]
pub(super) struct Board {
    seed: u64,
    /// What is true.
    values: Vec<f64>,
    /// What was last shown.
    shown: Vec<f64>,
    firsts: Vec<usize>,
    telegrams: Vec<Telegram>,
    lies: Vec<Lie>,
    /// Names that physics gave and the register does not have: a mistake, found by tests.
    strays: Vec<String>,
}

impl Board {
    pub(super) fn new(seed: u64) -> Self {
        let mut firsts = Vec::with_capacity(TWINS.len());
        let mut telegrams = Vec::new();
        let mut slots = 0;
        for twin in TWINS {
            firsts.push(slots);
            let keys = twin.class.keys();
            for message in Message::ALL {
                if keys.iter().any(|key| key.message == message) {
                    let topic = twin.topic(message).into();
                    telegrams.push(Telegram {
                        twin,
                        message,
                        topic,
                        first: slots,
                    });
                }
            }
            slots += keys.len();
        }
        Self {
            seed,
            values: vec![f64::NAN; slots],
            shown: vec![f64::NAN; slots],
            firsts,
            telegrams,
            lies: Vec::new(),
            strays: Vec::new(),
        }
    }

    /// Where the values of a twin are put.
    pub(super) fn of(&mut self, id: &str) -> Row<'_> {
        let found = TWINS
            .iter()
            .zip(&self.firsts)
            .find(|(twin, _)| twin.id == id)
            .map(|(twin, first)| (twin.class.keys(), *first));
        if found.is_none() {
            self.strays.push(id.to_owned());
        }
        let (keys, first) = found.unwrap_or((&[], 0));
        Row {
            board: self,
            keys,
            first,
        }
    }

    fn slot(&self, id: &str, name: &str) -> Option<usize> {
        let index = TWINS.iter().position(|twin| twin.id == id)?;
        let key = TWINS[index]
            .class
            .keys()
            .iter()
            .position(|key| key.name == name)?;
        Some(self.firsts[index] + key)
    }

    /// What the controllers see of a value that truly is `actual`: a frozen or drifting sensor deceives them too.
    pub(super) fn sense(&self, id: &str, name: &str, actual: f64) -> f64 {
        if self.lies.is_empty() {
            return actual;
        }
        let slot = self.slot(id, name);
        let lie = self.lies.iter().find(|lie| Some(lie.slot) == slot);
        lie.map_or(actual, |lie| lie.of(actual))
    }

    /// Takes over which sensors lie now. A frozen one keeps what it showed last.
    pub(super) fn update_lies(&mut self, faults: &Faults) {
        if faults.is_empty() && self.lies.is_empty() {
            return;
        }
        let mut lies = Vec::new();
        for (kind, id, name, severity, by) in faults.of_sensors() {
            let Some(slot) = self.slot(id, name) else { continue };
            let before = self.lies.iter().find(|lie| lie.slot == slot && lie.kind == kind);
            let frozen = before.map_or(self.shown[slot], |lie| lie.frozen);
            let by = by.unwrap_or_else(|| (0.1 * self.values[slot].abs()).max(1.0));
            let drift = by * severity;
            lies.push(Lie {
                slot,
                kind,
                frozen,
                drift,
            });
        }
        self.lies = lies;
    }

    /// Appends the messages that `is_due` at an instant: wall clock, plant time, and tick, which is that of the noise. Twins
    /// that lost their network say nothing.
    pub(super) fn publish(
        &mut self,
        instant: (UnixNanos, Duration, u64),
        faults: &Faults,
        is_due: impl Fn(&'static Twin, Message) -> bool,
        out: &mut Vec<Publication>,
    ) {
        let (stamp, time, tick) = instant;
        for telegram in &self.telegrams {
            if !is_due(telegram.twin, telegram.message) {
                continue;
            }
            let mut json = Json::stamped(stamp);
            for (k, key) in telegram.twin.class.keys().iter().enumerate() {
                if key.message == telegram.message {
                    let slot = telegram.first + k;
                    let value = measured(
                        self.values[slot],
                        key,
                        noise::hashed(self.seed, slot as u64, tick),
                    );
                    let lie = self.lies.iter().find(|lie| lie.slot == slot);
                    self.shown[slot] = lie.map_or(value, |lie| lie.of(value));
                    json = json.number(key.name, self.shown[slot], key.decimals);
                }
            }
            if faults.is_cut_off(telegram.twin) {
                continue;
            }
            out.push(Publication {
                topic: Arc::clone(&telegram.topic),
                payload: json.finish(),
                time,
                retain: telegram.message != Message::Telemetry,
            });
        }
    }

    /// Shows everything as it is, before anything is published.
    pub(super) fn show_all(&mut self) {
        self.shown.clone_from(&self.values);
    }

    /// What was last shown; not a number before that or without such a key.
    #[cfg(test)]
    pub(super) fn shown(&self, id: &str, name: &str) -> f64 {
        self.slot(id, name).map_or(f64::NAN, |slot| self.shown[slot])
    }

    /// What is true.
    #[cfg(test)]
    pub(super) fn value(&self, id: &str, name: &str) -> f64 {
        self.slot(id, name).map_or(f64::NAN, |slot| self.values[slot])
    }

    /// Everything shown last, with its twin and key.
    #[cfg(test)]
    pub(super) fn all_shown(&self) -> impl Iterator<Item = (&'static Twin, &'static Key, f64)> {
        TWINS.iter().zip(&self.firsts).flat_map(move |(twin, first)| {
            let keys = twin.class.keys().iter().enumerate();
            keys.map(move |(k, key)| (twin, key, self.shown[first + k]))
        })
    }

    #[cfg(test)]
    pub(super) fn strays(&self) -> &[String] {
        &self.strays
    }
}

impl Lie {
    fn of(&self, actual: f64) -> f64 {
        match self.kind {
            Kind::FrozenSensor => self.frozen,
            _ => actual + self.drift,
        }
    }
}

/// `value` as a sensor measures it. What stands still or is switched off reads zero, not noise around it.
fn measured(value: f64, key: &Key, noise: f64) -> f64 {
    if key.noise == 0.0 {
        return value;
    }
    let share = (value.abs() / (10.0 * key.noise)).min(1.0);
    value + noise * key.noise * share
}

/// The values of one twin while they are put.
pub(super) struct Row<'a> {
    board: &'a mut Board,
    keys: &'static [Key],
    first: usize,
}

impl Row<'_> {
    pub(super) fn set(&mut self, name: &str, value: f64) -> &mut Self {
        match self.keys.iter().position(|key| key.name == name) {
            Some(k) => self.board.values[self.first + k] = value,
            None => self.board.strays.push(name.to_owned()),
        }
        self
    }
}
