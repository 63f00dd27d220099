//! One opened note: what it says, where, whose it is, what was answered, and what can be done with it.

use egui::{Button, Frame, Label, Panel, RichText, ScrollArea, TextEdit, Ui};

use super::{
    AnnotationRow, AnnotationStatus, MarkupRow, NotesView, SessionCommand, SessionModel,
    parts::{MAX_TEXT_BYTES, ask, name_field, name_ui, prim_link_ui, quiet_ui, too_long_text, write_ui},
    picture::picture_ui,
};
use crate::{
    ViewerCommand,
    inspector::age_text,
    marks::{mark_button_ui, mark_with_word_ui},
    tokens::{color, space},
};

/// The most bytes of a note's text that a room takes.
const MAX_NOTE_BYTES: usize = 4_000;

/// The text of a note while it is changed.
#[derive(Clone, Debug)]
pub(super) struct Edited {
    text: String,
    /// Its field was not drawn yet.
    is_new: bool,
}

/// Draws the note that is opened.
pub(super) fn note_ui(
    ui: &mut Ui,
    model: &SessionModel,
    row: &AnnotationRow,
    view: &mut NotesView,
    commands: &mut Vec<ViewerCommand>,
) {
    // The line to answer in stays in sight, however long the thread is.
    Panel::bottom("session-note-answer")
        .frame(Frame::NONE)
        .resizable(false)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.add_space(space::S);
            answer_ui(ui, model, row, view, commands);
        });
    ScrollArea::vertical()
        .id_salt("session-note")
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(format!("Note {}", row.number)).strong());
                if !model.may.annotate {
                    mark_with_word_ui(ui, row.status.mark());
                }
                name_ui(ui, &row.by, row.colour);
                let age = RichText::new(format!("{} ago", age_text(row.age)));
                ui.label(age.small().color(color::text_quiet()));
            });
            text_ui(ui, row, view, commands);
            markup_ui(ui, row, view);
            ui.horizontal(|ui| {
                ui.label(RichText::new("on").small().color(color::text_quiet()));
                prim_link_ui(ui, &row.prim, commands);
            });
            if model.may.annotate {
                ui.horizontal_wrapped(|ui| status_ui(ui, row, commands));
            }
            ui.horizontal_wrapped(|ui| {
                assignee_ui(ui, model, row, commands);
                actions_ui(ui, row, view, commands);
            });
            ui.add_space(space::S);
            thread_ui(ui, model, row);
        });
}

/// What it says, or the field to change that in.
fn text_ui(ui: &mut Ui, row: &AnnotationRow, view: &mut NotesView, commands: &mut Vec<ViewerCommand>) {
    let Some(Edited { mut text, is_new }) = view.edited.take().filter(|_| row.is_ours_to_change) else {
        if !row.text.is_empty() {
            ui.add(Label::new(&*row.text).wrap().selectable(true));
        }
        return;
    };
    let field = TextEdit::multiline(&mut text)
        .desired_rows(3)
        .desired_width(f32::INFINITY);
    let field = ui.add(field);
    name_field(ui, &field, &format!("Text of note {}", row.number));
    if is_new {
        // One goes on to write.
        field.request_focus();
    }
    let why_not = if text.len() > MAX_NOTE_BYTES {
        Some(too_long_text(MAX_NOTE_BYTES))
    } else if text.trim().is_empty() && row.markup == MarkupRow::Text {
        Some("A note says something: write it, or delete the note".to_owned())
    } else if text.trim() == &*row.text {
        Some("It says the same as before".to_owned())
    } else {
        None
    };
    ui.horizontal(|ui| {
        let save = ui.add_enabled(why_not.is_none(), Button::new("Save"));
        let save = match why_not {
            Some(why) => save.on_disabled_hover_text(why),
            None => save,
        };
        let is_cancelled = ui.button("Cancel").clicked();
        if save.clicked() {
            let (annotation, text) = (row.key, text.trim().to_owned());
            ask(commands, SessionCommand::Edit { annotation, text });
        } else if !is_cancelled {
            let is_new = false;
            view.edited = Some(Edited { text, is_new });
        }
    });
}

