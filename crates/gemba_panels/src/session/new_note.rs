//! How a note is left: as a text, as an arrow or a line drawn in the plant, or with a picture of what one sees.
//!
//! A pen waits for a drag in the view, so what is written meanwhile goes with it: the app is told of each change. The
//! field is emptied once the note is there, not when the pen is taken: who puts the pen away keeps the words.

use egui::{Key, TextEdit, Ui};

use super::{
    NotesView, SessionCommand, SessionModel, Shape,
    parts::{MAX_TEXT_BYTES, ask, name_field, quiet_ui, too_long_text},
};
use crate::{
    ViewerCommand,
    marks::{MarkShape, mark_button_ui},
};

/// What a pen that was taken is to say, and the newest note before it.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    text: String,
    newest_before: usize,
}

/// What to do with the pen.
pub(super) fn pen_text(shape: Shape) -> &'static str {
    match shape {
        Shape::Arrow => "Drag from where the arrow starts to what it points to · Esc puts the pen away",
        Shape::Stroke => "Drag along what you want to mark · Esc puts the pen away",
    }
}

/// Draws the line to write in and the four ways to leave a note.
pub(super) fn new_note_ui(
    ui: &mut Ui,
    model: &SessionModel,
    view: &mut NotesView,
    commands: &mut Vec<ViewerCommand>,
) {
    if !model.may.annotate {
        quiet_ui(ui, "An editor, a trainer or the host may leave notes.");
        return;
    }
    empty_when_drawn(model, view);
    let is_sent_by_key = field_ui(ui, model, view, commands);
    ui.horizontal_wrapped(|ui| ways_ui(ui, model, view, is_sent_by_key, commands));
    if let Some(shape) = model.pen {
        quiet_ui(ui, pen_text(shape));
    } else if model.selected.is_none() {
        quiet_ui(
            ui,
            "For a text or a picture, first select what it is about: click it in the plant.",
        );
    }
}

/// The note that the pen was taken for is there: its words are not for the next one.
fn empty_when_drawn(model: &SessionModel, view: &mut NotesView) {
    let Some(pending) = &view.pending else { return };
    let is_there = model
        .annotations
        .iter()
        .take_while(|row| row.number > pending.newest_before)
        .any(|row| *row.text == *pending.text);
    if is_there {
        if view.new_text.trim() == pending.text {
            view.new_text.clear();
        }
        view.pending = None;
    }
}

/// True when the text is sent as a note by Enter.
fn field_ui(
    ui: &mut Ui,
    model: &SessionModel,
    view: &mut NotesView,
    commands: &mut Vec<ViewerCommand>,
) -> bool {
    let label = match &model.selected {
        Some(prim) => format!("New note on {}", prim.name()),
        None => "New note".to_owned(),
    };
    let field = TextEdit::singleline(&mut view.new_text)
        .hint_text(label.as_str())
        .desired_width(f32::INFINITY);
    let field = ui.add(field);
    name_field(ui, &field, &label);
    if field.changed()
        && let Some(shape) = model.pen
        && view.new_text.len() <= MAX_TEXT_BYTES
    {
        take_pen(model, view, shape, commands);
    }
    let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if is_entered {
        field.request_focus();
    }
    is_entered && model.pen.is_none()
}

fn ways_ui(
    ui: &mut Ui,
    model: &SessionModel,
    view: &mut NotesView,
    is_sent_by_key: bool,
    commands: &mut Vec<ViewerCommand>,
) {
    let why_not = |needs_text: bool, needs_selection: bool| {
        if view.new_text.len() > MAX_TEXT_BYTES {
            Some(too_long_text(MAX_TEXT_BYTES))
        } else if needs_selection && model.selected.is_none() {
            Some("Select what it is about first".to_owned())
        } else if needs_text && view.new_text.trim().is_empty() {
            Some("Write something first".to_owned())
        } else {
            None
        }
    };
    let (no_text, no_pen, no_picture) = (why_not(true, true), why_not(false, false), why_not(false, true));
    let way = |ui: &mut Ui, is_on: bool, shape, word, hint: &str, why_not: &Option<String>| {
        let button = mark_button_ui(ui, why_not.is_none(), is_on, shape, word).on_hover_text(hint);
        match why_not {
            Some(why) => button.on_disabled_hover_text(why).clicked(),
            None => button.clicked(),
        }
    };
    let hint = "Leave the text on what is selected (Enter)";
    let is_text = way(ui, false, MarkShape::Lines, "Text", hint, &no_text);
    let hint = "Draw an arrow in the plant: the next drag in the view";
    let is_on = model.pen == Some(Shape::Arrow);
    let is_arrow = way(ui, is_on, MarkShape::Arrow, "Arrow", hint, &no_pen);
    let hint = "Draw by hand on the plant: the next drag in the view";
    let is_on = model.pen == Some(Shape::Stroke);
    let is_stroke = way(ui, is_on, MarkShape::Wave, "Freehand", hint, &no_pen);
    let hint = "Leave a picture of what you see on what is selected";
    let is_picture = way(ui, false, MarkShape::Picture, "Picture", hint, &no_picture);
    if is_text || is_sent_by_key && no_text.is_none() {
        let text = std::mem::take(&mut view.new_text).trim().to_owned();
        ask(commands, SessionCommand::Annotate { text });
    }
    if is_picture {
        let text = std::mem::take(&mut view.new_text).trim().to_owned();
        ask(commands, SessionCommand::Capture { text });
    }
    for (is_chosen, shape) in [(is_arrow, Shape::Arrow), (is_stroke, Shape::Stroke)] {
        if is_chosen && model.pen == Some(shape) {
            ask(commands, SessionCommand::DropPen);
        } else if is_chosen {
            take_pen(model, view, shape, commands);
        }
    }
}

fn take_pen(model: &SessionModel, view: &mut NotesView, shape: Shape, commands: &mut Vec<ViewerCommand>) {
    let text = view.new_text.trim().to_owned();
    view.pending = (!text.is_empty()).then(|| Pending {
        text: text.clone(),
        newest_before: model.annotations.first().map_or(0, |row| row.number),
    });
    ask(commands, SessionCommand::TakePen { shape, text });
}
