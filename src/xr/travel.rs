//! Moving about in the plant: where the play space stands, and what the sticks do about it.
//!
//! One stands where the desktop looks from, goes by teleport, glide or flight as [`Comfort`](gemba_xr::comfort::Comfort) has it, and
//! is taken along when a command moves the view: a named view, a prim to look at.

use bevy::{
    math::{DVec2, DVec3},
    prelude::*,
};
use gemba_panels::{ViewerCommand, headset::HeadsetCommand};
use gemba_xr::{
    Pose,
    comfort::{Comfort, Posture, Travel, Turn},
    lifecycle::Phase,
    locomotion::{
        Arc, ArcPath, Flick, Landing, Met, Rig, SnapTurn, Stance, StickFlick, fly_velocity, glide_velocity,
    },
};

use super::{
    frame::Tracked,
    hands::Pointing,
    haptics::{Buzzes, Tap},
    life::Life,
};
use crate::{
    command::Requested,
    inspection::{PlantRays, ShownRays},
    navigation::{
        Eye,
        walk::{Body, RayCast},
    },
    plant::{Plant, PlantLoaded, ViewOrigin},
    settings::Settings,
};

/// A floor is looked for as far below the view as a plant is high.
const DEEPEST_M: f64 = 1_000.0;
/// A tap in the hand that landed.
const LANDED: Tap = (0.4, 40_000_000);
/// Green and red of the arc are told apart by its ring too: only a place to stand has one.
const TO_FLOOR: Srgba = Srgba::new(0.35, 0.85, 0.55, 1.0);
const TO_NOWHERE: Srgba = Srgba::new(0.95, 0.45, 0.35, 1.0);

/// Where the play space stands.
#[derive(Resource, Default)]
pub(super) struct PlaySpace {
    pub(super) rig: Rig,
    is_placed: bool,
}

impl PlaySpace {
    /// Whether one stands somewhere yet.
    pub(super) fn is_placed(&self) -> bool {
        self.is_placed
    }
}

/// What the sticks are in the middle of.
#[derive(Resource, Default)]
pub(super) struct Travelling {
    snaps: [SnapTurn; 2],
    flick: StickFlick,
    /// The arc that is shown.
    pub(super) arc: Option<ArcPath>,
    /// How fast one falls who glides off a platform.
    fall_m_per_s: f64,
    /// A view was asked for, and is flown to on the desktop.
    is_followed: bool,
    /// How fast one is moved or turned without moving oneself, of the full speed.
    pub(super) motion_ratio: f64,
    /// One was put elsewhere at once.
    pub(super) has_jumped: bool,
}

/// Stands where the desktop looks from, once the head is tracked and the floor is known.
pub(super) fn enter(
    life: Res<Life>,
    tracked: Res<Tracked>,
    eye: Res<Eye>,
    plant: Option<Res<Plant>>,
    rays: PlantRays,
    settings: Option<Res<Settings>>,
    mut loaded: MessageReader<PlantLoaded>,
    mut space: ResMut<PlaySpace>,
    mut travelling: ResMut<Travelling>,
) {
    // In another plant one stands anew, too.
    if life.machine.phase() == Phase::Desktop || loaded.read().count() > 0 {
        space.is_placed = false;
    }
    let Some(head) = tracked.head.filter(|_| !space.is_placed) else {
        return;
    };
    let whole = rays.whole();
    if plant.is_some() && whole.is_none() {
        return;
    }
    let comfort = comfort_of(settings.as_deref());
    let rig = Rig::default();
    let rig = rig
        .calibrated(comfort.posture, comfort.standing_eye_height_m, head)
        .unwrap_or(rig);
    space.rig = stood(rig, head, &eye, plant.as_deref(), whole.as_ref());
    space.is_placed = true;
    travelling.has_jumped = true;
}

/// Stands on the floor below the desktop's view, looking its way.
fn stood(rig: Rig, head: Pose, eye: &Eye, plant: Option<&Plant>, rays: Option<&ShownRays<'_>>) -> Rig {
    let from_m = eye.pose.eye_m;
    let floor = rays.and_then(|rays| rays.cast(from_m, DVec3::NEG_Y, DEEPEST_M));
    let lowest_m = plant
        .and_then(|plant| plant.bounds_m)
        .map_or(0.0, |bounds| bounds.min.y);
    let floor_m = floor.map_or(lowest_m, |met| from_m.y - met.distance_m);
    rig.facing(eye.pose.yaw_rad, head)
        .with_feet_at(DVec3::new(from_m.x, floor_m, from_m.z), head)
}

