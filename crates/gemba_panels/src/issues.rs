//! Issues: what is wrong in the input, grouped by kind, with where it is and what to do.
//!
//! The list draws only the lines in sight and is made anew when the issues change or a group folds; the full text of the
//! issue that is picked stands below it.

use std::{collections::HashSet, sync::Arc};

use egui::{RichText, ScrollArea, Ui};
use gemba_model::{Issue, IssueCode, Severity};

use crate::{
    ViewerCommand,
    marks::{mark_ui, mark_with_word_ui, severity_mark},
    tokens::{color, space, type_size},
};

/// Every issue of the open plant.
#[derive(Clone, Debug, Default)]
pub struct IssuesModel {
    /// In the order they were met.
    pub issues: Arc<[Issue]>,
    /// Changes when `issues` does.
    pub revision: u64,
}

impl IssuesModel {
    /// How many issues have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.issues
            .iter()
            .filter(|issue| issue.severity == severity)
            .count()
    }
}

/// What a person folded and picked.
#[derive(Clone, Debug, Default)]
pub struct IssuesView {
    folded: HashSet<IssueCode>,
    lines: Vec<Line>,
    built_for: Option<u64>,
    picked: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
enum Line {
    Group {
        code: IssueCode,
        severity: Severity,
        count: usize,
    },
    Issue(usize),
}

impl IssuesView {
    fn rebuild(&mut self, model: &IssuesModel) {
        if self.built_for != Some(model.revision) {
            self.built_for = Some(model.revision);
            self.picked = None;
        }
        self.lines = lines(&model.issues, &self.folded);
    }
}

/// Worst first, then by code, then in the order they were met.
fn lines(issues: &[Issue], folded: &HashSet<IssueCode>) -> Vec<Line> {
    let mut order: Vec<usize> = (0..issues.len()).collect();
    order.sort_by(|&one, &other| {
        let key = |at: usize| {
            (
                std::cmp::Reverse(issues[at].severity),
                issues[at].code.clone(),
                at,
            )
        };
        key(one).cmp(&key(other))
    });
    let mut lines = Vec::new();
    for group in order.chunk_by(|&one, &other| {
        issues[one].code == issues[other].code && issues[one].severity == issues[other].severity
    }) {
        let first = &issues[group[0]];
        lines.push(Line::Group {
            code: first.code.clone(),
            severity: first.severity,
            count: group.len(),
        });
        if !folded.contains(&first.code) {
            lines.extend(group.iter().copied().map(Line::Issue));
        }
    }
    lines
}

/// Draws the issues.
pub fn issues_ui(ui: &mut Ui, model: &IssuesModel, view: &mut IssuesView, commands: &mut Vec<ViewerCommand>) {
    if view.built_for != Some(model.revision) {
        view.rebuild(model);
    }
    if model.issues.is_empty() {
        ui.add_space(space::L);
        ui.vertical_centered(|ui| {
            ui.label(RichText::new("No issues").size(type_size::TITLE));
            ui.label(RichText::new("The plant was read in full.").color(color::text_quiet()));
        });
        return;
    }
    let picked = view.picked.and_then(|at| model.issues.get(at));
    let detail_height = if picked.is_some() {
        ui.available_height() * 0.42
    } else {
        0.0
    };
    let list_height = ui.available_height() - detail_height;
    let mut changed = false;
    ScrollArea::vertical()
        .id_salt("issue-list")
        .auto_shrink([false, false])
        .max_height(list_height)
        .show_rows(ui, space::ROW, view.lines.len(), |ui, range| {
            for at in range {
                changed |= line_ui(ui, model, view, at);
            }
        });
    if let Some(issue) = picked {
        ui.separator();
        ScrollArea::vertical()
            .id_salt("issue-detail")
            .show(ui, |ui| issue_ui(ui, issue, commands));
    }
    if changed {
        view.rebuild(model);
    }
}

fn line_ui(ui: &mut Ui, model: &IssuesModel, view: &mut IssuesView, at: usize) -> bool {
    let Some(line) = view.lines.get(at).cloned() else {
        return false;
    };
    let response = ui.horizontal(|ui| {
        ui.set_height(space::ROW);
        match &line {
            Line::Group {
                code,
                severity,
                count,
            } => {
                let mark = severity_mark(*severity);
                mark_ui(ui, mark);
                let text = RichText::new(format!("{}: {code} ({count})", mark.word)).strong();
                let hint = if view.folded.contains(code) {
                    "Show them"
                } else {
                    "Fold them"
                };
                ui.selectable_label(false, text).on_hover_text(hint)
            }
            Line::Issue(index) => {
                ui.add_space(space::INDENT);
                let message = model
                    .issues
                    .get(*index)
                    .map_or("", |issue| issue.message.as_str());
                let chosen = view.picked == Some(*index);
                ui.add(egui::Button::selectable(chosen, message).truncate())
                    .on_hover_text(message)
            }
        }
    });
    if !response.inner.clicked() {
        return false;
    }
    match line {
        Line::Group { code, .. } => {
            if !view.folded.remove(&code) {
                view.folded.insert(code);
            }
            true
        }
        Line::Issue(index) => {
            view.picked = if view.picked == Some(index) {
                None
            } else {
                Some(index)
            };
            false
        }
    }
}

fn issue_ui(ui: &mut Ui, issue: &Issue, commands: &mut Vec<ViewerCommand>) {
    ui.horizontal(|ui| {
        mark_with_word_ui(ui, severity_mark(issue.severity));
        ui.label(RichText::new(&*issue.code).monospace().color(color::text_quiet()));
    });
    ui.add(egui::Label::new(issue.message.as_str()).wrap().selectable(true));
    if let Some(file) = &issue.file {
        let place = issue
            .line
            .map_or_else(|| file.clone(), |line| format!("{file}:{line}"));
        ui.add(
            egui::Label::new(RichText::new(place).monospace())
                .wrap()
                .selectable(true),
        );
    }
    if let Some(prim) = &issue.prim
        && ui
            .link(RichText::new(prim.as_str()).monospace())
            .on_hover_text("Select it and fly to it")
            .clicked()
    {
        commands.push(ViewerCommand::SelectPrim { prim: prim.clone() });
        commands.push(ViewerCommand::FocusPrim { prim: prim.clone() });
    }
    ui.add(
        egui::Label::new(RichText::new(format!("To do: {}", issue.remedy)).color(color::warning())).wrap(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_come_first_and_kinds_stay_together() {
        let issues = [
            Issue::note("b.note", "one", "x"),
            Issue::error("a.error", "two", "x"),
            Issue::note("b.note", "three", "x"),
        ];
        let group = |code: &'static str, severity, count| Line::Group {
            code: code.into(),
            severity,
            count,
        };
        assert_eq!(
            lines(&issues, &HashSet::new()),
            [
                group("a.error", Severity::Error, 1),
                Line::Issue(1),
                group("b.note", Severity::Note, 2),
                Line::Issue(0),
                Line::Issue(2)
            ]
        );
        assert_eq!(lines(&issues, &HashSet::from(["b.note".into()])).len(), 3);
    }
}
