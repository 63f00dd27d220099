//! Accumulating conveyors between two machines: what is on its way, and what waits at the end.

use std::collections::VecDeque;

/// Bottles or cases between two machines. They travel for a while, then wait.
#[derive(Clone, Debug)]
pub(super) struct Buffer {
    capacity: u32,
    /// Pieces that are on their way; one entry for each tick of the travel.
    travelling: VecDeque<u32>,
    on_way: u32,
    waiting: u32,
}

impl Buffer {
    /// `travel_ticks` is how long a piece takes from end to end; `filled` is the share that waits at first.
    pub(super) fn new(capacity: u32, travel_ticks: usize, filled: f64) -> Self {
        Self {
            capacity,
            travelling: VecDeque::from(vec![0; travel_ticks.max(1)]),
            on_way: 0,
            waiting: (f64::from(capacity) * filled) as u32,
        }
    }

    /// All that is in it.
    pub(super) fn count(&self) -> u32 {
        self.on_way + self.waiting
    }

    pub(super) fn waiting(&self) -> u32 {
        self.waiting
    }

    pub(super) fn capacity(&self) -> u32 {
        self.capacity
    }

    pub(super) fn room(&self) -> u32 {
        self.capacity.saturating_sub(self.count())
    }

    pub(super) fn fill(&self) -> f64 {
        f64::from(self.count()) / f64::from(self.capacity)
    }

    /// Adds at most what there is room for; the machine has asked for [`Self::room`] before.
    pub(super) fn put(&mut self, pieces: u32) {
        let pieces = pieces.min(self.room());
        if let Some(newest) = self.travelling.back_mut() {
            *newest += pieces;
            self.on_way += pieces;
        }
    }

    /// Takes at most what waits.
    pub(super) fn take(&mut self, pieces: u32) -> u32 {
        let taken = pieces.min(self.waiting);
        self.waiting -= taken;
        taken
    }

    /// One tick of travel.
    pub(super) fn advance(&mut self) {
        if let Some(arrived) = self.travelling.pop_front() {
            self.on_way -= arrived;
            self.waiting += arrived;
        }
        self.travelling.push_back(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_arrive_after_their_travel_and_none_is_lost() {
        let mut buffer = Buffer::new(10, 4, 0.0);
        buffer.put(3);
        for _ in 0..3 {
            buffer.advance();
            assert_eq!((buffer.count(), buffer.waiting()), (3, 0));
        }
        buffer.advance();
        assert_eq!((buffer.count(), buffer.waiting()), (3, 3));
        buffer.put(20);
        assert_eq!((buffer.count(), buffer.room()), (10, 0), "no more than fits");
        assert_eq!((buffer.take(5), buffer.count()), (3, 7), "no more than waits");
    }
}
