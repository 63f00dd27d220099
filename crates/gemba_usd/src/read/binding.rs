//! Material bindings, resolved for the purpose `preview` with fallback to all-purpose.
//!
//! UsdShadeMaterialBindingAPI::ComputeBoundMaterial: the nearest binding wins, unless one further up is
//! `strongerThanDescendants`; on one prim a collection that contains the bound prim is stronger than a direct binding.

use openusd::{
    sdf,
    usd::{CollectionAPI, MembershipQuery},
};

use super::{Reader, Row, prim_view::PrimView};
use crate::doc::MaterialIndex;

/// The purposes in the order they are tried; the empty one is all-purpose.
const PURPOSES: [&str; 2] = ["preview", ""];

/// What one prim binds, for each of [`PURPOSES`].
pub(crate) struct Bindings {
    direct: [Option<Binding>; 2],
    collections: [Vec<(MembershipQuery, Binding)>; 2],
}

#[derive(Clone, Copy)]
struct Binding {
    material: MaterialIndex,
    is_stronger_than_descendants: bool,
}

impl Bindings {
    /// The bindings of `view`; `None` when it has none that lead to a material.
    pub(crate) fn read(reader: &mut Reader, view: &PrimView) -> Option<Self> {
        if !view.names().any(|name| name.starts_with("material:binding")) {
            return None;
        }
        let direct = PURPOSES.map(|purpose| direct(reader, view, purpose));
        let collections = PURPOSES.map(|purpose| collections(reader, view, purpose));
        if let Some(binding) = direct.iter().flatten().next() {
            reader.bound_at.insert(view.prim.path().clone(), binding.material);
        }
        let is_empty = direct.iter().all(Option::is_none) && collections.iter().all(Vec::is_empty);
        (!is_empty).then_some(Self { direct, collections })
    }
}

impl Reader<'_> {
    /// The material that `view` itself binds.
    pub(crate) fn direct_material(&mut self, view: &PrimView) -> Option<MaterialIndex> {
        PURPOSES
            .iter()
            .find_map(|purpose| direct(self, view, purpose))
            .map(|binding| binding.material)
    }
}

fn direct(reader: &mut Reader, view: &PrimView, purpose: &str) -> Option<Binding> {
    let name = if purpose.is_empty() {
        "material:binding".to_owned()
    } else {
        format!("material:binding:{purpose}")
    };
    let target = view.targets(&name).into_iter().next()?;
    bound(reader, view, &name, &target)
}

fn bound(reader: &mut Reader, view: &PrimView, relationship: &str, target: &sdf::Path) -> Option<Binding> {
    let material = reader.material_at(view, target)?;
    let strength = view.property_metadata_text(relationship, "bindMaterialAs");
    Some(Binding {
        material,
        is_stronger_than_descendants: strength.as_deref() == Some("strongerThanDescendants"),
    })
}

/// `material:binding:collection:NAME` and `material:binding:collection:PURPOSE:NAME`, in property order.
fn collections(reader: &mut Reader, view: &PrimView, purpose: &str) -> Vec<(MembershipQuery, Binding)> {
    let of_purpose = |name: &&str| {
        name.strip_prefix("material:binding:collection:")
            .is_some_and(|rest| match rest.split(':').collect::<Vec<_>>()[..] {
                [own_purpose, _] => own_purpose == purpose,
                _ => purpose.is_empty(),
            })
    };
    let names: Vec<String> = view.names().filter(of_purpose).map(str::to_owned).collect();
    let mut found = Vec::new();
    for name in names {
        let [collection, material] = &view.targets(&name)[..] else {
            continue;
        };
        let Some((prim, instance)) = CollectionAPI::instance_at_path(collection) else {
            continue;
        };
        let Ok(prim) = view.prim.stage().prim(prim) else {
            continue;
        };
        let members = CollectionAPI::from_prim_unchecked(prim, instance).compute_membership_query();
        let Some(members) = view.reported(members) else {
            continue;
        };
        if let Some(binding) = bound(reader, view, &name, material) {
            found.push((members, binding));
        }
    }
    found
}

/// The material of the row `at`. `nearest` gives the nearest row with bindings, at or above a row.
pub(crate) fn resolve(
    rows: &[Row],
    nearest: &dyn Fn(usize) -> Option<usize>,
    at: usize,
) -> Option<MaterialIndex> {
    (0..PURPOSES.len()).find_map(|purpose| {
        let mut winner: Option<Binding> = None;
        let mut here = nearest(at);
        while let Some(row) = here {
            if let Some(bindings) = &rows[row].facts.bindings {
                let member = bindings.collections[purpose]
                    .iter()
                    .find(|(members, _)| members.is_path_included(&path_as_seen_from(&rows[row], &rows[at])));
                let binding = member.map(|(_, binding)| *binding).or(bindings.direct[purpose]);
                if let Some(binding) =
                    binding.filter(|own| winner.is_none() || own.is_stronger_than_descendants)
                {
                    winner = Some(binding);
                }
            }
            here = rows[row].parent.and_then(|parent| nearest(parent as usize));
        }
        winner.map(|binding| binding.material)
    })
}

/// The path of `row` in the namespace where `binder` was read: collections in a prototype name prims of the prototype.
fn path_as_seen_from(binder: &Row, row: &Row) -> sdf::Path {
    let moved = binder.instance.as_ref().and_then(|instance| {
        let rest = row.path.strip_prefix(instance.1.as_str())?;
        sdf::Path::new(&format!("{}{rest}", instance.0)).ok()
    });
    moved
        .or_else(|| sdf::Path::new(&row.path).ok())
        .unwrap_or_else(sdf::Path::abs_root)
}
