//! The shell: the plant in real time on a thread of its own, publishing to a broker.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use gemba_telemetry::{LinkMachine, RetryPolicy};
use rumqttc::{
    AsyncClient, ClientError, Event, EventLoop, MqttOptions, Outgoing, Packet, QoS, TlsConfiguration,
    Transport,
};
use tokio::{sync::oneshot, time};

use super::{PumpHouse, Rates};
use crate::{ConnectionConfig, clock, tls};

/// Messages that wait for the broker; more are dropped and counted.
const QUEUE: usize = 512;
/// How often plant time is given to the plant.
const BEAT: Duration = Duration::from_millis(20);
/// A longer gap (a suspended machine) is not caught up with.
const LONGEST_GAP: Duration = Duration::from_secs(1);
/// How long a goodbye to the broker may take.
const GOODBYE: Duration = Duration::from_millis(250);

/// What to publish, and how fast.
#[derive(Clone, Debug)]
pub struct PublisherOptions {
    /// Seed of the plant's noise.
    pub seed: u64,
    /// How often its controllers publish.
    pub rates: Rates,
}

impl Default for PublisherOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            rates: Rates::default(),
        }
    }
}

/// What the publisher has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublisherCounters {
    /// Messages handed to the link.
    pub published: u64,
    /// Messages that found the queue full, the broker away or slow.
    pub dropped: u64,
    /// Connections made.
    pub connected: u64,
}

#[derive(Debug, Default)]
struct Shared {
    published: AtomicU64,
    dropped: AtomicU64,
    connected: AtomicU64,
}

/// A simulated plant that publishes to a broker until it is dropped.
#[derive(Debug)]
pub struct Publisher {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Publisher {
    /// Starts the thread `simulator`; the broker may come later.
    ///
    /// # Errors
    /// When the system gives no thread or event loop.
    pub fn start(config: ConnectionConfig, options: PublisherOptions) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("simulator".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || runtime.block_on(run(config, options, shared, stopped))
        })?;
        Ok(Self {
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// What it has done so far.
    #[must_use]
    pub fn counters(&self) -> PublisherCounters {
        PublisherCounters {
            published: self.shared.published.load(Ordering::Relaxed),
            dropped: self.shared.dropped.load(Ordering::Relaxed),
            connected: self.shared.connected.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // Sending fails when the thread has ended already, which is what is wanted.
        if self.stop.take().is_some_and(|stop| stop.send(()).is_err()) {
            tracing::trace!("the simulator has ended already");
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the simulator's thread panicked");
        }
    }
}

async fn run(
    config: ConnectionConfig,
    options: PublisherOptions,
    shared: Arc<Shared>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut house = PumpHouse::new(options.seed)
        .with_rates(options.rates)
        .starting_at(clock::now());
    let mut machine = LinkMachine::new(RetryPolicy::default());
    loop {
        machine.on_connecting();
        let attempt = async {
            let options = mqtt_options(&config)?;
            let (client, mut events) = AsyncClient::new(options, QUEUE);
            // Neither loop is ever cancelled and taken up again: a message is sent whole or not at all.
            let error = tokio::select! {
                biased;
                error = link(&mut events, &mut machine, &shared) => Some(error),
                () = beat(&mut house, Some(&client), &shared) => None,
                _ = &mut stopped => None,
            };
            if error.is_none() {
                goodbye(&client, &mut events).await;
            }
            Ok::<_, String>(error)
        };
        let reason = match attempt.await {
            Ok(None) => return,
            Ok(Some(reason)) | Err(reason) => reason,
        };
        let lost = gemba_telemetry::LinkReason::Protocol {
            detail: reason.clone(),
        };
        let wait = machine.on_lost(clock::now(), lost, rand::random::<f64>());
        tracing::debug!(
            "the simulator has no broker at {}: {reason}; again in {wait:?}",
            config.endpoint
        );
        tokio::select! {
            biased;
            _ = &mut stopped => return,
            // The plant runs on while nobody listens.
            () = beat(&mut house, None, &shared) => {}
            () = time::sleep(wait) => {}
        }
    }
}

fn mqtt_options(config: &ConnectionConfig) -> Result<MqttOptions, String> {
    let endpoint = &config.endpoint;
    let host = if endpoint.host.contains(':') {
        format!("[{}]", endpoint.host)
    } else {
        endpoint.host.clone()
    };
    let client_id = format!("gemba-simulator-{:08x}", rand::random::<u32>());
    let mut options = MqttOptions::new(client_id, host, endpoint.port);
    options.set_keep_alive(config.keep_alive);
    if let Some(login) = config.login().map_err(|error| error.to_string())? {
        options.set_credentials(login.username, login.password);
    }
    if endpoint.is_tls {
        let client = tls::client_config(config).map_err(|error| error.to_string())?;
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(client)));
    }
    Ok(options)
}

/// Drives the link until it is lost, and says why it was.
async fn link(events: &mut EventLoop, machine: &mut LinkMachine, shared: &Shared) -> String {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                machine.on_live(clock::now());
                shared.connected.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Event::Incoming(Packet::Disconnect)) => return "the broker closed the connection".to_owned(),
            Ok(_) => {}
            Err(error) => return error.to_string(),
        }
    }
}

/// Gives the plant its time, for ever, and hands what it publishes to the link where there is one.
async fn beat(house: &mut PumpHouse, client: Option<&AsyncClient>, shared: &Shared) {
    let mut beats = time::interval(BEAT);
    beats.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    let mut last = clock::instant();
    let mut out = Vec::new();
    loop {
        beats.tick().await;
        let now = clock::instant();
        house.step(now.duration_since(last).min(LONGEST_GAP), &mut out);
        last = now;
        for publication in out.drain(..) {
            let sent = client.map(|client| {
                client.try_publish(
                    publication.topic,
                    QoS::AtMostOnce,
                    publication.retain,
                    publication.payload,
                )
            });
            match sent {
                Some(Ok(())) => shared.published.fetch_add(1, Ordering::Relaxed),
                Some(Err(ClientError::Request(_) | ClientError::TryRequest(_))) | None => {
                    shared.dropped.fetch_add(1, Ordering::Relaxed)
                }
            };
        }
    }
}

/// Says goodbye, so that the broker does not wait for a keep-alive that never comes.
async fn goodbye(client: &AsyncClient, events: &mut EventLoop) {
    if events.network.is_none() || client.try_disconnect().is_err() {
        return;
    }
    let sent = async {
        while let Ok(event) = events.poll().await {
            if event == Event::Outgoing(Outgoing::Disconnect) {
                break;
            }
        }
    };
    if time::timeout(GOODBYE, sent).await.is_err() {
        tracing::debug!("the broker took no goodbye");
    }
}
