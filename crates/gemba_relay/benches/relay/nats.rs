//! The reference: nats-server fanning out the same poses to everyone, over plain TCP on loopback.
//!
//! Speaks the text protocol of NATS itself (docs.nats.io, "Client Protocol"), as little as it takes: no client library's
//! cost is measured, and none of its batching helps. Once over bare TCP, as it is fastest, and once over TLS 1.3, as the
//! relay always is: what encryption costs is in both ends' times.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use gemba_session::{
    PrimHash,
    presence::{self, Hand, Pose, Presence},
};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
    time,
};
use tokio_rustls::TlsConnector;

/// What the subscribers saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) bytes: u64,
}

/// How a server and its clients talk.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Wire {
    Bare,
    Tls,
}

/// A server of its own on a free port.
pub(crate) struct Server {
    pub(crate) process: Child,
    address: SocketAddr,
    /// How to reach it; `None` is over bare TCP.
    tls: Option<TlsConnector>,
}

/// Starts a server; `None` when none is installed. Its certificate lies in `folder`.
pub(crate) fn start(wire: Wire, folder: &Path) -> Option<Server> {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut arguments = vec![
        "--addr".to_owned(),
        "127.0.0.1".into(),
        "--port".into(),
        port.to_string(),
    ];
    let tls = (wire == Wire::Tls).then(|| {
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        let connector = certify(&certificate, &key);
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        arguments.extend(["--tls".into(), "--tlscert".into(), path(&certificate)]);
        arguments.extend(["--tlskey".into(), path(&key)]);
        connector
    });
    // Debian puts it where only root looks by default.
    let process = ["nats-server", "/usr/sbin/nats-server"]
        .iter()
        .find_map(|program| {
            let mut command = Command::new(program);
            command
                .args(&arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.spawn().ok()
        })?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let deadline = Instant::now() + Duration::from_secs(10);
    while std::net::TcpStream::connect(address).is_err() {
        assert!(Instant::now() < deadline, "nats-server does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(Server {
        process,
        address,
        tls,
    })
}

/// Makes an authority and a server's certificate, and a client that trusts it.
fn certify(certificate: &Path, key: &Path) -> TlsConnector {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new([]).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let server_key = rcgen::KeyPair::generate().unwrap();
    let server = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let signed = server.signed_by(&server_key, &issuer).unwrap();
    fs::write(certificate, signed.pem()).unwrap();
    fs::write(key, server_key.serialize_pem()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config).into()
}

/// So many people publish and subscribe, and are counted for so long after some time for all to find their pace.
pub(crate) async fn run(
    server: &Server,
    people: u32,
    hz: f64,
    (settles, lasts): (Duration, Duration),
) -> Seen {
    let stage = Arc::new(AtomicU8::new(SETTLING));
    let mut tasks = Vec::new();
    for number in 0..people {
        let stream = connect(server).await;
        tasks.push(tokio::spawn(person(stream, number, hz, Arc::clone(&stage))));
    }
    for (after, next) in [(settles, COUNTING), (lasts, OVER)] {
        time::sleep(after).await;
        stage.store(next, Ordering::Release);
    }
    let mut seen = Seen::default();
    for task in tasks {
        let one = task.await.unwrap();
        seen.latencies.extend(one.latencies);
        seen.bytes += one.bytes;
    }
    seen
}

const SETTLING: u8 = 0;
const COUNTING: u8 = 1;
const OVER: u8 = 2;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

async fn connect(server: &Server) -> Box<dyn Stream> {
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    tcp.set_nodelay(true).unwrap();
    // What the server says of itself comes before anything is encrypted.
    read_until(&mut tcp, b"\r\n").await;
    let mut stream: Box<dyn Stream> = match &server.tls {
        Some(connector) => {
            let name = ServerName::try_from("localhost").unwrap();
            Box::new(connector.connect(name, tcp).await.unwrap())
        }
        None => Box::new(tcp),
    };
    // Nobody gets their own pose back, as in a room.
    let greeting =
        b"CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false}\r\nSUB poses 1\r\nPING\r\n";
    stream.write_all(greeting).await.unwrap();
    read_until(&mut stream, b"PONG\r\n").await;
    stream
}

async fn read_until(stream: &mut (impl AsyncRead + Unpin), end: &[u8]) {
    let (mut line, mut part) = (Vec::new(), [0; 1]);
    while !line.ends_with(end) {
        stream.read_exact(&mut part).await.unwrap();
        line.push(part[0]);
    }
}

async fn person(stream: Box<dyn Stream>, number: u32, hz: f64, stage: Arc<AtomicU8>) -> Seen {
    let (read, mut write) = tokio::io::split(stream);
    let publishing = async {
        let mut times = time::interval(Duration::from_secs_f64(1.0 / hz));
        let mut count = 0_u16;
        while stage.load(Ordering::Acquire) != OVER {
            times.tick().await;
            count = count.wrapping_add(1);
            let mut sample = Vec::new();
            presence::encode(&pose(number), count, &mut sample);
            let mut message = format!("PUB poses {}\r\n", sample.len()).into_bytes();
            message.extend(sample);
            message.extend(b"\r\n");
            write.write_all(&message).await.unwrap();
            write.flush().await.unwrap();
        }
    };
    let mut seen = Seen::default();
    tokio::select! {
        () = publishing => {}
        () = subscribe(BufReader::with_capacity(64 << 10, read), &stage, &mut seen) => {}
    }
    seen
}

async fn subscribe(mut read: impl AsyncBufReadExt + Unpin, stage: &AtomicU8, seen: &mut Seen) {
    let (mut line, mut payload) = (String::new(), Vec::new());
    loop {
        line.clear();
        if read.read_line(&mut line).await.unwrap() == 0 {
            return;
        }
        let Some(rest) = line.strip_prefix("MSG poses 1 ") else {
            continue;
        };
        payload.resize(rest.trim().parse::<usize>().unwrap() + 2, 0);
        read.read_exact(&mut payload).await.unwrap();
        if stage.load(Ordering::Acquire) != COUNTING {
            continue;
        }
        seen.bytes += (line.len() + payload.len()) as u64;
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
