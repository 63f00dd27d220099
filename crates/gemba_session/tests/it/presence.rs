//! The pace of presence in virtual time: how long a sample waits, how many datagrams that takes, and what each viewer
//! hears of whom.

use std::{collections::BTreeMap, time::Duration};

use gemba_model::UnixNanos;
use gemba_session::{
    ParticipantId, PrimHash,
    presence::{self, Beat, Presence, PresenceBoard, PresenceView, SHOW_EVERY, Vantage},
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
        assert!(self.board.take(self.now, ParticipantId(who), &sample));
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

/// Who keeps the room's beat, and how well networks let them.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    /// Nobody: each sends at about 30 Hz, 3 ms to either side, none in step with another.
    Out,
    /// Everyone, and what they send is up to 0.3 ms late.
    In,
    /// Everyone, and one sample of a hundred is up to 3 ms late beside that.
    Ragged,
}

/// So many people show themselves for four seconds.
fn crowd(people: u32, step: Step) -> Hall {
    let mut hall = Hall::new(people);
    let mut rng = SmallRng::seed_from_u64(u64::from(people));
    let begun = hall.now;
    let beat = |who: u32| Beat::new(SHOW_EVERY, who as usize - 1, people as usize);
    let mut next: Vec<(UnixNanos, u32)> = (1..=people)
        .map(|who| {
            let wait = match step {
                Step::Out => Duration::from_micros(rng.random_range(0..33_333)),
                Step::In | Step::Ragged => beat(who).wait_after(begun),
            };
            (begun.after(wait), who)
        })
        .collect();
    let mut shown = 0;
    loop {
        next.sort_unstable_by_key(|(at, who)| (*at, *who));
        let (at, who) = next[0];
        if at > begun.after(Duration::from_secs(4)) {
            return hall;
        }
        hall.run_until(at);
        shown += 1;
        hall.show(who, shown);
        next[0].0 = match step {
            Step::Out => at.after(Duration::from_micros(33_333 + rng.random_range(0..6_000) - 3_000)),
            Step::In | Step::Ragged => {
                // From in between, so that a late one is followed by one that is on time.
                let between = UnixNanos(at.0 + 5_000_000);
                let mut late = Duration::from_micros(rng.random_range(0..300));
                if step == Step::Ragged && rng.random_bool(0.01) {
                    late += Duration::from_micros(rng.random_range(300..3_000));
                }
                between.after(beat(who).wait_after(between)).after(late)
            }
        };
    }
}

impl Hall {
    /// The wait that `percent` of what was heard did not exceed, after a run of four seconds.
    fn wait(&mut self, percent: usize) -> Duration {
        self.waits.sort_unstable();
        self.waits[(self.waits.len() - 1) * percent / 100]
    }

    fn print(&mut self, people: u32) {
        println!(
            "{people} people: waits p50 {:?}, p99 {:?}, most {:?}; {:.0} datagrams/s, {:.0} bytes each; each is heard {:.1} times a second",
            self.wait(50),
            self.wait(99),
            self.wait(100),
            f64::from(self.datagrams) / 4.0,
            self.bytes as f64 / f64::from(self.datagrams),
            self.heard_hz(people),
        );
    }

    fn heard_hz(&self, people: u32) -> f64 {
        self.heard.len() as f64 / 4.0 / f64::from(people) / f64::from(people - 1)
    }
}

#[test]
fn who_keeps_the_beat_waits_for_nobody_and_takes_fewer_datagrams() {
    for (people, longest_micros) in [(2, 10), (10, 400), (50, 700), (200, 700)] {
        let (mut with, mut without) = (crowd(people, Step::In), crowd(people, Step::Out));
        with.print(people);
        let longest = with.wait(99);
        assert!(
            longest <= Duration::from_micros(longest_micros),
            "{people}: {longest:?}"
        );
        assert!(with.wait(99) < without.wait(99), "{people}");
        assert!(with.heard_hz(people) > 29.0, "{people}");
        if people >= 50 {
            assert!(
                with.datagrams < without.datagrams,
                "{people}: {} and {}",
                with.datagrams,
                without.datagrams
            );
        }
    }
}

/// What a network holds up costs neither those who were in time, beyond a moment, nor its sender another wait.
#[test]
fn a_sample_that_is_late_for_its_beat_goes_out_when_it_comes() {
    // Of two hundred more than one is late at a time, and the pace holds.
    for people in [10, 50] {
        let (mut ragged, even) = (crowd(people, Step::Ragged), crowd(people, Step::In));
        ragged.print(people);
        let longest = ragged.wait(99);
        assert!(longest <= Duration::from_micros(700), "{people}: {longest:?}");
        // A tick of its own for each of them, and no more.
        let rate = f64::from(ragged.datagrams) / f64::from(even.datagrams);
        assert!(rate < 1.1, "{people}: {rate}");
    }
}

#[test]
fn nobody_waits_longer_than_the_pace_and_the_pace_bounds_the_datagrams() {
    for (people, longest_millis) in [(2, 1), (10, 1), (50, 2), (200, 8)] {
        let mut hall = crowd(people, Step::Out);
        hall.print(people);
        let rate = f64::from(hall.datagrams) / 4.0;
        let (heard_hz, late, latest) = (hall.heard_hz(people), hall.wait(99), hall.wait(100));
        // What was heard late is what came too early for its turn: seldom, and never as old as two samples.
        assert!(
            late <= Duration::from_millis(longest_millis),
            "{people}: {late:?}"
        );
        assert!(latest < Duration::from_millis(67), "{people}: {latest:?}");
        assert!(heard_hz > 29.0, "{people}: {heard_hz}");
        let pieces = (f64::from(people) * 26.0 / 1_150.0).ceil();
        assert!(
            rate <= 25_000.0 * 1.3 * pieces + f64::from(people) * 40.0,
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
    // Others come right after, and go out too; the next waits, but not for long.
    for step in 2..5 {
        hall.show(2, step);
        assert_eq!(hall.board.due_at().unwrap(), hall.now);
        hall.tick();
    }
    hall.show(1, 2);
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
