//! What a person can ask of the headset: the part of [`crate::ViewerCommand`] that concerns it.

use gemba_xr::comfort::Comfort;
use serde::{Deserialize, Serialize};

use crate::PanelKind;

/// One request that concerns the headset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum HeadsetCommand {
    /// Move about as this says, from now on.
    SetComfort {
        /// All of it.
        comfort: Comfort,
    },
    /// Take the height of the eyes anew.
    CalibrateHeight,
    /// Open a panel before the person, or bring it there.
    OpenPanel {
        /// Which.
        panel: PanelKind,
    },
    /// Close a panel in the plant.
    ClosePanel {
        /// Which.
        panel: PanelKind,
    },
    /// Say what a panel stays with.
    PinPanel {
        /// Which.
        panel: PanelKind,
        /// What it stays with.
        pin: PanelPin,
    },
}

/// What a panel in the plant stays with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelPin {
    /// The place where it was put.
    #[default]
    World,
    /// The machine that is selected; it turns to whoever reads it.
    Machine,
    /// The wrist.
    Wrist,
}

impl PanelPin {
    /// All of them, in the order in which they are offered.
    pub(super) const ALL: [Self; 3] = [Self::World, Self::Machine, Self::Wrist];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::World => "Here",
            Self::Machine => "Machine",
            Self::Wrist => "Wrist",
        }
    }

    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::World => "Stays where it is",
            Self::Machine => "Stays with what is selected",
            Self::Wrist => "Stays with the hand that does not point",
        }
    }
}
