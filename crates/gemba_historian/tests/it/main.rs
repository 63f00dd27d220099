//! The record against a plain list of samples, at any instant and at any size.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod packing;
mod stored;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use gemba_historian::{Playback, Record};
use gemba_model::{Quality, Sample, TagId, UnixNanos, Value};
use proptest::prelude::*;
use rand::{Rng, SeedableRng, rngs::SmallRng};

const PLENTY: usize = 1 << 30;

/// What a record should be: all samples as they came.
#[derive(Default)]
struct Plain(Vec<(TagId, Sample)>);

impl Plain {
    fn at(&self, tag: TagId, at: UnixNanos) -> Option<&Sample> {
        let mut of_tag = self
            .0
            .iter()
            .filter(|(of, _)| *of == tag)
            .map(|(_, sample)| sample);
        of_tag.rfind(|sample| sample.recv_time <= at)
    }
}

fn value(kind: u8, number: f64) -> Option<Value> {
    match kind % 4 {
        0 => None,
        1 => Some(Value::Bool(number > 0.0)),
        2 => Some(Value::Number(number)),
        _ => Some(Value::Text(Arc::from(format!(
            "state {}",
            number.abs() as u64 % 5
        )))),
    }
}

fn quality(number: u8) -> Quality {
    [Quality::Good, Quality::Uncertain, Quality::Bad, Quality::Stale][usize::from(number % 4)]
}

/// `count` samples of `tags` tags: numbers mostly, some tags often and some seldom.
fn samples(seed: u64, tags: u32, count: usize) -> Plain {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut now = 1_790_000_000_000_000_000_i64;
    let mut plain = Plain::default();
    for _ in 0..count {
        // Some come in the same instant.
        now += random.random_range(0..3_i64) * random.random_range(1..40_000_000_i64);
        let tag = TagId((random.random_range(0.0_f64..1.0).powi(3) * f64::from(tags)) as u32);
        let kind = if random.random_bool(0.9) {
            2
        } else {
            random.random()
        };
        let sample = Sample {
            value: value(kind, random.random_range(-1e6..1e6)),
            quality: if random.random_bool(0.9) {
                Quality::Good
            } else {
                quality(random.random())
            },
            source_time: random
                .random_bool(0.8)
                .then(|| UnixNanos(now - random.random_range(-5_000_000..90_000_000_i64))),
            recv_time: UnixNanos(now),
        };
        plain.0.push((tag, sample));
    }
    plain
}

/// A record in which each block is packed when it is full.
fn recorded(plain: &Plain, tags: usize, most_bytes: usize) -> Record {
    let mut record = Record::new(tags, most_bytes);
    for (tag, sample) in &plain.0 {
        record.push(*tag, sample);
        pack_all(&mut record);
    }
    record
}

fn pack_all(record: &mut Record) {
    while let Some(block) = record.next_to_pack() {
        record.put_packed(block.pack());
    }
}

#[test]
fn every_instant_reads_as_it_was() {
    let plain = samples(7, 5, 4_000);
    let record = recorded(&plain, 5, PLENTY);
    let (from, to) = record.extent().unwrap();
    assert_eq!((from, to), (plain.0[0].1.recv_time, plain.0[3_999].1.recv_time));
    let mut random = SmallRng::seed_from_u64(8);
    for _ in 0..400 {
        let at = UnixNanos(random.random_range(from.0 - 5..to.0 + 5));
        for tag in (0..5).map(TagId) {
            assert_eq!(
                record.at(tag, at).as_ref(),
                plain.at(tag, at),
                "{tag:?} at {at:?}"
            );
        }
    }
}

#[test]
fn playing_gives_each_sample_once_in_order_while_the_record_grows() {
    let plain = samples(3, 4, 6_000);
    let mut record = Record::new(4, PLENTY);
    for (tag, sample) in &plain.0[..1_000] {
        record.push(*tag, sample);
    }
    let begin = plain.0[500].1.recv_time;
    let mut state = BTreeMap::new();
    let mut playback = Playback::begin(&record, begin, |tag, sample| {
        state.insert(tag, sample.clone());
    });
    for tag in (0..4).map(TagId) {
        assert_eq!(state.get(&tag), plain.at(tag, begin), "{tag:?}");
    }
    let mut played = Vec::new();
    let mut rest = plain.0[1_000..].iter();
    let end = plain.0[5_999].1.recv_time;
    let mut at = begin;
    while at < end {
        for (tag, sample) in rest.by_ref().take(100) {
            record.push(*tag, sample);
        }
        // Never ahead of what is recorded.
        at = record.extent().unwrap().1;
        playback.advance(&record, at, |tag, sample| played.push((tag, sample.clone())));
    }
    let mut expected: Vec<_> = plain
        .0
        .iter()
        .filter(|(_, sample)| sample.recv_time > begin)
        .cloned()
        .collect();
    assert_eq!(played.len(), expected.len());
    for tag in (0..4).map(TagId) {
        let of = |all: &[(TagId, Sample)]| -> Vec<Sample> {
            all.iter()
                .filter(|(of, _)| *of == tag)
                .map(|(_, sample)| sample.clone())
                .collect()
        };
        assert_eq!(of(&played), of(&expected), "{tag:?}");
    }
    let times =
        |all: &[(TagId, Sample)]| -> Vec<i64> { all.iter().map(|(_, sample)| sample.recv_time.0).collect() };
    expected.sort_by_key(|(_, sample)| sample.recv_time);
    assert_eq!(times(&played), times(&expected));
}

