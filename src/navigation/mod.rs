//! Moving the eye: orbit, walk, fly, and flights to what a person asked to see.
//!
//! [`Eye`] holds an f64 [`ViewPose`] and advances it from a plain [`NavigationInput`]; the camera is written from it,
//! relative to the [`ViewOrigin`], once a frame. It owns [`PlantCamera`]'s transform, clipping planes and field of view, and
//! lets the origin follow whoever looks.
//! Works without a window and without a renderer, so that a walk through a plant can be scripted and tested.

mod eye;
mod input;
mod origin;
mod pose;
mod requests;
pub mod walk;

use bevy::prelude::*;
use gemba_panels::NavigationMode;

use crate::{
    inspection::PlantRays,
    plant::{Plant, ViewOrigin, ViewOriginSystems},
    schedule::GembaSystems,
    ui::ViewRect,
    visual::PlantCamera,
};

pub use eye::{Eye, Script, Surroundings};
pub use input::{DragAction, NavigationInput};
pub use pose::{DEFAULT_FOV_RAD, ViewPose, ViewWindow, overview};

/// The order within [`GembaSystems::Interact`].
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NavigationSystems {
    /// Mouse and keys to [`NavigationInput`].
    Input,
    /// Commands and input to [`Eye`].
    Advance,
    /// Whoever leads the eye: the person that it follows.
    Led,
}

/// Moves the eye.
#[derive(Default)]
pub struct NavigationPlugin;

impl Plugin for NavigationPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Eye>()
            .init_resource::<NavigationInput>()
            .configure_sets(
                Update,
                (
                    NavigationSystems::Input,
                    NavigationSystems::Advance,
                    NavigationSystems::Led,
                )
                    .chain()
                    .in_set(GembaSystems::Interact),
            )
            .add_systems(First, origin::move_origin.in_set(ViewOriginSystems::Move))
            .add_systems(
                Update,
                (
                    input::read_input.in_set(NavigationSystems::Input),
                    (requests::open_view, requests::carry_out, advance_eye)
                        .chain()
                        .in_set(NavigationSystems::Advance),
                    write_camera.in_set(GembaSystems::Present),
                ),
            );
    }
}

fn advance_eye(
    mut eye: ResMut<Eye>,
    input: Res<NavigationInput>,
    plant: Option<Res<Plant>>,
    rays: PlantRays,
    cameras: Query<&Camera, With<PlantCamera>>,
    time: Res<Time>,
) {
    let around = Surroundings {
        // Feet stand on what is cut away too; a view turns about what is seen.
        rays: match eye.mode {
            NavigationMode::Walk => rays.whole(),
            NavigationMode::Orbit | NavigationMode::Fly => rays.shown(),
        },
        bounds_m: plant.and_then(|plant| plant.bounds_m),
        aspect: aspect_of(cameras.iter().next()),
    };
    eye.advance(&input, &around, time.delta_secs_f64());
}

/// Width by height of what the camera draws to.
pub(crate) fn aspect_of(camera: Option<&Camera>) -> f64 {
    const WITHOUT_CAMERA: f64 = 16.0 / 9.0;
    camera
        .and_then(Camera::logical_viewport_size)
        .filter(|size| size.y > 0.0)
        .map_or(WITHOUT_CAMERA, |size| f64::from(size.x / size.y))
}

/// The part of the view that panels leave to the plant.
fn window_of(camera: Option<&Camera>, free: Option<&ViewRect>) -> ViewWindow {
    let whole = ViewWindow::whole(aspect_of(camera));
    let size = camera.and_then(Camera::logical_viewport_size);
    let (Some(size), Some(free)) = (size, free.and_then(|free| free.0)) else {
        return whole;
    };
    let at = |x: f32, y: f32| {
        bevy::math::DVec2::new(
            f64::from(x / size.x) * 2.0 - 1.0,
            1.0 - f64::from(y / size.y) * 2.0,
        )
    };
    let (low, high) = (at(free.min.x, free.max.y), at(free.max.x, free.min.y));
    let half_size = (high - low) * 0.5;
    // Panels that leave no room would ask for a view from infinitely far.
    if half_size.min_element() < 0.1 {
        return whole;
    }
    ViewWindow {
        center: (low + high) * 0.5,
        half_size,
        ..whole
    }
}

fn write_camera(
    eye: Res<Eye>,
    origin: Res<ViewOrigin>,
    plant: Option<Res<Plant>>,
    mut cameras: Query<(&mut Transform, &mut Projection), With<PlantCamera>>,
) {
    let size_m = plant
        .and_then(|plant| plant.bounds_m)
        .map_or(20.0, |bounds| bounds.size().length());
    let (near_m, far_m) = clipping_m(&eye.pose, size_m);
    for (mut transform, mut projection) in &mut cameras {
        let placed = Transform {
            translation: origin.in_view(eye.pose.eye_m),
            rotation: eye.pose.rotation().as_quat(),
            scale: Vec3::ONE,
        };
        transform.set_if_neq(placed);
        if let Projection::Perspective(lens) = &*projection
            && (lens.near != near_m || lens.far != far_m || f64::from(lens.fov) != eye.pose.fov_rad)
            && let Projection::Perspective(lens) = &mut *projection
        {
            (lens.near, lens.far, lens.fov) = (near_m, far_m, eye.pose.fov_rad as f32);
        }
    }
}

/// Near and far plane for a plant of this size: close enough to stand at a valve, far enough for the horizon.
///
/// Bevy's depth is reversed and infinite, so the near plane alone decides its precision.
fn clipping_m(pose: &ViewPose, size_m: f64) -> (f32, f32) {
    let near_m = (0.02 * pose.pivot_depth_m()).clamp((1e-5 * size_m).clamp(1e-5, 0.05), 0.1);
    let far_m = (20.0 * size_m + pose.eye_m.distance(pose.pivot_m)).max(1_000.0);
    // In steps of an eighth, so that the projection does not change with every pixel of a drag.
    let stepped = |value: f64| (value.log2() * 8.0).round().mul_add(0.125, 0.0).exp2() as f32;
    (stepped(near_m), stepped(far_m))
}

#[cfg(test)]
mod tests {
    use bevy::math::DVec3;

    use super::*;

    #[test]
    fn clipping_suits_a_hall_and_a_bolt() {
        let hall = ViewPose::looking_at(DVec3::new(0.0, 2.0, 0.0), DVec3::new(0.0, 2.0, -5.0));
        let (near_m, far_m) = clipping_m(&hall, 200.0);
        assert!(near_m <= 0.11 && far_m >= 3_000.0);
        let bolt = ViewPose::looking_at(DVec3::new(0.0, 0.0, 0.02), DVec3::ZERO);
        let (near_m, _) = clipping_m(&bolt, 0.01);
        assert!(near_m < 0.001);
        // A pipeline is longer than any hall, and its valves are as near.
        let (near_m, far_m) = clipping_m(&hall, 60_000.0);
        assert!(near_m <= 0.11 && far_m >= 1_000_000.0);
    }
}
