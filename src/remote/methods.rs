//! What can be asked: each method is a system from parameters to JSON.

use std::fmt::Display;

use bevy::{
    ecs::system::In,
    prelude::*,
    remote::{BrpError, BrpResult, RemotePlugin, error_codes},
};
use gemba_model::Issue;
use gemba_panels::SectionCut;
use gemba_sources::LinkStatus;
use gemba_telemetry::{LinkState, PassedLimit};
use gemba_twin::{Limits, Point, Twin};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{command, screenshot, session};
use crate::{
    allocator,
    binding::{TwinIssues, TwinPlan},
    draw_count::DrawCount,
    frame_stats::{FrameStats, Summary},
    inspection::{Isolation, Section},
    navigation::Eye,
    plant::{Plant, PlantLoad, PrimRef},
    selection::{PickTree, Selection},
    telemetry::{Links, PassedLimits, Points, dump, iso_8601},
    timeline::TimelineFacts,
    ui::PanelsShown,
    visual::{EdgesShown, labels::LabelsShown, readiness::RenderReadiness},
    xr::{WidgetsAsked, XrFacts},
};

/// The methods of this viewer.
pub(super) const NAMES: [&str; 14] = [
    command::METHOD,
    "gemba.twins",
    "gemba.points",
    "gemba.values",
    "gemba.limits",
    "gemba.issues",
    "gemba.links",
    "gemba.load",
    "gemba.view",
    "gemba.session",
    "gemba.xr",
    "gemba.frame",
    "gemba.allocations",
    screenshot::METHOD,
];

/// What `gemba.xr` takes.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct HeadsetParams {
    /// Whether to say, from the next frame on, which widgets panels in the plant have and where those are.
    widgets: bool,
}

/// Where the headset, its hands and its panels are, and how far its session is; `null` where VR was not asked for.
fn headset(
    In(params): In<Option<Value>>,
    facts: XrFacts,
    mut is_asked: Option<ResMut<WidgetsAsked>>,
) -> BrpResult {
    let params: HeadsetParams = params
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| invalid(format!("give nothing or {{\"widgets\": true}}: {error}")))?
        .unwrap_or_default();
    if let Some(is_asked) = is_asked.as_mut().filter(|_| params.widgets) {
        is_asked.0 = true;
    }
    Ok(facts.to_json())
}

/// Adds the methods.
pub(super) fn with_methods(plugin: RemotePlugin) -> RemotePlugin {
    plugin
        .with_method_main("gemba.twins", twins)
        .with_method_main("gemba.points", points)
        .with_method_main("gemba.values", values)
        .with_method_main("gemba.limits", passed_limits)
        .with_method_main("gemba.issues", issues)
        .with_method_main("gemba.links", links)
        .with_method_main("gemba.load", load)
        .with_method_main("gemba.view", view)
        .with_method_main("gemba.session", session::session)
        .with_method_main("gemba.xr", headset)
        .with_method_main("gemba.frame", frame)
        .with_method_main("gemba.allocations", allocations)
        .with_watching_method_main(command::METHOD, command::take_up)
        .with_watching_method_main(screenshot::METHOD, screenshot::take_screenshot)
}

/// The error for parameters that make no sense.
pub(super) fn invalid(message: impl Display) -> BrpError {
    BrpError {
        code: error_codes::INVALID_PARAMS,
        message: message.to_string(),
        data: None,
    }
}

pub(super) fn no_params(params: Option<Value>) -> BrpResult<()> {
    match params {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(params)) if params.is_empty() => Ok(()),
        Some(Value::Array(params)) if params.is_empty() => Ok(()),
        Some(_) => Err(invalid("this method takes no parameters")),
    }
}

fn to_json(value: impl Serialize) -> BrpResult {
    serde_json::to_value(value).map_err(BrpError::internal)
}

fn twins(In(params): In<Option<Value>>, plan: Res<TwinPlan>) -> BrpResult {
    no_params(params)?;
    let row = |twin: &Twin| json!({ "id": twin.id, "name": twin.name, "class": twin.class, "level": twin.level, "prim": twin.path });
    Ok(plan.twins.iter().map(row).collect())
}

