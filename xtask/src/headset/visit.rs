//! A viewer in a runtime, and the hands of the person in it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    devices::Devices,
    lab::{Lab, Running},
    remote::{command, until},
    scenario::PATIENCE,
};

/// Runtime, hands and viewer; they end with it, the viewer first.
pub(super) struct Visit {
    pub(super) viewer: Running,
    pub(super) devices: Devices,
    pub(super) service: Running,
}

impl Visit {
    /// Starts the runtime, takes its hands, and starts the viewer.
    pub(super) fn start(lab: &Lab, viewer: impl FnOnce(&Lab) -> Result<Running>) -> Result<Self> {
        let service = lab.start_service()?;
        let devices = Devices::connect()?;
        Ok(Self {
            viewer: viewer(lab)?,
            devices,
            service,
        })
    }

    /// Ends the viewer as its user does.
    pub(super) fn end(&mut self) -> Result<()> {
        command(&json!({ "command": "quit" }))?;
        let code = self.viewer.wait(PATIENCE).context("the viewer does not end")?;
        ensure!(code == 0, "the viewer ended with {code}");
        Ok(())
    }
}

/// Waits until a person stands in the plant; gives the state of the headset.
pub(super) fn until_focused() -> Result<Value> {
    until_focused_within(PATIENCE)
}

/// The same for a plant that takes as long.
pub(super) fn until_focused_within(limit: Duration) -> Result<Value> {
    until("gemba.xr", "the session is focused", limit, |state| {
        state["phase"] == "focused" && state["is_placed"] == true
    })
}

/// Waits until all of the plant is drawn.
pub(super) fn until_whole() -> Result<Value> {
    until_whole_within(PATIENCE)
}

/// The same for a plant that takes as long.
pub(super) fn until_whole_within(limit: Duration) -> Result<Value> {
    until("gemba.view", "all of it is drawn", limit, |view| {
        view["is_under_way"] == false && view["is_whole"] == true
    })
}
