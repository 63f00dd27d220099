//! The rooms that are open: made when someone with a token for them comes, put away when nobody is left.

use std::{collections::BTreeMap, sync::Arc};

use gemba_session::RoomName;
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use super::{
    Shared,
    room::{self, Command},
};

/// Commands that may wait for a room.
const COMMANDS_WAITING: usize = 512;

/// The open rooms.
#[derive(Default)]
pub(super) struct Rooms {
    open: Mutex<BTreeMap<RoomName, mpsc::Sender<Command>>>,
}

impl Rooms {
    /// The way to the room, which is opened when it is not open yet; `None` when there are too many.
    pub(super) fn enter(shared: &Arc<Shared>, name: &RoomName) -> Option<mpsc::Sender<Command>> {
        let mut open = shared.rooms.open.lock();
        // A room whose task is gone is opened anew.
        open.retain(|_, room| !room.is_closed());
        if let Some(room) = open.get(name) {
            return Some(room.clone());
        }
        if open.len() >= shared.limits.rooms {
            return None;
        }
        let (commands, waiting) = mpsc::channel(COMMANDS_WAITING);
        open.insert(name.clone(), commands.clone());
        tokio::spawn(room::run(Arc::clone(shared), name.clone(), waiting));
        Some(commands)
    }

    /// The room is not open any more.
    pub(super) fn forget(&self, name: &RoomName) {
        self.open.lock().remove(name);
    }

    /// Puts the room away when nothing waits for it and nobody has hold of it who could still send something.
    pub(super) fn forget_when_empty(&self, name: &RoomName, waiting: &mpsc::Receiver<Command>) -> bool {
        let mut open = self.open.lock();
        // One sender stands in the map; whoever takes another one takes it under this lock.
        if waiting.is_empty() && waiting.sender_strong_count() == 1 {
            open.remove(name);
            return true;
        }
        false
    }

    /// Tells all rooms that the relay stops, and waits until nothing is left to store.
    pub(super) async fn drain(&self) {
        let open = std::mem::take(&mut *self.open.lock());
        let mut ends = Vec::new();
        for room in open.into_values() {
            let (done, is_done) = oneshot::channel();
            if room.send(Command::Drain { done }).await.is_ok() {
                ends.push(is_done);
            }
        }
        for end in ends {
            if end.await.is_err() {
                tracing::debug!("a room had ended already");
            }
        }
    }
}
