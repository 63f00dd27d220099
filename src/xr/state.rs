//! What is known of VR, for remote control, and when a picture of both eyes may be taken.

use bevy::{ecs::system::SystemParam, prelude::*};
use gemba_xr::{
    Pose,
    lifecycle::{Frames, Phase, Visibility},
    locomotion::Landing,
};
use serde_json::{Value, json};

use super::{
    culling::Specks,
    frame::Tracked,
    hands::Pointing,
    life::{LastNotice, Life},
    pacing::Pacing,
    panels::SpacePanel,
    runtime::Runtime,
    said::Said,
    travel::{PlaySpace, Travelling},
};
use crate::{settings::Settings, viewer::ViewerOptions, visual::readiness::RenderReadiness};

/// Asked by remote control.
#[derive(SystemParam)]
pub(crate) struct XrFacts<'w, 's> {
    life: Option<Res<'w, Life>>,
    last: Option<Res<'w, LastNotice>>,
    runtime: Option<Res<'w, Runtime>>,
    tracked: Option<Res<'w, Tracked>>,
    space: Option<Res<'w, PlaySpace>>,
    travelling: Option<Res<'w, Travelling>>,
    pointing: Option<Res<'w, Pointing>>,
    pacing: Option<Res<'w, Pacing>>,
    specks: Option<Res<'w, Specks>>,
    settings: Option<Res<'w, Settings>>,
    panels: Query<'w, 's, &'static SpacePanel>,
    said: Query<'w, 's, &'static Said>,
}

impl XrFacts<'_, '_> {
    /// Whether someone is in the headset, or on the way there.
    pub(crate) fn is_in_vr(&self) -> bool {
        self.life
            .as_ref()
            .is_some_and(|life| life.machine.phase() != Phase::Desktop)
    }

    /// Where the life cycle is, where head and hands are in the plant, and what is pointed at; `null` without VR.
    pub(crate) fn to_json(&self) -> Value {
        let (Some(life), Some(tracked), Some(space)) = (&self.life, &self.tracked, &self.space) else {
            return Value::Null;
        };
        let in_world = |pose: Option<Pose>| {
            pose.map(|pose| space.rig.in_world(pose))
                .map(|pose| json!({"at_m": pose.at_m.to_array(), "forward": pose.forward().to_array()}))
        };
        let hands = tracked.hands.map(
            |hand| json!({"aim": in_world(hand.aim), "grip": in_world(hand.grip), "trigger": hand.select}),
        );
        let eyes = tracked.eyes.map(|eyes| {
            eyes.map(|eye| {
                let pose = space.rig.in_world(eye.pose);
                json!({
                    "at_m": pose.at_m.to_array(),
                    "rotation": pose.rotation.to_array(),
                    "left_right_up_down_rad": [
                        eye.fov.left_rad, eye.fov.right_rad, eye.fov.up_rad, eye.fov.down_rad,
                    ],
                })
            })
        });
        let landing = self
            .travelling
            .as_ref()
            .and_then(|travelling| travelling.arc.as_ref())
            .map(|arc| match arc.landing {
                Landing::Floor { feet_m, .. } => json!({"feet_m": feet_m.to_array()}),
                Landing::Refused { at_m, why } => {
                    json!({"refused": format!("{why:?}"), "at_m": at_m.to_array()})
                }
            });
        let head = tracked.head;
        json!({
            "phase": phase_name(life.machine.phase()),
            "frames": life.machine.frames() == Frames::Paced,
            "fits": life.machine.fits(),
            "notice": self.last.as_ref().and_then(|last| last.0.as_ref()).map(ToString::to_string),
            "runtime": self.runtime.as_ref().map(|runtime| runtime.name.clone()),
            "eye_px": self.runtime.as_ref().map(|runtime| runtime.eye_px.to_array()),
            "is_placed": space.is_placed(),
            "feet_m": head.map(|head| space.rig.feet_m(head).to_array()),
            "head": in_world(head),
            "eyes": eyes,
            "left": hands[0],
            "right": hands[1],
            "arc": landing,
            "budget_millis": self.pacing.as_ref().map(|pacing| pacing.budget.as_secs_f64() * 1e3),
            "resolution_ratio": self.pacing.as_ref().map(|pacing| pacing.ratio()),
            "too_small_to_draw": self.specks.as_ref().map(|specks| specks.0),
            "comfort": self.settings.as_ref().map(|settings| settings.comfort),
            "on_panel": self.pointing.as_ref().is_some_and(|pointing| pointing.panel.is_some()),
            "panels": self.panels.iter().map(SpacePanel::to_json).collect::<Vec<_>>(),
            "is_something_said": self.said.iter().any(Said::is_shown),
            "pointed": self.pointing.as_ref().and_then(|pointing| pointing.prim.as_ref()).map(ToString::to_string),
        })
    }
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Desktop => "desktop",
        Phase::Making => "making",
        Phase::Resting => "resting",
        Phase::Running(Visibility::Hidden) => "hidden",
        Phase::Running(Visibility::Seen) => "visible",
        Phase::Running(Visibility::Focused) => "focused",
        Phase::Leaving => "leaving",
        Phase::Dropping => "dropping",
    }
}

/// A picture of both eyes is one that the headset shows: until it does, nothing is ready.
pub(super) fn hold_pictures_back(
    life: Res<Life>,
    space: Res<PlaySpace>,
    options: Option<Res<ViewerOptions>>,
    readiness: Option<Res<RenderReadiness>>,
) {
    let is_offscreen = options.is_some_and(|options| options.headless.is_some());
    let is_shown = space.is_placed()
        && matches!(
            life.machine.phase(),
            Phase::Running(Visibility::Seen | Visibility::Focused)
        );
    if let Some(readiness) = readiness.filter(|_| is_offscreen && !is_shown) {
        readiness.restart();
    }
}
