//! A broker inside this process (rumqttd), for the demo and for machines without one.
//!
//! It listens on a free port of 127.0.0.1 only, without users or TLS. Its sizes are limited: 64 connections, 1 MiB
//! for a payload, about 200 KiB of log for each subscribed filter.
//!
//! **Ending.** rumqttd has no shutdown of its own, so its server runs here on our runtime: dropping [`EmbeddedBroker`]
//! closes the listener and all connections and joins that thread. Its router thread (`router-0`) has no way to end; it
//! stays parked until the process ends, with the retained values it holds. So start one broker, not many.
//!
//! **Logs.** The server's own are dropped; those of its router thread carry the target `rumqttd`: filter them with
//! `rumqttd=off`.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use rumqttd::{ConnectionSettings, LinkType, Router, RouterConfig, Server, ServerSettings, protocol::v4::V4};
use thiserror::Error;
use tokio::sync::oneshot;
use tracing::subscriber::NoSubscriber;

use crate::clock;

/// How long the broker may take to listen.
const START_WITHIN: Duration = Duration::from_secs(5);

/// A broker on a free port of this machine's loopback interface. Dropping it closes all its connections.
#[derive(Debug)]
pub struct EmbeddedBroker {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Why the broker did not start.
#[derive(Debug, Error)]
pub enum BrokerError {
    /// No free port, no thread, or no runtime.
    #[error("the embedded broker got no port or thread from the system")]
    System(#[from] io::Error),
    /// It does not listen in time, or another program took the port.
    #[error("the embedded broker does not listen on port {port}")]
    NotListening {
        /// The port it was to listen on.
        port: u16,
    },
}

impl EmbeddedBroker {
    /// Starts a broker and returns when it listens.
    ///
    /// # Errors
    /// [`BrokerError`] when there is no free port, or it does not come up.
    pub fn start() -> Result<Self, BrokerError> {
        // Between finding a port and listening on it another program may take it: then another port is tried.
        let mut result = Self::start_on(free_port()?);
        for _ in 0..3 {
            if !matches!(result, Err(BrokerError::NotListening { .. })) {
                break;
            }
            result = Self::start_on(free_port()?);
        }
        result
    }

    fn start_on(port: u16) -> Result<Self, BrokerError> {
        let router_tx = Router::new(0, router_config()).spawn();
        let mut server = Server::new(server_settings(port), router_tx, V4);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new()
            .name("mqtt-broker".to_owned())
            .spawn(move || {
                // rumqttd calls every end of a connection an error; what matters of it shows at the clients.
                let ended = tracing::subscriber::with_default(NoSubscriber::default(), || {
                    runtime.block_on(async move {
                        tokio::select! {
                            _ = stopped => Ok(()),
                            ended = server.start(LinkType::Remote) => ended.map_err(|error| error.to_string()),
                        }
                    })
                });
                if let Err(error) = ended {
                    tracing::warn!("the embedded broker ended: {error}");
                }
            })?;
        let broker = Self {
            port,
            stop: Some(stop),
            thread: Some(thread),
        };
        if broker.listens_within(START_WITHIN) {
            Ok(broker)
        } else {
            Err(BrokerError::NotListening { port })
        }
    }

    fn listens_within(&self, limit: Duration) -> bool {
        let deadline = clock::instant() + limit;
        while self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                // Another program that took the port would answer too, but then our server has ended.
                return self.thread.as_ref().is_some_and(|thread| !thread.is_finished());
            }
            if clock::instant() >= deadline {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// The port on 127.0.0.1 that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What to write as `url` of a connection.
    #[must_use]
    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }
}

impl Drop for EmbeddedBroker {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take()
            && stop.send(()).is_err()
        {
            tracing::debug!("the embedded broker had ended already");
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the embedded broker panicked");
        }
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn router_config() -> RouterConfig {
    RouterConfig {
        max_connections: 64,
        max_outgoing_packet_count: 200,
        max_segment_size: 64 << 10,
        max_segment_count: 2,
        custom_segment: None,
        // rumqttd throws out a client that publishes what nobody subscribed to; a log of everything prevents that.
        initialized_filters: Some(vec!["#".to_owned()]),
        ..RouterConfig::default()
    }
}

fn server_settings(port: u16) -> ServerSettings {
    ServerSettings {
        name: "mqtt-broker".to_owned(),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        tls: None,
        next_connection_delay_ms: 0,
        connections: ConnectionSettings {
            connection_timeout_ms: 5_000,
            max_payload_size: 1 << 20,
            max_inflight_count: 200,
            auth: None,
            external_auth: None,
            dynamic_filters: false,
        },
    }
}
