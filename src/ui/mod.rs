//! Runs the panels of `gemba_panels` on the plant's camera, in a window and headless alike.
//!
//! The egui context sits on [`PlantCamera`], never on whichever camera was spawned first, so that a headset's eyes do
//! not get it. What is drawn in the plant's own view (labels) goes to [`egui::LayerId::background`] in
//! [`UiSystems::Labels`] and [`UiSystems::People`]; panels follow in [`UiSystems::Panels`] and cover it. What the panels ask for leaves as
//! [`Requested`]; models are filled from resources and cost what changed, not what there is.

mod arrangement;
mod claims;
mod hover;
mod limits_model;
mod log_model;
mod models;
mod note_picture;
mod plant_model;
mod section_model;
mod session_model;
mod shortcuts;
mod timeline_model;
mod twin_model;

use bevy::{asset::AssetEventSystems, prelude::*, window::FileDragAndDrop};
use bevy_egui::{
    EguiContext, EguiContexts, EguiGlobalSettings, EguiPlugin, EguiPostUpdateSet, EguiPrimaryContextPass,
    PrimaryEguiContext,
};
pub use claims::PanelClaims;
pub(crate) use claims::WindowWants;
use gemba_panels::{
    DesktopModel, DesktopView, SessionCommand, ViewerCommand, desktop_ui, past_frame_ui, tokens,
};

use crate::{command::Requested, schedule::GembaSystems, visual::PlantCamera};

/// The order of what is drawn with egui, in [`EguiPrimaryContextPass`].
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UiSystems {
    /// What belongs to the plant's view, under the panels.
    Labels,
    /// People and their notes in the plant's view, over the labels.
    People,
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

/// What the panels show.
#[derive(Resource, Default)]
pub(crate) struct Desktop {
    pub(crate) model: DesktopModel,
    pub(crate) view: DesktopView,
}

/// Whether panels stand in the plant, for whoever wears a headset.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PanelsInSpace(pub(crate) bool);

/// The egui context and the panels.
#[derive(Default)]
pub struct UiPlugin;

impl Plugin for UiPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(EguiPlugin::default())
            .init_resource::<PanelsShown>()
            .init_resource::<ViewRect>()
            .init_resource::<PanelsInSpace>()
            .init_resource::<WindowWants>()
            .init_resource::<Desktop>()
            .init_resource::<plant_model::PlantFacts>()
            .init_resource::<note_picture::NotePicture>()
            .register_required_components::<PlantCamera, PrimaryEguiContext>();
        app.world_mut()
            .resource_mut::<EguiGlobalSettings>()
            .auto_create_primary_context = false;
        letters_in_time(app);
        app.configure_sets(
            EguiPrimaryContextPass,
            (UiSystems::Labels, UiSystems::People, UiSystems::Panels).chain(),
        )
        .add_observer(apply_tokens)
        .add_systems(Startup, arrangement::arrange)
        .add_systems(Update, arrangement::keep.in_set(GembaSystems::Present))
        .add_systems(
            Update,
            (
                shortcuts::read_keys,
                open_dropped,
                open_note,
                arrangement::carry_out,
            )
                .in_set(GembaSystems::Interact),
        )
        .add_systems(
            Update,
            (
                plant_model::fill_plant,
                plant_model::fill_issues,
                twin_model::fill_inspector,
                limits_model::fill_limits,
                note_picture::load_picture,
                session_model::fill_session,
                section_model::fill_section,
                models::fill_status,
                models::fill_links,
                models::fill_view_cube,
                log_model::fill_log,
                log_model::fill_toast,
                hover::fill_hover,
            )
                .chain()
                .in_set(GembaSystems::Present)
                .run_if(|shown: Res<PanelsShown>, in_space: Res<PanelsInSpace>| shown.0 || in_space.0),
        )
        .add_systems(
            Update,
            timeline_model::fill_timeline.in_set(GembaSystems::Present),
        )
        .add_systems(PostUpdate, claims::ask.in_set(EguiPostUpdateSet::ProcessOutput))
        .add_systems(EguiPrimaryContextPass, draw_panels.in_set(UiSystems::Panels));
    }
}

