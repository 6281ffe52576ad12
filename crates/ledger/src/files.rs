//! Files: what is kept about one matter, whatever its kind, under numbers without gaps but where a backup was put back.

use std::fmt;

use policy::{Case, GroupId, MemberId, Reference, Report, Sanction, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{FileIds, file_row, group_id, member_id};
use crate::rows::{member, reference};
use crate::{Ledger, Transaction, cases, reports, sanctions};

/// What sort of matter a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// One post.
    Case,
    /// A step of the ladder against a member.
    Sanction,
    /// What a member brought to the officers' notice.
    Report,
    /// What concerns one member and belongs to no other file: that they know the rules, say, or what they asked of us.
    Member,
    /// What concerns the group as a whole: its rules being posted, say, or a clock that cannot be believed.
    Group,
}

impl FileKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Sanction => "sanction",
            Self::Report => "report",
            Self::Member => "member",
            Self::Group => "group",
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
    Case(Box<Case>),
    /// A sanction.
    Sanction(Box<Sanction>),
    /// A member's own file, of which each has at most one.
    Member {
        /// What people call it.
        reference: Reference,
        /// Whose.
        member: MemberId,
    },
    /// The group's own file, of which there is at most one.
    Group {
        /// What people call it.
        reference: Reference,
    },
    /// A report. Who brought it is not here.
    Report(Report),
}

impl File {
    /// What people call it.
    pub fn reference(&self) -> Reference {
        match self {
            Self::Case(case) => case.reference,
            Self::Sanction(sanction) => sanction.reference,
            Self::Member { reference, .. } | Self::Group { reference } => *reference,
            Self::Report(report) => report.reference,
        }
    }

    /// Whom it is about, if it is about one member.
    pub fn subject(&self) -> Option<&MemberId> {
        match self {
            Self::Case(case) => Some(&case.post.author),
            Self::Sanction(sanction) => Some(&sanction.member),
            Self::Member { member, .. } => Some(member),
            Self::Group { .. } => None,
            Self::Report(report) => report.about.subject(),
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
        FileKind::Case => Ok(cases::case(conn, group, file).await?.map(|case| File::Case(Box::new(case)))),
        FileKind::Member => {
            let owner = sqlx::query_scalar!(
                r#"
                select m.native_id as "native_id!" from member_file f join member m on m.member_id = f.member_id
                where f.file_id = ?
                "#,
                row.ids.file_id,
            );
            let owner = member(owner.fetch_one(conn).await.map_err(failed)?)?;
            Ok(Some(File::Member { reference: file, member: owner }))
        }
        FileKind::Group => Ok(Some(File::Group { reference: file })),
        FileKind::Sanction => Ok(sanctions::sanction(conn, group, file)
            .await?
            .map(|sanction| File::Sanction(Box::new(sanction)))),
        FileKind::Report => Ok(reports::report(conn, group, file).await?.map(File::Report)),
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
    /// The file of a member's own; opened now when there is none.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn member_file(
        &mut self,
        group: &GroupId,
        member: &MemberId,
        now: Timestamp,
    ) -> Result<Reference, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let member_id = member_id(conn, group_id, member).await?;
        let known = sqlx::query_scalar!(
            r#"
            select f.number as "number!" from member_file m join file f on f.file_id = m.file_id where m.member_id = ?
            "#,
            member_id,
        );
        if let Some(number) = known.fetch_optional(&mut *conn).await.map_err(failed)? {
            return reference(number);
        }
        let (FileIds { file_id, .. }, reference) = open(conn, group_id, FileKind::Member, now).await?;
        let inserted = sqlx::query!(
            "insert into member_file (file_id, group_id, member_id) values (?, ?, ?)",
            file_id,
            group_id,
            member_id,
        );
        one_row(&inserted.execute(conn).await.map_err(failed)?, "a member's file was not written")?;
        Ok(reference)
    }

    /// The file of the group's own; opened now when there is none.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn group_file(&mut self, group: &GroupId, now: Timestamp) -> Result<Reference, LedgerError> {
        if let Some(known) = self.group_file_if_any(group).await? {
            return Ok(known);
        }
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        Ok(open(conn, group_id, FileKind::Group, now).await?.1)
    }

    /// The file of the group's own, if something has happened that concerns the group as a whole.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn group_file_if_any(&mut self, group: &GroupId) -> Result<Option<Reference>, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let known = sqlx::query_scalar!(
            r#"select number as "number!" from file where group_id = ? and kind = 'group'"#,
            group_id,
        );
        known.fetch_optional(conn).await.map_err(failed)?.map(reference).transpose()
    }

    /// A file of whatever kind, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn file(&mut self, group: &GroupId, file: Reference) -> Result<Option<File>, LedgerError> {
        self::file(&mut self.inner, group, file).await
    }
}
