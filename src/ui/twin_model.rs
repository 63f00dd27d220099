//! The inspector's model: the selected prim, the twin it belongs to, and that twin's points as they are now.

use bevy::{ecs::system::SystemParam, prelude::*};
use gemba_model::{UnixNanos, Value};
use gemba_panels::{
    InspectorModel, LimitState, Neighbour, PointRow, PrimSummary, Trend, TwinSummary, grouped,
};
use gemba_telemetry::{Judged, PassedLimit};
use gemba_twin::{BindingPlan, Flow, Point, TwinIndex};
use gemba_usd::{
    SceneDoc,
    doc::{PrimIndex, Purpose},
};

use super::{
    Desktop,
    plant_model::{own_triangles, prim_name},
};
use crate::{
    binding::{Bindings, TwinPlan},
    plant::Plant,
    selection::Selection,
    telemetry::{PassedLimits, PointState, Points},
    timeline::{History, PlantClock, TREND_STEP, Trends},
};

/// What is known of points where the cursor of the timeline stands.
#[derive(SystemParam)]
pub(super) struct PointFacts<'w> {
    pub(super) plan: Res<'w, TwinPlan>,
    pub(super) bindings: Res<'w, Bindings>,
    points: Res<'w, Points>,
    passed: Res<'w, PassedLimits>,
    history: Res<'w, History>,
    clock: Res<'w, PlantClock>,
    trends: ResMut<'w, Trends>,
}

/// Fills the inspector and marks the selected row of the tree.
pub(super) fn fill_inspector(
    plant: Option<Res<Plant>>,
    selection: Res<Selection>,
    mut facts: PointFacts,
    mut desktop: ResMut<Desktop>,
) {
    let model = &mut desktop.model;
    let selected = plant.as_ref().zip(selection.prim.as_ref());
    let Some((plant, (prim, _))) = selected.filter(|(plant, (prim, _))| prim.index() < plant.doc.prims.len())
    else {
        model.tree.selected = None;
        model.inspector = InspectorModel::default();
        return;
    };
    if model.tree.selected != Some(prim.0) || selection.is_changed() || facts.plan.is_changed() {
        model.tree.selected = Some(prim.0);
        model.inspector.prim = prim_summary(&plant.doc, *prim);
        let plan = &facts.plan;
        let twin = facts.bindings.twin_of(&plant.doc, *prim);
        model.inspector.twin = twin.and_then(|twin| twin_summary(plan, twin));
        model.inspector.fed_by = twin
            .map(|twin| neighbours(plan, twin, End::From))
            .unwrap_or_default();
        model.inspector.feeds = twin
            .map(|twin| neighbours(plan, twin, End::To))
            .unwrap_or_default();
    }
    let twin = facts.bindings.twin_of(&plant.doc, *prim);
    model.inspector.points = twin.map(|twin| facts.rows_of(twin)).unwrap_or_default();
}

impl PointFacts<'_> {
    /// The points of a twin in the plan's order.
    pub(super) fn rows_of(&mut self, twin: TwinIndex) -> Vec<PointRow> {
        let Self {
            plan,
            bindings,
            points,
            passed,
            history,
            clock,
            trends,
        } = self;
        bindings
            .points_of(twin)
            .filter_map(|index| {
                let point = plan.points.get(index.0 as usize)?;
                let trend = Trend {
                    values: trends.of(index, plan, history, clock).to_vec(),
                    step: TREND_STEP,
                };
                let judged = passed.of(index);
                Some(point_row(plan, point, points.get(index), judged, trend, clock.at))
            })
            .collect()
    }
}

fn prim_summary(doc: &SceneDoc, index: PrimIndex) -> Option<PrimSummary> {
    let prim = doc.prims.get(index.index())?;
    let mut facts = Vec::new();
    if let Some(kind) = &prim.kind {
        facts.push(("Kind", kind.to_string()));
    }
    if let Some(material) = prim
        .material
        .and_then(|material| doc.materials.get(material.index()))
    {
        facts.push(("Material", material.path.name().to_owned()));
    }
    let triangles: u64 = doc
        .prims
        .get(doc.subtree(index))
        .unwrap_or_default()
        .iter()
        .map(|prim| own_triangles(doc, prim))
        .sum();
    facts.push(("Triangles", grouped(triangles)));
    if prim.subtree_len > 1 {
        facts.push((
            "Below it",
            format!("{} prims", grouped(u64::from(prim.subtree_len) - 1)),
        ));
    }
    if prim.is_instance_proxy {
        facts.push(("Instance", "shares its geometry".to_owned()));
    }
    if !prim.visible {
        facts.push(("Visible", "no, the scene hides it".to_owned()));
    }
    match prim.purpose {
        Purpose::Default => {}
        Purpose::Render => facts.push(("Purpose", "render".to_owned())),
        Purpose::Proxy => facts.push(("Purpose", "proxy".to_owned())),
        Purpose::Guide => facts.push(("Purpose", "guide".to_owned())),
    }
    Some(PrimSummary {
        path: prim.path.clone(),
        name: prim_name(prim),
        type_name: prim.type_name.clone(),
        facts,
    })
}

