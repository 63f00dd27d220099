//! The model of the limits: which points lie beyond one, and since when.

use std::time::Duration;

use bevy::prelude::*;
use gemba_model::UnixNanos;
use gemba_panels::{LimitRow, LimitState, LimitsModel};
use gemba_telemetry::Judged;
use gemba_twin::Point;

use super::{
    Desktop,
    twin_model::{limit_state, number_text},
};
use crate::{
    binding::TwinPlan,
    telemetry::{PassedLimits, PointState, Points},
    timeline::PlantClock,
};

/// Numbers that people read do not have to change faster.
const REFRESH: Duration = Duration::from_millis(250);

/// Fills the limits.
pub(super) fn fill_limits(
    plan: Res<TwinPlan>,
    points: Res<Points>,
    passed: Res<PassedLimits>,
    clock: Res<PlantClock>,
    time: Res<Time<Real>>,
    mut desktop: ResMut<Desktop>,
    mut refresh_at: Local<Duration>,
) {
    if time.elapsed() < *refresh_at {
        return;
    }
    *refresh_at = time.elapsed() + REFRESH;
    let mut rows: Vec<LimitRow> = passed
        .beyond()
        .filter_map(|index| {
            let point = plan.points.get(index.0 as usize)?;
            row(&plan, point, points.get(index)?, passed.of(index)?, clock.at)
        })
        .collect();
    rows.sort_by(|one, other| {
        let key = |row: &LimitRow| (row.state.is_worst(), row.for_time);
        key(other).cmp(&key(one))
    });
    desktop.model.limits = LimitsModel {
        rows,
        limited_points: passed.limited(),
    };
}

/// The row of a point that is beyond a limit.
fn row(
    plan: &TwinPlan,
    point: &Point,
    state: &PointState,
    judged: Judged,
    now: UnixNanos,
) -> Option<LimitRow> {
    let limits = &point.limits;
    let at = limit_state(Some(judged));
    let limit = match at {
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
        limit: with_unit(limit?),
        state: at,
        quality: state.quality,
        for_time: judged.since.map_or(Duration::ZERO, |since| now.since(since)),
    })
}
