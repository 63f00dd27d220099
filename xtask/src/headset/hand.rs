//! The right hand of the person: it turns until its ray goes where it should, as a person does who sees where it goes.

use std::{thread::sleep, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{
    devices::{At, Devices},
    remote::ask,
};

/// Where the hand is held to point into the plant, and to point at the other wrist.
pub(super) const BEFORE_ME_M: [f32; 3] = [0.25, 1.2, -0.3];
pub(super) const OVER_WRIST_M: [f32; 3] = [0.0, 1.45, 0.0];
/// A viewer beside other work draws a few frames in this.
const A_LOOK: Duration = Duration::from_millis(300);
const LOOKS: usize = 150;

/// Turns the hand until `look` says that it is done; until then that says, from the state of the headset, where to point at.
pub(super) fn point_at(
    devices: &Devices,
    what: &str,
    look: impl Fn(&Value) -> (bool, Option<[f64; 3]>),
) -> Result<()> {
    let mut last = Value::Null;
    for _ in 0..LOOKS {
        let state = ask("gemba.xr", &Value::Null)?;
        let (is_done, target) = look(&state);
        if is_done {
            return Ok(());
        }
        if let Some(target) = target {
            turn(devices, &state["right"]["aim"], target)?;
        }
        last = state;
        sleep(A_LOOK);
    }
    bail!("the ray never comes to {what}: {last}")
}

/// Half way from where the ray goes to where it should go.
fn turn(devices: &Devices, aim: &Value, target: [f64; 3]) -> Result<()> {
    let at: [f64; 3] = serde_json::from_value(aim["at_m"].clone()).context("the hand has no ray")?;
    let forward: [f64; 3] = serde_json::from_value(aim["forward"].clone())?;
    let to: [f64; 3] = std::array::from_fn(|axis| target[axis] - at[axis]);
    let angles = |v: [f64; 3]| ((-v[0]).atan2(-v[2]), v[1].atan2(v[0].hypot(v[2])));
    let ((is_yaw, is_pitch), (to_yaw, to_pitch)) = (angles(forward), angles(to));
    devices.set(|now| {
        let [yaw, pitch] = &mut now.right_turn;
        *yaw += 0.5 * (to_yaw - is_yaw) as f32;
        *pitch += 0.5 * (to_pitch - is_pitch) as f32;
        now.right.pose = At::looking(now.right.pose.at_m, *yaw, *pitch);
    });
    Ok(())
}

/// How far beside `target` the ray goes, in metres.
pub(super) fn miss_m(state: &Value, target: [f64; 3]) -> Option<f64> {
    let aim = &state["right"]["aim"];
    let at: [f64; 3] = serde_json::from_value(aim["at_m"].clone()).ok()?;
    let forward: [f64; 3] = serde_json::from_value(aim["forward"].clone()).ok()?;
    let to: [f64; 3] = std::array::from_fn(|axis| target[axis] - at[axis]);
    let along: f64 = to.iter().zip(forward).map(|(to, forward)| to * forward).sum();
    let beside: f64 = to
        .iter()
        .zip(forward)
        .map(|(to, forward)| (to - along * forward).powi(2))
        .sum();
    (along > 0.0).then(|| beside.sqrt())
}

/// Pulls the trigger, waits until what that should do is done, and lets it go.
pub(super) fn pull(devices: &Devices, is_done: impl FnOnce() -> Result<Value>) -> Result<Value> {
    devices.set(|now| now.right.trigger = 1.0);
    let done = is_done();
    devices.set(|now| now.right.trigger = 0.0);
    done
}

/// Pulls the trigger and lets it go, each for as long as the viewer takes to see it.
pub(super) fn click(devices: &Devices) -> Result<()> {
    devices.set(|now| now.right.trigger = 1.0);
    until_trigger(true)?;
    devices.set(|now| now.right.trigger = 0.0);
    until_trigger(false)
}

fn until_trigger(is_pulled: bool) -> Result<()> {
    super::remote::until(
        "gemba.xr",
        "the trigger is seen",
        super::scenario::PATIENCE,
        |state| (state["right"]["trigger"].as_f64().unwrap_or(0.0) > 0.5) == is_pulled,
    )?;
    // The frame that saw it is drawn, and what it asked for is carried out.
    sleep(A_LOOK);
    Ok(())
}
