//! The viewer as an app: plugins, window or offscreen target, and how it ends.

use std::{
    any::Any,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use bevy::{
    app::ScheduleRunnerPlugin,
    asset::AssetPlugin,
    ecs::error::ErrorHandler,
    prelude::*,
    render::RenderPlugin,
    window::{ExitCondition, PresentMode, WindowResolution},
    winit::{WinitPlugin, WinitSettings},
};
use gemba_model::PrimPath;
use gemba_panels::{SessionCommand, ViewerCommand, session::LinkText};
use gemba_xr::lifecycle::Failure;
use thiserror::Error;

#[cfg(feature = "remote")]
use crate::remote::RemoteControlPlugin;
use crate::ui::PanelsShown;
use crate::{
    GembaCorePlugins, GembaViewerPlugins,
    command::Requested,
    plant::PlantLoaded,
    session::SessionIdentity,
    settings::{Settings, SettingsFile},
    telemetry::ConfigSource,
    visual::{headless::HeadlessPlugin, quality::RenderQuality},
    xr::{self, RestartPlugin, ThenPlugin, XrPlugin},
};

/// What the viewer is to do.
#[derive(Clone, Debug, Resource)]
pub struct ViewerOptions {
    /// The plant to open.
    pub file: PathBuf,
    /// `gemba.toml`, when it is not the one beside the file.
    pub config: Option<PathBuf>,
    /// URLs that replace configured ones, by connection.
    pub connection_urls: Vec<(String, String)>,
    /// Camera of the scene to start with.
    pub camera: Option<PrimPath>,
    /// Whether the panels are drawn.
    pub panels_shown: bool,
    /// Address to serve remote control on.
    pub remote: Option<SocketAddr>,
    /// The room to go into.
    pub join: Option<Join>,
    /// The key by which rooms know this person, when it is not the one in the configuration folder.
    pub session_key: Option<PathBuf>,
    /// Size of the window or picture.
    pub size_px: (u32, u32),
    /// Pixels of a picture for each point that panels and labels are laid out in.
    pub scale: f32,
    /// How finely to draw, in place of what fits the adapter.
    pub quality: Option<RenderQuality>,
    /// Show the plant in a headset.
    pub xr: bool,
    /// Pixels of an eye, in place of what the headset recommends and frames can afford.
    pub eye_px: Option<(u32, u32)>,
    /// Render offscreen, take pictures and end.
    pub headless: Option<Headless>,
}

/// A room to go into.
#[derive(Clone, Debug)]
pub struct Join {
    /// The join link.
    pub link: LinkText,
    /// The name that others see, where the link leaves it open.
    pub name: Option<String>,
}

/// A run without a window.
#[derive(Clone, Debug)]
pub struct Headless {
    /// Pictures to take, in order of time.
    pub shots: Vec<Shot>,
    /// Folder for a picture through each camera of the scene, taken at the end.
    pub every_camera: Option<PathBuf>,
    /// When to end; counted like [`Shot::after`]. [`Duration::MAX`] when it is told to end from outside.
    pub end_after: Duration,
    /// Where to write the values at the end.
    pub dump_values: Option<PathBuf>,
}

impl Headless {
    /// One that ends when it is told to.
    #[must_use]
    pub fn steered() -> Self {
        Self {
            shots: Vec::new(),
            every_camera: None,
            end_after: Duration::MAX,
            dump_values: None,
        }
    }

    /// Whether the run ends when it is told to, and not by itself.
    #[must_use]
    pub fn is_steered(&self) -> bool {
        self.end_after == Duration::MAX
    }
}

/// One picture.
#[derive(Clone, Debug)]
pub struct Shot {
    /// Counted from when the plant is loaded and everything it needs is on the GPU.
    pub after: Duration,
    /// Camera of the scene to look through; `None` leaves the view as it is.
    pub camera: Option<PrimPath>,
    /// The PNG file.
    pub file: PathBuf,
}

/// Why the viewer did not start.
#[derive(Debug, Error)]
pub enum ViewerError {
    /// Neither X11 nor Wayland is there.
    #[error("there is no display; start a desktop session, or add --headless")]
    NoDisplay,
    /// wgpu found no adapter.
    #[error(
        "no graphics adapter was found; install a Vulkan driver (Debian and Ubuntu: apt install libvulkan1 \
         mesa-vulkan-drivers)"
    )]
    NoAdapter,
    /// The engine did not start.
    #[error("the engine did not start: {reason}")]
    Engine {
        /// What it said.
        reason: String,
    },
}

/// Runs the viewer until it is closed.
///
/// # Errors
/// [`ViewerError`] when it cannot start. What goes wrong later is shown in it.
pub fn run(options: ViewerOptions) -> anyhow::Result<ExitCode> {
    if options.headless.is_none() && !has_display() {
        return Err(ViewerError::NoDisplay.into());
    }
    #[cfg(feature = "remote")]
    let remote = options.remote.map(RemoteControlPlugin::bind).transpose()?;
    let headset = find_headset(&options)?;
    let restart = RestartPlugin::default();
    let exit = engine(|| {
        let mut app = App::new();
        build(&mut app, options, headset, restart.clone());
        #[cfg(feature = "remote")]
        if let Some(remote) = remote {
            app.add_plugins(remote);
        }
        app.run()
    })?;
    if let Some(anew) = restart.start_anew() {
        return anew;
    }
    Ok(match exit {
        AppExit::Success => ExitCode::SUCCESS,
        AppExit::Error(code) => ExitCode::from(code.get()),
    })
}

/// What became of the headset.
enum Headset {
    NotAsked,
    Missing(Failure),
    There(Box<RenderPlugin>, XrPlugin),
}

