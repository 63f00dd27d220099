//! What is done in the headset, and what must be seen.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    devices::{At, Devices},
    frames, hand,
    lab::{Lab, Running, Runtime, XR_FINDINGS},
    panels::Panels,
    past,
    remote::{ADDR, ask, command, until},
    sight, together,
};

/// Where the red block is, as `plant.usda` says.
pub(super) const BLOCK_M: [f64; 3] = [0.0, 1.6, 0.0];
/// A software renderer beside other work.
pub(super) const PATIENCE: Duration = Duration::from_secs(180);
/// What the layer of Vulkan says of copies of which it cannot know where they lie: known to be wrong, and reported by the makers of
/// wgpu (KhronosGroup/Vulkan-ValidationLayers#9276).
const FALSE_ALARMS: [&str; 2] = [
    "VUID-vkCmdCopyBufferToImage-pRegions-00173",
    "VUID-vkCmdCopyImageToBuffer-pRegions-00184",
];
/// Entering and leaving must work as often as one likes.
const TIMES: usize = 10;

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
    add("without a runtime it says so and ends", without_runtime(lab));
    add("without a loader it says so and ends", without_loader(lab));
    add(
        "the validation layers of Vulkan and OpenXR find nothing",
        validated(lab),
    );
    add(
        "entering VR keeps what the timeline recorded, and where it stands",
        past::is_kept(lab),
    );
    match Visit::begin(lab) {
        Err(error) => add("entering VR starts the viewer anew where it was", Err(error)),
        Ok(mut visit) => {
            add("entering VR starts the viewer anew where it was", Ok(()));
            add("both eyes see the block where it is", both_eyes(lab, "eyes.png"));
            add(
                "what is too small to be seen is not drawn",
                frames::specks_are_left_out(),
            );
            let warm = frames::pipelines();
            add("a step to the side moves the view by as much", step_aside(&visit));
            add(
                "the ray of a hand selects what it points at",
                select_by_ray(&visit),
            );
            let panels = Panels(&visit.devices);
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
                together::are_seen(lab, &visit.devices),
            );
            add("nobody teleports into a wall", refuse_wall(&visit));
            add("a teleport lands where it was aimed", teleport(&visit));
            add(
                "whoever chooses to glide while aiming glides and aims no more",
                glide_instead(&visit),
            );
            add(
                "no pipeline was made after the first frames",
                frames::nothing_was_compiled(warm),
            );
            add(
                "a plant that cannot be shown is told of before the eyes",
                frames::it_is_said_what_went_wrong(),
            );
            add("one leaves and enters ten times", leave_and_enter());
            add("a runtime that dies leaves the viewer alive", survive(&mut visit));
            add("the viewer ends when it is told to", end(&mut visit));
        }
    }
    rows
}

/// A cut high above the plant.
fn lid() -> Value {
    json!([{ "normal": [0.0, 1.0, 0.0], "offset_m": 50.0 }])
}

fn without_runtime(lab: &Lab) -> Result<()> {
    ends_with(lab, Runtime::None, "no-runtime.log", "runtime")
}

