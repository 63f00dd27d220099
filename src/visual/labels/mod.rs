//! Live values beside their twins: chips drawn over the plant's view, under the panels.
//!
//! A chip names its twin and has a line for each label effect, and one for each other point that has passed a limit: a mark
//! of the quality by shape, the value, its age when it is stale, and marks for the limit. Chips never cover each other; passed limits come first, then what is
//! near. Text is laid out for chips that can be seen only, and once for what it says.

mod board;
mod chip;
mod chips;
mod place;
mod text;
mod typeset;

use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use egui::LayerId;
use gemba_panels::{ViewerCommand, tokens};

pub(crate) use self::{board::Board, chips::Chips};
use super::on_screen::{Occupied, Screen};
use crate::{command::Requested, schedule::GembaSystems, ui::UiSystems};

/// More chips than this at once are not read.
const MOST_CHIPS: usize = 60;

/// Whether labels are drawn.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelsShown(pub bool);

impl Default for LabelsShown {
    fn default() -> Self {
        Self(true)
    }
}

/// Draws the labels.
#[derive(Default)]
pub struct LabelsPlugin;

impl Plugin for LabelsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<LabelsShown>()
            .init_resource::<Occupied>()
            .add_systems(Update, show_labels_requested.in_set(GembaSystems::Interact))
            .add_systems(EguiPrimaryContextPass, draw_labels.in_set(UiSystems::Labels));
    }
}

fn show_labels_requested(mut requests: MessageReader<Requested>, mut shown: ResMut<LabelsShown>) {
    for Requested(request) in requests.read() {
        if let ViewerCommand::ShowLabels { shown: wanted } = request {
            shown.set_if_neq(LabelsShown(*wanted));
        }
    }
}

fn draw_labels(
    shown: Res<LabelsShown>,
    mut contexts: EguiContexts,
    screen: Screen,
    chips: Chips,
    mut occupied: ResMut<Occupied>,
    mut board: Local<Board>,
    mut has_glyphs: Local<bool>,
) -> Result {
    occupied.clear();
    if let Some(cube) = screen.cube() {
        occupied.take(cube);
    }
    let ctx = contexts.ctx_mut()?;
    if !*has_glyphs {
        *has_glyphs = true;
        tokens::load_glyphs(ctx);
    }
    let Some(eye) = screen.on(ctx).filter(|_| shown.0 && !chips.is_empty()) else {
        return Ok(());
    };
    let painter = ctx.layer_painter(LayerId::background());
    board.begin(&painter);
    chips.add_seen(&mut board, &painter, |anchor_m| eye.see(anchor_m));
    board.place(eye.area, occupied.taken(), MOST_CHIPS);
    for (chip, rect) in board.placed() {
        occupied.take(rect);
        chip.paint_leader(&painter, rect);
        board.paint(&painter, chip, rect);
    }
    Ok(())
}
