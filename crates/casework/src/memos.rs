//! What adapters note for themselves, kept in the ledger.

use std::cell::RefCell;

use async_trait::async_trait;
use ledger::Transaction;
use platform::{IntakeError, Memo, Memos, Noted};

use crate::desk::Casework;
use crate::error::CaseworkError;

tokio::task_local! {
    /// What the adapter notes of what is being dealt with, until that is on record.
    static NOTED: RefCell<Option<Noted>>;
}

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

    /// Deals with something once. What the adapter notes of it goes on record with the first that follows from it, or by
    /// itself when nothing does; where it is on record already, nothing follows any more.
    pub(crate) async fn once<T: Default>(
        &self,
        noted: Option<Noted>,
        dealing: impl Future<Output = Result<T, CaseworkError>>,
    ) -> Result<T, CaseworkError> {
        let Some(noted) = noted else { return dealing.await };
        let Noted { account, name, memo } = noted.clone();
        let before = self.ledger.memo(&account, &name, self.now()).await?;
        if before.as_ref() == Some(&memo.text) {
            return Ok(T::default());
        }
        let dealing = async { (dealing.await, still_to_note()) };
        let (dealt, left) = NOTED.scope(RefCell::new(Some(noted)), dealing).await;
        match (&dealt, left) {
            (Ok(_), Some(_)) => self.note_memo(&account, &name, Some(memo)).await?,
            // The rest of it failed, so that it comes again.
            (Err(_), None) => {
                let before = before.map(|text| Memo { text, ..memo });
                self.note_memo(&account, &name, before).await?;
            }
            (Ok(_), None) | (Err(_), Some(_)) => {}
        }
        dealt
    }

    /// Keeps what an adapter notes of what is being dealt with, unless that is on record.
    pub(crate) async fn keep_noted(&self, tx: &mut Transaction) -> Result<(), CaseworkError> {
        if let Some(Noted { account, name, memo }) = still_to_note() {
            tx.keep_memo(&account, &name, &memo.text, memo.until, self.now()).await?;
        }
        Ok(())
    }
}

fn still_to_note() -> Option<Noted> {
    NOTED.try_with(RefCell::take).ok().flatten()
}
