//! People that are not there, for load: they walk in circles, some point, some talk.
//!
//! All bots share one thread and one clock, so a bot can say in its presence when it was sent and every other bot knows
//! how old it is. The instant travels in the place of the prim that is looked at, where viewers pass over what they do
//! not know.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use gemba_model::UnixNanos;
use gemba_session::{
    Operation, OperationNumber, PrimHash, SessionEvent, SessionPhase,
    bounded::Text,
    client::LinkPolicy,
    operation::{Name, Prims},
    presence::{Hand, Pose, Presence, Ray, RayFrom},
};
use parking_lot::Mutex;
use thiserror::Error;
use tokio::time;

use crate::{
    ClientIdentity, ClientIdentityError, JoinLink, JoinOptions, Ways, clock,
    link::{Driver, Hooks, Shared},
};

/// Latencies that are kept at most; later ones are counted only.
const SAMPLES_KEPT: usize = 1 << 20;
const LOOK_EVERY: Duration = Duration::from_millis(5);
const JOIN_WITHIN: Duration = Duration::from_secs(30);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// A load.
#[derive(Clone, Debug)]
pub struct Load {
    /// A link that so many clients may use.
    pub link: JoinLink,
    /// How many people.
    pub people: u32,
    /// The first one's number, by which they walk: those of two loads in one room are not to stand in each other.
    pub first: u32,
    /// How often each shows where it is.
    pub presence_hz: f64,
    /// Chat messages a second of all together.
    pub operations_hz: f64,
    /// How long all are in before anything counts: clocks are compared and beats found.
    pub settles: Duration,
    /// For how long it counts then.
    pub lasts: Duration,
    /// By which way.
    pub ways: Ways,
}

/// Why a load could not be laid on.
#[derive(Debug, Error)]
pub enum LoadError {
    /// No keys for the bots.
    #[error("the bots get no keys")]
    Key(#[from] ClientIdentityError),
    /// Nobody came in.
    #[error("none of {people} bots came in: {why}")]
    NobodyIn {
        /// How many tried.
        people: u32,
        /// What keeps the last one out.
        why: String,
    },
}

/// What the bots saw.
#[derive(Clone, Debug, Default)]
pub struct LoadReport {
    /// Bots that came in.
    pub joined: u32,
    /// From the first attempt until all were in.
    pub joined_within: Duration,
    /// Presence samples that reached others, and how old they were then.
    pub presence: Latencies,
    /// Their datagrams, each with several people.
    pub presence_datagrams: u64,
    /// Bytes of them.
    pub presence_bytes: u64,
    /// Operations that were answered as done, and how long that took.
    pub operations: Latencies,
    /// Operations that were refused.
    pub refused: u64,
    /// Operations without an answer at the end.
    pub unanswered: u64,
    /// Links lost.
    pub losses: u64,
    /// How long the load lasted.
    pub lasted: Duration,
}

/// Durations, and what share of them is below what.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    count: u64,
    kept: Vec<Duration>,
}

impl Latencies {
    fn note(&mut self, latency: Duration) {
        self.count += 1;
        if self.kept.len() < SAMPLES_KEPT {
            self.kept.push(latency);
        }
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The latency that `percent` of them do not exceed.
    #[must_use]
    pub fn percentile(&mut self, percent: u32) -> Duration {
        self.kept.sort_unstable();
        let last = self.kept.len().saturating_sub(1);
        let at = last * percent.min(100) as usize / 100;
        self.kept.get(at).copied().unwrap_or_default()
    }
}

impl LoadReport {
    /// The report in lines for people.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write(&mut self, out: &mut impl fmt::Write) -> fmt::Result {
        let secs = self.lasted.as_secs_f64().max(1e-9);
        writeln!(
            out,
            "people      {} in, within {:.2} s; {} links lost",
            self.joined,
            self.joined_within.as_secs_f64(),
            self.losses
        )?;
        let mut percentiles = |name: &str, latencies: &mut Latencies| {
            let [p50, p95, p99, most] =
                [50, 95, 99, 100].map(|percent| latencies.percentile(percent).as_secs_f64() * 1e3);
            let (count, rate) = (latencies.count, latencies.count as f64 / secs);
            writeln!(
                out,
                "{name} {count} ({rate:.0}/s); ms: p50 {p50:.1}, p95 {p95:.1}, p99 {p99:.1}, max {most:.1}"
            )
        };
        percentiles("presence   ", &mut self.presence)?;
        percentiles("operations ", &mut self.operations)?;
        writeln!(
            out,
            "            {} refused, {} unanswered; {:.1} kB/s of presence to each in {:.0} datagrams/s",
            self.refused,
            self.unanswered,
            self.presence_bytes as f64 / 1e3 / secs / f64::from(self.joined.max(1)),
            self.presence_datagrams as f64 / secs / f64::from(self.joined.max(1))
        )
    }
}

