//! What waits to be sent to one participant: bounded in messages and bytes, never waited for.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use gemba_session::{
    Closing,
    bounded::Blob,
    wire::{self, RelayMessage, SNAPSHOT_PART_BYTES},
};
use tokio::{
    sync::{mpsc, watch},
    time,
};

use super::{
    limits::{RelayLimits, TAKE_WITHIN},
    metrics::Metrics,
};
use crate::transport::{LinkError, Writer};

/// Messages that are handed to the network at once.
const FRAMES_AT_ONCE: usize = 64;

/// Something to send.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// A message, framed.
    Frame(Bytes),
    /// The room's state, to be cut into parts.
    Snapshot(Arc<[u8]>),
    /// Nothing more: say why and end.
    Close(Closing),
}

/// The sending end.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    waiting_bytes: Arc<AtomicUsize>,
    limit_bytes: usize,
    cut: watch::Sender<Option<Closing>>,
}

/// The end that the connection's writer empties.
#[derive(Debug)]
pub(super) struct OutboxDrain {
    queue: mpsc::Receiver<Outgoing>,
    waiting_bytes: Arc<AtomicUsize>,
    cut: watch::Receiver<Option<Closing>>,
}

/// The participant reads too slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooSlow;

pub(super) fn outbox(limits: &RelayLimits) -> (Outbox, OutboxDrain) {
    let (queue, drain) = mpsc::channel(limits.outbound_messages);
    let (cut, is_cut) = watch::channel(None);
    let waiting_bytes = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox {
        queue,
        waiting_bytes: Arc::clone(&waiting_bytes),
        limit_bytes: limits.outbound_bytes,
        cut,
    };
    let drain = OutboxDrain {
        queue: drain,
        waiting_bytes,
        cut: is_cut,
    };
    (outbox, drain)
}

impl Outbox {
    /// Puts a message at the end.
    ///
    /// # Errors
    /// [`TooSlow`] when too much waits already.
    pub(super) fn push(&self, frame: Bytes) -> Result<(), TooSlow> {
        let bytes = frame.len();
        if self.waiting_bytes.load(Ordering::Relaxed) + bytes > self.limit_bytes {
            return Err(TooSlow);
        }
        self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.send(Outgoing::Frame(frame))
    }

    /// Puts the room's state at the end.
    ///
    /// # Errors
    /// [`TooSlow`] when too much waits already.
    pub(super) fn push_snapshot(&self, bytes: Arc<[u8]>) -> Result<(), TooSlow> {
        self.send(Outgoing::Snapshot(bytes))
    }

    fn send(&self, outgoing: Outgoing) -> Result<(), TooSlow> {
        match self.queue.try_send(outgoing) {
            // A writer that is gone has nothing to be slow about; its reader tells the room.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => Err(TooSlow),
        }
    }

    /// Ends the connection after what waits, or at once when it takes nothing.
    pub(super) fn close(&self, why: Closing) {
        if why == Closing::TooSlow || self.send(Outgoing::Close(why)).is_err() {
            self.cut.send_replace(Some(why));
        }
    }
}

/// Sends what comes out of `drain` until it is closed, cut or the link is lost.
pub(super) async fn write_out(mut writer: Writer, mut drain: OutboxDrain, metrics: Arc<Metrics>) {
    let mut cut = drain.cut.clone();
    let cut_off = async {
        let why = cut.wait_for(Option::is_some).await.map(|why| *why);
        match why {
            Ok(why) => why,
            // The room has let go of its end: what waits is still sent.
            Err(_) => std::future::pending().await,
        }
    };
    let ended = tokio::select! {
        biased;
        why = cut_off => Ended::Cut(why),
        ended = write_until_end(&mut writer, &mut drain, &metrics) => ended,
    };
    match ended {
        Ended::Said(why) => writer.finish(why).await,
        Ended::Cut(why) => writer.abort(why),
        Ended::Lost(error) => {
            tracing::debug!(%error, "a participant's link is lost");
            writer.abort(None);
        }
    }
}

