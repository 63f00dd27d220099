//! [`MeshSource`] to triangles: checked, triangulated, with normals, grouped by material.

use gemba_model::Issue;
use glam::{DVec3, Vec3};

use super::{Interpolation, MeshSource, Primvar, Subset, closed};
use crate::{
    doc::{Aabb, Mesh, MeshPart},
    read::triangulate::{Triangulator, newell_normal},
};

/// No vertex yet for this point.
const NONE: u32 = u32::MAX;

/// How many vertices of a point are compared before another is made.
const MAX_LOOK_BACK: usize = 32;

/// A face that is safe to draw: every corner names a finite point.
struct Face {
    number: usize,
    first_corner: usize,
    corners: usize,
}

/// The triangles of `source`, and what was left out.
pub(crate) fn build(mut source: MeshSource) -> (Mesh, Vec<Issue>) {
    let mut issues = Vec::new();
    let mut mesh = Mesh {
        double_sided: source.is_double_sided,
        bounds: bounds(&source.points),
        source_points: count(source.points.len()),
        source_faces: count(source.face_counts.len()),
        source_fan_triangles: source
            .face_counts
            .iter()
            .map(|&n| u64::try_from(i64::from(n) - 2).unwrap_or(0))
            .sum(),
        is_time_varying: source.is_time_varying,
        ..Mesh::default()
    };
    if u32::try_from(source.corner_points.len()).is_err() || u32::try_from(source.points.len()).is_err() {
        issues.push(Issue::error(
            "mesh.too-large",
            "the mesh has more than 4 294 967 295 corners or points, so it is not drawn",
            "split it into parts",
        ));
        return (mesh, issues);
    }
    let faces = usable_faces(&source, &mut issues);
    drop_short_primvars(&mut source, &mut issues);
    let normals = source
        .normals
        .take()
        .unwrap_or_else(|| computed_normals(&source, &faces));
    let part_of_face = assign_parts(&source.subsets, source.face_counts.len(), &mut issues);
    let mut surface = Surface::new(&source, normals);
    let mut part_indices: Vec<Vec<u32>> = vec![Vec::new(); source.subsets.len() + 1];
    let mut triangulator = Triangulator::default();
    let mut positions = Vec::new();
    for face in &faces {
        positions.clear();
        positions.extend(face_points(&source, face));
        let indices = &mut part_indices[part_of_face.get(face.number).map_or(0, |part| *part as usize)];
        surface.begin_face(face);
        triangulator.face(&positions, |[a, b, c]| {
            let (b, c) = if source.is_left_handed { (c, b) } else { (b, c) };
            indices.extend([surface.corner(a), surface.corner(b), surface.corner(c)]);
        });
    }
    surface.finish(&mut mesh);
    join_parts(&mut mesh, &source.subsets, part_indices);
    mesh.double_sided |= !closed::faces_outward(&mesh.positions, &mesh.indices);
    // They grew by doubling, and are kept as long as the plant is open.
    mesh.positions.shrink_to_fit();
    mesh.normals.shrink_to_fit();
    mesh.uvs.shrink_to_fit();
    mesh.colors.shrink_to_fit();
    mesh.indices.shrink_to_fit();
    (mesh, issues)
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn bounds(points: &[[f32; 3]]) -> Option<Aabb> {
    let finite = points.iter().filter(|point| point.iter().all(|c| c.is_finite()));
    Aabb::of_points(finite.map(|&[x, y, z]| DVec3::new(x.into(), y.into(), z.into())))
}

fn face_points<'a>(source: &'a MeshSource, face: &Face) -> impl Iterator<Item = Vec3> + 'a {
    let corners = &source.corner_points[face.first_corner..face.first_corner + face.corners];
    corners.iter().map(|&point| source.points[point as usize].into())
}

/// Faces with at least three corners that name finite points; issues for the others, one for each reason.
fn usable_faces(source: &MeshSource, issues: &mut Vec<Issue>) -> Vec<Face> {
    let total: i64 = source.face_counts.iter().map(|&n| i64::from(n.max(0))).sum();
    if total != source.corner_points.len() as i64 || source.face_counts.iter().any(|&n| n < 0) {
        issues.push(Issue::warning(
            "mesh.wrong-count",
            format!(
                "faceVertexCounts asks for {total} corners, and faceVertexIndices has {}",
                source.corner_points.len()
            ),
            "export the mesh again; faces without corners are left out",
        ));
    }
    let (mut out_of_range, mut not_finite) = (0u64, 0u64);
    let holes: std::collections::HashSet<i32> = source.hole_faces.iter().copied().collect();
    let mut faces = Vec::with_capacity(source.face_counts.len().min(source.corner_points.len()));
    let mut first_corner = 0usize;
    for (number, &corners) in source.face_counts.iter().enumerate() {
        let Ok(corners) = usize::try_from(corners) else {
            continue;
        };
        let Some(end) = first_corner
            .checked_add(corners)
            .filter(|end| *end <= source.corner_points.len())
        else {
            break;
        };
        let points = &source.corner_points[first_corner..end];
        let point_at = |at: i32| usize::try_from(at).ok().and_then(|at| source.points.get(at));
        if points.iter().any(|&at| point_at(at).is_none()) {
            out_of_range += 1;
        } else if points
            .iter()
            .filter_map(|&at| point_at(at))
            .any(|point| point.iter().any(|c| !c.is_finite()))
        {
            not_finite += 1;
        } else if corners >= 3 && !(i32::try_from(number).is_ok_and(|number| holes.contains(&number))) {
            faces.push(Face {
                number,
                first_corner,
                corners,
            });
        }
        first_corner = end;
    }
    if out_of_range > 0 {
        issues.push(Issue::warning(
            "mesh.index-out-of-range",
            format!(
                "{out_of_range} faces name points beyond the {} that the mesh has",
                source.points.len()
            ),
            "export the mesh again; these faces are left out",
        ));
    }
    if not_finite > 0 {
        issues.push(Issue::warning(
            "mesh.not-finite",
            format!("{not_finite} faces have points that are infinite or no number"),
            "export the mesh again; these faces are left out",
        ));
    }
    faces
}

