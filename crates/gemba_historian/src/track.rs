//! The samples of one tag.

use std::{collections::VecDeque, sync::Arc};

use gemba_model::{Sample, UnixNanos};

use super::columns::{Block, Columns, ROW_BYTES};

/// Samples in a block at most: enough to pack well, few enough to unpack in no time that anyone notices.
pub(crate) const BLOCK_ROWS: usize = 256;
/// Odd, and near the golden section of [`BLOCK_ROWS`]: its multiples are spread evenly over a block, however many there are.
const SPREAD: usize = 159;

/// The samples of one tag.
#[derive(Debug)]
pub(crate) struct Track {
    /// The last sample that went, so that a value that came long ago is still known.
    pub(crate) before: Option<Sample>,
    /// How many blocks went.
    gone: u64,
    blocks: VecDeque<Arc<Block>>,
    /// What comes after the blocks.
    pub(crate) open: Columns,
    /// So many open rows become a block.
    full_at: usize,
}

impl Default for Track {
    fn default() -> Self {
        Self {
            before: None,
            gone: 0,
            blocks: VecDeque::new(),
            open: Columns::default(),
            full_at: BLOCK_ROWS,
        }
    }
}

/// What a track is more than before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Grown {
    /// The memory that it takes more, in bytes.
    pub(crate) bytes: isize,
    /// The block that is full now, by its number; it is to be packed.
    pub(crate) full: Option<u64>,
}

/// Part of a track, read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Which block of the track it is, counted from the very first; the open one is after the last.
    block: u64,
    rows: Columns,
    /// The next row.
    next: usize,
}

impl Track {
    /// The track of one tag of many. Most plants sample many tags at once, and a full block is work: the first block of each is
    /// shorter by another part of a block, so that theirs are full at different instants from then on.
    pub(crate) fn of_many(nth: usize) -> Self {
        Self {
            full_at: BLOCK_ROWS - nth.wrapping_mul(SPREAD) % BLOCK_ROWS,
            ..Self::default()
        }
    }

    /// What comes after the blocks is `open`. Tracks that were begun elsewhere are full at different instants already.
    pub(crate) fn go_on_with(&mut self, open: Columns) {
        if !self.blocks.is_empty() || open.len() > 0 {
            self.full_at = BLOCK_ROWS;
        }
        self.open = open;
    }

    /// Adds a sample that arrived at `at`, not before the last one.
    pub(crate) fn push(&mut self, sample: &Sample, at: UnixNanos) -> Grown {
        self.open.push(sample, at);
        self.close_when_full()
    }

    /// Adds that nothing is known from `at` on, where anything ever was.
    pub(crate) fn break_off(&mut self, at: UnixNanos) -> Grown {
        let Some(newest) = self.read_at(UnixNanos(i64::MAX)).0 else {
            return Grown::default();
        };
        let at = self.last_time().map_or(at, |last| last.max(at));
        self.open.push_last_known(&newest, at);
        self.close_when_full()
    }

    /// Makes a block of the open rows when they are one. It is not packed: that takes a hundred times as long.
    fn close_when_full(&mut self) -> Grown {
        let rows = self.open.len();
        if rows < self.full_at {
            return Grown {
                bytes: ROW_BYTES as isize,
                full: None,
            };
        }
        let block = self.open.plain();
        let bytes = block.bytes() as isize - ((rows - 1) * ROW_BYTES) as isize;
        self.open.clear();
        self.full_at = BLOCK_ROWS;
        let full = Some(self.gone + self.blocks.len() as u64);
        self.blocks.push_back(Arc::new(block));
        Grown { bytes, full }
    }

    /// Adds a block behind all that there are.
    pub(crate) fn append(&mut self, block: Block) {
        self.blocks.push_back(Arc::new(block));
    }

    /// The blocks with their numbers, oldest first.
    pub(crate) fn blocks(&self) -> impl ExactSizeIterator<Item = (u64, &Arc<Block>)> {
        let gone = self.gone;
        let numbered = self.blocks.iter().enumerate();
        numbered.map(move |(place, block)| (gone + place as u64, block))
    }

    /// A block by its number; `None` when it went.
    pub(crate) fn block(&self, number: u64) -> Option<&Arc<Block>> {
        self.blocks.get(self.place_of(number)?)
    }

    pub(crate) fn block_mut(&mut self, number: u64) -> Option<&mut Arc<Block>> {
        let place = self.place_of(number)?;
        self.blocks.get_mut(place)
    }

