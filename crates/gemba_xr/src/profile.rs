//! Which button of which controller does what: the suggested bindings of each interaction profile.
//!
//! Paths are those of the OpenXR 1.0 specification, "Interaction Profile Paths", and of `XR_BD_controller_interaction` for Pico. A
//! runtime without a controller's own profile falls back on another of the list; a person may bind anew in the runtime's settings.
//! Bindings are suggested once for an instance: a second suggestion after the action set was attached is an error.

/// What a hand can do. Names are what a runtime shows in its own settings of bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandAction {
    /// Where the hand points: the ray.
    Aim,
    /// Where the hand is: what it holds.
    Grip,
    /// Select what the ray meets; click, drag. 0–1.
    Select,
    /// Take hold of a panel. 0–1.
    Grab,
    /// Stick or pad: teleport forward, turn to the sides, glide, scroll.
    Stick,
    /// The wrist panel.
    Menu,
    /// One step back: close, deselect.
    Back,
    /// A short buzz.
    Haptic,
}

impl HandAction {
    /// Every action, in the order in which a runtime lists them.
    pub const ALL: [Self; 8] = [
        Self::Aim,
        Self::Grip,
        Self::Select,
        Self::Grab,
        Self::Stick,
        Self::Menu,
        Self::Back,
        Self::Haptic,
    ];

    /// The name of the action in the action set: lower case, as the specification asks.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aim => "aim",
            Self::Grip => "grip",
            Self::Select => "select",
            Self::Grab => "grab",
            Self::Stick => "stick",
            Self::Menu => "menu",
            Self::Back => "back",
            Self::Haptic => "haptic",
        }
    }

    /// The name that a person reads.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Aim => "Point",
            Self::Grip => "Hand",
            Self::Select => "Select",
            Self::Grab => "Take hold",
            Self::Stick => "Move and turn",
            Self::Menu => "Wrist panel",
            Self::Back => "Back",
            Self::Haptic => "Buzz",
        }
    }
}

/// A hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hand {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

impl Hand {
    /// Both, left first.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// Its top-level user path.
    #[must_use]
    pub fn user_path(self) -> &'static str {
        match self {
            Self::Left => "/user/hand/left",
            Self::Right => "/user/hand/right",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// Its place in arrays of two.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Left => 0,
            Self::Right => 1,
        }
    }
}

/// An extension without which a profile's path is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// OpenXR 1.0 itself.
    Core,
    /// `XR_BD_controller_interaction`.
    BdController,
}

/// One controller.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// What people call it.
    pub name: &'static str,
    /// Its path.
    pub path: &'static str,
    /// What its path needs.
    pub needs: Needs,
    /// Components for both hands, below the hand's path.
    both: &'static [(HandAction, &'static str)],
    /// Components for the left hand only.
    left: &'static [(HandAction, &'static str)],
    /// Components for the right hand only.
    right: &'static [(HandAction, &'static str)],
}

impl Profile {
    /// Every suggested binding: the action and the full path of the input or output.
    pub fn bindings(&self) -> impl Iterator<Item = (HandAction, String)> + '_ {
        Hand::BOTH.into_iter().flat_map(move |hand| {
            let own = match hand {
                Hand::Left => self.left,
                Hand::Right => self.right,
            };
            let all = self.both.iter().chain(own);
            all.map(move |(action, component)| (*action, format!("{}{component}", hand.user_path())))
        })
    }
}

/// The profiles that bindings are suggested for, the most capable first.
pub const PROFILES: &[Profile] = &[TOUCH, INDEX, PICO_4, PICO_NEO3, WMR, VIVE, SIMPLE];

const AIM: (HandAction, &str) = (HandAction::Aim, "/input/aim/pose");
const GRIP: (HandAction, &str) = (HandAction::Grip, "/input/grip/pose");
const TRIGGER: (HandAction, &str) = (HandAction::Select, "/input/trigger/value");
const SQUEEZE: (HandAction, &str) = (HandAction::Grab, "/input/squeeze/value");
const SQUEEZE_CLICK: (HandAction, &str) = (HandAction::Grab, "/input/squeeze/click");
const THUMBSTICK: (HandAction, &str) = (HandAction::Stick, "/input/thumbstick");
const TRACKPAD: (HandAction, &str) = (HandAction::Stick, "/input/trackpad");
const MENU: (HandAction, &str) = (HandAction::Menu, "/input/menu/click");
const HAPTIC: (HandAction, &str) = (HandAction::Haptic, "/output/haptic");

const TOUCH: Profile = Profile {
    name: "Touch",
    path: "/interaction_profiles/oculus/touch_controller",
    needs: Needs::Core,
    both: &[AIM, GRIP, TRIGGER, SQUEEZE, THUMBSTICK, HAPTIC],
    left: &[
        (HandAction::Menu, "/input/y/click"),
        (HandAction::Back, "/input/x/click"),
    ],
    right: &[
        (HandAction::Menu, "/input/b/click"),
        (HandAction::Back, "/input/a/click"),
    ],
};

