//! The systems of [`BindingPlugin`](super::BindingPlugin).

use std::sync::Arc;

use bevy::{
    mesh::MeshTag,
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task, futures::check_ready},
};

use super::{
    Bindings, HiddenByValue, TwinIssues, TwinPlan, TwinsBound, ValueRecord, Values,
    looks::look_of,
    plan::{Planned, make_plan},
    values::SlotIndex,
};
use crate::{
    plant::{Plant, PlantLoad, PrimEntities},
    telemetry::{ConfigSource, Points, Telemetry},
};

/// The plan that is being made.
#[derive(Resource, Default)]
pub(super) struct Planning {
    task: Option<Task<Planned>>,
    /// A plan was taken over, and its entities have no tags yet.
    needs_tags: bool,
    is_bound: bool,
}

/// Drops what belongs to a plant that is gone, and starts to plan the one that is there.
pub(super) fn begin_plan(
    plant: Option<Res<Plant>>,
    config: Res<ConfigSource>,
    mut planning: ResMut<Planning>,
    mut telemetry: ResMut<Telemetry>,
    mut commands: Commands,
    mut values: ResMut<Values>,
) {
    let has_changed = plant.as_ref().is_some_and(|plant| plant.is_changed());
    if (has_changed || plant.is_none()) && (planning.is_bound || planning.task.is_some()) {
        *planning = Planning::default();
        telemetry.stop();
        values.reset(0);
        commands.insert_resource(TwinPlan::default());
        commands.insert_resource(TwinIssues::default());
        commands.insert_resource(Bindings::default());
        commands.insert_resource(HiddenByValue::default());
        commands.insert_resource(Points::default());
    }
    let Some(plant) = plant.filter(|_| has_changed) else {
        return;
    };
    let (file, doc, origin_m) = (plant.file.clone(), Arc::clone(&plant.doc), plant.origin_m);
    let config = config.clone();
    let task = AsyncComputeTaskPool::get().spawn(async move { make_plan(file, &doc, origin_m, &config) });
    planning.task = Some(task);
}

/// Takes over a plan that is made, and starts its sources.
pub(super) fn take_plan(
    mut planning: ResMut<Planning>,
    mut telemetry: ResMut<Telemetry>,
    mut values: ResMut<Values>,
    mut commands: Commands,
    mut bound: MessageWriter<TwinsBound>,
) {
    let Some(task) = planning.task.as_mut() else {
        return;
    };
    let Some(planned) = check_ready(task) else { return };
    *planning = Planning {
        task: None,
        needs_tags: true,
        is_bound: true,
    };
    let Planned {
        plan,
        mut issues,
        connections,
        bindings,
        hidden,
    } = planned;
    let (started, of_sources) = Telemetry::start(&plan, &connections);
    issues.extend(of_sources);
    *telemetry = started;
    values.reset(bindings.slots.slots.len());
    info!(
        twins = plan.twins.len(),
        points = plan.points.len(),
        tags = plan.tags.len(),
        slots = bindings.slots.slots.len(),
        issues = issues.len(),
        "twins bound"
    );
    commands.insert_resource(Points::new(&plan));
    commands.insert_resource(bindings);
    commands.insert_resource(hidden);
    commands.insert_resource(TwinIssues(issues));
    commands.insert_resource(TwinPlan(plan));
    bound.write(TwinsBound);
}

/// Tells every entity which slot it shows, once plan and entities are there.
pub(super) fn tag_entities(
    mut planning: ResMut<Planning>,
    load: Res<PlantLoad>,
    bindings: Res<Bindings>,
    entities: Res<PrimEntities>,
    mut commands: Commands,
) {
    if !planning.needs_tags || *load != PlantLoad::Ready {
        return;
    }
    planning.needs_tags = false;
    let mut tagged: Vec<(Entity, MeshTag)> = Vec::new();
    for (rows, SlotIndex(slot)) in &bindings.slots.runs {
        tagged.extend(
            entities
                .in_rows(rows.clone())
                .map(|entity| (entity, MeshTag(*slot))),
        );
    }
    commands.try_insert_batch(tagged);
}

/// Turns the points that changed into what their slots show.
pub(super) fn show_values(
    points: Res<Points>,
    plan: Res<TwinPlan>,
    bindings: Res<Bindings>,
    mut values: ResMut<Values>,
) {
    for point in points.changed() {
        for &row in bindings.slots_of_point.of(point.0 as usize) {
            let slot = SlotIndex(row);
            let Some(effects) = bindings.slots.slot(slot) else {
                continue;
            };
            let look = look_of(&plan, effects, |point| points.get(point));
            values.bypass_change_detection().set(slot, ValueRecord::of(&look));
        }
    }
}
