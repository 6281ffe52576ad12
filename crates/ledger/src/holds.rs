//! Holds: files that are neither purged nor erased, whatever their time.

use policy::{GroupId, MemberId, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::ids::{FileIds, file_ids, member_id};
use crate::rows::member;
use crate::{Ledger, Transaction};

/// That a file is held. Why is kept as [`WordsKind::Hold`](crate::WordsKind::Hold).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The officer who answers for it.
    pub owner: MemberId,
    /// Since when.
    pub held_at: Timestamp,
    /// When it is to be looked at again.
    pub review_at: Timestamp,
}

async fn hold(
    conn: &mut SqliteConnection,
    group: &GroupId,
    file: Reference,
) -> Result<Option<Hold>, LedgerError> {
    let (group, number) = (group.as_str(), file.number());
    let row = sqlx::query!(
        r#"
        select owner.native_id as "owner!", h.held_at_ms as "held_at_ms!", h.review_at_ms as "review_at_ms!"
        from hold h
        join file f on f.file_id = h.file_id
        join "group" g on g.group_id = f.group_id
        join member owner on owner.member_id = h.owner_id
        where g.key = ? and f.number = ? and h.released_at_ms is null
        "#,
        group,
        number,
    );
    let row = row.fetch_optional(conn).await.map_err(failed)?.map(|row| {
        Ok(Hold {
            owner: member(row.owner)?,
            held_at: Timestamp::from_millis(row.held_at_ms),
            review_at: Timestamp::from_millis(row.review_at_ms),
        })
    });
    row.transpose()
}

impl Ledger {
    /// The hold that is on a file now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn hold(&self, group: &GroupId, file: Reference) -> Result<Option<Hold>, LedgerError> {
        let mut conn = self.reader().await?;
        self::hold(&mut conn, group, file).await
    }
}

impl Transaction {
    /// The hold that is on a file, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn hold_on(&mut self, group: &GroupId, file: Reference) -> Result<Option<Hold>, LedgerError> {
        self::hold(&mut self.inner, group, file).await
    }

    /// Has a file held.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when it is held already; when there is no such file, or the ledger cannot be
    /// written.
    pub async fn hold(&mut self, group: &GroupId, file: Reference, hold: &Hold) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids(conn, group, file).await?;
        let owner_id = member_id(conn, group_id, &hold.owner).await?;
        let (held_at_ms, review_at_ms) = (hold.held_at.as_millis(), hold.review_at.as_millis());
        let inserted = sqlx::query!(
            "insert into hold (group_id, file_id, owner_id, held_at_ms, review_at_ms) values (?, ?, ?, ?, ?)",
            group_id,
            file_id,
            owner_id,
            held_at_ms,
            review_at_ms,
        );
        let inserted = inserted.execute(&mut *conn).await.map_err(duplicate("a hold on this file"))?;
        one_row(&inserted, "a hold was not written")?;
        // What is held does not go, so it does not stand on the list of what will.
        let unlisted = sqlx::query!("delete from purge_list where file_id = ?", file_id);
        unlisted.execute(conn).await.map_err(failed)?;
        Ok(())
    }

    /// Has the hold on a file looked at again later.
    ///
    /// # Errors
    /// When there is no such file, it is not held, or the ledger cannot be written.
    pub async fn review_hold_at(
        &mut self,
        group: &GroupId,
        file: Reference,
        review_at: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { file_id, .. } = file_ids(conn, group, file).await?;
        let review_at_ms = review_at.as_millis();
        let updated = sqlx::query!(
            "update hold set review_at_ms = ? where file_id = ? and released_at_ms is null",
            review_at_ms,
            file_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "no hold was there to review")
    }

    /// Ends the hold on a file.
    ///
    /// # Errors
    /// When there is no such file, it is not held, or the ledger cannot be written.
    pub async fn release_hold(
        &mut self,
        group: &GroupId,
        file: Reference,
        releaser: &MemberId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids(conn, group, file).await?;
        let releaser_id = member_id(conn, group_id, releaser).await?;
        let at_ms = now.as_millis();
        let updated = sqlx::query!(
            "update hold set released_at_ms = ?, releaser_id = ? where file_id = ? and released_at_ms is null",
            at_ms,
            releaser_id,
            file_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "no hold was there to release")
    }
}
