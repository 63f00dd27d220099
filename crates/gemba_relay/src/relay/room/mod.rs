//! One open room: a task that owns the authority of `gemba_session` and feeds it what comes, the time, and what became
//! of the store's work.
//!
//! One batch is with the store at a time; what comes meanwhile makes the next. Nothing here waits for a participant:
//! who takes too little is dropped.

mod durable;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use gemba_model::UnixNanos;
use gemba_session::{
    Allowance, Budget, Closing, ConnectionId, Entry, JoinRefusal, Operation, OperationId, OperationKind,
    OperationNumber, ParticipantId, Refusal, Room, RoomName,
    bounded::Text,
    operation::Leaving,
    room::{Admission, Output},
    wire::RelayMessage,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{self, Instant, MissedTickBehavior},
};

use self::durable::{Writing, answer_of, size_bytes};
use super::{
    Shared,
    outbox::{Outbox, frame_of},
};
use crate::{
    alarm::Alarm,
    audit::Record,
    clock,
    identity::Claims,
    store::{Job, Stored},
    transport::DatagramSender,
};

const SECOND: Duration = Duration::from_secs(1);
/// The runtime's timers end up to two milliseconds late, which is nothing where a room only looks whether it is quiet.
const EXACT_BELOW: Duration = Duration::from_millis(20);
/// Commands that are worked off before the clock is looked at again.
const COMMANDS_AT_ONCE: usize = 256;
/// Entries that may wait for the disk before no more commands are taken.
const NOT_DURABLE: usize = 512;
/// Lines about refusals and thrown-out connections that a room writes to its logs.
const REFUSAL_LINES: Allowance = Allowance {
    per_second: 10,
    burst: 100,
};

/// What a connection asks of its room.
pub(super) enum Command {
    Join {
        connection: ConnectionId,
        seat: Seat,
        admission: Admission,
        answer: oneshot::Sender<Result<ParticipantId, JoinRefusal>>,
    },
    Submit {
        connection: ConnectionId,
        number: OperationNumber,
        operation: Operation,
    },
    /// An operation came too soon after others.
    Refuse {
        connection: ConnectionId,
        id: OperationId,
        kind: OperationKind,
        refusal: Refusal,
    },
    Presence {
        connection: ConnectionId,
        datagram: Bytes,
    },
    /// The link is gone.
    Gone { connection: ConnectionId },
    /// The connection is to be ended.
    Drop { connection: ConnectionId, why: Closing },
    /// The relay stops; answered when nothing is left to store.
    Drain { done: oneshot::Sender<()> },
}

/// A connection as its room knows it.
pub(super) struct Seat {
    pub(super) outbox: Outbox,
    pub(super) datagrams: DatagramSender,
    pub(super) claims: Claims,
    /// Whether nothing more is sent to it: the room has let it go, and its end waits among what the room has to say.
    pub(super) is_leaving: bool,
}

pub(super) struct RoomTask {
    shared: Arc<Shared>,
    room: Room,
    seats: BTreeMap<ConnectionId, Seat>,
    writing: Option<Writing>,
    probing: Option<oneshot::Receiver<Stored<Vec<Entry>>>>,
    records: Vec<Record>,
    refusal_lines: Budget,
    entries_since_snapshot: u64,
    bytes_since_snapshot: u64,
    snapshot_bytes: u64,
    idle_since: Instant,
    tick_clock: TickClock,
    draining: Vec<oneshot::Sender<()>>,
}

/// Opens the room and keeps it until nobody is left for a while or the relay stops.
pub(super) async fn run(shared: Arc<Shared>, name: RoomName, mut commands: mpsc::Receiver<Command>) {
    match RoomTask::open(Arc::clone(&shared), name.clone()).await {
        Ok(mut task) => {
            shared.metrics.rooms.add(1);
            task.serve(&mut commands).await;
            shared.metrics.rooms.take(1);
        }
        Err(why) => {
            tracing::error!(room = %name, %why, "the room cannot be opened");
            shared.rooms.forget(&name);
            commands.close();
            while let Some(command) = commands.recv().await {
                if let Command::Join { answer, .. } = command {
                    let why = Text::cut(&why);
                    if answer.send(Err(JoinRefusal::Unavailable { why })).is_err() {
                        tracing::trace!("nobody waits for the room any more");
                    }
                }
            }
        }
    }
}

impl RoomTask {
    async fn open(shared: Arc<Shared>, name: RoomName) -> Result<Self, String> {
        let (answer, stored) = oneshot::channel();
        let gone = || "the relay is stopping".to_owned();
        let job = Job::Open {
            room: name.clone(),
            answer,
        };
        if !shared.store.send(job).await {
            return Err(gone());
        }
        let stored = stored.await.map_err(|_ended| gone())??;
        let entries_since_snapshot = stored.entries.len() as u64;
        let bytes_since_snapshot = size_bytes(&stored.entries);
        let room = Room::new(
            name,
            shared.limits.room,
            stored.state,
            stored.entries,
            clock::now(),
        )
        .map_err(|error| format!("its log is damaged ({error}); restore the data folder from a backup"))?;
        tracing::info!(room = %room.name(), seq = %room.state().seq, "room opened");
        Ok(Self {
            shared,
            room,
            seats: BTreeMap::new(),
            writing: None,
            probing: None,
            records: Vec::new(),
            refusal_lines: Budget::new(REFUSAL_LINES),
            entries_since_snapshot,
            bytes_since_snapshot,
            snapshot_bytes: 0,
            idle_since: Instant::now(),
            tick_clock: TickClock::default(),
            draining: Vec::new(),
        })
    }

