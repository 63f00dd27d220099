//! What drives what: points to effects, effects to the prims they show on.
//!
//! When a plant is open its twin layer is planned on a task; the plan then owns [`TwinPlan`], [`Bindings`] and
//! [`TwinIssues`], starts the sources, and gives each entity the tag of its slot. From then on a frame does three
//! things: points that changed become looks in [`Values`], prims that turn or slide get their motion, and prims that values
//! hide are in [`HiddenByValue`]. All cost what changed, not what there is.
//!
//! It knows no protocol (that is [`telemetry`](crate::telemetry)) and no GPU: the renderer reads [`Values`].

mod bounds;
mod drive;
mod hidden;
mod looks;
mod motion;
mod plan;
mod record;
mod slots;
mod systems;
mod values;

use std::{ops::Deref, sync::Arc};

use bevy::prelude::*;
use gemba_model::Issue;
use gemba_twin::BindingPlan;

use crate::schedule::GembaSystems;

pub use hidden::{HiddenByValue, HiddenChange};
pub use looks::{look_of, ramp_at, ratio_in, worst};
pub use motion::MovedPrim;
pub use plan::{Bindings, EffectAnchor};
pub use record::{Emission, Fill, Look, RECORD_BYTES, RECORD_WORDS, ValueRecord};
pub use slots::{FillRange, Slot, SlotPlan, allocate};
pub use values::{SlotIndex, Values};

/// The binding plan of the open plant; empty until it is made, and for a plant without a twin layer.
#[derive(Resource, Clone, Debug, Default)]
pub struct TwinPlan(pub Arc<BindingPlan>);

impl Deref for TwinPlan {
    type Target = BindingPlan;

    fn deref(&self) -> &BindingPlan {
        &self.0
    }
}

/// What is wrong with the configuration, the twin layer and the connections of the open plant. What is wrong with the
/// scene is in its [`SceneDoc`](gemba_usd::SceneDoc), what is wrong with a link now in
/// [`Links`](crate::telemetry::Links).
#[derive(Resource, Clone, Debug, Default)]
pub struct TwinIssues(pub Vec<Issue>);

/// The plan of the open plant is made and its sources are started.
#[derive(Message, Clone, Copy, Debug)]
pub struct TwinsBound;

/// Steps of this plugin that others order themselves by.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TwinSystems {
    /// Drops the plan of a plant that is gone and takes over one that is made; in [`GembaSystems::Ingest`].
    TakePlan,
}

/// Binds the plant's points to what is seen.
#[derive(Default)]
pub struct BindingPlugin;

impl Plugin for BindingPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<TwinsBound>()
            .init_resource::<TwinPlan>()
            .init_resource::<TwinIssues>()
            .init_resource::<Bindings>()
            .init_resource::<Values>()
            .init_resource::<HiddenByValue>()
            .init_resource::<systems::Planning>()
            .configure_sets(Update, TwinSystems::TakePlan.in_set(GembaSystems::Ingest))
            .add_systems(
                Update,
                (
                    (systems::begin_plan, systems::take_plan, systems::tag_entities)
                        .chain()
                        .in_set(TwinSystems::TakePlan),
                    (systems::show_values, drive::move_prims, hidden::hide_prims)
                        .in_set(GembaSystems::Derive),
                ),
            );
    }
}
