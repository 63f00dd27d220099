//! Log lines: on standard error, filtered by `RUST_LOG`, in colour only where a terminal shows it.

use std::io::{IsTerminal, stderr};

use bevy::log::{DEFAULT_FILTER, LogPlugin};

/// Whoever opens a plant wants to know of the plant, not of the engine. The embedded broker calls each goodbye an error;
/// when it ends, `gemba_sources` says so.
const CHATTER: &str = "rumqttd=off,bevy_app=warn,bevy_pbr=warn,bevy_render=warn,bevy_egui=error";

/// The log of the viewer and of every command.
#[must_use]
pub fn plugin() -> LogPlugin {
    LogPlugin {
        filter: format!("{DEFAULT_FILTER},{CHATTER}"),
        fmt_layer: |_| {
            Some(Box::new(
                tracing_subscriber::fmt::Layer::default()
                    .with_ansi(stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
                    .with_writer(stderr),
            ))
        },
        ..LogPlugin::default()
    }
}
