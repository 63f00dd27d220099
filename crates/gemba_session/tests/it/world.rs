//! A world in virtual time: one room with its store, clients with clocks of their own, and the links between them.
//!
//! Messages go through the real codec. A link is a pair of ordered streams until the world breaks it; faults are drawn
//! from one seed, so a failing case is the same each time.

use std::{
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use gemba_model::UnixNanos;
use gemba_session::{
    Client, ClientKey, ConnectionId, Entry, HistoryId, Operation, OperationId, PlantMark, Refusal, Role,
    Room, RoomName, RoomState, SessionEvent, SessionPhase,
    bounded::Blob,
    client::LinkPolicy,
    operation::{Leaving, Name},
    presence::{self, Presence},
    room::{Admission, Output, RoomLimits},
    wire::{self, ClientMessage, FrameReader, MAX_FRAME_BYTES, RelayMessage, Resume, SNAPSHOT_PART_BYTES},
};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use serde::Serialize;

/// How bad the network and the relay are, as probabilities of each message or step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// A message is lost: its stream ends there, and both ends notice later.
    pub(crate) loss: f64,
    /// A message comes twice.
    pub(crate) duplication: f64,
    /// A message overtakes those before it.
    pub(crate) reorder: f64,
    /// The relay is killed at a step of the world.
    pub(crate) crash: f64,
    /// The store refuses a batch, and stays away for a while.
    pub(crate) disk_full: f64,
}

pub(crate) struct Peer {
    pub(crate) client: Client,
    pub(crate) key: ClientKey,
    pub(crate) role: Role,
    /// This machine's clock minus the world's.
    clock_skew_nanos: i64,
    link: Option<ConnectionId>,
    reader: FrameReader,
    /// What became of each operation submitted.
    pub(crate) answers: BTreeMap<u64, Vec<Answer>>,
    pub(crate) cut_off_until: UnixNanos,
    sample_number: u16,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Done,
    Refused(Refusal),
}

enum Happening {
    ToRoom {
        link: ConnectionId,
        bytes: Vec<u8>,
    },
    ToClient {
        peer: usize,
        link: ConnectionId,
        bytes: Vec<u8>,
    },
    Datagram {
        link: ConnectionId,
        bytes: Vec<u8>,
    },
    Tick {
        peer: usize,
        link: ConnectionId,
        bytes: Vec<u8>,
    },
    LinkDown {
        peer: usize,
        link: ConnectionId,
    },
    Connect {
        peer: usize,
    },
    Written {
        life: u32,
        entries: Vec<Entry>,
        fails: bool,
    },
    StoreBack {
        life: u32,
    },
    Restart,
}

struct Scheduled {
    at: UnixNanos,
    order: u64,
    what: Happening,
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}
impl Eq for Scheduled {}
impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // The heap gives the largest first.
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

pub(crate) struct World {
    pub(crate) now: UnixNanos,
    pub(crate) faults: Faults,
    pub(crate) room: Option<Room>,
    /// What survives the relay.
    pub(crate) disk: Vec<Entry>,
    /// Entries that were written although the store said otherwise.
    life: u32,
    pub(crate) peers: Vec<Peer>,
    ends: BTreeMap<ConnectionId, (usize, FrameReader)>,
    queue: BinaryHeap<Scheduled>,
    order: u64,
    next_link: u64,
    last_arrival: BTreeMap<(ConnectionId, bool), UnixNanos>,
    pub(crate) rng: SmallRng,
    tail_entries: usize,
}

const HISTORY: HistoryId = HistoryId(77);

impl World {
    pub(crate) fn new(seed: u64, roles: &[Role], faults: Faults) -> Self {
        let mut world = Self {
            now: UnixNanos::from_millis(1_800_000_000_000),
            faults,
            room: None,
            disk: Vec::new(),
            life: 0,
            peers: Vec::new(),
            ends: BTreeMap::new(),
            queue: BinaryHeap::new(),
            order: 0,
            next_link: 0,
            last_arrival: BTreeMap::new(),
            rng: SmallRng::seed_from_u64(seed),
            // Short, so that both ways to catch up are walked.
            tail_entries: 24,
        };
        world.start_room();
        for role in roles {
            world.add_peer(*role);
        }
        world
    }

