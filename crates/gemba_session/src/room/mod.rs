//! The authority over one room: it alone decides what happens, and in which order.
//!
//! Sans-IO. The shell tells what came and when; the room hands out entries to store ([`Room::take_unwritten`]) and is
//! told when they are durable ([`Room::on_durable`]). Only then are they anyone's to see: an operation that a client
//! was shown as done survives the relay. Between the two the room judges by a state that is ahead of the durable one,
//! so a slow disk delays answers and never mixes up their order. What is to be sent, closed and noted comes out of
//! [`Room::poll_output`].

mod store;
mod tail;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use gemba_model::UnixNanos;

use self::tail::Tail;
use crate::{
    bounded::Text,
    ids::{ClientKey, ConnectionId, OperationId, OperationNumber, ParticipantId, RoomName, Seq},
    operation::{Change, Entry, Leaving, Name, Operation, OperationKind},
    presence::{self, PresenceBoard, PresenceError, Vantage},
    refusal::{Closing, JoinRefusal, Refusal},
    role::Role,
    state::{ApplyError, Fate, MAX_PEOPLE, RoomState},
    wire::{RelayMessage, Resume, WireError},
};

/// How large a room may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomLimits {
    /// People at once.
    pub people_present: u32,
    /// The newest entries that are kept for those who come back.
    pub tail_entries: usize,
    /// The most bytes of them.
    pub tail_bytes: usize,
}

impl Default for RoomLimits {
    fn default() -> Self {
        Self {
            people_present: 256,
            tail_entries: 1_024,
            tail_bytes: 8 << 20,
        }
    }
}

/// Someone whose token and key were found good.
#[derive(Clone, Debug, PartialEq)]
pub struct Admission {
    /// How the room knows the client again.
    pub key: ClientKey,
    /// The name asked for.
    pub name: Name,
    /// The role that the token gives.
    pub role: Role,
    /// What the client has already.
    pub resume: Option<Resume>,
}

/// Something for the shell to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Send this message.
    Send {
        /// To whom.
        to: ConnectionId,
        /// What.
        message: RelayMessage,
    },
    /// Send this encoded state: [`RelayMessage::SnapshotBegins`], then its parts.
    Snapshot {
        /// To whom.
        to: ConnectionId,
        /// The whole of it; the same bytes for all who come at the same entry.
        bytes: Arc<[u8]>,
    },
    /// Send this message to everyone of the list.
    Broadcast {
        /// To whom.
        to: Arc<[ConnectionId]>,
        /// What.
        message: RelayMessage,
    },
    /// An operation was refused, and the sender is to be told.
    Refused {
        /// To whom.
        to: ConnectionId,
        /// Who asked.
        by: ParticipantId,
        /// Which of theirs.
        number: OperationNumber,
        /// Of what kind it was, when it is still known.
        kind: Option<OperationKind>,
        /// Why.
        refusal: Refusal,
    },
    /// End this connection; the room has forgotten it already.
    Close {
        /// Which.
        connection: ConnectionId,
        /// Why.
        why: Closing,
    },
}

#[derive(Debug)]
struct Connection {
    who: ParticipantId,
    resume: Option<Resume>,
    /// The entry that has to be durable before the client is welcome.
    welcome_after: Seq,
    is_welcome: bool,
}

/// One room.
#[derive(Debug)]
pub struct Room {
    name: RoomName,
    limits: RoomLimits,
    /// What is durable, and what everyone may see.
    committed: RoomState,
    /// That and the entries that are being written.
    ahead: RoomState,
    /// Entries that are not durable yet; the first `handed_out` of them are with the store.
    waiting: VecDeque<Entry>,
    handed_out: usize,
    /// The newest durable entries.
    tail: Tail,
    connections: BTreeMap<ConnectionId, Connection>,
    board: PresenceBoard,
    read_only: Option<Text<200>>,
    /// The encoded state of the entry that it names.
    snapshot: Option<(Seq, Arc<[u8]>)>,
    /// Those who are welcome; renewed when that changes.
    audience: Option<Arc<[ConnectionId]>>,
    outputs: VecDeque<Output>,
}

