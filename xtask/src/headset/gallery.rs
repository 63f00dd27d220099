//! Pictures of the bottling works as both eyes see it, for the guide.

use std::{f32::consts::PI, path::Path, time::Duration};

use anyhow::Result;
use serde_json::{Value, json};

use crate::pictures::Finish;

use super::{
    devices::At,
    hand,
    lab::{Lab, Runtime},
    panels::Panels,
    remote::{ADDR, ask, command, until},
    visit::{Visit, until_focused_within},
};

/// A software renderer draws two large eyes in seconds.
const PATIENCE: Duration = Duration::from_secs(600);
/// The drive-end bearing of the turbine, and where one stands before it.
const BEARING_M: [f64; 3] = [-20.42, 1.35, -12.0];
const EYE_M: [f64; 3] = [-20.7, 1.7, -9.7];
/// An aisle with floor to teleport to.
const AISLE_M: [f64; 3] = [-7.5, 1.7, 9.0];
/// A bearing that is hot within seconds, for whoever is in a hurry.
const SOON_WORN: [&str; 2] = ["--fault", "bearing-wear@TG-101:at=2s,grow=10s"];

/// The pictures, by name, that are left as `NAME.png` in the lab's folder.
pub(crate) const NAMES: [&str; 4] = [
    "headset-pointing",
    "headset-wrist",
    "headset-teleport",
    "headset-glide",
];

/// Takes them. The works lie in the lab's folder as `works`.
pub(super) fn take(lab: &Lab, finish: Finish) -> Result<()> {
    let mut args = vec![
        "--scene",
        "/out/works/plant.usda",
        "--xr",
        "--headless",
        "--remote",
        ADDR,
        "--eye-size",
    ];
    match finish {
        // As many as show what is written; the simulated headset recommends a stamp.
        Finish::Kept => args.push("1280x960"),
        Finish::Sketch => {
            args.push("426x320");
            args.extend(SOON_WORN);
        }
    }
    let mut visit = Visit::start(lab, |lab| {
        lab.start_gemba("demo", Runtime::Installed, "gallery.log", &args)
    })?;
    let devices = &visit.devices;
    until_focused_within(PATIENCE)?;
    command(&json!({ "command": "set_view", "eye_m": EYE_M, "target_m": BEARING_M }))?;
    until("gemba.view", "the view", PATIENCE, |view| {
        view["is_under_way"] == false && view["is_whole"] == true && view["can_meet_plant"] == true
    })?;
    until("gemba.limits", "the bearing is hot", PATIENCE, |limits| {
        let rows = limits.as_array().map_or(&[][..], Vec::as_slice);
        rows.iter().any(|row| {
            let label = row["label"].as_str().unwrap_or_default();
            row["twin"] == "TG-101" && label.contains("temperature")
        })
    })?;
    devices.set(|now| now.head = At::looking([0.0, 1.65, 0.0], -0.15, -0.12));
    hand::point_at(devices, "the bearing", |state| {
        let pointed = state["pointed"].as_str().unwrap_or_default();
        (pointed.contains("/TG_101/Bearing_2"), Some(BEARING_M))
    })?;
    hand::click(devices)?;
    picture(NAMES[0])?;

    Panels(devices).press("wrist", "Comfort")?;
    devices.set(|now| now.head = At::looking([0.0, 1.65, 0.0], 0.45, -0.6));
    picture(NAMES[1])?;

    command(&json!({ "command": "clear_selection" }))?;
    command(&json!({ "command": "set_view", "eye_m": AISLE_M, "target_m": BEARING_M }))?;
    until("gemba.view", "the view", PATIENCE, |view| {
        view["is_under_way"] == false
    })?;
    devices.set(|now| {
        now.head = At::looking([0.0, 1.65, 0.0], 0.0, -0.2);
        now.right.pose = At::looking([0.25, 1.0, -0.3], -0.3, -PI / 4.0);
        now.left.pose = At::looking([-0.2, 1.3, -0.4], 0.15, -0.1);
        now.left.stick = [0.0, 1.0];
    });
    until("gemba.xr", "the arc", PATIENCE, |state| {
        state["arc"]["feet_m"].is_array()
    })?;
    picture(NAMES[2])?;

    // Slowly, because a software renderer takes seconds until the picture; the tunnel is that of anybody's full speed.
    let comfort = json!({ "travel": "glide", "glide_m_per_s": 0.3 });
    command(&json!({ "command": "headset", "do": "set_comfort", "comfort": comfort }))?;
    devices.set(|now| {
        now.left.pose = At::looking([-0.25, 0.9, -0.2], 0.15, -0.3);
        now.left.stick = [0.0, 0.0];
    });
    command(&json!({ "command": "set_view", "eye_m": AISLE_M, "target_m": BEARING_M }))?;
    until("gemba.view", "the view", PATIENCE, |view| {
        view["is_under_way"] == false
    })?;
    devices.set(|now| now.left.stick = [0.0, 1.0]);
    picture(NAMES[3])?;
    visit.end()
}

/// What both eyes see, once hands and head have arrived.
fn picture(name: &str) -> Result<()> {
    std::thread::sleep(Duration::from_secs(5));
    let file = Path::new("/out").join(format!("{name}.png"));
    ask("gemba.screenshot", &json!({ "file": file }))?;
    let state: Value = ask("gemba.xr", &Value::Null)?;
    println!(
        "{name}: it points at {}, the arc is {}",
        state["pointed"], state["arc"]
    );
    Ok(())
}
