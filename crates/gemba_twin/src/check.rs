//! What `gemba check` prints about a twin layer.

use std::fmt;

use gemba_model::{Issue, Severity};
use gemba_usd::SceneDoc;
use serde::{Deserialize, Serialize};

use crate::plan::BindingPlan;

/// Counts of what a scene binds, and everything that is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The file that was opened, as it was named.
    pub scene: String,
    /// Prims of the composed scene.
    pub prims: usize,
    /// Twins bound.
    pub twins: usize,
    /// Points of those twins.
    pub points: usize,
    /// Effects bound.
    pub effects: usize,
    /// Connections with how many tags each delivers.
    pub tags: Vec<(String, usize)>,
    /// Points that no connection delivers.
    pub points_without_source: usize,
    /// Twins that show no values.
    pub twins_without_points: usize,
    /// Issues of the scene, then of the twin layer, each in the order they were met.
    pub issues: Vec<Issue>,
}

/// The report on `doc`, with the issues that composition left in it before those of the plan.
#[must_use]
pub fn report(doc: &SceneDoc, plan: &BindingPlan, issues: &[Issue]) -> Report {
    let mut has_points = vec![false; plan.twins.len()];
    for point in &plan.points {
        if let Some(has_points) = has_points.get_mut(point.twin.0 as usize) {
            *has_points = true;
        }
    }
    Report {
        scene: doc.stage.root_layer.clone(),
        prims: doc.prims.len(),
        twins: plan.twins.len(),
        points: plan.points.len(),
        effects: plan.effects.len(),
        tags: plan
            .connections
            .iter()
            .map(|spec| (spec.name.to_string(), spec.tags.len()))
            .collect(),
        points_without_source: plan.points.iter().filter(|point| point.tag.is_none()).count(),
        twins_without_points: has_points.iter().filter(|has_points| !**has_points).count(),
        issues: doc.issues.iter().chain(issues).cloned().collect(),
    }
}

impl Report {
    /// How many issues are of `severity`.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.issues
            .iter()
            .filter(|issue| issue.severity == severity)
            .count()
    }

    /// The exit status of `gemba check`: 1 when there is an error, else 0.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(self.count(Severity::Error) > 0)
    }
}

/// A line per issue, then the counts.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for issue in &self.issues {
            writeln!(f, "{issue}")?;
        }
        writeln!(
            f,
            "{}: {}, {}, {}, {}",
            self.scene,
            counted(self.prims, "prim"),
            counted(self.twins, "twin"),
            counted(self.points, "point"),
            counted(self.effects, "effect")
        )?;
        for (connection, tags) in &self.tags {
            writeln!(f, "connection {connection}: {}", counted(*tags, "tag"))?;
        }
        if self.points_without_source + self.twins_without_points > 0 {
            writeln!(
                f,
                "{} without a source, {} without points",
                counted(self.points_without_source, "point"),
                counted(self.twins_without_points, "twin")
            )?;
        }
        writeln!(
            f,
            "{}, {}, {}",
            counted(self.count(Severity::Error), "error"),
            counted(self.count(Severity::Warning), "warning"),
            counted(self.count(Severity::Note), "note")
        )
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
