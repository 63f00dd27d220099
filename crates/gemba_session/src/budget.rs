//! How much one participant may ask for in a time: a token bucket that is told the time.

use std::time::Duration;

use gemba_model::UnixNanos;

/// A rate with room for bursts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    /// What comes back in a second.
    pub per_second: u32,
    /// What can be spent at once.
    pub burst: u32,
}

/// What is left of an [`Allowance`].
#[derive(Clone, Debug)]
pub struct Budget {
    allowance: Allowance,
    left: f64,
    since: Option<UnixNanos>,
}

impl Budget {
    /// A full budget.
    #[must_use]
    pub fn new(allowance: Allowance) -> Self {
        Self {
            allowance,
            left: f64::from(allowance.burst),
            since: None,
        }
    }

    /// Spends `cost` when there is so much.
    ///
    /// # Errors
    /// How long to wait until there is.
    pub fn spend(&mut self, now: UnixNanos, cost: u32) -> Result<(), Duration> {
        let rate = f64::from(self.allowance.per_second);
        let elapsed = self.since.map_or(Duration::ZERO, |since| now.since(since));
        self.left = (self.left + elapsed.as_secs_f64() * rate).min(f64::from(self.allowance.burst));
        // A clock that was set back gives nothing, and nothing is given twice.
        self.since = Some(self.since.map_or(now, |since| since.max(now)));
        let lacking = f64::from(cost) - self.left;
        if lacking > 0.0 {
            return Err(Duration::from_secs_f64((lacking / rate.max(1e-3)).min(3_600.0)));
        }
        self.left -= f64::from(cost);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let at = UnixNanos::from_millis;
        let mut budget = Budget::new(Allowance {
            per_second: 10,
            burst: 3,
        });
        for _ in 0..3 {
            assert_eq!(budget.spend(at(0), 1), Ok(()));
        }
        assert_eq!(budget.spend(at(0), 1), Err(Duration::from_millis(100)));
        assert_eq!(budget.spend(at(100), 1), Ok(()));
        assert!(budget.spend(at(100), 1).is_err());
        // Back in time and forth again: no more than once.
        assert!(budget.spend(at(0), 1).is_err());
        assert!(budget.spend(at(100), 1).is_err());
        // Never more than the burst.
        for _ in 0..3 {
            assert_eq!(budget.spend(at(100_000), 1), Ok(()));
        }
        assert!(budget.spend(at(100_000), 1).is_err());
    }
}
