//! Rays into the plant: one tree of boxes over everything drawn, and one tree of triangles for each shared mesh.
//!
//! A mesh's tree is built once however many instances draw it, in the mesh's own space; a ray is taken there by the
//! instance's inverse transform. Building runs on a background task and never holds up a frame. Prims that effects move
//! are met where they rest.

use std::{collections::BTreeSet, sync::Arc};

use bevy::math::{Affine3A, DVec3, Vec3, Vec3A};
use gemba_usd::{
    SceneDoc,
    doc::{Mesh, MeshIndex, PrimIndex},
};

use super::tree::{Box3, Ray, Tree};

/// One drawn thing, before its tree is built.
#[derive(Clone, Copy, Debug)]
pub struct PickSource {
    /// What a person means who points at it.
    pub prim: PrimIndex,
    /// Its shape.
    pub mesh: MeshIndex,
    /// Metres relative to the scene's origin, from the mesh's own space.
    pub view_from_mesh: Affine3A,
    /// Met only while guides are shown.
    pub is_guide: bool,
}

/// What a ray met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PickHit {
    /// The prim.
    pub prim: PrimIndex,
    /// How far along the ray.
    pub distance_m: f64,
    /// Unit normal, turned against the ray.
    pub normal: DVec3,
}

/// Everything that rays can meet.
#[derive(Default)]
pub struct PickScene {
    origin_m: DVec3,
    doc: Arc<SceneDoc>,
    instances: Vec<Instance>,
    boxes: Tree,
    /// By row of [`SceneDoc::meshes`]; `None` for meshes that nothing draws.
    triangles: Vec<Option<Tree>>,
    /// Whether guides are met too.
    pub guides_shown: bool,
}

struct Instance {
    prim: PrimIndex,
    mesh: MeshIndex,
    mesh_from_view: Affine3A,
    is_guide: bool,
}

impl PickScene {
    /// Builds the trees. Takes seconds for millions of triangles: call it on a background task.
    #[must_use]
    pub fn build(doc: Arc<SceneDoc>, origin_m: DVec3, sources: &[PickSource]) -> Self {
        let used: BTreeSet<MeshIndex> = sources.iter().map(|source| source.mesh).collect();
        let mut triangles: Vec<Option<Tree>> = Vec::new();
        triangles.resize_with(doc.meshes.len(), || None);
        for mesh in used {
            if let (Some(shape), Some(tree)) = (doc.meshes.get(mesh.index()), triangles.get_mut(mesh.index()))
            {
                *tree = Some(triangle_tree(shape));
            }
        }
        let mut scene = Self {
            origin_m,
            doc,
            triangles,
            ..Self::default()
        };
        let mut boxes = Vec::with_capacity(sources.len());
        for source in sources {
            let mesh_from_view = source.view_from_mesh.inverse();
            let tree = scene.triangles.get(source.mesh.index()).and_then(Option::as_ref);
            let Some(of_mesh) = tree.and_then(Tree::aabb) else {
                continue;
            };
            // A prim scaled to nothing has no inverse, and nothing to meet.
            if !mesh_from_view.is_finite() {
                continue;
            }
            boxes.push(transformed(of_mesh, &source.view_from_mesh));
            scene.instances.push(Instance {
                prim: source.prim,
                mesh: source.mesh,
                mesh_from_view,
                is_guide: source.is_guide,
            });
        }
        scene.boxes = Tree::new(&boxes);
        scene
    }

    /// The nearest thing within `reach_m` of `from_m` (world, f64) along the unit vector `direction`.
    #[must_use]
    pub fn pick(&self, from_m: DVec3, direction: DVec3, reach_m: f64) -> Option<PickHit> {
        self.pick_where(from_m, direction, reach_m, |_, _| true)
    }

    /// The nearest that `is_met` lets be met, asked by prim and distance along the ray in metres.
    #[must_use]
    pub fn pick_where(
        &self,
        from_m: DVec3,
        direction: DVec3,
        reach_m: f64,
        is_met: impl Fn(PrimIndex, f64) -> bool,
    ) -> Option<PickHit> {
        let from = (from_m - self.origin_m).as_vec3();
        let ray = Ray::new(from, direction.as_vec3());
        let reach = reach_m.min(f64::from(f32::MAX)) as f32;
        let (distance, instance, normal) = self.boxes.nearest(&ray, reach, |instance, best| {
            self.meet(instance, &ray, best, &is_met)
        })?;
        let instance = self.instances.get(instance as usize)?;
        let normal = normal.as_dvec3().normalize_or(-direction);
        let normal = if normal.dot(direction) > 0.0 {
            -normal
        } else {
            normal
        };
        Some(PickHit {
            prim: instance.prim,
            distance_m: f64::from(distance),
            normal,
        })
    }