    async fn serve(&mut self, commands: &mut mpsc::Receiver<Command>) {
        let mut seconds = time::interval(SECOND);
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut taken = Vec::with_capacity(COMMANDS_AT_ONCE);
        loop {
            // What comes rarely is looked at first, so that no flood of commands holds it up.
            tokio::select! {
                biased;
                written = answer_of(self.writing.as_mut().map(|writing| &mut writing.answer)) => {
                    self.on_written(written);
                }
                back = answer_of(self.probing.as_mut()) => self.on_probed(back),
                now = self.tick_clock.reaches(self.room.tick_due()) => self.tick(now),
                _ = seconds.tick() => {
                    self.on_second().await;
                    if self.is_idle() && self.shared.rooms.forget_when_empty(self.room.name(), commands) {
                        break;
                    }
                }
                count = commands.recv_many(&mut taken, COMMANDS_AT_ONCE), if self.room.not_durable() < NOT_DURABLE => {
                    if count == 0 {
                        break;
                    }
                    let now = clock::now();
                    for command in taken.drain(..) {
                        self.take(now, command);
                    }
                }
            }
            self.send_out();
            self.write().await;
            if self.is_drained() {
                break;
            }
        }
        self.end();
    }

    fn take(&mut self, now: UnixNanos, command: Command) {
        match command {
            Command::Join {
                connection,
                seat,
                admission,
                answer,
            } => {
                let joined = if self.draining.is_empty() {
                    self.room.join(now, connection, admission)
                } else {
                    Err(JoinRefusal::Draining)
                };
                if joined.is_ok() {
                    self.shared.metrics.participants.add(1);
                    self.seats.insert(connection, seat);
                }
                if answer.send(joined).is_err() {
                    self.room.disconnect(now, connection, Leaving::LinkLost);
                    self.unseat(connection);
                }
            }
            Command::Submit {
                connection,
                number,
                operation,
            } => self.room.submit(now, connection, number, operation),
            Command::Refuse {
                connection,
                id,
                kind,
                refusal,
            } => self.room.refuse(connection, id, Some(kind), refusal),
            Command::Presence { connection, datagram } => {
                let metrics = &self.shared.metrics;
                match self.room.presence(clock::steady(), connection, &datagram) {
                    Ok(true) => metrics.presence_received.add(1),
                    Ok(false) | Err(_) => metrics.presence_dropped.add(1),
                }
            }
            Command::Gone { connection } => {
                self.room.disconnect(now, connection, Leaving::LinkLost);
                self.unseat(connection);
            }
            Command::Drop { connection, why } => self.room.drop_connection(now, connection, why),
            Command::Drain { done } => {
                self.room.on_draining();
                self.draining.push(done);
            }
        }
    }

    fn unseat(&mut self, connection: ConnectionId) -> Option<Seat> {
        let seat = self.seats.remove(&connection)?;
        self.shared.metrics.participants.take(1);
        self.idle_since = Instant::now();
        Some(seat)
    }

    fn tick(&mut self, now: UnixNanos) {
        let (seats, metrics) = (&self.seats, &self.shared.metrics);
        self.room.tick(now, |connection, datagram| {
            let Some(seat) = seats.get(&connection) else {
                return;
            };
            if seat.datagrams.send(Bytes::copy_from_slice(datagram)) {
                metrics.presence_sent.add(1);
                metrics.presence_sent_bytes.add(datagram.len() as u64);
            } else {
                metrics.presence_unsent.add(1);
            }
        });
    }

    async fn on_second(&mut self) {
        let now = clock::now();
        let ended: Vec<ConnectionId> = {
            let revocations = self.shared.revocations.read();
            let is_over = |seat: &Seat| seat.claims.expires() <= now || revocations.has(&seat.claims.jti);
            let over = self.seats.iter().filter(|(_, seat)| is_over(seat));
            over.map(|(connection, _)| *connection).collect()
        };
        for connection in ended {
            self.shared.metrics.tokens_ended.add(1);
            self.room.drop_connection(now, connection, Closing::TokenEnded);
        }
        self.probe().await;
    }

    /// Hands out what the room has to say. Those who take too little are dropped, which gives the room more to say.
    fn send_out(&mut self) {
        while let Some(output) = self.room.poll_output() {
            match output {
                Output::Send { to, message } => {
                    if let Some(frame) = frame_of(&message) {
                        self.push(to, frame);
                    }
                }
                Output::Snapshot { to, bytes } => {
                    self.snapshot_bytes = bytes.len() as u64;
                    let pushed = self.seats.get(&to).map(|seat| seat.outbox.push_snapshot(bytes));
                    if matches!(pushed, Some(Err(_))) {
                        self.drop_slow(to);
                    }
                }
                Output::Broadcast { to, message } => {
                    if let Some(frame) = frame_of(&message) {
                        for to in to.iter() {
                            self.push(*to, frame.clone());
                        }
                    }
                }
                Output::Refused {
                    to,
                    by,
                    number,
                    kind,
                    refusal,
                } => self.on_refused(to, OperationId { by, number }, kind, refusal),
                Output::Close { connection, why } => self.on_close(connection, why),
            }
        }
    }

