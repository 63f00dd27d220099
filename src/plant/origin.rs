//! The point of the world that is zero for the renderer, which follows whoever looks.
//!
//! The renderer computes in f32, whose steps are 0.06 mm a kilometre from zero and 1 mm at ten: hands and floors would
//! shake. So positions stay f64 in the world, and what is drawn is placed relative to an origin that is never far from the
//! eye. It starts at [`Plant::origin_m`](super::Plant::origin_m), which does not move: it is what files and rooms are
//! relative to.

use bevy::{
    math::{DMat4, DVec3},
    prelude::*,
};

use super::{
    components::PrimRef,
    placement::{PrimFromPart, PrimTransforms, WorldFromPrim},
};

/// How far the eye may be from the origin, in plan. Here f32 resolves 0.06 mm, and something at arm's length is still
/// drawn to less than a pixel of any headset.
const FOLLOWS_BEYOND_M: f64 = 1_000.0;

/// How the origin moves, in [`First`].
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ViewOriginSystems {
    /// Whoever knows where the eye is moves it.
    Move,
    /// The plant is placed relative to it.
    Follow,
}

/// What is subtracted from world positions before they become f32.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct ViewOrigin {
    at_m: DVec3,
}

impl ViewOrigin {
    /// An origin at `at_m` in the world.
    #[must_use]
    pub fn new(at_m: DVec3) -> Self {
        Self { at_m }
    }

    /// Where it is in the world, in metres.
    #[must_use]
    pub fn at_m(self) -> DVec3 {
        self.at_m
    }

    /// A world position as the renderer takes it.
    #[must_use]
    pub fn in_view(self, world_m: DVec3) -> Vec3 {
        (world_m - self.at_m).as_vec3()
    }

    /// From the world to where things are drawn, in f64.
    #[must_use]
    pub fn view_from_world(self) -> DMat4 {
        DMat4::from_translation(-self.at_m)
    }

    /// From where things are drawn to the world, in f64.
    #[must_use]
    pub fn world_from_view(self) -> DMat4 {
        DMat4::from_translation(self.at_m)
    }

    /// The origin for someone who looks from `eye_m`; `None` while they are near enough to this one.
    ///
    /// It moves in plan alone, by whole metres: nobody is kilometres above a plant and close to it, and heights that were
    /// read relative to it stay right.
    #[must_use]
    pub fn followed_to(self, eye_m: DVec3) -> Option<Self> {
        let away_m = (eye_m - self.at_m).with_y(0.0);
        let is_far = away_m.is_finite() && away_m.length() > FOLLOWS_BEYOND_M;
        is_far.then(|| Self::new(self.at_m + away_m.round()))
    }
}

/// Stands at a place in the world, in metres; its [`Transform`] is kept there.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[require(Transform)]
pub struct StandsAt(pub DVec3);

/// Everything of the plant, placed relative to an origin that moved.
///
/// The renderer's transforms are written too, so that nobody reads old ones with the new origin in this frame.
pub(super) fn follow_origin(
    origin: Res<ViewOrigin>,
    transforms: Res<PrimTransforms>,
    mut placed: Query<(
        &PrimRef,
        &mut WorldFromPrim,
        &mut GlobalTransform,
        Option<&PrimFromPart>,
    )>,
) {
    placed
        .par_iter_mut()
        .for_each(|(prim, mut placement, mut global, part)| {
            let view_from_part = transforms.view_from_part(*origin, prim.index, part);
            if placement.set_if_neq(WorldFromPrim(view_from_part)) {
                *global = GlobalTransform::from(view_from_part);
            }
        });
}

/// Puts what stands somewhere there: all of it when the origin moved, else what is new or was moved itself.
pub(super) fn place_standing(origin: Res<ViewOrigin>, mut standing: Query<(Ref<StandsAt>, &mut Transform)>) {
    for (place, mut transform) in &mut standing {
        if origin.is_changed() || place.is_changed() {
            transform.translation = origin.in_view(place.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_who_goes_far_and_keeps_its_height() {
        let origin = ViewOrigin::new(DVec3::new(500_000.0, 20.0, -4_500_000.0));
        let near = origin.at_m() + DVec3::new(900.0, 80.0, -300.0);
        assert_eq!(origin.followed_to(near), None);
        assert_eq!(
            origin.followed_to(origin.at_m() + DVec3::Y * 5_000.0),
            None,
            "above"
        );
        assert_eq!(origin.followed_to(DVec3::NAN), None);
        let far = origin.at_m() + DVec3::new(12_000.4, 80.0, -0.3);
        let followed = origin.followed_to(far).expect("an origin");
        assert_eq!(followed.at_m(), DVec3::new(512_000.0, 20.0, -4_500_000.0));
        assert_eq!(followed.followed_to(far), None);
        assert!((followed.in_view(far) - Vec3::new(0.4, 80.0, -0.3)).length() < 1e-6);
    }
}
