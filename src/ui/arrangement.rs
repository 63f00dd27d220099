//! The arrangement of the panels, from one run to the next.

use bevy::prelude::*;

use super::Desktop;
use crate::settings::Settings;

/// Arranges the panels as they were.
pub(super) fn arrange(settings: Res<Settings>, mut desktop: ResMut<Desktop>) {
    desktop.view.tree_shown = settings.tree_shown;
    desktop.view.details_shown = settings.details_shown;
}

/// Takes note of how they are arranged now.
pub(super) fn keep(desktop: Res<Desktop>, mut settings: ResMut<Settings>) {
    let view = &desktop.view;
    let is_as_kept = (settings.tree_shown, settings.details_shown) == (view.tree_shown, view.details_shown);
    if !is_as_kept {
        settings.tree_shown = view.tree_shown;
        settings.details_shown = view.details_shown;
    }
}
