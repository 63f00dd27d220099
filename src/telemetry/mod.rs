//! Links to sources, drained into [`Points`] once a frame.
//!
//! One source thread a connection fills the tag table; [`GembaSystems::Ingest`] takes what changed, and
//! [`GembaSystems::Resolve`] makes stale what got nothing in time. Decoding, back-off and the staleness rule are
//! `gemba_telemetry`'s, sockets and threads `gemba_sources`'. What a point looks like is [`binding`](crate::binding)'s.

mod clock;
mod config;
mod dump;
mod latency;
mod limits;
mod links;
mod live;
mod points;

use bevy::prelude::*;
use gemba_model::{Sample, TagId};

use crate::{
    binding::{TwinPlan, TwinSystems},
    schedule::GembaSystems,
    visual::headless::ValuesDump,
};

pub use clock::{ClockPlugin, Now};
pub use config::ConfigSource;
pub use dump::{ValueRow, dump, iso_8601};
pub use latency::SensorToPixel;
pub use limits::PassedLimits;
pub use links::{Links, Telemetry};
pub use live::LivePoints;
pub(crate) use points::Rows;
pub use points::{PointState, Points};

/// How often the state of the links is looked at.
const LINK_LOOK: std::time::Duration = std::time::Duration::from_millis(200);

/// What of it others come before or after.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub enum TelemetrySystems {
    /// Takes what arrived, and where the links stand.
    Drain,
    /// Makes stale what got nothing in time, and judges limits.
    Judge,
}

/// Every sample that came since the last frame, in the order in which they came.
#[derive(Resource, Debug, Default)]
pub struct Arrived(pub Vec<(TagId, Sample)>);

/// Runs the sources of the open plant and keeps [`Points`].
#[derive(Default)]
pub struct TelemetryPlugin;

impl Plugin for TelemetryPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Now>()
            .init_resource::<ConfigSource>()
            .init_resource::<Telemetry>()
            .init_resource::<Links>()
            .init_resource::<Points>()
            .init_resource::<live::Aside>()
            .init_resource::<Arrived>()
            .init_resource::<SensorToPixel>()
            .init_resource::<PassedLimits>()
            .insert_resource(ValuesDump(dump_world))
            .add_systems(
                Update,
                (
                    (drain_tags, look_at_links)
                        .chain()
                        .in_set(GembaSystems::Ingest)
                        .in_set(TelemetrySystems::Drain)
                        .after(TwinSystems::TakePlan),
                    (expire_points, limits::judge_limits)
                        .chain()
                        .in_set(GembaSystems::Resolve)
                        .in_set(TelemetrySystems::Judge),
                    latency::settle_latency.in_set(GembaSystems::Resolve),
                ),
            );
    }
}

/// Takes the newest sample of each tag that got one since the last frame.
fn drain_tags(
    telemetry: Res<Telemetry>,
    now: Res<Now>,
    mut live: LivePoints,
    plan: Res<TwinPlan>,
    mut latency: ResMut<SensorToPixel>,
    mut arrived: ResMut<Arrived>,
    mut newest: Local<Vec<(TagId, Sample)>>,
) {
    if !plan.is_changed() {
        live.get().forget_changes();
    }
    let arrived = &mut arrived.bypass_change_detection().0;
    arrived.clear();
    let Some(table) = telemetry.table() else { return };
    table.take_journal(arrived);
    table.drain_dirty(&mut newest);
    let is_seen = live.is_shown();
    let points = live.get();
    for (tag, sample) in newest.drain(..) {
        points.apply(tag, &sample, now.0);
        if is_seen {
            latency.take_in(&sample, now.0);
        }
    }
}

fn look_at_links(
    telemetry: Res<Telemetry>,
    now: Res<Now>,
    mut links: ResMut<Links>,
    mut live: LivePoints,
    time: Res<Time<Real>>,
    mut next: Local<std::time::Duration>,
) {
    if time.elapsed() < *next && !telemetry.is_changed() {
        return;
    }
    *next = time.elapsed() + LINK_LOOK;
    let mut statuses = Vec::new();
    for (row, status) in telemetry.statuses() {
        live.get().set_link(row, &status.state, now.0);
        statuses.push(status);
    }
    if links.statuses != statuses || links.refused != telemetry.refused() {
        links.statuses = statuses;
        links.refused = telemetry.refused().to_vec();
    }
}

fn expire_points(now: Res<Now>, mut live: LivePoints) {
    let points = live.get();
    points.expire(now.0);
    if !points.changed().is_empty() && live.is_shown() {
        live.set_changed();
    }
}

/// The live values of the open plant as JSON.
fn dump_world(world: &World) -> serde_json::Value {
    match (world.get_resource::<TwinPlan>(), world.get_resource::<Points>()) {
        (Some(plan), Some(points)) => serde_json::json!(dump(plan, points)),
        _ => serde_json::json!([]),
    }
}
