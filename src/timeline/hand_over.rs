//! The past, handed to the viewer that starts anew: in a file that only this person can read, and that goes when it was read.
//!
//! What a tag, a connection or a point is called goes with it, because the plan of the next viewer may have other rows. While no
//! process listened nothing is known: links are down, and values stale, from when this one was written until the next
//! samples come ([`Record::break_off`]); what counted as a passed limit goes on to count, as it does for any value that is stale.
//!
//! [`xr::restart`](crate::xr) says when.

use std::{
    fs::{File, OpenOptions, remove_file},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process,
    sync::Arc,
};

use bevy::{ecs::system::SystemParam, platform::collections::HashMap, prelude::*};
use gemba_historian::{ReadError, Record, Steps, WriteError};
use gemba_model::{PrimPath, TagId, UnixNanos};
use gemba_telemetry::{Judged, LinkState};
use gemba_twin::{BindingPlan, PointIndex, Source};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Cursor, History, Timeline,
    history::{MOST_BYTES, MOST_STEPS},
};
use crate::{binding::TwinPlan, plant::Plant, telemetry::Now};

/// Samples that are not packed take an eighth more in the file, and names and changes up to 64 MiB.
const MOST_FILE_BYTES: u64 = (MOST_BYTES + MOST_BYTES / 4 + (64 << 20)) as u64;

/// Why the past was not handed over.
#[derive(Debug, Error)]
pub enum HandOverError {
    /// So many tags that even the newest samples take too much.
    #[error(
        "what the timeline recorded takes {bytes} bytes, and {MOST_BYTES} are the most that is handed over"
    )]
    TooLarge {
        /// What it takes.
        bytes: usize,
    },
    /// The file cannot be written.
    #[error("what the timeline recorded cannot be written to {}; make room there", file.display())]
    NotWritten {
        /// Which.
        file: PathBuf,
        /// Why.
        source: WriteError,
    },
    /// The file cannot be read.
    #[error("what the timeline recorded before cannot be read from {}", file.display())]
    NotRead {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What it holds is not what was written.
    #[error("what the timeline recorded before is not in {}", file.display())]
    NoRecord {
        /// Which.
        file: PathBuf,
        /// Why.
        source: ReadError,
    },
}

/// A value and since when it holds.
type Change<T> = (UnixNanos, T);

/// What goes with the record.
#[derive(Serialize, Deserialize)]
struct Beside {
    plant: PathBuf,
    /// When it was written.
    at: UnixNanos,
    /// Where the cursor stood, and how fast it went, unless that was now.
    past: Option<(UnixNanos, f32)>,
    /// By row of the record.
    tags: Vec<Source>,
    links: Vec<(Arc<str>, Vec<Change<LinkState>>)>,
    /// By prim of the twin and name of the point.
    limits: Vec<(PrimPath, Arc<str>, Vec<Change<Judged>>)>,
}

/// What there is to hand over.
#[derive(SystemParam)]
pub struct HandOver<'w> {
    history: Res<'w, History>,
    timeline: Res<'w, Timeline>,
    plan: Res<'w, TwinPlan>,
    plant: Option<Res<'w, Plant>>,
    now: Res<'w, Now>,
}

impl HandOver<'_> {
    /// Writes it into a new file in `folder`, of at most 384 MiB; `None` while nothing was recorded.
    ///
    /// # Errors
    /// [`HandOverError`] when there is too much of it, or the file cannot be written. No file is left then.
    pub fn write_in(&self, folder: &Path) -> Result<Option<PathBuf>, HandOverError> {
        let (Some(plant), Some(_)) = (&self.plant, self.history.record.extent()) else {
            return Ok(None);
        };
        let bytes = self.history.record.bytes();
        if bytes > MOST_BYTES {
            return Err(HandOverError::TooLarge { bytes });
        }
        let name = format!("gemba-{}-{}.past", process::id(), self.now.0.0);
        let file = folder.join(name);
        let created = match create_private(&file) {
            Ok(created) => created,
            Err(error) => {
                let source = error.into();
                return Err(HandOverError::NotWritten { file, source });
            }
        };
        if let Err(source) = self.write_to(&plant.file, created) {
            // Where it cannot be deleted either, what it lacks is told all the same.
            remove_file(&file).ok();
            return Err(HandOverError::NotWritten { file, source });
        }
        Ok(Some(file))
    }

    fn write_to(&self, plant: &Path, file: File) -> Result<(), WriteError> {
        let mut file = BufWriter::new(file);
        self.history.record.write_to(&self.beside(plant), &mut file)?;
        Ok(file.flush()?)
    }

    fn beside(&self, plant: &Path) -> Beside {
        let links = self.plan.connections.iter().zip(&self.history.links);
        let limits = self.history.limits.iter().filter_map(|(point, steps)| {
            let (prim, name) = name_of(&self.plan, PointIndex(*point))?;
            Some((prim.clone(), Arc::clone(name), changes(steps)))
        });
        Beside {
            plant: plant.to_owned(),
            at: self.now.0,
            past: match self.timeline.cursor() {
                Cursor::Live => None,
                Cursor::Past { at, speed } => Some((at, speed)),
            },
            tags: self.plan.tags.iter().map(|tag| tag.source.clone()).collect(),
            links: links
                .map(|(connection, steps)| (Arc::clone(&connection.name), changes(steps)))
                .collect(),
            limits: limits.collect(),
        }
    }
}

