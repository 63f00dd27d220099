//! The arrangement of the panels, from one run to the next.

use bevy::prelude::*;
use bevy_egui::EguiContexts;
use gemba_panels::{ViewerCommand, tokens};

use super::Desktop;
use crate::{command::Requested, settings::Settings};

/// Arranges the panels as they were.
pub(super) fn arrange(settings: Res<Settings>, mut desktop: ResMut<Desktop>, mut contexts: EguiContexts) {
    desktop.view.tree_shown = settings.tree_shown;
    desktop.view.details_shown = settings.details_shown;
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
    let is_as_kept = (settings.tree_shown, settings.details_shown) == (view.tree_shown, view.details_shown);
    if !is_as_kept {
        settings.tree_shown = view.tree_shown;
        settings.details_shown = view.details_shown;
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
            ViewerCommand::PutHintsAway => settings.hints_read = true,
            _ => {}
        }
    }
}
