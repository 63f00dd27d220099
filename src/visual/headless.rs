//! A run without a window: wait for the plant and its pipelines, take pictures, write the values, end.
//!
//! Frames run in real time, so telemetry arrives as it does for a person.

use std::{collections::VecDeque, path::PathBuf, time::Duration};

use bevy::prelude::*;
use gemba_model::PrimPath;
use gemba_panels::ViewerCommand;

use super::{PlantCamera, capture::ScreenshotSaved, readiness::RenderReadiness};
use crate::{
    command::Requested,
    plant::{Plant, PlantLoad},
    schedule::GembaSystems,
    viewer::{Headless, Shot, ViewerOptions},
};

/// Frames without camera movement that count as arrived.
const STILL_FRAMES: u32 = 2;

/// Writes the values at the end of a headless run; whoever owns the values inserts it.
#[derive(Resource, Clone, Copy)]
pub struct ValuesDump(pub fn(&World) -> serde_json::Value);

/// Carries out [`ViewerOptions::headless`].
pub struct HeadlessPlugin;

impl Plugin for HeadlessPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Run>()
            .add_systems(Update, advance.in_set(GembaSystems::Interact));
    }
}

#[derive(Resource, Default)]
struct Run {
    step: Step,
    /// Pictures still to take, the next one first.
    shots: VecDeque<Shot>,
    /// When the plant was first seen whole, on the clock of the app.
    started: Option<Duration>,
    still_frames: u32,
    last_view: Option<GlobalTransform>,
    failed: bool,
}

#[derive(Default, Debug, PartialEq)]
enum Step {
    #[default]
    Loading,
    /// Everything is there; the next picture is not due yet.
    Waiting,
    /// The camera goes where the picture is taken from.
    Moving,
    /// The picture is on its way from the GPU.
    Capturing(PathBuf),
    Ended,
}

fn advance(
    mut run: ResMut<Run>,
    options: Res<ViewerOptions>,
    load: Res<PlantLoad>,
    plant: Option<Res<Plant>>,
    readiness: Res<RenderReadiness>,
    time: Res<Time<Real>>,
    camera: Query<&GlobalTransform, With<PlantCamera>>,
    mut requests: MessageWriter<Requested>,
    mut saved: MessageReader<ScreenshotSaved>,
    mut commands: Commands,
) {
    let Some(headless) = &options.headless else { return };
    run.watch_camera(camera.iter().next().copied());
    if let PlantLoad::Failed { message, .. } = &*load {
        // Whoever steers the run from outside is told by remote control, and may open another plant.
        if run.step != Step::Ended && !headless.is_steered() {
            eprintln!("gemba: {message}");
            run.failed = true;
            run.end(&mut commands, headless);
        }
        return;
    }
    let is_seen = *load == PlantLoad::Ready && readiness.is_whole();
    let elapsed = run
        .started
        .map(|started| time.elapsed().saturating_sub(started))
        .unwrap_or_default();
    match &run.step {
        Step::Loading if is_seen => {
            run.started = Some(time.elapsed());
            run.shots = headless
                .shots
                .iter()
                .cloned()
                .chain(camera_shots(headless, plant.as_deref()))
                .collect();
            run.step = Step::Waiting;
        }
        Step::Waiting => match run.shots.front() {
            Some(shot) if elapsed >= shot.after => {
                let camera = shot.camera.clone();
                run.aim(camera, &readiness, &mut requests);
            }
            None if elapsed >= headless.end_after => run.end(&mut commands, headless),
            _ => {}
        },
        Step::Moving if is_seen && run.still_frames >= STILL_FRAMES => {
            let Some(shot) = run.shots.pop_front() else {
                return;
            };
            requests.write(Requested(ViewerCommand::SaveScreenshot {
                file: shot.file.clone(),
            }));
            run.step = Step::Capturing(shot.file.clone());
        }
        Step::Capturing(file) => {
            let Some(ended) = saved.read().find(|saved| saved.file == *file) else {
                return;
            };
            run.failed |= ended.error.is_some();
            run.step = Step::Waiting;
        }
        Step::Loading | Step::Moving | Step::Ended => {}
    }
}

/// A picture through each camera of the plant, when that was asked for.
fn camera_shots(headless: &Headless, plant: Option<&Plant>) -> Vec<Shot> {
    let (Some(folder), Some(plant)) = (&headless.every_camera, plant) else {
        return Vec::new();
    };
    let prims = plant
        .doc
        .cameras
        .iter()
        .filter_map(|camera| plant.doc.prims.get(camera.prim.index()));
    prims
        .map(|prim| Shot {
            after: headless.end_after,
            camera: Some(prim.path.clone()),
            file: folder.join(format!("camera{}.png", prim.path.as_str().replace('/', "_"))),
        })
        .collect()
}

impl Run {
    fn watch_camera(&mut self, view: Option<GlobalTransform>) {
        self.still_frames = if view == self.last_view {
            self.still_frames + 1
        } else {
            0
        };
        self.last_view = view;
    }

    fn aim(
        &mut self,
        camera: Option<PrimPath>,
        readiness: &RenderReadiness,
        requests: &mut MessageWriter<Requested>,
    ) {
        if let Some(prim) = camera {
            requests.write(Requested(ViewerCommand::GoToCamera { prim }));
            readiness.restart();
            self.still_frames = 0;
        }
        self.step = Step::Moving;
    }

    fn end(&mut self, commands: &mut Commands, headless: &Headless) {
        self.step = Step::Ended;
        let dump = headless.dump_values.clone();
        let failed = self.failed;
        commands.queue(move |world: &mut World| {
            let is_written = dump.is_none_or(|file| write_values(world, &file));
            world.write_message(if failed || !is_written {
                AppExit::error()
            } else {
                AppExit::Success
            });
        });
    }
}

fn write_values(world: &World, file: &std::path::Path) -> bool {
    let Some(dump) = world.get_resource::<ValuesDump>() else {
        tracing::error!("this plant has no values to write");
        return false;
    };
    let text = format!("{:#}\n", (dump.0)(world));
    std::fs::write(file, text)
        .inspect_err(|error| {
            tracing::error!(
                "{} cannot be written: {error}; choose another file",
                file.display()
            );
        })
        .is_ok()
}
