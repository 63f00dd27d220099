//! Seeded random bytes at every way in: greetings and operations as a relay takes them, answers, entries and snapshots
//! as a client does, samples, ticks, and streams of frames. No panic, and no more memory than the limits say: a million
//! frames go through a process of their own, which tells its peak. `GEMBA_FUZZ_FRAMES` asks for another number.

use gemba_model::UnixNanos;
use gemba_session::{
    AnnotationId, Change, Client, ClientKey, Closing, ConnectionId, Entry, HistoryId, JoinRefusal,
    OperationId, OperationKind, OperationNumber, ParticipantId, Refusal, Role, Room, RoomName, RoomState,
    Seq, ViewpointId,
    bounded::{Blob, Text},
    client::LinkPolicy,
    operation::{Leaving, Name},
    presence::{self, MAX_DATAGRAM_BYTES, Presence, PresenceView},
    room::{Admission, RoomLimits},
    wire::{
        self, ClientMessage, FrameReader, Hello, MAX_FRAME_BYTES, MAX_HELLO_BYTES, Notice, RelayMessage,
        Resume, Welcome, WireError,
    },
};
use rand::{Rng, RngCore, SeedableRng, rngs::SmallRng, seq::IndexedRandom};

use crate::samples;

fn frames() -> u32 {
    let asked = std::env::var("GEMBA_FUZZ_FRAMES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

/// Good frames to damage: damage gets deeper than noise does. All that either end says, and what lies on disk.
fn seeds() -> Vec<Vec<u8>> {
    let mut rng = SmallRng::seed_from_u64(9);
    let id = OperationId {
        by: ParticipantId(1),
        number: OperationNumber(1),
    };
    let mut seeds = Vec::new();
    let mut state = RoomState::new(HistoryId(1));
    let joined = Change::Joined {
        who: ParticipantId(1),
        key: ClientKey([1; 32]),
        name: Name::cut("Ana"),
        role: Role::Host,
    };
    for kind in OperationKind::ALL {
        let operation = samples::of_kind(kind, AnnotationId(id), ViewpointId(id), id.by, 3);
        let (room_time, seq) = (UnixNanos(5), Seq(2));
        let change = Change::Did { id, operation };
        seeds.push(
            wire::encode(&RelayMessage::Entry(Entry {
                seq,
                room_time,
                change,
            }))
            .unwrap(),
        );
    }
    for number in 1..=60 {
        let operation = samples::any(&mut rng, &state);
        let number = OperationNumber(number);
        seeds.push(wire::encode(&ClientMessage::Submit { number, operation }).unwrap());
    }
    state
        .apply(&Entry {
            seq: Seq(1),
            room_time: UnixNanos(5),
            change: joined,
        })
        .unwrap();
    seeds.extend(greetings());
    seeds.extend(answers(&state));
    seeds.push(wire::encode(&state).unwrap());
    let mut sample = Vec::new();
    presence::encode(&Presence::default(), 3, &mut sample);
    let mut tick = vec![presence::KIND_TICK, 1, 0, 0, 0, 2, 0];
    tick.extend(&sample[3..]);
    seeds.extend([sample, tick]);
    seeds
}

fn greetings() -> Vec<Vec<u8>> {
    let hello = Hello {
        protocol: wire::PROTOCOL_VERSION,
        room: RoomName::new("plant").unwrap(),
        token: Text::cut(&"t".repeat(600)),
        key: ClientKey([3; 32]),
        proof: Blob::new(vec![4; 64]).unwrap(),
        name: Some(Name::cut("Ana")),
        resume: Some(Resume {
            history: HistoryId(1),
            seq: Seq(1),
        }),
    };
    let messages = [
        ClientMessage::Hello(Box::new(hello)),
        ClientMessage::Ping { echo: 7 },
        ClientMessage::Goodbye,
    ];
    messages.map(|message| wire::encode(&message).unwrap()).to_vec()
}

fn answers(state: &RoomState) -> Vec<Vec<u8>> {
    let why = Text::cut("the disk is full");
    let messages = [
        RelayMessage::Welcome(Welcome {
            you: ParticipantId(1),
            has_snapshot: true,
            seq: Seq(1),
            room_time: UnixNanos(5),
        }),
        RelayMessage::JoinRefused(JoinRefusal::ReadOnly { why: why.clone() }),
        RelayMessage::SnapshotBegins { bytes: 90 },
        RelayMessage::SnapshotPart(Blob::new(wire::encode(state).unwrap()).unwrap()),
        RelayMessage::Refused {
            number: OperationNumber(1),
            refusal: Refusal::TooFast { wait_millis: 9 },
        },
        RelayMessage::Pong {
            echo: 1,
            room_time: UnixNanos(5),
        },
        RelayMessage::Notice(Notice::ReadOnly { why }),
        RelayMessage::Closing(Closing::Draining),
    ];
    messages.map(|message| wire::encode(&message).unwrap()).to_vec()
}

fn damaged(rng: &mut SmallRng, seeds: &[Vec<u8>]) -> Vec<u8> {
    if rng.random_bool(0.2) {
        let mut noise = vec![0; rng.random_range(0..200)];
        rng.fill_bytes(&mut noise);
        return noise;
    }
    let mut bytes = seeds.choose(rng).unwrap().clone();
    for _ in 0..rng.random_range(1..5) {
        let at = rng.random_range(0..bytes.len().max(1));
        match rng.random_range(0..4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), rng.random()),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = rng.random();
                }
            }
        }
    }
    bytes
}

