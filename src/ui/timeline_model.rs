//! The timeline's model: where the cursor stands, what is known, and where limits began to count.

use std::time::Duration;

use bevy::prelude::*;
use gemba_panels::TimelineMark;
use gemba_twin::BindingPlan;

use super::Desktop;
use crate::{
    binding::TwinPlan,
    telemetry::Now,
    timeline::{Cursor, History, LimitMark, PlantClock, Timeline},
};

/// Marks are looked for anew this often.
const REFRESH: Duration = Duration::from_secs(1);
/// More marks than the strip has room for; the newest are shown.
const MOST_MARKS: usize = 512;

/// Fills the timeline.
pub(super) fn fill_timeline(
    timeline: Res<Timeline>,
    clock: Res<PlantClock>,
    history: Res<History>,
    plan: Res<TwinPlan>,
    now: Res<Now>,
    time: Res<Time<Real>>,
    mut desktop: ResMut<Desktop>,
    mut refresh_at: Local<Duration>,
) {
    let model = &mut desktop.model.timeline;
    model.from_millis = history.record().extent().map(|(from, _)| from.as_millis());
    model.now_millis = now.0.as_millis();
    model.at_millis = clock.at.as_millis();
    model.past_speed = match timeline.cursor() {
        Cursor::Live => None,
        Cursor::Past { speed, .. } => Some(speed),
    };
    if time.elapsed() < *refresh_at && !plan.is_changed() {
        return;
    }
    *refresh_at = time.elapsed() + REFRESH;
    let mut marks: Vec<LimitMark> = history.limit_marks().collect();
    marks.sort_unstable_by_key(|mark| mark.at);
    let newest = marks.len().saturating_sub(MOST_MARKS);
    let marks = marks.split_off(newest);
    model.marks = marks.iter().filter_map(|mark| mark_of(&plan, mark)).collect();
}

fn mark_of(plan: &BindingPlan, mark: &LimitMark) -> Option<TimelineMark> {
    let point = plan.points.get(mark.point.0 as usize)?;
    let twin = plan.twins.get(point.twin.0 as usize)?;
    Some(TimelineMark {
        at_millis: mark.at.as_millis(),
        is_worst: mark.is_outer,
        what: format!("{} {}", twin.name, point.label),
    })
}
