//! Takes a copy of a ledger while it is in use.
//!
//! The copy is made with `vacuum into`: one look at one instant, without a page that is free and so without a trace of what
//! was deleted, and of the size of what is kept. SQLite's backup interface would copy free pages too, begin anew with every
//! write, and cannot be reached without unsafe code. The copy stands in the data directory, as safe as the ledger beside
//! it, until it is sealed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use policy::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use zeroize::Zeroizing;

use super::stream::{Header, Opener, Sealer, VERSION, damaged};
use super::{BackupError, BackupKey, shelf};
use crate::connect::{opened, options, reading};
use crate::error::OpenError;
use crate::layout::{DATABASE, NoLedger};
use crate::open::{self, KEY, private, private_directory, sibling};
use crate::upkeep::long_look;
use crate::vault::{Vault, sync_directory};
use crate::{die_at, gone};

/// The copy before it is sealed.
const COPY: &str = "ledger.db.copy";
/// How much is read at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// Since which migration the key of tags may stand in the ledger.
const TAGS_SINCE: i64 = 12;

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// When it was taken.
    pub taken_at: Timestamp,
}

/// What stands in a backup, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Key,
    Database,
}

impl Item {
    const ALL: [Self; 2] = [Self::Key, Self::Database];
    const END: u8 = 0;

    fn number(self) -> u8 {
        match self {
            Self::Key => 1,
            Self::Database => 2,
        }
    }
}

/// Takes a backup of the ledger in a directory, whether a program has it open or not, and puts it into a place. It counts
/// once all of it was read back from there.
///
/// # Errors
/// Each says what to do. The ledger is untouched, and nothing half-written is left.
pub async fn back_up(
    directory: &Path,
    place: &Path,
    key: &BackupKey,
    now: Timestamp,
) -> Result<Backup, BackupError> {
    let database = directory.join(DATABASE);
    if open::header(&database)? == open::Header::Absent {
        return Err(NoLedger { directory: directory.to_owned() }.into());
    }
    let lock = crate::upkeep::blocking(directory, long_look).await?;
    let lock = lock.ok_or_else(|| BackupError::Busy { path: database.clone() })?;
    let found = open::inspect(&database, &lock, false).await?;
    let key_file = directory.join(KEY);
    let mut vault =
        Vault::read(&key_file)?.ok_or_else(|| OpenError::KeyMissing { path: key_file.clone() })?;
    if !found.check_value.is_some_and(|value| vault.made(&value)) {
        return Err(OpenError::KeyWrong { path: key_file }.into());
    }
    let copy = copy(&database, &lock).await?;
    die_at("backup::copied");
    let tags = examine(&copy.0, &lock, found.version).await?;
    if let Some(tags) = tags
        && !vault.take_tags(&tags)
    {
        return Err(OpenError::KeyWrong { path: key_file }.into());
    }
    gone::carry(directory, place, &vault.gone_cipher())?;
    die_at("backup::log_carried");

    let header = Header::new(key, now, found.version).map_err(|source| BackupError::io(place, source))?;
    let sealing = Sealing {
        key: BackupKey { key: key.key.clone() },
        header,
        place: place.to_owned(),
        sources: [key_file, copy.0.clone()],
        stopped: Arc::default(),
    };
    // Whoever waits for it no longer has it stop, and take away what it wrote.
    let stop = Stop(Arc::clone(&sealing.stopped));
    let sealed = tokio::task::spawn_blocking(move || sealing.seal()).await;
    drop(stop);
    sealed.unwrap_or_else(|error| Err(BackupError::io(place, io::Error::other(error))))
}

/// Reads a whole backup, and checks all of it.
///
/// # Errors
/// When it is no backup, sealed with another key, or not as it was written.
pub fn read_back(path: &Path, key: &BackupKey) -> Result<Backup, BackupError> {
    let (header, _) = unpack(path, key, |_| Ok(io::sink()))?;
    Ok(Backup { path: path.to_owned(), taken_at: header.taken_at })
}

/// A file that is taken away when this is dropped.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        for path in [self.0.clone(), sibling(&self.0, "-journal")] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "half a backup is left");
                }
                Ok(()) | Err(_) => {}
            }
        }
    }
}

/// Takes away what a stop in the middle of a backup left, unless one is being taken now.
pub(crate) fn clear(directory: &Path, reading: &File) {
    if reading.try_lock().is_ok() {
        drop(Draft(directory.join(COPY)));
        if let Err(error) = reading.unlock() {
            tracing::warn!(error = &error as &dyn std::error::Error, "a lock goes with the process");
        }
    }
}

/// Says that nobody waits any more, when it is dropped.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Fails once nobody waits any more.
fn wanted(stopped: &AtomicBool) -> io::Result<()> {
    if stopped.load(Ordering::Relaxed) {
        Err(io::Error::other("nobody waits for it any more"))
    } else {
        Ok(())
    }
}

