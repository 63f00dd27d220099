//! The inspector: what is selected, the twin it belongs to, and that twin's live points.

use std::{sync::Arc, time::Duration};

use egui::{Grid, RichText, ScrollArea, Ui};
use gemba_model::{PrimPath, Quality};

use crate::{
    ViewerCommand,
    marks::{Mark, MarkShape, mark_with_word_ui, quality_mark},
    tokens::{color, space, type_size},
    trend::{Trend, trend_ui},
};

/// What the inspector shows; the default is an empty selection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InspectorModel {
    /// The selected prim.
    pub prim: Option<PrimSummary>,
    /// The twin that it is, or lies below.
    pub twin: Option<TwinSummary>,
    /// Twins that lead to it.
    pub fed_by: Vec<Neighbour>,
    /// Twins that it leads to.
    pub feeds: Vec<Neighbour>,
    /// The twin's points in the plan's order.
    pub points: Vec<PointRow>,
}

/// Facts of a prim.
#[derive(Clone, Debug, PartialEq)]
pub struct PrimSummary {
    /// Its path.
    pub path: PrimPath,
    /// What to call it.
    pub name: Arc<str>,
    /// USD type; empty for typeless prims.
    pub type_name: Arc<str>,
    /// Further facts as label and text: kind, material, triangles, size.
    pub facts: Vec<(&'static str, String)>,
}

/// Facts of a twin.
#[derive(Clone, Debug, PartialEq)]
pub struct TwinSummary {
    /// `gemba:twin:id`.
    pub id: Arc<str>,
    /// What to call it.
    pub name: Arc<str>,
    /// `gemba:twin:class`.
    pub class: Option<Arc<str>>,
    /// `gemba:twin:level`.
    pub level: Option<Arc<str>>,
    /// Its prim.
    pub path: PrimPath,
}

/// A twin at the other end of a pipe, a cable or a conveyor.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// What to call it.
    pub name: Arc<str>,
    /// `gemba:twin:id`.
    pub id: Arc<str>,
    /// Its prim.
    pub path: PrimPath,
}

/// A live point.
#[derive(Clone, Debug, PartialEq)]
pub struct PointRow {
    /// What to call it.
    pub name: Arc<str>,
    /// The value as text; empty when there never was one.
    pub value: String,
    /// The unit as people write it; empty for none.
    pub unit: String,
    /// How far to trust it; `None` when no sample ever came.
    pub quality: Option<Quality>,
    /// How long ago the newest sample arrived.
    pub age: Option<Duration>,
    /// Where the value lies among the limits.
    pub limit: LimitState,
    /// Where it comes from, as `connection:address#selector`; empty when it has no source.
    pub source: String,
    /// Its recent past.
    pub trend: Trend,
}

/// Where a value lies among its limits (IEC 62682 names).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitState {
    /// No limits are set.
    #[default]
    Unlimited,
    /// Between the limits.
    Within,
    /// At or below `low`.
    Low,
    /// At or below `lowLow`.
    LowLow,
    /// At or above `high`.
    High,
    /// At or above `highHigh`.
    HighHigh,
}

impl LimitState {
    /// Beyond the outer limits, `lowLow` and `highHigh`.
    #[must_use]
    pub fn is_worst(self) -> bool {
        matches!(self, Self::LowLow | Self::HighHigh)
    }

    /// How to show it; `None` when there is nothing to say.
    #[must_use]
    pub fn mark(self) -> Option<Mark> {
        let (shape, color, word) = match self {
            Self::Unlimited | Self::Within => return None,
            Self::Low => (MarkShape::TriangleDown, color::warning(), "low"),
            Self::LowLow => (MarkShape::TriangleDown, color::error(), "low low"),
            Self::High => (MarkShape::Triangle, color::warning(), "high"),
            Self::HighHigh => (MarkShape::Triangle, color::error(), "high high"),
        };
        Some(Mark { shape, color, word })
    }
}

/// Draws the inspector.
pub fn inspector_ui(ui: &mut Ui, model: &InspectorModel, commands: &mut Vec<ViewerCommand>) {
    let Some(prim) = &model.prim else {
        ui.add_space(space::L);
        ui.vertical_centered(|ui| {
            ui.label(RichText::new("Nothing is selected").size(type_size::TITLE));
            ui.label(
                RichText::new("Click a thing in the plant, or a row of the tree.").color(color::text_quiet()),
            );
        });
        return;
    };
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        heading_ui(ui, prim, model.twin.as_ref(), commands);
        if let Some(twin) = &model.twin {
            twin_ui(ui, prim, twin, commands);
            points_ui(ui, &model.points);
            neighbours_ui(ui, model, commands);
        }
        prim_ui(ui, prim);
    });
}

fn heading_ui(
    ui: &mut Ui,
    prim: &PrimSummary,
    twin: Option<&TwinSummary>,
    commands: &mut Vec<ViewerCommand>,
) {
    let title = twin.map_or(&prim.name, |twin| &twin.name);
    ui.add(egui::Label::new(RichText::new(&**title).size(type_size::TITLE).strong()).wrap());
    let whole = twin.map_or(&prim.path, |twin| &twin.path);
    ui.horizontal_wrapped(|ui| {
        if ui.button("Focus").on_hover_text("Fly to it (F)").clicked() {
            commands.push(ViewerCommand::FocusPrim { prim: whole.clone() });
        }
        let isolate = ui
            .button("Isolate")
            .on_hover_text(format!("Show only {whole} and what is below it"));
        if isolate.clicked() {
            commands.push(ViewerCommand::Isolate {
                prims: vec![whole.clone()],
            });
        }
        let hide = ui.button("Hide").on_hover_text(format!(
            "Hide {whole} and what is below it; \"Show all\" under Section ends it"
        ));
        if hide.clicked() {
            commands.push(ViewerCommand::Hide { prim: whole.clone() });
        }
        if ui.button("Clear selection").on_hover_text("Esc").clicked() {
            commands.push(ViewerCommand::ClearSelection);
        }
    });
}

