//! The chips of one view, from frame to frame: the memory of the last one serves the next.

use std::collections::HashSet;

use egui::{Painter, Pos2, Rect};
use gemba_panels::tokens::color;

use super::{
    chip::{About, Chip, Line},
    place::{Placing, Wish},
    typeset::{Typeset, Whose},
};
use crate::session::Other;

/// Chips, their texts and their places; of one egui context.
#[derive(Default)]
pub(crate) struct Board {
    pub(super) typeset: Typeset,
    pub(super) chips: Vec<Chip>,
    pub(super) lines: Vec<Line>,
    wishes: Vec<Wish>,
    placing: Placing,
    placed: Vec<(usize, Rect)>,
    were_shown: HashSet<About>,
}

impl Board {
    /// Begins a frame: there is no chip yet.
    pub(crate) fn begin(&mut self, painter: &Painter) {
        self.typeset.begin(painter);
        self.chips.clear();
        self.lines.clear();
        self.placed.clear();
    }

    /// Adds the name of a person, in their colour.
    pub(crate) fn add_person(&mut self, painter: &Painter, other: &Other, anchor: Pos2, distance_m: f32) {
        let title = self.typeset.name(painter, Whose::Person(other.who), &other.name);
        self.chips.push(Chip {
            about: About::Person(other.who),
            edge: Some(color::person_in_plant(other.colour)),
            anchor,
            distance_m,
            opacity: 1.0,
            title: Some(title),
            lines: 0..0,
            urgency: 0,
        });
    }

    /// Finds a place in `area` for as many as `most` chips, beside what is `occupied`.
    pub(crate) fn place(&mut self, area: Rect, occupied: &[Rect], most: usize) {
        self.wishes.clear();
        for chip in &self.chips {
            self.wishes.push(Wish {
                anchor: chip.anchor,
                size: chip.size(&self.lines[chip.lines.clone()]),
                urgency: chip.urgency,
                distance_m: chip.distance_m,
                was_shown: self.were_shown.contains(&chip.about),
            });
        }
        let places = self.placing.place(&self.wishes, area, occupied, most);
        self.placed.clear();
        let places = places.iter().enumerate();
        self.placed
            .extend(places.filter_map(|(at, place)| Some((at, (*place)?))));
        let chips = &self.chips;
        self.placed.sort_unstable_by(|(one, _), (other, _)| {
            let by_distance = chips[*other].distance_m.total_cmp(&chips[*one].distance_m);
            by_distance.then(one.cmp(other))
        });
        self.were_shown.clear();
        self.were_shown
            .extend(self.placed.iter().map(|(at, _)| self.chips[*at].about));
    }

    /// The chips that have a place. The far ones come first, so that the nearest is drawn on top.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (&Chip, Rect)> {
        self.placed.iter().map(|(at, rect)| (&self.chips[*at], *rect))
    }

    /// Paints one of them into `rect`, which is as large as its place.
    pub(crate) fn paint(&self, painter: &Painter, chip: &Chip, rect: Rect) {
        chip.paint(painter, rect, &self.lines[chip.lines.clone()]);
    }
}
