//! Who opened what is kept about a matter. A read that is not on record does not happen: callers write the row, commit
//! it, and read then.

use std::fmt;

use policy::{GroupId, MemberId, Reference, Role, Timestamp};

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{FileIds, file_ids, member_id};
use crate::rows::word;
use crate::{Ledger, Transaction};

/// How a file was looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// It was read.
    Opened,
    /// A copy of it left the ledger.
    Exported,
}

impl Way {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Exported => "exported",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// That a file was looked into, for the member it is about: by which office, and not by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// When.
    pub at: Timestamp,
    /// The office of whoever did.
    pub role: Role,
    /// How.
    pub way: Way,
}

impl Ledger {
    /// When an officer last opened a file; never: nothing. Copies that were taken count as well.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn opened_at(
        &self,
        group: &GroupId,
        file: Reference,
        officer: &MemberId,
    ) -> Result<Option<Timestamp>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, number, officer) = (group.as_str(), file.number(), officer.as_str());
        let at_ms = sqlx::query_scalar!(
            r#"
            select max(a.at_ms) as "at_ms?: i64" from access a
            join file f on f.file_id = a.file_id
            join "group" g on g.group_id = f.group_id
            join member officer on officer.member_id = a.officer_id
            where g.key = ? and f.number = ? and officer.native_id = ?
            "#,
            group,
            number,
            officer,
        );
        Ok(at_ms.fetch_one(&mut *conn).await.map_err(failed)?.map(Timestamp::from_millis))
    }

    /// How often a file was looked into, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn views(&self, group: &GroupId, file: Reference) -> Result<Vec<View>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, number) = (group.as_str(), file.number());
        let rows = sqlx::query!(
            r#"
            select a.at_ms as "at_ms!", a.role as "role!", a.way as "way!" from access a
            join file f on f.file_id = a.file_id
            join "group" g on g.group_id = f.group_id
            where g.key = ? and f.number = ?
            order by a.access_id
            "#,
            group,
            number,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(|row| {
            let way = match row.way.as_str() {
                "opened" => Way::Opened,
                "exported" => Way::Exported,
                _ => return Err(LedgerError::Inconsistent("way of looking into a file")),
            };
            Ok(View { at: Timestamp::from_millis(row.at_ms), role: word(&row.role, "office")?, way })
        });
        rows.collect()
    }
}

impl Transaction {
    /// Puts on record that an officer looks into a file. To be committed before anything of it is shown.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written. Show nothing then.
    pub async fn log_access(
        &mut self,
        group: &GroupId,
        file: Reference,
        officer: &MemberId,
        role: Role,
        way: Way,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids(conn, group, file).await?;
        let officer_id = member_id(conn, group_id, officer).await?;
        let (role, way, at_ms) = (role.word(), way.word(), now.as_millis());
        let inserted = sqlx::query!(
            "insert into access (group_id, file_id, officer_id, role, way, at_ms) values (?, ?, ?, ?, ?, ?)",
            group_id,
            file_id,
            officer_id,
            role,
            way,
            at_ms,
        );
        one_row(&inserted.execute(conn).await.map_err(failed)?, "a look into a file was not written")
    }
}
