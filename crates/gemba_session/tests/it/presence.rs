//! The pace of presence in virtual time: how long a sample waits, how many datagrams that takes, and what each viewer
//! hears of whom.

use std::{collections::BTreeMap, time::Duration};

use gemba_model::UnixNanos;
use gemba_session::{
    ParticipantId, PrimHash,
    presence::{self, Presence, PresenceBoard, PresenceView, Vantage},
};
use rand::{Rng, SeedableRng, rngs::SmallRng};

/// A room whose people stand close together and are told of each other as the board asks for it.
struct Hall {
    board: PresenceBoard,
    views: BTreeMap<u32, PresenceView>,
    numbers: BTreeMap<u32, u16>,
    now: UnixNanos,
    /// When the newest sample of each came.
    came: BTreeMap<u32, UnixNanos>,
    /// How old what was heard of someone was, for each time that something new was heard.
    waits: Vec<Duration>,
    /// When whom heard what of whom.
    heard: Vec<(u32, u32, UnixNanos)>,
    datagrams: u32,
    bytes: usize,
}

impl Hall {
    fn new(people: u32) -> Self {
        let mut board = PresenceBoard::default();
        (1..=people).for_each(|who| board.enter(ParticipantId(who)));
        Self {
            board,
            views: (1..=people).map(|who| (who, PresenceView::default())).collect(),
            numbers: BTreeMap::new(),
            now: UnixNanos::from_millis(1_000_000),
            came: BTreeMap::new(),
            waits: Vec::new(),
            heard: Vec::new(),
            datagrams: 0,
            bytes: 0,
        }
    }

    /// `who` stands where all stand, and looks at something.
    fn show(&mut self, who: u32, at: u64) {
        let presence = Presence {
            target: Some(PrimHash(at)),
            ..Presence::default()
        };
        let number = self.numbers.entry(who).or_default();
        *number = number.wrapping_add(1);
        let mut bytes = Vec::new();
        presence::encode(&presence, *number, &mut bytes);
        let sample = presence::decode(&bytes).unwrap();
        assert!(self.board.take(ParticipantId(who), &sample));
        self.came.insert(who, self.now);
    }

    /// Ticks when a tick is due up to `end`, which is the time then.
    fn run_until(&mut self, end: UnixNanos) {
        while let Some(due) = self.board.due_at().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.tick();
        }
        self.now = end;
    }

    fn tick(&mut self) {
        self.board.advance(self.now);
        for (viewer, view) in &mut self.views {
            let (now, came) = (self.now, &self.came);
            let (waits, heard) = (&mut self.waits, &mut self.heard);
            let (datagrams, bytes) = (&mut self.datagrams, &mut self.bytes);
            let who = ParticipantId(*viewer);
            self.board.datagrams_for(who, Vantage::default(), |datagram| {
                *datagrams += 1;
                *bytes += datagram.len();
                for other in view.take(datagram, now).unwrap() {
                    waits.push(now.since(came[&other.0]));
                    heard.push((*viewer, other.0, now));
                }
            });
        }
    }
}

/// So many people show themselves at about 30 Hz for four seconds, none in step with another.
fn crowd(people: u32) -> Hall {
    let mut hall = Hall::new(people);
    let mut rng = SmallRng::seed_from_u64(u64::from(people));
    let begun = hall.now;
    let mut next: Vec<(UnixNanos, u32)> = (1..=people)
        .map(|who| {
            (
                begun.after(Duration::from_micros(rng.random_range(0..33_333))),
                who,
            )
        })
        .collect();
    let mut step = 0;
    loop {
        next.sort_unstable_by_key(|(at, who)| (*at, *who));
        let (at, who) = next[0];
        if at > begun.after(Duration::from_secs(4)) {
            return hall;
        }
        hall.run_until(at);
        step += 1;
        hall.show(who, step);
        let period_micros = 33_333 + rng.random_range(0..6_000) - 3_000;
        next[0].0 = at.after(Duration::from_micros(period_micros));
    }
}

#[test]
fn nobody_waits_longer_than_the_pace_and_the_pace_bounds_the_datagrams() {
    for (people, longest_millis) in [(2, 1), (10, 1), (50, 3), (200, 10)] {
        let mut hall = crowd(people);
        hall.waits.sort_unstable();
        let at = |percent: usize| hall.waits[(hall.waits.len() - 1) * percent / 100];
        let rate = f64::from(hall.datagrams) / 4.0;
        let heard_hz = hall.heard.len() as f64 / 4.0 / f64::from(people) / f64::from(people - 1);
        println!(
            "{people} people: waits p50 {:?}, p99 {:?}, most {:?}; {rate:.0} datagrams/s, {:.0} bytes each; each is heard {heard_hz:.1} times a second",
            at(50),
            at(99),
            at(100),
            hall.bytes as f64 / f64::from(hall.datagrams),
        );
        // What was heard late is what came too early for its turn: seldom, and never as old as two samples.
        assert!(
            at(99) <= Duration::from_millis(longest_millis),
            "{people}: {:?}",
            at(99)
        );
        assert!(at(100) < Duration::from_millis(67), "{people}: {:?}", at(100));
        assert!(heard_hz > 29.0, "{people}: {heard_hz}");
        let pieces = (f64::from(people) * 26.0 / 1_150.0).ceil();
        assert!(
            rate <= 20_000.0 * 1.3 * pieces + f64::from(people) * 40.0,
            "{people}: {rate}"
        );
    }
}

#[test]
fn the_first_after_a_pause_goes_out_at_once_and_nothing_is_sent_for_nothing() {
    let mut hall = Hall::new(2);
    hall.show(1, 0);
    hall.show(2, 0);
    hall.run_until(UnixNanos::from_millis(1_000_500));
    hall.heard.clear();
    let swept = hall.board.due_at().unwrap();
    hall.run_until(swept.after(Duration::from_millis(5)));
    hall.show(1, 1);
    assert!(hall.board.due_at().unwrap() <= hall.now, "at once");
    hall.tick();
    assert!(hall.heard.contains(&(2, 1, hall.now)));
    // Another one comes right after: it waits, but not for long.
    hall.show(2, 1);
    let due = hall.board.due_at().unwrap();
    assert_eq!(due.since(hall.now), Duration::from_millis(1));
    // Nobody moves for a minute: each is repeated once a second to the other.
    hall.run_until(due);
    let before = hall.datagrams;
    hall.run_until(hall.now.after(Duration::from_secs(60)));
    let repeated = hall.datagrams - before;
    assert!((100..=120).contains(&repeated), "{repeated}");
    let mut alone = Hall::new(1);
    alone.show(1, 0);
    assert_eq!(alone.board.due_at(), None, "nobody is there to be told");
}

#[test]
fn who_shows_too_much_is_passed_on_no_oftener_and_the_last_place_always_arrives() {
    let mut hall = Hall::new(2);
    hall.show(2, 0);
    // 60 times a second for two seconds, then nothing more.
    for step in 1..=120 {
        hall.show(1, step);
        hall.run_until(hall.now.after(Duration::from_micros(16_667)));
    }
    let of_one = hall
        .heard
        .iter()
        .filter(|(viewer, who, _)| (*viewer, *who) == (2, 1))
        .count();
    assert!((55..=65).contains(&of_one), "{of_one} in two seconds");
    hall.run_until(hall.now.after(Duration::from_millis(100)));
    let seen = hall.views[&2].of(ParticipantId(1)).unwrap();
    assert_eq!(seen.presence.target, Some(PrimHash(120)));
}
