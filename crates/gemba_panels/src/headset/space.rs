//! A panel in the plant, with the head by which it is moved, pinned and closed.

use egui::{Align, CornerRadius, Frame, Layout, Margin, RichText, Sense, Ui, UiBuilder};

use super::{HeadsetCommand, PanelPin};
use crate::{
    DesktopModel, DesktopView, PanelKind, ViewerCommand,
    layout::{panel_ui, title},
    tokens::{color, outline, space, type_size},
};

/// Width and height of a panel in the plant, in points.
pub const SPACE_PANEL_SIZE_PT: [f32; 2] = [400.0, 460.0];
const HEAD_PT: f32 = 34.0;

/// Draws a panel that fills `ui`, and its head; true while it is dragged by the head.
pub fn space_panel_ui(
    ui: &mut Ui,
    panel: PanelKind,
    pin: PanelPin,
    model: &DesktopModel,
    view: &mut DesktopView,
    commands: &mut Vec<ViewerCommand>,
) -> bool {
    let whole = ui.max_rect();
    let painter = ui.painter();
    painter.rect_filled(whole, CornerRadius::ZERO, color::panel());
    let (mut head, mut body) = (whole, whole);
    head.set_bottom(whole.top() + HEAD_PT);
    body.set_top(head.bottom());
    painter.rect_filled(head, CornerRadius::ZERO, color::raised());
    // Before what lies on it, so that a button takes its own clicks.
    let handle = ui.interact(head, ui.id().with("head"), Sense::drag());
    let row = UiBuilder::new()
        .max_rect(head.shrink2(egui::vec2(space::M, 0.0)))
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(row, |ui| head_ui(ui, panel, pin, &title(model, panel), commands));
    ui.scope_builder(UiBuilder::new().max_rect(body), |ui| {
        Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
            panel_ui(ui, panel, model, view, commands);
        });
    });
    ui.painter().rect_stroke(
        whole,
        CornerRadius::ZERO,
        if handle.dragged() || handle.hovered() {
            egui::Stroke::new(2.0, color::accent())
        } else {
            outline()
        },
        egui::StrokeKind::Inside,
    );
    handle.dragged()
}

fn head_ui(ui: &mut Ui, panel: PanelKind, pin: PanelPin, title: &str, commands: &mut Vec<ViewerCommand>) {
    let mut ask = |command| commands.push(ViewerCommand::Headset(command));
    ui.label(RichText::new(title).size(type_size::TITLE).strong());
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if ui.button("Close").on_hover_text("Put this panel away").clicked() {
            ask(HeadsetCommand::ClosePanel { panel });
        }
        for wanted in PanelPin::ALL.into_iter().rev() {
            if ui
                .selectable_label(pin == wanted, wanted.word())
                .on_hover_text(wanted.hint())
                .clicked()
            {
                ask(HeadsetCommand::PinPanel { panel, pin: wanted });
            }
        }
    });
}
