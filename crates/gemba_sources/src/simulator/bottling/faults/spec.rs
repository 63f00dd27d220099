//! One fault as people write it: `bearing-wear@P-121:at=30s,grow=120s`.

use std::{fmt, str::FromStr, time::Duration};

use gemba_model::nearest::suggest;
use thiserror::Error;

use crate::simulator::bottling::register::{self, Class, TWINS, Twin};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A rolling bearing's outer race: of a pump or of the turbine.
    BearingWear,
    /// A blocked suction: the pump's liquid boils in its eye.
    Cavitation,
    /// The intake of a compressor, or the plates of a heat exchanger.
    BlockedFilter,
    /// Of a line machine or the robot.
    Jam,
    /// Out of a tank or of the air receiver.
    Leak,
    /// A valve stays where it is.
    StuckValve,
    /// A sensor shows what it showed.
    FrozenSensor,
    /// A sensor shows more and more (or less) than there is.
    DriftingSensor,
    /// Messages of a twin, a cell, an area or the site do not arrive.
    NetworkLoss,
}

impl Kind {
    /// All, with the names that people write and how long they take to grow.
    const ALL: [(Self, &'static str, u64); 9] = [
        (Self::BearingWear, "bearing-wear", 120),
        (Self::Cavitation, "cavitation", 30),
        (Self::BlockedFilter, "blocked-filter", 120),
        (Self::Jam, "jam", 8),
        (Self::Leak, "leak", 20),
        (Self::StuckValve, "stuck-valve", 0),
        (Self::FrozenSensor, "frozen-sensor", 0),
        (Self::DriftingSensor, "drifting-sensor", 120),
        (Self::NetworkLoss, "network-loss", 0),
    ];

    /// Whether machines of this class can have it.
    fn suits(self, class: Class) -> bool {
        match self {
            Self::BearingWear => matches!(class, Class::Pump | Class::Turbine),
            Self::Cavitation => class == Class::Pump,
            Self::BlockedFilter => matches!(class, Class::Compressor | Class::Exchanger),
            Self::Jam => class.is_line_machine(),
            Self::Leak => matches!(class, Class::Tank | Class::Receiver),
            Self::StuckValve => class == Class::Valve,
            Self::FrozenSensor | Self::DriftingSensor | Self::NetworkLoss => true,
        }
    }

    fn is_of_a_sensor(self) -> bool {
        matches!(self, Self::FrozenSensor | Self::DriftingSensor)
    }

    fn row(self) -> (&'static str, u64) {
        Self::ALL
            .iter()
            .find(|row| row.0 == self)
            .map_or(("", 0), |row| (row.1, row.2))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().0)
    }
}

impl FromStr for Kind {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let found = Self::ALL.iter().find(|row| row.1 == text);
        found.map(|row| row.0).ok_or_else(|| FaultError::UnknownKind {
            kind: text.to_owned(),
            remedy: suggest(text, &Self::ALL.map(|row| row.1), ""),
        })
    }
}

/// One fault of the bottling works.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(in crate::simulator::bottling) kind: Kind,
    pub(in crate::simulator::bottling) twin: &'static Twin,
    /// Of a sensor.
    pub(in crate::simulator::bottling) key: Option<&'static str>,
    /// From the order to the onset.
    pub(in crate::simulator::bottling) after: Duration,
    /// From the onset until it is fully grown.
    pub(in crate::simulator::bottling) grow: Duration,
    /// From the onset until it is mended; `None` is for ever.
    pub(in crate::simulator::bottling) lasts: Option<Duration>,
    /// From one onset to the next; `None` is once.
    pub(in crate::simulator::bottling) every: Option<Duration>,
    /// Which bearing wears; the first is 1.
    pub(in crate::simulator::bottling) bearing: u8,
    /// What a drift comes to, in the unit of its key; `None` is a tenth of the value.
    pub(in crate::simulator::bottling) by: Option<f64>,
}

/// Why a fault cannot be injected.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FaultError {
    /// It does not read as a fault.
    #[error("`{text}` is no fault; write KIND@TARGET or KIND@TARGET:at=30s,grow=2m,for=10m")]
    Shape {
        /// What was given.
        text: String,
    },
    /// There is no such kind.
    #[error("`{kind}` is no kind of fault; {remedy}")]
    UnknownKind {
        /// What was given.
        kind: String,
        /// What to write.
        remedy: String,
    },
    /// There is no such twin.
    #[error("the plant has no twin `{id}`; {remedy}")]
    UnknownTarget {
        /// What was given.
        id: String,
        /// What to write.
        remedy: String,
    },
    /// That twin cannot have this fault.
    #[error("`{id}` cannot have the fault `{kind}`; {remedy}")]
    Unsuitable {
        /// The fault.
        kind: Kind,
        /// The twin.
        id: String,
        /// What to write.
        remedy: String,
    },
    /// That twin has no such key, or the fault needs one and has none, or has one and needs none.
    #[error("`{id}` has no key `{key}` for the fault `{kind}`; {remedy}")]
    UnknownKey {
        /// The fault.
        kind: Kind,
        /// The twin.
        id: String,
        /// What was given.
        key: String,
        /// What to write.
        remedy: String,
    },
    /// An option that there is not, or whose value makes no sense.
    #[error("`{option}` makes no sense in a fault; {remedy}")]
    Option {
        /// What was given.
        option: String,
        /// What to write.
        remedy: String,
    },
    /// A plant without faults.
    #[error("the plant `{plant}` takes no faults; `--plant bottling` does")]
    NoFaults {
        /// Which.
        plant: &'static str,
    },
    /// A command that cannot be read.
    #[error(
        "the command cannot be read ({reason}); send {{\"inject\": KIND, \"at\": TARGET}} or {{\"clear\": KIND}}"
    )]
    Command {
        /// What is wrong with it.
        reason: String,
    },
}