    fn place_of(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.gone)?).ok()
    }

    /// When the newest sample arrived.
    pub(crate) fn last_time(&self) -> Option<UnixNanos> {
        let open = self
            .open
            .len()
            .checked_sub(1)
            .and_then(|last| self.open.time(last));
        open.or_else(|| self.blocks.back().map(|block| block.to))
            .or_else(|| self.before.as_ref().map(|sample| sample.recv_time))
    }

    /// Whether nothing ever came.
    pub(crate) fn is_empty(&self) -> bool {
        self.last_time().is_none()
    }

    /// What the samples take in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| block.bytes()).sum();
        blocks + self.open.len() * ROW_BYTES
    }

    /// Up to when the oldest block goes; `None` when there is none.
    pub(crate) fn oldest_to(&self) -> Option<UnixNanos> {
        self.blocks.front().map(|block| block.to)
    }

    /// Lets the oldest block go; gives how many bytes that frees.
    pub(crate) fn forget_oldest(&mut self) -> usize {
        let Some(block) = self.blocks.pop_front() else {
            return 0;
        };
        self.gone += 1;
        let rows = block.rows();
        if let Some(last) = rows.len().checked_sub(1).and_then(|last| rows.get(last)) {
            self.before = Some(last);
        }
        block.bytes()
    }

    /// The newest sample at `at`, and where reading goes on from there.
    pub(crate) fn read_at(&self, at: UnixNanos) -> (Option<Sample>, Reading) {
        // The last block that begins by then, the open one among them.
        let open_begins = self.open.time(0).is_some_and(|first| first <= at);
        let begun = self.blocks.partition_point(|block| block.from <= at);
        let place = if open_begins {
            self.blocks.len()
        } else {
            begun.saturating_sub(1)
        };
        let rows = self.rows_of(place);
        let next = rows.after(at);
        let sample = match next.checked_sub(1) {
            Some(last) => rows.get(last),
            None => self.before.clone().filter(|sample| sample.recv_time <= at),
        };
        let block = self.gone + place as u64;
        (sample, Reading { block, rows, next })
    }

    fn rows_of(&self, place: usize) -> Columns {
        match self.blocks.get(place) {
            Some(block) => block.rows(),
            None => self.open.clone(),
        }
    }

    /// The time of the row that is next to be read; looks into the block that follows where this one is read.
    pub(crate) fn next_time(&self, reading: &mut Reading) -> Option<UnixNanos> {
        if let Some(time) = reading.rows.time(reading.next) {
            return Some(time);
        }
        let (block, next) = match reading.block.checked_sub(self.gone) {
            // What went while one was reading it cannot be read any more.
            None => (self.gone, 0),
            Some(place) if self.is_read(place as usize, reading.next) => (reading.block + 1, 0),
            // It was open when it was read, and may have grown.
            Some(_) => (reading.block, reading.next),
        };
        let place = (block - self.gone) as usize;
        if self.len_of(place) <= next {
            return None;
        }
        *reading = Reading {
            block,
            rows: self.rows_of(place),
            next,
        };
        reading.rows.time(next)
    }

    /// Whether the block at `place` is full, and `next` is after its last row.
    fn is_read(&self, place: usize, next: usize) -> bool {
        self.blocks.get(place).is_some_and(|block| next >= block.len)
    }

    fn len_of(&self, place: usize) -> usize {
        self.blocks.get(place).map_or(self.open.len(), |block| block.len)
    }

    /// Takes the next row.
    pub(crate) fn take(reading: &mut Reading) -> Option<Sample> {
        let sample = reading.rows.get(reading.next);
        reading.next += 1;
        sample
    }
}

#[cfg(test)]
mod tests {
    use gemba_model::{Quality, Value};

    use super::*;

    fn sample(at: i64) -> Sample {
        Sample {
            value: Some(Value::Number((at % 97) as f64)),
            quality: Quality::Good,
            source_time: None,
            recv_time: UnixNanos(at),
        }
    }

    #[test]
    fn tags_that_are_sampled_together_are_not_full_together() {
        const TAGS: usize = 1_000;
        let mut tracks: Vec<Track> = (0..TAGS).map(Track::of_many).collect();
        let blocks = |tracks: &[Track]| tracks.iter().map(|track| track.blocks.len()).sum::<usize>();
        let mut before = 0;
        for at in 0..4 * BLOCK_ROWS as i64 {
            for track in &mut tracks {
                track.push(&sample(at), UnixNanos(at));
            }
            let after = blocks(&tracks);
            assert!(
                after - before <= TAGS / BLOCK_ROWS + 1,
                "{} at once",
                after - before
            );
            before = after;
        }
        assert!(before >= 4 * TAGS - TAGS / 2, "all have blocks: {before}");
    }

    #[test]
    fn blocks_of_any_length_are_read_on() {
        for nth in 0..20 {
            let mut track = Track::of_many(nth);
            let (first, mut reading) = track.read_at(UnixNanos(-1));
            assert_eq!(first, None);
            let mut read = 0;
            // Read as it grows: sometimes a row behind, sometimes many.
            for at in 0..1_500_i64 {
                track.push(&sample(at), UnixNanos(at));
                if at % 7 == 0 || at % 400 == 399 {
                    while track.next_time(&mut reading).is_some() {
                        assert_eq!(Track::take(&mut reading), Some(sample(read)));
                        read += 1;
                    }
                    assert_eq!(read, at + 1, "track {nth}");
                }
            }
        }
    }
}
