//! Pieces of the loader to assets and entities, a slice a frame.

use std::{
    sync::Arc,
    time::{Duration, Instant},
    vec::IntoIter,
};

use bevy::{
    camera::{primitives::Aabb as CullingBox, visibility::NoAutoAabb},
    prelude::*,
};
use gemba_panels::ViewerCommand;
use gemba_usd::doc::MeshIndex;

use super::{
    Plant, PlantLoad, PlantLoaded, PrimEntities, PrimRef, ShowScene,
    components::{DrawnMesh, GuidePrim, GuidesShown},
    draws::Draw,
    lights,
    load::{LoadedScene, Loader, Piece},
    motion::PrimMotions,
    origin::ViewOrigin,
    placement::{PrimFromPart, PrimTransforms, WorldFromPrim},
};
use crate::{
    command::Requested,
    visual::{PlantMaterial, plant_material},
};

/// What spawning may take of a frame: a quarter of what the last frame took. At 60 frames a second that leaves three
/// quarters to the rest, and where a frame takes seconds a plant does not take minutes to appear.
const SLICE_RATIO: f32 = 0.25;
const SLICES: [Duration; 2] = [Duration::from_millis(4), Duration::from_millis(500)];

/// Spawning under way.
#[derive(Resource, Default)]
pub(super) struct Spawning {
    draws: IntoIter<Draw>,
    total: usize,
    meshes: Vec<(Handle<Mesh>, CullingBox, MeshIndex)>,
    surfaces: Vec<Handle<PlantMaterial>>,
    entities: Vec<(gemba_usd::doc::PrimIndex, Entity)>,
    /// The loader has sent everything.
    is_complete: bool,
}

/// Starts loading what a person asked to open, in place of what is open.
pub(super) fn open_requested(
    mut commands: Commands,
    mut requests: MessageReader<Requested>,
    mut scenes: MessageReader<ShowScene>,
    mut load: ResMut<PlantLoad>,
    images: Res<Assets<Image>>,
    old: Query<Entity, With<PrimRef>>,
    mut entities: ResMut<PrimEntities>,
    mut motions: ResMut<PrimMotions>,
) {
    let from_file = requests.read().filter_map(|Requested(request)| match request {
        ViewerCommand::OpenPlant { file } => Some((file.clone(), None)),
        _ => None,
    });
    let made = scenes
        .read()
        .map(|scene| (scene.file.clone(), Some(Arc::clone(&scene.doc))));
    let Some((file, doc)) = from_file.chain(made).last() else {
        return;
    };
    old.iter().for_each(|entity| commands.entity(entity).despawn());
    entities.reset(Vec::new());
    motions.reset();
    commands.remove_resource::<Plant>();
    commands.insert_resource(Spawning::default());
    match Loader::start(file.clone(), doc, images.get_handle_provider()) {
        Ok(loader) => {
            *load = PlantLoad::Reading {
                file,
                doing: "Starting".into(),
                ratio: None,
            };
            commands.insert_resource(loader);
        }
        Err(error) => {
            *load = PlantLoad::Failed {
                file,
                message: format!(
                    "no thread could be started to read the plant: {error}; close other programs"
                ),
            };
        }
    }
}

/// Takes what the loader sent and spawns, as far as the slice of this frame reaches.
pub(super) fn take_pieces(world: &mut World) {
    let Some(loader) = world.remove_resource::<Loader>() else {
        return;
    };
    let slice = world
        .get_resource::<Time<Real>>()
        .map_or(SLICES[0], |time| time.delta().mul_f32(SLICE_RATIO))
        .clamp(SLICES[0], SLICES[1]);
    #[allow(
        clippy::disallowed_methods,
        reason = "the slice is measured on the clock that the frame runs on"
    )]
    let start = Instant::now();
    let mut is_done = false;
    while start.elapsed() < slice && !is_done {
        if spawn_batch(world) {
            continue;
        }
        let Some(piece) = loader.next() else { break };
        is_done = take(world, &loader, piece);
    }
    report_spawning(world);
    if !is_done {
        world.insert_resource(loader);
    }
}

/// Takes one piece; `true` after the last.
fn take(world: &mut World, loader: &Loader, piece: Piece) -> bool {
    match piece {
        Piece::Progress { doing, ratio } => {
            *world.resource_mut::<PlantLoad>() = PlantLoad::Reading {
                file: loader.file.clone(),
                doing,
                ratio,
            };
            false
        }
        Piece::Scene(scene) => {
            take_scene(world, loader, *scene);
            false
        }
        Piece::Mesh(prepared) => {
            let handle = world.resource_mut::<Assets<Mesh>>().add(prepared.mesh);
            world
                .resource_mut::<Spawning>()
                .meshes
                .push((handle, prepared.aabb, prepared.source));
            false
        }
        Piece::Image(handle, image) => {
            if let Err(error) = world.resource_mut::<Assets<Image>>().insert(handle.id(), *image) {
                tracing::debug!(%error, "an image came after its plant was closed");
            }
            false
        }
        Piece::Finished => {
            finish(world);
            true
        }
        Piece::Failed(message) => {
            tracing::error!("{message}");
            *world.resource_mut::<PlantLoad>() = PlantLoad::Failed {
                file: loader.file.clone(),
                message,
            };
            true
        }
    }
}

