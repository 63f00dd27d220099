//! How sessions begin and end: without a runtime, under the eyes of validation layers, over and over, and when the runtime dies.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    lab::{Lab, Runtime, XR_FINDINGS},
    remote::{ADDR, ask, command, until},
    scenario::{PATIENCE, both_eyes},
    visit::{Visit, until_focused, until_whole},
};

/// What the layer of Vulkan says of copies of which it cannot know where they lie: known to be wrong, and reported by the makers of
/// wgpu (KhronosGroup/Vulkan-ValidationLayers#9276).
const FALSE_ALARMS: [&str; 2] = [
    "VUID-vkCmdCopyBufferToImage-pRegions-00173",
    "VUID-vkCmdCopyImageToBuffer-pRegions-00184",
];
/// Entering and leaving must work as often as one likes.
const TIMES: usize = 10;

/// The loader finds no runtime.
pub(super) fn without_runtime(lab: &Lab) -> Result<()> {
    ends_with(lab, Runtime::None, "no-runtime.log", "runtime")
}

/// There is no loader.
pub(super) fn without_loader(lab: &Lab) -> Result<()> {
    let _hidden = lab.hide_loader()?;
    ends_with(lab, Runtime::Installed, "no-loader.log", "loader")
}

/// A run for pictures alone has nothing to go on with; its message names what is missing.
fn ends_with(lab: &Lab, runtime: Runtime, log: &str, word: &str) -> Result<()> {
    let args = ["/out/plant.usda", "--xr", "--headless", "--shot", "/out/none.png"];
    let mut viewer = lab.start_viewer(runtime, log, &args)?;
    let code = viewer.wait(PATIENCE).context("it does not end")?;
    let said = std::fs::read_to_string(lab.out.join(log))?;
    ensure!(code != 0, "it ended as if all were well: {said}");
    ensure!(
        said.contains(word) && !said.contains("panicked"),
        "it says {said}"
    );
    Ok(())
}

/// Enters, looks, selects, leaves and enters again under layers that check every call.
pub(super) fn validated(lab: &Lab) -> Result<()> {
    let findings = lab.out.join(XR_FINDINGS);
    if findings.exists() {
        std::fs::remove_file(&findings)?;
    }
    let args = ["/out/plant.usda", "--xr", "--headless", "--remote", ADDR];
    let mut visit = Visit::start(lab, |lab| lab.start_checked_viewer("validated.log", &args))?;
    until_focused()?;
    // Slower than any headset can bear: it gives pixels up, and shows the same with those that are left.
    until("gemba.xr", "pixels are given up", PATIENCE, |state| {
        state["resolution_ratio"]
            .as_f64()
            .is_some_and(|ratio| ratio < 1.0)
    })?;
    until_whole()?;
    both_eyes(lab, "fewer-pixels.png")?;
    command(&json!({ "command": "select_prim", "prim": "/World/Block" }))?;
    until("gemba.xr", "panels are there", PATIENCE, |state| {
        state["panels"].as_array().is_some_and(|panels| panels.len() == 2)
    })?;
    ask("gemba.screenshot", &json!({ "file": "/out/validated.png" }))?;
    command(&json!({ "command": "leave_vr" }))?;
    until("gemba.xr", "one is on the desktop", PATIENCE, |state| {
        state["phase"] == "desktop"
    })?;
    command(&json!({ "command": "enter_vr" }))?;
    until_focused()?;
    visit.end()?;
    drop(visit);
    let log = std::fs::read_to_string(lab.out.join("validated.log"))?;
    ensure!(findings.exists(), "the layer of OpenXR has not run: {log}");
    let found = std::fs::read_to_string(&findings)?;
    let is_error = |line: &&str| {
        line.starts_with("Validation Error") && !FALSE_ALARMS.iter().any(|id| line.contains(id))
            || line.contains("[VALID_ERROR")
    };
    let errors: Vec<&str> = log
        .lines()
        .chain(found.lines())
        .filter(is_error)
        .take(5)
        .collect();
    ensure!(errors.is_empty(), "{}", errors.join(" | "));
    Ok(())
}

/// Leaves and enters in one process.
pub(super) fn leave_and_enter() -> Result<()> {
    for time in 1..=TIMES {
        command(&json!({ "command": "leave_vr" }))?;
        until("gemba.xr", "one is on the desktop", PATIENCE, |state| {
            state["phase"] == "desktop"
        })
        .with_context(|| format!("the {time}. time"))?;
        command(&json!({ "command": "enter_vr" }))?;
        until("gemba.xr", "the session is focused", PATIENCE, |state| {
            state["phase"] == "focused"
        })
        .with_context(|| format!("the {time}. time"))?;
    }
    Ok(())
}

/// The runtime is killed under the viewer.
pub(super) fn survive(visit: &mut Visit) -> Result<()> {
    visit.service.kill();
    let state = until("gemba.xr", "one is on the desktop", PATIENCE, |state| {
        state["phase"] == "desktop" && state["notice"].is_string()
    })?;
    println!("      it says: {}", state["notice"].as_str().unwrap_or_default());
    let before = ask("gemba.frame", &Value::Null)?["count"].as_u64();
    until("gemba.frame", "frames go on", PATIENCE, |frame| {
        frame["count"].as_u64() > before
    })?;
    ensure!(visit.viewer.is_alive(), "the viewer ended");
    Ok(())
}