    fn push(&mut self, to: ConnectionId, frame: Bytes) {
        let seat = self.seats.get(&to).filter(|seat| !seat.is_leaving);
        let pushed = seat.map(|seat| seat.outbox.push(frame));
        if matches!(pushed, Some(Err(_))) {
            self.drop_slow(to);
        }
    }

    fn drop_slow(&mut self, connection: ConnectionId) {
        if let Some(seat) = self.seats.get_mut(&connection) {
            seat.is_leaving = true;
        }
        self.shared.metrics.slow_readers.add(1);
        self.room
            .drop_connection(clock::now(), connection, Closing::TooSlow);
    }

    fn on_refused(
        &mut self,
        to: ConnectionId,
        id: OperationId,
        kind: Option<OperationKind>,
        refusal: Refusal,
    ) {
        self.shared.metrics.operation_refusals.add(1);
        if self.refusal_lines.spend(clock::steady(), 1).is_ok() {
            self.records.push(Record::OperationRefused {
                room: self.room.name().clone(),
                who: id.by.0,
                number: id.number.0,
                operation: kind.map(|kind| format!("{kind:?}")),
                reason: refusal.to_string(),
            });
        } else {
            self.shared.metrics.audit_left_out.add(1);
        }
        let message = RelayMessage::Refused {
            number: id.number,
            refusal,
        };
        if let Some(frame) = frame_of(&message) {
            self.push(to, frame);
        }
    }

    fn on_close(&mut self, connection: ConnectionId, why: Closing) {
        let Some(seat) = self.unseat(connection) else {
            return;
        };
        seat.outbox.close(why);
        let is_ours = matches!(
            why,
            Closing::TooSlow | Closing::Flooding | Closing::Protocol | Closing::TokenEnded
        );
        if !is_ours {
            return;
        }
        let token = seat.claims.jti;
        // Whoever comes back to be thrown out again fills neither log.
        if self.refusal_lines.spend(clock::steady(), 1).is_err() {
            self.shared.metrics.audit_left_out.add(1);
            tracing::debug!(room = %self.room.name(), %token, "connection ended: {why}");
            return;
        }
        tracing::warn!(room = %self.room.name(), %token, "connection ended: {why}");
        self.records.push(Record::Dropped {
            room: self.room.name().clone(),
            token: token.to_string(),
            reason: why.to_string(),
        });
    }

    fn is_idle(&self) -> bool {
        self.seats.is_empty()
            && self.writing.is_none()
            && !self.room.has_unwritten()
            && self.records.is_empty()
            && self.idle_since.elapsed() >= self.shared.limits.room_idle
    }

    fn is_drained(&self) -> bool {
        let is_stored =
            !self.room.has_unwritten() && self.records.is_empty() || self.room.read_only().is_some();
        !self.draining.is_empty() && self.writing.is_none() && is_stored
    }

    /// Sends everyone off and answers who waits for it.
    fn end(&mut self) {
        self.send_out();
        if self.room.read_only().is_some() {
            self.shared.metrics.rooms_read_only.take(1);
        }
        let seats = std::mem::take(&mut self.seats);
        self.shared.metrics.participants.take(seats.len() as u64);
        for seat in seats.into_values() {
            seat.outbox.close(Closing::Draining);
        }
        for done in self.draining.drain(..) {
            if done.send(()).is_err() {
                tracing::debug!(room = %self.room.name(), "nobody waited for the room to end");
            }
        }
        tracing::info!(room = %self.room.name(), seq = %self.room.state().seq, "room closed");
    }
}

/// The clock of a room's ticks.
#[derive(Debug, Default)]
struct TickClock {
    /// An exact alarm, and what it was set to: a room that waits for someone asks at each command that comes.
    set: Option<(UnixNanos, Alarm)>,
}

impl TickClock {
    /// Waits until it is `at` by the steady clock and says what it is then; waits for ever when there is nothing to
    /// wait for. May be dropped while it waits.
    async fn reaches(&mut self, at: Option<UnixNanos>) -> UnixNanos {
        let Some(at) = at else {
            return std::future::pending().await;
        };
        let wait = at.since(clock::steady());
        if wait.is_zero() {
            // What comes with what is there already goes out with it.
            tokio::task::yield_now().await;
        } else if wait > EXACT_BELOW {
            time::sleep(wait).await;
        } else {
            let is_other = |(set, _): &mut (UnixNanos, Alarm)| *set != at;
            self.set.take_if(is_other);
            let set = || (at, Alarm::set(clock::instant() + wait));
            self.set.get_or_insert_with(set).1.rings().await;
        }
        clock::steady()
    }
}
