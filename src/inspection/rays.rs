//! Asking what is shown: of places, and by rays.

use bevy::{ecs::system::SystemParam, math::DVec3, prelude::*};
use gemba_usd::doc::PrimIndex;

use super::{Isolation, Section};
use crate::{
    binding::HiddenByValue,
    navigation::walk::{RayCast, RayHit},
    selection::{PickHit, PickScene, PickTree},
};

/// Whether something of the plant is shown, for systems that draw over it.
#[derive(SystemParam)]
pub struct Showing<'w> {
    section: Res<'w, Section>,
    isolation: Res<'w, Isolation>,
    hidden: Res<'w, HiddenByValue>,
}

impl Showing<'_> {
    /// Whether a place that belongs to `prim`, in the world, is neither hidden, by a person or a value, nor cut away.
    #[must_use]
    pub fn shows(&self, prim: PrimIndex, at_m: DVec3) -> bool {
        self.isolation.shows(prim) && !self.hidden.hides(prim) && !self.section.removes(at_m)
    }
}

/// Rays into the open plant, for systems.
#[derive(SystemParam)]
pub struct PlantRays<'w> {
    picks: Res<'w, PickTree>,
    showing: Showing<'w>,
}

impl PlantRays<'_> {
    /// Rays that pass through what is cut away or hidden: for pointing. `None` until they can meet anything.
    #[must_use]
    pub fn shown(&self) -> Option<ShownRays<'_>> {
        Some(ShownRays {
            scene: self.picks.scene()?,
            only: Some(&self.showing),
        })
    }

    /// Rays that meet all there is: for feet. `None` until they can meet anything.
    #[must_use]
    pub fn whole(&self) -> Option<ShownRays<'_>> {
        Some(ShownRays {
            scene: self.picks.scene()?,
            only: None,
        })
    }
}

/// Rays into a plant, or into what is shown of it.
#[derive(Clone, Copy)]
pub struct ShownRays<'a> {
    scene: &'a PickScene,
    only: Option<&'a Showing<'a>>,
}

impl ShownRays<'_> {
    /// The nearest thing within `reach_m` of `from_m` along the unit vector `direction`.
    #[must_use]
    pub fn pick(&self, from_m: DVec3, direction: DVec3, reach_m: f64) -> Option<PickHit> {
        match self.only {
            None => self.scene.pick(from_m, direction, reach_m),
            Some(showing) => self
                .scene
                .pick_where(from_m, direction, reach_m, |prim, distance_m| {
                    showing.shows(prim, from_m + direction * distance_m)
                }),
        }
    }
}

impl RayCast for ShownRays<'_> {
    fn cast(&self, from_m: DVec3, direction: DVec3, reach_m: f64) -> Option<RayHit> {
        let hit = self.pick(from_m, direction, reach_m)?;
        Some(RayHit {
            distance_m: hit.distance_m,
            normal: hit.normal,
        })
    }
}
