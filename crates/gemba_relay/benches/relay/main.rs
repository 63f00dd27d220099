//! What a relay bears: durable operations a second, joining a room of 10 000 notes, and people at 30 Hz in one room.
//!
//! `cargo bench -p gemba_relay --bench relay`, or `cargo xtask bench relay` for the table alone. Relay and bots share
//! this machine's cores; the relay's CPU is that of its process alone. How old poses are is seen by two people with a
//! thread of their own, as each has a machine of their own; all others share one, where each waits for those before.
//! The reference for the people is nats-server fanning out the same poses, in turn with the relay, where one is installed: over bare TCP, which the aims are about,
//! and over TLS, which is what the relay does. Lines of JSON are rows of the table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark fails by panicking, prints its figures and reads the clock"
)]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

mod nats;

use self::nats::Wire;
use gemba_model::PrimPath;
use gemba_relay::{
    ClientIdentity, Grant, JoinLink, JoinOptions, Relay, RelayConfig, RelayIdentity, Session, Transport,
    Ways,
    bots::{self, Load, LoadReport},
};
use gemba_session::{
    Operation, Refusal, Role, RoomName, SessionPhase,
    bounded::Text,
    operation::{Anchor, Markup, Name, NewAnnotation},
};

/// How long people are in before anything counts.
const SETTLES: Duration = Duration::from_secs(3);
const LASTS: Duration = Duration::from_secs(8);
/// How often relay and reference take turns; the table has the medians. Machines differ more from minute to minute than
/// the two do.
const TURNS: usize = 5;
/// People of a room by whom ages are measured.
const WITNESSES: u32 = 2;
const NOTES: usize = 10_000;

fn main() {
    durable_operations();
    join_a_full_room();
    let mut turns = Vec::new();
    for _ in 0..TURNS {
        // The reference carries no operations, so here nobody does any.
        let quic = people(50, 0.0, Ways::Any, "QUIC");
        let websocket = people(50, 0.0, Ways::Only(Transport::WebSocket), "WebSocket");
        if let (Some(bare), Some(tls)) = (reference(50, Wire::Bare), reference(50, Wire::Tls)) {
            turns.push(Turn {
                quic,
                websocket,
                bare,
                tls,
            });
        }
    }
    if turns.is_empty() {
        println!("nats-server is not installed: no reference");
    } else {
        rows_of_turns(&turns);
    }
    let full = people(200, 5.0, Ways::Any, "QUIC");
    row(Row {
        what: "relay's memory with 200 people × 30 Hz in one room",
        unit: "MB",
        value: full.megabytes,
        aim: Some(200.0),
        ..Row::default()
    });
}

/// What one run with people in a room showed.
#[derive(Clone, Copy, Default)]
struct Figures {
    core_percent: f64,
    megabytes: f64,
    kilobytes_per_s: f64,
    p50_millis: f64,
    p99_millis: f64,
}

/// The relay and its references, one after the other.
struct Turn {
    quic: Figures,
    websocket: Figures,
    bare: Figures,
    tls: Figures,
}

