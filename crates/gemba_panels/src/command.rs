//! What a person can ask the viewer to do, by mouse, key, controller, remote control or session.

use std::path::PathBuf;

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};

use crate::tokens::Theme;
use crate::{headset::HeadsetCommand, section::SectionCut, session::SessionCommand};

/// One request. Imperative, serialisable, by prim path: it means the same in every process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "command")]
pub enum ViewerCommand {
    /// Open another plant in place of this one.
    OpenPlant {
        /// The USD file.
        file: PathBuf,
    },
    /// Make this prim the selection.
    SelectPrim {
        /// The prim.
        prim: PrimPath,
    },
    /// Select nothing.
    ClearSelection,
    /// Fly to where this prim fills the view.
    FocusPrim {
        /// The prim.
        prim: PrimPath,
    },
    /// Fly to where the whole plant fills the view.
    FrameAll,
    /// Fly to where one looks along a direction at what the view turns about.
    LookAlong {
        /// Which way to look, in the viewer's world, Y up.
        direction: [f64; 3],
    },
    /// Fly to the view the plant opened with.
    GoHome,
    /// Fly to a camera of the scene.
    GoToCamera {
        /// The Camera prim.
        prim: PrimPath,
    },
    /// Put the eye somewhere at once; metres, Y up, in the viewer's world.
    SetView {
        /// Where the eye is.
        eye_m: [f64; 3],
        /// What it looks at.
        target_m: [f64; 3],
    },
    /// Change how mouse and keys move the eye.
    SetNavigation {
        /// The new mode.
        mode: NavigationMode,
    },
    /// Walk by itself for a while, as a person would who holds the keys: for tests and tours. Any input ends it.
    Walk {
        /// Speed forward.
        forward_m_per_s: f64,
        /// Speed to the right.
        #[serde(default)]
        right_m_per_s: f64,
        /// Turn to the left.
        #[serde(default)]
        turn_rad_per_s: f64,
        /// For how long.
        for_secs: f64,
    },
    /// Show or hide value labels in the plant.
    ShowLabels {
        /// Whether they are to be shown.
        shown: bool,
    },
    /// Show or hide prims of purpose `guide`.
    ShowGuides {
        /// Whether they are to be shown.
        shown: bool,
    },
    /// Draw lines along edges, as drawings have them, or do not.
    ShowEdges {
        /// Whether they are to be drawn.
        shown: bool,
    },
    /// Draw the panels, or leave the plant's view clear.
    ShowPanels {
        /// Whether they are to be drawn.
        shown: bool,
    },
    /// Cut the plant by these planes, in place of those that cut it; by none for a whole plant.
    SetSection {
        /// What cuts it.
        planes: Vec<SectionCut>,
    },
    /// Show only these prims and what is below them, in place of those that were isolated; none shows all.
    Isolate {
        /// What stays to be seen.
        prims: Vec<PrimPath>,
    },
    /// Hide this prim and what is below it.
    Hide {
        /// The prim.
        prim: PrimPath,
    },
    /// End isolation and hiding.
    ShowAll,
    /// Show the plant as it was, if this viewer has recorded that, and go on from there.
    SetTimeline {
        /// When: milliseconds since 1970-01-01T00:00Z by this machine's clock.
        at_millis: i64,
        /// How many times faster than it was it goes on; 0 stands still.
        #[serde(default)]
        speed: f32,
    },
    /// Show the plant as it is now.
    GoLive,
    /// Draw the panels on this ground.
    SetTheme {
        /// Which.
        theme: Theme,
    },
    /// Do not show the hints of a first run again.
    PutHintsAway,
    /// Save what is seen as a PNG.
    SaveScreenshot {
        /// The file to write.
        file: PathBuf,
    },
    /// See the plant in the headset.
    EnterVr,
    /// Leave the headset; the desktop goes on.
    LeaveVr,
    /// Something that concerns the session: `{"command": "session", "do": "go_solo"}`.
    Session(SessionCommand),
    /// Something that concerns the headset: `{"command": "headset", "do": "calibrate_height"}`.
    Headset(HeadsetCommand),
    /// Close the viewer.
    Quit,
}

/// How mouse and keys move the eye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NavigationMode {
    /// Orbit, pan and zoom around what is under the cursor.
    #[default]
    Orbit,
    /// Walk on floors at eye height, stopped by walls.
    Walk,
    /// Fly freely.
    Fly,
}
