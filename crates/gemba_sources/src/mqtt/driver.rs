//! The loop of one connection: connect, subscribe, read until the link is lost, wait, again.
//!
//! rumqttc would reconnect at once inside `poll`; here every attempt gets an event loop of its own, so that the waits
//! of [`LinkMachine`] hold, and credentials and certificates are read anew each time.

use std::{
    collections::HashMap,
    future,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use gemba_model::{TagId, UnixNanos};
use gemba_telemetry::{
    Decoder, LinkMachine, LinkReason, LinkState, RetryPolicy, TagTable, TopicFilter, TopicRouter, decode,
};
use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, Outgoing, Packet, Publish, QoS, SubAck,
    SubscribeFilter, SubscribeReasonCode,
};
use tokio::{sync::oneshot, time};

use super::{
    Shared,
    link::{goodbye, mqtt_options},
    reason::reason_of,
};
use crate::{ConnectionConfig, clock};

/// Filters in one SUBSCRIBE packet, and bytes of them: well below what brokers accept.
const FILTERS_A_PACKET: usize = 100;
const FILTER_BYTES_A_PACKET: usize = 32 << 10;

/// Lines about bad payloads in the log, for one connection in one minute.
const WARNINGS_A_MINUTE: u32 = 20;

/// How many messages of one burst may share a reading of the clock: some 50 microseconds of work.
const MESSAGES_A_CLOCK_READING: u32 = 32;

/// Events that are there at once are taken by so many, before one looks whether the connection is to end.
const EVENTS_AT_ONCE: u32 = 64;

pub(super) struct Driver {
    name: Arc<str>,
    config: ConnectionConfig,
    client_id: String,
    router: TopicRouter,
    table: Arc<TagTable>,
    shared: Arc<Shared>,
    machine: LinkMachine,
    decoder: Decoder,
    warnings: WarningBudget,
    /// The last reading of the clock and how many messages have it.
    recv_time: Option<(UnixNanos, u32)>,
}

/// How an attempt ended.
enum Ended {
    Lost(LinkReason),
    Stopped,
}

impl Driver {
    pub(super) fn new(
        name: Arc<str>,
        config: ConnectionConfig,
        router: TopicRouter,
        table: Arc<TagTable>,
        shared: Arc<Shared>,
    ) -> Self {
        let client_id = config
            .client_id
            .clone()
            .unwrap_or_else(|| format!("gemba-{:012x}", rand::random::<u64>() >> 16));
        let limits = decode::Limits {
            max_payload_bytes: config.max_payload_bytes,
            ..decode::Limits::default()
        };
        Self {
            name,
            config,
            client_id,
            router,
            table,
            shared,
            machine: LinkMachine::new(RetryPolicy::default()),
            decoder: Decoder::new(limits),
            warnings: WarningBudget::default(),
            recv_time: None,
        }
    }

    pub(super) async fn run(mut self, mut stop: oneshot::Receiver<()>) {
        loop {
            self.machine.on_connecting();
            self.show_state();
            let reason = match self.attempt(&mut stop).await {
                Ended::Lost(reason) => reason,
                Ended::Stopped => break,
            };
            let was_live = self.machine.state().is_live();
            let wait = self
                .machine
                .on_lost(clock::now(), reason.clone(), rand::random::<f64>());
            self.show_state();
            self.log_lost(&reason, was_live, wait);
            tokio::select! {
                biased;
                _ = &mut stop => break,
                () = time::sleep(wait) => {}
            }
        }
        self.machine.on_stopped();
        self.show_state();
    }

    fn show_state(&self) {
        *self.shared.state.lock() = self.machine.state().clone();
        self.shared
            .reconnects
            .store(self.machine.reconnects(), Ordering::Relaxed);
    }

    /// One line when a link is lost or cannot be made at first; later attempts only at debug level.
    fn log_lost(&self, reason: &LinkReason, was_live: bool, wait: Duration) {
        let LinkState::Waiting { attempt, .. } = self.machine.state() else {
            return;
        };
        if was_live || *attempt == 1 {
            tracing::warn!(connection = %self.name, "{reason}. {}.", reason.remedy());
        } else {
            tracing::debug!(connection = %self.name, attempt, ?wait, "{reason}");
        }
    }

