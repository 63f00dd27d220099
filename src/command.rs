//! [`ViewerCommand`] as a Bevy message: each plugin reads the ones it carries out.

use bevy::prelude::*;
use gemba_panels::ViewerCommand;

/// One request from a person, a script or a session.
#[derive(Message, Clone, Debug)]
pub struct Requested(pub ViewerCommand);

/// Registers [`Requested`].
#[derive(Default)]
pub struct CommandPlugin;

impl Plugin for CommandPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Requested>();
    }
}
