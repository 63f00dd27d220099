//! Arrows and lines that notes draw in the plant: solid, in the author's colour, moving with what they hang on.

use std::{collections::BTreeMap, sync::Arc};

use bevy::{
    light::{NotShadowCaster, NotShadowReceiver},
    math::{DMat4, DVec3},
    prelude::*,
};
use gemba_panels::tokens;
use gemba_session::{
    AnnotationId, RoomState,
    operation::{Markup, Status},
    state::Annotation,
};
use gemba_usd::doc::PrimIndex;

use super::{
    Meeting,
    avatars::colour_of,
    notes::numbered,
    tube::{Ring, arrow, tube},
};
use crate::{
    inspection::Showing,
    plant::{Plant, PrimTransforms, StandsAt},
};

/// The newest open drawings that are shown.
const MOST_DRAWINGS: usize = 200;
/// An arrow's shaft by its length: thin enough to point, thick enough to be seen along a hall.
const SHAFT_PER_LENGTH: f32 = 0.011;
const SHAFTS_M: [f32; 2] = [0.003, 0.12];

/// The unlit colours of people.
#[derive(Resource)]
pub(crate) struct Inks(Vec<Handle<StandardMaterial>>);

impl Inks {
    /// A drawing of this size at the origin, to see that the graphics card is ready for drawings.
    pub(crate) fn trial(&self, size_m: f32, meshes: &mut Assets<Mesh>) -> Option<impl Bundle + use<>> {
        let mesh = tube(&arrow(Vec3::ZERO, Vec3::X * size_m, size_m))?;
        let ink = MeshMaterial3d(self.0.first()?.clone());
        Some((Mesh3d(meshes.add(mesh)), ink, NotShadowCaster, NotShadowReceiver))
    }
}

/// Makes the colours once.
pub(super) fn make_inks(mut commands: Commands, mut materials: ResMut<Assets<StandardMaterial>>) {
    let inks = tokens::color::PEOPLE.iter().map(|colour| {
        materials.add(StandardMaterial {
            base_color: colour_of(*colour),
            unlit: true,
            ..default()
        })
    });
    commands.insert_resource(Inks(inks.collect()));
}

/// A drawing as it stands in the plant.
pub(super) struct Drawn {
    entity: Entity,
    prim: PrimIndex,
    anchor_in_prim: DVec3,
    /// What it was made of: when any of it changes it is made anew.
    made_of: (Markup, u8, DMat4),
}

/// Keeps the drawings of the open notes in the plant.
pub(super) fn place_drawings(
    mut commands: Commands,
    inks: Option<Res<Inks>>,
    meeting: Res<Meeting>,
    plant: Option<Res<Plant>>,
    transforms: Res<PrimTransforms>,
    showing: Showing,
    mut meshes: ResMut<Assets<Mesh>>,
    mut drawn: Local<BTreeMap<AnnotationId, Drawn>>,
    mut made_of: Local<Option<Arc<RoomState>>>,
    mut visibilities: Query<&mut Visibility>,
) {
    let (Some(inks), Some(plant)) = (inks, plant) else {
        remove_all(&mut commands, &mut drawn);
        *made_of = None;
        return;
    };
    let is_same_room = made_of
        .as_ref()
        .is_some_and(|state| Arc::ptr_eq(state, meeting.state()));
    if !is_same_room || plant.is_changed() {
        if plant.is_changed() {
            remove_all(&mut commands, &mut drawn);
        }
        *made_of = Some(Arc::clone(meeting.state()));
        let wanted = wanted(meeting.state(), &plant);
        drawn.retain(|id, old| {
            let stays = wanted.contains_key(id);
            if !stays {
                commands.entity(old.entity).despawn();
            }
            stays
        });
        for (id, (prim, note, colour)) in wanted {
            let world_from_prim = transforms.world_from_prim(prim);
            let made_of = (note.markup.value.clone(), colour, world_from_prim);
            let anchor_in_prim = DVec3::from(note.anchor.value.point_in_prim);
            if let Some(old) = drawn.get(&id) {
                if old.made_of == made_of && old.anchor_in_prim == anchor_in_prim {
                    continue;
                }
                commands.entity(old.entity).despawn();
            }
            let entity = commands.spawn((NotShadowCaster, NotShadowReceiver)).id();
            let mut new = Drawn {
                entity,
                prim,
                anchor_in_prim,
                made_of,
            };
            new.shape(&mut commands, &mut meshes, &inks);
            drawn.insert(id, new);
        }
    }
    for drawing in drawn.values_mut() {
        let world_from_prim = transforms.world_from_prim(drawing.prim);
        if world_from_prim != drawing.made_of.2 {
            drawing.made_of.2 = world_from_prim;
            drawing.shape(&mut commands, &mut meshes, &inks);
        }
        let anchor_m = world_from_prim.transform_point3(drawing.anchor_in_prim);
        if let Ok(mut visibility) = visibilities.get_mut(drawing.entity) {
            visibility.set_if_neq(if showing.shows(drawing.prim, anchor_m) {
                Visibility::Inherited
            } else {
                Visibility::Hidden
            });
        }
    }
}