    async fn attempt(&mut self, stop: &mut oneshot::Receiver<()>) -> Ended {
        let options = match self.options() {
            Ok(options) => options,
            Err(reason) => return Ended::Lost(reason),
        };
        let batches = batches(self.router.subscriptions());
        // Room for every SUBSCRIBE and the goodbye: nothing ever waits for room in this queue.
        let (client, mut events) = AsyncClient::new(options, batches.len() + 4);
        let mut acks = HashMap::new();
        let mut at_once = 0;
        loop {
            at_once += 1;
            let next = if at_once <= EVENTS_AT_ONCE {
                next_event(&mut events, stop).await
            } else {
                at_once = 0;
                match stop.try_recv() {
                    Err(oneshot::error::TryRecvError::Empty) => continue,
                    Ok(()) | Err(oneshot::error::TryRecvError::Closed) => Next::Stop,
                }
            };
            let event = match next {
                Next::AtOnce(event) => event,
                Next::Awaited(event) => {
                    self.recv_time = None;
                    event
                }
                Next::Stop => {
                    goodbye(&client, &mut events).await;
                    return Ended::Stopped;
                }
            };
            match event {
                Ok(Event::Incoming(Packet::Publish(publish))) => self.deliver(&publish),
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    if let Err(reason) = self.on_connected(&client, &batches) {
                        return Ended::Lost(reason);
                    }
                }
                // SUBSCRIBE packets leave in the order in which they were queued.
                Ok(Event::Outgoing(Outgoing::Subscribe(packet_id))) => {
                    acks.insert(packet_id, acks.len());
                }
                Ok(Event::Incoming(Packet::SubAck(ack))) => {
                    let batch = acks.get(&ack.pkid).and_then(|batch| batches.get(*batch));
                    self.on_subscribed(&ack, batch.map_or(&[], Vec::as_slice));
                }
                Ok(Event::Incoming(Packet::Disconnect)) => return Ended::Lost(LinkReason::Closed),
                Ok(_) => {}
                Err(error) => return Ended::Lost(reason_of(&error)),
            }
        }
    }

    fn options(&self) -> Result<MqttOptions, LinkReason> {
        let config = &self.config;
        let mut options =
            mqtt_options(config, &self.client_id).map_err(|detail| LinkReason::Credentials { detail })?;
        options.set_clean_session(config.clean_session);
        let max_outgoing_bytes = config.max_packet_bytes.max(4 * FILTER_BYTES_A_PACKET);
        options.set_max_packet_size(config.max_packet_bytes, max_outgoing_bytes);
        Ok(options)
    }

    /// Subscribes to everything. A session that the broker kept may miss filters, so it is not relied on.
    fn on_connected(&mut self, client: &AsyncClient, batches: &[Vec<TopicFilter>]) -> Result<(), LinkReason> {
        self.machine.on_live(clock::now());
        self.shared.refused_filters.lock().clear();
        self.show_state();
        tracing::info!(connection = %self.name, endpoint = %self.config.endpoint, "connected");
        let qos = if self.config.qos == 0 {
            QoS::AtMostOnce
        } else {
            QoS::AtLeastOnce
        };
        for batch in batches {
            let filters = batch
                .iter()
                .map(|filter| SubscribeFilter::new(filter.as_str().to_owned(), qos));
            if let Err(error) = client.try_subscribe_many(filters) {
                return Err(LinkReason::Protocol {
                    detail: format!("a subscription could not be sent: {error}"),
                });
            }
        }
        Ok(())
    }

    fn on_subscribed(&mut self, ack: &SubAck, batch: &[TopicFilter]) {
        for (code, filter) in ack.return_codes.iter().zip(batch) {
            if *code == SubscribeReasonCode::Failure {
                tracing::warn!(connection = %self.name, %filter, "the broker refuses the subscription");
                self.shared.refused_filters.lock().push(filter.to_string());
            }
        }
    }

    fn deliver(&mut self, publish: &Publish) {
        let now = self.recv_time();
        let delivery = self.router.deliver(
            &publish.topic,
            &publish.payload,
            now,
            &mut self.decoder,
            &self.table,
        );
        let shared = &*self.shared;
        // This thread is the only writer, so no atomic addition is needed.
        let add = |counter: &AtomicU64, more: u64| {
            counter.store(
                counter.load(Ordering::Relaxed).wrapping_add(more),
                Ordering::Relaxed,
            );
        };
        add(&shared.messages, 1);
        add(&shared.payload_bytes, publish.payload.len() as u64);
        add(&shared.values, u64::from(delivery.values));
        add(&shared.decode_errors, u64::from(delivery.faults));
        add(
            &shared.oversized,
            u64::from(publish.payload.len() > self.config.max_payload_bytes),
        );
        add(&shared.unrouted, u64::from(delivery.is_unrouted));
        shared.last_message.store(now.0, Ordering::Relaxed);
        if let Some(tag) = delivery.warning_due {
            self.warn_about(tag, now);
        }
    }

    /// Messages that were waiting in the socket together share a time, up to [`MESSAGES_A_CLOCK_READING`]: reading the
    /// clock costs as much as routing a message.
    fn recv_time(&mut self) -> UnixNanos {
        let (now, uses) = match self.recv_time {
            Some((now, uses)) if uses < MESSAGES_A_CLOCK_READING => (now, uses + 1),
            _ => (clock::now(), 1),
        };
        self.recv_time = Some((now, uses));
        now
    }

    fn warn_about(&mut self, tag: TagId, now: UnixNanos) {
        if let (true, Some(fault)) = (self.warnings.take(now), self.table.last_fault(tag)) {
            tracing::warn!(connection = %self.name, "{}", fault.message());
        }
    }
}

