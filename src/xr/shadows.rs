//! Shadows are drawn once for both eyes: the right eye sees with the shadow maps of the left.
//!
//! The engine lays out cascades for each camera and draws them for each. Those of the left eye are laid out so that they cover what
//! both eyes see ([`gemba_xr::projection::seen_by_both`]); the right eye gets none of its own, and the render world gives it the left one's maps and light uniform.
//! In that uniform stands how the view is divided into clusters too, so both eyes divide it in the same way ([`clusters`]).

use bevy::{
    light::{
        Cascades, SimulationLightSystems,
        cluster::{ClusterConfig, ClusterFarZMode, ClusterZConfig},
    },
    pbr::{ViewLightsUniformOffset, ViewShadowBindings},
    prelude::*,
    render::{
        Render, RenderApp, RenderSystems,
        extract_component::{ExtractComponent, ExtractComponentPlugin},
        sync_component::SyncComponent,
    },
};

use super::{
    eyes::EyeCamera,
    spectator::{self, Spectator},
};
use crate::visual::PlantCamera;

/// Lamps beyond this light nothing that one sees them light.
const LAMPS_M: f32 = 250.0;

impl SyncComponent for EyeCamera {
    type Target = Self;
}

impl ExtractComponent for EyeCamera {
    type QueryData = &'static Self;
    type QueryFilter = ();
    type Out = Self;

    fn extract_component(eye: &Self) -> Option<Self> {
        Some(*eye)
    }
}

pub(super) fn build(app: &mut App) {
    app.add_plugins(ExtractComponentPlugin::<EyeCamera>::default())
        .add_systems(
            PostUpdate,
            leave_to_the_left
                .after(spectator::decide)
                .after(SimulationLightSystems::UpdateDirectionalLightCascades)
                .before(SimulationLightSystems::UpdateLightFrusta),
        );
    if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
        render_app.add_systems(Render, give_to_the_right.in_set(RenderSystems::PrepareResources));
    }
}

/// How the view of an eye is divided for lamps: the same in every frame, and for both.
pub(super) fn clusters() -> ClusterConfig {
    ClusterConfig::FixedZ {
        total: 4_096,
        z_slices: 24,
        z_config: ClusterZConfig {
            first_slice_depth: 5.0,
            far_z_mode: ClusterFarZMode::Constant(LAMPS_M),
        },
        dynamic_resizing: false,
    }
}

/// Takes the right eye's cascades away before anything is culled for them, and those of the panels' cameras, which see nothing at all,
/// and of the window's while nobody draws it.
fn leave_to_the_left(
    eyes: Query<(Entity, &EyeCamera)>,
    panels: Query<Entity, With<Camera2d>>,
    windows: Query<Entity, With<PlantCamera>>,
    spectator: Res<Spectator>,
    mut lights: Query<&mut Cascades>,
) {
    for mut cascades in &mut lights {
        let resting = windows.iter().filter(|_| spectator.rests);
        for camera in panels.iter().chain(resting) {
            cascades.cascades.remove(&camera);
        }
    }
    for (entity, eye) in &eyes {
        if eye.0 == 0 {
            continue;
        }
        for mut cascades in &mut lights {
            if let Some(cascades) = cascades.cascades.get_mut(&entity) {
                cascades.clear();
            }
        }
    }
}

/// Gives the right eye what the left one's shadows are in.
fn give_to_the_right(mut eyes: Query<(&EyeCamera, &mut ViewShadowBindings, &mut ViewLightsUniformOffset)>) {
    let left = eyes.iter().find(|(eye, ..)| eye.0 == 0).map(|(_, maps, lights)| {
        let maps = ViewShadowBindings {
            point_light_depth_texture: maps.point_light_depth_texture.clone(),
            point_light_depth_texture_view: maps.point_light_depth_texture_view.clone(),
            directional_light_depth_texture: maps.directional_light_depth_texture.clone(),
            directional_light_depth_texture_view: maps.directional_light_depth_texture_view.clone(),
        };
        (maps, lights.offset)
    });
    let Some((maps, offset)) = left else { return };
    if let Some((_, mut to, mut lights)) = eyes.iter_mut().find(|(eye, ..)| eye.0 == 1) {
        *to = maps;
        lights.offset = offset;
    }
}
