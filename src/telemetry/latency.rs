//! From sensor to pixel: how old the values of a frame are when it is seen.
//!
//! The age of each sample that a frame takes in, by the time that its source wrote where it did, and by the time of arrival
//! where it did not; and the time that the frame takes to be seen. A source whose clock is wrong makes it wrong: what lies
//! in the future counts as new.

use std::time::Duration;

use bevy::prelude::*;
use gemba_model::{Sample, UnixNanos};

use crate::frame_stats::FrameStats;

/// People read it; it does not have to change faster.
const SHOW_EVERY: Duration = Duration::from_secs(1);
/// Samples that are looked at in that time; more would say the same.
const MOST_SAMPLES: usize = 4_096;

/// The median age of what was taken in within the last second, when it is seen; `None` while nothing comes.
#[derive(Resource, Debug, Default)]
pub struct SensorToPixel {
    /// What is shown.
    pub shown: Option<Duration>,
    ages: Vec<Duration>,
    due: Duration,
}

impl SensorToPixel {
    /// A frame takes in a sample.
    pub(super) fn take_in(&mut self, sample: &Sample, now: UnixNanos) {
        if self.ages.len() < MOST_SAMPLES {
            self.ages
                .push(now.since(sample.source_time.unwrap_or(sample.recv_time)));
        }
    }

    /// What the samples of the last second say, in frames that take `frame` to be seen.
    fn settle(&mut self, frame: Duration) {
        self.ages.sort_unstable();
        self.shown = self.ages.get(self.ages.len() / 2).map(|age| *age + frame);
        self.ages.clear();
    }
}

pub(super) fn settle_latency(
    stats: Option<Res<FrameStats>>,
    time: Res<Time<Real>>,
    mut latency: ResMut<SensorToPixel>,
) {
    if time.elapsed() >= latency.due {
        latency.due = time.elapsed() + SHOW_EVERY;
        let mean_millis = stats.map_or(0.0, |stats| stats.interval().mean_millis);
        let frame = Duration::from_secs_f64(f64::from(mean_millis.max(0.0)) / 1e3);
        latency.settle(frame);
    }
}

#[cfg(test)]
mod tests {
    use gemba_model::{Quality, Value};

    use super::*;

    #[test]
    fn the_median_age_and_the_frame_are_shown() {
        let mut latency = SensorToPixel::default();
        let millis = |millis: i64| UnixNanos(millis * 1_000_000);
        for (source, recv) in [(Some(900), 950), (None, 960), (Some(2_000), 990)] {
            latency.take_in(
                &Sample {
                    value: Some(Value::Number(1.0)),
                    quality: Quality::Good,
                    source_time: source.map(millis),
                    recv_time: millis(recv),
                },
                millis(1_000),
            );
        }
        latency.settle(Duration::from_millis(16));
        assert_eq!(latency.shown, Some(Duration::from_millis(40 + 16)));
        latency.settle(Duration::from_millis(16));
        assert_eq!(latency.shown, None, "nothing came");
    }
}
