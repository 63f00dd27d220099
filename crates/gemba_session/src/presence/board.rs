//! The room's side of presence: the newest sample of each person, when it goes out, and to whom.
//!
//! Pace: a tick follows what comes. A sample goes out at once, together with those that come with it: people keep a
//! beat ([`super::Beat`]), so who came together the last time is waited for, for a moment, and who is late for that goes
//! out alone. Ticks in a row are the further apart the more people there are. So two people see each other without delay,
//! and in a full room each datagram carries several people, and no more of them are sent in a second than the pace allows.
//!
//! Interest: of who is near and in view every sample is passed on, of who is far or behind one's back every second,
//! fourth or sixteenth, so what a viewer receives grows with whom they can see. A sample that is passed on is one that
//! just came, never one that waited for its turn and grew old. What did not change is repeated once a second, because
//! datagrams get lost. Bodies are passed on unread.

use std::{collections::BTreeMap, time::Duration};

use gemba_model::UnixNanos;

use super::{KIND_TICK, Pose, SHOW_EVERY, SampleDatagram, beat::pace, codec::MAX_BODY_BYTES};
use crate::ids::ParticipantId;

/// The most bytes of a datagram that a room sends: within what every network passes whole.
pub const MAX_DATAGRAM_BYTES: usize = 1_150;

/// How often a room looks for what is to be repeated, whether something comes or not.
const SWEEP: Duration = Duration::from_millis(33);
/// How long one who is expected is waited for, and how far apart those may come who go out together.
const TOGETHER: Duration = Duration::from_micros(500);
/// Ticks that the pace allows and that did not come, to follow another at once later, at most.
const SAVED_TICKS: u32 = 2;
/// How much earlier than that a sample may come and still be the next: networks and the pace shift it.
const EARLY: Duration = Duration::from_millis(12);
/// How long a sample that came too early waits for a fresher one to go out in its place.
const LATE: Duration = Duration::from_millis(25);
/// The time after which an unchanged sample is sent again.
const REPEAT: Duration = Duration::from_secs(1);

/// Cosine of the half angle that counts as being in view: 60°, wider than a headset's field.
const VIEW_COS: f64 = 0.5;

/// How one person stands to another, as far as interest goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vantage {
    /// Whose eyes the viewer sees with.
    pub following: Option<ParticipantId>,
    /// Who presents.
    pub presenter: Option<ParticipantId>,
}

/// The newest presence of everyone in a room.
#[derive(Debug, Default)]
pub struct PresenceBoard {
    tick: u32,
    /// When that was.
    ticked: UnixNanos,
    /// When the pace allows another. Each tick puts it off by the time between two; where there were fewer than the pace
    /// allows, so many may follow at once that who missed that of those they come with need not wait for the next.
    free_at: UnixNanos,
    /// When the first sample came since.
    fresh_since: Option<UnixNanos>,
    /// When a tick last looked for what is to be repeated.
    swept: UnixNanos,
    /// The seats that this tick may bring something of: those with a new sample, or all when it looks for what is to be
    /// repeated.
    looked_at: Vec<usize>,
    /// Where each person sits in `seats`.
    places: BTreeMap<ParticipantId, usize>,
    seats: Vec<Option<Seat>>,
}

#[derive(Debug)]
struct Seat {
    who: ParticipantId,
    number: Option<u16>,
    body: Vec<u8>,
    head: Pose,
    forward: [f64; 3],
    /// Counts the samples taken; 0 is none yet.
    version: u32,
    /// The tick after which the newest came.
    came_after: u32,
    /// When one came last, changed or not.
    came: UnixNanos,
    /// What was sent to this person of each seat.
    sent: Vec<Sent>,
}

/// What a viewer was sent last of a seat.
#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    /// 0 is nothing yet.
    version: u32,
    when: UnixNanos,
}

impl PresenceBoard {
    /// `who` comes in.
    pub fn enter(&mut self, who: ParticipantId) {
        self.leave(who);
        let seat = Seat {
            who,
            number: None,
            body: Vec::with_capacity(MAX_BODY_BYTES),
            head: Pose::default(),
            forward: [0.0, 0.0, -1.0],
            version: 0,
            came_after: 0,
            came: UnixNanos::default(),
            sent: Vec::new(),
        };
        let at = self
            .seats
            .iter()
            .position(Option::is_none)
            .unwrap_or(self.seats.len());
        if at == self.seats.len() {
            self.seats.push(None);
        }
        for other in self.seats.iter_mut().flatten() {
            if let Some(sent) = other.sent.get_mut(at) {
                *sent = Sent::default();
            }
        }
        self.seats[at] = Some(seat);
        self.places.insert(who, at);
    }

