//! The log: what the viewer said, newest last, for those who see no terminal.

use std::sync::Arc;

use egui::{Label, RichText, ScrollArea, Ui};
use gemba_model::Severity;

use crate::{
    checkbox::checkbox_ui,
    marks::{mark_ui, severity_mark},
    tokens::{color, space, type_size},
};

/// The newest lines of the log.
#[derive(Clone, Debug, Default)]
pub struct LogModel {
    /// Oldest first.
    pub lines: Arc<[LogRow]>,
    /// Lines that came too fast to be kept.
    pub dropped: u64,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRow {
    /// The time of day, in UTC.
    pub time: Arc<str>,
    /// How bad.
    pub severity: Severity,
    /// Who says it.
    pub target: Arc<str>,
    /// What.
    pub text: Arc<str>,
}

/// What a person filtered and picked.
#[derive(Clone, Debug, Default)]
pub struct LogView {
    /// Notes are left out.
    pub hides_notes: bool,
    picked: Option<LogRow>,
}

/// Draws the log; only the lines in sight are laid out.
pub fn log_ui(ui: &mut Ui, model: &LogModel, view: &mut LogView) {
    ui.horizontal(|ui| {
        checkbox_ui(ui, true, &mut view.hides_notes, "Only warnings and errors");
        if model.dropped > 0 {
            let dropped = format!(
                "{} lines came too fast and are on standard error only",
                model.dropped
            );
            ui.label(RichText::new(dropped).small().color(color::warning()));
        }
    });
    let shown: Vec<&LogRow> = model
        .lines
        .iter()
        .filter(|row| !view.hides_notes || row.severity != Severity::Note)
        .collect();
    if shown.is_empty() {
        ui.add_space(space::L);
        ui.vertical_centered(|ui| {
            ui.label(RichText::new("Nothing to report").size(type_size::TITLE));
        });
        return;
    }
    let mut picked = None;
    let detail_height = if view.picked.is_some() {
        ui.available_height() * 0.35
    } else {
        0.0
    };
    let list_height = ui.available_height() - detail_height;
    ScrollArea::vertical()
        .id_salt("log-lines")
        .auto_shrink([false, false])
        .max_height(list_height)
        .stick_to_bottom(true)
        .show_rows(ui, space::ROW, shown.len(), |ui, rows| {
            for row in &shown[rows] {
                if row_ui(ui, row) {
                    picked = Some((*row).clone());
                }
            }
        });
    if let Some(row) = picked {
        view.picked = (view.picked.as_ref() != Some(&row)).then_some(row);
    }
    if let Some(row) = &view.picked {
        ui.separator();
        ScrollArea::vertical()
            .id_salt("log-line")
            .auto_shrink([false, false])
            .show(ui, |ui| {
                let whose = format!("{}   {}", row.time, row.target);
                ui.label(RichText::new(whose).small().color(color::text_quiet()));
                ui.add(Label::new(&*row.text).wrap().selectable(true));
            });
    }
}

/// One line; true when it is picked.
fn row_ui(ui: &mut Ui, row: &LogRow) -> bool {
    ui.horizontal(|ui| {
        ui.set_height(space::ROW);
        mark_ui(ui, severity_mark(row.severity));
        ui.label(RichText::new(&*row.time).small().color(color::text_quiet()));
        ui.add(egui::Button::new(&*row.text).frame(false).truncate())
            .on_hover_text("Show all of it below")
            .clicked()
    })
    .inner
}
