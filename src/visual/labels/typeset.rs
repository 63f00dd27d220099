//! Texts of chips as they were set last: what says the same is neither written nor set anew.

use std::{collections::HashMap, sync::Arc};

use bevy::ecs::change_detection::Tick;
use egui::{Color32, FontId, Galley, Painter};
use gemba_model::Value;
use gemba_panels::tokens::type_size;
use gemba_session::ParticipantId;
use gemba_twin::{PointIndex, TwinIndex};

/// More texts than this are not kept: a plant can have more than a person ever comes by.
const MOST_TEXTS: usize = 4_096;

/// Whose text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    /// The name of a twin.
    Twin(TwinIndex),
    /// The name of a person.
    Person(ParticipantId),
    /// What a label effect says, by its row in the plan.
    Label(usize),
    /// What a point without a label says that has passed a limit.
    Point(PointIndex),
}

/// What a text of values depends on, beside the plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Says {
    pub(super) value: Option<Value>,
    pub(super) age: Age,
}

/// The age that a text names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Age {
    /// None: the value counts.
    #[default]
    Fresh,
    /// In whole seconds; without one where there never was a value.
    Stale(Option<u64>),
}

/// The texts that one egui context has set. They have no colour, so that a chip that fades is not set anew.
#[derive(Default)]
pub(super) struct Typeset {
    texts: HashMap<Whose, (Says, Arc<Galley>)>,
    plan: Option<Tick>,
    /// egui gives the same one as long as its letters stay where they are in their picture.
    witness: Option<Arc<Galley>>,
}

impl Typeset {
    /// Begins a frame. Texts do not outlive the letters that they were set with.
    pub(super) fn begin(&mut self, painter: &Painter) {
        let witness = set(painter, "0".to_owned(), line_font());
        let is_same = self
            .witness
            .as_ref()
            .is_some_and(|before| Arc::ptr_eq(before, &witness));
        if !is_same || self.texts.len() > MOST_TEXTS {
            self.texts.clear();
        }
        self.witness = Some(witness);
    }

    /// Texts are of the plan that was made at `made`; those of another are forgotten.
    pub(super) fn of_plan(&mut self, made: Tick) {
        if self.plan.replace(made) != Some(made) {
            self.texts.clear();
        }
    }

    /// A name.
    pub(super) fn name(&mut self, painter: &Painter, whose: Whose, name: &str) -> Arc<Galley> {
        match self.texts.get(&whose) {
            Some((_, galley)) if galley.text() == name => Arc::clone(galley),
            _ => self.keep(
                whose,
                Says::default(),
                set(painter, name.to_owned(), title_font()),
            ),
        }
    }

    /// What values are, as `write` puts it.
    pub(super) fn line(
        &mut self,
        painter: &Painter,
        whose: Whose,
        says: Says,
        write: impl FnOnce() -> String,
    ) -> Arc<Galley> {
        match self.texts.get(&whose) {
            Some((before, galley)) if *before == says => Arc::clone(galley),
            _ => self.keep(whose, says, set(painter, write(), line_font())),
        }
    }

    fn keep(&mut self, whose: Whose, says: Says, galley: Arc<Galley>) -> Arc<Galley> {
        self.texts.insert(whose, (says, Arc::clone(&galley)));
        galley
    }
}

fn set(painter: &Painter, text: String, font: FontId) -> Arc<Galley> {
    painter.layout_no_wrap(text, font, Color32::PLACEHOLDER)
}

fn title_font() -> FontId {
    FontId::proportional(type_size::SMALL)
}

fn line_font() -> FontId {
    FontId::proportional(type_size::BODY)
}

#[cfg(test)]
mod tests {
    use egui::LayerId;

    use super::*;

    fn says(value: f64, age: Age) -> Says {
        Says {
            value: Some(Value::Number(value)),
            age,
        }
    }

    /// What is written anew in a frame of these, in order.
    fn written(ctx: &egui::Context, typeset: &mut Typeset, lines: &[(Whose, Says)]) -> Vec<usize> {
        let mut written = Vec::new();
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            written.clear();
            let painter = ui.ctx().layer_painter(LayerId::background());
            typeset.begin(&painter);
            for (at, (whose, says)) in lines.iter().enumerate() {
                let galley = typeset.line(&painter, *whose, says.clone(), || {
                    written.push(at);
                    format!("{says:?}")
                });
                assert_eq!(galley.text(), format!("{says:?}"));
            }
        });
        // Nothing is drawn here.
        output.textures_delta.clear();
        written
    }

    #[test]
    fn only_what_says_something_else_is_set_anew() {
        let (ctx, mut typeset) = (egui::Context::default(), Typeset::default());
        let lines = |value, secs| {
            [
                (Whose::Label(0), says(value, Age::Fresh)),
                (Whose::Label(1), says(7.0, Age::Stale(secs))),
                (Whose::Point(PointIndex(0)), says(7.0, Age::Fresh)),
            ]
        };
        assert_eq!(written(&ctx, &mut typeset, &lines(1.0, Some(3))), [0, 1, 2]);
        assert_eq!(written(&ctx, &mut typeset, &lines(1.0, Some(3))), [0_usize; 0]);
        assert_eq!(written(&ctx, &mut typeset, &lines(2.0, Some(3))), [0]);
        assert_eq!(written(&ctx, &mut typeset, &lines(2.0, Some(4))), [1]);
        assert_eq!(written(&ctx, &mut typeset, &lines(2.0, None)), [1]);
    }

    #[test]
    fn letters_that_move_are_set_anew() {
        let (ctx, mut typeset) = (egui::Context::default(), Typeset::default());
        let lines = [(Whose::Label(0), says(1.0, Age::Fresh))];
        assert_eq!(written(&ctx, &mut typeset, &lines), [0]);
        assert_eq!(written(&ctx, &mut typeset, &lines), [0_usize; 0]);
        ctx.set_fonts(egui::FontDefinitions::default());
        ctx.set_pixels_per_point(2.0);
        // The pass after the one in which it was asked for.
        let anew: Vec<usize> = (0..3).flat_map(|_| written(&ctx, &mut typeset, &lines)).collect();
        assert!(!anew.is_empty());
        assert_eq!(written(&ctx, &mut typeset, &lines), [0_usize; 0]);
    }

    #[test]
    fn another_plan_says_something_else_by_the_same_rows() {
        let (ctx, mut typeset) = (egui::Context::default(), Typeset::default());
        let lines = [(Whose::Label(0), says(1.0, Age::Fresh))];
        typeset.of_plan(Tick::new(1));
        assert_eq!(written(&ctx, &mut typeset, &lines), [0]);
        typeset.of_plan(Tick::new(1));
        assert_eq!(written(&ctx, &mut typeset, &lines), [0_usize; 0]);
        typeset.of_plan(Tick::new(2));
        assert_eq!(written(&ctx, &mut typeset, &lines), [0]);
    }
}
