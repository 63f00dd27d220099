//! A connection that has its place in a room: its messages, within its budgets, until it ends.

use bytes::Bytes;
use gemba_session::{
    Budget, Closing, ConnectionId, OperationId, ParticipantId, Refusal,
    wire::{self, ClientMessage, RelayMessage},
};
use tokio::{sync::mpsc, time};

use super::{
    Shared,
    limits::{QUIET, RelayLimits, TAKE_WITHIN},
    outbox::{Outbox, frame_of},
    room::Command,
};
use crate::{
    clock,
    transport::{Incoming, LinkError, Reader},
};

/// What a message costs beside its bytes, so that many small ones are not free.
const MESSAGE_COST_BYTES: usize = 512;

pub(super) struct Budgets {
    operations: Budget,
    bytes: Budget,
    presence: Budget,
    strikes: Budget,
}

impl Budgets {
    pub(super) fn new(limits: &RelayLimits) -> Self {
        Self {
            operations: Budget::new(limits.operations),
            bytes: Budget::new(limits.bytes),
            presence: Budget::new(limits.presence),
            strikes: Budget::new(limits.strikes),
        }
    }
}

/// A connection that has its place in a room.
pub(super) struct Seated<'a> {
    pub(super) shared: &'a Shared,
    pub(super) connection: ConnectionId,
    pub(super) who: ParticipantId,
    pub(super) room: mpsc::Sender<Command>,
    pub(super) outbox: Outbox,
    pub(super) budgets: Budgets,
}

/// The relay ends the connection.
struct End(Closing);

impl Seated<'_> {
    pub(super) async fn serve(&mut self, reader: &mut Reader, writing: impl Future<Output = ()>) {
        let mut writing = std::pin::pin!(writing);
        let read = tokio::select! {
            // The room has said its last word, or the link takes nothing.
            () = &mut writing => None,
            read = self.read(reader) => Some(read),
        };
        match read {
            Some(Err(End(why))) => {
                let connection = self.connection;
                self.tell(Command::Drop { connection, why }).await;
                // The room closes the outbox; the writer says why and ends.
                if time::timeout(TAKE_WITHIN, writing).await.is_err() {
                    tracing::warn!(who = %self.who, "a connection does not end");
                }
            }
            Some(Ok(())) | None => {
                let connection = self.connection;
                self.tell(Command::Gone { connection }).await;
            }
        }
    }

    async fn tell(&self, command: Command) {
        if self.room.send(command).await.is_err() {
            tracing::trace!("the room has ended");
        }
    }

    /// Reads until the other end says goodbye or is gone.
    async fn read(&mut self, reader: &mut Reader) -> Result<(), End> {
        loop {
            let Ok(incoming) = time::timeout(QUIET, reader.next()).await else {
                tracing::debug!(who = %self.who, "nothing comes of a participant any more");
                return Ok(());
            };
            match incoming {
                Ok(Incoming::Datagram(datagram)) => self.on_datagram(datagram),
                Ok(Incoming::Frame(frame)) => {
                    if self.on_frame(&frame).await? {
                        return Ok(());
                    }
                }
                Err(LinkError::Wire(error)) => {
                    self.shared.metrics.protocol_faults.add(1);
                    tracing::debug!(%error, "a participant breaks the protocol");
                    return Err(End(Closing::Protocol));
                }
                Err(error) => {
                    tracing::debug!(%error, who = %self.who, "a participant is gone");
                    return Ok(());
                }
            }
        }
    }

    fn on_datagram(&mut self, datagram: Bytes) {
        let metrics = &self.shared.metrics;
        let connection = self.connection;
        let is_taken = self.budgets.presence.spend(clock::steady(), 1).is_ok()
            && self
                .room
                .try_send(Command::Presence { connection, datagram })
                .is_ok();
        if !is_taken {
            metrics.presence_dropped.add(1);
        }
    }

    /// Says whether it was the goodbye.
    async fn on_frame(&mut self, frame: &[u8]) -> Result<bool, End> {
        self.shared.metrics.received_bytes.add(frame.len() as u64);
        let cost = u32::try_from(frame.len() + MESSAGE_COST_BYTES).unwrap_or(u32::MAX);
        // Bytes beyond the budget are not refused but read later: the sender is held back, and nobody else.
        while let Err(wait) = self.budgets.bytes.spend(clock::steady(), cost) {
            time::sleep(wait).await;
        }
        let message = wire::decode(frame).map_err(|error| {
            self.shared.metrics.protocol_faults.add(1);
            tracing::debug!(%error, who = %self.who, "a participant breaks the protocol");
            End(Closing::Protocol)
        })?;
        match message {
            ClientMessage::Submit { number, operation } => {
                let connection = self.connection;
                let command = match self.budgets.operations.spend(clock::steady(), 1) {
                    Ok(()) => Command::Submit {
                        connection,
                        number,
                        operation,
                    },
                    Err(wait) => {
                        self.strike()?;
                        let wait_millis = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX);
                        Command::Refuse {
                            connection,
                            id: OperationId { by: self.who, number },
                            kind: operation.kind(),
                            refusal: Refusal::TooFast { wait_millis },
                        }
                    }
                };
                self.tell(command).await;
            }
            ClientMessage::Ping { echo } => {
                let pong = RelayMessage::Pong {
                    echo,
                    room_time: clock::now(),
                };
                if let Some(frame) = frame_of(&pong)
                    && self.outbox.push(frame).is_err()
                {
                    self.shared.metrics.slow_readers.add(1);
                    return Err(End(Closing::TooSlow));
                }
            }
            ClientMessage::Goodbye => return Ok(true),
            ClientMessage::Hello(_) => {
                self.shared.metrics.protocol_faults.add(1);
                return Err(End(Closing::Protocol));
            }
        }
        Ok(false)
    }

    fn strike(&mut self) -> Result<(), End> {
        if self.budgets.strikes.spend(clock::steady(), 1).is_err() {
            self.shared.metrics.flooders.add(1);
            return Err(End(Closing::Flooding));
        }
        Ok(())
    }
}
