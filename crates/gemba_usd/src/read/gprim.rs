//! The analytic shapes of UsdGeom as triangles, shared by equal parameters.
//!
//! Segment counts are multiples of four, so that the tessellated shape touches the box of the exact one.

use std::f32::consts::{FRAC_PI_2, TAU};

use glam::{DVec3, Vec2, Vec3};

use super::{Reader, prim_view::PrimView};
use crate::doc::{Aabb, Mesh, MeshIndex, MeshPart};

/// Around the axis.
const SEGMENTS: u32 = 32;
/// From pole to pole.
const RINGS: u32 = 16;

/// What decides a shape: its type, its axis and its numbers.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct GprimKey {
    shape: &'static str,
    axis: u8,
    is_double_sided: bool,
    numbers: [u64; 5],
}

/// The mesh of `view` when its type is an analytic shape.
pub(crate) fn read(reader: &mut Reader, view: &PrimView, type_name: &str) -> Option<MeshIndex> {
    let number = |name: &str, fallback: f64| {
        let number = view.number(name).unwrap_or(fallback);
        if number.is_finite() {
            number.max(0.0)
        } else {
            fallback
        }
    };
    let (shape, numbers) = match type_name {
        "Cube" => ("cube", [number("size", 2.0), 0.0, 0.0, 0.0, 0.0]),
        "Sphere" => ("sphere", [number("radius", 1.0), 0.0, 0.0, 0.0, 0.0]),
        "Cylinder" => {
            let radius = number("radius", 1.0);
            ("cylinder", [radius, radius, number("height", 2.0), 0.0, 0.0])
        }
        "Cylinder_1" => (
            "cylinder",
            [
                number("radiusBottom", 1.0),
                number("radiusTop", 1.0),
                number("height", 2.0),
                0.0,
                0.0,
            ],
        ),
        "Cone" => (
            "cylinder",
            [number("radius", 1.0), 0.0, number("height", 2.0), 0.0, 0.0],
        ),
        "Capsule" => {
            let radius = number("radius", 0.5);
            ("capsule", [radius, radius, number("height", 1.0), 0.0, 0.0])
        }
        "Capsule_1" => (
            "capsule",
            [
                number("radiusBottom", 0.5),
                number("radiusTop", 0.5),
                number("height", 1.0),
                0.0,
                0.0,
            ],
        ),
        "Plane" => (
            "plane",
            [number("width", 2.0), number("length", 2.0), 0.0, 0.0, 0.0],
        ),
        _ => return None,
    };
    let axis = match view.text("axis").as_deref() {
        Some("X") => 0,
        Some("Y") => 1,
        _ => 2,
    };
    let is_double_sided = type_name == "Plane" || view.boolean("doubleSided").unwrap_or(false);
    let key = GprimKey {
        shape,
        axis,
        is_double_sided,
        numbers: numbers.map(f64::to_bits),
    };
    if let Some(known) = reader.gprims.get(&key) {
        return Some(*known);
    }
    let mut mesh = tessellate(shape, axis, numbers.map(|number| number as f32));
    mesh.double_sided = is_double_sided;
    let index = reader.add_mesh(mesh);
    reader.gprims.insert(key, index);
    Some(index)
}

fn tessellate(shape: &str, axis: u8, [a, b, height, ..]: [f32; 5]) -> Mesh {
    let mut builder = Builder::default();
    match shape {
        "cube" => builder.cube(a * 0.5),
        "sphere" => builder.profile(&sphere_profile(a, -FRAC_PI_2, FRAC_PI_2, 0.0, RINGS)),
        "cylinder" => builder.frustum(a, b, height * 0.5),
        "capsule" => {
            let mut profile = sphere_profile(a, -FRAC_PI_2, 0.0, -height * 0.5, RINGS / 2);
            profile.extend(sphere_profile(b, 0.0, FRAC_PI_2, height * 0.5, RINGS / 2));
            builder.profile(&profile);
        }
        _ => builder.plane(a * 0.5, b * 0.5, axis),
    }
    if shape != "plane" {
        builder.turn_to(axis);
    }
    builder.finish()
}

/// A point of a profile that is turned about Z: distance from the axis, height, and its normal in that plane.
struct ProfilePoint {
    at: Vec2,
    normal: Vec2,
}

/// An arc around `(0, height)` from one latitude to another.
fn sphere_profile(radius: f32, from_rad: f32, to_rad: f32, height: f32, steps: u32) -> Vec<ProfilePoint> {
    let point = |step: u32| {
        let latitude = from_rad + (to_rad - from_rad) * step as f32 / steps as f32;
        let normal = Vec2::new(latitude.cos(), latitude.sin());
        // The poles lie on the axis exactly.
        let normal = if normal.x.abs() < 1e-6 {
            Vec2::new(0.0, normal.y.signum())
        } else {
            normal
        };
        ProfilePoint {
            at: normal * radius + Vec2::new(0.0, height),
            normal,
        }
    };
    (0..=steps).map(point).collect()
}

