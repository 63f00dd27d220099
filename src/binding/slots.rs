//! Which prims show which values: effects to slots of the values buffer.
//!
//! A prim that effects act on gets a slot, and so does everything below it that no other effect acts on. A slot inside
//! another takes over what it does not set itself, so that the innermost effect wins for each part of a look: a pump
//! coloured by its temperature inside a line that glows on an alarm is coloured and glows.

use std::ops::Range;

use gemba_twin::{BindingPlan, EffectKind, PointIndex};
use gemba_usd::{
    SceneDoc,
    doc::{Aabb, PrimIndex},
};

use super::values::SlotIndex;

/// The effects behind one slot, as rows of [`BindingPlan::effects`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slot {
    /// The effect that colours.
    pub color: Option<usize>,
    /// The effect that glows.
    pub emissive: Option<usize>,
    /// The effect that fills, and the heights between which it does.
    pub level: Option<(usize, FillRange)>,
    /// Effects that move or hide what the slot shows: their quality is seen on it too.
    pub moves: Vec<usize>,
}

impl Slot {
    /// All effects of the slot.
    pub(crate) fn effects(&self) -> impl Iterator<Item = usize> + '_ {
        [self.color, self.emissive, self.level.map(|(effect, _)| effect)]
            .into_iter()
            .flatten()
            .chain(self.moves.iter().copied())
    }
}

/// Heights of empty and full along the viewer's Y, in metres relative to the plant's origin, at whose height that of the
/// renderer stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FillRange {
    /// Empty.
    pub bottom_y_m: f32,
    /// Full.
    pub top_y_m: f32,
}

/// Slots and the rows of [`SceneDoc::prims`] that show them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SlotPlan {
    /// Slots 1 and up; slot 0 is "no value" and not in here.
    pub slots: Vec<Slot>,
    /// Runs of rows with their slot, ascending, without overlap; other rows have slot 0.
    pub runs: Vec<(Range<usize>, SlotIndex)>,
}

impl SlotPlan {
    /// The effects of a slot; `None` for slot 0.
    #[must_use]
    pub fn slot(&self, slot: SlotIndex) -> Option<&Slot> {
        self.slots.get(slot.index().checked_sub(1)?)
    }
}

/// Gives slots to the targets of `plan`. `bounds_of` is the box of a prim and everything below it, in metres relative to
/// the plant's origin.
#[must_use]
pub fn allocate(
    doc: &SceneDoc,
    plan: &BindingPlan,
    bounds_of: impl Fn(PrimIndex) -> Option<Aabb>,
) -> SlotPlan {
    let mut targets: Vec<(PrimIndex, usize)> = (0..)
        .zip(&plan.effects)
        .filter(|(_, effect)| !is_beside(&effect.kind))
        .flat_map(|(row, effect)| effect.targets.iter().map(move |target| (*target, row)))
        .filter(|(target, _)| target.index() < doc.prims.len())
        .collect();
    targets.sort_unstable();
    targets.dedup();

    let mut allocation = Allocation {
        plan: SlotPlan::default(),
        open: Vec::new(),
        at: 0,
    };
    for of_target in targets.chunk_by(|one, other| one.0 == other.0) {
        let target = of_target[0].0;
        let rows = doc.subtree(target);
        allocation.advance_to(rows.start);
        let mut slot = allocation.enclosing();
        // The moves of what encloses move this too, and show their quality here too.
        for (_, row) in of_target {
            match plan.effects[*row].kind {
                EffectKind::Color { .. } => slot.color = Some(*row),
                EffectKind::Emissive { .. } => slot.emissive = Some(*row),
                EffectKind::Level { .. } => {
                    if let Some(range) = bounds_of(target).map(fill_range) {
                        slot.level = Some((*row, range));
                    }
                }
                EffectKind::Rotate { .. }
                | EffectKind::Translate { .. }
                | EffectKind::Convey { .. }
                | EffectKind::Visibility { .. } => slot.moves.push(*row),
                EffectKind::Label { .. } | EffectKind::Plume { .. } => {}
            }
        }
        allocation.open_slot(slot, rows.end);
    }
    allocation.advance_to(doc.prims.len());
    allocation.plan
}

/// Drawn beside its targets, which look as they do without it.
fn is_beside(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::Label { .. } | EffectKind::Plume { .. })
}

fn fill_range(bounds: Aabb) -> FillRange {
    FillRange {
        bottom_y_m: bounds.min.y as f32,
        top_y_m: bounds.max.y as f32,
    }
}

struct Allocation {
    plan: SlotPlan,
    /// Slots that the current row lies in, outermost first, with the row where each ends.
    open: Vec<(SlotIndex, usize)>,
    /// Rows below this are in `plan.runs` where they have a slot.
    at: usize,
}

impl Allocation {
    /// Closes what ends before `row` and gives the rows up to it to the innermost open slot.
    fn advance_to(&mut self, row: usize) {
        while let Some((slot, end)) = self.open.last().copied() {
            let to = end.min(row);
            if self.at < to {
                self.plan.runs.push((self.at..to, slot));
                self.at = to;
            }
            if end > row {
                break;
            }
            self.open.pop();
        }
        self.at = self.at.max(row);
    }

