//! What a frame of both eyes costs against one of the desktop, in the same plant with all its values live.
//!
//! CPU time is what the engine's threads took, read from the kernel over as many frames as fit into the time; a software renderer
//! stands in for a graphics card and does not count. Whose the allocations are is looked at afterwards, because it takes time.

use std::{collections::BTreeMap, thread::sleep, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    devices::Devices,
    lab::{Lab, Running, Runtime},
    origins,
    remote::{ADDR, ask, command, until},
    visit::{until_focused_within, until_whole_within},
};

/// A software renderer draws large eyes in seconds.
const PATIENCE: Duration = Duration::from_secs(600);
/// Pipelines are there, and pages are touched.
const WARM_UP: Duration = Duration::from_secs(25);
const MEASURED: Duration = Duration::from_secs(60);
/// Long enough for numbers that hardly differ from frame to frame.
const COUNTED: Duration = Duration::from_secs(20);
/// The instant that is looked back to, and how long it takes until it is seen.
const LOOKED_BACK_MILLIS: i64 = 2_000;
const SETTLED: Duration = Duration::from_secs(10);
/// Pixels of the picture, of the shape of an eye, and of each eye.
const SIZE: &str = "640x689";
const EYE_SIZE: &str = "640x480";
/// Sees as much as an eye does, in the hall of the works.
const CAMERA: &str = "/Plant/Eye";

/// What was measured of one run.
struct Cost {
    cpu_millis: f64,
    live: Allocations,
    /// While one looks back at one instant: nothing changes.
    at_rest: Allocations,
    frames: f64,
    draws: f64,
    shadow_draws: f64,
}

/// Allocations a frame.
#[derive(Clone, Copy, Default)]
struct Allocations {
    all: f64,
    /// Those of them that are made for a function of ours, whoever makes them.
    for_us: f64,
}

/// Measures both, and gives rows for the table of benchmarks.
pub(super) fn measure(lab: &Lab) -> Result<Value> {
    let scene = lab.out.join("works/eye.usda");
    std::fs::write(&scene, include_str!("eye.usda"))
        .with_context(|| format!("cannot write {}", scene.display()))?;
    let mono = run(lab, false)?;
    let stereo = run(lab, true)?;
    println!(
        "mono: {:.1} ms over {} frames, stereo: {:.1} ms over {} frames",
        mono.cpu_millis, mono.frames, stereo.cpu_millis, stereo.frames
    );
    let row = |what: &str, unit: &str, of: fn(&Cost) -> f64, aim: Option<f64>| {
        json!({
            "what": format!("{what} of a frame of both eyes, bottling works live"),
            "unit": unit,
            "value": of(&stereo),
            "reference": of(&mono),
            "against": "the desktop's frame of the same view",
            "aim": aim,
        })
    };
    Ok(json!([
        row("CPU time", "ms", |cost| cost.cpu_millis, Some(1.5)),
        row("allocations", "times", |cost| cost.live.all, None),
        row(
            "allocations for what is ours",
            "times",
            |cost| cost.live.for_us,
            None
        ),
        row(
            "allocations while no value changes",
            "times",
            |cost| cost.at_rest.all,
            None
        ),
        row(
            "allocations for what is ours while no value changes",
            "times",
            |cost| cost.at_rest.for_us,
            None
        ),
        row("draws into pictures", "draws", |cost| cost.draws, None),
        row("draws into shadow maps", "draws", |cost| cost.shadow_draws, None),
    ]))
}

fn run(lab: &Lab, in_headset: bool) -> Result<Cost> {
    let session = in_headset
        .then(|| anyhow::Ok((lab.start_service()?, Devices::connect()?)))
        .transpose()?;
    let mut args = vec![
        "--scene",
        "/out/works/eye.usda",
        "--headless",
        "--remote",
        ADDR,
        "--size",
        SIZE,
    ];
    if in_headset {
        args.extend(["--xr", "--eye-size", EYE_SIZE]);
    }
    let mut viewer = lab.start_gemba("demo", Runtime::Installed, "cost.log", &args)?;
    until("gemba.load", "the plant is there", PATIENCE, |load| {
        load["state"] == "ready"
    })?;
    if in_headset {
        until_focused_within(PATIENCE)?;
    }
    command(&json!({ "command": "go_to_camera", "prim": CAMERA }))?;
    until_whole_within(PATIENCE)?;
    sleep(WARM_UP);
    let mut cost = over(&viewer, MEASURED)?;
    cost.live.for_us = for_us(lab, &viewer)?;
    let now = ask("gemba.view", &Value::Null)?["timeline"]["at_millis"].clone();
    let now = now.as_i64().context("the viewer has no timeline")?;
    command(&json!({ "command": "set_timeline", "at_millis": now - LOOKED_BACK_MILLIS, "speed": 0.0 }))?;
    sleep(SETTLED);
    println!("      while no value changes:");
    cost.at_rest = Allocations {
        for_us: for_us(lab, &viewer)?,
        ..over(&viewer, COUNTED)?.live
    };
    command(&json!({ "command": "quit" }))?;
    viewer.wait(PATIENCE).context("the viewer does not end")?;
    drop(session);
    Ok(cost)
}

