//! Limits of points, judged as IEC 62682 and ISA-18.2 have it: with deadband, on-delay and off-delay, so that a value that
//! trembles at a limit does not make what shows it flicker.
//!
//! Each limit of a point is judged by itself ([`threshold`]); what a point is said to be beyond is the outermost limit that
//! counts. A value is judged while it is good or uncertain. A bad or stale one is no judgement: what counted as passed goes on
//! to count, because nobody knows that the value came back, and a delay that runs starts anew, because nobody knows that
//! it was beyond or within all the while.
//!
//! Sans-IO: the caller brings values when they change ([`LimitJudge::judge`]) and the time once a frame
//! ([`LimitJudge::elapse`]). A call costs what its own point costs, an elapsed delay costs the points whose delays end, and
//! points without limits cost nothing. Nothing scans all points.
//!
//! Deliberately absent: priorities, acknowledgement, shelving, suppression. Those are alarms.

#[cfg(test)]
mod tests;
mod threshold;

use std::{collections::BTreeSet, time::Duration};

use gemba_model::{Quality, UnixNanos};
use serde::{Deserialize, Serialize};

use self::threshold::{Threshold, When};

/// No row: the point has no limits.
const NO_ROW: u32 = u32::MAX;

/// The limits of one point, in its unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LimitRule {
    /// `lowLow`: passed at it and below.
    pub low_low: Option<f64>,
    /// `low`: passed at it and below.
    pub low: Option<f64>,
    /// `high`: passed at it and above.
    pub high: Option<f64>,
    /// `highHigh`: passed at it and above.
    pub high_high: Option<f64>,
    /// How far a value must come back inside a limit before the limit is clear, 0 or more.
    pub deadband: f64,
    /// For how long a limit must be passed without a break before it counts.
    pub on_delay: Duration,
    /// For how long a limit must be clear without a break before it no longer counts.
    pub off_delay: Duration,
}

impl LimitRule {
    /// Whether there is any limit.
    #[must_use]
    pub fn has_limit(&self) -> bool {
        PassedLimit::ALL.iter().any(|limit| self.of(*limit).is_some())
    }

    /// The value of `limit`.
    #[must_use]
    pub fn of(&self, limit: PassedLimit) -> Option<f64> {
        match limit {
            PassedLimit::HighHigh => self.high_high,
            PassedLimit::LowLow => self.low_low,
            PassedLimit::High => self.high,
            PassedLimit::Low => self.low,
        }
    }
}

/// A limit that counts as passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PassedLimit {
    /// At or below `low`.
    Low,
    /// At or above `high`.
    High,
    /// At or below `lowLow`.
    LowLow,
    /// At or above `highHigh`.
    HighHigh,
}

impl PassedLimit {
    /// The outermost first: the first of them that counts is what a point is said to be beyond.
    pub const ALL: [Self; 4] = [Self::HighHigh, Self::LowLow, Self::High, Self::Low];

    /// Whether it is one of the outer limits, which ask for action.
    #[must_use]
    pub fn is_outer(self) -> bool {
        matches!(self, Self::HighHigh | Self::LowLow)
    }

    /// Whether the value is too high, not too low.
    #[must_use]
    pub fn is_high(self) -> bool {
        matches!(self, Self::High | Self::HighHigh)
    }
}

/// What is said of a point with limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The outermost limit that counts as passed; `None` within all limits.
    pub passed: Option<PassedLimit>,
    /// Since when that has been so: the end of the delay. `None` while no value was ever judged.
    pub since: Option<UnixNanos>,
}

/// Judges all points of a plant that have limits. A point is named by its row in the plan.
#[derive(Debug, Default)]
pub struct LimitJudge {
    rows: Vec<Row>,
    row_of_point: Vec<u32>,
    /// The end of the next delay of each row that has one, each row once.
    waiting: BTreeSet<(UnixNanos, u32)>,
    /// Points beyond a limit, in no order.
    beyond: Vec<u32>,
    changed: Vec<u32>,
}

/// A point with limits.
#[derive(Debug)]
struct Row {
    point: u32,
    /// In the order of [`PassedLimit::ALL`].
    thresholds: [Option<Threshold>; 4],
    judged: Judged,
    /// Its entry in the delays that are waited for.
    due: Option<UnixNanos>,
    /// Its place in the points beyond a limit.
    at_beyond: Option<u32>,
    is_changed: bool,
}

impl LimitJudge {
    /// A judge for `rules`, the rules of each point of the plan in its order; points without a limit may have none.
    #[must_use]
    pub fn new(rules: impl IntoIterator<Item = Option<LimitRule>>) -> Self {
        let mut judge = Self::default();
        for (point, rule) in (0_u32..).zip(rules) {
            let row = match rule.filter(LimitRule::has_limit) {
                Some(rule) => {
                    judge.rows.push(Row::new(point, &rule));
                    u32::try_from(judge.rows.len() - 1).unwrap_or(NO_ROW)
                }
                None => NO_ROW,
            };
            judge.row_of_point.push(row);
        }
        judge
    }

    /// How many points have limits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no point has a limit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes note that `point` has this value and quality from `now` on. Call it when either of them changed; a point without
    /// limits costs one look-up.
    pub fn judge(&mut self, point: u32, number: Option<f64>, quality: Quality, now: UnixNanos) {
        let Some(row) = self.row_of(point) else { return };
        // What the last value brought about until now comes first, however late the frame is. Counting begins and ends by
        // a delay that is over, also by one of 0: nothing else has to be looked at.
        self.settle(row, now);
        let number = match quality {
            Quality::Good | Quality::Uncertain => number.filter(|number| number.is_finite()),
            Quality::Bad | Quality::Stale => None,
        };
        let thresholds = &mut self.rows[row as usize].thresholds;
        for threshold in thresholds.iter_mut().flatten() {
            match number {
                Some(number) => threshold.take(number, now),
                None => threshold.lose(),
            }
        }
        if number.is_some() {
            self.rows[row as usize].judged.since.get_or_insert(now);
        }
        self.settle(row, now);
        self.wait(row);
    }

