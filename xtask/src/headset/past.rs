//! What the timeline recorded on the desktop is there in the headset.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    lab::{Lab, Runtime},
    remote::{ADDR, ask, command, until},
    scenario::PATIENCE,
    visit::{Visit, until_focused},
};

/// So much of the past is looked back into.
const MILLIS: i64 = 2_000;

/// Looks back on the desktop, enters VR, and looks back at the same instant; then lives on.
pub(super) fn is_kept(lab: &Lab) -> Result<()> {
    std::fs::write(lab.out.join("live.usda"), include_str!("live.usda")).context("cannot write the plant")?;
    let args = [
        "--plant",
        "pumphouse",
        "--scene",
        "/out/live.usda",
        "--headless",
        "--eye-size",
        "320x240",
        "--remote",
        ADDR,
    ];
    let mut visit = Visit::start(lab, |lab| {
        lab.start_gemba("demo", Runtime::Installed, "past.log", &args)
    })?;
    until("gemba.view", "there is a past", PATIENCE, |view| {
        let [at, from] = ["at_millis", "from_millis"].map(|of| view["timeline"][of].as_i64());
        at.zip(from).is_some_and(|(at, from)| at - from > 2 * MILLIS)
    })?;
    let before = ask("gemba.view", &Value::Null)?["timeline"].clone();
    let from = before["from_millis"]
        .as_i64()
        .context("the past has no beginning")?;
    let at = from + MILLIS;
    let stands_there =
        |view: &Value| view["timeline"]["is_live"] == false && view["timeline"]["at_millis"] == at;
    command(&json!({ "command": "set_timeline", "at_millis": at, "speed": 0.0 }))?;
    until("gemba.view", "one looks back", PATIENCE, stands_there)?;
    command(&json!({ "command": "enter_vr" }))?;
    until_focused()?;
    let view = until(
        "gemba.view",
        "one looks back to the same instant",
        PATIENCE,
        stands_there,
    )?;
    ensure!(
        view["timeline"]["from_millis"] == from,
        "it began at {from}, and begins now at {}",
        view["timeline"]["from_millis"]
    );
    command(&json!({ "command": "go_live" }))?;
    until("gemba.view", "more is recorded", PATIENCE, |view| {
        let timeline = &view["timeline"];
        timeline["is_live"] == true && timeline["samples"].as_u64() > before["samples"].as_u64()
    })?;
    visit.end()?;
    let left = lab.handed_over()?;
    ensure!(left.is_empty(), "what was handed over still lies in {left:?}");
    Ok(())
}
