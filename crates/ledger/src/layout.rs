//! What a ledger is made of in its directory, for whoever looks at it there.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::open::{Header, KEY, LOCK, look, sibling};
use crate::{backup, clean, gone, upkeep};

/// The name of the database.
pub(crate) const DATABASE: &str = "ledger.db";

/// A file of a ledger, and what whoever keeps it has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptFile {
    /// What it is called.
    pub name: &'static str,
    /// Whether it is read.
    pub is_read: bool,
    /// Whether it is written in its place, and not only made or replaced.
    pub is_written: bool,
}

impl KeptFile {
    const fn read(name: &'static str) -> Self {
        Self { name, is_read: true, is_written: false }
    }

    const fn written(name: &'static str) -> Self {
        Self { name, is_read: false, is_written: true }
    }

    const fn both(name: &'static str) -> Self {
        Self { name, is_read: true, is_written: true }
    }
}

/// Everything that stays in the directory from one run to the next, or as long as the ledger is open.
pub const FILES: [KeptFile; 8] = [
    KeptFile::both(DATABASE),
    KeptFile::both("ledger.db-wal"),
    KeptFile::both("ledger.db-shm"),
    KeptFile::read(KEY),
    // Whoever asks whether the ledger is in use opens it to read.
    KeptFile::both(LOCK),
    KeptFile::written(upkeep::NAME),
    KeptFile::read(clean::NAME),
    KeptFile::both(gone::LOG),
];

/// There is no ledger in a directory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no ledger in {}", .directory.display())]
pub struct NoLedger {
    /// The directory.
    pub directory: PathBuf,
}

/// Whether there is a ledger in a directory. It may be none that can be opened.
pub fn exists(directory: &Path) -> bool {
    directory.join(DATABASE).exists()
}

/// There is no ledger in a directory, and there are backups of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no ledger in {}, and in {} there are backups of one: mount what is missing, or name its directory with --data-dir; \
     or put the last backup back with `beadle restore`; to begin anew, name another directory for backups, or move these away",
    .directory.display(), .place.display()
)]
pub struct LeftBackups {
    /// The directory of the ledger.
    pub directory: PathBuf,
    /// The place of backups.
    pub place: PathBuf,
}

/// Looks whether a ledger whose backups go to a place may be begun in a directory, should there be none.
///
/// # Errors
/// When none was made in the directory, and there are backups of one in the place. Whatever else is wrong is told by opening it.
pub fn may_begin(directory: &Path, place: &Path) -> Result<(), LeftBackups> {
    let is_new = matches!(look(directory), Ok(Header::Absent));
    if is_new && backup::is_kept_in(place) {
        return Err(LeftBackups { directory: directory.to_owned(), place: place.to_owned() });
    }
    Ok(())
}

/// How large the ledger in a directory is on the disk, in bytes.
///
/// # Errors
/// When there is none.
pub fn size(directory: &Path) -> io::Result<u64> {
    let database = directory.join(DATABASE);
    let log = fs::metadata(sibling(&database, "-wal")).map_or(0, |log| log.len());
    Ok(fs::metadata(&database)?.len().saturating_add(log))
}
