//! The phases of a frame, chained once, here.

use bevy::prelude::*;

/// The phases of [`Update`], in this order. A system belongs to exactly one.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GembaSystems {
    /// Take what arrived: loader progress, spawned slices, dirty tags.
    Ingest,
    /// Samples to points: quality, staleness.
    Resolve,
    /// Points to effects, motions and labels.
    Derive,
    /// People: input, panels, commands, navigation.
    Interact,
    /// Write what the renderer reads: transforms, the values buffer, labels.
    Present,
}

/// Chains [`GembaSystems`].
#[derive(Default)]
pub struct SchedulePlugin;

impl Plugin for SchedulePlugin {
    fn build(&self, app: &mut App) {
        app.configure_sets(
            Update,
            (
                GembaSystems::Ingest,
                GembaSystems::Resolve,
                GembaSystems::Derive,
                GembaSystems::Interact,
                GembaSystems::Present,
            )
                .chain(),
        );
    }
}
