//! What a frame of both eyes costs against one of the desktop, in the same plant with all its values live.
//!
//! CPU time is what the threads of the viewer took but those of the software renderer, which stands in for a graphics card: read from
//! the kernel, over as many frames as fit into the time.

use std::{collections::HashMap, thread::sleep, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    devices::Devices,
    lab::{Lab, Running, Runtime},
    remote::{ADDR, ask, command, until},
};

/// A software renderer draws large eyes in seconds.
const PATIENCE: Duration = Duration::from_secs(600);
/// Pipelines are there, and pages are touched.
const WARM_UP: Duration = Duration::from_secs(25);
const MEASURED: Duration = Duration::from_secs(60);
/// Pixels of the picture, and of each eye.
const SIZE: &str = "640x480";
/// Where both look from, in the hall of the works.
const EYE_M: [f64; 3] = [-20.7, 1.7, -7.0];
const TARGET_M: [f64; 3] = [-10.0, 1.2, -12.0];

/// What was measured of one run.
struct Cost {
    cpu_millis: f64,
    frames: f64,
}

/// Measures both, and gives a row for the table of benchmarks.
pub(super) fn measure(lab: &Lab) -> Result<Value> {
    let mono = run(lab, false)?;
    let stereo = run(lab, true)?;
    println!(
        "mono: {:.1} ms over {} frames, stereo: {:.1} ms over {} frames",
        mono.cpu_millis, mono.frames, stereo.cpu_millis, stereo.frames
    );
    Ok(json!({
        "what": "CPU time of a frame of both eyes, bottling works live",
        "unit": "ms",
        "value": stereo.cpu_millis,
        "reference": mono.cpu_millis,
        "against": "the desktop's frame of the same view",
        "aim": 1.5,
    }))
}

fn run(lab: &Lab, in_headset: bool) -> Result<Cost> {
    let session = in_headset
        .then(|| anyhow::Ok((lab.start_service()?, Devices::connect()?)))
        .transpose()?;
    let mut args = vec![
        "--scene",
        "/out/works/plant.usda",
        "--headless",
        "--remote",
        ADDR,
        "--size",
        SIZE,
    ];
    if in_headset {
        args.extend(["--xr", "--eye-size", SIZE]);
    }
    let mut viewer = lab.start_gemba("demo", Runtime::Installed, "cost.log", &args)?;
    until("gemba.load", "the plant is there", PATIENCE, |load| {
        load["state"] == "ready"
    })?;
    if in_headset {
        until("gemba.xr", "the session is focused", PATIENCE, |state| {
            state["phase"] == "focused" && state["is_placed"] == true
        })?;
    }
    command(&json!({ "command": "set_view", "eye_m": EYE_M, "target_m": TARGET_M }))?;
    until("gemba.view", "all of it is drawn", PATIENCE, |view| {
        view["is_under_way"] == false && view["is_whole"] == true
    })?;
    sleep(WARM_UP);
    let cost = over(&viewer, MEASURED)?;
    command(&json!({ "command": "quit" }))?;
    viewer.wait(PATIENCE).context("the viewer does not end")?;
    drop(session);
    Ok(cost)
}

/// What the next frames take for as long as `time`.
fn over(viewer: &Running, time: Duration) -> Result<Cost> {
    let frames = || -> Result<f64> {
        let frame = ask("gemba.frame", &Value::Null)?;
        frame["count"].as_f64().context("frames are counted")
    };
    let (frames_before, cpu_before) = (frames()?, cpu_by_thread(viewer.pid())?);
    sleep(time);
    let (frames_after, cpu_after) = (frames()?, cpu_by_thread(viewer.pid())?);
    let frames = frames_after - frames_before;
    ensure!(
        frames >= 5.0,
        "only {frames} frames in {} s are no measurement",
        time.as_secs()
    );
    let mut spent: Vec<(String, f64)> = cpu_after
        .into_iter()
        .map(|(name, millis)| {
            let before = cpu_before.get(&name).copied().unwrap_or_default();
            (name, (millis - before) / frames)
        })
        .filter(|(_, millis)| *millis > 0.05)
        .collect();
    spent.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    for (name, millis) in &spent {
        println!("      {millis:8.2} ms a frame: {name}");
    }
    let ours = spent.iter().filter(|(name, _)| !is_renderer(name));
    Ok(Cost {
        cpu_millis: ours.map(|(_, millis)| millis).sum(),
        frames,
    })
}

/// Whether a thread does what a graphics card would.
fn is_renderer(thread: &str) -> bool {
    thread.starts_with("llvmpipe")
        || thread.starts_with("lvp")
        || thread.starts_with("vk")
        || thread.contains(":disk$")
}

/// Milliseconds of CPU time that the threads of a process took so far, by their names.
fn cpu_by_thread(pid: u32) -> Result<HashMap<String, f64>> {
    // The kernel counts in hundredths of a second on every system that Linux has today (`man 5 proc`, `sysconf(_SC_CLK_TCK)`).
    const TICK_MILLIS: f64 = 10.0;
    let mut spent = HashMap::new();
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end while it is read.
        let Ok(stat) = std::fs::read_to_string(task?.path().join("stat")) else {
            continue;
        };
        let Some((head, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        let name = head.split_once('(').map_or("", |(_, name)| name);
        let fields: Vec<&str> = rest.split_whitespace().collect();
        // User and system time are the 14th and 15th field, of which two stand before the rest.
        let ticks: f64 = fields
            .get(11..13)
            .into_iter()
            .flatten()
            .filter_map(|ticks| ticks.parse::<f64>().ok())
            .sum();
        *spent.entry(name.to_owned()).or_default() += ticks * TICK_MILLIS;
    }
    Ok(spent)
}
