//! What is selected, and how a click finds it.
//!
//! [`PickTree`] answers rays into the open plant: clicks here, floors and walls for `navigation`. It is built in the
//! background when the plant is loaded. [`Selection`] is a prim; the twin it belongs to is looked up where it is shown.

mod click;
mod highlight;
mod pick_scene;
mod pick_tree;
mod tree;

use bevy::prelude::*;
use gemba_model::PrimPath;
use gemba_panels::ViewerCommand;
use gemba_usd::doc::PrimIndex;

use crate::{command::Requested, navigation::NavigationSystems, plant::Plant, schedule::GembaSystems};

pub use highlight::HighlightPlugin;
pub(crate) use highlight::{edges_in_view, view_from_prim};
pub use pick_scene::{PickHit, PickScene, PickSource};
pub use pick_tree::PickTree;

/// The selected prim.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Its row and path; `None` when nothing is selected.
    pub prim: Option<(PrimIndex, PrimPath)>,
}

/// Keeps the selection and the pick tree.
#[derive(Default)]
pub struct SelectionPlugin;

impl Plugin for SelectionPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Selection>()
            .init_resource::<PickTree>()
            .add_systems(
                Update,
                (
                    (pick_tree::start_build, pick_tree::take_built)
                        .chain()
                        .in_set(GembaSystems::Ingest),
                    click::select_clicked.in_set(NavigationSystems::Input),
                    carry_out.in_set(NavigationSystems::Advance),
                ),
            );
    }
}

fn carry_out(
    mut selection: ResMut<Selection>,
    mut requests: MessageReader<Requested>,
    plant: Option<Res<Plant>>,
) {
    for Requested(request) in requests.read() {
        match request {
            ViewerCommand::SelectPrim { prim } => match plant.as_ref().and_then(|plant| plant.doc.find(prim))
            {
                Some(index) => selection.prim = Some((index, prim.clone())),
                None => tracing::warn!(%prim, "there is no such prim to select"),
            },
            ViewerCommand::ClearSelection | ViewerCommand::OpenPlant { .. } => selection.prim = None,
            _ => {}
        }
    }
}