enum Ended {
    Said(Option<Closing>),
    Cut(Option<Closing>),
    Lost(LinkError),
}

async fn write_until_end(writer: &mut Writer, drain: &mut OutboxDrain, metrics: &Metrics) -> Ended {
    let mut batch = Vec::with_capacity(FRAMES_AT_ONCE);
    let mut frames = Vec::with_capacity(FRAMES_AT_ONCE);
    loop {
        tokio::select! {
            biased;
            count = drain.queue.recv_many(&mut batch, FRAMES_AT_ONCE) => {
                if count == 0 {
                    return Ended::Said(None);
                }
            }
            datagram = writer.next_datagram() => {
                if let Err(error) = in_time(writer.send_datagram(datagram)).await {
                    return error;
                }
            }
        }
        for outgoing in batch.drain(..) {
            let sent = match outgoing {
                Outgoing::Frame(frame) => {
                    drain.waiting_bytes.fetch_sub(frame.len(), Ordering::Relaxed);
                    metrics.sent_bytes.add(frame.len() as u64);
                    frames.push(frame);
                    continue;
                }
                Outgoing::Snapshot(bytes) => send_snapshot(writer, &mut frames, &bytes, metrics).await,
                Outgoing::Close(why) => {
                    frames.extend(frame_of(&RelayMessage::Closing(why)));
                    match in_time(writer.send(&mut frames)).await {
                        Ok(()) => Err(Ended::Said(Some(why))),
                        lost => lost,
                    }
                }
            };
            if let Err(ended) = sent {
                return ended;
            }
        }
        if !frames.is_empty()
            && let Err(ended) = in_time(writer.send(&mut frames)).await
        {
            return ended;
        }
    }
}

/// A link that takes nothing for long is cut.
async fn in_time(sending: impl Future<Output = Result<(), LinkError>>) -> Result<(), Ended> {
    match time::timeout(TAKE_WITHIN, sending).await {
        Ok(sent) => sent.map_err(Ended::Lost),
        Err(_) => Err(Ended::Cut(Some(Closing::TooSlow))),
    }
}

async fn send_snapshot(
    writer: &mut Writer,
    frames: &mut Vec<Bytes>,
    bytes: &[u8],
    metrics: &Metrics,
) -> Result<(), Ended> {
    let begins = RelayMessage::SnapshotBegins {
        bytes: bytes.len() as u64,
    };
    frames.extend(frame_of(&begins));
    for part in bytes.chunks(SNAPSHOT_PART_BYTES) {
        if let Ok(part) = Blob::new(part) {
            frames.extend(frame_of(&RelayMessage::SnapshotPart(part)));
        }
        metrics.sent_bytes.add(part.len() as u64);
        in_time(writer.send(frames)).await?;
    }
    Ok(())
}

/// A message as a frame; one that cannot be framed is a defect that is logged.
pub(super) fn frame_of(message: &RelayMessage) -> Option<Bytes> {
    match wire::frame(message) {
        Ok(frame) => Some(frame.into()),
        Err(error) => {
            tracing::error!(%error, "a message does not fit a frame");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_in_messages_and_bytes() {
        let limits = RelayLimits {
            outbound_messages: 3,
            outbound_bytes: 100,
            ..RelayLimits::default()
        };
        let (outbox, _drain) = outbox(&limits);
        assert_eq!(outbox.push(Bytes::from_static(&[0; 101])), Err(TooSlow));
        assert_eq!(outbox.push(Bytes::from_static(&[0; 60])), Ok(()));
        assert_eq!(outbox.push(Bytes::from_static(&[0; 60])), Err(TooSlow));
        assert_eq!(outbox.push(Bytes::from_static(&[0; 1])), Ok(()));
        assert_eq!(outbox.push(Bytes::from_static(&[0; 1])), Ok(()));
        assert_eq!(outbox.push(Bytes::from_static(&[0; 1])), Err(TooSlow));
        outbox.close(Closing::Draining);
        assert_eq!(
            *outbox.cut.borrow(),
            Some(Closing::Draining),
            "no room for last words"
        );
    }
}
