//! The way into a room: a join link, a name, and how to come by a link.
//!
//! A join link holds a secret. Its field shows dots until a person asks to see it, no hover text or debug output repeats
//! it, and it is forgotten once one is in.

use std::fmt;

use egui::{Button, Key, RichText, TextEdit, Ui, text_edit::TextEditState};

use super::{
    LinkText, SessionCommand, SessionModel, SessionPhase,
    parts::{ask, quiet_ui, state_ui},
};
use crate::{
    ViewerCommand,
    checkbox::checkbox_ui,
    tokens::{color, space, type_size},
};

/// What every join link begins with.
const SCHEME: &str = "gemba://";
/// The most bytes of a name that a room takes.
const MAX_NAME_BYTES: usize = 64;

/// What a person typed to get in.
#[derive(Clone, Default)]
pub struct JoinView {
    link: String,
    name: String,
    link_shown: bool,
    /// The field that the link was typed in.
    link_field: Option<egui::Id>,
}

impl JoinView {
    /// Forgets the link, also what the field keeps to undo typing; the name stays for the next time.
    pub(super) fn forget_link(&mut self, ctx: &egui::Context) {
        self.link.clear();
        self.link_shown = false;
        if let Some(field) = self.link_field.take() {
            TextEdit::store_state(ctx, field, TextEditState::default());
        }
    }
}

impl fmt::Debug for JoinView {
    /// Without the link: it is a credential.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JoinView")
            .field("name", &self.name)
            .field("link_shown", &self.link_shown)
            .finish_non_exhaustive()
    }
}

/// Draws the way in, and why one is out.
pub fn join_ui(ui: &mut Ui, model: &SessionModel, view: &mut JoinView, commands: &mut Vec<ViewerCommand>) {
    ui.add_space(space::S);
    match &model.phase {
        SessionPhase::Refused { reason } | SessionPhase::Ended { reason } => {
            state_ui(ui, model.phase.mark(), reason);
            ui.add_space(space::S);
        }
        _ => {}
    }
    ui.label(RichText::new("Meet in the plant").size(type_size::TITLE).strong());
    quiet_ui(
        ui,
        "Others see where you are and what you point at, and you see them.",
    );
    ui.add_space(space::S);
    fields_ui(ui, view, commands);
    ui.add_space(space::L);
    how_ui(ui);
}

fn fields_ui(ui: &mut Ui, view: &mut JoinView, commands: &mut Vec<ViewerCommand>) {
    let label = ui.label("Join link");
    let field = TextEdit::singleline(&mut view.link)
        .password(!view.link_shown)
        .hint_text("gemba://…")
        .desired_width(f32::INFINITY);
    let link = ui.add(field).labelled_by(label.id);
    view.link_field = Some(link.id);
    checkbox_ui(ui, true, &mut view.link_shown, "Show the link")
        .on_hover_text("Whoever reads a join link can use it");
    let label = ui.label("Your name");
    let field = TextEdit::singleline(&mut view.name)
        .hint_text("as others are to see it")
        .desired_width(f32::INFINITY);
    let name = ui.add(field).labelled_by(label.id);
    quiet_ui(ui, "Only where the link leaves the name open.");
    let by_key = (link.lost_focus() || name.lost_focus()) && ui.input(|input| input.key_pressed(Key::Enter));
    let problem = problem(&view.link, &view.name);
    ui.horizontal_wrapped(|ui| {
        let join = ui.add_enabled(problem.is_none(), Button::new("Join"));
        if let Some(problem) = problem {
            ui.label(RichText::new(problem).small().color(color::text_quiet()));
        } else if join.clicked() || by_key {
            let name = view.name.trim();
            ask(
                commands,
                SessionCommand::Join {
                    link: LinkText(view.link.trim().to_owned()),
                    name: (!name.is_empty()).then(|| name.to_owned()),
                },
            );
        }
    });
}

/// Why this cannot be a way in, as what to do.
fn problem(link: &str, name: &str) -> Option<&'static str> {
    let link = link.trim();
    if link.is_empty() {
        Some("Paste a join link first.")
    } else if !link.starts_with(SCHEME) {
        Some("A join link starts with gemba://")
    } else if link.len() == SCHEME.len() || link.contains(char::is_whitespace) {
        Some("The link is not whole: copy it again.")
    } else if name.trim().len() > MAX_NAME_BYTES {
        Some("The name is too long: 64 bytes at most.")
    } else {
        None
    }
}

/// How to come by a link.
fn how_ui(ui: &mut Ui) {
    quiet_ui(ui, "No link yet? A relay prints one when it starts first:");
    ui.add(egui::Label::new(RichText::new("gemba relay").monospace()).selectable(true));
    quiet_ui(ui, "For others, where the relay runs:");
    let token = "gemba token --room NAME --role editor";
    ui.add(
        egui::Label::new(RichText::new(token).monospace())
            .selectable(true)
            .wrap(),
    );
    quiet_ui(ui, "More in docs/guide/meet-in-the-plant.md.");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_link_is_a_way_in() {
        assert_eq!(problem(" gemba://h:4433/main#token=x \n", "Ana"), None);
        assert_eq!(problem("", ""), Some("Paste a join link first."));
        assert_eq!(
            problem("https://h/main", ""),
            Some("A join link starts with gemba://")
        );
        for broken in ["gemba://", "gemba://h:4433/main#token= x"] {
            assert_eq!(problem(broken, ""), Some("The link is not whole: copy it again."));
        }
        assert!(problem("gemba://h/main", &"ä".repeat(33)).is_some());
    }

    #[test]
    fn debug_output_holds_no_link() {
        let view = JoinView {
            link: "gemba://h/main#token=secret".to_owned(),
            ..JoinView::default()
        };
        assert!(!format!("{view:?}").contains("secret"));
    }
}
