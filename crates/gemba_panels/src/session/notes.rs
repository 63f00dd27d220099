//! The notes of the room: a list in rows of one height, and below it the one that is opened.
//!
//! Only the rows in sight are laid out.

use std::collections::BTreeMap;

use egui::{Button, Label, RichText, ScrollArea, TextEdit, Ui, UiBuilder};

use super::{
    AnnotationKey, AnnotationRow, MarkupRow, SessionModel,
    found::{Assigned, Found, Question},
    new_note::{Pending, new_note_ui},
    note::{Edited, note_ui},
    parts::{name_field, quiet_ui},
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

/// Height from which the list and an opened note are both legible; on a lower screen the note takes the list's place.
const BOTH_PT: f32 = 620.0;

/// What a person looks for, opened and types.
#[derive(Clone, Debug, Default)]
pub struct NotesView {
    filter: String,
    settled_shown: bool,
    assigned: Assigned,
    found: Found,
    opened: Option<AnnotationKey>,
    pub(super) new_text: String,
    pub(super) pending: Option<Pending>,
    pub(super) reply_text: String,
    /// The text of the opened note while it is changed.
    pub(super) edited: Option<Edited>,
    /// Whether the picture of the opened note is shown in full.
    pub(super) picture_shown: bool,
}

impl NotesView {
    /// Opens this note, also where the list does not show it; the app does so when its flag is clicked.
    pub fn open(&mut self, note: AnnotationKey) {
        if self.opened != Some(note) {
            self.turn_to(Some(note));
        }
    }

    /// The note that is opened: the app loads its picture.
    #[must_use]
    pub fn opened(&self) -> Option<AnnotationKey> {
        self.opened
    }

    /// What was begun with one note does not slip into another.
    fn turn_to(&mut self, note: Option<AnnotationKey>) {
        self.opened = note;
        self.reply_text.clear();
        self.edited = None;
        self.picture_shown = false;
    }
}

/// Draws the notes.
pub fn notes_ui(ui: &mut Ui, model: &SessionModel, view: &mut NotesView, commands: &mut Vec<ViewerCommand>) {
    let opened = view
        .opened
        .and_then(|key| model.annotations.iter().find(|row| row.key == key));
    if let Some(row) = opened
        && ui.available_height() < BOTH_PT
    {
        if ui.button("All notes").on_hover_text("Fold this one").clicked() {
            view.turn_to(None);
        }
        note_ui(ui, model, row, view, commands);
        return;
    }
    new_note_ui(ui, model, view, commands);
    ui.add_space(space::S);
    filter_ui(ui, model, view);
    ui.add_space(space::XS);
    let question = Question {
        text: &view.filter,
        settled_shown: view.settled_shown,
        assigned: view.assigned,
    };
    view.found.update(&model.annotations, question);
    // Taken out while its rows are drawn, which may open another note.
    let found = std::mem::take(&mut view.found);
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

fn nothing_text(model: &SessionModel, view: &NotesView) -> &'static str {
    if model.annotations.is_empty() {
        "No notes hang in this plant."
    } else if view.filter.trim().is_empty() && view.assigned == Assigned::ToAnyone {
        "Every note is settled."
    } else {
        "No note matches the filter."
    }
}

fn filter_ui(ui: &mut Ui, model: &SessionModel, view: &mut NotesView) {
    ui.horizontal_wrapped(|ui| {
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
        assigned_ui(ui, model, &mut view.assigned);
    });
    ui.horizontal(|ui| {
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

/// Whom the notes that are shown are assigned to: a menu that names everyone who could be.
fn assigned_ui(ui: &mut Ui, model: &SessionModel, assigned: &mut Assigned) {
    let word = match *assigned {
        Assigned::ToAnyone => "anyone",
        Assigned::ToNoOne => "no one",
        Assigned::To(person) if model.you == Some(person) => "me",
        Assigned::To(person) => name_of(model, person),
    };
    let menu = ui.menu_button(format!("Assigned: {word}"), |ui| {
        let mut choose = |ui: &mut Ui, choice: Assigned, word: &str| {
            if ui.radio(*assigned == choice, word).clicked() {
                *assigned = choice;
                ui.close();
            }
        };
        choose(ui, Assigned::ToAnyone, "Anyone");
        if let Some(you) = model.you {
            choose(ui, Assigned::To(you), "Me");
        }
        choose(ui, Assigned::ToNoOne, "No one");
        let present = model.people.iter().map(|row| (row.person, &*row.name));
        // Those who left may have notes still. Looked for only while the menu is open.
        let assignees = model.annotations.iter().filter_map(|row| row.assignee.as_ref());
        let others: BTreeMap<u32, &str> = assignees
            .map(|(person, name)| (*person, &**name))
            .chain(present)
            .filter(|(person, _)| model.you != Some(*person))
            .collect();
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for (person, name) in others {
                choose(ui, Assigned::To(person), name);
            }
        });
    });
    menu.response.on_hover_text("Whose the notes are to settle");
}

fn name_of(model: &SessionModel, person: u32) -> &str {
    let assignees = model.annotations.iter().filter_map(|row| row.assignee.as_ref());
    let named = || assignees.into_iter().find(|(number, _)| *number == person);
    match model.person(person) {
        Some(row) => &row.name,
        None => named().map_or("someone", |(_, name)| name),
    }
}

/// One folded note, exactly [`ROW_PT`] high however long it is.
fn row_ui(ui: &mut Ui, row: &AnnotationRow, view: &mut NotesView) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW_PT), egui::Sense::hover());
    let is_opened = view.opened == Some(row.key);
    ui.painter().rect_filled(rect, space::RADIUS, color::stripe());
    if is_opened {
        // An outline: on the ground of what is selected, people's colours are too faint.
        let outline = egui::Stroke::new(1.0, color::accent());
        ui.painter()
            .rect_stroke(rect, space::RADIUS, outline, egui::StrokeKind::Inside);
    }
    let inside = rect.shrink2(egui::vec2(space::S, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.horizontal(|ui| {
            ui.set_height(space::ROW);
            mark_ui(ui, row.status.mark());
            if row.markup != MarkupRow::Text {
                mark_ui(ui, row.markup.mark()).on_hover_text(row.markup.mark().word);
            }
            // One line: a row has one height. Who draws may leave it at that.
            let first_line = row.text.lines().next();
            let first_line = first_line.unwrap_or(row.markup.mark().word);
            let text = RichText::new(format!("#{} {first_line}", row.number));
            let open = Button::new(text).truncate().frame(false);
            let hint = if is_opened { "Fold it" } else { "Open it" };
            if ui.add(open).on_hover_text(hint).clicked() {
                view.turn_to((!is_opened).then_some(row.key));
            }
        });
        ui.horizontal(|ui| {
            ui.set_height(space::ROW - space::XS);
            let small = |text: String| Label::new(RichText::new(text).small().color(color::text_quiet()));
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