    /// `who` goes.
    pub fn leave(&mut self, who: ParticipantId) {
        if let Some(at) = self.places.remove(&who) {
            self.seats[at] = None;
        }
    }

    /// How many people sit in the room.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nobody does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Takes a sample of `who`; one that is older than what is known is dropped. Says whether it was taken. `now` is of
    /// the clock of [`Self::advance`].
    pub fn take(&mut self, now: UnixNanos, who: ParticipantId, sample: &SampleDatagram<'_>) -> bool {
        let Some(seat) = self.places.get(&who).and_then(|at| self.seats[*at].as_mut()) else {
            return false;
        };
        // Numbers wrap: what lies in the half circle behind is older.
        let is_older = |newest: u16| newest.wrapping_sub(sample.number) < 0x8000;
        if seat.number.is_some_and(is_older) {
            return false;
        }
        seat.number = Some(sample.number);
        seat.came = now;
        if seat.version != 0 && seat.body == sample.body {
            return true;
        }
        seat.body.clear();
        seat.body.extend_from_slice(sample.body);
        seat.head = sample.presence.head;
        seat.forward = sample.presence.head.forward();
        seat.version = seat.version.wrapping_add(1).max(1);
        seat.came_after = self.tick;
        self.fresh_since.get_or_insert(now);
        true
    }

    /// When the next tick is due; `None` while nobody is there to be told of anybody.
    #[must_use]
    pub fn due_at(&self) -> Option<UnixNanos> {
        if self.places.len() < 2 {
            return None;
        }
        let Some(first) = self.fresh_since else {
            return Some(self.ticked.after(SWEEP));
        };
        let gathered = if self.expects_another(first) {
            first.after(TOGETHER)
        } else {
            first
        };
        Some(gathered.max(self.free_at))
    }

    /// Whether someone comes, as they did the last time, together with who came at `first`.
    fn expects_another(&self, first: UnixNanos) -> bool {
        self.seats.iter().flatten().any(|seat| {
            let expected = seat.came.after(SHOW_EVERY);
            seat.came < first && expected.after(TOGETHER) >= first && expected <= first.after(TOGETHER)
        })
    }

    /// Goes on to the next tick. `now` is of a clock that nobody sets.
    pub fn advance(&mut self, now: UnixNanos) {
        self.tick = self.tick.wrapping_add(1);
        self.ticked = now;
        let pace = pace(self.places.len());
        self.free_at = self.free_at.after(pace).max(now.before(pace * SAVED_TICKS));
        self.fresh_since = None;
        let sweeps = now.since(self.swept) >= SWEEP;
        if sweeps {
            self.swept = now;
        }
        let tick = self.tick;
        let is_looked_at = |seat: &Seat| seat.version != 0 && (sweeps || seat.is_fresh(tick));
        let seats = self.seats.iter().enumerate();
        let looked_at = seats.filter(|(_, seat)| seat.as_ref().is_some_and(is_looked_at));
        self.looked_at.clear();
        self.looked_at.extend(looked_at.map(|(at, _)| at));
    }

    /// The datagrams of this tick for `viewer`, each handed to `send` whole.
    pub fn datagrams_for(&mut self, viewer: ParticipantId, vantage: Vantage, mut send: impl FnMut(&[u8])) {
        let (tick, now) = (self.tick, self.ticked);
        let Some(at) = self.places.get(&viewer).copied() else {
            return;
        };
        // Taken out, so that the viewer's own list can change while the others are read.
        let Some(mut own) = self.seats[at].take() else {
            return;
        };
        let mut sent_to_viewer = std::mem::take(&mut own.sent);
        sent_to_viewer.resize(self.seats.len(), Sent::default());
        let mut datagram = Vec::with_capacity(MAX_DATAGRAM_BYTES);
        for at in &self.looked_at {
            // The viewer's own seat is empty now; another may have changed hands since.
            let seat = self.seats.get(*at).and_then(Option::as_ref);
            let (Some(seat), Some(sent)) =
                (seat.filter(|seat| seat.version != 0), sent_to_viewer.get_mut(*at))
            else {
                continue;
            };
            if !sent.is_due(now, seat, seat.is_fresh(tick), || interval(&own, seat, vantage)) {
                continue;
            }
            *sent = Sent {
                version: seat.version,
                when: now,
            };
            if datagram.len() + 2 + seat.body.len() > MAX_DATAGRAM_BYTES {
                send(&datagram);
                datagram.clear();
            }
            if datagram.is_empty() {
                datagram.push(KIND_TICK);
                datagram.extend(tick.to_le_bytes());
            }
            let who = u16::try_from(seat.who.0).unwrap_or(u16::MAX);
            datagram.extend(who.to_le_bytes());
            datagram.extend_from_slice(&seat.body);
        }
        if !datagram.is_empty() {
            send(&datagram);
        }
        own.sent = sent_to_viewer;
        self.seats[at] = Some(own);
    }
}

