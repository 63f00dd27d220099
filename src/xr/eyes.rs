//! The two cameras of the head, and the pictures that they draw.
//!
//! They are made for the first session and kept: without one they rest. Pictures are of our own, one an eye.

use bevy::{
    asset::RenderAssetUsages,
    camera::{
        CameraProjection, RenderTarget, SubCameraView, Viewport, primitives::Frustum,
        visibility::RenderLayers,
    },
    core_pipeline::tonemapping::Tonemapping,
    light::{ShadowFilteringMethod, Skybox},
    math::{Vec3A, primitives::ViewFrustum},
    prelude::*,
    render::{extract_resource::ExtractResource, render_asset::RenderAssets, texture::GpuImage},
};
use gemba_xr::{
    lifecycle::{Phase, Visibility},
    projection::{Fov, seen_by_both},
};

use super::{frame::Frame, life::Life, shadows, travel::PlaySpace};
use crate::{plant::ViewOrigin, visual::PlantCamera};

/// Near enough to read a plate with one's nose at it.
const NEAR_M: f32 = 0.05;
/// Lights and shadows are laid out as far as this; what is drawn is drawn as far as it is seen.
const FAR_M: f32 = 1_000.0;
/// The render layer of what only the eyes see; all else is on 0.
const LAYER: usize = 1;
/// The eyes are drawn after what they may show: panels that are pictures themselves.
const FIRST_ORDER: isize = 10;

/// One eye, 0 for the left.
#[derive(Component, Clone, Copy, Debug)]
pub(super) struct EyeCamera(pub(super) usize);

/// What the eyes draw into.
#[derive(Resource, ExtractResource, Clone)]
pub(crate) struct EyePictures {
    /// Left and right.
    pub(crate) eyes: [Handle<Image>; 2],
    /// Whether someone looks at them.
    pub(crate) are_seen: bool,
    /// What of each is drawn, from the top left.
    pub(crate) drawn_px: UVec2,
    size_px: UVec2,
    format: wgpu::TextureFormat,
}

impl EyePictures {
    /// Sees that there are pictures of this size and format, with cameras that draw them.
    pub(super) fn want(world: &mut World, size_px: UVec2, format: wgpu::TextureFormat) {
        if let Some(there) = world.get_resource::<Self>()
            && there.size_px == size_px
            && there.format == format
        {
            return;
        }
        let mut images = world.resource_mut::<Assets<Image>>();
        let eyes = [(); 2].map(|()| images.add(eye_image(size_px, format)));
        let old: Vec<Entity> = world
            .query_filtered::<Entity, With<EyeCamera>>()
            .iter(world)
            .collect();
        for (index, picture) in eyes.iter().enumerate() {
            let target = RenderTarget::Image(picture.clone().into());
            match old.get(index) {
                Some(eye) => {
                    world.entity_mut(*eye).insert((EyeCamera(index), target));
                }
                None => {
                    world.spawn(eye_camera(index, target));
                }
            }
        }
        world.insert_resource(Self {
            eyes,
            are_seen: false,
            drawn_px: size_px,
            size_px,
            format,
        });
    }

    /// Both pictures, once they are on the GPU in the size that the headset wants.
    pub(super) fn on_gpu<'a>(
        &self,
        images: &'a RenderAssets<GpuImage>,
        size_px: UVec2,
    ) -> Option<[&'a GpuImage; 2]> {
        let [left, right] = &self.eyes;
        let on_gpu = |picture: &Handle<Image>| {
            let image = images.get(picture)?;
            let size = image.texture.size();
            (UVec2::new(size.width, size.height) == size_px).then_some(image)
        };
        Some([on_gpu(left)?, on_gpu(right)?])
    }
}

fn eye_image(size_px: UVec2, format: wgpu::TextureFormat) -> Image {
    let mut image = Image::new_target_texture(size_px.x, size_px.y, format, None);
    image.texture_descriptor.usage |= wgpu::TextureUsages::COPY_SRC;
    // Nobody reads it here, and a black picture need not be carried to the GPU.
    image.asset_usage = RenderAssetUsages::RENDER_WORLD;
    image
}

/// What only the eyes are to see, and whoever watches the window is not: it is made for where the head is.
pub(super) fn for_the_eyes() -> RenderLayers {
    RenderLayers::layer(LAYER)
}

