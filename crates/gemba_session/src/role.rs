//! Roles and what each may do: the one table that the room asks and that clients predict with.
//!
//! Ownership (who may change whose annotation) is judged beside the annotations; here stands only which kind of
//! operation a role may try at all.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::operation::OperationKind;

/// What a participant is in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks, points and talks.
    Viewer,
    /// Also annotates and sets section, isolation, viewpoints and timeline.
    Editor,
    /// Also leads everyone, gives roles, removes people and ends the session.
    Host,
    /// Does a procedure: looks, points and talks.
    Trainee,
    /// Leads a training: what an editor may, and everyone's eyes.
    Trainer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Viewer,
        Self::Editor,
        Self::Host,
        Self::Trainee,
        Self::Trainer,
    ];

    /// Whether this role may do operations of this kind. Ownership is judged beside it.
    #[must_use]
    pub fn may(self, kind: OperationKind) -> bool {
        use OperationKind as Kind;
        match kind {
            Kind::Select | Kind::Follow | Kind::Chat | Kind::Leave | Kind::OpenPlant => true,
            Kind::CreateAnnotation
            | Kind::EditAnnotation
            | Kind::ReplyToAnnotation
            | Kind::ResolveAnnotation
            | Kind::AssignAnnotation
            | Kind::DeleteAnnotation
            | Kind::RestoreAnnotation
            | Kind::SaveViewpoint
            | Kind::DeleteViewpoint
            | Kind::SetSection
            | Kind::SetIsolation
            | Kind::SetTimeline => matches!(self, Self::Editor | Self::Host | Self::Trainer),
            Kind::BringEveryone | Kind::Present => matches!(self, Self::Host | Self::Trainer),
            Kind::SetRole | Kind::Remove | Kind::Readmit | Kind::EndSession | Kind::AdoptPlant => {
                self == Self::Host
            }
        }
    }

    /// Whether this role may change and delete what others made.
    #[must_use]
    pub fn may_change_others_work(self) -> bool {
        matches!(self, Self::Host | Self::Trainer)
    }

    /// The role as a word: in tokens, links and on the screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Host => "host",
            Self::Trainee => "trainee",
            Self::Trainer => "trainer",
        }
    }

    /// The role that the word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
