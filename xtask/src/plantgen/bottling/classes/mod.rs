//! Templates of the twin layer: for each class its level, its points and how they show.
//!
//! A point is written as `message;key;unit;display name;limits`. Its name is its key in camel case without the unit.

mod filling;
mod places;
mod process;
mod utilities;

/// Every class, bases before what refines them.
pub(super) fn classes() -> impl Iterator<Item = &'static Class> {
    [
        utilities::CLASSES,
        process::CLASSES,
        filling::CLASSES,
        places::CLASSES,
    ]
    .into_iter()
    .flatten()
}

/// A USD class that twins inherit.
pub(super) struct Class {
    pub(super) name: &'static str,
    /// The class that this one refines; empty for none.
    pub(super) base: &'static str,
    pub(super) level: &'static str,
    pub(super) points: &'static [&'static str],
    pub(super) effects: &'static [Effect],
}

/// An effect: its name, its kind, its point, its targets below the twin's prim, and what else it needs, as usda.
pub(super) struct Effect {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) point: &'static str,
    pub(super) targets: &'static [&'static str],
    pub(super) details: &'static [&'static str],
}

const fn effect(
    name: &'static str,
    kind: &'static str,
    point: &'static str,
    targets: &'static [&'static str],
    details: &'static [&'static str],
) -> Effect {
    Effect {
        name,
        kind,
        point,
        targets,
        details,
    }
}

const fn label(point: &'static str, decimals: &'static [&'static str]) -> Effect {
    effect("tag", "label", point, &[], decimals)
}

const WHOLE: &[&str] = &["string format = \"{id}  {value} {unit}\"", "int decimals = 0"];
const TENTHS: &[&str] = &["string format = \"{id}  {value} {unit}\""];
const HUNDREDTHS: &[&str] = &["string format = \"{id}  {value} {unit}\"", "int decimals = 2"];

/// Painted blue while it is well, then amber, then red.
const HEAT: &[&str] = &[
    "double2 domain = (40, 100)",
    "color3f[] rampColors = [(0.01, 0.1, 0.33), (0.02, 0.28, 0.42), (0.85, 0.42, 0.02), (0.8, 0.02, 0.01)]",
    "float[] rampPositions = [0, 0.4, 0.67, 0.92]",
];
/// From what is normal to the trip limit of ISO 20816-3.
const SHAKE: &[&str] = &[
    "double2 domain = (0, 8)",
    "color3f[] rampColors = [(0.01, 0.1, 0.33), (0.02, 0.28, 0.42), (0.85, 0.42, 0.02), (0.8, 0.02, 0.01)]",
    "float[] rampPositions = [0, 0.3, 0.57, 0.9]",
];
const GREEN: &[&str] = &["color3f color = (0.03, 1, 0.15)", "float strength = 5"];
/// The lamps of a stack light by the PackML state, after the colours of IEC 60204-1: green while it executes; amber while it
/// is suspended or held, or about to be or to go on; red while it is stopped or aborted, about to be, or being cleared.
const GREEN_LAMP: Effect = effect(
    "green",
    "emissive",
    "state",
    &["LampGreen"],
    &[
        "double2[] windows = [(6, 6)]",
        "color3f color = (0.03, 1, 0.15)",
        "float strength = 5",
    ],
);
const AMBER_LAMP: Effect = effect(
    "amber",
    "emissive",
    "state",
    &["LampAmber"],
    &[
        "double2[] windows = [(5, 5), (10, 14)]",
        "color3f color = (1, 0.42, 0.02)",
        "float strength = 6",
    ],
);
const RED_LAMP: Effect = effect(
    "red",
    "emissive",
    "state",
    &["LampRed"],
    &[
        "double2[] windows = [(1, 2), (7, 9)]",
        "color3f color = (1, 0.04, 0.02)",
        "float strength = 6",
    ],
);

const CAROUSEL: Effect = effect("turn", "rotate", "angle", &["Carousel"], &["token axis = \"Z\""]);
const DRIVE: Effect = effect(
    "turn",
    "rotate",
    "angle",
    &["Drive"],
    &["token axis = \"Y\"", "double ratio = 4"],
);
