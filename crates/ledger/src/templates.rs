//! The words of a group's notices, by version, as they were when they were first used.

use policy::notice::TemplateText;
use policy::{GroupId, Language, Timestamp, Wording};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::ids::group_id;
use crate::rows::{small, word};
use crate::{Ledger, Transaction};

/// A version of a group's words that notices were written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateVersion {
    /// The words.
    pub wording: Wording,
    /// When a notice was first written with them.
    pub first_used_at: Timestamp,
}

async fn templates(
    conn: &mut SqliteConnection,
    group: &GroupId,
) -> Result<Vec<TemplateVersion>, LedgerError> {
    let key = group.as_str();
    let rows = sqlx::query!(
        r#"
        select t.version as "version!", t.language as "language!", t.text as "text!",
            t.first_used_at_ms as "first_used_at_ms!"
        from template t join "group" g on g.group_id = t.group_id
        where g.key = ? order by t.version, t.language
        "#,
        key,
    );
    let mut versions: Vec<TemplateVersion> = Vec::new();
    for row in rows.fetch_all(conn).await.map_err(failed)? {
        let version = small(row.version, "version of the templates")?;
        if versions.last().is_none_or(|last| last.wording.version != version) {
            let first_used_at = Timestamp::from_millis(row.first_used_at_ms);
            versions.push(TemplateVersion { wording: Wording { version, texts: Vec::new() }, first_used_at });
        }
        if let Some(last) = versions.last_mut().filter(|_| !row.text.is_empty()) {
            let language = word(&row.language, "language")?;
            let file = format!("version {version}");
            last.wording.texts.push(TemplateText { file, language, text: row.text });
        }
    }
    Ok(versions)
}

impl Ledger {
    /// The versions of a group's words that notices were written with, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn templates(&self, group: &GroupId) -> Result<Vec<TemplateVersion>, LedgerError> {
        let mut conn = self.reader().await?;
        self::templates(&mut conn, group).await
    }
}

impl Transaction {
    /// Keeps the words that a notice is written with. A version that is kept stays as it is.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn keep_templates(
        &mut self,
        group: &GroupId,
        wording: &Wording,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let (group_id, version, at_ms) = (group_id(conn, group).await?, wording.version, now.as_millis());
        let known = sqlx::query_scalar!(
            r#"select exists (select * from template where group_id = ? and version = ?) as "known!: bool""#,
            group_id,
            version,
        );
        if known.fetch_one(&mut *conn).await.map_err(failed)? {
            return Ok(());
        }
        for &language in Language::ALL {
            let (word, text) = (language.word(), wording.text(language));
            let inserted = sqlx::query!(
                "insert into template (group_id, version, language, text, first_used_at_ms) values (?, ?, ?, ?, ?)",
                group_id,
                version,
                word,
                text,
                at_ms,
            );
            let inserted = inserted.execute(&mut *conn).await.map_err(failed)?;
            one_row(&inserted, "a version of the templates was not written")?;
        }
        Ok(())
    }
}
