//! What time it is: read from the machine once a frame, here, and nowhere else in the app.

use std::time::SystemTime;

use bevy::prelude::*;
use gemba_model::UnixNanos;

/// This machine's wall clock at the start of the frame. Tests set it by hand.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now(pub UnixNanos);

/// Keeps [`Now`] at the machine's clock. Left out where a test is the clock.
#[derive(Default)]
pub struct ClockPlugin;

impl Plugin for ClockPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Now>().add_systems(First, read_clock);
        read_clock_once(app.world_mut());
    }
}

fn read_clock_once(world: &mut World) {
    world.insert_resource(Now(system_now()));
}

fn read_clock(mut now: ResMut<Now>) {
    now.0 = system_now();
}

#[allow(clippy::disallowed_methods, reason = "the driver is where time comes from")]
fn system_now() -> UnixNanos {
    UnixNanos::from_system_time(SystemTime::now())
}
