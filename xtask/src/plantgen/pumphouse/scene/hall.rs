//! The hall around the machines.

use super::super::{
    building::{self, HALF_DEPTH, HALF_LENGTH},
    materials::Surface,
    math::{Frame, V3, polar},
    placing::{group, instance, own_mesh, scatter, sign},
    usda::Layer,
    vessels::TANK_RADIUS,
};
use super::{TANK_Y, TANKS};

pub(super) fn hall(layer: &mut Layer) {
    group(layer, "Hall", "Hall", |layer| {
        own_mesh(layer, "Floor", &building::floor(), Surface::Concrete);
        own_mesh(layer, "Joints", &building::joints(), Surface::Rubber);
        own_mesh(layer, "Markings", &building::markings(), Surface::SafetyYellow);
        own_mesh(layer, "Upstand", &building::upstand(), Surface::Concrete);
        layer.prim("def Xform \"Walls\"", &[], |layer| {
            for k in 0..12 {
                let at = [-HALF_LENGTH + 2.0 * f64::from(k), HALF_DEPTH, 0.0];
                instance(
                    layer,
                    &format!("Back_{:02}", k + 1),
                    "building",
                    "WallPanel",
                    at,
                    [0.0; 3],
                );
            }
            for k in 0..7 {
                let at = [-HALF_LENGTH, -HALF_DEPTH + 2.0 * f64::from(k), 0.0];
                instance(
                    layer,
                    &format!("Left_{:02}", k + 1),
                    "building",
                    "WallPanel",
                    at,
                    [0.0, 0.0, 90.0],
                );
            }
        });
        layer.prim("def Xform \"Frame\"", &[], |layer| {
            for (k, at) in columns().into_iter().enumerate() {
                instance(
                    layer,
                    &format!("Column_{:02}", k + 1),
                    "building",
                    "Column",
                    at,
                    [0.0; 3],
                );
            }
            for k in 0..4 {
                let at = [-HALF_LENGTH + 6.0 * f64::from(k), HALF_DEPTH - 0.3, 0.0];
                instance(
                    layer,
                    &format!("Beam_{:02}", k + 1),
                    "building",
                    "EavesBeam",
                    at,
                    [0.0; 3],
                );
            }
            for k in 0..2 {
                let at = [-HALF_LENGTH + 0.3, -HALF_DEPTH + 0.7 + 6.5 * f64::from(k), 0.0];
                instance(
                    layer,
                    &format!("Beam_{:02}", k + 5),
                    "building",
                    "EavesBeam",
                    at,
                    [0.0, 0.0, 90.0],
                );
            }
        });
        layer.prim("def Xform \"Furniture\"", &[], |layer| {
            for (k, x) in [-9.0, 4.0, 9.0].into_iter().enumerate() {
                let at = [x, HALF_DEPTH - 0.5, 4.95];
                instance(
                    layer,
                    &format!("Lamp_{:02}", k + 1),
                    "building",
                    "WallLamp",
                    at,
                    [0.0; 3],
                );
            }
            for (k, x) in [-0.9, 2.25, 4.75, 8.1].into_iter().enumerate() {
                instance(
                    layer,
                    &format!("Bollard_{:02}", k + 1),
                    "building",
                    "Bollard",
                    [x, -3.3, 0.0],
                    [0.0; 3],
                );
            }
            for (k, (at, turn)) in [
                ([-3.0, HALF_DEPTH - 0.14, 1.15], 0.0),
                ([-HALF_LENGTH + 0.14, -2.2, 1.15], 90.0),
            ]
            .into_iter()
            .enumerate()
            {
                instance(
                    layer,
                    &format!("Extinguisher_{:02}", k + 1),
                    "building",
                    "Extinguisher",
                    at,
                    [0.0, 0.0, turn],
                );
            }
        });
        scatter(
            layer,
            "Grating",
            "building",
            "Grating",
            &(0..14)
                .map(|k| [-0.6 + 0.6 * f64::from(k), -3.61, 0.003])
                .collect::<Vec<_>>(),
        );
        scatter(layer, "Anchors", "building", "Anchor", &anchors());
        sign(
            layer,
            "HallSign",
            "PUMP HOUSE 1",
            0.42,
            Frame {
                origin: [-2.8, HALF_DEPTH - 0.04, 5.0],
                x: [1.0, 0.0, 0.0],
                y: [0.0, 0.0, 1.0],
                z: [0.0, -1.0, 0.0],
            },
        );
    });
}

fn columns() -> Vec<V3> {
    let back = (0..5).map(|k| [-HALF_LENGTH + 0.3 + 5.85 * f64::from(k), HALF_DEPTH - 0.3, 0.0]);
    let left = [-HALF_DEPTH + 0.3, -0.1]
        .into_iter()
        .map(|y| [-HALF_LENGTH + 0.3, y, 0.0]);
    back.chain(left).collect()
}

/// Four studs at every column's foot and at every tank leg.
fn anchors() -> Vec<V3> {
    let mut points = Vec::new();
    let mut square = |center: V3, half: f64, z: f64| {
        for (sx, sy) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
            points.push([center[0] + sx * half, center[1] + sy * half, z]);
        }
    };
    columns().into_iter().for_each(|at| square(at, 0.19, 0.03));
    for (_, _, x) in TANKS {
        for k in 0..4 {
            let [dx, dy] = polar(TANK_RADIUS - 0.13, 0.125 + 0.25 * f64::from(k));
            square([x + dx, TANK_Y + dy, 0.0], 0.12, 0.025);
        }
    }
    points
}
