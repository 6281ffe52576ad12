//! What is gone for good, in the order in which it went: in a table, and in logs that outlive the database. A backup still
//! has what went after it was taken; when it is put back, the log is read and all of that goes again.
//!
//! A log stands beside the ledger, and another beside each place where backups are kept. It names files by their numbers
//! and accounts by tags, and is sealed, so that whoever has it alone learns nothing.

mod log;

use std::iter;
use std::path::Path;
use std::sync::atomic::Ordering;

use policy::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::rows::{json, to_json};
use crate::vault::from_hex;
use crate::{Ledger, Transaction, purge};

pub use log::LogError;
pub(crate) use log::{Log, carry, read};

/// The name of a log.
pub(crate) const LOG: &str = "erasures.log";
/// How many rows are added to a log at a time.
const BATCH: i64 = 1000;

/// Something that is gone, or an end that outlived its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gone", rename_all = "snake_case")]
pub(crate) enum Gone {
    /// The words of a file, and who brought it if it is a report.
    Erased { group: String, number: i64 },
    /// A file with all that belongs to it.
    Purged { group: String, number: i64 },
    /// What was older than this in files that do not go as a whole, and who opened what.
    Aged { group: String, before_ms: i64 },
    /// The file of an expulsion went, and the account is still kept out.
    Outlived { group: String, platform: String, tag: String, since_ms: i64, review_at_ms: i64 },
    /// Such an account was let in.
    Readmitted { group: String, tag: String },
}

/// One of them, with its number in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) at: Timestamp,
    pub(crate) gone: Gone,
}

/// Writes down that something is gone, in the transaction in which it goes.
pub(crate) async fn record(
    conn: &mut SqliteConnection,
    at: Timestamp,
    gone: &Gone,
) -> Result<(), LedgerError> {
    let (at_ms, what) = (at.as_millis(), to_json(gone)?);
    let inserted = sqlx::query!("insert into gone (at_ms, what) values (?, ?)", at_ms, what);
    one_row(&inserted.execute(conn).await.map_err(failed)?, "what is gone was not written down")
}

/// The number of the last that went, whether its row is still kept or not.
pub(crate) async fn last(conn: &mut SqliteConnection) -> Result<i64, LedgerError> {
    let last =
        sqlx::query_scalar("select coalesce((select seq from sqlite_sequence where name = 'gone'), 0)");
    last.fetch_one(conn).await.map_err(failed)
}

async fn after(conn: &mut SqliteConnection, id: i64) -> Result<Vec<Entry>, LedgerError> {
    let rows = sqlx::query!(
        r#"select gone_id as "id!", at_ms as "at_ms!", what as "what!" from gone where gone_id > ? order by gone_id limit ?"#,
        id,
        BATCH,
    );
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(|row| {
        let gone = json(&row.what, "what is gone")?;
        Ok(Entry { id: row.id, at: Timestamp::from_millis(row.at_ms), gone })
    });
    rows.collect()
}