fn comfort_of(settings: Option<&Settings>) -> Comfort {
    settings
        .map(|settings| settings.comfort.checked())
        .unwrap_or_default()
}

/// Takes the height of the eyes anew, when it is asked for or chosen to be another.
pub(super) fn calibrate(
    mut requests: MessageReader<Requested>,
    tracked: Res<Tracked>,
    settings: Option<Res<Settings>>,
    mut space: ResMut<PlaySpace>,
    mut taken_for: Local<Option<(Posture, f64)>>,
) {
    let comfort = comfort_of(settings.as_deref());
    let wanted = (comfort.posture, comfort.standing_eye_height_m);
    let is_asked = requests
        .read()
        .any(|Requested(request)| matches!(request, ViewerCommand::Headset(HeadsetCommand::CalibrateHeight)));
    let Some(head) = tracked.head.filter(|_| space.is_placed) else {
        *taken_for = Some(wanted);
        return;
    };
    if !is_asked && taken_for.replace(wanted) == Some(wanted) {
        return;
    }
    match space.rig.calibrated(wanted.0, wanted.1, head) {
        Some(rig) => space.rig = rig,
        None => tracing::error!(
            "your height cannot be taken while the headset lies on the floor; put it on and try again"
        ),
    }
}

/// Takes the person along when a command moves the view of the desktop.
pub(super) fn follow_views(
    mut requests: MessageReader<Requested>,
    mut travelling: ResMut<Travelling>,
    mut space: ResMut<PlaySpace>,
    tracked: Res<Tracked>,
    eye: Res<Eye>,
    plant: Option<Res<Plant>>,
    rays: PlantRays,
) {
    for Requested(request) in requests.read() {
        travelling.is_followed |= matches!(
            request,
            ViewerCommand::FocusPrim { .. }
                | ViewerCommand::GoToCamera { .. }
                | ViewerCommand::SetView { .. }
                | ViewerCommand::GoHome
                | ViewerCommand::FrameAll
        );
    }
    let Some(head) = tracked.head.filter(|_| space.is_placed) else {
        travelling.is_followed = false;
        return;
    };
    // The desktop flies; whoever has a head in it is there when it has arrived.
    if travelling.is_followed && !eye.is_under_way() {
        travelling.is_followed = false;
        travelling.has_jumped = true;
        space.rig = stood(space.rig, head, &eye, plant.as_deref(), rays.whole().as_ref());
    }
}

/// What the sticks do.
pub(super) fn travel(
    tracked: Res<Tracked>,
    settings: Option<Res<Settings>>,
    rays: PlantRays,
    plant: Option<Res<Plant>>,
    time: Res<Time>,
    pointing: Res<Pointing>,
    mut buzzes: ResMut<Buzzes>,
    mut space: ResMut<PlaySpace>,
    mut travelling: ResMut<Travelling>,
) {
    travelling.motion_ratio = 0.0;
    let Some(head) = tracked.head.filter(|_| space.is_placed) else {
        travelling.arc = None;
        return;
    };
    let comfort = comfort_of(settings.as_deref());
    let dt_secs = time.delta_secs_f64();
    if comfort.travel != Travel::Teleport {
        // Whoever chooses another way while aiming aims no more.
        travelling.arc = None;
        travelling.flick = StickFlick::default();
    }
    // The stick of a hand that points at a panel scrolls it.
    let mut sticks = tracked.hands.map(|hand| hand.stick);
    if pointing.panel.is_some() {
        sticks[pointing.hand.index()] = None;
    }
    turn(&comfort, sticks, head, dt_secs, &mut space.rig, &mut travelling);
    let hand = comfort.pointing_hand().other();
    let state = &tracked.hands[hand.index()];
    let Some(rays) = rays.whole() else { return };
    let aim = state.aim.map(|aim| space.rig.in_world(aim));
    let stick = state.stick.unwrap_or_default();
    match comfort.travel {
        Travel::Teleport => {
            let flick = travelling.flick.take(aim.and(state.stick));
            if teleport(flick, aim, head, &rays, &mut space.rig, &mut travelling) {
                buzzes.tap(hand, LANDED);
            }
        }
        Travel::Glide => {
            let wish = glide_velocity(stick, space.rig.in_world(head), comfort.glide_m_per_s);
            travelling.motion_ratio = travelling.motion_ratio.max(wish.length() / comfort.glide_m_per_s);
            let body = Body {
                feet_m: space.rig.feet_m(head),
                fall_m_per_s: travelling.fall_m_per_s,
            };
            let lowest_m = plant
                .and_then(|plant| plant.bounds_m)
                .map_or(0.0, |bounds| bounds.min.y);
            let walked = body.walked(&rays, wish, dt_secs, lowest_m);
            travelling.fall_m_per_s = walked.fall_m_per_s;
            space.rig = space.rig.with_feet_at(walked.feet_m, head);
        }
        Travel::Fly => {
            if let Some(aim) = aim {
                let velocity = fly_velocity(stick, aim, 3.0 * comfort.glide_m_per_s);
                let ratio = velocity.length() / (3.0 * comfort.glide_m_per_s);
                travelling.motion_ratio = travelling.motion_ratio.max(ratio);
                space.rig.origin_m += velocity * dt_secs;
            }
        }
    }
}

