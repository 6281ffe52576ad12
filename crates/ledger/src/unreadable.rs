//! Posts that could not be decrypted yet, and whose they are.

use policy::{ChannelId, GroupId, MemberId, PostId, Timestamp};

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{group_id, member_id};
use crate::rows::{group as group_key, member, small};
use crate::{Ledger, Transaction};

/// A post that could not be decrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it stands.
    pub channel: ChannelId,
    /// Who wrote it.
    pub from: MemberId,
    /// Which it is.
    pub post: PostId,
    /// When it was written.
    pub written_at: Timestamp,
}

impl Ledger {
    /// The posts of a group that could not be read yet, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn unread(&self, group: &GroupId) -> Result<Vec<(ChannelId, PostId)>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = sqlx::query!(
            r#"
            select u.channel as "channel!", u.post as "post!" from unreadable u
            join "group" g on g.group_id = u.group_id
            where g.key = ? order by u.unreadable_id
            "#,
            group,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok((channel(row.channel)?, post(row.post)?))).collect()
    }

    /// In which channels of a group whose posts have not been readable since `before`, and officers do not know it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn unread_untold(
        &self,
        group: &GroupId,
        before: Timestamp,
    ) -> Result<Vec<(ChannelId, MemberId)>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, before_ms) = (group.as_str(), before.as_millis());
        let rows = sqlx::query!(
            r#"
            select distinct u.channel as "channel!", m.native_id as "member!" from unreadable u
            join "group" g on g.group_id = u.group_id
            join member m on m.member_id = u.member_id
            where g.key = ? and u.at_ms <= ? and not exists (
                select 1 from unreadable_sender s
                where s.group_id = u.group_id and s.channel = u.channel and s.member_id = u.member_id
            )
            "#,
            group,
            before_ms,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok((channel(row.channel)?, member(row.member)?))).collect()
    }

    /// How many posts of a member could not be read yet.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn unread_of(&self, group: &GroupId, from: &MemberId) -> Result<u32, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, from) = (group.as_str(), from.as_str());
        let count = sqlx::query_scalar!(
            r#"
            select count(*) as "count!" from "group" g
            join member m on m.group_id = g.group_id
            join unreadable u on u.group_id = m.group_id and u.member_id = m.member_id
            where g.key = ? and m.native_id = ?
            "#,
            group,
            from,
        );
        small(count.fetch_one(&mut *conn).await.map_err(failed)?, "number of posts")
    }

    /// Whether this post is one of those that could not be read yet.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn is_unread(&self, group: &GroupId, post: &PostId) -> Result<bool, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, post) = (group.as_str(), post.as_str());
        let unread = sqlx::query_scalar!(
            r#"
            select exists (
                select 1 from unreadable u join "group" g on g.group_id = u.group_id
                where g.key = ? and u.post = ?
            ) as "unread!: bool"
            "#,
            group,
            post,
        );
        unread.fetch_one(&mut *conn).await.map_err(failed)
    }

    /// The groups in which there are posts that could not be read yet.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn groups_with_unread(&self) -> Result<Vec<GroupId>, LedgerError> {
        let mut conn = self.reader().await?;
        let keys = sqlx::query_scalar!(
            r#"
            select g.key as "key!" from "group" g
            where exists (select 1 from unreadable u where u.group_id = g.group_id)
            "#
        );
        keys.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(group_key).collect()
    }

    /// Whose posts in which channel cannot be read, by the number under which officers were told; nothing once that has
    /// had its time.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn unreadable_sender(
        &self,
        group: &GroupId,
        number: u32,
    ) -> Result<Option<(ChannelId, MemberId)>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let row = sqlx::query!(
            r#"
            select s.channel as "channel!", m.native_id as "member!" from unreadable_sender s
            join "group" g on g.group_id = s.group_id
            join member m on m.member_id = s.member_id
            where g.key = ? and s.sender_id = ?
            "#,
            group,
            number,
        );
        let row = row.fetch_optional(&mut *conn).await.map_err(failed)?;
        row.map(|row| Ok((channel(row.channel)?, member(row.member)?))).transpose()
    }
}

impl Transaction {
    /// Records a post that could not be read. Recorded again, it changes nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn keep_unreadable(
        &mut self,
        group: &GroupId,
        unreadable: &Unreadable,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let member_id = member_id(conn, group_id, &unreadable.from).await?;
        let (channel, post) = (unreadable.channel.as_str(), unreadable.post.as_str());
        let (written_at_ms, at_ms) = (unreadable.written_at.as_millis(), now.as_millis());
        let kept = sqlx::query!(
            "insert into unreadable (group_id, channel, member_id, post, written_at_ms, at_ms)
             values (?, ?, ?, ?, ?, ?) on conflict do nothing",
            group_id,
            channel,
            member_id,
            post,
            written_at_ms,
            at_ms,
        );
        kept.execute(conn).await.map_err(failed)?;
        Ok(())
    }

    /// Records that officers are told whose posts in a channel cannot be read. Gives the number under which they are; none
    /// when they were told before.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn tell_unreadable(
        &mut self,
        group: &GroupId,
        channel: &ChannelId,
        from: &MemberId,
        now: Timestamp,
    ) -> Result<Option<u32>, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let member_id = member_id(conn, group_id, from).await?;
        let (channel, at_ms) = (channel.as_str(), now.as_millis());
        let sender = sqlx::query!(
            "insert into unreadable_sender (group_id, channel, member_id, told_at_ms)
             values (?, ?, ?, ?) on conflict do nothing",
            group_id,
            channel,
            member_id,
            at_ms,
        );
        let sender = sender.execute(conn).await.map_err(failed)?;
        if sender.rows_affected() == 0 {
            return Ok(None);
        }
        one_row(&sender, "a sender was not written")?;
        small(sender.last_insert_rowid(), "number of a sender").map(Some)
    }

    /// Takes a post from those that could not be read, because it could be.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn read_at_last(&mut self, group: &GroupId, post: &PostId) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let (group_id, post) = (group_id(conn, group).await?, post.as_str());
        let deleted = sqlx::query!("delete from unreadable where group_id = ? and post = ?", group_id, post);
        deleted.execute(conn).await.map_err(failed)?;
        Ok(())
    }
}

pub(crate) fn channel(id: String) -> Result<ChannelId, LedgerError> {
    ChannelId::new(id).ok_or(LedgerError::Inconsistent("channel"))
}

fn post(id: String) -> Result<PostId, LedgerError> {
    PostId::new(id).ok_or(LedgerError::Inconsistent("post"))
}
