//! Commands that move the eye, and the view a plant opens with.

use bevy::{math::DVec3, prelude::*};
use gemba_model::PrimPath;
use gemba_panels::{NavigationMode, ViewerCommand};
use gemba_usd::{
    SceneDoc,
    doc::{Aabb, Camera as SceneCamera, PrimIndex, Projection as SceneProjection},
};

use super::{Eye, Script, Surroundings, ViewPose, ViewWindow, aspect_of, overview, window_of};
use crate::{
    command::Requested,
    inspection::{PlantRays, ShownRays},
    plant::{Plant, PrimExtents, PrimTransforms},
    ui::ViewRect,
    visual::PlantCamera,
};

/// What a command needs to know to find its view.
#[derive(bevy::ecs::system::SystemParam)]
pub(super) struct Stage<'w, 's> {
    plant: Option<Res<'w, Plant>>,
    transforms: Res<'w, PrimTransforms>,
    extents: PrimExtents<'w, 's>,
    cameras: Query<'w, 's, &'static Camera, With<PlantCamera>>,
    free: Option<Res<'w, ViewRect>>,
    rays: PlantRays<'w>,
}

impl Stage<'_, '_> {
    fn window(&self) -> ViewWindow {
        window_of(self.cameras.iter().next(), self.free.as_deref())
    }

    fn around(&self) -> Surroundings<ShownRays<'_>> {
        Surroundings {
            rays: self.rays.whole(),
            bounds_m: self.plant.as_ref().and_then(|plant| plant.bounds_m),
            aspect: aspect_of(self.cameras.iter().next()),
        }
    }

    /// World box of what `prim` and everything below it draws; its place when it draws nothing.
    fn bounds_of(&self, prim: PrimIndex) -> Aabb {
        self.extents.in_world(prim).unwrap_or_else(|| {
            let at = self.extents.place_m(prim);
            Aabb {
                min: at - DVec3::splat(0.5),
                max: at + DVec3::splat(0.5),
            }
        })
    }
}

/// Opens a new plant with a view of it, as soon as it is known how large it is.
pub(super) fn open_view(mut eye: ResMut<Eye>, stage: Stage) {
    let Some(plant) = stage.plant.as_ref().filter(|plant| plant.is_added()) else {
        return;
    };
    let window = stage.window();
    let Some(pose) = opening_pose(plant, &stage.transforms, &window) else {
        return;
    };
    eye.jump(pose);
    eye.home = pose;
    if eye.mode == NavigationMode::Walk {
        eye.mode = NavigationMode::Orbit;
    }
}

/// The scene's own view where it has a good one, else the overview.
fn opening_pose(plant: &Plant, transforms: &PrimTransforms, window: &ViewWindow) -> Option<ViewPose> {
    let bounds_m = plant.bounds_m?;
    let own = plant.doc.cameras.iter().find_map(|camera| {
        let pose = camera_pose(&plant.doc, camera, transforms, window);
        (is_named_for_opening(&plant.doc, camera) && sees(&pose, bounds_m)).then_some(pose)
    });
    Some(own.unwrap_or_else(|| overview(bounds_m, window)))
}

/// Exporters leave all sorts of cameras behind; only one that says so is meant to be opened with.
fn is_named_for_opening(doc: &SceneDoc, camera: &SceneCamera) -> bool {
    const NAMES: [&str; 6] = ["home", "main", "overview", "hero", "start", "opening"];
    let name = doc
        .prims
        .get(camera.prim.index())
        .map(|prim| prim.path.name().to_lowercase())
        .unwrap_or_default();
    NAMES.iter().any(|start| name.starts_with(start))
}

/// Whether the view holds a good part of the plant: the middle ahead, and not from a planet away.
fn sees(pose: &ViewPose, bounds_m: Aabb) -> bool {
    let to_center = bounds_m.center() - pose.eye_m;
    let is_inside = to_center.abs().cmple(bounds_m.size() * 0.5).all();
    let is_ahead = to_center.normalize_or_zero().dot(pose.forward()) > (pose.fov_rad * 0.6).cos();
    is_inside || (is_ahead && to_center.length() < 6.0 * bounds_m.size().length())
}

