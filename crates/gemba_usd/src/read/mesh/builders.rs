//! Triangles are made beside the reading: a composed stage cannot be shared between threads, a [`MeshSource`] can.

use std::{
    num::NonZeroUsize,
    panic::catch_unwind,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SendError, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use gemba_model::{Issue, PrimPath};

use super::{MeshSource, build::build};
use crate::doc::{Mesh, MeshIndex};

/// More builders than this wait for the one reader.
const MAX_BUILDERS: usize = 8;

/// How many sources may wait. It bounds the memory when reading is faster than building.
const MAX_WAITING: usize = 16;

/// One mesh to be built.
struct Job {
    index: MeshIndex,
    prim: PrimPath,
    source: MeshSource,
}

/// One mesh that was built.
pub(crate) struct BuiltMesh {
    /// Its place in the document.
    pub(crate) index: MeshIndex,
    /// The first prim that asked for it.
    pub(crate) prim: PrimPath,
    pub(crate) mesh: Mesh,
    /// What was left out of it.
    pub(crate) issues: Vec<Issue>,
}

/// Threads that build meshes; started with the first mesh.
#[derive(Default)]
pub(crate) struct MeshBuilders {
    running: Option<Running>,
    /// Built by the reader itself, where the system gives no thread.
    built_here: Vec<BuiltMesh>,
}

struct Running {
    jobs: SyncSender<Job>,
    threads: Vec<JoinHandle<Vec<BuiltMesh>>>,
}

impl MeshBuilders {
    /// Builds `source` into the mesh `index`, of which `prim` is the first user. Waits while too many are under way.
    pub(crate) fn build(&mut self, index: MeshIndex, prim: PrimPath, source: MeshSource) {
        let running = self.running.get_or_insert_with(Running::start);
        if let Err(SendError(job)) = running.jobs.send(Job { index, prim, source }) {
            self.built_here.push(job.done());
        }
    }

    /// Waits for all meshes, in the order of their places.
    pub(crate) fn finish(self) -> Vec<BuiltMesh> {
        let mut built = self.built_here;
        if let Some(Running { jobs, threads }) = self.running {
            drop(jobs);
            for thread in threads {
                built.extend(thread.join().unwrap_or_default());
            }
        }
        built.sort_by_key(|built| built.index.index());
        built
    }
}

impl Running {
    fn start() -> Self {
        let (jobs, waiting) = sync_channel(MAX_WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let count = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = (0..count.min(MAX_BUILDERS))
            .filter_map(|_| {
                let waiting = Arc::clone(&waiting);
                let builder = thread::Builder::new().name("mesh-builder".into());
                builder.spawn(move || work(&waiting)).ok()
            })
            .collect();
        Self { jobs, threads }
    }
}

/// Builds what comes until nothing more can.
fn work(waiting: &Mutex<Receiver<Job>>) -> Vec<BuiltMesh> {
    let next = || {
        let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.recv().ok()
    };
    std::iter::from_fn(next).map(Job::done).collect()
}

impl Job {
    /// A defect of the builder costs this one mesh and is told; it ends neither the thread nor the opening.
    fn done(self) -> BuiltMesh {
        let Self { index, prim, source } = self;
        let (mesh, issues) = catch_unwind(|| build(source)).unwrap_or_else(|_| {
            let failed = Issue::error(
                "mesh.failed",
                "the triangles of this mesh could not be made, so it is not drawn",
                "report this as a defect of Gemba, with the file",
            );
            (Mesh::default(), vec![failed])
        });
        BuiltMesh {
            index,
            prim,
            mesh,
            issues,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meshes_come_back_in_their_places_whoever_built_them() {
        let mut builders = MeshBuilders::default();
        for index in 0..500 {
            let corners = (index % 7) as i32 + 3;
            let source = MeshSource {
                points: (0..corners)
                    .map(|at| [at as f32, (at * at) as f32, 0.0])
                    .collect(),
                face_counts: vec![corners],
                corner_points: (0..corners).collect(),
                ..MeshSource::default()
            };
            builders.build(MeshIndex(index), PrimPath::root(), source);
        }
        let built = builders.finish();
        assert_eq!(built.len(), 500);
        for (place, built) in built.iter().enumerate() {
            assert_eq!(built.index.index(), place);
            assert_eq!(built.mesh.source_points as usize, place % 7 + 3);
            assert_eq!(built.mesh.indices.len() / 3, place % 7 + 1);
        }
    }
}
