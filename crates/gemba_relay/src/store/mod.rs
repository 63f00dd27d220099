//! The store's thread: takes what rooms want to keep, writes all that waits in one transaction, and answers.
//!
//! Group commit comes by itself: while one batch is synced, the next one gathers in the channel. The channel is bounded
//! and answers go through one-shot channels, so the thread waits for nobody.

mod database;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use gemba_session::{ClientKey, Entry, HistoryId, JoinRefusal, RoomName, Seq, bounded::Text};
use tokio::sync::{mpsc, oneshot};

use database::Batch;
pub use database::{AuditEnd, StoreError, compare_audit_end};
pub(crate) use database::{Disk, StoredRoom};

use crate::{audit::Record, clock, identity::TokenId, relay::Metrics};

/// Jobs that may wait.
const JOBS_WAITING: usize = 1_024;
/// Jobs that go into one transaction.
const JOBS_A_BATCH: usize = 512;
/// Lines of the audit log that nobody waits for may take this much of the channel.
const ROOM_FOR_WAITERS: usize = JOBS_WAITING / 2;

/// What became of a job; the error is a sentence for people.
pub(crate) type Stored<T> = Result<T, String>;

pub(crate) enum Job {
    /// Read a room, or make it.
    Open {
        room: RoomName,
        answer: oneshot::Sender<Stored<StoredRoom>>,
    },
    /// Keep these entries and lines; with a snapshot, forget the entries up to it.
    Append {
        room: RoomName,
        entries: Vec<Entry>,
        records: Vec<Record>,
        snapshot: Option<(Seq, Arc<[u8]>)>,
        answer: oneshot::Sender<Stored<()>>,
    },
    /// Keep a line that nobody waits for.
    Note(Record),
    /// A client uses a token that is for so many.
    UseToken {
        token: TokenId,
        clients: u32,
        key: ClientKey,
        answer: oneshot::Sender<Result<(), JoinRefusal>>,
    },
    /// Try whether the disk is back, and read what was stored of a room after `seq`.
    Probe {
        room: RoomName,
        after: Seq,
        answer: oneshot::Sender<Stored<Vec<Entry>>>,
    },
}

/// The way to the store's thread.
#[derive(Clone)]
pub(crate) struct Store {
    jobs: mpsc::Sender<Job>,
    metrics: Arc<Metrics>,
}

/// The store's thread; it ends when the last [`Store`] is gone.
pub(crate) struct StoreThread {
    thread: Option<thread::JoinHandle<()>>,
}

impl Store {
    /// Opens the files in `data` and starts the thread `relay:store`.
    ///
    /// # Errors
    /// [`StoreError`] when the files cannot be used.
    pub(crate) fn start(
        data: &Path,
        renew_audit: bool,
        metrics: Arc<Metrics>,
    ) -> Result<(Self, StoreThread), StoreError> {
        if renew_audit {
            let aside = Disk::renew_audit(data, clock::now())?;
            tracing::warn!(file = %aside.display(), "the audit log was moved aside; a new chain starts");
        }
        let disk = Disk::open(data, clock::now())?;
        let (jobs, waiting) = mpsc::channel(JOBS_WAITING);
        let mut worker = Worker {
            data: data.to_owned(),
            disk: Some(disk),
            metrics: Arc::clone(&metrics),
        };
        let thread = thread::Builder::new()
            .name("relay:store".to_owned())
            .spawn(move || worker.run(waiting))
            .map_err(|error: io::Error| StoreError::from(redb::StorageError::Io(error)))?;
        Ok((Self { jobs, metrics }, StoreThread { thread: Some(thread) }))
    }

    /// Hands a job over; waits while too many wait. `false` when the thread is gone.
    pub(crate) async fn send(&self, job: Job) -> bool {
        self.jobs.send(job).await.is_ok()
    }

    /// Hands over a line for the audit log when there is room for it; counts it when there is none.
    pub(crate) fn note(&self, record: Record) {
        let is_taken =
            self.jobs.capacity() > ROOM_FOR_WAITERS && self.jobs.try_send(Job::Note(record)).is_ok();
        if !is_taken {
            self.metrics.audit_left_out.add(1);
        }
    }
}

impl StoreThread {
    /// Waits until all that was handed over is written. Every [`Store`] must be gone.
    pub(crate) fn join(&mut self) {
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the store panicked");
        }
    }
}

struct Worker {
    data: PathBuf,
    disk: Option<Disk>,
    metrics: Arc<Metrics>,
}

