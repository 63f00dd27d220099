//! A participant's link to a room, for programs that know nothing of sockets and futures: a viewer, a bot, a test.
//!
//! [`Session::join`] starts a thread that keeps the link: it connects over QUIC, else over a WebSocket, comes back
//! after a loss by itself, and drives the replica of `gemba_session`. The [`Session`] shows what the replica holds and
//! takes what the person does; none of its methods waits for the network. What is not read is bounded: of events the
//! oldest give way to one that says "look at everything again".

mod driver;

use std::{collections::VecDeque, io, sync::Arc, thread, time::Duration};

use gemba_model::UnixNanos;
use gemba_session::{
    Client, Operation, OperationNumber, ParticipantId, PlantMark, Refusal, RoomState, SessionEvent,
    SessionPhase,
    client::LinkPolicy,
    operation::Name,
    presence::{Presence, Seen},
};
use parking_lot::Mutex;
use thiserror::Error;
use tokio::sync::Notify;

pub(crate) use driver::{Driver, Hooks};

use crate::{ClientIdentity, JoinLink, Transport, clock};

/// Events that may wait to be read.
const EVENTS_WAITING: usize = 4_096;

/// Which ways to the relay are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ways {
    /// QUIC, and a WebSocket where that does not get through.
    #[default]
    Any,
    /// Only this one.
    Only(Transport),
}

/// How to join.
#[derive(Clone, Debug)]
pub struct JoinOptions {
    /// The key by which the room knows this client again.
    pub identity: Arc<ClientIdentity>,
    /// The name to show, where the link leaves it open.
    pub name: Option<Name>,
    /// Waits and time limits of the link.
    pub policy: LinkPolicy,
    /// Which ways are tried.
    pub ways: Ways,
    /// The plant that is open here, when it is known already; else [`Session::open_plant`] tells.
    pub plant: Option<PlantMark>,
    /// Where this machine's time comes from; the room's is measured against it, and it may be wrong by any amount.
    pub clock: fn() -> UnixNanos,
}

impl JoinOptions {
    /// As usual, with this key.
    #[must_use]
    pub fn new(identity: Arc<ClientIdentity>) -> Self {
        Self {
            identity,
            name: None,
            policy: LinkPolicy::default(),
            ways: Ways::Any,
            plant: None,
            clock: clock::now,
        }
    }
}

/// Why a session cannot even start to try.
#[derive(Debug, Error)]
#[error("no thread for the session")]
pub struct SessionStartError(#[from] io::Error);

/// The link as it is now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkQuality {
    /// How the bytes travel; `None` without a link.
    pub transport: Option<Transport>,
    /// How long a message took there and back, the last time.
    pub round_trip: Option<Duration>,
    /// Operations that wait for an answer.
    pub in_flight: usize,
    /// Events that were never read and gave way.
    pub events_lost: u64,
}

