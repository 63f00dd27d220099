//! The status bar: is what you see live, and what does it cost.

use egui::{RichText, Ui};

use crate::{
    connections::grouped,
    marks::{Mark, MarkShape, mark_ui, paint_mark},
    tokens::{color, space},
};

/// What the status bar shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatusModel {
    /// Whether the values are live.
    pub liveness: Liveness,
    /// Connections that are live.
    pub live_links: usize,
    /// Connections in all.
    pub links: usize,
    /// Points whose newest sample is too old, or never came.
    pub points_without_fresh_value: usize,
    /// Points in all.
    pub points: usize,
    /// Prims of the plant.
    pub prims: usize,
    /// Triangles that are drawn, instances counted.
    pub triangles: u64,
    /// How old values are when they are seen; `None` while none come.
    pub sensor_to_pixel: Option<std::time::Duration>,
    /// Mean time of a frame in milliseconds.
    pub frame_millis: f32,
    /// What the viewer is doing in the background, such as building the pick tree.
    pub busy: Option<String>,
}

/// Whether what is shown is the present state of the plant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Liveness {
    /// No connection is configured: a plant without values.
    #[default]
    NoLinks,
    /// Every link delivers.
    Live,
    /// Some links are down: part of the values is old.
    Partly,
    /// No link delivers: every value is old.
    Down,
    /// What is shown has been, whatever the links do now.
    Past,
}

impl Liveness {
    /// How to show it.
    #[must_use]
    pub fn mark(self) -> Mark {
        let (shape, color, word) = match self {
            Self::NoLinks => (MarkShape::Dash, color::inactive(), "NO LIVE DATA"),
            Self::Live => (MarkShape::Disc, color::good(), "LIVE"),
            Self::Partly => (MarkShape::HalfDiamond, color::warning(), "PARTLY LIVE"),
            Self::Down => (MarkShape::BrokenRing, color::error(), "NOT LIVE"),
            Self::Past => (MarkShape::Rewind, color::past(), "REPLAY"),
        };
        Mark { shape, color, word }
    }
}

/// Draws the status bar. `beyond_limits` counts the points beyond an outer limit and those beyond an inner one; true when
/// a person asks to see them.
pub fn status_ui(ui: &mut Ui, model: &StatusModel, beyond_limits: (usize, usize)) -> bool {
    let mut is_asked = false;
    ui.horizontal(|ui| {
        ui.set_height(space::ROW);
        badge_ui(ui, model.liveness.mark());
        if model.links > 0 {
            ui.label(format!(
                "{} of {} connections live",
                model.live_links, model.links
            ));
        }
        if model.points > 0 {
            let old = model.points_without_fresh_value;
            if old > 0 {
                let mark = Mark {
                    shape: MarkShape::BrokenRing,
                    color: color::warning(),
                    word: "",
                };
                mark_ui(ui, mark);
                ui.colored_label(
                    color::warning(),
                    format!("{old} of {} points without a fresh value", model.points),
                );
            } else {
                ui.label(RichText::new(format!("{} points", model.points)).color(color::text_quiet()));
            }
        }
        is_asked = beyond_limits_ui(ui, beyond_limits);
        if let Some(busy) = &model.busy {
            ui.add(egui::Spinner::new().size(space::MARK));
            ui.label(RichText::new(busy).color(color::text_quiet()));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            cost_ui(ui, model);
        });
    });
    is_asked
}

/// What the plant costs, as much of it as there is room for: in a narrow window what matters stands before it.
fn cost_ui(ui: &mut Ui, model: &StatusModel) {
    let frame = format!("{:.1} ms a frame", model.frame_millis);
    let frame = match model.sensor_to_pixel {
        Some(age) => format!("sensor to pixel {}   {frame}", latency_text(age)),
        None => frame,
    };
    let plant = format!(
        "{} prims   {} triangles",
        grouped(model.prims as u64),
        grouped(model.triangles)
    );
    let short = format!("{:.1} ms a frame", model.frame_millis);
    for text in [format!("{plant}   {frame}"), frame, short] {
        let font = egui::TextStyle::Body.resolve(ui.style());
        let galley = ui.painter().layout_no_wrap(text, font, color::text_quiet());
        if galley.size().x <= ui.available_width() {
            ui.label(galley);
            return;
        }
    }
}

/// A latency for people: milliseconds, and seconds where those would be thousands.
fn latency_text(age: std::time::Duration) -> String {
    let millis = age.as_millis();
    if millis < 1_000 {
        format!("{millis} ms")
    } else {
        format!("{:.1} s", age.as_secs_f64())
    }
}

/// How many points are beyond their limits, in the colour of the worst; nothing when none is.
pub(crate) fn beyond_limits_ui(ui: &mut Ui, (worst, warning): (usize, usize)) -> bool {
    let count = worst + warning;
    if count == 0 {
        return false;
    }
    let color = if worst > 0 {
        color::error()
    } else {
        color::warning()
    };
    let mark = Mark {
        shape: MarkShape::Triangle,
        color,
        word: "",
    };
    mark_ui(ui, mark);
    let text = RichText::new(format!("{count} beyond limits")).color(color);
    ui.add(egui::Button::new(text).frame(false))
        .on_hover_text("Show which")
        .clicked()
}

/// A mark and its word in a frame of the mark's colour.
pub(crate) fn badge_ui(ui: &mut Ui, mark: Mark) {
    egui::Frame::new()
        .stroke(egui::Stroke::new(1.0, mark.color))
        .corner_radius(space::RADIUS)
        .inner_margin(egui::Margin::symmetric(6, 1))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(space::MARK), egui::Sense::hover());
            paint_mark(ui.painter(), rect.center(), space::MARK, mark);
            ui.label(RichText::new(mark.word).small().strong().color(mark.color));
        });
}
