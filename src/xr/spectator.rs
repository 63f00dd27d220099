//! What others see in the window beside whoever wears the headset.
//!
//! The headset's frames come first: of them every third draws the window too, with the panels in it, and the window shows the last
//! one meanwhile. Where there is no window none does. All that points, clicks and asks in the window goes on in every frame; only
//! drawing rests.

use bevy::{prelude::*, render::view::window::screenshot::Screenshot};
use bevy_egui::{EguiContext, EguiContextSettings, EguiFullOutput, EguiPostUpdateSet};

use super::eyes::EyeCamera;
use crate::{viewer::ViewerOptions, visual::PlantCamera};

/// Every how many-th of the headset's frames draws the window: 30 a second of 90.
const EVERY: u32 = 3;

/// Whether the window's drawing rests in this frame.
#[derive(Resource, Default)]
pub(super) struct Spectator {
    pub(super) rests: bool,
    rested: u32,
}

pub(super) fn build(app: &mut App) {
    app.init_resource::<Spectator>()
        .add_systems(First, wake)
        .add_systems(
            PostUpdate,
            (decide, rest_panels).chain().before(EguiPostUpdateSet::EndPass),
        )
        .add_systems(Last, rest);
}

/// Decides, once the eyes are in their place and it is known whether a picture of the window is to be taken.
pub(super) fn decide(
    options: Option<Res<ViewerOptions>>,
    eyes: Query<&Camera, With<EyeCamera>>,
    pictures: Query<(), With<Screenshot>>,
    mut spectator: ResMut<Spectator>,
) {
    let is_worn = eyes.iter().any(|eye| eye.is_active);
    let has_window = options.is_none_or(|options| options.headless.is_none());
    let is_due = !pictures.is_empty() || has_window && spectator.rested + 1 >= EVERY;
    spectator.rests = is_worn && !is_due;
    spectator.rested = if spectator.rests { spectator.rested + 1 } else { 0 };
}

/// The panels are not run, and say so: the bridge to egui wants something to draw from each context.
fn rest_panels(
    spectator: Res<Spectator>,
    mut contexts: Query<(&mut EguiContext, &mut EguiContextSettings, &mut EguiFullOutput), With<PlantCamera>>,
) {
    for (mut context, mut settings, mut output) in &mut contexts {
        let context = context.get_mut();
        // One that was never run has no text to draw with.
        let rests = spectator.rests && context.cumulative_pass_nr() > 0;
        if settings.run_manually != rests {
            settings.run_manually = rests;
        }
        if rests {
            output.0 = Some(egui::FullOutput {
                pixels_per_point: context.pixels_per_point(),
                ..default()
            });
        }
    }
}

/// The engine draws what active cameras see, and shows what was drawn last in a window that none looks through.
fn rest(spectator: Res<Spectator>, mut cameras: Query<&mut Camera, With<PlantCamera>>) {
    set_active(&mut cameras, !spectator.rests);
}

/// Pointers work for active cameras only.
fn wake(mut cameras: Query<&mut Camera, With<PlantCamera>>) {
    set_active(&mut cameras, true);
}

fn set_active(cameras: &mut Query<&mut Camera, With<PlantCamera>>, is_active: bool) {
    for mut camera in cameras {
        if camera.is_active != is_active {
            // Nobody is to think that it changed: it is back before anyone looks.
            camera.bypass_change_detection().is_active = is_active;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the window rests in the next frames.
    fn rests<const FRAMES: usize>(world: &mut World) -> [bool; FRAMES] {
        std::array::from_fn(|_| {
            world.run_system_cached(decide).expect("it decides");
            world.resource::<Spectator>().rests
        })
    }

    #[test]
    fn every_third_frame_of_the_headset_draws_the_window() {
        let mut world = World::new();
        world.init_resource::<Spectator>();
        assert_eq!(rests(&mut world), [false; 4], "nobody wears the headset");
        let eye = world.spawn((Camera::default(), EyeCamera(0))).id();
        assert_eq!(rests(&mut world), [true, true, false, true, true, false, true]);
        let picture = world.spawn(Screenshot::primary_window()).id();
        assert_eq!(rests(&mut world), [false; 3], "a picture of it is wanted");
        world.despawn(picture);
        assert_eq!(rests(&mut world), [true, true, false]);
        world.get_mut::<Camera>(eye).expect("an eye").is_active = false;
        assert_eq!(rests(&mut world), [false; 2], "it was taken off");
    }
}