fn turn(
    comfort: &Comfort,
    sticks: [Option<DVec2>; 2],
    head: Pose,
    dt_secs: f64,
    rig: &mut Rig,
    travelling: &mut Travelling,
) {
    // Who aims a teleport does not turn.
    if travelling.arc.is_some() {
        return;
    }
    for (snap, stick) in travelling.snaps.iter_mut().zip(sticks) {
        match comfort.turn {
            Turn::Snap => {
                if let Some(angle_rad) = snap.take(stick, comfort.snap_degrees.to_radians()) {
                    *rig = rig.turned(angle_rad, head);
                }
            }
            Turn::Smooth => {
                let aside = stick.map_or(0.0, |stick| stick.x);
                if aside.abs() > 0.2 {
                    travelling.motion_ratio = aside.abs();
                    let angle_rad = -aside * comfort.smooth_degrees_per_s.to_radians() * dt_secs;
                    *rig = rig.turned(angle_rad, head);
                }
            }
            Turn::Off => {}
        }
    }
}

/// Shows the arc or goes where it landed; whether one went.
fn teleport(
    flick: Flick,
    aim: Option<Pose>,
    head: Pose,
    rays: &ShownRays<'_>,
    rig: &mut Rig,
    travelling: &mut Travelling,
) -> bool {
    let cast = |from_m: DVec3, direction: DVec3, reach_m: f64| {
        rays.cast(from_m, direction, reach_m).map(|hit| Met {
            distance_m: hit.distance_m,
            normal: hit.normal,
        })
    };
    match (flick, aim) {
        (Flick::Aim, Some(aim)) => {
            let stance = Stance::default();
            travelling.arc = Some(Arc::default().throw(aim.at_m, aim.forward(), &stance, &cast));
            false
        }
        (Flick::Go, _) => match travelling.arc.take().map(|arc| arc.landing) {
            Some(Landing::Floor { feet_m, .. }) => {
                *rig = rig.with_feet_at(feet_m, head);
                travelling.has_jumped = true;
                true
            }
            Some(Landing::Refused { .. }) | None => false,
        },
        _ => {
            travelling.arc = None;
            false
        }
    }
}

/// The arc, and a ring where one would stand.
pub(super) fn draw_arc(travelling: Res<Travelling>, origin: Res<ViewOrigin>, mut gizmos: Gizmos) {
    let Some(arc) = &travelling.arc else { return };
    let at = |at_m: DVec3| origin.in_view(at_m);
    let color = match arc.landing {
        Landing::Floor { feet_m, normal } => {
            const OVER_FLOOR_M: f64 = 0.02;
            let turn = Quat::from_rotation_arc(Vec3::Z, normal.as_vec3().normalize_or(Vec3::Y));
            let middle = at(feet_m + normal * OVER_FLOOR_M);
            for radius_m in [0.25, 0.3] {
                gizmos.circle(Isometry3d::new(middle, turn), radius_m, TO_FLOOR);
            }
            TO_FLOOR
        }
        Landing::Refused { .. } => TO_NOWHERE,
    };
    gizmos.linestrip(arc.corners_m.iter().map(|corner| at(*corner)), color);
}
