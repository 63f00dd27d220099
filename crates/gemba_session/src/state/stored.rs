//! States as they lie on disk, those of older versions included.
//!
//! Fields are only ever added at the end of [`RoomState`], so an older state is the beginning of a newer one, and what it
//! lacks is what an empty room has there. Entries need nothing of the kind: their enums grow at the end.

use std::{collections::BTreeMap, sync::Arc};

use super::{Field, RoomState};
use crate::{
    ids::ParticipantId,
    plant::PlantMark,
    wire::{self, WireError},
};

/// What version 1 had not: the plant of the room and of each person.
type SinceFirst = (
    Field<Option<Arc<PlantMark>>>,
    BTreeMap<ParticipantId, Arc<PlantMark>>,
);

impl RoomState {
    /// The state that [`wire::encode`] made `bytes` of, in this version or an older one.
    ///
    /// # Errors
    /// [`WireError`] when they are none.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, WireError> {
        wire::decode(bytes).or_else(|error| {
            let lacking = wire::encode(&SinceFirst::default())?;
            // Bytes that are damaged elsewhere do not end before the end with it either: the first error is the telling one.
            wire::decode(&[bytes, &lacking].concat()).map_err(|_damaged| error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Change, Entry};

    /// A room of version 1 as it was stored then: three entries, the state after them, and the entry that follows.
    const ENTRIES: [&str; 4] = [
        "0180c8afa0250001090909090909090909090909090909090909090909090909090909090909090903416e6102",
        "0280c8afa025020101100568656c6c6f00",
        "0380c8afa02502010201022f50000000000000f03f00000000000000400000000000000840000000000000803f00000000056c65616b7300",
        "0480c8afa025010100",
    ];
    const STATE: &str = "4d0380c8afa0250101090909090909090909090909090909090909090909090909090909090909090903416e610200010100000002030101020180c8afa025056c65616b73010103022f50000000000000f03f00000000000000400000000000000840000000000000803f000000000101030001010300010103000101030001010300cf0100000000000000000000000001020180c8afa0250568656c6c6f0000";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = hex.as_bytes().chunks(2);
        digits
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn what_an_older_version_stored_still_opens() {
        let entries: Vec<Entry> = ENTRIES.map(|hex| wire::decode(&bytes(hex)).unwrap()).to_vec();
        let mut state = RoomState::from_stored(&bytes(STATE)).unwrap();
        let mut replayed = RoomState::new(state.history);
        entries[..3]
            .iter()
            .for_each(|entry| replayed.apply(entry).unwrap());
        assert_eq!(state, replayed);
        assert_eq!(state.annotations.len() + state.chat.len(), 2);
        assert!(matches!(entries[3].change, Change::Left { .. }));
        state.apply(&entries[3]).unwrap();
        // And as it is stored from now on.
        assert_eq!(
            RoomState::from_stored(&wire::encode(&state).unwrap()).unwrap(),
            state
        );
    }

    #[test]
    fn what_was_cut_off_elsewhere_does_not() {
        let old = bytes(STATE);
        for end in 0..old.len() {
            assert!(RoomState::from_stored(&old[..end]).is_err(), "{end}");
        }
        assert!(RoomState::from_stored(&[old.as_slice(), &[7, 7]].concat()).is_err());
    }
}
