//! What the bot cannot do in which channel, because it may not.

use std::collections::BTreeSet;

use policy::{ChannelId, GroupId, Limit, MemberId, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{group_id, member_id_if};
use crate::rows::{member, small};
use crate::unreadable::channel;
use crate::{Ledger, Transaction};

/// That something else stands in the bot's way now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LimitsChange {
    /// Its number in the group.
    pub number: u32,
    /// Whether there is something that was not there before.
    pub came: bool,
    /// Whether there was something that is gone.
    pub went: bool,
}

struct LimitRow {
    channel: String,
    what: String,
    member: Option<String>,
}

impl LimitRow {
    fn read(self) -> Result<(ChannelId, Limit), LedgerError> {
        let limit = match (self.what.as_str(), self.member) {
            ("enter", None) => Limit::Enter,
            ("read", None) => Limit::Read,
            ("remove", None) => Limit::Remove,
            ("rename", None) => Limit::Rename,
            ("write", None) => Limit::Write,
            ("exclude", None) => Limit::Exclude,
            ("mute", None) => Limit::Mute,
            ("invite", None) => Limit::Invite,
            ("watch", None) => Limit::Watch,
            ("outranked", Some(id)) => Limit::Outranked(member(id)?),
            _ => return Err(LedgerError::Inconsistent("limit")),
        };
        Ok((channel(self.channel)?, limit))
    }
}

fn columns(limit: &Limit) -> (&'static str, Option<&MemberId>) {
    match limit {
        Limit::Enter => ("enter", None),
        Limit::Read => ("read", None),
        Limit::Remove => ("remove", None),
        Limit::Rename => ("rename", None),
        Limit::Write => ("write", None),
        Limit::Exclude => ("exclude", None),
        Limit::Mute => ("mute", None),
        Limit::Invite => ("invite", None),
        Limit::Watch => ("watch", None),
        Limit::Outranked(member) => ("outranked", Some(member)),
    }
}

/// Asks for limits; what follows is up to the caller.
macro_rules! limits {
    ($tail:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            LimitRow,
            r#"
            select l.channel as "channel!", l.what as "what!", m.native_id as "member?" from channel_limit l
            join "group" g on g.group_id = l.group_id
            left join member m on m.member_id = l.member_id
            "# + $tail,
            $($argument),+
        )
    };
}

impl Ledger {
    /// What the bot could no longer do since a change, in the order in which it matters.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn limits_that_came(
        &self,
        group: &GroupId,
        change: u32,
    ) -> Result<Vec<(ChannelId, Limit)>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = limits!("where g.key = ? and l.came = ? order by l.limit_id", group, change);
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(LimitRow::read).collect()
    }

    /// What the bot could do again since a change.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn limits_that_went(
        &self,
        group: &GroupId,
        change: u32,
    ) -> Result<Vec<(ChannelId, Limit)>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = limits!("where g.key = ? and l.went = ? order by l.limit_id", group, change);
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(LimitRow::read).collect()
    }
}

impl Transaction {
    /// Records all that the bot cannot do in a channel as things stand; nothing when that is known.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn set_limits(
        &mut self,
        group: &GroupId,
        channel: &ChannelId,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<LimitsChange>, LedgerError> {
        let conn = &mut *self.inner;
        let wanted: BTreeSet<_> = limits.iter().cloned().collect();
        let standing = standing(conn, group, channel).await?;
        let came: Vec<_> = wanted.difference(&standing).collect();
        let went: Vec<_> = standing.difference(&wanted).collect();
        if came.is_empty() && went.is_empty() {
            return Ok(None);
        }
        let group_id = group_id(conn, group).await?;
        let number = next_number(conn, group_id).await?;
        for limit in &came {
            come(conn, group_id, (channel, limit), number).await?;
        }
        for limit in &went {
            go(conn, group_id, (channel, limit), number, now).await?;
        }
        Ok(Some(LimitsChange { number, came: !came.is_empty(), went: !went.is_empty() }))
    }
}

async fn standing(
    conn: &mut SqliteConnection,
    group: &GroupId,
    channel: &ChannelId,
) -> Result<BTreeSet<Limit>, LedgerError> {
    let (group, channel) = (group.as_str(), channel.as_str());
    let rows = limits!("where g.key = ? and l.channel = ? and l.went is null", group, channel);
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter();
    rows.map(|row| row.read().map(|(_, limit)| limit)).collect()
}

async fn next_number(conn: &mut SqliteConnection, group_id: i64) -> Result<u32, LedgerError> {
    let number = sqlx::query_scalar!(
        r#"update "group" set limits_number = limits_number + 1 where group_id = ? returning limits_number"#,
        group_id,
    );
    small(number.fetch_one(conn).await.map_err(failed)?, "number of a change")
}

async fn come(
    conn: &mut SqliteConnection,
    group_id: i64,
    (channel, limit): (&ChannelId, &Limit),
    number: u32,
) -> Result<(), LedgerError> {
    let (what, member) = columns(limit);
    let (channel, member_id) = (channel.as_str(), member_id_if(conn, group_id, member).await?);
    let inserted = sqlx::query!(
        "insert into channel_limit (group_id, channel, what, member_id, came) values (?, ?, ?, ?, ?)",
        group_id,
        channel,
        what,
        member_id,
        number,
    );
    one_row(&inserted.execute(conn).await.map_err(failed)?, "a limit was not written")
}

async fn go(
    conn: &mut SqliteConnection,
    group_id: i64,
    (channel, limit): (&ChannelId, &Limit),
    number: u32,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let (what, member) = columns(limit);
    let (channel, at_ms) = (channel.as_str(), now.as_millis());
    let member_id = member_id_if(conn, group_id, member).await?;
    let updated = sqlx::query!(
        "update channel_limit set went = ?, went_at_ms = ?
         where group_id = ? and channel = ? and what = ? and member_id is ? and went is null",
        number,
        at_ms,
        group_id,
        channel,
        what,
        member_id,
    );
    one_row(&updated.execute(conn).await.map_err(failed)?, "a limit was not there")
}
