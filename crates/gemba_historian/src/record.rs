//! The samples of all tags of a plant, as many as there is room for.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use gemba_model::{Quality, Sample, TagId, UnixNanos};

use super::{
    packing::BlockPlace,
    track::{Grown, Reading, Track},
};

/// What the tags were since it was begun, or since what there is room for.
#[derive(Debug)]
pub struct Record {
    pub(crate) tracks: Vec<Track>,
    most_bytes: usize,
    pub(crate) bytes: usize,
    pub(crate) samples: u64,
    /// The end of the oldest block of each track that has one: the first of them goes first.
    pub(crate) oldest: BTreeSet<(UnixNanos, u32)>,
    /// Full blocks that are not packed, in the order in which they became full.
    pub(crate) to_pack: VecDeque<BlockPlace>,
    pub(crate) from: Option<UnixNanos>,
    pub(crate) to: UnixNanos,
}

impl Record {
    /// An empty record of `TagId(0)..TagId(tags)`, which takes `most_bytes` of memory and, where that is less, what the
    /// newest few hundred samples of each tag take.
    #[must_use]
    pub fn new(tags: usize, most_bytes: usize) -> Self {
        Self {
            tracks: (0..tags).map(Track::of_many).collect(),
            most_bytes,
            bytes: 0,
            samples: 0,
            oldest: BTreeSet::new(),
            to_pack: VecDeque::new(),
            from: None,
            to: UnixNanos(i64::MIN),
        }
    }

    /// Adds a sample of `tag` by the time that it arrived. One that comes before the last of its tag, because this machine's
    /// clock was set back, is taken for as new as that. Tags that the record does not have are left out.
    pub fn push(&mut self, tag: TagId, sample: &Sample) {
        let Some(track) = self.tracks.get_mut(tag.index()) else {
            return;
        };
        let at = track
            .last_time()
            .map_or(sample.recv_time, |last| last.max(sample.recv_time));
        let grown = track.push(sample, at);
        self.has_grown(tag.0, grown);
        self.samples += 1;
        self.from = Some(self.from.map_or(at, |from| from.min(at)));
        self.to = self.to.max(at);
        self.keep_to_size();
    }

    /// Nothing is listened to from `at` on: until its next sample, each tag has its last value, stale, and as old as that is.
    pub fn break_off(&mut self, at: UnixNanos) {
        for tag in 0..self.tracks.len() as u32 {
            let track = self.tracks.get_mut(tag as usize);
            let grown = track.map(|track| track.break_off(at)).unwrap_or_default();
            self.has_grown(tag, grown);
        }
        self.to = self.to.max(at);
        self.keep_to_size();
    }

    fn has_grown(&mut self, tag: u32, grown: Grown) {
        self.bytes = self.bytes.saturating_add_signed(grown.bytes);
        let Some(number) = grown.full else {
            return;
        };
        self.to_pack.push_back(BlockPlace { tag, number });
        self.list_oldest(tag);
    }

    /// Lists the end of the oldest block of a tag, where it is not.
    pub(crate) fn list_oldest(&mut self, tag: u32) {
        let oldest = self.track(tag).and_then(Track::oldest_to);
        self.oldest.extend(oldest.map(|to| (to, tag)));
    }

    /// The same record for `TagId(0)..TagId(tags)`: `to` says what each of its tags is there. Gives how many of those that ever
    /// had a sample are left out because they are nothing there.
    #[must_use]
    pub fn renumbered(mut self, tags: usize, mut to: impl FnMut(TagId) -> Option<TagId>) -> (Self, usize) {
        let mut renumbered = Self::new(tags, self.most_bytes);
        let mut left_out = 0;
        for (tag, track) in (0..).zip(self.tracks.drain(..)) {
            if track.is_empty() {
                continue;
            }
            match to(TagId(tag)).and_then(|to| renumbered.tracks.get_mut(to.index())) {
                Some(place) => *place = track,
                None => left_out += 1,
            }
        }
        for tag in 0..renumbered.tracks.len() as u32 {
            renumbered.bytes += renumbered.track(tag).map_or(0, Track::bytes);
            renumbered.list_oldest(tag);
        }
        renumbered.list_to_pack();
        if renumbered.tracks.iter().any(|track| !track.is_empty()) {
            renumbered.samples = self.samples;
            renumbered.from = self.from;
            renumbered.to = self.to;
        }
        (renumbered, left_out)
    }

    pub(crate) fn keep_to_size(&mut self) {
        while self.bytes > self.most_bytes {
            let Some((to, tag)) = self.oldest.pop_first() else {
                break;
            };
            let Some(track) = self.tracks.get_mut(tag as usize) else {
                continue;
            };
            self.bytes = self.bytes.saturating_sub(track.forget_oldest());
            if let Some(next) = track.oldest_to() {
                self.oldest.insert((next, tag));
            }
            // Between the rows of what went, nobody knows what this tag was.
            self.from = self.from.max(Some(to));
        }
        self.forget_to_pack();
    }

    /// From when to when all that arrived is there; `None` while nothing came.
    #[must_use]
    pub fn extent(&self) -> Option<(UnixNanos, UnixNanos)> {
        self.from.map(|from| (from, self.to.max(from)))
    }

    /// How much memory the samples take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many samples were added, those that went included.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// How many tags it has.
    #[must_use]
    pub fn tags(&self) -> usize {
        self.tracks.len()
    }

    /// The newest sample of `tag` at `at`; `None` where there was none yet, and where nobody knows.
    #[must_use]
    pub fn at(&self, tag: TagId, at: UnixNanos) -> Option<Sample> {
        self.tracks.get(tag.index())?.read_at(at).0
    }

    /// What a number of `tag` was at `count` instants `step` apart, the last of them at `to`, oldest first. An instant
    /// without a good or uncertain number has none, nor one whose newest sample was `stale_after` old; zero says that age
    /// tells nothing.
    #[must_use]
    pub fn trend(
        &self,
        tag: TagId,
        to: UnixNanos,
        step: Duration,
        count: usize,
        stale_after: Duration,
    ) -> Vec<Option<f64>> {
        let Some(track) = self.tracks.get(tag.index()) else {
            return vec![None; count];
        };
        let step = i64::try_from(step.as_nanos()).unwrap_or(i64::MAX);
        let first = i64::try_from(count.saturating_sub(1))
            .unwrap_or(i64::MAX)
            .saturating_mul(step);
        let mut at = UnixNanos(to.0.saturating_sub(first));
        let (mut sample, mut reading) = track.read_at(at);
        let mut numbers = Vec::with_capacity(count);
        for _ in 0..count {
            while track.next_time(&mut reading).is_some_and(|time| time <= at) {
                sample = Track::take(&mut reading).or(sample);
            }
            numbers.push(
                sample
                    .as_ref()
                    .and_then(|sample| trusted(sample, at, stale_after)),
            );
            at = UnixNanos(at.0.saturating_add(step));
        }
        numbers
    }

    pub(crate) fn track(&self, tag: u32) -> Option<&Track> {
        self.tracks.get(tag as usize)
    }

    pub(crate) fn read_all(&self, at: UnixNanos) -> impl Iterator<Item = (Option<Sample>, Reading)> + '_ {
        self.tracks.iter().map(move |track| track.read_at(at))
    }
}

fn trusted(sample: &Sample, at: UnixNanos, stale_after: Duration) -> Option<f64> {
    let is_fresh = stale_after.is_zero() || at.since(sample.recv_time) < stale_after;
    let is_trusted = is_fresh && matches!(sample.quality, Quality::Good | Quality::Uncertain);
    sample.value.as_ref().filter(|_| is_trusted)?.as_number()
}