    /// Where `ray` first meets an instance nearer than `best`, with the normal there.
    fn meet(
        &self,
        instance: u32,
        ray: &Ray,
        best: f32,
        is_met: &impl Fn(PrimIndex, f64) -> bool,
    ) -> Option<(f32, Vec3)> {
        let instance = self.instances.get(instance as usize)?;
        if instance.is_guide && !self.guides_shown {
            return None;
        }
        let mesh = self.doc.meshes.get(instance.mesh.index())?;
        let tree = self.triangles.get(instance.mesh.index())?.as_ref()?;
        let to_mesh = &instance.mesh_from_view;
        // Not normalised, so that a distance along it is the distance along the ray outside.
        let local = Ray::new(
            to_mesh.transform_point3(ray.from),
            to_mesh.transform_vector3(ray.direction),
        );
        let (distance, triangle, ()) = tree.nearest(&local, best, |triangle, best| {
            cross(mesh, triangle, &local)
                .filter(|distance| *distance < best && is_met(instance.prim, f64::from(*distance)))
                .map(|distance| (distance, ()))
        })?;
        let [a, b, c] = corners(mesh, triangle)?;
        let normal_in_mesh = Vec3A::from((b - a).cross(c - a));
        // Normals go by the inverse transpose.
        Some((distance, (to_mesh.matrix3.transpose() * normal_in_mesh).into()))
    }

    /// How many drawn things it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.instances.len()
    }

    /// Whether rays can meet nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.instances.is_empty()
    }
}

fn triangle_tree(mesh: &Mesh) -> Tree {
    let count = u32::try_from(mesh.indices.len() / 3).unwrap_or(u32::MAX);
    let boxes: Vec<Box3> = (0..count)
        .map(|triangle| {
            // A checked document has no triangle without corners; `cross` meets none either.
            let [a, b, c] = corners(mesh, triangle).unwrap_or([Vec3::ZERO; 3]);
            Box3 {
                min: a.min(b).min(c),
                max: a.max(b).max(c),
            }
        })
        .collect();
    Tree::new(&boxes)
}

fn corners(mesh: &Mesh, triangle: u32) -> Option<[Vec3; 3]> {
    let first = triangle as usize * 3;
    let [a, b, c] = *mesh.indices.get(first..first + 3)? else {
        return None;
    };
    let at = |index: u32| mesh.positions.get(index as usize).copied().map(Vec3::from);
    Some([at(a)?, at(b)?, at(c)?])
}

/// Distance along `ray` to a triangle of `mesh`, from either side (Möller and Trumbore, 1997).
fn cross(mesh: &Mesh, triangle: u32, ray: &Ray) -> Option<f32> {
    let [a, b, c] = corners(mesh, triangle)?;
    let (ab, ac) = (b - a, c - a);
    let p = ray.direction.cross(ac);
    let determinant = ab.dot(p);
    if determinant == 0.0 {
        return None;
    }
    let from_a = ray.from - a;
    let u = from_a.dot(p) / determinant;
    let q = from_a.cross(ab);
    let v = ray.direction.dot(q) / determinant;
    let distance = ac.dot(q) / determinant;
    let inside = u >= 0.0 && v >= 0.0 && u + v <= 1.0;
    (inside && distance >= 0.0 && distance.is_finite()).then_some(distance)
}

fn transformed(aabb: Box3, transform: &Affine3A) -> Box3 {
    let (center, half) = ((aabb.min + aabb.max) * 0.5, (aabb.max - aabb.min) * 0.5);
    let center = transform.transform_point3(center);
    let matrix = transform.matrix3;
    let half = matrix.x_axis.abs() * half.x + matrix.y_axis.abs() * half.y + matrix.z_axis.abs() * half.z;
    Box3 {
        min: center - Vec3::from(half),
        max: center + Vec3::from(half),
    }
}

#[cfg(test)]
mod tests {
    use bevy::math::Quat;

    use super::*;

