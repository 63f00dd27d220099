//! In the headset: OpenXR around the plant.
//!
//! Nothing here runs, and no loader is opened, unless VR is asked for. The graphics device has to be made for the headset
//! ([`start`]), so a viewer that was started without it finds out whether there is a headset, and then starts anew ([`RestartPlugin`]). What can be decided without a runtime is decided in `gemba_xr`; here it is carried out, every result
//! of OpenXR handled. Whatever fails, the desktop goes on.
//!
//! | when | what |
//! |---|---|
//! | `First` | events, life cycle, wait for the frame, locate head, eyes and hands |
//! | [`GembaSystems::Interact`] | hands to commands: move, point, select |
//! | [`GembaSystems::Present`] | cameras of the eyes, hands, arc |
//! | extraction | make and drop sessions; pass the frame on |
//! | `Render` | begin the frame; after drawing copy the eyes to the headset and end it |
//!
//! ADR 10 says why this is not one of the engine's plugins.

mod actions;
mod culling;
mod eyes;
mod frame;
mod hands;
mod haptics;
mod life;
mod pacing;
mod panels;
mod person;
mod restart;
mod runtime;
mod said;
mod session;
mod shadows;
mod signs;
mod spectator;
mod state;
mod travel;
mod veil;
mod vulkan;
mod warm_up;

use std::sync::Mutex;

use bevy::{
    prelude::*,
    render::{
        ExtractSchedule, Render, RenderApp, RenderSystems, extract_resource::ExtractResourcePlugin,
        settings::RenderCreation,
    },
};
use bevy_egui::EguiPostUpdateSet;
use gemba_xr::lifecycle::Failure;

use crate::{navigation::NavigationSystems, schedule::GembaSystems};
pub(crate) use eyes::EyePictures;
pub(crate) use panels::WidgetsAsked;
pub(crate) use person::{HandRay, InHeadset, Person};
#[cfg(test)]
pub(crate) use person::{PersonHand, PersonRay};
pub use restart::{RestartPlugin, ThenPlugin};
pub(crate) use state::XrFacts;

/// Finds a headset and makes the graphics device for it: what the engine is to draw with, and the plugin that shows it. Eyes are drawn in
/// the size that the headset recommends and frames can afford, or always in `eye_px`.
///
/// # Errors
/// [`Failure`] when there is no headset to be had; its text says what to do. The viewer starts without it.
pub fn start(eye_px: Option<(u32, u32)>) -> Result<(RenderCreation, XrPlugin), Failure> {
    let (runtime, creation) = runtime::start(eye_px.map(UVec2::from))?;
    Ok((
        creation,
        XrPlugin {
            runtime: Mutex::new(Some(runtime)),
            is_size_fixed: eye_px.is_some(),
        },
    ))
}

/// Shows the plant in a headset; made by [`start`].
pub struct XrPlugin {
    runtime: Mutex<Option<runtime::Runtime>>,
    is_size_fixed: bool,
}

impl Plugin for XrPlugin {
    fn build(&self, app: &mut App) {
        let runtime = self.runtime.lock().ok().and_then(|mut runtime| runtime.take());
        let Some(runtime) = runtime else { return };
        let pacing = pacing::Pacing::new(self.is_size_fixed);
        app.insert_resource(life::Life::entering(&runtime))
            .insert_resource(runtime)
            .init_resource::<life::LastNotice>()
            .init_resource::<frame::Frame>()
            .init_resource::<frame::Tracked>()
            .init_resource::<travel::PlaySpace>()
            .init_resource::<travel::Travelling>()
            .init_resource::<hands::Pointing>()
            .init_resource::<haptics::Buzzes>()
            .init_resource::<signs::Drawn>()
            .init_resource::<warm_up::WarmUp>()
            .insert_resource(pacing)
            .add_plugins(ExtractResourcePlugin::<EyePictures>::default())
            .add_systems(First, (life::advance, frame::wait).chain())
            .add_systems(
                Update,
                (
                    life::take_requests.in_set(GembaSystems::Interact),
                    hands::point.in_set(NavigationSystems::Input),
                    (
                        travel::enter,
                        travel::calibrate,
                        travel::follow_views,
                        travel::travel,
                    )
                        .chain()
                        .after(NavigationSystems::Led)
                        .in_set(GembaSystems::Interact),
                    (
                        eyes::place,
                        eyes::share_sky,
                        hands::spawn,
                        hands::place,
                        hands::draw_rays,
                        travel::draw_arc,
                        haptics::buzz,
                        veil::spawn,
                        signs::spawn,
                        said::spawn,
                        veil::place,
                        warm_up::warm_up,
                        state::hold_pictures_back,
                    )
                        .chain()
                        .in_set(GembaSystems::Present),
                ),
            );
        app.add_systems(
            PostUpdate,
            (said::say, signs::draw).in_set(EguiPostUpdateSet::EndPass),
        );
        panels::build(app);
        veil::build(app);
        shadows::build(app);
        culling::build(app);
        spectator::build(app);
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .init_resource::<frame::RenderFrame>()
                .init_resource::<frame::RenderReports>()
                .add_systems(ExtractSchedule, life::carry_out)
                .add_systems(
                    Render,
                    (
                        frame::begin.before(RenderSystems::ExtractCommands),
                        frame::end
                            .after(RenderSystems::Render)
                            .before(RenderSystems::Cleanup),
                    ),
                );
        }
    }
}
