//! The newest durable entries of a room, for those who come back: bounded in number and in bytes.

use std::collections::VecDeque;

use super::RoomLimits;
use crate::{ids::Seq, operation::Entry};

#[derive(Debug, Default)]
pub(super) struct Tail {
    entries: VecDeque<(usize, Entry)>,
    bytes: usize,
}

impl Tail {
    pub(super) fn push(&mut self, limits: &RoomLimits, entry: Entry) {
        let bytes = entry.size_bytes();
        self.bytes += bytes;
        self.entries.push_back((bytes, entry));
        while self.entries.len() > limits.tail_entries || self.bytes > limits.tail_bytes {
            let Some((bytes, _)) = self.entries.pop_front() else {
                return;
            };
            self.bytes -= bytes;
        }
    }

    /// The oldest entry that is kept.
    pub(super) fn oldest(&self) -> Option<Seq> {
        self.entries.front().map(|(_, entry)| entry.seq)
    }

    /// The entries after `seq`, oldest first.
    pub(super) fn after(&self, seq: Seq) -> impl Iterator<Item = &Entry> {
        let entries = self.entries.iter().map(|(_, entry)| entry);
        entries.filter(move |entry| entry.seq > seq)
    }
}

#[cfg(test)]
mod tests {
    use gemba_model::UnixNanos;

    use super::*;
    use crate::{
        ids::ParticipantId,
        operation::{Change, Leaving},
    };

    #[test]
    fn the_oldest_give_way_by_number_and_by_bytes() {
        let entry = |seq| Entry {
            seq: Seq(seq),
            room_time: UnixNanos(0),
            change: Change::Left {
                who: ParticipantId(1),
                why: Leaving::LinkLost,
            },
        };
        let size = entry(1).size_bytes();
        assert_eq!(size, crate::wire::encode(&entry(1)).unwrap().len());
        for limits in [
            RoomLimits {
                tail_entries: 3,
                ..RoomLimits::default()
            },
            RoomLimits {
                tail_bytes: 3 * size,
                ..RoomLimits::default()
            },
        ] {
            let mut tail = Tail::default();
            assert_eq!(tail.oldest(), None);
            for seq in 1..=5 {
                tail.push(&limits, entry(seq));
            }
            assert_eq!(tail.oldest(), Some(Seq(3)));
            assert_eq!(tail.after(Seq(4)).count(), 1);
        }
        // One that alone is too large is not kept: then there is nothing to come back by but a snapshot.
        let mut tail = Tail::default();
        let limits = RoomLimits {
            tail_bytes: size - 1,
            ..RoomLimits::default()
        };
        tail.push(&limits, entry(1));
        assert_eq!(tail.oldest(), None);
    }
}
