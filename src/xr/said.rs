//! What the viewer has to say stands before the eyes: how far the plant is, why there is none, what has just gone wrong.
//!
//! It goes with the person, is drawn over everything and over the veil, and nothing on it is to be operated: the panels are for that.

use bevy::{light::NotShadowCaster, math::DVec2, picking::Pickable, prelude::*};
use gemba_panels::headset::{SAID_SIZE_PT, has_to_say, said_ui};
use gemba_xr::{
    Pose,
    panel::{PanelQuad, accompany},
};

use super::{
    eyes::{EyePictures, for_the_eyes},
    frame::Tracked,
    panels::{LINE_POINTS, SurfaceLayer, SurfaceMaterial, UiPicture, px_per_rad, spawn_ui},
    runtime::Runtime,
    travel::PlaySpace,
};
use crate::{plant::ViewOrigin, ui::Desktop};

/// Farther than a panel that one reads, so that it does not cover one.
const DISTANCE_M: f64 = 1.5;

/// The square it is said on.
#[derive(Component)]
pub(super) struct Said {
    ui: Entity,
    /// Where it stands in the play space; nowhere while nothing is said.
    stands: Option<Pose>,
    is_moving: bool,
}

impl Said {
    /// Whether something is said now.
    pub(super) fn is_shown(&self) -> bool {
        self.stands.is_some()
    }
}

/// Makes the square with the first session.
pub(super) fn spawn(
    mut commands: Commands,
    pictures: Option<Res<EyePictures>>,
    there: Query<(), With<Said>>,
    runtime: Option<Res<Runtime>>,
    tracked: Res<Tracked>,
    mut images: ResMut<Assets<Image>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<SurfaceMaterial>>,
) {
    if pictures.is_none() || !there.is_empty() {
        return;
    }
    let size_points = DVec2::from(SAID_SIZE_PT.map(f64::from));
    let quad = PanelQuad::legible(Pose::IDENTITY, size_points, LINE_POINTS, DISTANCE_M);
    let px_per_point = quad.px_per_point(px_per_rad(runtime.as_deref(), &tracked), DISTANCE_M);
    let (ui, picture) = spawn_ui(&mut commands, &mut images, size_points, px_per_point);
    commands.spawn((
        Name::new("what is said"),
        Mesh3d(meshes.add(Rectangle::from_size(quad.size_m.as_vec2()))),
        MeshMaterial3d(materials.add(SurfaceMaterial {
            picture,
            layer: SurfaceLayer::OverVeil,
        })),
        Said {
            ui,
            stands: None,
            is_moving: false,
        },
        for_the_eyes(),
        NotShadowCaster,
        Pickable::IGNORE,
        Visibility::Hidden,
    ));
}

/// Says what there is to say, before the eyes.
pub(super) fn say(
    desktop: Res<Desktop>,
    tracked: Res<Tracked>,
    space: Res<PlaySpace>,
    origin: Res<ViewOrigin>,
    time: Res<Time<Real>>,
    mut squares: Query<(&mut Said, &mut Transform, &mut Visibility)>,
    mut pictures: Query<UiPicture>,
) {
    let Ok((mut said, mut transform, mut visibility)) = squares.single_mut() else {
        return;
    };
    let Ok(mut picture) = pictures.get_mut(said.ui) else {
        return;
    };
    let is_said = has_to_say(&desktop.model);
    // Run even so: a context that was never run has nothing to draw with.
    picture.draw_news(time.elapsed(), |ui| {
        if is_said {
            said_ui(ui, &desktop.model);
        }
    });
    let Some(head) = tracked.head.filter(|_| is_said) else {
        said.stands = None;
        visibility.set_if_neq(Visibility::Hidden);
        return;
    };
    let mut is_moving = said.is_moving;
    let stands = accompany(said.stands, &mut is_moving, head, DISTANCE_M, time.delta());
    (said.stands, said.is_moving) = (Some(stands), is_moving);
    let world = space.rig.in_world(stands);
    transform.set_if_neq(Transform {
        translation: origin.in_view(world.at_m),
        rotation: world.rotation.as_quat(),
        scale: Vec3::ONE,
    });
    visibility.set_if_neq(Visibility::Visible);
}
