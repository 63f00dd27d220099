//! One chip: what it says, how large that is, and how it is painted.

use std::{ops::Range, sync::Arc};

use egui::{Align2, Color32, Galley, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2 as Points2};
use gemba_model::Quality;
use gemba_panels::{
    marks::{Mark, MarkShape, paint_mark, quality_mark},
    tokens::{color, space},
};
use gemba_session::ParticipantId;
use gemba_twin::TwinIndex;

use super::text::Breach;

/// What a mark takes of a chip's line, in points.
const MARK_PT: f32 = space::MARK;
const INSET: Points2 = Points2::new(8.0, 5.0);
const LINE_PT: f32 = 18.0;
const TITLE_PT: f32 = 15.0;

/// Whom a chip is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum About {
    Twin(TwinIndex),
    Person(ParticipantId),
}

/// A line of a chip.
pub(super) struct Line {
    pub(super) quality: Option<Quality>,
    pub(super) text: Arc<Galley>,
    pub(super) breach: Option<Breach>,
}

/// A chip; its lines are among those of the board that it is on.
pub(crate) struct Chip {
    pub(super) about: About,
    /// A person's colour.
    pub(super) edge: Option<Color32>,
    pub(super) anchor: Pos2,
    pub(super) distance_m: f32,
    pub(super) opacity: f32,
    pub(super) title: Option<Arc<Galley>>,
    pub(super) lines: Range<usize>,
    /// How many marks the limits that it names have at most.
    pub(super) urgency: u8,
}

impl Chip {
    /// Where what it is about is seen.
    pub(crate) fn anchor(&self) -> Pos2 {
        self.anchor
    }

    /// How far away it is.
    pub(crate) fn distance_m(&self) -> f32 {
        self.distance_m
    }

    /// Where the line from its anchor ends at a chip that is drawn in `rect`.
    pub(crate) fn foot(&self, rect: Rect) -> Pos2 {
        let x = self.anchor.x.clamp(rect.left() + 6.0, rect.right() - 6.0);
        Pos2::new(x, rect.bottom())
    }

    /// How large it is, in points.
    pub(super) fn size(&self, lines: &[Line]) -> Points2 {
        let title = self.title.as_ref().map_or(0.0, |title| title.size().x);
        let width = lines.iter().map(Line::width).fold(title, f32::max);
        let height = if self.title.is_some() { TITLE_PT } else { 0.0 } + LINE_PT * lines.len() as f32;
        Points2::new(width, height) + 2.0 * INSET
    }

    /// Paints it into `rect`, which is as large as it is.
    pub(super) fn paint(&self, painter: &Painter, rect: Rect, lines: &[Line]) {
        let fade = |color: Color32| color.gamma_multiply(self.opacity);
        let (edge, weight) = match self.urgency {
            0 => (self.edge.unwrap_or_else(color::line), 1.0),
            1 => (color::warning(), 1.8),
            _ => (color::error(), 1.8),
        };
        painter.rect_filled(
            rect,
            f32::from(space::RADIUS),
            fade(color::panel().gamma_multiply(0.92)),
        );
        painter.rect_stroke(
            rect,
            f32::from(space::RADIUS),
            Stroke::new(weight, fade(edge)),
            StrokeKind::Inside,
        );
        let mut at = rect.min + INSET;
        if let Some(title) = &self.title {
            paint_text(painter, title, at, Align2::LEFT_TOP, fade(color::text_quiet()));
            at.y += TITLE_PT;
        }
        for line in lines {
            line.paint(painter, at, &fade);
            at.y += LINE_PT;
        }
    }

    /// Paints the line from what it is about to where it is drawn.
    pub(super) fn paint_leader(&self, painter: &Painter, rect: Rect) {
        let fade = |color: Color32| color.gamma_multiply(self.opacity);
        let foot = self.foot(rect);
        painter.line_segment([self.anchor, foot], Stroke::new(3.0, fade(color::sunken())));
        painter.line_segment([self.anchor, foot], Stroke::new(1.2, fade(color::text_quiet())));
        painter.circle(
            self.anchor,
            3.0,
            fade(color::text()),
            Stroke::new(1.5, fade(color::sunken())),
        );
    }
}

impl Line {
    fn width(&self) -> f32 {
        let marks = self.breach.map_or(0, Breach::marks) as f32;
        MARK_PT + space::XS + self.text.size().x + marks * (MARK_PT + 1.0) + marks.min(1.0) * space::XS
    }

    fn paint(&self, painter: &Painter, at: Pos2, fade: &impl Fn(Color32) -> Color32) {
        let middle = at.y + LINE_PT * 0.5;
        let mark = quality_mark(self.quality);
        let faded = Mark {
            color: fade(mark.color),
            ..mark
        };
        paint_mark(painter, Pos2::new(at.x + MARK_PT * 0.5, middle), MARK_PT, faded);
        let ink = if self.quality == Some(Quality::Good) {
            color::text()
        } else {
            color::text_quiet()
        };
        let left = Pos2::new(at.x + MARK_PT + space::XS, middle);
        let right = paint_text(painter, &self.text, left, Align2::LEFT_CENTER, fade(ink));
        let Some(breach) = self.breach else { return };
        let shape = if breach.is_high() {
            MarkShape::Triangle
        } else {
            MarkShape::TriangleDown
        };
        let ink = if breach.marks() > 1 {
            color::error()
        } else {
            color::warning()
        };
        for nth in 0..breach.marks() {
            let x = right + space::XS + MARK_PT * 0.5 + nth as f32 * (MARK_PT + 1.0);
            paint_mark(
                painter,
                Pos2::new(x, middle),
                MARK_PT,
                Mark {
                    shape,
                    color: fade(ink),
                    word: "",
                },
            );
        }
    }
}

/// Paints a text where `align` of it is at `at`; gives where its right end is.
fn paint_text(painter: &Painter, text: &Arc<Galley>, at: Pos2, align: Align2, color: Color32) -> f32 {
    let rect = align.anchor_size(at, text.size());
    painter.galley(rect.min, Arc::clone(text), color);
    rect.right()
}
