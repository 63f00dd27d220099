//! From the desktop into VR: the viewer starts anew with a graphics device that is made for the headset, and goes back to where
//! it was.
//!
//! Whether there is a headset is found out first, beside the frames, because a runtime may take its time to answer. Where there is
//! none the desktop goes on, and what to do is said. What was seen travels as commands in [`THEN`], what the timeline recorded in
//! the file that [`PAST`] names.

use std::{
    env,
    fs::remove_file,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, TryRecvError, sync_channel},
    },
    thread,
};

use anyhow::Context as _;
use bevy::{ecs::system::SystemParam, prelude::*};
use gemba_panels::{SessionCommand, ViewerCommand};
use gemba_xr::lifecycle::Failure;

use super::runtime;
use crate::{
    command::Requested,
    error_chain,
    inspection::{Isolation, Section},
    navigation::Eye,
    plant::{GuidesShown, Plant, PlantLoaded},
    schedule::GembaSystems,
    selection::Selection,
    session::Meeting,
    timeline::{HandOver, HandedOver},
    ui::PanelsShown,
    viewer::ViewerOptions,
    visual::{EdgesShown, labels::LabelsShown},
};

/// Commands as a JSON list, carried out by the viewer that starts with it in its environment. It may hold a join link.
const THEN: &str = "GEMBA_THEN";
/// A file with the past, read and deleted by the viewer that starts with it in its environment.
const PAST: &str = "GEMBA_THEN_PAST";

/// Finds a headset when one is asked for, and ends the viewer for [`RestartPlugin::start_anew`].
#[derive(Clone, Default)]
pub struct RestartPlugin(Arc<Mutex<Option<Left>>>);

/// What is left to the viewer that starts anew.
struct Left {
    then: Vec<ViewerCommand>,
    past: Option<PathBuf>,
}

impl RestartPlugin {
    /// Starts the viewer anew as it was started, with the headset, when it ended for that; `None` when it did not.
    ///
    /// # Errors
    /// When the operating system does not start it.
    pub fn start_anew(&self) -> Option<anyhow::Result<ExitCode>> {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let started = start_with(&left).context("the viewer cannot be started anew; start it with --xr");
        if let (Err(_), Some(past)) = (&started, &left.past) {
            // Nobody will read it. That the viewer does not start is what has to be told.
            remove_file(past).ok();
        }
        Some(started)
    }
}

fn start_with(left: &Left) -> anyhow::Result<ExitCode> {
    let mut viewer = Command::new(env::current_exe()?);
    viewer
        .args(env::args_os().skip(1))
        .env(THEN, serde_json::to_string(&left.then)?);
    match &left.past {
        Some(past) => viewer.env(PAST, past),
        // This viewer may have been started with one itself.
        None => viewer.env_remove(PAST),
    };
    if env::args_os().all(|arg| arg != "--xr") {
        viewer.arg("--xr");
    }
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut viewer).into());
    #[cfg(not(unix))]
    {
        viewer.spawn()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The search for a headset that goes on.
#[derive(Resource, Default)]
struct Search(Option<Mutex<Receiver<Result<(), Failure>>>>);

#[derive(Resource, Clone)]
struct Restart(RestartPlugin);

impl Plugin for RestartPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Search>()
            .insert_resource(Restart(self.clone()))
            .add_systems(
                Update,
                (look_for_headset, take_answer).in_set(GembaSystems::Interact),
            );
    }
}

fn look_for_headset(mut requests: MessageReader<Requested>, mut search: ResMut<Search>) {
    let is_asked = requests
        .read()
        .any(|Requested(request)| *request == ViewerCommand::EnterVr);
    if !is_asked || search.0.is_some() {
        return;
    }
    let (answer, answers) = sync_channel(1);
    let looking = thread::Builder::new()
        .name("find-headset".to_owned())
        .spawn(move || {
            // Who asked may be gone by then.
            answer.send(runtime::probe()).ok();
        });
    match looking {
        Ok(_) => search.0 = Some(Mutex::new(answers)),
        Err(error) => {
            error!("no headset can be looked for: {error}; close other programs and enter VR again");
        }
    }
}

fn take_answer(
    mut search: ResMut<Search>,
    restart: Res<Restart>,
    seen: Seen,
    past: HandOver,
    mut exits: MessageWriter<AppExit>,
) {
    let Some(answers) = &search.0 else { return };
    let answer = answers.lock().unwrap_or_else(PoisonError::into_inner).try_recv();
    match answer {
        Err(TryRecvError::Empty) => return,
        Err(TryRecvError::Disconnected) => error!("the search for a headset broke off: enter VR again"),
        Ok(Err(failure)) => error!("{failure}"),
        Ok(Ok(())) => {
            info!("there is a headset: the viewer starts anew for it");
            let past = past.write_in(&env::temp_dir()).unwrap_or_else(|error| {
                error!("{}; the timeline begins anew", error_chain(&error));
                None
            });
            let then = seen.as_commands();
            *restart.0.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Left { then, past });
            exits.write(AppExit::Success);
        }
    }
    search.0 = None;
}

