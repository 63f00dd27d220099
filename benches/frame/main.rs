//! CPU time of a frame, on whole apps with a renderer that draw into an equally small picture; their frames take turns, so
//! that noise of the machine meets both. Prints a JSON line for each case.
//!
//! A frame is everything from the main schedule over extraction to the submission of its commands; what the GPU does then
//! is waited for outside the measured time. Samples are published before the frame, as source threads do, and taken over,
//! resolved, evaluated and uploaded within it.

mod made;
mod works;

use std::{
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use bevy::{
    app::PluginsState,
    camera::RenderTarget,
    log::LogPlugin,
    prelude::*,
    render::{
        RenderApp, RenderPlugin,
        pipelined_rendering::PipelinedRenderingPlugin,
        render_resource::{PollType, TextureFormat},
        renderer::RenderDevice,
    },
    window::ExitCondition,
    winit::WinitPlugin,
};
use gemba::{
    binding::BindingPlugin,
    command::CommandPlugin,
    plant::PlantPlugin,
    schedule::SchedulePlugin,
    telemetry::{ClockPlugin, ConfigSource, TelemetryPlugin},
    timeline::TimelinePlugin,
    visual::{TwinMaterialPlugin, ValuesPlugin},
};

const WARM_UP_FRAMES: usize = 60;
const FRAMES: usize = 200;
/// The aim of the design: at most this many times the reference.
const AIM: f64 = 1.25;

fn main() -> ExitCode {
    // `cargo test --benches` and `cargo bench -- --list` start this too and want no figures.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let mut cases: Vec<(String, Box<dyn Fn() -> Result<()>>)> = Vec::new();
    for size in made::SIZES {
        cases.push((format!("{size} entities"), Box::new(move || made::measure(size))));
    }
    cases.push(("the bottling works".to_owned(), Box::new(works::measure)));
    for (name, measure) in cases {
        match catch_unwind(AssertUnwindSafe(measure)) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                eprintln!("frame benchmark with {name}: {error:#}");
                return ExitCode::FAILURE;
            }
            Err(_) => {
                eprintln!("frame benchmark with {name}: the engine did not start; it needs a Vulkan driver");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// Prints one line of the table.
fn report(
    what: &str,
    frames: Vec<Duration>,
    of_reference: Vec<Duration>,
    against: &str,
    aim: f64,
) -> Result<()> {
    let row = serde_json::json!({
        "what": what,
        "unit": "ms",
        "value": median_millis(frames),
        "reference": median_millis(of_reference),
        "against": against,
        "aim": aim,
    });
    writeln!(std::io::stdout(), "{row}")?;
    Ok(())
}

fn median_millis(mut frames: Vec<Duration>) -> f64 {
    frames.sort_unstable();
    frames
        .get(frames.len() / 2)
        .map_or(f64::NAN, |frame| frame.as_secs_f64() * 1e3)
}

/// One frame; returns how long the CPU was at it, and then waits for the GPU.
fn frame(app: &mut App) -> Result<Duration> {
    let start = Instant::now();
    app.update();
    let took = start.elapsed();
    let device = app
        .sub_app(RenderApp)
        .world()
        .get_resource::<RenderDevice>()
        .context("no graphics device")?;
    device
        .poll(PollType::wait_indefinitely())
        .context("the graphics device is lost")?;
    Ok(took)
}

/// The engine with a renderer and without a window, rendering in the same thread as the rest.
fn engine() -> App {
    let mut app = App::new();
    let window = WindowPlugin {
        primary_window: None,
        exit_condition: ExitCondition::DontExit,
        ..default()
    };
    let render = RenderPlugin {
        synchronous_pipeline_compilation: true,
        ..default()
    };
    app.add_plugins(
        DefaultPlugins
            .set(window)
            .set(render)
            .disable::<WinitPlugin>()
            .disable::<PipelinedRenderingPlugin>()
            .disable::<LogPlugin>(),
    );
    app
}

fn start(app: &mut App) {
    while app.plugins_state() == PluginsState::Adding {
        bevy::tasks::tick_global_task_pools_on_main_thread();
    }
    app.finish();
    app.cleanup();
}

/// What of the viewer shows a plant and its values.
fn gemba_plugins(app: &mut App) {
    app.add_plugins((
        SchedulePlugin,
        CommandPlugin,
        PlantPlugin,
        ClockPlugin,
        BindingPlugin,
        TelemetryPlugin,
        TimelinePlugin,
        TwinMaterialPlugin,
        ValuesPlugin,
    ))
    .insert_resource(ConfigSource {
        file: None,
        urls: vec![("plant".to_owned(), "mqtt://127.0.0.1:9".to_owned())],
        of_plant: None,
    });
}

/// A picture so small that drawing into it costs little.
fn picture(app: &mut App) -> RenderTarget {
    let picture = Image::new_target_texture(64, 64, TextureFormat::Rgba8UnormSrgb, None);
    let picture = app.world_mut().resource_mut::<Assets<Image>>().add(picture);
    RenderTarget::Image(picture.into())
}
