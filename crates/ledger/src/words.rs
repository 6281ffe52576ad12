//! People's words in the table `sealed`: kept, read, and erased by destroying the key of their file.

use policy::{Actor, Event, GroupId, Reference, Timestamp};
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use crate::Ledger;
use crate::error::{LedgerError, failed, one_row};
use crate::events::note;
use crate::files::File;
use crate::gone::{self, Gone};
use crate::ids::{FileIds, file_ids};
use crate::vault::{FileKey, Vault};

impl Ledger {
    /// Destroys the key of a file and all its sealed words, so that they are nowhere on the disk, nor can be read in a
    /// copy of it, provided that the file still is as `allowed` wants it. Who brought a report goes with its words. Done
    /// again, it does nothing. What is not words stays: the file, its events, its notices.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written. [`LedgerError::Lingering`] when it was done, but
    /// the write-ahead log could not be emptied.
    pub async fn erase(
        &self,
        group: &GroupId,
        file: Reference,
        allowed: impl Fn(&File) -> bool,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        // Looked at again under the lock: the matter may have been taken up since.
        let is = transaction.file(group, file).await?.ok_or(LedgerError::NoSuchFile(file))?;
        if !allowed(&is) {
            return Ok(());
        }
        let (conn, _) = transaction.parts();
        let ids = file_ids(conn, group, file).await?;
        let words = sqlx::query!("delete from sealed where file_id = ?", ids.file_id);
        words.execute(&mut *conn).await.map_err(failed)?;
        let key = sqlx::query!("delete from file_key where file_id = ?", ids.file_id);
        // Who brought a report has a key of its own, and goes with its words.
        let reporter = sqlx::query!("delete from reporter where file_id = ?", ids.file_id);
        reporter.execute(&mut *conn).await.map_err(failed)?;
        if key.execute(&mut *conn).await.map_err(failed)?.rows_affected() > 0 {
            note(conn, ids, &Actor::Bot, Event::TextErased, now).await?;
            let erased = Gone::Erased { group: group.as_str().to_owned(), number: i64::from(file.number()) };
            gone::record(conn, now, &erased).await?;
            transaction.is_gone();
        }
        transaction.commit().await?;
        self.checkpoint().await
    }
}

/// Seals a text under the key of its file; the file gets one when it has none.
#[expect(clippy::too_many_arguments, reason = "a row and its context, called in four places")]
pub(crate) async fn keep(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    file: Reference,
    ids: FileIds,
    kind: &'static str,
    notice_id: Option<i64>,
    at_ms: i64,
    text: &[u8],
) -> Result<(), LedgerError> {
    let key = key(conn, vault, group, file, ids).await?;
    let sealed = key.seal(kind, at_ms, text)?;
    let inserted = sqlx::query!(
        "insert into sealed (group_id, file_id, kind, notice_id, at_ms, sealed) values (?, ?, ?, ?, ?, ?)",
        ids.group_id,
        ids.file_id,
        kind,
        notice_id,
        at_ms,
        sealed,
    );
    one_row(&inserted.execute(conn).await.map_err(failed)?, "a sealed text was not written")
}

async fn key(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    file: Reference,
    FileIds { group_id, file_id }: FileIds,
) -> Result<FileKey, LedgerError> {
    let known = sqlx::query_scalar!("select wrapped from file_key where file_id = ?", file_id);
    if let Some(wrapped) = known.fetch_optional(&mut *conn).await.map_err(failed)? {
        return vault.unwrap(&wrapped, group, file);
    }
    let (key, wrapped) = vault.new_key(group, file)?;
    let inserted = sqlx::query!(
        "insert into file_key (file_id, group_id, wrapped) values (?, ?, ?)",
        file_id,
        group_id,
        wrapped,
    );
    one_row(&inserted.execute(conn).await.map_err(failed)?, "the key of a file was not written")?;
    Ok(key)
}

/// The texts of one kind a file has, oldest first, each with its time; none once they are erased.
pub(crate) async fn read(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    file: Reference,
    kind: &'static str,
) -> Result<Vec<(Timestamp, Zeroizing<Vec<u8>>)>, LedgerError> {
    let (key, number) = (group.as_str(), file.number());
    let rows = sqlx::query!(
        r#"
        select s.at_ms as "at_ms!", s.sealed as "sealed!", k.wrapped as "wrapped!"
        from sealed s
        join file_key k on k.file_id = s.file_id
        join file f on f.file_id = s.file_id
        join "group" g on g.group_id = f.group_id
        where g.key = ? and f.number = ? and s.kind = ?
        order by s.sealed_id
        "#,
        key,
        number,
        kind,
    );
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(|row| {
        let key = vault.unwrap(&row.wrapped, group, file)?;
        let text = key.open(kind, row.at_ms, &row.sealed).ok_or(LedgerError::Unreadable(file))?;
        Ok((Timestamp::from_millis(row.at_ms), text))
    });
    rows.collect()
}
