//! Effects that move: rotate, translate and convey, joined to one motion a prim.
//!
//! A speed is integrated over the plant's time while its value can be trusted. What is stale or bad stands still: a pump
//! that keeps turning on old data would say that it runs.

use std::f64::consts::TAU;

use bevy::math::{DAffine3, DQuat, DVec3};
use gemba_model::Quality;
use gemba_twin::{BindingPlan, EffectKind, PointIndex};
use gemba_usd::doc::PrimIndex;

use crate::telemetry::PointState;

/// What moves one prim: rotations about its own origin, then offsets along its own axes.
#[derive(Clone, Debug, PartialEq)]
pub struct MovedPrim {
    /// The prim.
    pub prim: PrimIndex,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
struct Part {
    /// Row of [`BindingPlan::effects`].
    effect: usize,
    axis: DVec3,
    /// Radians for a rotation, stage units for an offset.
    amount: f64,
    /// Speed of the amount while it runs; 0 for what stands still or follows its value.
    per_s: f64,
    /// After how much of it the prim looks the same: a turn, the pitch of a conveyor.
    period: f64,
}

/// The prims that effects of `plan` move, ascending, each once.
#[must_use]
pub(crate) fn moved_prims(plan: &BindingPlan, prims: usize) -> Vec<MovedPrim> {
    let mut targets: Vec<(PrimIndex, usize)> = (0..)
        .zip(&plan.effects)
        .filter(|(_, effect)| {
            matches!(
                effect.kind,
                EffectKind::Rotate { .. } | EffectKind::Translate { .. } | EffectKind::Convey { .. }
            )
        })
        .flat_map(|(row, effect)| effect.targets.iter().map(move |target| (*target, row)))
        .filter(|(target, _)| target.index() < prims)
        .collect();
    targets.sort_unstable();
    targets.dedup();
    targets
        .chunk_by(|one, other| one.0 == other.0)
        .map(|of_prim| MovedPrim {
            prim: of_prim[0].0,
            parts: of_prim
                .iter()
                .map(|(_, effect)| Part {
                    effect: *effect,
                    axis: axis_of(&plan.effects[*effect].kind),
                    amount: 0.0,
                    per_s: 0.0,
                    period: period_of(&plan.effects[*effect].kind),
                })
                .collect(),
        })
        .collect()
}

fn axis_of(kind: &EffectKind) -> DVec3 {
    match kind {
        EffectKind::Rotate { axis, .. }
        | EffectKind::Translate { axis, .. }
        | EffectKind::Convey { axis, .. } => DVec3::from_array(*axis),
        _ => DVec3::Z,
    }
}

fn period_of(kind: &EffectKind) -> f64 {
    match kind {
        EffectKind::Convey { pitch, .. } => *pitch,
        _ => TAU,
    }
}

impl MovedPrim {
    /// The effects that move it.
    pub(crate) fn effects(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().map(|part| part.effect)
    }

    /// Follows the new state of `point`; tells whether the pose changed.
    pub(crate) fn follow(
        &mut self,
        plan: &BindingPlan,
        point: PointIndex,
        state: Option<&PointState>,
    ) -> bool {
        let number = state.and_then(PointState::number);
        let is_trusted =
            state.is_some_and(|state| matches!(state.quality, Quality::Good | Quality::Uncertain));
        let mut has_moved = false;
        for part in &mut self.parts {
            let effect = &plan.effects[part.effect];
            if effect.point != point {
                continue;
            }
            let before = part.amount;
            match (&effect.kind, number) {
                (
                    EffectKind::Rotate {
                        rad_per_unit: per_unit,
                        is_speed: true,
                        ..
                    },
                    number,
                )
                | (
                    EffectKind::Convey {
                        units_per_secs: per_unit,
                        ..
                    },
                    number,
                ) => {
                    let speed = number.filter(|_| is_trusted).unwrap_or(0.0) * per_unit;
                    part.per_s = if speed.is_finite() { speed } else { 0.0 };
                }
                // An angle or an offset that is no longer trusted stays where it was last seen.
                (EffectKind::Rotate { rad_per_unit, .. }, Some(number)) => {
                    part.amount = number * rad_per_unit;
                }
                (EffectKind::Translate { domain, range, .. }, Some(number)) => {
                    let ratio = f64::from(super::looks::ratio_in(*domain, number));
                    part.amount = range[0] + (range[1] - range[0]) * ratio;
                }
                _ => {}
            }
            has_moved |= part.amount != before;
        }
        has_moved
    }

    /// Whether it turns or runs by itself now.
    pub(crate) fn is_turning(&self) -> bool {
        self.parts.iter().any(|part| part.per_s != 0.0)
    }

    /// Turns or runs on for `secs` of the plant's time.
    pub(crate) fn advance(&mut self, secs: f64) {
        for part in &mut self.parts {
            if part.per_s != 0.0 && part.period > 0.0 {
                part.amount = (part.amount + part.per_s * secs).rem_euclid(part.period);
            }
        }
    }