/// Where what is only looked at goes, as long as somebody waits for it.
struct Heeding<'a>(&'a AtomicBool);

impl Write for Heeding<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        wanted(self.0).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        wanted(self.0)
    }
}

async fn copy(database: &Path, lock: &Arc<File>) -> Result<Draft, BackupError> {
    let path = database.with_file_name(COPY);
    // What a stop left behind; nobody else copies, for we have the lock.
    drop(Draft(path.clone()));
    let made = private(OpenOptions::new().write(true).create_new(true)).open(&path);
    made.map_err(|source| BackupError::io(&path, source))?;
    let copy = Draft(path);
    let failed = |error| database_failed(database, &copy.0, error);
    let name = copy.0.to_str().ok_or_else(|| {
        BackupError::io(&copy.0, io::Error::new(io::ErrorKind::InvalidInput, "its name is not UTF-8"))
    })?;
    let mut conn = options(database, lock).read_only(true).connect().await.map_err(failed)?;
    sqlx::query("vacuum into ?").bind(name).execute(&mut conn).await.map_err(failed)?;
    conn.close().await.map_err(failed)?;
    Ok(copy)
}

/// What SQLite says of a copy that could not be taken.
fn database_failed(database: &Path, copy: &Path, error: sqlx::Error) -> BackupError {
    const FULL: &str = "13";
    if error.as_database_error().and_then(|cause| cause.code()).as_deref() == Some(FULL) {
        return BackupError::Full { path: copy.to_owned() };
    }
    match opened(database, error) {
        OpenError::Database { path, source } => BackupError::Database { path, source },
        other => other.into(),
    }
}

/// Looks at a copy as a whole: whether everything is where it belongs, and refers to what is there.
/// Gives the key of its tags as that is wrapped, if it is.
pub(super) async fn examine(
    path: &Path,
    lock: &Arc<File>,
    version: i64,
) -> Result<Option<Vec<u8>>, BackupError> {
    let failed = |error| BackupError::from(opened(path, error));
    let corrupt =
        |what: String| BackupError::Open(OpenError::Corrupt { path: path.to_owned(), source: what.into() });
    let mut conn = reading(options(path, lock)).connect().await.map_err(failed)?;
    let check: String =
        sqlx::query_scalar("pragma integrity_check(1)").fetch_one(&mut conn).await.map_err(failed)?;
    if check != "ok" {
        return Err(corrupt(check));
    }
    if let Some(table) = loose(&mut conn).await.map_err(failed)? {
        return Err(corrupt(format!("a row of the table `{table}` refers to nothing")));
    }
    let is: i64 = sqlx::query_scalar("pragma user_version").fetch_one(&mut conn).await.map_err(failed)?;
    if is != version {
        return Err(corrupt(format!("its schema is {is} and not {version}")));
    }
    let tags: Option<Option<Vec<u8>>> = if version < TAGS_SINCE {
        None
    } else {
        sqlx::query_scalar("select tags from vault").fetch_optional(&mut conn).await.map_err(failed)?
    };
    conn.close().await.map_err(failed)?;
    Ok(tags.flatten())
}

/// A table with a row that refers to what is not there.
async fn loose(conn: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select \"table\" from pragma_foreign_key_check limit 1").fetch_optional(conn).await
}

/// Everything that is needed to seal a copy, on a thread of its own.
struct Sealing {
    key: BackupKey,
    header: Header,
    place: PathBuf,
    /// In the order of [`Item::ALL`].
    sources: [PathBuf; 2],
    stopped: Arc<AtomicBool>,
}

impl Sealing {
    fn seal(&self) -> Result<Backup, BackupError> {
        private_directory(&self.place).map_err(|source| BackupError::io(&self.place, source))?;
        let path = self.place.join(shelf::name(self.header.taken_at));
        if path.exists() {
            let there = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(BackupError::io(&path, there));
        }
        // Of one process at a time; what a stop left behind is written over.
        let draft = Draft(self.place.join("beadle.backup.new"));
        drop(Draft(draft.0.clone()));
        let written = self.write(&draft.0)?;
        die_at("backup::written");
        let (header, read) = unpack(&draft.0, &self.key, |_| Ok(Heeding(&self.stopped)))?;
        if header != self.header || read != written {
            return Err(BackupError::NotReadBack { path: draft.0.clone() });
        }
        die_at("backup::read_back");
        fs::rename(&draft.0, &path)
            .and_then(|()| sync_directory(&path))
            .map_err(|source| BackupError::io(&path, source))?;
        die_at("backup::named");
        Ok(Backup { path, taken_at: self.header.taken_at })
    }

