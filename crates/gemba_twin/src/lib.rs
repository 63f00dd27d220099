//! Twin layer to binding plan: twins, points, effects, templates, validation.
//!
//! [`plan`] reads the opinions that composition left in a `SceneDoc` and returns what to bind, with an issue for
//! everything that cannot be. It does no IO, knows no protocol and no engine.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod build;
pub mod check;
mod effects;
mod motion;
mod nearest;
mod opinions;
pub mod plan;
mod points;
mod ramp;
mod source;
mod template;
mod vocabulary;

pub use build::plan;
pub use plan::{
    BindingPlan, ConnectionSpec, Effect, EffectKind, Limits, Point, PointIndex, RampStop, Source, Tag, Twin,
    TwinIndex,
};
pub use points::DEFAULT_STALE_AFTER;
pub use source::SourceError;
pub use template::TemplateError;
