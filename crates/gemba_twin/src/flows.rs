//! What leads to what: `gemba:connects` from twin to twin, resolved when every twin is known.

use std::collections::HashMap;

use gemba_model::{Issue, PrimPath};
use gemba_usd::doc::PrimIndex;

use crate::{
    opinions::{IssueList, Opinions},
    plan::{Flow, TwinIndex},
    vocabulary::CONNECTS,
};

/// Relationships that wait for their other end.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    ends: Vec<(TwinIndex, PrimIndex, Issue)>,
}

impl Pending {
    /// Takes in what the twin of `opinions` leads to; a path that the scene does not have is reported at once.
    pub(crate) fn read(
        &mut self,
        opinions: &mut Opinions<'_>,
        from: TwinIndex,
        prim_by_path: &HashMap<&PrimPath, PrimIndex>,
    ) {
        let Some(relationship) = opinions.relationship(CONNECTS) else {
            return;
        };
        for path in &relationship.targets {
            let Some(prim) = prim_by_path.get(path) else {
                let message = format!("the twin connects to <{path}>, and the scene has no such prim");
                let remedy = "name a prim that the composed scene has";
                opinions.report_at(
                    Some(CONNECTS),
                    Issue::warning("twin.missing-connected", message, remedy),
                );
                continue;
            };
            let issue = Issue::warning(
                "twin.connected-no-twin",
                format!("the twin connects to <{path}>, which is no twin, so the connection is left out"),
                "name the prim of a twin, or make this prim one with `GembaTwinAPI`",
            );
            self.ends
                .push((from, *prim, opinions.located(Some(CONNECTS), issue)));
        }
    }

    /// The flows between twins, each once, in the order in which they were written.
    pub(crate) fn finish(
        self,
        twin_by_prim: &HashMap<PrimIndex, TwinIndex>,
        issues: &mut IssueList,
    ) -> Vec<Flow> {
        let mut flows: Vec<Flow> = Vec::new();
        for (from, prim, issue) in self.ends {
            let Some(to) = twin_by_prim.get(&prim).copied() else {
                issues.push(issue);
                continue;
            };
            let flow = Flow { from, to };
            // Those of one twin are together, and few.
            if !flows
                .iter()
                .rev()
                .take_while(|it| it.from == from)
                .any(|it| *it == flow)
            {
                flows.push(flow);
            }
        }
        flows
    }
}
