//! What is done in the headset, and what must be seen.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    devices::{At, Devices},
    frames, hand,
    lab::{Lab, Runtime},
    life,
    panels::Panels,
    past,
    remote::{ADDR, ask, command, until},
    sight, together, travel,
    visit::{Visit, until_focused},
    window,
};

/// Where the red block is, as `plant.usda` says.
pub(super) const BLOCK_M: [f64; 3] = [0.0, 1.6, 0.0];
/// A software renderer beside other work.
pub(super) const PATIENCE: Duration = Duration::from_secs(180);

/// Runs everything: each check with what is wrong.
pub(super) fn run(lab: &Lab) -> Vec<(String, Option<String>)> {
    let mut rows = Vec::new();
    let mut add = |name: &str, outcome: Result<()>| {
        let failure = outcome.err().map(|error| format!("{error:#}"));
        println!("      {name}: {}", failure.as_deref().unwrap_or("ok"));
        rows.push((name.to_owned(), failure));
    };
    let plant = lab.out.join("plant.usda");
    add(
        "the plant is there",
        std::fs::write(&plant, include_str!("plant.usda")).context("cannot write the plant"),
    );
    add(
        "without a runtime it says so and ends",
        life::without_runtime(lab),
    );
    add("without a loader it says so and ends", life::without_loader(lab));
    add(
        "the validation layers of Vulkan and OpenXR find nothing",
        life::validated(lab),
    );
    add(
        "entering VR keeps what the timeline recorded, and where it stands",
        past::is_kept(lab),
    );
    add(
        "the window beside the headset shows, selects, turns and draws",
        window::is_of_use(lab),
    );
    match begin(lab) {
        Err(error) => add("entering VR starts the viewer anew where it was", Err(error)),
        Ok(mut visit) => {
            add("entering VR starts the viewer anew where it was", Ok(()));
            let devices = &visit.devices;
            add("both eyes see the block where it is", both_eyes(lab, "eyes.png"));
            add(
                "what is too small to be seen is not drawn",
                frames::specks_are_left_out(),
            );
            let warm = frames::pipelines();
            add(
                "a step to the side moves the view by as much",
                step_aside(devices),
            );
            add(
                "the ray of a hand selects what it points at",
                select_by_ray(devices),
            );
            let panels = Panels(devices);
            add(
                "the inspector comes to what is selected",
                panels.inspector_comes(),
            );
            add("a button of it is pressed by ray", panels.press_a_button());
            add("a panel is dragged by its head", panels.drag_by_head());
            add("a panel is closed by ray", panels.close());
            add("a slider on the wrist is dragged by ray", panels.drag_a_slider());
            add("a word is typed by ray", panels.type_a_word());
            add(
                "someone at a desktop sees head, hands, ray and drawing",
                together::are_seen(lab, devices),
            );
            add("nobody teleports into a wall", travel::refuse_wall(devices));
            add("a teleport lands where it was aimed", travel::teleport(devices));
            add(
                "whoever chooses to glide while aiming glides and aims no more",
                travel::glide_instead(devices),
            );
            add(
                "no pipeline was made after the first frames",
                frames::nothing_was_compiled(warm),
            );
            add(
                "a plant that cannot be shown is told of before the eyes",
                frames::it_is_said_what_went_wrong(),
            );
            add("one leaves and enters ten times", life::leave_and_enter());
            add(
                "a runtime that dies leaves the viewer alive",
                life::survive(&mut visit),
            );
            add("the viewer ends when it is told to", visit.end());
        }
    }
    rows
}

/// On the desktop first: entering VR starts the viewer anew, and it comes back to where it was.
fn begin(lab: &Lab) -> Result<Visit> {
    let args = [
        "/out/plant.usda",
        "--headless",
        "--no-panels",
        "--eye-size",
        "640x480",
        "--remote",
        ADDR,
    ];
    let visit = Visit::start(lab, |lab| {
        lab.start_viewer(Runtime::Installed, "viewer.log", &args)
    })?;
    until("gemba.load", "the plant is there", PATIENCE, |load| {
        load["state"] == "ready"
    })?;
    command(&json!({ "command": "select_prim", "prim": "/World/Block" }))?;
    command(&json!({ "command": "set_section", "planes": lid() }))?;
    command(&json!({ "command": "enter_vr" }))?;
    until_focused()?;
    until("gemba.view", "the view is the one before", PATIENCE, |view| {
        view["selected"] == "/World/Block" && view["section"] == lid()
    })?;
    command(&json!({ "command": "clear_selection" }))?;
    command(&json!({ "command": "set_section", "planes": [] }))?;
    until("gemba.view", "rays can meet the plant", PATIENCE, |view| {
        view["can_meet_plant"] == true && view["is_whole"] == true
    })?;
    Ok(visit)
}

/// A cut high above the plant.
fn lid() -> Value {
    json!([{ "normal": [0.0, 1.0, 0.0], "offset_m": 50.0 }])
}

/// Both eyes see the block, each from its own place.
pub(super) fn both_eyes(lab: &Lab, picture: &str) -> Result<()> {
    ask("gemba.screenshot", &json!({ "file": format!("/out/{picture}") }))?;
    let state = ask("gemba.xr", &Value::Null)?;
    let eyes = sight::read(&lab.out.join(picture))?;
    for (at, eye) in eyes.iter().enumerate() {
        ensure!(eye.detail_ratio() > 0.05, "eye {at} is nearly empty");
        let (seen, expected) = (eye.red_middle()?, sight::seen_at(&state, at, BLOCK_M)?);
        let apart = (seen[0] - expected[0]).abs().max((seen[1] - expected[1]).abs());
        ensure!(
            apart < 0.03,
            "eye {at} sees the block at {seen:?}, and it is at {expected:?}"
        );
    }
    let [left, right] = &eyes;
    ensure!(left.differs_ratio(right) > 0.01, "both eyes see the same");
    ensure!(
        left.red_middle()?[0] > right.red_middle()?[0],
        "what is near is seen farther right by the left eye"
    );
    Ok(())
}

/// A place in an answer of `gemba.xr`.
fn place(state: &Value, of: &str) -> Result<[f64; 3]> {
    serde_json::from_value(state[of]["at_m"].clone()).with_context(|| format!("no {of} in {state}"))
}

fn step_aside(devices: &Devices) -> Result<()> {
    let before = place(&ask("gemba.xr", &Value::Null)?, "head")?;
    devices.set(|now| now.head = At::looking([0.4, 1.6, 0.0], 0.0, 0.0));
    until("gemba.xr", "the head is 0.4 m to the side", PATIENCE, |state| {
        place(state, "head").is_ok_and(|now| {
            let moved: f64 = now
                .iter()
                .zip(before)
                .map(|(now, before)| (now - before).powi(2))
                .sum();
            (moved.sqrt() - 0.4).abs() < 0.02
        })
    })?;
    devices.set(|now| now.head = At::looking([0.0, 1.6, 0.0], 0.0, 0.0));
    Ok(())
}

/// Points at the block, and pulls the trigger.
fn select_by_ray(devices: &Devices) -> Result<()> {
    hand::point_at(devices, "the block", |state| {
        (state["pointed"] == "/World/Block", Some(BLOCK_M))
    })?;
    hand::pull(devices, || {
        until("gemba.view", "the block is selected", PATIENCE, |view| {
            view["selected"] == "/World/Block"
        })
    })?;
    Ok(())
}
