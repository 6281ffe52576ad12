//! Keeps the group in a file of the data directory, whole or not at all.
//!
//! A change is made on a copy, written to a temporary file, synced, and renamed over the old file before anybody is
//! told that it happened. All of it blocks: one small file a line typed, a few milliseconds at most, which is not
//! worth a thread of its own.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use policy::Timestamp;

use crate::group::{FORMAT, Group};
use crate::seed::{Seed, SeedError};

const FILE: &str = "group.json";
const TEMPORARY: &str = "group.json.new";
const LOCK: &str = "group.lock";

/// Why a group cannot be started from its data directory. Nothing was overwritten.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The configuration of the group cannot be used.
    #[error("the terminal's group is not configured well")]
    Seed(#[from] SeedError),
    /// The data directory or a file in it cannot be used.
    #[error("cannot use {}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process has the group open.
    #[error("another beadle is running on {}; leave that one, or choose another --data-dir", .0.display())]
    InUse(PathBuf),
    /// The file is not what was once written.
    #[error(
        "{} is damaged at line {line}, column {column}; put a copy back from a backup, or move it away to start \
         with an empty group", .path.display()
    )]
    Corrupt {
        /// Which.
        path: PathBuf,
        /// Where.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// The file can be read, but its parts contradict each other.
    #[error(
        "{} contradicts itself; put a copy back from a backup, or move it away to start with an empty group",
        .0.display()
    )]
    Inconsistent(PathBuf),
    /// The file was written by a newer version.
    #[error("{} was written by a newer beadle; use that one", .0.display())]
    Newer(PathBuf),
    /// The file is another group's.
    #[error(
        "{} belongs to the group `{found}`, not to `{wanted}`; choose another --data-dir for each group",
        .path.display()
    )]
    OtherGroup {
        /// Which.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        wanted: String,
    },
}

/// Why a change could not be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It was not written: the file and the group are as before.
    #[error("cannot write {}; nothing was changed", .path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was written but may be lost again if the machine stops now.
    #[error("cannot sync {}", .path.display())]
    Sync {
        /// Which directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The group and its file.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
    group: Group,
    unsaved: bool,
    /// Held for as long as the group is open; the system lets go of it when the process ends.
    _lock: File,
}

impl Store {
    /// Opens the group of a data directory, which is made if there is none.
    pub(crate) fn open(dir: &Path, seed: &Seed) -> Result<Self, OpenError> {
        seed.check()?;
        make_dir(dir).map_err(|source| OpenError::Io { path: dir.to_owned(), source })?;
        let lock = lock(dir)?;
        let group = match read(&dir.join(FILE))? {
            Some(mut group) => {
                require_same_group(&dir.join(FILE), &group, seed)?;
                group.enrol(seed);
                group
            }
            None => Group::new(seed),
        };
        Ok(Self { dir: dir.to_owned(), group, unsaved: false, _lock: lock })
    }

    pub(crate) fn group(&self) -> &Group {
        &self.group
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Changes the group and its file together, or neither.
    pub(crate) fn change<T, E: From<StoreError>>(
        &mut self,
        change: impl FnOnce(&mut Group) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut changed = self.group.clone();
        let result = change(&mut changed)?;
        self.write(&changed)?;
        self.group = changed;
        self.unsaved = false;
        Ok(result)
    }

    /// Forgets what was shown; a crash before the next change shows it again.
    pub(crate) fn mark_seen(&mut self) {
        if self.group.unseen().next().is_some() {
            self.group.mark_seen();
            self.unsaved = true;
        }
    }

    /// Moves the group's own idea of now.
    pub(crate) fn note_time(&mut self, now: Timestamp) {
        if now > self.group.now {
            self.group.now = now;
            self.unsaved = true;
        }
    }

    /// Writes what is not written yet.
    pub(crate) fn save(&mut self) -> Result<(), StoreError> {
        if self.unsaved {
            self.write(&self.group)?;
            self.unsaved = false;
        }
        Ok(())
    }

    fn write(&self, group: &Group) -> Result<(), StoreError> {
        let (path, temporary) = (self.dir.join(FILE), self.dir.join(TEMPORARY));
        let write = || -> io::Result<()> {
            let json = serde_json::to_vec(group)?;
            let mut file = private_file().truncate(true).open(&temporary)?;
            file.write_all(&json)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)
        };
        write().map_err(|source| StoreError::Write { path: path.clone(), source })?;
        sync_dir(&self.dir).map_err(|source| StoreError::Sync { path: self.dir.clone(), source })
    }
}

fn read(path: &Path) -> Result<Option<Group>, OpenError> {
    let json = match fs::read(path) {
        Ok(json) => json,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(OpenError::Io { path: path.to_owned(), source }),
    };
    // The parser's message may quote members' words, so only the place is told.
    let corrupt = |error: &serde_json::Error| OpenError::Corrupt {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
    };
    let value: serde_json::Value = serde_json::from_slice(&json).map_err(|error| corrupt(&error))?;
    if value.get("format").and_then(serde_json::Value::as_u64).is_some_and(|format| format > FORMAT.into()) {
        return Err(OpenError::Newer(path.to_owned()));
    }
    let group: Group = serde_json::from_slice(&json).map_err(|error| corrupt(&error))?;
    if group.format != FORMAT || !group.is_consistent() {
        return Err(OpenError::Inconsistent(path.to_owned()));
    }
    Ok(Some(group))
}

fn require_same_group(path: &Path, group: &Group, seed: &Seed) -> Result<(), OpenError> {
    if group.id == seed.group {
        return Ok(());
    }
    Err(OpenError::OtherGroup {
        path: path.to_owned(),
        found: group.id.as_str().to_owned(),
        wanted: seed.group.as_str().to_owned(),
    })
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let file = private_file().open(&path).map_err(|source| OpenError::Io { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { path, source }),
    }
}

/// Opens for writing, and makes a file that only its owner can read.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// A directory cannot be opened as a file there; the rename itself is as durable as the system makes it.
#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}
