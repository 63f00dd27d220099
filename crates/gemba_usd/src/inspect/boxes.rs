//! Boxes: tight over transformed points for meshes, over the transformed corners of the extent for other shapes.

use glam::{DMat4, DVec3};
use serde_json::Value;

use super::{
    Scene,
    number::{corners, rounded},
};
use crate::{
    doc::{Aabb, PrimIndex},
    read::{PrimView, values},
};

impl Scene<'_> {
    /// The box of what `prim` draws, in the space that `to` leads to.
    pub(super) fn drawn_box(&self, prim: PrimIndex, to: DMat4) -> Option<Aabb> {
        let row = self.doc.prims.get(prim.index())?;
        let Some(mesh) = row.mesh.and_then(|mesh| self.doc.meshes.get(mesh.index())) else {
            return Some(extent(&self.view(prim)?)?.transformed(to));
        };
        if &*row.type_name == "Mesh" {
            let point = |p: &[f32; 3]| to.transform_point3(DVec3::new(p[0].into(), p[1].into(), p[2].into()));
            return Aabb::of_points(mesh.positions.iter().map(point));
        }
        Some(mesh.bounds?.transformed(to))
    }
}

/// The extent of points with widths, such as curves.
fn extent(view: &PrimView) -> Option<Aabb> {
    let points = super::points(view)?;
    let widest = view
        .value("widths")
        .and_then(values::floats)
        .unwrap_or_default()
        .into_iter()
        .fold(0.0, f32::max);
    let half = DVec3::splat(f64::from(widest) / 2.0);
    let aabb = Aabb::of_points(
        points
            .iter()
            .map(|p| DVec3::new(p[0].into(), p[1].into(), p[2].into())),
    )?;
    Some(Aabb {
        min: aabb.min - half,
        max: aabb.max + half,
    })
}

/// A box as JSON; null for none.
pub(super) fn json(aabb: Option<Aabb>) -> Value {
    aabb.map_or(Value::Null, corners)
}

/// The union of boxes given as JSON.
pub(super) fn union<'a>(boxes: impl Iterator<Item = &'a Value>) -> Value {
    let number = |row: &Value, at: usize| row[at].as_f64();
    let mut union: Option<[f64; 6]> = None;
    for row in boxes {
        let Some(own) = (0..6).map(|at| number(row, at)).collect::<Option<Vec<f64>>>() else {
            continue;
        };
        let so_far = union.get_or_insert([f64::MAX, f64::MAX, f64::MAX, f64::MIN, f64::MIN, f64::MIN]);
        for at in 0..3 {
            so_far[at] = so_far[at].min(own[at]);
            so_far[at + 3] = so_far[at + 3].max(own[at + 3]);
        }
    }
    union.map_or(Value::Null, |union| union.into_iter().map(rounded).collect())
}