/// Letters that are drawn for the first time are on the graphics card in that frame, not in the next one.
fn letters_in_time(app: &mut App) {
    app.configure_sets(
        PostUpdate,
        EguiPostUpdateSet::PostProcessOutput.before(AssetEventSystems),
    );
}

/// Gives a new context the design tokens before its first frame.
fn apply_tokens(added: On<Add, PrimaryEguiContext>, mut contexts: Query<&mut EguiContext>) {
    if let Ok(mut context) = contexts.get_mut(added.entity) {
        tokens::apply(context.get_mut());
    }
}

fn draw_panels(
    mut contexts: EguiContexts,
    shown: Res<PanelsShown>,
    mut desktop: ResMut<Desktop>,
    mut free: ResMut<ViewRect>,
    mut requests: MessageWriter<Requested>,
) {
    // Without a camera there is nothing to draw on: the viewer is starting or ending.
    let Ok(ctx) = contexts.ctx_mut() else { return };
    let mut ui = egui::Ui::new(
        ctx.clone(),
        "gemba-desktop".into(),
        egui::UiBuilder::new()
            .layer_id(egui::LayerId::background())
            .max_rect(ctx.viewport_rect()),
    );
    let Desktop { model, view } = &mut *desktop;
    if !shown.0 {
        // Who has put the panels away must not take what has been for what is.
        past_frame_ui(&ui, ctx.viewport_rect(), &model.timeline);
        free.set_if_neq(ViewRect(None));
        return;
    }
    let mut commands = Vec::new();
    let rect = desktop_ui(&mut ui, model, view, &mut commands);
    free.set_if_neq(ViewRect(Some(rect)));
    requests.write_batch(commands.into_iter().map(Requested));
}

/// Opens the note whose flag was clicked, in the panel of the session.
fn open_note(
    mut requests: MessageReader<Requested>,
    mut desktop: ResMut<Desktop>,
    mut shown: ResMut<PanelsShown>,
) {
    for Requested(request) in requests.read() {
        if let ViewerCommand::Session(SessionCommand::OpenNote { annotation }) = request {
            shown.0 = true;
            desktop.view.open_note(*annotation);
        }
    }
}

/// A USD file dropped on the window is opened.
fn open_dropped(dropped: Option<MessageReader<FileDragAndDrop>>, mut requests: MessageWriter<Requested>) {
    let Some(mut dropped) = dropped else { return };
    for dropped in dropped.read() {
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = dropped {
            requests.write(Requested(ViewerCommand::OpenPlant {
                file: path_buf.clone(),
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use bevy::{asset::AssetPlugin, input::InputPlugin, shader::Shader};

    use super::*;

    #[derive(Resource)]
    struct Shown(&'static str);

    fn draw(mut contexts: EguiContexts, shown: Res<Shown>) -> Result {
        let painter = contexts.ctx_mut()?.layer_painter(egui::LayerId::background());
        let font = egui::FontId::proportional(14.0);
        painter.text(
            egui::Pos2::ZERO,
            egui::Align2::LEFT_TOP,
            shown.0,
            font,
            egui::Color32::WHITE,
        );
        Ok(())
    }

    #[test]
    fn letters_are_told_of_in_the_frame_that_draws_them() {
        let mut app = App::new();
        app.add_plugins((
            MinimalPlugins,
            AssetPlugin::default(),
            InputPlugin,
            WindowPlugin {
                primary_window: None,
                ..default()
            },
        ))
        .init_asset::<Image>()
        .init_asset::<Shader>()
        .add_plugins(EguiPlugin::default())
        .insert_resource(Shown("a"))
        .add_systems(EguiPrimaryContextPass, draw);
        app.world_mut()
            .resource_mut::<EguiGlobalSettings>()
            .auto_create_primary_context = false;
        app.world_mut().spawn(PrimaryEguiContext);
        letters_in_time(&mut app);
        app.finish();
        app.cleanup();
        for text in ["a", "b", "bc", "bcd"] {
            app.insert_resource(Shown(text));
            app.world_mut()
                .resource_mut::<Messages<AssetEvent<Image>>>()
                .clear();
            app.update();
            let told = app.world().resource::<Messages<AssetEvent<Image>>>().len();
            assert!(told > 0, "nobody is told of the letters of {text:?}");
        }
    }
}
