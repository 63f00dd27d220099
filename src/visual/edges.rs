//! Lines along edges, as drawings have them: for those who want to see shapes rather than light.
//!
//! The plant's shader finds edges in the depths and normals of the pass before it, which this adds to the camera while it is
//! on. The rest is a number beside the section's planes.

use bevy::{
    core_pipeline::prepass::{DepthPrepass, NormalPrepass},
    pbr::ScreenSpaceAmbientOcclusion,
    prelude::*,
};
use gemba_panels::ViewerCommand;

use super::PlantCamera;
use crate::{command::Requested, schedule::GembaSystems};

/// Whether edges are drawn.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EdgesShown(pub bool);

/// Draws edges.
#[derive(Default)]
pub(super) struct EdgesPlugin;

impl Plugin for EdgesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<EdgesShown>()
            .add_systems(Update, take_requests.in_set(GembaSystems::Interact))
            .add_systems(Update, prepare_camera.in_set(GembaSystems::Present));
    }
}

fn take_requests(mut requests: MessageReader<Requested>, mut edges: ResMut<EdgesShown>) {
    for Requested(request) in requests.read() {
        if let ViewerCommand::ShowEdges { shown } = request {
            edges.set_if_neq(EdgesShown(*shown));
        }
    }
}

/// The passes that the lines need. Ambient occlusion needs them too, and brings them by itself.
fn prepare_camera(
    edges: Res<EdgesShown>,
    cameras: Query<(Entity, Has<ScreenSpaceAmbientOcclusion>, Has<NormalPrepass>), With<PlantCamera>>,
    mut commands: Commands,
) {
    for (camera, has_occlusion, has_normals) in &cameras {
        let needs_normals = edges.0 || has_occlusion;
        if needs_normals && !has_normals {
            commands.entity(camera).insert((DepthPrepass, NormalPrepass));
        } else if has_normals && !needs_normals {
            commands.entity(camera).remove::<(DepthPrepass, NormalPrepass)>();
        }
    }
}
