//! Shows the points as they were where the cursor stands.

use bevy::prelude::*;
use gemba_historian::Playback;

use super::{History, PlantClock, Timeline};
use crate::telemetry::{LivePoints, PassedLimits};

/// Puts the live points aside while the past is shown, and takes them back afterwards.
pub(super) fn show_the_past(
    mut timeline: ResMut<Timeline>,
    history: Res<History>,
    clock: Res<PlantClock>,
    mut live: LivePoints,
    mut passed: ResMut<PassedLimits>,
    mut playback: Local<Option<Playback>>,
) {
    let has_jumped = timeline.bypass_change_detection().take_jump();
    if timeline.is_live() {
        *playback = None;
        live.take_back();
        passed.show_live();
        return;
    }
    let at = clock.at;
    if has_jumped {
        *playback = None;
    }
    let points = live.past(playback.is_none());
    for (connection, link) in history.links_at(at) {
        points.set_link(connection, link, at);
    }
    match &mut *playback {
        Some(playback) => playback.advance(history.record(), at, |tag, sample| points.apply(tag, sample, at)),
        None => {
            let begun = Playback::begin(history.record(), at, |tag, sample| points.apply(tag, sample, at));
            *playback = Some(begun);
        }
    }
    points.expire(at);
    if !points.changed().is_empty() {
        live.set_changed();
    }
    passed.show_past(history.limits_at(at));
}
