//! What lies on the disk: rooms and their logs in redb, the audit log beside them, changed together.
//!
//! One transaction takes everything of a batch: entries, snapshots, uses of tokens and the audit's lines. It is synced
//! before it counts. After any error the database is closed, because it cannot be said what it holds; it is opened
//! anew when something is next asked of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use gemba_model::UnixNanos;
use gemba_session::{ClientKey, Entry, HistoryId, RoomName, RoomState, Seq, wire};
use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition};
use thiserror::Error;

use crate::{
    audit::{AuditError, AuditFile, Head, Record, Tail, Verified},
    identity::TokenId,
};

const FILE: &str = "rooms.redb";
/// Bytes of the database that are kept in memory.
const CACHE_BYTES: usize = 16 << 20;

/// Room to its state as of some entry.
const SNAPSHOTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("snapshots");
/// Room and place to the entries after the snapshot.
const ENTRIES: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("entries");
/// Which clients have used a token.
const TOKEN_CLIENTS: TableDefinition<'_, (&str, &[u8]), ()> = TableDefinition::new("token_clients");
/// The end of the audit log and the file's format.
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
const AUDIT_TAIL: &str = "audit_tail";
const FORMAT_KEY: &str = "format";
const FORMAT: &[u8] = b"gemba rooms 1";

/// Why something is not on the disk.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another relay runs on the same folder.
    #[error("`{}` is in use: another relay runs with this data folder; stop it or choose another `--data`", path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// The database was written by another version.
    #[error("`{}` was written by another version of Gemba; use that one", path.display())]
    Format {
        /// The database.
        path: PathBuf,
    },
    /// The database cannot be read or written.
    #[error("the disk of the relay failed")]
    Database(#[source] Box<redb::Error>),
    /// The audit log cannot be continued.
    #[error("the audit log cannot be continued")]
    Audit(#[from] AuditError),
    /// What is stored cannot be read back, or a value does not become bytes.
    #[error("room `{room}` is damaged on disk ({detail}); restore the data folder from a backup")]
    Damaged {
        /// The room.
        room: String,
        /// What does not fit.
        detail: String,
    },
    /// The audit's lines do not become text.
    #[error("a line of the audit log cannot be written")]
    Line(#[source] serde_json::Error),
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}

impl StoreError {
    /// The sentence for people in the room: what happened and what to do.
    pub(crate) fn for_people(&self) -> String {
        let mut cause = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            cause = error.to_string();
            source = error.source();
        }
        format!(
            "the relay cannot write to its disk ({cause}); whoever runs it must free space or mend it, then the room opens by itself"
        )
    }
}

/// A room as it was stored.
#[derive(Debug)]
pub(crate) struct StoredRoom {
    pub(crate) state: RoomState,
    pub(crate) entries: Vec<Entry>,
}

/// What one transaction changes.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) entries: Vec<(RoomName, Vec<Entry>)>,
    pub(crate) snapshots: Vec<(RoomName, Seq, std::sync::Arc<[u8]>)>,
    pub(crate) token_clients: Vec<(TokenId, ClientKey)>,
    pub(crate) records: Vec<Record>,
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
            && self.snapshots.is_empty()
            && self.token_clients.is_empty()
            && self.records.is_empty()
    }
}

/// The open files.
#[derive(Debug)]
pub(crate) struct Disk {
    database: Database,
    audit: AuditFile,
    head: Head,
}

impl Disk {
    /// Opens what lies in `data`; makes it when there is nothing. The end of the audit log is mended, and that noted.
    ///
    /// # Errors
    /// [`StoreError`] when a file cannot be used or is not what was written.
    pub(crate) fn open(data: &Path, now: UnixNanos) -> Result<Self, StoreError> {
        let (database, tail) = open_database(data)?;
        let (audit, opened) = AuditFile::open(data, tail.as_ref())?;
        let mut disk = Self {
            database,
            audit,
            head: opened.head,
        };
        if opened.restored_bytes > 0 {
            let bytes = opened.restored_bytes;
            tracing::warn!(bytes, "the end of the audit log was torn and is restored");
            disk.write(
                now,
                &Batch {
                    records: vec![Record::EndRestored { bytes }],
                    ..Batch::default()
                },
            )?;
        }
        Ok(disk)
    }