/// An end of a flow.
#[derive(Clone, Copy, PartialEq)]
enum End {
    From,
    To,
}

/// The twins at the `end` of the flows of `twin`.
fn neighbours(plan: &BindingPlan, twin: TwinIndex, end: End) -> Vec<Neighbour> {
    let other = |flow: &Flow| match end {
        End::From => (flow.to == twin).then_some(flow.from),
        End::To => (flow.from == twin).then_some(flow.to),
    };
    let twins = plan.flows.iter().filter_map(other).filter(|other| *other != twin);
    twins
        .filter_map(|twin| plan.twins.get(twin.0 as usize))
        .map(|twin| Neighbour {
            name: twin.name.clone(),
            id: twin.id.clone(),
            path: twin.path.clone(),
        })
        .collect()
}

fn twin_summary(plan: &BindingPlan, twin: TwinIndex) -> Option<TwinSummary> {
    let twin = plan.twins.get(twin.0 as usize)?;
    Some(TwinSummary {
        id: twin.id.clone(),
        name: twin.name.clone(),
        class: twin.class.clone(),
        level: twin.level.clone(),
        path: twin.path.clone(),
    })
}

fn point_row(
    plan: &BindingPlan,
    point: &Point,
    state: Option<&PointState>,
    judged: Option<Judged>,
    trend: Trend,
    now: UnixNanos,
) -> PointRow {
    let sample = state.and_then(|state| state.sample.as_ref());
    let tag = point.tag.and_then(|tag| plan.tags.get(tag.index()));
    PointRow {
        name: point.label.clone(),
        value: state
            .and_then(PointState::value)
            .map(value_text)
            .unwrap_or_default(),
        unit: point
            .unit
            .as_ref()
            .map(|unit| unit.symbol().to_owned())
            .unwrap_or_default(),
        quality: sample.and(state).map(|state| state.quality),
        age: state.and_then(|state| state.age(now)),
        limit: limit_state(judged),
        source: tag.map(|tag| source_text(&tag.source)).unwrap_or_default(),
        trend,
    }
}

fn source_text(source: &gemba_twin::Source) -> String {
    let selector = source
        .selector
        .as_deref()
        .map(|selector| format!("#{selector}"))
        .unwrap_or_default();
    format!("{}:{}{selector}", source.connection, source.address)
}

/// A value for people: about four significant digits, never rounded before the decimal point.
fn value_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::Text(text) => text.to_string(),
        Value::Number(number) => number_text(*number),
    }
}

pub(super) fn number_text(number: f64) -> String {
    match number.abs() {
        0.0 => "0".to_owned(),
        size @ 0.001.. => {
            let before_point = if size < 1.0 { 0 } else { size.log10() as usize + 1 };
            format!("{number:.*}", 4_usize.saturating_sub(before_point.max(1)))
        }
        _ => format!("{number:.3e}"),
    }
}

/// Where a point lies, for the panels.
pub(super) fn limit_state(judged: Option<Judged>) -> LimitState {
    match judged {
        None => LimitState::Unlimited,
        Some(Judged { passed: None, .. }) => LimitState::Within,
        Some(Judged {
            passed: Some(passed), ..
        }) => match passed {
            PassedLimit::Low => LimitState::Low,
            PassedLimit::LowLow => LimitState::LowLow,
            PassedLimit::High => LimitState::High,
            PassedLimit::HighHigh => LimitState::HighHigh,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_about_four_digits() {
        for (number, text) in [
            (0.0, "0"),
            (81.437, "81.44"),
            (1_450.6, "1451"),
            (-3.0, "-3.000"),
            (0.012_345, "0.012"),
            (0.000_012, "1.200e-5"),
            (123_456.7, "123457"),
        ] {
            assert_eq!(value_text(&Value::Number(number)), text);
        }
    }
}