fn eye_camera(index: usize, target: RenderTarget) -> impl Bundle {
    (
        Name::new(if index == 0 { "left eye" } else { "right eye" }),
        EyeCamera(index),
        Camera3d::default(),
        Camera {
            order: FIRST_ORDER.saturating_add_unsigned(index),
            is_active: false,
            ..default()
        },
        target,
        for_the_eyes().with(0),
        Projection::custom(EyeLens::default()),
        Tonemapping::TonyMcMapface,
        Msaa::Sample4,
        ShadowFilteringMethod::Gaussian,
        shadows::clusters(),
    )
}

/// The lens of an eye.
#[derive(Clone, Debug)]
struct EyeLens {
    fov: Fov,
    clip_from_view: Mat4,
    /// What both eyes see, as seen from this one, and how far beside it the other one is: for that shadows are laid out and is looked
    /// for what is seen.
    shadowed: (Fov, f32),
}

impl EyeLens {
    fn of(fov: Fov, shadowed: (Fov, f32)) -> Option<Self> {
        Some(Self {
            fov,
            shadowed,
            clip_from_view: fov.clip_from_view(NEAR_M)?,
        })
    }
}

impl Default for EyeLens {
    /// Until a headset says more.
    fn default() -> Self {
        let half_rad = 0.8;
        let fov = Fov {
            left_rad: -half_rad,
            right_rad: half_rad,
            up_rad: half_rad,
            down_rad: -half_rad,
        };
        Self {
            fov,
            shadowed: (fov, 0.0),
            clip_from_view: Mat4::perspective_infinite_reverse_rh(2.0 * half_rad, 1.0, NEAR_M),
        }
    }
}

impl CameraProjection for EyeLens {
    fn get_clip_from_view(&self) -> Mat4 {
        self.clip_from_view
    }

    fn get_clip_from_view_for_sub(&self, _: &SubCameraView) -> Mat4 {
        // An eye is seen whole.
        self.clip_from_view
    }

    /// Holds what either eye sees: what is found in it is drawn for both.
    fn compute_frustum(&self, camera_transform: &GlobalTransform) -> Frustum {
        let (fov, apart_m) = self.shadowed;
        let least = [fov.left_rad, fov.right_rad, fov.up_rad, fov.down_rad]
            .map(|angle_rad| angle_rad.abs().tan())
            .into_iter()
            .fold(f32::INFINITY, f32::min);
        // From so far behind, the same angles hold what is seen from beside.
        let behind = camera_transform.back() * (apart_m / least.max(0.1));
        let from = Transform {
            translation: camera_transform.translation() + behind,
            rotation: camera_transform.rotation(),
            scale: Vec3::ONE,
        };
        let clip_from_view = fov.clip_from_view(NEAR_M).unwrap_or(self.clip_from_view);
        Frustum(ViewFrustum::from_clip_from_world_custom_far(
            &(clip_from_view * from.to_matrix().inverse()),
            &from.translation,
            &camera_transform.back(),
            self.far(),
        ))
    }

    fn update(&mut self, _width: f32, _height: f32) {
        // The headset's angles hold whatever the size of the picture.
    }

    fn far(&self) -> f32 {
        FAR_M
    }

    fn get_frustum_corners(&self, z_near: f32, z_far: f32) -> [Vec3A; 8] {
        // The engine asks for these to lay out shadows, and for nothing else.
        let (fov, apart_m) = self.shadowed;
        let (left, right) = (fov.left_rad.tan(), fov.right_rad.tan());
        let (down, up) = (fov.down_rad.tan(), fov.up_rad.tan());
        let at = |x: f32, y: f32, z: f32| {
            Vec3A::new(
                x * z.abs() + apart_m * x.signum(),
                y * z.abs() + apart_m * y.signum(),
                z,
            )
        };
        [
            at(right, down, z_near),
            at(right, up, z_near),
            at(left, up, z_near),
            at(left, down, z_near),
            at(right, down, z_far),
            at(right, up, z_far),
            at(left, up, z_far),
            at(left, down, z_far),
        ]
    }
}

