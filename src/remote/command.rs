//! `gemba.command`: asked in one frame, answered at the end of the next, which has taken the command up.
//!
//! Who asks what is seen right after an answer sees what the command did or began, never what was before it.

use std::collections::BTreeSet;

use bevy::{ecs::system::In, prelude::*, remote::BrpResult};
use gemba_panels::ViewerCommand;
use serde_json::Value;

use super::{TOKEN, methods::invalid};
use crate::{command::Requested, plant::Plant};

pub(super) const METHOD: &str = "gemba.command";

/// Runs each frame until it answers. `handed_on` holds the tokens of the commands that are on their way.
pub(super) fn take_up(
    In(params): In<Option<Value>>,
    mut handed_on: Local<BTreeSet<u64>>,
    plant: Option<Res<Plant>>,
    mut requests: MessageWriter<Requested>,
) -> BrpResult<Option<Value>> {
    let mut params = params.unwrap_or_default();
    let token = params.as_object_mut().and_then(|params| params.remove(TOKEN));
    let token = token.as_ref().and_then(Value::as_u64).unwrap_or_default();
    if handed_on.remove(&token) {
        return Ok(Some(Value::Null));
    }
    let command: ViewerCommand = serde_json::from_value(params).map_err(|error| {
        invalid(format!(
            "this is no command: {error}; write {{\"command\": \"frame_all\"}}"
        ))
    })?;
    if let ViewerCommand::SelectPrim { prim }
    | ViewerCommand::FocusPrim { prim }
    | ViewerCommand::GoToCamera { prim } = &command
        && plant.is_none_or(|plant| plant.doc.find(prim).is_none())
    {
        return Err(invalid(format!(
            "the open plant has no prim <{prim}>; see `gemba.load` and `gemba.twins`"
        )));
    }
    // After it there is no frame that could answer.
    let is_last = command == ViewerCommand::Quit;
    requests.write(Requested(command));
    if is_last {
        return Ok(Some(Value::Null));
    }
    handed_on.insert(token);
    Ok(None)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a request with `params` is answered in one frame after the other.
    fn asked(params: &Value, frames: usize) -> Vec<Option<Value>> {
        let mut world = World::new();
        world.init_resource::<Messages<Requested>>();
        let method = world.register_system(take_up);
        let answers = (0..frames)
            .map(|_| {
                let answer = world.run_system_with(method, Some(params.clone()));
                answer.expect("it runs").expect("a command")
            })
            .collect();
        let handed_on = world.resource::<Messages<Requested>>().len();
        assert_eq!(handed_on, 1, "a command is handed on once");
        answers
    }

    #[test]
    fn an_answer_waits_for_the_frame_that_takes_the_command_up() {
        let request = json!({ "command": "go_home", "request": 3 });
        assert_eq!(asked(&request, 2), [None, Some(Value::Null)]);
    }

    #[test]
    fn the_last_command_is_answered_while_someone_can() {
        let request = json!({ "command": "quit", "request": 3 });
        assert_eq!(asked(&request, 1), [Some(Value::Null)]);
    }
}
