//! A participant's end of the session: the room's state as far as it is known here, one's own operations before they
//! are answered, and the way back after a lost link.
//!
//! Sans-IO. The shell opens links when [`Client::phase`] says so and tells what came of it; it sends what
//! [`Client::poll_message`] gives and shows what [`Client::poll_event`] gives. [`Client::view`] is what to draw: the
//! last confirmed state with one's own waiting operations done ahead. A refused one is taken back by building the
//! view again without it.

mod clock;
mod join;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use gemba_model::UnixNanos;
use thiserror::Error;

pub use clock::RoomClock;

use crate::{
    bounded::Text,
    ids::{OperationId, OperationNumber, ParticipantId, Seq},
    operation::{Change, Entry, Operation},
    plant::PlantMark,
    presence::{Beat, PresenceView},
    refusal::{Closing, JoinRefusal, Refusal},
    state::{ApplyError, Fate, Inverse, MAX_IN_FLIGHT, RoomState},
    wire::{ClientMessage, Notice, RelayMessage, Resume, WireError},
};

/// Pings after which the clock is known about as well as the way lets it be.
const FIRST_PINGS: u32 = 8;
/// The most operations that can be undone.
const MAX_UNDO: usize = 100;

/// How a client keeps its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkPolicy {
    /// Bound of the first wait before another attempt.
    pub first_wait: Duration,
    /// Bound that the doubling stops at.
    pub longest_wait: Duration,
    /// A link that held this long starts from `first_wait` again.
    pub stable_after: Duration,
    /// How often the relay is asked whether it is there, and what time it has.
    pub ping_every: Duration,
    /// How often it is asked at first, so that its clock is soon known well.
    pub first_pings_every: Duration,
    /// A relay that is silent this long is lost.
    pub silent_after: Duration,
}

impl Default for LinkPolicy {
    fn default() -> Self {
        Self {
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(15),
            stable_after: Duration::from_secs(10),
            ping_every: Duration::from_secs(2),
            first_pings_every: Duration::from_millis(250),
            silent_after: Duration::from_secs(10),
        }
    }
}

/// Where a session stands.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionPhase {
    /// A link is to be opened, or being opened.
    Connecting,
    /// The link is up, and the relay was asked to let us in.
    Joining,
    /// In the room.
    Joined {
        /// Since when, by this machine's clock.
        since: UnixNanos,
    },
    /// The link is lost or was never made; it is tried again by itself. The last known state stays.
    Offline {
        /// How many attempts failed in a row.
        attempt: u32,
        /// When the next one starts, by this machine's clock.
        retry_at: UnixNanos,
        /// Why.
        reason: OfflineReason,
    },
    /// The relay does not let us in, and trying again would not help.
    Refused(JoinRefusal),
    /// The session is over for us.
    Closed(Closing),
}

/// Why a session is offline.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum OfflineReason {
    /// There is no link.
    #[error("{detail}")]
    Link {
        /// What the shell saw, in a sentence.
        detail: Text<200>,
    },
    /// The relay does not let anyone in at present.
    #[error("{0}")]
    Refused(JoinRefusal),
    /// The relay hung up.
    #[error("the relay ended the connection: {0}")]
    Closed(Closing),
}

/// What became of things, for the shell and its viewer.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionEvent {
    /// We are in the room, with its state.
    Joined {
        /// Who we are.
        you: ParticipantId,
    },
    /// The room's state was replaced by a snapshot: look at everything again.
    StateReplaced,
    /// Something happened in the room.
    Entry(Entry),
    /// One of our operations is done: it is in the log.
    Done {
        /// Which.
        number: OperationNumber,
    },
    /// One of our operations was not done and is taken back.
    Refused {
        /// Which.
        number: OperationNumber,
        /// What it was.
        operation: Operation,
        /// Why.
        refusal: Refusal,
    },
    /// How the room is.
    Notice(Notice),
    /// The link was lost; it is tried again by itself.
    WentOffline {
        /// Why.
        reason: OfflineReason,
    },
    /// The session is over for us, by a refusal or a goodbye; [`Client::phase`] says which.
    Ended,
}

