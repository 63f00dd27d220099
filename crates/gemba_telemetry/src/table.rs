//! The tag table: the newest sample of every tag, and which tags changed since the last frame.
//!
//! Source threads publish, the app drains once per frame. Memory is one slot a tag plus at most one dirty entry a tag,
//! however fast a broker sends: a value that comes before the last one was drained overwrites it and is counted.
//! "Newest" is what arrived last; a tag belongs to one connection, so its samples arrive in order.
//!
//! A table [`with_journal`](TagTable::with_journal) keeps every sample too until someone takes them, for those who must not
//! miss one because frames are long. It is bounded; what does not fit any more is counted as lost.
//!
//! Locks are short. A publisher takes a slot's lock and inside it the dirty list's or the journal's; the drain takes them one after
//! the other.

use std::{
    mem,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use gemba_model::{Quality, Sample, TagId, UnixNanos};
use parking_lot::Mutex;

use crate::decode::{DecodeError, Decoded};

/// Between two warnings about the same tag in the log.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Newest samples of all tags; shared by the source threads and the app.
#[derive(Debug)]
pub struct TagTable {
    slots: Box<[Mutex<Slot>]>,
    dirty: Mutex<Vec<TagId>>,
    /// The other buffer of `dirty`: a frame allocates nothing.
    draining: Mutex<Vec<TagId>>,
    journal: Option<Journal>,
    faults: AtomicU64,
    unknown_tags: AtomicU64,
}

/// Samples that nobody has taken yet, in the order in which they came.
#[derive(Debug)]
struct Journal {
    samples: Mutex<Vec<(TagId, Sample)>>,
    most: usize,
    lost: AtomicU64,
}

impl Journal {
    fn push(&self, tag: TagId, sample: &Sample) {
        let mut samples = self.samples.lock();
        if samples.len() < self.most {
            samples.push((tag, sample.clone()));
        } else {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[derive(Debug, Default)]
struct Slot {
    sample: Option<Sample>,
    is_dirty: bool,
    received: u64,
    /// Of them, those that replaced one nobody had drained.
    overwritten: u64,
    fault: Option<Box<TagFault>>,
}

/// The last payload of a tag that gave no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFault {
    /// Why it gave none.
    pub error: DecodeError,
    /// The topic it came on.
    pub topic: Box<str>,
    /// When it arrived.
    pub recv_time: UnixNanos,
    /// How many payloads of this tag gave none since the start.
    pub count: u64,
    /// When the last warning about this tag was due.
    warned: UnixNanos,
}

impl TagFault {
    /// One line for people: what happened, where, and what to do.
    #[must_use]
    pub fn message(&self) -> String {
        format!("topic `{}`: {}. {}.", self.topic, self.error, self.error.remedy())
    }
}

/// What passed through a table since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableCounters {
    /// Samples and faults published.
    pub received: u64,
    /// Of them, those that replaced one nobody had drained.
    pub overwritten: u64,
    /// Of them, payloads that gave no value.
    pub faults: u64,
    /// Publications for tags that the table does not have.
    pub unknown_tags: u64,
    /// Samples that the journal had no room for.
    pub lost: u64,
}

impl TagTable {
    /// A table with a slot for each of `TagId(0)..TagId(tags)`.
    #[must_use]
    pub fn new(tags: usize) -> Self {
        Self {
            slots: (0..tags).map(|_| Mutex::default()).collect(),
            dirty: Mutex::new(Vec::with_capacity(tags)),
            draining: Mutex::new(Vec::with_capacity(tags)),
            journal: None,
            faults: AtomicU64::new(0),
            unknown_tags: AtomicU64::new(0),
        }
    }

    /// The same table with a journal of at most `most` samples.
    #[must_use]
    pub fn with_journal(mut self, most: usize) -> Self {
        self.journal = Some(Journal {
            samples: Mutex::default(),
            most,
            lost: AtomicU64::new(0),
        });
        self
    }

    /// Puts every sample since the last call in place of what is in `samples`, in the order in which they came; none without
    /// a journal.
    pub fn take_journal(&self, samples: &mut Vec<(TagId, Sample)>) {
        samples.clear();
        if let Some(journal) = &self.journal {
            mem::swap(&mut *journal.samples.lock(), samples);
        }
    }

    /// How many tags it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether it has no tags.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Makes `sample` the newest of `tag`.
    #[inline]
    pub fn publish(&self, tag: TagId, sample: Sample) {
        self.update(tag, |slot| slot.sample = Some(sample));
    }

    /// Makes a decoded value the newest sample of `tag`.
    #[inline]
    pub fn publish_decoded(&self, tag: TagId, decoded: Decoded, recv_time: UnixNanos) {
        let Decoded {
            value,
            quality,
            source_time,
        } = decoded;
        self.publish(
            tag,
            Sample {
                value: Some(value),
                quality,
                source_time,
                recv_time,
            },
        );
    }

    /// Marks `tag` bad because a payload gave no value; its last value and source time stay.
    ///
    /// Returns whether a warning is due: the first time, then at most once a minute for each tag.
    pub fn publish_fault(&self, tag: TagId, error: DecodeError, topic: &str, recv_time: UnixNanos) -> bool {
        self.faults.fetch_add(1, Ordering::Relaxed);
        let mut is_due = false;
        self.update(tag, |slot| {
            let (value, source_time) = slot
                .sample
                .take()
                .map_or((None, None), |last| (last.value, last.source_time));
            slot.sample = Some(Sample {
                value,
                quality: Quality::Bad,
                source_time,
                recv_time,
            });
            let (count, warned) = slot
                .fault
                .as_ref()
                .map_or((0, None), |fault| (fault.count, Some(fault.warned)));
            is_due = warned.is_none_or(|warned| recv_time.since(warned) >= WARN_EVERY);
            let warned = warned.filter(|_| !is_due).unwrap_or(recv_time);
            // A flood of bad payloads on one topic must not allocate for each.
            match &mut slot.fault {
                Some(fault) if *fault.topic == *topic => {
                    **fault = TagFault {
                        error,
                        topic: mem::take(&mut fault.topic),
                        recv_time,
                        count: count + 1,
                        warned,
                    };
                }
                fault => {
                    *fault = Some(Box::new(TagFault {
                        error,
                        topic: topic.into(),
                        recv_time,
                        count: count + 1,
                        warned,
                    }));
                }
            }
        });
        is_due
    }

    fn update(&self, tag: TagId, change: impl FnOnce(&mut Slot)) {
        let Some(slot) = self.slots.get(tag.index()) else {
            self.unknown_tags.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut slot = slot.lock();
        change(&mut slot);
        slot.received += 1;
        if let (Some(journal), Some(sample)) = (&self.journal, &slot.sample) {
            journal.push(tag, sample);
        }
        if mem::replace(&mut slot.is_dirty, true) {
            slot.overwritten += 1;
        } else {
            self.dirty.lock().push(tag);
        }
    }

    /// Appends the newest sample of each tag that changed since the last drain, each tag once.
    pub fn drain_dirty(&self, changed: &mut Vec<(TagId, Sample)>) {
        let mut draining = self.draining.lock();
        mem::swap(&mut *draining, &mut *self.dirty.lock());
        changed.reserve(draining.len());
        for tag in draining.drain(..) {
            // A tag is in the list once: its flag is only cleared here, with its sample taken under the same lock.
            let mut slot = self.slots[tag.index()].lock();
            slot.is_dirty = false;
            if let Some(sample) = &slot.sample {
                changed.push((tag, sample.clone()));
            }
        }
    }

    /// The newest sample of `tag`; `None` when it never had one or is not in the table.
    #[must_use]
    pub fn get(&self, tag: TagId) -> Option<Sample> {
        self.slots.get(tag.index())?.lock().sample.clone()
    }

    /// The last payload of `tag` that gave no value, also when good ones came since.
    #[must_use]
    pub fn last_fault(&self, tag: TagId) -> Option<TagFault> {
        self.slots.get(tag.index())?.lock().fault.as_deref().cloned()
    }

    /// How many samples and faults `tag` got.
    #[must_use]
    pub fn received(&self, tag: TagId) -> u64 {
        self.slots.get(tag.index()).map_or(0, |slot| slot.lock().received)
    }

    /// What passed through since the start. It asks each tag, because to count for all of them would cost each sample more.
    #[must_use]
    pub fn counters(&self) -> TableCounters {
        let (mut received, mut overwritten) = (0, 0);
        for slot in &self.slots {
            let slot = slot.lock();
            received += slot.received;
            overwritten += slot.overwritten;
        }
        TableCounters {
            received,
            overwritten,
            faults: self.faults.load(Ordering::Relaxed),
            unknown_tags: self.unknown_tags.load(Ordering::Relaxed),
            lost: self
                .journal
                .as_ref()
                .map_or(0, |journal| journal.lost.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread};

    use gemba_model::Value;

    use super::*;

    fn sample(number: f64) -> Sample {
        let value = Some(Value::Number(number));
        Sample {
            value,
            quality: Quality::Good,
            source_time: None,
            recv_time: UnixNanos(0),
        }
    }

    #[test]
    fn a_drain_gives_each_changed_tag_once_with_its_newest_sample() {
        let table = TagTable::new(3);
        table.publish(TagId(2), sample(1.0));
        table.publish(TagId(0), sample(2.0));
        table.publish(TagId(2), sample(3.0));
        table.publish(TagId(9), sample(4.0));
        let mut changed = Vec::new();
        table.drain_dirty(&mut changed);
        assert_eq!(changed, [(TagId(2), sample(3.0)), (TagId(0), sample(2.0))]);
        changed.clear();
        table.drain_dirty(&mut changed);
        assert_eq!(changed, []);
        let counters = TableCounters {
            received: 3,
            overwritten: 1,
            faults: 0,
            unknown_tags: 1,
            lost: 0,
        };
        assert_eq!(table.counters(), counters);
        assert_eq!(table.received(TagId(2)), 2);
    }

    #[test]
    fn a_journal_keeps_every_sample_in_order_and_counts_what_it_has_no_room_for() {
        let table = TagTable::new(2).with_journal(3);
        for number in 0..5_u8 {
            table.publish(TagId(u32::from(number % 2)), sample(f64::from(number)));
        }
        let mut samples = vec![(TagId(9), sample(9.0))];
        table.take_journal(&mut samples);
        let kept = [0_u8, 1, 2].map(|number| (TagId(u32::from(number % 2)), sample(f64::from(number))));
        assert_eq!(samples, kept);
        assert_eq!((table.counters().received, table.counters().lost), (5, 2));
        table.publish(TagId(0), sample(5.0));
        table.publish_fault(TagId(0), DecodeError::Null, "p/t", UnixNanos(1));
        table.take_journal(&mut samples);
        let qualities: Vec<_> = samples.iter().map(|(_, sample)| sample.quality).collect();
        assert_eq!(qualities, [Quality::Good, Quality::Bad]);
    }

    #[test]
    fn a_fault_keeps_the_value_and_marks_it_bad() {
        let table = TagTable::new(1);
        table.publish(TagId(0), sample(21.5));
        let at = |secs: i64| UnixNanos(secs * 1_000_000_000);
        assert!(table.publish_fault(TagId(0), DecodeError::NotFinite, "p/t", at(1)));
        assert!(!table.publish_fault(TagId(0), DecodeError::Null, "p/t", at(2)));
        assert!(!table.publish_fault(TagId(0), DecodeError::Null, "p/u", at(60)));
        assert!(table.publish_fault(TagId(0), DecodeError::Null, "p/t", at(61)));
        let newest = table.get(TagId(0)).unwrap();
        assert_eq!(
            (newest.value, newest.quality),
            (Some(Value::Number(21.5)), Quality::Bad)
        );
        assert_eq!(newest.recv_time, at(61));
        let fault = table.last_fault(TagId(0)).unwrap();
        assert_eq!((fault.count, fault.error), (4, DecodeError::Null));
        assert_eq!(
            fault.message(),
            "topic `p/t`: the value is null. Look at the sensor or gateway: it sends no measured value."
        );
    }

    #[test]
    fn nothing_is_lost_or_doubled_between_threads() {
        let table = Arc::new(TagTable::new(64));
        let publishers: Vec<_> = (0..4)
            .map(|thread| {
                let table = Arc::clone(&table);
                thread::Builder::new()
                    .spawn(move || {
                        for round in 0..5_000 {
                            // Each thread owns a quarter of the tags, as connections do.
                            let tag = TagId(thread * 16 + round % 16);
                            table.publish(tag, sample(f64::from(round)));
                        }
                    })
                    .unwrap()
            })
            .collect();
        let mut changed = Vec::new();
        let mut newest = vec![-1.0; 64];
        let mut drain = |drains: &mut u64| {
            changed.clear();
            table.drain_dirty(&mut changed);
            for (tag, sample) in &changed {
                let number = sample.value.as_ref().and_then(Value::as_number).unwrap();
                assert!(number > newest[tag.index()], "a tag went back in time");
                newest[tag.index()] = number;
            }
            *drains += changed.len() as u64;
        };
        let mut drained = 0;
        while publishers.iter().any(|publisher| !publisher.is_finished()) {
            drain(&mut drained);
        }
        publishers
            .into_iter()
            .for_each(|publisher| publisher.join().unwrap());
        drain(&mut drained);
        let counters = table.counters();
        assert_eq!(counters.received, 20_000);
        assert_eq!(drained + counters.overwritten, 20_000);
        assert!(newest.iter().all(|number| *number >= 4_984.0));
    }
}