    pub(crate) fn add_peer(&mut self, role: Role) -> usize {
        let peer = self.peers.len();
        let hour = 3_600_000_000_000;
        self.peers.push(Peer {
            client: Client::new(LinkPolicy::default()),
            key: ClientKey([u8::try_from(peer + 1).unwrap(); 32]),
            role,
            // Clocks are an hour fast, right, or an hour slow.
            clock_skew_nanos: [hour, 0, -hour][peer % 3],
            link: None,
            reader: FrameReader::new(MAX_FRAME_BYTES),
            answers: BTreeMap::new(),
            cut_off_until: UnixNanos(0),
            sample_number: 0,
        });
        self.schedule(Duration::ZERO, Happening::Connect { peer });
        peer
    }

    fn start_room(&mut self) {
        self.life += 1;
        let limits = RoomLimits {
            tail_entries: self.tail_entries,
            ..RoomLimits::default()
        };
        let name = RoomName::new("test").unwrap();
        let state = RoomState::new(HISTORY);
        self.room = Some(Room::new(name, limits, state, self.disk.clone(), self.now).unwrap());
        self.pump_room();
    }

    fn schedule(&mut self, after: Duration, what: Happening) {
        self.order += 1;
        let at = self.now.after(after);
        self.queue.push(Scheduled {
            at,
            order: self.order,
            what,
        });
    }

    fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.rng.random_bool(probability)
    }

    pub(crate) fn here(&self, peer: usize) -> UnixNanos {
        UnixNanos(self.now.0 + self.peers[peer].clock_skew_nanos)
    }

    /// The delay of a stream's next message: never before the one ahead of it, unless it overtakes.
    fn delay(&mut self, link: ConnectionId, to_room: bool) -> Duration {
        let jitter = Duration::from_millis(self.rng.random_range(5..105));
        if self.chance(self.faults.reorder) {
            return jitter;
        }
        let at = self.now.after(jitter);
        let last = self.last_arrival.entry((link, to_room)).or_insert(at);
        *last = (*last).max(at);
        let arrival = *last;
        arrival.since(self.now)
    }

    fn send<T: Serialize>(&mut self, peer: usize, link: ConnectionId, to_room: bool, message: &T) {
        let bytes = wire::frame(message).unwrap();
        let copies = if self.chance(self.faults.duplication) {
            2
        } else {
            1
        };
        if self.chance(self.faults.loss) || self.peers[peer].cut_off_until > self.now {
            self.break_link(peer, link);
            return;
        }
        for _ in 0..copies {
            let after = self.delay(link, to_room);
            let bytes = bytes.clone();
            let what = if to_room {
                Happening::ToRoom { link, bytes }
            } else {
                Happening::ToClient { peer, link, bytes }
            };
            self.schedule(after, what);
        }
    }

    /// Nothing passes any more; the two ends notice some time later.
    fn break_link(&mut self, peer: usize, link: ConnectionId) {
        self.schedule(Duration::from_millis(500), Happening::LinkDown { peer, link });
    }

    pub(crate) fn cut_off(&mut self, peer: usize, how_long: Duration) {
        self.peers[peer].cut_off_until = self.now.after(how_long);
        if let Some(link) = self.peers[peer].link {
            self.break_link(peer, link);
        }
    }

    pub(crate) fn crash(&mut self) {
        if self.room.take().is_none() {
            return;
        }
        let links: Vec<(ConnectionId, usize)> =
            self.ends.iter().map(|(link, (peer, _))| (*link, *peer)).collect();
        for (link, peer) in links {
            self.break_link(peer, link);
        }
        self.schedule(Duration::from_millis(700), Happening::Restart);
    }

    pub(crate) fn submit(&mut self, peer: usize, operation: Operation) -> Result<u64, Refusal> {
        let here = self.here(peer);
        let number = self.peers[peer].client.submit(here, operation)?;
        self.peers[peer].answers.entry(number.0).or_default();
        self.pump_client(peer);
        Ok(number.0)
    }

    pub(crate) fn undo(&mut self, peer: usize) -> Result<u64, Refusal> {
        let here = self.here(peer);
        let number = self.peers[peer].client.undo(here)?;
        self.peers[peer].answers.entry(number.0).or_default();
        self.pump_client(peer);
        Ok(number.0)
    }

    /// The plant that a peer has open; the telling of it is answered like any other operation.
    pub(crate) fn open_plant(&mut self, peer: usize, plant: PlantMark) {
        let here = self.here(peer);
        self.peers[peer].client.open_plant(here, plant);
        self.pump_client(peer);
    }

    pub(crate) fn show(&mut self, peer: usize, presence: &Presence) {
        let Some(link) = self.peers[peer].link else { return };
        let number = self.peers[peer].sample_number.wrapping_add(1);
        self.peers[peer].sample_number = number;
        let mut bytes = Vec::new();
        presence::encode(presence, number, &mut bytes);
        self.scatter(|bytes| Happening::Datagram { link, bytes }, bytes);
    }

    /// A datagram is lost, late, early or twice.
    fn scatter(&mut self, what: impl Fn(Vec<u8>) -> Happening, bytes: Vec<u8>) {
        let copies = 1 + u32::from(self.chance(self.faults.duplication));
        for _ in 0..copies {
            if !self.chance(self.faults.loss) {
                let after = Duration::from_millis(self.rng.random_range(5..105));
                self.schedule(after, what(bytes.clone()));
            }
        }
    }

    pub(crate) fn tick_presence(&mut self) {
        let Some(room) = &mut self.room else { return };
        let mut out = Vec::new();
        let now = self.now;
        room.tick(now, |link, datagram| out.push((link, datagram.to_vec())));
        for (link, bytes) in out {
            if let Some(peer) = self.ends.get(&link).map(|(peer, _)| *peer) {
                self.scatter(|bytes| Happening::Tick { peer, link, bytes }, bytes);
            }
        }
    }

    /// Lets the world run for a while.
    pub(crate) fn run(&mut self, how_long: Duration) {
        let end = self.now.after(how_long);
        while let Some(next) = self.queue.peek().filter(|next| next.at <= end) {
            self.now = self.now.max(next.at);
            let Some(next) = self.queue.pop() else { break };
            self.happen(next.what);
            if self.chance(self.faults.crash) {
                self.crash();
            }
        }
        self.now = end;
        for peer in 0..self.peers.len() {
            let here = self.here(peer);
            if let (Err(_), Some(link)) = (self.peers[peer].client.on_time(here), self.peers[peer].link) {
                self.link_down(peer, link);
            }
            self.pump_client(peer);
        }
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Connect { peer } => self.connect(peer),
            Happening::ToRoom { link, bytes } => self.at_room(link, &bytes),
            Happening::ToClient { peer, link, bytes } => self.at_client(peer, link, &bytes),
            Happening::Datagram { link, bytes } => {
                if let Some(room) = &mut self.room {
                    room.presence(self.now, link, &bytes).unwrap();
                }
            }
            Happening::Tick { peer, link, bytes } => {
                let here = self.here(peer);
                let peer = &mut self.peers[peer];
                if peer.link == Some(link) {
                    peer.client.on_datagram(here, &bytes);
                }
            }
            Happening::LinkDown { peer, link } => {
                self.room_end_down(link);
                self.link_down(peer, link);
            }
            Happening::Written { life, entries, fails } => self.written(life, entries, fails),
            Happening::StoreBack { life } => {
                if life == self.life
                    && let Some(room) = &mut self.room
                {
                    let have = room.state().seq;
                    let stored = self
                        .disk
                        .iter()
                        .filter(|entry| entry.seq > have)
                        .cloned()
                        .collect();
                    room.on_store_back(self.now, stored).unwrap();
                    self.pump_room();
                }
            }
            Happening::Restart => self.start_room(),
        }
    }

    fn connect(&mut self, peer: usize) {
        if self.peers[peer].link.is_some()
            || matches!(
                self.peers[peer].client.phase(),
                SessionPhase::Refused(_) | SessionPhase::Closed(_)
            )
        {
            return;
        }
        self.peers[peer].client.on_connecting();
        if self.room.is_none() || self.peers[peer].cut_off_until > self.now {
            self.lost(peer);
            return;
        }
        self.next_link += 1;
        let link = ConnectionId(self.next_link);
        self.ends.insert(link, (peer, FrameReader::new(MAX_FRAME_BYTES)));
        let here = self.here(peer);
        let end = &mut self.peers[peer];
        end.link = Some(link);
        end.reader = FrameReader::new(MAX_FRAME_BYTES);
        let resume = end.client.on_link_up(here);
        // The relay's shell checks token and proof; here the greeting is the resume alone.
        self.send(peer, link, true, &Greeting(resume));
    }

    fn lost(&mut self, peer: usize) {
        let here = self.here(peer);
        let random = self.rng.random();
        if let Some(wait) = self.peers[peer]
            .client
            .on_link_lost(here, "the link is gone", random)
        {
            self.schedule(wait, Happening::Connect { peer });
        }
        self.collect(peer);
    }

    fn link_down(&mut self, peer: usize, link: ConnectionId) {
        if self.peers[peer].link == Some(link) {
            self.peers[peer].link = None;
            self.lost(peer);
        }
    }

    fn room_end_down(&mut self, link: ConnectionId) {
        if self.ends.remove(&link).is_some()
            && let Some(room) = &mut self.room
        {
            room.disconnect(self.now, link, Leaving::LinkLost);
            self.pump_room();
        }
    }

    fn at_room(&mut self, link: ConnectionId, bytes: &[u8]) {
        let (Some(room), Some((peer, reader))) = (&mut self.room, self.ends.get_mut(&link)) else {
            return;
        };
        reader.push(bytes);
        let frame = reader.next_frame().unwrap().unwrap();
        let end = &self.peers[*peer];
        let peer = *peer;
        if let Ok(Greeting(resume)) = wire::decode::<Greeting>(frame) {
            let admission = Admission {
                key: end.key,
                name: Name::cut(&format!("Peer {peer}")),
                role: end.role,
                resume,
            };
            if let Err(refusal) = room.join(self.now, link, admission) {
                self.send(peer, link, false, &RelayMessage::JoinRefused(refusal));
                self.break_link(peer, link);
            }
        } else {
            match wire::decode::<ClientMessage>(frame).unwrap() {
                ClientMessage::Submit { number, operation } => room.submit(self.now, link, number, operation),
                ClientMessage::Ping { echo } => {
                    let room_time = self.now;
                    self.send(peer, link, false, &RelayMessage::Pong { echo, room_time });
                }
                ClientMessage::Hello(_) | ClientMessage::Goodbye => {}
            }
        }
        self.pump_room();
    }

    fn at_client(&mut self, peer: usize, link: ConnectionId, bytes: &[u8]) {
        if self.peers[peer].link != Some(link) {
            return;
        }
        let here = self.here(peer);
        let end = &mut self.peers[peer];
        end.reader.push(bytes);
        let message: RelayMessage = end.reader.next_message().unwrap().unwrap();
        let fault = end.client.on_message(here, message).err();
        self.collect(peer);
        if fault.is_some() {
            // Repeated and overtaking messages end here: the client hangs up and comes back.
            self.room_end_down(link);
            self.link_down(peer, link);
        }
        self.pump_client(peer);
    }

    fn written(&mut self, life: u32, entries: Vec<Entry>, fails: bool) {
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            return;
        };
        // A killed relay's batch may have reached the disk all the same, and so may one that was reported as lost.
        let reaches = if life != self.life || fails {
            self.chance(0.5)
        } else {
            true
        };
        let follows = self.disk.last().map_or(0, |entry| entry.seq.0) + 1 == entries[0].seq.0;
        let is_alive = life == self.life && self.room.is_some();
        if reaches && follows && (is_alive || self.room.is_none()) {
            self.disk.extend(entries);
        } else if !fails {
            return;
        }
        if let Some(room) = self.room.as_mut().filter(|_| life == self.life) {
            if fails {
                room.on_write_failed("the disk is full");
                self.schedule(Duration::from_millis(900), Happening::StoreBack { life });
            } else if room.read_only().is_none() {
                room.on_durable(last);
            }
            self.pump_room();
        }
    }

    fn pump_room(&mut self) {
        loop {
            let Some(room) = &mut self.room else { return };
            if room.has_unwritten() {
                let entries = room.take_unwritten();
                let fails = self.chance(self.faults.disk_full);
                let life = self.life;
                self.schedule(
                    Duration::from_millis(3),
                    Happening::Written { life, entries, fails },
                );
                continue;
            }
            let Some(output) = room.poll_output() else { return };
            self.output(output);
        }
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Send { to, message } => self.send_over(to, &message),
            Output::Snapshot { to, bytes } => {
                let total = bytes.len() as u64;
                self.send_over(to, &RelayMessage::SnapshotBegins { bytes: total });
                for part in bytes.chunks(SNAPSHOT_PART_BYTES) {
                    self.send_over(to, &RelayMessage::SnapshotPart(Blob::new(part).unwrap()));
                }
            }
            Output::Broadcast { to, message } => {
                for to in to.iter() {
                    self.send_over(*to, &message);
                }
            }
            Output::Refused {
                to, number, refusal, ..
            } => {
                self.send_over(to, &RelayMessage::Refused { number, refusal });
            }
            Output::Close { connection, why } => {
                self.send_over(connection, &RelayMessage::Closing(why));
                if let Some((peer, _)) = self.ends.get(&connection) {
                    let peer = *peer;
                    self.break_link(peer, connection);
                }
            }
        }
    }

    fn send_over(&mut self, link: ConnectionId, message: &RelayMessage) {
        if let Some((peer, _)) = self.ends.get(&link) {
            let peer = *peer;
            self.send(peer, link, false, message);
        }
    }

    fn pump_client(&mut self, peer: usize) {
        while let Some(message) = self.peers[peer].client.poll_message() {
            if let Some(link) = self.peers[peer].link {
                self.send(peer, link, true, &message);
            }
        }
        self.collect(peer);
    }

    fn collect(&mut self, peer: usize) {
        let peer = &mut self.peers[peer];
        while let Some(event) = peer.client.poll_event() {
            match event {
                SessionEvent::Done { number } => peer.answers.entry(number.0).or_default().push(Answer::Done),
                SessionEvent::Refused { number, refusal, .. } => {
                    peer.answers
                        .entry(number.0)
                        .or_default()
                        .push(Answer::Refused(refusal));
                }
                _ => {}
            }
        }
    }

    /// No more faults, and time for everyone to come back and to catch up.
    pub(crate) fn heal(&mut self) {
        self.faults = Faults::default();
        for peer in &mut self.peers {
            peer.cut_off_until = UnixNanos(0);
        }
        for _ in 0..120 {
            self.run(Duration::from_secs(1));
        }
    }

    /// Everything that must hold once the world is quiet.
    pub(crate) fn check(&mut self) {
        let room = self.room.as_ref().expect("the relay runs");
        let mut replayed = RoomState::new(HISTORY);
        for entry in &self.disk {
            replayed.apply(entry).expect("the log follows");
        }
        assert_eq!(&replayed, room.state(), "the room is what its log says");
        let mut in_log: Vec<OperationId> = Vec::new();
        for entry in &self.disk {
            if let gemba_session::Change::Did { id, .. } = &entry.change {
                let last = in_log.iter().rev().find(|other| other.by == id.by);
                assert!(
                    last.is_none_or(|last| last.number < id.number),
                    "{id:?} is out of order"
                );
                in_log.push(*id);
            }
        }
        for at in 0..self.peers.len() {
            let now = self.here(at);
            let peer = &mut self.peers[at];
            assert!(
                matches!(peer.client.phase(), SessionPhase::Joined { .. }),
                "{at}: {:?}",
                peer.client.phase()
            );
            assert_eq!(peer.client.in_flight(), 0, "{at} still waits");
            assert_eq!(peer.client.confirmed(), &replayed, "{at} differs from the room");
            assert_eq!(peer.client.view(now), &replayed, "{at} shows something else");
            let by = peer.client.you().unwrap();
            for (number, answers) in &peer.answers {
                assert_eq!(
                    answers.len(),
                    1,
                    "{at}: operation {number} was answered {answers:?}"
                );
                let id = OperationId {
                    by,
                    number: gemba_session::OperationNumber(*number),
                };
                // An operation that was said to be done is in the log. One that was refused for want of disk may be.
                if answers[0] == Answer::Done {
                    assert!(in_log.contains(&id), "{at}: {number} was lost");
                }
            }
        }
    }
}

/// What stands for the whole greeting here, told from every other message by its first number.
struct Greeting(Option<Resume>);

/// A number that no variant of a message has.
const GREETING_MARK: u64 = 0x0047_454d_4241;

impl Serialize for Greeting {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (GREETING_MARK, self.0).serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Greeting {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mark, resume) = <(u64, Option<Resume>)>::deserialize(deserializer)?;
        if mark != GREETING_MARK {
            return Err(serde::de::Error::custom("another message"));
        }
        Ok(Self(resume))
    }
}
