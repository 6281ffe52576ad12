//! Appeals, and the words officers and members give with what they do.

use policy::{Appeal, AppealState, GroupId, MessageText, Reference, Timestamp};
use sqlx::{Connection, SqliteConnection};

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::files::{File, file};
use crate::ids::{FileIds, file_ids, member_id_if};
use crate::rows::{AppealRow, appeal_columns, reference};
use crate::{Ledger, Transaction, words};

/// Whose words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordsKind {
    /// An officer's reason.
    Reason,
    /// A member's appeal.
    Appeal,
    /// A member's side of what a sanction is proposed for.
    Side,
    /// What a member reported.
    Report,
    /// How a notice was served by hand.
    Service,
    /// Why a file is held.
    Hold,
    /// What a member asks about what is kept: to erase it, or to correct it.
    Request,
    /// An officer's correction, which stands beside what it corrects.
    Correction,
}

impl WordsKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: &[Self] = &[
        Self::Reason,
        Self::Side,
        Self::Appeal,
        Self::Report,
        Self::Service,
        Self::Hold,
        Self::Request,
        Self::Correction,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Appeal => "appeal",
            Self::Side => "side",
            Self::Report => "report",
            Self::Service => "service",
            Self::Hold => "hold",
            Self::Request => "request",
            Self::Correction => "correction",
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
pub(crate) fn text(file: Reference, bytes: &[u8]) -> Result<MessageText, LedgerError> {
    std::str::from_utf8(bytes).map(MessageText::new).map_err(|_| LedgerError::Unreadable(file))
}

async fn appeal(
    conn: &mut SqliteConnection,
    group: &GroupId,
    file: Reference,
) -> Result<Option<Appeal>, LedgerError> {
    let (group, number) = (group.as_str(), file.number());
    let row = sqlx::query_as!(
        AppealRow,
        r#"
        select a.lodged_at_ms as "lodged_at_ms!", a.state as "state!", a.due_at_ms as "due_at_ms?",
            a.state_at_ms as "state_at_ms?", decider.native_id as "decider?", a.came as "came?",
            a.ruling as "ruling?", a.minute as "minute?"
        from appeal a
        join file f on f.file_id = a.file_id
        join "group" g on g.group_id = f.group_id
        left join member decider on decider.member_id = a.decider_id
        where g.key = ? and f.number = ?
        order by a.appeal_id desc limit 1
        "#,
        group,
        number,
    );
    row.fetch_optional(conn).await.map_err(failed)?.map(Appeal::try_from).transpose()
}

impl Ledger {
    /// The latest appeal about a file.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn appeal(&self, group: &GroupId, file: Reference) -> Result<Option<Appeal>, LedgerError> {
        let mut conn = self.reader().await?;
        self::appeal(&mut conn, group, file).await
    }

    /// The appeals that wait for a moderator or the Executive, oldest first, each with its file.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn open_appeals(
        &self,
        group: &GroupId,
        limit: u32,
    ) -> Result<Vec<(File, Appeal)>, LedgerError> {
        let mut conn = self.reader().await?;
        // One view of the ledger for all that is read.
        let mut view = conn.begin().await.map_err(failed)?;
        let key = group.as_str();
        let rows = sqlx::query!(
            r#"
            select f.number as "number!", a.lodged_at_ms as "lodged_at_ms!", a.state as "state!",
                a.due_at_ms as "due_at_ms?", a.state_at_ms as "state_at_ms?", decider.native_id as "decider?",
                a.came as "came?", a.ruling as "ruling?", a.minute as "minute?"
            from appeal a
            join file f on f.file_id = a.file_id
            join "group" g on g.group_id = a.group_id
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
            let file = file(&mut view, group, reference).await?.ok_or(LedgerError::NoSuchFile(reference))?;
            let appeal = AppealRow {
                lodged_at_ms: row.lodged_at_ms,
                state: row.state,
                due_at_ms: row.due_at_ms,
                state_at_ms: row.state_at_ms,
                decider: row.decider,
                came: row.came,
                ruling: row.ruling,
                minute: row.minute,
            };
            appeals.push((file, appeal.try_into()?));
        }
        Ok(appeals)
    }

    /// Words given about a file, oldest first; none once they are erased. The reason that goes with a notice is kept
    /// with the notice.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the words do not open.
    pub async fn words(
        &self,
        group: &GroupId,
        file: Reference,
        kind: WordsKind,
    ) -> Result<Vec<SealedWords>, LedgerError> {
        let mut conn = self.reader().await?;
        let texts = words::read(&mut conn, &self.inner.vault, group, file, kind.word()).await?;
        texts.into_iter().map(|(at, bytes)| Ok(SealedWords { at, words: text(file, &bytes)? })).collect()
    }
}

impl Transaction {
    /// The latest appeal about a file, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn appeal(&mut self, group: &GroupId, file: Reference) -> Result<Option<Appeal>, LedgerError> {
        self::appeal(&mut self.inner, group, file).await
    }

    /// Records an appeal and seals its words.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when one waits for a decision already; when there is no such file, or the ledger
    /// cannot be written.
    pub async fn lodge_appeal(
        &mut self,
        group: &GroupId,
        file: Reference,
        appeal: &Appeal,
        words: &MessageText,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids(conn, group, file).await?;
        let lodged_at_ms = appeal.lodged_at.as_millis();
        let columns = appeal_columns(&appeal.state)?;
        let decider_id = member_id_if(conn, group_id, columns.decider).await?;
        let inserted = sqlx::query!(
            "insert into appeal (
                group_id, file_id, lodged_at_ms, state, due_at_ms, state_at_ms, decider_id, came, ruling, minute
             ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            group_id,
            file_id,
            lodged_at_ms,
            columns.state,
            columns.due_at_ms,
            columns.state_at_ms,
            decider_id,
            columns.came,
            columns.ruling,
            columns.minute,
        );
        let inserted = inserted.execute(conn).await.map_err(duplicate("an appeal about this file"))?;
        one_row(&inserted, "an appeal was not written")?;
        self.keep_words(group, file, WordsKind::Appeal, words, appeal.lodged_at).await
    }

    /// Records where the latest appeal about a file stands now.
    ///
    /// # Errors
    /// When there is no such file or appeal, or the ledger cannot be written.
    pub async fn set_appeal(
        &mut self,
        group: &GroupId,
        file: Reference,
        state: &AppealState,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids(conn, group, file).await?;
        let columns = appeal_columns(state)?;
        let decider_id = member_id_if(conn, group_id, columns.decider).await?;
        let updated = sqlx::query!(
            "update appeal
             set state = ?, due_at_ms = ?, state_at_ms = ?, decider_id = ?, came = ?, ruling = ?, minute = ?
             where appeal_id = (select max(appeal_id) from appeal where file_id = ?)",
            columns.state,
            columns.due_at_ms,
            columns.state_at_ms,
            decider_id,
            columns.came,
            columns.ruling,
            columns.minute,
            file_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "no appeal was there to decide")
    }

    /// Seals words given about a file.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written.
    pub async fn keep_words(
        &mut self,
        group: &GroupId,
        file: Reference,
        kind: WordsKind,
        words: &MessageText,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (conn, vault) = self.parts();
        let ids = file_ids(conn, group, file).await?;
        let text = words.expose().as_bytes();
        words::keep(conn, vault, group, file, ids, kind.word(), None, now.as_millis(), text).await
    }
}