/// The view through a camera of the scene; what it frames is seen between the panels.
fn camera_pose(
    doc: &SceneDoc,
    camera: &SceneCamera,
    transforms: &PrimTransforms,
    window: &ViewWindow,
) -> ViewPose {
    let world_from_camera = transforms.world_from_prim(camera.prim);
    let eye_m = world_from_camera.w_axis.truncate();
    let forward = world_from_camera
        .transform_vector3(DVec3::NEG_Z)
        .normalize_or(DVec3::NEG_Z);
    let mut pose = ViewPose::looking_at(eye_m, eye_m + forward * 5.0);
    if let SceneProjection::Perspective { vertical_fov_rad } = camera.projection {
        let own_rad = f64::from(vertical_fov_rad).clamp(0.05, 2.6);
        pose.fov_rad = window.fov_holding(own_rad, f64::from(camera.aspect));
    }
    let metres = doc.stage.meters_per_unit;
    pose.pivot_m = eye_m + forward * (5.0_f64).max(f64::from(camera.clipping_range[0]) * metres);
    pose
}

/// Carries out the commands that move the eye.
pub(super) fn carry_out(mut eye: ResMut<Eye>, mut requests: MessageReader<Requested>, stage: Stage) {
    for Requested(request) in requests.read() {
        match request {
            ViewerCommand::FrameAll => {
                if let Some(bounds_m) = stage.plant.as_ref().and_then(|plant| plant.bounds_m) {
                    eye.fly(overview(bounds_m, &stage.window()));
                }
            }
            ViewerCommand::GoHome => {
                let home = eye.home;
                eye.fly(home);
            }
            ViewerCommand::LookAlong { direction } => {
                let pose = eye.pose.looking_along(DVec3::from(*direction));
                eye.fly(pose);
            }
            ViewerCommand::FocusPrim { prim } => focus(&mut eye, &stage, prim),
            ViewerCommand::GoToCamera { prim } => go_to_camera(&mut eye, &stage, prim),
            ViewerCommand::SetView { eye_m, target_m } => {
                eye.jump(ViewPose::looking_at(DVec3::from(*eye_m), DVec3::from(*target_m)));
            }
            ViewerCommand::SetNavigation { mode } => eye.set_mode(*mode, &stage.around()),
            ViewerCommand::Walk {
                forward_m_per_s,
                right_m_per_s,
                turn_rad_per_s,
                for_secs,
            } => {
                let script = Script {
                    forward_m_per_s: *forward_m_per_s,
                    right_m_per_s: *right_m_per_s,
                    turn_rad_per_s: *turn_rad_per_s,
                    left_secs: *for_secs,
                };
                eye.follow(script, &stage.around());
            }
            _ => {}
        }
    }
}

fn focus(eye: &mut Eye, stage: &Stage, prim: &PrimPath) {
    let Some(plant) = &stage.plant else { return };
    let Some(index) = plant.doc.find(prim) else {
        tracing::warn!(%prim, "there is no such prim to fly to");
        return;
    };
    let bounds_m = stage.bounds_of(index);
    // A thing is seen with what is round it, from a little above.
    let margin_m = DVec3::splat((bounds_m.size().length() * 0.15).max(0.1));
    let around_m = Aabb {
        min: bounds_m.min - margin_m,
        max: bounds_m.max + margin_m,
    };
    let level = eye.pose.pitch_rad.clamp(-1.0, -0.2);
    let from = ViewPose {
        pitch_rad: level,
        fov_rad: super::DEFAULT_FOV_RAD,
        ..eye.pose
    };
    eye.fly(from.framing(around_m, &stage.window()));
}

fn go_to_camera(eye: &mut Eye, stage: &Stage, prim: &PrimPath) {
    let Some(plant) = &stage.plant else { return };
    let camera = plant
        .doc
        .find(prim)
        .and_then(|prim| plant.doc.cameras.iter().find(|camera| camera.prim == prim));
    match camera {
        Some(camera) => {
            let window = stage.window();
            eye.fly(camera_pose(&plant.doc, camera, &stage.transforms, &window));
        }
        None => tracing::warn!(%prim, "there is no such camera"),
    }
}
