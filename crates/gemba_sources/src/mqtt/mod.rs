//! One MQTT connection: its thread, and what can be seen of it from outside.
//!
//! The thread runs a current-thread tokio runtime with rumqttc on it (`driver`). It holds no queue of messages: each is
//! decoded and published into the tag table before the next one is read, so a flood is held back by TCP and memory
//! stays bounded by the largest packet.

mod driver;
pub(crate) mod link;
mod reason;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    thread,
};

use gemba_model::{Issue, UnixNanos};
use gemba_telemetry::{LinkState, TagTable, TopicRouter};
use parking_lot::Mutex;
use thiserror::Error;
use tokio::sync::oneshot;

use crate::{ConnectionConfig, tls};

/// A running connection. Dropping it disconnects and joins its thread.
#[derive(Debug)]
pub struct Source {
    name: Arc<str>,
    endpoint: String,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Why a connection cannot even start to try.
#[derive(Debug, Error)]
pub enum StartError {
    /// No thread or runtime could be made for it.
    #[error("no thread for the connection `{name}`")]
    Thread {
        /// Its name.
        name: String,
        /// What the operating system says.
        source: io::Error,
    },
}

/// A connection as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkStatus {
    /// Its name in `gemba.toml`.
    pub name: Arc<str>,
    /// Where it leads, without credentials.
    pub endpoint: String,
    /// Where it stands.
    pub state: LinkState,
    /// What passed since it started.
    pub counters: LinkCounters,
    /// When the last message came, by this machine's clock.
    pub last_message: Option<UnixNanos>,
    /// Topic filters that the broker does not let this user subscribe to.
    pub refused_filters: Vec<String>,
}

/// What passed over a connection since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkCounters {
    /// Messages received.
    pub messages: u64,
    /// Bytes of their payloads.
    pub payload_bytes: u64,
    /// Values published into the tag table.
    pub values: u64,
    /// Reads of a payload that gave a tag no value.
    pub decode_errors: u64,
    /// Payloads above `max_payload_bytes`, refused unread.
    pub oversized: u64,
    /// Messages on topics that no tag reads.
    pub unrouted: u64,
    /// How often the link came back after it was lost.
    pub reconnects: u64,
}

/// What the driver's thread writes and [`Source::status`] reads.
#[derive(Debug)]
struct Shared {
    state: Mutex<LinkState>,
    refused_filters: Mutex<Vec<String>>,
    messages: AtomicU64,
    payload_bytes: AtomicU64,
    values: AtomicU64,
    decode_errors: AtomicU64,
    oversized: AtomicU64,
    unrouted: AtomicU64,
    reconnects: AtomicU64,
    /// Nanoseconds since 1970; `i64::MIN` when there was none.
    last_message: AtomicI64,
}

impl Source {
    /// Starts the thread `mqtt:NAME`, which connects, subscribes to what `router` needs and fills `table`, and keeps
    /// trying when it cannot; [`Source::status`] tells how it goes.
    ///
    /// # Errors
    /// [`StartError`] when the operating system gives no thread.
    pub fn start(
        name: &str,
        config: ConnectionConfig,
        router: TopicRouter,
        table: Arc<TagTable>,
    ) -> Result<Self, StartError> {
        tls::install_provider();
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let failed = |source| StartError::Thread {
            name: name.to_owned(),
            source,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let endpoint = config.endpoint.to_string();
        let name: Arc<str> = name.into();
        let driver = driver::Driver::new(Arc::clone(&name), config, router, table, Arc::clone(&shared));
        let thread = thread::Builder::new()
            .name(format!("mqtt:{name}"))
            .spawn(move || {
                runtime.block_on(driver.run(stopped));
                // A look-up of a host name may still hang in the system's resolver; it is not waited for.
                runtime.shutdown_background();
            })
            .map_err(|source| StartError::Thread {
                name: name.to_string(),
                source,
            })?;
        Ok(Self {
            name,
            endpoint,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The connection as it is now.
    #[must_use]
    pub fn status(&self) -> LinkStatus {
        let shared = &*self.shared;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let last_message = shared.last_message.load(Ordering::Relaxed);
        LinkStatus {
            name: Arc::clone(&self.name),
            endpoint: self.endpoint.clone(),
            state: shared.state.lock().clone(),
            counters: LinkCounters {
                messages: read(&shared.messages),
                payload_bytes: read(&shared.payload_bytes),
                values: read(&shared.values),
                decode_errors: read(&shared.decode_errors),
                oversized: read(&shared.oversized),
                unrouted: read(&shared.unrouted),
                reconnects: read(&shared.reconnects),
            },
            last_message: (last_message != i64::MIN).then_some(UnixNanos(last_message)),
            refused_filters: shared.refused_filters.lock().clone(),
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take()
            && stop.send(()).is_err()
        {
            tracing::debug!("the connection had ended already");
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(connection = %self.name, "the thread of the connection panicked");
        }
    }
}

impl LinkStatus {
    /// What a person should know about this connection: why it is down, what the broker refuses.
    #[must_use]
    pub fn issues(&self) -> Vec<Issue> {
        let down = match &self.state {
            LinkState::Waiting { reason, .. } => Some(reason.to_issue(&self.name)),
            LinkState::Connecting | LinkState::Live { .. } | LinkState::Stopped => None,
        };
        let refused = self.refused_filters.iter().map(|filter| {
            Issue::warning(
                "telemetry.subscription-refused",
                format!(
                    "the broker of `{}` refuses the subscription to `{filter}`",
                    self.name
                ),
                "Allow this user to read the topic in the broker's access list",
            )
        });
        down.into_iter().chain(refused).collect()
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            state: Mutex::new(LinkState::Connecting),
            refused_filters: Mutex::default(),
            messages: AtomicU64::default(),
            payload_bytes: AtomicU64::default(),
            values: AtomicU64::default(),
            decode_errors: AtomicU64::default(),
            oversized: AtomicU64::default(),
            unrouted: AtomicU64::default(),
            reconnects: AtomicU64::default(),
            last_message: AtomicI64::new(i64::MIN),
        }
    }
}
