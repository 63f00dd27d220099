//! The banner: what a drag draws, whose eyes one sees with, who presents, and that the room is out of reach. It floats over the plant and
//! takes no room from it.

use egui::{Align2, Color32, Frame, Label, Margin, Order, Rect, RichText, Stroke, Ui};

use super::{
    SessionCommand, SessionModel, SessionPhase, Shape, SharedView,
    new_note::pen_text,
    parts::{ask, countdown_text, detach_words, shared_text},
};
use crate::{
    ViewerCommand,
    marks::{Mark, MarkShape, mark_ui},
    tokens::{color, space},
};

/// One line of the banner.
struct Line {
    mark: Mark,
    text: String,
    /// What accompanies it.
    more: Option<String>,
    action: Option<(&'static str, SessionCommand)>,
}

impl Line {
    fn disc(color: Color32, text: String) -> Self {
        let mark = Mark {
            shape: MarkShape::Disc,
            color,
            word: "",
        };
        Self {
            mark,
            text,
            more: None,
            action: None,
        }
    }
}

/// Draws the banner at the top of `view`, the part of the screen that shows the plant; nothing when there is nothing
/// to say.
pub fn banner_ui(ui: &mut Ui, view: Rect, model: &SessionModel, commands: &mut Vec<ViewerCommand>) {
    // What the view leaves beside the mark, the countdown, the button and the frame.
    let text_width_pt = (view.width() - 14.0 * space::L).max(120.0);
    let mut top_center = view.center_top() + egui::vec2(0.0, space::S);
    for (at, line) in lines(model).into_iter().enumerate() {
        // Each line is as wide as its words, so each floats for itself.
        let area = egui::Area::new(egui::Id::new(("gemba-session-banner", at)))
            .order(Order::Middle)
            .pivot(Align2::CENTER_TOP)
            .fixed_pos(top_center)
            .constrain_to(view)
            .show(ui.ctx(), |ui| line_ui(ui, line, text_width_pt, commands));
        top_center.y = area.response.rect.bottom() + space::XS;
    }
}

/// What there is to say, the most pressing first.
fn lines(model: &SessionModel) -> Vec<Line> {
    let mut lines = Vec::new();
    if let SessionPhase::Offline { reason, retry_in } = &model.phase {
        lines.push(Line {
            mark: model.phase.mark(),
            text: format!("Offline: {reason}"),
            more: Some(format!("next try in {}", countdown_text(*retry_in))),
            action: Some(("Try now", SessionCommand::Retry)),
        });
    }
    if !model.phase.has_room() {
        return lines;
    }
    let named = |number: u32| {
        let row = model.person(number);
        let name = row.map_or("someone", |row| &row.name);
        let color = row.map_or(color::accent(), |row| color::person(row.colour));
        (name.to_owned(), color)
    };
    if let Some(shape) = model.pen {
        lines.push(pen_line(shape));
    }
    if let Some(number) = model.following {
        let (name, color) = named(number);
        lines.push(Line {
            action: Some(("Go solo (Esc)", SessionCommand::GoSolo)),
            ..Line::disc(color, format!("You see with {name}'s eyes"))
        });
    }
    if let Some(number) = model.presenter {
        let (name, color) = named(number);
        lines.push(if model.you == Some(number) {
            Line {
                // A lost room cannot be told to stop.
                action: (model.phase == SessionPhase::Joined)
                    .then_some(("Stop", SessionCommand::Present { on: false })),
                ..Line::disc(color, "You present".to_owned())
            }
        } else {
            Line {
                more: model.shared.as_ref().map(more_text),
                action: model.shared.as_ref().map(|shared| {
                    let on = !shared.is_detached;
                    (detach_words(shared.is_detached).0, SessionCommand::Detach { on })
                }),
                ..Line::disc(color, format!("{name} presents"))
            }
        });
    }
    lines
}

/// What the next drag draws. Whoever holds the pen moves no eye, so this is said where they look.
fn pen_line(shape: Shape) -> Line {
    let mark = Mark {
        shape: match shape {
            Shape::Arrow => MarkShape::Arrow,
            Shape::Stroke => MarkShape::Wave,
        },
        color: color::accent(),
        word: "",
    };
    Line {
        mark,
        text: pen_text(shape).to_owned(),
        more: None,
        action: Some(("Put the pen away", SessionCommand::DropPen)),
    }
}

fn more_text(shared: &SharedView) -> String {
    if shared.is_detached {
        "you see for yourself".to_owned()
    } else {
        shared_text(shared)
    }
}

fn line_ui(ui: &mut Ui, line: Line, text_width_pt: f32, commands: &mut Vec<ViewerCommand>) {
    Frame::new()
        .fill(color::panel())
        .stroke(Stroke::new(2.0, line.mark.color))
        .corner_radius(space::RADIUS)
        .inner_margin(Margin::symmetric(12, 4))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                mark_ui(ui, line.mark);
                ui.scope(|ui| {
                    ui.set_max_width(text_width_pt);
                    ui.add(Label::new(RichText::new(line.text).strong().color(line.mark.color)).wrap());
                });
                if let Some(more) = line.more {
                    ui.label(RichText::new(more).small().color(color::text_quiet()));
                }
                if let Some((word, command)) = line.action
                    && ui.button(word).clicked()
                {
                    ask(commands, command);
                }
            });
        });
}
