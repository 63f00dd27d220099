//! One limit of one point: clear, passed, and the delays between.
//!
//! ```text
//!          passed                  on-delay over
//! Clear ───────────► PassedSince ────────────────► Counts
//!   ▲ ▲                  │                          ▲   │
//!   │ └──────────────────┘ no longer passed         │   │ clear by the deadband
//!   │                                  not clear    │   ▼
//!   └──────────────────────────────────────────── ClearSince
//!                  off-delay over
//! ```

use std::time::Duration;

use gemba_model::UnixNanos;

use super::LimitRule;

/// Which side of a limit is beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// At it and above.
    High,
    /// At it and below.
    Low,
}

/// A limit, and whether it counts as passed.
#[derive(Debug)]
pub(super) struct Threshold {
    when: When,
    limit: f64,
    deadband: f64,
    on_delay: Duration,
    off_delay: Duration,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Clear,
    PassedSince(UnixNanos),
    Counts,
    ClearSince(UnixNanos),
}

impl Threshold {
    pub(super) fn new(when: When, limit: f64, rule: &LimitRule) -> Self {
        Self {
            when,
            limit,
            deadband: rule.deadband.max(0.0),
            on_delay: rule.on_delay,
            off_delay: rule.off_delay,
            phase: Phase::Clear,
        }
    }

    /// Whether the limit counts as passed.
    pub(super) fn counts(&self) -> bool {
        matches!(self.phase, Phase::Counts | Phase::ClearSince(_))
    }

    /// When the delay that runs ends.
    pub(super) fn due(&self) -> Option<UnixNanos> {
        match self.phase {
            Phase::PassedSince(since) => Some(since.after(self.on_delay)),
            Phase::ClearSince(since) => Some(since.after(self.off_delay)),
            Phase::Clear | Phase::Counts => None,
        }
    }

    /// The value is `number` from `now` on. A delay of 0 is over by then: [`Threshold::elapse`] ends it.
    pub(super) fn take(&mut self, number: f64, now: UnixNanos) {
        let inside_by = match self.when {
            When::High => self.limit - number,
            When::Low => number - self.limit,
        };
        let is_passed = inside_by <= 0.0;
        let is_clear = !is_passed && inside_by >= self.deadband;
        self.phase = match self.phase {
            Phase::Clear if is_passed => Phase::PassedSince(now),
            Phase::PassedSince(_) if !is_passed => Phase::Clear,
            Phase::Counts if is_clear => Phase::ClearSince(now),
            Phase::ClearSince(_) if !is_clear => Phase::Counts,
            phase => phase,
        };
    }

    /// The value is unknown: what counts goes on to count, and a delay has no unbroken run any more.
    pub(super) fn lose(&mut self) {
        self.phase = match self.phase {
            Phase::PassedSince(_) => Phase::Clear,
            Phase::ClearSince(_) => Phase::Counts,
            phase => phase,
        };
    }

    /// It counted as passed when it was last judged, elsewhere.
    pub(super) fn go_on(&mut self) {
        self.phase = Phase::Counts;
    }

    /// Ends the delay that is over at `now`.
    pub(super) fn elapse(&mut self, now: UnixNanos) {
        if self.due().is_some_and(|due| due <= now) {
            self.phase = match self.phase {
                Phase::PassedSince(_) => Phase::Counts,
                Phase::ClearSince(_) => Phase::Clear,
                phase => phase,
            };
        }
    }
}
