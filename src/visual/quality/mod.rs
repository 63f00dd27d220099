//! What the adapter draws in time: chosen at the start by what it is, then held by how long frames take.
//!
//! A software renderer gets smaller shadows and cheaper edges, a graphics card the rest. Runs without a window keep what they
//! started with: a picture does not depend on how busy the machine was.

mod hold;

use bevy::{
    anti_alias::fxaa::Fxaa,
    light::{DirectionalLightShadowMap, PointLightShadowMap, ShadowFilteringMethod},
    pbr::{ScreenSpaceAmbientOcclusion, ScreenSpaceAmbientOcclusionQualityLevel},
    prelude::*,
    render::renderer::{RenderAdapterInfo, RenderDevice},
};
use hold::Holder;

use super::PlantCamera;
use crate::{plant::PlantLoad, schedule::GembaSystems, viewer::ViewerOptions};

/// How much drawing the adapter can afford; more is finer.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum RenderQuality {
    /// One near shadow and edges smoothed afterwards: what a software renderer may come down to.
    Lowest,
    /// Two cascades of shadow, smooth edges.
    Low,
    /// Shadows near and far.
    Medium,
    /// All of it, with ambient occlusion.
    High,
}

impl RenderQuality {
    const ALL: [Self; 4] = [Self::Lowest, Self::Low, Self::Medium, Self::High];

    /// The choice for an adapter.
    #[must_use]
    pub fn of(adapter: &RenderAdapterInfo) -> Self {
        match adapter.device_type {
            wgpu::DeviceType::Cpu | wgpu::DeviceType::Other => Self::Low,
            wgpu::DeviceType::IntegratedGpu => Self::Medium,
            wgpu::DeviceType::DiscreteGpu | wgpu::DeviceType::VirtualGpu => Self::High,
        }
    }

    fn coarser(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|other| *other < self)
    }

    fn finer(self) -> Option<Self> {
        Self::ALL.into_iter().find(|other| *other > self)
    }

    /// Edge of the shadow map of the sun, per cascade.
    fn sun_shadow_px(self) -> usize {
        match self {
            Self::Lowest => 1024,
            Self::Low | Self::Medium => 2048,
            Self::High => 4096,
        }
    }

    /// Cascades of the sun's shadow; each draws the plant again.
    #[must_use]
    pub fn cascades(self) -> usize {
        match self {
            Self::Lowest => 1,
            Self::Low => 2,
            Self::Medium => 3,
            Self::High => 4,
        }
    }

    /// How far the first cascade reaches, as a share of the plant's diameter: few cascades must each reach far.
    #[must_use]
    pub fn first_cascade_ratio(self) -> f32 {
        match self {
            Self::Lowest => 1.2,
            Self::Low => 0.5,
            Self::Medium => 0.2,
            Self::High => 0.12,
        }
    }
}

/// Chooses the quality at the start and holds it.
#[derive(Default)]
pub(super) struct QualityPlugin;

impl Plugin for QualityPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, choose_quality).add_systems(
            Update,
            (
                hold_quality.run_if(resource_exists::<Held>),
                apply_quality.run_if(resource_exists_and_changed::<RenderQuality>),
            )
                .chain()
                .in_set(GembaSystems::Present),
        );
    }
}

/// The quality follows the frames; absent where it is fixed.
#[derive(Resource)]
struct Held(Holder);

fn choose_quality(
    mut commands: Commands,
    adapter: Option<Res<RenderAdapterInfo>>,
    options: Option<Res<ViewerOptions>>,
) {
    let asked = options.as_ref().and_then(|options| options.quality);
    let fitting = adapter
        .as_ref()
        .map_or(RenderQuality::Low, |adapter| RenderQuality::of(adapter));
    let quality = asked.unwrap_or(fitting);
    let adapter = adapter.as_ref().map_or("none", |adapter| adapter.name.as_str());
    tracing::info!(adapter, ?quality, "rendering");
    commands.insert_resource(quality);
    let is_watched = options.is_some_and(|options| options.headless.is_none());
    if is_watched && asked.is_none() {
        commands.insert_resource(Held(Holder::new(fitting)));
    }
}

/// Follows the frames once the plant is there: what loading takes is no matter of drawing.
fn hold_quality(
    mut held: ResMut<Held>,
    mut quality: ResMut<RenderQuality>,
    load: Res<PlantLoad>,
    time: Res<Time<Real>>,
) {
    if *load != PlantLoad::Ready {
        held.0.restart();
        return;
    }
    if let Some(next) = held.0.frame(time.delta_secs(), *quality) {
        tracing::info!(before = ?*quality, now = ?next, "quality follows the time that frames take");
        *quality = next;
        held.0.restart();
    }
}

/// Ambient occlusion writes five storage textures in one pass.
const STORAGE_TEXTURES_FOR_OCCLUSION: u32 = 5;

/// Sets up camera and shadows.
fn apply_quality(
    mut commands: Commands,
    quality: Res<RenderQuality>,
    device: Option<Res<RenderDevice>>,
    cameras: Query<Entity, With<PlantCamera>>,
) {
    commands.insert_resource(DirectionalLightShadowMap {
        size: quality.sun_shadow_px(),
    });
    commands.insert_resource(PointLightShadowMap { size: 1024 });
    let has_occlusion = *quality == RenderQuality::High
        && device.is_some_and(|device| {
            device.limits().max_storage_textures_per_shader_stage >= STORAGE_TEXTURES_FOR_OCCLUSION
        });
    for camera in &cameras {
        let mut camera = commands.entity(camera);
        camera.insert(ShadowFilteringMethod::Gaussian);
        if has_occlusion {
            // Ambient occlusion reads a depth buffer without multisampling; edges are smoothed afterwards.
            camera.insert(ScreenSpaceAmbientOcclusion {
                quality_level: ScreenSpaceAmbientOcclusionQualityLevel::High,
                ..default()
            });
        } else {
            camera.remove::<ScreenSpaceAmbientOcclusion>();
        }
        if has_occlusion || *quality == RenderQuality::Lowest {
            camera.insert((Msaa::Off, Fxaa::default()));
        } else {
            camera.insert(Msaa::Sample4).remove::<Fxaa>();
        }
    }
}
