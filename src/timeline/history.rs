//! What this viewer has seen since it opened the plant.

use std::collections::BTreeMap;

use bevy::prelude::*;
use gemba_historian::{Record, Steps};
use gemba_model::UnixNanos;
use gemba_telemetry::{Judged, LinkState};
use gemba_twin::PointIndex;

use super::{HandedOver, Timeline, Trends};
use crate::{
    binding::TwinPlan,
    plant::Plant,
    telemetry::{Arrived, LivePoints, Now, PassedLimits},
};

/// Memory for samples: hours of a plant with hundreds of points.
pub(super) const MOST_BYTES: usize = 256 << 20;
/// Changes that are remembered of each link and of each point's limits.
pub(super) const MOST_STEPS: usize = 1_024;

/// Samples, links and limits over time.
#[derive(Resource, Debug)]
pub struct History {
    pub(super) record: Record,
    /// By connection of the plan, where it became live or no longer was.
    pub(super) links: Vec<Steps<LinkState>>,
    pub(super) limits: BTreeMap<u32, Steps<Judged>>,
}

impl Default for History {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

/// A limit began to count as passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitMark {
    /// When.
    pub at: UnixNanos,
    /// Which point's.
    pub point: PointIndex,
    /// Whether it is an outer limit, which asks for action.
    pub is_outer: bool,
}

impl History {
    fn new(tags: usize, connections: usize) -> Self {
        Self {
            record: Record::new(tags, MOST_BYTES),
            links: vec![Steps::new(MOST_STEPS); connections],
            limits: BTreeMap::new(),
        }
    }

    /// One that begins with a sample at `at`.
    #[cfg(test)]
    pub(crate) fn of_sample(at: UnixNanos) -> Self {
        let mut history = Self::new(1, 0);
        let sample = gemba_model::Sample {
            value: None,
            quality: gemba_model::Quality::Good,
            source_time: None,
            recv_time: at,
        };
        history.record.push(gemba_model::TagId(0), &sample);
        history
    }

    /// The samples.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// How much memory the samples may take, in bytes.
    #[must_use]
    pub fn most_bytes(&self) -> usize {
        MOST_BYTES
    }

    /// How the links of the plan stood at `at`, by their row, where that is known.
    pub(super) fn links_at(&self, at: UnixNanos) -> impl Iterator<Item = (usize, &LinkState)> {
        self.links
            .iter()
            .enumerate()
            .filter_map(move |(row, steps)| Some((row, steps.at(at)?)))
    }

    /// What was said of points with limits at `at`, where anything was.
    pub(super) fn limits_at(&self, at: UnixNanos) -> impl Iterator<Item = (PointIndex, Judged)> {
        self.limits
            .iter()
            .filter_map(move |(point, steps)| Some((PointIndex(*point), *steps.at(at)?)))
    }

    /// Where limits began to count as passed, those of one point together.
    pub fn limit_marks(&self) -> impl Iterator<Item = LimitMark> {
        self.limits.iter().flat_map(|(point, steps)| {
            let mut before = None;
            steps.iter().filter_map(move |(at, judged)| {
                let was = std::mem::replace(&mut before, judged.passed);
                let passed = judged.passed.filter(|now| Some(*now) > was)?;
                Some(LimitMark {
                    at,
                    point: PointIndex(*point),
                    is_outer: passed.is_outer(),
                })
            })
        })
    }
}

/// Another plan, another past: none, but for what was handed over of this plant.
pub(super) fn begin_anew(
    plan: Res<TwinPlan>,
    plant: Option<Res<Plant>>,
    mut handed: ResMut<HandedOver>,
    mut history: ResMut<History>,
    mut timeline: ResMut<Timeline>,
    mut trends: ResMut<Trends>,
    mut live: LivePoints,
) {
    if plan.is_changed() {
        *history = History::new(plan.tags.len(), plan.connections.len());
        *trends = Trends::default();
        timeline.go_live();
        live.begin_anew();
        if let Some(plant) = plant {
            handed.go_on(&plant.file, &plan, &mut history, &mut timeline);
        }
    }
}

pub(super) fn record_samples(
    arrived: Res<Arrived>,
    mut live: LivePoints,
    now: Res<Now>,
    mut history: ResMut<History>,
) {
    let history = history.bypass_change_detection();
    for (tag, sample) in &arrived.0 {
        history.record.push(*tag, sample);
    }
    for (steps, state) in history.links.iter_mut().zip(live.get().link_states()) {
        if let Some(state) = state
            && steps.last().map(LinkState::is_live) != Some(state.is_live())
        {
            steps.push(now.0, state.clone());
        }
    }
}

/// What was said before anything is known here goes on to be said, where the plan still has that limit.
pub(super) fn go_on_judging(
    plan: Res<TwinPlan>,
    mut passed: ResMut<PassedLimits>,
    now: Res<Now>,
    mut history: ResMut<History>,
) {
    if !plan.is_changed() {
        return;
    }
    for (point, steps) in &mut history.bypass_change_detection().limits {
        let Some(said) = steps.last().copied() else {
            continue;
        };
        let says = passed.go_on(PointIndex(*point), said);
        if said.passed.is_some() && says.is_none_or(|says| says.passed.is_none()) {
            let nothing = Judged {
                passed: None,
                since: None,
            };
            steps.push(now.0, nothing);
        }
    }
}

pub(super) fn record_limits(passed: Res<PassedLimits>, now: Res<Now>, mut history: ResMut<History>) {
    let history = history.bypass_change_detection();
    for (point, judged) in passed.changed_live() {
        history
            .limits
            .entry(point.0)
            .or_insert_with(|| Steps::new(MOST_STEPS))
            .push(now.0, judged);
    }
}
