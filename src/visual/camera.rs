//! The camera of the person: there from the first frame. `navigation` moves it.

use bevy::{
    camera::{ImageRenderTarget, RenderTarget},
    core_pipeline::tonemapping::Tonemapping,
    prelude::*,
    render::render_resource::TextureFormat,
};

use super::PlantCamera;
use crate::viewer::ViewerOptions;

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
        camera.insert(RenderTarget::Image(ImageRenderTarget {
            handle: target,
            scale_factor: options.scale,
        }));
    }
}
