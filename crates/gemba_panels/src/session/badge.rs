//! The session in the status bar: one mark, one word, and how much was said meanwhile.

use egui::{Frame, Margin, RichText, Stroke, Ui};

use super::{
    SessionModel, SessionPhase,
    parts::{countdown_text, people_text},
};
use crate::{
    connections::grouped,
    marks::mark_ui,
    tokens::{color, space},
};

/// Draws the badge, in a row from right to left, nothing outside of a session; true when a person asks to see the session.
pub(crate) fn badge_ui(ui: &mut Ui, model: &SessionModel, unread: usize) -> bool {
    let Some(text) = text(model) else {
        return false;
    };
    let mark = model.phase.mark();
    Frame::new()
        .stroke(Stroke::new(1.0, mark.color))
        .corner_radius(space::RADIUS)
        .inner_margin(Margin::symmetric(6, 1))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                ui.spacing_mut().interact_size.y = 0.0;
                ui.spacing_mut().button_padding = egui::Vec2::ZERO;
                if unread > 0 {
                    let unread = format!("{} unread", grouped(unread as u64));
                    ui.label(RichText::new(unread).small().color(color::text()));
                }
                let text = RichText::new(text).small().strong().color(mark.color);
                let session = ui
                    .add(egui::Button::new(text).frame(false))
                    .on_hover_text("Show the people, the chat and the notes");
                mark_ui(ui, mark);
                session.clicked()
            })
            .inner
        })
        .inner
}

fn text(model: &SessionModel) -> Option<String> {
    Some(match &model.phase {
        SessionPhase::None => return None,
        SessionPhase::Connecting => format!("{} · connecting", model.room),
        SessionPhase::Joined => format!("{} · {}", model.room, people_text(model.people.len())),
        SessionPhase::Offline { retry_in, .. } => {
            format!("offline, next try in {}", countdown_text(*retry_in))
        }
        SessionPhase::Refused { .. } => "session refused".to_owned(),
        SessionPhase::Ended { .. } => "session ended".to_owned(),
    })
}
