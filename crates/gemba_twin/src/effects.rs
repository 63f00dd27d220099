//! Effects: what each kind needs, and what it falls back to.

use gemba_model::{Issue, Unit};

use crate::{
    motion::{length_m, rotation, speed_m_per_s},
    nearest::{list, suggest},
    opinions::Opinions,
    plan::{Brightness, EffectKind, Limits, Point, Window},
    ramp::{default_ramp, ramp},
    template::{TemplateError, expand},
    vocabulary::{KINDS, KINDS_NOT_DRAWN},
};

/// Amber, in linear RGB: the colour of a beacon.
const DEFAULT_EMISSIVE_COLOR: [f32; 3] = [1.0, 0.35, 0.02];
/// Blue, in linear RGB: the colour of water in flow sheets.
const DEFAULT_LEVEL_COLOR: [f32; 3] = [0.03, 0.22, 0.6];
/// Steam in daylight, in linear RGB.
const DEFAULT_PLUME_COLOR: [f32; 3] = [0.86, 0.88, 0.9];
/// Fallback of the schema.
pub(crate) const DEFAULT_LENGTH_M: f64 = 2.0;
/// Fallback of the schema.
pub(crate) const DEFAULT_STRENGTH: f32 = 4.0;
/// Fallback of the schema.
pub(crate) const DEFAULT_FORMAT: &str = "{value} {unit}";
/// Fallback of the schema.
pub(crate) const DEFAULT_DECIMALS: u8 = 1;

/// The attribute or relationship `leaf` of the effect `instance`.
pub(crate) fn property(instance: &str, leaf: &str) -> String {
    format!("gemba:effect:{instance}:{leaf}")
}

/// One effect being read.
pub(crate) struct EffectReader<'a, 'b> {
    pub(crate) opinions: &'b mut Opinions<'a>,
    pub(crate) instance: &'b str,
    pub(crate) point: &'b Point,
    pub(crate) meters_per_unit: f64,
}

/// The kind that the prim writes for the effect `instance`, when it is one that is drawn.
pub(crate) fn read_kind<'a>(opinions: &mut Opinions<'a>, instance: &str) -> Option<&'a str> {
    let name = property(instance, "kind");
    let Some(kind) = opinions.text(&name) else {
        let message = format!("the effect `{instance}` has no kind, so it shows nothing");
        let remedy = format!("give the prim a `{name}`: one of {}", list(KINDS));
        opinions.report(Issue::warning("twin.no-kind", message, remedy));
        return None;
    };
    if KINDS.contains(&kind) {
        return Some(kind);
    }
    let issue = if KINDS_NOT_DRAWN.contains(&kind) {
        Issue::note(
            "twin.kind-not-drawn",
            format!("the effect `{instance}` is of kind `{kind}`, which this version does not draw"),
            format!("nothing has to be done; kinds drawn now are {}", list(KINDS)),
        )
    } else {
        Issue::warning(
            "twin.unknown-kind",
            format!("the effect `{instance}` is of the unknown kind `{kind}`, so it shows nothing"),
            suggest(kind, KINDS, ""),
        )
    };
    opinions.report_at(Some(&name), issue);
    None
}

impl EffectReader<'_, '_> {
    /// What the effect does; `None` when something that it needs is missing, with an issue.
    pub(crate) fn read(mut self, kind: &str) -> Option<EffectKind> {
        match kind {
            "color" => {
                let domain = self.domain(Fallback::Limits)?;
                Some(EffectKind::Color {
                    domain,
                    ramp: self.ramp(),
                })
            }
            "emissive" => self.emissive(),
            "rotate" => self.rotate(),
            "translate" => self.translate(),
            "convey" => self.convey(),
            "plume" => self.plume(),
            "visibility" => self.visibility(),
            "level" => {
                let domain = self.domain(Fallback::None)?;
                Some(EffectKind::Level {
                    domain,
                    color: self.color(DEFAULT_LEVEL_COLOR),
                })
            }
            "label" => Some(EffectKind::Label {
                format: self.format().into(),
                decimals: self.decimals(),
            }),
            _ => None,
        }
    }

    fn name(&self, leaf: &str) -> String {
        property(self.instance, leaf)
    }

    fn warn(&mut self, leaf: &str, code: &'static str, message: String, remedy: impl Into<String>) {
        self.opinions.report_at(
            Some(&property(self.instance, leaf)),
            Issue::warning(code, message, remedy),
        );
    }

    fn fail(&mut self, leaf: &str, code: &'static str, message: String, remedy: impl Into<String>) {
        self.opinions.report_at(
            Some(&property(self.instance, leaf)),
            Issue::error(code, message, remedy),
        );
    }

