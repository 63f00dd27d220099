//! What the session's panels share: how a person is named, how a prim is linked to, how a text is sent.

use egui::{Key, Response, RichText, Ui};
use gemba_model::PrimPath;

use super::{SessionCommand, SharedView};
use crate::{
    ViewerCommand,
    connections::grouped,
    marks::{Mark, MarkShape, mark_ui, mark_with_word_ui},
    tokens::{color, space},
};

/// The most bytes of a message, a note or an answer that a room takes.
pub(super) const MAX_TEXT_BYTES: usize = 2_000;

/// A disc in a person's colour, and their name in it.
pub(super) fn name_ui(ui: &mut Ui, name: &str, colour: u8) -> Response {
    let color = color::person(colour);
    let disc = Mark {
        shape: MarkShape::Disc,
        color,
        word: "",
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        mark_ui(ui, disc);
        // A long name gives way to what stands beside it; the whole of it is under the cursor.
        ui.add(egui::Label::new(RichText::new(name).strong().color(color)).truncate())
    })
    .inner
}

/// A mark with its word, and a sentence below that says why.
pub(super) fn state_ui(ui: &mut Ui, mark: Mark, reason: &str) {
    mark_with_word_ui(ui, mark);
    if !reason.is_empty() {
        ui.add(egui::Label::new(reason).wrap());
    }
}

/// A text that accompanies, over as many lines as it needs.
pub(super) fn quiet_ui(ui: &mut Ui, text: &str) {
    ui.add(egui::Label::new(RichText::new(text).small().color(color::text_quiet())).wrap());
}

/// A prim by its name, which selects it, and "Go", which also flies there.
pub(super) fn prim_link_ui(ui: &mut Ui, prim: &PrimPath, commands: &mut Vec<ViewerCommand>) {
    let select = ui
        .link(RichText::new(prim.name()).small())
        .on_hover_text(format!("Select {prim}"));
    if select.clicked() {
        commands.push(ViewerCommand::SelectPrim { prim: prim.clone() });
    }
    let go = ui.small_button("Go").on_hover_text("Select it and fly there");
    if go.clicked() {
        commands.push(ViewerCommand::SelectPrim { prim: prim.clone() });
        commands.push(ViewerCommand::FocusPrim { prim: prim.clone() });
    }
}

/// A line to write in with a button beside it; the text, trimmed, when it is sent by Enter or by the button. The field
/// is named `label` for assistive technology and keeps the keyboard, so that one can go on writing.
pub(super) fn write_ui(
    ui: &mut Ui,
    text: &mut String,
    max_bytes: usize,
    label: &str,
    button: &str,
) -> Option<String> {
    ui.horizontal(|ui| {
        let is_too_long = text.len() > max_bytes;
        let can_send = !text.trim().is_empty() && !is_too_long;
        let sent_by_button = ui
            .with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let send = ui.add_enabled(can_send, egui::Button::new(button));
                let send = send.on_disabled_hover_text(if is_too_long {
                    too_long_text(max_bytes)
                } else {
                    "Write something first".to_owned()
                });
                let field = egui::TextEdit::singleline(text)
                    .hint_text(label.to_owned())
                    .desired_width(ui.available_width());
                let field = ui.add(field);
                name_field(ui, &field, label);
                let by_key = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if by_key {
                    field.request_focus();
                }
                send.clicked() || by_key
            })
            .inner;
        (sent_by_button && can_send).then(|| std::mem::take(text).trim().to_owned())
    })
    .inner
}

/// Why a text of more than so many bytes is not sent.
pub(super) fn too_long_text(max_bytes: usize) -> String {
    format!("Too long: a room takes {max_bytes} bytes at once")
}

/// Gives a field without a label beside it a name for assistive technology.
pub(super) fn name_field(ui: &Ui, field: &Response, label: &str) {
    ui.ctx()
        .accesskit_node_builder(field.id, |node| node.set_label(label));
}

/// What is seen beside the eye's place: "cut by 1 plane, 3 prims isolated", "whole plant".
pub(super) fn seen_text(cuts: usize, isolated: usize) -> String {
    let counted = |count: usize, one: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{} {one}{plural}", grouped(count as u64))
    };
    match (cuts, isolated) {
        (0, 0) => "whole plant".to_owned(),
        (cuts, 0) => format!("cut by {}", counted(cuts, "plane")),
        (0, isolated) => format!("{} isolated", counted(isolated, "prim")),
        (cuts, isolated) => format!(
            "cut by {}, {} isolated",
            counted(cuts, "plane"),
            counted(isolated, "prim")
        ),
    }
}

/// What whoever presents shares: "cut by 1 plane, live".
pub(super) fn shared_text(shared: &SharedView) -> String {
    let seen = seen_text(shared.cuts, shared.isolated);
    format!("{seen}, {}", shared.timeline)
}

/// The word and the hint of the button that ends or takes up sharing the presenter's view.
pub(super) fn detach_words(is_detached: bool) -> (&'static str, &'static str) {
    if is_detached {
        (
            "Rejoin",
            "See with the presenter's section, isolation and timeline",
        )
    } else {
        ("Detach", "See with your own section, isolation and timeline")
    }
}

/// "1 person", "3 people".
pub(super) fn people_text(count: usize) -> String {
    if count == 1 {
        "1 person".to_owned()
    } else {
        format!("{count} people")
    }
}

/// Seconds until something, never none before it happens.
pub(super) fn countdown_text(wait: std::time::Duration) -> String {
    format!("{} s", wait.as_millis().div_ceil(1_000).max(1))
}

/// Wraps a request that concerns the session.
pub(super) fn ask(commands: &mut Vec<ViewerCommand>, command: SessionCommand) {
    commands.push(ViewerCommand::Session(command));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_countdown_never_says_that_it_is_over() {
        assert_eq!(countdown_text(Duration::from_millis(3_001)), "4 s");
        assert_eq!(countdown_text(Duration::from_millis(20)), "1 s");
        assert_eq!(countdown_text(Duration::ZERO), "1 s");
    }

    #[test]
    fn what_is_seen_is_said_with_its_counts() {
        assert_eq!(seen_text(0, 0), "whole plant");
        assert_eq!(seen_text(1, 0), "cut by 1 plane");
        assert_eq!(seen_text(0, 1_200), "1 200 prims isolated");
        assert_eq!(seen_text(2, 1), "cut by 2 planes, 1 prim isolated");
    }

    #[test]
    fn one_is_no_people() {
        assert_eq!(people_text(1), "1 person");
        assert_eq!(people_text(12), "12 people");
    }
}
