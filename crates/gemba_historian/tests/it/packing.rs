//! Blocks are packed whenever there is time, and nobody who reads sees when.

use super::*;

/// As [`recorded`], and nobody packs.
fn never_packed(plain: &Plain, tags: usize, most_bytes: usize) -> Record {
    let mut record = Record::new(tags, most_bytes);
    for (tag, sample) in &plain.0 {
        record.push(*tag, sample);
    }
    record
}

fn count_to_pack(mut record: Record) -> usize {
    std::iter::from_fn(|| record.next_to_pack()).count()
}

#[test]
fn what_is_packed_late_is_what_was_packed_at_once() {
    let plain = samples(11, 3, 5_000);
    let at_once = recorded(&plain, 3, PLENTY);
    let mut late = never_packed(&plain, 3, PLENTY);
    assert!(
        late.bytes() > at_once.bytes() * 6 / 5,
        "random numbers pack badly, times well"
    );
    let mut playback = Playback::begin(&late, UnixNanos(-1), |_, _| {});
    let mut played = Vec::new();
    let (from, to) = late.extent().unwrap();
    let mut at = from;
    // One block between any two looks, the last ones first: it may be the one that is being read.
    let mut packed: Vec<_> = std::iter::from_fn(|| late.next_to_pack().map(|block| block.pack())).collect();
    assert!(packed.len() > 10, "{} blocks", packed.len());
    let step = (to.0 - from.0) / packed.len() as i64;
    while let Some(block) = packed.pop() {
        late.put_packed(block);
        at = UnixNanos(at.0 + step);
        playback.advance(&late, at, |tag, sample| played.push((tag, sample.clone())));
        assert_eq!(late.at(TagId(0), at).as_ref(), plain.at(TagId(0), at));
    }
    playback.advance(&late, to, |tag, sample| played.push((tag, sample.clone())));
    for tag in (0..3).map(TagId) {
        let of = |all: &[(TagId, Sample)]| {
            all.iter()
                .filter(|(of, _)| *of == tag)
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&played), of(&plain.0), "{tag:?}");
    }
    assert_eq!(late.bytes(), at_once.bytes());
    assert!(late.next_to_pack().is_none(), "each is given once");
}

#[test]
fn what_is_packed_too_late_or_for_another_record_changes_nothing() {
    let plain = samples(12, 1, 2_000);
    let mut record = never_packed(&plain, 1, 40_000);
    let mut twin = never_packed(&plain, 1, 40_000);
    let of_another = twin.next_to_pack().unwrap().pack();
    let bytes = record.bytes();
    record.put_packed(of_another);
    assert_eq!(
        record.bytes(),
        bytes,
        "it is the other record's, though it says the same"
    );
    let first = record.next_to_pack().unwrap().pack();
    for (tag, sample) in &samples(13, 1, 4_000).0 {
        record.push(*tag, sample);
    }
    let (bytes, extent) = (record.bytes(), record.extent());
    record.put_packed(first);
    assert_eq!((record.bytes(), record.extent()), (bytes, extent), "it went");
}

#[test]
fn when_nobody_packs_the_record_keeps_to_its_size_and_lists_no_more_than_it_has() {
    let plain = samples(5, 3, 60_000);
    let record = never_packed(&plain, 3, 200_000);
    assert!(record.bytes() <= 200_000, "{}", record.bytes());
    let from = record.extent().unwrap().0;
    assert!(
        from > recorded(&plain, 3, 200_000).extent().unwrap().0,
        "it goes less far back"
    );
    for tag in (0..3).map(TagId) {
        assert_eq!(record.at(tag, from).as_ref(), plain.at(tag, from));
    }
    let blocks = count_to_pack(record);
    assert!((10..=200_000 / 256 / 26).contains(&blocks), "{blocks}");
}

#[test]
fn what_is_not_packed_yet_is_packed_after_it_is_handed_on() {
    let plain = samples(14, 3, 4_000);
    let packed = recorded(&plain, 3, PLENTY);
    let waiting = count_to_pack(never_packed(&plain, 3, PLENTY));
    let mut bytes = Vec::new();
    never_packed(&plain, 3, PLENTY).write_to(&(), &mut bytes).unwrap();
    let (mut again, ()) = Record::read_from(&bytes, PLENTY).unwrap();
    pack_all(&mut again);
    assert_eq!(again.bytes(), packed.bytes());
    let (renumbered, left_out) = never_packed(&plain, 3, PLENTY).renumbered(3, |tag| Some(TagId(2 - tag.0)));
    assert_eq!((left_out, count_to_pack(renumbered)), (0, waiting));
}