fn take_scene(world: &mut World, loader: &Loader, scene: LoadedScene) {
    let surfaces = {
        let mut materials = world.resource_mut::<Assets<PlantMaterial>>();
        scene
            .surfaces
            .into_iter()
            .map(|surface| materials.add(plant_material(surface)))
            .collect()
    };
    let plant = Plant {
        file: loader.file.clone(),
        world_from_stage: scene.doc.stage.world_from_stage(),
        doc: scene.doc,
        origin_m: scene.origin_m,
        bounds_m: scene.bounds_m,
    };
    let origin = ViewOrigin::new(plant.origin_m);
    let entities = lights::spawn(world, &plant, &scene.transforms, origin);
    world.insert_resource(Spawning {
        total: scene.draws.len(),
        draws: scene.draws.into_iter(),
        surfaces,
        entities,
        ..Spawning::default()
    });
    world.insert_resource(scene.transforms);
    world.insert_resource(origin);
    world.insert_resource(plant);
}

/// Spawns a few entities whose mesh has arrived; `false` when there are none.
fn spawn_batch(world: &mut World) -> bool {
    const BATCH: usize = 64;
    world.resource_scope(|world, mut spawning: Mut<Spawning>| {
        world.resource_scope(|world, transforms: Mut<PrimTransforms>| {
            for at in 0..BATCH {
                let arrived = spawning.meshes.len();
                if spawning
                    .draws
                    .as_slice()
                    .first()
                    .is_none_or(|draw| draw.mesh >= arrived)
                {
                    return at > 0;
                }
                let Some(draw) = spawning.draws.next() else {
                    return at > 0;
                };
                let entity = spawn(world, &spawning, &transforms, &draw);
                spawning.entities.push((draw.prim, entity));
            }
            true
        })
    })
}

fn spawn(world: &mut World, spawning: &Spawning, transforms: &PrimTransforms, draw: &Draw) -> Entity {
    let (mesh, culling_box, source) = &spawning.meshes[draw.mesh];
    let part = draw.prim_from_part.as_deref().copied().map(PrimFromPart);
    let origin = *world.resource::<ViewOrigin>();
    let placement = transforms.view_from_part(origin, draw.prim, part.as_ref());
    let path = world.resource::<Plant>().doc.prims[draw.prim.index()]
        .path
        .clone();
    let is_hidden = draw.is_guide && !world.resource::<GuidesShown>().0;
    let mut entity = world.spawn((
        PrimRef {
            index: draw.prim,
            path,
        },
        DrawnMesh(*source),
        WorldFromPrim(placement),
        GlobalTransform::from(placement),
        Mesh3d(mesh.clone()),
        MeshMaterial3d(spawning.surfaces[draw.surface].clone()),
        *culling_box,
        NoAutoAabb,
        if is_hidden {
            Visibility::Hidden
        } else {
            Visibility::Inherited
        },
    ));
    if let Some(part) = part {
        entity.insert(part);
    }
    if draw.is_guide {
        entity.insert(GuidePrim);
    }
    entity.id()
}

fn report_spawning(world: &mut World) {
    let spawning = world.resource::<Spawning>();
    let (left, total) = (spawning.draws.len(), spawning.total);
    let is_under_way = !spawning.is_complete && world.contains_resource::<Plant>();
    let mut load = world.resource_mut::<PlantLoad>();
    if is_under_way && !matches!(*load, PlantLoad::Failed { .. }) {
        load.set_if_neq(PlantLoad::Spawning {
            done: total - left,
            total,
        });
    }
}

/// Everything was sent and, because meshes come before the end, spawned.
fn finish(world: &mut World) {
    while spawn_batch(world) {}
    let mut spawning = world.resource_mut::<Spawning>();
    spawning.is_complete = true;
    let rows = std::mem::take(&mut spawning.entities);
    spawning.meshes = Vec::new();
    spawning.surfaces = Vec::new();
    tracing::info!(entities = rows.len(), "plant ready");
    world.resource_mut::<PrimEntities>().reset(rows);
    *world.resource_mut::<PlantLoad>() = PlantLoad::Ready;
    world.write_message(PlantLoaded);
}

/// Takes note of whether guides are asked for; `inspection` shows and hides them.
pub(super) fn show_guides(mut requests: MessageReader<Requested>, mut shown: ResMut<GuidesShown>) {
    for Requested(request) in requests.read() {
        if let ViewerCommand::ShowGuides { shown: ask } = request {
            shown.set_if_neq(GuidesShown(*ask));
        }
    }
}
