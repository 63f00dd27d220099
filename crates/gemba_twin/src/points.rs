//! Points: what a twin's variables are and where their samples come from.

use std::{sync::Arc, time::Duration};

use gemba_model::{Issue, Unit};

use crate::{
    opinions::Opinions,
    plan::{Limits, Source},
    source::{Placeholders, SourceError},
};

/// `staleAfter` where the twin layer says nothing: the fallback of the schema.
pub const DEFAULT_STALE_AFTER: Duration = Duration::from_secs(10);

/// A point before it has a tag.
#[derive(Debug)]
pub(crate) struct PointOpinion {
    pub(crate) label: Arc<str>,
    pub(crate) source: Option<Source>,
    pub(crate) unit: Option<Unit>,
    pub(crate) limits: Limits,
    pub(crate) stale_after: Duration,
}

/// The attribute `leaf` of the point `instance`.
pub(crate) fn property(instance: &str, leaf: &str) -> String {
    format!("gemba:point:{instance}:{leaf}")
}

/// The point `instance` of the prim.
pub(crate) fn read_point(
    opinions: &mut Opinions<'_>,
    instance: &str,
    twin: Placeholders<'_>,
) -> PointOpinion {
    PointOpinion {
        label: opinions
            .text(&property(instance, "displayName"))
            .unwrap_or(instance)
            .into(),
        source: read_source(opinions, instance, twin),
        unit: read_unit(opinions, instance),
        limits: read_limits(opinions, instance),
        stale_after: opinions.seconds(&property(instance, "staleAfter"), DEFAULT_STALE_AFTER),
    }
}

fn read_source(opinions: &mut Opinions<'_>, instance: &str, twin: Placeholders<'_>) -> Option<Source> {
    let name = property(instance, "source");
    let Some(text) = opinions.text(&name) else {
        if !opinions.has(&name) || opinions.raw().attributes.get(&name).is_some_and(is_empty_text) {
            opinions.report(Issue::warning(
                "twin.no-source",
                format!("the point `{instance}` has no source, so it has no value"),
                format!("give the prim a `{name}` such as `plant:acme/{{id}}/telemetry#/{instance}`"),
            ));
        }
        return None;
    };
    match Source::from_template(text, twin) {
        Ok(source) => Some(source),
        Err(error) => {
            let code = match error {
                SourceError::Template(_) => "twin.bad-placeholder",
                _ => "twin.bad-source",
            };
            let message = format!("the point `{instance}` has no usable source: {error}");
            opinions.report_at(Some(&name), Issue::error(code, message, error.remedy()));
            None
        }
    }
}

fn is_empty_text(property: &gemba_usd::doc::TwinProperty) -> bool {
    matches!(&property.value, gemba_usd::doc::TwinValue::Text(text) if text.is_empty())
}

fn read_unit(opinions: &mut Opinions<'_>, instance: &str) -> Option<Unit> {
    let name = property(instance, "unit");
    let code = opinions.text(&name)?;
    match Unit::new(code) {
        Ok(unit) => Some(unit),
        Err(error) => {
            let remedy = match error.suggestion {
                Some(right) => format!("write `{right}`"),
                None => {
                    "write a UCUM code (ucum.org), such as `Cel`, `r/min` or `m3/h`; `{things}` for a count"
                        .into()
                }
            };
            let message = format!(
                "the unit `{code}` of the point `{instance}` is not a UCUM code, so the point has none"
            );
            opinions.report_at(Some(&name), Issue::error("twin.unknown-unit", message, remedy));
            None
        }
    }
}

fn read_limits(opinions: &mut Opinions<'_>, instance: &str) -> Limits {
    let mut limit = |leaf| opinions.number(&property(instance, leaf));
    let limits = Limits {
        low_low: limit("lowLow"),
        low: limit("low"),
        high: limit("high"),
        high_high: limit("highHigh"),
        deadband: limit("deadband").unwrap_or(0.0),
        on_delay: opinions.seconds(&property(instance, "onDelay"), Duration::ZERO),
        off_delay: opinions.seconds(&property(instance, "offDelay"), Duration::ZERO),
    };
    let limits = Limits {
        deadband: check_deadband(opinions, instance, limits.deadband),
        ..limits
    };
    check_order(opinions, instance, &limits);
    limits
}

fn check_deadband(opinions: &mut Opinions<'_>, instance: &str, deadband: f64) -> f64 {
    if deadband >= 0.0 {
        return deadband;
    }
    let issue = Issue::warning(
        "twin.bad-deadband",
        format!("the deadband of the point `{instance}` is {deadband}, so 0 is used"),
        "write 0 or more, in the point's unit",
    );
    opinions.report_at(Some(&property(instance, "deadband")), issue);
    0.0
}

fn check_order(opinions: &mut Opinions<'_>, instance: &str, limits: &Limits) {
    let named = [
        ("lowLow", limits.low_low),
        ("low", limits.low),
        ("high", limits.high),
        ("highHigh", limits.high_high),
    ];
    let given: Vec<(&str, f64)> = named
        .into_iter()
        .filter_map(|(leaf, limit)| Some((leaf, limit?)))
        .collect();
    for pair in given.windows(2) {
        let ((lower, low), (upper, high)) = (pair[0], pair[1]);
        if low >= high {
            let issue = Issue::warning(
                "twin.limits-out-of-order",
                format!(
                    "the limits of the point `{instance}` do not ascend: `{lower}` is {low} and `{upper}` is {high}"
                ),
                "write them so that lowLow < low < high < highHigh",
            );
            opinions.report_at(Some(&property(instance, upper)), issue);
        }
    }
}