    /// Moves an audit log aside that is not what was written, and starts a new chain that names the end of the old.
    ///
    /// # Errors
    /// [`StoreError`] when a file cannot be used.
    pub(crate) fn renew_audit(data: &Path, now: UnixNanos) -> Result<PathBuf, StoreError> {
        let (database, tail) = open_database(data)?;
        let path = data.join(crate::audit::AUDIT_FILE);
        let aside = data.join(format!("audit-{}.log", now.as_millis()));
        match fs::rename(&path, &aside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(AuditError::File { path, source: error }.into());
            }
            _ => {}
        }
        let transaction = database.begin_write()?;
        transaction.open_table(META)?.remove(AUDIT_TAIL)?;
        transaction.commit()?;
        let (audit, opened) = AuditFile::open(data, None)?;
        let mut disk = Self {
            database,
            audit,
            head: opened.head,
        };
        let after = tail.unwrap_or_default().after.sha256;
        disk.write(
            now,
            &Batch {
                records: vec![Record::ChainRenewed { after }],
                ..Batch::default()
            },
        )?;
        Ok(aside)
    }

    /// The room of that name; `None` when there is none yet.
    pub(crate) fn room(&self, name: &RoomName) -> Result<Option<StoredRoom>, StoreError> {
        let transaction = self.database.begin_read()?;
        let snapshots = transaction.open_table(SNAPSHOTS)?;
        let Some(snapshot) = snapshots.get(name.as_str())? else {
            return Ok(None);
        };
        let damaged = |error: wire::WireError| StoreError::Damaged {
            room: name.to_string(),
            detail: error.to_string(),
        };
        let state = RoomState::from_stored(snapshot.value()).map_err(damaged)?;
        let entries = self.entries_after(name, state.seq)?;
        Ok(Some(StoredRoom { state, entries }))
    }

    /// The entries of a room after `seq`, in order.
    pub(crate) fn entries_after(&self, name: &RoomName, seq: Seq) -> Result<Vec<Entry>, StoreError> {
        let transaction = self.database.begin_read()?;
        let entries = transaction.open_table(ENTRIES)?;
        let mut found = Vec::new();
        for stored in entries.range((name.as_str(), seq.0 + 1)..=(name.as_str(), u64::MAX))? {
            let (_, bytes) = stored?;
            let entry = wire::decode(bytes.value()).map_err(|error| StoreError::Damaged {
                room: name.to_string(),
                detail: error.to_string(),
            })?;
            found.push(entry);
        }
        Ok(found)
    }

    /// Stores an empty room with a new history.
    pub(crate) fn create_room(
        &mut self,
        name: &RoomName,
        history: HistoryId,
    ) -> Result<StoredRoom, StoreError> {
        let state = RoomState::new(history);
        let bytes = wire::encode(&state).map_err(|error| StoreError::Damaged {
            room: name.to_string(),
            detail: error.to_string(),
        })?;
        let transaction = self.database.begin_write()?;
        transaction
            .open_table(SNAPSHOTS)?
            .insert(name.as_str(), bytes.as_slice())?;
        transaction.commit()?;
        Ok(StoredRoom {
            state,
            entries: Vec::new(),
        })
    }

    /// The clients that have used a token.
    pub(crate) fn clients_of(&self, token: &TokenId) -> Result<Vec<ClientKey>, StoreError> {
        let transaction = self.database.begin_read()?;
        let table = transaction.open_table(TOKEN_CLIENTS)?;
        let mut clients = Vec::new();
        let (first, last): (&[u8], &[u8]) = (&[], &[0xff; 33]);
        for stored in table.range((token.as_str(), first)..(token.as_str(), last))? {
            let (key, _) = stored?;
            if let Ok(key) = <[u8; 32]>::try_from(key.value().1) {
                clients.push(ClientKey(key));
            }
        }
        Ok(clients)
    }

    /// Makes all of `batch` durable, or nothing of it.
    pub(crate) fn write(&mut self, now: UnixNanos, batch: &Batch) -> Result<(), StoreError> {
        // The transaction takes the place of the lines before: they must be in the file for good.
        self.audit
            .sync()
            .map_err(|error| StoreError::Database(Box::new(redb::Error::Io(error))))?;
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        let mut records = batch.records.clone();
        {
            let mut table = transaction.open_table(ENTRIES)?;
            for (room, entries) in &batch.entries {
                for entry in entries {
                    let bytes = wire::encode(entry).map_err(|error| StoreError::Damaged {
                        room: room.to_string(),
                        detail: error.to_string(),
                    })?;
                    table.insert((room.as_str(), entry.seq.0), bytes.as_slice())?;
                    records.push(Record::of_entry(room, entry, &bytes));
                }
            }
            if !batch.snapshots.is_empty() {
                let mut snapshots = transaction.open_table(SNAPSHOTS)?;
                for (room, seq, bytes) in &batch.snapshots {
                    snapshots.insert(room.as_str(), &**bytes)?;
                    table.retain_in((room.as_str(), 0)..=(room.as_str(), seq.0), |_, _| false)?;
                }
            }
        }
        if !batch.token_clients.is_empty() {
            let mut table = transaction.open_table(TOKEN_CLIENTS)?;
            for (token, key) in &batch.token_clients {
                table.insert((token.as_str(), key.0.as_slice()), ())?;
            }
        }
        let tail = Tail::after(&self.head, now, &records).map_err(StoreError::Line)?;
        let bytes = wire::encode(&tail).map_err(|error| StoreError::Damaged {
            room: "audit".to_owned(),
            detail: error.to_string(),
        })?;
        transaction
            .open_table(META)?
            .insert(AUDIT_TAIL, bytes.as_slice())?;
        transaction.commit()?;
        // From here on all of it is durable. What the file lacks when this fails is written when it is opened anew.
        self.head = tail.after.clone();
        if let Err(error) = self.audit.append(&tail) {
            tracing::error!(%error, "the audit log lags behind the store");
            return Err(error.into());
        }
        Ok(())
    }

    /// Syncs the audit log too, at the end.
    pub(crate) fn close(mut self) {
        if let Err(error) = self.audit.sync() {
            tracing::warn!(%error, "the audit log was not synced; the next start looks after it");
        }
    }
}

