//! The loop of one session: connect, greet, read and send until the link is lost, wait, again.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use gemba_model::UnixNanos;
use gemba_session::{
    JoinRefusal, SessionPhase,
    presence::{self, Presence, SHOW_EVERY, Seen},
    wire::{self, ClientMessage, Hello, PROTOCOL_VERSION, RelayMessage},
};
use tokio::{
    net,
    time::{self, Instant, MissedTickBehavior},
};

use super::{JoinOptions, Shared, Ways};
use crate::{
    JoinLink, Transport, alarm, clock,
    transport::{
        DatagramSender, Incoming, Link, LinkError, Reader, Writer, client_endpoint, connect_quic,
        connect_websocket,
    },
};

/// What did not change is sent again after this time: datagrams get lost.
const SHOW_AGAIN: Duration = Duration::from_secs(1);
const LOOK_AT_CLOCK: Duration = Duration::from_millis(250);
/// How long one way to one address may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// Addresses of a name that are tried.
const ADDRESSES_TRIED: usize = 4;
const GOODBYE_WITHIN: Duration = Duration::from_millis(1_500);
/// Messages that are handed to the network at once.
const MESSAGES_AT_ONCE: usize = 64;

type Tap = Box<dyn FnMut(UnixNanos, usize, &[Seen]) + Send + Sync>;
type PoseNow = Box<dyn FnMut(UnixNanos) -> Presence + Send + Sync>;

/// For those who measure: what a bot does in place of a person's viewer.
pub(crate) struct Hooks {
    /// Is told of every datagram that comes: its bytes, and what was new in it.
    pub(crate) tap: Tap,
    /// Where we are at the instant of sending.
    pub(crate) pose: PoseNow,
    /// How often that is sent.
    pub(crate) show_every: Duration,
}

pub(crate) struct Driver {
    link: JoinLink,
    options: JoinOptions,
    shared: Arc<Shared>,
    hooks: Option<Hooks>,
    /// What got through the last time.
    last_way: Transport,
    was_joined: bool,
}

/// How an attempt ended.
enum Ended {
    Lost(LinkError),
    /// The replica says that it is over, or for how long.
    Said,
    Stopped,
}

impl Driver {
    pub(crate) fn new(
        link: JoinLink,
        options: JoinOptions,
        shared: Arc<Shared>,
        hooks: Option<Hooks>,
    ) -> Self {
        Self {
            link,
            options,
            shared,
            hooks,
            last_way: Transport::Quic,
            was_joined: false,
        }
    }

