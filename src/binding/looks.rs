//! From values to looks: pure functions, evaluated when a value changes and never per frame.
//!
//! What is shown is the value itself, at once: nothing is smoothed or eased.

use gemba_model::Quality;
use gemba_twin::{BindingPlan, Brightness, EffectKind, PointIndex, RampStop, Window};

use super::{
    record::{Emission, Fill, Look},
    slots::Slot,
};
use crate::telemetry::PointState;

/// What `slot` shows, given the state of each point.
#[must_use]
pub fn look_of<'a>(
    plan: &BindingPlan,
    slot: &Slot,
    state_of: impl Fn(PointIndex) -> Option<&'a PointState>,
) -> Look {
    let mut look = Look::NONE;
    for effect in slot.effects() {
        let Some(effect) = plan.effects.get(effect) else {
            continue;
        };
        let state = state_of(effect.point);
        look.quality = worst(look.quality, state.map_or(Quality::Stale, |state| state.quality));
        let Some(number) = state.and_then(PointState::number) else {
            if state.is_some_and(|state| state.value().is_some()) {
                // Text where a number is needed: nothing of it can be shown.
                look.quality = worst(look.quality, Quality::Bad);
            }
            continue;
        };
        match &effect.kind {
            EffectKind::Color { domain, ramp } => look.color = ramp_at(ramp, ratio_in(*domain, number)),
            EffectKind::Emissive {
                brightness,
                color,
                strength,
            } => {
                let strength = strength * brightness_at(brightness, number);
                look.emissive = (strength > 0.0).then_some(Emission {
                    color: *color,
                    strength,
                });
            }
            EffectKind::Level { domain, color } => {
                look.level = slot.level.map(|(_, range)| Fill {
                    color: *color,
                    surface_y_m: range.bottom_y_m
                        + (range.top_y_m - range.bottom_y_m) * ratio_in(*domain, number),
                });
            }
            EffectKind::Rotate { .. }
            | EffectKind::Translate { .. }
            | EffectKind::Convey { .. }
            | EffectKind::Plume { .. }
            | EffectKind::Visibility { .. }
            | EffectKind::Label { .. } => {}
        }
    }
    look
}

/// How bright a light is at `value`, 0–1.
fn brightness_at(brightness: &Brightness, value: f64) -> f32 {
    match brightness {
        Brightness::Ramp(domain) => ratio_in(*domain, value),
        Brightness::Windows(windows) if Window::any_holds(windows, value) => 1.0,
        Brightness::Windows(_) => 0.0,
    }
}

/// Where `value` lies in `domain`, 0–1; ends hold beyond it. A domain may descend.
#[must_use]
pub fn ratio_in(domain: [f64; 2], value: f64) -> f32 {
    let ratio = (value - domain[0]) / (domain[1] - domain[0]);
    if ratio.is_nan() {
        0.0
    } else {
        ratio.clamp(0.0, 1.0) as f32
    }
}

/// The linear RGB of `ramp` at `ratio`; `None` for a ramp without stops.
#[must_use]
pub fn ramp_at(ramp: &[RampStop], ratio: f32) -> Option<[f32; 3]> {
    let above = ramp.partition_point(|stop| stop.at <= ratio);
    let (Some(last), Some(first)) = (ramp.last(), ramp.first()) else {
        return None;
    };
    let (Some(low), Some(high)) = (above.checked_sub(1).and_then(|at| ramp.get(at)), ramp.get(above)) else {
        return Some(if above == 0 { first.color } else { last.color });
    };
    let part = (ratio - low.at) / (high.at - low.at);
    Some(std::array::from_fn(|at| {
        low.color[at] + (high.color[at] - low.color[at]) * part
    }))
}