/// Puts the cameras where the eyes are when the frame is seen, and lets them draw only what will be seen.
pub(super) fn place(
    life: Res<Life>,
    frame: Res<Frame>,
    space: Res<PlaySpace>,
    origin: Res<ViewOrigin>,
    pictures: Option<ResMut<EyePictures>>,
    mut eyes: Query<(&EyeCamera, &mut Camera, &mut Transform, &mut Projection)>,
) {
    let is_seen = matches!(
        life.machine.phase(),
        Phase::Running(Visibility::Seen | Visibility::Focused)
    );
    let views = frame
        .0
        .as_ref()
        .and_then(|asked| asked.eyes)
        .filter(|_| is_seen && space.is_placed());
    let drawn_px = frame.0.as_ref().map_or(UVec2::ONE, |asked| asked.drawn_px);
    if let Some(mut pictures) = pictures {
        let drawn_px = if views.is_some() {
            drawn_px
        } else {
            pictures.drawn_px
        };
        if (pictures.drawn_px, pictures.are_seen) != (drawn_px, views.is_some()) {
            pictures.drawn_px = drawn_px;
            pictures.are_seen = views.is_some();
        }
    }
    for (eye, mut camera, mut transform, mut projection) in &mut eyes {
        let view = views.and_then(|views| views.get(eye.0).copied());
        if camera.is_active != view.is_some() {
            camera.is_active = view.is_some();
        }
        let Some(view) = view else { continue };
        let shadowed = views.map_or((view.fov, 0.0), |[left, right]| {
            let [left, right] = [left, right].map(|eye| (eye.pose, eye.fov));
            match eye.0 {
                0 => seen_by_both(left, right),
                _ => seen_by_both(right, left),
            }
        });
        let pose = space.rig.in_world(view.pose);
        let viewport = Viewport {
            physical_size: drawn_px,
            ..default()
        };
        if camera.viewport.as_ref().map(|viewport| viewport.physical_size) != Some(drawn_px) {
            camera.viewport = Some(viewport);
        }
        *transform = Transform {
            translation: origin.in_view(pose.at_m),
            rotation: pose.rotation.as_quat(),
            scale: Vec3::ONE,
        };
        let is_same = matches!(&*projection, Projection::Custom(lens)
            if lens.get::<EyeLens>().is_some_and(|lens| lens.fov == view.fov && lens.shadowed == shadowed));
        if let (false, Some(lens)) = (is_same, EyeLens::of(view.fov, shadowed)) {
            *projection = Projection::custom(lens);
        }
    }
}

/// The eyes see the sky that the plant's camera sees.
pub(super) fn share_sky(
    mut commands: Commands,
    sky: Query<(Ref<Skybox>, &EnvironmentMapLight), With<PlantCamera>>,
    eyes: Query<(Entity, Ref<EyeCamera>)>,
) {
    let Some((background, light)) = sky.iter().next() else {
        return;
    };
    for (entity, eye) in &eyes {
        if background.is_changed() || eye.is_added() {
            commands
                .entity(entity)
                .insert(((*background).clone(), light.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use bevy::math::DVec3;

    use super::*;

    /// Whatever either eye sees lies in the frustum that is culled with.
    #[test]
    fn what_either_eye_sees_is_looked_for() {
        let eye = |x_m: f64| {
            let (left_rad, right_rad) = if x_m < 0.0 { (-0.95, 0.7) } else { (-0.7, 0.95) };
            let fov = Fov {
                left_rad,
                right_rad,
                up_rad: 0.8,
                down_rad: -0.9,
            };
            let pose = gemba_xr::Pose {
                at_m: DVec3::new(x_m, 1.7, 0.0),
                rotation: bevy::math::DQuat::IDENTITY,
            };
            (pose, fov)
        };
        let [left, right] = [eye(-0.032), eye(0.032)];
        let lens = EyeLens::of(left.1, seen_by_both(left, right)).expect("an eye");
        let frustum = lens.compute_frustum(&GlobalTransform::from_translation(left.0.at_m.as_vec3()));
        for (pose, fov) in [left, right] {
            for right_rad in [fov.left_rad, fov.right_rad] {
                for up_rad in [fov.down_rad, fov.up_rad] {
                    for away_m in [0.1, 2.0, 90.0] {
                        let way = Vec3::new(right_rad.tan(), up_rad.tan(), -1.0);
                        let dot = bevy::camera::primitives::Sphere {
                            center: (pose.at_m.as_vec3() + way * away_m).into(),
                            radius: 1e-3,
                        };
                        assert!(frustum.intersects_sphere(&dot, true), "{away_m} m away");
                    }
                }
            }
        }
    }

    #[test]
    fn the_corners_of_the_frustum_are_those_of_the_picture() {
        let fov = Fov {
            left_rad: -0.9,
            right_rad: 0.7,
            up_rad: 0.8,
            down_rad: -0.85,
        };
        let lens = EyeLens::of(fov, (fov, 0.0)).expect("an eye");
        let corners = lens.get_frustum_corners(-0.5, -40.0);
        let expected = [[1.0, -1.0], [1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]];
        for (corner, [x, y]) in corners.iter().zip(expected.iter().cycle()) {
            let seen = lens.get_clip_from_view().project_point3a(*corner);
            assert!(
                (seen.x - x).abs() < 1e-4 && (seen.y - y).abs() < 1e-4,
                "{corner} at {seen}"
            );
        }
    }
}
