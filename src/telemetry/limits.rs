//! Which limits the points have passed, with deadband and delays: labels, lists and the inspector ask here, so that they
//! cannot disagree. The rules are `gemba_telemetry`'s.

use std::collections::BTreeMap;

use bevy::prelude::*;
use gemba_telemetry::{Judged, LimitJudge, LimitRule};
use gemba_twin::{BindingPlan, Limits, PointIndex};

use super::{LivePoints, Now};
use crate::binding::TwinPlan;

/// Where the points lie among their limits: now, or at the past instant that is shown. Judging goes on all the while.
#[derive(Resource, Debug)]
pub struct PassedLimits {
    live: LimitJudge,
    past: Option<Past>,
}

/// What was said at an instant.
#[derive(Debug, Default, PartialEq)]
struct Past {
    of: BTreeMap<u32, Judged>,
    beyond: Vec<u32>,
}

impl Default for PassedLimits {
    fn default() -> Self {
        Self {
            live: LimitJudge::new(std::iter::empty()),
            past: None,
        }
    }
}

impl PassedLimits {
    fn new(plan: &BindingPlan) -> Self {
        let rules = plan.points.iter().map(|point| Some(rule(&point.limits)));
        Self {
            live: LimitJudge::new(rules),
            past: None,
        }
    }

    /// Where a point lies; `None` for one without limits.
    #[must_use]
    pub fn of(&self, point: PointIndex) -> Option<Judged> {
        let live = self.live.get(point.0)?;
        match &self.past {
            None => Some(live),
            Some(past) => Some(past.of.get(&point.0).copied().unwrap_or(Judged {
                passed: None,
                since: None,
            })),
        }
    }

    /// The points beyond a limit.
    pub fn beyond(&self) -> impl Iterator<Item = PointIndex> + '_ {
        let beyond = match &self.past {
            None => self.live.beyond(),
            Some(past) => &past.beyond,
        };
        beyond.iter().map(|point| PointIndex(*point))
    }

    /// How many points have limits.
    #[must_use]
    pub fn limited(&self) -> usize {
        self.live.len()
    }

    /// What is said now of the points of which something else was said in the last frame.
    pub(crate) fn changed_live(&self) -> impl Iterator<Item = (PointIndex, Judged)> + '_ {
        let judged = |point: &u32| Some((PointIndex(*point), self.live.get(*point)?));
        self.live.changed().iter().filter_map(judged)
    }

    /// Goes on from what was said of a point before anything is known of it here; gives what is said now.
    pub(crate) fn go_on(&mut self, point: PointIndex, judged: Judged) -> Option<Judged> {
        self.live.go_on(point.0, judged)
    }

    /// Shows the present.
    pub(crate) fn show_live(&mut self) {
        self.past = None;
    }

    /// Shows what was said at another time; of points that are not there, nothing was said.
    pub(crate) fn show_past(&mut self, judged: impl Iterator<Item = (PointIndex, Judged)>) {
        let of: BTreeMap<u32, Judged> = judged.map(|(point, judged)| (point.0, judged)).collect();
        let beyond = of.iter().filter(|(_, judged)| judged.passed.is_some());
        let beyond = beyond.map(|(point, _)| *point).collect();
        self.past = Some(Past { of, beyond });
    }
}

fn rule(limits: &Limits) -> LimitRule {
    LimitRule {
        low_low: limits.low_low,
        low: limits.low,
        high: limits.high,
        high_high: limits.high_high,
        deadband: limits.deadband,
        on_delay: limits.on_delay,
        off_delay: limits.off_delay,
    }
}

/// Judges what changed in this frame, and what waited long enough.
pub(super) fn judge_limits(
    plan: Res<TwinPlan>,
    mut live: LivePoints,
    now: Res<Now>,
    mut passed: ResMut<PassedLimits>,
) {
    if plan.is_changed() {
        *passed = PassedLimits::new(&plan);
    }
    let points = live.get();
    let judge = &mut passed.bypass_change_detection().live;
    judge.forget_changes();
    judge.elapse(now.0);
    for point in points.changed() {
        if let Some(state) = points.get(*point) {
            judge.judge(point.0, state.number(), state.quality, now.0);
        }
    }
}
