//! The loader thread: file to document to meshes, surfaces and images, sent to the frame in small pieces.
//!
//! Everything slow happens here. The channel is bounded, so a viewer that draws slowly holds the loader back instead of
//! filling memory.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    },
    thread::JoinHandle,
};

use bevy::{asset::AssetHandleProvider, math::DVec3, prelude::*};
use gemba_usd::{OpenOptions, Progress, SceneDoc, doc::Aabb};

use super::{
    draws::{Draw, DrawList},
    geometry::{self, PreparedMesh},
    placement::{PrimTransforms, origin_for},
};
use crate::visual::surface::{Surfaces, SurfacesAndImages, texture::ImageMaker};

/// Pieces that wait for a frame to take them.
const WAITING_PIECES: usize = 256;

/// What the loader sends, in this order: progress, the scene, meshes and images, the end.
pub(super) enum Piece {
    Progress {
        doing: String,
        ratio: Option<f32>,
    },
    Scene(Box<LoadedScene>),
    /// Meshes arrive in the order of [`LoadedScene::draws`].
    Mesh(Box<PreparedMesh>),
    Image(Handle<Image>, Box<Image>),
    Finished,
    Failed(String),
}

/// The scene without its bulk.
pub(super) struct LoadedScene {
    pub(super) doc: Arc<SceneDoc>,
    pub(super) transforms: PrimTransforms,
    pub(super) origin_m: DVec3,
    pub(super) bounds_m: Option<Aabb>,
    pub(super) draws: Vec<Draw>,
    pub(super) surfaces: Vec<StandardMaterial>,
}

/// A loader at work; dropping it stops and joins its thread.
#[derive(Resource)]
pub(super) struct Loader {
    pub(super) file: PathBuf,
    pieces: Option<Mutex<Receiver<Piece>>>,
    cancel: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    /// Starts reading `file`, or preparing `doc` in its place.
    ///
    /// # Errors
    /// What the system says when it has no thread to give.
    pub(super) fn start(
        file: PathBuf,
        doc: Option<Arc<SceneDoc>>,
        image_handles: AssetHandleProvider,
    ) -> std::io::Result<Self> {
        let (sender, pieces) = sync_channel(WAITING_PIECES);
        let cancel = Arc::new(AtomicBool::new(false));
        let thread = std::thread::Builder::new().name("plant-loader".into()).spawn({
            let (file, cancel) = (file.clone(), Arc::clone(&cancel));
            move || {
                // A broken channel means that nobody wants this plant any more.
                let worker = Worker {
                    sender,
                    cancel,
                    image_handles,
                };
                let _stopped = match doc {
                    Some(doc) => worker.prepare(doc),
                    None => worker.load(&file),
                };
            }
        })?;
        Ok(Self {
            file,
            pieces: Some(Mutex::new(pieces)),
            cancel,
            thread: Some(thread),
        })
    }

    /// The next piece, if one waits.
    pub(super) fn next(&self) -> Option<Piece> {
        let pieces = self
            .pieces
            .as_ref()?
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match pieces.try_recv() {
            Ok(piece) => Some(piece),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Piece::Failed(
                "the thread that reads the plant ended without a result; please report this with the file"
                    .into(),
            )),
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
        // Without a receiver the thread's next send fails, whatever it is doing.
        self.pieces = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the plant loader panicked");
        }
    }
}

struct Worker {
    sender: SyncSender<Piece>,
    cancel: Arc<AtomicBool>,
    image_handles: AssetHandleProvider,
}

impl Worker {
    fn send(&self, piece: Piece) -> ControlFlow<()> {
        match self.sender.send(piece) {
            Ok(()) if !self.cancel.load(Ordering::Relaxed) => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }

    fn load(&self, file: &Path) -> ControlFlow<()> {
        let options = OpenOptions {
            cancel: Some(Arc::clone(&self.cancel)),
            ..OpenOptions::default()
        };
        let mut report = |progress: Progress| {
            // A full channel only means that a frame is late; a newer report follows.
            drop(self.sender.try_send(progress_piece(progress)));
        };
        match gemba_usd::open(file, &options, &mut report) {
            Ok(doc) => self.prepare(Arc::new(doc)),
            Err(error) => self.send(Piece::Failed(crate::error_chain(&error))),
        }
    }

    fn prepare(&self, doc: Arc<SceneDoc>) -> ControlFlow<()> {
        self.send(Piece::Progress {
            doing: "Preparing meshes".into(),
            ratio: None,
        })?;
        let transforms = PrimTransforms::at_rest(&doc);
        let list = DrawList::new(&doc, &transforms);
        if list.left_out > 0 {
            tracing::warn!(
                left_out = list.left_out,
                "point instances beyond the limit are not drawn"
            );
        }
        let bounds_m = bounds(&doc, &transforms, &list);
        let origin_m = origin_for(bounds_m.map_or(DVec3::ZERO, Aabb::center));
        let SurfacesAndImages { surfaces, images } = Surfaces {
            doc: &doc,
            image_handles: &self.image_handles,
        }
        .prepare(&list.surfaces);
        self.send(Piece::Scene(Box::new(LoadedScene {
            doc: Arc::clone(&doc),
            transforms,
            origin_m,
            bounds_m,
            draws: list.draws,
            surfaces,
        })))?;
        for recipe in &list.meshes {
            self.send(Piece::Mesh(Box::new(geometry::prepare(&doc, recipe))))?;
        }
        let mut maker = ImageMaker::new(&doc);
        for request in images {
            let image = maker.make(&request.recipe);
            self.send(Piece::Image(request.handle, Box::new(image)))?;
        }
        self.send(Piece::Finished)
    }
}

fn progress_piece(progress: Progress) -> Piece {
    let ratio = progress
        .total
        .filter(|total| *total > 0)
        .map(|total| progress.done as f32 / total as f32);
    let doing = match progress.total {
        Some(total) if total > 0 => format!(
            "{} ({} of {total})",
            progress.stage.label(),
            progress.done.min(total)
        ),
        _ => progress.stage.label().to_owned(),
    };
    Piece::Progress {
        doing,
        ratio: ratio.map(|ratio| ratio.clamp(0.0, 1.0)),
    }
}

/// World box of what is shown at first, in metres.
fn bounds(doc: &SceneDoc, transforms: &PrimTransforms, list: &DrawList) -> Option<Aabb> {
    list.draws
        .iter()
        .filter(|draw| !draw.is_guide)
        .filter_map(|draw| {
            let mesh = doc.meshes.get(list.meshes[draw.mesh].mesh.index())?;
            let world_from_prim = transforms.world_from_prim(draw.prim);
            let world_from_part = draw
                .prim_from_part
                .as_ref()
                .map_or(world_from_prim, |part| world_from_prim * **part);
            let aabb = mesh.bounds?.transformed(world_from_part);
            (aabb.min.is_finite() && aabb.max.is_finite()).then_some(aabb)
        })
        .reduce(Aabb::union)
}
