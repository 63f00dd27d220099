//! Where panels stand: at the place, the machine or the wrist that they stay with, or in the hand that holds them.

use bevy::{
    math::{DQuat, DVec3},
    prelude::*,
};
use gemba_panels::{PanelKind, headset::PanelPin};
use gemba_usd::doc::Aabb;
use gemba_xr::{
    Pose, Press, Pressed,
    panel::{PanelQuad, on_wrist, toward},
    profile::Hand,
};

use super::{
    Shows, SpacePanel,
    requests::{LINE_POINTS, Workshop, legible_from},
};
use crate::{
    plant::ViewOrigin,
    settings::Settings,
    xr::{
        frame::Tracked,
        hands::Pointing,
        travel::{PlaySpace, Travelling},
    },
};

/// A panel that is opened stands so far away.
pub(super) const READ_FROM_M: f64 = 1.3;
/// The wrist is read from here.
const WRIST_FROM_M: f64 = 0.45;
/// A panel at a machine is no nearer and no farther than this.
const MACHINE_M: std::ops::RangeInclusive<f64> = 0.9..=2.0;
/// It stands so far to the side, so that the machine is seen.
const ASIDE_RAD: f64 = 0.42;
/// A panel at a machine is made for a new distance when that differs by this.
const RESIZE_RATIO: f64 = 1.15;
/// What is worn is seen once its face is turned to the eyes by this cosine, and until by that.
const FACES_COS: f64 = 0.72;
const FACES_STILL_COS: f64 = 0.5;

/// Whether one wears the panel of the wrist: put away and taken out with the menu button.
#[derive(Resource)]
pub(super) struct WristWorn {
    is_worn: bool,
    menus: [Press; 2],
}

impl Default for WristWorn {
    fn default() -> Self {
        Self {
            is_worn: true,
            menus: [Press::default(); 2],
        }
    }
}

/// Where the inspector stands: before the machine, at the height of the eyes, to the right of the line of sight.
pub(super) fn beside_machine(bounds_m: Option<Aabb>, head: Pose) -> DVec3 {
    let to = bounds_m.map_or(head.forward(), |bounds| bounds.center() - head.at_m);
    let level = DVec3::new(to.x, 0.0, to.z);
    let way = level.try_normalize().unwrap_or_else(|| head.level_forward());
    let near_m = bounds_m.map_or(READ_FROM_M, |bounds| {
        let nearest = head.at_m.clamp(bounds.min, bounds.max);
        DVec3::new(nearest.x - head.at_m.x, 0.0, nearest.z - head.at_m.z).length() - 0.4
    });
    let distance_m = near_m.clamp(*MACHINE_M.start(), *MACHINE_M.end());
    let aside = DQuat::from_rotation_y(-ASIDE_RAD) * way;
    // A little below the eyes, where one reads.
    head.at_m + aside * distance_m - DVec3::Y * 0.15 * distance_m
}

/// Takes the wrist's panel out, and puts it away.
pub(super) fn wear(
    tracked: Res<Tracked>,
    space: Res<PlaySpace>,
    mut worn: ResMut<WristWorn>,
    panels: Query<(Entity, &SpacePanel)>,
    mut workshop: Workshop,
) {
    let worn = &mut *worn;
    for (menu, hand) in worn.menus.iter_mut().zip(&tracked.hands) {
        let value = if hand.menu { 1.0 } else { 0.0 };
        worn.is_worn ^= menu.take(Some(value)) == Pressed::Down;
    }
    let there = panels.iter().find(|(_, panel)| panel.shows == Shows::Wrist);
    match there {
        None if worn.is_worn && space.is_placed() && tracked.head.is_some() => {
            workshop.make(Shows::Wrist, PanelPin::Wrist, Pose::IDENTITY, WRIST_FROM_M);
        }
        Some((square, panel)) if !worn.is_worn => workshop.drop(square, panel),
        _ => {}
    }
}