/// The headset, when one was asked for. A desktop goes on without; pictures of its eyes cannot.
fn find_headset(options: &ViewerOptions) -> anyhow::Result<Headset> {
    if !options.xr {
        return Ok(Headset::NotAsked);
    }
    match xr::start(options.eye_px) {
        Ok((render_creation, plugin)) => {
            let render = RenderPlugin {
                render_creation,
                ..default()
            };
            Ok(Headset::There(Box::new(render), plugin))
        }
        Err(failure) if options.headless.is_some() => Err(failure.into()),
        Err(failure) => Ok(Headset::Missing(failure)),
    }
}

fn build(app: &mut App, options: ViewerOptions, headset: Headset, restart: RestartPlugin) {
    app.set_error_handler(log_error as ErrorHandler);
    let (render, xr, missing) = match headset {
        Headset::There(render, xr) => (*render, Some(xr), None),
        Headset::Missing(failure) => (RenderPlugin::default(), None, Some(failure)),
        Headset::NotAsked => (RenderPlugin::default(), None, None),
    };
    let (width, height) = options.size_px;
    let asset = AssetPlugin {
        watch_for_changes_override: Some(false),
        ..default()
    };
    if options.headless.is_some() {
        let window = WindowPlugin {
            primary_window: None,
            exit_condition: ExitCondition::DontExit,
            ..default()
        };
        // Values keep coming while a software renderer draws: run as fast as it can, at most at 60 frames a second.
        let frames = ScheduleRunnerPlugin::run_loop(Duration::from_secs_f64(1.0 / 60.0));
        app.add_plugins(
            DefaultPlugins
                .set(asset)
                .set(render)
                .set(crate::log::plugin())
                .set(window)
                .disable::<WinitPlugin>(),
        )
        .add_plugins((frames, HeadlessPlugin));
    } else {
        let name = options
            .file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let window = Window {
            title: name.map_or_else(|| "Gemba".to_owned(), |name| format!("{name} – Gemba")),
            name: Some("gemba".to_owned()),
            resolution: WindowResolution::new(width, height),
            // The headset says when a frame is due; a screen that says so too would make one wait for the other.
            present_mode: if xr.is_some() {
                PresentMode::AutoNoVsync
            } else {
                PresentMode::default()
            },
            ..default()
        };
        if xr.is_some() {
            app.insert_resource(WinitSettings::continuous());
        }
        app.add_plugins(
            DefaultPlugins
                .set(asset)
                .set(render)
                .set(crate::log::plugin())
                .set(WindowPlugin {
                    primary_window: Some(window),
                    ..default()
                }),
        );
    }
    app.insert_resource(ConfigSource {
        file: options.config.clone(),
        urls: options.connection_urls.clone(),
        of_plant: Some(options.file.clone()),
    })
    .insert_resource(PanelsShown(options.panels_shown))
    .insert_resource(SessionIdentity::in_file(options.session_key.clone()))
    .insert_resource(match options.headless {
        // A script sees what every script sees, and leaves nothing behind.
        Some(_) => SettingsFile(None),
        None => SettingsFile::own(),
    })
    .insert_resource(Settings {
        // Nobody learns to turn a picture.
        hints_read: options.headless.is_some(),
        ..Settings::default()
    })
    .insert_resource(options)
    .add_plugins((GembaCorePlugins, GembaViewerPlugins, ThenPlugin))
    .add_systems(Startup, open_plant)
    .add_systems(Update, (go_to_named_camera, quit));
    match xr {
        Some(xr) => app.add_plugins(xr),
        None => app.add_plugins(restart),
    };
    // Only now does anyone listen: the terminal and the log panel.
    if let Some(failure) = missing {
        tracing::error!("{failure}. The plant opens on the desktop.");
    }
}

/// A system that fails is reported; the viewer lives on.
fn log_error(error: BevyError, context: bevy::ecs::error::ErrorContext) {
    tracing::error!("{context}: {error}");
}

fn open_plant(options: Res<ViewerOptions>, mut requests: MessageWriter<Requested>) {
    requests.write(Requested(ViewerCommand::OpenPlant {
        file: options.file.clone(),
    }));
    if let Some(Join { link, name }) = options.join.clone() {
        requests.write(Requested(ViewerCommand::Session(SessionCommand::Join {
            link,
            name,
        })));
    }
}

fn go_to_named_camera(
    options: Res<ViewerOptions>,
    mut loaded: MessageReader<PlantLoaded>,
    mut requests: MessageWriter<Requested>,
) {
    if loaded.read().next().is_some()
        && let Some(prim) = options.camera.clone()
    {
        requests.write(Requested(ViewerCommand::GoToCamera { prim }));
    }
}

fn quit(mut requests: MessageReader<Requested>, mut exit: MessageWriter<AppExit>) {
    if requests
        .read()
        .any(|Requested(request)| *request == ViewerCommand::Quit)
    {
        exit.write(AppExit::Success);
    }
}

fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Runs the engine. It panics when it finds no adapter or no display; those are states of the machine, so they become
/// errors here.
fn engine(run: impl FnOnce() -> AppExit) -> Result<AppExit, ViewerError> {
    let report = take_hook();
    set_hook(Box::new(move |panic| {
        // A missing adapter or display is told as an error; a trace of the engine's calls would only bury it.
        if matches!(error_of(panic.payload()), ViewerError::Engine { .. }) {
            report(panic);
        }
    }));
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| error_of(&*panic))
}

/// What a panic of the engine means.
fn error_of(panic: &(dyn Any + Send)) -> ViewerError {
    let reason = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "it panicked".to_owned());
    if reason.contains("Unable to find a GPU") {
        ViewerError::NoAdapter
    } else if reason.contains("Failed to build event loop") {
        ViewerError::NoDisplay
    } else {
        ViewerError::Engine { reason }
    }
}