/// What the bots of a load write into together.
#[derive(Debug, Default)]
struct Board {
    is_counting: AtomicBool,
    presence: Mutex<PresenceSeen>,
}

#[derive(Debug, Default)]
struct PresenceSeen {
    latencies: Latencies,
    datagrams: u64,
    bytes: u64,
}

struct Bot {
    shared: Arc<Shared>,
    waiting: VecDeque<(OperationNumber, UnixNanos)>,
}

/// Lays `load` on and reports what came of it.
///
/// # Errors
/// [`LoadError`] when it cannot begin.
pub async fn run(load: &Load) -> Result<LoadReport, LoadError> {
    let board = Arc::new(Board::default());
    let mut bots = Vec::new();
    let begun = clock::instant();
    for number in load.first..load.first.saturating_add(load.people) {
        bots.push(start(load, number, &board)?);
    }
    let mut report = LoadReport::default();
    let is_in = |bot: &Bot| {
        matches!(
            bot.shared.inner.lock().client.phase(),
            SessionPhase::Joined { .. }
        )
    };
    // Waiting for someone who was turned away for good is waiting for nothing.
    let is_out = |bot: &Bot| {
        let inner = bot.shared.inner.lock();
        matches!(
            inner.client.phase(),
            SessionPhase::Refused(_) | SessionPhase::Closed(_)
        )
    };
    let all_in = async {
        while !bots.iter().all(|bot| is_in(bot) || is_out(bot)) {
            time::sleep(LOOK_EVERY).await;
        }
    };
    if time::timeout(JOIN_WITHIN, all_in).await.is_err() {
        tracing::warn!("not all bots came in");
    }
    report.joined_within = begun.elapsed();
    report.joined = u32::try_from(bots.iter().filter(|bot| is_in(bot)).count()).unwrap_or(u32::MAX);
    if report.joined == 0 {
        return Err(LoadError::NobodyIn {
            people: load.people,
            why: bots.last().map_or_else(String::new, why_not_in),
        });
    }
    work(load, &board, &mut bots, &mut report).await;
    for bot in &bots {
        bot.shared.stop.notify_one();
    }
    let gone = async {
        while bots.iter().any(|bot| Arc::strong_count(&bot.shared) > 1) {
            time::sleep(LOOK_EVERY).await;
        }
    };
    if time::timeout(STOP_WITHIN, gone).await.is_err() {
        tracing::warn!("not all bots said goodbye");
    }
    let presence = std::mem::take(&mut *board.presence.lock());
    report.presence = presence.latencies;
    report.presence_datagrams = presence.datagrams;
    report.presence_bytes = presence.bytes;
    Ok(report)
}

fn why_not_in(bot: &Bot) -> String {
    match bot.shared.inner.lock().client.phase() {
        SessionPhase::Refused(refusal) => refusal.to_string(),
        SessionPhase::Closed(why) => why.to_string(),
        SessionPhase::Offline { reason, .. } => reason.to_string(),
        SessionPhase::Connecting | SessionPhase::Joining | SessionPhase::Joined { .. } => {
            "the relay does not answer".to_owned()
        }
    }
}

/// Lets the bots talk for as long as the load lasts, then waits for the answers.
async fn work(load: &Load, board: &Board, bots: &mut [Bot], report: &mut LoadReport) {
    time::sleep(load.settles).await;
    let begun = clock::instant();
    board.is_counting.store(true, Ordering::Release);
    let (mut said, mut next) = (0.0, 0);
    while begun.elapsed() < load.lasts {
        let due = begun.elapsed().as_secs_f64() * load.operations_hz;
        while said < due {
            said += 1.0;
            next = (next + 1) % bots.len();
            bots[next].say(report);
        }
        for bot in bots.iter_mut() {
            bot.hear(report);
        }
        time::sleep(LOOK_EVERY).await;
    }
    board.is_counting.store(false, Ordering::Release);
    report.lasted = begun.elapsed();
    let answered = async {
        while bots.iter().any(|bot| !bot.waiting.is_empty()) {
            time::sleep(LOOK_EVERY).await;
            for bot in bots.iter_mut() {
                bot.hear(report);
            }
        }
    };
    if time::timeout(ANSWER_WITHIN, answered).await.is_err() {
        tracing::warn!("not every operation was answered");
    }
    report.unanswered = bots.iter().map(|bot| bot.waiting.len() as u64).sum();
}

