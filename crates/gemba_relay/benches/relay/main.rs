//! What a relay bears: durable operations a second, and 50 people at 30 Hz in one room with the relay's CPU beside.
//!
//! `cargo bench -p gemba_relay --bench relay`. Relay and bots share this machine's cores; the relay's CPU is that of its
//! process alone. The reference for the people is nats-server fanning out the same poses in the same run, where one is
//! installed.
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
    time::{Duration, Instant},
};

mod nats;

use gemba_relay::{
    Grant, JoinLink, Relay, RelayConfig, RelayIdentity, Transport, Ways,
    bots::{self, Load, LoadReport},
};
use gemba_session::{Role, RoomName, operation::Name};

const LASTS: Duration = Duration::from_secs(8);

fn main() {
    durable_operations();
    for (ways, name) in [
        (Ways::Any, "QUIC"),
        (Ways::Only(Transport::WebSocket), "WebSocket"),
    ] {
        people(50, ways, name);
    }
    reference(50);
    people(200, Ways::Any, "QUIC");
}

fn reference(people: u32) {
    let Some((mut child, address)) = nats::start() else {
        println!("nats-server is not installed: no reference");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (before, begun) = (cpu(&child), Instant::now());
    let mut seen = runtime.block_on(nats::run(address, people, 30.0, LASTS));
    let lasted = begun.elapsed().as_secs_f64();
    let used = (cpu(&child) - before).as_secs_f64() / lasted;
    println!(
        "{people} people × 30 Hz over nats-server: {:.0} % of a core, {} MB",
        used * 100.0,
        megabytes(&child)
    );
    seen.latencies.sort_unstable();
    let at = |percent: usize| seen.latencies[(seen.latencies.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!(
        "presence    {} ({:.0}/s); ms: p50 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1}\n            {:.1} kB/s to each",
        seen.latencies.len(),
        seen.latencies.len() as f64 / lasted,
        at(50),
        at(95),
        at(99),
        at(100),
        seen.bytes as f64 / 1e3 / lasted / f64::from(people)
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

/// As many chat messages as eight people can have under way, in a relay that limits none of them.
fn durable_operations() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = RelayConfig::new("127.0.0.1:0".parse().unwrap(), folder.path().to_owned());
    let limits = &mut config.limits;
    for allowance in [&mut limits.operations, &mut limits.bytes] {
        allowance.per_second = u32::MAX;
        allowance.burst = u32::MAX;
    }
    let relay = Relay::start(config).unwrap();
    let people = 8;
    let mut report = run(&Load {
        link: link(relay.identity(), people, relay.address()),
        people,
        presence_hz: 1.0,
        operations_hz: 60_000.0,
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
fn people(people: u32, ways: Ways, name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, address) = start(folder.path());
    let identity = RelayIdentity::load_or_create(folder.path()).unwrap();
    let load = Load {
        link: link(&identity, people, address),
        people,
        presence_hz: 30.0,
        operations_hz: 5.0,
        lasts: LASTS,
        ways,
    };
    let (before, begun) = (cpu(&child), Instant::now());
    let report = run(&load);
    let used = (cpu(&child) - before).as_secs_f64() / begun.elapsed().as_secs_f64();
    println!(
        "{people} people × 30 Hz over {name}: relay {:.0} % of a core, {} MB",
        used * 100.0,
        megabytes(&child)
    );
    let mut text = String::new();
    report.clone().write(&mut text).unwrap();
    print!("{text}");
    child.kill().unwrap();
    child.wait().unwrap();
}

fn run(load: &Load) -> LoadReport {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(bots::run(load)).unwrap()
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

fn megabytes(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) >> 10
}
