//! The person in the headset, as the others in the room see them.

use bevy::{ecs::system::SystemParam, math::DVec3, prelude::*};
use gemba_xr::{Pose, Pressed, profile::Hand};

use super::{frame::Tracked, hands::Pointing, travel::PlaySpace};

/// Who is in the headset, in the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) head: Pose,
    /// Left and right, while they are tracked.
    pub(crate) hands: [Option<PersonHand>; 2],
    /// What is pointed at in the plant.
    pub(crate) ray: Option<PersonRay>,
}

/// A hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PersonHand {
    pub(crate) pose: Pose,
    /// How closed it is, 0–1.
    pub(crate) grip_ratio: f32,
}

/// The ray of the hand that points, and what its trigger does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct HandRay {
    pub(crate) from_m: DVec3,
    pub(crate) direction: DVec3,
    pub(crate) trigger: Pressed,
    /// A panel has it.
    pub(crate) is_on_panel: bool,
}

/// The ray of the pointing hand to what it meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PersonRay {
    pub(crate) hand: Hand,
    pub(crate) to_m: DVec3,
    /// The hand is closed: it wants to be looked at.
    pub(crate) is_gripping: bool,
}

/// Whoever is in the headset.
#[derive(SystemParam)]
pub(crate) struct InHeadset<'w> {
    tracked: Option<Res<'w, Tracked>>,
    space: Option<Res<'w, PlaySpace>>,
    pointing: Option<Res<'w, Pointing>>,
}

impl InHeadset<'_> {
    /// The person; `None` while nobody is in the headset.
    pub(crate) fn person(&self) -> Option<Person> {
        let (tracked, space) = (self.tracked.as_ref()?, self.space.as_ref()?);
        let head = tracked.head.filter(|_| space.is_placed())?;
        let in_world = |pose: Pose| space.rig.in_world(pose);
        let ray = self.pointing.as_ref().and_then(|pointing| {
            let (_, to_m) = pointing.ray_m.filter(|_| pointing.prim.is_some())?;
            Some(PersonRay {
                hand: pointing.hand,
                to_m,
                is_gripping: pointing.is_gripping,
            })
        });
        Some(Person {
            head: in_world(head),
            hands: [0, 1].map(|side| {
                let hand = &tracked.hands[side];
                hand.grip.map(|grip| PersonHand {
                    pose: in_world(grip),
                    grip_ratio: hand.grab.unwrap_or(0.0),
                })
            }),
            ray,
        })
    }

    /// The ray of the hand that points; `None` without a hand.
    pub(crate) fn hand_ray(&self) -> Option<HandRay> {
        let pointing = self.pointing.as_ref()?;
        let (from_m, to_m) = pointing.ray_m?;
        Some(HandRay {
            from_m,
            direction: (to_m - from_m).try_normalize()?,
            trigger: pointing.trigger,
            is_on_panel: pointing.panel.is_some(),
        })
    }
}