/// The one of two qualities to trust less. Stale is the worst: it says that nothing is known now.
#[must_use]
pub fn worst(one: Quality, other: Quality) -> Quality {
    let rank = |quality| match quality {
        Quality::Good => 0,
        Quality::Uncertain => 1,
        Quality::Bad => 2,
        Quality::Stale => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gemba_model::{Sample, UnixNanos, Value};
    use gemba_twin::{Effect, TwinIndex};

    use super::*;
    use crate::binding::slots::FillRange;

    fn stops(stops: &[(f32, [f32; 3])]) -> Vec<RampStop> {
        stops
            .iter()
            .map(|(at, color)| RampStop {
                at: *at,
                color: *color,
            })
            .collect()
    }

    #[test]
    fn ramps_interpolate_between_stops_and_hold_beyond_them() {
        let ramp = stops(&[
            (0.25, [0.0, 0.0, 1.0]),
            (0.5, [0.0, 1.0, 0.0]),
            (1.0, [1.0, 0.0, 0.0]),
        ]);
        for (ratio, color) in [
            (0.0, [0.0, 0.0, 1.0]),
            (0.25, [0.0, 0.0, 1.0]),
            (0.375, [0.0, 0.5, 0.5]),
            (0.5, [0.0, 1.0, 0.0]),
            (0.75, [0.5, 0.5, 0.0]),
            (1.0, [1.0, 0.0, 0.0]),
        ] {
            assert_eq!(ramp_at(&ramp, ratio), Some(color), "at {ratio}");
        }
        assert_eq!(ramp_at(&[], 0.5), None);
    }

    #[test]
    fn two_stops_at_one_place_are_a_step() {
        let ramp = stops(&[(0.0, [0.0; 3]), (0.5, [0.0; 3]), (0.5, [1.0; 3]), (1.0, [1.0; 3])]);
        assert_eq!(ramp_at(&ramp, 0.49), Some([0.0; 3]));
        assert_eq!(ramp_at(&ramp, 0.5), Some([1.0; 3]));
    }

    #[test]
    fn ratios_hold_at_the_ends_and_domains_may_descend() {
        assert_eq!(ratio_in([20.0, 100.0], 60.0), 0.5);
        assert_eq!(ratio_in([20.0, 100.0], 500.0), 1.0);
        assert_eq!(ratio_in([1.0, 0.0], 0.25), 0.75);
        assert_eq!(ratio_in([1.0, 1.0], f64::NAN), 0.0);
    }

    fn state(value: Option<Value>, quality: Quality) -> PointState {
        let sample = Sample {
            value,
            quality,
            source_time: None,
            recv_time: UnixNanos(0),
        };
        PointState {
            sample: Some(sample),
            quality,
        }
    }

    fn plan(kinds: Vec<EffectKind>) -> BindingPlan {
        let effects = (0..).zip(kinds).map(|(row, kind)| Effect {
            twin: TwinIndex(0),
            name: Arc::from("e"),
            point: PointIndex(row),
            targets: Vec::new(),
            kind,
        });
        BindingPlan {
            effects: effects.collect(),
            ..BindingPlan::default()
        }
    }

    #[test]
    fn one_look_joins_colour_glow_and_level_and_has_the_worst_quality() {
        let plan = plan(vec![
            EffectKind::Color {
                domain: [0.0, 10.0],
                ramp: stops(&[(0.0, [0.0; 3]), (1.0, [1.0; 3])]),
            },
            EffectKind::Emissive {
                brightness: Brightness::Ramp([0.0, 1.0]),
                color: [1.0, 0.5, 0.0],
                strength: 4.0,
            },
            EffectKind::Level {
                domain: [0.0, 100.0],
                color: [0.0, 0.0, 1.0],
            },
        ]);
        let range = FillRange {
            bottom_y_m: 1.0,
            top_y_m: 5.0,
        };
        let slot = Slot {
            color: Some(0),
            emissive: Some(1),
            level: Some((2, range)),
            moves: Vec::new(),
        };
        let states = [
            state(Some(Value::Number(5.0)), Quality::Good),
            state(Some(Value::Bool(true)), Quality::Uncertain),
            state(Some(Value::Number(25.0)), Quality::Good),
        ];
        let look = look_of(&plan, &slot, |PointIndex(row)| states.get(row as usize));
        assert_eq!(look.color, Some([0.5; 3]));
        assert_eq!(
            look.emissive,
            Some(Emission {
                color: [1.0, 0.5, 0.0],
                strength: 4.0
            })
        );
        assert_eq!(
            look.level,
            Some(Fill {
                color: [0.0, 0.0, 1.0],
                surface_y_m: 2.0
            })
        );
        assert_eq!(look.quality, Quality::Uncertain);
    }

    #[test]
    fn a_lamp_is_lit_in_its_states_alone() {
        let plan = plan(vec![EffectKind::Emissive {
            brightness: Brightness::Windows(vec![Window::between([5.0, 5.0]), Window::between([10.0, 14.0])]),
            color: [1.0, 0.4, 0.0],
            strength: 6.0,
        }]);
        let slot = Slot {
            emissive: Some(0),
            ..Slot::default()
        };
        let lit = |number: f64| {
            let state = state(Some(Value::Number(number)), Quality::Good);
            look_of(&plan, &slot, |_| Some(&state))
                .emissive
                .map(|it| it.strength)
        };
        assert_eq!([5.0, 10.0, 11.0, 14.0].map(lit), [Some(6.0); 4]);
        assert_eq!([0.0, 4.0, 6.0, 9.0, 15.0].map(lit), [None; 5]);
    }

    #[test]
    fn what_never_had_a_value_has_no_colour_and_is_stale() {
        let plan = plan(vec![EffectKind::Color {
            domain: [0.0, 1.0],
            ramp: stops(&[(0.0, [1.0; 3])]),
        }]);
        let slot = Slot {
            color: Some(0),
            ..Slot::default()
        };
        let never = PointState {
            sample: None,
            quality: Quality::Stale,
        };
        let look = look_of(&plan, &slot, |_| Some(&never));
        assert_eq!((look.color, look.quality), (None, Quality::Stale));
        let text = state(Some(Value::Text("open".into())), Quality::Good);
        let look = look_of(&plan, &slot, |_| Some(&text));
        assert_eq!((look.color, look.quality), (None, Quality::Bad));
    }
}
