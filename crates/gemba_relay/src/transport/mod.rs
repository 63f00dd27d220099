//! One link between a client and a relay, over QUIC or over a TLS WebSocket: frames in order, datagrams as they come.
//!
//! Both ends use this module; only the way a link is made differs. What travels is the same: frames of
//! [`gemba_session::wire`], presence datagrams of [`gemba_session::presence`].

mod quic;
mod websocket;

use std::fmt;

use bytes::Bytes;
use gemba_session::{Closing, wire::WireError};
use thiserror::Error;
use tokio::sync::mpsc;

use crate::identity::EXPORTER_BYTES;
pub(crate) use quic::{client_endpoint, connect as connect_quic, handshake as accept_quic, server_endpoint};
pub(crate) use websocket::{accept as accept_websocket, connect as connect_websocket};

/// How the bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// QUIC over UDP.
    Quic,
    /// A TLS WebSocket over TCP.
    WebSocket,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quic => "QUIC",
            Self::WebSocket => "WebSocket",
        })
    }
}

/// Why a link ended or could not be made.
#[derive(Debug, Error)]
pub(crate) enum LinkError {
    /// What came cannot be trusted to be cut into frames any more.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The other end closed it and said why, on the link itself.
    #[error("the relay ended the connection: {0}")]
    Closed(Closing),
    /// The other end closed it.
    #[error("the other end closed the connection")]
    Ended,
    /// Anything else, in a sentence.
    #[error("{detail}")]
    Lost {
        /// What the network said.
        detail: String,
    },
    /// The relay is not the one that the join link names.
    #[error(
        "the relay shows another certificate than the join link names; it may be another machine, or was set up anew"
    )]
    OtherCertificate,
}

impl LinkError {
    fn lost(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut detail = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            if !detail.ends_with(&text) {
                detail = format!("{detail}: {text}");
            }
            source = cause.source();
        }
        Self::Lost { detail }
    }
}

/// A link that is up, before anything was said over it.
pub(crate) struct Link {
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    pub(crate) datagrams: DatagramSender,
    /// Bytes that TLS derives for this connection alone.
    pub(crate) exporter: [u8; EXPORTER_BYTES],
}

/// What comes over a link.
#[derive(Debug, PartialEq)]
pub(crate) enum Incoming {
    /// The bytes of a message, without their length.
    Frame(Bytes),
    /// A datagram.
    Datagram(Bytes),
}

/// The receiving direction.
pub(crate) enum Reader {
    Quic(quic::QuicReader),
    WebSocket(websocket::WebSocketReader),
}

impl Reader {
    /// The next thing that comes. May be dropped while it waits.
    ///
    /// # Errors
    /// [`LinkError`] when nothing more can come.
    pub(crate) async fn next(&mut self) -> Result<Incoming, LinkError> {
        match self {
            Self::Quic(reader) => reader.next().await,
            Self::WebSocket(reader) => reader.next().await,
        }
    }

    /// Accepts frames of at most `limit` bytes from now on.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        match self {
            Self::Quic(reader) => reader.set_limit(limit),
            Self::WebSocket(reader) => reader.set_limit(limit),
        }
    }
}

/// The sending direction.
pub(crate) enum Writer {
    Quic(quic::QuicWriter),
    WebSocket(websocket::WebSocketWriter),
}

impl Writer {
    /// Sends frames, each with its length before it; leaves the list empty.
    ///
    /// # Errors
    /// [`LinkError`] when the link is gone.
    pub(crate) async fn send(&mut self, frames: &mut Vec<Bytes>) -> Result<(), LinkError> {
        match self {
            Self::Quic(writer) => writer.send(frames).await,
            Self::WebSocket(writer) => writer.send(frames).await,
        }
    }

    /// A datagram to send from here, where datagrams share the stream; `None` for ever where they do not.
    pub(crate) async fn next_datagram(&mut self) -> Bytes {
        match self {
            Self::Quic(_) => std::future::pending().await,
            Self::WebSocket(writer) => writer.next_datagram().await,
        }
    }

    /// Sends a datagram that [`Writer::next_datagram`] gave.
    ///
    /// # Errors
    /// [`LinkError`] when the link is gone.
    pub(crate) async fn send_datagram(&mut self, datagram: Bytes) -> Result<(), LinkError> {
        match self {
            Self::Quic(_) => Ok(()),
            Self::WebSocket(writer) => writer.send_datagram(datagram).await,
        }
    }

    /// Ends the link after what was sent has arrived, or after three seconds.
    pub(crate) async fn finish(self, why: Option<Closing>) {
        match self {
            Self::Quic(writer) => writer.finish(why).await,
            Self::WebSocket(writer) => writer.finish().await,
        }
    }

    /// Ends the link now.
    pub(crate) fn abort(self, why: Option<Closing>) {
        if let Self::Quic(writer) = self {
            writer.abort(why);
        }
    }
}

/// Sends datagrams without ever waiting; what does not fit is dropped.
#[derive(Clone)]
pub(crate) enum DatagramSender {
    Quic(quinn::Connection),
    WebSocket(mpsc::Sender<Bytes>),
}

impl DatagramSender {
    /// Whether it was taken. Says nothing about whether it arrives.
    pub(crate) fn send(&self, datagram: Bytes) -> bool {
        match self {
            Self::Quic(connection) => connection.send_datagram(datagram).is_ok(),
            Self::WebSocket(queue) => queue.try_send(datagram).is_ok(),
        }
    }

    /// The way to the other end and back, where the transport measures it.
    pub(crate) fn transport(&self) -> Transport {
        match self {
            Self::Quic(_) => Transport::Quic,
            Self::WebSocket(_) => Transport::WebSocket,
        }
    }
}

const CLOSINGS: [Closing; 10] = [
    Closing::Goodbye,
    Closing::Replaced,
    Closing::Removed,
    Closing::Ended,
    Closing::TooSlow,
    Closing::Flooding,
    Closing::Protocol,
    Closing::TokenEnded,
    Closing::Draining,
    Closing::RoomFailed,
];

/// The number of a reason in QUIC's close frame; 0 is none.
fn code_of(why: Option<Closing>) -> u32 {
    let at = why.and_then(|why| CLOSINGS.iter().position(|closing| *closing == why));
    at.and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(0)
}

fn closing_of(code: u64) -> Option<Closing> {
    let at = usize::try_from(code.checked_sub(1)?).ok()?;
    CLOSINGS.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_number_of_its_own() {
        for why in CLOSINGS {
            assert_eq!(closing_of(u64::from(code_of(Some(why)))), Some(why));
        }
        assert_eq!(code_of(None), 0);
        assert_eq!(closing_of(0), None);
        assert_eq!(closing_of(u64::MAX), None);
    }
}
