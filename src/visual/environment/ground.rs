//! The ground with its grid: where the plant stands, and how large it is.

use bevy::{
    asset::uuid_handle,
    light::NotShadowCaster,
    math::DVec3,
    pbr::{ExtendedMaterial, MaterialExtension, MaterialPlugin},
    picking::Pickable,
    prelude::*,
    render::render_resource::{AsBindGroup, ShaderType},
    shader::ShaderRef,
};
use gemba_usd::doc::Aabb;

use crate::plant::{StandsAt, ViewOrigin};

const SHADER: Handle<Shader> = uuid_handle!("c0f2b9e4-31a5-4f1d-8f39-5d7f0a6b2e11");

/// Surface of the ground: the standard material and a grid.
pub(super) type GroundMaterial = ExtendedMaterial<StandardMaterial, GridExtension>;

/// The grid; the shader explains the fields.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
pub(super) struct GridExtension {
    #[uniform(100)]
    grid: Grid,
}

#[derive(ShaderType, Clone, Debug)]
struct Grid {
    center_m: Vec2,
    grid_origin_m: Vec2,
    fade_m: f32,
    cell_m: f32,
    line_ratio: f32,
    unused: f32,
}

impl MaterialExtension for GridExtension {
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }
}

/// The entity that is the ground, and where its middle is in the world.
#[derive(Component)]
pub(super) struct Ground {
    center_m: DVec3,
}

/// Registers the ground's material and shader.
pub(super) struct GroundPlugin;

impl Plugin for GroundPlugin {
    fn build(&self, app: &mut App) {
        let shader = Shader::from_wgsl(
            include_str!("../../../shaders/ground.wgsl"),
            "shaders/ground.wgsl",
        );
        if let Err(error) = app
            .world_mut()
            .resource_mut::<Assets<Shader>>()
            .insert(SHADER.id(), shader)
        {
            tracing::error!(%error, "the shader of the ground is not registered; the ground stays invisible");
        }
        app.add_plugins(MaterialPlugin::<GroundMaterial>::default());
    }
}

/// Ground for a plant of `bounds_m`.
pub(super) fn ground(
    bounds_m: Aabb,
    origin: ViewOrigin,
    meshes: &mut Assets<Mesh>,
    materials: &mut Assets<GroundMaterial>,
) -> impl Bundle {
    let radius_m = (bounds_m.size().length() * 0.5).max(0.05);
    let fade_m = radius_m * 7.0;
    // A little below the lowest point, so that floors at zero do not flicker through.
    let center_m = bounds_m.center().with_y(bounds_m.min.y - radius_m * 0.001);
    let material = GroundMaterial {
        base: StandardMaterial {
            base_color: Color::linear_rgb(0.36, 0.345, 0.32),
            perceptual_roughness: 0.9,
            reflectance: 0.25,
            alpha_mode: AlphaMode::Blend,
            ..default()
        },
        extension: GridExtension {
            grid: Grid {
                center_m: origin.in_view(center_m).xz(),
                grid_origin_m: origin.in_view(DVec3::ZERO).xz(),
                fade_m: fade_m as f32,
                cell_m: cell_m(radius_m) as f32,
                line_ratio: 0.22,
                unused: 0.0,
            },
        },
    };
    let plane = Plane3d::new(Vec3::Y, Vec2::splat(fade_m as f32));
    (
        Ground { center_m },
        StandsAt(center_m),
        Mesh3d(meshes.add(plane)),
        MeshMaterial3d(materials.add(material)),
        NotShadowCaster,
        Pickable::IGNORE,
    )
}

/// The grid stays where it was in the world when the renderer's origin moves.
pub(super) fn keep_grid(
    origin: Res<ViewOrigin>,
    grounds: Query<(&Ground, &MeshMaterial3d<GroundMaterial>)>,
    mut materials: ResMut<Assets<GroundMaterial>>,
) {
    for (ground, material) in &grounds {
        if let Some(mut material) = materials.get_mut(&material.0) {
            let grid = &mut material.extension.grid;
            grid.center_m = origin.in_view(ground.center_m).xz();
            grid.grid_origin_m = origin.in_view(DVec3::ZERO).xz();
        }
    }
}

/// Grid distance for a plant: a power of ten that divides it into some tens of cells.
fn cell_m(radius_m: f64) -> f64 {
    10.0_f64.powf((radius_m * 0.12).log10().floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_fit_the_plant() {
        assert_eq!(cell_m(20.0), 1.0);
        assert!((cell_m(0.1) - 0.01).abs() < 1e-9);
        assert_eq!(cell_m(900.0), 100.0);
    }
}
