//! What a person can ask of the session: the part of [`crate::ViewerCommand`] that concerns people.

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};

use super::AnnotationStatus;

/// One request that concerns the session. People are named by their number in the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum SessionCommand {
    /// Go into a room.
    Join {
        /// The whole join link, `gemba://host:port/room#…`.
        link: LinkText,
        /// The name that others see, where the link leaves it open.
        #[serde(default)]
        name: Option<String>,
    },
    /// Leave the room for good.
    Leave,
    /// Try to come back now, not after the wait.
    Retry,
    /// See with someone's eyes until any move of one's own.
    Follow {
        /// Whose.
        person: u32,
    },
    /// See with one's own eyes again.
    GoSolo,
    /// Bring everyone to where one stands.
    BringEveryone,
    /// Begin or end presenting: everyone is told who leads, and sees with their section, isolation and timeline.
    Present {
        /// Whether to present.
        on: bool,
    },
    /// Stop seeing with the presenter's section, isolation and timeline, or take it up again.
    Detach {
        /// Whether to see for oneself.
        on: bool,
    },
    /// Say something to everyone in the room.
    Say {
        /// What.
        text: String,
        /// Whether what is selected is linked from it.
        #[serde(default)]
        links_selection: bool,
    },
    /// Point at what is under the cursor, or at the selection where there is no cursor, and call for attention.
    Point {
        /// For how long, in milliseconds.
        for_millis: u32,
    },
    /// Leave a note on the selection.
    Annotate {
        /// What it says.
        text: String,
    },
    /// Leave a note that draws in the plant.
    Draw {
        /// What it says; may be empty.
        text: String,
        /// What it draws.
        shape: Shape,
        /// What it hangs on.
        prim: PrimPath,
        /// An arrow's start and tip, or the line of a stroke, in the viewer's world, Y up.
        points_m: Vec<[f64; 3]>,
    },
    /// Leave a note on the selection with a picture of what one sees.
    Capture {
        /// What it says; may be empty.
        text: String,
    },
    /// Take the pen: the next drag in the view draws a note.
    TakePen {
        /// What the drag draws.
        shape: Shape,
        /// What the note says; may be empty.
        #[serde(default)]
        text: String,
    },
    /// Put the pen away: a drag moves the eye again.
    DropPen,
    /// Open a note on this screen.
    OpenNote {
        /// Which note.
        annotation: AnnotationKey,
    },
    /// Answer in a note's thread.
    Reply {
        /// Which note.
        annotation: AnnotationKey,
        /// What.
        text: String,
    },
    /// Say where a note stands.
    SetStatus {
        /// Which note.
        annotation: AnnotationKey,
        /// Where it stands.
        status: AnnotationStatus,
    },
    /// Change what a note says.
    Edit {
        /// Which note.
        annotation: AnnotationKey,
        /// What it says instead.
        text: String,
    },
    /// Give a note to someone, or to no one.
    Assign {
        /// Which note.
        annotation: AnnotationKey,
        /// To whom.
        person: Option<u32>,
    },
    /// Take a note away.
    Delete {
        /// Which note.
        annotation: AnnotationKey,
    },
    /// Keep for the room what one sees now: where from, the section, the isolation and the timeline.
    SaveViewpoint {
        /// What to call it.
        name: String,
    },
    /// Fly to a viewpoint and see what it shows.
    GoToViewpoint {
        /// Which viewpoint.
        viewpoint: ViewpointKey,
    },
    /// Take a viewpoint away.
    DeleteViewpoint {
        /// Which viewpoint.
        viewpoint: ViewpointKey,
    },
    /// Take back one's newest change of the room.
    Undo,
    /// Give someone a role, by its word.
    GiveRole {
        /// Whom.
        person: u32,
        /// `viewer`, `editor`, `host`, `trainee` or `trainer`.
        role: String,
    },
    /// Remove someone from the room.
    Remove {
        /// Whom.
        person: u32,
    },
    /// Make the room about the plant that one has open.
    AdoptPlant,
    /// End the session for everyone.
    End,
}

/// A join link. It holds a secret, so it is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkText(pub String);

impl std::fmt::Debug for LinkText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkText(…)")
    }
}

/// A note by who made it and which of their operations did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AnnotationKey {
    /// Whose.
    pub by: u32,
    /// Which of theirs.
    pub number: u64,
}

/// A viewpoint by who saved it and which of their operations did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ViewpointKey {
    /// Whose.
    pub by: u32,
    /// Which of theirs.
    pub number: u64,
}

/// What a pen draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An arrow, from where the drag starts to where it ends.
    Arrow,
    /// The line that the drag takes.
    Stroke,
}
