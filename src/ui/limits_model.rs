//! The model of the limits: which points lie beyond one, and since when.

use std::time::Duration;

use bevy::prelude::*;
use gemba_model::UnixNanos;
use gemba_panels::{LimitRow, LimitState, LimitsModel};
use gemba_twin::{Limits, Point, PointIndex};

use super::{
    Desktop,
    twin_model::{limit_state, number_text},
};
use crate::{
    binding::TwinPlan,
    telemetry::{Now, PointState, Points},
};

/// Numbers that people read do not have to change faster.
const REFRESH: Duration = Duration::from_millis(250);

/// The points that have limits, and what was last seen of each: made once for each plan.
#[derive(Resource, Default)]
pub(super) struct LimitedPoints(Vec<Limited>);

struct Limited {
    point: PointIndex,
    state: LimitState,
    since: UnixNanos,
}

impl Limited {
    /// Takes note of where the value lies at `now`; the time starts anew with each other limit.
    fn note(&mut self, state: LimitState, now: UnixNanos) {
        if self.state != state {
            (self.state, self.since) = (state, now);
        }
    }
}

pub(super) fn find_limited_points(plan: Res<TwinPlan>, now: Res<Now>, mut limited: ResMut<LimitedPoints>) {
    if !plan.is_changed() {
        return;
    }
    let has_limit = |(_, point): &(PointIndex, &Point)| point.limits != Limits::default();
    limited.0 = (0..)
        .map(PointIndex)
        .zip(&plan.points)
        .filter(has_limit)
        .map(|(point, _)| Limited {
            point,
            state: LimitState::Unlimited,
            since: now.0,
        })
        .collect();
}

/// Fills the limits.
pub(super) fn fill_limits(
    plan: Res<TwinPlan>,
    points: Res<Points>,
    now: Res<Now>,
    time: Res<Time<Real>>,
    mut limited: ResMut<LimitedPoints>,
    mut desktop: ResMut<Desktop>,
    mut refresh_at: Local<Duration>,
) {
    if time.elapsed() < *refresh_at {
        return;
    }
    *refresh_at = time.elapsed() + REFRESH;
    let mut rows = Vec::new();
    for limited in &mut limited.0 {
        let (Some(point), Some(state)) = (
            plan.points.get(limited.point.0 as usize),
            points.get(limited.point),
        ) else {
            continue;
        };
        limited.note(limit_state(&point.limits, state.number()), now.0);
        rows.extend(row(&plan, point, state, limited, now.0));
    }
    rows.sort_by(|one, other| {
        let key = |row: &LimitRow| (row.state.is_worst(), row.for_time);
        key(other).cmp(&key(one))
    });
    let limited_points = limited.0.len();
    desktop.model.limits = LimitsModel { rows, limited_points };
}

/// The row of a point that is beyond a limit.
fn row(
    plan: &TwinPlan,
    point: &Point,
    state: &PointState,
    limited: &Limited,
    now: UnixNanos,
) -> Option<LimitRow> {
    let limits = &point.limits;
    let passed = match limited.state {
        LimitState::Unlimited | LimitState::Within => return None,
        LimitState::Low => limits.low,
        LimitState::LowLow => limits.low_low,
        LimitState::High => limits.high,
        LimitState::HighHigh => limits.high_high,
    };
    let unit = point
        .unit
        .as_ref()
        .map(gemba_model::Unit::symbol)
        .unwrap_or_default();
    let with_unit = |number: f64| format!("{} {unit}", number_text(number)).trim_end().to_owned();
    let twin = plan.twins.get(point.twin.0 as usize)?;
    Some(LimitRow {
        twin: twin.name.clone(),
        prim: twin.path.clone(),
        point: point.label.clone(),
        value: with_unit(state.number()?),
        limit: with_unit(passed?),
        state: limited.state,
        quality: state.quality,
        for_time: now.since(limited.since),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_beyond_a_limit_starts_when_it_is_passed() {
        let at = |secs: i64| UnixNanos(secs * 1_000_000_000);
        let mut limited = Limited {
            point: PointIndex(0),
            state: LimitState::Unlimited,
            since: at(1),
        };
        for (secs, state, since) in [
            (2, LimitState::Within, 2),
            (5, LimitState::High, 5),
            (8, LimitState::High, 5),
            (9, LimitState::HighHigh, 9),
            (12, LimitState::High, 12),
        ] {
            limited.note(state, at(secs));
            assert_eq!((limited.state, limited.since), (state, at(since)), "at {secs} s");
        }
    }
}
