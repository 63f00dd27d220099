//! Which plant a room is about: the mark that each viewer makes of the plant it has open, and what to say when two differ.
//!
//! The room keeps the mark that comes first, until a host makes it about another plant. Nobody is kept out for having
//! another one open: a newer version of the same scene is the usual case, and people can talk about that too. But notes
//! and places are by prim path and metres, so whoever sees something else must know it.

use std::fmt;

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};

use crate::{
    bounded::Text,
    ids::ParticipantId,
    state::{Participant, RoomState},
};

/// The most bytes of a plant's name.
pub const MAX_PLANT_NAME_BYTES: usize = 128;

/// What a viewer says of the plant that it has open. Two marks with the same content are of the same plant, wherever
/// its files lie and whatever they are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlantMark {
    /// What people call it: the name of its file.
    pub name: Text<MAX_PLANT_NAME_BYTES>,
    /// Its default prim, when it has one.
    pub prim: Option<PrimPath>,
    /// A hash of all that it is made of: the same for the same files on every machine.
    pub content: [u8; 32],
}

impl PlantMark {
    /// Whether it is the same plant in the same version.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.content == other.content
    }

    /// Whether it is likely the same plant, in whichever version.
    #[must_use]
    pub fn is_akin(&self, other: &Self) -> bool {
        self.is_same(other) || (self.name == other.name && self.prim == other.prim)
    }
}

/// Someone has another plant open than the room is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherPlant {
    /// The room's.
    pub room: PlantMark,
    /// Theirs.
    pub theirs: PlantMark,
}

impl OtherPlant {
    /// Whether it is another version of the same plant, as far as names tell.
    #[must_use]
    pub fn is_other_version(&self) -> bool {
        self.room.is_akin(&self.theirs)
    }

    /// What others are told of the person, in few words.
    #[must_use]
    pub fn of_another(&self) -> String {
        if self.is_other_version() {
            format!("has another version of {} open", self.theirs.name)
        } else {
            format!("has {} open, another plant", self.theirs.name)
        }
    }
}

impl fmt::Display for OtherPlant {
    /// The sentence for the person who has it open.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { room, theirs } = self;
        if self.is_other_version() {
            write!(
                f,
                "You have another version of {} open than this room is about: some things may stand elsewhere for \
                 the others. Open the same files to see the same.",
                theirs.name
            )
        } else {
            write!(
                f,
                "This room is about {}, and you have {} open: people and notes may stand in the wrong places. Open \
                 {}, or ask for a room of your own.",
                room.name, theirs.name, room.name
            )
        }
    }
}

impl RoomState {
    /// What `who` has open instead of the room's plant; `None` when it is the same or not known.
    #[must_use]
    pub fn other_plant(&self, who: ParticipantId) -> Option<OtherPlant> {
        let (room, theirs) = (self.plant.value.as_deref()?, self.plants.get(&who)?);
        (!room.is_same(theirs)).then(|| OtherPlant {
            room: room.clone(),
            theirs: PlantMark::clone(theirs),
        })
    }

    /// Those who are here with another plant open.
    pub fn with_other_plants(&self) -> impl Iterator<Item = (ParticipantId, &Participant, OtherPlant)> {
        let present = self.present();
        present.filter_map(|(who, person)| Some((who, person, self.other_plant(who)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(name: &str, content: u8) -> PlantMark {
        PlantMark {
            name: Text::cut(name),
            prim: PrimPath::new("/Plant").ok(),
            content: [content; 32],
        }
    }

    #[test]
    fn the_same_another_version_and_another_plant_are_told_apart() {
        assert!(
            mark("a.usda", 1).is_same(&mark("copy of a.usda", 1)),
            "files may be called as one likes"
        );
        let other = |theirs| OtherPlant {
            room: mark("pumphouse.usda", 1),
            theirs,
        };
        let version = other(mark("pumphouse.usda", 2));
        assert!(version.is_other_version());
        assert!(
            version
                .to_string()
                .starts_with("You have another version of pumphouse.usda open")
        );
        assert_eq!(version.of_another(), "has another version of pumphouse.usda open");
        let plant = other(mark("clinic.usda", 3));
        assert!(!plant.is_other_version());
        let text = plant.to_string();
        assert!(
            text.starts_with("This room is about pumphouse.usda, and you have clinic.usda open"),
            "{text}"
        );
        assert_eq!(plant.of_another(), "has clinic.usda open, another plant");
    }
}
