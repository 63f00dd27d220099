//! What every client of a broker needs, the one that listens and the one that publishes: options and a goodbye.

use std::time::Duration;

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Outgoing, TlsConfiguration, Transport};
use tokio::time;

use crate::{ConnectionConfig, tls};

/// How long a goodbye to the broker may take.
const GOODBYE: Duration = Duration::from_millis(250);

/// Endpoint, keep-alive, login and TLS of `config`; the error says which secret or file cannot be had.
pub(crate) fn mqtt_options(config: &ConnectionConfig, client_id: &str) -> Result<MqttOptions, String> {
    let endpoint = &config.endpoint;
    // rumqttc joins host and port with a colon.
    let host = if endpoint.host.contains(':') {
        format!("[{}]", endpoint.host)
    } else {
        endpoint.host.clone()
    };
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

/// Says goodbye, so that the broker does not wait for a keep-alive that never comes.
pub(crate) async fn goodbye(client: &AsyncClient, events: &mut EventLoop) {
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
