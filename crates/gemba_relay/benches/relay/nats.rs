//! The reference: nats-server fanning out the same poses to everyone, over plain TCP on loopback.
//!
//! Speaks the text protocol of NATS itself (docs.nats.io, "Client Protocol"), as little as it takes: no client library's
//! cost is measured, and none of its batching helps. TLS is left out, which is in the reference's favour.

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use gemba_session::{
    PrimHash,
    presence::{self, Hand, Pose, Presence},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time,
};

/// What the subscribers saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) bytes: u64,
}

/// A server of its own on a free port; `None` when none is installed.
pub(crate) fn start() -> Option<(Child, SocketAddr)> {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    // Debian puts it where only root looks by default.
    let started = ["nats-server", "/usr/sbin/nats-server"]
        .iter()
        .find_map(|program| {
            let mut command = Command::new(program);
            command
                .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.spawn().ok()
        });
    let child = started?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let deadline = Instant::now() + Duration::from_secs(10);
    while std::net::TcpStream::connect(address).is_err() {
        assert!(Instant::now() < deadline, "nats-server does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some((child, address))
}

/// So many people publish and subscribe for so long.
pub(crate) async fn run(address: SocketAddr, people: u32, hz: f64, lasts: Duration) -> Seen {
    let is_over = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for number in 0..people {
        let (stream, is_over) = (connect(address).await, Arc::clone(&is_over));
        tasks.push(tokio::spawn(person(stream, number, hz, is_over)));
    }
    time::sleep(lasts).await;
    is_over.store(true, Ordering::Release);
    let mut seen = Seen::default();
    for task in tasks {
        let one = task.await.unwrap();
        seen.latencies.extend(one.latencies);
        seen.bytes += one.bytes;
    }
    seen
}

async fn connect(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    // Nobody gets their own pose back, as in a room.
    let greeting =
        b"CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false}\r\nSUB poses 1\r\nPING\r\n";
    stream.write_all(greeting).await.unwrap();
    let (mut line, mut part) = (Vec::new(), [0; 1]);
    while !line.ends_with(b"PONG\r\n") {
        stream.read_exact(&mut part).await.unwrap();
        line.push(part[0]);
    }
    stream
}

async fn person(stream: TcpStream, number: u32, hz: f64, is_over: Arc<AtomicBool>) -> Seen {
    let (read, mut write) = stream.into_split();
    let publishing = async {
        let mut times = time::interval(Duration::from_secs_f64(1.0 / hz));
        let mut count = 0_u16;
        while !is_over.load(Ordering::Acquire) {
            times.tick().await;
            count = count.wrapping_add(1);
            let mut sample = Vec::new();
            presence::encode(&pose(number), count, &mut sample);
            let mut message = format!("PUB poses {}\r\n", sample.len()).into_bytes();
            message.extend(sample);
            message.extend(b"\r\n");
            write.write_all(&message).await.unwrap();
        }
    };
    let mut seen = Seen::default();
    tokio::select! {
        () = publishing => {}
        () = subscribe(BufReader::with_capacity(64 << 10, read), &mut seen) => {}
    }
    seen
}

async fn subscribe(mut read: impl AsyncBufReadExt + Unpin, seen: &mut Seen) {
    let (mut line, mut payload) = (String::new(), Vec::new());
    loop {
        line.clear();
        if read.read_line(&mut line).await.unwrap() == 0 {
            return;
        }
        seen.bytes += line.len() as u64;
        let Some(rest) = line.strip_prefix("MSG poses 1 ") else {
            continue;
        };
        payload.resize(rest.trim().parse::<usize>().unwrap() + 2, 0);
        read.read_exact(&mut payload).await.unwrap();
        seen.bytes += payload.len() as u64;
        let sample = presence::decode(&payload[..payload.len() - 2]).unwrap();
        let sent = sample.presence.target.unwrap().0;
        seen.latencies
            .push(Duration::from_nanos(now_nanos().saturating_sub(sent)));
    }
}

/// As large as a bot's: head, two hands, and the instant in place of a target.
fn pose(number: u32) -> Presence {
    let head = Pose {
        position_m: [f64::from(number), 1.7, 0.0],
        ..Pose::default()
    };
    let hand = Some(Hand {
        pose: head,
        grip_ratio: 0.0,
    });
    Presence {
        head,
        hands: [hand, hand],
        target: Some(PrimHash(now_nanos())),
        ..Presence::default()
    }
}

fn now_nanos() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_nanos()).unwrap()
}
