//! What members have settled for themselves, and their own files.

use policy::{GroupId, Language, MemberId, Reference};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{group_id, member_id};
use crate::rows::{reference, word};
use crate::{Ledger, Transaction};

async fn language(
    conn: &mut SqliteConnection,
    group: &GroupId,
    member: &MemberId,
) -> Result<Language, LedgerError> {
    let (group, member) = (group.as_str(), member.as_str());
    let chosen = sqlx::query_scalar!(
        r#"
        select m.language as "language!" from member m join "group" g on g.group_id = m.group_id
        where g.key = ? and m.native_id = ? and m.language is not null
        "#,
        group,
        member,
    );
    let chosen = chosen.fetch_optional(conn).await.map_err(failed)?;
    chosen.map_or(Ok(Language::default()), |chosen| word(&chosen, "language"))
}

impl Ledger {
    /// Whether anything is kept that names this account.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn names(&self, group: &GroupId, member: &MemberId) -> Result<bool, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, member) = (group.as_str(), member.as_str());
        let named = sqlx::query_scalar!(
            r#"
            select exists (
                select 1 from member m join "group" g on g.group_id = m.group_id where g.key = ? and m.native_id = ?
            ) as "named!: bool"
            "#,
            group,
            member,
        );
        named.fetch_one(&mut *conn).await.map_err(failed)
    }

    /// The language a member is written to in; English for whoever did not say.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn language(&self, group: &GroupId, member: &MemberId) -> Result<Language, LedgerError> {
        let mut conn = self.reader().await?;
        self::language(&mut conn, group, member).await
    }

    /// The file of a member's own, if there is one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn member_file(
        &self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Option<Reference>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, member) = (group.as_str(), member.as_str());
        let number = sqlx::query_scalar!(
            r#"
            select f.number as "number!" from member_file o
            join file f on f.file_id = o.file_id
            join member m on m.member_id = o.member_id
            join "group" g on g.group_id = m.group_id
            where g.key = ? and m.native_id = ?
            "#,
            group,
            member,
        );
        number.fetch_optional(&mut *conn).await.map_err(failed)?.map(reference).transpose()
    }
}

impl Transaction {
    /// The language a member is written to in, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn language(&mut self, group: &GroupId, member: &MemberId) -> Result<Language, LedgerError> {
        self::language(&mut self.inner, group, member).await
    }

    /// Records the language a member is to be written to in.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn set_language(
        &mut self,
        group: &GroupId,
        member: &MemberId,
        language: Language,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let (member_id, language) = (member_id(conn, group_id, member).await?, language.word());
        let updated = sqlx::query!("update member set language = ? where member_id = ?", language, member_id);
        one_row(&updated.execute(conn).await.map_err(failed)?, "a language was not written")
    }
}