impl Worker {
    fn run(&mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(JOBS_A_BATCH);
        let mut left_out = 0;
        while jobs.blocking_recv_many(&mut batch, JOBS_A_BATCH) > 0 {
            let left_out_now = self.metrics.audit_left_out.get();
            if left_out_now > left_out {
                let lines = left_out_now - left_out;
                left_out = left_out_now;
                batch.push(Job::Note(Record::LeftOut { lines }));
            }
            self.work_off(&mut batch);
        }
        if let Some(disk) = self.disk.take() {
            disk.close();
        }
    }

    fn work_off(&mut self, jobs: &mut Vec<Job>) {
        let mut batch = Batch::default();
        let mut appended = Vec::new();
        let mut used = Vec::new();
        let mut reads = Vec::new();
        for job in jobs.drain(..) {
            match job {
                Job::Append {
                    room,
                    entries,
                    records,
                    snapshot,
                    answer,
                } => {
                    batch.records.extend(records);
                    batch
                        .snapshots
                        .extend(snapshot.map(|(seq, bytes)| (room.clone(), seq, bytes)));
                    batch.entries.push((room, entries));
                    appended.push(answer);
                }
                Job::Note(record) => batch.records.push(record),
                Job::UseToken {
                    token,
                    clients,
                    key,
                    answer,
                } => match self.may_use(&batch, &token, clients, key) {
                    Ok(false) => answer_with(answer, Ok(())),
                    Ok(true) => {
                        batch.token_clients.push((token, key));
                        used.push(answer);
                    }
                    Err(refusal) => answer_with(answer, Err(refusal)),
                },
                read @ (Job::Open { .. } | Job::Probe { .. }) => reads.push(read),
            }
        }
        if !batch.is_empty() {
            let written = self.write(&batch);
            for answer in appended {
                answer_with(answer, written.clone());
            }
            for answer in used {
                answer_with(answer, written.clone().map_err(|why| read_only(&why)));
            }
        }
        for read in reads {
            self.read(read);
        }
    }

    fn write(&mut self, batch: &Batch) -> Stored<()> {
        let begun = clock::instant();
        let written = self.with_disk(|disk| disk.write(clock::now(), batch));
        self.metrics.on_commit(begun.elapsed(), written.is_ok());
        written
    }

    /// Does something with the files, opening them anew when they had to be closed.
    fn with_disk<T>(&mut self, work: impl FnOnce(&mut Disk) -> Result<T, StoreError>) -> Stored<T> {
        let done = match self.disk.as_mut() {
            Some(disk) => work(disk),
            None => Disk::open(&self.data, clock::now()).and_then(|disk| {
                tracing::info!("the store is open again");
                work(self.disk.insert(disk))
            }),
        };
        done.map_err(|error| {
            if self.disk.take().is_some() {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the store failed and is closed"
                );
            }
            error.for_people()
        })
    }

    /// Whether the use is new and to be noted.
    fn may_use(
        &mut self,
        batch: &Batch,
        token: &TokenId,
        clients: u32,
        key: ClientKey,
    ) -> Result<bool, JoinRefusal> {
        let mut known = self
            .with_disk(|disk| disk.clients_of(token))
            .map_err(|why| read_only(&why))?;
        let in_batch = batch.token_clients.iter().filter(|(used, _)| used == token);
        known.extend(in_batch.map(|(_, key)| *key));
        if known.contains(&key) {
            return Ok(false);
        }
        if known.len() >= clients as usize {
            return Err(JoinRefusal::TokenUsed);
        }
        Ok(true)
    }

    fn read(&mut self, job: Job) {
        match job {
            Job::Open { room, answer } => {
                let opened = self.with_disk(|disk| match disk.room(&room)? {
                    Some(stored) => Ok(stored),
                    None => disk.create_room(&room, HistoryId(rand::random())),
                });
                answer_with(answer, opened);
            }
            Job::Probe { room, after, answer } => {
                let back = self.with_disk(|disk| {
                    // A batch without content is written like any other.
                    disk.write(clock::now(), &Batch::default())?;
                    disk.entries_after(&room, after)
                });
                answer_with(answer, back);
            }
            Job::Append { .. } | Job::Note(_) | Job::UseToken { .. } => {}
        }
    }
}

fn read_only(why: &str) -> JoinRefusal {
    JoinRefusal::ReadOnly { why: Text::cut(why) }
}

/// Whoever asked may be gone.
fn answer_with<T>(answer: oneshot::Sender<T>, with: T) {
    if answer.send(with).is_err() {
        tracing::trace!("nobody waits for the store's answer any more");
    }
}
