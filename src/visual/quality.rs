//! What the adapter draws in time: a software renderer gets smaller shadows and cheaper edges, a graphics card the rest.

use bevy::{
    anti_alias::fxaa::Fxaa,
    light::{DirectionalLightShadowMap, PointLightShadowMap, ShadowFilteringMethod},
    pbr::{ScreenSpaceAmbientOcclusion, ScreenSpaceAmbientOcclusionQualityLevel},
    prelude::*,
    render::renderer::{RenderAdapterInfo, RenderDevice},
};

use super::PlantCamera;
use crate::viewer::ViewerOptions;

/// How much drawing the adapter can afford.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum RenderQuality {
    /// Software rendering.
    Low,
    /// A graphics processor.
    High,
}

impl RenderQuality {
    /// The choice for an adapter.
    #[must_use]
    pub fn of(adapter: &RenderAdapterInfo) -> Self {
        match adapter.device_type {
            wgpu::DeviceType::Cpu | wgpu::DeviceType::Other => Self::Low,
            wgpu::DeviceType::IntegratedGpu
            | wgpu::DeviceType::DiscreteGpu
            | wgpu::DeviceType::VirtualGpu => Self::High,
        }
    }

    /// Edge of the shadow map of the sun, per cascade.
    fn sun_shadow_px(self) -> usize {
        match self {
            Self::Low => 2048,
            Self::High => 4096,
        }
    }

    /// Cascades of the sun's shadow; each draws the plant again.
    #[must_use]
    pub fn cascades(self) -> usize {
        match self {
            Self::Low => 2,
            Self::High => 4,
        }
    }
}

/// Ambient occlusion writes five storage textures in one pass.
const STORAGE_TEXTURES_FOR_OCCLUSION: u32 = 5;

/// Chooses the quality and sets up camera and shadows for it.
pub(super) fn choose_quality(
    mut commands: Commands,
    adapter: Option<Res<RenderAdapterInfo>>,
    device: Option<Res<RenderDevice>>,
    options: Option<Res<ViewerOptions>>,
    camera: Query<Entity, With<PlantCamera>>,
) {
    let asked = options.and_then(|options| options.quality);
    let fitting = adapter
        .as_ref()
        .map_or(RenderQuality::Low, |adapter| RenderQuality::of(adapter));
    let quality = asked.unwrap_or(fitting);
    let adapter = adapter.as_ref().map_or("none", |adapter| adapter.name.as_str());
    tracing::info!(adapter, ?quality, "rendering");
    commands.insert_resource(quality);
    commands.insert_resource(DirectionalLightShadowMap {
        size: quality.sun_shadow_px(),
    });
    commands.insert_resource(PointLightShadowMap { size: 1024 });
    let has_occlusion = quality == RenderQuality::High
        && device.is_some_and(|device| {
            device.limits().max_storage_textures_per_shader_stage >= STORAGE_TEXTURES_FOR_OCCLUSION
        });
    for camera in &camera {
        let mut camera = commands.entity(camera);
        camera.insert(ShadowFilteringMethod::Gaussian);
        if has_occlusion {
            // Ambient occlusion reads a depth buffer without multisampling; edges are smoothed afterwards.
            camera.insert((
                Msaa::Off,
                Fxaa::default(),
                ScreenSpaceAmbientOcclusion {
                    quality_level: ScreenSpaceAmbientOcclusionQualityLevel::High,
                    ..default()
                },
            ));
        } else {
            camera.insert(Msaa::Sample4);
        }
    }
}
