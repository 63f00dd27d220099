//! QUIC: one bidirectional stream that the client opens for frames, datagrams beside it.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use gemba_session::{
    Closing,
    wire::{FrameReader, MAX_HELLO_BYTES},
};
use quinn::{
    AckFrequencyConfig, Connection, ConnectionError, ConnectionId, ConnectionIdGenerator, Endpoint,
    EndpointConfig, Incoming as Knock, ReadError, RecvStream, SendStream, TransportConfig, VarInt,
    WriteError,
    crypto::rustls::{QuicClientConfig, QuicServerConfig},
};
use tokio::time;

use super::{DatagramSender, Incoming, Link, LinkError, Reader, Writer, closing_of, code_of};
use crate::{
    identity::{EXPORTER_BYTES, EXPORTER_LABEL, Fingerprint, RelayIdentity},
    tls,
};

/// A link on which nothing comes for this long is lost.
const IDLE: Duration = Duration::from_secs(12);
/// How often a quiet client shows that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// Datagrams outrank the stream and the oldest is dropped when the buffer is full: small, it holds a fraction of a second.
const DATAGRAM_SEND_BYTES: usize = 16 << 10;
const DATAGRAM_RECEIVE_BYTES: usize = 64 << 10;
/// What the other end may have under way to us: a frame and the start of the next.
const RECEIVE_WINDOW_BYTES: u32 = 512 << 10;
const SEND_WINDOW_BYTES: u64 = 1 << 20;
/// Packets after which the other end acknowledges at the latest. Presence is many small packets, and QUIC's two would
/// answer every other with one; what is lost is still noticed within the delay of an acknowledgement, 25 ms.
const PACKETS_AN_ACK: u32 = 10;
const READ_BYTES: usize = 64 << 10;
const CONNECTION_ID_BYTES: usize = 8;
const LAST_WORDS: Duration = Duration::from_secs(3);

fn transport_config() -> TransportConfig {
    let mut acks = AckFrequencyConfig::default();
    acks.ack_eliciting_threshold(VarInt::from_u32(PACKETS_AN_ACK));
    let mut config = TransportConfig::default();
    config
        .ack_frequency_config(Some(acks))
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .max_idle_timeout(IDLE.try_into().ok())
        .stream_receive_window(VarInt::from_u32(RECEIVE_WINDOW_BYTES))
        .receive_window(VarInt::from_u32(RECEIVE_WINDOW_BYTES))
        .send_window(SEND_WINDOW_BYTES)
        .datagram_send_buffer_size(DATAGRAM_SEND_BYTES)
        .datagram_receive_buffer_size(Some(DATAGRAM_RECEIVE_BYTES));
    config
}

/// A relay's endpoint on a socket.
///
/// # Errors
/// In a sentence, when TLS or the socket cannot be used.
pub(crate) fn server_endpoint(
    identity: &RelayIdentity,
    socket: std::net::UdpSocket,
) -> Result<Endpoint, LinkError> {
    let tls = tls::server_config(identity, tls::ALPN_QUIC).map_err(|error| LinkError::lost(&error))?;
    let crypto = QuicServerConfig::try_from(tls).map_err(|error| LinkError::lost(&error))?;
    let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    config
        .transport_config(Arc::new(transport_config()))
        .max_incoming(256)
        .incoming_buffer_size(16 << 10)
        .incoming_buffer_size_total(1 << 20);
    let mut endpoint = EndpointConfig::new(Arc::new(identity.reset_key.clone()));
    endpoint.cid_generator(|| Box::new(AnyConnectionId));
    Endpoint::new(endpoint, Some(config), socket, Arc::new(quinn::TokioRuntime))
        .map_err(|error| LinkError::lost(&error))
}

/// Random connection ids. Those of a former life of the relay look like any other, so that it answers them with a
/// reset; the library's own ids are void after a restart and are passed over in silence.
struct AnyConnectionId;

impl ConnectionIdGenerator for AnyConnectionId {
    fn generate_cid(&mut self) -> ConnectionId {
        ConnectionId::new(&rand::random::<[u8; CONNECTION_ID_BYTES]>())
    }

