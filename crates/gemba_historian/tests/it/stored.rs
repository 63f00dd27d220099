//! A record that goes through bytes is the same; bytes that are not what was written are told, and do no harm.

use gemba_historian::{ReadError, WriteError};

use super::*;

/// What is put beside records here.
type Beside = (String, Vec<u32>);

fn beside() -> Beside {
    ("the works".to_owned(), vec![3, 1, 4])
}

fn written(record: &Record) -> Vec<u8> {
    let mut bytes = Vec::new();
    record.write_to(&beside(), &mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8], most_bytes: usize) -> Result<Record, ReadError> {
    Record::read_from::<Beside>(bytes, most_bytes).map(|(record, _)| record)
}

/// Plays all of it.
fn played(record: &Record) -> Vec<(TagId, Sample)> {
    let mut played = Vec::new();
    let mut playback = Playback::begin(record, UnixNanos(i64::MIN), |tag, sample| {
        played.push((tag, sample.clone()));
    });
    playback.advance(record, UnixNanos(i64::MAX), |tag, sample| {
        played.push((tag, sample.clone()));
    });
    played
}

/// As whoever means it would: with the sum of what they made of it.
fn resummed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len().saturating_sub(8);
    let sum = bytes[..end].iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// A small record with everything in it: packed and open rows, texts, samples that went, a break.
fn small() -> Record {
    let mut record = recorded(&samples(21, 3, 1_500), 4, 9_000);
    let (_, to) = record.extent().unwrap();
    record.break_off(UnixNanos(to.0 + 7));
    record
}

#[test]
fn a_record_is_the_same_afterwards_and_goes_on() {
    for (tags, count, most_bytes) in [(5, 4_000, PLENTY), (3, 60_000, 200_000), (2, 0, PLENTY)] {
        let plain = samples(7, tags, count);
        let mut record = recorded(&plain, tags as usize, most_bytes);
        let bytes = written(&record);
        let (mut again, found) = Record::read_from::<Beside>(&bytes, most_bytes).unwrap();
        assert_eq!(found, beside());
        assert!(bytes.len() < record.bytes() * 5 / 4 + 100, "{}", bytes.len());
        assert_eq!(written(&again), bytes);
        let facts = |record: &Record| (record.extent(), record.samples(), record.tags(), record.bytes());
        assert_eq!(facts(&again), facts(&record));
        assert_eq!(played(&again), played(&record));
        // What comes is taken in by both alike, and the same goes.
        for (tag, sample) in &samples(8, tags, 3_000).0 {
            record.push(*tag, sample);
            again.push(*tag, sample);
        }
        assert_eq!(facts(&again), facts(&record));
        assert_eq!(played(&again), played(&record));
    }
}

#[test]
fn less_room_keeps_the_newest() {
    let plain = samples(5, 3, 60_000);
    let bytes = written(&recorded(&plain, 3, PLENTY));
    let record = read(&bytes, 200_000).unwrap();
    assert!(record.bytes() <= 200_000, "{}", record.bytes());
    let (from, to) = record.extent().unwrap();
    assert!(from > plain.0[0].1.recv_time && from < to);
    for at in [from, UnixNanos(from.0 / 2 + to.0 / 2), to] {
        for tag in (0..3).map(TagId) {
            assert_eq!(record.at(tag, at).as_ref(), plain.at(tag, at));
        }
    }
}

#[test]
fn what_is_cut_or_changed_is_told() {
    let bytes = written(&small());
    assert!(read(&bytes, PLENTY).is_ok());
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end], PLENTY).is_err(), "{end} of {}", bytes.len());
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let error = read(&changed, PLENTY).unwrap_err();
        match at {
            0..8 => assert_eq!(error, ReadError::NotARecord),
            8..10 => assert!(matches!(error, ReadError::OtherFormat { .. }), "{error}"),
            _ => assert_eq!(error, ReadError::Damaged),
        }
    }
}

#[test]
fn lengths_that_lie_take_no_memory() {
    let mut bytes = written(&Record::new(0, PLENTY));
    // Before the sum is the number of tags.
    let at = bytes.len() - 9;
    assert_eq!(bytes[at], 0);
    bytes.splice(at..=at, [0xff, 0xff, 0xff, 0xff, 0x7f]);
    let error = read(&resummed(bytes), PLENTY).unwrap_err();
    assert_eq!(error, ReadError::TooLarge { most_bytes: PLENTY });
}

#[test]
fn what_does_not_fit_beside_a_record_is_not_written() {
    let much = vec![0_u8; (64 << 20) + 1];
    let error = Record::new(0, 0).write_to(&much, Vec::new()).unwrap_err();
    assert!(matches!(error, WriteError::TooMuchBeside { .. }), "{error}");
}

#[test]
fn an_output_that_takes_no_more_is_told() {
    let mut place = [0_u8; 40];
    let error = small().write_to(&beside(), &mut place[..]).unwrap_err();
    assert!(matches!(error, WriteError::Output(_)), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whoever_gets_the_sum_right_does_no_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = written(&small());
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            // Also from within.
            let from = cut.index(bytes.len() - 8);
            bytes.drain(from..bytes.len().min(from + 3));
        }
        if let Ok(record) = read(&resummed(bytes), 9_000) {
            prop_assert!(record.bytes() <= 18_000);
            let samples = played(&record);
            prop_assert!(samples.len() < 1_600);
        }
    }
}

proptest! {
    #[test]
    fn any_samples_come_back_from_bytes(seed: u64, tags in 1_u32..6, count in 0_usize..2_000, most_bytes in 0_usize..60_000) {
        let record = recorded(&samples(seed, tags, count), tags as usize, most_bytes);
        // Whoever has room for what is not packed has room for it again.
        let room = most_bytes.max(record.bytes());
        let again = read(&written(&record), room).unwrap();
        prop_assert_eq!(again.extent(), record.extent());
        prop_assert_eq!(played(&again), played(&record));
    }
}
