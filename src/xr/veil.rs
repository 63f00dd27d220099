//! Darkness that keeps the stomach calm: a tunnel while one glides, a blink where one is put elsewhere, and dark while the plant is
//! not there yet.

use std::time::Duration;

use bevy::{
    asset::uuid_handle,
    light::NotShadowCaster,
    math::Vec4,
    mesh::MeshVertexBufferLayoutRef,
    pbr::{MaterialPipeline, MaterialPipelineKey},
    picking::Pickable,
    prelude::*,
    render::render_resource::{AsBindGroup, RenderPipelineDescriptor, SpecializedMeshPipelineError},
    shader::ShaderRef,
};
use gemba_xr::locomotion::Vignette;

use super::{
    eyes::{EyePictures, for_the_eyes},
    frame::Tracked,
    travel::{PlaySpace, Travelling},
    warm_up::WarmUp,
};
use crate::{
    plant::{Plant, ViewOrigin},
    settings::Settings,
};

const SHADER: Handle<Shader> = uuid_handle!("4e7f5f0c-9a35-4d0e-a3a7-1f3f0c2b9d61");
/// Beyond the tip of the nose, within reach of the hands.
const RADIUS_M: f32 = 0.25;
/// A blink is over after this; dark and light come as slowly.
const BLINK: Duration = Duration::from_millis(180);
/// Without a plant one sees hardly more than what says so.
const WITHOUT_PLANT: f32 = 0.92;

/// The material of the veil.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug, Default)]
pub(super) struct VeilMaterial {
    #[uniform(0)]
    forward_and_fade: Vec4,
    #[uniform(0)]
    tunnel: Vec4,
}

impl Material for VeilMaterial {
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        AlphaMode::Blend
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _: &MeshVertexBufferLayoutRef,
        _: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        // It is seen from within.
        descriptor.primitive.cull_mode = None;
        Ok(())
    }
}

/// The sphere around the head.
#[derive(Component)]
pub(super) struct Veil {
    material: Handle<VeilMaterial>,
}

/// How dark it is.
#[derive(Resource, Default)]
pub(super) struct Darkness {
    vignette: Vignette,
    fade: f32,
}

pub(super) fn build(app: &mut App) {
    let mut shaders = app.world_mut().resource_mut::<Assets<Shader>>();
    let shader = Shader::from_wgsl(include_str!("../../shaders/veil.wgsl"), "shaders/veil.wgsl");
    if let Err(error) = shaders.insert(SHADER.id(), shader) {
        error!("The veil's shader cannot be registered, nothing darkens the edges of the view: {error}");
    }
    app.add_plugins(MaterialPlugin::<VeilMaterial>::default())
        .init_resource::<Darkness>();
}

/// Makes the sphere with the first session.
pub(super) fn spawn(
    mut commands: Commands,
    pictures: Option<Res<EyePictures>>,
    there: Query<(), With<Veil>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<VeilMaterial>>,
) {
    if pictures.is_none() || !there.is_empty() {
        return;
    }
    let material = materials.add(VeilMaterial::default());
    commands.spawn((
        Name::new("veil"),
        Mesh3d(meshes.add(Sphere::new(RADIUS_M))),
        MeshMaterial3d(material.clone()),
        Veil { material },
        for_the_eyes(),
        NotShadowCaster,
        Pickable::IGNORE,
        Visibility::Hidden,
    ));
}

/// Puts it around the head, as dark as it must be.
pub(super) fn place(
    tracked: Res<Tracked>,
    space: Res<PlaySpace>,
    mut travelling: ResMut<Travelling>,
    settings: Option<Res<Settings>>,
    plant: Option<Res<Plant>>,
    origin: Res<ViewOrigin>,
    time: Res<Time<Real>>,
    warm_up: Res<WarmUp>,
    mut darkness: ResMut<Darkness>,
    mut materials: ResMut<Assets<VeilMaterial>>,
    mut veils: Query<(&Veil, &mut Transform, &mut Visibility)>,
) {
    let Ok((veil, mut transform, mut visibility)) = veils.single_mut() else {
        return;
    };
    let darkness = &mut *darkness;
    let full_strength = settings.map_or_else(Default::default, |settings| settings.comfort.vignette);
    darkness.vignette.advance(
        travelling.motion_ratio,
        full_strength.full_strength(),
        time.delta(),
    );
    if std::mem::take(&mut travelling.has_jumped) {
        darkness.fade = 1.0;
    }
    let wished = if plant.is_some() { 0.0 } else { WITHOUT_PLANT };
    let step = time.delta_secs() / BLINK.as_secs_f32();
    darkness.fade += (wished - darkness.fade).clamp(-step, step);
    // Its pipeline is to be there before the first darkness: until then it is drawn and cannot be seen.
    let is_dark = darkness.fade > 0.0 || darkness.vignette.strength() > 0.0 || !warm_up.is_over();
    let head = tracked
        .head
        .filter(|_| is_dark)
        .map(|head| space.rig.in_world(head));
    let Some(head) = head else {
        visibility.set_if_neq(Visibility::Hidden);
        return;
    };
    transform.translation = origin.in_view(head.at_m);
    visibility.set_if_neq(Visibility::Visible);
    if let Some(mut material) = materials.get_mut(&veil.material) {
        let (clear_rad, dark_rad) = if darkness.vignette.strength() > 0.0 {
            darkness.vignette.tunnel_rad()
        } else {
            // Nowhere.
            (4.0, 5.0)
        };
        material.forward_and_fade = head.forward().as_vec3().extend(darkness.fade);
        material.tunnel = Vec4::new(clear_rad as f32, dark_rad as f32, 0.0, 0.0);
    }
}
