//! Interim measures: members who cannot post for some hours.

use policy::{GroupId, MemberId, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::ids::{FileIds, file_ids, group_id, member_id};
use crate::rows::{member, reference};
use crate::{Ledger, Transaction};

/// That a member cannot post for some hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// Who decided it.
    pub by: MemberId,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// When it was ended, by the clock or before.
    pub ended_at: Option<Timestamp>,
}

async fn last_mute(
    conn: &mut SqliteConnection,
    group: &GroupId,
    muted: &MemberId,
) -> Result<Option<Mute>, LedgerError> {
    let (group, muted) = (group.as_str(), muted.as_str());
    let row = sqlx::query!(
        r#"
        select officer.native_id as "by!", u.at_ms as "at_ms!", u.until_ms as "until_ms!", u.ended_at_ms as "ended_at_ms?"
        from mute u
        join member_file f on f.file_id = u.file_id
        join member subject on subject.group_id = u.group_id and subject.member_id = f.member_id
        join "group" g on g.group_id = u.group_id
        join member officer on officer.member_id = u.by_id
        where g.key = ? and subject.native_id = ?
        order by u.mute_id desc limit 1
        "#,
        group,
        muted,
    );
    let row = row.fetch_optional(conn).await.map_err(failed)?;
    let mute = row.map(|row| {
        Ok(Mute {
            by: member(row.by)?,
            at: Timestamp::from_millis(row.at_ms),
            until: Timestamp::from_millis(row.until_ms),
            ended_at: row.ended_at_ms.map(Timestamp::from_millis),
        })
    });
    mute.transpose()
}

impl Ledger {
    /// The last mute of a member, over or not.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn last_mute(&self, group: &GroupId, member: &MemberId) -> Result<Option<Mute>, LedgerError> {
        let mut conn = self.reader().await?;
        self::last_mute(&mut conn, group, member).await
    }

    /// Everybody who is kept from posting at that time, with the file it is in.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn muted(
        &self,
        group: &GroupId,
        now: Timestamp,
    ) -> Result<Vec<(MemberId, Reference)>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, now) = (group.as_str(), now.as_millis());
        let rows = sqlx::query!(
            r#"
            select subject.native_id as "member!", f.number as "number!"
            from mute u
            join "group" g on g.group_id = u.group_id
            join member_file o on o.file_id = u.file_id
            join member subject on subject.member_id = o.member_id
            join file f on f.file_id = u.file_id
            where g.key = ? and u.ended_at_ms is null and u.until_ms > ?
            order by u.mute_id
            "#,
            group,
            now,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter();
        rows.map(|row| Ok((member(row.member)?, reference(row.number)?))).collect()
    }
}

impl Transaction {
    /// The last mute of a member, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn last_mute(
        &mut self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Option<Mute>, LedgerError> {
        self::last_mute(&mut self.inner, group, member).await
    }

    /// Records a mute in the member's own file.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when the member is muted already; or when the ledger cannot be written.
    pub async fn mute(&mut self, group: &GroupId, muted: &MemberId, mute: &Mute) -> Result<(), LedgerError> {
        let file = self.member_file(group, muted, mute.at).await?;
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let FileIds { file_id, .. } = file_ids(conn, group, file).await?;
        let by_id = member_id(conn, group_id, &mute.by).await?;
        let (at_ms, until_ms) = (mute.at.as_millis(), mute.until.as_millis());
        let inserted = sqlx::query!(
            "insert into mute (group_id, file_id, by_id, at_ms, until_ms) values (?, ?, ?, ?, ?)",
            group_id,
            file_id,
            by_id,
            at_ms,
            until_ms,
        );
        let inserted = inserted.execute(conn).await.map_err(duplicate("a mute of this member"))?;
        one_row(&inserted, "a mute was not written")
    }

    /// Records that a member's mute is over.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when they are not muted; or when the ledger cannot be written.
    pub async fn end_mute(
        &mut self,
        group: &GroupId,
        muted: &MemberId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (group, muted, now) = (group.as_str(), muted.as_str(), now.as_millis());
        let updated = sqlx::query!(
            r#"
            update mute set ended_at_ms = ? where ended_at_ms is null and file_id = (
                select f.file_id from member_file f
                join member m on m.member_id = f.member_id
                join "group" g on g.group_id = m.group_id
                where g.key = ? and m.native_id = ?
            )
            "#,
            now,
            group,
            muted,
        );
        let updated = updated.execute(&mut *self.inner).await.map_err(failed)?;
        one_row(&updated, "there was no mute to end")
    }
}
