//! What falls due. Rows outlive restarts, and each fires once. A deadline is the last moment of its time: it has come
//! once that is past.

use policy::{Deadline, DeadlineKind, GroupId, Reference, Timestamp};

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{FileIds, file_ids};
use crate::rows::{group, reference, to_json, word};
use crate::{Ledger, Transaction, row_ids};

row_ids! {
    /// Names a deadline.
    DeadlineId
}

/// A deadline that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub id: DeadlineId,
    /// The file it belongs to.
    pub file: Reference,
    /// What is to happen, and when it was to.
    pub deadline: Deadline,
}

impl Ledger {
    /// The first deadline of a group that has come and is not settled.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn next_deadline(&self, group: &GroupId, now: Timestamp) -> Result<Option<Due>, LedgerError> {
        self.next_deadline_but(group, now, &[], &[]).await
    }

    /// The same, leaving out some kinds, which wait until the clock can be believed, and those that failed just now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn next_deadline_but(
        &self,
        group: &GroupId,
        now: Timestamp,
        but: &[DeadlineKind],
        failed_now: &[DeadlineId],
    ) -> Result<Option<Due>, LedgerError> {
        let mut conn = self.reader().await?;
        let (key, now) = (group.as_str(), now.as_millis());
        let but = to_json(&but)?;
        let failed_now = to_json(&failed_now.iter().map(|id| id.get()).collect::<Vec<_>>())?;
        let row = sqlx::query!(
            r#"
            select d.deadline_id as "deadline_id!", f.number as "number!", d.kind as "kind!",
                d.due_at_ms as "due_at_ms!"
            from deadline d
            join file f on f.file_id = d.file_id
            join "group" g on g.group_id = d.group_id
            where g.key = ? and d.settled_at_ms is null and d.due_at_ms < ?
                and d.kind not in (select value from json_each(?))
                and d.deadline_id not in (select value from json_each(?))
            order by d.due_at_ms, d.deadline_id limit 1
            "#,
            key,
            now,
            but,
            failed_now,
        );
        let Some(row) = row.fetch_optional(&mut *conn).await.map_err(failed)? else { return Ok(None) };
        let kind = word::<DeadlineKind>(&row.kind, "kind of a deadline")?;
        Ok(Some(Due {
            id: row.deadline_id.into(),
            file: reference(row.number)?,
            deadline: Deadline { kind, due: Timestamp::from_millis(row.due_at_ms) },
        }))
    }

    /// The groups in which something has fallen due.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn groups_due(&self, now: Timestamp) -> Result<Vec<GroupId>, LedgerError> {
        let mut conn = self.reader().await?;
        let now = now.as_millis();
        let keys = sqlx::query_scalar!(
            r#"
            select distinct g.key as "key!" from deadline d join "group" g on g.group_id = d.group_id
            where d.settled_at_ms is null and d.due_at_ms < ?
            "#,
            now,
        );
        keys.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(group).collect()
    }

    /// The next deadline that has not come at `now`, in any group. What has come already is not waited for: it fires, or its
    /// group is not configured and it stays until that comes back.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn next_deadline_after(&self, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        let mut conn = self.reader().await?;
        let now = now.as_millis();
        let due = sqlx::query_scalar!(
            r#"
            select min(due_at_ms) as "due_at_ms?: i64" from deadline where settled_at_ms is null and due_at_ms >= ?
            "#,
            now,
        );
        Ok(due.fetch_one(&mut *conn).await.map_err(failed)?.map(Timestamp::from_millis))
    }
}

impl Transaction {
    /// Whether something of this kind is still to come in a group.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn awaits(&mut self, group: &GroupId, kind: DeadlineKind) -> Result<bool, LedgerError> {
        let (key, kind) = (group.as_str(), kind.word());
        let awaits = sqlx::query_scalar!(
            r#"
            select exists (
                select 1 from deadline d join "group" g on g.group_id = d.group_id
                where g.key = ? and d.kind = ? and d.settled_at_ms is null
            ) as "awaits!: bool"
            "#,
            key,
            kind,
        );
        awaits.fetch_one(&mut *self.inner).await.map_err(failed)
    }

    /// Records what falls due in a file, in place of whatever of these kinds was still to come.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written.
    pub async fn set_deadlines(
        &mut self,
        group: &GroupId,
        file: Reference,
        replaced: &[DeadlineKind],
        deadlines: &[Deadline],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids(conn, group, file).await?;
        for kind in replaced {
            let (kind, now) = (kind.word(), now.as_millis());
            let moot = sqlx::query!(
                "update deadline set settled_at_ms = ?, outcome = 'moot'
                 where file_id = ? and kind = ? and settled_at_ms is null",
                now,
                file_id,
                kind,
            );
            moot.execute(&mut *conn).await.map_err(failed)?;
        }
        for deadline in deadlines {
            let (kind, due_at_ms) = (deadline.kind.word(), deadline.due.as_millis());
            // One that was moot and is not any more comes back; one that fired does not fire again.
            let inserted = sqlx::query!(
                "insert into deadline (group_id, file_id, kind, due_at_ms) values (?, ?, ?, ?)
                 on conflict (file_id, kind, due_at_ms)
                 do update set settled_at_ms = null, outcome = null where outcome = 'moot'",
                group_id,
                file_id,
                kind,
                due_at_ms,
            );
            inserted.execute(&mut *conn).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Records that a deadline is moot where one of these kinds, of the same file and due later, has come as well; tells
    /// whether it is.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn pass_over(
        &mut self,
        deadline: DeadlineId,
        later: &[DeadlineKind],
        now: Timestamp,
    ) -> Result<bool, LedgerError> {
        let (id, now, later) = (deadline.get(), now.as_millis(), to_json(&later)?);
        let updated = sqlx::query!(
            "update deadline set settled_at_ms = ?, outcome = 'moot'
             where deadline_id = ? and settled_at_ms is null and exists (
                 select 1 from deadline later
                 where later.file_id = deadline.file_id and later.settled_at_ms is null and later.due_at_ms < ?
                     and later.due_at_ms > deadline.due_at_ms
                     and later.kind in (select value from json_each(?))
             )",
            now,
            id,
            now,
            later,
        );
        Ok(updated.execute(&mut *self.inner).await.map_err(failed)?.rows_affected() > 0)
    }

    /// Records that a deadline fired. What follows from it belongs into the same transaction.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when it was settled before; or when the ledger cannot be written.
    pub async fn fire(&mut self, deadline: DeadlineId, now: Timestamp) -> Result<(), LedgerError> {
        let (id, now) = (deadline.get(), now.as_millis());
        let updated = sqlx::query!(
            "update deadline set settled_at_ms = ?, outcome = 'fired'
             where deadline_id = ? and settled_at_ms is null",
            now,
            id,
        );
        one_row(&updated.execute(&mut *self.inner).await.map_err(failed)?, "a deadline was settled already")
    }
}
