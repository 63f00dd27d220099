//! Steam where a value says that it leaves: the effect `plume`.
//!
//! One mesh of squares for all plumes, one small material each; the puffs are moved by the shader alone. A value that is not
//! to be trusted shows no plume: what is not known to leave is not shown leaving.

use bevy::{
    asset::{RenderAssetUsages, uuid_handle},
    camera::primitives::Aabb,
    light::NotShadowCaster,
    math::{DMat3, DVec3, Vec3A, Vec4},
    mesh::{Indices, PrimitiveTopology},
    picking::Pickable,
    prelude::*,
    render::render_resource::AsBindGroup,
    shader::ShaderRef,
};
use gemba_model::Quality;
use gemba_twin::{Effect, EffectKind};

use crate::{
    binding::{Bindings, EffectAnchor, TwinPlan, TwinsBound, ratio_in},
    inspection::Showing,
    plant::{Plant, PrimTransforms, StandsAt},
    schedule::GembaSystems,
    telemetry::{PointState, Points},
};

const SHADER: Handle<Shader> = uuid_handle!("7d9b6a0e-1c55-4b7e-8a0d-2f4c9e6b3a18");

/// Enough to be a cloud, few enough for any adapter.
const PUFFS: u16 = 28;
/// A plume begins this wide, as a share of the box that it leaves, and no wider than the second number in metres.
const WIDTH_RATIO: f64 = 0.14;
const WIDEST_M: f64 = 1.2;
/// Smaller changes of strength are not seen.
const STEP: f32 = 0.01;

/// Draws plumes.
#[derive(Default)]
pub struct PlumesPlugin;

impl Plugin for PlumesPlugin {
    fn build(&self, app: &mut App) {
        let shader = Shader::from_wgsl(include_str!("../../shaders/plume.wgsl"), "shaders/plume.wgsl");
        let mut shaders = app.world_mut().resource_mut::<Assets<Shader>>();
        if let Err(error) = shaders.insert(SHADER.id(), shader) {
            error!("The shader of plumes cannot be registered, they stay invisible: {error}");
        }
        app.add_plugins(MaterialPlugin::<PlumeMaterial>::default())
            .add_systems(
                Update,
                (spawn_plumes.run_if(on_message::<TwinsBound>), follow_values)
                    .chain()
                    .in_set(GembaSystems::Present),
            );
    }
}

/// A cloud; the shader explains the fields.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
struct PlumeMaterial {
    #[uniform(0)]
    color: Vec4,
    #[uniform(0)]
    way: Vec4,
}

impl Material for PlumeMaterial {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }

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
}

/// A plume, by its row in [`Bindings::plumes`].
#[derive(Component)]
struct Plume(usize);

fn spawn_plumes(
    old: Query<Entity, With<Plume>>,
    plan: Res<TwinPlan>,
    bindings: Res<Bindings>,
    plant: Option<Res<Plant>>,
    transforms: Res<PrimTransforms>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<PlumeMaterial>>,
    mut commands: Commands,
) {
    old.iter().for_each(|entity| commands.entity(entity).despawn());
    if plant.is_none() || bindings.plumes().is_empty() {
        return;
    }
    let mesh = meshes.add(puffs());
    for (row, anchor) in bindings.plumes().iter().enumerate() {
        let Some((at_m, material)) = plan
            .effects
            .get(anchor.effect)
            .and_then(|effect| cloud(effect, anchor, &transforms))
        else {
            continue;
        };
        let way = material.way.truncate();
        let margin = Vec3A::splat(material.way.w * 4.0);
        commands.spawn((
            Plume(row),
            Mesh3d(mesh.clone()),
            MeshMaterial3d(materials.add(material)),
            StandsAt(at_m),
            // The shader puts the puffs where the mesh does not say.
            Aabb {
                center: Vec3A::from(way * 0.5),
                half_extents: Vec3A::from(way * 0.5).abs() + margin,
            },
            Visibility::Hidden,
            NotShadowCaster,
            Pickable::IGNORE,
        ));
    }
}