/// Leaves out primvars with too few values for their interpolation.
fn drop_short_primvars(source: &mut MeshSource, issues: &mut Vec<Issue>) {
    let (faces, corners, points) = (
        source.face_counts.len(),
        source.corner_points.len(),
        source.points.len(),
    );
    let mut check = |name: &str, covers: Option<bool>| {
        if covers == Some(false) {
            issues.push(Issue::warning(
                "mesh.primvar-count",
                format!("`{name}` has too few values for its interpolation, so it is left out"),
                "export the mesh again",
            ));
        }
        covers != Some(false)
    };
    if !check(
        "normals",
        source
            .normals
            .as_ref()
            .map(|primvar| primvar.covers(faces, corners, points)),
    ) {
        source.normals = None;
    }
    if !check(
        "texture coordinates",
        source
            .uvs
            .as_ref()
            .map(|primvar| primvar.covers(faces, corners, points)),
    ) {
        source.uvs = None;
    }
    if !check(
        "displayColor",
        source
            .colors
            .as_ref()
            .map(|primvar| primvar.covers(faces, corners, points)),
    ) {
        source.colors = None;
    }
    if !check(
        "displayOpacity",
        source
            .opacities
            .as_ref()
            .map(|primvar| primvar.covers(faces, corners, points)),
    ) {
        source.opacities = None;
    }
}

/// Smooth normals for subdivision surfaces, one for each face otherwise.
fn computed_normals(source: &MeshSource, faces: &[Face]) -> Primvar<[f32; 3]> {
    let interpolation = if source.is_smooth {
        Interpolation::Vertex
    } else {
        Interpolation::Uniform
    };
    let slots = if source.is_smooth {
        source.points.len()
    } else {
        source.face_counts.len()
    };
    let mut sums = vec![Vec3::ZERO; slots];
    let mut positions = Vec::new();
    for face in faces {
        positions.clear();
        positions.extend(face_points(source, face));
        let normal = newell_normal(&positions);
        let normal = if source.is_left_handed { -normal } else { normal };
        if source.is_smooth {
            let corners = &source.corner_points[face.first_corner..face.first_corner + face.corners];
            corners.iter().for_each(|&point| sums[point as usize] += normal);
        } else {
            sums[face.number] = normal;
        }
    }
    Primvar {
        values: sums.into_iter().map(|sum| sum.to_array()).collect(),
        interpolation,
    }
}

/// The part of each face: 0 for faces of no subset, else the subset's number + 1. Empty when there are no subsets.
fn assign_parts(subsets: &[Subset], faces: usize, issues: &mut Vec<Issue>) -> Vec<u32> {
    if subsets.is_empty() {
        return Vec::new();
    }
    let mut part_of_face = vec![0u32; faces];
    let mut out_of_range = 0u64;
    for (part, subset) in (1..).zip(subsets) {
        for &face in &subset.faces {
            match usize::try_from(face)
                .ok()
                .and_then(|face| part_of_face.get_mut(face))
            {
                Some(slot) if *slot == 0 => *slot = part,
                // A face in two subsets: the first keeps it.
                Some(_) => {}
                None => out_of_range += 1,
            }
        }
    }
    if out_of_range > 0 {
        issues.push(Issue::warning(
            "mesh.subset-out-of-range",
            format!("its GeomSubsets name {out_of_range} faces beyond the {faces} that it has"),
            "export the mesh again; these faces are ignored",
        ));
    }
    part_of_face
}

fn join_parts(mesh: &mut Mesh, subsets: &[Subset], part_indices: Vec<Vec<u32>>) {
    let materials = std::iter::once(None).chain(subsets.iter().map(|subset| subset.material));
    for (indices, material) in part_indices.into_iter().zip(materials) {
        if indices.is_empty() {
            continue;
        }
        mesh.parts.push(MeshPart {
            first_index: count(mesh.indices.len()),
            index_count: count(indices.len()),
            material,
        });
        if mesh.indices.is_empty() {
            mesh.indices = indices;
        } else {
            mesh.indices.extend(indices);
        }
    }
}

