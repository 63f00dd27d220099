//! Light, sky and ground.
//!
//! A plant without lights stands under a sun and a clear sky on a ground with a grid; a plant with lights keeps them, and
//! the sky only fills in what they leave black. Lights themselves are spawned with the plant (`plant::lights`).

mod dome;
mod ground;
mod sky;

use std::f32::consts::PI;

use bevy::{
    light::{CascadeShadowConfig, CascadeShadowConfigBuilder, Skybox},
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task, block_on, poll_once},
};
use gemba_usd::doc::{Aabb, LightKind};

use super::{PlantCamera, quality::RenderQuality};
use crate::{
    plant::{NITS_PER_UNIT, Plant, ViewOrigin},
    schedule::GembaSystems,
};
pub(super) use sky::spiral;
use sky::{ClearSky, SkyImages};

/// Where the sun stands, seen from the plant: high on the left of the first view.
const TO_SUN: Vec3 = Vec3::new(-0.46, 0.66, 0.56);

/// Sunlight on a surface that faces it, as a share of what makes white paper white.
const SUN_UNITS: f32 = 1.25;

/// Share of the visible sky's light that reaches surfaces: less than all of it, because walls and machines stand in its way
/// and nothing here traces that.
const SKY_RATIO: f32 = 0.62;

/// How much of the sky's light is left under the lights of the scene.
const FILL_RATIO: f32 = 0.3;

/// Light, sky and ground.
pub struct EnvironmentPlugin;

impl Plugin for EnvironmentPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(ground::GroundPlugin)
            .init_resource::<SkyInUse>()
            .insert_resource(GlobalAmbientLight::NONE)
            .add_systems(Startup, begin_clear_sky)
            .add_systems(
                Update,
                (
                    (remove_surroundings, surround_plant)
                        .chain()
                        .run_if(resource_exists_and_changed::<Plant>),
                    ground::keep_grid.run_if(resource_changed::<ViewOrigin>),
                    recast_shadows.run_if(resource_exists_and_changed::<RenderQuality>),
                    show_sky,
                )
                    .chain()
                    .in_set(GembaSystems::Present),
            );
    }
}

/// The sky that is being made or shown.
#[derive(Resource, Default)]
struct SkyInUse {
    making: Option<Task<SkyImages>>,
    /// Share of its light that reaches the plant.
    light_ratio: f32,
}

impl SkyInUse {
    fn make(&mut self, light_ratio: f32, sky: impl FnOnce() -> SkyImages + Send + 'static) {
        self.making = Some(AsyncComputeTaskPool::get().spawn(async move { sky() }));
        self.light_ratio = light_ratio;
    }
}

/// Sun and ground, which go when another plant comes.
#[derive(Component)]
struct Surroundings;

/// Where the sun stands, 1 long.
pub(super) fn to_sun() -> Vec3 {
    TO_SUN.normalize_or(Vec3::Y)
}

fn clear_sky() -> SkyImages {
    SkyImages::of(&ClearSky { to_sun: to_sun() }, 128)
}

fn begin_clear_sky(mut sky: ResMut<SkyInUse>) {
    sky.make(SKY_RATIO, clear_sky);
}

/// Puts a finished sky around the camera.
fn show_sky(
    mut commands: Commands,
    mut sky: ResMut<SkyInUse>,
    mut images: ResMut<Assets<Image>>,
    camera: Query<Entity, With<PlantCamera>>,
) {
    let Some(made) = sky.making.as_mut().and_then(|task| block_on(poll_once(task))) else {
        return;
    };
    sky.making = None;
    let background = images.add(made.background);
    let light = EnvironmentMapLight {
        diffuse_map: images.add(made.diffuse),
        specular_map: images.add(made.specular),
        intensity: NITS_PER_UNIT * sky.light_ratio,
        ..default()
    };
    for camera in &camera {
        commands.entity(camera).insert((
            Skybox {
                image: Some(background.clone()),
                brightness: NITS_PER_UNIT,
                ..default()
            },
            light.clone(),
        ));
    }
}

fn remove_surroundings(mut commands: Commands, old: Query<Entity, With<Surroundings>>) {
    old.iter().for_each(|entity| commands.entity(entity).despawn());
}

fn surround_plant(
    mut commands: Commands,
    plant: Res<Plant>,
    origin: Res<ViewOrigin>,
    quality: Option<Res<RenderQuality>>,
    transforms: Res<crate::plant::PrimTransforms>,
    mut sky: ResMut<SkyInUse>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<ground::GroundMaterial>>,
) {
    let visible = |light: &&gemba_usd::doc::Light| {
        plant
            .doc
            .prims
            .get(light.prim.index())
            .is_some_and(|prim| prim.visible)
    };
    let dome = plant
        .doc
        .lights
        .iter()
        .filter(visible)
        .find(|light| matches!(light.kind, LightKind::Dome { .. }));
    let has_other_lights = plant
        .doc
        .lights
        .iter()
        .filter(visible)
        .any(|light| !matches!(light.kind, LightKind::Dome { .. }));
    match dome.and_then(|dome| dome::Dome::of(&plant.doc, dome, transforms.world_from_prim(dome.prim))) {
        Some(dome) => sky.make(1.0, move || dome.images()),
        None => sky.make(if has_other_lights { FILL_RATIO } else { SKY_RATIO }, clear_sky),
    }
    let Some(bounds_m) = plant.bounds_m else { return };
    let quality = quality.map_or(RenderQuality::Low, |quality| *quality);
    commands.spawn((
        Surroundings,
        ground::ground(bounds_m, *origin, &mut meshes, &mut materials),
    ));
    if dome.is_none() && !has_other_lights {
        commands.spawn((Surroundings, sun(bounds_m, quality)));
    }
}

fn sun(bounds_m: Aabb, quality: RenderQuality) -> impl Bundle {
    (
        DirectionalLight {
            color: Color::linear_rgb(1.0, 0.95, 0.86),
            illuminance: SUN_UNITS * PI * NITS_PER_UNIT,
            shadow_maps_enabled: true,
            ..default()
        },
        Transform::default().looking_to(-TO_SUN, Vec3::Y),
        sun_cascades(bounds_m, quality),
    )
}

/// Another quality has other cascades.
fn recast_shadows(
    quality: Res<RenderQuality>,
    plant: Option<Res<Plant>>,
    mut suns: Query<&mut CascadeShadowConfig, With<Surroundings>>,
) {
    let Some(bounds_m) = plant.and_then(|plant| plant.bounds_m) else {
        return;
    };
    for mut cascades in &mut suns {
        *cascades = sun_cascades(bounds_m, *quality);
    }
}

/// Shadows that are sharp in front of a person and reach over the whole plant.
fn sun_cascades(bounds_m: Aabb, quality: RenderQuality) -> CascadeShadowConfig {
    let diameter_m = bounds_m.size().length().max(0.1) as f32;
    CascadeShadowConfigBuilder {
        num_cascades: quality.cascades(),
        minimum_distance: diameter_m * 0.002,
        maximum_distance: diameter_m * 2.4,
        first_cascade_far_bound: diameter_m * quality.first_cascade_ratio(),
        ..default()
    }
    .build()
}
