//! Long looks at the whole database, and what has to wait for them.
//!
//! A backup and a check read for as long as a copy takes. Meanwhile the write-ahead log cannot be emptied, and whoever tried
//! would keep the one writer waiting each time. So a long look takes the lock on `ledger.reading`, in this process or in
//! another; what is to be emptied or rewritten is owed as long as somebody has it, and made up for afterwards. A start makes
//! up for what a stop left owed.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use sqlx::{ConnectOptions, Connection};

use crate::Ledger;
use crate::connect::{checkpoint, opened, options, reading};
use crate::error::{LedgerError, OpenError, failed};
use crate::layout::DATABASE;
use crate::open::{private, try_lock};

/// The name of the file whose lock says that somebody looks at the whole database.
pub(crate) const NAME: &str = "ledger.reading";
/// Emptying the log is over in a moment: how often the lock is tried until then.
const TRIES: u32 = 25;

/// What gets rid of erased text on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tidying {
    /// Emptying the write-ahead log.
    Empty = 1,
    /// Rewriting the database, and emptying the log.
    Rewrite = 2,
}

/// Opens the file whose lock says that somebody looks at the whole database.
pub(crate) fn reading_file(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join(NAME);
    let file = private(OpenOptions::new().write(true).create(true).truncate(false)).open(&path);
    file.map_err(|source| OpenError::Io { path, source })
}

/// Takes the lock for a long look; nothing when somebody else is at one, or the database is being rewritten.
pub(crate) fn long_look(directory: &Path) -> Result<Option<Arc<File>>, OpenError> {
    let file = reading_file(directory)?;
    let is_free =
        try_lock(&file, TRIES).map_err(|source| OpenError::Io { path: directory.join(NAME), source })?;
    Ok(is_free.then(|| Arc::new(file)))
}

/// The lock as long as it is held.
struct Alone<'a>(&'a File);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(error = &error as &dyn std::error::Error, "a lock goes with the process");
        }
    }
}

impl Ledger {
    /// Gets rid of erased text on the disk, or owes it as long as somebody looks at the whole database.
    pub(crate) async fn tidy(&self, what: Tidying) -> Result<(), LedgerError> {
        // The writer first: it is there once, and so is this lock in this process.
        let mut conn = self.inner.writer.acquire().await.map_err(failed)?;
        let owed = &self.inner.owed;
        let Ok(()) = self.inner.reading.try_lock() else {
            owed.fetch_max(what as u8, Ordering::Relaxed);
            return Ok(());
        };
        let _alone = Alone(&self.inner.reading);
        let what = owed.swap(0, Ordering::Relaxed).max(what as u8);
        let tidied = async {
            if what >= Tidying::Rewrite as u8 {
                sqlx::raw_sql("vacuum").execute(&mut *conn).await.map_err(failed)?;
            }
            checkpoint(&mut conn).await
        };
        let tidied = tidied.await;
        if tidied.is_err() {
            owed.fetch_max(what, Ordering::Relaxed);
        }
        tidied
    }

    /// Makes up for what had to wait while somebody looked at the whole database; does nothing when nothing had to.
    ///
    /// # Errors
    /// [`LedgerError::Lingering`] when a reader is in the way, or when the ledger cannot be written.
    pub async fn make_up(&self) -> Result<(), LedgerError> {
        if self.inner.owed.load(Ordering::Relaxed) == 0 { Ok(()) } else { self.tidy(Tidying::Empty).await }
    }

    /// Whether the whole database was looked at since it was opened. After a run that ended well it is not looked at before.
    pub fn was_checked(&self) -> bool {
        self.inner.checked.load(Ordering::Relaxed)
    }

    /// Looks at the whole database beside everything else; whether it could be now.
    ///
    /// # Errors
    /// [`OpenError::Corrupt`] when it is damaged, or when it cannot be read.
    pub async fn check(&self) -> Result<bool, OpenError> {
        let path = self.directory().join(DATABASE);
        let Some(lock) = blocking(self.directory(), long_look).await? else { return Ok(false) };
        let failed = |error| opened(&path, error);
        let mut conn = reading(options(&path, &lock)).connect().await.map_err(failed)?;
        sound(&mut conn, &path).await?;
        conn.close().await.map_err(failed)?;
        self.inner.checked.store(true, Ordering::Relaxed);
        Ok(true)
    }
}

/// Looks whether everything in a database is where it belongs.
pub(crate) async fn sound(conn: &mut sqlx::SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let check = sqlx::query_scalar("pragma quick_check(1)").fetch_one(conn).await;
    let check: String = check.map_err(|error| opened(path, error))?;
    if check == "ok" {
        Ok(())
    } else {
        Err(OpenError::Corrupt { path: path.to_owned(), source: check.into() })
    }
}

/// Does something with a directory that may keep a thread waiting.
pub(crate) async fn blocking<T: Send + 'static>(
    directory: &Path,
    work: impl FnOnce(&Path) -> Result<T, OpenError> + Send + 'static,
) -> Result<T, OpenError> {
    let at: PathBuf = directory.to_owned();
    let directory = directory.to_owned();
    tokio::task::spawn_blocking(move || work(&directory))
        .await
        .unwrap_or_else(|error| Err(OpenError::Io { path: at, source: io::Error::other(error) }))
}
