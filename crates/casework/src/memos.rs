//! What adapters note for themselves, kept in the ledger.

use async_trait::async_trait;
use ledger::Transaction;
use platform::{IntakeError, Memo, Memos, Noted};
use policy::Timestamp;

use crate::desk::Casework;
use crate::error::CaseworkError;

#[async_trait]
impl Memos for Casework {
    async fn recall(&self, account: &str, name: &str) -> Result<Option<String>, IntakeError> {
        Ok(self.ledger.memo(account, name, self.now()).await.map_err(CaseworkError::from)?)
    }

    async fn remember(&self, account: &str, name: &str, memo: Option<Memo>) -> Result<(), IntakeError> {
        Ok(self.note_memo(account, name, memo).await?)
    }
}

impl Casework {
    async fn note_memo(&self, account: &str, name: &str, memo: Option<Memo>) -> Result<(), CaseworkError> {
        let mut tx = self.ledger.begin().await?;
        match memo {
            Some(memo) => tx.keep_memo(account, name, &memo.text, memo.until, self.now()).await?,
            None => tx.forget_memo(account, name).await?,
        }
        Ok(tx.commit().await?)
    }

    /// Keeps what an adapter notes of something with what follows from it.
    pub(crate) async fn keep_noted(
        &self,
        tx: &mut Transaction,
        noted: Option<&Noted>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        if let Some(Noted { account, name, memo }) = noted {
            tx.keep_memo(account, name, &memo.text, memo.until, now).await?;
        }
        Ok(())
    }
}
