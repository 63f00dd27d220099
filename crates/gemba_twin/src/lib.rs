//! Twin layer to binding plan: twins, points, effects, templates, validation.
//!
//! [`plan`](plan()) reads the opinions that composition left in a `SceneDoc` and returns what to bind, with an issue for
//! everything that cannot be. It does no IO, knows no protocol and no engine.

pub mod plan;

pub use plan::{
    BindingPlan, ConnectionSpec, Effect, EffectKind, Limits, Point, PointIndex, RampStop, Source, Tag, Twin, TwinIndex,
};