fn without_loader(lab: &Lab) -> Result<()> {
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
fn validated(lab: &Lab) -> Result<()> {
    let findings = lab.out.join(XR_FINDINGS);
    if findings.exists() {
        std::fs::remove_file(&findings)?;
    }
    let service = lab.start_service()?;
    let _devices = Devices::connect()?;
    let args = ["/out/plant.usda", "--xr", "--headless", "--remote", ADDR];
    let mut viewer = lab.start_checked_viewer("validated.log", &args)?;
    let is_focused = |state: &Value| state["phase"] == "focused" && state["is_placed"] == true;
    until("gemba.xr", "the session is focused", PATIENCE, is_focused)?;
    // Slower than any headset can bear: it gives pixels up, and shows the same with those that are left.
    until("gemba.xr", "pixels are given up", PATIENCE, |state| {
        state["resolution_ratio"]
            .as_f64()
            .is_some_and(|ratio| ratio < 1.0)
    })?;
    until("gemba.view", "all of it is drawn", PATIENCE, |view| {
        view["is_whole"] == true
    })?;
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
    until("gemba.xr", "the session is focused again", PATIENCE, is_focused)?;
    command(&json!({ "command": "quit" }))?;
    viewer.wait(PATIENCE).context("it does not end")?;
    drop(service);
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

/// A viewer in a runtime, and the hands of the person in it.
struct Visit {
    service: Running,
    viewer: Running,
    devices: Devices,
}

impl Visit {
    fn begin(lab: &Lab) -> Result<Self> {
        let service = lab.start_service()?;
        let devices = Devices::connect()?;
        let args = [
            "/out/plant.usda",
            "--headless",
            "--no-panels",
            "--eye-size",
            "640x480",
            "--remote",
            ADDR,
        ];
        let viewer = lab.start_viewer(Runtime::Installed, "viewer.log", &args)?;
        let visit = Self {
            service,
            viewer,
            devices,
        };
        // The desktop first: entering VR starts the viewer anew, and it comes back to where it was.
        until("gemba.load", "the plant is there", PATIENCE, |load| {
            load["state"] == "ready"
        })?;
        command(&json!({ "command": "select_prim", "prim": "/World/Block" }))?;
        command(&json!({ "command": "set_section", "planes": lid() }))?;
        command(&json!({ "command": "enter_vr" }))?;
        until("gemba.xr", "the session is focused", PATIENCE, |state| {
            state["phase"] == "focused" && state["is_placed"] == true
        })?;
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
}

fn both_eyes(lab: &Lab, picture: &str) -> Result<()> {
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

fn step_aside(visit: &Visit) -> Result<()> {
    let before = place(&ask("gemba.xr", &Value::Null)?, "head")?;
    visit
        .devices
        .set(|now| now.head = At::looking([0.4, 1.6, 0.0], 0.0, 0.0));
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
    visit
        .devices
        .set(|now| now.head = At::looking([0.0, 1.6, 0.0], 0.0, 0.0));
    Ok(())
}

/// Points at the block, and pulls the trigger.
fn select_by_ray(visit: &Visit) -> Result<()> {
    hand::point_at(&visit.devices, "the block", |state| {
        (state["pointed"] == "/World/Block", Some(BLOCK_M))
    })?;
    hand::pull(&visit.devices, || {
        until("gemba.view", "the block is selected", PATIENCE, |view| {
            view["selected"] == "/World/Block"
        })
    })?;
    Ok(())
}

/// Aims the left hand, pushes its stick forward, and gives what the arc says once it says what is wanted.
fn aim(visit: &Visit, what: &str, yaw_rad: f32, pitch_rad: f32, is_so: fn(&Value) -> bool) -> Result<Value> {
    visit.devices.set(|now| {
        now.left.pose = At::looking([-0.25, 1.2, -0.3], yaw_rad, pitch_rad);
        now.left.stick = [0.0, 1.0];
    });
    until("gemba.xr", what, PATIENCE, |state| is_so(&state["arc"]))
}

fn let_go(visit: &Visit) {
    visit.devices.set(|now| now.left.stick = [0.0, 0.0]);
}

fn floor_of(value: &Value) -> Result<[f64; 3]> {
    serde_json::from_value(value.clone()).with_context(|| format!("{value} is no place"))
}

fn is_near(one: [f64; 3], other: [f64; 3]) -> bool {
    one.iter()
        .zip(other)
        .all(|(one, other)| (one - other).abs() < 0.05)
}

fn teleport(visit: &Visit) -> Result<()> {
    let before = floor_of(&ask("gemba.xr", &Value::Null)?["feet_m"])?;
    aim(visit, "the arc ends on the floor", 0.6, -0.4, |arc| {
        arc["feet_m"].is_array()
    })?;
    // The hand has come to rest by then.
    std::thread::sleep(Duration::from_secs(1));
    let aimed = floor_of(&ask("gemba.xr", &Value::Null)?["arc"]["feet_m"])?;
    ensure!(!is_near(before, aimed), "it is aimed at where one stands");
    let_go(visit);
    until("gemba.xr", "one stands there", PATIENCE, |state| {
        floor_of(&state["feet_m"]).is_ok_and(|feet| is_near(feet, aimed))
    })?;
    Ok(())
}

fn refuse_wall(visit: &Visit) -> Result<()> {
    let before = floor_of(&ask("gemba.xr", &Value::Null)?["feet_m"])?;
    // The wall is to the right.
    aim(visit, "the wall is no place to stand", -1.4, 0.3, |arc| {
        arc["refused"].is_string()
    })?;
    let_go(visit);
    let after = until("gemba.xr", "the arc is gone", PATIENCE, |state| {
        state["arc"].is_null()
    })?;
    let feet = floor_of(&after["feet_m"])?;
    ensure!(is_near(before, feet), "one went from {before:?} to {feet:?}");
    Ok(())
}

fn glide_instead(visit: &Visit) -> Result<()> {
    let travel = |way: &str| {
        let comfort = json!({ "travel": way });
        command(&json!({ "command": "headset", "do": "set_comfort", "comfort": comfort }))
    };
    let before = floor_of(&ask("gemba.xr", &Value::Null)?["feet_m"])?;
    aim(visit, "the arc ends on the floor", 0.6, -0.4, |arc| {
        arc["feet_m"].is_array()
    })?;
    travel("glide")?;
    until("gemba.xr", "one glides without an arc", PATIENCE, |state| {
        let has_moved = floor_of(&state["feet_m"]).is_ok_and(|feet| !is_near(before, feet));
        state["arc"].is_null() && has_moved
    })?;
    let_go(visit);
    travel("teleport")
}

fn leave_and_enter() -> Result<()> {
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

fn survive(visit: &mut Visit) -> Result<()> {
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

fn end(visit: &mut Visit) -> Result<()> {
    command(&json!({ "command": "quit" }))?;
    let code = visit.viewer.wait(PATIENCE).context("it does not end")?;
    ensure!(code == 0, "it ended with {code}");
    Ok(())
}
