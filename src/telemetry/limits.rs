//! Which limits the points have passed, with deadband and delays: labels, lists and the inspector ask here, so that they
//! cannot disagree. The rules are `gemba_telemetry`'s.

use bevy::prelude::*;
use gemba_telemetry::{Judged, LimitJudge, LimitRule};
use gemba_twin::{BindingPlan, Limits, PointIndex};

use super::{Now, Points};
use crate::binding::TwinPlan;

/// Where the points lie among their limits.
#[derive(Resource, Debug)]
pub struct PassedLimits(LimitJudge);

impl Default for PassedLimits {
    fn default() -> Self {
        Self(LimitJudge::new(std::iter::empty()))
    }
}

impl PassedLimits {
    fn new(plan: &BindingPlan) -> Self {
        Self(LimitJudge::new(
            plan.points.iter().map(|point| Some(rule(&point.limits))),
        ))
    }

    /// Where a point lies; `None` for one without limits.
    #[must_use]
    pub fn of(&self, point: PointIndex) -> Option<Judged> {
        self.0.get(point.0)
    }

    /// The points beyond a limit.
    pub fn beyond(&self) -> impl Iterator<Item = PointIndex> + '_ {
        self.0.beyond().iter().map(|point| PointIndex(*point))
    }

    /// How many points have limits.
    #[must_use]
    pub fn limited(&self) -> usize {
        self.0.len()
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
    points: Res<Points>,
    now: Res<Now>,
    mut passed: ResMut<PassedLimits>,
) {
    if plan.is_changed() {
        *passed = PassedLimits::new(&plan);
    }
    let judge = &mut passed.bypass_change_detection().0;
    judge.forget_changes();
    judge.elapse(now.0);
    for point in points.changed() {
        if let Some(state) = points.get(*point) {
            judge.judge(point.0, state.number(), state.quality, now.0);
        }
    }
}
