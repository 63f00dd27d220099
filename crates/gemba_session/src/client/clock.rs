//! The room's clock, as far as it is known here: no machine's own clock is ever trusted with the order of things.

use std::time::Duration;

use gemba_model::UnixNanos;

/// How long a measured way counts before a longer one may replace it.
const BEST_HOLDS: Duration = Duration::from_secs(60);

/// The offset of the room's clock to this machine's, measured by pings: the shortest round trip of the last minute
/// gives it best, because its two ways can differ least.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoomClock {
    /// Room minus here.
    offset_nanos: i64,
    best: Option<(Duration, UnixNanos)>,
    latest: Option<Duration>,
}

impl RoomClock {
    /// The room's time when it is `now` here.
    #[must_use]
    pub fn room_time(&self, now: UnixNanos) -> UnixNanos {
        UnixNanos(now.0.saturating_add(self.offset_nanos))
    }

    /// How long the last message took there and back.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        self.latest
    }

    /// How long a message takes to the room: half of the shortest round trip.
    #[must_use]
    pub fn one_way(&self) -> Duration {
        self.best.map_or(Duration::ZERO, |(round_trip, _)| round_trip / 2)
    }

    /// A first guess, before a ping was answered.
    pub(super) fn on_welcome(&mut self, now: UnixNanos, room_time: UnixNanos) {
        if self.best.is_none() {
            self.offset_nanos = room_time.0.saturating_sub(now.0);
        }
    }

    pub(super) fn on_pong(&mut self, now: UnixNanos, sent: UnixNanos, room_time: UnixNanos) {
        if sent > now {
            return;
        }
        let round_trip = now.since(sent);
        self.latest = Some(round_trip);
        // What was measured later than now was measured before somebody set this machine's clock back.
        let is_best = self
            .best
            .is_none_or(|(best, when)| round_trip <= best || now.since(when) >= BEST_HOLDS || now < when);
        if is_best {
            self.best = Some((round_trip, now));
            let middle = sent.after(round_trip / 2);
            self.offset_nanos = room_time.0.saturating_sub(middle.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_off_is_seen_and_the_shortest_way_counts() {
        let at = UnixNanos::from_millis;
        let hour = 3_600_000;
        let mut clock = RoomClock::default();
        assert_eq!(clock.one_way(), Duration::ZERO);
        clock.on_welcome(at(1_000), at(1_000 + hour));
        assert_eq!(clock.room_time(at(2_000)), at(2_000 + hour));
        clock.on_pong(at(2_020), at(2_000), at(2_010 + hour));
        assert_eq!(clock.room_time(at(3_000)), at(3_000 + hour));
        // A long way back: not believed.
        clock.on_pong(at(3_900), at(3_000), at(3_010 + hour));
        assert_eq!(clock.room_time(at(4_000)), at(4_000 + hour));
        assert_eq!(clock.round_trip(), Some(Duration::from_millis(900)));
        assert_eq!(clock.one_way(), Duration::from_millis(10));
        // This machine's clock is set back by an hour: the next answer tells, however long it took.
        let mut set_back = clock.clone();
        set_back.on_pong(at(4_900 - hour), at(4_000 - hour), at(4_450 + hour));
        assert_eq!(set_back.room_time(at(5_000 - hour)), at(5_000 + hour));
        // A minute later it is all there is.
        clock.on_pong(at(70_900), at(70_000), at(70_450 + hour));
        assert_eq!(clock.room_time(at(80_000)), at(80_000 + hour));
    }
}
