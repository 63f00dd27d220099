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
mod points;
mod trends;

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
pub(crate) use points::Rows;
pub use points::{PointState, Points};
pub use trends::{TREND_STEP, Trends};

/// How often the state of the links is looked at.
const LINK_LOOK: std::time::Duration = std::time::Duration::from_millis(200);

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
            .init_resource::<Trends>()
            .init_resource::<SensorToPixel>()
            .init_resource::<PassedLimits>()
            .insert_resource(ValuesDump(dump_world))
            .add_systems(
                Update,
                (
                    (drain_tags, look_at_links)
                        .chain()
                        .in_set(GembaSystems::Ingest)
                        .after(TwinSystems::TakePlan),
                    (
                        expire_points,
                        limits::judge_limits,
                        trends::record_trends,
                        latency::settle_latency,
                    )
                        .chain()
                        .in_set(GembaSystems::Resolve),
                ),
            );
    }
}

/// Takes the newest sample of each tag that got one since the last frame.
fn drain_tags(
    telemetry: Res<Telemetry>,
    now: Res<Now>,
    mut points: ResMut<Points>,
    plan: Res<TwinPlan>,
    mut latency: ResMut<SensorToPixel>,
    mut drained: Local<Vec<(TagId, Sample)>>,
) {
    if !plan.is_changed() {
        points.bypass_change_detection().forget_changes();
    }
    let Some(table) = telemetry.table() else { return };
    table.drain_dirty(&mut drained);
    if drained.is_empty() {
        return;
    }
    for (tag, sample) in drained.drain(..) {
        points.apply(tag, &sample, now.0);
        latency.take_in(&sample, now.0);
    }
}

fn look_at_links(
    telemetry: Res<Telemetry>,
    now: Res<Now>,
    mut links: ResMut<Links>,
    mut points: ResMut<Points>,
    time: Res<Time<Real>>,
    mut next: Local<std::time::Duration>,
) {
    if time.elapsed() < *next && !telemetry.is_changed() {
        return;
    }
    *next = time.elapsed() + LINK_LOOK;
    let mut statuses = Vec::new();
    for (row, status) in telemetry.statuses() {
        points
            .bypass_change_detection()
            .set_link(row, &status.state, now.0);
        statuses.push(status);
    }
    if links.statuses != statuses || links.refused != telemetry.refused() {
        links.statuses = statuses;
        links.refused = telemetry.refused().to_vec();
    }
}

fn expire_points(now: Res<Now>, mut points: ResMut<Points>) {
    points.bypass_change_detection().expire(now.0);
    if !points.changed().is_empty() {
        points.set_changed();
    }
}

/// The live values of the open plant as JSON.
fn dump_world(world: &World) -> serde_json::Value {
    match (world.get_resource::<TwinPlan>(), world.get_resource::<Points>()) {
        (Some(plan), Some(points)) => serde_json::json!(dump(plan, points)),
        _ => serde_json::json!([]),
    }
}
