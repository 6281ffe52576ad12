//! People's words in the table `sealed`: kept, read, and erased by destroying the key of their case.

use policy::{Actor, Event, GroupId, Reference, State, Timestamp};
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use crate::Ledger;
use crate::error::{LedgerError, failed, one_row};
use crate::events::note;
use crate::ids::{CaseIds, case_ids};
use crate::vault::{CaseKey, Vault};

impl Ledger {
    /// Destroys the key of a case and all its sealed words, so that they are nowhere in the files, nor can be read in
    /// a copy of them, provided that the case is still in a state that allows it. Done again, it does nothing. What is
    /// not words stays: the case, its events, its notices.
    ///
    /// # Errors
    /// When there is no such case, or the ledger cannot be written. [`LedgerError::Lingering`] when it was done, but
    /// the write-ahead log could not be emptied.
    pub async fn erase(
        &self,
        group: &GroupId,
        case: Reference,
        allowed_in: impl Fn(State) -> bool,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        // Looked at again under the lock: the case may have been taken up since.
        let state = transaction.case(group, case).await?.ok_or(LedgerError::NoSuchCase(case))?.state;
        if !allowed_in(state) {
            return Ok(());
        }
        let (conn, _) = transaction.parts();
        let ids = case_ids(conn, group, case).await?;
        let words = sqlx::query!("delete from sealed where case_id = ?", ids.case_id);
        words.execute(&mut *conn).await.map_err(failed)?;
        let key = sqlx::query!("delete from case_key where case_id = ?", ids.case_id);
        if key.execute(&mut *conn).await.map_err(failed)?.rows_affected() > 0 {
            note(conn, ids, &Actor::Bot, Event::TextErased, now).await?;
        }
        transaction.commit().await?;
        self.checkpoint().await
    }
}

/// Seals a text under the key of its case; the case gets one when it has none.
#[expect(clippy::too_many_arguments, reason = "a row and its context, called in four places")]
pub(crate) async fn keep(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    case: Reference,
    ids: CaseIds,
    kind: &'static str,
    notice_id: Option<i64>,
    at_ms: i64,
    text: &[u8],
) -> Result<(), LedgerError> {
    let key = key(conn, vault, group, case, ids).await?;
    let sealed = key.seal(kind, at_ms, text)?;
    let inserted = sqlx::query!(
        "insert into sealed (case_id, kind, notice_id, at_ms, sealed) values (?, ?, ?, ?, ?)",
        ids.case_id,
        kind,
        notice_id,
        at_ms,
        sealed,
    );
    one_row(&inserted.execute(conn).await.map_err(failed)?, "a sealed text was not written")
}

async fn key(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    case: Reference,
    CaseIds { group_id, case_id }: CaseIds,
) -> Result<CaseKey, LedgerError> {
    let known = sqlx::query_scalar!("select wrapped from case_key where case_id = ?", case_id);
    if let Some(wrapped) = known.fetch_optional(&mut *conn).await.map_err(failed)? {
        return vault.unwrap(&wrapped, group, case);
    }
    let (key, wrapped) = vault.new_key(group, case)?;
    let inserted = sqlx::query!(
        "insert into case_key (case_id, group_id, wrapped) values (?, ?, ?)",
        case_id,
        group_id,
        wrapped,
    );
    one_row(&inserted.execute(conn).await.map_err(failed)?, "a case key was not written")?;
    Ok(key)
}

/// The texts of one kind a case has, oldest first, each with its time; none once they are erased.
pub(crate) async fn read(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    case: Reference,
    kind: &'static str,
) -> Result<Vec<(Timestamp, Zeroizing<Vec<u8>>)>, LedgerError> {
    let (key, number) = (group.as_str(), case.number());
    let rows = sqlx::query!(
        r#"
        select s.at_ms as "at_ms!", s.sealed as "sealed!", k.wrapped as "wrapped!"
        from sealed s
        join case_key k on k.case_id = s.case_id
        join "case" c on c.case_id = s.case_id
        join "group" g on g.group_id = c.group_id
        where g.key = ? and c.number = ? and s.kind = ?
        order by s.sealed_id
        "#,
        key,
        number,
        kind,
    );
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(|row| {
        let key = vault.unwrap(&row.wrapped, group, case)?;
        let text = key.open(kind, row.at_ms, &row.sealed).ok_or(LedgerError::Unreadable(case))?;
        Ok((Timestamp::from_millis(row.at_ms), text))
    });
    rows.collect()
}
