//! Strikes: at most one a case, which the schema sees to.

use policy::{GroupId, MemberId, Reference, Strike, Voided};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::files::FileKind;
use crate::ids::{FileIds, file_ids_of, member_id_if};
use crate::rows::{StrikeRow, actor_columns};
use crate::{Ledger, Transaction};

async fn strikes(
    conn: &mut SqliteConnection,
    group: &GroupId,
    author: &MemberId,
) -> Result<Vec<(Reference, Strike)>, LedgerError> {
    let (group, author) = (group.as_str(), author.as_str());
    let rows = sqlx::query_as!(
        StrikeRow,
        r#"
        select f.number as "number!", s.conduct_at_ms as "conduct_at_ms!", s.voided_at_ms as "voided_at_ms?",
            s.voided_by as "voided_by?", voider.native_id as "voider?"
        from strike s
        join "case" c on c.case_id = s.case_id
        join file f on f.file_id = s.case_id
        join "group" g on g.group_id = c.group_id
        join member author on author.group_id = c.group_id and author.member_id = c.author_id
        left join member voider on voider.member_id = s.voider_id
        where g.key = ? and author.native_id = ?
        order by s.conduct_at_ms, s.case_id
        "#,
        group,
        author,
    );
    rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(TryInto::try_into).collect()
}

impl Ledger {
    /// All strikes of a member, voided and spent ones too, in the order of the posts.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn strikes(
        &self,
        group: &GroupId,
        author: &MemberId,
    ) -> Result<Vec<(Reference, Strike)>, LedgerError> {
        let mut conn = self.reader().await?;
        self::strikes(&mut conn, group, author).await
    }
}

impl Transaction {
    /// All strikes of a member, as this transaction has them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn strikes(
        &mut self,
        group: &GroupId,
        author: &MemberId,
    ) -> Result<Vec<(Reference, Strike)>, LedgerError> {
        self::strikes(&mut self.inner, group, author).await
    }

    /// Gives the author of a case's post a strike.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when the case has one already, voided or not; when there is no such file, it is no case, or the
    /// ledger cannot be written.
    pub async fn give_strike(
        &mut self,
        group: &GroupId,
        case: Reference,
        strike: &Strike,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let ids = file_ids_of(FileKind::Case, conn, group, case).await?;
        let FileIds { group_id, file_id: case_id } = ids;
        let conduct_at_ms = strike.conduct_at.as_millis();
        let inserted = sqlx::query!(
            "insert into strike (case_id, group_id, conduct_at_ms) values (?, ?, ?)",
            case_id,
            group_id,
            conduct_at_ms,
        );
        let inserted = inserted.execute(conn).await.map_err(duplicate("a strike for this case"))?;
        one_row(&inserted, "a strike was not written")?;
        match &strike.voided {
            Some(voided) => self.void_strike(group, case, voided).await,
            None => Ok(()),
        }
    }

    /// Has the strike of a case no longer count. It stays in the record.
    ///
    /// # Errors
    /// When there is no such file, it is no case, or has no strike that counts, or the ledger cannot be written.
    pub async fn void_strike(
        &mut self,
        group: &GroupId,
        case: Reference,
        voided: &Voided,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let ids = file_ids_of(FileKind::Case, conn, group, case).await?;
        let FileIds { group_id, file_id: case_id } = ids;
        let at_ms = voided.at.as_millis();
        let (by, voider) = actor_columns(&voided.by);
        let voider_id = member_id_if(conn, group_id, voider).await?;
        let updated = sqlx::query!(
            "update strike set voided_at_ms = ?, voided_by = ?, voider_id = ?
             where case_id = ? and voided_at_ms is null",
            at_ms,
            by,
            voider_id,
            case_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "no strike that counts was there to void")
    }
}