const INDEX: Profile = Profile {
    name: "Index",
    path: "/interaction_profiles/valve/index_controller",
    needs: Needs::Core,
    both: &[
        AIM,
        GRIP,
        TRIGGER,
        // Its grip reports a value while it is merely held; force is a squeeze that is meant.
        (HandAction::Grab, "/input/squeeze/force"),
        THUMBSTICK,
        (HandAction::Menu, "/input/b/click"),
        (HandAction::Back, "/input/a/click"),
        HAPTIC,
    ],
    left: &[],
    right: &[],
};

const PICO_4: Profile = Profile {
    name: "Pico 4",
    path: "/interaction_profiles/bytedance/pico4_controller",
    needs: Needs::BdController,
    both: &[AIM, GRIP, TRIGGER, SQUEEZE, THUMBSTICK, HAPTIC],
    left: TOUCH.left,
    right: TOUCH.right,
};

const PICO_NEO3: Profile = Profile {
    name: "Pico Neo3",
    path: "/interaction_profiles/bytedance/pico_neo3_controller",
    needs: Needs::BdController,
    both: &[AIM, GRIP, TRIGGER, SQUEEZE, THUMBSTICK, HAPTIC],
    left: TOUCH.left,
    right: TOUCH.right,
};

const WMR: Profile = Profile {
    name: "Windows Mixed Reality",
    path: "/interaction_profiles/microsoft/motion_controller",
    needs: Needs::Core,
    both: &[
        AIM,
        GRIP,
        TRIGGER,
        SQUEEZE_CLICK,
        THUMBSTICK,
        MENU,
        (HandAction::Back, "/input/trackpad/click"),
        HAPTIC,
    ],
    left: &[],
    right: &[],
};

const VIVE: Profile = Profile {
    name: "Vive",
    path: "/interaction_profiles/htc/vive_controller",
    needs: Needs::Core,
    both: &[AIM, GRIP, TRIGGER, SQUEEZE_CLICK, TRACKPAD, MENU, HAPTIC],
    left: &[],
    right: &[],
};

const SIMPLE: Profile = Profile {
    name: "simple",
    path: "/interaction_profiles/khr/simple_controller",
    needs: Needs::Core,
    both: &[
        AIM,
        GRIP,
        (HandAction::Select, "/input/select/click"),
        MENU,
        HAPTIC,
    ],
    left: &[],
    right: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The components of the specification's tables that may be bound to such an action.
    fn has(profile: &Profile, path: &str) -> bool {
        let (left, component) = match path.strip_prefix("/user/hand/left") {
            Some(component) => (true, component),
            None => (false, path.strip_prefix("/user/hand/right").expect("a hand")),
        };
        let common = ["/input/aim/pose", "/input/grip/pose", "/output/haptic"];
        let touch_like = [
            "/input/trigger/value",
            "/input/squeeze/value",
            "/input/thumbstick",
            if left { "/input/x/click" } else { "/input/a/click" },
            if left { "/input/y/click" } else { "/input/b/click" },
        ];
        let own: &[&str] = match profile.name {
            "Touch" | "Pico 4" | "Pico Neo3" => &touch_like,
            "Index" => &[
                "/input/trigger/value",
                "/input/squeeze/value",
                "/input/squeeze/force",
                "/input/thumbstick",
                "/input/a/click",
                "/input/b/click",
                "/input/trackpad",
            ],
            "Windows Mixed Reality" => &[
                "/input/trigger/value",
                "/input/squeeze/click",
                "/input/thumbstick",
                "/input/menu/click",
                "/input/trackpad/click",
            ],
            "Vive" => &[
                "/input/trigger/value",
                "/input/squeeze/click",
                "/input/trackpad",
                "/input/menu/click",
            ],
            "simple" => &["/input/select/click", "/input/menu/click"],
            unknown => panic!("{unknown} is not in the specification's tables"),
        };
        common.contains(&component) || own.contains(&component)
    }

    #[test]
    fn every_binding_is_a_component_of_its_controller() {
        for profile in PROFILES {
            for (action, path) in profile.bindings() {
                assert!(has(profile, &path), "{}: {action:?} on {path}", profile.name);
            }
        }
    }

    #[test]
    fn every_controller_points_selects_and_opens_the_wrist_panel_with_either_hand() {
        for profile in PROFILES {
            for hand in Hand::BOTH {
                let of_hand = |action| {
                    profile
                        .bindings()
                        .filter(|(bound, path)| *bound == action && path.starts_with(hand.user_path()))
                        .count()
                };
                for action in [
                    HandAction::Aim,
                    HandAction::Grip,
                    HandAction::Select,
                    HandAction::Menu,
                ] {
                    assert_eq!(of_hand(action), 1, "{}: {action:?}", profile.name);
                }
            }
        }
    }

    #[test]
    fn no_input_does_two_things() {
        for profile in PROFILES {
            let mut paths: Vec<String> = profile.bindings().map(|(_, path)| path).collect();
            let all = paths.len();
            paths.sort();
            paths.dedup();
            assert_eq!(paths.len(), all, "{}", profile.name);
        }
    }

    #[test]
    fn names_are_lower_case_and_their_own() {
        let mut names: Vec<_> = HandAction::ALL.map(HandAction::name).to_vec();
        assert!(
            names
                .iter()
                .all(|name| name.chars().all(|letter| letter.is_ascii_lowercase()))
        );
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), HandAction::ALL.len());
    }
}