    fn enclosing(&self) -> Slot {
        let innermost = self.open.last().and_then(|(slot, _)| self.plan.slot(*slot));
        innermost.cloned().unwrap_or_default()
    }

    fn open_slot(&mut self, slot: Slot, end: usize) {
        self.plan.slots.push(slot);
        let index = u32::try_from(self.plan.slots.len()).unwrap_or(u32::MAX);
        self.open.push((SlotIndex(index), end));
    }
}

/// Which slots a change of each point touches.
pub(crate) fn slots_of_points(plan: &BindingPlan, slots: &SlotPlan) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for (index, slot) in (1..).zip(&slots.slots) {
        for effect in slot.effects() {
            let PointIndex(point) = plan.effects[effect].point;
            pairs.push((point, index));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gemba_model::PrimPath;
    use gemba_twin::{Brightness, Effect, TwinIndex};
    use gemba_usd::doc::Prim;
    use glam::DVec3;

    use super::*;

    /// Prims with these depths, in order.
    pub(super) fn doc_of(depths: &[usize]) -> SceneDoc {
        let mut doc = SceneDoc::default();
        for (row, depth) in depths.iter().enumerate() {
            let below = depths[row + 1..]
                .iter()
                .take_while(|other| **other > *depth)
                .count();
            let path = PrimPath::new(format!("/p{row}")).expect("a path");
            doc.prims.push(Prim {
                subtree_len: u32::try_from(below + 1).expect("few"),
                ..Prim::new(path)
            });
        }
        doc
    }

    fn effect(target: u32, kind: EffectKind) -> Effect {
        Effect {
            twin: TwinIndex(0),
            name: Arc::from("e"),
            point: PointIndex(target),
            targets: vec![PrimIndex(target)],
            kind,
        }
    }

    fn color() -> EffectKind {
        EffectKind::Color {
            domain: [0.0, 1.0],
            ramp: Vec::new(),
        }
    }

    fn glow() -> EffectKind {
        EffectKind::Emissive {
            brightness: Brightness::Ramp([0.0, 1.0]),
            color: [1.0; 3],
            strength: 1.0,
        }
    }

    fn allocate_in(depths: &[usize], effects: Vec<Effect>) -> SlotPlan {
        let plan = BindingPlan {
            effects,
            ..BindingPlan::default()
        };
        let bounds = Aabb {
            min: DVec3::ZERO,
            max: DVec3::ONE,
        };
        allocate(&doc_of(depths), &plan, |_| Some(bounds))
    }

    fn runs(plan: &SlotPlan) -> Vec<(usize, usize, u32)> {
        plan.runs
            .iter()
            .map(|(rows, slot)| (rows.start, rows.end, slot.0))
            .collect()
    }

    #[test]
    fn a_subtree_shows_its_targets_slot() {
        let plan = allocate_in(&[0, 1, 2, 2, 1, 0], vec![effect(1, color())]);
        assert_eq!(runs(&plan), [(1, 4, 1)]);
        assert_eq!(plan.slots.len(), 1);
    }

    #[test]
    fn the_innermost_effect_wins_and_the_rest_is_inherited() {
        // 0 ( 1 ( 2 3 ) 4 ) 5
        let effects = vec![effect(0, color()), effect(0, glow()), effect(2, color())];
        let plan = allocate_in(&[0, 1, 2, 2, 1, 0], effects);
        assert_eq!(runs(&plan), [(0, 2, 1), (2, 3, 2), (3, 5, 1)]);
        let inner = plan.slot(SlotIndex(2)).expect("a slot");
        assert_eq!((inner.color, inner.emissive), (Some(2), Some(1)));
    }

    #[test]
    fn siblings_have_slots_of_their_own() {
        let plan = allocate_in(
            &[0, 1, 1, 0],
            vec![effect(1, color()), effect(2, color()), effect(3, glow())],
        );
        assert_eq!(runs(&plan), [(1, 2, 1), (2, 3, 2), (3, 4, 3)]);
        assert_eq!(plan.slot(SlotIndex::NONE), None);
    }

    #[test]
    fn labels_and_targets_out_of_range_need_no_slot() {
        let label = EffectKind::Label {
            format: "{value}".into(),
            decimals: 1,
        };
        let plan = allocate_in(&[0], vec![effect(0, label), effect(7, color())]);
        assert_eq!(plan, SlotPlan::default());
    }

    #[test]
    fn a_point_touches_the_slots_that_inherit_its_effect() {
        let effects = vec![effect(0, glow()), effect(2, color())];
        let slots = allocate_in(&[0, 1, 2], effects.clone());
        let plan = BindingPlan {
            effects,
            ..BindingPlan::default()
        };
        let mut pairs = slots_of_points(&plan, &slots);
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 1), (0, 2), (2, 2)]);
    }
}
