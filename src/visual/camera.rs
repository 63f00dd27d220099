//! The camera of the person: there from the first frame, framing the plant when it opens.

use bevy::{
    camera::RenderTarget, core_pipeline::tonemapping::Tonemapping, math::DVec3, prelude::*,
    render::render_resource::TextureFormat,
};

use super::PlantCamera;
use crate::{plant::Plant, viewer::ViewerOptions};

/// Spawns the camera, on the window or on an image when there is no window.
pub(super) fn spawn_camera(
    mut commands: Commands,
    options: Option<Res<ViewerOptions>>,
    mut images: ResMut<Assets<Image>>,
) {
    let mut camera = commands.spawn((
        PlantCamera,
        Camera3d::default(),
        Transform::from_xyz(8.0, 6.0, 12.0).looking_at(Vec3::ZERO, Vec3::Y),
        Projection::Perspective(PerspectiveProjection {
            fov: 45_f32.to_radians(),
            near: 0.05,
            ..default()
        }),
        Tonemapping::TonyMcMapface,
    ));
    if let Some(options) = options.filter(|options| options.headless.is_some()) {
        let (width, height) = options.size_px;
        let target = images.add(Image::new_target_texture(
            width,
            height,
            TextureFormat::Rgba8UnormSrgb,
            None,
        ));
        camera.insert(RenderTarget::Image(target.into()));
    }
}

/// Shows all of a newly opened plant, from a quarter above its front.
pub(super) fn frame_plant(
    plant: Res<Plant>,
    mut camera: Query<(&mut Transform, &Projection), With<PlantCamera>>,
) {
    let Some(bounds) = plant.bounds_m else { return };
    for (mut transform, projection) in &mut camera {
        let Projection::Perspective(perspective) = projection else {
            continue;
        };
        let center = (bounds.center() - plant.origin_m).as_vec3();
        let radius_m = (bounds.size().length() * 0.5).max(0.01) as f32;
        let distance_m = radius_m / (perspective.fov * 0.5).sin() * 0.85;
        let eye = center + DVec3::new(0.62, 0.42, 0.9).normalize().as_vec3() * distance_m;
        *transform = Transform::from_translation(eye).looking_at(center, Vec3::Y);
    }
}
