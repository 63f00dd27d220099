//! The relay: sockets, rooms, and the threads that serve them.
//!
//! A runtime of its own serves connections (`connection`) and rooms (`room`); the store's thread makes things durable.
//! Between them are bounded channels, and only the one from a connection to its room is ever waited for: a room waits
//! for no participant, and no participant for another.

mod connection;
mod http;
mod limits;
mod metrics;
mod outbox;
mod room;
mod rooms;
mod seated;

use std::{
    io,
    net::{SocketAddr, UdpSocket},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use gemba_session::{Allowance, Budget};
use parking_lot::{Mutex, RwLock};
use thiserror::Error;
use tokio::{net::TcpListener, runtime::Runtime, task::JoinHandle, time};
use tokio_rustls::TlsAcceptor;

pub use limits::RelayLimits;
pub(crate) use metrics::Metrics;

use self::{
    limits::{DRAIN_WITHIN, Gate, HELLO_WITHIN},
    rooms::Rooms,
};
use crate::{
    audit::Record,
    identity::{IdentityError, RelayIdentity, Revocations},
    store::{Store, StoreError, StoreThread},
    tls, transport,
};

/// How often the list of revoked tokens is looked at.
const REVOCATIONS_EVERY: Duration = Duration::from_millis(500);
/// Lines about people who were not let in.
const REFUSAL_LINES: Allowance = Allowance {
    per_second: 10,
    burst: 100,
};
/// Handshakes under way beyond which unknown addresses must prove that they are theirs.
const HANDSHAKES_UNPROVEN: u64 = 64;
/// Of so many cores one is the relay's for sockets and rooms: beyond the fewest, threads that look for work cost more than
/// they send.
const CORES_A_THREAD: usize = 2;
/// Threads for them at least. Who sees a pose last waits for the tick's datagrams to everybody before: with two, one thread
/// sends while the other still makes them.
const FEWEST_THREADS: usize = 2;
/// Ports that are tried until UDP and TCP have the same one, when any will do.
const PORTS_TRIED: usize = 16;

/// How a relay is to run.
#[derive(Clone, Debug)]
pub struct RelayConfig {
    /// Where it listens, on UDP and TCP; port 0 for any.
    pub listen: SocketAddr,
    /// Where it keeps its keys, rooms and logs.
    pub data: PathBuf,
    /// Where metrics and health are served, without encryption or password: a loopback address.
    pub metrics: Option<SocketAddr>,
    /// What it takes.
    pub limits: RelayLimits,
    /// Move an audit log aside that was changed, and start a new chain.
    pub renew_audit: bool,
    /// Whether QUIC is served; WebSockets always are.
    pub has_quic: bool,
}

impl RelayConfig {
    /// A relay on `listen` with the data in `data`, and everything else as usual.
    #[must_use]
    pub fn new(listen: SocketAddr, data: PathBuf) -> Self {
        Self {
            listen,
            data,
            metrics: None,
            limits: RelayLimits::default(),
            renew_audit: false,
            has_quic: true,
        }
    }
}

/// Why a relay does not start.
#[derive(Debug, Error)]
pub enum RelayError {
    /// Keys or certificate cannot be used.
    #[error("the relay has no identity")]
    Identity(#[from] IdentityError),
    /// The rooms cannot be opened.
    #[error("the relay's rooms cannot be opened")]
    Store(#[from] StoreError),
    /// The list of revoked tokens cannot be read: without it nobody can be let in.
    #[error("the list of revoked tokens cannot be read")]
    Revocations(#[source] io::Error),
    /// The address cannot be had.
    #[error("cannot listen on {address}; choose another `--listen`, or stop what uses it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
    /// TLS or the runtime cannot be set up.
    #[error("the relay cannot be set up: {detail}")]
    SetUp {
        /// What failed.
        detail: String,
    },
}

/// What all connections and rooms share.
pub(crate) struct Shared {
    identity: Arc<RelayIdentity>,
    limits: RelayLimits,
    metrics: Arc<Metrics>,
    store: Store,
    rooms: Rooms,
    gate: Arc<Gate>,
    revocations: RwLock<Revocations>,
    refusal_lines: Mutex<Budget>,
    next_connection: AtomicU64,
    handshakes: AtomicU64,
    is_draining: AtomicBool,
}

impl Shared {
    fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Acquire)
    }
}

/// A running relay. Dropping it stops it as [`Relay::stop`] does.
pub struct Relay {
    runtime: Option<Runtime>,
    shared: Option<Arc<Shared>>,
    endpoint: Option<quinn::Endpoint>,
    accepting: Vec<JoinHandle<()>>,
    store: StoreThread,
    identity: Arc<RelayIdentity>,
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
}

impl Relay {
    /// Opens the data, the sockets, and serves on threads named `relay:io`.
    ///
    /// # Errors
    /// [`RelayError`] when something of it cannot be had.
    pub fn start(config: RelayConfig) -> Result<Self, RelayError> {
        let identity = RelayIdentity::load_or_create(&config.data)?;
        let revocations = Revocations::load(&config.data).map_err(RelayError::Revocations)?;
        let metrics = Arc::new(Metrics::default());
        let (store, store_thread) = Store::start(&config.data, config.renew_audit, Arc::clone(&metrics))?;
        store.note(Record::RelayStarted {
            version: env!("CARGO_PKG_VERSION"),
        });
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads((cores / CORES_A_THREAD).max(FEWEST_THREADS))
            .thread_name("relay:io")
            .enable_all()
            .build()
            .map_err(|error| RelayError::SetUp {
                detail: error.to_string(),
            })?;
        let shared = Arc::new(Shared {
            identity: Arc::clone(&identity),
            limits: config.limits,
            metrics,
            store,
            rooms: Rooms::default(),
            gate: Arc::new(Gate::default()),
            revocations: RwLock::new(revocations),
            refusal_lines: Mutex::new(Budget::new(REFUSAL_LINES)),
            next_connection: AtomicU64::new(1),
            handshakes: AtomicU64::new(0),
            is_draining: AtomicBool::new(false),
        });
        let mut relay = Self {
            runtime: None,
            shared: Some(Arc::clone(&shared)),
            endpoint: None,
            accepting: Vec::new(),
            store: store_thread,
            identity,
            address: config.listen,
            metrics_address: None,
        };
        let served = runtime.block_on(relay.serve(&shared, &config));
        relay.runtime = Some(runtime);
        // A relay that could not start is dropped, and waits for the store's thread: nothing may keep that alive.
        drop(shared);
        served?;
        Ok(relay)
    }

    async fn serve(&mut self, shared: &Arc<Shared>, config: &RelayConfig) -> Result<(), RelayError> {
        let (udp, tcp) = listen(config.listen).await?;
        self.address = tcp.local_addr().map_err(|source| RelayError::Listen {
            address: config.listen,
            source,
        })?;
        let set_up = |detail: String| RelayError::SetUp { detail };
        let websocket = tls::server_config(&self.identity, tls::ALPN_WEBSOCKET)
            .map_err(|error| set_up(error.to_string()))?;
        let acceptor = TlsAcceptor::from(Arc::new(websocket));
        self.accepting
            .push(tokio::spawn(accept_tcp(Arc::clone(shared), tcp, acceptor)));
        if config.has_quic {
            let endpoint =
                transport::server_endpoint(&self.identity, udp).map_err(|error| set_up(error.to_string()))?;
            self.accepting
                .push(tokio::spawn(accept_quic(Arc::clone(shared), endpoint.clone())));
            self.endpoint = Some(endpoint);
        }
        if let Some(address) = config.metrics {
            let failed = |source| RelayError::Listen { address, source };
            let listener = TcpListener::bind(address).await.map_err(failed)?;
            self.metrics_address = Some(listener.local_addr().map_err(failed)?);
            if !address.ip().is_loopback() {
                tracing::warn!(%address, "metrics can be read by everyone who reaches this address");
            }
            self.accepting
                .push(tokio::spawn(http::serve(Arc::clone(shared), listener)));
        }
        self.accepting
            .push(tokio::spawn(follow_revocations(Arc::clone(shared))));
        Ok(())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are served, when they are.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Its keys and certificate.
    #[must_use]
    pub fn identity(&self) -> &RelayIdentity {
        &self.identity
    }

    /// Waits for `until` on the relay's runtime: a signal to stop.
    pub(crate) fn run_until<T>(&self, until: impl Future<Output = T>) -> Option<T> {
        self.runtime.as_ref().map(|runtime| runtime.block_on(until))
    }

    /// Stops: everyone is told, what waits is stored, connections are ended, threads are joined.
    pub fn stop(self) {
        drop(self);
    }

    async fn drain(shared: &Shared, accepting: &mut Vec<JoinHandle<()>>, endpoint: Option<&quinn::Endpoint>) {
        shared.is_draining.store(true, Ordering::Release);
        if let Some(endpoint) = endpoint {
            // New connections are turned away; those that are there go on.
            endpoint.set_server_config(None);
        }
        if time::timeout(DRAIN_WITHIN, shared.rooms.drain()).await.is_err() {
            tracing::warn!("not all rooms ended in time");
        }
        // Last words are on their way; connections are gone once they were taken.
        let gone = async {
            while shared.gate.len() > 0 {
                time::sleep(Duration::from_millis(10)).await;
            }
        };
        if time::timeout(DRAIN_WITHIN, gone).await.is_err() {
            tracing::warn!("connections that did not end in time are cut");
        }
        for task in accepting.drain(..) {
            task.abort();
        }
        if let Some(endpoint) = endpoint {
            endpoint.close(0_u32.into(), b"");
            if time::timeout(Duration::from_secs(1), endpoint.wait_idle())
                .await
                .is_err()
            {
                tracing::debug!("not every goodbye was taken");
            }
        }
        shared.store.note(Record::RelayStopped);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let (Some(runtime), Some(shared)) = (self.runtime.take(), self.shared.take()) else {
            return;
        };
        runtime.block_on(Self::drain(&shared, &mut self.accepting, self.endpoint.as_ref()));
        self.endpoint = None;
        drop(shared);
        // Tasks let go of the store; then its thread writes what is left and ends.
        runtime.shutdown_timeout(Duration::from_secs(2));
        self.store.join();
    }
}

/// A UDP and a TCP socket with one port.
async fn listen(address: SocketAddr) -> Result<(UdpSocket, TcpListener), RelayError> {
    let failed = |source| RelayError::Listen { address, source };
    for _ in 1..PORTS_TRIED {
        let udp = UdpSocket::bind(address).map_err(failed)?;
        let port = udp.local_addr().map_err(failed)?.port();
        match TcpListener::bind(SocketAddr::new(address.ip(), port)).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) if address.port() == 0 && error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Err(failed(io::ErrorKind::AddrInUse.into()))
}

async fn accept_quic(shared: Arc<Shared>, endpoint: quinn::Endpoint) {
    while let Some(knock) = endpoint.accept().await {
        let remote = knock.remote_address();
        let is_busy = shared.handshakes.load(Ordering::Relaxed) >= HANDSHAKES_UNPROVEN;
        if is_busy && knock.may_retry() {
            if knock.retry().is_err() {
                tracing::debug!(%remote, "an address could not be asked to prove itself");
            }
            continue;
        }
        let Some(place) = shared.gate.enter(&shared.limits, remote.ip()) else {
            shared.metrics.connections_refused.add(1);
            knock.refuse();
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            shake_hands(&shared, remote, transport::accept_quic(knock)).await;
            drop(place);
        });
    }
}

async fn accept_tcp(shared: Arc<Shared>, listener: TcpListener, acceptor: TlsAcceptor) {
    loop {
        let (stream, remote) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: wait until some are free.
                tracing::warn!(%error, "no connection could be taken");
                time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let place = shared.gate.enter(&shared.limits, remote.ip());
        let Some(place) = place.filter(|_| !shared.is_draining()) else {
            shared.metrics.connections_refused.add(1);
            continue;
        };
        let shared = Arc::clone(&shared);
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            shake_hands(&shared, remote, transport::accept_websocket(&acceptor, stream)).await;
            drop(place);
        });
    }
}

async fn shake_hands(
    shared: &Arc<Shared>,
    remote: SocketAddr,
    shaking: impl Future<Output = Result<transport::Link, transport::LinkError>>,
) {
    shared.handshakes.fetch_add(1, Ordering::Relaxed);
    let shaken = time::timeout(HELLO_WITHIN, shaking).await;
    shared.handshakes.fetch_sub(1, Ordering::Relaxed);
    match shaken {
        Ok(Ok(link)) => connection::serve(Arc::clone(shared), link, remote).await,
        Ok(Err(error)) => {
            shared.metrics.handshakes_failed.add(1);
            tracing::debug!(%remote, %error, "no handshake");
        }
        Err(_) => {
            shared.metrics.handshakes_failed.add(1);
            tracing::debug!(%remote, "the handshake took too long");
        }
    }
}

/// Another process may revoke tokens in the data folder; rooms look at the list each second.
async fn follow_revocations(shared: Arc<Shared>) {
    let mut times = time::interval(REVOCATIONS_EVERY);
    loop {
        times.tick().await;
        let refreshed = shared.revocations.write().refresh();
        match refreshed {
            Ok(true) => tracing::info!("the list of revoked tokens was read again"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the list of revoked tokens cannot be read"),
        }
    }
}