fn start(load: &Load, number: u32, board: &Arc<Board>) -> Result<Bot, LoadError> {
    let mut options = JoinOptions::new(Arc::new(ClientIdentity::generate()?));
    options.name = Some(Name::cut(&format!("Bot {number}")));
    options.ways = load.ways;
    let shared = Arc::new(Shared::new(LinkPolicy::default(), clock::now));
    let board = Arc::clone(board);
    let show_every = Duration::from_secs_f64(1.0 / load.presence_hz.clamp(0.1, 120.0));
    let hooks = Hooks {
        tap: Box::new(move |now, bytes, fresh| {
            if !board.is_counting.load(Ordering::Acquire) {
                return;
            }
            let mut counted = board.presence.lock();
            counted.datagrams += 1;
            counted.bytes += bytes as u64;
            for seen in fresh {
                if let Some(sent) = seen.presence.target {
                    counted.latencies.note(now.since(UnixNanos(sent.0.cast_signed())));
                }
            }
        }),
        pose: Box::new(move |now| pose(number, now)),
        show_every,
    };
    let driver = Driver::new(load.link.clone(), options, Arc::clone(&shared), Some(hooks));
    tokio::spawn(driver.run());
    Ok(Bot {
        shared,
        waiting: VecDeque::new(),
    })
}

impl Bot {
    fn say(&mut self, report: &mut LoadReport) {
        let text = Text::cut("is the pump meant to sound like this?");
        let prims = Prims::default();
        let now = clock::now();
        let submitted = {
            let mut inner = self.shared.inner.lock();
            inner.client.submit(now, Operation::Chat { text, prims })
        };
        match submitted {
            Ok(number) => {
                self.waiting.push_back((number, now));
                self.shared.to_send.notify_one();
            }
            Err(_) => report.refused += 1,
        }
    }

    fn hear(&mut self, report: &mut LoadReport) {
        let now = clock::now();
        let mut inner = self.shared.inner.lock();
        inner.on_changed();
        for event in inner.events.drain(..) {
            let answered = match event {
                SessionEvent::Done { number } => Some((number, true)),
                SessionEvent::Refused { number, .. } => Some((number, false)),
                SessionEvent::WentOffline { .. } | SessionEvent::Ended => {
                    report.losses += 1;
                    None
                }
                _ => None,
            };
            let Some((number, is_done)) = answered else {
                continue;
            };
            let at = self.waiting.iter().position(|(waiting, _)| *waiting == number);
            let Some((_, sent)) = at.and_then(|at| self.waiting.remove(at)) else {
                continue;
            };
            if is_done {
                report.operations.note(now.since(sent));
            } else {
                report.refused += 1;
            }
        }
    }
}

/// A walk in a circle of its own, of one round a minute; every third points.
fn pose(number: u32, now: UnixNanos) -> Presence {
    let minutes = (now.as_millis().rem_euclid(60_000)) as f64 / 60_000.0;
    let angle = std::f64::consts::TAU * (minutes + f64::from(number) / 50.0);
    let (sin, cos) = angle.sin_cos();
    let (half_sin, half_cos) = (angle / 2.0).sin_cos();
    let radius_m = 3.0 + f64::from(number % 10);
    let head = Pose {
        position_m: [radius_m * cos, 1.7, radius_m * sin],
        rotation: [0.0, -half_sin as f32, 0.0, half_cos as f32],
    };
    let hand = |side: f64| {
        let [x, y, z] = head.position_m;
        Some(Hand {
            pose: Pose {
                position_m: [x + side * sin, y - 0.6, z - side * cos],
                rotation: head.rotation,
            },
            grip_ratio: 0.0,
        })
    };
    let ray = Ray {
        from: RayFrom::RightHand,
        direction: [-cos as f32, 0.0, -sin as f32],
        length_m: 4.0,
    };
    Presence {
        head,
        hands: [hand(0.3), hand(-0.3)],
        ray: number.is_multiple_of(3).then_some(ray),
        target: Some(PrimHash(now.0.cast_unsigned())),
        is_pinging: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile(99), Duration::ZERO);
        for millis in (0..=100).rev() {
            latencies.note(Duration::from_millis(millis));
        }
        assert_eq!(latencies.percentile(50), Duration::from_millis(50));
        assert_eq!(latencies.percentile(99), Duration::from_millis(99));
        assert_eq!(latencies.percentile(100), Duration::from_millis(100));
        assert_eq!(latencies.count(), 101);
    }
}
