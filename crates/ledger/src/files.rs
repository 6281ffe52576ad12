//! Files: what is kept about one matter, whatever its kind, under gap-free numbers.

use std::fmt;

use policy::{Case, GroupId, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{FileIds, file_row};
use crate::rows::reference;
use crate::{Ledger, Transaction, cases};

/// What sort of matter a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// One post.
    Case,
    /// A step of the ladder against a member.
    Sanction,
    /// What a member brought to the officers' notice.
    Report,
}

impl FileKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Sanction => "sanction",
            Self::Report => "report",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is kept about one matter, for code that has to do with files of every kind. Whoever wants one kind asks for it:
/// see [`Ledger::case`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum File {
    /// A case.
    Case(Case),
}

impl File {
    /// What people call it.
    pub fn reference(&self) -> Reference {
        match self {
            Self::Case(case) => case.reference,
        }
    }
}

/// Opens a file under the next number of its group. What only its kind has is up to the caller.
pub(crate) async fn open(
    conn: &mut SqliteConnection,
    group_id: i64,
    kind: FileKind,
    opened_at: Timestamp,
) -> Result<(FileIds, Reference), LedgerError> {
    let number = sqlx::query_scalar!(
        r#"update "group" set file_number = file_number + 1 where group_id = ? returning file_number"#,
        group_id,
    );
    let number = number.fetch_one(&mut *conn).await.map_err(failed)?;
    let (kind, opened_at_ms) = (kind.word(), opened_at.as_millis());
    let inserted = sqlx::query!(
        "insert into file (group_id, number, kind, opened_at_ms) values (?, ?, ?, ?)",
        group_id,
        number,
        kind,
        opened_at_ms,
    );
    let inserted = inserted.execute(conn).await.map_err(failed)?;
    one_row(&inserted, "a file was not written")?;
    Ok((FileIds { group_id, file_id: inserted.last_insert_rowid() }, reference(number)?))
}

pub(crate) async fn file(
    conn: &mut SqliteConnection,
    group: &GroupId,
    file: Reference,
) -> Result<Option<File>, LedgerError> {
    let Some(row) = file_row(conn, group, file).await? else {
        return Ok(None);
    };
    match row.kind {
        FileKind::Case => Ok(cases::case(conn, group, file).await?.map(File::Case)),
        // The schema has a place for them, and nothing that writes them.
        FileKind::Sanction | FileKind::Report => Err(LedgerError::Inconsistent("kind of a file")),
    }
}

impl Ledger {
    /// A file of whatever kind.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn file(&self, group: &GroupId, file: Reference) -> Result<Option<File>, LedgerError> {
        let mut conn = self.reader().await?;
        self::file(&mut conn, group, file).await
    }
}

impl Transaction {
    /// A file of whatever kind, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn file(&mut self, group: &GroupId, file: Reference) -> Result<Option<File>, LedgerError> {
        self::file(&mut self.inner, group, file).await
    }
}