fn create_private(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn changes<T: Clone + PartialEq>(steps: &Steps<T>) -> Vec<Change<T>> {
    steps.iter().map(|(at, value)| (at, value.clone())).collect()
}

fn steps_of<T: PartialEq>(changes: Vec<Change<T>>) -> Steps<T> {
    let mut steps = Steps::new(MOST_STEPS);
    for (at, value) in changes {
        steps.push(at, value);
    }
    steps
}

/// By which a point is known to whoever has another plan.
fn name_of(plan: &BindingPlan, point: PointIndex) -> Option<(&PrimPath, &Arc<str>)> {
    let point = plan.points.get(point.0 as usize)?;
    let twin = plan.twins.get(point.twin.0 as usize)?;
    Some((&twin.path, &point.name))
}

/// What was handed over, until the plant that it is of is open and bound.
#[derive(Resource, Default)]
pub struct HandedOver(Option<(Record, Beside)>);

impl HandedOver {
    /// Reads what was written into `file`, and deletes that.
    ///
    /// # Errors
    /// [`HandOverError`] when it cannot be read, or is not what was written.
    pub fn read(file: &Path) -> Result<Self, HandOverError> {
        let mut bytes = Vec::new();
        let read = File::open(file).and_then(|opened| {
            // One more than there may be is cut, and that is told.
            opened.take(MOST_FILE_BYTES).read_to_end(&mut bytes)?;
            remove_file(file)
        });
        let file = file.to_owned();
        if let Err(source) = read {
            return Err(HandOverError::NotRead { file, source });
        }
        match Record::read_from(&bytes, MOST_BYTES) {
            Ok(handed) => Ok(Self(Some(handed))),
            Err(source) => Err(HandOverError::NoRecord { file, source }),
        }
    }

    /// Goes on from it where it is of `plant`, bound by `plan`: with its past, and where the cursor stood.
    pub(super) fn go_on(
        &mut self,
        plant: &Path,
        plan: &BindingPlan,
        history: &mut History,
        timeline: &mut Timeline,
    ) {
        let is_of_plant = |(_, beside): &mut (Record, Beside)| beside.plant == plant && !plan.tags.is_empty();
        let Some((record, beside)) = self.0.take_if(is_of_plant) else {
            return;
        };
        let left_out = history.go_on(record, &beside.tags, plan);
        history.go_on_links(beside.links, beside.at, plan);
        history.go_on_limits(beside.limits, plan);
        history.record.break_off(beside.at);
        if left_out > 0 {
            warn!("the past of {left_out} tags is left out: the twin layer has them no more");
        }
        if let (Some((at, speed)), Some(_)) = (beside.past, history.record.extent()) {
            timeline.go_to(at, speed);
        }
    }
}

impl History {
    /// Takes a record whose tags have these names; gives how many tags with a past are unknown here.
    fn go_on(&mut self, record: Record, names: &[Source], plan: &BindingPlan) -> usize {
        let tags: HashMap<&Source, TagId> = plan
            .tags
            .iter()
            .map(|tag| &tag.source)
            .zip((0..).map(TagId))
            .collect();
        let known = |tag: TagId| tags.get(names.get(tag.index())?).copied();
        let (record, left_out) = record.renumbered(plan.tags.len(), known);
        self.record = record;
        left_out
    }

    /// Takes what links were; they are down since `at`.
    fn go_on_links(
        &mut self,
        links: Vec<(Arc<str>, Vec<Change<LinkState>>)>,
        at: UnixNanos,
        plan: &BindingPlan,
    ) {
        for (name, changes) in links {
            let row = plan
                .connections
                .iter()
                .position(|connection| connection.name == name);
            if let Some(known) = row.and_then(|row| self.links.get_mut(row)) {
                *known = steps_of(changes);
                known.push(at, LinkState::Stopped);
            }
        }
    }

    fn go_on_limits(&mut self, limits: Vec<(PrimPath, Arc<str>, Vec<Change<Judged>>)>, plan: &BindingPlan) {
        let points: HashMap<_, _> = (0..)
            .take(plan.points.len())
            .filter_map(|point| Some((name_of(plan, PointIndex(point))?, point)))
            .collect();
        for (prim, name, changes) in limits {
            if let Some(point) = points.get(&(&prim, &name)) {
                self.limits.insert(*point, steps_of(changes));
            }
        }
    }
}
