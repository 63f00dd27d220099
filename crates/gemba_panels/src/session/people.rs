//! The people in the room: who they are, what they do, and what one can do with them.

use egui::{Frame, RichText, ScrollArea, Ui};

use super::{
    PersonRow, SessionCommand, SessionModel,
    parts::{ask, name_ui, prim_link_ui, quiet_ui},
};
use crate::{
    ViewerCommand,
    inspector::age_text,
    tokens::{color, space},
};

/// Roles that can be given, as the room words them, and what each may.
const ROLES: [(&str, &str); 5] = [
    ("viewer", "Looks, points, follows and talks"),
    ("editor", "Also makes notes, and sets section and isolation"),
    ("host", "Also leads, gives roles and removes people"),
    ("trainee", "Does a procedure: looks, points and talks"),
    ("trainer", "Leads a training: an editor who also leads"),
];

/// Draws the list of people.
pub fn people_ui(ui: &mut Ui, model: &SessionModel, commands: &mut Vec<ViewerCommand>) {
    if model.people.is_empty() {
        quiet_ui(ui, "Nobody is here yet.");
        return;
    }
    ScrollArea::vertical()
        .id_salt("session-people")
        .auto_shrink([false, false])
        .show(ui, |ui| {
            for row in &model.people {
                // Rows keep their ids when people come and go, so an open menu stays the right person's.
                ui.push_id(("person", row.person), |ui| row_ui(ui, model, row, commands));
                ui.add_space(space::XS);
            }
        });
}

fn row_ui(ui: &mut Ui, model: &SessionModel, row: &PersonRow, commands: &mut Vec<ViewerCommand>) {
    Frame::new()
        .fill(color::stripe())
        .corner_radius(space::RADIUS)
        .inner_margin(space::S)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    actions_ui(ui, model, row, commands);
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        name_ui(ui, &row.name, row.colour);
                    });
                });
            });
            ui.horizontal_wrapped(|ui| {
                if row.is_you {
                    ui.label(RichText::new("you").small());
                }
                ui.label(RichText::new(row.role).small());
                ui.label(RichText::new(seen_text(row)).small().color(color::text_quiet()));
                if let Some(followed) = &row.following {
                    ui.label(RichText::new(format!("follows {followed}")).small());
                }
            });
            if let Some(of_another) = &row.of_another {
                ui.add(egui::Label::new(RichText::new(of_another).small().color(color::warning())).wrap());
            }
            if let Some(prim) = &row.selected {
                ui.horizontal(|ui| {
                    ui.label(RichText::new("has selected").small().color(color::text_quiet()));
                    prim_link_ui(ui, prim, commands);
                });
            }
        });
}

fn actions_ui(ui: &mut Ui, model: &SessionModel, row: &PersonRow, commands: &mut Vec<ViewerCommand>) {
    if model.may.manage {
        manage_ui(ui, row, commands);
    }
    if row.is_you {
        return;
    }
    if model.following == Some(row.person) {
        if ui
            .button("Go solo")
            .on_hover_text("See with your own eyes again (Esc)")
            .clicked()
        {
            ask(commands, SessionCommand::GoSolo);
        }
    } else if ui
        .button("Follow")
        .on_hover_text("See with their eyes until you move")
        .clicked()
    {
        ask(commands, SessionCommand::Follow { person: row.person });
    }
}

/// Roles, and removal one menu deeper: it is not to happen by a slip.
fn manage_ui(ui: &mut Ui, row: &PersonRow, commands: &mut Vec<ViewerCommand>) {
    let menu = ui.menu_button("Manage", |ui| {
        ui.label(RichText::new("Role").small().color(color::text_quiet()));
        for (role, may) in ROLES {
            let is_theirs = row.role == role;
            let choice = ui.radio(is_theirs, role).on_hover_text(may);
            if choice.clicked() {
                if !is_theirs {
                    ask(
                        commands,
                        SessionCommand::GiveRole {
                            person: row.person,
                            role: role.to_owned(),
                        },
                    );
                }
                ui.close();
            }
        }
        if !row.is_you {
            ui.separator();
            ui.menu_button("Remove", |ui| {
                let remove = ui.button(
                    RichText::new(format!("Remove {} from the room", row.name)).color(color::error()),
                );
                if remove.clicked() {
                    ask(commands, SessionCommand::Remove { person: row.person });
                    ui.close();
                }
            });
        }
    });
    menu.response
        .on_hover_text(format!("Role and place of {}", row.name));
}

/// How fresh what one sees of them is.
fn seen_text(row: &PersonRow) -> String {
    match row.seen {
        _ if row.is_you => "here".to_owned(),
        None => "not seen yet".to_owned(),
        Some(age) if age.as_secs() < 2 => "here now".to_owned(),
        Some(age) => format!("last seen {} ago", age_text(age)),
    }
}
