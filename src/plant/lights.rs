//! Lights of the scene to lights of the engine.
//!
//! UsdLux measures area lights by the luminance of their surface, with 1 rendering as white at exposure 0. The engine wants
//! lux and lumens under a camera exposure: [`NITS_PER_UNIT`] joins the two scales. The dome is the environment's work.

use bevy::prelude::*;
use gemba_usd::doc::{Light, LightKind, PrimIndex};

use super::{Plant, PrimRef, PrimTransforms, ViewOrigin, WorldFromPrim, metres};

/// Luminance that the camera shows as 1 before tone mapping: 1.2 · 2^9.7 at the engine's default exposure.
pub const NITS_PER_UNIT: f32 = 998.0;

/// Lights beyond these throw no shadows: each shadowed point light draws the scene six times more.
const SHADOWED_POINT_LIGHTS: usize = 2;
const SHADOWED_DISTANT_LIGHTS: usize = 2;

/// Spawns the lights of `plant`.
pub(super) fn spawn(
    world: &mut World,
    plant: &Plant,
    transforms: &PrimTransforms,
    origin: ViewOrigin,
) -> Vec<(PrimIndex, Entity)> {
    let mut shadows = Shadows::default();
    let mut spawned = Vec::new();
    for light in &plant.doc.lights {
        let Some(prim) = plant
            .doc
            .prims
            .get(light.prim.index())
            .filter(|prim| prim.visible)
        else {
            continue;
        };
        let placement = transforms.view_from_part(origin, light.prim, None);
        let identity = PrimRef {
            index: light.prim,
            path: prim.path.clone(),
        };
        let mut entity = world.spawn((
            identity,
            WorldFromPrim(placement),
            GlobalTransform::from(placement),
            Visibility::default(),
        ));
        insert_light(&mut entity, plant, light, &mut shadows);
        spawned.push((light.prim, entity.id()));
    }
    spawned
}

#[derive(Default)]
struct Shadows {
    points: usize,
    distants: usize,
}

impl Shadows {
    fn for_point(&mut self) -> bool {
        self.points += 1;
        self.points <= SHADOWED_POINT_LIGHTS
    }

    fn for_distant(&mut self) -> bool {
        self.distants += 1;
        self.distants <= SHADOWED_DISTANT_LIGHTS
    }
}

fn insert_light(entity: &mut EntityWorldMut<'_>, plant: &Plant, light: &Light, shadows: &mut Shadows) {
    let [red, green, blue] = light.color;
    let color = Color::linear_rgb(red, green, blue);
    let stage = &plant.doc.stage;
    let reach_m = plant
        .bounds_m
        .map_or(100.0, |bounds| bounds.size().length() as f32)
        .max(1.0)
        * 2.0;
    match light.kind {
        LightKind::Distant { angle_deg } => {
            entity.insert(DirectionalLight {
                color,
                illuminance: distant_lux(light, angle_deg),
                shadow_maps_enabled: shadows.for_distant(),
                ..default()
            });
        }
        LightKind::Dome { .. } => {}
        LightKind::Sphere { radius } => {
            let radius_m = metres(stage, radius);
            let area_m2 = 4.0 * std::f32::consts::PI * radius_m * radius_m;
            entity.insert(point_light(
                light, color, radius_m, area_m2, reach_m, plant, shadows,
            ));
        }
        LightKind::Cylinder { radius, length } => {
            let (radius_m, length_m) = (metres(stage, radius), metres(stage, length));
            let area_m2 = 2.0 * std::f32::consts::PI * radius_m * length_m;
            entity.insert(point_light(
                light, color, radius_m, area_m2, reach_m, plant, shadows,
            ));
        }
        LightKind::Disk { radius } => {
            let radius_m = metres(stage, radius);
            let area_m2 = std::f32::consts::PI * radius_m * radius_m;
            entity.insert(spot_light(light, color, area_m2, reach_m, plant, shadows));
        }
        LightKind::Rect { width, height } => {
            let area_m2 = metres(stage, width) * metres(stage, height);
            entity.insert(spot_light(light, color, area_m2, reach_m, plant, shadows));
        }
    }
}

/// Illuminance of a distant light. Not normalised, its luminance fills a cone of `angle_deg` (UsdLux, DistantLight).
fn distant_lux(light: &Light, angle_deg: f32) -> f32 {
    let half_angle = (angle_deg.max(0.0) * 0.5).to_radians();
    let solid_angle_sr = std::f32::consts::PI * half_angle.sin().powi(2);
    let units = if light.normalize || solid_angle_sr <= 0.0 {
        1.0
    } else {
        solid_angle_sr
    };
    light.intensity * units * NITS_PER_UNIT
}

/// Luminance times area, in candela per unit of projected area; a normalised light's intensity is that product itself, per
/// square stage unit.
fn candela(light: &Light, area_m2: f32, plant: &Plant) -> f32 {
    let metres_per_unit = plant.doc.stage.meters_per_unit as f32;
    let area_m2 = if light.normalize || area_m2 <= 0.0 {
        metres_per_unit * metres_per_unit
    } else {
        area_m2
    };
    light.intensity * area_m2 * NITS_PER_UNIT
}

fn point_light(
    light: &Light,
    color: Color,
    radius_m: f32,
    area_m2: f32,
    reach_m: f32,
    plant: &Plant,
    shadows: &mut Shadows,
) -> PointLight {
    PointLight {
        color,
        // A Lambertian surface of area A seen from afar shows a quarter of it; lumens = 4π candela.
        intensity: candela(light, area_m2, plant) * std::f32::consts::PI,
        range: reach_m,
        radius: radius_m,
        shadow_maps_enabled: shadows.for_point(),
        ..default()
    }
}

fn spot_light(
    light: &Light,
    color: Color,
    area_m2: f32,
    reach_m: f32,
    plant: &Plant,
    shadows: &mut Shadows,
) -> SpotLight {
    SpotLight {
        color,
        // The engine divides by 4π to get the candela along the axis.
        intensity: candela(light, area_m2, plant) * 4.0 * std::f32::consts::PI,
        range: reach_m,
        // A flat emitter fades to nothing at the side; the engine's cone comes close to its cosine.
        inner_angle: 0.2,
        outer_angle: 1.45,
        shadow_maps_enabled: shadows.for_point(),
        ..default()
    }
}