    /// Keeps the session until it is over or stopped.
    pub(crate) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            shared.inner.lock().client.on_connecting();
            let ended = self.attempt().await;
            let detail = match &ended {
                Ended::Stopped => break,
                Ended::Said => "the relay ended the connection".to_owned(),
                Ended::Lost(error) => format!("no link to {}:{}: {error}", self.link.host, self.link.port),
            };
            let wait = {
                let mut inner = shared.inner.lock();
                inner.transport = None;
                if let Ended::Lost(error) = &ended {
                    self.on_lost(&mut inner.client, error);
                }
                let wait = inner.client.on_link_lost(shared.now(), &detail, rand::random());
                inner.on_changed();
                wait
            };
            tracing::debug!(link = ?self.link, ?wait, %detail, "the session has no link");
            let Some(wait) = wait else {
                shared.stop.notified().await;
                break;
            };
            tokio::select! {
                () = shared.stop.notified() => break,
                () = shared.retry.notified() => {}
                () = time::sleep(wait) => {}
            }
        }
    }

    /// What the loss of the link says beyond itself.
    fn on_lost(&self, client: &mut gemba_session::Client, error: &LinkError) {
        match error {
            LinkError::Closed(why) => {
                let is_open = matches!(
                    client.phase(),
                    SessionPhase::Joining | SessionPhase::Joined { .. }
                );
                if is_open
                    && let Err(fault) = client.on_message(self.shared.now(), RelayMessage::Closing(*why))
                {
                    tracing::debug!(%fault, "the relay's last words");
                }
            }
            // Whoever was in the room waits for the right relay to come back; a new link that leads elsewhere is wrong.
            LinkError::OtherCertificate if !self.was_joined => client.on_unreachable(JoinRefusal::OtherRelay),
            _ => {}
        }
    }

    async fn attempt(&mut self) -> Ended {
        let shared = Arc::clone(&self.shared);
        let opened = tokio::select! {
            biased;
            () = shared.stop.notified() => return Ended::Stopped,
            opened = self.open() => opened,
        };
        let link = match opened {
            Ok(link) => link,
            Err(error) => return Ended::Lost(error),
        };
        let Link {
            mut reader,
            mut writer,
            datagrams,
            exporter,
        } = link;
        self.last_way = datagrams.transport();
        let resume = {
            let mut inner = shared.inner.lock();
            inner.transport = Some(datagrams.transport());
            inner.client.on_link_up(shared.now())
        };
        let hello = ClientMessage::Hello(Box::new(Hello {
            protocol: PROTOCOL_VERSION,
            room: self.link.room.clone(),
            token: self.link.token.clone(),
            key: self.options.identity.key(),
            proof: self.options.identity.prove(&exporter),
            name: self.options.name.clone(),
            resume,
        }));
        if let Err(error) = writer.send(&mut Vec::from_iter(frame_of(&hello))).await {
            return Ended::Lost(error);
        }
        let every = self.hooks.as_ref().map_or(SHOW_EVERY, |hooks| hooks.show_every);
        let (tap, pose) = match &mut self.hooks {
            Some(hooks) => (Some(&mut hooks.tap), Some(&mut hooks.pose)),
            None => (None, None),
        };
        let ended = tokio::select! {
            biased;
            () = shared.stop.notified() => Ended::Stopped,
            ended = read(&shared, &mut reader, tap) => ended,
            error = write(&shared, &mut writer) => Ended::Lost(error),
            ended = keep_time(&shared) => ended,
            () = show(&shared, &datagrams, every, pose) => Ended::Stopped,
        };
        self.was_joined |= shared.inner.lock().client.you().is_some();
        if matches!(ended, Ended::Stopped) {
            goodbye(&shared, writer).await;
        } else {
            writer.abort(None);
        }
        ended
    }

    /// Opens a link by the way that got through last, else by the other.
    async fn open(&self) -> Result<Link, LinkError> {
        let ways = match self.options.ways {
            Ways::Only(way) => vec![way],
            Ways::Any if self.last_way == Transport::WebSocket => {
                vec![Transport::WebSocket, Transport::Quic]
            }
            Ways::Any => vec![Transport::Quic, Transport::WebSocket],
        };
        let host = (self.link.host.as_str(), self.link.port);
        let addresses = net::lookup_host(host).await.map_err(|error| LinkError::Lost {
            detail: format!("the name cannot be looked up ({error})"),
        })?;
        let addresses: Vec<SocketAddr> = addresses.take(ADDRESSES_TRIED).collect();
        let mut last = LinkError::Lost {
            detail: "the name has no address".to_owned(),
        };
        for way in ways {
            for address in &addresses {
                let opening = self.open_by(way, *address);
                last = match time::timeout(CONNECT_WITHIN, opening).await {
                    Ok(Ok(link)) => return Ok(link),
                    // Another way would lead to the same machine.
                    Ok(Err(LinkError::OtherCertificate)) => return Err(LinkError::OtherCertificate),
                    Ok(Err(error)) => error,
                    Err(_) => LinkError::Lost {
                        detail: format!("nothing answers over {way}"),
                    },
                };
            }
        }
        Err(last)
    }

    async fn open_by(&self, way: Transport, address: SocketAddr) -> Result<Link, LinkError> {
        match way {
            Transport::Quic => connect_quic(&client_endpoint(address)?, address, self.link.fingerprint).await,
            Transport::WebSocket => connect_websocket(address, self.link.fingerprint).await,
        }
    }
}

async fn read(shared: &Shared, reader: &mut Reader, mut tap: Option<&mut Tap>) -> Ended {
    loop {
        let incoming = match reader.next().await {
            Ok(incoming) => incoming,
            Err(error) => return Ended::Lost(error),
        };
        let now = shared.now();
        let mut inner = shared.inner.lock();
        match incoming {
            Incoming::Datagram(datagram) => {
                let fresh = inner.client.on_datagram(now, &datagram);
                if let Some(tap) = &mut tap {
                    let people = inner.client.people();
                    let seen: Vec<Seen> = fresh.iter().filter_map(|who| people.of(*who)).copied().collect();
                    drop(inner);
                    tap(now, datagram.len(), &seen);
                }
            }
            Incoming::Frame(frame) => {
                let message = match wire::decode(&frame) {
                    Ok(message) => message,
                    Err(error) => return Ended::Lost(error.into()),
                };
                if let Err(fault) = inner.client.on_message(now, message) {
                    let detail = fault.to_string();
                    return Ended::Lost(LinkError::Lost { detail });
                }
                inner.on_changed();
                let is_open = matches!(
                    inner.client.phase(),
                    SessionPhase::Joining | SessionPhase::Joined { .. }
                );
                if !is_open {
                    return Ended::Said;
                }
                // Catching up and clocks make messages of our own.
                shared.to_send.notify_one();
            }
        }
    }
}