fn twin_ui(ui: &mut Ui, prim: &PrimSummary, twin: &TwinSummary, commands: &mut Vec<ViewerCommand>) {
    group_ui(ui, "Twin");
    facts_ui(ui, "twin", |ui| {
        fact_ui(ui, "Id", &twin.id);
        fact_ui(ui, "Class", twin.class.as_deref().unwrap_or("not given"));
        fact_ui(ui, "Level", twin.level.as_deref().unwrap_or("not given"));
    });
    if prim.path != twin.path
        && ui
            .button("Select the whole twin")
            .on_hover_text(twin.path.as_str())
            .clicked()
    {
        commands.push(ViewerCommand::SelectPrim {
            prim: twin.path.clone(),
        });
    }
}

/// What is beyond a limit first: it is what one looks for at a machine.
fn points_ui(ui: &mut Ui, points: &[PointRow]) {
    let mut beyond = points
        .iter()
        .filter(|point| point.limit.mark().is_some())
        .peekable();
    if beyond.peek().is_some() {
        group_ui(ui, "Beyond limits");
        beyond.for_each(|point| point_ui(ui, point));
    }
    group_ui(ui, "Points");
    if points.is_empty() {
        ui.label(RichText::new("This twin has no points.").color(color::text_quiet()));
    }
    for point in points.iter().filter(|point| point.limit.mark().is_none()) {
        point_ui(ui, point);
    }
}

/// Where things come from and go to: each a step to the next machine.
fn neighbours_ui(ui: &mut Ui, model: &InspectorModel, commands: &mut Vec<ViewerCommand>) {
    for (title, neighbours) in [("Fed by", &model.fed_by), ("Feeds", &model.feeds)] {
        if neighbours.is_empty() {
            continue;
        }
        group_ui(ui, title);
        for neighbour in neighbours {
            let link = ui
                .link(&*neighbour.name)
                .on_hover_text(format!("Select {}", neighbour.id));
            if link.clicked() {
                commands.push(ViewerCommand::SelectPrim {
                    prim: neighbour.path.clone(),
                });
            }
        }
    }
}

fn point_ui(ui: &mut Ui, point: &PointRow) {
    egui::Frame::new()
        .fill(color::stripe())
        .corner_radius(space::RADIUS)
        .inner_margin(space::S)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.add(egui::Label::new(RichText::new(&*point.name).color(color::text_quiet())).truncate());
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.label(RichText::new(&point.unit).color(color::text_quiet()));
                    let value = if point.value.is_empty() {
                        "—"
                    } else {
                        &point.value
                    };
                    ui.label(RichText::new(value).size(type_size::VALUE).strong());
                });
            });
            ui.horizontal(|ui| {
                mark_with_word_ui(ui, quality_mark(point.quality));
                if let Some(mark) = point.limit.mark() {
                    mark_with_word_ui(ui, mark);
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    trend_ui(ui, &point.name, &point.unit, &point.trend);
                    if let Some(age) = point.age {
                        ui.label(
                            RichText::new(format!("{} ago", age_text(age)))
                                .small()
                                .color(color::text_quiet()),
                        );
                    }
                });
            });
        })
        .response
        .on_hover_text(if point.source.is_empty() {
            "This point has no usable source."
        } else {
            &point.source
        });
}

fn prim_ui(ui: &mut Ui, prim: &PrimSummary) {
    group_ui(ui, "Prim");
    let path = egui::Label::new(RichText::new(prim.path.as_str()).monospace())
        .selectable(true)
        .wrap();
    ui.add(path);
    facts_ui(ui, "prim", |ui| {
        fact_ui(
            ui,
            "Type",
            if prim.type_name.is_empty() {
                "none"
            } else {
                &prim.type_name
            },
        );
        for (label, text) in &prim.facts {
            fact_ui(ui, label, text);
        }
    });
}

fn facts_ui(ui: &mut Ui, id: &str, add: impl FnOnce(&mut Ui)) {
    Grid::new(id)
        .num_columns(2)
        .min_col_width(72.0)
        .spacing([space::M, space::XS])
        .show(ui, add);
}

fn fact_ui(ui: &mut Ui, label: &str, text: &str) {
    ui.label(RichText::new(label).color(color::text_quiet()));
    ui.add(egui::Label::new(text).wrap().selectable(true));
    ui.end_row();
}

/// A heading between groups of one panel.
pub(crate) fn group_ui(ui: &mut Ui, title: &str) {
    ui.add_space(space::M);
    ui.label(RichText::new(title).small().strong().color(color::accent()));
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.center().y, crate::tokens::hairline());
}

/// A duration for people: one unit, no false precision.
#[must_use]
pub fn age_text(age: Duration) -> String {
    let secs = age.as_secs_f64();
    match secs {
        ..1.0 => format!("{secs:.1} s"),
        ..60.0 => format!("{secs:.0} s"),
        ..3600.0 => format!("{:.0} min", secs / 60.0),
        ..86_400.0 => format!("{:.0} h", secs / 3600.0),
        _ => format!("{:.0} d", secs / 86_400.0),
    }
}