impl Room {
    /// A room as it was stored: an older state and the entries after it. Whoever was present when the relay ended is
    /// noted as gone.
    ///
    /// # Errors
    /// [`ApplyError`] when the entries do not follow the state: the store is damaged.
    pub fn new(
        name: RoomName,
        limits: RoomLimits,
        mut state: RoomState,
        entries: impl IntoIterator<Item = Entry>,
        now: UnixNanos,
    ) -> Result<Self, ApplyError> {
        let mut tail = Tail::default();
        for entry in entries {
            state.apply(&entry)?;
            tail.push(&limits, entry);
        }
        let mut room = Self {
            name,
            limits,
            ahead: state.clone(),
            committed: state,
            waiting: VecDeque::new(),
            handed_out: 0,
            tail,
            connections: BTreeMap::new(),
            board: PresenceBoard::default(),
            read_only: None,
            snapshot: None,
            audience: None,
            outputs: VecDeque::new(),
        };
        room.note_the_gone(now, Leaving::RelayRestarted);
        Ok(room)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &RoomName {
        &self.name
    }

    /// What is durable.
    #[must_use]
    pub fn state(&self) -> &RoomState {
        &self.committed
    }

    /// Why nothing can be stored, when nothing can.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.as_ref().map(Text::as_str)
    }