/// The allocations of a frame that are made for what is ours; prints whose all of them are.
fn for_us(lab: &Lab, viewer: &Running) -> Result<f64> {
    let threads = cpu_by_thread(viewer.pid())?;
    let is_meant = |tid| {
        threads
            .get(&tid)
            .is_some_and(|thread| is_of_the_engine(&thread.name))
    };
    let origins = origins::look(&lab.gemba, viewer.pid(), is_meant)?;
    origins.print();
    Ok(origins.ours())
}

/// What the next frames take for as long as `time`.
fn over(viewer: &Running, time: Duration) -> Result<Cost> {
    let look = || anyhow::Ok((ask("gemba.frame", &Value::Null)?, cpu_by_thread(viewer.pid())?));
    let count = |frame: &Value| frame["count"].as_f64().context("frames are counted");
    let (before, cpu_before) = look()?;
    sleep(time);
    let (after, cpu_after) = look()?;
    println!("      {}", after["draws"]);
    let draws = |of: &str| after["draws"][of].as_f64().unwrap_or_default();
    let frames = count(&after)? - count(&before)?;
    ensure!(
        frames >= 5.0,
        "only {frames} frames in {} s are no measurement",
        time.as_secs()
    );
    let queue = renderer_queue(&cpu_after);
    let (mut cpu_millis, mut allocations) = (0.0, 0.0);
    for (tid, thread) in &cpu_after {
        let idle = cpu_before.get(tid).map_or(0.0, |thread| thread.cpu_millis);
        let millis = (thread.cpu_millis - idle) / frames;
        let allocated = |frame: &Value| frame["allocations"][tid.to_string()].as_f64().unwrap_or_default();
        let is_ours = is_of_the_engine(&thread.name) && Some(*tid) != queue;
        if millis > 0.5 {
            let note = if is_ours { "" } else { ", not counted" };
            println!("      {millis:8.2} ms a frame: {} ({tid}){note}", thread.name);
        }
        if is_ours {
            cpu_millis += millis;
            allocations += (allocated(&after) - allocated(&before)) / frames;
        }
    }
    Ok(Cost {
        cpu_millis,
        live: Allocations {
            all: allocations,
            for_us: 0.0,
        },
        at_rest: Allocations::default(),
        frames,
        draws: draws("opaque") + draws("transparent"),
        shadow_draws: draws("shadow"),
    })
}

/// Whether a thread draws frames: the main one, those of the engine's task pools, and those that nobody named. Not the simulated plant,
/// its broker and the connection, which take what they take however long a frame is, and not the software renderer.
fn is_of_the_engine(name: &str) -> bool {
    name == "gemba" || name.starts_with("Compute Task")
}

/// The thread that the software renderer takes submissions in. It names only those that it hands them on to, and makes this one right
/// before them.
fn renderer_queue(threads: &BTreeMap<u32, Thread>) -> Option<u32> {
    let first = threads
        .iter()
        .find(|(_, thread)| thread.name.starts_with("llvmpipe"))
        .map(|(tid, _)| *tid)?;
    threads
        .range(..first)
        .next_back()
        .filter(|(_, thread)| thread.name == "gemba")
        .map(|(tid, _)| *tid)
}

/// What a thread is called, and the CPU time that it took so far.
struct Thread {
    name: String,
    cpu_millis: f64,
}

/// The threads of a process, by their number.
fn cpu_by_thread(pid: u32) -> Result<BTreeMap<u32, Thread>> {
    // The kernel counts in hundredths of a second on every system that Linux has today (`man 5 proc`, `sysconf(_SC_CLK_TCK)`).
    const TICK_MILLIS: f64 = 10.0;
    let mut threads = BTreeMap::new();
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let task = task?;
        // A thread may end while it is read.
        let Ok(stat) = std::fs::read_to_string(task.path().join("stat")) else {
            continue;
        };
        let (Ok(tid), Some((head, rest))) =
            (task.file_name().to_string_lossy().parse(), stat.rsplit_once(')'))
        else {
            continue;
        };
        let name = head.split_once('(').map_or("", |(_, name)| name);
        // User and system time are the 14th and 15th field, of which two stand before the rest.
        let ticks = rest.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        threads.insert(
            tid,
            Thread {
                name: name.to_owned(),
                cpu_millis: ticks * TICK_MILLIS,
            },
        );
    }
    Ok(threads)
}
