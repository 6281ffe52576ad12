//! How each group is heard, for that outlives a restart.

use policy::{Deafness, GroupId, Known, Outage, Reception, Timestamp};

use crate::error::{LedgerError, failed, one_row};
use crate::ids::group_id;
use crate::rows::group as group_key;
use crate::{Ledger, Transaction};

struct ReceptionRow {
    group: String,
    heard_at_ms: i64,
    told_at_ms: Option<i64>,
    since_ms: Option<i64>,
    was_away: Option<i64>,
    why: Option<String>,
    until_ms: Option<i64>,
    back_at_ms: Option<i64>,
    known: Option<String>,
}

impl ReceptionRow {
    fn read(self) -> Result<(GroupId, Reception), LedgerError> {
        let at = |ms: Option<i64>| ms.map(Timestamp::from_millis);
        let outage = match (at(self.since_ms), self.was_away, self.known) {
            (None, None, None) => None,
            (Some(since), Some(was_away), Some(word)) => Some(Outage {
                since,
                was_away: was_away != 0,
                why: self.why.as_deref().map(deafness).transpose()?,
                until: at(self.until_ms),
                back_at: at(self.back_at_ms),
                known: known(&word)?,
            }),
            _ => return Err(LedgerError::Inconsistent("an outage")),
        };
        let heard_at = Timestamp::from_millis(self.heard_at_ms);
        Ok((group_key(self.group)?, Reception { heard_at, told_at: at(self.told_at_ms), outage }))
    }
}

fn word(why: Deafness) -> &'static str {
    match why {
        Deafness::Unreachable => "unreachable",
        Deafness::Unstable => "unstable",
        Deafness::Exhausted => "exhausted",
        Deafness::Intents => "intents",
        Deafness::Token => "token",
        Deafness::Version => "version",
        Deafness::Refused => "refused",
        Deafness::Broken => "broken",
        Deafness::Silent => "silent",
    }
}

fn deafness(text: &str) -> Result<Deafness, LedgerError> {
    let why = Deafness::ALL.into_iter().find(|why| word(*why) == text);
    why.ok_or(LedgerError::Inconsistent("why a group is not heard"))
}

fn known(text: &str) -> Result<Known, LedgerError> {
    match text {
        "nothing" => Ok(Known::Nothing),
        "deaf" => Ok(Known::Deaf),
        "lasting" => Ok(Known::Lasting),
        _ => Err(LedgerError::Inconsistent("what officers know of an outage")),
    }
}

impl Ledger {
    /// How each group was heard last that was heard at all.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn receptions(&self) -> Result<Vec<(GroupId, Reception)>, LedgerError> {
        let mut conn = self.reader().await?;
        let rows = sqlx::query_as!(
            ReceptionRow,
            r#"
            select g.key as "group!", r.heard_at_ms as "heard_at_ms!", r.told_at_ms, r.since_ms, r.was_away, r.why,
                r.until_ms, r.back_at_ms, r.known
            from reception r join "group" g on g.group_id = r.group_id
            order by r.group_id
            "#
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(ReceptionRow::read).collect()
    }
}

impl Transaction {
    /// Records how a group is heard.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn set_reception(&mut self, group: &GroupId, reception: &Reception) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let outage = reception.outage;
        let ms = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
        let (heard_at_ms, told_at_ms) = (reception.heard_at.as_millis(), ms(reception.told_at));
        let since_ms = outage.map(|outage| outage.since.as_millis());
        let was_away = outage.map(|outage| i64::from(outage.was_away));
        let why = outage.and_then(|outage| outage.why).map(word);
        let until_ms = ms(outage.and_then(|outage| outage.until));
        let back_at_ms = ms(outage.and_then(|outage| outage.back_at));
        let known = outage.map(|outage| match outage.known {
            Known::Nothing => "nothing",
            Known::Deaf => "deaf",
            Known::Lasting => "lasting",
        });
        let written = sqlx::query!(
            "insert into reception
                 (group_id, heard_at_ms, told_at_ms, since_ms, was_away, why, until_ms, back_at_ms, known)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict do update set heard_at_ms = excluded.heard_at_ms, told_at_ms = excluded.told_at_ms,
                 since_ms = excluded.since_ms, was_away = excluded.was_away, why = excluded.why,
                 until_ms = excluded.until_ms, back_at_ms = excluded.back_at_ms, known = excluded.known",
            group_id,
            heard_at_ms,
            told_at_ms,
            since_ms,
            was_away,
            why,
            until_ms,
            back_at_ms,
            known,
        );
        one_row(&written.execute(conn).await.map_err(failed)?, "how a group is heard was not written")
    }
}
