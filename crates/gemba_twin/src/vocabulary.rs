//! The names of the Gemba schemas, as `assets/usd/gemba/schema.usda` declares them.

/// The schemas without their instance names.
pub(crate) const SCHEMAS: &[&str] = &["GembaTwinAPI", "GembaPointAPI", "GembaEffectAPI"];

/// `gemba:twin:…`.
pub(crate) const TWIN: &[&str] = &["id", "class", "level", "name"];

/// `gemba:twin:level`: the levels of ISA-95 (IEC 62264-1).
pub(crate) const LEVELS: &[&str] = &[
    "enterprise",
    "site",
    "area",
    "processCell",
    "productionUnit",
    "productionLine",
    "storageZone",
    "unit",
    "workCell",
    "storageUnit",
    "equipment",
    "controlModule",
];

/// `gemba:point:<instance>:…`.
pub(crate) const POINT: &[&str] = &[
    "source",
    "unit",
    "displayName",
    "lowLow",
    "low",
    "high",
    "highHigh",
    "deadband",
    "onDelay",
    "offDelay",
    "staleAfter",
];

/// `gemba:effect:<instance>:…`.
pub(crate) const EFFECT: &[&str] = &[
    "kind",
    "point",
    "target",
    "domain",
    "windows",
    "range",
    "axis",
    "axisVector",
    "ratio",
    "length",
    "pitch",
    "rampColors",
    "rampPositions",
    "color",
    "strength",
    "format",
    "decimals",
];

/// The relationship from a twin to those that it leads to.
pub(crate) const CONNECTS: &str = "gemba:connects";

/// Effects that are drawn.
pub(crate) const KINDS: &[&str] = &[
    "color",
    "rotate",
    "translate",
    "convey",
    "plume",
    "visibility",
    "level",
    "label",
    "emissive",
];

/// Effects that the schema knows and no version draws yet.
pub(crate) const KINDS_NOT_DRAWN: &[&str] = &["scale", "flow", "gauge", "joint"];

/// An applied schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Applied<'a> {
    /// `GembaTwinAPI`.
    Twin,
    /// `GembaPointAPI:<instance>`.
    Point(&'a str),
    /// `GembaEffectAPI:<instance>`.
    Effect(&'a str),
}

impl<'a> Applied<'a> {
    /// The schema that an item of `apiSchemas` names; `None` when there is none of that name.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "GembaTwinAPI" => Some(Self::Twin),
            Some(("GembaPointAPI", instance)) if !instance.is_empty() => Some(Self::Point(instance)),
            Some(("GembaEffectAPI", instance)) if !instance.is_empty() => Some(Self::Effect(instance)),
            _ => None,
        }
    }
}