#[test]
fn a_full_record_loses_its_oldest_and_says_since_when_it_is_whole() {
    let plain = samples(5, 3, 60_000);
    let most_bytes = 200_000;
    let record = recorded(&plain, 3, most_bytes);
    assert!(record.bytes() <= most_bytes, "{}", record.bytes());
    assert_eq!(record.samples(), 60_000);
    let (from, to) = record.extent().unwrap();
    assert!(from > plain.0[0].1.recv_time && from < to);
    let mut random = SmallRng::seed_from_u64(6);
    for _ in 0..300 {
        let at = UnixNanos(random.random_range(from.0..to.0));
        for tag in (0..3).map(TagId) {
            assert_eq!(
                record.at(tag, at).as_ref(),
                plain.at(tag, at),
                "{tag:?} at {at:?}"
            );
        }
    }
}

#[test]
fn what_came_once_long_ago_is_still_known_when_much_else_went() {
    let mut record = Record::new(2, 60_000);
    let sample = |number: f64, at: i64| Sample {
        value: Some(Value::Number(number)),
        quality: Quality::Good,
        source_time: None,
        recv_time: UnixNanos(at),
    };
    record.push(TagId(0), &sample(42.0, 1));
    let mut random = SmallRng::seed_from_u64(1);
    for at in 2..40_000 {
        record.push(TagId(1), &sample(random.random(), at));
    }
    let (from, _) = record.extent().unwrap();
    assert!(from.0 > 1_000);
    assert_eq!(record.at(TagId(0), from), Some(sample(42.0, 1)));
}

#[test]
fn a_clock_that_is_set_back_loses_nothing() {
    let mut record = Record::new(1, PLENTY);
    let sample = |number: f64, at: i64| Sample {
        value: Some(Value::Number(number)),
        quality: Quality::Good,
        source_time: None,
        recv_time: UnixNanos(at),
    };
    let mut played = Vec::new();
    record.push(TagId(0), &sample(1.0, 5_000));
    let mut playback = Playback::begin(&record, UnixNanos(5_000), |_, _| {});
    for number in 2..1_000_i32 {
        record.push(TagId(0), &sample(f64::from(number), 1_000));
    }
    record.push(TagId(0), &sample(1_000.0, 6_000));
    playback.advance(&record, UnixNanos(6_000), |_, sample| {
        played.push(sample.value.as_ref().and_then(Value::as_number).unwrap() as i32);
    });
    assert_eq!(played, (2..=1_000).collect::<Vec<_>>());
    assert_eq!(
        record.at(TagId(0), UnixNanos(5_999)).unwrap().value,
        Some(Value::Number(999.0))
    );
}

#[test]
fn a_trend_has_gaps_where_nobody_should_trust() {
    let mut record = Record::new(1, PLENTY);
    let second = 1_000_000_000;
    for (at, number, quality) in [
        (10, 1.0, Quality::Good),
        (11, 2.0, Quality::Bad),
        (12, 3.0, Quality::Uncertain),
    ] {
        record.push(
            TagId(0),
            &Sample {
                value: Some(Value::Number(number)),
                quality,
                source_time: None,
                recv_time: UnixNanos(at * second),
            },
        );
    }
    let trend = record.trend(
        TagId(0),
        UnixNanos(15 * second),
        Duration::from_secs(1),
        7,
        Duration::from_secs(3),
    );
    assert_eq!(
        trend,
        [None, Some(1.0), None, Some(3.0), Some(3.0), Some(3.0), None]
    );
    let unknown = record.trend(TagId(9), UnixNanos(0), Duration::from_secs(1), 2, Duration::ZERO);
    assert_eq!(unknown, [None, None]);
}

