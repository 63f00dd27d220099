//! The values of all slots as the renderer reads them, with what changed since it last looked.
//!
//! This is the CPU side of the one values buffer. It knows no GPU: the renderer drains [`Values::take_changes`] once a
//! frame. Without a renderer nobody does, and the list of changes stays bounded because a slot is in it once.

use bevy::prelude::*;

use super::record::{RECORD_WORDS, ValueRecord};

/// A row of [`Values`]; 0 is "no value" and belongs to everything that no twin drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotIndex(pub u32);

impl SlotIndex {
    /// The slot of everything that no twin drives.
    pub const NONE: Self = Self(0);

    /// The position in tables that hold one row a slot.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One [`ValueRecord`] a slot.
#[derive(Resource, Debug)]
pub struct Values {
    records: Vec<ValueRecord>,
    changed: Vec<SlotIndex>,
    is_changed: Vec<bool>,
    revision: u32,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            records: vec![ValueRecord::default()],
            changed: Vec::new(),
            is_changed: vec![false],
            revision: 0,
        }
    }
}

impl Values {
    /// Starts anew with `slots` slots besides slot 0, all without a value.
    pub fn reset(&mut self, slots: usize) {
        self.records.clear();
        self.records.resize(slots + 1, ValueRecord::default());
        self.changed.clear();
        self.is_changed.clear();
        self.is_changed.resize(slots + 1, false);
        self.revision = self.revision.wrapping_add(1);
    }

    /// Sets a slot and tells whether that changed anything. Slot 0 and slots out of range stay as they are.
    pub fn set(&mut self, slot: SlotIndex, record: ValueRecord) -> bool {
        let at = slot.index();
        if slot == SlotIndex::NONE || self.records.get(at).is_none_or(|old| *old == record) {
            return false;
        }
        self.records[at] = record;
        if !self.is_changed[at] {
            self.is_changed[at] = true;
            self.changed.push(slot);
        }
        true
    }

    /// What a slot holds.
    #[must_use]
    pub fn get(&self, slot: SlotIndex) -> Option<&ValueRecord> {
        self.records.get(slot.index())
    }

    /// Number of slots, slot 0 included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no slot besides slot 0 exists.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.len() <= 1
    }

    /// Counts the calls of [`Values::reset`]: another number means that every slot has to be read again.
    #[must_use]
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Slots that changed and were not taken yet.
    #[must_use]
    pub fn changed(&self) -> &[SlotIndex] {
        &self.changed
    }

    /// Appends the slots that changed since the last call, in ascending order, to `slots` and their words to `words`.
    pub fn take_changes(&mut self, slots: &mut Vec<SlotIndex>, words: &mut Vec<[u32; RECORD_WORDS]>) {
        self.changed.sort_unstable();
        for slot in self.changed.drain(..) {
            self.is_changed[slot.index()] = false;
            words.push(*self.records[slot.index()].words());
            slots.push(slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binding::record::Look;

    fn red() -> ValueRecord {
        ValueRecord::of(&Look {
            color: Some([1.0, 0.0, 0.0]),
            ..Look::NONE
        })
    }

    #[test]
    fn the_same_value_again_changes_nothing() {
        let mut values = Values::default();
        values.reset(3);
        assert!(values.set(SlotIndex(2), red()));
        assert!(!values.set(SlotIndex(2), red()));
        let (mut slots, mut words) = (Vec::new(), Vec::new());
        values.take_changes(&mut slots, &mut words);
        assert_eq!(slots, [SlotIndex(2)]);
        assert_eq!(words, [*red().words()]);
        slots.clear();
        values.take_changes(&mut slots, &mut words);
        assert!(slots.is_empty());
    }

    #[test]
    fn changes_are_taken_in_order_and_once_each() {
        let mut values = Values::default();
        values.reset(9);
        for slot in [7, 3, 7, 5] {
            values.set(SlotIndex(slot), red());
            values.set(SlotIndex(slot), ValueRecord::default());
        }
        let (mut slots, mut words) = (Vec::new(), Vec::new());
        values.take_changes(&mut slots, &mut words);
        assert_eq!(slots, [SlotIndex(3), SlotIndex(5), SlotIndex(7)]);
    }

    #[test]
    fn slot_zero_is_never_written() {
        let mut values = Values::default();
        assert!(!values.set(SlotIndex::NONE, red()));
        assert!(!values.set(SlotIndex(1), red()));
    }
}
