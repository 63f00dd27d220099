//! The notes of the room: a list in rows of one height, and below it the one that is opened.
//!
//! Only the rows in sight are laid out. A text is looked for in all notes only when it, or one of them, changes: for ten
//! thousand notes the look takes longer than a frame may, and finding that nothing changed does not.

use std::sync::Arc;

use egui::{Button, Label, RichText, ScrollArea, TextEdit, Ui, UiBuilder};

use super::{
    AnnotationKey, AnnotationRow, AnnotationStatus, SessionCommand, SessionModel,
    note::note_ui,
    parts::{ask, name_field, quiet_ui, write_ui},
};
use crate::{
    ViewerCommand,
    inspector::age_text,
    marks::mark_ui,
    tokens::{color, space},
    tree::close_button_ui,
};

/// Height of a folded note: a line for what it says and a line for whose it is.
const ROW_PT: f32 = 2.0 * space::ROW;

/// What a person looks for, opened and types.
#[derive(Clone, Debug, Default)]
pub struct NotesView {
    filter: String,
    settled_shown: bool,
    found: Found,
    opened: Option<AnnotationKey>,
    new_text: String,
    pub(super) reply_text: String,
}

impl NotesView {
    /// Opens this note, also where the list does not show it; the app does so when its flag is clicked.
    pub fn open(&mut self, note: AnnotationKey) {
        if self.opened != Some(note) {
            self.opened = Some(note);
            self.reply_text.clear();
        }
    }
}

/// What was found last, and for what.
#[derive(Clone, Debug, Default)]
struct Found {
    filter: String,
    settled_shown: bool,
    /// What of each note can change what is found.
    among: Vec<(AnnotationKey, AnnotationStatus, Option<u32>, Arc<str>)>,
    rows: Vec<usize>,
}

impl Found {
    /// Looks again if the question or what is asked about is another one.
    fn update(&mut self, rows: &[AnnotationRow], filter: &str, settled_shown: bool) {
        let assignee = |row: &AnnotationRow| row.assignee.as_ref().map(|(person, _)| *person);
        let is_as_before = self.filter == filter
            && self.settled_shown == settled_shown
            && self.among.len() == rows.len()
            && self
                .among
                .iter()
                .zip(rows)
                .all(|((key, status, whose, text), row)| {
                    (*key, *status, *whose) == (row.key, row.status, assignee(row)) && *text == row.text
                });
        if is_as_before {
            return;
        }
        self.filter.clear();
        self.filter.push_str(filter);
        self.settled_shown = settled_shown;
        self.among.clear();
        self.among.extend(
            rows.iter()
                .map(|row| (row.key, row.status, assignee(row), row.text.clone())),
        );
        self.rows = matching(rows, filter, settled_shown);
    }
}

/// Draws the notes.
pub fn notes_ui(ui: &mut Ui, model: &SessionModel, view: &mut NotesView, commands: &mut Vec<ViewerCommand>) {
    new_note_ui(ui, model, view, commands);
    ui.add_space(space::S);
    filter_ui(ui, model, view);
    ui.add_space(space::XS);
    view.found
        .update(&model.annotations, &view.filter, view.settled_shown);
    // Taken out while its rows are drawn, which may open another note.
    let found = std::mem::take(&mut view.found);
    let opened = view
        .opened
        .and_then(|key| model.annotations.iter().find(|row| row.key == key));
    let list_height_pt = ui.available_height() * if opened.is_some() { 0.45 } else { 1.0 };
    if found.rows.is_empty() {
        quiet_ui(ui, nothing_text(model, view));
    } else {
        ScrollArea::vertical()
            .id_salt("session-notes")
            .auto_shrink([false, opened.is_some()])
            .max_height(list_height_pt)
            .show_rows(ui, ROW_PT, found.rows.len(), |ui, range| {
                for &at in found.rows.get(range).unwrap_or_default() {
                    row_ui(ui, &model.annotations[at], view);
                }
            });
    }
    view.found = found;
    if let Some(row) = opened {
        ui.separator();
        note_ui(ui, model, row, view, commands);
    }
}

/// Which notes a person wants to see, in the order of the list.
fn matching(rows: &[AnnotationRow], filter: &str, settled_shown: bool) -> Vec<usize> {
    let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
    let is_wanted = |row: &AnnotationRow| {
        if row.status == AnnotationStatus::Resolved && !settled_shown {
            return false;
        }
        if words.is_empty() {
            return true;
        }
        let assignee = row.assignee.as_ref().map_or("", |(_, name)| name);
        let text = format!("#{} {} {} {assignee} {}", row.number, row.text, row.by, row.prim);
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    (0..rows.len()).filter(|&at| is_wanted(&rows[at])).collect()
}

fn nothing_text(model: &SessionModel, view: &NotesView) -> &'static str {
    if model.annotations.is_empty() {
        "No notes hang in this plant."
    } else if view.filter.trim().is_empty() {
        "Every note is settled."
    } else {
        "No note matches the filter."
    }
}

fn new_note_ui(ui: &mut Ui, model: &SessionModel, view: &mut NotesView, commands: &mut Vec<ViewerCommand>) {
    if !model.may.annotate {
        quiet_ui(ui, "An editor, a trainer or the host may leave notes.");
        return;
    }
    let Some(prim) = &model.selected else {
        quiet_ui(
            ui,
            "To leave a note, select what it is about: click it in the plant.",
        );
        return;
    };
    let label = format!("New note on {}", prim.name());
    if let Some(text) = write_ui(ui, &mut view.new_text, &label, "Add note") {
        ask(commands, SessionCommand::Annotate { text });
    }
}

