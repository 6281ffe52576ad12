//! A ledger that was put back from a backup knows nothing of what happened since that was taken. What it still had to do may
//! have been done, and what it let stand may have been lifted. So in each group it waits until a person says to go on.

use policy::{GroupId, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::rows::{group, small};
use crate::{Ledger, Transaction};

/// When what waits for a person is due, in place of a time.
pub(crate) const WHEN_SAID_MS: i64 = 253_402_300_799_999;

/// That a ledger was put back, and that a group waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutBack {
    /// When the backup was taken.
    pub taken_at: Timestamp,
    /// When it was put back.
    pub put_back_at: Timestamp,
    /// Whether the group's officers were told.
    pub told: bool,
}

/// What waits in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Letters that may have been sent.
    pub letters: u32,
    /// What was to be done to posts and members, and may have been.
    pub deeds: u32,
    /// Suspensions whose time is over by now.
    pub suspensions_over: u32,
}

/// Has everything that is not settled wait, and every group with it; numbers that may have been given since are given to
/// nothing else.
pub(crate) async fn mark(
    conn: &mut SqliteConnection,
    taken_at: Timestamp,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let (taken_at_ms, now_ms) = (taken_at.as_millis(), now.as_millis());
    for statement in [
        // It may have been done since. Whoever is asked for it again looks whether it was.
        sqlx::query!(
            "update effect set state = 'unknown', doubtful = 1, attempts = max(attempts, 1),
                 attempted_at_ms = coalesce(attempted_at_ms, queued_at_ms), due_at_ms = ?, leader_id = null, denied = 0
             where state in ('pending', 'sending', 'unknown')",
            WHEN_SAID_MS,
        ),
        // That one was put back before and nobody had it go on matters no more.
        sqlx::query!("update put_back set resumed_at_ms = ? where resumed_at_ms is null", now_ms),
        sqlx::query!(
            r#"insert into put_back (group_id, taken_at_ms, put_back_at_ms) select group_id, ?, ? from "group""#,
            taken_at_ms,
            now_ms,
        ),
        sqlx::query!(
            r#"
            update "group" set file_number = (file_number / 1000 + 2) * 1000,
                register_number = (register_number / 1000 + 2) * 1000
            "#
        ),
    ] {
        statement.execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}

async fn put_back(conn: &mut SqliteConnection, group: &GroupId) -> Result<Option<PutBack>, LedgerError> {
    let key = group.as_str();
    let row = sqlx::query!(
        r#"
        select p.taken_at_ms as "taken_at_ms!", p.put_back_at_ms as "put_back_at_ms!",
            p.told_at_ms is not null as "told!: bool"
        from put_back p join "group" g on g.group_id = p.group_id
        where g.key = ? and p.resumed_at_ms is null
        "#,
        key,
    );
    let row = row.fetch_optional(conn).await.map_err(failed)?;
    Ok(row.map(|row| PutBack {
        taken_at: Timestamp::from_millis(row.taken_at_ms),
        put_back_at: Timestamp::from_millis(row.put_back_at_ms),
        told: row.told,
    }))
}

impl Ledger {
    /// The groups that wait for a person since the ledger was put back.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn groups_put_back(&self) -> Result<Vec<GroupId>, LedgerError> {
        let mut conn = self.reader().await?;
        let keys = sqlx::query_scalar!(
            r#"
            select g.key as "key!" from put_back p join "group" g on g.group_id = p.group_id
            where p.resumed_at_ms is null order by g.key
            "#
        );
        keys.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(group).collect()
    }

    /// What waits in a group whose ledger was put back.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn waiting(&self, group: &GroupId, now: Timestamp) -> Result<Waiting, LedgerError> {
        let mut conn = self.reader().await?;
        let (key, now_ms) = (group.as_str(), now.as_millis());
        let row = sqlx::query!(
            r#"
            select
                (
                    select count(*) from effect e where e.group_id = g.group_id and e.state = 'unknown'
                        and e.due_at_ms = ?1 and e.kind in ('notify', 'tell_officer', 'tell_officers', 'announce')
                ) as "letters!: i64",
                (
                    select count(*) from effect e where e.group_id = g.group_id and e.state = 'unknown'
                        and e.due_at_ms = ?1 and e.kind not in ('notify', 'tell_officer', 'tell_officers', 'announce')
                ) as "deeds!: i64",
                (
                    select count(*) from sanction s where s.group_id = g.group_id and s.state = 'live'
                        and s.step = 'suspension' and s.until_ms < ?2
                ) as "over!: i64"
            from "group" g where g.key = ?3
            "#,
            WHEN_SAID_MS,
            now_ms,
            key,
        );
        let row = row.fetch_one(&mut *conn).await.map_err(failed)?;
        Ok(Waiting {
            letters: small(row.letters, "number of letters")?,
            deeds: small(row.deeds, "number of effects")?,
            suspensions_over: small(row.over, "number of suspensions")?,
        })
    }
}

impl Transaction {
    /// That the ledger was put back and the group waits for a person, if it does.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn put_back(&mut self, group: &GroupId) -> Result<Option<PutBack>, LedgerError> {
        put_back(&mut self.inner, group).await
    }

    /// Records that a group's officers were told.
    ///
    /// # Errors
    /// When the group does not wait, or the ledger cannot be written.
    pub async fn told_of_put_back(&mut self, group: &GroupId, now: Timestamp) -> Result<(), LedgerError> {
        let (key, now_ms) = (group.as_str(), now.as_millis());
        let told = sqlx::query!(
            r#"
            update put_back set told_at_ms = ?
            where group_id = (select group_id from "group" where key = ?) and resumed_at_ms is null
            "#,
            now_ms,
            key,
        );
        one_row(&told.execute(&mut *self.inner).await.map_err(failed)?, "no group was put back")
    }

    /// Has a group go on: what waited is due. Whether it had waited.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn resume(&mut self, group: &GroupId, now: Timestamp) -> Result<bool, LedgerError> {
        let (key, now_ms) = (group.as_str(), now.as_millis());
        let resumed = sqlx::query!(
            r#"
            update put_back set resumed_at_ms = ?
            where group_id = (select group_id from "group" where key = ?) and resumed_at_ms is null
            "#,
            now_ms,
            key,
        );
        if resumed.execute(&mut *self.inner).await.map_err(failed)?.rows_affected() == 0 {
            return Ok(false);
        }
        let due = sqlx::query!(
            r#"
            update effect set due_at_ms = ? where state = 'unknown' and due_at_ms = ?
                and group_id = (select group_id from "group" where key = ?)
            "#,
            now_ms,
            WHEN_SAID_MS,
            key,
        );
        due.execute(&mut *self.inner).await.map_err(failed)?;
        Ok(true)
    }
}