    /// The domain as written, else as the point implies.
    fn domain(&mut self, fallback: Fallback) -> Option<[f64; 2]> {
        let name = self.name("domain");
        if let Some(domain) = self.opinions.vector::<2>(&name) {
            if domain[0] != domain[1] {
                return Some(domain);
            }
            let message = format!(
                "the domain of the effect `{}` begins and ends at {}",
                self.instance, domain[0]
            );
            self.fail("domain", "twin.bad-domain", message, "write two different values");
            return None;
        }
        let implied = match fallback {
            _ if self.point.unit.as_ref().is_some_and(|unit| unit.code() == "%") => Some([0.0, 100.0]),
            Fallback::Limits => domain_of_limits(&self.point.limits),
            Fallback::LimitsOrSwitch => domain_of_limits(&self.point.limits).or(Some([0.0, 1.0])),
            Fallback::None => None,
        };
        if implied.is_none() {
            let message = format!(
                "the effect `{}` has no domain, and the point `{}` implies none",
                self.instance, self.point.name
            );
            let remedy = format!("write `double2 {name} = (LOWEST, HIGHEST)`, in the point's unit");
            self.fail("domain", "twin.no-domain", message, remedy);
        }
        implied
    }

    fn ramp(&mut self) -> Vec<crate::plan::RampStop> {
        let Some(colors) = self.opinions.numbers(&self.name("rampColors")) else {
            return default_ramp();
        };
        let positions = self.opinions.numbers(&self.name("rampPositions"));
        match ramp(colors, positions) {
            Ok(ramp) => ramp,
            Err(why) => {
                let message = format!("the effect `{}` shows the default ramp: {why}", self.instance);
                let remedy = "write as many `rampColors` as `rampPositions`, or no `rampPositions`";
                self.warn("rampColors", "twin.bad-ramp", message, remedy);
                default_ramp()
            }
        }
    }

    fn emissive(&mut self) -> Option<EffectKind> {
        let brightness = match self.opinions.has(&self.name("windows")) {
            true => Brightness::Windows(self.windows()?),
            false => Brightness::Ramp(self.domain(Fallback::LimitsOrSwitch)?),
        };
        let color = self.color(DEFAULT_EMISSIVE_COLOR);
        let strength = match self.opinions.number(&self.name("strength")) {
            Some(strength) if strength < 0.0 => {
                let message = format!(
                    "the strength of the effect `{}` is {strength}, so {DEFAULT_STRENGTH} is used",
                    self.instance
                );
                self.warn("strength", "twin.bad-strength", message, "write 0 or more");
                DEFAULT_STRENGTH
            }
            Some(strength) => strength as f32,
            None => DEFAULT_STRENGTH,
        };
        Some(EffectKind::Emissive {
            brightness,
            color,
            strength,
        })
    }

    fn color(&mut self, fallback: [f32; 3]) -> [f32; 3] {
        match self.opinions.vector::<3>(&self.name("color")) {
            Some(color) if color.iter().any(|channel| *channel < 0.0) => {
                let message = format!(
                    "the color of the effect `{}` is negative, so the default is used",
                    self.instance
                );
                self.warn(
                    "color",
                    "twin.bad-color",
                    message,
                    "write three numbers of 0 or more",
                );
                fallback
            }
            Some(color) => color.map(|channel| channel as f32),
            None => fallback,
        }
    }

    fn rotate(&mut self) -> Option<EffectKind> {
        let axis = self.axis()?;
        let ratio = self.opinions.number(&self.name("ratio")).unwrap_or(1.0);
        let (rad_per_unit, is_speed) = match self.opinions.has(&self.name("range")) {
            true => (self.angle_range()?, false),
            false => self.rotation_of_unit()?,
        };
        Some(EffectKind::Rotate {
            axis,
            rad_per_unit: rad_per_unit * ratio,
            is_speed,
        })
    }

    fn rotation_of_unit(&mut self) -> Option<(f64, bool)> {
        let unit = self.point.unit.as_ref().map(Unit::code);
        if let Some(rotation) = unit.and_then(rotation) {
            return Some((rotation.rad_per_unit, rotation.is_speed));
        }
        let of_unit = unit.map_or("has no unit".to_owned(), |unit| {
            format!("has the unit `{unit}`, which is no rotation")
        });
        let message = format!(
            "the effect `{}` cannot rotate: the point `{}` {of_unit}",
            self.instance, self.point.name
        );
        let remedy = "give the point a unit such as `r/min`, `Hz`, `rad/s` or `deg`, or give the effect a `domain` and a `range` in degrees";
        self.fail("kind", "twin.no-rotation", message, remedy);
        None
    }

