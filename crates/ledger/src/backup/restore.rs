//! Puts a backup back into an empty directory.
//!
//! Everything is checked in a corner of it first, what went since the backup was taken goes again, and everything waits for
//! a person; only then does the database get its name. Cut short, it is done again from the beginning.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use policy::Timestamp;

use super::take::{Item, examine, unpack};
use super::{BackupError, BackupKey};
use crate::error::failed;
use crate::gone::{self, LOG, Log, LogError};
use crate::layout::DATABASE;
use crate::open::{DRAFTS, KEY, LOCK, clear_draft, lock, private, private_directory};
use crate::vault::sync_directory;
use crate::{Ledger, die_at, put_back, upkeep};

/// Where it is looked at before it is put in place.
const CORNER: &str = "ledger.restore";
/// What may be there whatever happened: a start leaves its locks also where it was refused, and the root of a disk has a
/// directory of its own.
const ALWAYS: [&str; 3] = [LOCK, upkeep::NAME, "lost+found"];
/// What may be there besides when an earlier try was stopped.
const LEFT_BEHIND: [&str; 3] = [CORNER, KEY, LOG];
/// After what nobody knows of, numbers of what is gone go on so far away that no log is taken to go on there.
const UNKNOWN_STRETCH: i64 = 1_000_000;

/// What is known of what was erased and purged after a backup was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erasures {
    /// It stands in one of these logs, which have to be there; the one that reaches furthest counts.
    In(Vec<PathBuf>),
    /// Nothing: what was erased since comes back.
    Unknown,
}

/// What was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was taken.
    pub taken_at: Timestamp,
    /// How much went since, and went again.
    pub erased_again: usize,
    /// When the last of it did.
    pub last_erased_at: Option<Timestamp>,
}

/// Puts a backup back into a directory, which must be empty or not be there. What was erased or purged after it was taken
/// is gone from it, and nothing that it still had to do is done before a person says so.
///
/// # Errors
/// Each says what to do. Nothing was put in place.
pub async fn restore(
    backup: &Path,
    key: &BackupKey,
    directory: &Path,
    erasures: &Erasures,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    is_empty(directory)?;
    let lock = lock(directory).await?;
    clear_draft(directory)?;
    let corner = directory.join(CORNER);
    let restored = restore_in(&corner, backup, key, erasures, now, &lock).await;
    let restored = match restored {
        Ok(restored) => restored,
        Err(error) => {
            clear(&corner).map_err(|source| BackupError::io(&corner, source))?;
            return Err(error);
        }
    };
    // The database last: whoever finds it finds everything.
    for name in [KEY, LOG, DATABASE] {
        let to = directory.join(name);
        fs::rename(corner.join(name), &to)
            .and_then(|()| sync_directory(&to))
            .map_err(|source| BackupError::io(&to, source))?;
        die_at("restore::placed");
    }
    clear(&corner).map_err(|source| BackupError::io(&corner, source))?;
    Ok(restored)
}

fn is_empty(directory: &Path) -> Result<(), BackupError> {
    let io = |source| BackupError::io(directory, source);
    let files = match fs::read_dir(directory) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io(error)),
    };
    let begun = is_begun(directory);
    for file in files {
        let name = file.map_err(io)?.file_name();
        let may_be = |names: &[&str]| names.iter().any(|ours| name == *ours);
        // A first start that had no room left what it had begun.
        if !(may_be(&ALWAYS) || may_be(&DRAFTS) || begun && may_be(&LEFT_BEHIND)) {
            return Err(BackupError::NotEmpty { directory: directory.to_owned() });
        }
    }
    Ok(())
}

/// Whether a restore into a directory was begun and did not come to its end.
pub(crate) fn is_begun(directory: &Path) -> bool {
    directory.join(CORNER).is_dir()
}

/// Takes away what a restore left that was stopped once everything was in place.
pub(crate) fn finish(directory: &Path) -> io::Result<()> {
    clear(&directory.join(CORNER))
}

