//! Runs the panels of `gemba_panels` on the plant's camera, in a window and headless alike.
//!
//! The egui context sits on [`PlantCamera`], never on whichever camera was spawned first, so that a headset's eyes do
//! not get it. What is drawn in the plant's own view (labels) goes to [`egui::LayerId::background`] in
//! [`UiSystems::Labels`]; panels follow in [`UiSystems::Panels`] and cover it.

use bevy::prelude::*;
use bevy_egui::{EguiContext, EguiGlobalSettings, EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext};
use gemba_panels::tokens;

use crate::visual::PlantCamera;

/// The order of what is drawn with egui, in [`EguiPrimaryContextPass`].
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UiSystems {
    /// What belongs to the plant's view, under the panels.
    Labels,
    /// The panels.
    Panels,
}

/// Whether the panels are drawn. Labels are not panels.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanelsShown(pub bool);

impl Default for PanelsShown {
    fn default() -> Self {
        Self(true)
    }
}

/// The part of the view that no panel covers, in egui points of the last frame; `None` before the first.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct ViewRect(pub Option<egui::Rect>);

/// The egui context and the panels.
#[derive(Default)]
pub struct UiPlugin;

impl Plugin for UiPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(EguiPlugin::default())
            .init_resource::<PanelsShown>()
            .init_resource::<ViewRect>()
            .register_required_components::<PlantCamera, PrimaryEguiContext>();
        app.world_mut()
            .resource_mut::<EguiGlobalSettings>()
            .auto_create_primary_context = false;
        app.configure_sets(
            EguiPrimaryContextPass,
            (UiSystems::Labels, UiSystems::Panels).chain(),
        )
        .add_observer(apply_tokens);
    }
}

/// Gives a new context the design tokens before its first frame.
fn apply_tokens(added: On<Add, PrimaryEguiContext>, mut contexts: Query<&mut EguiContext>) {
    if let Ok(mut context) = contexts.get_mut(added.entity) {
        tokens::apply(context.get_mut());
    }
}
