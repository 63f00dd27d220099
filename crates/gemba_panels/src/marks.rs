//! Marks: small painted shapes that say a state without colour, always beside the word for it.
//!
//! They are painted, not typed, so they look the same with every font. Each state has its own outline: a person who
//! sees no colour, and a grey print, tell them apart.

use egui::{
    Atom, Button, Color32, Id, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, TextWrapMode, Ui, Vec2,
};
use gemba_model::{Quality, Severity};

use crate::tokens::{color, space};

/// The outline of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkShape {
    /// ● As it should be.
    Disc,
    /// ◆ Doubtful.
    HalfDiamond,
    /// ✖ Unusable.
    Cross,
    /// ◌ Old: a broken ring.
    BrokenRing,
    /// ○ Nothing yet.
    Ring,
    /// ▲ Too high, or a warning.
    Triangle,
    /// ▼ Too low.
    TriangleDown,
    /// ■ An error.
    Square,
    /// – Nothing to say.
    Dash,
    /// ◔ Under way: a ring with one quarter filled.
    Quarter,
    /// ☰ A text: three lines.
    Lines,
    /// ↗ An arrow.
    Arrow,
    /// ◀◀ The past.
    Rewind,
    /// ∿ A line drawn by hand.
    Wave,
    /// A picture: a frame with a hill in it.
    Picture,
}

/// A state as shape, colour and word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Its outline.
    pub shape: MarkShape,
    /// Its colour.
    pub color: Color32,
    /// The word for it.
    pub word: &'static str,
}

/// The mark of a quality; `None` is a point that never had a sample.
#[must_use]
pub fn quality_mark(quality: Option<Quality>) -> Mark {
    let (shape, color, word) = match quality {
        Some(Quality::Good) => (MarkShape::Disc, color::good(), "good"),
        Some(Quality::Uncertain) => (MarkShape::HalfDiamond, color::warning(), "uncertain"),
        Some(Quality::Bad) => (MarkShape::Cross, color::error(), "bad"),
        Some(Quality::Stale) => (MarkShape::BrokenRing, color::inactive(), "stale"),
        None => (MarkShape::Ring, color::inactive(), "no data"),
    };
    Mark { shape, color, word }
}

/// The mark of a severity.
#[must_use]
pub fn severity_mark(severity: Severity) -> Mark {
    let (shape, color, word) = match severity {
        Severity::Error => (MarkShape::Square, color::error(), "error"),
        Severity::Warning => (MarkShape::Triangle, color::warning(), "warning"),
        Severity::Note => (MarkShape::Ring, color::accent(), "note"),
    };
    Mark { shape, color, word }
}

/// Draws the shape alone, for where the word stands beside it already.
pub fn mark_ui(ui: &mut Ui, mark: Mark) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(space::MARK), Sense::hover());
    if ui.is_rect_visible(rect) {
        paint_mark(ui.painter(), rect.center(), space::MARK, mark);
    }
    response
}

/// Draws the shape and the word. Assistive technology reads the word.
pub fn mark_with_word_ui(ui: &mut Ui, mark: Mark) -> Response {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        mark_ui(ui, mark);
        ui.colored_label(mark.color, mark.word)
    })
    .inner
}