    fn cid_len(&self) -> usize {
        CONNECTION_ID_BYTES
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}

/// A client's endpoint that can reach `address`.
///
/// # Errors
/// In a sentence, when no socket can be had.
pub(crate) fn client_endpoint(address: SocketAddr) -> Result<Endpoint, LinkError> {
    let any: SocketAddr = if address.is_ipv4() {
        ([0, 0, 0, 0], 0).into()
    } else {
        ([0_u16; 8], 0).into()
    };
    Endpoint::client(any).map_err(|error| LinkError::lost(&error))
}

/// Opens a link to the relay with this fingerprint.
///
/// # Errors
/// [`LinkError`] when there is none.
pub(crate) async fn connect(
    endpoint: &Endpoint,
    address: SocketAddr,
    fingerprint: Fingerprint,
) -> Result<Link, LinkError> {
    let (tls, was_other) =
        tls::client_config(fingerprint, tls::ALPN_QUIC).map_err(|error| LinkError::lost(&error))?;
    let crypto = QuicClientConfig::try_from(tls).map_err(|error| LinkError::lost(&error))?;
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    let mut transport = transport_config();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .keep_alive_interval(Some(KEEP_ALIVE));
    config.transport_config(Arc::new(transport));
    let connecting = endpoint
        .connect_with(config, address, tls::SERVER_NAME)
        .map_err(|error| LinkError::lost(&error))?;
    let connection = match connecting.await {
        Ok(connection) => connection,
        Err(_) if was_other.load(Ordering::Acquire) => return Err(LinkError::OtherCertificate),
        Err(error) => return Err(of_connection(&error)),
    };
    let (send, receive) = connection
        .open_bi()
        .await
        .map_err(|error| of_connection(&error))?;
    link(connection, send, receive, gemba_session::wire::MAX_FRAME_BYTES)
}

/// Lets a client in as far as its one stream.
///
/// # Errors
/// [`LinkError`] when it does not come so far.
pub(crate) async fn handshake(knock: Knock) -> Result<Link, LinkError> {
    let connection = knock.await.map_err(|error| of_connection(&error))?;
    let (send, receive) = connection
        .accept_bi()
        .await
        .map_err(|error| of_connection(&error))?;
    link(connection, send, receive, MAX_HELLO_BYTES)
}

fn link(
    connection: Connection,
    send: SendStream,
    receive: RecvStream,
    limit: usize,
) -> Result<Link, LinkError> {
    let mut exporter = [0; EXPORTER_BYTES];
    connection
        .export_keying_material(&mut exporter, EXPORTER_LABEL, &[])
        .map_err(|_not_exportable| LinkError::Lost {
            detail: "TLS gives no bytes for the proof".to_owned(),
        })?;
    Ok(Link {
        reader: Reader::Quic(QuicReader {
            connection: connection.clone(),
            stream: receive,
            frames: FrameReader::new(limit),
            buffer: vec![0; READ_BYTES],
            is_closed: false,
        }),
        writer: Writer::Quic(QuicWriter {
            connection: connection.clone(),
            stream: send,
        }),
        datagrams: DatagramSender::Quic(connection),
        exporter,
    })
}

fn of_connection(error: &ConnectionError) -> LinkError {
    match error {
        ConnectionError::ApplicationClosed(close) => {
            closing_of(close.error_code.into_inner()).map_or(LinkError::Ended, LinkError::Closed)
        }
        ConnectionError::TimedOut => LinkError::Lost {
            detail: "nothing comes from the other end any more".to_owned(),
        },
        error => LinkError::lost(error),
    }
}

pub(crate) struct QuicReader {
    connection: Connection,
    stream: RecvStream,
    frames: FrameReader,
    buffer: Vec<u8>,
    /// Whether no datagram can come any more.
    is_closed: bool,
}

impl QuicReader {
    pub(super) fn set_limit(&mut self, limit: usize) {
        self.frames.set_limit(limit);
    }

    pub(super) async fn next(&mut self) -> Result<Incoming, LinkError> {
        loop {
            if let Some(frame) = self.frames.next_frame()? {
                return Ok(Incoming::Frame(Bytes::copy_from_slice(frame)));
            }
            // Both ways to read may be dropped while they wait; datagrams, which grow old, come first.
            let read = tokio::select! {
                biased;
                datagram = self.connection.read_datagram(), if !self.is_closed => {
                    if let Ok(datagram) = datagram {
                        return Ok(Incoming::Datagram(datagram));
                    }
                    // Last words may still wait in the stream; it says itself how the connection ended.
                    self.is_closed = true;
                    continue;
                }
                read = self.stream.read(&mut self.buffer) => read,
            };
            match read {
                Ok(Some(bytes)) => self.frames.push(&self.buffer[..bytes]),
                Ok(None) => return Err(LinkError::Ended),
                Err(ReadError::ConnectionLost(error)) => return Err(of_connection(&error)),
                Err(error) => return Err(LinkError::lost(&error)),
            }
        }
    }
}

pub(crate) struct QuicWriter {
    connection: Connection,
    stream: SendStream,
}

impl QuicWriter {
    pub(super) async fn send(&mut self, frames: &mut Vec<Bytes>) -> Result<(), LinkError> {
        let sent = self.stream.write_all_chunks(frames).await;
        frames.clear();
        sent.map_err(|error| match error {
            WriteError::ConnectionLost(error) => of_connection(&error),
            error => LinkError::lost(&error),
        })
    }

    pub(super) async fn finish(mut self, why: Option<Closing>) {
        if self.stream.finish().is_ok() && time::timeout(LAST_WORDS, self.stream.stopped()).await.is_err() {
            tracing::debug!("the other end did not take the last words");
        }
        self.abort(why);
    }

    pub(super) fn abort(self, why: Option<Closing>) {
        let reason = why.map(|why| why.to_string()).unwrap_or_default();
        self.connection
            .close(VarInt::from_u32(code_of(why)), reason.as_bytes());
    }
}