    /// Writes the file, and gives a hash of each item.
    fn write(&self, path: &Path) -> Result<Vec<[u8; 32]>, BackupError> {
        let io = |source| BackupError::io(path, source);
        let file = private(OpenOptions::new().write(true).create_new(true)).open(path).map_err(io)?;
        let mut out = Sealer::new(BufWriter::new(file), &self.header, &self.key).map_err(io)?;
        let mut hashes = Vec::new();
        for (item, source) in Item::ALL.into_iter().zip(&self.sources) {
            let of_source = |error| BackupError::io(source, error);
            let mut input = File::open(source).map_err(of_source)?;
            let length = input.metadata().map_err(of_source)?.len();
            out.write_all(&[item.number()])
                .and_then(|()| out.write_all(&length.to_be_bytes()))
                .map_err(io)?;
            hashes.push(self.pour(&mut input, &mut out, length, &of_source, &io)?);
            die_at("backup::poured");
        }
        out.write_all(&[Item::END]).map_err(io)?;
        let file = out.finish().and_then(|out| out.into_inner().map_err(Into::into)).map_err(io)?;
        file.sync_all().map_err(io)?;
        Ok(hashes)
    }

    fn pour(
        &self,
        input: &mut impl Read,
        out: &mut impl Write,
        length: u64,
        of_source: &impl Fn(io::Error) -> BackupError,
        io: &impl Fn(io::Error) -> BackupError,
    ) -> Result<[u8; 32], BackupError> {
        let (mut hash, mut left) = (Sha256::new(), length);
        let mut piece = Zeroizing::new(vec![0; PIECE_BYTES]);
        while left > 0 {
            wanted(&self.stopped).map_err(of_source)?;
            let wanted = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            input.read_exact(&mut piece[..wanted]).map_err(of_source)?;
            hash.update(&piece[..wanted]);
            out.write_all(&piece[..wanted]).map_err(io)?;
            left -= wanted as u64;
        }
        Ok(hash.finalize().into())
    }
}

/// Opens a backup and pours each item into what `into` gives for it; gives a hash of each. Whoever gets an error throws
/// away what was poured.
pub(super) fn unpack<W: Write>(
    path: &Path,
    key: &BackupKey,
    mut into: impl FnMut(Item) -> io::Result<W>,
) -> Result<(Header, Vec<[u8; 32]>), BackupError> {
    let reading = |source| BackupError::reading(path, source);
    let mut file = File::open(path).map(BufReader::new).map_err(reading)?;
    let header = Header::read(&mut file).map_err(reading)?;
    let header = header.ok_or_else(|| BackupError::Foreign { path: path.to_owned() })?;
    if header.version != VERSION {
        return Err(BackupError::Newer { path: path.to_owned() });
    }
    if header.key != key.id() {
        let wanted = crate::vault::hex(&header.key);
        return Err(BackupError::KeyWrong { path: path.to_owned(), wanted, given: key.name() });
    }
    let mut input = Opener::new(file, &header, key);
    let mut hashes = Vec::new();
    for item in Item::ALL {
        let mut head = [0; 9];
        input.read_exact(&mut head).map_err(reading)?;
        // From here on, the header is known to be true.
        if header.schema > open::newest() {
            return Err(BackupError::Newer { path: path.to_owned() });
        }
        let (number, length) = (head[0], u64::from_be_bytes(std::array::from_fn(|i| head[1 + i])));
        if number != item.number() {
            return Err(reading(damaged()));
        }
        let mut out = into(item).map_err(|source| BackupError::io(path, source))?;
        let mut hash = Sha256::new();
        let (mut left, mut piece) = (length, Zeroizing::new(vec![0; PIECE_BYTES]));
        while left > 0 {
            let wanted = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            input.read_exact(&mut piece[..wanted]).map_err(reading)?;
            hash.update(&piece[..wanted]);
            out.write_all(&piece[..wanted]).map_err(|source| BackupError::io(path, source))?;
            left -= wanted as u64;
        }
        out.flush().map_err(|source| BackupError::io(path, source))?;
        hashes.push(hash.finalize().into());
    }
    let mut end = Vec::new();
    input.read_to_end(&mut end).map_err(reading)?;
    if end != [Item::END] {
        return Err(reading(damaged()));
    }
    Ok((header, hashes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_waits_for_any_more_is_neither_written_nor_read_back_to_the_end() {
        let directory = tempfile::tempdir().unwrap();
        let [source, draft, place] = ["source", "draft", "place"].map(|name| directory.path().join(name));
        fs::write(&source, vec![7; 3 * PIECE_BYTES]).unwrap();
        let key = BackupKey::of([7; 32]);
        let header = Header::new(&key, Timestamp::from_millis(1_800_000_000_000), open::newest()).unwrap();
        let sources = [source.clone(), source];
        let sealing = Sealing { key, header, place: place.clone(), sources, stopped: Arc::default() };
        sealing.write(&draft).unwrap();
        let read_back = || unpack(&draft, &sealing.key, |_| Ok(Heeding(&sealing.stopped)));
        assert!(read_back().is_ok());
        drop(Stop(Arc::clone(&sealing.stopped)));
        assert!(read_back().is_err());
        assert!(sealing.seal().is_err());
        assert_eq!(fs::read_dir(&place).unwrap().count(), 0, "half a backup is left");
    }
}