/// Paints a mark of `size_pt` points about `center`: for labels in the plant's view too.
pub fn paint_mark(painter: &Painter, center: Pos2, size_pt: f32, mark: Mark) {
    let radius = size_pt * 0.42;
    let stroke = Stroke::new((size_pt * 0.14).max(1.5), mark.color);
    let at = |x: f32, y: f32| center + Vec2::new(x, y) * radius;
    let filled = |points: Vec<Pos2>| Shape::convex_polygon(points, mark.color, Stroke::NONE);
    match mark.shape {
        MarkShape::Disc => {
            painter.circle_filled(center, radius, mark.color);
        }
        MarkShape::Ring => {
            painter.circle_stroke(center, radius * 0.9, stroke);
        }
        MarkShape::BrokenRing => {
            for quarter in 0..4 {
                let start = std::f32::consts::FRAC_PI_2 * quarter as f32 + 0.25;
                painter.add(arc(center, radius * 0.9, start, 1.05, stroke));
            }
        }
        MarkShape::Quarter => {
            painter.circle_stroke(center, radius * 0.9, stroke);
            painter.add(filled(vec![
                at(0.0, 0.0),
                at(0.0, -0.9),
                at(0.7, -0.7),
                at(0.9, 0.0),
            ]));
        }
        MarkShape::HalfDiamond => {
            let outline = vec![at(0.0, -1.1), at(1.1, 0.0), at(0.0, 1.1), at(-1.1, 0.0)];
            painter.add(Shape::closed_line(outline, Stroke::new(1.5, mark.color)));
            painter.add(filled(vec![at(0.0, -1.1), at(0.0, 1.1), at(-1.1, 0.0)]));
        }
        MarkShape::Cross => {
            painter.line_segment([at(-0.8, -0.8), at(0.8, 0.8)], stroke);
            painter.line_segment([at(-0.8, 0.8), at(0.8, -0.8)], stroke);
        }
        MarkShape::Triangle => {
            painter.add(filled(vec![at(0.0, -1.0), at(1.05, 0.85), at(-1.05, 0.85)]));
        }
        MarkShape::TriangleDown => {
            painter.add(filled(vec![at(0.0, 1.0), at(-1.05, -0.85), at(1.05, -0.85)]));
        }
        MarkShape::Rewind => {
            for right in [0.1, 1.15] {
                painter.add(filled(vec![
                    at(right - 1.1, 0.0),
                    at(right, -0.85),
                    at(right, 0.85),
                ]));
            }
        }
        MarkShape::Square => {
            painter.rect_filled(
                Rect::from_center_size(center, Vec2::splat(radius * 1.7)),
                1.0,
                mark.color,
            );
        }
        MarkShape::Dash => {
            painter.line_segment([at(-0.8, 0.0), at(0.8, 0.0)], stroke);
        }
        MarkShape::Lines | MarkShape::Arrow | MarkShape::Wave | MarkShape::Picture => {
            for line in drawn(mark.shape) {
                let points = line.iter().map(|(x, y)| at(*x, *y)).collect();
                painter.add(Shape::line(points, Stroke::new(1.5, mark.color)));
            }
        }
    }
}

/// The lines of a mark that is made of nothing else, in radii about its centre.
fn drawn(shape: MarkShape) -> &'static [&'static [(f32, f32)]] {
    match shape {
        MarkShape::Lines => &[
            &[(-1.0, -0.8), (1.0, -0.8)],
            &[(-1.0, 0.0), (1.0, 0.0)],
            &[(-1.0, 0.8), (0.3, 0.8)],
        ],
        MarkShape::Arrow => &[
            &[(-1.0, 1.0), (1.0, -1.0)],
            &[(-0.1, -1.0), (1.0, -1.0), (1.0, 0.1)],
        ],
        MarkShape::Wave => &[&[
            (-1.1, 0.5),
            (-0.8, -0.3),
            (-0.4, -0.6),
            (-0.1, 0.0),
            (0.2, 0.6),
            (0.6, 0.4),
            (1.1, -0.6),
        ]],
        MarkShape::Picture => &[
            &[(-1.1, -0.9), (1.1, -0.9), (1.1, 0.9), (-1.1, 0.9), (-1.1, -0.9)],
            &[(-0.8, 0.6), (-0.2, -0.3), (0.3, 0.3), (0.5, 0.0), (0.9, 0.6)],
        ],
        _ => &[],
    }
}

/// A button with a mark before its word; `is_on` while what it began goes on.
pub(crate) fn mark_button_ui(
    ui: &mut Ui,
    is_enabled: bool,
    is_on: bool,
    shape: MarkShape,
    word: &str,
) -> Response {
    // A widget of this layout and none of its own, so that a row of them wraps between them.
    ui.add_enabled(is_enabled, |ui: &mut Ui| {
        let place = Id::new("mark");
        let button = Button::selectable(is_on, (Atom::custom(place, Vec2::splat(space::MARK)), word))
            .frame_when_inactive(true)
            .wrap_mode(TextWrapMode::Extend)
            .atom_ui(ui);
        if let Some(rect) = button.rect(place) {
            let color = if is_enabled {
                color::text()
            } else {
                color::inactive()
            };
            let mark = Mark {
                shape,
                color,
                word: "",
            };
            paint_mark(ui.painter(), rect.center(), space::MARK, mark);
        }
        button.response
    })
}

fn arc(center: Pos2, radius: f32, start_rad: f32, sweep_rad: f32, stroke: Stroke) -> Shape {
    let points = (0..=6)
        .map(|step| {
            let angle = start_rad + sweep_rad * step as f32 / 6.0;
            center + Vec2::angled(angle) * radius
        })
        .collect();
    Shape::line(points, stroke)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_qualities_share_a_shape_or_a_word() {
        let all = [
            Some(Quality::Good),
            Some(Quality::Uncertain),
            Some(Quality::Bad),
            Some(Quality::Stale),
            None,
        ];
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                assert_ne!(quality_mark(*one).shape, quality_mark(*other).shape);
                assert_ne!(quality_mark(*one).word, quality_mark(*other).word);
            }
        }
    }
}
