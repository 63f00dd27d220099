//! What a twin layer says: every `gemba:…` property of prims that carry a Gemba API schema, and where it is written.

use std::collections::BTreeMap;

use gemba_model::PrimPath;
use openusd::{
    sdf::{SpecType, Value},
    usd::SpecSite,
};

use super::{Reader, prim_view::PrimView, values};
use crate::doc::{PrimIndex, TwinOpinions, TwinProperty, TwinRelationship, TwinValue};

/// The twin opinions of one prim as read; targets are not yet moved to an instance.
pub(crate) struct TwinFacts {
    api_schemas: Vec<String>,
    attributes: BTreeMap<String, TwinProperty>,
    relationships: BTreeMap<String, (Vec<String>, Place)>,
    place: Place,
}

/// File and line, where known.
#[derive(Clone, Default)]
struct Place {
    file: Option<String>,
    line: Option<u32>,
}

impl TwinFacts {
    /// The document's form for `prim`; `on_stage` moves target paths to the instance at hand.
    pub(crate) fn placed(&self, prim: PrimIndex, on_stage: impl Fn(&str) -> PrimPath) -> TwinOpinions {
        let relationship = |(targets, place): &(Vec<String>, Place)| TwinRelationship {
            targets: targets.iter().map(|target| on_stage(target)).collect(),
            file: place.file.clone(),
            line: place.line,
        };
        TwinOpinions {
            prim,
            api_schemas: self.api_schemas.clone(),
            attributes: self.attributes.clone(),
            relationships: self
                .relationships
                .iter()
                .map(|(name, own)| (name.clone(), relationship(own)))
                .collect(),
            file: self.place.file.clone(),
            line: self.place.line,
        }
    }
}

/// The twin opinions of `view`; `None` when no Gemba API schema is applied to it and it has no `gemba:` property.
pub(crate) fn read(reader: &mut Reader, view: &PrimView) -> Option<TwinFacts> {
    // Gemba's schemas are codeless, so the list as authored is what counts.
    let authored = view
        .reported(view.prim.authored_api_schemas())
        .unwrap_or_default();
    let api_schemas: Vec<String> = authored
        .iter()
        .map(|name| name.as_str())
        .filter(|name| name.starts_with("Gemba"))
        .map(str::to_owned)
        .collect();
    let names: Vec<String> = view
        .names()
        .filter(|name| name.starts_with("gemba:"))
        .map(str::to_owned)
        .collect();
    if api_schemas.is_empty() && names.is_empty() {
        return None;
    }
    let prim_stack = view.reported(view.prim.prim_stack()).unwrap_or_default();
    let mut facts = TwinFacts {
        api_schemas,
        attributes: BTreeMap::new(),
        relationships: BTreeMap::new(),
        place: prim_stack
            .first()
            .map(|site| prim_place(reader, site))
            .unwrap_or_default(),
    };
    for name in names {
        let spec_type = view
            .reported(view.prim.prim_index().property_type(name.as_str()))
            .flatten();
        if spec_type == Some(SpecType::Relationship) {
            let sites = view
                .reported(view.prim.relationship(name.as_str()).property_stack())
                .unwrap_or_default();
            let targets = view
                .targets(&name)
                .iter()
                .map(|target| target.as_str().to_owned())
                .collect();
            facts
                .relationships
                .insert(name.clone(), (targets, property_place(reader, &sites, &name)));
            continue;
        }
        let Some(value) = view.value(&name).and_then(twin_value) else {
            continue;
        };
        let sites = view
            .reported(view.attribute(&name).property_stack())
            .unwrap_or_default();
        let Place { file, line } = property_place(reader, &sites, &name);
        facts.attributes.insert(name, TwinProperty { value, file, line });
    }
    Some(facts)
}

fn prim_place(reader: &mut Reader, site: &SpecSite) -> Place {
    let prim = site.path.as_str().to_owned();
    Place {
        file: Some(reader.file_name(&site.layer)),
        line: reader.lines.prim_line(&site.layer, &prim),
    }
}

fn property_place(reader: &mut Reader, sites: &[SpecSite], name: &str) -> Place {
    let Some(site) = sites.first() else {
        return Place::default();
    };
    let prim = site.path.prim_path().as_str().to_owned();
    Place {
        file: Some(reader.file_name(&site.layer)),
        line: reader.lines.property_line(&site.layer, &prim, name),
    }
}

impl Reader<'_> {
    /// A layer as the person would name it.
    pub(crate) fn file_name(&self, layer: &str) -> String {
        self.issues.borrow().files().name(layer)
    }
}

fn twin_value(value: Value) -> Option<TwinValue> {
    if let Value::Bool(on) = value {
        return Some(TwinValue::Bool(on));
    }
    if let Some(number) = values::number(&value) {
        return Some(TwinValue::Number(number));
    }
    if let Some(text) = values::text(&value) {
        return Some(TwinValue::Text(text));
    }
    if let Some(numbers) = values::numbers(&value) {
        return Some(TwinValue::Numbers(numbers));
    }
    values::texts(value).map(TwinValue::Texts)
}