/// The vertices as they are made: a point is used again where everything else at the corner is equal.
struct Surface<'a> {
    source: &'a MeshSource,
    source_normals: Primvar<[f32; 3]>,
    /// Every value belongs to a point: vertices are the points.
    is_per_point: bool,
    face: (usize, usize),
    positions: Vec<[f32; 3]>,
    normals: Vec<[f32; 3]>,
    uvs: Vec<[f32; 2]>,
    colors: Vec<[f32; 4]>,
    /// Newest vertex of each point, and for each vertex the one before it.
    newest: Vec<u32>,
    before: Vec<u32>,
}

impl<'a> Surface<'a> {
    fn new(source: &'a MeshSource, source_normals: Primvar<[f32; 3]>) -> Self {
        let per_point = |interpolation: Interpolation| {
            matches!(interpolation, Interpolation::Constant | Interpolation::Vertex)
        };
        let is_per_point = per_point(source_normals.interpolation)
            && source.uvs.as_ref().is_none_or(|uvs| per_point(uvs.interpolation))
            && source
                .colors
                .as_ref()
                .is_none_or(|colors| per_point(colors.interpolation))
            && source
                .opacities
                .as_ref()
                .is_none_or(|opacities| per_point(opacities.interpolation));
        let newest = if is_per_point {
            Vec::new()
        } else {
            vec![NONE; source.points.len()]
        };
        let mut surface = Self {
            source,
            source_normals,
            is_per_point,
            face: (0, 0),
            positions: Vec::new(),
            normals: Vec::new(),
            uvs: Vec::new(),
            colors: Vec::new(),
            newest,
            before: Vec::new(),
        };
        if is_per_point {
            (0..source.points.len()).for_each(|point| surface.push_vertex(0, 0, point));
        }
        surface
    }

    fn begin_face(&mut self, face: &Face) {
        self.face = (face.number, face.first_corner);
    }

    /// The vertex of a corner of the current face.
    fn corner(&mut self, at: usize) -> u32 {
        let (face, first_corner) = self.face;
        let corner = first_corner + at;
        let point = self.source.corner_points[corner] as usize;
        if self.is_per_point {
            return count(point);
        }
        let normal = self.normal(face, corner, point);
        let uv = self.uv(face, corner, point);
        let color = self.color(face, corner, point);
        let mut vertex = self.newest[point];
        // A point that many faces share, such as the tip of a fan, must not cost the square of their number.
        for _ in 0..MAX_LOOK_BACK {
            if vertex == NONE {
                break;
            }
            let at = vertex as usize;
            if self.normals[at] == normal
                && self.uvs.get(at).copied() == uv
                && self.colors.get(at).copied() == color
            {
                return vertex;
            }
            vertex = self.before[at];
        }
        self.before.push(self.newest[point]);
        self.newest[point] = count(self.positions.len());
        self.push_vertex(face, corner, point);
        self.newest[point]
    }

    fn push_vertex(&mut self, face: usize, corner: usize, point: usize) {
        let position = self.source.points[point];
        // Only points that no face uses can be bad here.
        self.positions.push(if position.iter().all(|c| c.is_finite()) {
            position
        } else {
            [0.0; 3]
        });
        self.normals.push(self.normal(face, corner, point));
        self.uvs.extend(self.uv(face, corner, point));
        self.colors.extend(self.color(face, corner, point));
    }

    fn normal(&self, face: usize, corner: usize, point: usize) -> [f32; 3] {
        let normal = Vec3::from(self.source_normals.values[self.source_normals.slot(face, corner, point)]);
        // Degenerate faces have no normal; any unit vector keeps the shader's numbers finite.
        normal.try_normalize().unwrap_or(Vec3::Z).to_array()
    }

    fn uv(&self, face: usize, corner: usize, point: usize) -> Option<[f32; 2]> {
        let uvs = self.source.uvs.as_ref()?;
        let uv = uvs.values[uvs.slot(face, corner, point)];
        Some(uv.map(|c| if c.is_finite() { c } else { 0.0 }))
    }

    fn color(&self, face: usize, corner: usize, point: usize) -> Option<[f32; 4]> {
        if self.source.colors.is_none() && self.source.opacities.is_none() {
            return None;
        }
        let color = self
            .source
            .colors
            .as_ref()
            .map(|colors| colors.values[colors.slot(face, corner, point)]);
        let opacity = self
            .source
            .opacities
            .as_ref()
            .map(|values| values.values[values.slot(face, corner, point)]);
        let [r, g, b] = color.unwrap_or([1.0; 3]);
        Some([r, g, b, opacity.unwrap_or(1.0)].map(|c| if c.is_finite() { c } else { 0.0 }))
    }

    fn finish(self, mesh: &mut Mesh) {
        mesh.positions = self.positions;
        mesh.normals = self.normals;
        mesh.uvs = self.uvs;
        mesh.colors = self.colors;
    }
}
