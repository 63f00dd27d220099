//! Making the plan of a plant, off the main thread: configuration, twin layer, slots, motions and label anchors.

use std::{path::PathBuf, sync::Arc};

use bevy::math::DVec3;
use gemba_model::Issue;
use gemba_sources::Connections;
use gemba_telemetry::binding_issue;
use gemba_twin::{BindingPlan, EffectKind, PointIndex, Source, TwinIndex};
use gemba_usd::{SceneDoc, doc::PrimIndex};

use super::{
    bounds::RestBounds,
    hidden::HiddenByValue,
    motion::{MovedPrim, moved_prims},
    slots::{SlotPlan, allocate, slots_of_points},
};
use crate::telemetry::{ConfigSource, Rows};

/// Where an effect is drawn that goes beside its target: a value as text, a plume.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectAnchor {
    /// Row of [`BindingPlan::effects`].
    pub effect: usize,
    /// Whose it is.
    pub twin: TwinIndex,
    /// What it shows.
    pub point: PointIndex,
    /// The prim that it goes with.
    pub prim: PrimIndex,
    /// The top of the prim's box, in the prim's own space and units.
    pub prim_from_anchor: DVec3,
    /// Diagonal of the prim's box in metres.
    pub size_m: f64,
}

/// What the main thread takes over when a plan is made.
pub(crate) struct Planned {
    pub(crate) plan: Arc<BindingPlan>,
    pub(crate) issues: Vec<Issue>,
    pub(crate) connections: Connections,
    pub(crate) bindings: Bindings,
    pub(crate) hidden: HiddenByValue,
}

/// Effects by what they act on.
#[derive(bevy::prelude::Resource, Debug, Default)]
pub struct Bindings {
    pub(crate) slots: SlotPlan,
    pub(crate) slots_of_point: Rows,
    pub(crate) moved: Vec<MovedPrim>,
    pub(crate) moved_of_point: Rows,
    /// Rows of `moved` that turn by themselves.
    pub(crate) turning: Vec<u32>,
    /// Which rows of `moved` are in `turning`.
    pub(crate) is_turning: Vec<bool>,
    pub(crate) labels: Vec<EffectAnchor>,
    pub(crate) plumes: Vec<EffectAnchor>,
    /// Where the points of each twin begin: those of one twin are together in the plan.
    pub(crate) first_point_of: Vec<u32>,
    /// Twins by prim, in the order of prims.
    twin_of_prim: Vec<(PrimIndex, TwinIndex)>,
}

impl Bindings {
    /// Slots and the prims that show them.
    #[must_use]
    pub fn slots(&self) -> &SlotPlan {
        &self.slots
    }

    /// Labels in the order of the plan.
    #[must_use]
    pub fn labels(&self) -> &[EffectAnchor] {
        &self.labels
    }

    /// Plumes in the order of the plan.
    #[must_use]
    pub fn plumes(&self) -> &[EffectAnchor] {
        &self.plumes
    }

    /// The points of `twin`.
    pub fn points_of(&self, twin: TwinIndex) -> impl Iterator<Item = PointIndex> + use<> {
        let at = |row: usize| self.first_point_of.get(row).copied().unwrap_or(0);
        (at(twin.0 as usize)..at(twin.0 as usize + 1)).map(PointIndex)
    }

    /// The twin that `prim` is or lies below.
    #[must_use]
    pub fn twin_of(&self, doc: &SceneDoc, prim: PrimIndex) -> Option<TwinIndex> {
        let mut at = Some(prim);
        while let Some(prim) = at {
            if let Ok(found) = self.twin_of_prim.binary_search_by_key(&prim, |(prim, _)| *prim) {
                return Some(self.twin_of_prim[found].1);
            }
            at = doc.prims.get(prim.index())?.parent;
        }
        None
    }

    fn new(doc: &SceneDoc, plan: &BindingPlan, origin_m: DVec3) -> Self {
        let bounds = RestBounds::new(doc, origin_m);
        let slots = allocate(doc, plan, |prim| bounds.of(prim));
        let moved = moved_prims(plan, doc.prims.len());
        let mut moved_pairs = Vec::new();
        for (row, prim) in (0..).zip(&moved) {
            moved_pairs.extend(prim.effects().map(|effect| (plan.effects[effect].point.0, row)));
        }
        Self {
            slots_of_point: Rows::new(plan.points.len(), slots_of_points(plan, &slots)),
            moved_of_point: Rows::new(plan.points.len(), moved_pairs),
            labels: anchors(plan, &bounds, |kind| matches!(kind, EffectKind::Label { .. })),
            plumes: anchors(plan, &bounds, |kind| matches!(kind, EffectKind::Plume { .. })),
            first_point_of: first_points(plan),
            twin_of_prim: twins_by_prim(plan),
            turning: Vec::new(),
            is_turning: vec![false; moved.len()],
            slots,
            moved,
        }
    }
}