/// What the damaged frames meet: a relay's end and a client's, as far as they need no network.
struct Ends {
    room: Room,
    /// Numbers its connections.
    connection: u64,
    client: Client,
    view: PresenceView,
    good: u32,
    bad: u32,
}

impl Ends {
    fn new() -> Self {
        let name = RoomName::new("fuzz").unwrap();
        let state = RoomState::new(HistoryId(1));
        let mut ends = Self {
            room: Room::new(name, RoomLimits::default(), state, [], UnixNanos(0)).unwrap(),
            connection: 0,
            client: Client::new(LinkPolicy::default()),
            view: PresenceView::default(),
            good: 0,
            bad: 0,
        };
        ends.client.on_link_up(UnixNanos(0));
        ends.join();
        ends
    }

    /// A host comes, whom the room knows or not.
    fn join(&mut self) {
        self.connection += 1;
        let admission = Admission {
            key: ClientKey([u8::try_from(self.connection % 7).unwrap(); 32]),
            name: Name::cut("Ana"),
            role: Role::Host,
            resume: None,
        };
        let joined = self
            .room
            .join(UnixNanos(1), ConnectionId(self.connection), admission);
        assert!(joined.is_ok() || self.room.connections() == 0, "{joined:?}");
    }

    fn count(&mut self, is_good: bool) -> bool {
        self.good += u32::from(is_good);
        self.bad += u32::from(!is_good);
        is_good
    }

    /// As the relay's end takes it: a greeting, operations, a datagram.
    fn at_relay(&mut self, bytes: &[u8], now: UnixNanos) {
        let connection = ConnectionId(self.connection);
        let message = wire::decode::<ClientMessage>(bytes);
        self.count(message.is_ok());
        if let Ok(message) = message {
            // What was accepted is within its limits: it fits a frame again.
            assert!(wire::frame(&message).unwrap().len() <= MAX_FRAME_BYTES + 4);
            match message {
                ClientMessage::Submit { number, operation } => {
                    self.room.submit(now, connection, number, operation);
                }
                ClientMessage::Hello(_) | ClientMessage::Goodbye => {
                    self.room.disconnect(now, connection, Leaving::LinkLost);
                    self.join();
                }
                ClientMessage::Ping { .. } => {}
            }
        }
        let sample = self.room.presence(now, connection, bytes);
        self.count(sample.is_ok());
        self.room
            .tick(now, |_, datagram| assert!(datagram.len() <= MAX_DATAGRAM_BYTES));
        if let Some(last) = self.room.take_unwritten().last() {
            self.room.on_durable(last.seq);
        }
        while self.room.poll_output().is_some() {}
        if self.room.connections() == 0 {
            self.join();
        }
    }