fn remove_all(commands: &mut Commands, drawn: &mut BTreeMap<AnnotationId, Drawn>) {
    for drawing in std::mem::take(drawn).into_values() {
        commands.entity(drawing.entity).despawn();
    }
}

/// The newest open notes that draw, found in the plant, with their author's colour.
fn wanted<'a>(
    state: &'a RoomState,
    plant: &Plant,
) -> BTreeMap<AnnotationId, (PrimIndex, &'a Annotation, u8)> {
    numbered(state)
        .into_iter()
        .filter(|(_, _, note)| note.status.value != Status::Resolved)
        .filter(|(_, _, note)| matches!(note.markup.value, Markup::Arrow { .. } | Markup::Stroke { .. }))
        .take(MOST_DRAWINGS)
        .filter_map(|(_, id, note)| {
            let prim = plant.doc.find(&note.anchor.value.prim)?;
            let colour = state.person(note.author).map_or(0, |person| person.colour);
            Some((id, (prim, note, colour)))
        })
        .collect()
}

impl Drawn {
    /// Gives the entity its mesh, in metres about its anchor: lines keep their thickness however the prim is scaled, and
    /// small drawings far from zero stay fine.
    fn shape(&mut self, commands: &mut Commands, meshes: &mut Assets<Mesh>, inks: &Inks) {
        let (markup, colour, world_from_prim) = &self.made_of;
        let anchor_m = world_from_prim.transform_point3(self.anchor_in_prim);
        let from_anchor = |at: DVec3| (world_from_prim.transform_point3(at) - anchor_m).as_vec3();
        let Some(ink) = inks.0.get(usize::from(*colour) % inks.0.len().max(1)) else {
            return;
        };
        let path = path_of(markup, self.anchor_in_prim, from_anchor);
        let Some(mesh) = path.and_then(|path| tube(&path)) else {
            return;
        };
        commands.entity(self.entity).insert((
            Mesh3d(meshes.add(mesh)),
            MeshMaterial3d(ink.clone()),
            StandsAt(anchor_m),
        ));
    }
}

/// The path of the line that a note draws; `None` for notes that draw none.
fn path_of(markup: &Markup, anchor_in_prim: DVec3, in_metres: impl Fn(DVec3) -> Vec3) -> Option<Vec<Ring>> {
    match markup {
        Markup::Text | Markup::Screenshot { .. } => None,
        Markup::Arrow { from_in_prim } => {
            let (from, to) = (in_metres(DVec3::from(*from_in_prim)), in_metres(anchor_in_prim));
            let radius = (from.distance(to) * SHAFT_PER_LENGTH).clamp(SHAFTS_M[0], SHAFTS_M[1]);
            Some(arrow(from, to, radius).to_vec())
        }
        Markup::Stroke {
            points_from_anchor,
            width_m,
        } => {
            let radius = width_m.clamp(SHAFTS_M[0] * 0.5, SHAFTS_M[1] * 2.0) * 0.5;
            Some(
                points_from_anchor
                    .iter()
                    .map(|at| Ring {
                        at: in_metres(anchor_in_prim + Vec3::from(*at).as_dvec3()),
                        radius,
                    })
                    .collect(),
            )
        }
    }
}