/// A place in a room. Dropping it says goodbye and joins its thread.
#[derive(Debug)]
pub struct Session {
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Session {
    /// Starts the thread `session:ROOM`, which connects and keeps trying when it cannot; [`Session::phase`] tells how it
    /// goes.
    ///
    /// # Errors
    /// [`SessionStartError`] when the operating system gives no thread.
    pub fn join(link: JoinLink, options: JoinOptions) -> Result<Self, SessionStartError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let name = format!("session:{}", link.room);
        let shared = Arc::new(Shared::new(options.policy, options.clock));
        if let Some(plant) = options.plant.clone() {
            shared.inner.lock().client.open_plant(shared.now(), plant);
        }
        let driver = Driver::new(link, options, Arc::clone(&shared), None);
        let thread = thread::Builder::new().name(name).spawn(move || {
            runtime.block_on(driver.run());
            // A look-up of a host name may still hang in the system's resolver; it is not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Where the session stands.
    #[must_use]
    pub fn phase(&self) -> SessionPhase {
        self.shared.inner.lock().client.phase().clone()
    }

    /// Who we are, once the room has said so.
    #[must_use]
    pub fn you(&self) -> Option<ParticipantId> {
        self.shared.inner.lock().client.you()
    }

    /// What to show: the room with our own waiting operations done ahead. The same value until something changes.
    #[must_use]
    pub fn view(&self) -> Arc<RoomState> {
        self.shared.inner.lock().view(self.shared.now())
    }

    /// Writes what is known of where everyone is into `people`, in place of what was there.
    pub fn read_people(&self, people: &mut Vec<(ParticipantId, Seen)>) {
        people.clear();
        let inner = self.shared.inner.lock();
        people.extend(inner.client.people().everyone().map(|(who, seen)| (who, *seen)));
    }

    /// The next thing that happened.
    #[must_use]
    pub fn poll_event(&self) -> Option<SessionEvent> {
        self.shared.inner.lock().events.pop_front()
    }

    /// Does something: it shows in [`Session::view`] at once, and [`SessionEvent::Done`] or
    /// [`SessionEvent::Refused`] says what became of it.
    ///
    /// # Errors
    /// The [`Refusal`] that the room would give; nothing is sent then.
    pub fn submit(&self, operation: Operation) -> Result<OperationNumber, Refusal> {
        let mut inner = self.shared.inner.lock();
        let number = inner.client.submit(self.shared.now(), operation)?;
        inner.on_changed();
        drop(inner);
        self.shared.to_send.notify_one();
        Ok(number)
    }

    /// Takes back our newest operation that can be taken back.
    ///
    /// # Errors
    /// The [`Refusal`] that says why not.
    pub fn undo(&self) -> Result<OperationNumber, Refusal> {
        let mut inner = self.shared.inner.lock();
        let number = inner.client.undo(self.shared.now())?;
        inner.on_changed();
        drop(inner);
        self.shared.to_send.notify_one();
        Ok(number)
    }

    /// Shows the others where we are. Call it each frame: it is sent at 30 Hz at most, and seldom while nothing moves.
    pub fn show(&self, presence: Presence) {
        self.shared.inner.lock().presence = Some(presence);
    }

    /// Tells the room which plant is open here, now and whenever we come in again. Call it when another one was opened.
    pub fn open_plant(&self, plant: PlantMark) {
        let mut inner = self.shared.inner.lock();
        inner.client.open_plant(self.shared.now(), plant);
        inner.on_changed();
        drop(inner);
        self.shared.to_send.notify_one();
    }

    /// Tries again now instead of after the wait.
    pub fn retry_now(&self) {
        self.shared.retry.notify_one();
    }

    /// The link as it is now.
    #[must_use]
    pub fn link_quality(&self) -> LinkQuality {
        let inner = self.shared.inner.lock();
        LinkQuality {
            transport: inner.transport,
            round_trip: inner.client.clock().round_trip(),
            in_flight: inner.client.in_flight(),
            events_lost: inner.events_lost,
        }
    }

    /// What the room's clock shows now.
    #[must_use]
    pub fn room_time(&self) -> UnixNanos {
        let now = self.shared.now();
        self.shared.inner.lock().client.clock().room_time(now)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.shared.stop.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the session panicked");
        }
    }
}

/// What the thread and the handle share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) inner: Mutex<Inner>,
    clock: fn() -> UnixNanos,
    pub(crate) to_send: Notify,
    pub(crate) retry: Notify,
    pub(crate) stop: Notify,
}

impl Shared {
    pub(crate) fn new(policy: LinkPolicy, clock: fn() -> UnixNanos) -> Self {
        Self {
            clock,
            inner: Mutex::new(Inner {
                client: Client::new(policy),
                events: VecDeque::new(),
                events_lost: 0,
                view: Arc::default(),
                is_view_stale: false,
                presence: None,
                transport: None,
            }),
            to_send: Notify::new(),
            retry: Notify::new(),
            stop: Notify::new(),
        }
    }

    /// What this machine's clock shows.
    pub(crate) fn now(&self) -> UnixNanos {
        (self.clock)()
    }
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) client: Client,
    pub(crate) events: VecDeque<SessionEvent>,
    events_lost: u64,
    view: Arc<RoomState>,
    is_view_stale: bool,
    pub(crate) presence: Option<Presence>,
    pub(crate) transport: Option<Transport>,
}

impl Inner {
    /// The replica was told something: gathers what it has to say.
    pub(crate) fn on_changed(&mut self) {
        self.is_view_stale = true;
        while let Some(event) = self.client.poll_event() {
            if self.events.len() >= EVENTS_WAITING {
                self.events_lost += self.events.len() as u64;
                self.events.clear();
                self.events.push_back(SessionEvent::StateReplaced);
            }
            self.events.push_back(event);
        }
    }

    fn view(&mut self, now: UnixNanos) -> Arc<RoomState> {
        if self.is_view_stale {
            self.is_view_stale = false;
            self.view = Arc::new(self.client.view(now).clone());
        }
        Arc::clone(&self.view)
    }
}