/// What comes next on a connection.
enum Next {
    /// It was there.
    AtOnce(Result<Event, ConnectionError>),
    /// It had to be waited for.
    Awaited(Result<Event, ConnectionError>),
    /// Nobody wants more.
    Stop,
}

/// Looks for `stop` only while it waits: that costs something for each message, and in a flood nothing waits.
async fn next_event(events: &mut EventLoop, stop: &mut oneshot::Receiver<()>) -> Next {
    let mut event = pin!(events.poll());
    let mut has_waited = false;
    future::poll_fn(|context| match event.as_mut().poll(context) {
        Poll::Ready(event) if has_waited => Poll::Ready(Next::Awaited(event)),
        Poll::Ready(event) => Poll::Ready(Next::AtOnce(event)),
        Poll::Pending => {
            has_waited = true;
            Pin::new(&mut *stop).poll(context).map(|_stopped| Next::Stop)
        }
    })
    .await
}

/// Cuts `filters` into what fits one packet each.
fn batches(filters: &[TopicFilter]) -> Vec<Vec<TopicFilter>> {
    let mut batches: Vec<Vec<TopicFilter>> = Vec::new();
    let mut bytes = usize::MAX;
    for filter in filters {
        let len = filter.as_str().len();
        match batches.last_mut() {
            Some(batch) if batch.len() < FILTERS_A_PACKET && bytes + len <= FILTER_BYTES_A_PACKET => {
                batch.push(filter.clone());
                bytes += len;
            }
            _ => {
                batches.push(vec![filter.clone()]);
                bytes = len;
            }
        }
    }
    batches
}

/// Keeps the log readable when every payload of a plant is bad.
#[derive(Debug, Default)]
struct WarningBudget {
    minute: i64,
    used: u32,
}

impl WarningBudget {
    fn take(&mut self, now: UnixNanos) -> bool {
        let minute = now.as_millis().div_euclid(60_000);
        if minute != self.minute {
            *self = Self { minute, used: 0 };
        }
        self.used = self.used.saturating_add(1);
        self.used <= WARNINGS_A_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_every_filter_once_and_fit_a_packet() {
        let filters: Vec<_> = (0..950)
            .map(|n| {
                TopicFilter::new(&format!(
                    "plant/{n}/{}",
                    "x".repeat(if n < 300 { 900 } else { 3 })
                ))
                .unwrap()
            })
            .collect();
        let batches = batches(&filters);
        assert_eq!(batches.concat(), filters);
        for batch in &batches {
            assert!(batch.len() <= FILTERS_A_PACKET);
            assert!(batch.iter().map(|filter| filter.as_str().len()).sum::<usize>() <= FILTER_BYTES_A_PACKET);
        }
        assert!(super::batches(&[]).is_empty());
        let longest = TopicFilter::new(&"y".repeat(65_535)).unwrap();
        assert_eq!(super::batches(&[longest.clone(), longest]).len(), 2);
    }

    #[test]
    fn warnings_are_few_in_a_minute_and_come_back_in_the_next() {
        let mut budget = WarningBudget::default();
        let at = |secs: i64| UnixNanos(secs * 1_000_000_000);
        let taken = (0..1_000).filter(|_| budget.take(at(60))).count();
        assert_eq!(taken, 20);
        assert!(!budget.take(at(119)));
        assert!(budget.take(at(120)));
    }
}