    /// The motion relative to the place at rest, in the prim's own space.
    pub(crate) fn prim_from_moved(&self, plan: &BindingPlan) -> DAffine3 {
        let mut offset = DVec3::ZERO;
        let mut rotation = DQuat::IDENTITY;
        for part in &self.parts {
            match plan.effects[part.effect].kind {
                EffectKind::Translate { .. } | EffectKind::Convey { .. } => offset += part.axis * part.amount,
                _ => rotation *= DQuat::from_axis_angle(part.axis, part.amount),
            }
        }
        DAffine3::from_rotation_translation(rotation, offset)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gemba_model::{Sample, UnixNanos, Value};
    use gemba_twin::{Effect, TwinIndex};

    use super::*;

    fn plan(kinds: Vec<EffectKind>) -> BindingPlan {
        let effects = (0..).zip(kinds).map(|(row, kind)| Effect {
            twin: TwinIndex(0),
            name: Arc::from("e"),
            point: PointIndex(row),
            targets: vec![PrimIndex(3)],
            kind,
        });
        BindingPlan {
            effects: effects.collect(),
            ..BindingPlan::default()
        }
    }

    fn state(number: f64, quality: Quality) -> PointState {
        let value = Some(Value::Number(number));
        PointState {
            sample: Some(Sample {
                value,
                quality,
                source_time: None,
                recv_time: UnixNanos(0),
            }),
            quality,
        }
    }

    fn spin() -> EffectKind {
        EffectKind::Rotate {
            axis: [0.0, 0.0, 1.0],
            rad_per_unit: TAU / 60.0,
            is_speed: true,
        }
    }

    fn point_after(moved: &MovedPrim, plan: &BindingPlan, point: DVec3) -> DVec3 {
        moved.prim_from_moved(plan).transform_point3(point)
    }

    #[test]
    fn a_speed_turns_while_it_is_trusted_and_stands_when_it_is_stale() {
        let plan = plan(vec![spin()]);
        let mut moved = moved_prims(&plan, 9).remove(0);
        assert!(!moved.is_turning());
        moved.follow(&plan, PointIndex(0), Some(&state(60.0, Quality::Good)));
        moved.advance(0.25);
        assert!(point_after(&moved, &plan, DVec3::X).abs_diff_eq(DVec3::Y, 1e-9));
        moved.follow(&plan, PointIndex(0), Some(&state(60.0, Quality::Stale)));
        assert!(!moved.is_turning());
        moved.advance(0.25);
        assert!(point_after(&moved, &plan, DVec3::X).abs_diff_eq(DVec3::Y, 1e-9));
    }

    #[test]
    fn an_angle_and_an_offset_follow_their_values() {
        let angle = EffectKind::Rotate {
            axis: [0.0, 0.0, 1.0],
            rad_per_unit: 1f64.to_radians(),
            is_speed: false,
        };
        let slide = EffectKind::Translate {
            axis: [1.0, 0.0, 0.0],
            domain: [0.0, 100.0],
            range: [0.0, 4.0],
        };
        let plan = plan(vec![angle, slide]);
        let mut moved = moved_prims(&plan, 9).remove(0);
        assert!(moved.follow(&plan, PointIndex(0), Some(&state(90.0, Quality::Good))));
        assert!(moved.follow(&plan, PointIndex(1), Some(&state(50.0, Quality::Good))));
        assert!(point_after(&moved, &plan, DVec3::X).abs_diff_eq(DVec3::new(2.0, 1.0, 0.0), 1e-9));
        assert!(
            !moved.follow(&plan, PointIndex(1), Some(&state(50.0, Quality::Stale))),
            "the last place stays"
        );
    }

    #[test]
    fn a_conveyor_runs_on_and_looks_the_same_after_each_pitch() {
        let plan = plan(vec![EffectKind::Convey {
            axis: [0.0, 1.0, 0.0],
            units_per_secs: 1.0,
            pitch: 0.5,
        }]);
        let mut moved = moved_prims(&plan, 9).remove(0);
        moved.follow(&plan, PointIndex(0), Some(&state(0.4, Quality::Good)));
        moved.advance(1.0);
        assert!(point_after(&moved, &plan, DVec3::ZERO).abs_diff_eq(DVec3::Y * 0.4, 1e-9));
        moved.advance(0.5);
        assert!(point_after(&moved, &plan, DVec3::ZERO).abs_diff_eq(DVec3::Y * 0.1, 1e-9));
        moved.follow(&plan, PointIndex(0), Some(&state(-0.4, Quality::Good)));
        moved.advance(0.5);
        assert!(point_after(&moved, &plan, DVec3::ZERO).abs_diff_eq(DVec3::Y * 0.4, 1e-9));
        moved.follow(&plan, PointIndex(0), Some(&state(0.4, Quality::Bad)));
        assert!(!moved.is_turning(), "what is not trusted stands");
    }

    #[test]
    fn a_target_that_is_not_there_moves_nothing() {
        assert!(moved_prims(&plan(vec![spin()]), 3).is_empty());
    }
}
