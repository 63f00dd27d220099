//! What values hide: the effect `visibility`.
//!
//! A value that is not to be trusted, or that never came, hides nothing: no part of a plant vanishes because a link is
//! down. `inspection` makes entities visible or not; a change costs the rows below its targets.

use std::ops::Range;

use bevy::prelude::*;
use gemba_model::Quality;
use gemba_twin::{BindingPlan, EffectKind, PointIndex, Window};
use gemba_usd::{SceneDoc, doc::PrimIndex};

use super::TwinPlan;
use crate::telemetry::{PointState, Points, Rows};

/// The prims that values hide now, each with everything below it.
#[derive(Resource, Debug)]
pub struct HiddenByValue {
    targets: Vec<Target>,
    targets_of_point: Rows,
    /// In how many hidden targets each prim lies; empty where the plan hides nothing.
    hiding: Vec<u32>,
    changed: HiddenChange,
}

/// A target of an effect.
#[derive(Debug)]
struct Target {
    /// Row of [`BindingPlan::effects`].
    effect: usize,
    /// The prim and what lies below it.
    rows: Range<usize>,
    is_hidden: bool,
}

/// What was hidden or came back since it was last asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HiddenChange {
    /// Anything may have: the plan is another.
    All,
    /// Rows of [`SceneDoc::prims`], maybe some twice.
    Rows(Vec<Range<usize>>),
}

impl Default for HiddenByValue {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            targets_of_point: Rows::default(),
            hiding: Vec::new(),
            changed: HiddenChange::All,
        }
    }
}

impl HiddenByValue {
    /// Nothing is hidden yet of what `plan` can hide in `doc`.
    #[must_use]
    pub fn new(doc: &SceneDoc, plan: &BindingPlan) -> Self {
        let mut targets = Vec::new();
        let mut pairs = Vec::new();
        for (row, effect) in plan.effects.iter().enumerate() {
            if !matches!(effect.kind, EffectKind::Visibility { .. }) {
                continue;
            }
            for target in effect.targets.iter().filter(|it| it.index() < doc.prims.len()) {
                pairs.push((effect.point.0, u32::try_from(targets.len()).unwrap_or(u32::MAX)));
                targets.push(Target {
                    effect: row,
                    rows: doc.subtree(*target),
                    is_hidden: false,
                });
            }
        }
        let prims = if targets.is_empty() { 0 } else { doc.prims.len() };
        Self {
            targets,
            targets_of_point: Rows::new(plan.points.len(), pairs),
            hiding: vec![0; prims],
            changed: HiddenChange::All,
        }
    }

    /// Whether a value hides `prim` or something above it.
    #[must_use]
    pub fn hides(&self, prim: PrimIndex) -> bool {
        self.hiding.get(prim.index()).is_some_and(|count| *count > 0)
    }

    /// Takes over the new state of `point`.
    pub fn follow(&mut self, plan: &BindingPlan, point: PointIndex, state: Option<&PointState>) {
        for row in self.targets_of_point.of(point.0 as usize) {
            let Some(target) = self.targets.get_mut(*row as usize) else {
                continue;
            };
            let Some(EffectKind::Visibility { windows }) =
                plan.effects.get(target.effect).map(|effect| &effect.kind)
            else {
                continue;
            };
            let is_hidden = is_outside(windows, state);
            if is_hidden == target.is_hidden {
                continue;
            }
            target.is_hidden = is_hidden;
            for count in self.hiding.get_mut(target.rows.clone()).into_iter().flatten() {
                *count = if is_hidden {
                    *count + 1
                } else {
                    count.saturating_sub(1)
                };
            }
            if let HiddenChange::Rows(rows) = &mut self.changed {
                rows.push(target.rows.clone());
            }
        }
    }

    /// What has changed since the last call.
    pub fn take_changed(&mut self) -> HiddenChange {
        std::mem::replace(&mut self.changed, HiddenChange::Rows(Vec::new()))
    }
}

/// Whether a value is known to be in none of `windows`.
fn is_outside(windows: &[Window], state: Option<&PointState>) -> bool {
    state
        .filter(|state| matches!(state.quality, Quality::Good | Quality::Uncertain))
        .and_then(PointState::number)
        .is_some_and(|number| !number.is_nan() && !Window::any_holds(windows, number))
}