fn clear(corner: &Path) -> io::Result<()> {
    match fs::remove_dir_all(corner) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

async fn restore_in(
    corner: &Path,
    backup: &Path,
    key: &BackupKey,
    erasures: &Erasures,
    now: Timestamp,
    lock: &Arc<File>,
) -> Result<Restored, BackupError> {
    let header = {
        let (corner, backup) = (corner.to_owned(), backup.to_owned());
        let key = BackupKey { key: key.key.clone() };
        let at = backup.clone();
        let unpacked = tokio::task::spawn_blocking(move || lay_out(&corner, &backup, &key)).await;
        unpacked.unwrap_or_else(|error| Err(BackupError::io(&at, io::Error::other(error))))?
    };
    die_at("restore::laid_out");
    examine(&corner.join(DATABASE), lock, header.schema).await?;
    let ledger = Ledger::open(corner).await?;
    let restored = bring_up_to_date(&ledger, backup, header.taken_at, erasures, now).await;
    // What went again stands in no free page either.
    let restored = match restored {
        Ok(restored) => ledger.scrub().await.map(|()| restored).map_err(Into::into),
        Err(error) => Err(error),
    };
    ledger.close().await;
    die_at("restore::ready");
    restored
}

fn lay_out(corner: &Path, backup: &Path, key: &BackupKey) -> Result<super::stream::Header, BackupError> {
    let io = |source| BackupError::io(corner, source);
    clear(corner).map_err(io)?;
    private_directory(corner).map_err(io)?;
    let (header, _) = unpack(backup, key, |item| {
        let name = match item {
            Item::Key => KEY,
            Item::Database => DATABASE,
        };
        let file = private(OpenOptions::new().write(true).create_new(true)).open(corner.join(name))?;
        Ok(Settled(BufWriter::new(file)))
    })?;
    Ok(header)
}

/// A file that is on the disk once it is flushed.
struct Settled(BufWriter<File>);

impl Write for Settled {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()?;
        self.0.get_ref().sync_all()
    }
}

async fn bring_up_to_date(
    ledger: &Ledger,
    backup: &Path,
    taken_at: Timestamp,
    erasures: &Erasures,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    let mut transaction = ledger.begin().await?;
    let (conn, vault) = transaction.parts();
    let known = gone::last(conn).await?;
    let log = match erasures {
        Erasures::In(logs) => Some(furthest(logs, known, &vault.gone_cipher(), backup)?),
        Erasures::Unknown => None,
    };
    put_back::mark(conn, taken_at, now).await?;
    let mut entries = log.map(|log| log.entries).unwrap_or_default();
    entries.retain(|entry| entry.id > known);
    gone::replay(conn, &entries, now).await?;
    if *erasures == Erasures::Unknown {
        let stretch = sqlx::query("update sqlite_sequence set seq = seq + ? where name = 'gone'");
        let stretched = stretch.bind(UNKNOWN_STRETCH).execute(&mut *conn).await.map_err(failed)?;
        if stretched.rows_affected() == 0 {
            let first = sqlx::query("insert into sqlite_sequence (name, seq) values ('gone', ?)");
            first.bind(UNKNOWN_STRETCH).execute(&mut *conn).await.map_err(failed)?;
        }
    }
    transaction.is_gone();
    transaction.commit().await?;
    die_at("restore::erased_again");
    Ok(Restored {
        taken_at,
        erased_again: entries.len(),
        last_erased_at: entries.last().map(|entry| entry.at),
    })
}

/// The log that reaches furthest, of those that have everything that went after that number. One that ends in the middle of an
/// entry is refused, unless another reaches further than it can be read.
fn furthest(
    logs: &[PathBuf],
    known: i64,
    cipher: &chacha20poly1305::XChaCha20Poly1305,
    backup: &Path,
) -> Result<Log, BackupError> {
    let mut covering = Vec::new();
    for path in logs {
        let log = gone::read(path, cipher)?.ok_or_else(|| LogError::Missing { path: path.clone() })?;
        if log.begins <= known && log.last() >= known {
            covering.push((path, log));
        }
    }
    // Of two that can be read equally far, half an entry says that the other does not have everything.
    match covering.into_iter().max_by_key(|(_, log)| (log.last(), log.is_torn)) {
        Some((path, log)) if log.is_torn => Err(LogError::Torn { path: path.clone() }.into()),
        Some((_, log)) => Ok(log),
        None => Err(BackupError::ErasuresUnknown { path: backup.to_owned() }),
    }
}
