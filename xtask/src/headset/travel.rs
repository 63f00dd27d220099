//! Going about in the plant by the stick of the left hand.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    devices::{At, Devices},
    remote::{ask, command, until},
    scenario::PATIENCE,
};

/// Aims the left hand, pushes its stick forward, and gives what the arc says once it says what is wanted.
fn aim(
    devices: &Devices,
    what: &str,
    yaw_rad: f32,
    pitch_rad: f32,
    is_so: fn(&Value) -> bool,
) -> Result<Value> {
    devices.set(|now| {
        now.left.pose = At::looking([-0.25, 1.2, -0.3], yaw_rad, pitch_rad);
        now.left.stick = [0.0, 1.0];
    });
    until("gemba.xr", what, PATIENCE, |state| is_so(&state["arc"]))
}

fn let_go(devices: &Devices) {
    devices.set(|now| now.left.stick = [0.0, 0.0]);
}

fn floor_of(value: &Value) -> Result<[f64; 3]> {
    serde_json::from_value(value.clone()).with_context(|| format!("{value} is no place"))
}

fn is_near(one: [f64; 3], other: [f64; 3]) -> bool {
    one.iter()
        .zip(other)
        .all(|(one, other)| (one - other).abs() < 0.05)
}

/// One stands where the arc ended.
pub(super) fn teleport(devices: &Devices) -> Result<()> {
    let before = floor_of(&ask("gemba.xr", &Value::Null)?["feet_m"])?;
    aim(devices, "the arc ends on the floor", 0.6, -0.4, |arc| {
        arc["feet_m"].is_array()
    })?;
    // The hand has come to rest by then.
    std::thread::sleep(Duration::from_secs(1));
    let aimed = floor_of(&ask("gemba.xr", &Value::Null)?["arc"]["feet_m"])?;
    ensure!(!is_near(before, aimed), "it is aimed at where one stands");
    let_go(devices);
    until("gemba.xr", "one stands there", PATIENCE, |state| {
        floor_of(&state["feet_m"]).is_ok_and(|feet| is_near(feet, aimed))
    })?;
    Ok(())
}

/// An arc that ends at a wall leads nowhere.
pub(super) fn refuse_wall(devices: &Devices) -> Result<()> {
    let before = floor_of(&ask("gemba.xr", &Value::Null)?["feet_m"])?;
    // The wall is to the right.
    aim(devices, "the wall is no place to stand", -1.4, 0.3, |arc| {
        arc["refused"].is_string()
    })?;
    let_go(devices);
    let after = until("gemba.xr", "the arc is gone", PATIENCE, |state| {
        state["arc"].is_null()
    })?;
    let feet = floor_of(&after["feet_m"])?;
    ensure!(is_near(before, feet), "one went from {before:?} to {feet:?}");
    Ok(())
}

/// Another way to travel is chosen while aiming.
pub(super) fn glide_instead(devices: &Devices) -> Result<()> {
    let travel = |way: &str| {
        let comfort = json!({ "travel": way });
        command(&json!({ "command": "headset", "do": "set_comfort", "comfort": comfort }))
    };
    let before = floor_of(&ask("gemba.xr", &Value::Null)?["feet_m"])?;
    aim(devices, "the arc ends on the floor", 0.6, -0.4, |arc| {
        arc["feet_m"].is_array()
    })?;
    travel("glide")?;
    until("gemba.xr", "one glides without an arc", PATIENCE, |state| {
        let has_moved = floor_of(&state["feet_m"]).is_ok_and(|feet| !is_near(before, feet));
        state["arc"].is_null() && has_moved
    })?;
    let_go(devices);
    travel("teleport")
}
