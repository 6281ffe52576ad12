//! Who brought a report: apart from it, sealed with a key of its own, and found again by a tag that only the holder of
//! `ledger.key` can make. No column that people or programs read names them.

use std::collections::BTreeSet;

use policy::{GroupId, MemberId, Reference, Report};
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use crate::error::{LedgerError, failed, one_row};
use crate::files::FileKind;
use crate::ids::{FileIds, file_ids_of};
use crate::rows::{member, reference};
use crate::vault::Vault;
use crate::{Ledger, Transaction, reports};

const PURPOSE: &str = "reporter";
/// How long every account is made before it is sealed, in bytes: no id is longer.
const PADDED_BYTES: usize = policy::ids::ID_LEN_MAX + 1;

/// What a member's reports are found by.
pub(crate) fn tag(vault: &Vault, group: &GroupId, member: &MemberId) -> [u8; 32] {
    vault.tag(PURPOSE, group, member)
}

/// Seals who brought a report.
pub(crate) async fn keep(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    report: Reference,
    FileIds { group_id, file_id }: FileIds,
    reporter: &MemberId,
) -> Result<(), LedgerError> {
    let tag = tag(vault, group, reporter);
    let tag = tag.as_slice();
    let (key, wrapped) = vault.new_reporter_key(group, report)?;
    // Ids hold no control character, so what fills them up can be told from them.
    let mut padded = Zeroizing::new(reporter.as_str().as_bytes().to_vec());
    padded.resize(PADDED_BYTES, 0);
    let sealed = key.seal(PURPOSE, 0, &padded)?;
    let inserted = sqlx::query!(
        "insert into reporter (file_id, group_id, tag, wrapped, sealed) values (?, ?, ?, ?, ?)",
        file_id,
        group_id,
        tag,
        wrapped,
        sealed,
    );
    one_row(&inserted.execute(conn).await.map_err(failed)?, "who brought a report was not written")
}

async fn reporter(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    report: Reference,
) -> Result<Option<MemberId>, LedgerError> {
    let FileIds { file_id, .. } = file_ids_of(FileKind::Report, conn, group, report).await?;
    let row = sqlx::query!("select wrapped, sealed from reporter where file_id = ?", file_id);
    let Some(row) = row.fetch_optional(conn).await.map_err(failed)? else { return Ok(None) };
    opened(vault, group, report, &row.wrapped, &row.sealed).map(Some)
}

fn opened(
    vault: &Vault,
    group: &GroupId,
    report: Reference,
    wrapped: &[u8],
    sealed: &[u8],
) -> Result<MemberId, LedgerError> {
    let key = vault.unwrap_reporter_key(wrapped, group, report)?;
    let padded = key.open(PURPOSE, 0, sealed).ok_or(LedgerError::Unreadable(report))?;
    let id = padded.split(|&byte| byte == 0).next().unwrap_or_default();
    let id = std::str::from_utf8(id).map_err(|_| LedgerError::Unreadable(report))?;
    member(id.to_owned())
}

impl Ledger {
    /// Who brought a report; nothing once that is erased. For the delivery of what the reporter is told, and for telling
    /// who has a part in the matter: whoever else asks has no business with it.
    ///
    /// # Errors
    /// When there is no such file or it is no report, the ledger cannot be read, or it does not open.
    pub async fn reporter(
        &self,
        group: &GroupId,
        report: Reference,
    ) -> Result<Option<MemberId>, LedgerError> {
        let mut conn = self.reader().await?;
        reporter(&mut conn, &self.inner.vault, group, report).await
    }

    /// Everybody who brought a report that is kept, in order of account, so that their names can be covered in people's
    /// words. Which report it was is not told.
    ///
    /// # Errors
    /// When the ledger cannot be read, or one of them does not open.
    pub async fn reporters(&self, group: &GroupId) -> Result<BTreeSet<MemberId>, LedgerError> {
        let mut conn = self.reader().await?;
        let key = group.as_str();
        let rows = sqlx::query!(
            r#"
            select f.number as "number!", r.wrapped as "wrapped!", r.sealed as "sealed!" from reporter r
            join file f on f.group_id = r.group_id and f.file_id = r.file_id
            join "group" g on g.group_id = r.group_id where g.key = ?
            "#,
            key,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter();
        let vault = &self.inner.vault;
        rows.map(|row| opened(vault, group, reference(row.number)?, &row.wrapped, &row.sealed)).collect()
    }

    /// The reports a member brought, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reports_by(&self, group: &GroupId, member: &MemberId) -> Result<Vec<Report>, LedgerError> {
        let mut conn = self.reader().await?;
        let tag = tag(&self.inner.vault, group, member);
        reports::by_tag(&mut conn, group, &tag).await
    }
}

impl Transaction {
    /// As [`Ledger::reporter`], as this transaction has it.
    ///
    /// # Errors
    /// When there is no such file or it is no report, the ledger cannot be read, or it does not open.
    pub async fn reporter(
        &mut self,
        group: &GroupId,
        report: Reference,
    ) -> Result<Option<MemberId>, LedgerError> {
        let (conn, vault) = self.parts();
        reporter(conn, vault, group, report).await
    }

    /// The reports a member brought, newest first, as this transaction has them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reports_by(
        &mut self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Vec<Report>, LedgerError> {
        let (conn, vault) = self.parts();
        let tag = tag(vault, group, member);
        reports::by_tag(conn, group, &tag).await
    }
}
