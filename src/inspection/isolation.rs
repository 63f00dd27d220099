//! Prims that alone are shown, and prims that are not.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use bevy::prelude::*;
use gemba_model::PrimPath;
use gemba_usd::{SceneDoc, doc::PrimIndex};

/// Which prims are shown.
#[derive(Resource, Clone, Debug, Default)]
pub struct Isolation {
    isolated: Vec<PrimPath>,
    hidden: Vec<PrimPath>,
    /// Whether each row is shown; empty for all.
    shown: Vec<bool>,
}

/// The rows follow from the paths.
impl PartialEq for Isolation {
    fn eq(&self, other: &Self) -> bool {
        self.isolated == other.isolated && self.hidden == other.hidden
    }
}

impl Isolation {
    /// Only `isolated` and what lies below them, or all where that is empty, and nothing at or below `hidden`.
    ///
    /// Prims that `doc` does not have are left out: another viewer may have opened another plant. When none of those to
    /// isolate is there, all is shown.
    #[must_use]
    pub fn new(doc: &SceneDoc, isolated: Vec<PrimPath>, hidden: Vec<PrimPath>) -> Self {
        if isolated.is_empty() && hidden.is_empty() {
            return Self::default();
        }
        let wanted: BTreeSet<&PrimPath> = isolated.iter().chain(&hidden).collect();
        let found: BTreeMap<&PrimPath, Range<usize>> = (0..)
            .zip(&doc.prims)
            .filter(|(_, prim)| wanted.contains(&prim.path))
            .map(|(row, prim)| (&prim.path, doc.subtree(PrimIndex(row))))
            .collect();
        for path in wanted.iter().filter(|path| !found.contains_key(**path)) {
            tracing::warn!(prim = %path, "there is no such prim to isolate or hide");
        }
        let known = |paths: &[PrimPath]| -> Vec<PrimPath> {
            let there: BTreeSet<&PrimPath> = paths.iter().filter(|path| found.contains_key(path)).collect();
            there.into_iter().cloned().collect()
        };
        let (isolated, hidden) = (known(&isolated), known(&hidden));
        let mut shown = vec![isolated.is_empty(); doc.prims.len()];
        for (paths, is_shown) in [(&isolated, true), (&hidden, false)] {
            for rows in paths.iter().filter_map(|path| found.get(path)) {
                if let Some(rows) = shown.get_mut(rows.clone()) {
                    rows.fill(is_shown);
                }
            }
        }
        Self {
            isolated,
            hidden,
            shown,
        }
    }

    /// The prims that alone are shown, sorted; none for all.
    #[must_use]
    pub fn isolated(&self) -> &[PrimPath] {
        &self.isolated
    }

    /// The prims that are not shown, sorted.
    #[must_use]
    pub fn hidden(&self) -> &[PrimPath] {
        &self.hidden
    }

    /// Whether a prim is shown.
    #[must_use]
    pub fn shows(&self, prim: PrimIndex) -> bool {
        self.shown.get(prim.index()).copied().unwrap_or(true)
    }
}

#[cfg(test)]
mod tests {
    use gemba_usd::doc::Prim;

    use super::*;

    fn path(text: &str) -> PrimPath {
        PrimPath::new(text).expect("a prim path")
    }

    /// `/Plant`, and below it `Pump` with `Rotor`, and `Tank`.
    fn doc() -> SceneDoc {
        let prim = |text: &str, parent: Option<u32>, subtree_len| Prim {
            parent: parent.map(PrimIndex),
            subtree_len,
            ..Prim::new(path(text))
        };
        let prims = vec![
            prim("/Plant", None, 4),
            prim("/Plant/Pump", Some(0), 2),
            prim("/Plant/Pump/Rotor", Some(1), 1),
            prim("/Plant/Tank", Some(0), 1),
        ];
        SceneDoc {
            prims,
            ..SceneDoc::default()
        }
    }

    fn shown(isolated: &[&str], hidden: &[&str]) -> Vec<bool> {
        let paths = |texts: &[&str]| texts.iter().map(|text| path(text)).collect();
        let isolation = Isolation::new(&doc(), paths(isolated), paths(hidden));
        (0..4).map(|row| isolation.shows(PrimIndex(row))).collect()
    }

    #[test]
    fn what_lies_below_goes_along() {
        assert_eq!(shown(&[], &[]), [true; 4]);
        assert_eq!(shown(&["/Plant/Pump"], &[]), [false, true, true, false]);
        assert_eq!(shown(&[], &["/Plant/Pump"]), [true, false, false, true]);
        assert_eq!(
            shown(&["/Plant/Pump", "/Plant/Tank"], &["/Plant/Pump/Rotor"]),
            [false, true, false, true]
        );
    }

    #[test]
    fn prims_of_another_plant_hide_nothing() {
        assert_eq!(shown(&["/Elsewhere"], &[]), [true; 4]);
        assert_eq!(
            shown(&["/Elsewhere", "/Plant/Tank"], &[]),
            [false, false, false, true]
        );
    }
}