    /// Radians per unit of a value that `domain` and `range` turn into degrees.
    fn angle_range(&mut self) -> Option<f64> {
        let range = self.opinions.vector::<2>(&self.name("range"))?;
        let domain = self.domain(Fallback::None)?;
        let slope = (range[1] - range[0]) / (domain[1] - domain[0]);
        // The plan holds one factor: the scene's own pose is the value 0.
        let at_zero = range[0] - slope * domain[0];
        if at_zero.abs() > 1e-6 * (range[0].abs() + range[1].abs()) {
            let message = format!(
                "the range of the effect `{}` gives {at_zero} degrees for the value 0, so the effect shows nothing",
                self.instance
            );
            self.fail(
                "range",
                "twin.bad-range",
                message,
                "choose a domain and a range in which the value 0 is 0 degrees",
            );
            return None;
        }
        Some(slope.to_radians())
    }

    fn translate(&mut self) -> Option<EffectKind> {
        let axis = self.axis()?;
        let domain = self.domain(Fallback::None)?;
        let name = self.name("range");
        let range = match self.opinions.has(&name) {
            true => self.opinions.vector::<2>(&name)?,
            false => self.length_range(domain)?,
        };
        Some(EffectKind::Translate { axis, domain, range })
    }

    fn convey(&mut self) -> Option<EffectKind> {
        let axis = self.axis()?;
        let unit = self.point.unit.as_ref().map(Unit::code);
        let Some(m_per_s) = unit.and_then(speed_m_per_s) else {
            let of_unit = unit.map_or("has no unit".to_owned(), |unit| {
                format!("has the unit `{unit}`, which is no speed along a way")
            });
            let message = format!(
                "the effect `{}` cannot convey: the point `{}` {of_unit}",
                self.instance, self.point.name
            );
            let remedy = "give the point a unit such as `m/s`, `m/min` or `mm/s`";
            self.fail("kind", "twin.no-speed", message, remedy);
            return None;
        };
        let name = self.name("pitch");
        let pitch_m = self.opinions.number(&name);
        let Some(pitch_m) = pitch_m.filter(|pitch| *pitch > 0.0) else {
            let message = match pitch_m {
                Some(pitch) => format!("the pitch of the effect `{}` is {pitch} m", self.instance),
                None => format!("the effect `{}` has no pitch", self.instance),
            };
            let remedy = format!("write `double {name} = METRES`: how far one thing is behind the other");
            self.fail("pitch", "twin.bad-pitch", message, remedy);
            return None;
        };
        Some(EffectKind::Convey {
            axis,
            units_per_secs: m_per_s / self.meters_per_unit,
            pitch: pitch_m / self.meters_per_unit,
        })
    }

    fn plume(&mut self) -> Option<EffectKind> {
        let axis = self.axis()?;
        let domain = self.domain(Fallback::LimitsOrSwitch)?;
        let length_m = match self.opinions.number(&self.name("length")) {
            Some(length) if length <= 0.0 => {
                let message = format!(
                    "the length of the effect `{}` is {length} m, so {DEFAULT_LENGTH_M} m is used",
                    self.instance
                );
                self.warn("length", "twin.bad-length", message, "write more than 0");
                DEFAULT_LENGTH_M
            }
            Some(length) => length,
            None => DEFAULT_LENGTH_M,
        };
        Some(EffectKind::Plume {
            axis,
            domain,
            length_m,
            color: self.color(DEFAULT_PLUME_COLOR),
        })
    }

    fn visibility(&mut self) -> Option<EffectKind> {
        let name = self.name("domain");
        let windows = if self.opinions.has(&self.name("windows")) {
            self.windows()?
        } else if let Some(domain) = self.opinions.vector::<2>(&name) {
            vec![Window::between(domain)]
        } else if self.point.unit.as_ref().is_none_or(|unit| unit.code() == "1") {
            // A switch that is on.
            vec![Window::between([1.0, 1.0])]
        } else {
            let message = format!(
                "the effect `{}` has no domain, and the point `{}` is no switch",
                self.instance, self.point.name
            );
            let remedy = format!(
                "write `double2 {name} = (LOWEST, HIGHEST)`: the values at which the target is shown"
            );
            self.fail("domain", "twin.no-domain", message, remedy);
            return None;
        };
        Some(EffectKind::Visibility { windows })
    }

    /// The ranges of values as written, one at least.
    fn windows(&mut self) -> Option<Vec<Window>> {
        let name = self.name("windows");
        let numbers = self.opinions.numbers(&name)?;
        if !numbers.is_empty() && numbers.len().is_multiple_of(2) {
            let pairs = numbers.chunks_exact(2);
            return Some(pairs.map(|pair| Window::between([pair[0], pair[1]])).collect());
        }
        let message = format!(
            "the windows of the effect `{}` are {} numbers, so the effect shows nothing",
            self.instance,
            numbers.len()
        );
        let remedy = format!("write `double2[] {name} = [(LOWEST, HIGHEST), …]`, one pair at least");
        self.fail("windows", "twin.bad-windows", message, remedy);
        None
    }

