//! Messages a second into the tag table against bare rumqttc drained, same peer, same run.
//!
//! Two peers: mosquitto (else the embedded broker) with a publisher that never rests, where the broker may be the limit;
//! and prepared packets replayed over TCP, where the receiver is. Prints a JSON line for each, as `cargo xtask bench`
//! reads them: `cargo bench -p gemba_sources --bench ingest`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark fails by panicking, prints its figures and reads the clock"
)]

#[path = "../tests/peers/replay.rs"]
mod replay;

use std::{
    env, fs,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use gemba_model::TagId;
use gemba_sources::{ConnectionConfig, EmbeddedBroker, Source};
use gemba_telemetry::{TagTable, TopicRouter};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};

const TOPICS: usize = 100;
const WARM_UP: Duration = Duration::from_millis(300);
const WINDOW: Duration = Duration::from_millis(1_500);
const ROUNDS: usize = 5;
const MAX_PACKET_BYTES: usize = 16 << 20;

fn main() {
    report("messages into the tag table, packets replayed over TCP", || {
        replay::start(endless()).0
    });
    let broker = Broker::start();
    let publisher = Publisher::start(broker.port());
    report(&format!("messages into the tag table, {}", broker.name()), || {
        broker.port()
    });
    drop(publisher);
}

/// What a pump might send: about 100 bytes, read for two points.
fn messages() -> Vec<(String, String)> {
    let payload = |n: usize| {
        format!(
            r#"{{"speed_rpm":{}.25,"bearing_c":61.5,"running":true,"ts":{},"state":"normal"}}"#,
            1_400 + n,
            1_795_314_717_000 + n
        )
    };
    (0..TOPICS).map(|n| (topic(n), payload(n))).collect()
}

fn topic(n: usize) -> String {
    format!("acme/works1/utilities/P-{n:03}/telemetry")
}

fn endless() -> replay::Flood {
    replay::Flood {
        messages: messages(),
        count: usize::MAX,
        per_sec: None,
        refused: None,
    }
}

/// Both receivers in turn, so that both see the same machine; the middle of the rounds.
fn report(what: &str, mut port: impl FnMut() -> u16) {
    let (mut bare, mut table) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(measure_bare(port()));
        table.push(measure_table(port()));
    }
    let line = serde_json::json!({
        "what": what,
        "unit": "messages/s",
        "value": middle(&mut table).round(),
        "reference": middle(&mut bare).round(),
        "against": "bare rumqttc, drained",
        "aim": 0.5,
        "is_more_better": true,
    });
    println!("{line}");
}

fn middle(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn measure_table(port: u16) -> f64 {
    let topics: Vec<String> = (0..TOPICS).map(topic).collect();
    let pointers = ["/speed_rpm", "/bearing_c"];
    let bindings = topics
        .iter()
        .flat_map(|topic| pointers.map(|pointer| (topic.as_str(), Some(pointer))));
    let (router, issues) = TopicRouter::new(
        bindings
            .zip(0..)
            .map(|((topic, pointer), tag)| (topic, pointer, TagId(tag))),
    );
    assert!(issues.is_empty());
    let table = Arc::new(TagTable::new(2 * TOPICS));
    let source = Source::start(
        "bench",
        ConnectionConfig::plain("127.0.0.1", port),
        router,
        Arc::clone(&table),
    )
    .unwrap();
    let mut changed = Vec::new();
    let rate = rate(|| {
        // The app drains while it runs.
        changed.clear();
        table.drain_dirty(&mut changed);
        source.status().counters.messages
    });
    let counters = source.status().counters;
    assert_eq!(
        counters.values,
        2 * counters.messages,
        "every message gives two values"
    );
    rate
}

fn measure_bare(port: u16) -> f64 {
    let (count, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let (counter, over) = (Arc::clone(&count), Arc::clone(&is_over));
    let drain = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut options = MqttOptions::new("bare", "127.0.0.1", port);
            options.set_max_packet_size(MAX_PACKET_BYTES, MAX_PACKET_BYTES);
            let (client, mut events) = AsyncClient::new(options, 4);
            while !over.load(Ordering::Relaxed) {
                match events.poll().await.unwrap() {
                    Event::Incoming(Packet::Publish(_)) => {
                        counter.fetch_add(1, Ordering::Relaxed);
                    }
                    Event::Incoming(Packet::ConnAck(_)) => {
                        let filters =
                            (0..TOPICS).map(|n| rumqttc::SubscribeFilter::new(topic(n), QoS::AtMostOnce));
                        client.try_subscribe_many(filters).unwrap();
                    }
                    _ => {}
                }
            }
        });
    };
    let thread = thread::Builder::new().spawn(drain).unwrap();
    let rate = rate(|| count.load(Ordering::Relaxed));
    is_over.store(true, Ordering::Relaxed);
    thread.join().unwrap();
    rate
}

/// Messages a second over the window, after the first have come and a warm-up.
fn rate(mut count: impl FnMut() -> u64) -> f64 {
    let started = Instant::now();
    while count() == 0 {
        assert!(started.elapsed() < Duration::from_secs(20), "no message came");
        thread::sleep(Duration::from_millis(1));
    }
    let mut until = |span: Duration| {
        let started = Instant::now();
        while started.elapsed() < span {
            count();
            thread::sleep(Duration::from_millis(16));
        }
        (Instant::now(), count())
    };
    let (from, first) = until(WARM_UP);
    let (to, last) = until(WINDOW);
    (last - first) as f64 / (to - from).as_secs_f64()
}

/// mosquitto where there is one.
enum Broker {
    Mosquitto(
        Child,
        u16,
        #[expect(dead_code, reason = "keeps the folder")] tempfile::TempDir,
    ),
    Embedded(EmbeddedBroker),
}

impl Broker {
    fn start() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
        let Some(program) = folders
            .map(|folder| folder.join("mosquitto"))
            .find(|path| path.is_file())
        else {
            return Self::Embedded(EmbeddedBroker::start().unwrap());
        };
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("mosquitto.conf");
        fs::write(
            &config,
            format!("persistence false\nlistener {port} 127.0.0.1\nallow_anonymous true\nuser root\n"),
        )
        .unwrap();
        let mut command = Command::new(program);
        let child = command
            .arg("-c")
            .arg(config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "mosquitto does not listen"
            );
            thread::sleep(Duration::from_millis(5));
        }
        Self::Mosquitto(child, port, folder)
    }

    fn port(&self) -> u16 {
        match self {
            Self::Mosquitto(_, port, _) => *port,
            Self::Embedded(broker) => broker.port(),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Mosquitto(..) => "mosquitto",
            Self::Embedded(_) => "embedded broker",
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Self::Mosquitto(child, ..) = self {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Publishes without rest until dropped.
struct Publisher {
    is_over: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Publisher {
    fn start(port: u16) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let publish = move || {
            let (client, mut connection) =
                rumqttc::Client::new(MqttOptions::new("publisher", "127.0.0.1", port), 1_000);
            let pump = thread::Builder::new()
                .spawn(move || connection.iter().take_while(Result::is_ok).count())
                .unwrap();
            for (topic, payload) in messages().iter().cycle() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                client
                    .publish(topic, QoS::AtMostOnce, false, payload.as_bytes())
                    .unwrap();
            }
            client.disconnect().unwrap();
            pump.join().unwrap();
        };
        let thread = Some(thread::Builder::new().spawn(publish).unwrap());
        Self { is_over, thread }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
