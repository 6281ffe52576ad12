//! The record of cases, strikes, notices and effects, in SQLite.
//!
//! What is kept about one matter is a [`File`], of which a case is a kind. Files are numbered in one sequence a group,
//! and what is to be said of any of them is found by their [`Reference`](policy::Reference): history, notices,
//! effects, lines of the register, appeals, people's words.
//!
//! A [`Ledger`] is a directory with `ledger.db`, `ledger.key` and `ledger.lock`. Reads go to the [`Ledger`] itself;
//! everything that is to happen together goes through one [`Transaction`], of which there is never more than one at
//! a time. What the crate promises:
//!
//! - **Recorded at once or not at all**, and on the disk when [`Transaction::commit`] returns.
//! - **Groups are walls.** Every read takes the group, and the schema ties every row to one.
//! - **People's words are sealed** under a key of their file, which is itself sealed under the key file's.
//!   [`Ledger::erase`] destroys it. No words stand in logs or errors.
//! - **What has had its time goes.** [`Transaction::purge`] takes a file with every row and its key, [`Ledger::scrub`] what
//!   is left of it on the disk; the register keeps its numbers. Nothing open or held goes. Every look into a file is on
//!   record before it is shown.
//! - **One writer.** SQLite before 3.51.3 can lose commits when two connections write to one write-ahead log; here
//!   one connection writes, the others are opened read-only, and a lock on `ledger.lock` keeps other programs out.
//!
//! This is the only crate that names `sqlx`, and nothing of it shows outside.

mod access;
mod appeals;
mod backlog;
mod backup;
mod breaker;
mod cases;
mod checkup;
mod clean;
mod clock;
mod connect;
mod deadlines;
mod digest;
mod error;
mod events;
mod failpoint;
mod files;
mod glance;
mod gone;
mod holds;
mod ids;
mod layout;
mod limits;
mod members;
mod memos;
mod mutes;
mod names;
mod notices;
mod open;
mod outbox;
mod own_words;
mod people;
mod purge;
mod put_back;
mod reception;
mod register;
mod reporters;
mod reports;
mod retention;
mod rotation;
mod rows;
mod sanctions;
mod settings;
mod snapshots;
mod strikes;
mod tally;
mod templates;
#[cfg(feature = "testing")]
pub mod testing;
mod tombstones;
mod unreadable;
mod upkeep;
mod vault;
mod words;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use policy::{GroupId, MemberId};
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, Notify};

pub use access::{Access, View};
pub use appeals::{SealedWords, WordsKind};
pub use backlog::{Backlog, Pile};
pub use backup::{
    BACKUP_DAYS_MAX, Backup, BackupError, BackupKey, Erasures, GONE_DAYS, Kept, Restored, back_up, backups,
    is_kept_in, last_backup, prune, read_back, restore,
};
pub use breaker::{Fuse, TakenFor};
pub use cases::NewCase;
pub use checkup::Checked;
pub use clock::{Belief, ClockDoubt};
pub use deadlines::{DeadlineId, Due};
pub use digest::{Digest, Removals};
pub use error::{LedgerError, OpenError, Source};
pub use events::FileEvent;
pub use failpoint::{arm_failpoints, days_ahead, die_at};
pub use files::{File, FileKind};
pub use glance::{Glance, Tables};
pub use gone::LogError;
pub use holds::Hold;
pub use layout::{FILES, KeptFile, LeftBackups, NoLedger, exists, may_begin, size};
pub use limits::LimitsChange;
pub use mutes::Mute;
pub use notices::{Addressee, NoticeDelivery, NoticeId, NoticeRecord};
pub use open::{KEY as KEY_FILE, is_in_use};
pub use outbox::{Effect, EffectId, EffectKind, EffectState, LANE_OF_WORDS, Pause, Settled, Way};
pub use own_words::{KeptWord, OwnWord, OwnWords, WordIs, WordsAct, WordsVersion};
pub use people::Link;
pub use put_back::{PutBack, Waiting};
pub use register::{RegisterKind, RegisterLine};
pub use reports::NewReport;
pub use retention::{Keeping, Listed};
pub use rotation::{RotationError, rotate};
pub use settings::Settings;
pub use snapshots::Snapshot;
pub use tally::{Outstanding, Progress, Tally};
pub use templates::TemplateVersion;
pub use tombstones::Tombstone;
pub use unreadable::Unreadable;
pub use vault::is_exposed;

