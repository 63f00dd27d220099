//! The state of one link to a source, and when to try again.
//!
//! The driver tells what happened ([`LinkMachine::on_live`], [`LinkMachine::on_lost`]) with the time and, for the
//! jitter, a random number; the machine says how long to wait. The wait doubles from attempt to attempt and is drawn
//! evenly from zero to that bound ("full jitter", Brooker 2015), so that a thousand viewers do not come back to a
//! restarted broker in step. A link that stayed live for a while starts from the shortest wait again.

mod reason;

use std::time::Duration;

use gemba_model::UnixNanos;
use serde::{Deserialize, Serialize};

pub use reason::{LinkReason, RefusedBecause, TlsFault};

/// Where a link stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// Trying to reach the source.
    Connecting,
    /// Connected, and subscriptions are requested.
    Live {
        /// Since when, by this machine's clock.
        since: UnixNanos,
    },
    /// Lost or never reached; trying again later.
    Waiting {
        /// How many attempts failed in a row.
        attempt: u32,
        /// When the next one starts, by this machine's clock.
        retry_at: UnixNanos,
        /// Why the last one failed.
        reason: LinkReason,
    },
    /// Ended on purpose.
    Stopped,
}

impl LinkState {
    /// Whether values can arrive.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live { .. })
    }

    /// One word for people.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live { .. } => "live",
            Self::Waiting { .. } => "waiting",
            Self::Stopped => "stopped",
        }
    }
}

/// How long to wait between attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Bound of the first wait.
    pub first: Duration,
    /// Bound that the doubling stops at.
    pub longest: Duration,
    /// A link that was live this long starts from `first` again.
    pub stable_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(15),
            stable_after: Duration::from_secs(10),
        }
    }
}

/// Follows one link.
#[derive(Clone, Debug)]
pub struct LinkMachine {
    policy: RetryPolicy,
    state: LinkState,
    failures: u32,
    times_live: u64,
}

impl LinkMachine {
    /// A link that is about to connect for the first time.
    #[must_use]
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            state: LinkState::Connecting,
            failures: 0,
            times_live: 0,
        }
    }

    /// Where the link stands.
    #[must_use]
    pub fn state(&self) -> &LinkState {
        &self.state
    }

    /// How often it became live again after it was live before.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.times_live.saturating_sub(1)
    }

    /// An attempt starts.
    pub fn on_connecting(&mut self) {
        self.state = LinkState::Connecting;
    }

    /// The source let us in.
    pub fn on_live(&mut self, now: UnixNanos) {
        self.times_live += 1;
        self.state = LinkState::Live { since: now };
    }

    /// The link was lost or an attempt failed. `random` is drawn evenly from `0.0..1.0`. Returns how long to wait.
    pub fn on_lost(&mut self, now: UnixNanos, reason: LinkReason, random: f64) -> Duration {
        if let LinkState::Live { since } = self.state
            && now.since(since) >= self.policy.stable_after
        {
            self.failures = 0;
        }
        let doublings = self.failures.min(31);
        let bound = self
            .policy
            .first
            .saturating_mul(1 << doublings)
            .min(self.policy.longest);
        let wait = bound.mul_f64(if random.is_finite() {
            random.clamp(0.0, 1.0)
        } else {
            1.0
        });
        self.failures = self.failures.saturating_add(1);
        self.state = LinkState::Waiting {
            attempt: self.failures,
            retry_at: now.after(wait),
            reason,
        };
        wait
    }

    /// The link ends on purpose.
    pub fn on_stopped(&mut self) {
        self.state = LinkState::Stopped;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secs(secs: u64) -> UnixNanos {
        UnixNanos(0).after(Duration::from_secs(secs))
    }

    fn policy() -> RetryPolicy {
        RetryPolicy {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(8),
            stable_after: Duration::from_secs(10),
        }
    }

    #[test]
    fn waits_double_to_the_longest_and_start_again_after_a_stable_link() {
        let mut link = LinkMachine::new(policy());
        assert_eq!(*link.state(), LinkState::Connecting);
        let mut now = secs(0);
        for (attempt, wait) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8)] {
            assert_eq!(
                link.on_lost(now, LinkReason::Closed, 1.0),
                Duration::from_secs(wait)
            );
            let retry_at = now.after(Duration::from_secs(wait));
            assert_eq!(
                *link.state(),
                LinkState::Waiting {
                    attempt,
                    retry_at,
                    reason: LinkReason::Closed
                }
            );
            now = retry_at;
            link.on_connecting();
        }
        // Live, but lost too soon to count as stable: the wait stays long.
        link.on_live(now);
        assert!(link.state().is_live());
        now = now.after(Duration::from_secs(9));
        assert_eq!(link.on_lost(now, LinkReason::Closed, 1.0), Duration::from_secs(8));
        // Live for long enough: the shortest wait again.
        link.on_connecting();
        link.on_live(now);
        now = now.after(Duration::from_secs(10));
        assert_eq!(link.on_lost(now, LinkReason::Closed, 1.0), Duration::from_secs(1));
        assert_eq!(link.reconnects(), 1);
        link.on_stopped();
        assert_eq!(*link.state(), LinkState::Stopped);
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_its_bound(randoms in proptest::collection::vec(any::<f64>(), 1..80)) {
            let mut link = LinkMachine::new(policy());
            let mut now = secs(0);
            for (attempt, random) in (0..).zip(randoms) {
                let wait = link.on_lost(now, LinkReason::Closed, random);
                prop_assert!(wait <= Duration::from_secs(1 << attempt.min(3)));
                now = now.after(wait);
                link.on_connecting();
            }
        }
    }
}
