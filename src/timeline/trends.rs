//! The two minutes before the cursor, for a glance at where a point is going.
//!
//! A value that nobody should trust leaves a gap, because a line that goes on would say that it was known.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bevy::prelude::*;
use gemba_model::UnixNanos;
use gemba_twin::{BindingPlan, PointIndex};

use super::{History, PlantClock};

/// Time between two values of a trend.
pub const TREND_STEP: Duration = Duration::from_secs(1);
/// Values of a trend.
const COUNT: usize = 120;

/// The trends that someone looks at, read anew each second of the plant's time.
#[derive(Resource, Debug, Default)]
pub struct Trends {
    second: i64,
    of_points: BTreeMap<u32, Arc<[Option<f32>]>>,
}

impl Trends {
    /// The values of a point, oldest first, [`TREND_STEP`] apart; the last is of the second that has just begun.
    pub fn of(
        &mut self,
        point: PointIndex,
        plan: &BindingPlan,
        history: &History,
        clock: &PlantClock,
    ) -> Arc<[Option<f32>]> {
        let step_nanos = TREND_STEP.as_nanos() as i64;
        let second = clock.at.0.div_euclid(step_nanos);
        if second != self.second {
            self.second = second;
            self.of_points.clear();
        }
        let read = || {
            let point = plan.points.get(point.0 as usize)?;
            let to = UnixNanos(second * step_nanos);
            let numbers = history
                .record()
                .trend(point.tag?, to, TREND_STEP, COUNT, point.stale_after);
            Some(
                numbers
                    .into_iter()
                    .map(|number| number.map(|number| number as f32))
                    .collect(),
            )
        };
        self.of_points
            .entry(point.0)
            .or_insert_with(|| read().unwrap_or_default())
            .clone()
    }
}