fn filter_ui(ui: &mut Ui, model: &SessionModel, view: &mut NotesView) {
    ui.horizontal(|ui| {
        let open = format!("Open {}", model.unresolved());
        let all = format!("All {}", model.annotations.len());
        for (settled_shown, word) in [(false, open), (true, all)] {
            if ui
                .selectable_label(view.settled_shown == settled_shown, word)
                .clicked()
            {
                view.settled_shown = settled_shown;
            }
        }
        let width_pt = (ui.available_width() - space::ROW - space::S).max(60.0);
        let field = TextEdit::singleline(&mut view.filter)
            .hint_text("text, person or prim")
            .desired_width(width_pt);
        let field = ui.add(field);
        name_field(ui, &field, "Filter notes");
        if !view.filter.is_empty() && close_button_ui(ui, "Clear filter of notes").clicked() {
            view.filter.clear();
        }
    });
}

/// One folded note, exactly [`ROW_PT`] high however long it is.
fn row_ui(ui: &mut Ui, row: &AnnotationRow, view: &mut NotesView) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW_PT), egui::Sense::hover());
    let is_opened = view.opened == Some(row.key);
    ui.painter().rect_filled(rect, space::RADIUS, color::STRIPE);
    if is_opened {
        // An outline: on the ground of what is selected, people's colours are too faint.
        let outline = egui::Stroke::new(1.0, color::ACCENT);
        ui.painter()
            .rect_stroke(rect, space::RADIUS, outline, egui::StrokeKind::Inside);
    }
    let inside = rect.shrink2(egui::vec2(space::S, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.horizontal(|ui| {
            ui.set_height(space::ROW);
            mark_ui(ui, row.status.mark());
            // One line: a row has one height.
            let first_line = row.text.lines().next().unwrap_or_default();
            let text = RichText::new(format!("#{} {first_line}", row.number));
            let open = Button::new(text).truncate().frame(false);
            let hint = if is_opened { "Fold it" } else { "Open it" };
            if ui.add(open).on_hover_text(hint).clicked() {
                view.opened = (!is_opened).then_some(row.key);
                view.reply_text.clear();
            }
        });
        ui.horizontal(|ui| {
            ui.set_height(space::ROW - space::XS);
            let small = |text: String| Label::new(RichText::new(text).small().color(color::TEXT_QUIET));
            let mark = row.status.mark();
            ui.label(RichText::new(mark.word).small().color(mark.color));
            ui.label(RichText::new(&*row.by).small().color(color::person(row.colour)));
            ui.add(small(format!("{} ago", age_text(row.age))));
            let mut rest = row.prim.name().to_owned();
            if let Some((_, name)) = &row.assignee {
                rest = format!("{rest} · for {name}");
            }
            ui.add(small(rest).truncate());
        });
    });
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gemba_model::PrimPath;

    use super::*;
    use crate::session::MarkupRow;

    fn note(number: usize, text: &str, status: AnnotationStatus) -> AnnotationRow {
        AnnotationRow {
            key: AnnotationKey {
                by: 1,
                number: number as u64,
            },
            number,
            by: "Ana".into(),
            colour: 0,
            age: Duration::ZERO,
            text: text.into(),
            prim: PrimPath::new("/Plant/P_101").expect("a prim path"),
            markup: MarkupRow::Text,
            status,
            assignee: Some((2, "Ben".into())),
            replies: Vec::new(),
            is_ours_to_change: true,
        }
    }

    #[test]
    fn notes_are_found_by_what_they_say_who_and_where() {
        let rows = [
            note(1, "Seal leaks", AnnotationStatus::Open),
            note(2, "Änderung am Lager", AnnotationStatus::InProgress),
            note(3, "Seal was changed", AnnotationStatus::Resolved),
        ];
        assert_eq!(matching(&rows, "", false), [0, 1]);
        assert_eq!(matching(&rows, "", true), [0, 1, 2]);
        assert_eq!(matching(&rows, "SEAL", true), [0, 2]);
        assert_eq!(matching(&rows, "seal leaks", true), [0]);
        assert_eq!(matching(&rows, "änderung", false), [1]);
        assert_eq!(matching(&rows, "p_101 ben ana", false), [0, 1]);
        assert_eq!(matching(&rows, "#2", true), [1]);
        assert!(matching(&rows, "valve", true).is_empty());
    }

    #[test]
    fn what_was_found_follows_the_notes_and_the_question() {
        let mut rows = vec![
            note(1, "Seal leaks", AnnotationStatus::Open),
            note(2, "Bearing hums", AnnotationStatus::Open),
        ];
        let mut found = Found::default();
        found.update(&rows, "seal", false);
        assert_eq!(found.rows, [0]);
        rows[1].text = "Seal weeps..".into();
        found.update(&rows, "seal", false);
        assert_eq!(found.rows, [0, 1], "a text of the same length is another text");
        rows[0].status = AnnotationStatus::Resolved;
        found.update(&rows, "seal", false);
        assert_eq!(found.rows, [1]);
        rows.insert(0, note(3, "Seal is new", AnnotationStatus::Open));
        found.update(&rows, "seal", false);
        assert_eq!(found.rows, [0, 2]);
        found.update(&rows, "seal", true);
        assert_eq!(found.rows, [0, 1, 2]);
        rows[2].assignee = Some((3, "Carla".into()));
        found.update(&rows, "carla", true);
        assert_eq!(found.rows, [2]);
    }
}