fn points(In(params): In<Option<Value>>, plan: Res<TwinPlan>) -> BrpResult {
    no_params(params)?;
    let row = |point: &Point| {
        let source = point.tag.and_then(|tag| plan.tags.get(tag.index())).map(|tag| {
            let selector = tag
                .source
                .selector
                .as_deref()
                .map(|selector| format!("#{selector}"));
            format!(
                "{}:{}{}",
                tag.source.connection,
                tag.source.address,
                selector.unwrap_or_default()
            )
        });
        json!({
            "twin": plan.twins.get(point.twin.0 as usize).map(|twin| &twin.id),
            "point": point.name,
            "label": point.label,
            "unit": point.unit.as_ref().map(gemba_model::Unit::code),
            "source": source,
            "stale_after_secs": point.stale_after.as_secs_f64(),
            "limits": limits(&point.limits),
        })
    };
    Ok(plan.points.iter().map(row).collect())
}

fn limits(limits: &Limits) -> Value {
    json!({ "low_low": limits.low_low, "low": limits.low, "high": limits.high, "high_high": limits.high_high })
}

fn values(In(params): In<Option<Value>>, plan: Res<TwinPlan>, points: Res<Points>) -> BrpResult {
    no_params(params)?;
    to_json(dump(&plan, &points))
}

/// The points beyond a limit, as the list in the panels has them: with deadband and delays.
fn passed_limits(
    In(params): In<Option<Value>>,
    plan: Res<TwinPlan>,
    points: Res<Points>,
    passed: Res<PassedLimits>,
) -> BrpResult {
    no_params(params)?;
    let row = |index| {
        let judged = passed.of(index)?;
        let (limit, state) = (judged.passed?, points.get(index)?);
        let point = plan.points.get(index.0 as usize)?;
        let name = match limit {
            PassedLimit::Low => "low",
            PassedLimit::LowLow => "low_low",
            PassedLimit::High => "high",
            PassedLimit::HighHigh => "high_high",
        };
        Some(json!({
            "twin": plan.twins.get(point.twin.0 as usize).map(|twin| &twin.id),
            "point": point.name,
            "label": point.label,
            "limit": name,
            "since": judged.since.map(iso_8601),
            "value": state.number(),
            "quality": state.quality.to_string(),
        }))
    };
    Ok(passed.beyond().filter_map(row).collect())
}

fn issues(
    In(params): In<Option<Value>>,
    plant: Option<Res<Plant>>,
    twin_issues: Res<TwinIssues>,
    links: Res<Links>,
) -> BrpResult {
    no_params(params)?;
    let mut issues: Vec<Issue> = plant.map(|plant| plant.doc.issues.clone()).unwrap_or_default();
    issues.extend(twin_issues.0.iter().cloned());
    issues.extend(links.issues());
    to_json(issues)
}

fn links(In(params): In<Option<Value>>, links: Res<Links>) -> BrpResult {
    no_params(params)?;
    Ok(links.statuses.iter().map(link).collect())
}

fn link(status: &LinkStatus) -> Value {
    let reason = match &status.state {
        LinkState::Waiting { reason, .. } => Some(reason),
        _ => None,
    };
    let counters = &status.counters;
    json!({
        "name": status.name,
        "endpoint": status.endpoint,
        "state": status.state.label(),
        "reason": reason.map(ToString::to_string),
        "remedy": reason.map(|reason| reason.remedy()),
        "last_message": status.last_message.map(iso_8601),
        "refused_filters": status.refused_filters,
        "counters": {
            "messages": counters.messages,
            "payload_bytes": counters.payload_bytes,
            "values": counters.values,
            "decode_errors": counters.decode_errors,
            "oversized": counters.oversized,
            "unrouted": counters.unrouted,
            "reconnects": counters.reconnects,
        },
    })
}