/// Where a plume begins in the world, and its cloud, of no strength yet.
fn cloud(
    effect: &Effect,
    anchor: &EffectAnchor,
    transforms: &PrimTransforms,
) -> Option<(DVec3, PlumeMaterial)> {
    let EffectKind::Plume {
        axis,
        length_m,
        color: [red, green, blue],
        ..
    } = &effect.kind
    else {
        return None;
    };
    let world_from_prim = transforms.world_from_prim(anchor.prim);
    let way = DMat3::from_mat4(world_from_prim) * DVec3::from_array(*axis);
    let way = way.normalize_or(DVec3::Y) * *length_m;
    let width_m = (anchor.size_m * WIDTH_RATIO)
        .clamp(0.02, WIDEST_M)
        .min(length_m * 0.4);
    let material = PlumeMaterial {
        color: Vec4::new(*red, *green, *blue, 0.0),
        way: way.as_vec3().extend(width_m as f32),
    };
    Some((
        world_from_prim.transform_point3(anchor.prim_from_anchor),
        material,
    ))
}

fn follow_values(
    plan: Res<TwinPlan>,
    bindings: Res<Bindings>,
    points: Res<Points>,
    transforms: Res<PrimTransforms>,
    showing: Showing,
    mut plumes: Query<(&Plume, &MeshMaterial3d<PlumeMaterial>, &mut Visibility)>,
    mut materials: ResMut<Assets<PlumeMaterial>>,
) {
    for (Plume(row), material, mut visibility) in &mut plumes {
        let anchor = bindings.plumes().get(*row);
        let Some((anchor, effect)) = anchor.and_then(|it| Some((it, plan.effects.get(it.effect)?))) else {
            // Its plant is gone.
            visibility.set_if_neq(Visibility::Hidden);
            continue;
        };
        let strength = strength(&effect.kind, points.get(effect.point));
        let at_m = transforms
            .world_from_prim(anchor.prim)
            .transform_point3(anchor.prim_from_anchor);
        visibility.set_if_neq(if strength > 0.0 && showing.shows(anchor.prim, at_m) {
            Visibility::Inherited
        } else {
            Visibility::Hidden
        });
        let shown = materials.get(&material.0).map(|material| material.color.w);
        if shown.is_some_and(|shown| (shown - strength).abs() >= STEP)
            && let Some(mut material) = materials.get_mut(&material.0)
        {
            material.color.w = strength;
        }
    }
}

/// How much leaves, 0–1.
fn strength(kind: &EffectKind, state: Option<&PointState>) -> f32 {
    let trusted = state.filter(|state| matches!(state.quality, Quality::Good | Quality::Uncertain));
    match (kind, trusted.and_then(PointState::number)) {
        (EffectKind::Plume { domain, .. }, Some(number)) => ratio_in(*domain, number),
        _ => 0.0,
    }
}

/// Squares of edge 2 about nothing, with the puff that each is as 0–1 in Z.
fn puffs() -> Mesh {
    let mut corners: Vec<[f32; 3]> = Vec::new();
    let mut indices: Vec<u32> = Vec::new();
    for puff in 0..PUFFS {
        let first = u32::from(puff) * 4;
        let seed = f32::from(puff) / f32::from(PUFFS);
        corners.extend([
            [-1.0, -1.0, seed],
            [1.0, -1.0, seed],
            [1.0, 1.0, seed],
            [-1.0, 1.0, seed],
        ]);
        indices.extend([first, first + 1, first + 2, first, first + 2, first + 3]);
    }
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, corners)
        .with_inserted_indices(Indices::U32(indices))
}

#[cfg(test)]
mod tests {
    use gemba_model::{Sample, UnixNanos, Value};

    use super::*;

    #[test]
    fn only_what_is_trusted_leaves() {
        let kind = EffectKind::Plume {
            axis: [0.0, 0.0, 1.0],
            domain: [10.0, 20.0],
            length_m: 2.0,
            color: [1.0; 3],
        };
        let of = |number: f64, quality| {
            let sample = Sample {
                value: Some(Value::Number(number)),
                quality,
                source_time: None,
                recv_time: UnixNanos(0),
            };
            let state = PointState {
                sample: Some(sample),
                quality,
            };
            strength(&kind, Some(&state))
        };
        assert_eq!(of(15.0, Quality::Good), 0.5);
        assert_eq!(of(99.0, Quality::Uncertain), 1.0);
        assert_eq!((of(99.0, Quality::Stale), of(99.0, Quality::Bad)), (0.0, 0.0));
        assert_eq!(of(5.0, Quality::Good), 0.0);
        assert_eq!(strength(&kind, None), 0.0);
    }
}
