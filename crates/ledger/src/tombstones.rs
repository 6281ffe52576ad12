//! Expulsions that outlive their files: no name and no reason, only a tag that the holder of `ledger.key` can make of an
//! account and compare. Without the key nobody can tell whom a row is about, nor can it shut anybody out: whoever keeps
//! a backup of the ledger keeps one of the key.

use policy::{GroupId, MemberId, Persons, Step, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed};
use crate::gone::{self, Gone};
use crate::ids::group_id;
use crate::people::links;
use crate::rows::{member, small};
use crate::vault::{Vault, hex};
use crate::{Ledger, Transaction};

const PURPOSE: &str = "tombstone";

/// An expulsion of which nothing else is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tombstone {
    /// Since when the account is shut out.
    pub since: Timestamp,
    /// When the Executive is to reaffirm or lift it.
    pub review_at: Timestamp,
}

/// Writes tombstones for every account of whom a file shuts out for good, if it is such a file.
pub(crate) async fn raise(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    file_id: i64,
    review_at: Timestamp,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let expulsion = Step::Expulsion.word();
    let row = sqlx::query!(
        r#"
        select s.group_id as "group_id!", s.platform as "platform!", s.since_ms as "since_ms!: i64",
            m.native_id as "member!"
        from sanction s join member m on m.member_id = s.member_id
        where s.sanction_id = ? and s.state = 'live' and s.step = ?
        "#,
        file_id,
        expulsion,
    );
    let Some(row) = row.fetch_optional(&mut *conn).await.map_err(failed)? else { return Ok(()) };
    let expelled = member(row.member)?;
    let links = links(conn, group).await?.into_iter().filter(|link| link.confirmed.is_some());
    let persons = Persons::linked(links.map(|link| link.accounts));
    for account in persons.accounts(&expelled) {
        let tag = vault.tag(PURPOSE, group, account);
        let (tag, review_at_ms) = (tag.as_slice(), review_at.as_millis());
        let inserted = sqlx::query!(
            "insert into tombstone (group_id, platform, tag, since_ms, review_at_ms) values (?, ?, ?, ?, ?)
             on conflict (group_id, tag) do nothing",
            row.group_id,
            row.platform,
            tag,
            row.since_ms,
            review_at_ms,
        );
        inserted.execute(&mut *conn).await.map_err(failed)?;
        let outlived = Gone::Outlived {
            group: group.as_str().to_owned(),
            platform: row.platform.clone(),
            tag: hex(tag),
            since_ms: row.since_ms,
            review_at_ms,
        };
        gone::record(conn, now, &outlived).await?;
    }
    Ok(())
}

async fn tombstone(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    account: &MemberId,
) -> Result<Option<Tombstone>, LedgerError> {
    let tag = vault.tag(PURPOSE, group, account);
    let (key, tag) = (group.as_str(), tag.as_slice());
    let row = sqlx::query!(
        r#"
        select t.since_ms as "since_ms!", t.review_at_ms as "review_at_ms!" from tombstone t
        join "group" g on g.group_id = t.group_id where g.key = ? and t.tag = ?
        "#,
        key,
        tag,
    );
    let row = row.fetch_optional(conn).await.map_err(failed)?;
    Ok(row.map(|row| Tombstone {
        since: Timestamp::from_millis(row.since_ms),
        review_at: Timestamp::from_millis(row.review_at_ms),
    }))
}

impl Ledger {
    /// The expulsion of an account that outlived its file, if there is one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn tombstone(
        &self,
        group: &GroupId,
        account: &MemberId,
    ) -> Result<Option<Tombstone>, LedgerError> {
        let mut conn = self.reader().await?;
        tombstone(&mut conn, &self.inner.vault, group, account).await
    }
}

impl Transaction {
    /// As [`Ledger::tombstone`], as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn tombstone(
        &mut self,
        group: &GroupId,
        account: &MemberId,
    ) -> Result<Option<Tombstone>, LedgerError> {
        let (conn, vault) = self.parts();
        tombstone(conn, vault, group, account).await
    }

    /// Takes the expulsion of an account away; whether there was one.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn lift_tombstone(
        &mut self,
        group: &GroupId,
        account: &MemberId,
        now: Timestamp,
    ) -> Result<bool, LedgerError> {
        let (conn, vault) = self.parts();
        let tag = vault.tag(PURPOSE, group, account);
        let group_id = group_id(conn, group).await?;
        let tag = tag.as_slice();
        let deleted = sqlx::query!("delete from tombstone where group_id = ? and tag = ?", group_id, tag);
        if deleted.execute(&mut *conn).await.map_err(failed)?.rows_affected() == 0 {
            return Ok(false);
        }
        let readmitted = Gone::Readmitted { group: group.as_str().to_owned(), tag: hex(tag) };
        gone::record(conn, now, &readmitted).await?;
        self.is_gone();
        Ok(true)
    }

    /// When the first of a group's tombstones is to be looked at.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn tombstone_review_at(&mut self, group: &GroupId) -> Result<Option<Timestamp>, LedgerError> {
        let key = group.as_str();
        let at_ms = sqlx::query_scalar!(
            r#"
            select min(t.review_at_ms) as "at_ms?: i64" from tombstone t
            join "group" g on g.group_id = t.group_id where g.key = ?
            "#,
            key,
        );
        Ok(at_ms.fetch_one(&mut *self.inner).await.map_err(failed)?.map(Timestamp::from_millis))
    }

    /// Has the tombstones that are due looked at again later; gives how many they are.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn review_tombstones(
        &mut self,
        group: &GroupId,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<u32, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let (now_ms, again_at_ms) = (now.as_millis(), again_at.as_millis());
        let updated = sqlx::query!(
            "update tombstone set review_at_ms = ? where group_id = ? and review_at_ms < ?",
            again_at_ms,
            group_id,
            now_ms,
        );
        let due = updated.execute(conn).await.map_err(failed)?.rows_affected();
        small(i64::try_from(due).unwrap_or(i64::MAX), "number of tombstones")
    }
}
