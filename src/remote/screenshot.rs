//! `gemba.screenshot`: asked in one frame, answered in the frame that has written the file.

use std::{collections::BTreeMap, path::PathBuf};

use bevy::{
    ecs::system::In,
    prelude::*,
    remote::{BrpError, BrpResult, error_codes},
};
use gemba_panels::ViewerCommand;
use serde::Deserialize;
use serde_json::{Value, json};

use super::methods::invalid;
use crate::{
    command::Requested,
    visual::{PlantCamera, capture::ScreenshotSaved},
};

pub(super) const METHOD: &str = "gemba.screenshot";

/// Screenshots that someone waits for.
#[derive(Resource, Default)]
pub(super) struct Screenshots(BTreeMap<u64, (PathBuf, Progress)>);

#[derive(Clone, PartialEq)]
enum Progress {
    Asked,
    Ended(Option<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    file: PathBuf,
    #[serde(default)]
    request: u64,
}

/// Runs each frame until it answers.
pub(super) fn take_screenshot(
    In(params): In<Option<Value>>,
    mut screenshots: ResMut<Screenshots>,
    cameras: Query<(), With<PlantCamera>>,
    mut requests: MessageWriter<Requested>,
) -> BrpResult<Option<Value>> {
    let params: Params = serde_json::from_value(params.unwrap_or_default())
        .map_err(|error| invalid(format!("write {{\"file\": \"shot.png\"}}: {error}")))?;
    if cameras.is_empty() {
        let message = "this viewer draws nothing that could be photographed".to_owned();
        return Err(BrpError {
            code: error_codes::INTERNAL_ERROR,
            message,
            data: None,
        });
    }
    match screenshots
        .0
        .get(&params.request)
        .map(|(_, progress)| progress.clone())
    {
        None => {
            screenshots
                .0
                .retain(|_, (_, progress)| *progress == Progress::Asked);
            screenshots
                .0
                .insert(params.request, (params.file.clone(), Progress::Asked));
            requests.write(Requested(ViewerCommand::SaveScreenshot { file: params.file }));
            Ok(None)
        }
        Some(Progress::Asked) => Ok(None),
        Some(Progress::Ended(None)) => Ok(Some(json!({ "file": params.file }))),
        Some(Progress::Ended(Some(message))) => Err(BrpError {
            code: error_codes::INTERNAL_ERROR,
            message,
            data: None,
        }),
    }
}

pub(super) fn note_saved(mut saved: MessageReader<ScreenshotSaved>, mut screenshots: ResMut<Screenshots>) {
    for saved in saved.read() {
        for (file, progress) in screenshots.0.values_mut() {
            if *file == saved.file && *progress == Progress::Asked {
                *progress = Progress::Ended(saved.error.clone());
            }
        }
    }
}
