//! Asking the viewer by remote control, and waiting until it says so.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Where the viewer is asked to listen; the namespace is ours alone.
pub(super) const ADDR: &str = "127.0.0.1:15702";

/// Asks `method`, and gives its result.
pub(super) fn ask(method: &str, params: &Value) -> Result<Value> {
    ask_at(15_702, method, params)
}

/// Asks the viewer that listens on `port`.
pub(super) fn ask_at(port: u16, method: &str, params: &Value) -> Result<Value> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    crate::remote::ask(addr, method, params)?.context("the viewer does not answer")
}

/// Requests a command.
pub(super) fn command(command: &Value) -> Result<()> {
    ask("gemba.command", command).map(drop)
}

/// The answer to `method`, once it is as wanted. An error says what was waited for and what is instead.
pub(super) fn until(
    method: &str,
    what: &str,
    limit: Duration,
    is_so: impl Fn(&Value) -> bool,
) -> Result<Value> {
    let end = Instant::now() + limit;
    let mut last = Value::Null;
    while Instant::now() < end {
        // Before it listens there is nobody to ask.
        if let Ok(state) = ask(method, &Value::Null) {
            if is_so(&state) {
                return Ok(state);
            }
            last = state;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("waited {} s until {what}; it is {last}", limit.as_secs())
}
