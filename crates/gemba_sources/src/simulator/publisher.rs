//! The shell: a sample plant in real time, or faster, on a thread of its own, publishing to a broker.
//!
//! It also listens on the plant's command topic, where faults are injected and cleared. Only this simulator listens there:
//! it is no part of the viewer, which writes to no plant.

use std::{
    fs::File,
    io::BufWriter,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use bytes::Bytes;
use gemba_telemetry::{LinkMachine, RetryPolicy};
use rumqttc::{AsyncClient, ClientError, Event, EventLoop, Packet, QoS};
use tokio::{
    sync::{mpsc, oneshot},
    time,
};

use super::{
    PublisherOptions, SamplePlant, SimulationError, faults::Command, publication::Publication,
    record::Recorder,
};
use crate::{
    ConnectionConfig, clock,
    mqtt::link::{goodbye, mqtt_options},
};

/// Messages that wait for the broker; more are dropped and counted. A few beats of a large plant that runs fast fit in.
const QUEUE: usize = 4_096;
/// How often plant time is given to the plant.
const BEAT: Duration = Duration::from_millis(20);
/// A longer gap (a suspended machine) is not caught up with.
const LONGEST_GAP: Duration = Duration::from_secs(1);
/// Commands that wait for the plant's next step; more are refused and logged.
const COMMANDS: usize = 64;

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
    /// When the system gives no thread or event loop, a fault makes no sense for the plant, or its record cannot be made.
    pub fn start(config: ConnectionConfig, options: PublisherOptions) -> Result<Self, SimulationError> {
        let shared = Arc::new(Shared::default());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(SimulationError::System)?;
        let (commands, commanded) = mpsc::channel(COMMANDS);
        let recorder = match &options.record {
            Some(path) => Some(File::create(path).map_err(SimulationError::Record)?),
            None => None,
        };
        let simulation = Simulation {
            plant: options.build(clock::now())?,
            speed: options.speed,
            commanded,
            recorder: recorder.map(|file| Recorder::new(BufWriter::new(file))),
            shared: Arc::clone(&shared),
        };
        let link = Link {
            command_topic: options.plant.command_topic(),
            commands,
            shared: Arc::clone(&shared),
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || runtime.block_on(run(config, simulation, link, stopped)))
            .map_err(SimulationError::System)?;
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

/// The plant while it is simulated.
#[derive(Debug)]
struct Simulation {
    plant: Box<dyn SamplePlant>,
    /// Plant seconds in a second.
    speed: f64,
    commanded: mpsc::Receiver<Bytes>,
    recorder: Option<Recorder<BufWriter<File>>>,
    shared: Arc<Shared>,
}

/// What comes from the broker.
#[derive(Debug)]
struct Link {
    command_topic: Option<&'static str>,
    commands: mpsc::Sender<Bytes>,
    shared: Arc<Shared>,
}

async fn run(
    config: ConnectionConfig,
    mut simulation: Simulation,
    link: Link,
    mut stopped: oneshot::Receiver<()>,
) {
    let client_id = format!("gemba-simulator-{:08x}", rand::random::<u32>());
    let mut machine = LinkMachine::new(RetryPolicy::default());
    loop {
        machine.on_connecting();
        let attempt = async {
            let options = mqtt_options(&config, &client_id)?;
            let (client, mut events) = AsyncClient::new(options, QUEUE);
            // Neither loop is ever cancelled and taken up again: a message is sent whole or not at all.
            let error = tokio::select! {
                biased;
                error = link.run(&client, &mut events, &mut machine) => Some(error),
                () = simulation.beat(Some(&client)) => None,
                _ = &mut stopped => None,
            };
            if error.is_none() {
                goodbye(&client, &mut events).await;
            }
            Ok::<_, String>(error)
        };
        let reason = match attempt.await {
            Ok(None) => break,
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
            _ = &mut stopped => break,
            // The plant runs on while nobody listens.
            () = simulation.beat(None) => {}
            () = time::sleep(wait) => {}
        }
    }
    simulation.finish();
}

impl Link {
    /// Drives the link until it is lost, and says why it was.
    async fn run(&self, client: &AsyncClient, events: &mut EventLoop, machine: &mut LinkMachine) -> String {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    machine.on_live(clock::now());
                    self.shared.connected.fetch_add(1, Ordering::Relaxed);
                    if let Some(topic) = self.command_topic
                        && let Err(error) = client.try_subscribe(topic, QoS::AtLeastOnce)
                    {
                        return error.to_string();
                    }
                }
                Ok(Event::Incoming(Packet::Publish(publish))) if !publish.retain => {
                    if self.commands.try_send(publish.payload).is_err() {
                        tracing::warn!("a command to the simulated plant is refused: too many wait");
                    }
                }
                Ok(Event::Incoming(Packet::Disconnect)) => {
                    return "the broker closed the connection".to_owned();
                }
                Ok(_) => {}
                Err(error) => return error.to_string(),
            }
        }
    }
}

impl Simulation {
    /// Gives the plant its time, for ever, and hands what it publishes to the link where there is one.
    async fn beat(&mut self, client: Option<&AsyncClient>) {
        let mut beats = time::interval(BEAT);
        beats.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        let mut last = clock::instant();
        let mut out = Vec::new();
        loop {
            beats.tick().await;
            let now = clock::instant();
            let passed = now.duration_since(last).min(LONGEST_GAP);
            last = now;
            self.obey();
            self.plant.step(passed.mul_f64(self.speed), &mut out);
            for publication in out.drain(..) {
                self.record(&publication);
                self.publish(client, publication);
            }
        }
    }

    fn obey(&mut self) {
        while let Ok(payload) = self.commanded.try_recv() {
            let done = Command::from_json(&payload).and_then(|command| {
                tracing::info!("{command}");
                self.plant.command(command)
            });
            if let Err(error) = done {
                tracing::warn!("{error}");
            }
        }
    }

    fn record(&mut self, publication: &Publication) {
        let written = self.recorder.as_mut().map(|recorder| recorder.write(publication));
        if let Some(Err(error)) = written {
            tracing::error!("the record ends, it cannot be written: {error}");
            self.recorder = None;
        }
    }

    fn publish(&self, client: Option<&AsyncClient>, publication: Publication) {
        let sent = client.map(|client| {
            client.try_publish(
                &*publication.topic,
                QoS::AtMostOnce,
                publication.retain,
                publication.payload,
            )
        });
        match sent {
            Some(Ok(())) => self.shared.published.fetch_add(1, Ordering::Relaxed),
            Some(Err(ClientError::Request(_) | ClientError::TryRequest(_))) | None => {
                self.shared.dropped.fetch_add(1, Ordering::Relaxed)
            }
        };
    }

    fn finish(self) {
        match self.recorder.map(Recorder::finish) {
            Some(Ok(lines)) => tracing::info!(lines, "the record is written"),
            Some(Err(error)) => tracing::error!("the record's end cannot be written: {error}"),
            None => {}
        }
    }
}
