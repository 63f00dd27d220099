//! A peer that answers CONNECT and SUBSCRIBE and then sends prepared PUBLISH packets as fast as it is asked to: a flood
//! that no broker on a small machine could make. Also used by the benchmark `ingest`.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// What to send.
#[derive(Clone)]
pub(crate) struct Flood {
    /// Topic and payload, sent in turn.
    pub(crate) messages: Vec<(String, String)>,
    /// How many messages to send.
    pub(crate) count: usize,
    /// Pace; `None` sends as fast as the receiver reads.
    pub(crate) per_sec: Option<usize>,
    /// The filter of the subscription, in its order, that is refused.
    pub(crate) refused: Option<usize>,
}

/// Starts the peer for one client; returns its port and the thread, which ends with the flood or the connection.
pub(crate) fn start(flood: Flood) -> (u16, thread::JoinHandle<io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || {
        let (mut socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        let (kind, _) = read_packet(&mut socket)?;
        assert_eq!(kind >> 4, 1, "a client starts with CONNECT");
        socket.write_all(&[0x20, 2, 0, 0])?;
        let (kind, body) = read_packet(&mut socket)?;
        assert_eq!(kind >> 4, 8, "then it subscribes");
        socket.write_all(&sub_ack(&body, flood.refused))?;
        send(&mut socket, &flood)?;
        // The client ends the connection when it has seen enough.
        let mut rest = Vec::new();
        socket.read_to_end(&mut rest).map(drop)
    };
    (
        port,
        thread::Builder::new().name("replay".into()).spawn(serve).unwrap(),
    )
}

fn send(socket: &mut TcpStream, flood: &Flood) -> io::Result<()> {
    let packets: Vec<Vec<u8>> = flood
        .messages
        .iter()
        .map(|(topic, payload)| publish(topic, payload))
        .collect();
    let started = Instant::now();
    let mut buffer = Vec::with_capacity(1 << 18);
    let mut sent = 0;
    while sent < flood.count {
        let due = match flood.per_sec {
            None => flood.count,
            // As `f64`: exact far beyond any count used here.
            Some(per_sec) => (started.elapsed().as_secs_f64() * per_sec as f64) as usize,
        };
        let end = due.min(flood.count).min(sent + 1_000);
        if end == sent {
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        buffer.clear();
        for index in sent..end {
            buffer.extend_from_slice(&packets[index % packets.len()]);
        }
        socket.write_all(&buffer)?;
        sent = end;
    }
    Ok(())
}

/// PUBLISH at QoS 0: MQTT 3.1.1 §3.3.
fn publish(topic: &str, payload: &str) -> Vec<u8> {
    let mut packet = vec![0x30];
    let mut length = 2 + topic.len() + payload.len();
    loop {
        let byte = (length % 128) as u8;
        length /= 128;
        packet.push(if length > 0 { byte | 0x80 } else { byte });
        if length == 0 {
            break;
        }
    }
    packet.extend_from_slice(&(topic.len() as u16).to_be_bytes());
    packet.extend_from_slice(topic.as_bytes());
    packet.extend_from_slice(payload.as_bytes());
    packet
}

/// First byte and body of the next packet.
fn read_packet(socket: &mut TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let mut byte = [0];
    socket.read_exact(&mut byte)?;
    let kind = byte[0];
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        socket.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7F) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body)?;
    Ok((kind, body))
}

/// SUBACK that grants QoS 0 for each filter of a SUBSCRIBE but the refused one.
fn sub_ack(subscribe: &[u8], refused: Option<usize>) -> Vec<u8> {
    let mut filters = 0_u8;
    let mut at = 2;
    while at < subscribe.len() {
        at += 2 + usize::from(u16::from_be_bytes([subscribe[at], subscribe[at + 1]])) + 1;
        filters += 1;
    }
    let mut packet = vec![0x90, 2 + filters, subscribe[0], subscribe[1]];
    packet.resize(4 + usize::from(filters), 0);
    if let Some(refused) = refused {
        packet[4 + refused] = 0x80;
    }
    packet
}
