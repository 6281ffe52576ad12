//! What adapters note for themselves: sealed, found by a tag, and gone when it has had its time.

use policy::Timestamp;

use crate::error::{LedgerError, failed, one_row};
use crate::{Ledger, Transaction};

impl Ledger {
    /// What was noted for an account under that name, unless it has had its time by `now`.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the memo does not open.
    pub async fn memo(
        &self,
        account: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<String>, LedgerError> {
        let mut conn = self.reader().await?;
        let tag = self.inner.vault.memo_tag(account, name);
        let (found_by, now_ms) = (tag.as_slice(), now.as_millis());
        let sealed =
            sqlx::query_scalar!("select sealed from memo where tag = ? and until_ms > ?", found_by, now_ms);
        let Some(sealed) = sealed.fetch_optional(&mut *conn).await.map_err(failed)? else { return Ok(None) };
        self.inner.vault.open_memo(&tag, &sealed).map(Some).ok_or(LedgerError::Inconsistent("a memo"))
    }
}

impl Transaction {
    /// Notes `text` for an account until that time, in place of what was noted under the name. Clears away what has had
    /// its time.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn keep_memo(
        &mut self,
        account: &str,
        name: &str,
        text: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let vault = &self.ledger.inner.vault;
        let tag = vault.memo_tag(account, name);
        let sealed = vault.seal_memo(&tag, text)?;
        let (tag, until_ms, now_ms) = (tag.as_slice(), until.as_millis(), now.as_millis());
        let kept = sqlx::query!(
            "insert into memo (tag, sealed, until_ms) values (?, ?, ?)
             on conflict do update set sealed = excluded.sealed, until_ms = excluded.until_ms",
            tag,
            sealed,
            until_ms,
        );
        one_row(&kept.execute(&mut *self.inner).await.map_err(failed)?, "a memo was not written")?;
        let over = sqlx::query!("delete from memo where until_ms <= ?", now_ms);
        over.execute(&mut *self.inner).await.map_err(failed)?;
        Ok(())
    }

    /// Forgets what was noted for an account under that name, if anything was.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn forget_memo(&mut self, account: &str, name: &str) -> Result<(), LedgerError> {
        let tag = self.ledger.inner.vault.memo_tag(account, name);
        let tag = tag.as_slice();
        let gone = sqlx::query!("delete from memo where tag = ?", tag);
        gone.execute(&mut *self.inner).await.map_err(failed)?;
        Ok(())
    }
}
