//! Hands: stand-ins for the controllers, the ray of the one that points, and what its trigger selects.

use bevy::{
    math::{DVec2, DVec3},
    prelude::*,
};
use gemba_model::PrimPath;
use gemba_panels::{SessionCommand, ViewerCommand};
use gemba_xr::{Press, Pressed, panel::PanelHit, profile::Hand};

use super::{eyes::EyePictures, frame::Tracked, panels::PanelRays, travel::PlaySpace};
use crate::{
    command::Requested,
    inspection::PlantRays,
    plant::{Plant, ViewOrigin},
    session::Pen,
    settings::Settings,
};

/// How far one points.
const REACH_M: f64 = 200.0;
/// A ray that meets nothing is drawn this long.
const FREE_RAY_M: f64 = 3.0;
const RAY: Srgba = Srgba::new(0.55, 0.8, 1.0, 1.0);

/// What the pointing hand points at.
#[derive(Resource)]
pub(super) struct Pointing {
    select: Press,
    grab: Press,
    back: Press,
    /// The hand that points.
    pub(super) hand: Hand,
    /// What its trigger did in this frame.
    pub(super) trigger: Pressed,
    /// Its grip is closed.
    pub(super) is_gripping: bool,
    /// Its stick.
    pub(super) stick: DVec2,
    /// The panel that has the ray, and where.
    pub(super) panel: Option<(Entity, PanelHit)>,
    /// From where to where.
    pub(super) ray_m: Option<(DVec3, DVec3)>,
    /// What is met there.
    pub(super) prim: Option<PrimPath>,
}

impl Default for Pointing {
    fn default() -> Self {
        Self {
            select: Press::default(),
            grab: Press::default(),
            back: Press::default(),
            hand: Hand::Right,
            trigger: Pressed::Idle,
            is_gripping: false,
            stick: DVec2::ZERO,
            panel: None,
            ray_m: None,
            prim: None,
        }
    }
}

/// A controller's stand-in.
#[derive(Component, Clone, Copy)]
pub(super) struct HandModel(Hand);

/// Points, and asks to select what the trigger is pulled at.
pub(super) fn point(
    tracked: Res<Tracked>,
    space: Res<PlaySpace>,
    settings: Option<Res<Settings>>,
    plant: Option<Res<Plant>>,
    rays: PlantRays,
    panels: PanelRays,
    pen: Res<Pen>,
    mut pointing: ResMut<Pointing>,
    mut requests: MessageWriter<Requested>,
) {
    let comfort = settings
        .map(|settings| settings.comfort.checked())
        .unwrap_or_default();
    let pointing = &mut *pointing;
    pointing.hand = comfort.pointing_hand();
    let hand = tracked.hands[pointing.hand.index()];
    let trigger = pointing.select.take(hand.select);
    pointing.trigger = trigger;
    pointing.grab.take(hand.grab);
    pointing.is_gripping = pointing.grab.is_down();
    pointing.stick = hand.stick.unwrap_or_default();
    pointing.panel = None;
    let back = pointing.back.take(Some(if hand.back { 1.0 } else { 0.0 }));
    let aim = hand
        .aim
        .filter(|_| space.is_placed())
        .map(|aim| space.rig.in_world(aim));
    let Some(aim) = aim else {
        pointing.ray_m = None;
        pointing.prim = None;
        return;
    };
    let shown = rays.shown();
    let hit = shown.and_then(|shown| shown.pick(aim.at_m, aim.forward(), REACH_M));
    let on_panel = panels
        .meet(aim.at_m, aim.forward())
        .filter(|(_, on)| panels.is_dragging() || hit.is_none_or(|hit| on.distance_m < hit.distance_m));
    if let Some((panel, on)) = on_panel {
        pointing.panel = Some((panel, on));
        pointing.ray_m = Some((aim.at_m, aim.at_m + aim.forward() * on.distance_m));
        pointing.prim = None;
        return;
    }
    let length_m = hit.map_or(FREE_RAY_M, |hit| hit.distance_m);
    pointing.ray_m = Some((aim.at_m, aim.at_m + aim.forward() * length_m));
    let prim = hit.and_then(|hit| plant.as_ref()?.doc.prims.get(hit.prim.index()));
    if pointing.prim.as_ref() != prim.map(|prim| &prim.path) {
        pointing.prim = prim.map(|prim| prim.path.clone());
    }
    // Whoever has the pen in hand draws.
    let is_drawing = pen.shape().is_some();
    if trigger == Pressed::Down && !is_drawing {
        requests.write(Requested(match prim {
            Some(prim) => ViewerCommand::SelectPrim {
                prim: prim.path.clone(),
            },
            None => ViewerCommand::ClearSelection,
        }));
    }
    if back == Pressed::Down {
        requests.write(Requested(if is_drawing {
            ViewerCommand::Session(SessionCommand::DropPen)
        } else {
            ViewerCommand::ClearSelection
        }));
    }
}

/// Makes the stand-ins with the first session.
pub(super) fn spawn(
    mut commands: Commands,
    pictures: Option<Res<EyePictures>>,
    there: Query<(), With<HandModel>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    if pictures.is_none() || !there.is_empty() {
        return;
    }
    // A handle along -Z, as the specification has the grip, with a tip to see where its front is.
    let handle = meshes.add(Capsule3d::new(0.018, 0.09));
    let tip = meshes.add(Cone::new(0.012, 0.04));
    let material = materials.add(StandardMaterial {
        base_color: Color::srgb(0.16, 0.18, 0.21),
        perceptual_roughness: 0.55,
        ..default()
    });
    let to_front = Quat::from_rotation_x(-std::f32::consts::FRAC_PI_2);
    for hand in Hand::BOTH {
        commands.spawn((
            Name::new(format!("{hand:?} hand")),
            HandModel(hand),
            Transform::default(),
            Visibility::Hidden,
            children![
                (
                    Mesh3d(handle.clone()),
                    MeshMaterial3d(material.clone()),
                    Transform::from_rotation(to_front),
                ),
                (
                    Mesh3d(tip.clone()),
                    MeshMaterial3d(material.clone()),
                    Transform::from_xyz(0.0, 0.0, -0.08).with_rotation(to_front),
                ),
            ],
        ));
    }
}

/// Puts the stand-ins where the hands are.
pub(super) fn place(
    tracked: Res<Tracked>,
    space: Res<PlaySpace>,
    origin: Res<ViewOrigin>,
    mut models: Query<(&HandModel, &mut Transform, &mut Visibility)>,
) {
    for (model, mut transform, mut visibility) in &mut models {
        let grip = tracked.hands[model.0.index()].grip.filter(|_| space.is_placed());
        let shown = if grip.is_some() {
            Visibility::Visible
        } else {
            Visibility::Hidden
        };
        visibility.set_if_neq(shown);
        if let Some(grip) = grip {
            let pose = space.rig.in_world(grip);
            transform.translation = origin.in_view(pose.at_m);
            transform.rotation = pose.rotation.as_quat();
        }
    }
}

/// The ray of the hand that points.
pub(super) fn draw_rays(pointing: Res<Pointing>, origin: Res<ViewOrigin>, mut gizmos: Gizmos) {
    let Some((from_m, to_m)) = pointing.ray_m else {
        return;
    };
    let at = |at_m: DVec3| origin.in_view(at_m);
    gizmos.line(at(from_m), at(to_m), RAY);
    if pointing.prim.is_some() || pointing.panel.is_some() {
        let radius_m = (0.004 * from_m.distance(to_m)).clamp(0.004, 0.1) as f32;
        gizmos.sphere(at(to_m), radius_m, RAY);
    }
}