impl Seat {
    /// Whether its newest sample came since the tick before this one.
    fn is_fresh(&self, tick: u32) -> bool {
        self.came_after.wrapping_add(1) == tick
    }
}

impl Sent {
    /// Whether the viewer should hear of `seat` at this tick.
    fn is_due(
        self,
        now: UnixNanos,
        seat: &Seat,
        is_fresh: bool,
        interval: impl FnOnce() -> Duration,
    ) -> bool {
        let age = now.since(self.when);
        if self.version == 0 || age >= REPEAT {
            return true;
        }
        if self.version == seat.version {
            return false;
        }
        if is_fresh {
            age + EARLY >= interval()
        } else {
            age >= SHOW_EVERY + LATE && age >= interval() + LATE
        }
    }
}

/// After which time the viewer should hear of `other` again.
fn interval(viewer: &Seat, other: &Seat, vantage: Vantage) -> Duration {
    SHOW_EVERY * samples_between(viewer, other, vantage)
}

/// Every how many-th sample of `other` is for the viewer.
fn samples_between(viewer: &Seat, other: &Seat, vantage: Vantage) -> u32 {
    if vantage.following == Some(other.who) || vantage.presenter == Some(other.who) {
        return 1;
    }
    if viewer.version == 0 {
        return 4;
    }
    let to: [f64; 3] = std::array::from_fn(|axis| other.head.position_m[axis] - viewer.head.position_m[axis]);
    let distance_m = to.iter().map(|part| part * part).sum::<f64>().sqrt();
    let along_m: f64 = to.iter().zip(viewer.forward).map(|(a, b)| a * b).sum();
    let is_in_view = along_m >= VIEW_COS * distance_m;
    match (distance_m, is_in_view) {
        (..10.0, true) => 1,
        (..10.0, false) | (..30.0, true) => 2,
        (..30.0, false) | (..100.0, true) => 4,
        (..100.0, false) | (_, true) => 8,
        (_, false) => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Presence, PresenceView, codec},
        *,
    };

    fn put(board: &mut PresenceBoard, who: u32, number: u16, position_m: [f64; 3]) -> bool {
        put_at(board, UnixNanos(1), who, number, position_m)
    }

    fn put_at(
        board: &mut PresenceBoard,
        now: UnixNanos,
        who: u32,
        number: u16,
        position_m: [f64; 3],
    ) -> bool {
        let presence = Presence {
            head: Pose {
                position_m,
                ..Pose::default()
            },
            ..Presence::default()
        };
        let mut bytes = Vec::new();
        codec::encode(&presence, number, &mut bytes);
        board.take(now, ParticipantId(who), &codec::decode(&bytes).unwrap())
    }

    /// How often the first hears of each other person in so many samples of each of them.
    fn heard(places: &[(u32, [f64; 3])], ticks: u16, vantage: Vantage) -> BTreeMap<u32, u32> {
        let mut board = PresenceBoard::default();
        for (who, _) in places {
            board.enter(ParticipantId(*who));
        }
        let mut view = PresenceView::default();
        let mut counts = BTreeMap::new();
        for tick in 0..ticks {
            for (who, place) in places {
                let [x, y, z] = *place;
                put(&mut board, *who, tick, [x, y + f64::from(tick) * 0.002, z]);
            }
            board.advance(UnixNanos(1 + i64::from(tick) * 33_333_333));
            board.datagrams_for(ParticipantId(1), vantage, |datagram| {
                assert!(datagram.len() <= MAX_DATAGRAM_BYTES);
                for who in view.take(datagram, UnixNanos(0)).unwrap() {
                    *counts.entry(who.0).or_default() += 1;
                }
            });
        }
        counts
    }

    #[test]
    fn who_is_far_or_unseen_comes_less_often() {
        // The viewer stands at the origin and looks along −Z.
        let places = [
            (1, [0.0; 3]),
            (2, [0.0, 0.0, -5.0]),
            (3, [0.0, 0.0, 5.0]),
            (4, [0.0, 0.0, -50.0]),
            (5, [0.0, 0.0, 500.0]),
        ];
        let counts = heard(&places, 160, Vantage::default());
        assert_eq!(counts, BTreeMap::from([(2, 160), (3, 80), (4, 40), (5, 10)]));
        // Whom one follows is never far, and neither is who presents.
        let vantage = Vantage {
            following: Some(ParticipantId(5)),
            presenter: Some(ParticipantId(4)),
        };
        let counts = heard(&places, 160, vantage);
        assert_eq!(counts, BTreeMap::from([(2, 160), (3, 80), (4, 160), (5, 160)]));
    }

    #[test]
    fn the_newest_wins_and_what_rests_is_repeated_once_a_second() {
        let mut board = PresenceBoard::default();
        board.enter(ParticipantId(1));
        board.enter(ParticipantId(2));
        assert!(put(&mut board, 2, 65_535, [1.0; 3]));
        assert!(put(&mut board, 2, 1, [2.0; 3]), "the count wraps");
        assert!(!put(&mut board, 2, 0, [3.0; 3]), "older");
        assert!(!put(&mut board, 2, 1, [3.0; 3]), "the same again");
        let mut sent_at = Vec::new();
        for tick in 1..=61 {
            board.advance(UnixNanos::from_millis(tick * 34));
            board.datagrams_for(ParticipantId(1), Vantage::default(), |datagram| {
                let mut view = PresenceView::default();
                view.take(datagram, UnixNanos(0)).unwrap();
                let seen = view.of(ParticipantId(2)).unwrap();
                assert_eq!(seen.presence.head.position_m, [2.0; 3]);
                sent_at.push(tick);
            });
        }
        assert_eq!(sent_at, [1, 31, 61]);
        board.leave(ParticipantId(2));
        board.advance(UnixNanos::from_millis(9_000));
        board.datagrams_for(ParticipantId(1), Vantage::default(), |_| {
            panic!("nobody is left to hear of")
        });
        assert!(!put(&mut board, 2, 9, [0.0; 3]), "nobody sits there");
    }

    #[test]
    fn who_comes_together_goes_out_together_and_nobody_is_waited_for_long() {
        let micros = |micros: i64| UnixNanos(1_000_000_000 + micros * 1_000);
        let mut board = PresenceBoard::default();
        assert_eq!(board.due_at(), None);
        for who in 1..=3 {
            board.enter(ParticipantId(who));
        }
        board.advance(micros(-10_000));
        assert_eq!(board.due_at(), Some(micros(23_000)), "nothing came");
        // Nobody is known to come: at once, and so are some who come right after; then by the pace.
        put_at(&mut board, micros(0), 1, 1, [1.0; 3]);
        assert_eq!(board.due_at(), Some(micros(0)));
        board.advance(micros(100));
        for (at, who, number) in [(300, 2, 1), (500, 3, 1), (700, 3, 2)] {
            put_at(&mut board, micros(at), who, number, [f64::from(number); 3]);
            assert_eq!(board.due_at(), Some(micros(at)), "the pace was not used up");
            board.advance(micros(at));
        }
        put_at(&mut board, micros(800), 3, 3, [3.0; 3]);
        assert_eq!(board.due_at(), Some(micros(1_100)));
        board.advance(micros(1_100));
        put_at(&mut board, micros(20_000), 3, 4, [4.0; 3]);
        board.advance(micros(20_000));
        // The next time it is known that 2 comes with 1, and that 3 does not.
        put_at(&mut board, micros(33_400), 1, 2, [2.0; 3]);
        assert_eq!(board.due_at(), Some(micros(33_900)), "2 is waited for");
        put_at(&mut board, micros(33_700), 2, 2, [2.0; 3]);
        assert_eq!(board.due_at(), Some(micros(33_400)), "nobody else is");
        board.advance(micros(33_700));
        // Who fails to come holds the others up once, even if they only rest.
        put_at(&mut board, micros(66_800), 1, 3, [3.0; 3]);
        assert_eq!(board.due_at(), Some(micros(67_300)));
        board.advance(micros(67_300));
        put_at(&mut board, micros(100_100), 1, 4, [4.0; 3]);
        assert_eq!(board.due_at(), Some(micros(100_100)));
    }

    #[test]
    fn many_people_are_split_over_datagrams_that_networks_pass() {
        let places: Vec<(u32, [f64; 3])> = (1..=200)
            .map(|who| (who, [f64::from(who) * 0.01, 0.0, -1.0]))
            .collect();
        assert_eq!(heard(&places, 1, Vantage::default()).len(), 199);
    }
}