#[derive(Default)]
struct Builder {
    positions: Vec<Vec3>,
    normals: Vec<Vec3>,
    uvs: Vec<[f32; 2]>,
    indices: Vec<u32>,
}

impl Builder {
    fn vertex(&mut self, position: Vec3, normal: Vec3, uv: [f32; 2]) -> u32 {
        self.positions.push(position);
        self.normals.push(normal.try_normalize().unwrap_or(Vec3::Z));
        self.uvs.push(uv);
        super::index(self.positions.len() - 1)
    }

    fn quad(&mut self, corners: [u32; 4]) {
        let [a, b, c, d] = corners;
        self.indices.extend([a, b, c, a, c, d]);
    }

    fn cube(&mut self, half: f32) {
        for axis in 0..3 {
            for sign in [-1.0, 1.0] {
                let normal = Vec3::AXES[axis] * sign;
                let (u, v) = (Vec3::AXES[(axis + 1) % 3] * sign, Vec3::AXES[(axis + 2) % 3]);
                let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[x, y]: [f32; 2]| {
                    let uv = [(x + 1.0) * 0.5, (y + 1.0) * 0.5];
                    self.vertex((normal + u * x + v * y) * half, normal, uv)
                });
                self.quad(corners);
            }
        }
    }

    /// Turns a profile about Z.
    fn profile(&mut self, profile: &[ProfilePoint]) {
        let first = super::index(self.positions.len());
        let last = profile.len().saturating_sub(1).max(1) as f32;
        for (row, point) in profile.iter().enumerate() {
            for segment in 0..=SEGMENTS {
                let direction = direction(segment);
                let position = Vec3::new(direction.x * point.at.x, direction.y * point.at.x, point.at.y);
                let normal = Vec3::new(
                    direction.x * point.normal.x,
                    direction.y * point.normal.x,
                    point.normal.y,
                );
                self.vertex(
                    position,
                    normal,
                    [segment as f32 / SEGMENTS as f32, row as f32 / last],
                );
            }
        }
        let stride = SEGMENTS + 1;
        for row in 1..super::index(profile.len()) {
            let (low, high) = (first + (row - 1) * stride, first + row * stride);
            let (low_is_point, high_is_point) = (
                profile[row as usize - 1].at.x == 0.0,
                profile[row as usize].at.x == 0.0,
            );
            for segment in 0..SEGMENTS {
                if !low_is_point {
                    self.indices
                        .extend([low + segment, low + segment + 1, high + segment + 1]);
                }
                if !high_is_point {
                    self.indices
                        .extend([low + segment, high + segment + 1, high + segment]);
                }
            }
        }
    }

    /// A cylinder or a cone about Z with its caps.
    fn frustum(&mut self, bottom: f32, top: f32, half: f32) {
        let normal = Vec2::new(2.0 * half, bottom - top).normalize_or(Vec2::X);
        let side = [
            ProfilePoint {
                at: Vec2::new(bottom, -half),
                normal,
            },
            ProfilePoint {
                at: Vec2::new(top, half),
                normal,
            },
        ];
        self.profile(&side);
        for (radius, sign) in [(bottom, -1.0), (top, 1.0)] {
            if radius == 0.0 {
                continue;
            }
            let normal = Vec3::Z * sign;
            let center = self.vertex(normal * half, normal, [0.5, 0.5]);
            let rim: Vec<u32> = (0..=SEGMENTS)
                .map(|segment| {
                    let direction = direction(segment);
                    let uv = [0.5 + 0.5 * direction.x, 0.5 + 0.5 * direction.y];
                    self.vertex((direction * radius).extend(half * sign), normal, uv)
                })
                .collect();
            for pair in rim.windows(2) {
                let (a, b) = if sign > 0.0 {
                    (pair[0], pair[1])
                } else {
                    (pair[1], pair[0])
                };
                self.indices.extend([center, a, b]);
            }
        }
    }

    /// UsdGeomPlane: width along X and length along Y for axis Z, width along X and length along Z for axis Y, length along
    /// Y and width along Z for axis X.
    fn plane(&mut self, half_width: f32, half_length: f32, axis: u8) {
        let (normal, width, length) = match axis {
            0 => (Vec3::X, Vec3::Z, Vec3::Y),
            1 => (Vec3::Y, Vec3::X, Vec3::Z),
            _ => (Vec3::Z, Vec3::X, Vec3::Y),
        };
        let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[x, y]: [f32; 2]| {
            let uv = [(x + 1.0) * 0.5, (y + 1.0) * 0.5];
            self.vertex(width * half_width * x + length * half_length * y, normal, uv)
        });
        let faces_along_normal = width.cross(length).dot(normal) > 0.0;
        self.quad(if faces_along_normal {
            corners
        } else {
            [corners[0], corners[3], corners[2], corners[1]]
        });
    }

    /// Turns what stands along Z to another axis, keeping its handedness.
    fn turn_to(&mut self, axis: u8) {
        let turn = |v: Vec3| match axis {
            0 => Vec3::new(v.z, v.x, v.y),
            1 => Vec3::new(v.y, v.z, v.x),
            _ => v,
        };
        self.positions
            .iter_mut()
            .chain(&mut self.normals)
            .for_each(|v| *v = turn(*v));
    }

    fn finish(self) -> Mesh {
        let points = self
            .positions
            .iter()
            .map(|v| DVec3::new(v.x.into(), v.y.into(), v.z.into()));
        let index_count = super::index(self.indices.len());
        Mesh {
            bounds: Aabb::of_points(points),
            positions: self.positions.iter().map(Vec3::to_array).collect(),
            normals: self.normals.iter().map(Vec3::to_array).collect(),
            uvs: self.uvs,
            indices: self.indices,
            parts: vec![MeshPart {
                first_index: 0,
                index_count,
                material: None,
            }],
            ..Mesh::default()
        }
    }
}

