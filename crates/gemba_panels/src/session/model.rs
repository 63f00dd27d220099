//! What the session's panels draw.

use std::{sync::Arc, time::Duration};

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};

use super::{AnnotationKey, Shape, ViewpointKey};
use crate::{
    marks::{Mark, MarkShape},
    tokens::color,
};

/// The session as it is now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionModel {
    /// How the link to the room is.
    pub phase: SessionPhase,
    /// The room's name; empty outside of one.
    pub room: Arc<str>,
    /// Our own number in the room.
    pub you: Option<u32>,
    /// What we may do.
    pub may: SessionRights,
    /// Everyone who is present, ourselves first, then by name.
    pub people: Vec<PersonRow>,
    /// Whom we follow.
    pub following: Option<u32>,
    /// Who presents.
    pub presenter: Option<u32>,
    /// What whoever presents shares with us; `None` while no one else presents.
    pub shared: Option<SharedView>,
    /// What was said, oldest first.
    pub chat: Vec<ChatRow>,
    /// The notes, newest first; deleted ones are not among them.
    pub annotations: Vec<AnnotationRow>,
    /// The viewpoints, newest first; deleted ones are not among them.
    pub viewpoints: Vec<ViewpointRow>,
    /// What the next drag in the view draws; `None` while it moves the eye.
    pub pen: Option<Shape>,
    /// Something that just went wrong or changed, in a sentence: a refusal, a read-only room.
    pub notice: Option<String>,
    /// How long a message to the relay and back takes.
    pub round_trip: Option<Duration>,
    /// Operations that the relay has not answered.
    pub in_flight: usize,
    /// We have another plant open than the room is about, in a sentence.
    pub other_plant: Option<String>,
    /// What is selected in the plant, for a note or a link; `None` when nothing is.
    pub selected: Option<PrimPath>,
}

impl SessionModel {
    /// The one with this number, while present.
    #[must_use]
    pub fn person(&self, number: u32) -> Option<&PersonRow> {
        self.people.iter().find(|row| row.person == number)
    }

    /// How many notes wait for someone.
    #[must_use]
    pub fn unresolved(&self) -> usize {
        let is_unresolved = |row: &&AnnotationRow| row.status != AnnotationStatus::Resolved;
        self.annotations.iter().filter(is_unresolved).count()
    }
}

/// How the link to the room is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SessionPhase {
    /// In no session.
    #[default]
    None,
    /// On the way in.
    Connecting,
    /// In the room.
    Joined,
    /// The link is lost; it comes back by itself. The plant and the last known room stay.
    Offline {
        /// Why, in a sentence.
        reason: String,
        /// When the next attempt starts.
        retry_in: Duration,
    },
    /// The relay does not let us in.
    Refused {
        /// Why and what to do, in a sentence.
        reason: String,
    },
    /// The session is over for us.
    Ended {
        /// Why, in a sentence.
        reason: String,
    },
}

impl SessionPhase {
    /// Whether there is a room to show: one is in it, on the way in, or on the way back.
    #[must_use]
    pub fn has_room(&self) -> bool {
        matches!(self, Self::Connecting | Self::Joined | Self::Offline { .. })
    }

    /// How to show it.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let (shape, color, word) = match self {
            Self::None => (MarkShape::Dash, color::inactive(), "in no session"),
            Self::Connecting => (MarkShape::Quarter, color::accent(), "connecting"),
            Self::Joined => (MarkShape::Disc, color::good(), "joined"),
            Self::Offline { .. } => (MarkShape::BrokenRing, color::warning(), "offline"),
            Self::Refused { .. } => (MarkShape::Cross, color::error(), "refused"),
            Self::Ended { .. } => (MarkShape::Ring, color::inactive(), "ended"),
        };
        Mark { shape, color, word }
    }
}

/// What our role allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionRights {
    /// Make and change notes.
    pub annotate: bool,
    /// Bring everyone, present.
    pub lead: bool,
    /// Give roles, remove people, end the session.
    pub manage: bool,
}

/// Someone who is present.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonRow {
    /// Their number in the room.
    pub person: u32,
    /// Their name.
    pub name: Arc<str>,
    /// Their role as a word.
    pub role: &'static str,
    /// Which of [`crate::tokens::color::PEOPLE`] is theirs.
    pub colour: u8,
    /// Whether that is us.
    pub is_you: bool,
    /// Whom they follow.
    pub following: Option<Arc<str>>,
    /// What they have selected, by its name.
    pub selected: Option<PrimPath>,
    /// They have another plant open than the room is about: how others are told.
    pub of_another: Option<String>,
    /// How long ago they were last seen in the plant; `None` before the first time.
    pub seen: Option<Duration>,
}