    /// How many entries are not durable yet. Taking no more operations while there are many keeps memory bounded when
    /// the disk hangs.
    #[must_use]
    pub fn not_durable(&self) -> usize {
        self.waiting.len()
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Someone comes over a new connection. The welcome follows when it is durable.
    ///
    /// # Errors
    /// [`JoinRefusal`]; the connection is not the room's then.
    pub fn join(
        &mut self,
        now: UnixNanos,
        connection: ConnectionId,
        admission: Admission,
    ) -> Result<ParticipantId, JoinRefusal> {
        if let Some(seat) = self.connections.get(&connection) {
            return Ok(seat.who);
        }
        let Admission {
            key,
            name,
            role,
            resume,
        } = admission;
        let known = self
            .ahead
            .person_of_key(key)
            .map(|(who, person)| (who, person.clone()));
        let name = self.ahead.free_name(&name, key);
        let role_here = known
            .as_ref()
            .filter(|(_, it)| it.has_given_role)
            .map_or(role, |(_, it)| it.role);
        let is_here = known.as_ref().is_some_and(|(_, it)| it.is_present);
        if known.as_ref().is_some_and(|(_, it)| it.is_removed) {
            return Err(JoinRefusal::Removed);
        }
        if self.ahead.is_ended && role_here != Role::Host {
            return Err(JoinRefusal::Ended);
        }
        let is_as_before = is_here
            && known
                .as_ref()
                .is_some_and(|(_, it)| it.name == name && it.role == role_here);
        if let Some(why) = self.read_only.clone().filter(|_| !is_as_before) {
            return Err(JoinRefusal::ReadOnly { why });
        }
        let limit = self.limits.people_present;
        let others = self
            .ahead
            .present()
            .filter(|(_, person)| person.key != key)
            .count();
        if others >= limit as usize || (known.is_none() && self.ahead.people.len() >= MAX_PEOPLE) {
            return Err(JoinRefusal::Full { limit });
        }
        let who = known
            .as_ref()
            .map_or_else(|| self.ahead.next_participant(), |(who, _)| *who);
        self.replace_connection_of(who);
        if is_here && !is_as_before {
            self.push(
                now,
                Change::Left {
                    who,
                    why: Leaving::LinkLost,
                },
            );
        }
        if !is_as_before {
            self.push(now, Change::Joined { who, key, name, role });
        }
        let seat = Connection {
            who,
            resume,
            welcome_after: self.ahead.seq,
            is_welcome: false,
        };
        self.connections.insert(connection, seat);
        self.welcome_those_who_wait();
        Ok(who)
    }

    fn replace_connection_of(&mut self, who: ParticipantId) {
        let old = self.connections.iter().find(|(_, seat)| seat.who == who);
        if let Some(old) = old.map(|(old, _)| *old) {
            self.close(old, Closing::Replaced);
        }
    }

    /// A participant asks for something.
    pub fn submit(
        &mut self,
        now: UnixNanos,
        connection: ConnectionId,
        number: OperationNumber,
        operation: Operation,
    ) {
        let Some(seat) = self.connections.get(&connection) else {
            return;
        };
        let id = OperationId { by: seat.who, number };
        let kind = operation.kind();
        let refusal = match self.ahead.fate(id) {
            // Its entry answers, or has answered already.
            Fate::Taken => return,
            Fate::Refused => Refusal::AnswerLost,
            Fate::New => match self.judge(seat.is_welcome, id, &operation) {
                Ok(()) => {
                    self.push(now, Change::Did { id, operation });
                    return;
                }
                Err(refusal) => refusal,
            },
        };
        self.refuse(connection, id, Some(kind), refusal);
    }

    fn judge(&self, is_welcome: bool, id: OperationId, operation: &Operation) -> Result<(), Refusal> {
        if !is_welcome {
            return Err(Refusal::NotJoined);
        }
        // Whether it is allowed at all comes before whether it can be stored.
        self.ahead.check(id.by, operation)?;
        self.read_only
            .clone()
            .map_or(Ok(()), |why| Err(Refusal::ReadOnly { why }))
    }

    /// Answers an operation with a refusal that was found before it came to the room: too many in too short a time.
    pub fn refuse(
        &mut self,
        to: ConnectionId,
        id: OperationId,
        kind: Option<OperationKind>,
        refusal: Refusal,
    ) {
        self.outputs.push_back(Output::Refused {
            to,
            by: id.by,
            number: id.number,
            kind,
            refusal,
        });
    }

    /// A connection has ended.
    pub fn disconnect(&mut self, now: UnixNanos, connection: ConnectionId, why: Leaving) {
        let Some(seat) = self.connections.remove(&connection) else {
            return;
        };
        self.audience = None;
        self.board.leave(seat.who);
        let is_present = self
            .ahead
            .person(seat.who)
            .is_some_and(|person| person.is_present);
        if is_present && self.read_only.is_none() {
            self.push(now, Change::Left { who: seat.who, why });
        }
    }

    /// A connection must end: by the shell's judgement, not the room's.
    pub fn drop_connection(&mut self, now: UnixNanos, connection: ConnectionId, why: Closing) {
        if self.connections.contains_key(&connection) {
            let leaving = match why {
                Closing::TokenEnded => Leaving::TokenEnded,
                _ => Leaving::Dropped,
            };
            self.disconnect(now, connection, leaving);
            self.outputs.push_back(Output::Close { connection, why });
        }
    }

    /// A presence datagram came. Says whether it was new. `now` is of the clock of [`Room::tick`].
    ///
    /// # Errors
    /// [`PresenceError`] when it is no sample.
    pub fn presence(
        &mut self,
        now: UnixNanos,
        connection: ConnectionId,
        datagram: &[u8],
    ) -> Result<bool, PresenceError> {
        let sample = presence::decode(datagram)?;
        let seat = self.connections.get(&connection);
        Ok(seat.is_some_and(|seat| self.board.take(now, seat.who, &sample)))
    }

    /// When [`Room::tick`] is to be called next; `None` until someone else comes.
    #[must_use]
    pub fn tick_due(&self) -> Option<UnixNanos> {
        self.board.due_at()
    }

    /// The room's tick: every viewer gets what it should know by now, as whole datagrams. `now` is of a clock that
    /// nobody sets, and the same as that of [`Room::tick_due`].
    pub fn tick(&mut self, now: UnixNanos, mut send: impl FnMut(ConnectionId, &[u8])) {
        self.board.advance(now);
        for (connection, seat) in &self.connections {
            let following = self
                .committed
                .person(seat.who)
                .and_then(|person| person.following);
            let vantage = Vantage {
                following,
                presenter: self.committed.presenter,
            };
            self.board
                .datagrams_for(seat.who, vantage, |datagram| send(*connection, datagram));
        }
    }

    /// Puts a change at the end of the order. One that does not fit the state is dropped: each caller has looked.
    fn push(&mut self, now: UnixNanos, change: Change) {
        let entry = Entry {
            seq: self.ahead.seq.next(),
            room_time: now.max(self.ahead.room_time),
            change,
        };
        if self.ahead.apply(&entry).is_ok() {
            self.waiting.push_back(entry);
        }
    }

    fn close(&mut self, connection: ConnectionId, why: Closing) {
        if let Some(seat) = self.connections.remove(&connection) {
            self.board.leave(seat.who);
            self.audience = None;
            self.outputs.push_back(Output::Close { connection, why });
        }
    }

    /// Everyone who is noted as present and has no connection is noted as gone.
    fn note_the_gone(&mut self, now: UnixNanos, why: Leaving) {
        let is_connected = |who| self.connections.values().any(|seat| seat.who == who);
        let gone: Vec<ParticipantId> = self
            .ahead
            .present()
            .map(|(who, _)| who)
            .filter(|who| !is_connected(*who))
            .collect();
        for who in gone {
            self.push(now, Change::Left { who, why });
        }
    }

    /// The durable state as bytes.
    ///
    /// # Errors
    /// [`WireError`] when it cannot be encoded.
    pub fn snapshot(&mut self) -> Result<Arc<[u8]>, WireError> {
        if let Some((seq, bytes)) = &self.snapshot
            && *seq == self.committed.seq
        {
            return Ok(Arc::clone(bytes));
        }
        let bytes: Arc<[u8]> = crate::wire::encode(&self.committed)?.into();
        self.snapshot = Some((self.committed.seq, Arc::clone(&bytes)));
        Ok(bytes)
    }
}
