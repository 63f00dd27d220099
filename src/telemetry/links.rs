//! The running sources: one for each connection that the plan uses.

use std::{sync::Arc, thread};

use bevy::prelude::*;
use gemba_model::Issue;
use gemba_sources::{Connections, LinkStatus, Source};
use gemba_telemetry::{TagTable, TopicRouter};
use gemba_twin::{BindingPlan, ConnectionSpec};

/// Samples that wait for the next frame at most: a second of a quarter of a million. What does not fit is missing in the past
/// and counted; the newest value of each tag is never lost.
const MOST_UNREAD: usize = 1 << 18;

/// The links of the open plant, for people: a snapshot a few times a second.
#[derive(Resource, Debug, Default)]
pub struct Links {
    /// One for each running connection, in the order of the plan.
    pub statuses: Vec<LinkStatus>,
    /// Connections that are configured wrongly, so that they do not run; the issues say what is wrong.
    pub refused: Vec<String>,
}

impl Links {
    /// What is wrong with the links now.
    #[must_use]
    pub fn issues(&self) -> Vec<Issue> {
        self.statuses.iter().flat_map(LinkStatus::issues).collect()
    }
}

/// Sources of the open plant and the table that they fill.
#[derive(Resource, Default)]
pub struct Telemetry {
    table: Option<Arc<TagTable>>,
    /// With the row of each in the plan's connections.
    sources: Vec<(usize, Source)>,
    refused: Vec<String>,
}

impl Telemetry {
    /// Starts what `plan` needs. A connection without a configuration is left out: the plan has said so.
    pub(crate) fn start(plan: &BindingPlan, connections: &Connections) -> (Self, Vec<Issue>) {
        let table = Arc::new(TagTable::new(plan.tags.len()).with_journal(MOST_UNREAD));
        let mut issues = Vec::new();
        let mut sources = Vec::new();
        for (row, spec) in plan.connections.iter().enumerate() {
            let Some(config) = connections.by_name.get(&*spec.name) else {
                continue;
            };
            let (router, bad_bindings) = router(plan, spec);
            issues.extend(bad_bindings);
            match Source::start(&spec.name, config.clone(), router, Arc::clone(&table)) {
                Ok(source) => sources.push((row, source)),
                Err(error) => {
                    let message = format!("the connection `{}` cannot start: {error}", spec.name);
                    issues.push(Issue::error(
                        "telemetry.no-thread",
                        message,
                        "Close other programs and open the plant again",
                    ));
                }
            }
        }
        (
            Self {
                table: Some(table),
                sources,
                refused: connections.refused.clone(),
            },
            issues,
        )
    }

    /// A table that something else than configured connections fills: tests, replays, benchmarks.
    #[must_use]
    pub fn from_table(table: Arc<TagTable>) -> Self {
        Self {
            table: Some(table),
            ..Self::default()
        }
    }

    /// The table that the sources fill; `None` while no plant is bound.
    #[must_use]
    pub fn table(&self) -> Option<&Arc<TagTable>> {
        self.table.as_ref()
    }

    /// Connections that do not run because their configuration is wrong.
    pub(crate) fn refused(&self) -> &[String] {
        &self.refused
    }

    /// Every running source with its row in the plan's connections, as it is now.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = (usize, LinkStatus)> + '_ {
        self.sources.iter().map(|(row, source)| (*row, source.status()))
    }

    /// Ends the sources without waiting for their threads here.
    pub(crate) fn stop(&mut self) {
        self.table = None;
        let sources = std::mem::take(&mut self.sources);
        if sources.is_empty() {
            return;
        }
        let stopping = thread::Builder::new()
            .name("stop-sources".to_owned())
            .spawn(move || drop(sources));
        if let Err(error) = stopping {
            // The closure, and with it the sources, was dropped on this thread: slower, but done.
            warn!("The old connections were ended on the main thread: {error}");
        }
    }
}

fn router(plan: &BindingPlan, spec: &ConnectionSpec) -> (TopicRouter, Vec<Issue>) {
    TopicRouter::new(spec.tags.iter().filter_map(|tag| {
        let source = &plan.tags.get(tag.index())?.source;
        Some((&*source.address, source.selector.as_deref(), *tag))
    }))
}