    /// Goes on from what another judge said of `point`, which was not judged here yet: what counted as passed goes on to count
    /// until a value says that it came back. Gives what is said now.
    pub fn go_on(&mut self, point: u32, judged: Judged) -> Option<Judged> {
        let row = self.row_of(point)?;
        let at = row as usize;
        if let (Some(passed), Some(since)) = (judged.passed, judged.since) {
            let thresholds = PassedLimit::ALL.iter().zip(&mut self.rows[at].thresholds);
            for (limit, threshold) in thresholds {
                // Whoever is beyond an outer limit is beyond the inner one too.
                let is_beyond = *limit == passed || passed.is_outer() && limit.is_high() == passed.is_high();
                if let (true, Some(threshold)) = (is_beyond, threshold) {
                    threshold.go_on();
                }
            }
            self.say(row, since);
        }
        Some(self.rows[at].judged)
    }

    /// Ends the delays that are over at `now`. Once a frame.
    pub fn elapse(&mut self, now: UnixNanos) {
        while let Some((due, row)) = self.waiting.first().copied().filter(|(due, _)| *due <= now) {
            self.settle(row, due);
            self.wait(row);
        }
    }

    /// What is said of `point`; `None` when it has no limits.
    #[must_use]
    pub fn get(&self, point: u32) -> Option<Judged> {
        self.row_of(point).map(|row| self.rows[row as usize].judged)
    }

    /// The points that are beyond a limit, in no particular order.
    #[must_use]
    pub fn beyond(&self) -> &[u32] {
        &self.beyond
    }

    /// Points of which something else is said since the changes were forgotten, each once.
    #[must_use]
    pub fn changed(&self) -> &[u32] {
        &self.changed
    }

    /// Begins anew to note what changes.
    pub fn forget_changes(&mut self) {
        let mut changed = std::mem::take(&mut self.changed);
        for point in changed.drain(..) {
            if let Some(row) = self.row_of(point) {
                self.rows[row as usize].is_changed = false;
            }
        }
        self.changed = changed;
    }

    fn row_of(&self, point: u32) -> Option<u32> {
        let row = self.row_of_point.get(point as usize).copied()?;
        (row != NO_ROW).then_some(row)
    }

    /// Ends the delays of `row` that are over at `now`, in the order in which they end.
    fn settle(&mut self, row: u32, now: UnixNanos) {
        let at = row as usize;
        while let Some(due) = self.rows[at].next_due().filter(|due| *due <= now) {
            for threshold in self.rows[at].thresholds.iter_mut().flatten() {
                threshold.elapse(due);
            }
            self.say(row, due);
        }
    }

    /// Says what the thresholds of `row` amount to, since `now` where it is something else than before.
    fn say(&mut self, row: u32, now: UnixNanos) {
        let at = row as usize;
        let passed = self.rows[at].passed();
        if passed == self.rows[at].judged.passed {
            return;
        }
        let point = self.rows[at].point;
        self.rows[at].judged = Judged {
            passed,
            since: Some(now),
        };
        if !self.rows[at].is_changed {
            self.rows[at].is_changed = true;
            self.changed.push(point);
        }
        match (passed, self.rows[at].at_beyond) {
            (Some(_), None) => {
                self.rows[at].at_beyond = u32::try_from(self.beyond.len()).ok();
                self.beyond.push(point);
            }
            (None, Some(place)) => self.leave_beyond(row, place),
            _ => {}
        }
    }

    /// Takes the point of `row` from its place among those beyond a limit; the last one takes the place.
    fn leave_beyond(&mut self, row: u32, place: u32) {
        self.rows[row as usize].at_beyond = None;
        self.beyond.swap_remove(place as usize);
        let moved = self.beyond.get(place as usize).copied();
        if let Some(moved) = moved.and_then(|point| self.row_of(point)) {
            self.rows[moved as usize].at_beyond = Some(place);
        }
    }

    /// Waits for the next delay of `row` to end.
    fn wait(&mut self, row: u32) {
        let due = self.rows[row as usize].next_due();
        let waited = std::mem::replace(&mut self.rows[row as usize].due, due);
        if waited == due {
            return;
        }
        if let Some(waited) = waited {
            self.waiting.remove(&(waited, row));
        }
        if let Some(due) = due {
            self.waiting.insert((due, row));
        }
    }
}

impl Row {
    fn new(point: u32, rule: &LimitRule) -> Self {
        let threshold = |limit: PassedLimit| {
            let when = if limit.is_high() { When::High } else { When::Low };
            Some(Threshold::new(when, rule.of(limit)?, rule))
        };
        Self {
            point,
            thresholds: PassedLimit::ALL.map(threshold),
            judged: Judged {
                passed: None,
                since: None,
            },
            due: None,
            at_beyond: None,
            is_changed: false,
        }
    }

    /// When the next of its delays ends.
    fn next_due(&self) -> Option<UnixNanos> {
        self.thresholds.iter().flatten().filter_map(Threshold::due).min()
    }

    /// The outermost limit that counts as passed.
    fn passed(&self) -> Option<PassedLimit> {
        let counting = |threshold: &Option<Threshold>| threshold.as_ref().is_some_and(Threshold::counts);
        let at = self.thresholds.iter().position(counting)?;
        PassedLimit::ALL.get(at).copied()
    }
}