/// What is seen.
#[derive(SystemParam)]
struct Seen<'w> {
    options: Option<Res<'w, ViewerOptions>>,
    plant: Option<Res<'w, Plant>>,
    eye: Res<'w, Eye>,
    selection: Res<'w, Selection>,
    section: Res<'w, Section>,
    isolation: Res<'w, Isolation>,
    labels: Option<Res<'w, LabelsShown>>,
    guides: Res<'w, GuidesShown>,
    edges: Option<Res<'w, EdgesShown>>,
    panels: Res<'w, PanelsShown>,
    meeting: Res<'w, Meeting>,
}

impl Seen<'_> {
    /// The commands that lead back to it, beginning with the plant where it is not the one that the viewer starts with.
    fn as_commands(&self) -> Vec<ViewerCommand> {
        let mut commands = Vec::new();
        let started_with = self.options.as_ref().map(|options| &options.file);
        if let Some(plant) = &self.plant
            && started_with != Some(&plant.file)
        {
            commands.push(ViewerCommand::OpenPlant {
                file: plant.file.clone(),
            });
        }
        let pose = &self.eye.pose;
        let target_m = pose.eye_m + pose.forward() * pose.pivot_depth_m();
        commands.extend([
            ViewerCommand::SetView {
                eye_m: pose.eye_m.to_array(),
                target_m: target_m.to_array(),
            },
            ViewerCommand::SetNavigation { mode: self.eye.mode },
            ViewerCommand::SetSection {
                planes: self.section.cuts().iter().map(Into::into).collect(),
            },
            ViewerCommand::ShowGuides { shown: self.guides.0 },
        ]);
        let labels = self.labels.as_ref();
        commands.extend(labels.map(|labels| ViewerCommand::ShowLabels { shown: labels.0 }));
        let edges = self.edges.as_ref();
        commands.extend(edges.map(|edges| ViewerCommand::ShowEdges { shown: edges.0 }));
        commands.push(ViewerCommand::ShowPanels { shown: self.panels.0 });
        if !self.isolation.isolated().is_empty() {
            commands.push(ViewerCommand::Isolate {
                prims: self.isolation.isolated().to_vec(),
            });
        }
        let hidden = self.isolation.hidden().iter().cloned();
        commands.extend(hidden.map(|prim| ViewerCommand::Hide { prim }));
        if let Some((_, prim)) = &self.selection.prim {
            commands.push(ViewerCommand::SelectPrim { prim: prim.clone() });
        }
        let joined_at_start = self.options.as_ref().and_then(|options| options.join.as_ref());
        if let Some((link, name)) = self.meeting.joined_by()
            && joined_at_start.is_none_or(|join| join.link != *link)
        {
            commands.push(ViewerCommand::Session(SessionCommand::Join {
                link: link.clone(),
                name: name.clone(),
            }));
        }
        commands
    }
}

/// Carries out what the viewer before left to be done, when the plant is loaded, and goes on from what it recorded.
#[derive(Default)]
pub struct ThenPlugin;

/// What is still to be carried out.
#[derive(Resource)]
struct Then(Vec<ViewerCommand>);

impl Plugin for ThenPlugin {
    fn build(&self, app: &mut App) {
        if let Some(past) = env::var_os(PAST) {
            match HandedOver::read(Path::new(&past)) {
                Ok(handed) => {
                    app.insert_resource(handed);
                }
                Err(error) => error!("{}; the timeline begins anew", error_chain(&error)),
            }
        }
        let Ok(text) = env::var(THEN) else { return };
        match serde_json::from_str(&text) {
            Ok(commands) => {
                app.insert_resource(Then(commands)).add_systems(
                    Update,
                    carry_out_then
                        .in_set(GembaSystems::Interact)
                        .run_if(resource_exists::<Then>),
                );
            }
            Err(error) => warn!("{THEN} is left out: it is no JSON list of commands: {error}"),
        }
    }
}

fn carry_out_then(
    mut loaded: MessageReader<PlantLoaded>,
    mut then: ResMut<Then>,
    mut requests: MessageWriter<Requested>,
    mut commands: Commands,
) {
    if loaded.read().count() == 0 {
        return;
    }
    if matches!(then.0.first(), Some(ViewerCommand::OpenPlant { .. })) {
        // The rest is about that one.
        requests.write(Requested(then.0.remove(0)));
        return;
    }
    requests.write_batch(then.0.drain(..).map(Requested));
    commands.remove_resource::<Then>();
}
