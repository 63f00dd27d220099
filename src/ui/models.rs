//! The models of the status bar, the connections and the bar on top.

use std::time::Duration;

use bevy::{math::DVec3, prelude::*};
use gemba_model::{Quality, UnixNanos};
use gemba_panels::{ConnectionRow, LinkPhase, Liveness};
use gemba_sources::LinkStatus;
use gemba_telemetry::{LinkReason, LinkState};
use gemba_twin::{BindingPlan, PointIndex};

use super::{Desktop, plant_model::PlantFacts};
use crate::{
    binding::TwinPlan,
    frame_stats::FrameStats,
    navigation::Eye,
    plant::GuidesShown,
    selection::PickTree,
    telemetry::{Links, Now, Points, SensorToPixel},
    timeline::Timeline,
    visual::{EdgesShown, labels::LabelsShown},
    xr::XrFacts,
};

/// Numbers that people read do not have to change faster.
const REFRESH: Duration = Duration::from_millis(250);

/// Fills the status bar and what the bar on top shows as pressed.
pub(super) fn fill_status(
    facts: Res<PlantFacts>,
    stats: Res<FrameStats>,
    points: Res<Points>,
    picks: Res<PickTree>,
    latency: Res<SensorToPixel>,
    eye: Res<Eye>,
    labels: Res<LabelsShown>,
    guides: Res<GuidesShown>,
    edges: Res<EdgesShown>,
    xr: XrFacts,
    time: Res<Time<Real>>,
    mut desktop: ResMut<Desktop>,
    mut refresh_at: Local<Duration>,
) {
    let model = &mut desktop.model;
    model.toolbar.mode = eye.mode;
    model.toolbar.labels_shown = labels.0;
    model.toolbar.guides_shown = guides.0;
    model.toolbar.edges_shown = edges.0;
    model.toolbar.in_vr = xr.is_in_vr();
    let status = &mut model.status;
    status.busy = picks
        .is_building()
        .then(|| "Preparing to point and walk".to_owned());
    if time.elapsed() < *refresh_at {
        return;
    }
    *refresh_at = time.elapsed() + REFRESH;
    status.prims = facts.prims;
    status.triangles = facts.triangles;
    status.frame_millis = stats.interval().mean_millis;
    status.sensor_to_pixel = latency.shown.filter(|_| status.liveness != Liveness::Past);
    status.points = points.len();
    status.points_without_fresh_value = (0..points.len())
        .filter_map(|row| points.get(PointIndex(u32::try_from(row).ok()?)))
        .filter(|state| state.quality == Quality::Stale)
        .count();
}

/// Turns the view cube as the plant is turned.
pub(super) fn fill_view_cube(eye: Res<Eye>, mut desktop: ResMut<Desktop>) {
    let view_from_world = eye.pose.rotation().inverse();
    desktop.model.view_cube.axes =
        [DVec3::X, DVec3::Y, DVec3::Z].map(|axis| (view_from_world * axis).to_array());
}

/// Fills the connections.
pub(super) fn fill_links(
    links: Res<Links>,
    plan: Res<TwinPlan>,
    now: Res<Now>,
    timeline: Res<Timeline>,
    mut desktop: ResMut<Desktop>,
) {
    let model = &mut desktop.model;
    if links.is_changed() || plan.is_changed() {
        model.connections.connections = rows(&plan, &links, now.0);
        let live = links
            .statuses
            .iter()
            .filter(|status| status.state.is_live())
            .count();
        model.status.live_links = live;
        model.status.links = model.connections.connections.len();
    }
    model.status.liveness = match (model.status.live_links, model.status.links) {
        _ if !timeline.is_live() => Liveness::Past,
        (_, 0) => Liveness::NoLinks,
        (0, _) => Liveness::Down,
        (live, links) if live == links => Liveness::Live,
        _ => Liveness::Partly,
    };
    for (row, status) in model.connections.connections.iter_mut().zip(&links.statuses) {
        row.since = since(&status.state, now.0);
    }
}

/// A row for each running connection, then those that the plan names and nobody configured.
fn rows(plan: &BindingPlan, links: &Links, now: UnixNanos) -> Vec<ConnectionRow> {
    let statuses = &links.statuses;
    let tags = |name: &str| {
        plan.connections
            .iter()
            .find(|connection| *connection.name == *name)
            .map_or(0, |spec| spec.tags.len())
    };
    let running = statuses
        .iter()
        .map(|status| running_row(status, tags(&status.name), now));
    let missing = plan
        .connections
        .iter()
        .filter(|spec| statuses.iter().all(|status| status.name != spec.name))
        .map(|spec| {
            let is_refused = links.refused.iter().any(|name| **name == *spec.name);
            let (phase, reason, remedy) = if is_refused {
                (
                    LinkPhase::Failed,
                    "this connection is configured wrongly, so it does not run",
                    "See Issues for what to correct, then open the plant again".to_owned(),
                )
            } else {
                (
                    LinkPhase::Off,
                    "this connection is not configured",
                    format!("Add [connection.{}] with its url to gemba.toml", spec.name),
                )
            };
            ConnectionRow {
                name: spec.name.clone(),
                address: String::new(),
                phase,
                reason: Some(reason.to_owned()),
                remedy: Some(remedy),
                counters: Vec::new(),
                tags: spec.tags.len(),
                since: None,
            }
        });
    running.chain(missing).collect()
}

fn running_row(status: &LinkStatus, tags: usize, now: UnixNanos) -> ConnectionRow {
    let (phase, reason) = match &status.state {
        LinkState::Connecting => (LinkPhase::Connecting, None),
        LinkState::Live { .. } => (LinkPhase::Live, None),
        // Trying again does not set a variable: until someone does, it has failed.
        LinkState::Waiting {
            reason: reason @ LinkReason::Credentials { .. },
            ..
        } => (LinkPhase::Failed, Some(reason)),
        LinkState::Waiting { reason, .. } => (LinkPhase::Waiting, Some(reason)),
        LinkState::Stopped => (LinkPhase::Off, None),
    };
    let counters = &status.counters;
    let mut shown = vec![("messages", counters.messages), ("values", counters.values)];
    let faults = [
        ("unreadable", counters.decode_errors),
        ("too large", counters.oversized),
        ("on topics nobody uses", counters.unrouted),
        ("reconnects", counters.reconnects),
    ];
    shown.extend(faults.into_iter().filter(|(_, count)| *count > 0));
    let refused = (!status.refused_filters.is_empty())
        .then(|| format!("the broker refuses {}", status.refused_filters.join(", ")));
    ConnectionRow {
        name: status.name.clone(),
        address: status.endpoint.clone(),
        phase,
        reason: reason.map(ToString::to_string).or(refused),
        remedy: reason.map(|reason| reason.remedy().to_owned()),
        counters: shown,
        tags,
        since: since(&status.state, now),
    }
}

fn since(state: &LinkState, now: UnixNanos) -> Option<Duration> {
    match state {
        LinkState::Live { since } => Some(now.since(*since)),
        _ => None,
    }
}
