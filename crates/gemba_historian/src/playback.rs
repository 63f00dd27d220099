//! Going through a record: from an instant on, what changes until the next.

use std::{cmp::Reverse, collections::BinaryHeap};

use gemba_model::{Sample, TagId, UnixNanos};

use super::{
    record::Record,
    track::{Reading, Track},
};

/// A place in a [`Record`], and the way on from there. A record may grow, and lose what is old, meanwhile.
#[derive(Debug, Default)]
pub struct Playback {
    readings: Vec<Reading>,
    /// When the next sample of each tag comes, for those where one is known.
    due: BinaryHeap<Reverse<(UnixNanos, u32)>>,
    /// Tags that are read to their end.
    ended: Vec<u32>,
}

impl Playback {
    /// Begins at `at`: gives `state` the newest sample of each tag that had one by then.
    #[must_use]
    pub fn begin(record: &Record, at: UnixNanos, mut state: impl FnMut(TagId, &Sample)) -> Self {
        let mut playback = Self::default();
        for (tag, (sample, reading)) in (0..).zip(record.read_all(at)) {
            if let Some(sample) = &sample {
                state(TagId(tag), sample);
            }
            playback.readings.push(reading);
            playback.ended.push(tag);
        }
        playback.look_for_more(record);
        playback
    }

    /// Goes on to `to`: gives `changed` every sample that came since, in the order in which they came.
    pub fn advance(&mut self, record: &Record, to: UnixNanos, mut changed: impl FnMut(TagId, &Sample)) {
        self.look_for_more(record);
        while let Some(Reverse((time, tag))) = self.due.peek().copied() {
            if time > to {
                return;
            }
            self.due.pop();
            let Some(reading) = self.readings.get_mut(tag as usize) else {
                continue;
            };
            if let Some(sample) = Track::take(reading) {
                changed(TagId(tag), &sample);
            }
            self.wait_for(record, tag);
        }
    }

    /// What has come since of tags that were read to their end.
    fn look_for_more(&mut self, record: &Record) {
        let mut ended = std::mem::take(&mut self.ended);
        ended.retain(|tag| {
            let (Some(track), Some(reading)) = (record.track(*tag), self.readings.get_mut(*tag as usize))
            else {
                return false;
            };
            let next = track.next_time(reading);
            if let Some(time) = next {
                self.due.push(Reverse((time, *tag)));
            }
            next.is_none()
        });
        self.ended.append(&mut ended);
    }

    fn wait_for(&mut self, record: &Record, tag: u32) {
        let (Some(track), Some(reading)) = (record.track(tag), self.readings.get_mut(tag as usize)) else {
            return;
        };
        match track.next_time(reading) {
            Some(time) => self.due.push(Reverse((time, tag))),
            None => self.ended.push(tag),
        }
    }
}
