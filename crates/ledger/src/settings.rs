//! What a group's officers have settled while the bot runs, and how far each channel has been read.

use policy::{ChannelId, Charter, GroupId, MemberId, Mode, Policy, Timestamp};
use sqlx::{Connection, SqliteConnection};

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{group_id, member_id};
use crate::own_words::{OwnWords, own_words};
use crate::rows::word;
use crate::{Ledger, Transaction};

/// What a group has settled; the configuration has the rest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Whether the bot acts, if that was settled.
    pub mode: Option<Mode>,
    /// What becomes of which words, if that was settled.
    pub policy: Option<Policy>,
    /// The group's own list of words.
    pub words: OwnWords,
    /// Rises with each change; 0 before the first.
    pub version: i64,
}

impl Settings {
    /// Whether the bot acts in a group, and what becomes of which words there: what was settled goes over what the
    /// configuration says.
    pub fn over<'a>(&'a self, charter: &'a Charter) -> (Mode, &'a Policy) {
        (self.mode.unwrap_or(charter.mode), self.policy.as_ref().unwrap_or(&charter.policy))
    }
}

/// What the group has settled; nothing for one of which nothing was ever recorded.
pub(crate) async fn settings_of(
    conn: &mut SqliteConnection,
    group: &GroupId,
) -> Result<Option<Settings>, LedgerError> {
    // One view of the ledger for all that is read.
    let mut view = conn.begin().await.map_err(failed)?;
    settings(&mut view, group).await
}

async fn settings(conn: &mut SqliteConnection, group: &GroupId) -> Result<Option<Settings>, LedgerError> {
    let key = group.as_str();
    let found = sqlx::query!(
        r#"
        select g.group_id as "group_id!", g.settings_version as "version!",
            (select mode from setting s where s.group_id = g.group_id and mode is not null
             order by setting_id desc limit 1) as "mode?: String",
            (select policy from setting s where s.group_id = g.group_id and policy is not null
             order by setting_id desc limit 1) as "policy?: String"
        from "group" g where g.key = ?
        "#,
        key,
    );
    let Some(found) = found.fetch_optional(&mut *conn).await.map_err(failed)? else {
        return Ok(None);
    };
    let policy = found.policy.map(|policy| {
        serde_json::from_str(&policy).map_err(|_| LedgerError::Inconsistent("policy of a group"))
    });
    Ok(Some(Settings {
        mode: found.mode.map(|mode| word(&mode, "mode")).transpose()?,
        policy: policy.transpose()?,
        words: own_words(conn, found.group_id).await?,
        version: found.version,
    }))
}

impl Ledger {
    /// What the group has settled; nothing for one that has not.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn settings(&self, group: &GroupId) -> Result<Settings, LedgerError> {
        let mut conn = self.reader().await?;
        Ok(settings_of(&mut conn, group).await?.unwrap_or_default())
    }

    /// How far each channel of the group has been read, in order of channel.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn positions(&self, group: &GroupId) -> Result<Vec<(ChannelId, String)>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = sqlx::query!(
            r#"
            select p.channel as "channel!", p.position as "position!" from position p
            join "group" g on g.group_id = p.group_id
            where g.key = ? order by p.channel
            "#,
            group,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(|row| {
            Ok((ChannelId::new(row.channel).ok_or(LedgerError::Inconsistent("channel"))?, row.position))
        });
        rows.collect()
    }
}

impl Transaction {
    /// What the group has settled, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn settings(&mut self, group: &GroupId) -> Result<Settings, LedgerError> {
        Ok(self::settings(&mut self.inner, group).await?.unwrap_or_default())
    }

    /// Records how far a channel has been read.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn save_position(
        &mut self,
        group: &GroupId,
        channel: &ChannelId,
        position: &str,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let channel = channel.as_str();
        let saved = sqlx::query!(
            "insert into position (group_id, channel, position) values (?, ?, ?)
             on conflict do update set position = excluded.position",
            group_id,
            channel,
            position,
        );
        one_row(&saved.execute(conn).await.map_err(failed)?, "a position was not written")
    }

    /// Settles whether the bot acts.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn set_mode(
        &mut self,
        group: &GroupId,
        mode: Mode,
        by: &MemberId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        self.set(group, Some(mode.word()), None, by, now).await
    }

    /// Settles what becomes of which words.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn set_policy(
        &mut self,
        group: &GroupId,
        policy: &Policy,
        by: &MemberId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let policy = serde_json::to_string(policy)
            .map_err(|_| LedgerError::Inconsistent("a policy that is no JSON"))?;
        self.set(group, None, Some(&policy), by, now).await
    }

    async fn set(
        &mut self,
        group: &GroupId,
        mode: Option<&str>,
        policy: Option<&str>,
        by: &MemberId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let (group_id, by_id) = changed(conn, group, by).await?;
        let at_ms = now.as_millis();
        let inserted = sqlx::query!(
            "insert into setting (group_id, at_ms, by_id, mode, policy) values (?, ?, ?, ?, ?)",
            group_id,
            at_ms,
            by_id,
            mode,
            policy,
        );
        one_row(&inserted.execute(conn).await.map_err(failed)?, "a setting was not written")
    }
}

/// Raises the version of the group's settings, and gives our numbers for the group and for who changed them.
pub(crate) async fn changed(
    conn: &mut SqliteConnection,
    group: &GroupId,
    by: &MemberId,
) -> Result<(i64, i64), LedgerError> {
    let group_id = group_id(conn, group).await?;
    let by_id = member_id(conn, group_id, by).await?;
    let updated = sqlx::query!(
        r#"update "group" set settings_version = settings_version + 1 where group_id = ?"#,
        group_id,
    );
    one_row(&updated.execute(conn).await.map_err(failed)?, "a group was not there")?;
    Ok((group_id, by_id))
}