/// What the relay did that it should not have done. The link is to be closed and made anew.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ProtocolFault {
    /// A message that makes no sense now.
    #[error("the relay sent {what} at the wrong time")]
    Unexpected {
        /// What.
        what: &'static str,
    },
    /// An entry that does not follow.
    #[error("the relay's log does not continue where it should")]
    Log(#[from] ApplyError),
    /// A snapshot that is none.
    #[error("the relay's snapshot cannot be read")]
    Snapshot(#[from] WireError),
    /// Nothing came for too long.
    #[error("the relay does not answer")]
    Silent,
}

#[derive(Clone, Debug)]
struct Pending {
    number: OperationNumber,
    operation: Operation,
}

/// One participant's end.
#[derive(Debug)]
pub struct Client {
    policy: LinkPolicy,
    phase: SessionPhase,
    failures: u32,
    you: Option<ParticipantId>,
    confirmed: RoomState,
    view: RoomState,
    is_view_stale: bool,
    /// The relay's log did not continue the replica: only a snapshot makes it good again.
    is_replica_doubtful: bool,
    pending: VecDeque<Pending>,
    last_number: OperationNumber,
    undo: Vec<Inverse>,
    /// Operations of `pending` that are undos themselves, with the entry that each restores: they are not undone in turn.
    undoing: BTreeMap<OperationNumber, Option<Seq>>,
    joining: Option<join::Joining>,
    clock: RoomClock,
    last_heard: UnixNanos,
    last_ping: UnixNanos,
    pings_of_link: u32,
    people: PresenceView,
    /// What the viewer has open, and whether the room was told since we came in.
    plant: Option<PlantMark>,
    is_plant_told: bool,
    messages: VecDeque<ClientMessage>,
    events: VecDeque<SessionEvent>,
}

impl Client {
    /// A client that is to connect for the first time.
    #[must_use]
    pub fn new(policy: LinkPolicy) -> Self {
        Self {
            policy,
            phase: SessionPhase::Connecting,
            failures: 0,
            you: None,
            confirmed: RoomState::default(),
            view: RoomState::default(),
            is_view_stale: false,
            is_replica_doubtful: false,
            pending: VecDeque::new(),
            last_number: OperationNumber(0),
            undo: Vec::new(),
            undoing: BTreeMap::new(),
            joining: None,
            clock: RoomClock::default(),
            last_heard: UnixNanos::default(),
            last_ping: UnixNanos::default(),
            pings_of_link: 0,
            people: PresenceView::default(),
            plant: None,
            is_plant_told: false,
            messages: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Where the session stands.
    #[must_use]
    pub fn phase(&self) -> &SessionPhase {
        &self.phase
    }

    /// Who we are, once the room has said so.
    #[must_use]
    pub fn you(&self) -> Option<ParticipantId> {
        self.you
    }

    /// The state that the room has confirmed.
    #[must_use]
    pub fn confirmed(&self) -> &RoomState {
        &self.confirmed
    }

    /// What to show: the confirmed state with our own waiting operations done ahead.
    pub fn view(&mut self, now: UnixNanos) -> &RoomState {
        if self.is_view_stale {
            self.is_view_stale = false;
            self.view = self.confirmed.clone();
            let room_time = self.clock.room_time(now);
            if let Some(by) = self.you {
                for Pending { number, operation } in &self.pending {
                    let id = OperationId { by, number: *number };
                    // One that no longer fits is left out; the room will refuse it.
                    if self.confirmed.fate(id) == Fate::New
                        && self.view.predict(id, operation, room_time).is_err()
                    {
                        continue;
                    }
                }
            }
        }
        &self.view
    }

    /// Where everyone is.
    #[must_use]
    pub fn people(&self) -> &PresenceView {
        &self.people
    }

    /// When our presence is to arrive in the room, if it is sent once `every` so long; `None` outside of it.
    #[must_use]
    pub fn beat(&self, every: Duration) -> Option<Beat> {
        let you = self.you()?;
        let people = self.confirmed.present().count();
        let place = self.confirmed.present().position(|(who, _)| who == you)?;
        Some(Beat::new(every, place, people))
    }

    /// The room's clock and the way to it.
    #[must_use]
    pub fn clock(&self) -> &RoomClock {
        &self.clock
    }

    /// How many of our operations wait for an answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.pending.len()
    }

    /// The next message to send over the link.
    pub fn poll_message(&mut self) -> Option<ClientMessage> {
        self.messages.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<SessionEvent> {
        self.events.pop_front()
    }

    /// Asks for something. It shows in [`Client::view`] at once, is sent when there is a link, and is answered by
    /// [`SessionEvent::Done`] or [`SessionEvent::Refused`].
    ///
    /// # Errors
    /// The [`Refusal`] that the room would give; nothing is sent then.
    pub fn submit(&mut self, now: UnixNanos, operation: Operation) -> Result<OperationNumber, Refusal> {
        let is_over = matches!(self.phase, SessionPhase::Refused(_) | SessionPhase::Closed(_));
        let by = self.you.filter(|_| !is_over).ok_or(Refusal::NotJoined)?;
        if self.pending.len() >= MAX_IN_FLIGHT {
            return Err(Refusal::TooManyInFlight {
                limit: u32::try_from(MAX_IN_FLIGHT).unwrap_or(u32::MAX),
            });
        }
        let number = OperationNumber(self.last_number.0 + 1);
        let room_time = self.clock.room_time(now);
        self.view(now);
        self.view
            .predict(OperationId { by, number }, &operation, room_time)?;
        self.last_number = number;
        self.pending.push_back(Pending {
            number,
            operation: operation.clone(),
        });
        if matches!(self.phase, SessionPhase::Joined { .. }) {
            self.messages
                .push_back(ClientMessage::Submit { number, operation });
        }
        Ok(number)
    }

    /// Takes back our newest operation that can be taken back.
    ///
    /// # Errors
    /// [`Refusal::NothingToUndo`]; [`Refusal::ChangedSince`] when someone else has written there since, and then the
    /// next call goes on to the operation before; or what the room would refuse it with.
    pub fn undo(&mut self, now: UnixNanos) -> Result<OperationNumber, Refusal> {
        let inverse = self.undo.pop().ok_or(Refusal::NothingToUndo)?;
        self.view(now).check_undo(&inverse)?;
        let number = self.submit(now, inverse.operation)?;
        self.undoing.insert(number, inverse.restores);
        Ok(number)
    }

    /// The viewer has this plant open: the room is told, now or as soon as we are in it. What the room makes of it
    /// stands in [`RoomState::other_plant`].
    pub fn open_plant(&mut self, now: UnixNanos, plant: PlantMark) {
        self.plant = Some(plant);
        self.is_plant_told = false;
        self.tell_plant(now);
    }

    /// Tells the room once what is open, when it holds something else of us. A refusal is not argued with.
    fn tell_plant(&mut self, now: UnixNanos) {
        let (Some(plant), Some(you)) = (&self.plant, self.you) else {
            return;
        };
        let is_in = matches!(self.phase, SessionPhase::Joined { .. });
        if !is_in || self.is_plant_told || self.pending.len() >= MAX_IN_FLIGHT {
            return;
        }
        self.is_plant_told = true;
        let plant = plant.clone();
        let known = self.view(now).plants.get(&you);
        let is_known = known.is_some_and(|known| **known == plant);
        if !is_known && self.submit(now, Operation::OpenPlant(Box::new(plant))).is_err() {
            // No sound mark: nothing was sent, and the next one may be better.
            self.plant = None;
        }
    }

    /// Leaves for good.
    pub fn leave(&mut self) {
        self.messages.push_back(ClientMessage::Goodbye);
        self.end(SessionPhase::Closed(Closing::Goodbye));
    }

    /// The shell sees that there is no coming in, before any relay could say so.
    pub fn on_unreachable(&mut self, refusal: JoinRefusal) {
        self.end(SessionPhase::Refused(refusal));
    }

    /// A datagram came. One that is no tick of this version is passed over. Returns whom it brought something new of.
    pub fn on_datagram(&mut self, now: UnixNanos, datagram: &[u8]) -> Vec<ParticipantId> {
        self.last_heard = self.last_heard.max(now);
        let mut fresh = self.people.take(datagram, now).unwrap_or_default();
        let state = &self.confirmed;
        // A tick that was under way while someone left brings nobody back.
        fresh.retain(|who| {
            let is_here = state.person(*who).is_none_or(|person| person.is_present);
            if !is_here {
                self.people.forget(*who);
            }
            is_here
        });
        fresh
    }

    /// A message came over the link.
    ///
    /// # Errors
    /// [`ProtocolFault`]: close the link and tell [`Client::on_link_lost`].
    pub fn on_message(&mut self, now: UnixNanos, message: RelayMessage) -> Result<(), ProtocolFault> {
        self.last_heard = self.last_heard.max(now);
        match message {
            RelayMessage::Welcome(welcome) => self.on_welcome(now, &welcome),
            RelayMessage::SnapshotBegins { bytes } => self.on_snapshot_begins(bytes),
            RelayMessage::SnapshotPart(part) => self.on_snapshot_part(now, &part),
            RelayMessage::Entry(entry) => self.on_entry(now, entry),
            RelayMessage::Refused { number, refusal } => {
                self.on_refused(number, refusal);
                Ok(())
            }
            RelayMessage::Pong { echo, room_time } => {
                self.clock.on_pong(now, UnixNanos(echo.cast_signed()), room_time);
                Ok(())
            }
            RelayMessage::Notice(notice) => {
                self.events.push_back(SessionEvent::Notice(notice));
                Ok(())
            }
            RelayMessage::JoinRefused(refusal) if refusal.is_passing() => {
                self.joining = None;
                self.phase = offline(OfflineReason::Refused(refusal), now);
                Ok(())
            }
            RelayMessage::JoinRefused(refusal) => {
                self.end(SessionPhase::Refused(refusal));
                Ok(())
            }
            RelayMessage::Closing(why) if why.is_passing() => {
                self.phase = offline(OfflineReason::Closed(why), now);
                Ok(())
            }
            RelayMessage::Closing(why) => {
                self.end(SessionPhase::Closed(why));
                Ok(())
            }
        }
    }

    fn on_entry(&mut self, now: UnixNanos, entry: Entry) -> Result<(), ProtocolFault> {
        let is_ready = matches!(self.phase, SessionPhase::Joined { .. })
            || self.joining.as_ref().is_some_and(|joining| !joining.has_snapshot);
        if !is_ready {
            return Err(ProtocolFault::Unexpected { what: "an entry" });
        }
        let own = match &entry.change {
            Change::Did { id, operation } if Some(id.by) == self.you => {
                Some((id.number, self.confirmed.inverse(*id, operation, entry.seq)))
            }
            _ => None,
        };
        match self.confirmed.apply(&entry) {
            Ok(()) => {}
            // Sent once more than needed: it changes nothing.
            Err(ApplyError::Old { .. }) => return Ok(()),
            Err(fault) => {
                // The relay may hold another log than the one that was followed here: an older copy of it, for one.
                self.is_replica_doubtful = true;
                return Err(fault.into());
            }
        }
        self.is_view_stale = true;
        if let Some((number, inverse)) = own {
            let waiting = self.pending.len();
            self.pending.retain(|pending| pending.number != number);
            // One that was refused for want of disk can have been stored after all; it was answered already.
            let was_waiting = self.pending.len() < waiting;
            self.note_inverse(number, inverse, entry.seq);
            if was_waiting {
                self.events.push_back(SessionEvent::Done { number });
            }
        }
        let state = &self.confirmed;
        self.people
            .keep(|who| state.person(who).is_some_and(|person| person.is_present));
        self.events.push_back(SessionEvent::Entry(entry));
        self.on_caught_up(now);
        Ok(())
    }

    /// An operation of ours is done as entry `seq`: it can be undone now, or was an undo itself.
    fn note_inverse(&mut self, number: OperationNumber, inverse: Option<Inverse>, seq: Seq) {
        if let Some(restored) = self.undoing.remove(&number) {
            // What stands there now is what the restored entry wrote, so that one can be undone in turn.
            for older in self
                .undo
                .iter_mut()
                .filter(|older| Some(older.undoes) == restored)
            {
                older.undoes = seq;
            }
        } else if let Some(inverse) = inverse {
            if self.undo.len() >= MAX_UNDO {
                self.undo.remove(0);
            }
            self.undo.push(inverse);
        }
    }

    fn on_refused(&mut self, number: OperationNumber, refusal: Refusal) {
        self.undoing.remove(&number);
        let at = self.pending.iter().position(|pending| pending.number == number);
        if let Some(Pending { operation, .. }) = at.and_then(|at| self.pending.remove(at)) {
            self.is_view_stale = true;
            self.events.push_back(SessionEvent::Refused {
                number,
                operation,
                refusal,
            });
        }
    }

    fn end(&mut self, phase: SessionPhase) {
        self.phase = phase;
        self.joining = None;
        self.pending.clear();
        self.is_view_stale = true;
        self.events.push_back(SessionEvent::Ended);
    }

    /// What the client has of the room, for its greeting.
    #[must_use]
    pub fn resume(&self) -> Option<Resume> {
        let is_good = self.confirmed.seq > Seq(0) && !self.is_replica_doubtful;
        is_good.then_some(Resume {
            history: self.confirmed.history,
            seq: self.confirmed.seq,
        })
    }
}

/// Offline until the shell has noticed that the link is gone and [`Client::on_link_lost`] has set the wait.
fn offline(reason: OfflineReason, now: UnixNanos) -> SessionPhase {
    SessionPhase::Offline {
        attempt: 0,
        retry_at: now,
        reason,
    }
}
