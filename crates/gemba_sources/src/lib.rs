//! The IO shell around `gemba_telemetry`: MQTT, the embedded broker, the plant simulator.
//!
//! Owns tokio, sockets, files of secrets and certificates, and one named thread for each connection. It knows nothing
//! of scenes, twins or engines: it is told which address feeds which tag and fills the tag table. It cannot write to a
//! plant: a [`Source`] only subscribes.
//!
//! # Use
//!
//! ```
//! use std::{sync::Arc, time::{Duration, Instant}};
//!
//! use gemba_model::{TagId, Value};
//! use gemba_sources::{ConnectionConfig, EmbeddedBroker, Source, read_connections};
//! use gemba_telemetry::{TagTable, TopicRouter};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // From a file: every mistake is an issue with its line, the rest is usable.
//! let text = "[connection.plant]\nurl = \"mqtts://broker.example:8883\"\nusername = \"viewer\"\npassword_env = \"PLANT_PASSWORD\"\n";
//! let (connections, issues) = read_connections(text, "gemba.toml".as_ref());
//! assert!(issues.is_empty() && connections.by_name.contains_key("plant"));
//!
//! // Here the broker is our own, in this process.
//! let broker = EmbeddedBroker::start()?;
//! let config = ConnectionConfig::plain("127.0.0.1", broker.port());
//!
//! // One table for the plant, one router for each connection: (address, selector, tag).
//! let table = Arc::new(TagTable::new(1));
//! let (router, issues) = TopicRouter::new([("line1/filler", Some("/speed"), TagId(0))]);
//! assert!(issues.is_empty());
//! let source = Source::start("plant", config, router, Arc::clone(&table))?;
//!
//! # let deadline = Instant::now() + Duration::from_secs(20);
//! # while !source.status().state.is_live() && Instant::now() < deadline { std::thread::yield_now(); }
//! # let mut options = rumqttc::MqttOptions::new("pump", "127.0.0.1", broker.port());
//! # options.set_keep_alive(Duration::from_secs(5));
//! # let (client, mut connection) = rumqttc::Client::new(options, 8);
//! # client.publish("line1/filler", rumqttc::QoS::AtLeastOnce, true, r#"{"speed": 21.5}"#)?;
//! # for event in connection.iter() { if let rumqttc::Event::Incoming(rumqttc::Packet::PubAck(_)) = event? { break; } }
//! // Once per frame; `source.status()` shows the link.
//! let mut changed = Vec::new();
//! while changed.is_empty() {
//!     table.drain_dirty(&mut changed);
//! #   assert!(Instant::now() < deadline, "{:?}", source.status());
//! }
//! assert_eq!(changed[0].1.value, Some(Value::Number(21.5)));
//! drop(source); // Disconnects and joins its thread.
//! # Ok(())
//! # }
//! ```
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod broker;
mod clock;
mod config;
mod mqtt;
pub mod simulator;
pub mod tls;

pub use broker::{BrokerError, EmbeddedBroker};
pub use config::{
    ConnectionConfig, Connections, Endpoint, Password, SecretError, Username, read_connections,
};
pub use mqtt::{LinkCounters, LinkStatus, Source, StartError};
