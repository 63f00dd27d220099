//! What is felt in the hands.

use bevy::prelude::*;
use gemba_xr::profile::Hand;

use super::session::MainHalf;

/// Strength 0–1, and how long in nanoseconds.
pub(super) type Tap = (f32, i64);

/// Taps of this frame, one a hand: the last.
#[derive(Resource, Default)]
pub(super) struct Buzzes([Option<Tap>; 2]);

impl Buzzes {
    pub(super) fn tap(&mut self, hand: Hand, tap: Tap) {
        self.0[hand.index()] = Some(tap);
    }
}

/// Gives them to the controllers.
pub(super) fn buzz(session: Option<Res<MainHalf>>, mut buzzes: ResMut<Buzzes>) {
    let Some(session) = session else { return };
    for hand in Hand::BOTH {
        let Some((strength, nanos)) = buzzes.bypass_change_detection().0[hand.index()].take() else {
            continue;
        };
        // A controller that cannot buzz is no reason to say anything.
        if let Err(code) = session.actions.buzz(&session.session, hand, strength, nanos) {
            tracing::debug!("no buzz: {code}");
        }
    }
}
