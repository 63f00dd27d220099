//! What chips say, wherever they are drawn.

use bevy::{ecs::system::SystemParam, math::DVec3, prelude::*};
use egui::{Painter, Pos2};
use gemba_model::Quality;
use gemba_twin::{EffectKind, PointIndex};

use super::{
    board::Board,
    chip::{About, Chip, Line},
    text::{self, Breach},
    typeset::{Age, Says, Whose},
};
use crate::{
    binding::{Bindings, EffectAnchor, TwinPlan},
    inspection::Showing,
    plant::PrimTransforms,
    telemetry::{PassedLimits, PointState, Points},
    timeline::PlantClock,
};

/// Twins that look smaller than this (their size divided by their distance) have no chip, unless a limit is passed.
const HIDDEN_BELOW_RATIO: f32 = 0.006;
/// From this apparent size on a chip is opaque.
const OPAQUE_FROM_RATIO: f32 = 0.018;
/// Fainter than this is not seen.
const HIDDEN_BELOW_OPACITY: f32 = 0.05;
/// Lines of a chip for points that have no label but have passed a limit.
const MOST_BREACH_LINES: usize = 3;
/// Decimals of such a line.
const BREACH_DECIMALS: u8 = 1;

/// What the plant has to say.
#[derive(SystemParam)]
pub(crate) struct Chips<'w> {
    plan: Res<'w, TwinPlan>,
    bindings: Res<'w, Bindings>,
    points: Res<'w, Points>,
    clock: Res<'w, PlantClock>,
    transforms: Res<'w, PrimTransforms>,
    showing: Showing<'w>,
    passed: Res<'w, PassedLimits>,
}

impl Chips<'_> {
    /// Whether no twin has anything to say.
    pub(super) fn is_empty(&self) -> bool {
        self.bindings.labels().is_empty()
    }

    /// Adds the chips of twins that `see` can see to the board: it gives where a place of the world is seen, in points, and how far
    /// away.
    pub(crate) fn add_seen(
        &self,
        board: &mut Board,
        painter: &Painter,
        see: impl Fn(DVec3) -> Option<(Pos2, f32)>,
    ) {
        board.typeset.of_plan(self.plan.last_changed());
        let labels = self.bindings.labels();
        for of_prim in labels.chunk_by(|one, other| one.prim == other.prim) {
            let world_from_prim = self.transforms.world_from_prim(of_prim[0].prim);
            let anchor_m = world_from_prim.transform_point3(of_prim[0].prim_from_anchor);
            if !self.showing.shows(of_prim[0].prim, anchor_m) {
                continue;
            }
            if let Some(seen) = see(anchor_m) {
                self.add(board, painter, of_prim, seen);
            }
        }
    }

    /// Adds what the labels of one prim say, unless it is too far away to matter.
    fn add(
        &self,
        board: &mut Board,
        painter: &Painter,
        labels: &[EffectAnchor],
        (anchor, distance_m): (Pos2, f32),
    ) {
        let Some(first) = labels.first() else { return };
        let Some(twin) = self.plan.twins.get(first.twin.0 as usize) else {
            return;
        };
        let opacity = opacity(first.size_m, distance_m);
        let from = board.lines.len();
        let mut names_itself = false;
        for label in labels {
            names_itself |= self.add_label(board, painter, label).unwrap_or(false);
        }
        let labelled = board.lines.len();
        let is_labelled = |point| labels.iter().any(|label| label.point == point);
        let of_twin = self.bindings.points_of(first.twin);
        for point in of_twin.filter(|point| !is_labelled(*point)) {
            if board.lines.len() - labelled >= MOST_BREACH_LINES {
                break;
            }
            self.add_breach(board, painter, point);
        }
        let lines = &board.lines[from..];
        let marks = lines.iter().filter_map(|line| line.breach.map(Breach::marks));
        let urgency = marks.max().unwrap_or(0) as u8;
        let opacity = if urgency > 0 { 1.0 } else { opacity };
        if lines.is_empty() || opacity <= HIDDEN_BELOW_OPACITY {
            board.lines.truncate(from);
            return;
        }
        let title = (!names_itself).then(|| {
            let whose = Whose::Twin(first.twin);
            board.typeset.name(painter, whose, &twin.name)
        });
        board.chips.push(Chip {
            about: About::Twin(first.twin),
            edge: None,
            anchor,
            distance_m,
            opacity,
            title,
            lines: from..board.lines.len(),
            urgency,
        });
    }

    /// Adds the line of one label, and says whether that names the twin.
    fn add_label(&self, board: &mut Board, painter: &Painter, label: &EffectAnchor) -> Option<bool> {
        let effect = self.plan.effects.get(label.effect)?;
        let point = self.plan.points.get(label.point.0 as usize)?;
        let twin = self.plan.twins.get(label.twin.0 as usize)?;
        let state = self.points.get(label.point)?;
        let EffectKind::Label { format, decimals } = &effect.kind else {
            return None;
        };
        let whose = Whose::Label(label.effect);
        let text = board.typeset.line(painter, whose, self.says(state), || {
            text::text(format, *decimals, twin, point, state, state.age(self.clock.at))
        });
        board.lines.push(Line {
            quality: state.sample.as_ref().map(|_| state.quality),
            text,
            breach: self.breach_of(label.point),
        });
        Some(format.contains("{name}") || format.contains("{id}"))
    }

    /// Adds a line for a point without a label of its own, if it has passed a limit: what is urgent is named, not only hinted at.
    fn add_breach(&self, board: &mut Board, painter: &Painter, index: PointIndex) -> Option<()> {
        let breach = self.breach_of(index)?;
        let (point, state) = (self.plan.points.get(index.0 as usize)?, self.points.get(index)?);
        let twin = self.plan.twins.get(point.twin.0 as usize)?;
        let text = board
            .typeset
            .line(painter, Whose::Point(index), self.says(state), || {
                let age = state.age(self.clock.at);
                let value = text::text("{value} {unit}", BREACH_DECIMALS, twin, point, state, age);
                format!("{} {value}", point.label)
            });
        board.lines.push(Line {
            quality: Some(state.quality),
            text,
            breach: Some(breach),
        });
        Some(())
    }

    fn says(&self, state: &PointState) -> Says {
        Says {
            value: state.value().cloned(),
            age: if state.quality == Quality::Stale {
                Age::Stale(state.age(self.clock.at).map(|age| age.as_secs()))
            } else {
                Age::Fresh
            },
        }
    }

    fn breach_of(&self, point: PointIndex) -> Option<Breach> {
        self.passed.of(point)?.passed.map(Breach::from)
    }
}

/// How opaque the chip of something is that is `size_m` large, without a limit that is passed.
fn opacity(size_m: f64, distance_m: f32) -> f32 {
    let ratio = size_m as f32 / distance_m.max(1e-3);
    ((ratio - HIDDEN_BELOW_RATIO) / (OPAQUE_FROM_RATIO - HIDDEN_BELOW_RATIO)).clamp(0.0, 1.0)
}