/// The schema that declares a property, by the property's name alone, and the name's last part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declared<'a> {
    /// In this schema, under this last part.
    In(Applied<'a>, &'a str),
    /// In no schema, although the start of the name is right: these are the names there are.
    NoSuchLeaf(&'a str, &'static [&'static str]),
    /// The start of the name is in no schema.
    Nowhere,
}

/// Where the property `name` is declared.
pub(crate) fn declared(name: &str) -> Declared<'_> {
    if name == CONNECTS {
        return Declared::In(Applied::Twin, "connects");
    }
    let Some(rest) = name.strip_prefix("gemba:") else {
        return Declared::Nowhere;
    };
    let (schema, leaf, leaves) = if let Some(leaf) = rest.strip_prefix("twin:") {
        (Applied::Twin, leaf, TWIN)
    } else if let Some((instance, leaf)) = rest.strip_prefix("point:").and_then(|rest| rest.rsplit_once(':'))
    {
        (Applied::Point(instance), leaf, POINT)
    } else if let Some((instance, leaf)) = rest
        .strip_prefix("effect:")
        .and_then(|rest| rest.rsplit_once(':'))
    {
        (Applied::Effect(instance), leaf, EFFECT)
    } else {
        return Declared::Nowhere;
    };
    match leaves.contains(&leaf) {
        true => Declared::In(schema, leaf),
        false => Declared::NoSuchLeaf(leaf, leaves),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const GENERATED: &str = include_str!("../../../assets/usd/gemba/generatedSchema.usda");

    #[test]
    fn names_are_those_of_the_schema_files() {
        let in_schema: BTreeSet<&str> = GENERATED
            .split_whitespace()
            .filter(|word| word.starts_with("gemba:"))
            .collect();
        let mut known: BTreeSet<String> = TWIN.iter().map(|leaf| format!("gemba:twin:{leaf}")).collect();
        known.insert(CONNECTS.to_owned());
        known.extend(
            POINT
                .iter()
                .map(|leaf| format!("gemba:point:__INSTANCE_NAME__:{leaf}")),
        );
        known.extend(
            EFFECT
                .iter()
                .map(|leaf| format!("gemba:effect:__INSTANCE_NAME__:{leaf}")),
        );
        assert_eq!(
            known.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            in_schema
        );
        for schema in SCHEMAS {
            assert!(GENERATED.contains(&format!("class \"{schema}\"")), "{schema}");
        }
    }

    #[test]
    fn fallbacks_are_those_of_the_schema_files() {
        use crate::{effects, points};
        let fallbacks: BTreeSet<String> = GENERATED
            .lines()
            .filter_map(|line| line.trim().trim_end_matches(" (").split_once(" = "))
            .filter_map(|(name, value)| Some((name.rsplit_once("__INSTANCE_NAME__:")?.1, value)))
            .map(|(leaf, value)| format!("{leaf} = {value}"))
            .collect();
        let expected = [
            "deadband = 0".to_owned(),
            "onDelay = 0".to_owned(),
            "offDelay = 0".to_owned(),
            format!("staleAfter = {}", points::DEFAULT_STALE_AFTER.as_secs()),
            "axis = \"Z\"".to_owned(),
            "ratio = 1".to_owned(),
            format!("length = {}", effects::DEFAULT_LENGTH_M),
            format!("strength = {}", effects::DEFAULT_STRENGTH),
            format!("format = \"{}\"", effects::DEFAULT_FORMAT),
            format!("decimals = {}", effects::DEFAULT_DECIMALS),
        ];
        assert_eq!(fallbacks, BTreeSet::from(expected));
    }

    /// The allowed tokens of the attribute that allows `one`.
    fn tokens_with(one: &str) -> BTreeSet<&'static str> {
        let line = GENERATED
            .lines()
            .find(|line| line.contains("allowedTokens") && line.contains(&format!("\"{one}\"")))
            .expect("allowed tokens");
        line.split('"').skip(1).step_by(2).collect()
    }

    #[test]
    fn kinds_and_levels_are_the_allowed_tokens() {
        let kinds: BTreeSet<&str> = KINDS.iter().chain(KINDS_NOT_DRAWN).copied().collect();
        assert_eq!(kinds, tokens_with("emissive"));
        assert_eq!(
            LEVELS.iter().copied().collect::<BTreeSet<_>>(),
            tokens_with("area")
        );
    }

    #[test]
    fn a_label_names_the_twin_as_a_source_does() {
        let mut lines = GENERATED.lines();
        lines
            .find(|line| line.contains("__INSTANCE_NAME__:format"))
            .expect("the format");
        let doc = lines.find(|line| line.contains("doc = ")).expect("its doc");
        assert!(doc.contains("the twin's {id} and {name}"), "{doc}");
    }

    #[test]
    fn properties_know_their_schema() {
        assert_eq!(declared("gemba:twin:id"), Declared::In(Applied::Twin, "id"));
        assert_eq!(
            declared("gemba:point:a:b:unit"),
            Declared::In(Applied::Point("a:b"), "unit")
        );
        assert_eq!(
            declared("gemba:effect:heat:domian"),
            Declared::NoSuchLeaf("domian", EFFECT)
        );
        assert_eq!(declared("gemba:points:a:unit"), Declared::Nowhere);
        assert_eq!(declared("gemba:point:unit"), Declared::Nowhere);
    }
}
