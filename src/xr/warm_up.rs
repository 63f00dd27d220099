//! What one meets for the first time in the headset must not hold up a frame: what comes later is drawn from the first
//! frame of the eyes until all pipelines are there, and for some frames more, too small for anybody to see.

use bevy::{camera::visibility::NoFrustumCulling, light::NotShadowCaster, picking::Pickable, prelude::*};

use super::{
    eyes::EyePictures,
    panels::{SurfaceLayer, SurfaceMaterial},
};
use crate::{session::Inks, visual::readiness::RenderReadiness};

/// Frames of the eyes that are drawn with it, after the last pipeline is there.
const FRAMES: u32 = 10;
/// Smaller than a pixel. They are drawn wherever one looks: a pipeline is made for what is drawn, not for what is seen.
const SIZE_M: f32 = 1e-5;

/// Something that is drawn for its pipeline alone.
#[derive(Component)]
pub(super) struct Trial;

/// How long it has gone on.
#[derive(Resource, Default)]
pub(super) struct WarmUp {
    frames: u32,
}

impl WarmUp {
    pub(super) fn is_over(&self) -> bool {
        self.frames > FRAMES
    }
}

/// Draws them, and ends it.
pub(super) fn warm_up(
    mut commands: Commands,
    pictures: Option<Res<EyePictures>>,
    readiness: Option<Res<RenderReadiness>>,
    inks: Option<Res<Inks>>,
    mut warm_up: ResMut<WarmUp>,
    trials: Query<Entity, With<Trial>>,
    mut gizmos: Gizmos,
    mut images: ResMut<Assets<Image>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<SurfaceMaterial>>,
) {
    if warm_up.is_over() || pictures.is_none_or(|pictures| !pictures.are_seen) {
        return;
    }
    if trials.is_empty() {
        let picture = images.add(Image::default());
        commands.spawn((
            Name::new("a panel for its pipeline"),
            Trial,
            Mesh3d(meshes.add(Rectangle::new(SIZE_M, SIZE_M))),
            MeshMaterial3d(materials.add(SurfaceMaterial {
                picture,
                layer: SurfaceLayer::Plant,
            })),
            NoFrustumCulling,
            NotShadowCaster,
            Pickable::IGNORE,
        ));
        if let Some(drawing) = inks.and_then(|inks| inks.trial(SIZE_M, &mut meshes)) {
            let name = Name::new("a drawing for its pipeline");
            commands.spawn((name, Trial, drawing, NoFrustumCulling, Pickable::IGNORE));
        }
    }
    // The ray of a hand, and the arc.
    gizmos.line(Vec3::ZERO, Vec3::X * SIZE_M, Color::BLACK);
    gizmos.linestrip([Vec3::ZERO, Vec3::X * SIZE_M], Color::BLACK);
    if readiness.is_none_or(|readiness| readiness.is_whole()) {
        warm_up.frames += 1;
    }
    if warm_up.is_over() {
        trials.iter().for_each(|trial| commands.entity(trial).despawn());
    }
}
