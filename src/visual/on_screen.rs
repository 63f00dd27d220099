//! Where a place of the plant is on the screen: what labels, names and notes are drawn by.

use bevy::{ecs::system::SystemParam, math::DVec3, prelude::*};
use egui::{Pos2, Rect};

use super::PlantCamera;
use crate::{plant::Plant, ui::ViewRect};

/// What is needed to know where things are on the screen.
#[derive(SystemParam)]
pub(crate) struct Screen<'w, 's> {
    camera: Query<'w, 's, (&'static Camera, &'static GlobalTransform), With<PlantCamera>>,
    plant: Option<Res<'w, Plant>>,
    free: Res<'w, ViewRect>,
}

impl Screen<'_, '_> {
    /// The view of this frame; `None` without a plant or a camera.
    pub(crate) fn on(&self, ctx: &egui::Context) -> Option<OnScreen<'_>> {
        let (camera, view) = self.camera.single().ok()?;
        Some(OnScreen {
            camera,
            view,
            points_per_px: camera.target_scaling_factor().unwrap_or(1.0) / ctx.pixels_per_point(),
            area: self.free.0.unwrap_or_else(|| ctx.content_rect()),
            origin_m: self.plant.as_ref()?.origin_m,
        })
    }
}

/// From where the plant is seen, and through which part of the window.
pub(crate) struct OnScreen<'a> {
    camera: &'a Camera,
    view: &'a GlobalTransform,
    points_per_px: f32,
    pub(crate) area: Rect,
    origin_m: DVec3,
}

impl OnScreen<'_> {
    /// Where a world position is on the screen, and how far away; `None` behind the eye or beside the view.
    pub(crate) fn see(&self, world_m: DVec3) -> Option<(Pos2, f32)> {
        let position = (world_m - self.origin_m).as_vec3();
        let at = self.camera.world_to_viewport(self.view, position).ok()? * self.points_per_px;
        let at = Pos2::new(at.x, at.y);
        let distance_m = self.view.translation().distance(position);
        (self.area.contains(at) && distance_m.is_finite()).then_some((at, distance_m))
    }
}
