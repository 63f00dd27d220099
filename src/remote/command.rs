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

/// More answered requests than clients can have at once.
const MOST_ANSWERED: usize = 64;

/// Requests by their token: a command is handed on once, however often its request is run.
#[derive(Default)]
pub(super) struct Tokens {
    handed_on: BTreeSet<u64>,
    /// The engine runs a request on until the client has taken its answer.
    answered: BTreeSet<u64>,
}

impl Tokens {
    fn answer(&mut self, token: u64) {
        self.answered.insert(token);
        if self.answered.len() > MOST_ANSWERED {
            self.answered.pop_first();
        }
    }
}

/// Runs each frame until its answer is taken.
pub(super) fn take_up(
    In(params): In<Option<Value>>,
    mut tokens: Local<Tokens>,
    plant: Option<Res<Plant>>,
    mut requests: MessageWriter<Requested>,
) -> BrpResult<Option<Value>> {
    let mut params = params.unwrap_or_default();
    let token = params.as_object_mut().and_then(|params| params.remove(TOKEN));
    let token = token.as_ref().and_then(Value::as_u64).unwrap_or_default();
    if tokens.answered.contains(&token) {
        return Ok(None);
    }
    if tokens.handed_on.remove(&token) {
        tokens.answer(token);
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
        tokens.answer(token);
        return Ok(Some(Value::Null));
    }
    tokens.handed_on.insert(token);
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
        // The client may be slow to take the answer.
        assert_eq!(asked(&request, 4), [None, Some(Value::Null), None, None]);
    }

    #[test]
    fn the_last_command_is_answered_while_someone_can() {
        let request = json!({ "command": "quit", "request": 3 });
        assert_eq!(asked(&request, 2), [Some(Value::Null), None]);
    }
}