use error::failed;
use vault::Vault;

/// A ledger that is open. Clones are handles to the same.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    writer: SqlitePool,
    readers: SqlitePool,
    vault: Vault,
    lock: Arc<fs::File>,
    directory: PathBuf,
    /// Whose lock says that somebody looks at the whole database.
    reading: fs::File,
    /// What had to wait for that.
    owed: AtomicU8,
    /// Whether the whole database was looked at since it was opened, and how often before it was not.
    checked: AtomicBool,
    unchecked: u32,
    /// Whether what was to be recorded last was not.
    unwritten: AtomicBool,
    /// Whether something is gone that the log beside the ledger does not have; told when other logs do not.
    gone: AtomicBool,
    more_is_gone: Notify,
    /// Held while a log is written.
    logging: Mutex<()>,
}

/// Changes that are recorded together. It owns the writer until it is committed, or dropped and rolled back.
///
/// History and register only grow, but for [`Transaction::purge`] and [`Transaction::purge_by_age`], within which rows of
/// theirs are taken away.
pub struct Transaction {
    inner: sqlx::Transaction<'static, Sqlite>,
    ledger: Ledger,
}

impl Ledger {
    /// Begins a transaction, as soon as the one before is over.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn begin(&self) -> Result<Transaction, LedgerError> {
        let inner = self.inner.writer.begin_with("begin immediate").await.map_err(failed)?;
        Ok(Transaction { inner, ledger: self.clone() })
    }

    /// Waits for what is under way, moves everything into `ledger.db` and closes it; other handles fail from now on.
    ///
    /// A ledger that is merely dropped loses nothing either.
    pub async fn close(self) {
        self.inner.readers.close().await;
        // Closing the last connection does the same, but says nothing when it cannot.
        if let Err(error) = self.checkpoint().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the ledger closes with its log in place"
            );
        }
        self.inner.writer.close().await;
        let unchecked = if self.was_checked() { 0 } else { self.inner.unchecked };
        if let Err(error) = clean::leave(&self.directory().join(layout::DATABASE), unchecked) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the next start looks at the whole ledger before it does anything"
            );
        }
        if let Err(error) = self.inner.lock.unlock() {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the ledger's lock goes with the process"
            );
        }
    }

    /// The directory it is in.
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// The number under which logs name a member, once there is anything about them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn member_number(
        &self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Option<i64>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, member) = (group.as_str(), member.as_str());
        let number = sqlx::query_scalar!(
            r#"
            select m.member_id as "member_id!" from member m join "group" g on g.group_id = m.group_id
            where g.key = ? and m.native_id = ?
            "#,
            group,
            member,
        );
        number.fetch_optional(&mut *conn).await.map_err(failed)
    }

    /// A connection that can only read.
    async fn reader(&self) -> Result<PoolConnection<Sqlite>, LedgerError> {
        self.inner.readers.acquire().await.map_err(failed)
    }

    /// Moves the write-ahead log into `ledger.db` and empties it, so that what was erased is nowhere.
    async fn checkpoint(&self) -> Result<(), LedgerError> {
        self.tidy(upkeep::Tidying::Empty).await
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

impl Transaction {
    /// Records everything. Once it returns, it is on the disk.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing was recorded.
    pub async fn commit(self) -> Result<(), LedgerError> {
        let Self { inner, ledger } = self;
        let committed = inner.commit().await.map_err(failed);
        ledger.inner.unwritten.store(committed.is_err(), Ordering::Relaxed);
        committed?;
        ledger.log_beside().await;
        Ok(())
    }

    fn parts(&mut self) -> (&mut SqliteConnection, &Vault) {
        (&mut self.inner, &self.ledger.inner.vault)
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident),+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(i64);

        impl $name {
            /// The number.
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }
    )+};
}
use row_ids;