fn load(In(params): In<Option<Value>>, load: Res<PlantLoad>, plant: Option<Res<Plant>>) -> BrpResult {
    no_params(params)?;
    let prims = plant.map(|plant| plant.doc.prims.len());
    Ok(match &*load {
        PlantLoad::Idle => json!({ "state": "idle" }),
        PlantLoad::Reading { file, doing, ratio } => {
            json!({ "state": "reading", "file": file, "doing": doing, "ratio": ratio })
        }
        PlantLoad::Spawning { done, total } => json!({ "state": "spawning", "done": done, "total": total }),
        PlantLoad::Ready => json!({ "state": "ready", "prims": prims }),
        PlantLoad::Failed { file, message } => json!({ "state": "failed", "file": file, "message": message }),
    })
}

fn view(
    In(params): In<Option<Value>>,
    eye: Res<Eye>,
    selection: Res<Selection>,
    picks: Res<PickTree>,
    section: Res<Section>,
    isolation: Res<Isolation>,
    readiness: Option<Res<RenderReadiness>>,
    panels: Option<Res<PanelsShown>>,
    labels: Option<Res<LabelsShown>>,
    edges: Option<Res<EdgesShown>>,
    timeline: TimelineFacts,
    visible: Query<&Visibility, With<PrimRef>>,
) -> BrpResult {
    no_params(params)?;
    let pose = &eye.pose;
    Ok(json!({
        "eye_m": pose.eye_m.to_array(),
        "target_m": (pose.eye_m + pose.forward() * pose.pivot_depth_m()).to_array(),
        "yaw_rad": pose.yaw_rad,
        "pitch_rad": pose.pitch_rad,
        "navigation": eye.mode,
        "is_under_way": eye.is_under_way(),
        "is_whole": readiness.is_none_or(|readiness| readiness.is_whole()),
        "panels_shown": panels.is_some_and(|panels| panels.0),
        "labels_shown": labels.is_some_and(|labels| labels.0),
        "edges_shown": edges.is_some_and(|edges| edges.0),
        "timeline": timeline.to_json(),
        "can_meet_plant": picks.scene().is_some(),
        "selected": selection.prim.as_ref().map(|(_, prim)| prim),
        "section": section.cuts().iter().map(SectionCut::from).collect::<Vec<_>>(),
        "isolated": isolation.isolated(),
        "hidden": isolation.hidden(),
        "entities_shown": visible.iter().filter(|visibility| **visibility != Visibility::Hidden).count(),
    }))
}

/// What `gemba.allocations` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllocationParams {
    /// From now on the call stack of every how many-th allocation of a thread is kept.
    every: u32,
}

fn allocations(In(params): In<Option<Value>>) -> BrpResult {
    let Some(params) = params.filter(|params| !params.is_null()) else {
        return Ok(allocator::origins());
    };
    let AllocationParams { every } = serde_json::from_value(params).map_err(invalid)?;
    if allocator::keep_origins(every) {
        Ok(Value::Null)
    } else {
        Err(invalid(
            "this build does not count allocations: build it with --features count-allocations",
        ))
    }
}

fn frame(
    In(params): In<Option<Value>>,
    stats: Res<FrameStats>,
    draws: Option<Res<DrawCount>>,
    readiness: Option<Res<RenderReadiness>>,
    all: Query<()>,
    plant: Query<(), With<PrimRef>>,
) -> BrpResult {
    no_params(params)?;
    let summary = |summary: Summary| json!({ "mean": summary.mean_millis, "p99": summary.p99_millis });
    Ok(json!({
        "count": stats.count,
        "cpu_millis": summary(stats.cpu()),
        "interval_millis": summary(stats.interval()),
        "pipelines": readiness.map(|readiness| readiness.pipelines()),
        "allocations": allocator::by_thread(),
        "draws": draws.map(|draws| json!({
            "opaque": draws.opaque(), "shadow": draws.shadow(), "transparent": draws.transparent(),
        })),
        "entities": all.iter().len(),
        "plant_entities": plant.iter().len(),
    }))
}
