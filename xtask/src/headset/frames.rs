//! What a frame is made of: pixels and things that can be given up, pipelines that are there before they are needed, and what is
//! said where there is nothing to see.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    remote::{ask, command, until},
    scenario::PATIENCE,
};

/// A speck of the plant is not drawn, the rest of it is.
pub(super) fn specks_are_left_out() -> Result<()> {
    let state = ask("gemba.xr", &Value::Null)?;
    let left_out = state["too_small_to_draw"]
        .as_u64()
        .context("nothing is counted")?;
    ensure!(
        left_out == 1,
        "{left_out} things are left out, and one is a speck"
    );
    Ok(())
}

/// Pipelines that were made since the viewer started.
pub(super) fn pipelines() -> Result<u64> {
    ask("gemba.frame", &Value::Null)?["pipelines"]
        .as_u64()
        .context("pipelines are counted")
}

/// Nothing had to be compiled since there were `before`.
pub(super) fn nothing_was_compiled(before: Result<u64>) -> Result<()> {
    let (before, after) = (before?, pipelines()?);
    ensure!(
        before == after,
        "{} pipelines were made while one was in the plant, after {before}; viewer.log names them",
        after - before
    );
    Ok(())
}

/// A plant that cannot be shown: it says so before the eyes. The one before can be opened again.
pub(super) fn it_is_said_what_went_wrong() -> Result<()> {
    let is_said = |wanted: bool| move |state: &Value| state["is_something_said"] == wanted;
    until("gemba.xr", "nothing is said", PATIENCE, is_said(false))?;
    command(&json!({ "command": "open_plant", "file": "/out/no-such-plant.usda" }))?;
    until("gemba.load", "it cannot be opened", PATIENCE, |load| {
        load["state"] == "failed"
    })?;
    until("gemba.xr", "something is said", PATIENCE, is_said(true))?;
    ask("gemba.screenshot", &json!({ "file": "/out/said.png" }))?;
    command(&json!({ "command": "open_plant", "file": "/out/plant.usda" }))?;
    until("gemba.load", "the plant is there again", PATIENCE, |load| {
        load["state"] == "ready"
    })?;
    Ok(())
}