/// Hides and brings back what the points that changed say.
pub(super) fn hide_prims(points: Res<Points>, plan: Res<TwinPlan>, mut hidden: ResMut<HiddenByValue>) {
    let hidden = hidden.bypass_change_detection();
    for point in points.changed() {
        hidden.follow(&plan, *point, points.get(*point));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gemba_model::{PrimPath, Sample, UnixNanos, Value};
    use gemba_twin::{Effect, Limits, Point, TwinIndex};
    use gemba_usd::doc::Prim;

    use super::*;

    /// `/Plant`, and below it `Hand` with `Cases`, and `Pallet`.
    fn doc() -> SceneDoc {
        let prims = [
            ("/Plant", 4),
            ("/Plant/Hand", 2),
            ("/Plant/Hand/Cases", 1),
            ("/Plant/Pallet", 1),
        ];
        SceneDoc {
            prims: prims
                .into_iter()
                .map(|(path, subtree_len)| Prim {
                    subtree_len,
                    ..Prim::new(PrimPath::new(path).expect("a path"))
                })
                .collect(),
            ..SceneDoc::default()
        }
    }

    /// One point for each target, which is shown from 1 to 3.
    fn plan(targets: &[u32]) -> BindingPlan {
        let points = targets.iter().map(|_| Point {
            twin: TwinIndex(0),
            name: Arc::from("p"),
            label: Arc::from("p"),
            tag: None,
            unit: None,
            limits: Limits::default(),
            stale_after: std::time::Duration::ZERO,
        });
        let effects = (0..).zip(targets).map(|(row, target)| Effect {
            twin: TwinIndex(0),
            name: Arc::from("e"),
            point: PointIndex(row),
            targets: vec![PrimIndex(*target)],
            kind: EffectKind::Visibility {
                windows: vec![Window::between([1.0, 3.0])],
            },
        });
        BindingPlan {
            points: points.collect(),
            effects: effects.collect(),
            ..BindingPlan::default()
        }
    }

    fn state(value: Value, quality: Quality) -> PointState {
        PointState {
            sample: Some(Sample {
                value: Some(value),
                quality,
                source_time: None,
                recv_time: UnixNanos(0),
            }),
            quality,
        }
    }

    fn hidden(of: &HiddenByValue) -> Vec<u32> {
        (0..5).filter(|row| of.hides(PrimIndex(*row))).collect()
    }

    #[test]
    fn what_is_known_to_be_outside_is_hidden_with_what_lies_below() {
        let plan = plan(&[1]);
        let mut of = HiddenByValue::new(&doc(), &plan);
        assert_eq!(of.take_changed(), HiddenChange::All);
        for (value, quality, expected) in [
            (Value::Number(0.0), Quality::Good, vec![1, 2]),
            (Value::Number(1.0), Quality::Good, vec![]),
            (Value::Number(3.5), Quality::Uncertain, vec![1, 2]),
            (Value::Number(3.0), Quality::Good, vec![]),
            (Value::Bool(false), Quality::Good, vec![1, 2]),
            (Value::Bool(true), Quality::Good, vec![]),
        ] {
            of.follow(&plan, PointIndex(0), Some(&state(value.clone(), quality)));
            assert_eq!(hidden(&of), expected, "{value:?}");
            let below_hand = [Range { start: 1, end: 3 }];
            assert_eq!(
                of.take_changed(),
                HiddenChange::Rows(below_hand.to_vec()),
                "{value:?}"
            );
        }
    }

    #[test]
    fn what_is_not_known_is_shown() {
        let plan = plan(&[1]);
        let mut of = HiddenByValue::new(&doc(), &plan);
        let gone = state(Value::Number(0.0), Quality::Good);
        for unknown in [
            None,
            Some(state(Value::Number(0.0), Quality::Bad)),
            Some(state(Value::Number(0.0), Quality::Stale)),
            Some(state(Value::Text("away".into()), Quality::Good)),
            Some(state(Value::Number(f64::NAN), Quality::Good)),
        ] {
            of.follow(&plan, PointIndex(0), Some(&gone));
            assert_eq!(hidden(&of), [1, 2]);
            of.follow(&plan, PointIndex(0), unknown.as_ref());
            assert_eq!(hidden(&of), [0_u32; 0], "{unknown:?}");
        }
    }

    #[test]
    fn each_of_several_effects_can_hide() {
        let plan = plan(&[1, 2, 3, 9]);
        let mut of = HiddenByValue::new(&doc(), &plan);
        of.take_changed();
        let (shown, gone) = [1.0, 0.0]
            .map(|it| state(Value::Number(it), Quality::Good))
            .into();
        for point in [0, 1, 3] {
            of.follow(&plan, PointIndex(point), Some(&gone));
        }
        assert_eq!(hidden(&of), [1, 2]);
        of.follow(&plan, PointIndex(0), Some(&shown));
        assert_eq!(hidden(&of), [2], "the inner effect hides it still");
        of.follow(&plan, PointIndex(0), Some(&shown));
        assert_eq!(
            of.take_changed(),
            HiddenChange::Rows(vec![1..3, 2..3, 1..3]),
            "the same again changes nothing, and a prim that is not there neither"
        );
    }
}