/// Puts every panel where it belongs, and its square there too.
pub(super) fn place(
    tracked: Res<Tracked>,
    space: Res<PlaySpace>,
    settings: Option<Res<Settings>>,
    origin: Res<ViewOrigin>,
    pointing: Res<Pointing>,
    travelling: Res<Travelling>,
    mut panels: Query<(Entity, &mut SpacePanel, &mut Transform, &mut Visibility)>,
) {
    let head = tracked.head.filter(|_| space.is_placed());
    let Some(head) = head.map(|head| space.rig.in_world(head)) else {
        for (.., mut visibility) in &mut panels {
            visibility.set_if_neq(Visibility::Hidden);
        }
        return;
    };
    let comfort = settings
        .map(|settings| settings.comfort.checked())
        .unwrap_or_default();
    let place = |hand: Hand, of: fn(&crate::xr::actions::HandState) -> Option<Pose>| {
        of(&tracked.hands[hand.index()]).map(|pose| space.rig.in_world(pose))
    };
    let aim = place(comfort.pointing_hand(), |hand| hand.aim);
    // Who aims a teleport looks at the floor, and not at the wrist that does it.
    let wrist = place(comfort.pointing_hand().other(), |hand| hand.grip)
        .filter(|_| travelling.arc.is_none())
        .map(on_wrist);
    for (entity, mut panel, mut transform, mut visibility) in &mut panels {
        let is_on_it = pointing.panel.is_some_and(|(on, _)| on == entity);
        hold(&mut panel, aim, pointing.is_gripping, is_on_it);
        stand(&mut panel, head, aim, wrist);
        let quad = &panel.quad;
        transform.set_if_neq(Transform {
            translation: origin.in_view(quad.pose.at_m),
            rotation: quad.pose.rotation.as_quat(),
            scale: quad.size_m.as_vec2().extend(1.0),
        });
        visibility.set_if_neq(if panel.is_shown {
            Visibility::Visible
        } else {
            Visibility::Hidden
        });
    }
}

/// Takes a panel into the hand that grips it or drags it by its head, and lets it go.
fn hold(panel: &mut SpacePanel, aim: Option<Pose>, is_gripping: bool, is_on_it: bool) {
    let can_be_held = matches!(panel.shows, Shows::Panel(_));
    let is_wanted = panel.is_head_dragged || is_gripping && (is_on_it || panel.held.is_some());
    let Some(aim) = aim.filter(|_| can_be_held && is_wanted) else {
        panel.held = None;
        return;
    };
    if panel.held.is_none() {
        let to_hand = aim.rotation.inverse();
        panel.held = Some(Pose {
            at_m: to_hand * (panel.quad.pose.at_m - aim.at_m),
            rotation: to_hand * panel.quad.pose.rotation,
        });
        // What was taken stays where it is put.
        panel.pin = PanelPin::World;
    }
}

fn stand(panel: &mut SpacePanel, head: Pose, aim: Option<Pose>, wrist: Option<Pose>) {
    if let Some((held, aim)) = panel.held.zip(aim) {
        panel.quad.pose = toward(held.within(aim).at_m, head.at_m);
        return;
    }
    match (panel.shows, panel.pin) {
        (Shows::Wrist, _) | (Shows::Panel(_), PanelPin::Wrist) => {
            let Some(wrist) = wrist else {
                panel.is_shown = false;
                return;
            };
            let mut pose = wrist;
            if panel.shows != Shows::Wrist {
                // Above what is worn there already.
                pose.at_m += pose.rotation * DVec3::new(0.0, 0.27, 0.0);
            }
            panel.quad = PanelQuad::legible(pose, panel.quad.size_points, LINE_POINTS, WRIST_FROM_M);
            let to_eyes = (head.at_m - pose.at_m).normalize_or(DVec3::Z);
            let cos = (pose.rotation * DVec3::Z).dot(to_eyes);
            panel.is_shown = cos
                > if panel.is_shown {
                    FACES_STILL_COS
                } else {
                    FACES_COS
                };
        }
        (Shows::Panel(PanelKind::View), _) | (Shows::Keyboard, _) | (_, PanelPin::World) => {}
        (Shows::Panel(_), PanelPin::Machine) => {
            let at_m = panel.quad.pose.at_m;
            let wanted = legible_from(&panel.quad, at_m, head.at_m);
            let ratio = wanted.size_m.x / panel.quad.size_m.x;
            if !(1.0 / RESIZE_RATIO..RESIZE_RATIO).contains(&ratio) {
                panel.quad.size_m = wanted.size_m;
            }
            panel.quad.pose = wanted.pose;
        }
    }
    if panel.pin != PanelPin::Wrist {
        panel.is_shown = true;
    }
}
