//! When people show where they are: on a beat that the whole room keeps.
//!
//! A room that sends each sample on by itself sends as many datagrams as there are pairs of people, and one that waits
//! until several have come makes them old. So people come several at a time of their own accord: the time between two
//! samples of one person is cut into slots, everyone has one by their place among those present, and sends so that the
//! sample arrives then by the room's clock. What arrives together goes on together, at once. Nothing is agreed on for
//! it: all know the clock and who is there. Who is off the beat is served too, with the wait that the pace asks for.

use std::{ops::RangeInclusive, time::Duration};

use gemba_model::UnixNanos;

/// How often people show where they are.
pub const SHOW_EVERY: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// What each person adds to the time between two ticks: 25 000 datagrams a second in a room, whoever is in it.
const PACE_A_PERSON: Duration = Duration::from_micros(40);
/// The time between two ticks, however few or many there are.
const PACE: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_millis(16);
/// Slots between two samples of one person, at most: what networks shift is still less than from one slot to the next.
const SLOTS: u128 = 8;

/// The least time between two ticks of a room of so many people.
pub(super) fn pace(people: usize) -> Duration {
    let people = u32::try_from(people).unwrap_or(u32::MAX);
    PACE_A_PERSON
        .saturating_mul(people)
        .clamp(*PACE.start(), *PACE.end())
}

/// One person's beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    every: Duration,
    /// How long after the start of the room's beat.
    offset: Duration,
}

impl Beat {
    /// Of a person who sends once `every` so long and is at `place` (from 0) among so many `people` who are present.
    #[must_use]
    pub fn new(every: Duration, place: usize, people: usize) -> Self {
        // Half as long again as the pace, so that who comes in time for the slot never waits for the last one's tick.
        let shortest = pace(people) * 3 / 2;
        let slots = (every.as_nanos() / shortest.as_nanos()).clamp(1, SLOTS) as u32;
        let slot = (place % slots as usize) as u32;
        Self {
            every: every.max(Duration::from_nanos(1)),
            offset: every * slot / slots,
        }
    }

    /// How long after `room_time` the next sample is to arrive: more than nothing, at most the time between two.
    #[must_use]
    pub fn wait_after(self, room_time: UnixNanos) -> Duration {
        let every = i128::try_from(self.every.as_nanos()).unwrap_or(i128::MAX);
        let offset = i128::try_from(self.offset.as_nanos()).unwrap_or(0);
        let since_last = (i128::from(room_time.0) - offset).rem_euclid(every);
        Duration::from_nanos(u64::try_from(every - since_last).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// How many of `people` arrive at each instant of one round.
    fn slots(people: usize) -> BTreeMap<Duration, usize> {
        let mut slots = BTreeMap::new();
        for place in 0..people {
            let wait = Beat::new(SHOW_EVERY, place, people).wait_after(UnixNanos(0));
            *slots.entry(wait).or_default() += 1;
        }
        slots
    }

    #[test]
    fn few_come_apart_and_many_come_together() {
        assert_eq!(slots(2).into_values().collect::<Vec<_>>(), [1, 1]);
        let fifty = slots(50);
        assert_eq!(fifty.len(), 8);
        assert!(fifty.values().all(|people| [6, 7].contains(people)), "{fifty:?}");
        let hall = slots(200);
        assert_eq!(hall.into_values().collect::<Vec<_>>(), [100, 100]);
        // A slot is never so short that a room would still be waiting after the tick before it.
        for people in 1..400 {
            let waits: Vec<Duration> = slots(people).into_keys().collect();
            for pair in waits.windows(2) {
                assert!(pair[1] - pair[0] >= pace(people), "{people}: {waits:?}");
            }
        }
    }

    proptest! {
        /// Whoever waits as told arrives on the beat, whatever the clock says and however often they send.
        #[test]
        fn the_next_is_on_the_beat(
            now in any::<i64>().prop_map(|nanos| nanos / 2),
            every_millis in 1_u64..2_000,
            place in 0_usize..500,
            people in 0_usize..500,
        ) {
            let every = Duration::from_millis(every_millis);
            let beat = Beat::new(every, place, people);
            let wait = beat.wait_after(UnixNanos(now));
            prop_assert!(!wait.is_zero() && wait <= every);
            prop_assert_eq!(beat.wait_after(UnixNanos(now).after(wait)), every);
        }
    }
}
