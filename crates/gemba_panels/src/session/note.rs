//! One opened note: what it says, where, whose it is, what was answered, and what can be done with it.

use egui::{Frame, Label, Panel, RichText, ScrollArea, Ui};

use super::{
    AnnotationRow, AnnotationStatus, NotesView, SessionCommand, SessionModel,
    parts::{ask, name_ui, prim_link_ui, quiet_ui, write_ui},
};
use crate::{
    ViewerCommand,
    inspector::age_text,
    marks::mark_with_word_ui,
    tokens::{color, space},
};

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
                mark_with_word_ui(ui, row.status.mark());
                name_ui(ui, &row.by, row.colour);
                let age = RichText::new(format!("{} ago", age_text(row.age)));
                ui.label(age.small().color(color::TEXT_QUIET));
            });
            ui.add(Label::new(&*row.text).wrap().selectable(true));
            ui.horizontal(|ui| {
                ui.label(RichText::new("on").small().color(color::TEXT_QUIET));
                prim_link_ui(ui, &row.prim, commands);
            });
            ui.horizontal_wrapped(|ui| {
                assignee_ui(ui, model, row, commands);
                actions_ui(ui, row, commands);
            });
            ui.add_space(space::S);
            thread_ui(ui, model, row);
        });
}

/// Whose the note is to settle; a menu for those who may change it.
fn assignee_ui(ui: &mut Ui, model: &SessionModel, row: &AnnotationRow, commands: &mut Vec<ViewerCommand>) {
    let word = row
        .assignee
        .as_ref()
        .map_or_else(|| "For no one".to_owned(), |(_, name)| format!("For {name}"));
    if !row.is_ours_to_change {
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

fn actions_ui(ui: &mut Ui, row: &AnnotationRow, commands: &mut Vec<ViewerCommand>) {
    if !row.is_ours_to_change {
        return;
    }
    let annotation = row.key;
    let is_resolved = row.status == AnnotationStatus::Resolved;
    let (word, hint) = if is_resolved {
        ("Reopen", "It is not settled after all")
    } else {
        ("Resolve", "It is settled")
    };
    if ui.button(word).on_hover_text(hint).clicked() {
        let status = if is_resolved {
            AnnotationStatus::Open
        } else {
            AnnotationStatus::Resolved
        };
        ask(commands, SessionCommand::SetStatus { annotation, status });
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
    if let Some(text) = write_ui(ui, &mut view.reply_text, &label, "Answer") {
        let annotation = row.key;
        ask(commands, SessionCommand::Reply { annotation, text });
    }
}