/// Lets go of everything in a copy of the ledger that went after it was taken, and takes the entries over. What the copy
/// never had is nothing to let go of.
pub(crate) async fn replay(
    conn: &mut SqliteConnection,
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), LedgerError> {
    for entry in entries {
        replay_one(conn, &entry.gone, now).await?;
        let (id, at_ms, what) = (entry.id, entry.at.as_millis(), to_json(&entry.gone)?);
        let taken_over = sqlx::query!(
            "insert or ignore into gone (gone_id, at_ms, what) values (?, ?, ?)",
            id,
            at_ms,
            what
        );
        taken_over.execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}

async fn replay_one(conn: &mut SqliteConnection, gone: &Gone, now: Timestamp) -> Result<(), LedgerError> {
    let (Gone::Erased { group, .. }
    | Gone::Purged { group, .. }
    | Gone::Aged { group, .. }
    | Gone::Outlived { group, .. }
    | Gone::Readmitted { group, .. }) = gone;
    let group_id = sqlx::query_scalar!(r#"select group_id as "id!" from "group" where key = ?"#, group);
    let Some(group_id) = group_id.fetch_optional(&mut *conn).await.map_err(failed)? else { return Ok(()) };
    match gone {
        Gone::Erased { number, .. } => {
            if let Some(file_id) = file_id(conn, group_id, *number).await? {
                for statement in [
                    sqlx::query!("delete from sealed where file_id = ?", file_id),
                    sqlx::query!("delete from file_key where file_id = ?", file_id),
                    sqlx::query!("delete from reporter where file_id = ?", file_id),
                ] {
                    statement.execute(&mut *conn).await.map_err(failed)?;
                }
            }
        }
        Gone::Purged { number, .. } => {
            if let Some(file_id) = file_id(conn, group_id, *number).await? {
                purge::take_away_again(conn, group_id, file_id, now).await?;
            }
        }
        Gone::Aged { before_ms, .. } => purge::take_away_old_again(conn, group_id, *before_ms, now).await?,
        Gone::Outlived { platform, tag, since_ms, review_at_ms, .. } => {
            let tag = from_hex(tag.as_bytes()).ok_or(LedgerError::Inconsistent("a tag"))?;
            let tag = tag.as_slice();
            let inserted = sqlx::query!(
                "insert into tombstone (group_id, platform, tag, since_ms, review_at_ms) values (?, ?, ?, ?, ?)
                 on conflict (group_id, tag) do nothing",
                group_id,
                platform,
                tag,
                since_ms,
                review_at_ms,
            );
            inserted.execute(&mut *conn).await.map_err(failed)?;
        }
        Gone::Readmitted { tag, .. } => {
            let tag = from_hex(tag.as_bytes()).ok_or(LedgerError::Inconsistent("a tag"))?;
            let tag = tag.as_slice();
            let lifted = sqlx::query!("delete from tombstone where group_id = ? and tag = ?", group_id, tag);
            lifted.execute(&mut *conn).await.map_err(failed)?;
        }
    }
    Ok(())
}

async fn file_id(
    conn: &mut SqliteConnection,
    group_id: i64,
    number: i64,
) -> Result<Option<i64>, LedgerError> {
    let id = sqlx::query_scalar!(
        r#"select file_id as "id!" from file where group_id = ? and number = ?"#,
        group_id,
        number
    );
    id.fetch_optional(conn).await.map_err(failed)
}

impl Transaction {
    /// Something was recorded as gone: the logs follow once it is.
    pub(crate) fn is_gone(&self) {
        self.ledger.inner.gone.store(true, Ordering::Relaxed);
    }
}

impl Ledger {
    /// Adds to the log in a directory what it does not have yet, and makes it where there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the log cannot be read or written.
    pub async fn log_what_is_gone(&self, directory: &Path) -> Result<(), LedgerError> {
        self.log_in(directory, false).await
    }

    async fn log_in(&self, directory: &Path, mut anew: bool) -> Result<(), LedgerError> {
        // Of two that write to one log, each would go on where the other does.
        let _one = self.inner.logging.lock().await;
        let path = directory.join(LOG);
        let cipher = self.inner.vault.gone_cipher();
        loop {
            let mut conn = self.reader().await?;
            let mut known = if anew { None } else { log::last_in(&path)? };
            anew = false;
            if known.is_none() {
                // What has no row any more is in no backup that could be put back.
                let first = sqlx::query_scalar!(r#"select min(gone_id) as "id?: i64" from gone"#);
                let first = first.fetch_one(&mut *conn).await.map_err(failed)?;
                let begins = match first {
                    Some(first) => first - 1,
                    None => last(&mut conn).await?,
                };
                log::create(&path, &cipher, begins)?;
                known = Some(begins);
            }
            let entries = after(&mut conn, known.unwrap_or_default()).await?;
            drop(conn);
            if entries.is_empty() {
                return Ok(());
            }
            log::append(&path, &cipher, known.unwrap_or_default(), &entries)?;
        }
    }

    /// Waits until something more is gone that logs elsewhere do not have yet.
    pub async fn more_is_gone(&self) {
        self.inner.more_is_gone.notified().await;
    }

    /// Forgets what went before an instant, and has the logs begin after that, the one in this directory too: no backup is so
    /// old.
    ///
    /// # Errors
    /// When the ledger cannot be written, or a log cannot be.
    pub async fn forget_what_went(
        &self,
        before: Timestamp,
        directory: Option<&Path>,
    ) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        let before_ms = before.as_millis();
        let forgotten = sqlx::query!("delete from gone where at_ms < ?", before_ms);
        let forgotten = forgotten.execute(&mut *transaction.inner).await.map_err(failed)?.rows_affected();
        transaction.commit().await?;
        if forgotten > 0 {
            for directory in iter::once(self.directory()).chain(directory) {
                self.log_in(directory, true).await?;
            }
        }
        Ok(())
    }

    /// Keeps the log beside the ledger up to date; those elsewhere are told.
    pub(crate) async fn log_beside(&self) {
        if !self.inner.gone.swap(false, Ordering::Relaxed) {
            return;
        }
        if let Err(error) = self.log_what_is_gone(self.directory()).await {
            // The table has it, from which the next one catches up.
            self.inner.gone.store(true, Ordering::Relaxed);
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the log of what is gone was not written"
            );
        }
        self.inner.more_is_gone.notify_one();
    }
}