/// How the end of an audit log stands to what the store remembers of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditEnd {
    /// They are the same.
    Same,
    /// The relay was killed before it wrote the last lines; the store holds them, and the next start writes them.
    Behind {
        /// How many.
        lines: u64,
    },
    /// The end was cut off or written anew.
    Other {
        /// How many lines the relay wrote.
        expected: u64,
    },
    /// The store remembers nothing.
    Unknown,
}

/// Compares the end of an audit log that is whole in itself with the store in `data`.
///
/// # Errors
/// [`StoreError::InUse`] while a relay runs, and whatever else keeps the store shut.
pub fn compare_audit_end(data: &Path, log: &Verified) -> Result<AuditEnd, StoreError> {
    if !data.join(FILE).exists() {
        return Ok(AuditEnd::Unknown);
    }
    let Some(tail) = open_database(data)?.1 else {
        return Ok(AuditEnd::Unknown);
    };
    let expected = tail.after.lines;
    Ok(match tail.sha256_after(log.lines) {
        Some(sha256) if sha256 != log.sha256 => AuditEnd::Other { expected },
        Some(_) if log.lines == expected => AuditEnd::Same,
        Some(_) => AuditEnd::Behind {
            lines: expected - log.lines,
        },
        None => AuditEnd::Other { expected },
    })
}

fn open_database(data: &Path) -> Result<(Database, Option<Tail>), StoreError> {
    let path = data.join(FILE);
    let is_new = !path.exists();
    let database = Database::builder()
        .set_cache_size(CACHE_BYTES)
        .create(&path)
        .map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path: path.clone() },
            redb::DatabaseError::UpgradeRequired(_) => StoreError::Format { path: path.clone() },
            error => error.into(),
        })?;
    if is_new {
        set_private(&path);
    }
    let transaction = database.begin_write()?;
    let tail = {
        transaction.open_table(SNAPSHOTS)?;
        transaction.open_table(ENTRIES)?;
        transaction.open_table(TOKEN_CLIENTS)?;
        let mut meta = transaction.open_table(META)?;
        let format = meta.get(FORMAT_KEY)?.map(|bytes| bytes.value().to_vec());
        match format.as_deref() {
            Some(FORMAT) => {}
            Some(_) => return Err(StoreError::Format { path }),
            None => {
                meta.insert(FORMAT_KEY, FORMAT)?;
            }
        }
        let tail = meta.get(AUDIT_TAIL)?;
        let read = |bytes: &[u8]| wire::decode::<Tail>(bytes);
        tail.map(|bytes| read(bytes.value()))
            .transpose()
            .map_err(|error| StoreError::Damaged {
                room: "audit".to_owned(),
                detail: error.to_string(),
            })?
    };
    transaction.commit()?;
    Ok((database, tail))
}

#[cfg(unix)]
fn set_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(0o600)) {
        tracing::warn!(%error, file = %path.display(), "others can read the rooms");
    }
}

#[cfg(not(unix))]
fn set_private(_path: &Path) {}
