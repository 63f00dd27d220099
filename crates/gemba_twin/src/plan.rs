//! The binding plan: what the viewer binds, as tables that point into each other by index.

use std::{sync::Arc, time::Duration};

use gemba_model::{PrimPath, TagId, Unit};
use gemba_usd::doc::PrimIndex;
use serde::{Deserialize, Serialize};

/// A row of [`BindingPlan::twins`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TwinIndex(pub u32);

/// A row of [`BindingPlan::points`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PointIndex(pub u32);

/// Everything a twin layer binds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BindingPlan {
    /// Twins in scene order.
    pub twins: Vec<Twin>,
    /// Points, those of one twin together.
    pub points: Vec<Point>,
    /// Effects, those of one twin together.
    pub effects: Vec<Effect>,
    /// Tags, each once however many points read it; a tag's id is its row.
    pub tags: Vec<Tag>,
    /// Connections that the tags use, with what to subscribe to.
    pub connections: Vec<ConnectionSpec>,
    /// What leads to what (`gemba:connects`), each pair once, those of one twin together.
    pub flows: Vec<Flow>,
}

/// A pipe, a cable or a conveyor from one twin to another, in the direction of flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flow {
    /// Where it begins.
    pub from: TwinIndex,
    /// Where it ends.
    pub to: TwinIndex,
}

/// A prim that stands for a real thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Twin {
    /// `gemba:twin:id`, unique in the plant.
    pub id: Arc<str>,
    /// `gemba:twin:class`, such as `CentrifugalPump`.
    pub class: Option<Arc<str>>,
    /// `gemba:twin:level`: the ISA-95 level, such as `equipment`.
    pub level: Option<Arc<str>>,
    /// What to call it: `gemba:twin:name`, else the prim's display name, else the id.
    pub name: Arc<str>,
    /// The prim.
    pub prim: PrimIndex,
    /// Its path.
    pub path: PrimPath,
}

/// A twin's own named variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Whose it is.
    pub twin: TwinIndex,
    /// The instance name of the API schema, such as `bearingTemp`.
    pub name: Arc<str>,
    /// What to show as its name: `gemba:point:<name>:displayName`, else `name`.
    pub label: Arc<str>,
    /// The tag it reads; `None` when it has no usable source.
    pub tag: Option<TagId>,
    /// UCUM unit of the source, kept from source to screen.
    pub unit: Option<Unit>,
    /// Limits with their alarm settings.
    pub limits: Limits,
    /// Without a newer sample for this long the value is stale; 0 where the source sends changes only, and the value is
    /// stale while its link is down.
    pub stale_after: Duration,
}

/// Limits in the point's unit, named after IEC 62682.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// `lowLow`.
    pub low_low: Option<f64>,
    /// `low`.
    pub low: Option<f64>,
    /// `high`.
    pub high: Option<f64>,
    /// `highHigh`.
    pub high_high: Option<f64>,
    /// Hysteresis in the point's unit.
    pub deadband: f64,
    /// A limit must be passed for this long.
    pub on_delay: Duration,
    /// A limit must be clear for this long.
    pub off_delay: Duration,
}

/// How a point shows in 3D.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Whose it is.
    pub twin: TwinIndex,
    /// The instance name of the API schema.
    pub name: Arc<str>,
    /// The point that drives it.
    pub point: PointIndex,
    /// The prims it acts on, in scene order; their subtrees go with them. The twin's own prim when none is named.
    pub targets: Vec<PrimIndex>,
    /// What it does.
    pub kind: EffectKind,
}

