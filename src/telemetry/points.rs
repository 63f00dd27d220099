//! The points of the plant as they are now: newest sample and the quality to show.
//!
//! Nothing here costs per point and frame: a frame touches the points that got a sample and those whose time ran out.
//! Each point waits in the deadline heap at most once, however often it is sampled; a deadline that comes too early is
//! put back to where the newest sample moved it.

use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

use bevy::prelude::*;
use gemba_model::{Quality, Sample, TagId, UnixNanos, Value};
use gemba_telemetry::{LinkState, effective_quality};
use gemba_twin::{BindingPlan, PointIndex};

/// One point as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct PointState {
    /// The newest sample; `None` when there never was one.
    pub sample: Option<Sample>,
    /// How far to trust it now: what its source said, or stale.
    pub quality: Quality,
}

impl PointState {
    const NEVER: Self = Self {
        sample: None,
        quality: Quality::Stale,
    };

    /// The newest value.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.sample.as_ref()?.value.as_ref()
    }

    /// The newest value as a number.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.value()?.as_number()
    }

    /// How long ago the newest sample arrived.
    #[must_use]
    pub fn age(&self, now: UnixNanos) -> Option<Duration> {
        self.sample.as_ref().map(|sample| now.since(sample.recv_time))
    }
}

/// The state of every point of the plan.
#[derive(Resource, Debug, Default)]
pub struct Points {
    states: Vec<PointState>,
    stale_after: Vec<Duration>,
    connection: Vec<Option<u32>>,
    points_of_tag: Rows,
    /// Points that age says nothing about, by connection: they are stale while their link is down.
    on_change_of_connection: Vec<Vec<PointIndex>>,
    link_states: Vec<Option<LinkState>>,
    deadlines: BinaryHeap<Reverse<(UnixNanos, u32)>>,
    is_waiting: Vec<bool>,
    changed: Vec<PointIndex>,
    is_changed: Vec<bool>,
}

