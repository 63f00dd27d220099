//! Prototypes of point instancers that lie below an `over` or a `class`: no part of the scene, and drawn all the same.
//!
//! Exporters hide prototypes this way. Their rows follow those of the scene, without a parent: what lies above a
//! prototype has no say in where its instances stand.

use std::{collections::HashSet, rc::Rc};

use openusd::sdf;

use super::{Reader, Row, facts::Special, index};
use crate::OpenError;

/// Appends the rows of such prototypes; returns the number of the first.
pub(super) fn append(reader: &mut Reader, rows: &mut Vec<Row>) -> Result<usize, OpenError> {
    let first = rows.len();
    let mut known: HashSet<String> = HashSet::new();
    // Prototypes may hold instancers themselves, which the rows that are added bring in.
    let mut at = 0;
    while at < rows.len() {
        let facts = Rc::clone(&rows[at].facts);
        // Targets inside a prototype are on the stage at each instance; the defined ones are among the rows.
        if let (Special::PointInstancer(instancer), false) = (&facts.special, rows[at].is_instance_proxy) {
            if known.is_empty() {
                known.extend(rows.iter().map(|row| row.path.clone()));
            }
            for target in &instancer.prototypes {
                if known.insert(target.as_str().to_owned()) {
                    append_one(reader, rows, &mut known, target)?;
                }
            }
        }
        at += 1;
    }
    Ok(first)
}

fn append_one(
    reader: &mut Reader,
    rows: &mut Vec<Row>,
    known: &mut HashSet<String>,
    root: &sdf::Path,
) -> Result<(), OpenError> {
    let stage = &reader.opened.stage;
    let exists = |path: &sdf::Path| {
        let prim = stage.prim(path.clone());
        prim.is_ok_and(|prim| prim.is_valid().unwrap_or(false) && prim.is_active().unwrap_or(false))
    };
    let mut stack = vec![(root.clone(), None)];
    while let Some((path, parent)) = stack.pop() {
        reader.check_cancelled()?;
        if !exists(&path) {
            continue;
        }
        let row = index(rows.len());
        let facts = reader.read_facts(&path);
        let prototype = facts.prototype.clone();
        known.insert(path.as_str().to_owned());
        rows.push(Row {
            facts,
            path: path.as_str().to_owned(),
            parent,
            is_instance_proxy: false,
            instance: None,
        });
        if let Some(prototype) = prototype {
            let template = reader.template(&prototype, 0)?;
            reader.expand(rows, row, prototype.as_str(), &template);
            continue;
        }
        let names = stage
            .prim(path.clone())
            .ok()
            .and_then(|prim| prim.child_names().ok())
            .unwrap_or_default();
        let children = names
            .iter()
            .rev()
            .filter_map(|name| path.append_path(name.as_str()).ok());
        stack.extend(children.map(|child| (child, Some(row))));
    }
    Ok(())
}