/// Reads the configuration of the plant in `file` and plans what its twin layer binds.
pub(crate) fn make_plan(file: PathBuf, doc: &SceneDoc, origin_m: DVec3, config: &ConfigSource) -> Planned {
    let (connections, mut issues) = config.read(&file);
    let fault_of = |source: &Source| binding_issue(&source.address, source.selector.as_deref());
    let (plan, of_plan) = gemba_twin::plan_checked(doc, &connections.names(), &fault_of);
    issues.extend(of_plan);
    let bindings = Bindings::new(doc, &plan, origin_m);
    Planned {
        hidden: HiddenByValue::new(doc, &plan),
        plan: Arc::new(plan),
        issues,
        connections,
        bindings,
    }
}

fn twins_by_prim(plan: &BindingPlan) -> Vec<(PrimIndex, TwinIndex)> {
    let mut twins: Vec<_> = (0..)
        .map(TwinIndex)
        .zip(&plan.twins)
        .map(|(index, twin)| (twin.prim, index))
        .collect();
    twins.sort_unstable();
    twins
}

/// The first point of each twin, and the end of the last twin's.
fn first_points(plan: &BindingPlan) -> Vec<u32> {
    (0..=plan.twins.len())
        .map(|twin| {
            plan.points
                .partition_point(|point| (point.twin.0 as usize) < twin)
        })
        .map(|point| u32::try_from(point).unwrap_or(u32::MAX))
        .collect()
}

/// One anchor for each target of the effects of some kinds; a target that draws nothing has it at its own origin.
fn anchors(
    plan: &BindingPlan,
    bounds: &RestBounds,
    is_wanted: impl Fn(&EffectKind) -> bool,
) -> Vec<EffectAnchor> {
    let mut anchors = Vec::new();
    for (row, effect) in plan.effects.iter().enumerate() {
        if !is_wanted(&effect.kind) {
            continue;
        }
        for &prim in &effect.targets {
            let world_from_prim = bounds.world_from_prim(prim);
            let (anchor, size_m) = match bounds.of(prim) {
                Some(bounds) => {
                    let center = bounds.center();
                    (
                        DVec3::new(center.x, bounds.max.y, center.z),
                        bounds.size().length(),
                    )
                }
                None => (world_from_prim.transform_point3(DVec3::ZERO), 0.0),
            };
            let prim_from_anchor = world_from_prim.inverse().transform_point3(anchor);
            anchors.push(EffectAnchor {
                effect: row,
                twin: effect.twin,
                point: effect.point,
                prim,
                prim_from_anchor: if prim_from_anchor.is_finite() {
                    prim_from_anchor
                } else {
                    DVec3::ZERO
                },
                size_m,
            });
        }
    }
    anchors
}

#[cfg(test)]
mod tests {
    use gemba_model::PrimPath;
    use gemba_usd::doc::Prim;

    use super::*;

    #[test]
    fn a_part_belongs_to_the_nearest_twin_above_it() {
        let prim = |path: &str, parent: Option<u32>| Prim {
            parent: parent.map(PrimIndex),
            ..Prim::new(PrimPath::new(path).expect("a path"))
        };
        let doc = SceneDoc {
            prims: vec![
                prim("/Works", None),
                prim("/Works/Hall", Some(0)),
                prim("/Works/Hall/P_1", Some(1)),
                prim("/Works/Hall/P_1/Impeller", Some(2)),
                prim("/Ground", None),
            ],
            ..SceneDoc::default()
        };
        let bindings = Bindings {
            twin_of_prim: vec![(PrimIndex(0), TwinIndex(1)), (PrimIndex(2), TwinIndex(0))],
            ..Bindings::default()
        };
        let found: Vec<_> = (0..6)
            .map(|row| bindings.twin_of(&doc, PrimIndex(row)).map(|twin| twin.0))
            .collect();
        assert_eq!(found, [Some(1), Some(1), Some(0), Some(0), None, None]);
    }
}