/// A row of the table of `cargo xtask bench`.
#[derive(Default)]
struct Row {
    what: &'static str,
    unit: &'static str,
    value: f64,
    /// What it is compared with, and its value.
    reference: Option<(&'static str, f64)>,
    aim: Option<f64>,
    is_more_better: bool,
}

fn row(row: Row) {
    let line = serde_json::json!({
        "what": row.what,
        "unit": row.unit,
        "value": row.value,
        "reference": row.reference.map(|(_, value)| value),
        "against": row.reference.map(|(name, _)| name),
        "aim": row.aim,
        "is_more_better": row.is_more_better,
    });
    println!("{line}");
}

/// What is compared, in what unit, ours and the reference's, and the aim where one was set.
type Comparison = (&'static str, &'static str, Of, (&'static str, Of), Option<f64>);
type Of = fn(&Turn) -> f64;

const BARE: &str = "nats-server";
const TLS: &str = "nats-server over TLS";

/// The aims are about bare TCP; beside it stands the reference that encrypts as the relay does.
const COMPARISONS: [Comparison; 9] = [
    (
        "50 people × 30 Hz in one room: relay's CPU",
        "% of a core",
        |turn| turn.quic.core_percent,
        (BARE, |turn| turn.bare.core_percent),
        Some(0.5),
    ),
    (
        "50 people × 30 Hz in one room: bytes to each",
        "kB/s",
        |turn| turn.quic.kilobytes_per_s,
        (BARE, |turn| turn.bare.kilobytes_per_s),
        Some(0.4),
    ),
    (
        "50 people × 30 Hz in one room: age of a pose, median",
        "ms",
        |turn| turn.quic.p50_millis,
        (BARE, |turn| turn.bare.p50_millis),
        None,
    ),
    (
        "50 people × 30 Hz in one room: age of a pose, median",
        "ms",
        |turn| turn.quic.p50_millis,
        (TLS, |turn| turn.tls.p50_millis),
        None,
    ),
    (
        "50 people × 30 Hz in one room: age of a pose, p99",
        "ms",
        |turn| turn.quic.p99_millis,
        (BARE, |turn| turn.bare.p99_millis),
        Some(1.0),
    ),
    (
        "50 people × 30 Hz in one room: age of a pose, p99",
        "ms",
        |turn| turn.quic.p99_millis,
        (TLS, |turn| turn.tls.p99_millis),
        None,
    ),
    (
        "50 people × 30 Hz over WebSocket: relay's CPU",
        "% of a core",
        |turn| turn.websocket.core_percent,
        (TLS, |turn| turn.tls.core_percent),
        None,
    ),
    (
        "50 people × 30 Hz over WebSocket: age of a pose, p99",
        "ms",
        |turn| turn.websocket.p99_millis,
        (BARE, |turn| turn.bare.p99_millis),
        None,
    ),
    (
        "50 people × 30 Hz over WebSocket: age of a pose, p99",
        "ms",
        |turn| turn.websocket.p99_millis,
        (TLS, |turn| turn.tls.p99_millis),
        None,
    ),
];

fn rows_of_turns(turns: &[Turn]) {
    let of = |figures: Of| median(turns.iter().map(figures).collect());
    for (what, unit, ours, (name, reference), aim) in COMPARISONS {
        row(Row {
            what,
            unit,
            value: of(ours),
            reference: Some((name, of(reference))),
            aim,
            is_more_better: false,
        });
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn reference(people: u32, wire: Wire) -> Option<Figures> {
    let folder = tempfile::tempdir().unwrap();
    let mut server = nats::start(wire, folder.path())?;
    let (before, begun) = (cpu(&server.process), Instant::now());
    let run = |people| {
        let run = nats::run(&server, people, 30.0, (SETTLES, LASTS));
        runtime().block_on(run)
    };
    let (others, mut seen) = thread::scope(|scope| {
        let others = scope.spawn(|| run(people - WITNESSES));
        let seen = run(WITNESSES);
        (others.join().unwrap(), seen)
    });
    let ran = begun.elapsed().as_secs_f64();
    let lasted = LASTS.as_secs_f64();
    let child = &mut server.process;
    seen.latencies.sort_unstable();
    let at = |percent: usize| seen.latencies[(seen.latencies.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let figures = Figures {
        core_percent: (cpu(child) - before).as_secs_f64() / ran * 100.0,
        megabytes: megabytes(child),
        kilobytes_per_s: (others.bytes + seen.bytes) as f64 / 1e3 / lasted / f64::from(people),
        p50_millis: at(50),
        p99_millis: at(99),
    };
    println!(
        "{people} people × 30 Hz over nats-server{}: {:.0} % of a core, {:.0} MB",
        if wire == Wire::Tls { " and TLS" } else { "" },
        figures.core_percent,
        figures.megabytes
    );
    println!(
        "presence    {} ({:.0}/s); ms: p50 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1}\n            {:.1} kB/s to each",
        seen.latencies.len(),
        seen.latencies.len() as f64 / lasted,
        at(50),
        at(95),
        at(99),
        at(100),
        figures.kilobytes_per_s
    );
    child.kill().unwrap();
    child.wait().unwrap();
    Some(figures)
}

/// A relay that limits nobody.
fn unlimited(folder: &tempfile::TempDir) -> Relay {
    let mut config = RelayConfig::new("127.0.0.1:0".parse().unwrap(), folder.path().to_owned());
    let limits = &mut config.limits;
    for allowance in [&mut limits.operations, &mut limits.bytes] {
        allowance.per_second = u32::MAX;
        allowance.burst = u32::MAX;
    }
    Relay::start(config).unwrap()
}

/// As many chat messages as eight people can have under way.
fn durable_operations() {
    let folder = tempfile::tempdir().unwrap();
    let relay = unlimited(&folder);
    let people = 8;
    let mut report = run(&Load {
        link: link(relay.identity(), people, relay.address()),
        people,
        first: 0,
        presence_hz: 1.0,
        operations_hz: 60_000.0,
        settles: Duration::ZERO,
        lasts: LASTS,
        ways: Ways::Any,
    });
    let rate = report.operations.count() as f64 / report.lasted.as_secs_f64();
    let [p50, p99] = [50, 99].map(|percent| report.operations.percentile(percent).as_secs_f64() * 1e3);
    println!(
        "durable operations, {people} people with 64 under way each: {rate:.0}/s, p50 {p50:.1} ms, p99 {p99:.1} ms"
    );
    println!(
        "a durable write of 4 kB here: {:.2} ms (median of 200)",
        fsync_millis(&folder)
    );
    row(Row {
        what: "durable operations, 8 people with 64 under way each",
        unit: "/s",
        value: rate,
        aim: Some(5_000.0),
        is_more_better: true,
        ..Row::default()
    });
}

/// Someone new comes into a room of many notes: from the first packet to the whole state.
fn join_a_full_room() {
    let folder = tempfile::tempdir().unwrap();
    let relay = unlimited(&folder);
    let join = || {
        let options = JoinOptions::new(Arc::new(ClientIdentity::generate().unwrap()));
        let session = Session::join(link(relay.identity(), 1, relay.address()), options).unwrap();
        while !matches!(session.phase(), SessionPhase::Joined { .. }) {
            thread::sleep(Duration::from_millis(1));
        }
        session
    };
    let author = join();
    let mut made = 0;
    while made < NOTES {
        match author.submit(note(made)) {
            Ok(_) => made += 1,
            Err(Refusal::TooManyInFlight { .. }) => thread::sleep(Duration::from_millis(1)),
            Err(refusal) => panic!("{refusal}"),
        }
        while author.poll_event().is_some() {}
    }
    while author.link_quality().in_flight > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    let mut took: Vec<f64> = (0..5)
        .map(|_| {
            let begun = Instant::now();
            let late = join();
            assert_eq!(late.view().annotations.len(), NOTES);
            begun.elapsed().as_secs_f64()
        })
        .collect();
    took.sort_by(f64::total_cmp);
    println!("a room of {NOTES} notes: joined within {took:.2?} s");
    row(Row {
        what: "join a room of 10 000 notes, to its full state",
        unit: "s",
        value: median(took),
        aim: Some(1.0),
        ..Row::default()
    });
}

fn note(number: usize) -> Operation {
    Operation::CreateAnnotation(Box::new(NewAnnotation {
        anchor: Anchor {
            prim: PrimPath::new("/Plant/Hall/Line_1/P_101").unwrap(),
            point_in_prim: [1.0, 2.0, 3.0],
            normal_in_prim: [0.0, 1.0, 0.0],
        },
        text: Text::cut(&format!(
            "note {number}: the flange leaks again, see the photo of last week"
        )),
        markup: Markup::Text,
    }))
}

/// What the disk under it takes for the smallest durable write.
fn fsync_millis(folder: &tempfile::TempDir) -> f64 {
    use std::io::Write;
    let mut file = fs::File::create(folder.path().join("probe")).unwrap();
    let mut took: Vec<Duration> = (0..200)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[7; 4_096]).unwrap();
            file.sync_data().unwrap();
            begun.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[took.len() / 2].as_secs_f64() * 1e3
}

/// A room full of people who move, in a relay as people run it.
fn people(people: u32, operations_hz: f64, ways: Ways, name: &str) -> Figures {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, address) = start(folder.path());
    let identity = RelayIdentity::load_or_create(folder.path()).unwrap();
    let load = |first, people_of_it, operations_hz| Load {
        link: link(&identity, people, address),
        people: people_of_it,
        first,
        presence_hz: 30.0,
        operations_hz,
        settles: SETTLES,
        lasts: LASTS,
        ways,
    };
    let (before, begun) = (cpu(&child), Instant::now());
    let (others, mut report) = thread::scope(|scope| {
        let others = scope.spawn(|| run(&load(WITNESSES, people - WITNESSES, operations_hz)));
        let report = run(&load(0, WITNESSES, 0.0));
        (others.join().unwrap(), report)
    });
    let lasted = report.lasted.as_secs_f64();
    let mut figures = Figures {
        core_percent: (cpu(&child) - before).as_secs_f64() / begun.elapsed().as_secs_f64() * 100.0,
        megabytes: megabytes(&child),
        kilobytes_per_s: (others.presence_bytes + report.presence_bytes) as f64
            / 1e3
            / lasted
            / f64::from(people),
        ..Figures::default()
    };
    [figures.p50_millis, figures.p99_millis] =
        [50, 99].map(|percent| report.presence.percentile(percent).as_secs_f64() * 1e3);
    println!(
        "{people} people × 30 Hz over {name}: relay {:.0} % of a core, {:.0} MB",
        figures.core_percent, figures.megabytes
    );
    let mut text = String::new();
    report.write(&mut text).unwrap();
    print!("{text}");
    let joined = others.joined + report.joined;
    assert_eq!(
        (joined, others.losses + report.losses),
        (people, 0),
        "not everyone stayed"
    );
    assert_eq!(
        (others.refused, others.unanswered),
        (0, 0),
        "operations were lost"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    figures
}

fn run(load: &Load) -> LoadReport {
    runtime().block_on(bots::run(load)).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn link(identity: &RelayIdentity, clients: u32, address: SocketAddr) -> JoinLink {
    let grant = Grant {
        room: RoomName::new("bench").unwrap(),
        role: Role::Editor,
        name: Name::default(),
        lasts: Duration::from_secs(3_600),
        clients,
    };
    let host = address.ip().to_string();
    identity.join_link(grant, &host, address.port()).unwrap().1
}

fn start(data: &std::path::Path) -> (Child, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gemba-relay"))
        .args(["relay", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("RUST_LOG", "error")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.strip_prefix("relay: listening on ").unwrap();
    (child, address.split(' ').next().unwrap().parse().unwrap())
}

/// CPU time of a process, from /proc (proc_pid_stat(5)), in ticks of 10 ms.
fn cpu(child: &Child) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<u64> = after_name
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    let ticks = fields.get(11).unwrap_or(&0) + fields.get(12).unwrap_or(&0);
    Duration::from_millis(ticks * 10)
}

/// The most memory that it had.
fn megabytes(child: &Child) -> f64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) as f64 / 1024.0
}
