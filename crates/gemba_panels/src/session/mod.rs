//! The session: who is here, what was said, which notes hang in the plant, which views were kept.
//!
//! [`session_ui`] is the panel: outside of a room the way in, inside of one a header and four tabs. [`banner_ui`] floats
//! over the plant and says what changes what one sees: someone else's eyes, someone who presents, a lost room.

mod badge;
mod banner;
mod chat;
mod command;
mod found;
mod header;
mod join;
mod model;
mod new_note;
mod note;
mod notes;
mod parts;
mod people;
mod picture;
mod unread;
mod viewpoints;

use std::sync::Arc;

use egui::{Context, Ui};

use self::{header::header_ui, unread::SeenChat};
use crate::ViewerCommand;

pub(crate) use badge::badge_ui;
pub use banner::banner_ui;
pub use chat::{ChatView, chat_ui};
pub use command::{AnnotationKey, LinkText, SessionCommand, Shape, ViewpointKey};
pub use join::{JoinView, join_ui};
pub use model::{
    AnnotationRow, AnnotationStatus, ChatRow, MarkupRow, PersonRow, Picture, SessionModel, SessionPhase,
    SessionRights, SharedView, ViewpointRow,
};
pub use notes::{NotesView, notes_ui};
pub use people::people_ui;
pub use viewpoints::{ViewpointsView, viewpoints_ui};

/// What a person arranged and types in the session's panel.
#[derive(Clone, Debug, Default)]
pub struct SessionView {
    /// Which tab is shown.
    pub tab: SessionTab,
    /// The link and name being typed.
    pub join: JoinView,
    /// The message being typed.
    pub chat: ChatView,
    /// The note that is opened, the filter, the note and the answer being typed.
    pub notes: NotesView,
    /// The name of a viewpoint being typed.
    pub viewpoints: ViewpointsView,
    seen_chat: SeenChat,
    room: Arc<str>,
}

/// A part of the session's panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionTab {
    /// Who is here.
    #[default]
    People,
    /// What was said.
    Chat,
    /// Which notes hang in the plant.
    Notes,
    /// Which views were kept.
    Viewpoints,
}

impl SessionView {
    /// How many messages came since the chat was last in sight.
    #[must_use]
    pub fn unread(&self, model: &SessionModel) -> usize {
        if self.room == model.room {
            self.seen_chat.unread(&model.chat)
        } else {
            model.chat.len()
        }
    }

    /// Opens this note, whichever tab is shown.
    pub fn open_note(&mut self, note: AnnotationKey) {
        self.tab = SessionTab::Notes;
        self.notes.open(note);
    }

    /// What was typed in one room does not slip into another. A lost room is the same one when it is back.
    pub(crate) fn keep_to_room(&mut self, ctx: &Context, model: &SessionModel) {
        if model.phase == SessionPhase::Joined {
            self.join.forget_link(ctx);
        }
        if self.room != model.room {
            self.room = model.room.clone();
            self.chat = ChatView::default();
            self.notes = NotesView::default();
            self.viewpoints = ViewpointsView::default();
            self.seen_chat = SeenChat::default();
        }
    }
}

/// Draws the session: the way in, or the room.
pub fn session_ui(
    ui: &mut Ui,
    model: &SessionModel,
    view: &mut SessionView,
    commands: &mut Vec<ViewerCommand>,
) {
    view.keep_to_room(ui.ctx(), model);
    if !model.phase.has_room() {
        join_ui(ui, model, &mut view.join, commands);
        return;
    }
    header_ui(ui, model, commands);
    ui.separator();
    ui.horizontal_wrapped(|ui| {
        let chat = match view.unread(model) {
            0 => "Chat".to_owned(),
            unread => format!("Chat, {unread} unread"),
        };
        let notes = format!("Notes {}", model.unresolved());
        let viewpoints = format!("Viewpoints {}", model.viewpoints.len());
        for (tab, word) in [
            (SessionTab::People, "People".to_owned()),
            (SessionTab::Chat, chat),
            (SessionTab::Notes, notes),
            (SessionTab::Viewpoints, viewpoints),
        ] {
            if ui.selectable_label(view.tab == tab, word).clicked() {
                view.tab = tab;
            }
        }
    });
    ui.separator();
    match view.tab {
        SessionTab::People => people_ui(ui, model, commands),
        SessionTab::Chat => {
            view.seen_chat.mark(&model.chat);
            chat_ui(ui, model, &mut view.chat, commands);
        }
        SessionTab::Notes => notes_ui(ui, model, &mut view.notes, commands),
        SessionTab::Viewpoints => viewpoints_ui(ui, model, &mut view.viewpoints, commands),
    }
}
