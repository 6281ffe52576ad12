//! What the filter took away and when, and whether it still takes anything away by itself.

use policy::breaker::WINDOW_S;
use policy::{Category, Grade, GroupId, Reference, RuleRef, Taken, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::files::FileKind;
use crate::ids::{FileIds, file_ids_of, group_id};
use crate::rows::{member, small, word};
use crate::{Ledger, Transaction};

/// So many stretches of ten minutes are a day.
const STRETCHES_A_DAY: i64 = 86_400 / WINDOW_S;

/// A group's breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fuse {
    /// Since when it has tripped; nothing unless it has.
    pub tripped_at: Option<Timestamp>,
    /// When somebody last said that the filter may go on: what went before is counted no more.
    pub reset_at: Option<Timestamp>,
}

/// For what the filter took posts away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenFor {
    /// The rule they rest on.
    pub rule: RuleRef,
    /// What the worst word in them was like.
    pub grade: Grade,
    /// What that was about.
    pub category: Category,
    /// How many.
    pub posts: u32,
}

async fn fuse(conn: &mut SqliteConnection, group: &GroupId) -> Result<Fuse, LedgerError> {
    let key = group.as_str();
    let row = sqlx::query!(
        r#"
        select b.tripped_at_ms, b.reset_at_ms from breaker b join "group" g on g.group_id = b.group_id
        where g.key = ?
        "#,
        key,
    );
    let row = row.fetch_optional(conn).await.map_err(failed)?;
    let at = |ms: Option<i64>| ms.map(Timestamp::from_millis);
    Ok(row.map_or_else(Fuse::default, |row| Fuse {
        tripped_at: at(row.tripped_at_ms),
        reset_at: at(row.reset_at_ms),
    }))
}

async fn taken(
    conn: &mut SqliteConnection,
    group: &GroupId,
    after: Timestamp,
    until: Timestamp,
) -> Result<Vec<Taken>, LedgerError> {
    let (key, after_ms, until_ms) = (group.as_str(), after.as_millis(), until.as_millis());
    let rows = sqlx::query!(
        r#"
        select author.native_id as "author!", c.written_at_ms as "written_at_ms!"
        from "case" c
        join "group" g on g.group_id = c.group_id
        join member author on author.member_id = c.author_id
        where g.key = ? and c.taken_at_ms > ? and c.taken_at_ms <= ?
        "#,
        key,
        after_ms,
        until_ms,
    );
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter();
    rows.map(|row| {
        Ok(Taken { author: member(row.author)?, written_at: Timestamp::from_millis(row.written_at_ms) })
    })
    .collect()
}

async fn peaks(
    conn: &mut SqliteConnection,
    group: &GroupId,
    (after, until): (Timestamp, Timestamp),
    per_member: u32,
) -> Result<Vec<u32>, LedgerError> {
    let (key, after_ms, until_ms) = (group.as_str(), after.as_millis(), until.as_millis());
    let stretch_ms = WINDOW_S * 1_000;
    let peaks = sqlx::query_scalar!(
        r#"
        select max(weight) as "peak!: i64"
        from (
            select stretch, sum(min(posts, ?1)) as weight
            from (
                select c.written_at_ms / ?2 as stretch, count(*) as posts
                from "case" c join "group" g on g.group_id = c.group_id
                where g.key = ?3 and c.taken_at_ms > ?4 and c.taken_at_ms <= ?5
                group by stretch, c.author_id
            )
            group by stretch
        )
        group by stretch / ?6
        "#,
        per_member,
        stretch_ms,
        key,
        after_ms,
        until_ms,
        STRETCHES_A_DAY,
    );
    let peaks = peaks.fetch_all(conn).await.map_err(failed)?.into_iter();
    peaks.map(|peak| small(peak, "number of posts")).collect()
}

