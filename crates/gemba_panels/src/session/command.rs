//! What a person can ask of the session: the part of [`crate::ViewerCommand`] that concerns people.

use serde::{Deserialize, Serialize};

/// One request that concerns the session. People are named by their number in the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Begin or end presenting: everyone is told who leads.
    Present {
        /// Whether to present.
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
    /// Answer in a note's thread.
    Reply {
        /// Which note.
        annotation: AnnotationKey,
        /// What.
        text: String,
    },
    /// Settle a note, or open it again.
    Resolve {
        /// Which note.
        annotation: AnnotationKey,
        /// Whether it is settled.
        resolved: bool,
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
