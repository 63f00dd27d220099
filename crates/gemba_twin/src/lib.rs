//! Twin layer to binding plan: twins, points, effects, templates, validation.
//!
//! [`plan`](fn@plan) reads the opinions that composition left in a `SceneDoc` and returns what to bind, with an issue for
//! everything that cannot be bound; [`plan_checked`] also asks its caller what the protocols allow. It does no IO, knows no protocol and no engine. [`check::report`] is what
//! `gemba check` prints. The names it reads are those of `assets/usd/gemba/schema.usda`, where each is explained.
//!
//! # What a twin layer looks like
//!
//! ```usda
//! class "_CentrifugalPump" (
//!     prepend apiSchemas = ["GembaTwinAPI", "GembaPointAPI:speed", "GembaEffectAPI:spin"]
//! )
//! {
//!     uniform token gemba:twin:class = "CentrifugalPump"
//!     string gemba:point:speed:source = "plant:acme/utilities/{id}/telemetry#/speed_rpm"
//!     token gemba:point:speed:unit = "r/min"
//!     token gemba:effect:spin:kind = "rotate"
//!     token gemba:effect:spin:point = "speed"
//!     rel gemba:effect:spin:target = <Impeller>
//! }
//! over "Plant"
//! {
//!     over "P_101" (inherits = </_CentrifugalPump>)
//!     {
//!         uniform token gemba:twin:id = "P-101"
//!     }
//! }
//! ```
//!
//! # Issues
//!
//! | code | what happened | what is bound |
//! |---|---|---|
//! | `twin.no-id` | a twin has no id | under the name of its prim |
//! | `twin.duplicate-id` | two twins have one id | the first |
//! | `twin.unknown-level` | a level is none of ISA-95's | the twin, without a level |
//! | `twin.no-twin-schema` | points or effects without `GembaTwinAPI` | as a twin |
//! | `twin.no-points` | a twin has no points | the twin |
//! | `twin.unknown-schema` | an applied schema is none of Gemba's | the rest |
//! | `twin.schema-not-applied`, `twin.unknown-property` | a property that no applied schema declares | the rest |
//! | `twin.wrong-type` | a value of another type, or not finite | as if it were not written |
//! | `twin.no-source`, `twin.bad-source`, `twin.bad-placeholder` | a point has no usable source | the point, without a tag |
//! | `twin.unknown-connection` | `gemba.toml` has no such connection | the points, without tags |
//! | `twin.unknown-unit` | a unit is no UCUM code | the point, without a unit |
//! | `twin.limits-out-of-order` | limits do not ascend | as written |
//! | `twin.bad-deadband`, `twin.bad-duration` | less than there can be | with the fallback |
//! | `twin.no-kind`, `twin.unknown-kind`, `twin.kind-not-drawn` | an effect shows nothing | the rest |
//! | `twin.no-effect-point`, `twin.unknown-point` | an effect has no point | the rest |
//! | `twin.missing-target` | an effect acts on a prim that does not exist | its other targets |
//! | `twin.missing-connected`, `twin.connected-no-twin` | a twin leads to a prim that does not exist, or is no twin | the rest |
//! | `twin.no-domain`, `twin.bad-domain`, `twin.bad-windows`, `twin.bad-range`, `twin.bad-axis`, `twin.no-rotation`, `twin.no-speed`, `twin.bad-pitch` | an effect lacks what it needs | the rest |
//! | `twin.bad-ramp`, `twin.bad-color`, `twin.bad-strength`, `twin.bad-length`, `twin.bad-format`, `twin.bad-decimals` | a detail of an effect is wrong | with the fallback |
//!
//! `gemba_usd` adds `twin.missing-prim`, `twin.inactive-prim` and `twin.below-instance` for opinions that reach no prim.

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
mod flows;
mod motion;
mod opinions;
pub mod plan;
mod points;
mod ramp;
mod source;
mod template;
mod vocabulary;

pub use build::{plan, plan_checked};
pub use plan::{
    BindingPlan, Brightness, ConnectionSpec, Effect, EffectKind, Flow, Limits, Point, PointIndex, RampStop,
    Source, Tag, Twin, TwinIndex, Window,
};
pub use points::DEFAULT_STALE_AFTER;
pub use source::SourceError;
pub use template::TemplateError;

use gemba_model::nearest;
