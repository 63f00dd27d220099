//! The person in the headset in a room with someone at a desktop, over a real relay.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::{
    devices::Devices,
    hand,
    lab::{Lab, Running, Runtime},
    remote::{ask, ask_at, command, until},
    scenario::{BLOCK_M, PATIENCE},
};

/// Remote control of the one at the desktop.
const EXPERT_PORT: u16 = 15_703;
const RELAY: &str = "127.0.0.1:7443";

/// A room for two, on a relay of its own.
pub(super) struct Room {
    pub(super) link: String,
    _relay: Running,
}

impl Room {
    /// Starts the relay, and makes the link.
    pub(super) fn open(lab: &Lab) -> Result<Self> {
        let data = lab.out.join("relay");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        let args = ["--listen", RELAY, "--data", "/out/relay"];
        let relay = lab.start_gemba("relay", Runtime::None, "relay.log", &args)?;
        // The relay is there when it has said so.
        said(lab, "relay.log", |word| word.starts_with("gemba://"))?;
        let args = [
            "--data",
            "/out/relay",
            "--room",
            "hall",
            "--role",
            "editor",
            "--people",
            "2",
        ];
        let mut token = lab.start_gemba("token", Runtime::None, "token.log", &args)?;
        ensure!(token.wait(PATIENCE) == Some(0), "no join link is made");
        Ok(Self {
            link: said(lab, "token.log", |word| word.starts_with("gemba://"))?,
            _relay: relay,
        })
    }
}

/// Both go into a room: the expert sees head, hands and ray of the trainee where they are, and what they draw.
pub(super) fn are_seen(lab: &Lab, devices: &Devices) -> Result<()> {
    let room = Room::open(lab)?;
    let join = json!({ "command": "session", "do": "join", "link": room.link, "name": "Trainee" });
    command(&join)?;
    let at = format!("127.0.0.1:{EXPERT_PORT}");
    let args = [
        "/out/plant.usda",
        "--headless",
        "--no-panels",
        "--session-key",
        "/out/expert.key",
        "--join",
        &room.link,
        "--as",
        "Expert",
        "--remote",
        &at,
    ];
    let mut expert = lab.start_gemba("view", Runtime::None, "expert.log", &args)?;
    hand::point_at(devices, "the block", |state| {
        (state["pointed"] == "/World/Block", Some(BLOCK_M))
    })?;
    let end = Instant::now() + PATIENCE;
    let mut last = Value::Null;
    let outcome = loop {
        if let (Ok(seen), Ok(own)) = (
            ask_at(EXPERT_PORT, "gemba.session", &Value::Null),
            ask("gemba.xr", &Value::Null),
        ) {
            if is_seen(&seen, &own) {
                break Ok(());
            }
            last = seen;
        }
        if Instant::now() > end {
            break Err(anyhow::anyhow!("the expert sees {last}"));
        }
        std::thread::sleep(Duration::from_millis(300));
    };
    outcome?;
    until(
        "gemba.session",
        "the trainee sees the expert",
        PATIENCE,
        |session| session["others"][0]["name"] == "Expert",
    )?;
    draw(devices)?;
    command(&json!({ "command": "session", "do": "leave" }))?;
    ask_at(EXPERT_PORT, "gemba.command", &json!({ "command": "quit" }))?;
    let code = expert
        .wait(PATIENCE)
        .context("the expert's viewer does not end")?;
    ensure!(code == 0, "the expert's viewer ended with {code}");
    drop(room);
    Ok(())
}

/// Draws a line on the block with the hand that points at it; the expert has it.
fn draw(devices: &Devices) -> Result<()> {
    let pen = json!({ "command": "session", "do": "take_pen", "shape": "stroke", "text": "Here" });
    command(&pen)?;
    devices.set(|now| now.right.trigger = 1.0);
    // A hand that sweeps, seen by a viewer beside other work.
    for _ in 0..8 {
        std::thread::sleep(Duration::from_millis(250));
        devices.set(|now| now.turn_right_by(0.012, 0.0));
    }
    devices.set(|now| now.right.trigger = 0.0);
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let seen = ask_at(EXPERT_PORT, "gemba.session", &Value::Null)?;
        let note = &seen["annotations"][0];
        if note["markup"] == "stroke" && note["prim"] == "/World/Block" {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    bail!("the expert has no line on the block")
}

/// Whether head, both hands and the end of the ray are where the headset has them.
fn is_seen(session: &Value, own: &Value) -> bool {
    let shown = &session["others"][0]["shown"];
    let is_near = |seen: &Value, is: &Value| {
        let place = |value: &Value| serde_json::from_value::<[f64; 3]>(value.clone()).ok();
        place(seen)
            .zip(place(is))
            .is_some_and(|(seen, is)| seen.iter().zip(is).all(|(seen, is)| (seen - is).abs() < 0.03))
    };
    is_near(&shown["head_m"], &own["head"]["at_m"])
        && is_near(&shown["hands_m"][0], &own["left"]["grip"]["at_m"])
        && is_near(&shown["hands_m"][1], &own["right"]["grip"]["at_m"])
        // On the block, wherever on it the ray comes to rest.
        && shown["points_at_m"][2].as_f64().is_some_and(|z| (0.2..0.3).contains(&z))
}

/// The first such word of a log, once it is there.
fn said(lab: &Lab, log: &str, is_it: fn(&str) -> bool) -> Result<String> {
    let end = Instant::now() + PATIENCE;
    let mut said = String::new();
    while Instant::now() < end {
        said = std::fs::read_to_string(lab.out.join(log)).unwrap_or_default();
        if let Some(word) = said.split_whitespace().find(|word| is_it(word)) {
            return Ok(word.to_owned());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    bail!("{log} says no such thing: {said}")
}