/// What an effect does with its point's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EffectKind {
    /// Colours the surface by a ramp over `domain`.
    Color {
        /// Values at the two ends of the ramp.
        domain: [f64; 2],
        /// At least two stops, positions ascending in 0–1.
        ramp: Vec<RampStop>,
    },
    /// Emits light.
    Emissive {
        /// How bright it is at a value.
        brightness: Brightness,
        /// Linear RGB at full strength.
        color: [f32; 3],
        /// Luminance factor at full strength.
        strength: f32,
    },
    /// Turns about an axis of the target: at a speed when the unit is a frequency, else to an angle.
    Rotate {
        /// Unit vector in the target's own space.
        axis: [f64; 3],
        /// Radians a second for one unit of the value, or radians for one unit of the value.
        rad_per_unit: f64,
        /// The value is a speed, not an angle.
        is_speed: bool,
    },
    /// Moves along an axis of the target: `domain` maps to `range`.
    Translate {
        /// Unit vector in the target's own space.
        axis: [f64; 3],
        /// Values at the two ends.
        domain: [f64; 2],
        /// Offsets at the two ends, in stage units of the target's own space.
        range: [f64; 2],
    },
    /// Moves along an axis of the target at the value's speed, and starts over after each `pitch`: a row of equal things at
    /// that distance seems to run without end, and stands when the value is 0.
    Convey {
        /// Unit vector in the target's own space.
        axis: [f64; 3],
        /// Stage units a second for one unit of the value.
        units_per_secs: f64,
        /// Stage units after which the row looks the same, more than 0.
        pitch: f64,
    },
    /// A cloud of steam that leaves the top of the target.
    Plume {
        /// Unit vector in the target's own space: where it goes.
        axis: [f64; 3],
        /// Values of no cloud and of the whole one.
        domain: [f64; 2],
        /// How far the whole cloud reaches, in metres, more than 0.
        length_m: f64,
        /// Linear RGB.
        color: [f32; 3],
    },
    /// Shows the target while the value is within one of the windows, and hides it while it is known to be in none. Where
    /// nothing is known (bad, stale, never there) the target is shown: no part of a plant vanishes because a link is down.
    Visibility {
        /// One at least.
        windows: Vec<Window>,
    },
    /// Fills the target's bounds from the bottom.
    Level {
        /// Values of empty and full.
        domain: [f64; 2],
        /// Linear RGB of the content.
        color: [f32; 3],
    },
    /// Shows the value as text beside the twin.
    Label {
        /// Text with the point's `{value}` and `{unit}`, and the twin's `{name}` and `{id}`.
        format: Arc<str>,
        /// Digits after the decimal point.
        decimals: u8,
    },
}

/// How bright a light is at a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Brightness {
    /// Evenly from darkness at the first value to full strength at the second.
    Ramp([f64; 2]),
    /// Full strength within one of these, dark elsewhere: a lamp that is lit in some states.
    Windows(Vec<Window>),
}

/// Values from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The lowest.
    pub low: f64,
    /// The highest, no less than `low`.
    pub high: f64,
}

impl Window {
    /// From one of two values to the other, in either order.
    #[must_use]
    pub fn between([one, other]: [f64; 2]) -> Self {
        Self {
            low: one.min(other),
            high: one.max(other),
        }
    }

    /// Whether `value` is in it; no window holds what is not a number.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Whether `value` is in one of `windows`.
    #[must_use]
    pub fn any_holds(windows: &[Self], value: f64) -> bool {
        windows.iter().any(|window| window.holds(value))
    }
}

/// One colour of a ramp.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RampStop {
    /// Position in the domain, 0–1.
    pub at: f32,
    /// Linear RGB.
    pub color: [f32; 3],
}

/// Where a tag's samples come from: `connection:address[#selector]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// The connection's name in `gemba.toml`.
    pub connection: Arc<str>,
    /// A topic, a metric or a node id.
    pub address: Arc<str>,
    /// A JSON Pointer (RFC 6901) into the payload; `None` takes the payload as one scalar.
    pub selector: Option<Arc<str>>,
}

/// One telemetry variable of the outside world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    /// Where its samples come from.
    pub source: Source,
    /// The shortest `staleAfter` of the points that read it; 0, which is no time, only where they all have it.
    pub stale_after: Duration,
}

/// What one connection has to deliver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionSpec {
    /// Its name.
    pub name: Arc<str>,
    /// Tags that come over it.
    pub tags: Vec<TagId>,
}