/// One message of the chat.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRow {
    /// Who said it.
    pub by: Arc<str>,
    /// Which of [`crate::tokens::color::PEOPLE`] is theirs.
    pub colour: u8,
    /// How long ago.
    pub age: Duration,
    /// What.
    pub text: Arc<str>,
    /// The prims that it links to.
    pub prims: Vec<PrimPath>,
}

/// One note.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotationRow {
    /// Which.
    pub key: AnnotationKey,
    /// Its number for people, counted in the order of making.
    pub number: usize,
    /// Who made it.
    pub by: Arc<str>,
    /// Which of [`crate::tokens::color::PEOPLE`] is theirs.
    pub colour: u8,
    /// How long ago.
    pub age: Duration,
    /// What it says.
    pub text: Arc<str>,
    /// What it hangs on.
    pub prim: PrimPath,
    /// What it shows beside its text.
    pub markup: MarkupRow,
    /// Where it stands.
    pub status: AnnotationStatus,
    /// Whose it is to settle: number and name.
    pub assignee: Option<(u32, Arc<str>)>,
    /// Who answered what, oldest first.
    pub replies: Vec<(Arc<str>, Arc<str>)>,
    /// Whether we may change and delete it.
    pub is_ours_to_change: bool,
}

/// What a note shows beside its text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum MarkupRow {
    /// Nothing.
    #[default]
    Text,
    /// An arrow in the plant.
    Arrow,
    /// A line drawn by hand in the plant.
    Stroke,
    /// What its author saw; `None` while it is not loaded, and where it cannot be decoded.
    Picture(Option<Picture>),
}

impl MarkupRow {
    /// How to show its kind.
    #[must_use]
    pub fn mark(self) -> Mark {
        let (shape, word) = match self {
            Self::Text => (MarkShape::Lines, "text"),
            Self::Arrow => (MarkShape::Arrow, "arrow in the plant"),
            Self::Stroke => (MarkShape::Wave, "drawn by hand in the plant"),
            Self::Picture(_) => (MarkShape::Picture, "picture"),
        };
        let color = color::text_quiet();
        Mark { shape, color, word }
    }
}

/// A picture that is ready to be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    /// Where egui finds it.
    pub texture: egui::TextureId,
    /// Its width and height.
    pub size_px: [u32; 2],
}

/// A camera with what it shows, kept for the room.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewpointRow {
    /// Which.
    pub key: ViewpointKey,
    /// What it is called.
    pub name: Arc<str>,
    /// Who saved it.
    pub by: Arc<str>,
    /// Which of [`crate::tokens::color::PEOPLE`] is theirs.
    pub colour: u8,
    /// How long ago.
    pub age: Duration,
    /// How many planes cut the plant.
    pub cuts: usize,
    /// How many prims it isolates; 0 for none.
    pub isolated: usize,
    /// Whether we may delete it.
    pub is_ours_to_change: bool,
}

/// What someone else who presents shares with us.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedView {
    /// Who presents.
    pub by: Arc<str>,
    /// How many planes cut the plant.
    pub cuts: usize,
    /// How many prims are isolated; 0 for none.
    pub isolated: usize,
    /// Where the timeline stands, in a word: `live`, `past`, `scenario`.
    pub timeline: &'static str,
    /// Whether we see for ourselves all the same.
    pub is_detached: bool,
}

/// Where a note stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnotationStatus {
    /// Waits for someone.
    Open,
    /// Someone works on it.
    InProgress,
    /// Settled.
    Resolved,
}

impl AnnotationStatus {
    /// How to show it.
    #[must_use]
    pub fn mark(self) -> Mark {
        let (shape, color, word) = match self {
            Self::Open => (MarkShape::Ring, color::warning(), "open"),
            Self::InProgress => (MarkShape::Quarter, color::accent(), "in progress"),
            Self::Resolved => (MarkShape::Disc, color::good(), "resolved"),
        };
        Mark { shape, color, word }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_states_share_a_shape_or_a_word() {
        let reason = String::new;
        let phases = [
            SessionPhase::None,
            SessionPhase::Connecting,
            SessionPhase::Joined,
            SessionPhase::Offline {
                reason: reason(),
                retry_in: Duration::ZERO,
            },
            SessionPhase::Refused { reason: reason() },
            SessionPhase::Ended { reason: reason() },
        ]
        .map(|phase| phase.mark());
        let statuses = [
            AnnotationStatus::Open,
            AnnotationStatus::InProgress,
            AnnotationStatus::Resolved,
        ]
        .map(AnnotationStatus::mark);
        let markups = [
            MarkupRow::Text,
            MarkupRow::Arrow,
            MarkupRow::Stroke,
            MarkupRow::Picture(None),
        ]
        .map(MarkupRow::mark);
        for marks in [&phases[..], &statuses[..], &markups[..]] {
            for (at, one) in marks.iter().enumerate() {
                for other in &marks[at + 1..] {
                    assert_ne!(one.shape, other.shape);
                    assert_ne!(one.word, other.word);
                }
            }
        }
    }
}
