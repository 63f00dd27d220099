//! Bytes that are no protocol: too large, cut short, random. The relay ends those connections and nothing else.
//!
//! Each bad frame costs a connection; `GEMBA_FUZZ_CONNECTIONS` asks for another number of them. The codec alone meets a
//! million frames in the tests of `gemba_session`.

use std::time::Duration;

use gemba_relay::RelayIdentity;
use gemba_session::{
    Closing, OperationNumber, Role,
    wire::{self, ClientMessage, MAX_FRAME_BYTES, MAX_HELLO_BYTES, RelayMessage},
};
use rand::{Rng, RngCore, SeedableRng, rngs::SmallRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use crate::{
    meet::wait_equal,
    raw::{Raw, new_key, runtime, tls_over_tcp},
    world::{Process, World, chat, get, grant, joined, link, loopback, metric_in, wait_for},
};

fn connections() -> u32 {
    let asked = std::env::var("GEMBA_FUZZ_CONNECTIONS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(400)
}

/// Frames that announce all kinds of lengths, and bodies that are damaged in all kinds of ways.
fn damaged(rng: &mut SmallRng, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    match rng.random_range(0..5) {
        0 => {
            bytes = vec![0; rng.random_range(1..2_000)];
            rng.fill_bytes(&mut bytes);
        }
        1 => bytes.truncate(rng.random_range(0..bytes.len())),
        2 => {
            let length: u32 = rng.random();
            bytes[..4].copy_from_slice(&length.to_le_bytes());
        }
        _ => {
            for _ in 0..rng.random_range(1..6) {
                let at = rng.random_range(4..bytes.len());
                bytes[at] = rng.random();
            }
        }
    }
    bytes
}

#[test]
fn random_bytes_harm_nobody_else_and_fill_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Process::start(folder.path(), loopback());
    let identity = RelayIdentity::load_or_create(folder.path()).unwrap();
    let invite = |role, clients| link(&identity, grant("plant", role, clients), relay.address);
    let (host, viewer) = (joined(&invite(Role::Host, 1)), joined(&invite(Role::Viewer, 1)));
    let fuzzers = invite(Role::Editor, connections());
    let before = relay.memory_bytes("VmRSS");
    let mut rng = SmallRng::seed_from_u64(20_261_126);
    runtime().block_on(async {
        for at in 0..connections() {
            let mut raw = Raw::connect(relay.address).await;
            // Half of them before they are let in, half after.
            let good = if at % 2 == 0 {
                wire::frame(&ClientMessage::Hello(Box::new(raw.hello(&fuzzers, &new_key())))).unwrap()
            } else {
                raw.join(&fuzzers).await;
                let number = OperationNumber(1);
                wire::frame(&ClientMessage::Submit {
                    number,
                    operation: chat("damaged"),
                })
                .unwrap()
            };
            for _ in 0..8 {
                let mut datagram = vec![0; rng.random_range(1..200)];
                rng.fill_bytes(&mut datagram);
                if raw.connection.send_datagram(datagram.into()).is_err() {
                    break;
                }
            }
            for _ in 0..20 {
                if raw.send.write_all(&damaged(&mut rng, &good)).await.is_err() {
                    break;
                }
            }
            if at % 8 == 0 {
                // Some hang up in the middle, most stay until they are thrown out.
                raw.connection.close(0_u32.into(), b"");
            } else if raw.send.finish().is_ok() {
                let thrown_out = timeout(Duration::from_secs(10), async {
                    while raw.hear().await.is_some() {}
                    raw.connection.closed().await
                });
                thrown_out.await.expect("the relay ends it");
            }
        }
    });
    let grown = relay.memory_bytes("VmRSS").saturating_sub(before);
    println!(
        "{} connections of damaged bytes: {} kB more memory",
        connections(),
        grown >> 10
    );
    assert!(grown < 64 << 20, "{} MB more memory", grown >> 20);
    // The others go on, and the relay has noticed.
    host.submit(chat("still here")).unwrap();
    wait_equal(&[&host, &viewer]);
    let metrics = get(relay.metrics, "/metrics");
    assert!(metric_in(&metrics, "protocol_faults_total") > 0, "{metrics}");
    assert!(metric_in(&metrics, "handshakes_failed_total") > 0, "{metrics}");
    assert!(metric_in(&metrics, "presence_dropped_total") > 0, "{metrics}");
    relay.stop();
}

#[test]
fn too_large_is_refused_by_the_length_alone() {
    let world = World::new();
    let link = world.link(Role::Editor);
    runtime().block_on(async {
        // Before the greeting little is accepted, after it more; the bytes themselves are never sent.
        for (is_in, most) in [(false, MAX_HELLO_BYTES), (true, MAX_FRAME_BYTES)] {
            let mut raw = Raw::connect(world.relay.address()).await;
            if is_in {
                raw.join(&link).await;
            }
            let length = u32::try_from(most + 1).unwrap();
            raw.send.write_all(&length.to_le_bytes()).await.unwrap();
            let ended = timeout(Duration::from_secs(5), async {
                let mut closing = None;
                while let Some(message) = raw.hear().await {
                    if let RelayMessage::Closing(why) = message {
                        closing = Some(why);
                    }
                }
                closing
            });
            let closing = ended.await.expect("it hangs up at once");
            assert_eq!(closing, is_in.then_some(Closing::Protocol));
        }
    });
    wait_for("the fault is counted", || {
        world.metric("protocol_faults_total") == 1
    });
}

#[test]
fn who_does_not_greet_is_not_waited_for() {
    let world = World::new();
    runtime().block_on(async {
        let mut silent = Raw::connect(world.relay.address()).await;
        // A stream opens with its first byte.
        silent.send.write_all(&[1]).await.unwrap();
        let gone = timeout(Duration::from_secs(20), silent.connection.closed()).await;
        assert!(gone.is_ok(), "it still waits");
    });
    // The same over TCP, where not even TLS begins.
    let mut tcp = std::net::TcpStream::connect(world.relay.address()).unwrap();
    tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(std::io::Read::read(&mut tcp, &mut [0; 8]).unwrap(), 0);
    wait_for("no place is held", || world.metric("connections") == 0);
    assert_eq!(world.metric("handshakes_failed_total"), 2);
}

#[test]
fn noise_over_tcp_harms_nobody_either() {
    let world = World::with(|config| config.has_quic = false);
    let (host, viewer) = (world.join(Role::Host), world.join(Role::Viewer));
    let mut rng = SmallRng::seed_from_u64(20_261_127);
    let request = b"GET / HTTP/1.1\r\nHost: gemba-relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    // A binary frame that announces 2^40 bytes; a text; a masked binary frame of a greeting that is none.
    let huge = [0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4];
    let text = [0x81, 0x82, 0, 0, 0, 0, b'h', b'i'];
    let none = [0x82, 0x84, 0, 0, 0, 0, 0, 9, 9, 9];
    runtime().block_on(async {
        for at in 0..60 {
            let mut stream = tls_over_tcp(world.relay.address()).await;
            let mut noise = vec![0; rng.random_range(100..5_000)];
            rng.fill_bytes(&mut noise);
            let bytes: Vec<u8> = match at % 4 {
                0 => noise,
                1 => [request.as_slice(), &huge].concat(),
                2 => [request.as_slice(), &text, &none].concat(),
                _ => [request.as_slice(), &noise].concat(),
            };
            // It may have been thrown out before all of it was sent.
            if stream.write_all(&bytes).await.is_err() {
                continue;
            }
            let thrown_out = timeout(Duration::from_secs(10), async {
                let mut part = [0; 1_024];
                while stream.read(&mut part).await.is_ok_and(|read| read > 0) {}
            });
            thrown_out.await.expect("the relay ends it");
        }
    });
    wait_for("only the two are left", || world.metric("connections") == 2);
    assert!(world.metric("handshakes_failed_total") >= 60);
    host.submit(chat("still here")).unwrap();
    wait_equal(&[&host, &viewer]);
}