    /// A square of edge 2 in the plane z = 0, and `far` triangles of a strip far away, to make a tree.
    fn doc() -> Arc<SceneDoc> {
        let mut square = Mesh {
            positions: vec![
                [-1.0, -1.0, 0.0],
                [1.0, -1.0, 0.0],
                [1.0, 1.0, 0.0],
                [-1.0, 1.0, 0.0],
            ],
            indices: vec![0, 1, 2, 0, 2, 3],
            ..Mesh::default()
        };
        for at in 0..32_u16 {
            let x = 100.0 + f32::from(at);
            let first = u32::try_from(square.positions.len()).expect("few vertices");
            square
                .positions
                .extend([[x, 0.0, 0.0], [x + 0.5, 0.0, 0.0], [x, 0.5, 0.0]]);
            square.indices.extend([first, first + 1, first + 2]);
        }
        Arc::new(SceneDoc {
            meshes: vec![square],
            ..SceneDoc::default()
        })
    }

    fn source(prim: u32, view_from_mesh: Affine3A) -> PickSource {
        PickSource {
            prim: PrimIndex(prim),
            mesh: MeshIndex(0),
            view_from_mesh,
            is_guide: false,
        }
    }

    #[test]
    fn the_nearest_of_many_instances_is_met() {
        let sources: Vec<_> = (0..50_u8)
            .map(|at| source(at.into(), Affine3A::from_translation(Vec3::Z * -f32::from(at))))
            .collect();
        let scene = PickScene::build(doc(), DVec3::ZERO, &sources);
        let hit = scene
            .pick(DVec3::new(0.2, 0.3, 5.0), DVec3::NEG_Z, 1e9)
            .expect("a hit");
        assert_eq!(hit.prim, PrimIndex(0));
        assert!((hit.distance_m - 5.0).abs() < 1e-5);
        assert!((hit.normal - DVec3::Z).length() < 1e-6);
        let behind = scene
            .pick(DVec3::new(0.2, 0.3, -3.5), DVec3::NEG_Z, 1e9)
            .expect("a hit");
        assert_eq!(behind.prim, PrimIndex(4));
        assert_eq!(scene.pick(DVec3::new(5.0, 0.0, 5.0), DVec3::NEG_Z, 1e9), None);
        assert_eq!(scene.pick(DVec3::new(0.2, 0.3, 5.0), DVec3::NEG_Z, 4.0), None);
    }

    #[test]
    fn what_is_not_to_be_met_is_passed_through() {
        let sources: Vec<_> = (0..50_u8)
            .map(|at| source(at.into(), Affine3A::from_translation(Vec3::Z * -f32::from(at))))
            .collect();
        let scene = PickScene::build(doc(), DVec3::ZERO, &sources);
        let met = |is_met: &dyn Fn(PrimIndex, f64) -> bool| {
            let from_m = DVec3::new(0.2, 0.3, 5.0);
            let hit = scene.pick_where(from_m, DVec3::NEG_Z, 1e9, is_met)?;
            Some(hit.prim)
        };
        assert_eq!(met(&|prim, _| prim.0 >= 7), Some(PrimIndex(7)));
        assert_eq!(met(&|_, distance_m| distance_m > 8.5), Some(PrimIndex(4)));
        assert_eq!(met(&|_, _| false), None);
    }

    #[test]
    fn scaled_turned_and_far_away() {
        let placed = Affine3A::from_scale_rotation_translation(
            Vec3::new(10.0, 1.0, 0.001),
            Quat::from_rotation_y(std::f32::consts::FRAC_PI_2),
            Vec3::new(3.0, 0.0, 0.0),
        );
        let origin_m = DVec3::new(500_000.0, 0.0, -4_500_000.0);
        let scene = PickScene::build(doc(), origin_m, &[source(7, placed)]);
        let hit = scene
            .pick(origin_m + DVec3::new(0.0, 0.5, 6.0), DVec3::X, 1e9)
            .expect("a hit");
        assert_eq!(hit.prim, PrimIndex(7));
        assert!((hit.distance_m - 3.0).abs() < 1e-4);
        assert!((hit.normal - DVec3::NEG_X).length() < 1e-4, "{hit:?}");
    }

    #[test]
    fn guides_are_met_only_when_shown_and_flattened_prims_never() {
        let guide = PickSource {
            is_guide: true,
            ..source(1, Affine3A::IDENTITY)
        };
        let flat = source(2, Affine3A::from_scale(Vec3::ZERO));
        let mut scene = PickScene::build(doc(), DVec3::ZERO, &[guide, flat]);
        let ray = (DVec3::new(0.0, 0.0, 1.0), DVec3::NEG_Z);
        assert_eq!(scene.pick(ray.0, ray.1, 10.0), None);
        scene.guides_shown = true;
        assert_eq!(
            scene.pick(ray.0, ray.1, 10.0).map(|hit| hit.prim),
            Some(PrimIndex(1))
        );
    }
}
