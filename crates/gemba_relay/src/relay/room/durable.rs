//! What a room has with the store: one batch under way, the next gathering behind it, and the way back when the disk
//! took nothing.

use std::sync::Arc;

use gemba_session::{Entry, Seq};
use tokio::sync::oneshot;

use super::RoomTask;
use crate::{
    clock,
    store::{Job, Stored},
};

/// Entries and their bytes after which the state is stored as a whole, when it is small; a large state waits longer.
const COMPACT_ENTRIES: u64 = 1_024;
const COMPACT_BYTES: u64 = 8 << 20;
const SNAPSHOT_BYTES_AN_ENTRY: u64 = 512;
/// Lines of the audit log that wait while the disk takes nothing.
const RECORDS_WAITING: usize = 1_024;

/// A batch that is with the store.
pub(super) struct Writing {
    pub(super) answer: oneshot::Receiver<Stored<()>>,
    last: Option<Seq>,
    entries: u64,
    bytes: u64,
    records: u64,
}

impl RoomTask {
    /// Gives the store what waits, when it has nothing of ours.
    pub(super) async fn write(&mut self) {
        let is_due = self.room.has_unwritten() || !self.records.is_empty();
        if self.room.read_only().is_some() {
            let too_many = self.records.len().saturating_sub(RECORDS_WAITING);
            self.shared.metrics.audit_left_out.add(too_many as u64);
            self.records.truncate(RECORDS_WAITING);
            return;
        }
        if self.writing.is_some() || !is_due {
            return;
        }
        let entries = self.room.take_unwritten();
        let last = entries.last().map(|entry| entry.seq);
        let (count, bytes) = (entries.len() as u64, size_bytes(&entries));
        let records = std::mem::take(&mut self.records);
        let record_count = records.len() as u64;
        let (answer, written) = oneshot::channel();
        let job = Job::Append {
            room: self.room.name().clone(),
            entries,
            records,
            snapshot: self.snapshot_due(),
            answer,
        };
        self.writing = Some(Writing {
            answer: written,
            last,
            entries: count,
            bytes,
            records: record_count,
        });
        if !self.shared.store.send(job).await {
            tracing::error!(room = %self.room.name(), "the store is gone");
        }
    }

    /// The durable state, when it is time to store it as a whole.
    fn snapshot_due(&mut self) -> Option<(Seq, Arc<[u8]>)> {
        let is_due = self.entries_since_snapshot
            >= COMPACT_ENTRIES.max(self.snapshot_bytes / SNAPSHOT_BYTES_AN_ENTRY)
            || self.bytes_since_snapshot >= COMPACT_BYTES.max(self.snapshot_bytes);
        if !is_due {
            return None;
        }
        let seq = self.room.state().seq;
        match self.room.snapshot() {
            Ok(bytes) => {
                self.entries_since_snapshot = 0;
                self.bytes_since_snapshot = 0;
                self.snapshot_bytes = bytes.len() as u64;
                Some((seq, bytes))
            }
            Err(error) => {
                tracing::error!(room = %self.room.name(), %error, "the room does not become a snapshot");
                None
            }
        }
    }

    pub(super) fn on_written(&mut self, written: Stored<()>) {
        let Some(writing) = self.writing.take() else {
            return;
        };
        match written {
            Ok(()) => {
                self.entries_since_snapshot += writing.entries;
                self.bytes_since_snapshot += writing.bytes;
                self.shared.metrics.operations.add(writing.entries);
                if let Some(last) = writing.last {
                    self.room.on_durable(last);
                }
            }
            Err(why) => {
                tracing::error!(room = %self.room.name(), %why, "the room is read-only");
                self.set_read_only(true);
                self.shared.metrics.audit_left_out.add(writing.records);
                self.room.on_write_failed(&why);
            }
        }
    }

    fn set_read_only(&self, on: bool) {
        match (self.room.read_only().is_some(), on) {
            (false, true) => self.shared.metrics.rooms_read_only.add(1),
            (true, false) => self.shared.metrics.rooms_read_only.take(1),
            (true, true) | (false, false) => {}
        }
    }

    pub(super) fn on_probed(&mut self, back: Stored<Vec<Entry>>) {
        self.probing = None;
        match back {
            Ok(stored) => {
                self.set_read_only(false);
                match self.room.on_store_back(clock::now(), stored) {
                    Ok(()) => tracing::info!(room = %self.room.name(), "the room can be written again"),
                    Err(error) => {
                        self.shared.metrics.rooms_read_only.add(1);
                        tracing::error!(room = %self.room.name(), %error, "the room's log is damaged");
                    }
                }
            }
            Err(why) => tracing::debug!(room = %self.room.name(), %why, "the room stays read-only"),
        }
    }

    /// Asks the store whether the disk is back, when it was gone.
    pub(super) async fn probe(&mut self) {
        if self.room.read_only().is_some() && self.probing.is_none() {
            let (answer, back) = oneshot::channel();
            let job = Job::Probe {
                room: self.room.name().clone(),
                after: self.room.state().seq,
                answer,
            };
            if self.shared.store.send(job).await {
                self.probing = Some(back);
            }
        }
    }
}

pub(super) fn size_bytes(entries: &[Entry]) -> u64 {
    entries.iter().map(|entry| entry.size_bytes() as u64).sum()
}

/// The store's answer; waits for ever when nothing was asked.
pub(super) async fn answer_of<T>(asked: Option<&mut oneshot::Receiver<Stored<T>>>) -> Stored<T> {
    match asked {
        Some(answer) => answer
            .await
            .unwrap_or_else(|_| Err("the relay's store has ended; start the relay again".to_owned())),
        None => std::future::pending().await,
    }
}
