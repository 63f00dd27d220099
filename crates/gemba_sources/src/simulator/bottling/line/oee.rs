//! Overall equipment effectiveness with the names of ISO 22400-2: availability = APT / PBT, effectiveness (performance) =
//! PRI·PQ / APT, quality ratio = GQ / PQ, and OEE their product.
//!
//! PBT is planned busy time, APT actual production time (execute), PRI the planned run time per item, PQ and GQ produced
//! and good quantity. The reference period slides over the last ten minutes, so that a person sees what a fault does.

use std::collections::VecDeque;

const SLICE_SECS: f64 = 10.0;
const SLICES: usize = 60;

#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    busy_secs: f64,
    production_secs: f64,
    produced: f64,
    good: f64,
}

/// Counters of one machine over the reference period.
#[derive(Clone, Debug)]
pub(super) struct Oee {
    /// PRI.
    secs_per_item: f64,
    now: Slice,
    past: VecDeque<Slice>,
}

/// The indicators, 0–1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Indicators {
    pub(super) availability: f64,
    pub(super) performance: f64,
    pub(super) quality: f64,
}

impl Indicators {
    pub(super) fn oee(&self) -> f64 {
        self.availability * self.performance * self.quality
    }
}

impl Oee {
    pub(super) fn new(items_per_hour: f64) -> Self {
        Self {
            secs_per_item: 3_600.0 / items_per_hour,
            now: Slice::default(),
            past: VecDeque::with_capacity(SLICES),
        }
    }

    pub(super) fn count(&mut self, is_executing: bool, produced: u32, good: u32, dt_secs: f64) {
        let slice = &mut self.now;
        slice.busy_secs += dt_secs;
        slice.production_secs += if is_executing { dt_secs } else { 0.0 };
        slice.produced += f64::from(produced);
        slice.good += f64::from(good);
        if slice.busy_secs >= SLICE_SECS - 1e-6 {
            if self.past.len() == SLICES {
                self.past.pop_front();
            }
            self.past.push_back(std::mem::take(slice));
        }
    }

    pub(super) fn indicators(&self) -> Indicators {
        let sum = |of: fn(&Slice) -> f64| of(&self.now) + self.past.iter().map(of).sum::<f64>();
        let [busy, production] = [sum(|slice| slice.busy_secs), sum(|slice| slice.production_secs)];
        let [produced, good] = [sum(|slice| slice.produced), sum(|slice| slice.good)];
        let ratio = |part: f64, whole: f64| if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 };
        Indicators {
            availability: ratio(production, busy),
            performance: ratio(self.secs_per_item * produced, production),
            quality: if produced > 0.0 { good / produced } else { 1.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indicators_are_those_of_the_standard() {
        let mut oee = Oee::new(3_600.0);
        // Seven of ten minutes in execute, at 80 % of one piece a second, every eighth of them scrap.
        for second in 0..600 {
            let is_executing = second % 10 < 7;
            let produced = u32::from(is_executing && second % 5 != 4);
            let good = u32::from(produced == 1 && second % 8 != 0);
            oee.count(is_executing, produced, good, 1.0);
        }
        let indicators = oee.indicators();
        assert!((indicators.availability - 0.7).abs() < 1e-9, "{indicators:?}");
        assert!(
            (indicators.performance - 360.0 / 420.0).abs() < 1e-9,
            "{indicators:?}"
        );
        assert!((0.8..0.95).contains(&indicators.quality), "{indicators:?}");
        let product = indicators.availability * indicators.performance * indicators.quality;
        assert_eq!(indicators.oee(), product);
        // Ten bad minutes push the good ones out.
        (0..600).for_each(|_| oee.count(false, 0, 0, 1.0));
        assert_eq!(oee.indicators().oee(), 0.0);
    }
}