#[test]
fn nothing_is_known_while_nothing_is_listened_to() {
    let mut record = Record::new(2, PLENTY);
    let second = 1_000_000_000;
    let sample = |number: f64, at: i64| Sample {
        value: Some(Value::Number(number)),
        quality: Quality::Good,
        source_time: Some(UnixNanos(at * second - 5)),
        recv_time: UnixNanos(at * second),
    };
    record.push(TagId(0), &sample(1.0, 10));
    record.break_off(UnixNanos(12 * second));
    let last_known = Sample {
        quality: Quality::Stale,
        source_time: None,
        ..sample(1.0, 10)
    };
    let at = |record: &Record, secs: i64| record.at(TagId(0), UnixNanos(secs * second));
    assert_eq!(at(&record, 11), Some(sample(1.0, 10)));
    assert_eq!(at(&record, 12), Some(last_known.clone()), "as old as it is");
    // Nor after a second time, with nothing in between.
    record.break_off(UnixNanos(14 * second));
    record.push(TagId(0), &sample(3.0, 16));
    assert_eq!(at(&record, 15), Some(last_known.clone()));
    assert_eq!(record.at(TagId(1), UnixNanos(15 * second)), None);
    assert_eq!(record.samples(), 2);
    let from = UnixNanos(10 * second);
    assert_eq!(record.extent(), Some((from, UnixNanos(16 * second))));
    // Also a value of which age says nothing leaves a gap.
    let step = Duration::from_secs(1);
    let trend = record.trend(TagId(0), UnixNanos(17 * second), step, 8, Duration::ZERO);
    let (one, three) = (Some(1.0), Some(3.0));
    assert_eq!(trend, [one, one, None, None, None, None, three, three]);
    let mut played = Vec::new();
    let mut playback = Playback::begin(&record, UnixNanos(11 * second), |_, _| {});
    playback.advance(&record, UnixNanos(17 * second), |_, sample| {
        played.push(sample.clone());
    });
    assert_eq!(played, [last_known.clone(), last_known, sample(3.0, 16)]);
}

#[test]
fn tags_that_are_called_something_else_keep_their_past() {
    let plain = samples(4, 3, 3_000);
    let record = recorded(&plain, 3, PLENTY);
    let bytes = record.bytes();
    let (mut record, left_out) =
        record.renumbered(5, |tag| [Some(TagId(4)), None, Some(TagId(0))][tag.index()]);
    assert_eq!((left_out, record.tags()), (1, 5));
    assert!(record.bytes() < bytes);
    let (from, to) = record.extent().unwrap();
    let mut random = SmallRng::seed_from_u64(9);
    for _ in 0..100 {
        let at = UnixNanos(random.random_range(from.0..to.0 + 5));
        let of = |tag: u32| record.at(TagId(tag), at);
        assert_eq!(of(4).as_ref(), plain.at(TagId(0), at));
        assert_eq!(of(0).as_ref(), plain.at(TagId(2), at));
        assert_eq!([of(1), of(2), of(3)], [None, None, None]);
    }
    let sample = Sample {
        value: Some(Value::Number(1.0)),
        quality: Quality::Good,
        source_time: None,
        recv_time: UnixNanos(to.0 + 1),
    };
    record.push(TagId(4), &sample);
    assert_eq!(record.at(TagId(4), UnixNanos(to.0 + 1)), Some(sample));
    let (nothing, left_out) = record.renumbered(5, |_| None);
    assert_eq!((left_out, nothing.extent(), nothing.bytes()), (2, None, 0));
}

proptest! {
    #[test]
    fn any_samples_come_back_bit_for_bit(
        rows in prop::collection::vec(
            (0_u32..3, any::<u8>(), any::<u8>(), -1e300_f64..1e300, prop::option::of(any::<i32>()), 0_i64..1_000),
            1..900,
        ),
    ) {
        let mut record = Record::new(3, PLENTY);
        let mut now = 0;
        let mut plain = Plain::default();
        for (tag, kind, good, number, source, later) in rows {
            now += later;
            let sample = Sample {
                value: value(kind, number),
                quality: quality(good),
                source_time: source.map(|age| UnixNanos(now - i64::from(age))),
                recv_time: UnixNanos(now),
            };
            record.push(TagId(tag), &sample);
            plain.0.push((TagId(tag), sample));
        }
        pack_all(&mut record);
        let mut played = Vec::new();
        let mut playback = Playback::begin(&record, UnixNanos(-1), |_, _| {});
        playback.advance(&record, UnixNanos(now), |tag, sample| played.push((tag, sample.clone())));
        for tag in (0..3).map(TagId) {
            let of = |all: &[(TagId, Sample)]| -> Vec<Sample> {
                all.iter().filter(|(of, _)| *of == tag).map(|(_, sample)| sample.clone()).collect()
            };
            prop_assert_eq!(of(&played), of(&plain.0));
        }
    }
}

#[test]
fn what_a_sample_of_a_slow_value_takes_is_little() {
    let mut random = SmallRng::seed_from_u64(2);
    let mut record = Record::new(1, PLENTY);
    let (mut now, mut celsius) = (1_790_000_000_000_000_000_i64, 61.0_f64);
    for _ in 0..256 * 40 {
        now += 200_000_000 + random.random_range(-900_000..900_000);
        celsius += random.random_range(-0.02..0.02);
        let sample = Sample {
            value: Some(Value::Number((celsius * 1_000.0).round() / 1_000.0)),
            quality: Quality::Good,
            source_time: Some(UnixNanos(now / 1_000_000 * 1_000_000)),
            recv_time: UnixNanos(now + random.random_range(0..400_000)),
        };
        record.push(TagId(0), &sample);
    }
    pack_all(&mut record);
    let each = record.bytes() as f64 / record.samples() as f64;
    assert!(each < 8.0, "{each}");
}
