//! The session's header: which room, how the link is, and what one can ask of the whole room.

use std::time::Duration;

use egui::{Button, RichText, Ui};

use super::{
    SessionCommand, SessionModel, SessionPhase, SharedView,
    parts::{ask, countdown_text, detach_words, quiet_ui, shared_text, state_ui},
};
use crate::{
    ViewerCommand,
    connections::grouped,
    marks::{Mark, MarkShape, mark_ui},
    tokens::{color, type_size},
};

/// Who may lead, for those who may not.
const WHO_LEADS: &str = "A trainer or the host may";
/// Who may change the room, for those who may not.
const WHO_CHANGES: &str = "An editor, a trainer or the host may";
/// How long the button points: long enough for heads to turn, as long as the key does.
const POINT_MILLIS: u32 = 4_000;

/// Draws the header.
pub(super) fn header_ui(ui: &mut Ui, model: &SessionModel, commands: &mut Vec<ViewerCommand>) {
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if let Some(round_trip) = model.round_trip {
                let text = RichText::new(millis_text(round_trip))
                    .small()
                    .color(color::text_quiet());
                ui.label(text).on_hover_text("To the relay and back");
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let room = RichText::new(&*model.room).size(type_size::TITLE).strong();
                ui.add(egui::Label::new(room).truncate());
            });
        });
    });
    ui.horizontal(|ui| {
        state_ui(ui, model.phase.mark(), "");
        if model.in_flight > 0 {
            let text = format!("{} on the way", grouped(model.in_flight as u64));
            ui.label(RichText::new(text).small().color(color::text_quiet()))
                .on_hover_text("Changes that the relay has not answered");
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            way_out_ui(ui, model, commands);
        });
    });
    if let SessionPhase::Offline { reason, retry_in } = &model.phase {
        ui.add(egui::Label::new(reason.as_str()).wrap());
        ui.horizontal(|ui| {
            quiet_ui(ui, &format!("next try in {}", countdown_text(*retry_in)));
            if ui.button("Try now").clicked() {
                ask(commands, SessionCommand::Retry);
            }
        });
    }
    if let Some(notice) = &model.notice {
        notice_ui(ui, notice);
    }
    if let Some(other) = &model.other_plant {
        notice_ui(ui, other);
        if model.may.manage
            && ui
                .button("Make this the room's plant")
                .on_hover_text("Everyone else is told that they have another one open")
                .clicked()
        {
            ask(commands, SessionCommand::AdoptPlant);
        }
    }
    ui.horizontal_wrapped(|ui| room_actions_ui(ui, model, commands));
    if let Some(shared) = &model.shared {
        shared_ui(ui, shared, commands);
    }
}

/// What whoever presents shares with us, and the way out of it or back.
fn shared_ui(ui: &mut Ui, shared: &SharedView, commands: &mut Vec<ViewerCommand>) {
    let (by, what) = (&shared.by, shared_text(shared));
    let text = if shared.is_detached {
        format!("You see for yourself; {by} shows: {what}")
    } else {
        format!("You see with {by}: {what}")
    };
    ui.horizontal_top(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
            let (word, hint) = detach_words(shared.is_detached);
            if ui.button(word).on_hover_text(hint).clicked() {
                let on = !shared.is_detached;
                ask(commands, SessionCommand::Detach { on });
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Min), |ui| {
                ui.add(egui::Label::new(text).wrap());
            });
        });
    });
}

fn way_out_ui(ui: &mut Ui, model: &SessionModel, commands: &mut Vec<ViewerCommand>) {
    if ui
        .button("Leave")
        .on_hover_text("Leave the room; the others stay")
        .clicked()
    {
        ask(commands, SessionCommand::Leave);
    }
    if model.may.manage && model.phase == SessionPhase::Joined {
        // Behind a menu: it sends everyone away.
        ui.menu_button("End…", |ui| {
            if ui.button("End the session for everyone").clicked() {
                ask(commands, SessionCommand::End);
                ui.close();
            }
        });
    }
}

fn notice_ui(ui: &mut Ui, notice: &str) {
    ui.horizontal_top(|ui| {
        mark_ui(
            ui,
            Mark {
                shape: MarkShape::Triangle,
                color: color::warning(),
                word: "",
            },
        );
        ui.add(egui::Label::new(RichText::new(notice).color(color::warning())).wrap());
    });
}

fn room_actions_ui(ui: &mut Ui, model: &SessionModel, commands: &mut Vec<ViewerCommand>) {
    let is_joined = model.phase == SessionPhase::Joined;
    let why_no_lead = if model.may.lead {
        "Not while the room is out of reach"
    } else {
        WHO_LEADS
    };
    let can_lead = model.may.lead && is_joined;
    let bring = ui
        .add_enabled(can_lead, Button::new("Bring everyone"))
        .on_hover_text("Everyone comes to where you stand")
        .on_disabled_hover_text(why_no_lead);
    if bring.clicked() {
        ask(commands, SessionCommand::BringEveryone);
    }
    let presents = model.you.is_some() && model.presenter == model.you;
    let word = if presents { "Stop presenting" } else { "Present" };
    let present = ui
        .add_enabled(
            can_lead,
            Button::selectable(presents, word).frame_when_inactive(true),
        )
        .on_hover_text(
            "Everyone sees with your section, isolation and timeline until you stop; each keeps their own eyes",
        )
        .on_disabled_hover_text(why_no_lead);
    if present.clicked() {
        ask(commands, SessionCommand::Present { on: !presents });
    }
    let point = ui
        .add_enabled(is_joined, Button::new("Point"))
        .on_hover_text(
            "Show everyone what is selected, or what is straight ahead. P points at what is under the cursor",
        )
        .on_disabled_hover_text("Not while the room is out of reach");
    if point.clicked() {
        let for_millis = POINT_MILLIS;
        ask(commands, SessionCommand::Point { for_millis });
    }
    let undo = ui
        .add_enabled(model.may.annotate, Button::new("Undo"))
        .on_hover_text("Take back your newest change of the room")
        .on_disabled_hover_text(WHO_CHANGES);
    if undo.clicked() {
        ask(commands, SessionCommand::Undo);
    }
}

/// A short time in milliseconds, exact where it is short.
fn millis_text(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1_000.0;
    if millis < 10.0 {
        format!("{millis:.1} ms")
    } else {
        format!("{millis:.0} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_has_no_false_precision() {
        assert_eq!(millis_text(Duration::from_micros(1_240)), "1.2 ms");
        assert_eq!(millis_text(Duration::from_micros(48_700)), "49 ms");
    }
}
