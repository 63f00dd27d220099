//! The action set: what hands do, bound to the buttons of controllers as `gemba_xr::profile` has it.
//!
//! Made once with the instance; a session attaches it and asks for its state each frame.

use bevy::math::DVec2;
use gemba_xr::{
    Pose,
    profile::{Hand, HandAction, Needs, PROFILES},
};
use openxr::{Action, Haptic, Path, Posef, Vector2f, Vulkan};

/// What one hand does in this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct HandState {
    /// Where it points, in the play space; `None` while it is not tracked.
    pub(super) aim: Option<Pose>,
    /// Where it is, in the play space.
    pub(super) grip: Option<Pose>,
    /// The trigger, 0–1; `None` without a controller.
    pub(super) select: Option<f32>,
    /// The stick; `None` without one.
    pub(super) stick: Option<DVec2>,
    /// The grip, 0–1; `None` without a controller.
    pub(super) grab: Option<f32>,
    /// The button that goes one step back.
    pub(super) back: bool,
    /// The button that takes the wrist's panel out.
    pub(super) menu: bool,
}

/// The actions, and the paths of both hands.
pub(super) struct Actions {
    pub(super) set: openxr::ActionSet,
    pub(super) aim: Action<Posef>,
    pub(super) grip: Action<Posef>,
    select: Action<f32>,
    grab: Action<f32>,
    stick: Action<Vector2f>,
    menu: Action<bool>,
    back: Action<bool>,
    haptic: Action<Haptic>,
    pub(super) hands: [Path; 2],
}

impl Actions {
    /// Makes the set and suggests its bindings.
    pub(super) fn make(instance: &openxr::Instance, has_bd_controllers: bool) -> openxr::Result<Self> {
        let set = instance.create_action_set("plant", "In the plant", 0)?;
        let mut hands = [Path::NULL; 2];
        for hand in Hand::BOTH {
            hands[hand.index()] = instance.string_to_path(hand.user_path())?;
        }
        fn action<T: openxr::ActionTy>(
            set: &openxr::ActionSet,
            hands: &[Path],
            action: HandAction,
        ) -> openxr::Result<Action<T>> {
            set.create_action(action.name(), action.label(), hands)
        }
        let actions = Self {
            aim: action(&set, &hands, HandAction::Aim)?,
            grip: action(&set, &hands, HandAction::Grip)?,
            select: action(&set, &hands, HandAction::Select)?,
            grab: action(&set, &hands, HandAction::Grab)?,
            stick: action(&set, &hands, HandAction::Stick)?,
            menu: action(&set, &hands, HandAction::Menu)?,
            back: action(&set, &hands, HandAction::Back)?,
            haptic: action(&set, &hands, HandAction::Haptic)?,
            set,
            hands,
        };
        actions.suggest(instance, has_bd_controllers)?;
        Ok(actions)
    }

    /// Suggests the bindings of every controller that the runtime can know. A runtime that refuses one still has the others.
    fn suggest(&self, instance: &openxr::Instance, has_bd_controllers: bool) -> openxr::Result<()> {
        for profile in PROFILES {
            if profile.needs == Needs::BdController && !has_bd_controllers {
                continue;
            }
            let path = instance.string_to_path(profile.path)?;
            let mut bindings = Vec::new();
            for (action, component) in profile.bindings() {
                let to = instance.string_to_path(&component)?;
                bindings.push(self.binding(action, to));
            }
            if let Err(code) = instance.suggest_interaction_profile_bindings(path, &bindings) {
                tracing::warn!(
                    "the runtime does not take our bindings for {} controllers ({code}): bind them in its settings",
                    profile.name
                );
            }
        }
        Ok(())
    }

    fn binding(&self, action: HandAction, to: Path) -> openxr::Binding<'_> {
        use openxr::Binding;
        match action {
            HandAction::Aim => Binding::new(&self.aim, to),
            HandAction::Grip => Binding::new(&self.grip, to),
            HandAction::Select => Binding::new(&self.select, to),
            HandAction::Grab => Binding::new(&self.grab, to),
            HandAction::Stick => Binding::new(&self.stick, to),
            HandAction::Menu => Binding::new(&self.menu, to),
            HandAction::Back => Binding::new(&self.back, to),
            HandAction::Haptic => Binding::new(&self.haptic, to),
        }
    }

    /// What the buttons of a hand do; its poses are located by the session.
    pub(super) fn buttons(&self, session: &openxr::Session<Vulkan>, hand: Hand) -> openxr::Result<HandState> {
        let path = self.hands[hand.index()];
        let select = self.select.state(session, path)?;
        let stick = self.stick.state(session, path)?;
        let grab = self.grab.state(session, path)?;
        let back = self.back.state(session, path)?;
        let menu = self.menu.state(session, path)?;
        Ok(HandState {
            aim: None,
            grip: None,
            select: select.is_active.then_some(select.current_state),
            stick: stick.is_active.then(|| {
                let Vector2f { x, y } = stick.current_state;
                DVec2::new(x.into(), y.into())
            }),
            grab: grab.is_active.then_some(grab.current_state),
            back: back.is_active && back.current_state,
            menu: menu.is_active && menu.current_state,
        })
    }

    /// Buzzes a hand. A controller that cannot is no error.
    pub(super) fn buzz(
        &self,
        session: &openxr::Session<Vulkan>,
        hand: Hand,
        strength: f32,
        nanos: i64,
    ) -> openxr::Result<()> {
        let buzz = openxr::HapticVibration::new()
            .amplitude(strength.clamp(0.0, 1.0))
            .frequency(openxr::FREQUENCY_UNSPECIFIED)
            .duration(openxr::Duration::from_nanos(nanos));
        self.haptic
            .apply_feedback(session, self.hands[hand.index()], &buzz)
    }
}
