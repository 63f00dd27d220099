//! Opening a plant: the menu under its name, and the dialog that finds the file.

use std::path::PathBuf;

use egui::{RichText, Ui};
use egui_file_dialog::{DialogState, FileDialog};

use crate::{
    ViewerCommand,
    tokens::{Theme, color},
    toolbar::ToolbarModel,
};

/// What the USD library reads.
const ENDINGS: [&str; 4] = ["usd", "usda", "usdc", "usdz"];

/// The dialog, while it is open.
#[derive(Debug, Default)]
pub struct OpenView {
    dialog: Option<FileDialog>,
}

impl OpenView {
    /// Opens the dialog where the last plant lies.
    pub fn ask(&mut self, recent: &[PathBuf]) {
        let mut dialog = FileDialog::new()
            .title("Open a plant")
            .add_file_filter_extensions("USD scenes", ENDINGS.to_vec())
            .default_file_filter("USD scenes")
            .default_size([760.0, 460.0]);
        if let Some(folder) = recent.first().and_then(|file| file.parent()) {
            dialog = dialog.initial_directory(folder.to_owned());
        }
        dialog.pick_file();
        self.dialog = Some(dialog);
    }
}

/// Draws the dialog.
pub(crate) fn open_ui(ui: &Ui, view: &mut OpenView, commands: &mut Vec<ViewerCommand>) {
    let Some(dialog) = &mut view.dialog else { return };
    dialog.update(ui.ctx());
    if let Some(file) = dialog.take_picked() {
        commands.push(ViewerCommand::OpenPlant { file });
        view.dialog = None;
    } else if !matches!(dialog.state(), DialogState::Open) {
        view.dialog = None;
    }
}

/// The menu under the plant's name.
pub(crate) fn plant_menu_ui(
    ui: &mut Ui,
    model: &ToolbarModel,
    view: &mut OpenView,
    commands: &mut Vec<ViewerCommand>,
) {
    let name = if model.plant.is_empty() {
        "Open a plant"
    } else {
        &model.plant
    };
    ui.menu_button(RichText::new(name).strong(), |ui| {
        if ui.button("Open…").on_hover_text("Ctrl O").clicked() {
            view.ask(&model.recent);
            ui.close();
        }
        recent_ui(ui, &model.recent, commands);
        ui.separator();
        let (other, word) = match color::theme() {
            Theme::Dark => (Theme::Light, "Light panels"),
            Theme::Light => (Theme::Dark, "Dark panels"),
        };
        if ui.button(word).clicked() {
            commands.push(ViewerCommand::SetTheme { theme: other });
            ui.close();
        }
        if ui.button("Close the viewer").clicked() {
            commands.push(ViewerCommand::Quit);
            ui.close();
        }
    })
    .response
    .on_hover_text("Open another plant, light or dark panels, close");
}

fn recent_ui(ui: &mut Ui, recent: &[PathBuf], commands: &mut Vec<ViewerCommand>) {
    if recent.is_empty() {
        return;
    }
    ui.separator();
    ui.label(RichText::new("Opened before").small().color(color::text_quiet()));
    for file in recent {
        let name = file.file_name().map_or_else(
            || file.display().to_string(),
            |name| {
                let folder = file.parent().and_then(|folder| folder.file_name());
                let folder = folder.map(|folder| folder.to_string_lossy());
                format!("{}  ({})", name.to_string_lossy(), folder.unwrap_or_default())
            },
        );
        let hint = file.display().to_string();
        if ui.button(name).on_hover_text(hint).clicked() {
            commands.push(ViewerCommand::OpenPlant { file: file.clone() });
            ui.close();
        }
    }
}
