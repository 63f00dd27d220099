//! The chat: what was said, newest below, with links into the plant.

use egui::{Frame, Label, Panel, RichText, ScrollArea, Ui};

use super::{
    ChatRow, SessionCommand, SessionModel, SessionPhase,
    parts::{MAX_TEXT_BYTES, ask, name_ui, prim_link_ui, quiet_ui, write_ui},
};
use crate::{
    ViewerCommand,
    checkbox::checkbox_ui,
    connections::grouped,
    inspector::age_text,
    tokens::{color, space},
};

/// Messages that are shown at first, and how many more each time a person asks.
const PAGE: usize = 100;

/// What a person types and how far back they look.
#[derive(Clone, Debug, Default)]
pub struct ChatView {
    text: String,
    links_selection: bool,
    earlier_pages: usize,
}

/// Draws the chat: the messages, and below them a line to write in.
pub fn chat_ui(ui: &mut Ui, model: &SessionModel, view: &mut ChatView, commands: &mut Vec<ViewerCommand>) {
    Panel::bottom("session-chat-write")
        .frame(Frame::NONE)
        .resizable(false)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.add_space(space::S);
            compose_ui(ui, model, view, commands);
        });
    if model.chat.is_empty() {
        quiet_ui(ui, "Nothing was said yet.");
        return;
    }
    let shown = PAGE.saturating_mul(view.earlier_pages + 1);
    let earlier = model.chat.len().saturating_sub(shown);
    ScrollArea::vertical()
        .id_salt("session-chat")
        .auto_shrink([false, false])
        // The newest stays in sight, unless a person scrolled up to read.
        .stick_to_bottom(true)
        .show(ui, |ui| {
            if earlier > 0 {
                let text = format!("Show earlier ({})", grouped(earlier as u64));
                if ui.button(text).clicked() {
                    view.earlier_pages += 1;
                }
            }
            for row in &model.chat[earlier..] {
                row_ui(ui, row, commands);
                ui.add_space(space::S);
            }
        });
}

fn row_ui(ui: &mut Ui, row: &ChatRow, commands: &mut Vec<ViewerCommand>) {
    ui.horizontal(|ui| {
        name_ui(ui, &row.by, row.colour);
        ui.label(
            RichText::new(format!("{} ago", age_text(row.age)))
                .small()
                .color(color::text_quiet()),
        );
    });
    ui.add(Label::new(&*row.text).wrap().selectable(true));
    if !row.prims.is_empty() {
        ui.horizontal_wrapped(|ui| {
            for prim in &row.prims {
                prim_link_ui(ui, prim, commands);
            }
        });
    }
}

fn compose_ui(ui: &mut Ui, model: &SessionModel, view: &mut ChatView, commands: &mut Vec<ViewerCommand>) {
    if let Some(prim) = &model.selected {
        checkbox_ui(
            ui,
            true,
            &mut view.links_selection,
            &format!("Link {}", prim.name()),
        )
        .on_hover_text(format!("The message leads to {prim}"));
    }
    if model.phase != SessionPhase::Joined {
        quiet_ui(
            ui,
            "The room is out of reach. What you write goes out when it is back.",
        );
    }
    if let Some(text) = write_ui(ui, &mut view.text, MAX_TEXT_BYTES, "Say something", "Send") {
        ask(
            commands,
            SessionCommand::Say {
                text,
                links_selection: view.links_selection && model.selected.is_some(),
            },
        );
        // A link is meant for one message: the next is about something else, or says so.
        view.links_selection = false;
    }
}
