//! A head with a visor on a bust for everyone else, in their colour: enough to see who stands where and looks at what.

use std::{collections::BTreeMap, f32::consts::FRAC_PI_2};

use bevy::{math::DQuat, prelude::*};
use gemba_panels::tokens;
use gemba_session::ParticipantId;

use super::Others;
use crate::{
    plant::{Plant, ViewOrigin},
    xr::InHeadset,
};

/// Closer than this to our own eye a head would only hide the plant: we stand in it, or see with its eyes.
const HIDDEN_WITHIN_M: f64 = 0.4;

/// Meshes and materials of avatars, made once.
#[derive(Resource)]
pub(super) struct AvatarParts {
    head: Handle<Mesh>,
    visor: Handle<Mesh>,
    bust: Handle<Mesh>,
    hand: Handle<Mesh>,
    dark: Handle<StandardMaterial>,
    colours: Vec<Handle<StandardMaterial>>,
}

/// Makes what all avatars share.
pub(super) fn make_parts(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let colours = tokens::color::PEOPLE
        .iter()
        .map(|colour| {
            let colour = colour_of(*colour);
            materials.add(StandardMaterial {
                base_color: colour,
                // Seen in a dark corner too.
                emissive: colour.to_linear() * 0.12,
                perceptual_roughness: 0.55,
                ..default()
            })
        })
        .collect();
    commands.insert_resource(AvatarParts {
        head: meshes.add(Capsule3d::new(0.11, 0.07)),
        visor: meshes.add(Capsule3d::new(0.045, 0.12)),
        bust: meshes.add(ConicalFrustum {
            radius_top: 0.07,
            radius_bottom: 0.21,
            height: 0.42,
        }),
        hand: meshes.add(Sphere::new(0.05)),
        dark: materials.add(StandardMaterial {
            base_color: Color::srgb(0.05, 0.06, 0.08),
            perceptual_roughness: 0.15,
            ..default()
        }),
        colours,
    });
}

pub(super) fn colour_of(colour: egui::Color32) -> Color {
    let [r, g, b, _] = colour.to_array();
    Color::srgb_u8(r, g, b)
}

/// The entities of one avatar.
pub(super) struct Avatar {
    head: Entity,
    bust: Entity,
    hands: [Entity; 2],
}

/// Puts avatars where people are shown; spawns them for those who came, despawns those of the gone.
pub(super) fn place_avatars(
    mut commands: Commands,
    parts: Option<Res<AvatarParts>>,
    others: Res<Others>,
    plant: Option<Res<Plant>>,
    origin: Res<ViewOrigin>,
    eye: Res<crate::navigation::Eye>,
    headset: InHeadset,
    mut avatars: Local<BTreeMap<ParticipantId, Avatar>>,
    mut placed: Query<(&mut Transform, &mut Visibility)>,
) {
    let Some(parts) = parts else { return };
    avatars.retain(|who, avatar| {
        let is_here = plant.is_some() && others.of(*who).is_some_and(|other| other.shown.is_some());
        if !is_here {
            for entity in [avatar.head, avatar.bust, avatar.hands[0], avatar.hands[1]] {
                commands.entity(entity).despawn();
            }
        }
        is_here
    });
    if plant.is_none() {
        return;
    }
    let own_m = headset.person().map_or(eye.pose.eye_m, |person| person.head.at_m);
    for other in &others.0 {
        let Some(shown) = other.shown else { continue };
        let avatar = avatars
            .entry(other.who)
            .or_insert_with(|| spawn(&mut commands, &parts, other.colour));
        let is_near = shown.head_m.distance(own_m) < HIDDEN_WITHIN_M;
        let seen = if is_near {
            Visibility::Hidden
        } else {
            Visibility::Visible
        };
        let head = origin.in_view(shown.head_m);
        let (yaw, ..) = shown.rotation.to_euler(EulerRot::YXZ);
        let upright = DQuat::from_rotation_y(yaw).as_quat();
        let mut put = |entity, transform: Transform, visibility: Visibility| {
            if let Ok((mut at, mut is)) = placed.get_mut(entity) {
                at.set_if_neq(transform);
                is.set_if_neq(visibility);
            }
        };
        let turned = |translation, rotation| Transform::from_translation(translation).with_rotation(rotation);
        put(avatar.head, turned(head, shown.rotation.as_quat()), seen);
        put(avatar.bust, turned(head - Vec3::Y * 0.42, upright), seen);
        for (hand, entity) in shown.hands_m.iter().zip(avatar.hands) {
            match hand {
                Some(at_m) => {
                    put(entity, Transform::from_translation(origin.in_view(*at_m)), seen);
                }
                None => put(entity, Transform::default(), Visibility::Hidden),
            }
        }
    }
}

fn spawn(commands: &mut Commands, parts: &AvatarParts, colour: u8) -> Avatar {
    let paint = parts
        .colours
        .get(usize::from(colour) % parts.colours.len().max(1))
        .cloned()
        .unwrap_or_default();
    let mut part = |mesh: &Handle<Mesh>, paint: &Handle<StandardMaterial>| {
        commands
            .spawn((
                Mesh3d(mesh.clone()),
                MeshMaterial3d(paint.clone()),
                Transform::default(),
                Visibility::Hidden,
            ))
            .id()
    };
    let avatar = Avatar {
        head: part(&parts.head, &paint),
        bust: part(&parts.bust, &paint),
        hands: [part(&parts.hand, &paint), part(&parts.hand, &paint)],
    };
    let visor = (
        Mesh3d(parts.visor.clone()),
        MeshMaterial3d(parts.dark.clone()),
        Transform::from_xyz(0.0, 0.03, -0.085).with_rotation(Quat::from_rotation_z(FRAC_PI_2)),
    );
    commands.entity(avatar.head).with_child(visor);
    avatar
}