const OPTIONS: [&str; 6] = ["at", "grow", "for", "every", "bearing", "by"];

impl Fault {
    /// A fault of `kind` at `target` (an id, or an id and a key: `B-101/steam_bar`), beginning at once.
    ///
    /// # Errors
    /// When there is no such target, or it cannot have this fault.
    pub fn new(kind: Kind, target: &str) -> Result<Self, FaultError> {
        let (id, key) = match target.split_once('/') {
            Some((id, key)) => (id, Some(key)),
            None => (target, None),
        };
        let twin = find(kind, id)?;
        Ok(Self {
            kind,
            twin,
            key: sensor(kind, twin, key)?,
            after: Duration::ZERO,
            grow: Duration::from_secs(kind.row().1),
            lasts: None,
            every: None,
            // The turbine's second bearing carries its exhaust end; a pump's first is at the drive end.
            bearing: if twin.class == Class::Turbine { 2 } else { 1 },
            by: None,
        })
    }

    /// Sets one option: `at`, `grow`, `for`, `every`, `bearing` or `by`.
    ///
    /// # Errors
    /// When there is no such option or its value makes no sense.
    pub fn set(&mut self, option: &str, value: &str) -> Result<(), FaultError> {
        let wrong = |remedy: &str| FaultError::Option {
            option: format!("{option}={value}"),
            remedy: remedy.to_owned(),
        };
        let time =
            || parse_duration(value).ok_or_else(|| wrong("write a time such as `30s`, `2m` or `500ms`"));
        match option {
            "at" => self.after = time()?,
            "grow" => self.grow = time()?,
            "for" => self.lasts = Some(time()?),
            "every" => {
                let every = time()?;
                if every.is_zero() {
                    return Err(wrong("write how long it is from one onset to the next"));
                }
                self.every = Some(every);
            }
            "bearing" => {
                let highest = if self.twin.class == Class::Turbine { 4 } else { 2 };
                let bearing = value
                    .parse()
                    .ok()
                    .filter(|bearing| (1..=highest).contains(bearing));
                self.bearing =
                    bearing.ok_or_else(|| wrong(&format!("write a number from 1 to {highest}")))?;
            }
            "by" => {
                let by = value.parse().ok().filter(|by: &f64| by.is_finite());
                self.by = Some(by.ok_or_else(|| wrong("write a number in the unit of the key"))?);
            }
            _ => return Err(wrong(&suggest(option, &OPTIONS, ""))),
        }
        Ok(())
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads `KIND@TARGET[:OPTION=VALUE,…]`.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let shape = || FaultError::Shape {
            text: text.to_owned(),
        };
        let (kind, rest) = text.split_once('@').ok_or_else(shape)?;
        let (target, options) = rest.split_once(':').unwrap_or((rest, ""));
        let mut fault = Self::new(kind.trim().parse()?, target.trim())?;
        for option in options
            .split(',')
            .map(str::trim)
            .filter(|option| !option.is_empty())
        {
            let (name, value) = option.split_once('=').ok_or_else(shape)?;
            fault.set(name.trim(), value.trim())?;
        }
        Ok(fault)
    }
}

/// The twin of this id, if it can have this fault.
fn find(kind: Kind, id: &str) -> Result<&'static Twin, FaultError> {
    let suitable: Vec<&str> = TWINS
        .iter()
        .filter(|twin| kind.suits(twin.class))
        .map(|twin| twin.id)
        .collect();
    let twin = register::find(id).ok_or_else(|| FaultError::UnknownTarget {
        id: id.to_owned(),
        remedy: suggest(id, &suitable, ""),
    })?;
    if kind.suits(twin.class) {
        Ok(twin)
    } else {
        Err(FaultError::Unsuitable {
            kind,
            id: id.to_owned(),
            remedy: suggest(id, &suitable, ""),
        })
    }
}

/// The key of the sensor that is meant; none for a fault that is not of a sensor.
fn sensor(kind: Kind, twin: &'static Twin, key: Option<&str>) -> Result<Option<&'static str>, FaultError> {
    let keys: Vec<&'static str> = twin.class.keys().iter().map(|key| key.name).collect();
    let wrong = |remedy: String| FaultError::UnknownKey {
        kind,
        id: twin.id.to_owned(),
        key: key.unwrap_or_default().to_owned(),
        remedy,
    };
    match (kind.is_of_a_sensor(), key) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(wrong(format!("write `{kind}@{}` only", twin.id))),
        (true, None) => Err(wrong(format!(
            "write `{kind}@{}/KEY`: {}",
            twin.id,
            suggest("", &keys, "")
        ))),
        (true, Some(key)) => {
            let found = keys.iter().find(|name| **name == key).copied();
            found.map(Some).ok_or_else(|| wrong(suggest(key, &keys, "")))
        }
    }
}

/// A time such as `30s`, `2m`, `1.5h` or `500ms`; a number alone is seconds. At most a year.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    const LONGEST_SECS: f64 = 366.0 * 86_400.0;
    let units = [("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3_600.0)];
    let split = units
        .iter()
        .find_map(|(unit, secs)| text.strip_suffix(unit).map(|number| (number, *secs)));
    let (number, unit_secs) = split.unwrap_or((text, 1.0));
    let secs = number.trim().parse::<f64>().ok()? * unit_secs;
    let is_sensible = (0.0..=LONGEST_SECS).contains(&secs);
    is_sensible
        .then(|| Duration::try_from_secs_f64(secs).ok())
        .flatten()
}
