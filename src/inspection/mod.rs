//! What of the plant is shown: cut open by planes, reduced to a few prims, without those in the way and those that values
//! hide.
//!
//! [`Section`] and [`Isolation`] are this viewer's; while someone presents, `session` sets them to what the presenter
//! shows; what values hide is [`HiddenByValue`], which `binding` keeps. Whole entities that a section removes, an isolation
//! leaves out or a value hides are hidden here, and pointing passes through them ([`PlantRays`]); what a plane cuts through is cut by the plant's shader (`visual::section`). Walking goes on over
//! floors that are cut away: they are still there.

mod isolation;
mod rays;
mod section;
mod visibility;

use bevy::prelude::*;
use gemba_panels::ViewerCommand;

use crate::{
    binding::HiddenByValue,
    command::Requested,
    navigation::NavigationSystems,
    plant::{Plant, ShowScene},
    schedule::GembaSystems,
};

pub use isolation::Isolation;
pub use rays::{PlantRays, Showing, ShownRays};
pub use section::{CutPlane, MOST_CUTS, Section};

/// Keeps section and isolation.
#[derive(Default)]
pub struct InspectionPlugin;

impl Plugin for InspectionPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Section>()
            .init_resource::<Isolation>()
            .init_resource::<HiddenByValue>()
            .add_systems(
                Update,
                (
                    carry_out.in_set(NavigationSystems::Advance),
                    visibility::show_and_hide.in_set(GembaSystems::Present),
                ),
            );
    }
}

fn carry_out(
    mut section: ResMut<Section>,
    mut isolation: ResMut<Isolation>,
    mut requests: MessageReader<Requested>,
    mut scenes: MessageReader<ShowScene>,
    plant: Option<Res<Plant>>,
) {
    if scenes.read().count() > 0 {
        section.set_if_neq(Section::default());
        isolation.set_if_neq(Isolation::default());
    }
    for Requested(request) in requests.read() {
        match request {
            ViewerCommand::OpenPlant { .. } => {
                section.set_if_neq(Section::default());
                isolation.set_if_neq(Isolation::default());
            }
            ViewerCommand::SetSection { planes } => {
                section.set_if_neq(Section::new(planes.iter().map(CutPlane::from)));
            }
            ViewerCommand::Isolate { prims } => {
                let Some(plant) = &plant else { continue };
                let hidden = isolation.hidden().to_vec();
                isolation.set_if_neq(Isolation::new(&plant.doc, prims.clone(), hidden));
            }
            ViewerCommand::Hide { prim } => {
                let Some(plant) = &plant else { continue };
                let mut hidden = isolation.hidden().to_vec();
                hidden.push(prim.clone());
                let isolated = isolation.isolated().to_vec();
                isolation.set_if_neq(Isolation::new(&plant.doc, isolated, hidden));
            }
            ViewerCommand::ShowAll => {
                isolation.set_if_neq(Isolation::default());
            }
            _ => {}
        }
    }
}
