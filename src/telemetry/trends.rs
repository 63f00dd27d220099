//! The last two minutes of every point, for a glance at where it is going. What lasts longer is a historian's.
//!
//! One column of all points a second, in a ring: a value that nobody should trust leaves a gap, because a line that goes
//! on would say that it was known.

use std::time::Duration;

use bevy::prelude::*;
use gemba_model::Quality;
use gemba_twin::PointIndex;

use super::{PointState, Points};
use crate::binding::TwinPlan;

/// Time between two columns.
pub const TREND_STEP: Duration = Duration::from_secs(1);
/// Columns that are kept where memory allows.
const DEPTH: usize = 120;
/// Values that are kept at most, four bytes each: plants of more than 35 000 points keep a shorter trend.
const MOST_VALUES: usize = 4 << 20;

/// The recent past of all points.
#[derive(Resource, Debug, Default)]
pub struct Trends {
    points: usize,
    /// Columns of one value a point, the newest at `next - 1`; not a number where there was none.
    columns: Vec<Vec<f32>>,
    next: usize,
    due: Duration,
}

impl Trends {
    /// The values of a point, oldest first, [`TREND_STEP`] apart.
    pub fn of(&self, point: PointIndex) -> impl Iterator<Item = Option<f32>> + '_ {
        let (newer, older) = self.columns.split_at(self.next.min(self.columns.len()));
        older.iter().chain(newer).map(move |column| {
            column
                .get(point.0 as usize)
                .copied()
                .filter(|value| value.is_finite())
        })
    }

    fn depth(&self) -> usize {
        DEPTH.min(MOST_VALUES / self.points.max(1)).max(2)
    }

    fn record(&mut self, points: &Points) {
        if self.points != points.len() {
            *self = Self {
                points: points.len(),
                due: self.due,
                ..Self::default()
            };
        }
        let row = |at: usize| u32::try_from(at).ok().map(PointIndex);
        let values = (0..points.len()).map(|at| {
            row(at)
                .and_then(|point| points.get(point))
                .and_then(trusted)
                .unwrap_or(f32::NAN)
        });
        if self.columns.len() < self.depth() {
            self.columns.push(values.collect());
            self.next = self.columns.len();
            return;
        }
        self.next %= self.columns.len();
        let column = &mut self.columns[self.next];
        column.clear();
        column.extend(values);
        self.next += 1;
    }
}

fn trusted(state: &PointState) -> Option<f32> {
    matches!(state.quality, Quality::Good | Quality::Uncertain)
        .then(|| state.number())
        .flatten()
        .map(|number| number as f32)
}

/// Adds a column when its time has come. A frame that took long leaves out columns rather than making them up.
pub(super) fn record_trends(
    points: Res<Points>,
    plan: Res<TwinPlan>,
    time: Res<Time<Real>>,
    mut trends: ResMut<Trends>,
) {
    if plan.is_changed() {
        // Row numbers mean other points now.
        *trends = Trends::default();
    }
    if time.elapsed() < trends.due {
        return;
    }
    trends.due = time.elapsed() + TREND_STEP;
    trends.record(&points);
}

#[cfg(test)]
mod tests {
    use gemba_model::{Sample, TagId, UnixNanos, Value};

    use super::*;
    use crate::telemetry::points::tests::plan;

    fn points(count: usize) -> Points {
        Points::new(&plan(&vec![1_000; count]))
    }

    fn sample(points: &mut Points, number: f64, quality: Quality) {
        let sample = Sample {
            value: Some(Value::Number(number)),
            quality,
            source_time: None,
            recv_time: UnixNanos(0),
        };
        points.apply(TagId(0), &sample, UnixNanos(0));
    }

    #[test]
    fn the_newest_two_minutes_are_kept_in_order() {
        let mut points = points(2);
        let mut trends = Trends::default();
        for at in 0..200_u8 {
            sample(&mut points, f64::from(at), Quality::Good);
            trends.record(&points);
        }
        let kept: Vec<_> = trends.of(PointIndex(0)).collect();
        assert_eq!(kept.len(), DEPTH);
        assert_eq!((kept[0], kept[DEPTH - 1]), (Some(80.0), Some(199.0)));
        assert!(
            trends.of(PointIndex(1)).all(|value| value.is_none()),
            "never had one"
        );
    }

    #[test]
    fn what_is_not_trusted_is_a_gap_and_another_plant_starts_anew() {
        let mut points = points(1);
        let mut trends = Trends::default();
        sample(&mut points, 1.0, Quality::Good);
        trends.record(&points);
        sample(&mut points, 2.0, Quality::Bad);
        trends.record(&points);
        let kept: Vec<_> = trends.of(PointIndex(0)).collect();
        assert_eq!(kept, [Some(1.0), None]);
        trends.record(&self::points(3));
        assert_eq!(trends.of(PointIndex(2)).collect::<Vec<_>>(), [None]);
    }
}
