//! What becomes durable, what does not, and who may see it when.

use std::sync::Arc;

use gemba_model::UnixNanos;

use super::{Output, Room};
use crate::{
    bounded::Text,
    ids::{ConnectionId, Seq},
    operation::{Change, Entry, Leaving, Operation},
    refusal::{Closing, JoinRefusal, Refusal},
    state::ApplyError,
    wire::{Notice, RelayMessage, Welcome},
};

impl Room {
    /// The entries that are to be stored next, in order. Each comes once; several batches may be under way.
    pub fn take_unwritten(&mut self) -> Vec<Entry> {
        let batch = self.waiting.iter().skip(self.handed_out).cloned().collect();
        self.handed_out = self.waiting.len();
        batch
    }

    /// Whether there is something to store.
    #[must_use]
    pub fn has_unwritten(&self) -> bool {
        self.handed_out < self.waiting.len()
    }

    /// Everything up to `seq` is on the disk: it is done, and everyone is told.
    pub fn on_durable(&mut self, seq: Seq) {
        while let Some(entry) = self.waiting.pop_front_if(|entry| entry.seq <= seq) {
            self.handed_out = self.handed_out.saturating_sub(1);
            self.commit(entry);
        }
    }

    fn commit(&mut self, entry: Entry) {
        if self.committed.apply(&entry).is_err() {
            // The state ahead took it after the same entries, so this one does.
            return;
        }
        let to = self.audience();
        if !to.is_empty() {
            let message = RelayMessage::Entry(entry.clone());
            self.outputs.push_back(Output::Broadcast { to, message });
        }
        let closing = closing_of(&entry.change);
        self.tail.push(&self.limits, entry);
        if let Some(why) = closing {
            self.close_those_who_left(why);
        }
        self.welcome_those_who_wait();
    }

    fn close_those_who_left(&mut self, why: Closing) {
        let here = |connection: &super::Connection| {
            let person = self.committed.person(connection.who);
            person.is_some_and(|person| person.is_present)
        };
        let gone: Vec<ConnectionId> = self
            .connections
            .iter()
            .filter(|(_, seat)| seat.is_welcome && !here(seat))
            .map(|(connection, _)| *connection)
            .collect();
        for connection in gone {
            self.close(connection, why);
        }
    }

    pub(super) fn audience(&mut self) -> Arc<[ConnectionId]> {
        let connections = &self.connections;
        let welcome = || {
            let welcome = connections.iter().filter(|(_, seat)| seat.is_welcome);
            welcome.map(|(connection, _)| *connection).collect()
        };
        Arc::clone(self.audience.get_or_insert_with(welcome))
    }

    /// Lets those in whose coming is durable, with what they lack of the state.
    pub(super) fn welcome_those_who_wait(&mut self) {
        let seq = self.committed.seq;
        let due: Vec<ConnectionId> = self
            .connections
            .iter()
            .filter(|(_, seat)| !seat.is_welcome && seat.welcome_after <= seq)
            .map(|(connection, _)| *connection)
            .collect();
        for connection in due {
            self.welcome(connection);
        }
    }

    fn welcome(&mut self, to: ConnectionId) {
        let Some(seat) = self.connections.get_mut(&to) else {
            return;
        };
        seat.is_welcome = true;
        let you = seat.who;
        let resume = seat.resume.take();
        self.audience = None;
        self.board.enter(you);
        let seq = self.committed.seq;
        let missing = resume
            .filter(|resume| resume.history == self.committed.history && resume.seq <= seq)
            .map(|resume| resume.seq)
            .filter(|have| *have == seq || self.tail.oldest().is_some_and(|oldest| oldest <= have.next()));
        let welcome = Welcome {
            you,
            has_snapshot: missing.is_none(),
            seq,
            room_time: self.committed.room_time,
        };
        self.send(to, RelayMessage::Welcome(welcome));
        match missing {
            Some(have) => {
                let entries = self.tail.after(have);
                let messages: Vec<RelayMessage> = entries.cloned().map(RelayMessage::Entry).collect();
                for message in messages {
                    self.send(to, message);
                }
            }
            None => match self.snapshot() {
                Ok(bytes) => self.outputs.push_back(Output::Snapshot { to, bytes }),
                Err(_) => self.close(to, Closing::RoomFailed),
            },
        }
        if let Some(why) = self.read_only.clone() {
            self.send(to, RelayMessage::Notice(Notice::ReadOnly { why }));
        }
    }

    fn send(&mut self, to: ConnectionId, message: RelayMessage) {
        self.outputs.push_back(Output::Send { to, message });
    }

    fn tell_everyone(&mut self, notice: Notice) {
        let to = self.audience();
        if !to.is_empty() {
            let message = RelayMessage::Notice(notice);
            self.outputs.push_back(Output::Broadcast { to, message });
        }
    }

    /// What was handed out could not be stored, and nothing can be until [`Room::on_store_back`]. What waited is
    /// taken back and its senders are told.
    pub fn on_write_failed(&mut self, why: &str) {
        let why = Text::cut(why);
        self.read_only = Some(why.clone());
        self.ahead = self.committed.clone();
        self.handed_out = 0;
        let lost = std::mem::take(&mut self.waiting);
        for entry in lost {
            let Change::Did { id, operation } = entry.change else {
                continue;
            };
            let sender = self.connections.iter().find(|(_, seat)| seat.who == id.by);
            if let Some(to) = sender.map(|(to, _)| *to) {
                let refusal = Refusal::ReadOnly { why: why.clone() };
                self.refuse(to, id, Some(operation.kind()), refusal);
            }
        }
        let strangers: Vec<ConnectionId> = self
            .connections
            .iter()
            .filter(|(_, seat)| !seat.is_welcome)
            .map(|(connection, _)| *connection)
            .collect();
        for connection in strangers {
            self.connections.remove(&connection);
            let refusal = JoinRefusal::ReadOnly { why: why.clone() };
            self.send(connection, RelayMessage::JoinRefused(refusal));
            self.outputs.push_back(Output::Close {
                connection,
                why: Closing::RoomFailed,
            });
        }
        self.tell_everyone(Notice::ReadOnly { why });
    }

    /// Things can be stored again. `stored` are entries after the room's own that were stored after all, though the
    /// store had said otherwise.
    ///
    /// # Errors
    /// [`ApplyError`] when they do not follow: the store is damaged, and the room stays read-only.
    pub fn on_store_back(&mut self, now: UnixNanos, stored: Vec<Entry>) -> Result<(), ApplyError> {
        for entry in stored {
            if entry.seq <= self.committed.seq {
                continue;
            }
            self.ahead.apply(&entry)?;
            self.commit(entry);
        }
        self.read_only = None;
        self.tell_everyone(Notice::Writable);
        self.note_the_gone(now, Leaving::LinkLost);
        Ok(())
    }

    /// The relay stops: everyone is told.
    pub fn on_draining(&mut self) {
        self.tell_everyone(Notice::Draining);
    }
}

/// Why connections end whose participants this change sends away.
fn closing_of(change: &Change) -> Option<Closing> {
    match change {
        Change::Did { operation, .. } => match operation {
            Operation::Remove { .. } => Some(Closing::Removed),
            Operation::EndSession => Some(Closing::Ended),
            Operation::Leave => Some(Closing::Goodbye),
            _ => None,
        },
        Change::Joined { .. } | Change::Left { .. } => None,
    }
}
