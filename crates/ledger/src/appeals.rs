//! Appeals, and the words officers and members give with what they do.

use policy::{Appeal, AppealState, Case, GroupId, MessageText, Reference, Timestamp};
use sqlx::{Connection, SqliteConnection};

use crate::cases::case;
use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::ids::{CaseIds, case_ids, member_id_if};
use crate::rows::{AppealRow, appeal_columns, reference};
use crate::{Ledger, Transaction, words};

/// Whose words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordsKind {
    /// An officer's reason.
    Reason,
    /// A member's appeal.
    Appeal,
}

impl WordsKind {
    fn word(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Appeal => "appeal",
        }
    }
}

/// Words that are kept sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedWords {
    /// When they were given.
    pub at: Timestamp,
    /// What they say.
    pub words: MessageText,
}

/// The words of an opened seal.
pub(crate) fn text(case: Reference, bytes: &[u8]) -> Result<MessageText, LedgerError> {
    std::str::from_utf8(bytes).map(MessageText::new).map_err(|_| LedgerError::Unreadable(case))
}

async fn appeal(
    conn: &mut SqliteConnection,
    group: &GroupId,
    case: Reference,
) -> Result<Option<Appeal>, LedgerError> {
    let (group, number) = (group.as_str(), case.number());
    let row = sqlx::query_as!(
        AppealRow,
        r#"
        select a.lodged_at_ms as "lodged_at_ms!", a.state as "state!", a.state_at_ms as "state_at_ms?",
            decider.native_id as "decider?"
        from appeal a
        join "case" c on c.case_id = a.case_id
        join "group" g on g.group_id = c.group_id
        left join member decider on decider.member_id = a.decider_id
        where g.key = ? and c.number = ?
        order by a.appeal_id desc limit 1
        "#,
        group,
        number,
    );
    row.fetch_optional(conn).await.map_err(failed)?.map(Appeal::try_from).transpose()
}

impl Ledger {
    /// The latest appeal against a case.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn appeal(&self, group: &GroupId, case: Reference) -> Result<Option<Appeal>, LedgerError> {
        let mut conn = self.reader().await?;
        self::appeal(&mut conn, group, case).await
    }

    /// The appeals that wait for a moderator or the Executive, oldest first, each with its case.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn open_appeals(
        &self,
        group: &GroupId,
        limit: u32,
    ) -> Result<Vec<(Case, Appeal)>, LedgerError> {
        let mut conn = self.reader().await?;
        // One view of the ledger for all that is read.
        let mut view = conn.begin().await.map_err(failed)?;
        let key = group.as_str();
        let rows = sqlx::query!(
            r#"
            select c.number as "number!", a.lodged_at_ms as "lodged_at_ms!", a.state as "state!",
                a.state_at_ms as "state_at_ms?", decider.native_id as "decider?"
            from appeal a
            join "case" c on c.case_id = a.case_id
            join "group" g on g.group_id = c.group_id
            left join member decider on decider.member_id = a.decider_id
            where g.key = ? and a.state in ('lodged', 'executive')
            order by a.appeal_id limit ?
            "#,
            key,
            limit,
        );
        let mut appeals = Vec::new();
        for row in rows.fetch_all(&mut *view).await.map_err(failed)? {
            let reference = reference(row.number)?;
            let case = case(&mut view, group, reference).await?.ok_or(LedgerError::NoSuchCase(reference))?;
            let appeal = AppealRow {
                lodged_at_ms: row.lodged_at_ms,
                state: row.state,
                state_at_ms: row.state_at_ms,
                decider: row.decider,
            };
            appeals.push((case, appeal.try_into()?));
        }
        Ok(appeals)
    }

    /// Words given about a case, oldest first; none once they are erased. The reason that goes with a notice is kept
    /// with the notice.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the words do not open.
    pub async fn words(
        &self,
        group: &GroupId,
        case: Reference,
        kind: WordsKind,
    ) -> Result<Vec<SealedWords>, LedgerError> {
        let mut conn = self.reader().await?;
        let texts = words::read(&mut conn, &self.inner.vault, group, case, kind.word()).await?;
        texts.into_iter().map(|(at, bytes)| Ok(SealedWords { at, words: text(case, &bytes)? })).collect()
    }
}

impl Transaction {
    /// The latest appeal against a case, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn appeal(&mut self, group: &GroupId, case: Reference) -> Result<Option<Appeal>, LedgerError> {
        self::appeal(&mut self.inner, group, case).await
    }

    /// Records an appeal and seals its words.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when one waits for a decision already; when there is no such case, or the ledger
    /// cannot be written.
    pub async fn lodge_appeal(
        &mut self,
        group: &GroupId,
        case: Reference,
        appeal: &Appeal,
        words: &MessageText,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let CaseIds { group_id, case_id } = case_ids(conn, group, case).await?;
        let lodged_at_ms = appeal.lodged_at.as_millis();
        let (state, state_at_ms, decider) = appeal_columns(&appeal.state);
        let decider_id = member_id_if(conn, group_id, decider).await?;
        let inserted = sqlx::query!(
            "insert into appeal (group_id, case_id, lodged_at_ms, state, state_at_ms, decider_id)
             values (?, ?, ?, ?, ?, ?)",
            group_id,
            case_id,
            lodged_at_ms,
            state,
            state_at_ms,
            decider_id,
        );
        let inserted = inserted.execute(conn).await.map_err(duplicate("an appeal against this case"))?;
        one_row(&inserted, "an appeal was not written")?;
        self.keep_words(group, case, WordsKind::Appeal, words, appeal.lodged_at).await
    }

    /// Records where the latest appeal against a case stands now.
    ///
    /// # Errors
    /// When there is no such case or appeal, or the ledger cannot be written.
    pub async fn set_appeal(
        &mut self,
        group: &GroupId,
        case: Reference,
        state: &AppealState,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let CaseIds { group_id, case_id } = case_ids(conn, group, case).await?;
        let (state, state_at_ms, decider) = appeal_columns(state);
        let decider_id = member_id_if(conn, group_id, decider).await?;
        let updated = sqlx::query!(
            "update appeal set state = ?, state_at_ms = ?, decider_id = ?
             where appeal_id = (select max(appeal_id) from appeal where case_id = ?)",
            state,
            state_at_ms,
            decider_id,
            case_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "no appeal was there to decide")
    }

    /// Seals words given about a case.
    ///
    /// # Errors
    /// When there is no such case, or the ledger cannot be written.
    pub async fn keep_words(
        &mut self,
        group: &GroupId,
        case: Reference,
        kind: WordsKind,
        words: &MessageText,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (conn, vault) = self.parts();
        let ids = case_ids(conn, group, case).await?;
        let text = words.expose().as_bytes();
        words::keep(conn, vault, group, case, ids, kind.word(), None, now.as_millis(), text).await
    }
}