    /// Offsets in stage units when the value is itself a length.
    fn length_range(&mut self, domain: [f64; 2]) -> Option<[f64; 2]> {
        if let Some(meters) = self.point.unit.as_ref().and_then(|unit| length_m(unit.code())) {
            let scale = meters / self.meters_per_unit;
            return (scale.is_finite()).then(|| domain.map(|value| value * scale));
        }
        let message = format!(
            "the effect `{}` has no range, and the point `{}` is no length",
            self.instance, self.point.name
        );
        let remedy = format!(
            "write `double2 {} = (FIRST, LAST)`: offsets along the axis in stage units",
            self.name("range")
        );
        self.fail("kind", "twin.bad-range", message, remedy);
        None
    }

    /// The axis as a unit vector; Z, the axis of USD's own cylinders, where none is written.
    fn axis(&mut self) -> Option<[f64; 3]> {
        if let Some(vector) = self.opinions.vector::<3>(&self.name("axisVector")) {
            let length = vector.iter().map(|it| it * it).sum::<f64>().sqrt();
            if length > 0.0 && length.is_finite() {
                return Some(vector.map(|it| it / length));
            }
            let message = format!("the axis of the effect `{}` has no direction", self.instance);
            self.fail(
                "axisVector",
                "twin.bad-axis",
                message,
                "write three numbers that are not all 0",
            );
            return None;
        }
        let Some(token) = self.opinions.text(&self.name("axis")) else {
            return Some([0.0, 0.0, 1.0]);
        };
        let (sign, letter) = token
            .strip_prefix('-')
            .map_or((1.0, token), |letter| (-1.0, letter));
        match letter {
            "X" | "x" => Some([sign, 0.0, 0.0]),
            "Y" | "y" => Some([0.0, sign, 0.0]),
            "Z" | "z" => Some([0.0, 0.0, sign]),
            _ => {
                let message = format!(
                    "the effect `{}` has the axis `{token}`, so it shows nothing",
                    self.instance
                );
                let remedy = "write X, Y, Z, -X, -Y or -Z, or `axisVector` for any other";
                self.fail("axis", "twin.bad-axis", message, remedy);
                None
            }
        }
    }

    fn format(&mut self) -> String {
        let Some(format) = self.opinions.text(&self.name("format")) else {
            return DEFAULT_FORMAT.to_owned();
        };
        let known = ["value", "unit", "name", "id"];
        let valid = expand(format, |name| match known.contains(&name) {
            true => Ok(String::new()),
            false => Err(TemplateError::Unknown {
                name: name.to_owned(),
            }),
        });
        let Err(error) = valid else {
            return format.to_owned();
        };
        let message = format!("the effect `{}` shows the default format: {error}", self.instance);
        let remedy = match &error {
            TemplateError::Unknown { name } => suggest(name, &known, ""),
            _ => "write `{{` or `}}` for a brace".to_owned(),
        };
        self.warn("format", "twin.bad-format", message, remedy);
        DEFAULT_FORMAT.to_owned()
    }

    fn decimals(&mut self) -> u8 {
        match self.opinions.number(&self.name("decimals")) {
            Some(decimals) if (0.0..=9.0).contains(&decimals) && decimals.fract() == 0.0 => decimals as u8,
            Some(decimals) => {
                let message = format!(
                    "the effect `{}` asks for {decimals} decimals, so {DEFAULT_DECIMALS} is used",
                    self.instance
                );
                self.warn(
                    "decimals",
                    "twin.bad-decimals",
                    message,
                    "write a whole number from 0 to 9",
                );
                DEFAULT_DECIMALS
            }
            None => DEFAULT_DECIMALS,
        }
    }
}

/// What stands in for a domain that is not written, besides 0–100 for the unit `%`.
#[derive(Clone, Copy)]
enum Fallback {
    /// A low alarm is no empty tank and no end of a track: nothing stands in.
    None,
    /// The outermost limits.
    Limits,
    /// The outermost limits, else off and on.
    LimitsOrSwitch,
}

/// From the outermost low limit, or 0, to the outermost high one.
fn domain_of_limits(limits: &Limits) -> Option<[f64; 2]> {
    let high = limits.high_high.or(limits.high)?;
    let low = limits.low_low.or(limits.low).unwrap_or(0.0);
    (low < high).then_some([low, high])
}