/// What it shows beside its text: its kind in words, and its picture.
fn markup_ui(ui: &mut Ui, row: &AnnotationRow, view: &mut NotesView) {
    match row.markup {
        MarkupRow::Text => {}
        MarkupRow::Arrow | MarkupRow::Stroke => {
            mark_with_word_ui(ui, row.markup.mark());
        }
        MarkupRow::Picture(None) => {
            mark_with_word_ui(ui, row.markup.mark());
            quiet_ui(ui, "The picture is on its way, or cannot be shown.");
        }
        MarkupRow::Picture(Some(picture)) => picture_ui(ui, row.number, picture, &mut view.picture_shown),
    }
}

/// Where a note stands: one of three, each one click away.
fn status_ui(ui: &mut Ui, row: &AnnotationRow, commands: &mut Vec<ViewerCommand>) {
    for (status, word, hint) in [
        (AnnotationStatus::Open, "Open", "It waits for someone"),
        (AnnotationStatus::InProgress, "In progress", "Someone works on it"),
        (AnnotationStatus::Resolved, "Resolved", "It is settled"),
    ] {
        let is_so = row.status == status;
        let choice = mark_button_ui(ui, true, is_so, status.mark().shape, word).on_hover_text(hint);
        if choice.clicked() && !is_so {
            let annotation = row.key;
            ask(commands, SessionCommand::SetStatus { annotation, status });
        }
    }
}

/// Whose the note is to settle; a menu for those who may say so.
fn assignee_ui(ui: &mut Ui, model: &SessionModel, row: &AnnotationRow, commands: &mut Vec<ViewerCommand>) {
    let word = row
        .assignee
        .as_ref()
        .map_or_else(|| "For no one".to_owned(), |(_, name)| format!("For {name}"));
    if !model.may.annotate {
        ui.label(RichText::new(word).small());
        return;
    }
    let assigned = row.assignee.as_ref().map(|(person, _)| *person);
    let mut choose = |ui: &mut Ui, person: Option<u32>, name: &str| {
        if !ui.radio(assigned == person, name).clicked() {
            return;
        }
        if assigned != person {
            let annotation = row.key;
            ask(commands, SessionCommand::Assign { annotation, person });
        }
        ui.close();
    };
    ui.menu_button(word, |ui| {
        choose(ui, None, "No one");
        for person in &model.people {
            choose(ui, Some(person.person), &person.name);
        }
        // Someone who left keeps what is theirs to settle.
        if let Some((person, name)) = &row.assignee
            && model.person(*person).is_none()
        {
            choose(ui, Some(*person), &format!("{name} (not here)"));
        }
    })
    .response
    .on_hover_text("Whose it is to settle");
}

fn actions_ui(ui: &mut Ui, row: &AnnotationRow, view: &mut NotesView, commands: &mut Vec<ViewerCommand>) {
    if !row.is_ours_to_change {
        return;
    }
    let annotation = row.key;
    let is_edited = view.edited.is_some();
    let edit = ui
        .add_enabled(!is_edited, Button::new("Edit"))
        .on_hover_text("Change what the note says");
    if edit.clicked() {
        view.edited = Some(Edited {
            text: row.text.to_string(),
            is_new: true,
        });
    }
    if ui
        .button("Delete")
        .on_hover_text("Take the note away, with its answers; Undo brings it back")
        .clicked()
    {
        ask(commands, SessionCommand::Delete { annotation });
    }
}

fn thread_ui(ui: &mut Ui, model: &SessionModel, row: &AnnotationRow) {
    for (by, text) in &row.replies {
        ui.horizontal_wrapped(|ui| {
            ui.add_space(space::INDENT);
            match model.people.iter().find(|person| person.name == *by) {
                Some(person) => name_ui(ui, by, person.colour),
                None => ui.label(RichText::new(&**by).strong()),
            };
        });
        ui.horizontal(|ui| {
            ui.add_space(space::INDENT);
            ui.add(Label::new(&**text).wrap().selectable(true));
        });
    }
}

fn answer_ui(
    ui: &mut Ui,
    model: &SessionModel,
    row: &AnnotationRow,
    view: &mut NotesView,
    commands: &mut Vec<ViewerCommand>,
) {
    if !model.may.annotate {
        quiet_ui(ui, "An editor, a trainer or the host may answer.");
        return;
    }
    let label = format!("Answer note {}", row.number);
    if let Some(text) = write_ui(ui, &mut view.reply_text, MAX_TEXT_BYTES, &label, "Answer") {
        let annotation = row.key;
        ask(commands, SessionCommand::Reply { annotation, text });
    }
}
