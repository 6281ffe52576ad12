//! Copies of a ledger: taken while it is in use, sealed into one file, read back before they count, put back elsewhere.
//!
//! What is in one is what a new machine needs: `ledger.db` and `ledger.key`. It is sealed with a key of its own, which is
//! kept apart from both. What went after it was taken is not in it, and stands in the log beside it; see `gone.rs`.

mod restore;
mod shelf;
mod stream;
mod take;

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{LedgerError, OpenError, Source, remedy};
use crate::gone::LogError;
use crate::layout::NoLedger;
use crate::vault::{KEY_BYTES, Key, create_key, from_hex, hex, keyed_hash_of, read_key};

pub use restore::{Erasures, Restored, restore};
pub(crate) use restore::{finish, is_begun};
pub use shelf::{BACKUP_DAYS_MAX, GONE_DAYS, Kept, backups, is_kept_in, last_backup, prune};
pub(crate) use take::clear;
pub use take::{Backup, back_up, read_back};

/// The key that backups are sealed with.
pub struct BackupKey {
    key: Key,
}

impl BackupKey {
    /// Reads the key in a file.
    ///
    /// # Errors
    /// When there is none, it is malformed, or others can read it.
    pub fn read(path: &Path) -> Result<Self, BackupError> {
        let key = read_key(path)?;
        key.map(|key| Self { key }).ok_or_else(|| BackupError::KeyMissing { path: path.to_owned() })
    }

    /// The key that is written so; nothing when it is none.
    pub fn parse(written: &str) -> Option<Self> {
        from_hex(written.as_bytes()).map(|key| Self { key })
    }

    /// Makes a key and its file, which only the owner can read.
    ///
    /// # Errors
    /// When something is there already, or the file cannot be written.
    pub fn create(path: &Path) -> Result<Self, BackupError> {
        if path.symlink_metadata().is_ok() {
            return Err(BackupError::KeyExists { path: path.to_owned() });
        }
        Ok(Self { key: create_key(path)? })
    }

    /// Puts a new key in the place of the one in a file, and that under another name, which it gives: backups that were
    /// taken with it are read with it. Cut short, it is done again.
    ///
    /// # Errors
    /// When there is no key, or the files cannot be written.
    pub fn replace(path: &Path) -> Result<PathBuf, BackupError> {
        let old = Self::read(path)?;
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}", old.name()));
        let kept = PathBuf::from(name);
        // The old one first, under its other name: there is no moment without it.
        crate::vault::write_key(&kept, &old.key).map_err(|source| BackupError::io(&kept, source))?;
        create_key(path)?;
        Ok(kept)
    }

    #[cfg(test)]
    pub(crate) fn of(key: [u8; KEY_BYTES]) -> Self {
        Self { key: Zeroizing::new(key) }
    }

    /// By which people tell keys apart.
    pub fn name(&self) -> String {
        hex(&self.id())
    }

    fn id(&self) -> [u8; stream::KEY_ID_BYTES] {
        let hash = Zeroizing::new(keyed_hash_of(&self.key, &[b"beadle backup key"]));
        std::array::from_fn(|i| hash[i])
    }

    fn secret(&self) -> &[u8; KEY_BYTES] {
        &self.key
    }
}

impl std::fmt::Debug for BackupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BackupKey").field(&self.name()).finish()
    }
}

/// Why a backup was not taken, read or put back. Nothing half-written is left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The ledger cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger that was put back cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is nothing to take a copy of.
    #[error(transparent)]
    NoLedger(#[from] NoLedger),
    /// Another one is being taken, or the ledger is being looked at as a whole.
    #[error("{} is being copied, checked or rewritten already: try again when that is over", .path.display())]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// There is no key file.
    #[error(
        "there is no backup key at {0}: make one with `beadle key new {0}`, and keep a copy of it elsewhere; a backup that \
         was taken before is read with the key of then", .path.display()
    )]
    KeyMissing {
        /// Where it should be.
        path: PathBuf,
    },
    /// There is something at the place of a new key.
    #[error("{} is there already: a new key is written over nothing", .path.display())]
    KeyExists {
        /// The file.
        path: PathBuf,
    },
    /// It was sealed with another key.
    #[error("{} was taken with the key {wanted}, and this one is {given}: name the file of the right one with --key", .path.display())]
    KeyWrong {
        /// The backup.
        path: PathBuf,
        /// The name of its key.
        wanted: String,
        /// The name of the one that was given.
        given: String,
    },
    /// It is something else.
    #[error("{} is not a backup of Beadle", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was taken by a later version of this program.
    #[error("{} was taken by a newer Beadle: restore it with that version", .path.display())]
    Newer {
        /// The backup.
        path: PathBuf,
    },
    /// It is not as it was written.
    #[error("{} is damaged or was cut short: take an earlier backup, or another copy of this one", .path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
    },
    /// There is no room.
    #[error(
        "there is no room for {}: a backup needs as much again as the ledger is large, once in the data directory while it \
         is taken and once where it is kept", .path.display()
    )]
    Full {
        /// The file that did not fit.
        path: PathBuf,
    },
    /// There is something in the directory a backup was to be put back into.
    #[error("{} is not empty: a backup is restored into an empty directory; move what is there away, and keep it", .directory.display())]
    NotEmpty {
        /// The directory.
        directory: PathBuf,
    },
    /// It is not known what was erased after the backup was taken.
    #[error(
        "it is not known what was erased or purged after {} was taken: name the newest erasures.log there is with \
         --erasures, from the old data directory or from beside the backups; where none is left, --without-erasures goes on, \
         and what was erased since comes back", .path.display()
    )]
    ErasuresUnknown {
        /// The backup.
        path: PathBuf,
    },
    /// A log of what was erased cannot be used.
    #[error(transparent)]
    Log(#[from] LogError),
    /// What was written is not what was to be.
    #[error("{} could not be read back as it was written: look at the disk", .path.display())]
    NotReadBack {
        /// The backup.
        path: PathBuf,
    },
    /// SQLite failed otherwise.
    #[error("no copy could be taken of {}", .path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// Why.
        #[source]
        source: Source,
    },
    /// A file cannot be made, read or written.
    #[error("{} cannot be used{}", .path.display(), remedy(.source))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl BackupError {
    /// Names an error of a file.
    fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            // A disk may take no file so large, though it has room.
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full { path }
            }
            _ => Self::Io { path, source },
        }
    }

    /// The same of a backup that is read: what was changed in it shows as invalid data.
    fn reading(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                Self::Damaged { path: path.to_owned() }
            }
            _ => Self::io(path, source),
        }
    }
}