impl Ledger {
    /// A group's breaker.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn fuse(&self, group: &GroupId) -> Result<Fuse, LedgerError> {
        let mut conn = self.reader().await?;
        fuse(&mut conn, group).await
    }

    /// What the filter took away after one moment and not after another.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn taken(
        &self,
        group: &GroupId,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Taken>, LedgerError> {
        let mut conn = self.reader().await?;
        taken(&mut conn, group, after, until).await
    }

    /// For what it did, most of it first; so many kinds at most.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn taken_for(
        &self,
        group: &GroupId,
        after: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<TakenFor>, LedgerError> {
        let mut conn = self.reader().await?;
        let (key, after_ms, until_ms) = (group.as_str(), after.as_millis(), until.as_millis());
        let rows = sqlx::query!(
            r#"
            select c.rule as "rule!", c.rule_version as "rule_version!", c.grade as "grade!", c.category as "category!",
                count(*) as "posts!: i64"
            from "case" c join "group" g on g.group_id = c.group_id
            where g.key = ? and c.taken_at_ms > ? and c.taken_at_ms <= ? and c.grade is not null
            group by c.rule, c.rule_version, c.grade, c.category
            order by count(*) desc, c.rule, c.grade, c.category
            limit ?
            "#,
            key,
            after_ms,
            until_ms,
            limit,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter();
        rows.map(|row| {
            Ok(TakenFor {
                rule: RuleRef { code: row.rule, version: small(row.rule_version, "version of a rule")? },
                grade: word(&row.grade, "grade")?,
                category: word(&row.category, "category")?,
                posts: small(row.posts, "number of posts")?,
            })
        })
        .collect()
    }

    /// How many posts the filter took away in the busiest ten minutes of each day in which it took any, by when they were
    /// written; of one member's so many count at most.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn peaks(
        &self,
        group: &GroupId,
        between: (Timestamp, Timestamp),
        per_member: u32,
    ) -> Result<Vec<u32>, LedgerError> {
        let mut conn = self.reader().await?;
        peaks(&mut conn, group, between, per_member).await
    }
}

impl Transaction {
    /// A group's breaker, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn fuse(&mut self, group: &GroupId) -> Result<Fuse, LedgerError> {
        fuse(&mut self.inner, group).await
    }

    /// Records that the filter took the post of a case away.
    ///
    /// # Errors
    /// When there is no such file, it is no case, or the ledger cannot be written.
    pub async fn take_away(
        &mut self,
        group: &GroupId,
        case: Reference,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { file_id: case_id, .. } = file_ids_of(FileKind::Case, conn, group, case).await?;
        let at_ms = at.as_millis();
        let taken = sqlx::query!(r#"update "case" set taken_at_ms = ? where case_id = ?"#, at_ms, case_id);
        one_row(&taken.execute(conn).await.map_err(failed)?, "that a post was taken away was not written")
    }

    /// As [`Ledger::taken`], with what this transaction took away.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn taken(
        &mut self,
        group: &GroupId,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Taken>, LedgerError> {
        taken(&mut self.inner, group, after, until).await
    }

    /// As [`Ledger::peaks`].
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn peaks(
        &mut self,
        group: &GroupId,
        between: (Timestamp, Timestamp),
        per_member: u32,
    ) -> Result<Vec<u32>, LedgerError> {
        peaks(&mut self.inner, group, between, per_member).await
    }

    /// Records that a group's breaker trips.
    ///
    /// # Errors
    /// When it had tripped already, or the ledger cannot be written.
    pub async fn trip(&mut self, group: &GroupId, now: Timestamp) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let (group_id, now_ms) = (group_id(conn, group).await?, now.as_millis());
        let tripped = sqlx::query!(
            "insert into breaker (group_id, tripped_at_ms) values (?, ?)
             on conflict do update set tripped_at_ms = excluded.tripped_at_ms where tripped_at_ms is null",
            group_id,
            now_ms,
        );
        one_row(&tripped.execute(conn).await.map_err(failed)?, "a breaker had tripped already")
    }

    /// Records that somebody said that the filter may go on; whether it did not.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn reset_breaker(&mut self, group: &GroupId, now: Timestamp) -> Result<bool, LedgerError> {
        let conn = &mut *self.inner;
        let (group_id, now_ms) = (group_id(conn, group).await?, now.as_millis());
        let reset = sqlx::query!(
            "update breaker set tripped_at_ms = null, reset_at_ms = ?
             where group_id = ? and tripped_at_ms is not null",
            now_ms,
            group_id,
        );
        Ok(reset.execute(conn).await.map_err(failed)?.rows_affected() > 0)
    }
}
