//! Keys to commands. `gemba_panels::KEYS` tells people of them.

use bevy::prelude::*;
use gemba_panels::{NavigationMode, STEP_MILLIS, SessionCommand, TimelineModel, ViewerCommand};

use super::{Desktop, PanelClaims, PanelsShown};
use crate::{
    command::Requested,
    selection::Selection,
    session::{Meeting, Pen},
};

/// How long a press of the key points: long enough for heads to turn.
const POINT_MILLIS: u32 = 4_000;

pub(super) fn read_keys(
    keys: Option<Res<ButtonInput<KeyCode>>>,
    panels: PanelClaims,
    selection: Res<Selection>,
    meeting: Option<Res<Meeting>>,
    pen: Option<Res<Pen>>,
    mut desktop: ResMut<Desktop>,
    shown: Res<PanelsShown>,
    mut requests: MessageWriter<Requested>,
) {
    let Some(keys) = keys else { return };
    if keys.just_pressed(KeyCode::F1) {
        desktop.view.help_shown = !desktop.view.help_shown;
    }
    if keys.just_pressed(KeyCode::F2) {
        requests.write(Requested(ViewerCommand::ShowPanels { shown: !shown.0 }));
    }
    if panels.keys() {
        return;
    }
    let labels_shown = desktop.model.toolbar.labels_shown;
    let edges_shown = desktop.model.toolbar.edges_shown;
    let is_held = keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight, KeyCode::SuperLeft]);
    if is_held {
        if keys.just_pressed(KeyCode::KeyO) {
            let Desktop { model, view } = &mut *desktop;
            view.open.ask(&model.toolbar.recent);
        }
        return;
    }
    if let Some(command) = time_command(&keys, &desktop.model.timeline) {
        requests.write(Requested(command));
    }
    let draws = pen.is_some_and(|pen| pen.shape().is_some());
    for key in keys.get_just_pressed() {
        if draws && *key == KeyCode::Escape {
            requests.write(Requested(ViewerCommand::Session(SessionCommand::DropPen)));
            continue;
        }
        let following = meeting
            .as_ref()
            .is_some_and(|meeting| meeting.following().is_some());
        if let Some(command) = command_of(*key, &selection, labels_shown, edges_shown, following) {
            requests.write(Requested(command));
        }
    }
}

/// Where the keys put the timeline's cursor, once there is a past.
fn time_command(keys: &ButtonInput<KeyCode>, timeline: &TimelineModel) -> Option<ViewerCommand> {
    timeline.from_millis?;
    let is_past = timeline.past_speed.is_some();
    match keys.get_just_pressed().next()? {
        KeyCode::Space => Some(timeline.pause_or_play()),
        KeyCode::Comma => Some(timeline.step(-STEP_MILLIS)),
        KeyCode::Period if is_past => Some(timeline.step(STEP_MILLIS)),
        KeyCode::End if is_past => Some(ViewerCommand::GoLive),
        _ => None,
    }
}

fn command_of(
    key: KeyCode,
    selection: &Selection,
    labels_shown: bool,
    edges_shown: bool,
    following: bool,
) -> Option<ViewerCommand> {
    let mode = |mode| Some(ViewerCommand::SetNavigation { mode });
    match key {
        KeyCode::Digit1 => mode(NavigationMode::Orbit),
        KeyCode::Digit2 => mode(NavigationMode::Walk),
        KeyCode::Digit3 => mode(NavigationMode::Fly),
        KeyCode::KeyF => Some(match &selection.prim {
            Some((_, prim)) => ViewerCommand::FocusPrim { prim: prim.clone() },
            None => ViewerCommand::FrameAll,
        }),
        KeyCode::Home => Some(ViewerCommand::GoHome),
        KeyCode::KeyL => Some(ViewerCommand::ShowLabels { shown: !labels_shown }),
        KeyCode::KeyX => Some(ViewerCommand::ShowEdges { shown: !edges_shown }),
        KeyCode::KeyP => Some(ViewerCommand::Session(SessionCommand::Point {
            for_millis: POINT_MILLIS,
        })),
        KeyCode::Escape if following => Some(ViewerCommand::Session(SessionCommand::GoSolo)),
        KeyCode::Escape => Some(ViewerCommand::ClearSelection),
        _ => None,
    }
}
