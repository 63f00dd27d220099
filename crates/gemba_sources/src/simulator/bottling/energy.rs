//! Electrical energy: a meter at every consumer, summed by cell, area, line, site and feeder.

use super::register::{self, Class, TWINS, Twin};

/// The feeders, and the area that each supplies; the last is of the building, which is no twin.
pub(super) const FEEDERS: [(&str, &str); 4] = [
    ("FD-101", "utilities"),
    ("FD-102", "process"),
    ("FD-103", "filling"),
    ("FD-104", ""),
];

#[derive(Clone, Debug)]
struct Meter {
    /// `None` is the building.
    twin: Option<&'static Twin>,
    kw: f64,
    kwh: f64,
}

/// All meters, in the order in which they were first read.
#[derive(Clone, Debug, Default)]
pub(super) struct Meters {
    meters: Vec<Meter>,
    next: usize,
    /// kW and kWh of the feeders, by their own meters.
    pub(super) feeders: [(f64, f64); 4],
}

impl Meters {
    /// Reads all consumers for one step: id and kW, always in the same order.
    pub(super) fn read(&mut self, consumers: impl Iterator<Item = (&'static str, f64)>, dt_secs: f64) {
        self.next = 0;
        self.feeders.iter_mut().for_each(|feeder| feeder.0 = 0.0);
        for (id, kw) in consumers {
            self.add(id, kw, dt_secs);
        }
        for feeder in &mut self.feeders {
            feeder.1 += feeder.0 * dt_secs / 3_600.0;
        }
    }

    fn add(&mut self, id: &'static str, kw: f64, dt_secs: f64) {
        if self.next == self.meters.len() {
            self.meters.push(Meter {
                twin: register::find(id),
                kw: 0.0,
                kwh: 0.0,
            });
        }
        let meter = &mut self.meters[self.next];
        self.next += 1;
        meter.kw = kw;
        meter.kwh += kw * dt_secs / 3_600.0;
        let area = meter.twin.map_or("", |twin| twin.area);
        if let Some(feeder) = FEEDERS.iter().position(|feeder| feeder.1 == area) {
            self.feeders[feeder].0 += kw;
        }
    }

    /// kW and kWh of all within the twin of this id.
    pub(super) fn within(&self, id: &str) -> (f64, f64) {
        let meters = self.meters.iter();
        let within = meters.filter(|meter| meter.twin.is_some_and(|twin| twin.is_within(id)));
        within.fold((0.0, 0.0), |sum, meter| (sum.0 + meter.kw, sum.1 + meter.kwh))
    }

    /// kW and kWh of the site, the building with it.
    pub(super) fn all(&self) -> (f64, f64) {
        let meters = self.meters.iter();
        meters.fold((0.0, 0.0), |sum, meter| (sum.0 + meter.kw, sum.1 + meter.kwh))
    }

    /// The cells, areas and lines that show what they draw.
    pub(super) fn units() -> impl Iterator<Item = &'static str> {
        let has = |class| matches!(class, Class::Unit | Class::Line);
        TWINS
            .iter()
            .filter(move |twin| has(twin.class))
            .map(|twin| twin.id)
    }
}