/// Lists of rows, one list a key, in two flat arrays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Rows {
    /// The lists of `pairs`, each a key below `keys` and a row.
    pub(crate) fn new(keys: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; keys + 1];
        for (key, _) in &pairs {
            if let Some(start) = starts.get_mut(*key as usize + 1) {
                *start += 1;
            }
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self {
            starts,
            rows: pairs.into_iter().map(|(_, row)| row).collect(),
        }
    }

    /// The rows of `key`; none when there is no such key.
    pub(crate) fn of(&self, key: usize) -> &[u32] {
        match (self.starts.get(key), self.starts.get(key + 1)) {
            (Some(start), Some(end)) => &self.rows[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

impl Points {
    /// The points of `plan`, none of which has a sample yet.
    #[must_use]
    pub fn new(plan: &BindingPlan) -> Self {
        let mut connection_of_tag = vec![None; plan.tags.len()];
        for (connection, spec) in (0..).zip(&plan.connections) {
            for tag in &spec.tags {
                if let Some(of_tag) = connection_of_tag.get_mut(tag.index()) {
                    *of_tag = Some(connection);
                }
            }
        }
        let connection: Vec<Option<u32>> = plan
            .points
            .iter()
            .map(|point| {
                point
                    .tag
                    .and_then(|tag| connection_of_tag.get(tag.index()).copied().flatten())
            })
            .collect();
        let pairs = (0..)
            .zip(&plan.points)
            .filter_map(|(row, point)| point.tag.map(|tag| (tag.0, row)))
            .collect();
        let mut on_change_of_connection = vec![Vec::new(); plan.connections.len()];
        for ((row, point), connection) in (0..).zip(&plan.points).zip(&connection) {
            if let (true, Some(connection)) = (point.stale_after.is_zero(), connection) {
                on_change_of_connection[*connection as usize].push(PointIndex(row));
            }
        }
        let count = plan.points.len();
        Self {
            states: vec![PointState::NEVER; count],
            stale_after: plan.points.iter().map(|point| point.stale_after).collect(),
            connection,
            points_of_tag: Rows::new(plan.tags.len(), pairs),
            on_change_of_connection,
            link_states: vec![None; plan.connections.len()],
            deadlines: BinaryHeap::with_capacity(count),
            is_waiting: vec![false; count],
            // Effects show "never had a value" from the first frame.
            changed: (0..).map(PointIndex).take(count).collect(),
            is_changed: vec![true; count],
        }
    }

    /// The same points as if none had ever had a sample, and nothing were known of the links.
    pub(crate) fn without_samples(&self) -> Self {
        let count = self.states.len();
        let mut points = Self {
            states: vec![PointState::NEVER; count],
            stale_after: self.stale_after.clone(),
            connection: self.connection.clone(),
            points_of_tag: self.points_of_tag.clone(),
            on_change_of_connection: self.on_change_of_connection.clone(),
            link_states: vec![None; self.link_states.len()],
            deadlines: BinaryHeap::with_capacity(count),
            is_waiting: vec![false; count],
            changed: Vec::with_capacity(count),
            is_changed: vec![false; count],
        };
        points.mark_all();
        points
    }

    /// Takes all for changed.
    pub(crate) fn mark_all(&mut self) {
        for point in (0..).map(PointIndex).take(self.states.len()) {
            self.mark(point);
        }
    }

    /// Where the link of each connection of the plan stands, where that was told.
    pub(crate) fn link_states(&self) -> &[Option<LinkState>] {
        &self.link_states
    }

    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there are no points.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// The state of `point`; `None` when there is no such point.
    #[must_use]
    pub fn get(&self, point: PointIndex) -> Option<&PointState> {
        self.states.get(point.0 as usize)
    }

    /// Points whose value or quality changed in this frame, each once.
    #[must_use]
    pub fn changed(&self) -> &[PointIndex] {
        &self.changed
    }

    /// Starts a frame: nothing has changed yet.
    pub(crate) fn forget_changes(&mut self) {
        for point in self.changed.drain(..) {
            self.is_changed[point.0 as usize] = false;
        }
    }

    /// Gives all points of `tag` its newest sample.
    pub(crate) fn apply(&mut self, tag: TagId, sample: &Sample, now: UnixNanos) {
        let Self {
            states,
            stale_after,
            connection,
            points_of_tag,
            link_states,
            deadlines,
            is_waiting,
            changed,
            is_changed,
            ..
        } = self;
        for &row in points_of_tag.of(tag.index()) {
            let at = row as usize;
            let link = connection[at].and_then(|connection| link_states[connection as usize].as_ref());
            let quality = effective_quality(Some(sample), stale_after[at], link, now);
            let state = &mut states[at];
            if state.quality != quality || state.value() != sample.value.as_ref() {
                mark(changed, is_changed, PointIndex(row));
            }
            *state = PointState {
                sample: Some(sample.clone()),
                quality,
            };
            if quality != Quality::Stale && !stale_after[at].is_zero() && !is_waiting[at] {
                is_waiting[at] = true;
                deadlines.push(Reverse((sample.recv_time.after(stale_after[at]), row)));
            }
        }
    }

    /// Makes stale what got nothing newer in time.
    pub(crate) fn expire(&mut self, now: UnixNanos) {
        while let Some(Reverse((deadline, row))) = self.deadlines.peek().copied() {
            if deadline > now {
                return;
            }
            self.deadlines.pop();
            let at = row as usize;
            self.is_waiting[at] = false;
            let state = &mut self.states[at];
            let Some(sample) = &state.sample else { continue };
            let due = sample.recv_time.after(self.stale_after[at]);
            if due > now {
                self.is_waiting[at] = true;
                self.deadlines.push(Reverse((due, row)));
            } else if state.quality != Quality::Stale {
                state.quality = Quality::Stale;
                self.mark(PointIndex(row));
            }
        }
    }

    /// Tells where the link of a connection of the plan stands.
    pub(crate) fn set_link(&mut self, connection: usize, link: &LinkState, now: UnixNanos) {
        let Some(known) = self.link_states.get_mut(connection) else {
            return;
        };
        let was_live = known.as_ref().is_some_and(LinkState::is_live);
        let is_first = known.is_none();
        *known = Some(link.clone());
        if !is_first && was_live == link.is_live() {
            return;
        }
        let points = std::mem::take(&mut self.on_change_of_connection[connection]);
        for point in &points {
            let state = &mut self.states[point.0 as usize];
            let quality = effective_quality(state.sample.as_ref(), Duration::ZERO, Some(link), now);
            if state.quality != quality {
                state.quality = quality;
                self.mark(*point);
            }
        }
        self.on_change_of_connection[connection] = points;
    }

    fn mark(&mut self, point: PointIndex) {
        mark(&mut self.changed, &mut self.is_changed, point);
    }
}

/// Adds `point` to those that changed, once.
fn mark(changed: &mut Vec<PointIndex>, is_changed: &mut [bool], point: PointIndex) {
    let is_changed = &mut is_changed[point.0 as usize];
    if !*is_changed {
        *is_changed = true;
        changed.push(point);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use gemba_telemetry::LinkReason;
    use gemba_twin::{ConnectionSpec, Limits, Point, Source, Tag, TwinIndex};

    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn secs(secs: i64) -> UnixNanos {
        UnixNanos(secs * SECOND)
    }

    fn sample(number: f64, recv_secs: i64) -> Sample {
        Sample {
            value: Some(Value::Number(number)),
            quality: Quality::Good,
            source_time: None,
            recv_time: secs(recv_secs),
        }
    }

    /// One connection; a tag for each of `stale_after_secs`, and a point for each tag.
    pub(in crate::telemetry) fn plan(stale_after_secs: &[u64]) -> BindingPlan {
        let source = |row: usize| Source {
            connection: "plant".into(),
            address: Arc::from(format!("t/{row}")),
            selector: None,
        };
        let mut plan = BindingPlan::default();
        for (row, secs) in stale_after_secs.iter().enumerate() {
            let tag = TagId(u32::try_from(row).expect("few"));
            let stale_after = Duration::from_secs(*secs);
            plan.tags.push(Tag {
                source: source(row),
                stale_after,
            });
            plan.points.push(Point {
                twin: TwinIndex(0),
                name: "p".into(),
                label: "p".into(),
                tag: Some(tag),
                unit: None,
                limits: Limits::default(),
                stale_after,
            });
        }
        let tags = (0..).map(TagId).take(stale_after_secs.len()).collect();
        plan.connections.push(ConnectionSpec {
            name: "plant".into(),
            tags,
        });
        plan
    }

    fn quality(points: &Points, row: u32) -> Quality {
        points.get(PointIndex(row)).expect("a point").quality
    }

    #[test]
    fn a_point_is_stale_until_a_sample_comes_and_after_its_time() {
        let mut points = Points::new(&plan(&[10, 3]));
        assert_eq!(points.changed().len(), 2);
        points.forget_changes();
        assert_eq!(quality(&points, 0), Quality::Stale);

        points.apply(TagId(0), &sample(1.0, 100), secs(100));
        assert_eq!(points.changed(), [PointIndex(0)]);
        assert_eq!(quality(&points, 0), Quality::Good);

        points.forget_changes();
        points.expire(UnixNanos(secs(110).0 - 1));
        assert!(points.changed().is_empty());
        points.expire(secs(110));
        assert_eq!(
            (points.changed(), quality(&points, 0)),
            (&[PointIndex(0)][..], Quality::Stale)
        );
    }

    #[test]
    fn a_newer_sample_moves_the_deadline_and_an_equal_value_is_no_change() {
        let mut points = Points::new(&plan(&[10]));
        points.forget_changes();
        for at in 0..50 {
            points.apply(TagId(0), &sample(1.0, at), secs(at));
        }
        assert_eq!(points.changed().len(), 1);
        assert_eq!(
            points.deadlines.len(),
            1,
            "a point waits once, however often it is sampled"
        );
        points.forget_changes();
        points.expire(secs(58));
        assert_eq!(quality(&points, 0), Quality::Good);
        points.apply(TagId(0), &sample(1.0, 58), secs(58));
        assert!(points.changed().is_empty());
        points.expire(secs(68));
        assert_eq!(quality(&points, 0), Quality::Stale);
    }

    #[test]
    fn a_point_without_a_time_limit_is_stale_while_its_link_is_down() {
        let mut points = Points::new(&plan(&[0]));
        let live = LinkState::Live { since: secs(0) };
        let down = LinkState::Waiting {
            attempt: 1,
            retry_at: secs(9),
            reason: LinkReason::Closed,
        };
        points.set_link(0, &live, secs(0));
        points.apply(TagId(0), &sample(1.0, 1), secs(1));
        points.expire(secs(1_000_000));
        assert_eq!(quality(&points, 0), Quality::Good);
        points.set_link(0, &down, secs(5));
        assert_eq!(quality(&points, 0), Quality::Stale);
        points.set_link(0, &live, secs(7));
        assert_eq!(quality(&points, 0), Quality::Good);
    }

    #[test]
    fn rows_by_key() {
        let rows = Rows::new(3, vec![(2, 7), (0, 4), (2, 5), (2, 7)]);
        assert_eq!(
            (rows.of(0), rows.of(1), rows.of(2), rows.of(3)),
            (&[4][..], &[][..], &[5, 7][..], &[][..])
        );
    }
}
