//! A WebSocket over TLS over TCP, for networks that pass no UDP.
//!
//! Each binary message is one frame or one datagram. A frame starts with the highest byte of its length, which is
//! always 0 because frames are far smaller than 16 MB, and goes on with the message; a datagram stands as it is, and
//! its kind is never 0. So nothing is copied to tell them apart. Datagrams wait in a short queue of their own and are
//! dropped when frames leave them no room: late presence is worth nothing.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use gemba_session::wire::{MAX_FRAME_BYTES, MAX_HELLO_BYTES, WireError};
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, sync::mpsc, time};
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};

use super::{DatagramSender, Incoming, Link, LinkError, Reader, Writer};
use crate::{
    identity::{EXPORTER_BYTES, EXPORTER_LABEL, Fingerprint},
    tls,
};

/// Bytes of a frame's length that do not travel: all but the highest.
const LENGTH_BYTES_LEFT_OUT: usize = 3;
/// Datagrams that may wait behind frames: about a tenth of a second of a full room.
const DATAGRAMS_WAITING: usize = 16;
const LAST_WORDS: Duration = Duration::from_secs(3);

type Socket = WebSocketStream<TlsStream<TcpStream>>;

fn config() -> WebSocketConfig {
    let most = MAX_FRAME_BYTES + 1;
    WebSocketConfig::default()
        .read_buffer_size(16 << 10)
        .write_buffer_size(16 << 10)
        .max_write_buffer_size(4 * most)
        .max_message_size(Some(most))
        .max_frame_size(Some(most))
}

/// Lets a client in on a TCP connection.
///
/// # Errors
/// [`LinkError`] when TLS or the upgrade fails.
pub(crate) async fn accept(tls: &TlsAcceptor, tcp: TcpStream) -> Result<Link, LinkError> {
    set_nodelay(&tcp);
    let stream = tls.accept(tcp).await.map_err(|error| LinkError::lost(&error))?;
    let exporter = export(stream.get_ref().1)?;
    let stream = TlsStream::from(stream);
    let socket = tokio_tungstenite::accept_async_with_config(stream, Some(config()))
        .await
        .map_err(|error| LinkError::lost(&error))?;
    Ok(link(socket, exporter, MAX_HELLO_BYTES))
}

/// Opens a link to the relay with this fingerprint.
///
/// # Errors
/// [`LinkError`] when there is none.
pub(crate) async fn connect(address: SocketAddr, fingerprint: Fingerprint) -> Result<Link, LinkError> {
    let (tls, was_other) =
        tls::client_config(fingerprint, tls::ALPN_WEBSOCKET).map_err(|error| LinkError::lost(&error))?;
    let tcp = TcpStream::connect(address)
        .await
        .map_err(|error| LinkError::lost(&error))?;
    set_nodelay(&tcp);
    let name = ServerName::try_from(tls::SERVER_NAME).map_err(|error| LinkError::lost(&error))?;
    let stream = match TlsConnector::from(Arc::new(tls)).connect(name, tcp).await {
        Ok(stream) => stream,
        Err(_) if was_other.load(Ordering::Acquire) => return Err(LinkError::OtherCertificate),
        Err(error) => return Err(LinkError::lost(&error)),
    };
    let exporter = export(stream.get_ref().1)?;
    let stream = TlsStream::from(stream);
    let request = format!("wss://{}/", tls::SERVER_NAME);
    let (socket, _response) = tokio_tungstenite::client_async_with_config(request, stream, Some(config()))
        .await
        .map_err(|error| LinkError::lost(&error))?;
    Ok(link(socket, exporter, MAX_FRAME_BYTES))
}

/// Small messages do not wait for more.
fn set_nodelay(tcp: &TcpStream) {
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%error, "TCP gathers small packets");
    }
}

fn export<D>(tls: &rustls::ConnectionCommon<D>) -> Result<[u8; EXPORTER_BYTES], LinkError> {
    tls.export_keying_material([0; EXPORTER_BYTES], EXPORTER_LABEL, Some(&[]))
        .map_err(|error| LinkError::lost(&error))
}

fn link(socket: Socket, exporter: [u8; EXPORTER_BYTES], limit: usize) -> Link {
    let (sink, stream) = socket.split();
    let (queue, datagrams) = mpsc::channel(DATAGRAMS_WAITING);
    Link {
        reader: Reader::WebSocket(WebSocketReader { stream, limit }),
        writer: Writer::WebSocket(WebSocketWriter { sink, datagrams }),
        datagrams: DatagramSender::WebSocket(queue),
        exporter,
    }
}

pub(crate) struct WebSocketReader {
    stream: SplitStream<Socket>,
    limit: usize,
}

impl WebSocketReader {
    pub(super) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    pub(super) async fn next(&mut self) -> Result<Incoming, LinkError> {
        loop {
            let message = match self.stream.next().await {
                Some(Ok(message)) => message,
                Some(Err(tungstenite::Error::ConnectionClosed)) | None => return Err(LinkError::Ended),
                Some(Err(error)) => return Err(LinkError::lost(&error)),
            };
            match message {
                Message::Binary(bytes) if bytes.first() == Some(&0) => {
                    let frame = bytes.slice(1..);
                    if frame.len() > self.limit {
                        let (bytes, limit) = (frame.len(), self.limit);
                        return Err(WireError::TooLarge { bytes, limit }.into());
                    }
                    return Ok(Incoming::Frame(frame));
                }
                Message::Binary(bytes) => return Ok(Incoming::Datagram(bytes)),
                Message::Close(_) => return Err(LinkError::Ended),
                // Pings are answered by the library; anything else is passed over.
                Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }
}

pub(crate) struct WebSocketWriter {
    sink: SplitSink<Socket, Message>,
    datagrams: mpsc::Receiver<Bytes>,
}

impl WebSocketWriter {
    pub(super) async fn send(&mut self, frames: &mut Vec<Bytes>) -> Result<(), LinkError> {
        for frame in frames.drain(..) {
            let message = Message::Binary(frame.slice(LENGTH_BYTES_LEFT_OUT..));
            self.sink
                .feed(message)
                .await
                .map_err(|error| LinkError::lost(&error))?;
        }
        self.sink.flush().await.map_err(|error| LinkError::lost(&error))
    }

    pub(super) async fn next_datagram(&mut self) -> Bytes {
        match self.datagrams.recv().await {
            Some(datagram) => datagram,
            None => std::future::pending().await,
        }
    }

    pub(super) async fn send_datagram(&mut self, datagram: Bytes) -> Result<(), LinkError> {
        self.sink
            .send(Message::Binary(datagram))
            .await
            .map_err(|error| LinkError::lost(&error))
    }

    pub(super) async fn finish(mut self) {
        if time::timeout(LAST_WORDS, self.sink.close()).await.is_err() {
            tracing::debug!("the other end did not take the last words");
        }
    }
}
