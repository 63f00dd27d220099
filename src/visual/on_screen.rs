//! Where a place of the plant is on the screen: what labels, names and notes are drawn by.

use bevy::{ecs::system::SystemParam, math::DVec3, prelude::*};
use egui::{Pos2, Rect};
use gemba_panels::view_cube_place;

use super::PlantCamera;
use crate::{
    plant::{Plant, ViewOrigin},
    ui::ViewRect,
};

/// What is needed to know where things are on the screen.
#[derive(SystemParam)]
pub(crate) struct Screen<'w, 's> {
    camera: Query<'w, 's, (&'static Camera, &'static Transform), With<PlantCamera>>,
    plant: Option<Res<'w, Plant>>,
    origin: Res<'w, ViewOrigin>,
    free: Res<'w, ViewRect>,
}

impl Screen<'_, '_> {
    /// The view of this frame; `None` without a plant or a camera.
    pub(crate) fn on(&self, ctx: &egui::Context) -> Option<OnScreen<'_>> {
        let (camera, view) = self.camera.single().ok()?;
        self.plant.as_ref()?;
        Some(OnScreen {
            camera,
            // Where the eye is now: what is drawn over a view that turns must not lag behind it by a frame. The camera
            // has no parent.
            view: GlobalTransform::from(*view),
            points_per_px: camera.target_scaling_factor().unwrap_or(1.0) / ctx.pixels_per_point(),
            area: self.free.0.unwrap_or_else(|| ctx.content_rect()),
            origin: *self.origin,
        })
    }
}

impl Screen<'_, '_> {
    /// What the panels draw into the view.
    pub(crate) fn cube(&self) -> Option<Rect> {
        view_cube_place(self.free.0?)
    }
}

/// From where the plant is seen, and through which part of the window.
pub(crate) struct OnScreen<'a> {
    camera: &'a Camera,
    view: GlobalTransform,
    points_per_px: f32,
    pub(crate) area: Rect,
    origin: ViewOrigin,
}

impl OnScreen<'_> {
    /// Where a world position is on the screen, and how far away; `None` behind the eye or beside the view.
    pub(crate) fn see(&self, world_m: DVec3) -> Option<(Pos2, f32)> {
        let position = self.origin.in_view(world_m);
        let at = self.camera.world_to_viewport(&self.view, position).ok()? * self.points_per_px;
        let at = Pos2::new(at.x, at.y);
        let distance_m = self.view.translation().distance(position);
        (self.area.contains(at) && distance_m.is_finite()).then_some((at, distance_m))
    }
}

/// What is drawn over the view in this frame, so that flags and names do not cover what was there before them.
#[derive(Resource, Default)]
pub(crate) struct Occupied(Vec<Rect>);

impl Occupied {
    /// Begins a frame: nothing is drawn yet.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The places that are taken.
    pub(crate) fn taken(&self) -> &[Rect] {
        &self.0
    }

    /// Takes the place, or one that is free near it, in `area`: above it where there is room, else below.
    pub(crate) fn take_within(&mut self, area: Rect, place: Rect) -> Rect {
        let into =
            (area.min - place.min).max(egui::Vec2::ZERO) + (area.max - place.max).min(egui::Vec2::ZERO);
        let place = place.translate(into);
        let above = self.free_beside(place, -1.0);
        let free = if above.top() >= area.top() {
            above
        } else {
            self.free_beside(place, 1.0)
        };
        self.take(free);
        free
    }

    /// Takes a place as it is.
    pub(crate) fn take(&mut self, place: Rect) {
        self.0.push(place);
    }

    /// Takes the place, or the next one above it that is free.
    pub(crate) fn take_above(&mut self, place: Rect) -> Rect {
        let place = self.free_beside(place, -1.0);
        self.take(place);
        place
    }

    /// The place, or the next one that is free above (-1) or below it (1).
    fn free_beside(&self, mut place: Rect, down: f32) -> Rect {
        const GAP_PT: f32 = 2.0;
        // Bounded: where there is this much, some of it is covered.
        for _ in 0..12 {
            let Some(covered) = self.0.iter().find(|taken| taken.intersects(place)) else {
                break;
            };
            let step = if down < 0.0 {
                place.bottom() - covered.top()
            } else {
                covered.bottom() - place.top()
            };
            place = place.translate(egui::vec2(0.0, down * (step + GAP_PT)));
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_later_stands_above() {
        let mut occupied = Occupied::default();
        let rect = |top: f32| Rect::from_min_size(Pos2::new(0.0, top), egui::vec2(50.0, 10.0));
        occupied.take(rect(100.0));
        assert_eq!(occupied.take_above(rect(120.0)), rect(120.0));
        assert_eq!(occupied.take_above(rect(95.0)), rect(88.0));
        assert_eq!(occupied.take_above(rect(104.0)), rect(76.0), "above both");
    }

    #[test]
    fn what_belongs_into_the_view_stays_in_it() {
        let mut occupied = Occupied::default();
        let area = Rect::from_min_size(Pos2::new(0.0, 100.0), egui::vec2(500.0, 300.0));
        let rect = |left: f32, top: f32| Rect::from_min_size(Pos2::new(left, top), egui::vec2(50.0, 10.0));
        assert_eq!(occupied.take_within(area, rect(-20.0, 90.0)), rect(0.0, 100.0));
        assert_eq!(
            occupied.take_within(area, rect(0.0, 100.0)),
            rect(0.0, 112.0),
            "no room above"
        );
        assert_eq!(occupied.take_within(area, rect(480.0, 395.0)), rect(450.0, 390.0));
        assert_eq!(occupied.take_within(area, rect(450.0, 392.0)), rect(450.0, 378.0));
    }
}