    /// As a client takes it: answers, a datagram.
    fn at_client(&mut self, bytes: &[u8], now: UnixNanos) {
        if let Ok(message) = wire::decode::<RelayMessage>(bytes) {
            // The state machine judges it; whatever it says, it does not panic.
            if self.client.on_message(now, message).is_err() {
                self.client.on_link_up(now);
            }
        }
        let seen = self.view.take(bytes, now);
        self.count(seen.is_ok());
        while self.client.poll_event().is_some() {}
        while self.client.poll_message().is_some() {}
    }

    /// As it comes from a disk.
    fn at_disk(&mut self, bytes: &[u8]) {
        if let Ok(entry) = wire::decode::<Entry>(bytes) {
            let mut state = RoomState::default();
            if state.apply(&entry).is_err() {
                assert_eq!(state.seq, Seq(0), "what is refused changes nothing");
            }
        }
        let state = RoomState::from_stored(bytes);
        self.count(state.is_ok());
    }
}

/// The most memory that this process has had, as the kernel tells it (proc_pid_status(5)).
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

fn damaged_frames_alone() {
    let mut rng = SmallRng::seed_from_u64(20_261_122);
    let seeds = seeds();
    let mut ends = Ends::new();
    let before = peak_bytes();
    for at in 0..frames() {
        let (bytes, now) = (damaged(&mut rng, &seeds), UnixNanos(i64::from(at)));
        ends.at_relay(&bytes, now);
        ends.at_client(&bytes, now);
        ends.at_disk(&bytes);
    }
    let (good, bad) = (ends.good, ends.bad);
    assert!(
        good > frames() / 100 && bad > frames() / 2,
        "{good} good and {bad} bad"
    );
    let seq = ends.room.state().seq.0;
    assert!(
        seq > u64::from(frames() / 1_000),
        "{seq} entries: hardly anything got through"
    );
    let grown = peak_bytes() - before;
    println!(
        "{} frames: {good} times taken, {bad} times refused, {seq} entries in the room; {} kB more memory at the peak",
        frames(),
        grown >> 10
    );
    // What got through stays in the room, and is little; the frames themselves leave nothing.
    assert!(grown < 16 << 20, "{} MB more memory", grown >> 20);
}

/// Tells the test that it runs in the process of its own.
const ALONE: &str = "GEMBA_FUZZ_ALONE";

#[test]
fn a_million_damaged_frames_neither_panic_nor_fill_memory() {
    if std::env::var_os(ALONE).is_some() {
        return damaged_frames_alone();
    }
    let alone = std::process::Command::new(std::env::current_exe().unwrap())
        .env(ALONE, "1")
        .args([
            "fuzz::a_million_damaged_frames_neither_panic_nor_fill_memory",
            "--exact",
            "--nocapture",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&alone.stdout).into_owned();
    let errors = String::from_utf8_lossy(&alone.stderr);
    assert!(alone.status.success(), "{text}\n{errors}");
    let line = text.lines().find(|line| line.contains(" frames: "));
    println!("{}", line.expect("it says what it did"));
}

#[test]
fn damaged_streams_never_panic_and_hold_no_more_than_a_frame() {
    let mut rng = SmallRng::seed_from_u64(7);
    let seeds = seeds();
    for _ in 0..frames() / 100 {
        let limit = *[MAX_HELLO_BYTES, MAX_FRAME_BYTES].choose(&mut rng).unwrap();
        let mut reader = FrameReader::new(limit);
        for _ in 0..20 {
            let bytes = damaged(&mut rng, &seeds);
            let mut framed = u32::try_from(bytes.len()).unwrap().to_le_bytes().to_vec();
            framed.extend(&bytes);
            if rng.random_bool(0.1) {
                framed[rng.random_range(0..4)] = rng.random();
            }
            reader.push(&framed);
            let ended = loop {
                match reader.next_message::<ClientMessage>() {
                    Ok(Some(_)) => {}
                    Ok(None) => break false,
                    Err(
                        WireError::Malformed { .. }
                        | WireError::TrailingBytes { .. }
                        | WireError::TooLarge { .. },
                    ) => {
                        break true;
                    }
                }
            };
            assert!(reader.held_bytes() <= limit + 4 + framed.len());
            if ended {
                break;
            }
        }
    }
}
