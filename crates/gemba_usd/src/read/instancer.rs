//! `PointInstancer` prims: one transform for each instance that is shown.

use gemba_model::Issue;
use glam::{DMat4, DVec3};
use openusd::sdf::{self, Value};

use super::{prim_view::PrimView, values, xform};

/// A point instancer before its prototypes are found among the rows.
pub(crate) struct InstancerFacts {
    /// Targets of `prototypes`, in their order.
    pub(crate) prototypes: Vec<sdf::Path>,
    /// Shown instances: the number of the prototype, and the instance's own transform.
    pub(crate) instances: Vec<(u32, DMat4)>,
}

/// Reads the instancer of `view`; instances that cannot be placed are left out with an issue.
pub(crate) fn read(view: &PrimView) -> InstancerFacts {
    let prototypes = view.targets("prototypes");
    let proto_indices = view
        .value("protoIndices")
        .and_then(values::ints)
        .unwrap_or_default();
    let positions = view.value("positions").and_then(positions).unwrap_or_default();
    let orientations = ["orientationsf", "orientations"]
        .iter()
        .find_map(|name| {
            view.value(name)
                .and_then(values::quats)
                .filter(|quats| !quats.is_empty())
        })
        .unwrap_or_default();
    let scales = view.value("scales").and_then(values::vec3s).unwrap_or_default();
    if positions.len() < proto_indices.len() {
        view.report(Issue::warning(
            "instancer.wrong-count",
            format!(
                "it has {} protoIndices and {} positions",
                proto_indices.len(),
                positions.len()
            ),
            "export it again; instances without a position are left out",
        ));
    }
    let hidden = Hidden::read(view);
    let mut instances = Vec::with_capacity(proto_indices.len().min(positions.len()));
    let mut bad = 0u64;
    for (at, (&prototype, &position)) in proto_indices.iter().zip(&positions).enumerate() {
        if hidden.hides(at) {
            continue;
        }
        let rotation = orientations
            .get(at)
            .map_or(DMat4::IDENTITY, |wxyz| DMat4::from_mat3(xform::rotation(*wxyz)));
        let scale = scales
            .get(at)
            .map_or(DVec3::ONE, |&[x, y, z]| DVec3::new(x.into(), y.into(), z.into()));
        let transform = DMat4::from_translation(position) * rotation * DMat4::from_scale(scale);
        match u32::try_from(prototype) {
            Ok(prototype) if (prototype as usize) < prototypes.len() && transform.is_finite() => {
                instances.push((prototype, transform));
            }
            _ => bad += 1,
        }
    }
    if bad > 0 {
        view.report(Issue::warning(
            "instancer.bad-instance",
            format!("{bad} instances name no prototype or have no finite place"),
            "export the instancer again; these instances are left out",
        ));
    }
    InstancerFacts {
        prototypes,
        instances,
    }
}

fn positions(value: Value) -> Option<Vec<DVec3>> {
    match value {
        // Kept in double precision where it is authored so.
        Value::Vec3dVec(points) => Some(points.into_iter().map(|p| DVec3::new(p.x, p.y, p.z)).collect()),
        other => {
            let points = values::vec3s(other)?;
            Some(
                points
                    .into_iter()
                    .map(|[x, y, z]| DVec3::new(x.into(), y.into(), z.into()))
                    .collect(),
            )
        }
    }
}

/// `invisibleIds` and `inactiveIds`, which name instances by `ids`, or by position where there are no ids.
struct Hidden {
    hidden: std::collections::HashSet<i64>,
    ids: Vec<i64>,
}

impl Hidden {
    fn read(view: &PrimView) -> Self {
        let mut hidden: std::collections::HashSet<i64> = view
            .value("invisibleIds")
            .and_then(values::ids)
            .unwrap_or_default()
            .into_iter()
            .collect();
        match view
            .reported(view.prim.get_metadata::<Value>("inactiveIds"))
            .flatten()
        {
            Some(Value::Int64ListOp(ids)) => hidden.extend(ids.flatten()),
            Some(other) => hidden.extend(values::ids(other).unwrap_or_default()),
            None => {}
        }
        let ids = view.value("ids").and_then(values::ids).unwrap_or_default();
        Self { hidden, ids }
    }

    fn hides(&self, at: usize) -> bool {
        !self.hidden.is_empty()
            && self
                .ids
                .get(at)
                .copied()
                .or_else(|| {
                    if self.ids.is_empty() {
                        i64::try_from(at).ok()
                    } else {
                        None
                    }
                })
                .is_some_and(|id| self.hidden.contains(&id))
    }
}
