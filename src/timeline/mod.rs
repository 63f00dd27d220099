//! The plant's clock: now, or an instant of what this viewer has seen since it opened the plant.
//!
//! One [`Cursor`] for all: while it is in the past, [`Points`](crate::telemetry::Points) and
//! [`PassedLimits`](crate::telemetry::PassedLimits) are what they were then, so that colours, motions, labels, lists and
//! trends follow it without knowing of it, and none can disagree with another. What is live goes on meanwhile, beside it:
//! nothing is lost while one looks back, and limits are judged as they always are.
//!
//! When the viewer starts anew for the headset, [`HandOver`] takes all of it along.
//!
//! The samples are `gemba_historian`'s; [`History`] adds what is no sample. Ages and trends are told by [`PlantClock`].

mod cursor;
mod hand_over;
mod history;
mod packing;
mod replay;
mod trends;

use bevy::{ecs::system::SystemParam, prelude::*};
use gemba_model::UnixNanos;
use gemba_panels::ViewerCommand;
use serde_json::{Value, json};

use crate::{
    binding::TwinSystems,
    command::Requested,
    schedule::GembaSystems,
    telemetry::{Telemetry, TelemetrySystems, iso_8601},
};

pub use cursor::{Cursor, PlantClock, Timeline};
pub use hand_over::{HandOver, HandOverError, HandedOver};
pub use history::{History, LimitMark};
pub use trends::{TREND_STEP, Trends};

/// Records what comes, and shows the past when asked.
#[derive(Default)]
pub struct TimelinePlugin;

impl Plugin for TimelinePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Timeline>()
            .init_resource::<PlantClock>()
            .init_resource::<History>()
            .init_resource::<HandedOver>()
            .init_resource::<Trends>()
            .add_systems(
                Update,
                (
                    (history::begin_anew, cursor::advance_clock)
                        .chain()
                        .in_set(GembaSystems::Ingest)
                        .after(TwinSystems::TakePlan)
                        .before(TelemetrySystems::Drain),
                    (history::record_samples, packing::pack_blocks)
                        .chain()
                        .in_set(GembaSystems::Ingest)
                        .after(TelemetrySystems::Drain),
                    (
                        history::go_on_judging,
                        history::record_limits,
                        replay::show_the_past,
                    )
                        .chain()
                        .in_set(GembaSystems::Resolve)
                        .after(TelemetrySystems::Judge),
                    carry_out.in_set(GembaSystems::Interact),
                ),
            );
    }
}

/// How the timeline stands, for scripts.
#[derive(SystemParam)]
pub(crate) struct TimelineFacts<'w> {
    timeline: Res<'w, Timeline>,
    clock: Res<'w, PlantClock>,
    history: Res<'w, History>,
    telemetry: Res<'w, Telemetry>,
}

impl TimelineFacts<'_> {
    /// `speed` is `null` while the plant is shown as it is now, `from` while nothing has arrived.
    pub(crate) fn to_json(&self) -> Value {
        let speed = match self.timeline.cursor() {
            Cursor::Live => None,
            Cursor::Past { speed, .. } => Some(speed),
        };
        let record = self.history.record();
        json!({
            "is_live": self.timeline.is_live(),
            "speed": speed,
            "at": iso_8601(self.clock.at),
            "at_millis": self.clock.at.as_millis(),
            "from": record.extent().map(|(from, _)| iso_8601(from)),
            "from_millis": record.extent().map(|(from, _)| from.as_millis()),
            "samples": record.samples(),
            "bytes": record.bytes(),
            "lost": self.telemetry.table().map_or(0, |table| table.counters().lost),
        })
    }
}

fn carry_out(mut requests: MessageReader<Requested>, mut timeline: ResMut<Timeline>, history: Res<History>) {
    for Requested(request) in requests.read() {
        match request {
            ViewerCommand::GoLive => timeline.go_live(),
            ViewerCommand::SetTimeline { at_millis, speed } => {
                let at = UnixNanos::from_millis(*at_millis);
                match history.record().extent() {
                    Some((from, _)) => timeline.go_to(at.max(from), *speed),
                    None => warn!("there is no past yet: no value has arrived since the plant was opened"),
                }
            }
            _ => {}
        }
    }
}
