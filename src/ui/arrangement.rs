//! The arrangement of the panels, from one run to the next.

use bevy::prelude::*;
use bevy_egui::EguiContexts;
use gemba_panels::{Dock, ViewerCommand, tokens};

use super::{Desktop, PanelsShown};
use crate::{command::Requested, settings::Settings};

/// Arranges the panels as they were.
pub(super) fn arrange(
    settings: Res<Settings>,
    mut desktop: ResMut<Desktop>,
    mut contexts: EguiContexts,
    mut requests: MessageWriter<Requested>,
) {
    if !settings.arrangement.is_empty() {
        match Dock::from_text(&settings.arrangement) {
            Ok((dock, notes)) => {
                desktop.view.dock = dock;
                if let Some(first) = notes.first() {
                    let count = notes.len();
                    tracing::info!(
                        count,
                        "of the arrangement of the panels, something is left out: {first}"
                    );
                }
            }
            Err(error) => tracing::warn!(
                "the arrangement of the panels in the settings cannot be used: {error}; the panels are where they were at \
                 the first start"
            ),
        }
    }
    if settings.edges_shown {
        requests.write(Requested(ViewerCommand::ShowEdges { shown: true }));
    }
    // Contexts that come later take the ground that was chosen.
    if let Ok(ctx) = contexts.ctx_mut() {
        tokens::choose(settings.theme, ctx);
    } else {
        tokens::color::choose(settings.theme);
    }
}

/// Takes note of how they are arranged now, and shows what the settings know.
pub(super) fn keep(mut desktop: ResMut<Desktop>, mut settings: ResMut<Settings>) {
    let Desktop { model, view } = &mut *desktop;
    if view.dock.take_edited() {
        settings.arrangement = view.dock.to_text();
    }
    if settings.is_changed() {
        model.toolbar.recent.clone_from(&settings.recent);
        model.hints_shown = !settings.hints_read;
    }
}

/// Carries out what concerns the panels alone.
pub(super) fn carry_out(
    mut requests: MessageReader<Requested>,
    mut settings: ResMut<Settings>,
    mut panels: ResMut<PanelsShown>,
    mut contexts: EguiContexts,
) {
    for Requested(request) in requests.read() {
        match request {
            ViewerCommand::SetTheme { theme } => {
                settings.theme = *theme;
                if let Ok(ctx) = contexts.ctx_mut() {
                    tokens::choose(*theme, ctx);
                }
            }
            ViewerCommand::ShowPanels { shown } => panels.0 = *shown,
            ViewerCommand::PutHintsAway => settings.hints_read = true,
            ViewerCommand::ShowEdges { shown } if settings.edges_shown != *shown => {
                settings.edges_shown = *shown;
            }
            _ => {}
        }
    }
}
