//! Limits: which points lie beyond a limit now, worst first, and for how long.
//!
//! This is what the values say, no alarm system: it has no acknowledgement and no shelving. A value that is no
//! longer fresh stays in the list with its quality, because nobody knows that it came back.

use std::{sync::Arc, time::Duration};

use egui::{RichText, ScrollArea, Ui};
use gemba_model::{PrimPath, Quality};

use crate::{
    ViewerCommand,
    inspector::{LimitState, age_text},
    marks::{mark_with_word_ui, quality_mark},
    tokens::{color, space, type_size},
};

/// Every point beyond a limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LimitsModel {
    /// Worst first, the longest of equals first.
    pub rows: Vec<LimitRow>,
    /// How many points have limits.
    pub limited_points: usize,
}

/// One point beyond a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitRow {
    /// The twin it belongs to, as people call it.
    pub twin: Arc<str>,
    /// The twin's prim.
    pub prim: PrimPath,
    /// What to call the point.
    pub point: Arc<str>,
    /// The value with its unit.
    pub value: String,
    /// The limit that it passed, with the unit.
    pub limit: String,
    /// Which limit that is.
    pub state: LimitState,
    /// How far to trust the value.
    pub quality: Quality,
    /// How long it has been beyond this limit, as seen here.
    pub for_time: Duration,
}

impl LimitsModel {
    /// How many points are beyond a limit that asks for action (`lowLow`, `highHigh`), and beyond one that warns.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let worst = self.rows.iter().filter(|row| row.state.is_worst()).count();
        (worst, self.rows.len() - worst)
    }
}

/// Draws the limits.
pub fn limits_ui(ui: &mut Ui, model: &LimitsModel, commands: &mut Vec<ViewerCommand>) {
    if model.rows.is_empty() {
        nothing_ui(ui, model.limited_points);
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for row in &model.rows {
            row_ui(ui, row, commands);
            ui.add_space(space::XS);
        }
    });
}

fn nothing_ui(ui: &mut Ui, limited_points: usize) {
    let (title, text) = if limited_points == 0 {
        (
            "No limits",
            "No point has one. Give one gemba:point:NAME:high, highHigh, low or lowLow in the twin layer."
                .to_owned(),
        )
    } else {
        (
            "Within limits",
            format!("None of {limited_points} points with limits is beyond one."),
        )
    };
    ui.add_space(space::L);
    ui.vertical_centered(|ui| {
        ui.label(RichText::new(title).size(type_size::TITLE));
        ui.add(egui::Label::new(RichText::new(text).color(color::text_quiet())).wrap());
    });
}

fn row_ui(ui: &mut Ui, row: &LimitRow, commands: &mut Vec<ViewerCommand>) {
    egui::Frame::new()
        .fill(color::stripe())
        .corner_radius(space::RADIUS)
        .inner_margin(space::S)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            // From the right: in a narrow panel the name is cut, never the value.
            ui.horizontal(|ui| {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let go = ui.small_button("Go").on_hover_text("Select it and fly there");
                    if go.clicked() {
                        let prim = row.prim.clone();
                        commands.push(ViewerCommand::SelectPrim { prim: prim.clone() });
                        commands.push(ViewerCommand::FocusPrim { prim });
                    }
                    ui.label(RichText::new(&row.value).size(type_size::VALUE).strong());
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        let name = RichText::new(&*row.twin).strong();
                        let select = ui
                            .add(egui::Button::new(name).truncate().frame(false))
                            .on_hover_text("Select it");
                        if select.clicked() {
                            commands.push(ViewerCommand::SelectPrim {
                                prim: row.prim.clone(),
                            });
                        }
                    });
                });
            });
            ui.horizontal(|ui| {
                if let Some(mark) = row.state.mark() {
                    mark_with_word_ui(ui, mark);
                }
                if row.quality != Quality::Good {
                    mark_with_word_ui(ui, quality_mark(Some(row.quality)));
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let since = format!("for {}", age_text(row.for_time));
                    ui.label(RichText::new(since).small().color(color::text_quiet()));
                });
            });
            let what = format!("{}, limit {}", row.point, row.limit);
            ui.add(egui::Label::new(RichText::new(what).small().color(color::text_quiet())).truncate());
        });
}