/// A unit vector around the axis; exact at the quarters.
fn direction(segment: u32) -> Vec2 {
    match (segment % SEGMENTS) * 4 {
        0 => Vec2::X,
        at if at == SEGMENTS => Vec2::Y,
        at if at == 2 * SEGMENTS => Vec2::NEG_X,
        at if at == 3 * SEGMENTS => Vec2::NEG_Y,
        _ => Vec2::from_angle(TAU * (segment % SEGMENTS) as f32 / SEGMENTS as f32),
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::PI;

    use super::*;

    fn volume(mesh: &Mesh) -> f32 {
        let at = |index: u32| Vec3::from(mesh.positions[index as usize]);
        mesh.indices
            .chunks_exact(3)
            .map(|t| at(t[0]).dot(at(t[1]).cross(at(t[2]))) / 6.0)
            .sum()
    }

    #[test]
    fn shapes_are_closed_outward_and_tight() {
        let capsule = 4.0 / 3.0 * PI * 0.125 + PI * 0.25;
        let cases = [
            ("cube", [2.0, 0.0, 0.0], 8.0, [2.0, 2.0, 2.0]),
            ("sphere", [1.0, 0.0, 0.0], 4.0 / 3.0 * PI, [2.0, 2.0, 2.0]),
            ("cylinder", [1.0, 1.0, 2.0], 2.0 * PI, [2.0, 2.0, 2.0]),
            ("cylinder", [1.0, 0.0, 3.0], PI, [2.0, 2.0, 3.0]),
            ("capsule", [0.5, 0.5, 1.0], capsule, [1.0, 1.0, 2.0]),
        ];
        for (shape, [a, b, height], expected, size) in cases {
            for axis in 0..3u8 {
                let mesh = tessellate(shape, axis, [a, b, height, 0.0, 0.0]);
                let found = volume(&mesh);
                assert!(
                    (found / expected - 1.0).abs() < 0.03,
                    "{shape} about {axis}: {found} is not {expected}"
                );
                let mut size = size;
                size.swap(2, usize::from(axis));
                let bounds = mesh.bounds.expect("points").size();
                assert!(
                    (bounds - DVec3::from(size)).length() < 1e-6,
                    "{shape} about {axis}: {bounds}"
                );
                for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
                    assert!(Vec3::from(*normal).is_normalized());
                    assert!(
                        Vec3::from(*position).dot(Vec3::from(*normal)) > -1e-6,
                        "{shape}: normals look out"
                    );
                }
            }
        }
    }

    #[test]
    fn planes_face_their_axis() {
        for (axis, size) in [(0u8, [0.0, 3.0, 2.0]), (1, [2.0, 0.0, 3.0]), (2, [2.0, 3.0, 0.0])] {
            let mesh = tessellate("plane", axis, [2.0, 3.0, 0.0, 0.0, 0.0]);
            assert_eq!(mesh.bounds.expect("points").size().to_array(), size);
            let at = |index: u32| Vec3::from(mesh.positions[index as usize]);
            for t in mesh.indices.chunks_exact(3) {
                let normal = (at(t[1]) - at(t[0])).cross(at(t[2]) - at(t[0]));
                assert!(normal[usize::from(axis)] > 0.0);
            }
        }
    }
}
