//! The model of the section panel: what cuts the plant, and what of it is left to be seen.

use bevy::prelude::*;
use gemba_panels::SectionCut;

use super::Desktop;
use crate::{
    inspection::{Isolation, Section},
    plant::Plant,
    selection::Selection,
    session::{Meeting, SharedView},
};

/// Fills the section panel when something of it changed.
pub(super) fn fill_section(
    section: Res<Section>,
    isolation: Res<Isolation>,
    plant: Option<Res<Plant>>,
    selection: Res<Selection>,
    meeting: Res<Meeting>,
    shared: Res<SharedView>,
    mut desktop: ResMut<Desktop>,
) {
    let model = &mut desktop.model.section;
    model.bounds_m = plant
        .and_then(|plant| plant.bounds_m)
        .map_or([[0.0; 3]; 2], |bounds| {
            [bounds.min.to_array(), bounds.max.to_array()]
        });
    if section.is_changed() || isolation.is_changed() {
        model.planes = section.cuts().iter().map(SectionCut::from).collect();
        model.isolated = isolation.isolated().to_vec();
        model.hidden = isolation.hidden().len();
    }
    if selection.is_changed() {
        model.selected = selection.prim.as_ref().map(|(_, prim)| prim.clone());
    }
    let state = meeting.state();
    model.led_by = shared
        .leader()
        .and_then(|who| state.person(who))
        .map(|person| person.name.as_str().into());
}
