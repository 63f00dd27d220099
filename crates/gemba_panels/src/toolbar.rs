//! The bar on top: which plant, how to move, where to look.

use egui::{RichText, Ui};

use crate::{
    NavigationMode, ViewerCommand,
    checkbox::checkbox_ui,
    tokens::{color, space},
    view_cube::views_menu_ui,
};

/// What the bar shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolbarModel {
    /// The open file's name; empty when none is open.
    pub plant: String,
    /// How mouse and keys move the eye.
    pub mode: NavigationMode,
    /// Whether value labels are shown.
    pub labels_shown: bool,
    /// Whether prims of purpose `guide` are shown.
    pub guides_shown: bool,
    /// Whether lines along edges are drawn.
    pub edges_shown: bool,
    /// Whether someone is in the headset.
    pub in_vr: bool,
    /// Plants that were opened before, newest first.
    pub recent: Vec<std::path::PathBuf>,
    /// The scene's cameras.
    pub cameras: Vec<(gemba_model::PrimPath, String)>,
}

/// Draws the bar.
pub fn toolbar_ui(ui: &mut Ui, model: &ToolbarModel, commands: &mut Vec<ViewerCommand>) {
    ui.spacing_mut().item_spacing.x = space::XS;
    for (mode, word, hint) in [
        (
            NavigationMode::Orbit,
            "Orbit",
            "Turn about what is under the cursor (1)",
        ),
        (NavigationMode::Walk, "Walk", "Walk on floors, W A S D (2)"),
        (NavigationMode::Fly, "Fly", "Fly freely, W A S D Q E (3)"),
    ] {
        if ui
            .selectable_label(model.mode == mode, word)
            .on_hover_text(hint)
            .clicked()
        {
            commands.push(ViewerCommand::SetNavigation { mode });
        }
    }
    ui.separator();
    if ui
        .button("Whole plant")
        .on_hover_text("See everything (F with nothing selected)")
        .clicked()
    {
        commands.push(ViewerCommand::FrameAll);
    }
    if ui
        .button("Home")
        .on_hover_text("Back to the first view (Home)")
        .clicked()
    {
        commands.push(ViewerCommand::GoHome);
    }
    views_menu_ui(ui, commands);
    if !model.cameras.is_empty() {
        ui.menu_button("Cameras", |ui| {
            for (prim, name) in &model.cameras {
                if ui.button(name).on_hover_text(prim.as_str()).clicked() {
                    commands.push(ViewerCommand::GoToCamera { prim: prim.clone() });
                    ui.close();
                }
            }
        });
    }
    ui.separator();
    let mut shown = model.labels_shown;
    if checkbox_ui(ui, true, &mut shown, "Labels")
        .on_hover_text("Values in the plant (L)")
        .changed()
    {
        commands.push(ViewerCommand::ShowLabels { shown });
    }
    let mut shown = model.guides_shown;
    if checkbox_ui(ui, true, &mut shown, "Guides")
        .on_hover_text("Construction aids, such as the volumes of rooms")
        .changed()
    {
        commands.push(ViewerCommand::ShowGuides { shown });
    }
    let mut shown = model.edges_shown;
    if checkbox_ui(ui, true, &mut shown, "Edges")
        .on_hover_text("Lines along edges, as in drawings (X)")
        .changed()
    {
        commands.push(ViewerCommand::ShowEdges { shown });
    }
    ui.separator();
    let (word, hint, command) = if model.in_vr {
        ("Leave VR", "Back to the desktop alone", ViewerCommand::LeaveVr)
    } else {
        let hint = "See the plant in an OpenXR headset; the viewer may start anew for it, and comes back to this view";
        ("Enter VR", hint, ViewerCommand::EnterVr)
    };
    if ui.button(word).on_hover_text(hint).clicked() {
        commands.push(command);
    }
}

/// A button that shows or hides a panel.
pub(crate) fn panel_toggle_ui(ui: &mut Ui, shown: &mut bool, word: &str) {
    let text = if *shown {
        RichText::new(word)
    } else {
        RichText::new(word).color(color::text_quiet())
    };
    if ui.selectable_label(*shown, text).clicked() {
        *shown = !*shown;
    }
}