async fn write(shared: &Shared, writer: &mut Writer) -> LinkError {
    let mut frames = Vec::with_capacity(MESSAGES_AT_ONCE);
    loop {
        take_messages(shared, &mut frames);
        if !frames.is_empty() {
            if let Err(error) = writer.send(&mut frames).await {
                return error;
            }
            continue;
        }
        tokio::select! {
            biased;
            () = shared.to_send.notified() => {}
            datagram = writer.next_datagram() => {
                if let Err(error) = writer.send_datagram(datagram).await {
                    return error;
                }
            }
        }
    }
}

fn take_messages(shared: &Shared, frames: &mut Vec<Bytes>) {
    let mut inner = shared.inner.lock();
    while frames.len() < MESSAGES_AT_ONCE
        && let Some(message) = inner.client.poll_message()
    {
        frames.extend(frame_of(&message));
    }
}

/// A message as a frame. What the room's checks allow fits one.
fn frame_of(message: &ClientMessage) -> Option<Bytes> {
    match wire::frame(message) {
        Ok(frame) => Some(frame.into()),
        Err(error) => {
            tracing::error!(%error, "a message does not fit a frame");
            None
        }
    }
}

async fn keep_time(shared: &Shared) -> Ended {
    // Those who came at once, as after a restart of the relay, are not to ask at once ever after: each answer would be
    // as late as there are people, and the clock as wrong.
    let begins = Instant::now() + LOOK_AT_CLOCK.mul_f64(rand::random());
    let mut times = time::interval_at(begins, LOOK_AT_CLOCK);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        let told = shared.inner.lock().client.on_time(shared.now());
        if let Err(fault) = told {
            let detail = fault.to_string();
            return Ended::Lost(LinkError::Lost { detail });
        }
        shared.to_send.notify_one();
    }
}

/// Sends our own presence while we are in the room, on its beat.
async fn show(shared: &Shared, datagrams: &DatagramSender, every: Duration, mut pose: Option<&mut PoseNow>) {
    let mut last: Option<(Presence, Instant)> = None;
    let mut number = 0_u16;
    loop {
        let wait = until_next_beat(shared, every);
        alarm::sleep_until(clock::instant() + wait).await;
        let now = Instant::now();
        let due = {
            let inner = shared.inner.lock();
            let is_joined = matches!(inner.client.phase(), SessionPhase::Joined { .. });
            let pose = pose.as_mut().map(|pose| pose(shared.now())).or(inner.presence);
            pose.filter(|_| is_joined)
        };
        let is_old = |(shown, when): &(Presence, Instant)| {
            Some(*shown) == due && now.saturating_duration_since(*when) < SHOW_AGAIN
        };
        let Some(presence) = due.filter(|_| !last.as_ref().is_some_and(is_old)) else {
            continue;
        };
        last = Some((presence, now));
        number = number.wrapping_add(1);
        let mut datagram = Vec::with_capacity(presence::MAX_SAMPLE_BYTES);
        presence::encode(&presence, number, &mut datagram);
        if !datagrams.send(datagram.into()) {
            tracing::trace!("a presence datagram was not taken");
        }
    }
}

/// How long until our presence is to be sent, so that it arrives in the room on the beat.
fn until_next_beat(shared: &Shared, every: Duration) -> Duration {
    let inner = shared.inner.lock();
    let Some(beat) = inner.client.beat(every) else {
        return every;
    };
    // A clock that is only just known better must not make two beats of one: what is nearer than half was just now.
    let clock = inner.client.clock();
    let arrives = clock.room_time(shared.now()).after(clock.one_way());
    let wait = beat.wait_after(arrives);
    if wait < every / 2 { wait + every } else { wait }
}

async fn goodbye(shared: &Shared, mut writer: Writer) {
    let said = async {
        shared.inner.lock().client.leave();
        let mut frames = Vec::new();
        loop {
            take_messages(shared, &mut frames);
            if frames.is_empty() || writer.send(&mut frames).await.is_err() {
                break;
            }
        }
        writer.finish(None).await;
    };
    if time::timeout(GOODBYE_WITHIN, said).await.is_err() {
        tracing::debug!("the relay took no goodbye");
    }
    shared.inner.lock().on_changed();
}
